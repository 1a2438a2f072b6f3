package retrieve

import (
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/index"
)

// helpCentre is a base of a few titled pages.
func helpCentre(t *testing.T) *world {
	w := newWorld(t)
	for key, page := range map[string][2]string{
		"refund":   {"How do I get a refund?", "Ask for a refund in your account within fourteen days, and the money is paid back to your card."},
		"delivery": {"How long does delivery take?", "Parcels are delivered within three working days after the order was placed."},
		"password": {"How do I reset my password?", "Choose the link on the sign-in page, and a new password is sent by e-mail."},
		"hours":    {"When is the shop open?", "The shop in the main street is open from nine to six, except on Sundays."},
		"gift":     {"Can I buy a gift card?", "Gift cards are sold at the till and in the online shop, from ten to a hundred."},
		"student":  {"Is there a discount for students?", "Students pay ten percent less with a valid card of their school."},
	} {
		w.add(key, page[0], []string{page[1]}, nil)
	}
	return w
}

func TestAnswerStates(t *testing.T) {
	w := helpCentre(t)
	for question, want := range map[string]struct {
		states []State
		reason string
	}{
		"How do I get a refund?":               {[]State{Found}, ""},
		"how do i reset my pasword":            {[]State{Found, Uncertain}, `corrected:["password"]`},
		"quokka husbandry in Tasmania":         {[]State{None}, `unmatched_terms:["quokka","husbandry","tasmania"]`},
		"is it the":                            {[]State{None}, "no_content_words"},
		"warranty on quokka shop cutlery sets": {[]State{None, Uncertain}, "low_coverage"},
	} {
		a := w.ask(Request{Query: question}).Answer
		if !slices.Contains(want.states, a.State) {
			t.Errorf("%s: %s (%v), want %v", question, a.State, a.Confidence, want.states)
		}
		if want.reason != "" && !slices.Contains(a.Reasons, want.reason) {
			t.Errorf("%s: reasons %q, want %s among them", question, a.Reasons, want.reason)
		}
	}
}

func TestAnEmptyBaseAnswersNone(t *testing.T) {
	w := newWorld(t)
	resp := w.ask(Request{Query: "refund"})
	if resp.Answer.State != None || resp.Hits == nil || len(resp.Answer.Reasons) == 0 {
		t.Errorf("%+v", resp)
	}
}

func TestLeavingTheRightPageOutLowersConfidence(t *testing.T) {
	w := helpCentre(t)
	with := w.ask(Request{Query: "refund to my card"})
	without := w.ask(Request{Query: "refund to my card", Without: func(d *index.DocumentInfo) bool { return d.Key == "refund" }})
	if slices.Contains(keys(without.Hits), "refund") || without.Answer.Confidence >= with.Answer.Confidence {
		t.Errorf("with %v, without %v %v", with.Answer.Confidence, without.Answer.Confidence, keys(without.Hits))
	}
}

func TestADefinitionQuestionPrefersThePageNamedAfterTheTerm(t *testing.T) {
	w := newWorld(t)
	w.add("mentions", "Chargeback fees and chargeback limits", []string{"chargeback chargeback chargeback fees"}, nil)
	w.add("term", "Chargeback", []string{"A payment that the bank takes back, a chargeback, after the owner of the card complained."}, nil)
	if got := keys(w.ask(Request{Query: "What is a chargeback?"}).Hits); got[0] != "term" {
		t.Errorf("hits %v", got)
	}
}

func TestClarifyNamesTheFacetThatDecides(t *testing.T) {
	w := newWorld(t)
	for _, plan := range []string{"basic", "pro"} {
		w.add(plan, "Refund deadline", []string{"The refund deadline is " + map[string]string{"basic": "fourteen", "pro": "thirty"}[plan] + " days."},
			func(p *index.Passage) { p.Document.Facets = map[string][]string{"plan": {plan}} })
	}
	w.add("other", "Delivery", []string{"Parcels travel."}, nil)
	a := w.ask(Request{Query: "refund deadline"}).Answer
	if a.State != Clarify || a.Ask == nil || a.Ask.Facet != "plan" || !slices.Equal(a.Ask.Values, []string{"basic", "pro"}) {
		t.Errorf("%+v, ask %+v", a, a.Ask)
	}
	if a := w.ask(Request{Query: "refund deadline", Context: map[string][]string{"plan": {"pro"}}}).Answer; a.State == Clarify {
		t.Error("the context says which")
	}
}

