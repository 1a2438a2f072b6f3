package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"unicode"

	"freshet/index/catalog"
	"freshet/index/evaluate"
	"freshet/index/retrieve"
)

// A calibrator fits the answer state of a knowledge base to its own titles, once
// enough of its documents have come or gone since the last time.
type calibrator struct {
	catalog *catalog.Catalog
	bases   *bases
	search  evaluate.Search
	active  func() retrieve.Active // what search asks
	log     *slog.Logger

	mu     sync.Mutex      // one fit at a time: each asks a few thousand questions
	looked map[string]bool // bases that were looked at since the start
}

// turnedShare is the share of documents that must have come or gone for another fit.
const turnedShare = 0.10

// after looks, behind a run, whether the base of its source needs another fit. A fit
// that fails is logged: the model that is there goes on judging.
func (c *calibrator) after(ctx context.Context, r *catalog.Report) {
	row, err := c.catalog.Source(ctx, r.Source)
	if err == nil {
		err = c.fit(ctx, row.Base, r.New+r.Restored+r.Hidden+r.Removed+r.Deleted+r.Excluded > 0)
	}
	if err != nil && ctx.Err() == nil {
		c.log.Warn("the answer state is judged by the model from before", "source", r.Source, "error", err)
	}
}

// fit fits the base anew if it needs that. When no document came or went it does not
// look a second time, which would count all documents of the base.
func (c *calibrator) fit(ctx context.Context, base string, turning bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !turning && c.looked[base] {
		return nil
	}
	done, err := c.fitIfDue(ctx, base)
	if err == nil && done {
		if c.looked == nil {
			c.looked = make(map[string]bool)
		}
		c.looked[base] = true
	}
	return err
}

// fitIfDue reports false when there is something left to fit later.
func (c *calibrator) fitIfDue(ctx context.Context, base string) (bool, error) {
	b, err := c.catalog.Base(ctx, base)
	if err != nil {
		return false, err
	}
	served, turned, err := c.catalog.Turnover(ctx, base, b.ModelSeq)
	if err != nil {
		return false, err
	}
	l, seq := learntOf(b.Model), b.ModelSeq
	due := turned > 0 && float64(turned) >= turnedShare*float64(served)
	meaning := c.active().Embed != nil && due || l.lacksMeaning(c.active())
	if !due && !meaning {
		return true, nil
	}
	titles, err := c.titles(ctx, base)
	if err != nil {
		return false, err
	}
	if due {
		if seq, err = c.catalog.Head(ctx); err != nil {
			return false, err
		}
		if l.Model, err = evaluate.Calibrate(ctx, c.search, base, titles, retrieve.DefaultModel()); err != nil {
			return false, err
		}
		if err := c.bases.keepLearnt(ctx, base, l, seq); err != nil {
			return false, err
		}
	}
	if !meaning {
		return true, nil
	}
	done, err := c.fitMeaning(ctx, base, titles, &l)
	if err != nil || !done {
		return false, err
	}
	return true, c.bases.keepLearnt(ctx, base, l, seq)
}

// titles are in order, so that equal bases are fitted alike.
func (c *calibrator) titles(ctx context.Context, base string) ([]evaluate.Titled, error) {
	byTitle, err := c.catalog.PublicTitles(ctx, base)
	if err != nil {
		return nil, err
	}
	list := make([]evaluate.Titled, 0, len(byTitle))
	for title, ids := range byTitle {
		if !worded(title) {
			continue
		}
		list = append(list, evaluate.Titled{Title: title, Documents: ids})
	}
	slices.SortFunc(list, func(a, b evaluate.Titled) int { return strings.Compare(a.Title, b.Title) })
	return list, nil
}

// worded reports whether a title has words in it to make a question of, as against
// the name of a file or a number.
func worded(title string) bool {
	words := 0
	for w := range strings.FieldsSeq(title) {
		letters := 0
		for _, r := range w {
			if unicode.IsLetter(r) {
				letters++
			}
		}
		if letters >= 2 {
			words++
		}
	}
	return words >= 2
}
