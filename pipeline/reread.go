package pipeline

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"freshet/connectors"
	"freshet/index/catalog"
)

// Texts that other rules made are made anew before the passes of a run, as far as
// bytes or texts are kept, or as the source tells only what changed and can be asked
// for one document. Each is served as it was until its batch is written. What is left
// when the time is over is the next run's, and the passes' as they come by.

// rereadNote is the pipeline's own note of a source: which recipes its documents were
// compared with, and the key up to which they were; "." when all were.
const rereadNote = "pipeline/reread"

// rereadFor is how long a run makes texts anew before it looks for what changed.
const rereadFor = 2 * time.Minute

// rereadPage is how many documents are read again between two commits.
const rereadPage = 64

// rereadDue makes anew what is due.
func (r *run) rereadDue(ctx context.Context) error {
	note, err := r.Catalog.MemoryOf(ctx, r.source.ID, rereadNote)
	if err != nil {
		return err
	}
	settled := r.recipes.settled()
	want := digest(settled)
	have, after, _ := strings.Cut(note, " ")
	if have != want {
		after = ""
	}
	r.pass = connectors.Feed // nothing is listed
	for until := r.Now().Add(rereadFor); after != "."; {
		if r.Now().After(until) || r.rereads.Load() >= int64(r.Limits.Rereads) {
			r.note("reread_goes_on")
			return nil
		}
		page, err := r.Catalog.Documents(ctx, catalog.DocumentFilter{Source: r.source.ID, After: after, NotRecipes: settled, Limit: rereadPage,
			States: []catalog.State{catalog.Present, catalog.Unreadable}})
		if err != nil {
			return err
		}
		next := "."
		if len(page) == rereadPage {
			next = page[len(page)-1].Key
		}
		whole, err := r.rereadSome(ctx, page)
		if err != nil {
			return err
		}
		if whole {
			after = next
		}
		b := r.batch()
		b.Memory = map[string]string{rereadNote: want + " " + after}
		if err := r.apply(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// A Reread counts the documents of a source that an earlier version read or cut.
type Reread struct {
	Source    string
	Documents int // that are served
	Left      int // of them, to be made anew by the next runs
}

// Rereads lists the sources with documents that are still to be made anew.
func (s *Syncer) Rereads(ctx context.Context) ([]Reread, error) {
	sources, err := s.Catalog.Sources(ctx)
	if err != nil {
		return nil, err
	}
	var out []Reread
	for i := range sources {
		f := catalog.DocumentFilter{Source: sources[i].ID, States: []catalog.State{catalog.Present, catalog.Unreadable}}
		r := Reread{Source: sources[i].ID}
		if r.Documents, err = s.Catalog.CountSelected(ctx, f); err != nil {
			return nil, err
		}
		f.NotRecipes = recipesOf(s.Extractor, &sources[i]).settled()
		if r.Left, err = s.Catalog.CountSelected(ctx, f); err != nil {
			return nil, err
		}
		if r.Left > 0 {
			out = append(out, r)
		}
	}
	return out, nil
}

// rereadSome makes some documents anew and writes them; whole is false when there
// were more than a run may read.
func (r *run) rereadSome(ctx context.Context, page []catalog.Document) (whole bool, err error) {
	ids := make([]string, len(page))
	for i := range page {
		ids[i] = page[i].ExternalID
	}
	known, err := r.Catalog.Lookup(ctx, r.source.ID, ids)
	if err != nil {
		return false, err
	}
	var items []*item
	for i := range page {
		// Of a document that waits for a decision nothing is known that would drop it.
		if k, ok := known[page[i].ExternalID]; ok && !k.Held {
			items = append(items, &item{id: k.ExternalID, known: &k, again: &page[i]})
		}
	}
	if err := r.prepareHeavy(ctx, items); err != nil {
		return false, err
	}
	whole = r.rereads.Load() <= int64(r.Limits.Rereads)
	items = slices.DeleteFunc(items, func(it *item) bool { return it.write == nil && it.change == nil })
	if len(items) == 0 {
		return whole, nil
	}
	for _, part := range r.split(items) {
		b := r.batch()
		r.fill(b, part)
		if err := r.write(ctx, b, part); err != nil {
			return false, err
		}
	}
	return whole, nil
}

// prepareAgain decides how a document is made anew. Where there is no way nothing is
// written, and it waits for a pass.
func (r *run) prepareAgain(ctx context.Context, it *item) error {
	doc := it.again
	if doc.VersionSeq > 0 && !strings.HasPrefix(doc.Recipe, refusalMark) {
		if err := r.anew(ctx, it, *doc); err != nil {
			return err
		}
		it.stamp, it.settled = "", false // the source was not asked
		if it.write != nil {
			it.write.Unasked = true
			if d := &it.write.Document; doc.State == catalog.Unreadable && d.State == catalog.Present {
				d.State, d.StateReason, d.StateAt = doc.State, doc.StateReason, doc.StateAt // it says nothing of the source's
			}
			return nil
		}
		if r.recipes.reads(doc.Recipe) {
			return nil
		}
	}
	return r.fetchAgain(ctx, it)
}

// fetchAgain asks the source for a document, where no pass that is near would.
func (r *run) fetchAgain(ctx context.Context, it *item) error {
	fetcher, ok := r.src.(connectors.Fetcher)
	absent := it.again.State == catalog.Unreadable && !judgedByReaders(it.again)
	if !ok || !r.kind.HasFeed || absent || r.refetched.Add(1) > int64(r.Limits.Confirm) {
		return nil
	}
	change, err := fetcher.Fetch(ctx, it.id)
	var wait *connectors.RetryAfter
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &wait), errors.Is(err, connectors.ErrAuth):
		return err
	case err != nil:
		r.note("reread_not_fetched")
		return nil
	}
	it.change, it.again = change, nil
	return r.prepare(ctx, it)
}

// judgedByReaders reports whether an unreadable document is one that other readers
// might read, as against one that could not be had.
func judgedByReaders(d *catalog.Document) bool {
	if strings.HasPrefix(d.Recipe, refusalMark) {
		return true
	}
	switch d.StateReason { // of catalogs from before refusals were noted
	case connectors.VerdictMediaType, connectors.VerdictTooLarge, connectors.VerdictEncrypted, connectors.VerdictMalformed, connectors.VerdictEmpty:
		return true
	}
	return false
}
