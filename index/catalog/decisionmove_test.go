package catalog_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/catalog/faultsql"
)

// Every verdict is said of every kind of finding in every state, and taking back is
// tried of each: what may happen is written here once more, apart from the table that
// the catalog goes by.
func TestTheStateMachineIsWhatIsWrittenHere(t *testing.T) {
	d := newDoubts(t, "")
	kinds := map[index.FindingKind]func(string) index.Finding{index.Conflicting: d.conflict, index.Duplicate: d.twice, index.Stale: d.stale, index.Overlap: d.overlap}
	verdicts := map[index.Verdict]struct {
		to    index.FindingState
		kinds string
	}{
		index.KeepOne: {index.Resolved, "conflict"}, index.KeepBoth: {index.Resolved, "conflict duplicate"}, index.SameTwice: {index.Resolved, "conflict duplicate"},
		index.Verified: {index.Resolved, "stale"}, index.ExcludedPage: {index.Resolved, "conflict duplicate stale"},
		index.FixRequested: {index.Acknowledged, "conflict duplicate stale overlap"}, index.Snooze: {index.Snoozed, "conflict duplicate stale overlap"},
		index.NoDoubt: {index.Dismissed, "conflict duplicate stale overlap"},
		index.Edited:  {}, index.Settled: {}, index.Vanished: {}, "": {}, "other": {},
	}
	states := []index.FindingState{index.Undecided, index.Acknowledged, index.Snoozed, index.Resolved, index.Dismissed}
	tried := 0
	for kind, make := range kinds {
		for _, from := range states {
			for v, want := range verdicts {
				tried++
				what := fmt.Sprintf("%s of a %s that is %s", v, kind, from)
				id := strings.ReplaceAll(what, " ", "-")
				f := make(id)
				f.State = from
				if !from.Live() {
					f.Closed, f.Outcome = d.now, index.NoDoubt
				}
				d.must(d.PutFinding(t.Context(), &f, nil, nil))
				f, err := d.Finding(t.Context(), id)
				d.must(err)
				can := from.Live() && strings.Contains(" "+want.kinds+" ", " "+string(kind)+" ")
				if offered := slices.Contains(catalog.Verdicts(&f), v); offered != can {
					t.Errorf("%s is offered: %t", what, offered)
				}
				got, err := d.DecideFinding(t.Context(), &catalog.Ruling{Finding: id, Verdict: v, By: "ann", Member: 0, Until: d.now.AddDate(0, 1, 0), Force: true})
				if !can {
					var r *catalog.Refusal
					if !errors.As(err, &r) {
						t.Errorf("%s: %v, want a refusal", what, err)
					}
					if now, err := d.Finding(t.Context(), id); err != nil || !cmp.Equal(now, f) {
						t.Errorf("%s was refused and did something: %s", what, cmp.Diff(f, now))
					}
					continue
				}
				if err != nil || got.State != want.to {
					t.Fatalf("%s leads to %s, %v", what, got.State, err)
				}
				if v == index.ExcludedPage { // the others need their pages
					_, err := d.Reopen(t.Context(), id, time.Time{}, "ann", "")
					d.must(err)
				}
			}
			f := make(fmt.Sprintf("reopen-%s-%s", kind, from))
			f.State = from
			d.must(d.PutFinding(t.Context(), &f, nil, nil))
			got, err := d.Reopen(t.Context(), f.ID, time.Time{}, "ann", "")
			if can := from != index.Undecided; can != (err == nil) || can != catalog.CanReopen(&f) || err == nil && got.State != index.Undecided {
				t.Errorf("a %s that is %s is reopened: %s, %v", kind, from, got.State, err)
			}
		}
	}
	if tried != 4*5*13 {
		t.Errorf("%d were tried", tried)
	}
	for _, outcome := range []index.Verdict{index.Edited, index.Vanished} {
		f := d.conflict("gone-" + string(outcome))
		f.State, f.Outcome = index.Resolved, outcome
		d.must(d.PutFinding(t.Context(), &f, nil, nil))
		_, err := d.Reopen(t.Context(), f.ID, time.Time{}, "ann", "")
		refusedWith(t, string(outcome), err, catalog.RefusedState)
	}
	_, err := d.DecideFinding(t.Context(), &catalog.Ruling{Finding: "nothing", Verdict: index.NoDoubt})
	if !errors.Is(err, catalog.ErrNotFound) {
		t.Error(err)
	}
	if _, err = d.Reopen(t.Context(), "nothing", time.Time{}, "", ""); !errors.Is(err, catalog.ErrNotFound) {
		t.Error(err)
	}
	if err = d.Comment(t.Context(), "nothing", "ann", "x"); !errors.Is(err, catalog.ErrNotFound) {
		t.Error(err)
	}
}