func TestFreshness(t *testing.T) {
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		d       index.DocumentInfo
		state   FreshnessState
		reasons string
		doubt   *index.Doubt
	}{
		"nothing known":                 {index.DocumentInfo{}, Fresh, "", nil},
		"reviewed in time":              {index.DocumentInfo{Modified: testNow.Add(-30 * day), ReviewEvery: 180 * day}, Fresh, "", nil},
		"review due soon":               {index.DocumentInfo{Modified: testNow.Add(-170 * day), ReviewEvery: 180 * day}, ReviewSoon, "review_due_soon", nil},
		"review overdue":                {index.DocumentInfo{Modified: testNow.Add(-181 * day), ReviewEvery: 180 * day}, Stale, "review_interval_passed", nil},
		"confirmed though old":          {index.DocumentInfo{Modified: testNow.Add(-400 * day), ReviewEvery: 180 * day, ConfirmedUntil: testNow.Add(100 * day)}, Fresh, "", nil},
		"confirmation ends soon":        {index.DocumentInfo{ConfirmedUntil: testNow.Add(3 * day)}, ReviewSoon, "confirmation_ends_soon", nil},
		"confirmation ended":            {index.DocumentInfo{ConfirmedUntil: testNow.Add(-3 * day), Modified: testNow.Add(-9 * day)}, Stale, "confirmation_ended", nil},
		"changed after it ended":        {index.DocumentInfo{ConfirmedUntil: testNow.Add(-3 * day), Modified: testNow.Add(-day)}, Fresh, "", nil},
		"unreadable":                    {index.DocumentInfo{Unreadable: true}, Stale, "unreadable", nil},
		"its source waits for a person": {index.DocumentInfo{SourceState: "needs_you"}, ReviewSoon, "source_needs_you", nil},
		"overdue and paused":            {index.DocumentInfo{Modified: testNow.Add(-181 * day), ReviewEvery: 180 * day, SourceState: "paused"}, Stale, "review_interval_passed source_paused", nil},
		"found stale":                   {index.DocumentInfo{}, Stale, "expired_text", &index.Doubt{Score: 0.9, Reasons: []string{"expired_text"}}},
		"found worth a look":            {index.DocumentInfo{}, ReviewSoon, "dated_title", &index.Doubt{Score: 0.5, Reasons: []string{"dated_title"}}},
		"found nearly fresh":            {index.DocumentInfo{}, Fresh, "", &index.Doubt{Score: 0.2, Reasons: []string{"relative_words"}}},
		"found stale, but confirmed":    {index.DocumentInfo{ConfirmedUntil: testNow.Add(100 * day)}, Fresh, "", &index.Doubt{Score: 0.9, Reasons: []string{"expired_text"}}},
		"overdue twice is said once":    {index.DocumentInfo{Modified: testNow.Add(-181 * day), ReviewEvery: 180 * day}, Stale, "review_interval_passed", &index.Doubt{Score: 0.6, Reasons: []string{"review_interval_passed"}}},
	} {
		t.Run(name, func(t *testing.T) {
			f := freshness(&index.Passage{Document: c.d, Doubt: c.doubt}, testNow)
			if f.State != c.state || strings.Join(f.Reasons, " ") != c.reasons {
				t.Errorf("%s %v, want %s %s", f.State, f.Reasons, c.state, c.reasons)
			}
		})
	}
}

