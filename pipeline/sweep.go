package pipeline

import (
	"context"
	"errors"
	"time"

	"freshet/connectors"
	"freshet/index/catalog"
)

// removedAfter is how long a document must have been missing before it counts as
// removed without explicit evidence.
const removedAfter = 24 * time.Hour

// missedPasses is how many whole passes in a row must have missed a document.
const missedPasses = 2

// sweep judges what a whole pass did not list, and closes the pass in the same
// transaction that keeps the evidence.
func (r *run) sweep(ctx context.Context) error {
	var absent []catalog.Document
	if r.kind.ListsEverything {
		var err error
		if absent, err = r.absent(ctx); err != nil {
			return err
		}
	}
	b := r.batch()
	b.Pass = 0 // stamps below are no listing
	if err := r.judgeAbsent(ctx, b, absent); err != nil {
		return err
	}
	at := r.at
	at.Cursor, at.Open, at.Done = "", false, r.now
	b.Position = &at
	if err := r.apply(ctx, b); err != nil {
		return err
	}
	r.Reached(PhaseSwept)
	return nil
}

// absent lists documents of earlier passes that this one did not list.
func (r *run) absent(ctx context.Context) ([]catalog.Document, error) {
	var out []catalog.Document
	f := catalog.DocumentFilter{Source: r.source.ID, NotInPass: r.passID, SeenBefore: r.at.Started,
		States: []catalog.State{catalog.Present, catalog.Unreadable, catalog.Hidden}}
	for d, err := range r.Catalog.AllDocuments(ctx, f) {
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

func (r *run) judgeAbsent(ctx context.Context, b *catalog.Batch, absent []catalog.Document) error {
	serving := 0
	for i := range absent {
		if absent[i].State.Serves() {
			serving++
		}
	}
	owned, vanished, err := r.balance(ctx)
	if err != nil {
		return err
	}
	fetcher, canFetch := r.src.(connectors.Fetcher)
	suspicious := tooMuch(vanished+serving, owned, r.source.Guard) || serving > r.Limits.Confirm || r.listed == 0 && serving >= smallDocuments
	var found []*item
	for i := range absent {
		d := &absent[i]
		known := knownOf(d)
		it := &item{id: d.ExternalID, known: &known}
		switch {
		case r.doubted[d.Key]:
			r.note("move_not_confirmed")
			continue
		case d.State == catalog.Hidden:
			r.missAgain(b, d)
			continue
		case r.notFound[d.Key]:
			continue // asking again at once is no second answer
		case suspicious:
			if err := r.hideLater(ctx, b, it, "not_listed"); err != nil {
				return err
			}
			continue
		case !canFetch:
			m := r.miss(b, d)
			if m.Count >= missedPasses {
				if err := r.hideLater(ctx, b, it, "not_listed"); err != nil {
					return err
				}
			}
			continue
		}
		change, err := fetcher.Fetch(ctx, d.ExternalID)
		if err := r.confirm(ctx, b, it, change, err); err != nil {
			return err
		}
		if it.change != nil {
			found = append(found, it)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return r.writeFound(ctx, found)
}

func knownOf(d *catalog.Document) catalog.Known {
	return catalog.Known{Key: d.Key, ExternalID: d.ExternalID, State: d.State, StateReason: d.StateReason, Revision: d.Revision,
		Recipe: d.Recipe, Listed: d.Listed, TextHash: d.TextHash, Versions: d.VersionSeq > 0, Held: true, Missed: d.Missed}
}

// confirm takes the source's own word about one absent document. A fault teaches
// nothing, so nothing follows from it.
func (r *run) confirm(ctx context.Context, b *catalog.Batch, it *item, change connectors.Change, err error) error {
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.note("absence_not_confirmed")
		return nil
	}
	switch c := change.(type) {
	case connectors.Delete:
		if c.Evidence == connectors.EvidenceNotFound {
			r.miss(b, &catalog.Document{Key: it.known.Key, Missed: it.known.Missed})
			return r.hideLater(ctx, b, it, "not_listed_and_not_found")
		}
		return r.holdInto(ctx, b, it, catalog.ActRemove, string(c.Evidence))
	case connectors.Skip:
		return r.holdInto(ctx, b, it, catalog.ActExclude, string(c.Reason))
	case connectors.Unreadable:
		r.note("absence_not_confirmed")
		return nil
	}
	r.note("not_listed_but_there")
	it.change = change
	return nil
}

// writeFound writes documents that the listing missed and the source still has.
func (r *run) writeFound(ctx context.Context, found []*item) error {
	ids := make([]string, len(found))
	for i, it := range found {
		ids[i] = it.id
	}
	known, err := r.Catalog.Lookup(ctx, r.source.ID, ids)
	if err != nil {
		return err
	}
	for _, it := range found {
		k := known[it.id]
		it.known = &k
	}
	if err := r.prepareAll(ctx, found); err != nil {
		return err
	}
	if err := r.collapse(ctx, found); err != nil {
		return err
	}
	b := r.batch()
	r.fill(b, found)
	return r.write(ctx, b, found)
}

func (r *run) miss(b *catalog.Batch, d *catalog.Document) catalog.Missed {
	m := catalog.Missed{Document: d.Key, Count: d.Missed + 1, Since: d.MissedSince}
	if m.Since.IsZero() {
		m.Since = r.now
	}
	b.Missed = append(b.Missed, m)
	r.note("missed")
	return m
}

// missAgain turns a hidden document into a removed one once enough passes and
// enough time have gone by. Nothing vanishes by it.
func (r *run) missAgain(b *catalog.Batch, d *catalog.Document) {
	m := r.miss(b, d)
	if m.Count < missedPasses || r.now.Sub(m.Since) < removedAfter {
		return
	}
	next := *d
	next.State, next.StateAt = catalog.Removed, r.now
	b.Changes = append(b.Changes, catalog.Change{Document: next, Outcome: catalog.WasRemoved})
	r.report.Count(catalog.WasRemoved)
}

func (r *run) hideLater(ctx context.Context, b *catalog.Batch, it *item, evidence string) error {
	return r.holdInto(ctx, b, it, catalog.ActHide, evidence)
}

func (r *run) holdInto(ctx context.Context, b *catalog.Batch, it *item, action catalog.Action, evidence string) error {
	err := r.holdBack(ctx, it, action, evidence)
	if errors.Is(err, catalog.ErrNotFound) { // no older hold
		it.known.Held = false
		err = r.holdBack(ctx, it, action, evidence)
	}
	if err == nil && it.hold != nil {
		b.Holds = append(b.Holds, *it.hold)
		r.note(it.reason)
	}
	return err
}
