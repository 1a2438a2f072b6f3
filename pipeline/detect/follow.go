package detect

import (
	"context"
	"errors"
	"maps"
	"slices"

	"freshet/index"
	"freshet/index/catalog"
)

// A page is what is looked at before the mark moves.
const (
	pageEntries  = 256
	pagePassages = 512
)

// follow looks at the entries after mark, up to the newest.
func (e *Engine) follow(ctx context.Context, mark int64) error {
	waiting, err := e.waiting(ctx)
	if err != nil {
		return err
	}
	var page []index.Entry
	passages := 0
	flush := func() error {
		if len(page) == 0 {
			return nil
		}
		err := e.page(ctx, page, waiting)
		page, passages = page[:0], 0
		return err
	}
	for entry, err := range e.Catalog.Since(ctx, mark) {
		if err != nil {
			return errors.Join(err, flush())
		}
		page = append(page, entry)
		passages += len(entry.Opened) + len(entry.Closed)
		if len(page) >= pageEntries || passages >= pagePassages {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// waiting are the bases that are looked at as a whole anyway.
func (e *Engine) waiting(ctx context.Context) (map[string]bool, error) {
	all, err := e.Catalog.Bases(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string]bool)
	for i := range all {
		b, err := e.base(ctx, all[i].ID)
		if err != nil {
			return nil, err
		}
		out[b.Base] = b.Version != Version || b.Phase == phaseKeys
	}
	return out, nil
}

// page looks at what entries changed, in one transaction. Somebody may decide on a
// finding meanwhile: then it is made again.
func (e *Engine) page(ctx context.Context, page []index.Entry, waiting map[string]bool) error {
	l, err := e.newLook(ctx)
	if err != nil {
		return err
	}
	seen := make(map[string]bool)
	for i := range page {
		entry := &page[i]
		if waiting[entry.Base] {
			continue
		}
		b, err := e.base(ctx, entry.Base)
		if err != nil {
			return err
		}
		if err := l.values(ctx, b, entry); err != nil {
			return err
		}
		if seen[entry.Document] {
			continue
		}
		seen[entry.Document] = true
		if err := l.register(ctx, b, entry.Document); err != nil {
			return err
		}
	}
	if err := l.stillStanding(ctx); err != nil {
		return err
	}
	if err := l.write(ctx); err != nil {
		return err
	}
	// What was written is found again if this is as far as it comes.
	return e.age(ctx, l.concerned(seen), page[len(page)-1].Seq)
}

// concerned are the documents that were looked at, and those of findings that moved.
func (l *look) concerned(seen map[string]bool) []string {
	for i := range l.batch.Findings {
		for _, p := range l.batch.Findings[i].Pairs {
			seen[p.A.Document], seen[p.B.Document] = true, true
		}
	}
	for _, p := range l.gone {
		seen[p.A.Document], seen[p.B.Document] = true, true
	}
	return sorted(seen)
}

// tries is how often a transaction is made again because somebody decided meanwhile.
const tries = 8

// write writes what a look found.
func (l *look) write(ctx context.Context) error {
	for n := 1; ; n++ {
		var err error
		if l.batch.Findings, err = l.findings(ctx); err != nil {
			return err
		}
		if l.beforeWrite != nil {
			l.beforeWrite()
		}
		err = l.Catalog.Detect(ctx, &l.batch)
		if !errors.Is(err, catalog.ErrDecided) || n == tries {
			return err
		}
	}
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
