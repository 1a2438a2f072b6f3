package detect

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"freshet/index"
	"freshet/index/catalog"
)

// conclude does what concerns bases as a whole, when what changed was looked at. All of
// it can be done again.
func (e *Engine) conclude(ctx context.Context) error {
	all, err := e.Catalog.Bases(ctx)
	if err != nil {
		return err
	}
	for i := range all {
		b, err := e.base(ctx, all[i].ID)
		if err != nil {
			return err
		}
		if err := e.overlaps(ctx, b.Base); err != nil {
			return err
		}
		if err := e.baseline(ctx, b); err != nil {
			return err
		}
		if _, err := e.Catalog.ApplyAuthorities(ctx, b.Base); err != nil {
			return err
		}
	}
	return nil
}

// baseline marks, after the first sync of a base, what was there before anybody was
// asked: the findings that matter most stay likely, the rest are shown on request.
// What is found later is not concerned.
func (e *Engine) baseline(ctx context.Context, b *base) error {
	if e.First <= 0 || !b.Baselined.IsZero() {
		return nil
	}
	done, err := e.synced(ctx, b.Base)
	if err != nil || !done {
		return err
	}
	list, err := e.likely(ctx, b.Base)
	if err != nil {
		return err
	}
	rest := list[min(len(list), e.First):]
	for page := range slices.Chunk(rest, agingPage) {
		var batch []catalog.Detected
		for i := range page {
			d, err := e.lowered(ctx, &page[i], baselineCode)
			if err != nil {
				return err
			}
			batch = append(batch, d)
		}
		err := e.Catalog.Detect(ctx, &catalog.Detection{Findings: batch})
		if errors.Is(err, catalog.ErrDecided) {
			return nil // the rest is marked with what comes next
		}
		if err != nil {
			return err
		}
	}
	info := b.DetectBase
	info.Baselined = e.Now()
	b.Baselined = info.Baselined
	return e.Catalog.Detect(ctx, &catalog.Detection{Bases: []catalog.DetectBase{info}})
}

// synced reports whether each source of a base has been read once.
func (e *Engine) synced(ctx context.Context, base string) (bool, error) {
	sources, err := e.Catalog.Sources(ctx)
	if err != nil {
		return false, err
	}
	any := false
	for i := range sources {
		if s := &sources[i]; s.Base == base && s.State == catalog.Published {
			runs, err := e.Catalog.Runs(ctx, s.ID, 2)
			if err != nil {
				return false, err
			}
			if !slices.ContainsFunc(runs, func(r catalog.Report) bool { return !r.Ended.IsZero() }) {
				return false, nil
			}
			any = true
		}
	}
	return any, nil
}

// likely are the findings of a base that are shown, the most severe first.
func (e *Engine) likely(ctx context.Context, base string) ([]index.Finding, error) {
	f := catalog.FindingFilter{Base: base, Tiers: []index.Tier{index.Likely}, States: []index.FindingState{index.Undecided}, Limit: 500}
	var out []index.Finding
	for {
		page, err := e.Catalog.Findings(ctx, f)
		out = append(out, page...)
		if err != nil || len(page) < f.Limit {
			return out, err
		}
		f.AfterSeverity, f.AfterID = page[len(page)-1].Severity, page[len(page)-1].ID
	}
}

// lowered is a finding that is shown on request alone, for a reason.
func (e *Engine) lowered(ctx context.Context, f *index.Finding, code string) (catalog.Detected, error) {
	pairs, err := e.Catalog.PairsOf(ctx, f.ID)
	d := catalog.Detected{Finding: *f, Was: f.State, WasOutcome: f.Outcome, Pairs: pairs}
	d.Finding.Tier, d.Finding.Updated = index.Possible, e.Now()
	add := func(codes []string) []string {
		if slices.Contains(codes, code) {
			return codes
		}
		return append(slices.Clone(codes), code)
	}
	d.Finding.Codes = add(d.Finding.Codes)
	for i := range d.Pairs {
		d.Pairs[i].Tier, d.Pairs[i].Codes = index.Possible, add(d.Pairs[i].Codes)
	}
	return d, err
}

// When two sources hold so many of each other's pages that one finding stands for all.
const (
	overlapPairs = 20
	overlapShare = 0.10 // of the smaller source
)

const overlapCode = "overlap_of_sources"