func TestARulingThatCannotBeCarriedOutLeavesEverythingAsItIs(t *testing.T) {
	d := newDoubts(t, "")
	d.all()
	pro := map[string][]string{"plan": {"pro"}}
	for name, c := range map[string]struct {
		r    catalog.Ruling
		code string
	}{
		"a side that is not there":    {catalog.Ruling{Finding: "conflict", Verdict: index.KeepOne, Member: 3}, catalog.RefusedMember},
		"a side before the first":     {catalog.Ruling{Finding: "conflict", Verdict: index.KeepOne, Member: -1}, catalog.RefusedMember},
		"both for nobody":             {catalog.Ruling{Finding: "conflict", Verdict: index.KeepBoth}, catalog.RefusedScope},
		"both with an empty scope":    {catalog.Ruling{Finding: "conflict", Verdict: index.KeepBoth, Facets: map[int]map[string][]string{0: {}}}, catalog.RefusedScope},
		"both with a side too many":   {catalog.Ruling{Finding: "conflict", Verdict: index.KeepBoth, Facets: map[int]map[string][]string{0: pro, 7: pro}}, catalog.RefusedMember},
		"a facet without a name":      {catalog.Ruling{Finding: "conflict", Verdict: index.KeepBoth, Facets: map[int]map[string][]string{0: {"": {"x"}}}}, catalog.RefusedValue},
		"a facet with a long value":   {catalog.Ruling{Finding: "conflict", Verdict: index.KeepBoth, Facets: map[int]map[string][]string{0: {"plan": {strings.Repeat("x", 201)}}}}, catalog.RefusedValue},
		"a facet with many values":    {catalog.Ruling{Finding: "conflict", Verdict: index.KeepBoth, Facets: map[int]map[string][]string{0: {"plan": make([]string, 21)}}}, catalog.RefusedValue},
		"a day that is past":          {catalog.Ruling{Finding: "stale", Verdict: index.Verified, Until: d.now}, catalog.RefusedValue},
		"no day":                      {catalog.Ruling{Finding: "stale", Verdict: index.Verified}, catalog.RefusedValue},
		"eleven years":                {catalog.Ruling{Finding: "stale", Verdict: index.Verified, Until: d.now.AddDate(11, 0, 0)}, catalog.RefusedValue},
		"a snooze for ever":           {catalog.Ruling{Finding: "stale", Verdict: index.Snooze, Until: d.now.AddDate(2, 0, 0)}, catalog.RefusedValue},
		"a fix that was due":          {catalog.Ruling{Finding: "stale", Verdict: index.FixRequested, Due: d.now}, catalog.RefusedValue},
		"a scope nobody knows":        {catalog.Ruling{Finding: "stale", Verdict: index.NoDoubt, Scope: "all"}, catalog.RefusedValue},
		"a pair of three pages":       {catalog.Ruling{Finding: "conflict", Verdict: index.NoDoubt, Scope: catalog.ScopePages}, catalog.RefusedValue},
		"a rule on no page":           {catalog.Ruling{Finding: "conflict", Verdict: index.NoDoubt, Scope: catalog.ScopePageRule, Member: -1}, catalog.RefusedMember},
		"a finding that changed":      {catalog.Ruling{Finding: "stale", Verdict: index.NoDoubt, Seen: d.now.Add(-time.Hour)}, catalog.RefusedChanged},
		"a page that is gone":         {catalog.Ruling{Finding: "twice", Verdict: index.SameTwice, Member: 2}, catalog.RefusedMember},
		"an exclusion of nobody":      {catalog.Ruling{Finding: "stale", Verdict: index.ExcludedPage, Member: 1}, catalog.RefusedMember},
		"what cannot be said of this": {catalog.Ruling{Finding: "overlap", Verdict: index.SameTwice}, catalog.RefusedKind},
	} {
		_, err := d.DecideFinding(t.Context(), &c.r)
		refusedWith(t, name, err, c.code)
	}
	d.tells("nothing happened", undecided...)
	for _, id := range []string{"conflict", "twice", "stale", "overlap"} {
		if events, err := d.FindingEvents(t.Context(), id); err != nil || len(events) != 0 {
			t.Errorf("%s: %+v, %v", id, events, err)
		}
	}
}

