package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/index/catalog"
	"freshet/pipeline/extract"
	"freshet/pipeline/templates"
)

const footer = "<p>The common desk is open from nine to seventeen, quokka street 5.</p>"

// footed fills a templated world with pages that end alike, the start page first.
func footed(t *testing.T, n int) *world {
	t.Helper()
	w := newWorld(t)
	w.kind.Templated = true
	for i := range n {
		w.foot(i, page(fmt.Sprintf("topic%02d", i))+footer)
	}
	return w
}

func (w *world) foot(i int, content string) {
	uri := fmt.Sprintf("https://example.org/p%02d", i)
	if i == 0 {
		uri = "https://example.org/"
	}
	w.src.PutDocument(connectors.Document{ID: fmt.Sprintf("p%02d", i), URI: uri}, content)
}

func (w *world) learned() catalog.Templates {
	w.t.Helper()
	known, err := w.catalog.TemplatesOf(w.t.Context(), "s")
	must(w.t, err)
	return known
}

func TestWhatEveryPageEndsWithIsFoundOnTheStartPageAlone(t *testing.T) {
	w := footed(t, 14)
	r := w.sync()
	w.wantCounts(r, "done: new 14, reprocessed 13")
	w.wantServed("quokka", "p00")
	w.wantServed("topic05", "p05")
	d := w.document("p05")
	packed, err := w.catalog.LastText(t.Context(), d.Key)
	must(t, err)
	if !strings.Contains(string(packed), "quokka") || d.LeftOut != 1 {
		t.Errorf("%d blocks are left out of %s", d.LeftOut, packed)
	}
	chunks, err := w.catalog.ChunksOf(t.Context(), d.Key)
	must(t, err)
	words := 0
	for _, c := range chunks {
		words += c.Words
	}
	if words != d.Words || d.Words >= w.document("p00").Words {
		t.Errorf("the row says %d words, its passages have %d", d.Words, words)
	}
	w.wantConsistent()

	opens, at := w.src.Counts().Opens, headOf(w)
	w.wantCounts(w.sync(), "done: unchanged 14")
	if w.src.Counts().Opens != opens || headOf(w) != at {
		t.Error("a run in which nothing changed read or wrote something")
	}
	w.foot(14, page("topic14")+footer)
	w.wantCounts(w.sync(), "done: new 1, unchanged 14") // a new page is cut right at once
	w.wantServed("quokka", "p00")
	w.wantServed("topic14", "p14")
}

func TestAnotherPageTakesOverWhatAPageKept(t *testing.T) {
	w := footed(t, 14)
	w.sync()
	w.foot(0, page("welcome"))
	w.wantCounts(w.sync(), "done: text_changed 1, reprocessed 1, unchanged 13")
	w.wantServed("quokka", "p01")

	w.src.Remove("p01")
	r := w.sync()
	w.wantCounts(r, "done: reprocessed 1, unchanged 13, hidden 1")
	w.wantServed("quokka", "p02")

	must(t, w.catalog.Exclude(t.Context(), w.document("p02").Key, "me"))
	w.wantCounts(w.sync(), "done: reprocessed 1, unchanged 12, skipped 1")
	w.wantServed("quokka", "p03")

	w.foot(0, page("welcome")+footer) // it is cut as one of many first
	w.wantCounts(w.sync(), "done: text_changed 1, reprocessed 2, unchanged 11, skipped 1")
	w.wantServed("quokka", "p00")
	w.wantConsistent()
}

func TestTemplatesAreSwitchedOffAndOnWithoutAskingTheSource(t *testing.T) {
	w := footed(t, 12)
	w.sync()
	opens := w.src.Counts().Opens
	all := make([]string, 12)
	for i := range all {
		all[i] = fmt.Sprintf("p%02d", i)
	}
	for _, step := range []struct {
		setting any
		kind    bool
		want    []string
	}{{"off", true, all}, {"on", true, all[:1]}, {false, true, all}, {nil, true, all[:1]}, {nil, false, all}, {true, false, all[:1]}} {
		w.kind.Templated = step.kind
		s, err := w.catalog.Source(t.Context(), "s")
		must(t, err)
		s.Extract = map[string]any{}
		if step.setting != nil {
			s.Extract[extractTemplates] = step.setting
		}
		must(t, w.catalog.PutSource(t.Context(), s))
		w.wantCounts(w.sync(), "done: reprocessed 11, unchanged 12")
		w.wantServed("quokka", step.want...)
	}
	if got := w.src.Counts().Opens; got != opens {
		t.Errorf("%d documents were opened", got-opens)
	}
	w.wantConsistent()
}

