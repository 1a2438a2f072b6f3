package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"freshet/index"
)

// Reopen takes back what was decided on a finding: answers are as they were before,
// from when it returns, and the doubt is open. A page that the decision excluded is
// served again, and a confirmation that it gave is what it was before. A dismissal for
// pages or for a rule is taken back for all findings that it closed.
func (c *Catalog) Reopen(ctx context.Context, finding string, seen time.Time, by, comment string) (index.Finding, error) {
	return c.on(ctx, finding, seen, func(d *deciding) error {
		switch {
		case d.f.State == index.Undecided:
			return refuse(RefusedState, "This doubt is open already.")
		case !CanReopen(&d.f):
			return refuse(RefusedState, "The content changed and the doubt with it (%s): there is no decision to take back. It opens by itself when the content says it again.", d.f.Outcome)
		}
		return d.reopen(by, comment)
	})
}

func (d *deciding) reopen(by, comment string) error {
	head, err := headOf(d.ctx, d.tx, d.f.ID)
	if err != nil {
		return err
	}
	if head != nil {
		if err := d.restore(&head.data); err != nil {
			return err
		}
	}
	if err := withdraw(d.ctx, d.tx, d.f.ID, millis(d.now)); err != nil {
		return err
	}
	d.f.State, d.f.Outcome, d.f.Closed, d.f.Until = index.Undecided, "", time.Time{}, time.Time{}
	for i := range d.f.Members {
		d.f.Members[i].Suppressed = false
	}
	if err := d.save(by, "reopened", comment); err != nil || head == nil || head.data.Subject == nil {
		return err
	}
	s := head.data.Subject
	return d.each(`SELECT DISTINCT finding FROM decisions WHERE subject = ? AND scope = ? AND withdrawn = 0 AND finding <> ?`, []any{s.Key[:], s.Scope, d.f.ID},
		func(other *deciding) error { return other.reopen(by, comment) })
}

// restore undoes what a decision did to answers and documents.
func (d *deciding) restore(was *decisionData) error {
	keys, err := dropNotes(d.ctx, d.tx, d.f.ID, index.NoteSuppress, index.NoteHide, index.NoteScope)
	if err != nil {
		return err
	}
	d.keys = append(d.keys, keys...)
	var newer int // that the detectors have written since
	if err := d.tx.QueryRowContext(d.ctx, `SELECT COUNT(*) FROM notes WHERE finding = ?`, d.f.ID).Scan(&newer); err != nil {
		return err
	}
	if newer == 0 {
		if err := d.put(was.Notes); err != nil {
			return err
		}
	}
	for _, c := range was.Confirms {
		d.keys = append(d.keys, c.Document)
		if _, err := d.tx.ExecContext(d.ctx, `UPDATE documents SET confirmed_until = ?, confirmed_by = ? WHERE doc = ? AND confirmed_until = ?`, c.Was, c.WasBy, c.Document, c.Is); err != nil {
			return err
		}
	}
	d.f.Due = fromMillis(was.Due)
	if err := count(d.ctx, d.tx, d.f.Base, was.Counts, -1, millis(d.now)); err != nil || was.Excludes == "" {
		return err
	}
	return d.include(was.Excludes)
}

// include serves a page again that the decision excluded.
func (d *deciding) include(key string) error {
	doc, err := scanDocument(d.tx.QueryRowContext(d.ctx, `SELECT `+documentColumns+fromDocuments+`WHERE d.doc = ?`, key))
	if errors.Is(err, sql.ErrNoRows) || err == nil && (doc.State != Excluded || doc.StateReason != ExcludedByPerson) {
		return nil
	}
	if err != nil {
		return err
	}
	b, err := d.c.inclusion(d.ctx, doc)
	if err != nil {
		return err
	}
	needing, err := decideWithin(d.ctx, d.tx, b, d.now)
	d.announce = true
	d.keys = append(append(d.keys, key), needing...)
	return err
}

// spread gives a dismissal for pages, or for a rule on a page, to the other live
// findings that it covers whole.
func (d *deciding) spread() error {
	s := d.data.Subject
	covers := func(other *deciding) bool {
		if !other.f.State.Live() {
			return false
		}
		for i := range other.pairs {
			if p := &other.pairs[i]; s.Scope == ScopePages && PagesKey(p.A.Document, p.B.Document) != s.Key ||
				s.Scope == ScopePageRule && PageRuleKey(p.A.Document, p.Rule) != s.Key && PageRuleKey(p.B.Document, p.Rule) != s.Key {
				return false
			}
		}
		return len(other.pairs) > 0
	}
	page := d.data.Decision.Keep
	if page == "" {
		page = d.f.Members[0].Document
	}
	return d.each(`SELECT finding FROM pairs WHERE a_doc = ? UNION SELECT finding FROM pairs WHERE b_doc = ?`, []any{page, page}, func(other *deciding) error {
		if other.f.ID == d.f.ID || !covers(other) {
			return nil
		}
		other.data = decisionData{State: other.f.State, Until: millis(other.f.Until), Due: millis(other.f.Due), Decision: d.data.Decision}
		other.data.Decision.Finding = other.f.ID
		if err := other.supersede(); err != nil {
			return err
		}
		other.f.State, other.f.Outcome, other.f.Until = index.Dismissed, index.NoDoubt, time.Time{}
		return other.finish(s.Key, "with "+d.f.ID)
	})
}

// each runs f on the findings that a query names, within the transaction.
func (d *deciding) each(query string, args []any, f func(*deciding) error) error {
	rows, err := d.tx.QueryContext(d.ctx, query, args...)
	ids, err := collect(rows, err, func(r scanner) (id string, err error) { return id, r.Scan(&id) })
	if err != nil {
		return err
	}
	for _, id := range ids {
		other := &deciding{c: d.c, ctx: d.ctx, tx: d.tx, now: d.now}
		if err := other.read(id); errors.Is(err, ErrNotFound) {
			continue
		} else if err != nil {
			return err
		}
		if err := f(other); err != nil {
			return fmt.Errorf("finding %s: %w", id, err)
		}
		d.keys = append(d.keys, other.keys...)
		d.announce = d.announce || other.announce
	}
	return nil
}

// WakeFindings opens the findings whose snooze has ended, and says how many.
func (c *Catalog) WakeFindings(ctx context.Context) (int, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT id FROM findings WHERE state = ? AND until > 0 AND until <= ?`, string(index.Snoozed), millis(c.now()))
	ids, err := collect(rows, err, func(r scanner) (id string, err error) { return id, r.Scan(&id) })
	if err != nil {
		return 0, fmt.Errorf("look for findings that were put off: %w", err)
	}
	woken := 0
	for _, id := range ids {
		_, err := c.on(ctx, id, time.Time{}, func(d *deciding) error {
			if d.f.State != index.Snoozed || d.f.Until.After(d.now) {
				return nil
			}
			woken++
			return d.reopen("", "")
		})
		if err != nil {
			return woken, err
		}
	}
	return woken, nil
}