func TestWhatChangedSinceItWasComparedIsNotDecidedOn(t *testing.T) {
	d := newDoubts(t, "")
	d.all()
	d.write("site", "b", "Delivery costs 6 € and more.")
	_, err := d.DecideFinding(t.Context(), &catalog.Ruling{Finding: "twice", Verdict: index.SameTwice, Member: 1})
	refusedWith(t, "the page that is hidden changed", err, catalog.RefusedChanged)
	d.must(d.Exclude(t.Context(), keyOf("site", "a"), "ann"))
	_, err = d.DecideFinding(t.Context(), &catalog.Ruling{Finding: "conflict", Verdict: index.KeepOne, Member: 0})
	refusedWith(t, "the page that is kept is gone", err, catalog.RefusedChanged)
	_, err = d.DecideFinding(t.Context(), &catalog.Ruling{Finding: "conflict", Verdict: index.ExcludedPage, Member: 0})
	refusedWith(t, "the page that is excluded is gone", err, catalog.RefusedChanged)
}

func TestASentenceIsNotLeftOutWithTheOneThatIsKept(t *testing.T) {
	d := newDoubts(t, "")
	d.write("site", "a", "Delivery costs 5 €. Delivery costs 6 €.", "Delivery costs 7 €.")
	one := func(value string) index.Member { return d.side("site", "a", "Delivery costs "+value+".", value) }
	f := index.Finding{ID: "self", Kind: index.Conflicting, Rule: "value", Type: "money", Base: "help", Tier: index.Likely, State: index.Undecided, Suggested: -1, Found: d.now, Updated: d.now,
		Members: []index.Member{one("5 €"), one("6 €")}}
	d.must(d.PutFinding(t.Context(), &f, []catalog.Pair{d.pair(f.Kind, f.Rule, f.Type, f.Members[0], f.Members[1])}, nil))
	_, err := d.DecideFinding(t.Context(), &catalog.Ruling{Finding: "self", Verdict: index.KeepOne, Member: 0})
	refusedWith(t, "in one passage", err, catalog.RefusedKind)
	f.Members[1] = one("7 €")
	d.must(d.PutFinding(t.Context(), &f, []catalog.Pair{d.pair(f.Kind, f.Rule, f.Type, f.Members[0], f.Members[1])}, nil))
	d.tells("before", "a", "a", "b", "c", "e")
	d.decide(catalog.Ruling{Finding: "self", Verdict: index.KeepOne, Member: 0})
	d.tells("in two passages", "a", "b", "c", "e")
}

func TestASuppressionHoldsWhileASideThatWasKeptIsServed(t *testing.T) {
	d := newDoubts(t, "")
	d.conflict("conflict")
	d.decide(catalog.Ruling{Finding: "conflict", Verdict: index.KeepOne, Member: 0})
	d.tells("kept", "a", "c", "e")
	d.must(d.Exclude(t.Context(), keyOf("site", "a"), "ann"))
	d.tells("another page says the same", "c", "e")
	d.must(d.Exclude(t.Context(), keyOf("wiki", "c"), "ann"))
	d.tells("nobody says it any more", "b", "e")
	d.must(d.Include(t.Context(), keyOf("wiki", "c"), "ann"))
	d.tells("somebody says it again", "c", "e")
	d.write("site", "b", "Delivery costs 7 €.")
	d.tells("the sentence that was judged changed", "b", "c", "e")
}

