package pipeline

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/index/catalog"
	"freshet/pipeline/contents"
)

// keeps gives the world a store of contents.
func (w *world) keeps() {
	w.t.Helper()
	s, err := contents.Open(contents.Options{Dir: filepath.Join(w.t.TempDir(), "contents"), Document: contents.DefaultDocument, Total: contents.DefaultTotal})
	must(w.t, err)
	w.kept = s
	w.join(w.store)
}

// age makes documents those of an older version of Freshet.
func (w *world) age(change func(*catalog.Document), ids ...string) {
	w.t.Helper()
	b := &catalog.Batch{Source: "s"}
	for _, id := range ids {
		d := w.document(id)
		change(&d)
		b.Changes = append(b.Changes, catalog.Change{Document: d, Outcome: catalog.Unchanged, Unasked: true})
	}
	// What another version noted is not what this one would.
	b.Memory = map[string]string{rereadNote: "older ."}
	_, err := w.catalog.Apply(w.t.Context(), b)
	must(w.t, err)
}

func older(d *catalog.Document) { d.Recipe = strings.Replace(d.Recipe, "/", "/0.", 1) }

func (w *world) opens() int { return w.src.Counts().Opens }

func (w *world) ids(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("p%02d", i))
	}
	return out
}

func TestAFormThatIsReadOtherwiseIsReadAgainFromWhatIsKept(t *testing.T) {
	w := newWorld(t)
	w.keeps()
	w.fill(6)
	w.src.PutDocument(connectors.Document{ID: "plain", MediaType: "text/plain", URI: "plain.txt"}, "Common words of plaintext that stay as they are.")
	w.wantCounts(w.sync(), "done: new 7")
	if got := w.document("plain").Recipe; !strings.HasPrefix(got, "text/") {
		t.Fatalf("the text has the recipe %s", got)
	}
	before := w.document("plain")
	opens := w.opens()
	w.age(older, w.ids(6)...)
	w.wantServed("topic03", "p03") // the old text serves
	r := w.sync()
	w.wantCounts(r, "done: reprocessed 6, unchanged 7")
	if got := w.opens(); got != opens {
		t.Errorf("the source was asked for %d contents", got-opens)
	}
	after := w.document("plain")
	if after.Recipe != before.Recipe || !after.Changed.Equal(before.Changed) {
		t.Errorf("the plain text was touched: %+v", after)
	}
	for _, id := range w.ids(6) {
		if got := w.document(id).Recipe; strings.Contains(got, "/0.") || !strings.HasPrefix(got, "markdown/") {
			t.Errorf("%s has the recipe %s", id, got)
		}
	}
	w.wantCounts(w.sync(), "done: unchanged 7")
	w.wantConsistent()
}

func TestWithoutItsBytesADocumentIsAskedForAgain(t *testing.T) {
	w := newWorld(t)
	w.fill(6)
	w.sync()
	opens := w.opens()
	w.age(older, "p01", "p04")
	w.wantCounts(w.sync(), "done: reprocessed 2, unchanged 4")
	if got := w.opens() - opens; got != 2 {
		t.Errorf("the source was asked for %d contents, want 2", got)
	}
	w.wantCounts(w.sync(), "done: unchanged 6")
}

func TestReadingAgainIsBoundedAndGoesOnInTheNextRun(t *testing.T) {
	for _, keeps := range []bool{true, false} {
		t.Run(fmt.Sprintf("kept %v", keeps), func(t *testing.T) {
			w := newWorld(t)
			w.limits.Rereads = 3
			if keeps {
				w.keeps()
			} else {
				w.join(w.store)
			}
			w.fill(8)
			w.sync()
			w.age(older, w.ids(8)...)
			for i, want := range []string{"3", "3", "2", "0"} {
				r := w.sync()
				if got := fmt.Sprint(r.Reprocessed); got != want || r.Result != catalog.RunDone || r.Hidden+r.TextChanged > 0 {
					t.Errorf("run %d: %s", i+1, counts(r))
				}
				for _, id := range w.ids(8) {
					w.wantServed("topic"+id[1:], id)
				}
			}
			w.wantConsistent()
		})
	}
}

