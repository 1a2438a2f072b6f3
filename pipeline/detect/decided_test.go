package detect

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

func TestARuleThatOwnersRefuseIsSilentForItsSources(t *testing.T) {
	w := newWorld(t)
	for i := range catalog.MuteAfter {
		m := func(side string) index.Member {
			return index.Member{Document: fmt.Sprint(side, i), Source: "site", Sentence: "x", Hash: index.HashTexts("test", side, fmt.Sprint(i))}
		}
		f := index.Finding{ID: fmt.Sprint("refused-", i), Kind: index.Conflicting, Rule: "copy", Type: "duration", Base: testBase, Tier: index.Likely, State: index.Undecided, Members: []index.Member{m("a"), m("b")}}
		p := catalog.Pair{ID: index.HashTexts("pair", f.ID), Base: testBase, Kind: f.Kind, Rule: f.Rule, Type: f.Type, A: m("a"), B: m("b"), Content: catalog.ContentKey(f.Type, m("a").Hash, m("b").Hash)}
		w.ok(w.catalog.PutFinding(w.ctx, &f, []catalog.Pair{p}, nil))
		_, err := w.catalog.DecideFinding(w.ctx, &catalog.Ruling{Finding: f.ID, Verdict: index.NoDoubt, By: "ann"})
		w.ok(err)
	}
	w.put(returns14, returns30)
	w.detect()
	w.want()
	elsewhere := returns30
	elsewhere.id, elsewhere.source = "elsewhere", "files"
	w.put(elsewhere) // of another source: there the rule speaks
	w.detect()
	w.want("conflict duration likely: elsewhere=30 days returns=14 days", "duplicate  likely: elsewhere= refunds=")
}

func TestADismissedRuleOnAPageStaysSilentWhenItsTextChanges(t *testing.T) {
	w := newWorld(t)
	offer := page{id: "offer", title: "Winter offer", modified: w.clock.now(), paragraphs: []string{"All bicycles cost ten percent less. The offer is valid until 15 December 2026."}}
	w.put(offer)
	w.detect()
	w.clock.pass(40 * 24 * time.Hour)
	w.ok(w.engine.Age(w.ctx, testBase))
	f := w.all()[0]
	_, err := w.catalog.DecideFinding(w.ctx, &catalog.Ruling{Finding: f.ID, Verdict: index.NoDoubt, Scope: catalog.ScopePageRule, Member: -1, By: "ann"})
	w.ok(err)
	offer.paragraphs = slices.Clone(offer.paragraphs)
	offer.paragraphs[0] = "Bicycles cost ten percent less. The offer is valid until 15 December 2026."
	w.put(offer)
	w.detect()
	w.ok(w.engine.Age(w.ctx, testBase))
	w.want()
}