// A fault at any statement of any decision, and of taking it back, leaves everything as
// it was: nothing is half decided.
func TestAFaultAtAnyStatementLeavesNothingHalfDecided(t *testing.T) {
	faults := faultsql.Register()
	boom := errors.New("boom")
	tried := 0
	for name, c := range decisions() {
		t.Run(name, func(t *testing.T) {
			d := newDoubts(t, faults.Name())
			d.all()
			before := d.state()
			do := func(f func() error, from, to func()) {
				for at := 1; ; at++ {
					left := at
					faults.Set(func() error {
						if left--; left == 0 {
							return boom
						}
						return nil
					})
					err := f()
					faults.Set(nil)
					if err == nil {
						to()
						return
					}
					tried++
					if !errors.Is(err, boom) {
						t.Fatalf("statement %d: %v", at, err)
					}
					if d.settledAfter(err) { // the commit was done, and its answer lost
						to()
						return
					}
					from()
				}
			}
			var decided string
			do(func() error { _, err := d.DecideFinding(t.Context(), &c.r); return err },
				func() {
					if got := d.state(); got != before {
						t.Fatalf("something is half decided:\n%s", cmp.Diff(before, got))
					}
				}, func() { decided = d.state() })
			d.tells("decided", c.want...)
			do(func() error { _, err := d.Reopen(t.Context(), c.r.Finding, time.Time{}, "bob", ""); return err },
				func() {
					if got := d.state(); got != decided {
						t.Fatalf("something is half taken back:\n%s", cmp.Diff(decided, got))
					}
				}, func() {})
			d.tells("taken back", undecided...)
		})
	}
	if tried < 300 {
		t.Errorf("only %d faults were tried", tried)
	}
}

// state is all that decisions change.
func (d *doubts) state() string {
	d.t.Helper()
	ctx := d.t.Context()
	out := fmt.Sprintln(d.told())
	for _, id := range []string{"conflict", "twice", "stale", "overlap"} {
		f, err := d.Finding(ctx, id)
		d.must(err)
		events, err := d.FindingEvents(ctx, id)
		d.must(err)
		said, err := d.DecisionsOf(ctx, id)
		d.must(err)
		pairs, err := d.PairsOf(ctx, id)
		d.must(err)
		var keys []index.Hash
		for _, p := range pairs {
			keys = append(keys, p.Content, catalog.PagesKey(p.A.Document, p.B.Document), catalog.PageRuleKey(p.A.Document, p.Rule), catalog.PageRuleKey(p.B.Document, p.Rule))
		}
		on, err := d.DecisionsOn(ctx, keys)
		d.must(err)
		out += fmt.Sprintf("%+v\n%+v\n%+v\n%d decided\n", f, events, said, len(on))
	}
	mutes, err := d.Mutes(ctx, "help")
	d.must(err)
	var docs []string
	for doc, err := range d.AllDocuments(ctx, catalog.DocumentFilter{}) {
		d.must(err)
		notes, err := d.NotesOf(ctx, doc.Key)
		d.must(err)
		docs = append(docs, fmt.Sprintf("%s %s %s %s %+v", doc.ExternalID, doc.State, doc.ConfirmedUntil, doc.ConfirmedBy, notes))
	}
	head, err := d.Head(ctx)
	d.must(err)
	return out + fmt.Sprintf("%+v\n%d\n%s", mutes, head, strings.Join(docs, "\n"))
}

// settledAfter reports whether an error came after the commit.
func (d *doubts) settledAfter(error) bool {
	d.t.Helper()
	for _, id := range []string{"conflict", "twice", "stale", "overlap"} {
		events, err := d.FindingEvents(d.t.Context(), id)
		d.must(err)
		if n := len(events); n > d.seen[id] {
			d.seen[id] = n
			return true
		}
	}
	return false
}

