package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// JudgeVerdict returns the verdict that was kept under a key; found is false when none
// was.
func (c *Catalog) JudgeVerdict(ctx context.Context, key [32]byte) (verdict []byte, found bool, err error) {
	st, err := c.statements.get(ctx, `SELECT verdict FROM judge_cache WHERE key = ?`)
	if err != nil {
		return nil, false, fmt.Errorf("read a verdict of the judge: %w", err)
	}
	var text string
	err = st.QueryRowContext(ctx, key[:]).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read a verdict of the judge: %w", err)
	}
	return []byte(text), true, nil
}

// KeepJudgeVerdict keeps a verdict of a model, in place of one that was there.
func (c *Catalog) KeepJudgeVerdict(ctx context.Context, key [32]byte, model string, verdict []byte, at time.Time) error {
	return c.txApart(ctx, "keep a verdict of the judge", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO judge_cache (key, model, verdict, at) VALUES (?, ?, ?, ?)
			ON CONFLICT (key) DO UPDATE SET model = excluded.model, verdict = excluded.verdict, at = excluded.at`, key[:], model, string(verdict), millis(at))
		return err
	})
}

// ForgetJudgeVerdicts drops what was kept before a moment, and returns how many there
// were: texts that are asked about again are judged anew.
func (c *Catalog) ForgetJudgeVerdicts(ctx context.Context, before time.Time) (int, error) {
	n := int64(0)
	err := c.txApart(ctx, "forget old verdicts of the judge", func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `DELETE FROM judge_cache WHERE at < ?`, millis(before))
		if err == nil {
			n, err = r.RowsAffected()
		}
		return err
	})
	return int(n), err
}
