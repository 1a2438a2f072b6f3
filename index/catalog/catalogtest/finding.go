package catalogtest

import (
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

var findingTests = []test{
	{"a finding is kept whole, and replaced", (*world).findingKept},
	{"findings are listed by severity, filtered and paged", (*world).findingsListed},
	{"pairs are those of the last writing", (*world).pairsKept},
}

func (w *world) finding(id string, severity float64) index.Finding {
	return index.Finding{
		ID: id, Kind: index.Conflicting, Rule: "value", Type: "money", Base: base, Tier: index.Likely, P: 0.9, Severity: severity, State: index.Undecided,
		Members: []index.Member{
			{Document: "a", Source: source, ExternalID: "1", Title: "A", URL: "https://example.org/a", Sentence: "It costs 5 €.", Start: 9, End: 14, Value: "5 €", Normal: "5 EUR"},
			{Document: "b", Source: source, ExternalID: "2", Title: "B", Sentence: "It costs 6 €.", Value: "6 €", Normal: "6 EUR"},
		},
		Title: map[string]string{"en": "5 € or 6 €"}, Reasons: map[string][]string{"fr": {"x"}}, Codes: []string{"near_copy"}, Suggested: 1,
		Because: map[string]string{"en": "newer"}, Owners: []string{"ann@example.org", "50%_off"}, Found: start, Updated: start.Add(time.Hour),
		Earlier: []index.Decision{{Verdict: index.NoDoubt, By: "ann", At: start}},
	}
}

func (w *world) pair(a, b string) catalog.Pair {
	side := func(doc string) index.Member {
		return index.Member{Document: doc, Sentence: "It costs.", Hash: index.HashTexts("x", doc)}
	}
	return catalog.Pair{ID: index.HashTexts("pair", a, b), Base: base, Kind: index.Conflicting, Rule: "value", Type: "money", Tier: index.Likely, P: 0.5,
		Content: catalog.ContentKey("money", side(a).Hash, side(b).Hash), A: side(a), B: side(b), Codes: []string{"c"}, Found: start.UnixMilli()}
}

func (w *world) findingKept() {
	f := w.finding("f1", 0.5)
	w.ok(w.c.PutFinding(w.ctx, &f, nil, nil))
	got, err := w.c.Finding(w.ctx, "f1")
	w.ok(err)
	w.equal("finding", got, f)
	f.State, f.Outcome, f.Closed, f.Owners = index.Resolved, index.KeepOne, start.Add(time.Hour), []string{}
	w.ok(w.c.PutFinding(w.ctx, &f, nil, nil))
	got, err = w.c.Finding(w.ctx, "f1")
	w.ok(err)
	w.equal("replaced", got, f)
	_, err = w.c.Finding(w.ctx, "f2")
	w.is(err, catalog.ErrNotFound)
}

func (w *world) findingsListed() {
	for id, severity := range map[string]float64{"low": 0.1, "high": 0.9, "mid-1": 0.5, "mid-2": 0.5} {
		f := w.finding(id, severity)
		if id == "low" {
			f.State, f.Closed, f.Kind, f.Owners = index.Resolved, start.Add(time.Hour), index.Stale, nil
		}
		w.ok(w.c.PutFinding(w.ctx, &f, []catalog.Pair{w.pair(id, "other")}, nil))
	}
	list := func(q catalog.FindingFilter) (ids []string) {
		w.Helper()
		found, err := w.c.Findings(w.ctx, q)
		w.ok(err)
		for _, f := range found {
			ids = append(ids, f.ID)
		}
		n, err := w.c.CountFindings(w.ctx, q)
		w.ok(err)
		if q.AfterID == "" && q.Limit == 0 {
			w.equal("count", n, len(ids))
		}
		return ids
	}
	all := []string{"high", "mid-1", "mid-2", "low"}
	w.equal("all", list(catalog.FindingFilter{}), all)
	w.equal("of the base", list(catalog.FindingFilter{Base: base}), all)
	w.equal("of another", list(catalog.FindingFilter{Base: "x"}), []string(nil))
	w.equal("by prefix", list(catalog.FindingFilter{IDPrefix: "mid"}), []string{"mid-1", "mid-2"})
	w.equal("open", list(catalog.FindingFilter{States: []index.FindingState{index.Undecided, index.Snoozed}}), all[:3])
	w.equal("stale", list(catalog.FindingFilter{Kinds: []index.FindingKind{index.Stale}}), all[3:])
	w.equal("of an owner", list(catalog.FindingFilter{Owner: "ann@example.org"}), all[:3])
	w.equal("of an owner with signs", list(catalog.FindingFilter{Owner: "50%_off"}), all[:3])
	w.equal("of nobody", list(catalog.FindingFilter{Owner: "50__off"}), []string(nil))
	w.equal("of a document", list(catalog.FindingFilter{Document: "mid-1"}), []string{"mid-1"})
	w.equal("closed", list(catalog.FindingFilter{ClosedTo: start.Add(2 * time.Hour)}), all[3:])
	w.equal("closed later", list(catalog.FindingFilter{ClosedFrom: start.Add(2 * time.Hour)}), []string(nil))
	w.equal("found before", list(catalog.FindingFilter{FoundTo: start}), []string(nil))
	w.equal("page 1", list(catalog.FindingFilter{Limit: 2}), all[:2])
	w.equal("page 2", list(catalog.FindingFilter{Limit: 2, AfterSeverity: 0.5, AfterID: "mid-1"}), all[2:])
}

func (w *world) pairsKept() {
	f := w.finding("f1", 0.5)
	first, second := w.pair("a", "b"), w.pair("b", "c")
	w.ok(w.c.PutFinding(w.ctx, &f, []catalog.Pair{first, second}, nil))
	first.Finding, second.Finding = "f1", "f1"
	got, err := w.c.PairsOf(w.ctx, "f1")
	w.ok(err)
	w.equal("count", len(got), 2)
	got, err = w.c.PairsWith(w.ctx, "c")
	w.ok(err)
	w.equal("with c", got, []catalog.Pair{second})
	w.ok(w.c.PutFinding(w.ctx, &f, []catalog.Pair{first}, nil))
	got, err = w.c.PairsOf(w.ctx, "f1")
	w.ok(err)
	w.equal("left", got, []catalog.Pair{first})
	a, b := index.HashTexts("x", "1"), index.HashTexts("x", "2")
	w.equal("either order", catalog.ContentKey("money", a, b), catalog.ContentKey("money", b, a))
	w.equal("either order of pages", catalog.PagesKey("a", "b"), catalog.PagesKey("b", "a"))
}
