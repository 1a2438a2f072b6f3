package audit

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// storedChange is what the detectors keep of a value that changed, as far as it is
// read here.
type storedChange struct {
	Document string       `json:"document"`
	Fact     string       `json:"fact"`
	Old      changedValue `json:"old"`
	New      changedValue `json:"new"`
	Still    []struct {
		Document string `json:"document"`
		Value    string `json:"value"`
		Sentence string `json:"sentence"`
	} `json:"still"`
}

type changedValue struct {
	Value    string `json:"value"`
	Normal   string `json:"normal"`
	Sentence string `json:"sentence"`
}

// changesKept bounds the changes of a month that are looked at one by one; what is
// beyond is of the same days as what is shown.
const changesKept = 20_000

func (g *gathering) readChanges() error {
	type change struct {
		line  *Change
		pages map[string]bool
	}
	groups := map[string]*change{}
	var order []*change
	for s, err := range g.v.StoredChanges(g.ctx, g.base, g.p.from, g.p.asOf) {
		if err != nil {
			return err
		}
		var d storedChange
		if json.Unmarshal([]byte(s.Data), &d) != nil {
			continue // of a version that is not known
		}
		at := s.At.In(g.p.zone).Format(time.DateOnly)
		key := at + "\x00" + s.Source + "\x00" + s.Type + "\x00" + d.Fact
		if c := groups[key]; c != nil && d.Fact != "" {
			c.pages[d.Document] = true
			continue
		}
		if len(order) >= changesKept {
			continue
		}
		c := &change{line: &Change{At: s.At, Source: s.Source, Type: s.Type, Old: d.Old.Value, New: d.New.Value, Page: Page{Document: d.Document, ID: d.Document}, Owners: []string{}},
			pages: map[string]bool{d.Document: true}}
		groups[key] = c
		order = append(order, c)
		sentence, value := d.New.Sentence, d.New.Value
		if sentence == "" {
			sentence, value = d.Old.Sentence, d.Old.Value
		}
		g.want(d.Document, func(p *Page, owner string) {
			c.line.Page = marked(p, sentence, value)
			c.line.Owners = g.known([]string{owner})
		})
		for _, e := range d.Still[:min(len(d.Still), g.o.Limits.Pages)] {
			if e.Document == d.Document {
				continue
			}
			g.want(e.Document, func(p *Page, _ string) { c.line.Elsewhere = append(c.line.Elsewhere, marked(p, e.Sentence, e.Value)) })
		}
	}
	g.finishChanges = func() {
		for _, c := range order {
			c.line.Pages = len(c.pages)
			slices.SortFunc(c.line.Elsewhere, func(a, b Page) int { return compareBool(false, false, a.Document, b.Document) })
			g.changed.add(c.line, c.line.Owners)
		}
	}
	return nil
}

// marked is a page with what it says, and a value in it.
func marked(p *Page, sentence, value string) Page {
	out := *p
	out.Value = value
	start := 0
	end := 0
	if i := strings.Index(sentence, value); value != "" && i >= 0 {
		start, end = i, i+len(value)
	}
	out.Excerpt, out.Start, out.End = excerpt(sentence, start, end)
	return out
}
