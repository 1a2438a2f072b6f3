package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"freshet/index"
)

// A Mute counts what owners said of one rule's findings between two sources. A rule
// that they refused more often than they confirmed it, over MuteAfter decisions, is
// muted for that pair of sources.
type Mute struct {
	Base      string
	Rule      string // MuteRule
	SourceA   string // not behind SourceB; both are the same for one source
	SourceB   string
	Confirmed int
	Refused   int
	Since     time.Time // when it was muted; zero: it is not
}

// MuteAfter is how many decisions there have to be before a rule is muted. From the
// design of doubts.
const MuteAfter = 20

// Muted reports whether the rule no longer speaks.
func (m *Mute) Muted() bool { return m.Confirmed+m.Refused >= MuteAfter && m.Refused > m.Confirmed }

// MuteRule is the name under which a rule is counted: for each type of value apart,
// so that refused telephone numbers do not silence prices.
func MuteRule(rule, kind string) string {
	if kind == "" {
		return rule
	}
	return rule + ":" + kind
}

// A muteCount is what one decision counts for.
type muteCount struct {
	Rule      string `json:"rule"`
	A         string `json:"a"`
	B         string `json:"b"`
	Confirmed int    `json:"confirmed,omitempty"`
	Refused   int    `json:"refused,omitempty"`
}

// opinions says which verdicts confirm that a doubt was one, and which refuse it.
// Others say nothing of the rule.
var opinions = map[index.Verdict]muteCount{
	index.KeepOne: {Confirmed: 1}, index.SameTwice: {Confirmed: 1}, index.FixRequested: {Confirmed: 1}, index.ExcludedPage: {Confirmed: 1},
	index.NoDoubt: {Refused: 1},
}

// countsOf is what a verdict on a finding counts for: once for each pair of sources.
func countsOf(v index.Verdict, f *index.Finding, pairs []Pair) []muteCount {
	opinion, ok := opinions[v]
	if !ok {
		return nil
	}
	opinion.Rule = MuteRule(f.Rule, f.Type)
	var out []muteCount
	seen := make(map[[2]string]bool)
	for i := range pairs {
		opinion.A, opinion.B = pairs[i].A.Source, pairs[i].B.Source
		if opinion.A > opinion.B {
			opinion.A, opinion.B = opinion.B, opinion.A
		}
		if key := [2]string{opinion.A, opinion.B}; !seen[key] {
			seen[key] = true
			out = append(out, opinion)
		}
	}
	return out
}

// count adds to the counts within a transaction, or takes away with sign -1.
func count(ctx context.Context, tx *sql.Tx, base string, counts []muteCount, sign int, at int64) error {
	for _, n := range counts {
		if _, err := tx.ExecContext(ctx, `INSERT INTO mutes (base, rule, source_a, source_b, confirmed, refused, since) VALUES (?, ?, ?, ?, ?, ?, 0)
			ON CONFLICT (base, rule, source_a, source_b) DO UPDATE SET confirmed = mutes.confirmed + excluded.confirmed, refused = mutes.refused + excluded.refused`,
			base, n.Rule, n.A, n.B, sign*n.Confirmed, sign*n.Refused); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE mutes SET since = CASE WHEN confirmed + refused < ? OR refused <= confirmed THEN 0 WHEN since > 0 THEN since ELSE ? END
			WHERE base = ? AND rule = ? AND source_a = ? AND source_b = ?`, MuteAfter, at, base, n.Rule, n.A, n.B); err != nil {
			return err
		}
	}
	return nil
}

// Muted reports whether a rule no longer speaks of pages of two sources, in either
// order; both are the same for one source.
func (c *Catalog) Muted(ctx context.Context, base, rule, kind, a, b string) (bool, error) {
	m := Mute{Base: base, Rule: MuteRule(rule, kind), SourceA: min(a, b), SourceB: max(a, b)}
	st, err := c.statements.get(ctx, `SELECT confirmed, refused FROM mutes WHERE base = ? AND rule = ? AND source_a = ? AND source_b = ?`)
	if err == nil {
		err = st.QueryRowContext(ctx, m.Base, m.Rule, m.SourceA, m.SourceB).Scan(&m.Confirmed, &m.Refused)
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("read what owners said of the rule %s: %w", m.Rule, err)
	}
	return m.Muted(), nil
}

// Mutes lists what owners said of the rules in a knowledge base, by rule and sources.
func (c *Catalog) Mutes(ctx context.Context, base string) ([]Mute, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT base, rule, source_a, source_b, confirmed, refused, since FROM mutes WHERE base = ? ORDER BY rule, source_a, source_b`, base)
	list, err := collect(rows, err, func(r scanner) (Mute, error) {
		var m Mute
		var since int64
		err := r.Scan(&m.Base, &m.Rule, &m.SourceA, &m.SourceB, &m.Confirmed, &m.Refused, &since)
		m.Since = fromMillis(since)
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("read what owners said of the rules of %s: %w", base, err)
	}
	return list, nil
}
