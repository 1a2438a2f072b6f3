package audit

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"time"

	"freshet/index/catalog"
)

// gathering is one report in the making, from one view of the catalog. It goes through
// the catalog's lists one after the other and keeps of each what reports show.
type gathering struct {
	*Maker
	ctx    context.Context
	v      *catalog.View
	base   string
	p      period
	report *Report

	figures map[string]*figures // by owner; everybody's under ""
	uses    map[string]int      // answers of the month by document
	// waiting are those who asked for what is known of a document, by its key.
	waiting map[string][]func(*Page, string)
	broken  map[string][]Link // by document
	judging map[string]string // finding about a document's age, by document

	lines    map[string]*shelf[Line]
	decided  *shelf[Decided]
	changed  *shelf[Change]
	sources  map[string]*source
	asked    func(*catalog.Document) catalog.Asked
	earliest time.Time // sight of a document
	before   map[string][]Point
	// finishChanges lists the changes of values, when what is known of their pages is.
	finishChanges func()
}

// figures are those of one owner in the making.
type figures struct {
	Summary
	days     []float64 // that closed findings had been open
	verdicts map[string]int
}

func (m *Maker) gather(ctx context.Context, base string, p period, made time.Time) (*Report, error) {
	g := &gathering{
		Maker: m, ctx: ctx, base: base, p: p, figures: map[string]*figures{}, uses: map[string]int{}, waiting: map[string][]func(*Page, string){},
		broken: map[string][]Link{}, judging: map[string]string{}, lines: map[string]*shelf[Line]{}, sources: map[string]*source{},
	}
	g.report = &Report{Version: 1, Base: base, Month: p.month, Zone: p.zone.String(), From: p.from.UTC(), To: p.to.UTC(), AsOf: p.asOf.UTC(), SoFar: p.soFar,
		Made: made.UTC(), Late: !made.IsZero() && made.Sub(p.asOf) > lateAfter}
	if made.IsZero() {
		g.report.Made = time.Time{}
	}
	for _, name := range []string{Conflicts, Expired, Overdue, Gone, Duplicates, NoOwner, top} {
		g.lines[name] = newShelf(m.o.Limits.Lines, func(l *Line) float64 { return l.Priority }, func(l *Line) string { return l.key() })
	}
	g.lines[top].most = topLines
	g.decided = newShelf(m.o.Limits.Lines, func(d *Decided) float64 { return float64(d.At.UnixMilli()) }, func(d *Decided) string { return d.Finding + d.Verdict })
	g.changed = newShelf(m.o.Limits.Lines, func(c *Change) float64 { return float64(c.Pages) }, func(c *Change) string { return c.At.String() + c.Page.Document + c.Old + c.New })
	g.figuresOf(everybody)
	err := m.o.Catalog.View(ctx, func(v *catalog.View) error {
		g.v = v
		for _, step := range []func() error{g.readSources, g.readQueries, g.readFindings, g.readActs, g.readChanges, g.readLinks, g.readDocuments, g.readRuns, g.readEarlier} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	g.assemble()
	return g.report, nil
}

const (
	top      = "top"
	topLines = 10
)

// key orders lines of equal priority, and tells them apart.
func (l *Line) key() string {
	if l.Finding != "" {
		return l.Kind + l.Finding
	}
	if len(l.Pages) > 0 {
		return l.Kind + l.Pages[0].Document
	}
	return l.Kind
}

func (g *gathering) figuresOf(owner string) *figures {
	f := g.figures[owner]
	if f == nil {
		if len(g.figures) > g.o.Limits.Owners {
			return &figures{Summary: Summary{ByKind: map[string]int{}}, verdicts: map[string]int{}} // counted for everybody only
		}
		f = &figures{Summary: Summary{ByKind: map[string]int{}}, verdicts: map[string]int{}}
		g.figures[owner] = f
	}
	return f
}

// each calls f with the figures of everybody and of each owner.
func (g *gathering) each(owners []string, f func(*figures)) {
	f(g.figuresOf(everybody))
	for i, o := range owners {
		if o != everybody && !slices.Contains(owners[:i], o) {
			f(g.figuresOf(o))
		}
	}
}

// known leaves those owners who have a report of their own.
func (g *gathering) known(owners []string) []string {
	out := make([]string, 0, len(owners))
	for _, o := range owners {
		if o == everybody || slices.Contains(out, o) {
			continue
		}
		g.figuresOf(o)
		if g.figures[o] != nil {
			out = append(out, o)
		}
	}
	return out
}

func (g *gathering) add(section string, l *Line) { g.lines[section].add(l, l.Owners) }

// want has f called with what is known of a document, when it is come to.
func (g *gathering) want(document string, f func(*Page, string)) {
	g.waiting[document] = append(g.waiting[document], f)
}

// priority is severity by use: ten times as many answers count as much again.
func priority(severity float64, uses int) float64 {
	return severity * (1 + math.Log10(1+float64(uses)))
}

func median(list []float64) *float64 {
	if len(list) == 0 {
		return nil
	}
	slices.Sort(list)
	m := list[len(list)/2]
	if len(list)%2 == 0 {
		m = (m + list[len(list)/2-1]) / 2
	}
	m = math.Round(m*10) / 10
	return &m
}

// assemble makes the report of what was gathered.
func (g *gathering) assemble() {
	r := g.report
	g.finishChanges()
	for _, s := range []struct {
		name string
		into *Section
	}{{Conflicts, &r.Conflicts}, {Expired, &r.Expired}, {Overdue, &r.Overdue}, {Gone, &r.Gone}, {Duplicates, &r.Duplicates}, {NoOwner, &r.NoOwner}} {
		*s.into = Section{Total: g.lines[s.name].total[everybody], Lines: g.lines[s.name].lines()}
	}
	r.Top = g.lines[top].lines()
	r.Settled.Total, r.Settled.Lines = g.decided.total[everybody], g.decided.lines()
	r.Settled.Verdicts = g.figures[everybody].verdicts
	r.Changes = Changes{Total: g.changed.total[everybody], Lines: g.changed.lines()}
	for owner, f := range g.figures {
		f.MedianDays = median(f.days)
		f.First = !g.earliest.IsZero() && !g.earliest.Before(g.p.from) || g.earliest.IsZero()
		if owner == everybody {
			r.Summary = f.Summary
			continue
		}
		totals := map[string]int{}
		for name, s := range g.lines {
			if n := s.total[owner]; n > 0 && name != top {
				totals[name] = n
			}
		}
		for name, n := range map[string]int{Resolved: g.decided.total[owner], Changed: g.changed.total[owner]} {
			if n > 0 {
				totals[name] = n
			}
		}
		r.Owners = append(r.Owners, Person{Owner: owner, Summary: f.Summary, Totals: totals, Verdicts: f.verdicts})
	}
	slices.SortFunc(r.Owners, func(a, b Person) int {
		return cmp.Or(cmp.Compare(b.Summary.Open, a.Summary.Open), cmp.Compare(a.Owner, b.Owner))
	})
	g.trend()
}

// An earlier report, of which only the figures are read.
type earlier struct {
	Month   string   `json:"month"`
	Summary Summary  `json:"summary"`
	Owners  []Person `json:"owners"`
}

func (g *gathering) readEarlier() error {
	g.report.Trend = []Point{}
	people := map[string][]Point{}
	for a, err := range g.v.AuditsBefore(g.ctx, g.base, g.p.month, g.o.Limits.Months-1) {
		if err != nil {
			return err
		}
		var e earlier
		if json.Unmarshal(a.Data, &e) != nil {
			continue // of a version that is not known: the trend has a gap
		}
		g.report.Trend = append(g.report.Trend, e.Summary.point(e.Month))
		for i := range e.Owners {
			people[e.Owners[i].Owner] = append(people[e.Owners[i].Owner], e.Owners[i].Summary.point(e.Month))
		}
	}
	slices.Reverse(g.report.Trend)
	for owner, points := range people {
		slices.Reverse(points)
		if f := g.figures[owner]; f != nil {
			g.points(owner, points)
		}
	}
	return nil
}
