package detect

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

func TestAnEditSolvesAContradiction(t *testing.T) {
	w := newWorld(t)
	w.put(returns14, returns30)
	w.detect()
	w.want("conflict duration likely: refunds=30 days returns=14 days")
	w.wantNotes(returns14, 1)
	w.wantNotes(returns30, 1)
	w.clock.pass(time.Hour)
	edited := returns30
	edited.paragraphs = slices.Clone(edited.paragraphs)
	edited.paragraphs[1] = strings.Replace(edited.paragraphs[1], "30 days", "14 days", 1)
	w.put(edited)
	w.detect()
	w.want()
	f := w.all()[0]
	if f.State != index.Resolved || f.Outcome != index.Edited || !f.Closed.Equal(w.clock.now()) {
		t.Errorf("%s, %s, closed %s", f.State, f.Outcome, f.Closed)
	}
	w.wantNotes(returns14, 0)
	w.wantNotes(returns30, 0)
	w.clock.pass(time.Hour)
	w.put(returns30) // the edit is undone: the same finding stands again
	w.detect()
	w.want("conflict duration likely: refunds=30 days returns=14 days")
	if again := w.all()[0]; again.ID != f.ID || !again.Closed.IsZero() || again.Outcome != "" {
		t.Errorf("%+v", again)
	}
	w.wantEvents(f.ID, "found", "edited", "reopened")
}

func TestAPageThatGoesTakesItsFindings(t *testing.T) {
	w := newWorld(t)
	w.put(returns14, returns30, contact, contactCopy)
	w.detect()
	w.take(returns30, contactCopy)
	w.detect()
	w.want()
	for _, f := range w.all() {
		if f.State != index.Resolved || f.Outcome != index.Vanished {
			t.Errorf("%s: %s, %s", f.ID, f.State, f.Outcome)
		}
	}
	w.wantNotes(returns14, 0)
}

// say puts a sentence about returns on a page.
func say(id, days string) page {
	return page{id: id, title: id, paragraphs: []string{fmt.Sprintf("You may return any article within %s days after delivery, without giving a reason.", days)}}
}

func TestAFactGroupListsWhoSaysWhat(t *testing.T) {
	w := newWorld(t)
	titles := []string{"Returns", "Your first order", "Questions of our customers", "Before you buy"}
	for _, title := range titles {
		w.put(say(title, "14"))
	}
	w.put(say("z", "30"))
	w.detect()
	list := slices.DeleteFunc(w.all(), func(f index.Finding) bool { return f.Kind != index.Conflicting || !f.State.Live() })
	if len(list) != 1 || len(list[0].Members) != 5 {
		t.Fatalf("%v", w.open())
	}
	f := list[0]
	if f.Suggested < 0 || f.Members[f.Suggested].Value != "14 days" || f.Because["fr"] == "" || f.Because["en"] == "" {
		t.Errorf("suggested %d, because %v", f.Suggested, f.Because)
	}
	if !strings.Contains(f.Reasons["en"][0], "“14 days” on 4 pages") || !strings.Contains(f.Reasons["fr"][0], "« 30 days » sur 1 page") {
		t.Errorf("%v", f.Reasons)
	}
	// One page more joins the group, and it keeps its name; the odd one leaves, and it ends.
	w.put(say("y", "30"))
	w.detect()
	if again := w.finding(f.ID); len(again.Members) != 6 || !again.State.Live() {
		t.Errorf("%d members, %s", len(again.Members), again.State)
	}
	w.take(say("y", "30"), say("z", "30"))
	w.detect()
	if again := w.finding(f.ID); again.State != index.Resolved {
		t.Errorf("%s", again.State)
	}
}

func TestADismissalHoldsUntilItsSentenceChanges(t *testing.T) {
	w := newWorld(t)
	w.put(returns14, returns30)
	w.detect()
	f := w.all()[0]
	_, err := w.catalog.DecideFinding(w.ctx, &catalog.Ruling{Finding: f.ID, Verdict: index.NoDoubt, By: "ann"})
	w.ok(err)
	w.want()
	other := returns30
	other.paragraphs = slices.Clone(returns30.paragraphs)
	other.paragraphs[0] = "Refunds are paid to the card that was used, or by bank transfer."
	w.put(other)
	w.detect()
	w.want()
	other.title = "Refunds" // all its passages are looked at again
	w.put(other)
	w.detect()
	w.want()
	w.ok(w.engine.Pass(w.ctx, testBase))
	w.want()
	other.paragraphs[1] = "You may return any article within 30 days after its delivery, without giving us a reason."
	w.put(other)
	w.detect()
	w.want("conflict duration likely: refunds=30 days returns=14 days")
	again := w.finding(f.ID)
	if again.State != index.Undecided || len(again.Earlier) != 1 || again.Earlier[0].By != "ann" || again.Earlier[0].Verdict != index.NoDoubt {
		t.Errorf("%s, earlier %+v", again.State, again.Earlier)
	}
	w.wantEvents(f.ID, "found", "dismissed", "reopened")
}

