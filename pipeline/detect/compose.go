package detect

import (
	"cmp"
	"context"
	"math"
	"slices"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/detect/claims"
	"freshet/pipeline/detect/duplicate"
)

// compose writes the findings of the groups, and closes those that lost theirs.
func (g *grouping) compose(ctx context.Context) ([]catalog.Detected, error) {
	var out []catalog.Detected
	for _, id := range sorted(g.groups) {
		d := catalog.Detected{Finding: index.Finding{ID: id, State: index.Undecided, Found: g.Now(), Suggested: -1}}
		if old := g.old[id]; old != nil {
			d = *old
		}
		if err := g.stand(ctx, &d, g.groups[id]); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	for _, id := range sorted(g.old) {
		if g.groups[id] == nil {
			d := *g.old[id]
			if err := g.close(ctx, &d); err != nil {
				return nil, err
			}
			out = append(out, d)
		}
	}
	return out, nil
}

// stand brings a finding to its pairs.
func (g *grouping) stand(ctx context.Context, d *catalog.Detected, pairs []catalog.Pair) error {
	f := &d.Finding
	d.Pairs = pairs
	decided := d.Was != "" && !d.Was.Live() && !g.lapsed[f.ID] && f.Outcome != index.Edited && f.Outcome != index.Vanished
	if decided {
		// People see it as it was decided on; its pairs are kept so that it stays silent.
		return nil
	}
	f.Base, f.Kind, f.Type = pairs[0].Base, pairs[0].Kind, pairs[0].Type
	lead := slices.MaxFunc(pairs, func(a, b catalog.Pair) int { return cmp.Or(cmp.Compare(a.P, b.P), -older(&a, &b)) })
	f.Rule, f.P, f.Tier = lead.Rule, lead.P, index.Possible
	f.Codes = nil
	for i := range pairs {
		if pairs[i].Tier == index.Likely {
			f.Tier = index.Likely
		}
		for _, code := range pairs[i].Codes {
			if !slices.Contains(f.Codes, code) {
				f.Codes = append(f.Codes, code)
			}
		}
	}
	slices.Sort(f.Codes)
	g.reopen(d)
	if err := g.members(ctx, f, pairs); err != nil {
		return err
	}
	if err := g.severity(ctx, f); err != nil {
		return err
	}
	suggest(f)
	explain(f)
	f.Updated = g.Now()
	if f.Tier == index.Likely && f.Kind == index.Conflicting {
		d.Notes = notesOf(f)
	}
	return nil
}

// reopen has a finding speak again whose decision no longer holds, or which had gone.
func (g *grouping) reopen(d *catalog.Detected) {
	f := &d.Finding
	switch {
	case d.Was == "":
		d.Events = append(d.Events, catalog.FindingEvent{Finding: f.ID, At: g.Now(), Kind: "found"})
		return
	case g.lapsed[f.ID]:
		d.Lapse = true
	case d.Was.Live():
		return
	}
	f.State, f.Outcome = index.Undecided, ""
	f.Closed, f.Until, f.Due = timeZero, timeZero, timeZero
	for i := range f.Members {
		f.Members[i].Suppressed = false
	}
	d.Events = append(d.Events, catalog.FindingEvent{Finding: f.ID, At: g.Now(), Kind: "reopened", Text: "what was decided on has changed"})
}

// close ends a finding without pairs: by an edit, or because a page is gone.
func (g *grouping) close(ctx context.Context, d *catalog.Detected) error {
	f := &d.Finding
	d.Lapse = g.lapsed[f.ID]
	d.Notes, d.Pairs = nil, nil
	if !d.Was.Live() {
		return nil
	}
	f.State, f.Outcome, f.Closed, f.Updated = index.Resolved, index.Edited, g.Now(), g.Now()
	text := "the content was changed at its source"
	for i := range g.lost[f.ID] {
		served, err := g.served(ctx, &g.lost[f.ID][i])
		if err != nil {
			return err
		}
		if !served {
			f.Outcome, text = index.Vanished, "a page is gone"
		}
	}
	if len(g.lost[f.ID]) == 0 {
		f.Outcome, text = index.Vanished, "it has become part of another finding"
	}
	d.Events = append(d.Events, catalog.FindingEvent{Finding: f.ID, At: g.Now(), Kind: string(f.Outcome), Text: text})
	return nil
}

// members lists the sides of pairs, those that the finding has in their places.
func (g *grouping) members(ctx context.Context, f *index.Finding, pairs []catalog.Pair) error {
	found := make(map[sideKey]index.Member)
	var order []sideKey
	for i := range pairs {
		for _, m := range []index.Member{pairs[i].A, pairs[i].B} {
			k := keyOf(&m)
			if _, there := found[k]; !there {
				order = append(order, k)
			}
			found[k] = m
		}
	}
	place := make(map[sideKey]int)
	for i := range f.Members {
		place[keyOf(&f.Members[i])] = i + 1
	}
	slices.SortStableFunc(order, func(a, b sideKey) int {
		return cmp.Or(cmp.Compare(rank(place[a]), rank(place[b])), cmp.Compare(a.document, b.document), slices.Compare(a.hash[:], b.hash[:]))
	})
	old := f.Members
	f.Members = make([]index.Member, 0, len(order))
	var owners []string
	for _, k := range order {
		m := found[k]
		if at := place[k]; at > 0 {
			m.Suppressed = old[at-1].Suppressed
		}
		who, err := g.describe(ctx, &m)
		if err != nil {
			return err
		}
		owners = append(owners, who...)
		f.Members = append(f.Members, m)
	}
	slices.Sort(owners)
	f.Owners = slices.Compact(owners)
	return nil
}

// A sideKey tells members apart: by their sentence, or as whole documents.
type sideKey struct {
	document string
	hash     index.Hash
}

func keyOf(m *index.Member) sideKey {
	if m.Sentence == "" {
		return sideKey{document: m.Document}
	}
	return sideKey{m.Document, m.Hash}
}

// rank puts those without a place last.
func rank(place int) int {
	if place == 0 {
		return math.MaxInt
	}
	return place
}

// describe adds what is known of a member's document, and says who is asked about it.
func (e *Engine) describe(ctx context.Context, m *index.Member) ([]string, error) {
	d, err := e.read.document(ctx, m.Document)
	if err != nil || d == nil {
		return nil, err
	}
	x := &d.Details
	m.Source, m.ExternalID, m.Title, m.URL, m.EditURI, m.Owner, m.Locale, m.Modified = d.Source, d.ExternalID, x.Title, x.URI, x.EditURI, x.Owner, x.Locale, x.Modified
	asked, err := e.Catalog.OwnersOf(ctx, []string{d.Key})
	if who := asked[d.Key].Ask; err == nil && who != "" {
		return []string{who}, nil
	}
	return nil, err
}

// weightOf is how much it matters what a finding is about, from 0 to 1 (DOUBTS.md 1.5
// step 9: price, legal delay, permission, telephone number high; counts low).
func weightOf(f *index.Finding) float64 {
	switch {
	case f.Rule == string(duplicate.Shared):
		return 0.2
	case f.Kind == index.Duplicate:
		return 0.4
	}
	switch claims.Type(f.Type) {
	case claims.Money, claims.Bool, claims.Phone:
		return 1
	case claims.Duration, claims.Percent:
		return 0.9
	case claims.Hours, claims.Date, claims.Email:
		return 0.8
	case claims.Role, claims.URL, claims.Version:
		return 0.6
	case claims.Quantity:
		return 0.5
	}
	return 0.4
}

// muchUsed is from how many uses on more ones no longer matter.
const muchUsed = 1000

// severity is what it is about, and how much it is asked for.
func (g *grouping) severity(ctx context.Context, f *index.Finding) error {
	asked, err := g.asked(ctx, f)
	f.Severity = weightOf(f) * f.P * asked
	return err
}

// asked is between a half, of pages that no answer uses, and 1.
func (e *Engine) asked(ctx context.Context, f *index.Finding) (float64, error) {
	used := 0
	for i := range f.Members {
		n, err := e.Usage(ctx, f.Base, f.Members[i].Document)
		if err != nil {
			return 0, err
		}
		used += n
	}
	return 0.5 + 0.5*min(1, math.Log1p(float64(used))/math.Log1p(muchUsed)), nil
}
