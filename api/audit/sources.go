package audit

import (
	"slices"

	"freshet/index/catalog"
)

// source is a source in the making.
type source struct {
	Source
	row   catalog.Source
	pages int
}

func (g *gathering) readSources() error {
	for s, err := range g.v.Sources(g.ctx, g.base) {
		if err != nil {
			return err
		}
		if s.Created.Before(g.p.asOf) {
			g.sources[s.ID] = &source{row: s, Source: Source{ID: s.ID, Type: s.Kind, Owner: s.Owner, State: string(s.State)}}
		}
	}
	return nil
}

// notSyncedAfter is how many of its intervals a source may miss, from the design of
// doubts; less than a day is nothing that a month should be told of.
const (
	notSyncedAfter = 3
	notSyncedLeast = day
)

func (g *gathering) readRuns() error {
	for r, err := range g.v.Runs(g.ctx, g.p.from, g.p.asOf) {
		if err != nil {
			return err
		}
		s := g.sources[r.Source]
		if s == nil {
			continue
		}
		s.Runs++
		if r.Result == catalog.RunFailed {
			s.Failed++
			if len(r.Errors) > 0 {
				s.Error = r.Errors[len(r.Errors)-1]
			}
		}
	}
	g.report.Sources.List = []Source{}
	for _, s := range g.sources {
		if err := g.synced(s); err != nil {
			return err
		}
		s.Pages = s.pages
		g.report.Sources.List = append(g.report.Sources.List, s.Source)
	}
	slices.SortFunc(g.report.Sources.List, func(a, b Source) int { return compareBool(b.Wrong(), a.Wrong(), a.ID, b.ID) })
	e, err := g.v.Embedding(g.ctx, g.base)
	if err != nil {
		return err
	}
	g.report.Sources.Model, g.report.Sources.OtherModel = e.Model, e.Missing
	g.figures[everybody].Passages = e.Passages
	return nil
}

// compareBool puts true first, then orders by name.
func compareBool(b, a bool, nameA, nameB string) int {
	switch {
	case a != b && a:
		return -1
	case a != b:
		return 1
	case nameA < nameB:
		return -1
	case nameA > nameB:
		return 1
	}
	return 0
}

// synced finds out whether a source that is read by itself was read of late.
func (g *gathering) synced(s *source) error {
	var err error
	if s.LastDone, err = g.v.LastDone(g.ctx, s.ID, g.p.asOf); err != nil {
		return err
	}
	every := g.o.Every(s.row)
	if every <= 0 || s.row.State != catalog.Published {
		s.NotSynced = s.row.State == catalog.NeedsYou
		return nil
	}
	since := s.LastDone
	if since.IsZero() {
		since = s.row.Created
	}
	at := g.p.asOf
	if now := g.o.Now(); now.Before(at) {
		at = now // of a month that has not ended
	}
	s.NotSynced = at.Sub(since) > max(notSyncedAfter*every, notSyncedLeast)
	return nil
}