func TestTwoWhoDecideAtOnceDecideOnce(t *testing.T) {
	d := newDoubts(t, "")
	f := d.conflict("conflict")
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = d.DecideFinding(t.Context(), &catalog.Ruling{Finding: "conflict", Verdict: index.KeepOne, Member: i % 2, Seen: f.Updated, By: fmt.Sprint(i)})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		var r *catalog.Refusal
		switch {
		case err == nil:
			won++
		case !errors.As(err, &r) || r.Code != catalog.RefusedChanged && r.Code != catalog.RefusedState:
			t.Error(err)
		}
	}
	if events, err := d.FindingEvents(t.Context(), "conflict"); won != 1 || err != nil || len(events) != 1 {
		t.Errorf("%d decided: %+v, %v", won, events, err)
	}
}

func TestEachWritingOfAFindingCanBeToldFromTheOneBefore(t *testing.T) {
	d := newDoubts(t, "") // its clock stands still
	f := d.conflict("conflict")
	for i := range 5 {
		r := catalog.Ruling{Finding: "conflict", Verdict: index.FixRequested, Seen: f.Updated}
		next, err := d.DecideFinding(t.Context(), &r)
		d.must(err)
		if !next.Updated.After(f.Updated) {
			t.Fatalf("%d: %s, then %s", i, f.Updated, next.Updated)
		}
		_, err = d.DecideFinding(t.Context(), &r)
		refusedWith(t, "as it was before", err, catalog.RefusedChanged)
		f = next
	}
	if list, err := d.Mutes(t.Context(), "help"); err != nil || len(list) != 2 || list[0].Confirmed != 1 {
		t.Errorf("a fix that was asked for again counts again: %+v, %v", list, err)
	}
}

func TestASnoozeEndsOnItsDay(t *testing.T) {
	d := newDoubts(t, "")
	d.conflict("conflict")
	until := d.now.AddDate(0, 0, 7)
	d.decide(catalog.Ruling{Finding: "conflict", Verdict: index.Snooze, Until: until})
	if n, err := d.WakeFindings(t.Context()); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	d.now = until
	if n, err := d.WakeFindings(t.Context()); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	f, err := d.Finding(t.Context(), "conflict")
	d.must(err)
	events, err := d.FindingEvents(t.Context(), "conflict")
	d.must(err)
	if f.State != index.Undecided || !f.Until.IsZero() || len(events) != 2 || events[1].By != "" || events[1].Kind != "reopened" {
		t.Errorf("%+v, %+v", f, events)
	}
}

func TestADismissalForPagesOrARuleCoversWhatItNames(t *testing.T) {
	d := newDoubts(t, "")
	between := func(id, rule string, a, b index.Member) {
		f := index.Finding{ID: id, Kind: index.Conflicting, Rule: rule, Type: "money", Base: "help", Tier: index.Likely, State: index.Undecided, Members: []index.Member{a, b}, Suggested: -1, Found: d.now, Updated: d.now}
		d.must(d.PutFinding(t.Context(), &f, []catalog.Pair{d.pair(f.Kind, rule, "money", a, b)}, nil))
	}
	a, b, c := d.side("site", "a", "Delivery costs 5 €.", "5"), d.side("site", "b", "Delivery costs 6 €.", "6"), d.side("wiki", "c", "Delivery costs 5 €, all over the country.", "7")
	for _, id := range []string{"ab1", "ab2"} {
		between(id, "value", a, b)
	}
	between("ab-polarity", "polarity", a, b)
	between("ac", "value", a, c)
	between("bc", "value", b, c)
	states := func() string {
		var out []string
		for _, id := range []string{"ab1", "ab2", "ab-polarity", "ac", "bc"} {
			f, err := d.Finding(t.Context(), id)
			d.must(err)
			if !f.State.Live() {
				out = append(out, id)
			}
		}
		return strings.Join(out, " ")
	}
	d.decide(catalog.Ruling{Finding: "ab1", Verdict: index.NoDoubt, Scope: catalog.ScopePages})
	if got := states(); got != "ab1 ab2 ab-polarity" {
		t.Errorf("for the pages: %s", got)
	}
	on, err := d.DecisionsOn(t.Context(), []index.Hash{catalog.PagesKey(b.Document, a.Document), catalog.PagesKey(a.Document, c.Document)})
	d.must(err)
	if len(on) != 1 {
		t.Errorf("%+v", on)
	}
	d.reopen("ab2")
	if got := states(); got != "" {
		t.Errorf("taken back: %s", got)
	}
	d.decide(catalog.Ruling{Finding: "ab1", Verdict: index.NoDoubt, Scope: catalog.ScopePageRule, Member: 0})
	if got := states(); got != "ab1 ab2 ac" {
		t.Errorf("for the rule on a: %s", got)
	}
	on, err = d.DecisionsOn(t.Context(), []index.Hash{catalog.PageRuleKey(a.Document, "value"), catalog.PageRuleKey(a.Document, "polarity"), catalog.PageRuleKey(b.Document, "value")})
	d.must(err)
	if said := on[catalog.PageRuleKey(a.Document, "value")]; len(on) != 1 || said.Verdict != index.NoDoubt || said.Keep != a.Document {
		t.Errorf("%+v", on)
	}
	d.reopen("ab1")
	if got := states(); got != "" {
		t.Errorf("taken back: %s", got)
	}
}

