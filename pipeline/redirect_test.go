package pipeline

import (
	"context"
	"iter"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/index/catalog"
)

// redirecting is a source that says where its documents came from.
type redirecting struct {
	*connectortest.Memory
	from    map[string]string
	notices []connectors.Notice
}

func (s redirecting) Pull(ctx context.Context, pos connectors.Position) iter.Seq2[connectors.Change, error] {
	return func(yield func(connectors.Change, error) bool) {
		for _, n := range s.notices {
			if !yield(n, nil) {
				return
			}
		}
		for change, err := range s.Memory.Pull(ctx, pos) {
			if up, ok := change.(connectors.Upsert); ok {
				up.From = s.from[up.Document.ID]
				change = up
			}
			if !yield(change, err) {
				return
			}
		}
	}
}

const longText = "The router needs two minutes after each restart until its lamp shines steadily green and the phone line can be used again by everybody at home."

func TestAPageThatRedirectsKeepsItsKeyAlsoWhenItsTextChanges(t *testing.T) {
	w := newWorld(t)
	w.fill(5)
	w.src.Put("old", "# Router\n"+longText)
	w.sync()
	before := w.document("old")

	w.src.Remove("old")
	w.src.Put("new", "# Router\n"+strings.Replace(longText, "two minutes", "three minutes", 1))
	w.plain = redirecting{Memory: w.src, from: map[string]string{"new": "old"}}
	w.wantCounts(w.sync(), "done: unchanged 5, moved 1")
	after := w.document("new")
	if after.Key != before.Key {
		t.Errorf("the key was %s and is %s", before.Key, after.Key)
	}
	if text, err := w.catalog.LastText(t.Context(), after.Key); err != nil || !strings.Contains(string(text), "three minutes") {
		t.Errorf("the text kept is %.200q (%v)", text, err)
	}
	w.wantCounts(w.sync(), "done: unchanged 6")
}

func TestARedirectToAnotherTextIsNoMove(t *testing.T) {
	w := newWorld(t)
	w.fill(20)
	w.src.Put("old", "# Router\n"+longText)
	w.sync()
	before := w.document("old")

	w.src.Remove("old")
	w.src.Put("home", "# Welcome\nChoose among our plans, ask for help, or look where the nearest shop of the company is and when it opens on Saturdays and holidays.")
	w.plain = redirecting{Memory: w.src, from: map[string]string{"home": "old"}}
	w.sync()
	if after := w.document("home"); after.Key == before.Key {
		t.Error("the start page took the key of a page that redirects to it")
	}
}

func TestWhatASourceSaysOfItselfIsInTheReport(t *testing.T) {
	w := newWorld(t)
	w.fill(3)
	n := connectors.Notice{Code: "trap", Text: "The calendar under /agenda/ has no end."}
	w.plain = redirecting{Memory: w.src, notices: []connectors.Notice{n, n}}
	r := w.sync()
	if len(r.Notices) != 1 || r.Notices[0] != (catalog.Notice{Code: n.Code, Text: n.Text}) {
		t.Errorf("the report's notices are %+v", r.Notices)
	}
}
