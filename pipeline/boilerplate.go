package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"freshet/index/catalog"
	"freshet/pipeline/extract"
	"freshet/pipeline/templates"
)

// templatesOf is the set that a source's passages are made with.
func (s *Syncer) templatesOf(ctx context.Context, source *catalog.Source) (*templates.Set, error) {
	if on, said := saysTemplates(source); said && !on {
		return nil, nil
	}
	known, err := s.Catalog.TemplatesOf(ctx, source.ID)
	return templates.NewSet(known.Blocks), err
}

func (r *run) hasTemplates() bool {
	if on, said := saysTemplates(&r.source); said {
		return on
	}
	return r.kind.Templated
}

// saysTemplates reads the setting; said is false when it is left to the kind.
func saysTemplates(s *catalog.Source) (on, said bool) { return switched(s.Extract[extractTemplates]) }

// learn finds out what stands on most pages, if texts have changed since it last
// did, and makes the passages anew of those documents alone that lose or regain
// something by it. A run that is stopped is gone on with by the next.
func (r *run) learn(ctx context.Context) error {
	known, err := r.Catalog.TemplatesOf(ctx, r.source.ID)
	if err != nil {
		return err
	}
	due, err := r.learningDue(ctx, &known)
	if err != nil || !due && (known.Applied || known.Digest == "") {
		return err
	}
	pages, err := r.rankedPages(ctx)
	if err != nil {
		return err
	}
	if due {
		if known, err = r.relearn(ctx, known, pages); err != nil {
			return err
		}
	}
	r.Reached(PhaseLearned)
	if known.Applied {
		return nil
	}
	r.templates = templates.NewSet(known.Blocks)
	if err := r.leaveOut(ctx, pages); err != nil {
		return err
	}
	known.Applied, known.Changed = true, 0
	if r.hasTemplates() {
		known.Learned = r.Now().UTC() // later than the changes of keepers that it made
	}
	return r.saveTemplates(ctx, &known)
}

// Between full passes so many changed texts make it worthwhile to learn again.
const (
	relearnDocuments = 10
	relearnShare     = 0.05
)

// learningDue reports whether something may be learned that is not known. After a
// feed alone few changes wait for the next full pass, unless a document that keeps
// something for all others is concerned.
func (r *run) learningDue(ctx context.Context, known *catalog.Templates) (bool, error) {
	if !r.hasTemplates() {
		return len(known.Blocks) > 0, nil
	}
	many := known.Changed >= relearnDocuments && float64(known.Changed) >= relearnShare*float64(known.Pages)
	switch {
	case known.Learned.IsZero(), r.full && known.Changed > 0, many, len(known.Blocks) > 0 && known.Digest != templates.Digest(known.Blocks):
		return true, nil
	case known.Changed == 0:
		return false, nil
	}
	return r.keeperChanged(ctx, known)
}

// keeperChanged reports whether a document that keeps blocks has changed since it was
// chosen, or serves no more.
func (r *run) keeperChanged(ctx context.Context, known *catalog.Templates) (bool, error) {
	seen := make(map[string]bool)
	for i := range known.Blocks {
		key := known.Blocks[i].Keeper
		if seen[key] {
			continue
		}
		seen[key] = true
		d, err := r.Catalog.DocumentByKey(ctx, key)
		if errors.Is(err, catalog.ErrNotFound) || err == nil && (!d.State.Serves() || d.Changed.After(known.Learned)) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
	return false, nil
}

// relearn counts and keeps what it found. Applied says that no passage changes by it.
func (r *run) relearn(ctx context.Context, known catalog.Templates, pages []rankedPage) (catalog.Templates, error) {
	next := catalog.Templates{Blocks: []catalog.TemplateBlock{}, Changed: known.Changed}
	if r.hasTemplates() {
		next.Learned, next.Pages = r.Now().UTC(), len(pages)
		if len(pages) >= templates.MinPages || len(known.Blocks) > 0 {
			var err error
			if next.Blocks, err = r.count(ctx, known.Blocks, pages); err != nil {
				return known, err
			}
		}
	}
	next.Digest = templates.Digest(next.Blocks)
	same := next.Digest == known.Digest || len(next.Blocks)+len(known.Blocks) == 0
	next.Applied = same && (known.Applied || known.Digest == "")
	return next, r.saveTemplates(ctx, &next)
}

func (r *run) saveTemplates(ctx context.Context, t *catalog.Templates) error {
	b := r.batch()
	b.Pass, b.Templates = 0, t
	return r.apply(ctx, b)
}

// A rankedPage is a served document of the source.
type rankedPage struct {
	key, id, uri, locale string
	mark                 string // of what is left out of its passages
	start                bool
}

// rankedPages lists the served documents in the order in which they are to keep what
// they share: the start page, then the shorter address, then the smaller one.
func (r *run) rankedPages(ctx context.Context) ([]rankedPage, error) {
	starts := startsOf(&r.source)
	var out []rankedPage
	f := catalog.DocumentFilter{Source: r.source.ID, States: []catalog.State{catalog.Present, catalog.Unreadable}}
	for d, err := range r.Catalog.AllDocuments(ctx, f) {
		if err != nil {
			return nil, err
		}
		if d.VersionSeq == 0 {
			continue
		}
		p := rankedPage{key: d.Key, id: d.ExternalID, uri: d.Details.URI, locale: d.Details.Locale, mark: d.LeftOutMark}
		p.start = slices.Contains(starts, strings.TrimRight(p.uri, "/"))
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b rankedPage) int {
		if a.start != b.start {
			if a.start {
				return -1
			}
			return 1
		}
		return cmp.Or(len(a.uri)-len(b.uri), strings.Compare(a.uri, b.uri), strings.Compare(a.key, b.key))
	})
	return out, nil
}

