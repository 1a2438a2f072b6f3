package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"freshet/index"
	"freshet/index/catalog"
)

// doubted is a world whose knowledge base contradicts itself: parcels come in three
// days (faq) or in five (site).
func doubted(t *testing.T, change ...func(*Options)) *world {
	t.Helper()
	w := newWorld(t, change...)
	w.put("site", "speed", "Parcel speed", "Parcels are delivered within five working days.")
	w.finding("conflict-0001", func(f *index.Finding) {})
	return w
}

func (w *world) member(source, id, sentence, value string) index.Member {
	w.t.Helper()
	d, err := w.catalog.DocumentByID(w.t.Context(), source, id)
	must(w.t, err)
	m := index.Member{Document: d.Key, Source: source, ExternalID: id, Title: d.Details.Title, URL: d.Details.URI, EditURI: "https://example.org/edit/" + id, Sentence: sentence,
		Value: value, Normal: value, Hash: index.HashTexts("sentence", sentence)}
	if m.Start = strings.Index(sentence, value); m.Start >= 0 {
		m.End = m.Start + len(value)
	}
	if sentence == "" {
		m.Hash, m.Start = d.TextHash, 0
	}
	return m
}

// finding writes one about delivery, changed by edit, with its notes.
func (w *world) finding(id string, edit func(*index.Finding)) index.Finding {
	w.t.Helper()
	f := index.Finding{ID: id, Kind: index.Conflicting, Rule: "value", Type: "duration", Base: "help", Tier: index.Likely, P: 0.9, Severity: 0.8, State: index.Undecided,
		Members: []index.Member{w.member("faq", "delivery", "Parcels are delivered within three working days.", "three working days"),
			w.member("site", "speed", "Parcels are delivered within five working days.", "five working days")},
		Suggested: 1, Because: map[string]string{"en": "newer", "fr": "plus récent"}, Owners: []string{"ann@example.org"}, Found: w.now.Now(), Updated: w.now.Now()}
	edit(&f)
	a, b := f.Members[0], f.Members[len(f.Members)-1]
	p := catalog.Pair{ID: index.HashTexts("pair", id), Base: f.Base, Kind: f.Kind, Rule: f.Rule, Type: f.Type, Tier: f.Tier, Content: catalog.ContentKey(f.Type, a.Hash, b.Hash), A: a, B: b}
	var notes []catalog.DocumentNote
	if f.Kind == index.Conflicting && f.State.Live() {
		for i, m := range f.Members {
			o := f.Members[(i+1)%len(f.Members)]
			notes = append(notes, catalog.DocumentNote{Document: m.Document, Note: index.Note{Kind: index.NoteConflict, Finding: id, Sentence: m.Sentence, Needs: o.Document, Value: m.Value, OtherValue: o.Value}})
		}
	}
	must(w.t, w.catalog.PutFinding(w.t.Context(), &f, []catalog.Pair{p}, notes))
	return f
}

