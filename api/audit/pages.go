package audit

import (
	"cmp"
	"math"
	"time"

	"freshet/index/catalog"
)

const day = 24 * time.Hour

// ownInterval is how often a page has to be looked at as it says itself, or as its
// source does. 0: never.
func ownInterval(d *catalog.Document, s *catalog.Source) time.Duration {
	return cmp.Or(d.Details.ReviewEvery, s.ReviewEvery)
}

// due is when a page has to be looked at next: an interval after it was changed or,
// where its source does not say, after its text was; not before a confirmation ends.
func due(d *catalog.Document, every time.Duration) time.Time {
	since := d.Details.Modified
	if since.IsZero() {
		since = d.Changed
	}
	if since.IsZero() {
		since = d.FirstSeen
	}
	at := since.Add(every)
	if d.ConfirmedUntil.After(at) {
		at = d.ConfirmedUntil
	}
	return at
}

func (g *gathering) readDocuments() error {
	asked, err := g.v.Asked(g.ctx, g.p.asOf)
	if err != nil {
		return err
	}
	g.asked = asked
	for d, err := range g.v.Documents(g.ctx, g.base) {
		if err != nil {
			return err
		}
		if d.FirstSeen.Before(g.p.asOf) {
			g.document(&d)
		}
	}
	return nil
}

func (g *gathering) document(d *catalog.Document) {
	if g.earliest.IsZero() || d.FirstSeen.Before(g.earliest) {
		g.earliest = d.FirstSeen
	}
	s := g.sources[d.Source]
	if s == nil {
		s = &source{}
	}
	p := g.pageOfDocument(d)
	for _, f := range g.waiting[d.Key] {
		f(p, p.Owner)
	}
	delete(g.waiting, d.Key)
	owners := []string{}
	if p.Owner != "" {
		owners = append(owners, p.Owner)
	}
	switch {
	case d.State == catalog.Hidden, d.State == catalog.Removed:
		if !d.StateAt.Before(g.p.from) && d.StateAt.Before(g.p.asOf) {
			g.gone(d, p, owners)
		}
		return
	case !d.State.Serves() || d.Chunks == 0:
		return
	}
	s.pages++
	g.each(owners, func(f *figures) { f.Pages++ })
	g.overdue(d, s, p, owners)
	if len(owners) == 0 {
		g.add(NoOwner, g.pageLine("no_owner", 0.3, p, owners, Action{"own", "freshet document show " + documentName(p)}))
	}
	if d.State == catalog.Unreadable && d.StateAt.Before(g.p.asOf) {
		l := g.pageLine("unreadable", 0.6, p, owners, Action{"show", "freshet document show " + documentName(p)})
		l.Since, l.Codes = d.StateAt, []string{"unreadable:" + d.StateReason}
		g.add(Gone, l)
	}
	if links := g.broken[d.Key]; len(links) > 0 {
		l := g.pageLine("broken_links", math.Min(0.8, 0.3+0.05*float64(len(links))), p, owners, Action{"show", "freshet document show " + documentName(p)})
		l.Since, l.Links = links[0].Since, links
		g.add(Gone, l)
	}
}

func (g *gathering) pageOfDocument(d *catalog.Document) *Page {
	return &Page{Document: d.Key, Source: d.Source, ID: d.ExternalID, Title: d.Details.Title, URL: d.Details.URI, EditURL: d.Details.EditURI,
		Owner: g.asked(d).Ask, Modified: d.Details.Modified}
}

func (g *gathering) pageLine(kind string, severity float64, p *Page, owners []string, actions ...Action) *Line {
	uses := g.uses[p.Document]
	return &Line{Kind: kind, Finding: "", Severity: severity, Uses: uses, Priority: priority(severity, uses), Owners: g.known(owners), Pages: []Page{*p},
		Suggested: -1, Actions: actions}
}

func (g *gathering) gone(d *catalog.Document, p *Page, owners []string) {
	l := g.pageLine("gone", 0.5, p, owners, Action{"show", "freshet document show " + documentName(p)})
	l.Since, l.Codes = d.StateAt, []string{string(d.State) + ":" + d.StateReason}
	g.add(Gone, l)
}

func (g *gathering) overdue(d *catalog.Document, s *source, p *Page, owners []string) {
	every := g.o.Interval(d, &s.row)
	if every <= 0 {
		return
	}
	at := due(d, every)
	within := at.After(g.p.asOf)
	g.each(owners, func(f *figures) {
		f.WithInterval++
		if within {
			f.Within++
		}
	})
	if within {
		return
	}
	// A page that is late by its whole interval weighs as much as one can.
	severity := math.Min(1, 0.3+float64(g.p.asOf.Sub(at))/float64(every))
	l := g.pageLine("overdue", math.Round(severity*1000)/1000, p, owners, reviewed(p, g.p.asOf.Add(every-time.Nanosecond)))
	l.Due, l.Since, l.Reasons = at, p.Modified, nil
	if id := g.judging[d.Key]; id != "" {
		l.Actions = append(l.Actions, Action{"show", "freshet findings show " + shell(id)})
	}
	g.add(Overdue, l)
}

// linksShown bounds the broken links that are named of a page.
const linksShown = 20

func (g *gathering) readLinks() error {
	for l, err := range g.v.BrokenLinks(g.ctx, g.base, g.p.asOf) {
		if err != nil {
			return err
		}
		if list := g.broken[l.Document]; len(list) < linksShown {
			g.broken[l.Document] = append(list, Link{URL: l.URL, Status: l.Status, Since: l.FirstFailed})
		}
	}
	return nil
}