// startsOf are the addresses that a source's settings begin with, without a slash at
// the end.
func startsOf(s *catalog.Source) []string {
	var out []string
	add := func(v any) {
		if text, ok := v.(string); ok {
			out = append(out, strings.TrimRight(text, "/"))
		}
	}
	switch v := s.Settings["start"].(type) {
	case []any:
		for _, x := range v {
			add(x)
		}
	case []string:
		for _, x := range v {
			add(x)
		}
	default:
		add(v)
	}
	return out
}

func (p *rankedPage) page(t *extract.Text) templates.Page {
	return templates.Page{Key: p.key, Form: t.Version, Locale: p.locale, Address: p.uri}
}

func pageOf(d *catalog.Document, t *extract.Text) templates.Page {
	return templates.Page{Key: d.Key, Form: t.Version, Locale: d.Details.Locale, Address: d.Details.URI}
}

// count learns from all pages, one text after another; from files only when the
// source's settings say that they have templates.
func (r *run) count(ctx context.Context, before []catalog.TemplateBlock, pages []rankedPage) ([]catalog.TemplateBlock, error) {
	_, said := saysTemplates(&r.source)
	learner := templates.NewLearner(before)
	var read []*rankedPage // as the learner numbers them
	stint := work(r.Yield)
	for i := range pages {
		if err := stint.pause(ctx); err != nil {
			return nil, err
		}
		text, err := r.storedText(ctx, pages[i].key)
		if errors.Is(err, catalog.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		page := pages[i].page(text)
		if !said && !page.IsMarkup() {
			continue
		}
		learner.Add(page, text)
		read = append(read, &pages[i])
	}
	found := learner.Learn()
	if learner.Limited {
		r.note("templates_limited")
	}
	return r.named(ctx, found, read)
}

// named adds to blocks who keeps them and how they begin.
func (r *run) named(ctx context.Context, found []templates.Found, pages []*rankedPage) ([]catalog.TemplateBlock, error) {
	out := make([]catalog.TemplateBlock, len(found))
	kept := make(map[int][]*catalog.TemplateBlock) // by page
	for i := range found {
		out[i] = found[i].TemplateBlock
		p := pages[found[i].First]
		out[i].Keeper, out[i].Address = p.key, cmp.Or(p.uri, p.id)
		kept[found[i].First] = append(kept[found[i].First], &out[i])
	}
	for n, blocks := range kept {
		text, err := r.storedText(ctx, pages[n].key)
		if errors.Is(err, catalog.ErrNotFound) {
			continue // taken away meanwhile: the next run sees it
		}
		if err != nil {
			return nil, err
		}
		templates.Begins(text, func(hash uint64, begin string) {
			for _, b := range blocks {
				if b.Hash == hash {
					b.Text = begin
				}
			}
		})
	}
	return out, nil
}

// storedText is the text that a document's passages are made of.
func (r *run) storedText(ctx context.Context, key string) (*extract.Text, error) {
	packed, err := r.Catalog.LastText(ctx, key)
	if err != nil {
		return nil, err
	}
	var text extract.Text
	if err := json.Unmarshal(packed, &text); err != nil {
		return nil, fmt.Errorf("read stored text of document %s: %w", key, err)
	}
	return &text, nil
}

// leaveOut makes the passages anew of the documents of which the set leaves out other
// blocks than they were made without. A page that takes over what another kept comes
// before it, so that it is always kept.
func (r *run) leaveOut(ctx context.Context, pages []rankedPage) error {
	b, chunks := r.batch(), 0
	b.Pass = 0
	flush := func() error {
		if len(b.Changes) == 0 {
			return nil
		}
		for range b.Changes {
			r.mu.Lock()
			r.report.Count(catalog.Reprocessed)
			r.mu.Unlock()
			r.note("templates_changed")
		}
		err := r.apply(ctx, b)
		b, chunks = r.batch(), 0
		b.Pass = 0
		return err
	}
	stint := work(r.Yield)
	for i := range pages {
		if err := stint.pause(ctx); err != nil {
			return err
		}
		change, err := r.lessOrMore(ctx, &pages[i])
		if err != nil {
			return err
		}
		if change == nil {
			continue
		}
		b.Changes = append(b.Changes, *change)
		chunks += len(change.Chunks)
		if len(b.Changes) >= r.Limits.BatchDocuments || chunks >= r.Limits.BatchChunks {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// lessOrMore is the change of a document whose passages were made without other
// blocks than the set leaves out, or nil.
func (r *run) lessOrMore(ctx context.Context, p *rankedPage) (*catalog.Change, error) {
	text, err := r.storedText(ctx, p.key)
	if errors.Is(err, catalog.ErrNotFound) {
		return nil, nil
	}
	if err != nil || r.templates.Leave(p.page(text), text).Mark == p.mark {
		return nil, err
	}
	doc, err := r.Catalog.DocumentByKey(ctx, p.key)
	if errors.Is(err, catalog.ErrNotFound) || err == nil && !doc.State.Serves() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	chunks := r.passages(&doc, text)
	return &catalog.Change{Document: doc, Outcome: catalog.Reprocessed, Content: true, Chunks: chunks, Unasked: true}, nil
}