func TestAFileOfASiteKeepsWhatItSharesUnlessTheSettingsSayOtherwise(t *testing.T) {
	w := newWorld(t)
	w.kind.Templated = true
	for i := range 12 {
		w.src.PutDocument(connectors.Document{ID: fmt.Sprintf("p%02d.txt", i), MediaType: "text/plain"},
			fmt.Sprintf("All that is common about topic%02d.\n\nMind the quokka when you open the case.", i))
	}
	w.wantCounts(w.sync(), "done: new 12")
	if got := w.served("quokka"); len(got) != 12 {
		t.Errorf("%v say it", got)
	}
	s, err := w.catalog.Source(t.Context(), "s")
	must(t, err)
	s.Extract = map[string]any{extractTemplates: "on"}
	must(t, w.catalog.PutSource(t.Context(), s))
	w.src.Put("p99", page("topic99"))
	w.wantCounts(w.sync(), "done: new 1, reprocessed 11, unchanged 12")
}

func TestAnApprovedRemovalPassesOnWhatWasKept(t *testing.T) {
	w := footed(t, 14)
	w.sync()
	for i := range 5 {
		w.src.Remove(fmt.Sprintf("p%02d", i))
	}
	if r := w.sync(); r.DeletionsPending != 5 {
		t.Fatalf("%+v", r)
	}
	w.wantServed("quokka", "p00")
	done, err := w.syncer.Approve(t.Context(), "s", Decision{By: "me"})
	must(t, err)
	must(t, w.applier.CatchUp(t.Context()))
	if done.Done != 5 {
		t.Errorf("%+v", done)
	}
	w.wantServed("quokka", "p05") // nine are few, but they were more
	for i := range 3 {
		must(t, w.catalog.Exclude(t.Context(), w.document(fmt.Sprintf("p%02d", 11+i)).Key, "me"))
	}
	w.sync()
	w.wantServed("quokka", "p05", "p06", "p07", "p08", "p09", "p10")
	w.wantConsistent()
}

func TestTemplatesAreNoSightOfADocumentAndNoLoss(t *testing.T) {
	w := footed(t, 12)
	for i := range 12 {
		w.foot(i, page(fmt.Sprintf("topic%02d", i)))
	}
	w.plain = listOnly{w.src}
	w.sync()
	w.src.Remove("p07") // missed for the first time, while all get a footer
	for i := range 12 {
		if i != 7 {
			w.foot(i, page(fmt.Sprintf("topic%02d", i))+footer)
		}
	}
	w.foot(7, page("topic07"))
	w.src.Remove("p07")
	r := w.sync()
	w.wantCounts(r, "done: text_changed 11, reprocessed 10")
	if d := w.document("p07"); d.Missed != 1 || d.State != catalog.Present {
		t.Errorf("p07 is %s and was missed %d times", d.State, d.Missed)
	}
	w.src.Remove("p00") // the keeper is missed: it serves, and keeps
	w.wantCounts(w.sync(), "done: unchanged 10, hidden 1")
	w.wantServed("quokka", "p00")
	if d := w.document("p00"); d.Missed != 1 {
		t.Errorf("p00 was missed %d times", d.Missed)
	}
	w.wantCounts(w.sync(), "done: reprocessed 1, unchanged 10, hidden 1")
	w.wantServed("quokka", "p01")
}

func TestAStoppedLearningIsGoneOnWith(t *testing.T) {
	w := footed(t, 30)
	ctx, stop := context.WithCancel(t.Context())
	commits := 0
	w.syncer = NewSyncer(Options{Catalog: w.catalog, Extractor: w.syncer.Extractor, Now: w.clock.now, Open: w.syncer.Open,
		Limits: Limits{BatchDocuments: 5}, Reached: func(p Phase) {
			if p == PhaseLearned {
				commits = 1
			} else if p == PhaseCommitted && commits > 0 {
				if commits++; commits == 3 {
					stop()
				}
			}
		}})
	if res, err := w.syncer.Run(ctx, "s", RunOptions{}); err == nil || res.Report.Result != catalog.RunStopped {
		t.Fatalf("%v, %v", res.Report, err)
	}
	known := w.learned()
	if known.Applied || len(known.Blocks) != 1 {
		t.Fatalf("%+v", known)
	}
	w.wantCounts(w.sync(), "done: reprocessed 19, unchanged 30")
	w.wantServed("quokka", "p00")
	if !w.learned().Applied {
		t.Error("not applied")
	}
	w.wantConsistent()
}