func TestASuppressionIsTakenBackWhenWhatWasKeptChanges(t *testing.T) {
	w := newWorld(t)
	w.put(returns14, returns30)
	w.detect()
	f := w.all()[0]
	keep := slices.IndexFunc(f.Members, func(m index.Member) bool { return m.ExternalID == "refunds" })
	_, err := w.catalog.DecideFinding(w.ctx, &catalog.Ruling{Finding: f.ID, Verdict: index.KeepOne, Member: keep, By: "ann"})
	w.ok(err)
	w.wantNotes(returns14, 1)
	changed := returns30
	changed.paragraphs = []string{"We no longer take articles back."}
	w.put(changed)
	w.detect()
	w.wantNotes(returns14, 0)
}

func (w *world) finding(id string) index.Finding {
	w.Helper()
	f, err := w.catalog.Finding(w.ctx, id)
	w.ok(err)
	return f
}

func (w *world) wantNotes(p page, n int) {
	w.Helper()
	notes, err := w.catalog.NotesOf(w.ctx, w.document(&p).Key)
	w.ok(err)
	if len(notes) != n {
		w.Errorf("%s has %d notes, want %d: %+v", p.id, len(notes), n, notes)
	}
}

func (w *world) wantEvents(id string, want ...string) {
	w.Helper()
	list, err := w.catalog.FindingEvents(w.ctx, id)
	w.ok(err)
	var got []string
	for _, e := range list {
		got = append(got, e.Kind)
	}
	if !slices.Equal(got, want) {
		w.Errorf("history of %s: %q, want %q", id, got, want)
	}
}

// dump is everything that detection has found, to the last byte.
func (w *world) dump() string {
	w.Helper()
	var out strings.Builder
	for _, f := range w.all() {
		pairs, err := w.catalog.PairsOf(w.ctx, f.ID)
		w.ok(err)
		events, err := w.catalog.FindingEvents(w.ctx, f.ID)
		w.ok(err)
		for _, v := range []any{f, pairs, events} {
			b, err := json.MarshalIndent(v, "", " ")
			w.ok(err)
			out.Write(b)
		}
	}
	return out.String()
}

// live is what stands, whatever its names and dates are.
func (w *world) live() []string {
	w.Helper()
	var out []string
	for _, f := range w.all() {
		if !f.State.Live() {
			continue
		}
		pairs, err := w.catalog.PairsOf(w.ctx, f.ID)
		w.ok(err)
		for _, p := range pairs {
			out = append(out, fmt.Sprintf("%s %s %s %s %.3f %s/%s %s %s", p.ID, p.Kind, p.Rule, p.Tier, p.P, p.A.Value, p.B.Value, p.A.Sentence, p.B.Sentence))
		}
	}
	slices.Sort(out)
	return out
}

// fact is one of the sentences of which random pages are made.
func fact(r *rand.Rand) string {
	n := 10 + 5*r.IntN(3)
	switch r.IntN(6) {
	case 0:
		return fmt.Sprintf("You may return any article within %d days after delivery, without giving a reason.", n)
	case 1:
		return fmt.Sprintf("Delivery to a pick-up point in mainland France costs %d euros for each order.", n)
	case 2:
		return fmt.Sprintf("The guarantee of all bicycles that we sell lasts %d months from the day of purchase.", n)
	case 3:
		return fmt.Sprintf("A subscription can be cancelled in writing up to %d days before its renewal.", n)
	case 4:
		return "Our shop in the old town is open on every day of the week but Sunday, and the people who work there know all our articles by heart and by name."
	}
	return "Ask our colleagues."
}

func randomPage(r *rand.Rand, i int) page {
	p := page{id: fmt.Sprintf("p%d", i), title: fmt.Sprintf("Page %c", 'A'+i)}
	for range 1 + r.IntN(3) {
		p.paragraphs = append(p.paragraphs, fact(r))
	}
	return p
}

// TestLookingAtChangesFindsWhatLookingAtAllFinds edits pages at random and compares
// what was found on the way with what a new catalog finds in the last state.
func TestLookingAtChangesFindsWhatLookingAtAllFinds(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		w := newWorld(t)
		pages := map[int]page{}
		for i := range 6 {
			pages[i] = randomPage(r, i)
			w.put(pages[i])
		}
		w.detect()
		for range 12 {
			i := r.IntN(8)
			switch old, there := pages[i]; {
			case there && r.IntN(4) == 0 && len(pages) > 4:
				w.take(old)
				delete(pages, i)
			default:
				pages[i] = randomPage(r, i)
				w.put(pages[i])
			}
			if r.IntN(2) == 0 {
				w.detect()
			}
			if r.IntN(4) == 0 {
				w.restart()
			}
		}
		w.detect()
		all := newWorld(t)
		known, err := w.catalog.DetectBase(w.ctx, testBase) // what was learned is the same
		w.ok(err)
		known.Phase = phaseKeys
		w.ok(all.catalog.Detect(w.ctx, &catalog.Detection{Bases: []catalog.DetectBase{known}}))
		for i := range 8 {
			if p, there := pages[i]; there {
				all.put(p)
			}
		}
		all.detect()
		if got, want := w.live(), all.live(); !slices.Equal(got, want) {
			t.Fatalf("seed %d: by changes\n%s\nby all\n%s", seed, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}
