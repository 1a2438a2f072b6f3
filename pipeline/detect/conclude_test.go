package detect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"freshet/index"
	"freshet/index/catalog"
)

func TestOfWhatWasThereAtFirstTheGravestIsShown(t *testing.T) {
	w := newWorld(t)
	w.engine = New(Options{Catalog: w.catalog, Now: w.clock.now, First: 1})
	w.put(returns14, returns30, contact, contactCopy)
	w.detect()
	w.want("conflict duration likely: refunds=30 days returns=14 days", "duplicate  likely: contact-pdf= contact=") // a sync is under way
	for _, source := range []string{"site", "files"} {
		r := catalog.Report{Source: source, Started: w.clock.now(), Ended: w.clock.now()}
		var err error
		r.Run, err = w.catalog.BeginRun(w.ctx, r)
		w.ok(err)
		w.ok(w.catalog.EndRun(w.ctx, r))
	}
	w.put(page{id: "about", title: "About us", paragraphs: []string{"We have been selling bicycles for a long time."}})
	w.detect()
	baselined := []string{"conflict duration likely: refunds=30 days returns=14 days", "duplicate  possible: contact-pdf= contact="}
	w.want(baselined...)
	changed := contact
	changed.title = "Contact us" // what is looked at again stays what it is
	w.put(changed)
	w.detect()
	w.want(baselined...)
	w.put(say("Questions of our customers", "45")) // what comes later is shown
	w.detect()
	if open := w.open(); !slices.ContainsFunc(open, func(s string) bool { return strings.Contains(s, "likely") && strings.Contains(s, "45 days") }) {
		t.Errorf("%q", open)
	}
}

func TestTwoSourcesThatHoldEachOthersPagesAreOneFinding(t *testing.T) {
	w := newWorld(t)
	things := strings.Fields("anchor basket candle dagger engine feather garden hammer island jacket kettle ladder mirror needle orchard pillow quarry ribbon saddle turbine umbrella violin window yarn")
	var pages []page
	for i, thing := range things {
		text := fmt.Sprintf("The %s in room %d was made by %s people who had never seen another %s, and is cleaned with soft %s cloths.", thing, i*7+3, things[(i+5)%len(things)], things[(i+9)%len(things)], things[(i+3)%len(things)])
		pages = append(pages, page{id: thing, title: "The " + thing, paragraphs: []string{text}}, page{id: thing, source: "files", title: "The " + thing, paragraphs: []string{text}})
	}
	w.put(pages...)
	w.detect()
	likely := slices.DeleteFunc(w.all(), func(f index.Finding) bool { return f.Tier != index.Likely || f.Kind == index.Conflicting })
	if len(likely) != 1 || likely[0].Kind != index.Overlap || likely[0].Title["fr"] == "" {
		t.Fatalf("%d likely findings, %q", len(likely), w.open())
	}
	for i := range pages {
		if pages[i].source == "files" {
			w.take(pages[i])
		}
	}
	w.detect()
	w.want()
}

// doubtful is a pair that rules find possible.
func doubtful(t *testing.T) *world {
	w := newWorld(t)
	w.put(page{id: "a", title: "Returns", paragraphs: []string{"You may return any article within 14 days after delivery if it was bought in one of our shops."}},
		page{id: "b", title: "Refund policy", paragraphs: []string{"You may return any article within 30 days after delivery, without giving a reason."}})
	return w
}

func TestAJudgeRaisesAndNeverLowers(t *testing.T) {
	plain := doubtful(t)
	plain.detect()
	before := plain.open()
	if len(before) != 1 || !strings.Contains(before[0], "possible") {
		t.Skipf("the rules find %q", before)
	}
	for name, c := range map[string]struct {
		verdict Verdict
		err     error
		likely  bool
	}{
		"agrees":         {Verdict{Conflict: true, QuoteA: "14 days", QuoteB: "30 days"}, nil, true},
		"quotes nothing": {Verdict{Conflict: true, QuoteA: "15 days", QuoteB: "30 days"}, nil, false},
		"sees two":       {Verdict{Apart: true, Confidence: 1}, nil, false},
		"sees none":      {Verdict{Confidence: 1}, nil, false},
		"fails":          {Verdict{}, errors.New("timeout"), false},
	} {
		t.Run(name, func(t *testing.T) {
			w := doubtful(t)
			w.engine = New(Options{Catalog: w.catalog, Now: w.clock.now, Judge: func(_ context.Context, q Question) (Verdict, error) {
				v := c.verdict
				if strings.Contains(q.A.Sentence, "30 days") {
					v.QuoteA, v.QuoteB = v.QuoteB, v.QuoteA
				}
				return v, c.err
			}})
			w.detect()
			got := w.open()
			if len(got) != 1 || strings.Contains(got[0], "likely") != c.likely {
				t.Errorf("%q", got)
			}
		})
	}
}