func TestDecisionsAreFoundBetweenPages(t *testing.T) {
	d := newDoubts(t, "")
	d.conflict("conflict")
	d.decide(catalog.Ruling{Finding: "conflict", Verdict: index.NoDoubt, Comment: "it is right"})
	for _, pair := range [][2]string{{keyOf("site", "a"), keyOf("site", "b")}, {keyOf("wiki", "c"), keyOf("site", "b")}, {keyOf("site", "b"), keyOf("site", "a")}} {
		said, err := d.DecisionsBetween(t.Context(), pair[0], pair[1])
		if err != nil || len(said) != 1 || said[0].Comment != "it is right" || !said[0].Withdrew.IsZero() {
			t.Errorf("%+v, %v", said, err)
		}
	}
	if said, err := d.DecisionsBetween(t.Context(), keyOf("site", "a"), keyOf("wiki", "c")); err != nil || len(said) != 0 {
		t.Errorf("%+v, %v", said, err)
	}
	d.reopen("conflict")
	if said, err := d.DecisionsBetween(t.Context(), keyOf("site", "a"), keyOf("site", "b")); err != nil || len(said) != 1 || said[0].Withdrew.IsZero() {
		t.Errorf("%+v, %v", said, err)
	}
}

func TestARuleThatIsRefusedMoreThanConfirmedIsMutedForItsSources(t *testing.T) {
	d := newDoubts(t, "")
	decide := func(n int, v index.Verdict) {
		for i := range n {
			id := fmt.Sprintf("%s-%d-%d", v, i, d.now.Unix())
			d.conflict(id)
			d.decide(catalog.Ruling{Finding: id, Verdict: v, Member: 0, Until: d.now.AddDate(0, 1, 0)})
		}
	}
	muted := func() map[string]string {
		list, err := d.Mutes(t.Context(), "help")
		d.must(err)
		out := map[string]string{}
		for _, m := range list {
			if on, err := d.Muted(t.Context(), "help", "value", "money", m.SourceB, m.SourceA); err != nil || on != m.Muted() {
				t.Errorf("muted: %t, %v", on, err)
			}
			out[m.Rule+" "+m.SourceA+" "+m.SourceB] = fmt.Sprintf("%d %d %t", m.Confirmed, m.Refused, m.Muted())
			if m.Muted() == m.Since.IsZero() {
				t.Errorf("muted %t since %s", m.Muted(), m.Since)
			}
		}
		return out
	}
	is := func(what, state string) {
		t.Helper()
		want := map[string]string{"value:money site site": state, "value:money site wiki": state}
		if got := muted(); !maps.Equal(got, want) {
			t.Errorf("%s: %v", what, got)
		}
	}
	decide(9, index.KeepOne)
	decide(10, index.NoDoubt)
	is("nineteen decisions", "9 10 false")
	decide(1, index.NoDoubt)
	is("twenty", "9 11 true")
	decide(2, index.FixRequested)
	is("as many confirmed", "11 11 false")
	decide(1, index.NoDoubt)
	is("more refused", "11 12 true")
	decide(3, index.Snooze)
	is("opinions on nothing", "11 12 true")
}
