package audit

import (
	"slices"
	"strings"
	"time"

	"freshet/index/catalog"
)

// changesKept bounds the changes of a month that are kept until their pages are known:
// of more the first ones of the month are shown.
const changesKept = 20_000

// A factChange is a value that became another on one or several pages of a source, on
// one day.
type factChange struct {
	line  *Change
	pages map[string]bool
}

func (g *gathering) readChanges() error {
	facts := map[string]*factChange{}
	var order []*factChange
	for c, err := range g.v.ValueChanges(g.ctx, g.base, g.p.from, g.p.asOf) {
		if err != nil {
			return err
		}
		key := c.At.In(g.p.zone).Format(time.DateOnly) + "\x00" + c.Source + "\x00" + c.Type + "\x00" + c.Fact.String()
		if f := facts[key]; f != nil {
			f.pages[c.Document] = true
			continue
		}
		if len(order) == changesKept {
			continue
		}
		f := g.changedFact(&c)
		facts[key] = f
		order = append(order, f)
	}
	g.finishChanges = func() {
		for _, f := range order {
			f.line.Pages = len(f.pages)
			slices.SortFunc(f.line.Elsewhere, func(a, b Page) int { return strings.Compare(a.Document, b.Document) })
			g.changed.add(f.line, f.line.Owners)
		}
	}
	return nil
}

// changedFact begins a line and has it wait for what is known of its pages.
func (g *gathering) changedFact(c *catalog.ValueChange) *factChange {
	line := &Change{At: c.At, Source: c.Source, Type: c.Type, Label: c.Label, Old: c.Old.Value, New: c.New.Value, Page: Page{Document: c.Document, ID: c.Document}, Owners: []string{}}
	said := c.New
	if said.Sentence == "" {
		said = c.Old
	}
	g.want(c.Document, func(p *Page, owner string) {
		line.Page, line.Owners = marked(p, said.Sentence, said.Value), g.known([]string{owner})
	})
	seen := map[string]bool{c.Document: true}
	for _, e := range c.Still {
		if seen[e.Document] || len(seen) > g.o.Limits.Pages {
			continue
		}
		seen[e.Document] = true
		g.want(e.Document, func(p *Page, _ string) { line.Elsewhere = append(line.Elsewhere, marked(p, e.Sentence, e.Value)) })
	}
	return &factChange{line, map[string]bool{c.Document: true}}
}

// marked is a page with what it says, and a value in it.
func marked(p *Page, sentence, value string) Page {
	out := *p
	out.Value = value
	start, end := 0, 0
	if i := strings.Index(sentence, value); i >= 0 && value != "" {
		start, end = i, i+len(value)
	}
	out.Excerpt, out.Start, out.End = excerpt(sentence, start, end)
	return out
}