func TestAFeedDoesNotKeepDocumentsFromBeingReadAgain(t *testing.T) {
	w := newWorld(t)
	w.kind.HasFeed = true
	w.fill(5)
	w.src.Put("bin", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00")
	w.sync()
	w.sync()
	fetches := w.src.Counts().Fetches
	w.age(older, "p01", "p04")
	r := w.sync()
	if got := w.src.Counts().Fetches - fetches; got != 2 || r.Reprocessed != 2 || r.Pass != "feed" {
		t.Errorf("%d documents were fetched in a pass %s: %s", got, r.Pass, counts(r))
	}
	w.age(func(d *catalog.Document) { d.Recipe = refusalMark + "older" }, "bin")
	if r = w.sync(); w.src.Counts().Fetches-fetches != 3 || r.Unreadable != 1 {
		t.Errorf("the refused one was not tried again: %s", counts(r))
	}
	if r = w.sync(); w.src.Counts().Fetches-fetches != 3 {
		t.Errorf("it is tried again and again: %s", counts(r))
	}
}

func TestWhatNoFormReadsIsTriedAgainWhenThereAreOthers(t *testing.T) {
	w := newWorld(t)
	w.fill(3)
	w.src.Put("bin", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00")
	w.wantCounts(w.sync(), "done: new 3, unreadable 1")
	if d := w.document("bin"); d.StateReason != connectors.VerdictMediaType || !strings.HasPrefix(d.Recipe, refusalMark) {
		t.Fatalf("%s, recipe %q", d.StateReason, d.Recipe)
	}
	opens := w.opens()
	w.wantCounts(w.sync(), "done: unchanged 3, unreadable 1")
	if w.opens() != opens {
		t.Error("what all forms refused is asked for although nothing changed")
	}
	w.wantCounts(w.syncWith(RunOptions{Full: true}), "done: unchanged 3, unreadable 1")
	if w.opens() != opens+1 {
		t.Error("a person's full pass does not try again")
	}
	for name, recipe := range map[string]string{"other forms": refusalMark + "other", "a catalog from before": ""} {
		opens = w.opens()
		w.age(func(d *catalog.Document) { d.Recipe = recipe }, "bin")
		w.wantCounts(w.sync(), "done: unchanged 3, unreadable 1")
		if w.opens() != opens+1 {
			t.Errorf("%s: it was not tried again", name)
		}
	}
	w.src.Put("bin", page("readable"))
	w.wantCounts(w.sync(), "done: new 1, unchanged 3")
	w.wantServed("readable", "bin")
}

// changeKept puts another content in the place of the one that is kept, as if the
// present readers made another text of it.
func (w *world) changeKept(id, content string) {
	w.t.Helper()
	w.age(func(d *catalog.Document) {
		older(d)
		d.Content = contents.Hash([]byte(content))
		staged, err := w.kept.Stage(d.Key, d.Content, []byte(content))
		must(w.t, err)
		must(w.t, staged.Keep())
	}, id)
}

func TestATextThatIsReadOtherwiseIsNoLossForTheGuard(t *testing.T) {
	w := newWorld(t)
	w.keeps()
	w.fill(6)
	w.sync()
	for _, id := range w.ids(6) {
		w.changeKept(id, login+"<p>Common rewrite of "+id+".</p>")
	}
	r := w.sync()
	w.wantCounts(r, "done: reprocessed 6, unchanged 6")
	w.wantServed("rewrite of p03", "p03")
	w.wantConsistent()
}

func TestTheOldTextServesWhenTheNewReaderRefuses(t *testing.T) {
	w := newWorld(t)
	w.keeps()
	w.fill(3)
	w.sync()
	seen := w.document("p01").Seen
	w.changeKept("p01", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00")
	w.src.SetFaults(connectortest.Faults{Gone: true})
	w.sync()
	d := w.document("p01")
	if d.State != catalog.Unreadable || d.StateReason != connectors.VerdictMediaType || d.Recipe[0] != refusalMark[0] {
		t.Errorf("%s because %s, recipe %s", d.State, d.StateReason, d.Recipe)
	}
	if !d.Seen.Equal(seen) {
		t.Error("to read it again from what is kept counts as a sight of it")
	}
	w.wantServed("topic01", "p01")
	w.src.SetFaults(connectortest.Faults{})
	w.syncWith(RunOptions{Full: true})
	w.wantState("p01", catalog.Present)
	w.wantConsistent()
}

func TestDocumentsThatWaitForADecisionAreNotReadAgain(t *testing.T) {
	w := newWorld(t)
	w.keeps()
	w.fill(8)
	w.sync()
	for _, id := range w.ids(5) {
		w.src.Remove(id)
	}
	w.sync()
	w.age(older, "p01")
	if r := w.sync(); r.DeletionsPending != 5 || r.Reprocessed != 0 {
		t.Errorf("%s", counts(r))
	}
	w.wantServed("topic01", "p01")
}

func TestContentsGoWithTheirDocuments(t *testing.T) {
	w := newWorld(t)
	w.keeps()
	w.fill(8)
	w.sync()
	key := w.document("p03").Key
	if !w.kept.Has(key, w.document("p03").Content) {
		t.Fatal("the content is not kept")
	}
	w.src.Remove("p03")
	w.sync()
	w.wantState("p03", catalog.Hidden)
	if !w.kept.Has(key, w.document("p03").Content) {
		t.Error("the content of a document that may come back is not kept")
	}
	w.sync()
	w.clock.pass(25 * time.Hour)
	w.sync()
	w.wantState("p03", catalog.Removed)
	if w.kept.Has(key, w.document("p03").Content) {
		t.Error("the content of a removed document is kept")
	}
	was := w.document("p04")
	w.src.PutDocument(connectors.Document{ID: "p04", MediaType: "text/plain", URI: "p04.txt"}, "A common page about topic04 in plain words: parcel service, courier, hotline, counter, note, weekday, fourteen days.")
	w.sync()
	if w.kept.Has(was.Key, was.Content) {
		t.Error("the content of an older version is kept")
	}
}

func TestWhatIsStillToBeReadAgainIsCounted(t *testing.T) {
	w := newWorld(t)
	w.limits.Rereads = 3
	w.keeps()
	w.fill(8)
	w.sync()
	for _, want := range []string{"[]", "[{s 8 8}]", "[{s 8 5}]", "[{s 8 2}]", "[]"} {
		got, err := w.syncer.Rereads(t.Context())
		if err != nil || fmt.Sprint(got) != want {
			t.Errorf("%v, %v; want %s", got, err, want)
		}
		if want == "[]" {
			w.age(older, w.ids(8)...)
		} else {
			w.sync()
		}
	}
}