// answers tells of each page that answers how fast parcels are, with what is said of it.
func (w *world) answers() string {
	w.t.Helper()
	var out []string
	for _, h := range w.search("search", `{"knowledge_base":"help","query":"parcels delivered within how many working days"}`).Hits {
		if h.Document.ID != "delivery" && h.Document.ID != "speed" {
			continue
		}
		text := h.Document.ID
		for range h.Conflicts {
			text += "!"
		}
		for name, values := range h.Document.Facets {
			text += fmt.Sprintf(" %s=%s", name, strings.Join(values, ","))
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func (w *world) answered(what, want string) {
	w.t.Helper()
	if got := w.answers(); got != want {
		w.t.Errorf("%s: answered from %q, want %q", what, got, want)
	}
}

func TestADecisionChangesTheVeryNextAnswerAndReopeningRestoresIt(t *testing.T) {
	const before = "delivery!, speed!"
	for _, c := range []struct{ name, verb, body, want, state string }{
		{"keep a", "resolve", `{"verdict":"keep","side":"a"}`, "delivery", "resolved"},
		{"keep b", "resolve", `{"verdict":"keep","side":"B"}`, "speed", "resolved"},
		{"both", "resolve", `{"verdict":"both","scope":{"a":{"plan":["express"]},"b":{"plan":["basic","eco"]}}}`, "delivery plan=express, speed plan=basic,eco", "resolved"},
		{"both by force", "resolve", `{"verdict":"both","force":true}`, "delivery, speed", "resolved"},
		{"duplicate", "resolve", `{"verdict":"duplicate"}`, "speed", "resolved"},
		{"exclude", "resolve", `{"verdict":"excluded","side":"b"}`, "delivery", "resolved"},
		{"dismiss", "dismiss", `{}`, "delivery, speed", "dismissed"},
		{"dismiss for pages", "dismiss", `{"scope":"pages","comment":"two services"}`, "delivery, speed", "dismissed"},
		{"dismiss a rule", "dismiss", `{"scope":"page_rule","side":"a"}`, "delivery, speed", "dismissed"},
		{"snooze", "snooze", `{"until":"2026-06-30"}`, before, "snoozed"},
		{"fix", "acknowledge", `{}`, before, "acknowledged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := doubted(t)
			w.answered("before", before)
			var f FindingDetails
			w.get("admin", http.MethodPost, "/v1/findings/conflict-0001/"+c.verb, c.body, &f)
			if f.State != c.state || len(f.History) != 1 || f.History[0].By != "admin" || len(f.Decisions) != 1 {
				t.Errorf("%+v", f)
			}
			w.follow()
			w.answered("after", c.want)
			w.get("admin", http.MethodPost, "/v1/findings/conflict/reopen", `{"by":"bob"}`, &f)
			w.follow()
			w.answered("taken back", before)
			if f.State != "open" || f.Decisions[0].TakenOff == nil || f.History[1].By != "bob" || f.History[1].Kind != "reopened" {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestAFindingIsShownWithAllThatADecisionNeeds(t *testing.T) {
	w := doubted(t)
	_, err := w.catalog.PutOwnership(t.Context(), catalog.Ownership{Kind: catalog.OwnSource, Subject: "faq", Owner: "ann", Deputy: "bob", AwayUntil: start.AddDate(0, 0, 9)})
	must(t, err)
	w.get("admin", http.MethodPost, "/v1/findings/conflict-0001/comment", `{"text":" who knows? ","by":"cleo"}`, nil)
	var f FindingDetails
	w.get("admin", http.MethodGet, "/v1/findings/conflict-0001", "", &f)
	if f.Title["fr"] != "Contradiction: three working days / five working days" || f.Suggested != "b" || f.Because["fr"] == "" || len(f.Members) != 2 || len(f.Sides) != 2 {
		t.Errorf("%+v", f)
	}
	m := f.Members[0]
	if m.Owner != "ann" || m.Asked != "bob" || m.EditURL != "https://example.org/edit/delivery" || m.State != "present" || m.Excerpt[m.Start:m.End] != "three working days" || m.Name != "a" {
		t.Errorf("%+v", m)
	}
	if len(f.Comments) != 1 || f.Comments[0].Text != "who knows?" || f.Comments[0].By != "cleo" || len(f.History) != 0 {
		t.Errorf("comments %+v, history %+v", f.Comments, f.History)
	}
	var can []string
	for _, a := range f.Actions {
		can = append(can, strings.TrimSpace(a.Verdict+" "+a.Side))
		if a.Text["fr"] == "" || a.Text["en"] == "" || strings.Contains(a.Text["fr"]+a.Text["en"], "%") {
			t.Errorf("%+v", a)
		}
	}
	want := []string{"keep a", "keep b", "both", "duplicate a", "duplicate b", "excluded a", "excluded b", "fix_requested", "snoozed", "dismissed"}
	if diff := cmp.Diff(want, can); diff != "" {
		t.Error(diff)
	}
	if keep := f.Actions[0].Text["en"]; keep != `Keep a ("three working days"): passages that say five working days are left out of answers, whole (with what else stands in them), while the page that is kept is served.` {
		t.Error(keep)
	}
	if once := f.Actions[3].Text["fr"]; !strings.Contains(once, "la page a (« Delivery »)") || !strings.Contains(once, "« Parcel speed »") || strings.Contains(once, "five") {
		t.Error(once)
	}
	w.get("admin", http.MethodPost, "/v1/findings/conflict-0001/dismiss", `{}`, &f)
	if len(f.Actions) != 1 || f.Actions[0].Verdict != "reopen" {
		t.Errorf("%+v", f.Actions)
	}
}

func TestOffsetsAreCharacters(t *testing.T) {
	w := doubted(t)
	w.finding("f-accents", func(f *index.Finding) {
		f.Members[0] = w.member("faq", "delivery", "Délai garanti : 14 jours ouvrés.", "14 jours")
		f.Members[1] = w.member("faq", "refunds", "Délai : 30 jours.", "30 jours")
	})
	var f FindingDetails
	w.get("admin", http.MethodGet, "/v1/findings/f-accents", "", &f)
	for _, m := range f.Members {
		if got := string([]rune(m.Excerpt)[m.Start:m.End]); got != m.Value {
			t.Errorf("%q is marked in %q", got, m.Excerpt)
		}
	}
}

func TestFindingsAreListedAsAsked(t *testing.T) {
	w := doubted(t)
	for i := range 7 {
		w.finding(fmt.Sprintf("other-%04d", i), func(f *index.Finding) {
			f.Severity, f.Kind, f.Owners = float64(i)/10, index.Duplicate, []string{"bob"}
			f.State = []index.FindingState{index.Undecided, index.Acknowledged, index.Snoozed, index.Resolved, index.Dismissed, index.Undecided, index.Undecided}[i]
			if i >= 5 {
				f.Tier, f.Rule, f.Type = index.Possible, "near", ""
			}
			f.Members = []index.Member{w.member("faq", "refunds", "", ""), w.member("new", "draft", "", "")}
		})
	}
	w.finding("law-0001", func(f *index.Finding) {
		f.Base, f.Kind, f.Members = "legal", index.Stale, []index.Member{w.member("law", "privacy", "", "")}
	})
	list := func(key, query string) string {
		t.Helper()
		var page FindingPage
		w.get(key, http.MethodGet, "/v1/findings"+query, "", &page)
		var ids []string
		for _, f := range page.Findings {
			ids = append(ids, f.ID)
		}
		return strings.Join(ids, " ")
	}
	for _, c := range []struct{ key, query, want string }{
		{"admin", "", "conflict-0001 law-0001 other-0001 other-0000"},
		{"legaladmin", "", "law-0001"},
		{"admin", "?knowledge_base=help", "conflict-0001 other-0001 other-0000"},
		{"admin", "?knowledge_base=help&state=live", "conflict-0001 other-0002 other-0001 other-0000"},
		{"admin", "?state=closed", "other-0004 other-0003"},
		{"admin", "?state=dismissed", "other-0004"},
		{"admin", "?tier=possible", "other-0006 other-0005"},
		{"admin", "?tier=all&state=all&kind=duplicate", "other-0006 other-0005 other-0004 other-0003 other-0002 other-0001 other-0000"},
		{"admin", "?owner=bob", "other-0001 other-0000"},
		{"admin", "?source=site", "conflict-0001"},
		{"admin", "?document=" + w.docs["delivery"], "conflict-0001"},
		{"admin", "?rule=near&tier=all", "other-0006 other-0005"},
		{"admin", "?type=duration&kind=conflict", "conflict-0001"},
		{"admin", "?q=FIVE+working", "conflict-0001"},
		{"admin", "?q=loyalty", "other-0001 other-0000"},
		{"admin", "?q=title", ""},
		{"admin", "?id=other-0004", "other-0004"},
		{"admin", "?q=nothing", ""},
	} {
		if got := list(c.key, c.query); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.key, c.query, got, c.want)
		}
	}
	for limit := 1; limit < 9; limit++ {
		var all []string
		for cursor := ""; ; {
			var page FindingPage
			w.get("admin", http.MethodGet, fmt.Sprintf("/v1/findings?knowledge_base=help&tier=all&state=all&q=e&limit=%d&cursor=%s", limit, cursor), "", &page)
			if len(page.Findings) > limit || len(page.Findings) == 0 {
				t.Fatalf("%d of at most %d", len(page.Findings), limit)
			}
			for _, f := range page.Findings {
				all = append(all, f.ID)
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		if got := strings.Join(all, " "); got != "conflict-0001 other-0006 other-0005 other-0004 other-0003 other-0002 other-0001 other-0000" {
			t.Errorf("by %d: %s", limit, got)
		}
	}
	checkProblem(t, w.do("admin", http.MethodGet, "/v1/findings?cursor=x", ""), 422, "invalid_request", "cursor")
	checkProblem(t, w.do("legaladmin", http.MethodGet, "/v1/findings?knowledge_base=help", ""), 403, "other_knowledge_base", "")
}

func TestDecisionsThatCannotBeCarriedOutAreRefusedInWords(t *testing.T) {
	w := doubted(t)
	w.finding("stale-0001", func(f *index.Finding) {
		f.Kind, f.Rule, f.Type, f.Suggested, f.Members = index.Stale, "stale", "", -1, []index.Member{w.member("faq", "refunds", "", "")}
	})
	w.finding("groups-0001", func(f *index.Finding) {
		f.Kind, f.Suggested = index.Conflicting, -1
		f.Members = append(f.Members, w.member("faq", "refunds", "Parcels: five working days.", "five working days"))
	})
	w.get("admin", http.MethodPost, "/v1/findings/groups-0001/dismiss", `{}`, nil)
	w.finding("conflict-0002", func(f *index.Finding) { f.Members[1].Sentence = "" })
	w.finding("edited-0001", func(f *index.Finding) { f.State, f.Outcome, f.Closed = index.Resolved, index.Edited, start })
	for _, c := range []struct {
		name, path, body string
		status           int
		code, says       string
	}{
		{"nothing", "conflict-0001/resolve", `{}`, 422, "invalid_request", "verdict"},
		{"an unknown verdict", "conflict-0001/resolve", `{"verdict":"maybe"}`, 422, "invalid_request", "keep"},
		{"an unknown field", "conflict-0001/resolve", `{"verdict":"keep","sid":"a"}`, 422, "unknown_field", "side"},
		{"no side", "conflict-0001/resolve", `{"verdict":"keep"}`, 422, "unknown_side", "from a to b"},
		{"an unknown side", "conflict-0001/resolve", `{"verdict":"keep","side":"c"}`, 422, "unknown_side", "from a to b"},
		{"a side by number", "conflict-0001/resolve", `{"verdict":"keep","side":"0"}`, 422, "unknown_side", "from a to b"},
		{"both for nobody", "conflict-0001/resolve", `{"verdict":"both"}`, 422, "scope_needed", "plan=pro"},
		{"a scope of an unknown side", "conflict-0001/resolve", `{"verdict":"both","scope":{"z":{"plan":["pro"]}}}`, 422, "unknown_side", ""},
		{"a scope without values", "conflict-0001/resolve", `{"verdict":"both","scope":{"a":{"plan":[]}}}`, 422, "invalid_decision", "plan"},
		{"an empty value", "conflict-0001/resolve", `{"verdict":"both","scope":{"a":{"plan":[""]}}}`, 422, "invalid_decision", "plan"},
		{"a conflict verified", "conflict-0001/resolve", `{"verdict":"verified"}`, 422, "finding_kind", "possible are"},
		{"a stale page kept", "stale-0001/resolve", `{"verdict":"keep","side":"a"}`, 422, "finding_kind", "verified"},
		{"a day that is past", "stale-0001/resolve", `{"verdict":"verified","until":"2020-01-01"}`, 422, "invalid_request", "a date to come"},
		{"no day", "stale-0001/resolve", `{"verdict":"verified","until":"soon"}`, 422, "invalid_request", "a date to come"},
		{"eleven years", "stale-0001/resolve", `{"verdict":"verified","until":"2037-01-01"}`, 422, "invalid_decision", "ten years"},
		{"a snooze without end", "conflict-0001/snooze", `{}`, 422, "invalid_request", "until"},
		{"a snooze of years", "conflict-0001/snooze", `{"until":"2030-01-01"}`, 422, "invalid_decision", "within a year"},
		{"due yesterday", "conflict-0001/due", `{"due":"2026-03-01"}`, 422, "invalid_request", "a date to come"},
		{"a dismissal for what", "conflict-0001/dismiss", `{"scope":"all"}`, 422, "invalid_request", "page_rule"},
		{"a rule on which page", "conflict-0001/dismiss", `{"scope":"page_rule"}`, 422, "unknown_side", ""},
		{"an empty comment", "conflict-0001/comment", `{"text":"  "}`, 422, "invalid_request", "empty"},
		{"what changed since", "conflict-0001/dismiss", `{"updated":"2026-03-02T08:00:00Z"}`, 409, "finding_changed", "Look again"},
		{"what is open", "conflict-0001/reopen", ``, 409, "finding_state", "open already"},
		{"what is closed", "groups-0001/resolve", `{"verdict":"keep","side":"a"}`, 409, "finding_state", "Reopen it first"},
		{"what is due when closed", "groups-0001/due", `{"due":"2026-09-09"}`, 409, "finding_state", "dismissed"},
		{"what was edited", "edited-0001/reopen", `{}`, 409, "finding_state", "edited"},
		{"which of two", "conflict-/dismiss", `{}`, 409, "ambiguous_id", "write more"},
		{"none", "nothing/dismiss", `{}`, 404, "not_found", "GET /v1/findings"},
		{"too short an ID", "con/dismiss", `{}`, 404, "not_found", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			checkProblem(t, w.do("admin", http.MethodPost, "/v1/findings/"+c.path, c.body), c.status, c.code, c.says)
		})
	}
	w.get("admin", http.MethodPost, "/v1/findings/groups-0001/reopen", ``, nil)
	checkProblem(t, w.do("admin", http.MethodPost, "/v1/findings/groups-0001/resolve", `{"verdict":"excluded","side":"b"}`), 422, "unknown_side", "stands on 2 pages")
	checkProblem(t, w.do("legaladmin", http.MethodPost, "/v1/findings/conflict-0001/dismiss", `{}`), 404, "not_found", "")
	checkProblem(t, w.do("legaladmin", http.MethodGet, "/v1/findings/conflict-0001", ""), 404, "not_found", "")
	w.answered("nothing of that did anything", "delivery!!!, speed!!")
}

func TestTwoPeopleWhoDecideAtOnceDecideOnce(t *testing.T) {
	w := doubted(t)
	var f FindingDetails
	w.get("admin", http.MethodGet, "/v1/findings/conflict-0001", "", &f)
	var wg sync.WaitGroup
	codes := make([]int, 8)
	for i := range codes {
		side := string(rune('a' + i%2))
		wg.Go(func() {
			codes[i] = w.do("admin", http.MethodPost, "/v1/findings/conflict-0001/resolve",
				fmt.Sprintf(`{"verdict":"keep","side":%q,"updated":%q}`, side, f.Updated.Format(time.RFC3339Nano))).Code
		})
	}
	wg.Wait()
	slices.Sort(codes)
	if codes[0] != 200 || codes[1] != 409 || codes[7] != 409 {
		t.Errorf("answers %v", codes)
	}
	said, err := w.catalog.DecisionsOf(t.Context(), "conflict-0001")
	must(t, err)
	if len(said) != 1 {
		t.Errorf("%d decisions", len(said))
	}
	if got := w.answers(); got != "delivery" && got != "speed" {
		t.Errorf("answered from %q", got)
	}
}

func TestAFixIsAskedForWithADay(t *testing.T) {
	w := doubted(t, func(o *Options) { o.FixWithin = 5 * 24 * time.Hour })
	var f FindingDetails
	w.get("admin", http.MethodPost, "/v1/findings/conflict-0001/acknowledge", `{}`, &f)
	if want := time.Date(2026, 3, 8, 0, 0, 0, 0, time.UTC); f.Due == nil || !f.Due.Equal(want) || f.Overdue {
		t.Errorf("due %v, want %s", f.Due, want)
	}
	w.get("admin", http.MethodPost, "/v1/findings/conflict-0001/due", `{"due":"2026-03-20"}`, &f)
	w.now.pass(30 * 24 * time.Hour)
	w.get("admin", http.MethodGet, "/v1/findings/conflict-0001", "", &f)
	if want := time.Date(2026, 3, 21, 0, 0, 0, 0, time.UTC); f.Due == nil || !f.Due.Equal(want) || !f.Overdue || f.State != "acknowledged" {
		t.Errorf("%+v", f)
	}
	f = FindingDetails{}
	w.get("admin", http.MethodPost, "/v1/findings/conflict-0001/due", `{"due":""}`, &f)
	if f.Due != nil {
		t.Errorf("due %v", f.Due)
	}
}

func TestConfirmingAPageSettlesTheDoubtWhetherItIsOutOfDate(t *testing.T) {
	w := doubted(t)
	w.finding("stale-0001", func(f *index.Finding) {
		f.Kind, f.Rule, f.Type, f.Suggested, f.Members = index.Stale, "stale", "", -1, []index.Member{w.member("faq", "refunds", "", "")}
	})
	var d DocumentRow
	w.get("admin", http.MethodPost, "/v1/documents/"+w.docs["refunds"]+"/confirm", `{"until":"2026-09-30","by":"ann"}`, &d)
	var f FindingDetails
	w.get("admin", http.MethodGet, "/v1/findings/stale-0001", "", &f)
	if f.State != "resolved" || f.Outcome != "verified" || d.ConfirmedBy != "ann" || f.Decisions[0].By != "ann" || !f.Decisions[0].Until.Equal(*d.ConfirmedUntil) {
		t.Errorf("%+v, %+v", f, d)
	}
	w.get("admin", http.MethodPost, "/v1/findings/stale-0001/reopen", "", &f)
	w.get("admin", http.MethodGet, "/v1/documents?id=refunds", "", nil)
	doc, err := w.catalog.DocumentByKey(t.Context(), w.docs["refunds"])
	must(t, err)
	if !doc.ConfirmedUntil.IsZero() {
		t.Errorf("confirmed until %s", doc.ConfirmedUntil)
	}
}

func TestWhatOwnersSaidOfARuleIsTold(t *testing.T) {
	w := doubted(t)
	for i := range 21 {
		id := fmt.Sprintf("refused-%04d", i)
		w.finding(id, func(*index.Finding) {})
		w.get("admin", http.MethodPost, "/v1/findings/"+id+"/dismiss", `{}`, nil)
	}
	var list MuteList
	w.get("admin", http.MethodGet, "/v1/mutes", "", &list)
	if len(list.Mutes) != 1 || !list.Mutes[0].Muted || list.Mutes[0].Refused != 21 || list.Mutes[0].Since == nil || list.Mutes[0].Rule != "value:duration" || !slices.Equal(list.Mutes[0].Sources, []string{"faq", "site"}) {
		t.Errorf("%+v", list)
	}
	w.get("legaladmin", http.MethodGet, "/v1/mutes", "", &list)
	if len(list.Mutes) != 0 {
		t.Errorf("%+v", list)
	}
	checkProblem(t, w.do("legaladmin", http.MethodGet, "/v1/mutes?knowledge_base=help", ""), 403, "other_knowledge_base", "")
}

func TestOwnersAndAuthoritiesAreMadeListedAndTakenAway(t *testing.T) {
	w := doubted(t)
	var o OwnershipRow
	w.get("admin", http.MethodPost, "/v1/ownership", `{"kind":"path","subject":"/Delivery","owner":"ann","deputy":"bob","away_until":"2026-04-01"}`, &o)
	var f FindingDetails
	w.get("admin", http.MethodGet, "/v1/findings/conflict-0001", "", &f)
	if diff := cmp.Diff([]string{"bob"}, f.Owners); diff != "" {
		t.Error(diff)
	}
	var owners OwnershipList
	w.get("admin", http.MethodGet, "/v1/ownership", "", &owners)
	if len(owners.Ownership) != 1 || owners.Ownership[0] != o || o.AwayUntil != "2026-04-01" || o.Origin != "command" {
		t.Errorf("%+v", owners)
	}
	checkProblem(t, w.do("legaladmin", http.MethodPost, "/v1/ownership", `{"kind":"base","owner":"eve"}`), 403, "whole_service_only", "Name one")
	checkProblem(t, w.do("legaladmin", http.MethodPost, "/v1/ownership", `{"kind":"base","owner":"eve","knowledge_base":"help"}`), 403, "other_knowledge_base", "")
	checkProblem(t, w.do("legaladmin", http.MethodDelete, "/v1/ownership/"+o.ID, ""), 403, "whole_service_only", "")
	checkProblem(t, w.do("admin", http.MethodPost, "/v1/ownership", `{"kind":"path","owner":"ann"}`), 422, "invalid_decision", "name the path")
	checkProblem(t, w.do("admin", http.MethodPost, "/v1/ownership", `{"kind":"path","subject":"/a","owner":"ann","deputy":"bob","away_until":"soon"}`), 422, "invalid_request", "away_until")
	checkProblem(t, w.do("admin", http.MethodPost, "/v1/ownership", `{"kind":"base","owner":"ann","knowledge_base":"halp"}`), 404, "unknown_knowledge_base", "")
	if rec := w.do("admin", http.MethodDelete, "/v1/ownership/"+o.ID, ""); rec.Code != 204 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	checkProblem(t, w.do("admin", http.MethodDelete, "/v1/ownership/"+o.ID, ""), 404, "not_found", "GET /v1/ownership")

	var a AuthorityRow
	w.get("admin", http.MethodPost, "/v1/authorities", `{"topic":"duration","kind":"source","subject":"site","effect":"settles"}`, &a)
	w.answered("settled", "speed")
	w.get("admin", http.MethodGet, "/v1/findings/conflict-0001", "", &f)
	if f.Outcome != "settled" || f.History[0].By != "" {
		t.Errorf("%+v", f)
	}
	var all AuthorityList
	w.get("legaladmin", http.MethodGet, "/v1/authorities", "", &all)
	if len(all.Authorities) != 1 || all.Authorities[0] != a {
		t.Errorf("%+v", all)
	}
	checkProblem(t, w.do("admin", http.MethodPost, "/v1/authorities", `{"topic":"duration","kind":"team","subject":"site"}`), 422, "invalid_request", "kind")
	checkProblem(t, w.do("legaladmin", http.MethodDelete, "/v1/authorities/"+a.ID, ""), 403, "whole_service_only", "")
	if rec := w.do("admin", http.MethodDelete, "/v1/authorities/"+a.ID, ""); rec.Code != 204 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	checkProblem(t, w.do("admin", http.MethodDelete, "/v1/authorities/7", ""), 404, "not_found", "")
}