func TestBetweenFullPassesOnlyMuchIsLearnedAgain(t *testing.T) {
	w := footed(t, 40)
	w.kind.HasFeed = true
	w.sync()
	before := w.learned().Learned
	w.foot(20, page("news")+footer)
	w.wantCounts(w.sync(), "done: text_changed 1")
	if known := w.learned(); known.Learned != before || known.Changed != 1 {
		t.Errorf("one of forty taught something: %+v", known)
	}
	w.foot(0, page("welcome")) // it kept the footer
	w.wantCounts(w.sync(), "done: text_changed 1, reprocessed 1")
	w.wantServed("quokka", "p01")
	if known := w.learned(); known.Changed != 0 {
		t.Errorf("%d are counted still", known.Changed)
	}
}

// Whatever pages share and however they change: after each run, all that the texts of
// the served documents say is in a passage.
func TestNothingOfAChangingSiteIsInNoPassage(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 9))
		w := newWorld(t)
		w.kind.Templated = true
		put := func(i int) {
			var b strings.Builder
			fmt.Fprintf(&b, "<div><p>Common menu of version %d</p><ul><li>Home</li><li>Aide</li><li>Offres</li><li>Item%d</li></ul>", r.IntN(2), r.IntN(3))
			b.WriteString(page(fmt.Sprintf("topic%02d", i)))
			for k := range 4 {
				if r.IntN(4) > 0 {
					fmt.Fprintf(&b, "<h2>Shared heading %d</h2><p>Shared text %d, open from %d to 17.</p>", k, k, 8+r.IntN(2))
				}
			}
			b.WriteString("</div>")
			w.src.PutDocument(connectors.Document{ID: fmt.Sprintf("p%02d", i), URI: fmt.Sprintf("https://example.org/%s/p%02d", []string{"a", "b"}[i%2], i)}, b.String())
		}
		for i := range 25 {
			put(i)
		}
		left := 0
		for range 8 {
			if rep := w.sync(); rep.Result != catalog.RunDone || rep.DeletionsPending > 0 {
				t.Fatalf("%+v", rep)
			}
			left += w.wantAllSaid()
			for range 3 {
				put(r.IntN(28))
			}
			if r.IntN(2) == 0 {
				w.src.Remove(fmt.Sprintf("p%02d", r.IntN(28)))
			}
			w.clock.pass(25 * time.Hour)
		}
		if left == 0 {
			t.Errorf("seed %d: nothing was ever left out", seed)
		}
		w.wantConsistent()
	}
}

// wantAllSaid fails unless every line of every served text is in a passage of a served
// document, and every document was made with what was learned. It counts the blocks
// left out.
func (w *world) wantAllSaid() int {
	w.t.Helper()
	ctx := w.t.Context()
	var said strings.Builder
	lines := make(map[string]string)
	left := 0
	set := templates.NewSet(w.learned().Blocks)
	for d, err := range w.catalog.AllDocuments(ctx, catalog.DocumentFilter{Source: "s", States: []catalog.State{catalog.Present, catalog.Unreadable}}) {
		must(w.t, err)
		packed, err := w.catalog.LastText(ctx, d.Key)
		must(w.t, err)
		var text extract.Text
		must(w.t, json.Unmarshal(packed, &text))
		if want := set.Leave(pageOf(&d, &text), &text); want.Mark != d.LeftOutMark {
			w.t.Fatalf("%s was made without other blocks than were learned", d.ExternalID)
		}
		left += d.LeftOut
		plain, list := text.Layout()
		for _, l := range list {
			lines[strings.TrimLeft(plain[l.Start:l.End], " -")] = d.ExternalID
		}
		chunks, err := w.catalog.ChunksOf(ctx, d.Key)
		must(w.t, err)
		for _, c := range chunks {
			fmt.Fprintln(&said, c.Title, "\n", strings.Join(slices.Concat(c.Heading, []string{c.Question, c.Text}), "\n"))
			if c.Start < 0 || c.End > len(plain) || c.Start >= c.End {
				w.t.Fatalf("%s has a passage at %d to %d of %d", d.ExternalID, c.Start, c.End, len(plain))
			}
		}
	}
	for line, id := range lines {
		if !strings.Contains(said.String(), line) {
			w.t.Fatalf("%q of %s is in no passage", line, id)
		}
	}
	return left
}
