package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"freshet/connectors"
	"freshet/index/catalog"
)

// A Decision is a person's word about documents whose content would vanish.
type Decision struct {
	Documents []string // internal keys or external IDs; empty: all that wait
	By        string
	Fence     *catalog.Fence
}

// A Settled says what became of a decision.
type Settled struct {
	Done  int `json:"done"`  // documents it was carried out for
	Kept  int `json:"kept"`  // documents that turned out to be there: nothing was taken
	Still int `json:"still"` // that still wait
}

// Approve carries out what waits, after asking the source once more about each
// document where it can be asked: what is there after all stays.
func (s *Syncer) Approve(ctx context.Context, source string, d Decision) (Settled, error) {
	r, holds, err := s.waiting(ctx, source, d)
	if err != nil {
		return Settled{}, err
	}
	src, kind, err := s.Open(ctx, r.source)
	if err != nil {
		r.Log.Warn("approving without asking the source again", "source", source, "error", err)
	} else {
		r.src, r.kind = src, kind
	}
	var out Settled
	var confirmed []catalog.Hold
	for _, h := range holds {
		there, err := r.thereAfterAll(ctx, h)
		if err != nil {
			return out, err
		}
		if there {
			b := r.batch()
			b.Pass, b.DropHolds = 0, []string{h.Document}
			if err := r.apply(ctx, b); err != nil {
				return out, err
			}
			out.Kept++
			continue
		}
		confirmed = append(confirmed, h)
	}
	if err := r.carryOut(ctx, confirmed, true); err != nil {
		return out, err
	}
	out.Done = len(confirmed)
	if r.src != nil {
		// What is taken may have kept something for all others.
		if err := r.learn(ctx); err != nil {
			return out, err
		}
	}
	return s.remaining(ctx, source, out)
}

// thereAfterAll asks the source whether it has the document.
func (r *run) thereAfterAll(ctx context.Context, h catalog.Hold) (bool, error) {
	fetcher, ok := r.src.(connectors.Fetcher)
	if !ok || h.Action == catalog.ActReplace {
		return false, nil
	}
	doc, err := r.Catalog.DocumentByKey(ctx, h.Document)
	if err != nil {
		return false, err
	}
	if scoper, ok := r.src.(connectors.Scoper); ok && !scoper.InScope(doc.ExternalID) {
		return false, nil
	}
	change, err := fetcher.Fetch(ctx, doc.ExternalID)
	if err != nil {
		return false, ctx.Err()
	}
	switch change.(type) {
	case connectors.Upsert, connectors.Same:
		return true, nil
	}
	return false, nil
}

// Reject keeps the content of the documents, and does not ask again on the same
// evidence until they were seen in between.
func (s *Syncer) Reject(ctx context.Context, source string, d Decision) (Settled, error) {
	r, holds, err := s.waiting(ctx, source, d)
	if err != nil {
		return Settled{}, err
	}
	b := r.batch()
	for _, h := range holds {
		h.State, h.DecidedBy, h.At = catalog.HoldRejected, d.By, r.now
		b.Holds = append(b.Holds, h)
	}
	if err := r.apply(ctx, b); err != nil {
		return Settled{}, err
	}
	return s.remaining(ctx, source, Settled{Done: len(holds)})
}

func (s *Syncer) remaining(ctx context.Context, source string, out Settled) (Settled, error) {
	left, err := s.Catalog.Holds(ctx, source, catalog.HoldPending)
	out.Still = len(left)
	return out, err
}

func (s *Syncer) waiting(ctx context.Context, source string, d Decision) (*run, []catalog.Hold, error) {
	r, err := s.begin(ctx, source, RunOptions{Fence: d.Fence})
	if err != nil {
		return nil, nil, err
	}
	all, err := s.Catalog.Holds(ctx, source, catalog.HoldPending)
	if err != nil || len(d.Documents) == 0 {
		return r, all, err
	}
	var out []catalog.Hold
	for _, want := range d.Documents {
		key, err := s.keyOf(ctx, source, want)
		if err != nil {
			return nil, nil, err
		}
		i := slices.IndexFunc(all, func(h catalog.Hold) bool { return h.Document == key })
		if i < 0 {
			return nil, nil, fmt.Errorf("document %q of source %q does not wait for approval: %w", want, source, catalog.ErrNotFound)
		}
		out = append(out, all[i])
	}
	return r, out, nil
}

func (s *Syncer) keyOf(ctx context.Context, source, want string) (string, error) {
	doc, err := s.Catalog.DocumentByKey(ctx, want)
	if errors.Is(err, catalog.ErrNotFound) {
		doc, err = s.Catalog.DocumentByID(ctx, source, want)
	}
	if err != nil {
		return "", err
	}
	return doc.Key, nil
}

// OutOfScope lists the served documents that the source's present settings would
// no longer list. Kinds that cannot tell return none.
func (s *Syncer) OutOfScope(ctx context.Context, source string) ([]catalog.Document, error) {
	row, err := s.Catalog.Source(ctx, source)
	if err != nil {
		return nil, err
	}
	src, _, err := s.Open(ctx, row)
	if err != nil {
		return nil, err
	}
	return s.outOf(ctx, src, source)
}

func (s *Syncer) outOf(ctx context.Context, src connectors.Source, source string) ([]catalog.Document, error) {
	scoper, ok := src.(connectors.Scoper)
	if !ok {
		return nil, nil
	}
	var out []catalog.Document
	f := catalog.DocumentFilter{Source: source, States: []catalog.State{catalog.Present, catalog.Unreadable}}
	for d, err := range s.Catalog.AllDocuments(ctx, f) {
		if err != nil {
			return nil, err
		}
		if !scoper.InScope(d.ExternalID) {
			out = append(out, d)
		}
	}
	return out, nil
}

// OutOfScopeWith is OutOfScope for settings that are not saved yet.
func (s *Syncer) OutOfScopeWith(ctx context.Context, changed catalog.Source) ([]catalog.Document, error) {
	src, _, err := s.Open(ctx, changed)
	if err != nil {
		return nil, err
	}
	return s.outOf(ctx, src, changed.ID)
}

// ExcludeOutOfScope stops serving the documents that the source's settings leave
// out. A person saw how many they are and saved the settings all the same.
func (s *Syncer) ExcludeOutOfScope(ctx context.Context, source, by string) (int, error) {
	docs, err := s.OutOfScope(ctx, source)
	if err != nil {
		return 0, err
	}
	r, err := s.begin(ctx, source, RunOptions{})
	if err != nil {
		return 0, err
	}
	holds := make([]catalog.Hold, len(docs))
	for i, d := range docs {
		holds[i] = catalog.Hold{Source: source, Document: d.Key, Action: catalog.ActExclude, Evidence: string(connectors.SkipExcluded), At: r.now, DecidedBy: by}
	}
	return len(docs), r.carryOut(ctx, holds, true)
}
