package detect

import (
	"context"
	"slices"
	"time"

	"freshet/index/catalog"
)

// Phases of a pass over a whole base.
const (
	phaseKeys  = "keys"  // its rows are made anew
	phasePairs = "pairs" // its rows answer for their pairs
)

// passEvery is how often everything is looked at although nothing asks for it, as a
// safety net.
const passEvery = 30 * 24 * time.Hour

// passes makes the passes that are due; changed says that there is something new.
func (e *Engine) passes(ctx context.Context, changed bool) error {
	all, err := e.Catalog.Bases(ctx)
	if err != nil {
		return err
	}
	for i := range all {
		b, err := e.base(ctx, all[i].ID)
		if err != nil {
			return err
		}
		due, err := e.due(ctx, b, changed)
		if err != nil {
			return err
		}
		if due {
			if err := e.pass(ctx, b.Base); err != nil {
				return err
			}
		}
	}
	return nil
}

// due reports whether a base is to be looked at as a whole: for the first time, by
// other rules, because it has become twice as large or half as large as what was
// learned from, or after a month.
func (e *Engine) due(ctx context.Context, b *base, changed bool) (bool, error) {
	if b.Version != Version || b.Phase != "" || !b.Passed.IsZero() && e.Now().Sub(b.Passed) >= passEvery {
		return true, nil
	}
	if !changed {
		return false, nil
	}
	n, err := e.Catalog.CountServed(ctx, b.Base)
	return n > 2*b.Learned || 2*n < b.Learned, err
}

// Pass looks at a whole base anew, whatever is known of it.
func (e *Engine) Pass(ctx context.Context, id string) error {
	e.running.Lock()
	defer e.running.Unlock()
	if b, err := e.base(ctx, id); err != nil {
		return err
	} else if b.Phase == "" {
		b.Version = ""
	}
	return e.pass(ctx, id)
}

func (e *Engine) pass(ctx context.Context, id string) error {
	b, err := e.base(ctx, id)
	if err != nil {
		return err
	}
	if b.Phase == "" || b.Version != Version {
		passed, baselined := b.Passed, b.Baselined
		info, err := e.learn(ctx, id)
		if err != nil {
			return err
		}
		info.Passed, info.Baselined, info.Phase = passed, baselined, phaseKeys
		if err := e.save(ctx, info); err != nil {
			return err
		}
		if b, err = e.base(ctx, id); err != nil {
			return err
		}
	}
	if b.Phase == phaseKeys {
		if err := e.registerAll(ctx, b); err != nil {
			return err
		}
	}
	return e.judgeBase(ctx, b)
}

// save keeps what is known of a base, and has it read again.
func (e *Engine) save(ctx context.Context, info catalog.DetectBase) error {
	delete(e.bases, info.Base)
	e.read.clear()
	return e.Catalog.Detect(ctx, &catalog.Detection{Bases: []catalog.DetectBase{info}})
}

// judgeBase has all rows of a base answer for their pairs, from where it was left.
func (e *Engine) judgeBase(ctx context.Context, b *base) error {
	done := 0
	for {
		rows, err := e.Catalog.DetectRowsAfter(ctx, b.Base, b.Cursor, pagePassages)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		rows, err = e.whole(ctx, rows)
		if err != nil {
			return err
		}
		l, err := e.newLook(ctx)
		if err != nil {
			return err
		}
		if err := l.rejudge(ctx, b, rows); err != nil {
			return err
		}
		info := b.DetectBase
		info.Cursor = rows[len(rows)-1].ID
		l.batch.Bases = []catalog.DetectBase{info}
		if err := l.write(ctx); err != nil {
			return err
		}
		b.Cursor = info.Cursor
		done += len(rows)
		if e.Progress != nil {
			e.Progress(done, 0)
		}
	}
	if err := e.ageAll(ctx, b.Base); err != nil {
		return err
	}
	info := b.DetectBase
	info.Phase, info.Cursor, info.Passed = "", 0, e.Now()
	return e.save(ctx, info)
}

// whole cuts rows to those of whole documents; a document with more rows than a page
// is completed.
func (e *Engine) whole(ctx context.Context, rows []catalog.DetectRow) ([]catalog.DetectRow, error) {
	last := rows[len(rows)-1].Document
	if len(rows) < pagePassages {
		return rows, nil
	}
	first := slices.IndexFunc(rows, func(r catalog.DetectRow) bool { return r.Document == last })
	if first > 0 && rows[first-1].Document != last {
		return rows[:first], nil
	}
	all, err := e.Catalog.DetectRowsOf(ctx, last)
	return all, err
}

// rejudge has registered rows answer again.
func (l *look) rejudge(ctx context.Context, b *base, rows []catalog.DetectRow) error {
	for start := 0; start < len(rows); {
		end := start
		var own []*catalog.DetectRow
		for ; end < len(rows) && rows[end].Document == rows[start].Document; end++ {
			own = append(own, &rows[end])
		}
		key := rows[start].Document
		before, err := l.before(ctx, key)
		if err != nil {
			return err
		}
		if err := l.judgeAll(ctx, b, key, own, before); err != nil {
			return err
		}
		start = end
	}
	return nil
}