// overlaps finds the sources that hold each other's pages.
func (e *Engine) overlaps(ctx context.Context, base string) error {
	list, err := e.Catalog.DuplicateSources(ctx, base)
	if err != nil {
		return err
	}
	standing := make(map[string]bool)
	for i := range list {
		o := &list[i]
		if o.Pairs <= overlapPairs || float64(o.Documents) <= overlapShare*float64(o.Smaller) {
			continue
		}
		standing[overlapID(base, o)] = true
		if err := e.overlap(ctx, base, o); err != nil {
			return err
		}
	}
	old, err := e.Catalog.Findings(ctx, catalog.FindingFilter{Base: base, Kinds: []index.FindingKind{index.Overlap}, Limit: 500})
	if err != nil {
		return err
	}
	for i := range old {
		f := &old[i]
		if standing[f.ID] || !f.State.Live() {
			continue
		}
		d := catalog.Detected{Finding: *f, Was: f.State, WasOutcome: f.Outcome}
		d.Finding.State, d.Finding.Outcome, d.Finding.Closed, d.Finding.Updated = index.Resolved, index.Edited, e.Now(), e.Now()
		if err := e.Catalog.Detect(ctx, &catalog.Detection{Findings: []catalog.Detected{d}}); err != nil && !errors.Is(err, catalog.ErrDecided) {
			return err
		}
	}
	return nil
}

func overlapID(base string, o *catalog.SourceOverlap) string {
	return "o" + index.HashTexts("finding/overlap", base, o.A, o.B).String()[:15]
}

// overlap writes the finding of two sources, and has those of their pages stand back.
func (e *Engine) overlap(ctx context.Context, base string, o *catalog.SourceOverlap) error {
	id := overlapID(base, o)
	f, err := e.Catalog.Finding(ctx, id)
	d := catalog.Detected{}
	switch {
	case errors.Is(err, catalog.ErrNotFound):
		f = index.Finding{ID: id, Found: e.Now(), State: index.Undecided}
		d.Events = []catalog.FindingEvent{{Finding: id, At: e.Now(), Kind: "found"}}
	case err != nil:
		return err
	case !f.State.Live() && f.Outcome != index.Edited:
		return e.standBack(ctx, base, o) // decided
	default:
		d.Was, d.WasOutcome = f.State, f.Outcome
	}
	if d.Was != "" && f.State.Live() && f.P == overlapSureness(o) {
		return e.standBack(ctx, base, o)
	}
	f.Base, f.Kind, f.Rule, f.Tier, f.P = base, index.Overlap, string(index.Overlap), index.Likely, overlapSureness(o)
	f.Severity, f.Suggested, f.Updated = 0.5*f.P, -1, e.Now()
	f.State, f.Outcome, f.Closed = index.Undecided, "", timeZero
	f.Title, f.Reasons = overlapWords(o)
	f.Members, f.Owners = nil, nil
	for _, key := range []string{o.ExampleA, o.ExampleB} {
		m := index.Member{Document: key}
		who, err := e.describe(ctx, &m)
		if err != nil {
			return err
		}
		if doc, err := e.read.document(ctx, key); err != nil {
			return err
		} else if doc != nil {
			m.Hash = doc.TextHash
		}
		f.Members, f.Owners = append(f.Members, m), append(f.Owners, who...)
	}
	slices.Sort(f.Owners)
	f.Owners = slices.Compact(f.Owners)
	d.Finding = f
	if err := e.Catalog.Detect(ctx, &catalog.Detection{Findings: []catalog.Detected{d}}); err != nil && !errors.Is(err, catalog.ErrDecided) {
		return err
	}
	return e.standBack(ctx, base, o)
}

func overlapSureness(o *catalog.SourceOverlap) float64 {
	return min(1, float64(o.Documents)/float64(max(o.Smaller, 1)))
}

// standBack has the duplicates between two sources be shown on request alone.
func (e *Engine) standBack(ctx context.Context, base string, o *catalog.SourceOverlap) error {
	list, err := e.likely(ctx, base)
	if err != nil {
		return err
	}
	var batch []catalog.Detected
	for i := range list {
		f := &list[i]
		between := f.Kind == index.Duplicate && !slices.ContainsFunc(f.Members, func(m index.Member) bool { return m.Source != o.A && m.Source != o.B }) &&
			slices.ContainsFunc(f.Members, func(m index.Member) bool { return cmp.Compare(m.Source, f.Members[0].Source) != 0 })
		if !between {
			continue
		}
		d, err := e.lowered(ctx, f, overlapCode)
		if err != nil {
			return err
		}
		batch = append(batch, d)
	}
	for page := range slices.Chunk(batch, agingPage) {
		if err := e.Catalog.Detect(ctx, &catalog.Detection{Findings: page}); err != nil && !errors.Is(err, catalog.ErrDecided) {
			return err
		}
	}
	return nil
}
