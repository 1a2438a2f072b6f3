package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"
)

// States of an audit.
const (
	// AuditRunning: it was begun; Made is the moment that its figures count from.
	AuditRunning = "running"
	// AuditDone: it is kept and never made again.
	AuditDone = "done"
)

// An Audit is the refresh audit of a knowledge base and a month.
type Audit struct {
	Base  string
	Month string // as 2026-11
	State string
	Made  time.Time // when it was begun for the first time
	Data  []byte    // of one that is done, as its maker encodes it
}

// BeginAudit says that an audit is being made. One that was begun before and never
// ended keeps its moment, one that is done stays as it is: the row that stands then is
// returned.
func (c *Catalog) BeginAudit(ctx context.Context, base, month string) (Audit, error) {
	var a Audit
	err := c.txApart(ctx, "begin the audit of "+month, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO audits (base, month, state, data, made) VALUES (?, ?, ?, ?, ?) ON CONFLICT (base, month) DO NOTHING`,
			base, month, AuditRunning, []byte{}, millis(c.now())); err != nil {
			return err
		}
		var err error
		a, err = scanAudit(tx.QueryRowContext(ctx, `SELECT `+auditColumns+` FROM audits WHERE base = ? AND month = ?`, base, month))
		return err
	})
	return a, err
}

// FinishAudit keeps an audit and writes what is to be told of it, both or neither. Of
// an audit that is done already nothing is changed, and nothing told again.
func (c *Catalog) FinishAudit(ctx context.Context, a Audit, tell []WebhookEvent) error {
	var p packer
	packed := p.pack(a.Data)
	return c.txApart(ctx, "keep the audit of "+a.Month, func(tx *sql.Tx) error {
		err := mustChange(tx.ExecContext(ctx, `UPDATE audits SET state = ?, data = ? WHERE base = ? AND month = ? AND state = ?`,
			AuditDone, packed, a.Base, a.Month, AuditRunning))
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return putWebhookEvents(ctx, tx, millis(c.now()), tell)
	})
}

const auditColumns = `base, month, state, made, data`

func scanAudit(r scanner) (Audit, error) {
	var a Audit
	var made int64
	var packed []byte
	if err := r.Scan(&a.Base, &a.Month, &a.State, &made, &packed); err != nil {
		return a, err
	}
	a.Made = fromMillis(made)
	var err error
	a.Data, err = unpack(packed)
	return a, err
}

// Audit returns the audit of a month, in whatever state, or ErrNotFound.
func (c *Catalog) Audit(ctx context.Context, base, month string) (Audit, error) {
	a, err := scanAudit(c.read.QueryRowContext(ctx, `SELECT `+auditColumns+` FROM audits WHERE base = ? AND month = ?`, base, month))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return a, fmt.Errorf("read the audit of %s: %w", month, err)
	}
	return a, nil
}

// Audits lists the audits of some knowledge bases, nil for all, the newest month first, without
// their data.
func (c *Catalog) Audits(ctx context.Context, bases []string) ([]Audit, error) {
	var cond conditions
	cond.in(`base`, bases)
	rows, err := c.read.QueryContext(ctx, `SELECT base, month, state, made, '' FROM audits`+cond.where()+` ORDER BY month DESC, base`, cond.args...)
	list, err := collect(rows, err, scanAudit)
	if err != nil {
		return nil, fmt.Errorf("list audits: %w", err)
	}
	return list, nil
}

// AuditsBefore yields the kept audits of a knowledge base of months before one, the
// newest first, at most limit.
func (v *View) AuditsBefore(ctx context.Context, base, month string, limit int) iter.Seq2[Audit, error] {
	return rowsOf(ctx, v, "list audits", scanAudit, `SELECT `+auditColumns+` FROM audits WHERE base = ? AND month < ? AND state = ? ORDER BY month DESC LIMIT ?`,
		base, month, AuditDone, limit)
}