func TestFilters(t *testing.T) {
	for name, c := range map[string]struct {
		keys map[string][]string
		want string
		says string
	}{
		"none":           {nil, "", ""},
		"label":          {map[string][]string{"label": {"a", "b"}}, `and("label" in ["a" "b"])`, ""},
		"facet and path": {map[string][]string{"facet.plan": {"pro"}, "path": {"/help"}}, `and("facet.plan" in ["pro"],or("path"^"/help"))`, ""},
		"date":           {map[string][]string{"modified_after": {"2026-01-02"}}, `and("modified"[1.767312e+09,*])`, ""},
		"unknown":        {map[string][]string{"labels": {"a"}}, "", "labels"},
		"bad date":       {map[string][]string{"modified_before": {"May"}}, "", "2026-01-31"},
		"no value":       {map[string][]string{"label": nil}, "", "no value"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Filter(c.keys)
			switch {
			case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
				t.Errorf("error %v, want %q in it", err, c.says)
			case c.says == "" && (err != nil || f != nil && f.String() != c.want || f == nil && c.want != ""):
				t.Errorf("%v, %v; want %s", f, err, c.want)
			}
		})
	}
}

func TestAScopeThatWasDecidedIsAskedFor(t *testing.T) {
	w := newWorld(t)
	scoped := func(plan string) func(*index.Passage) {
		return func(p *index.Passage) {
			p.Document.Facets = map[string][]string{"plan": {plan}}
			p.Scope = &index.Scope{Finding: "f", Facets: p.Document.Facets}
		}
	}
	w.add("basic", "Refund deadline", []string{"The refund deadline is fourteen days."}, scoped("basic"))
	w.add("pro", "Larger accounts", []string{"Of our larger accounts many ask how long they have: a refund is then paid within thirty days of the deadline."}, scoped("pro"))
	a := w.ask(Request{Query: "refund deadline"}).Answer
	if a.State != Clarify || a.Ask == nil || a.Ask.Facet != "plan" || !slices.Equal(a.Ask.Values, []string{"basic", "pro"}) {
		t.Errorf("%+v, ask %+v", a, a.Ask)
	}
	for _, plan := range []string{"basic", "pro"} {
		r := w.ask(Request{Query: "refund deadline", Context: map[string][]string{"plan": {plan}}})
		if got := keys(r.Hits); r.Answer.State == Clarify || !slices.Equal(got, []string{plan}) {
			t.Errorf("for %s: %s, %v", plan, r.Answer.State, got)
		}
	}
}

func TestDoubtsAreMarkedLeftOutOrIgnored(t *testing.T) {
	w := newWorld(t)
	const text = "The refund deadline is fourteen days."
	w.add("disputed", "Refund deadline", []string{text}, func(p *index.Passage) {
		p.Conflicts = []index.Conflict{{Finding: "f", Value: "fourteen days", OtherValue: "thirty days", Suggested: "other"}}
	})
	w.add("stale", "Refund deadline", []string{text}, func(p *index.Passage) { p.Doubt = &index.Doubt{Score: 0.8, Reasons: []string{"expired_text"}} })
	w.add("sound", "Refund deadline", []string{text}, nil)
	w.add("confirmed", "Refund deadline", []string{text}, func(p *index.Passage) { p.Document.ConfirmedUntil = testNow.AddDate(1, 0, 0) })

	marked := w.ask(Request{Query: "refund deadline"})
	if got := keys(marked.Hits); !slices.Equal(got, []string{"confirmed", "sound", "disputed", "stale"}) {
		t.Errorf("marked: %v", got)
	}
	if c := marked.Hits[2].Conflicts; len(c) != 1 || c[0].OtherValue != "thirty days" {
		t.Errorf("the other value is not told: %+v", c)
	}
	if got := keys(w.ask(Request{Query: "refund deadline", Doubts: ExcludeDoubts}).Hits); !slices.Equal(got, []string{"confirmed", "sound"}) {
		t.Errorf("left out: %v", got)
	}
	ignored := w.ask(Request{Query: "refund deadline", Doubts: IgnoreDoubts})
	for _, h := range ignored.Hits {
		if len(h.Conflicts) > 0 || h.Score != ignored.Hits[0].Score {
			t.Errorf("%s is told apart: %v, %v", h.Document.ID, h.Conflicts, h.Score)
		}
	}
	if len(ignored.Hits) != 4 {
		t.Errorf("ignored: %v", keys(ignored.Hits))
	}
}
