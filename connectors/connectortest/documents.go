package connectortest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"freshet/connectors"
)

// hostileNames are names that places hold and code trips over.
func hostileNames() []string {
	return []string{
		"été à Évry", "e\u0301te\u0301 a\u0300 E\u0301vry", "日本語 の ページ", "שלום", "👩‍👩‍👧 family",
		"with space", "with%20space", "with+space", " leading", "trailing ",
		"UPPER", "upper", "Ａ fullwidth", "A fullwidth", "a?b=c&d=e#f", "a;b:c,d", "100%", "%zz",
		`quote"and'quote`, "<b>tag</b>", "&amp;", "back\\slash", "a//b", "../up", "..", "./here", "a/../b",
		"line\nbreak", "tab\there", "null\x00byte", "bell\a", "\u202Erevoc", "zero\u200Bwidth", "\xff\xfe bytes",
		"-leading-dash", "*[star]?", "~home", "$HOME", "CON", ".hidden", "'; drop table documents; --",
		strings.Repeat("long ", 40), strings.Repeat("very-long-", 190), strings.Repeat("too-long-", 300),
	}
}

func (s *suite) hostile(t *testing.T, w *stage) {
	ids := map[string]string{}
	var not []string
	for i, name := range append(hostileNames(), s.o.Names...) {
		content := fmt.Sprintf("delta text of hostile name number %d.", i)
		id := w.Put(name, content)
		if id == "" {
			not = append(not, fmt.Sprintf("%.40q", name))
			continue
		}
		if other, taken := ids[id]; taken {
			t.Logf("the place keeps %.40q and %.40q as one", name, other)
		}
		ids[id] = name
		if len(id) <= maxID {
			w.want[id] = content
		}
	}
	if len(not) > 0 {
		t.Logf("the place cannot hold %s", strings.Join(not, ", "))
	}
	out := w.whole(NewPosition(connectors.Full))
	w.mustHold(out.state, nil)
	pos := NewPosition(connectors.Full)
	first, marks := w.record(pos, nil)
	for _, i := range slices.Compact([]int{0, len(marks) / 2, len(marks) - 1}) {
		if i >= 0 && i < len(marks) {
			w.resumeAll(marks[i:i+1], first.state, "hostile names")
		}
	}
}

func (s *suite) sizes(t *testing.T, w *stage) {
	if !w.put("empty", "") {
		t.Log("the place cannot hold an empty document")
	}
	w.put("large", strings.Repeat("many words in one large document ", 8000))
	out := w.whole(NewPosition(connectors.Full))
	if id := w.names["empty"]; id != "" && out.state[id].how != "text" {
		// To say that it has no content is as good.
		if how := out.state[id].how; how != "skip" && how != "verdict" {
			t.Errorf("the empty document came as %q", how)
		}
		delete(w.want, id)
		w.fixed[id] = true
	}
	w.mustHold(out.state, nil)
}

func (s *suite) twice(t *testing.T, w *stage) {
	w.needs(w.Twice != nil, "list one ID twice")
	w.fill(s.o.Documents)
	name := nameOf(1)
	id := w.names[name]
	w.Twice(name, "omega text of the second of the same ID")
	out := w.whole(NewPosition(connectors.Full))
	w.mustHold(out.state, nil)
	upserts, reported := 0, false
	for _, c := range out.changes {
		switch c := c.(type) {
		case connectors.Upsert:
			if c.Document.ID == id {
				upserts++
			}
		case connectors.Skip:
			reported = reported || c.ID == id && c.Reason == connectors.SkipDuplicate
		}
	}
	if upserts != 1 {
		t.Errorf("the ID that is listed twice came %d times as Upsert", upserts)
	}
	if !reported {
		t.Errorf("nothing says that the ID is there twice; a Skip with %q is due", connectors.SkipDuplicate)
	}
}

func (s *suite) twoPulls(t *testing.T, w *stage) {
	w.fill(s.o.Documents)
	src := w.Source()
	var outs [2]pulled
	var wg sync.WaitGroup
	for i := range outs {
		wg.Go(func() { outs[i] = puller{t: failLater{t}}.run(t.Context(), src, NewPosition(connectors.Full)) })
	}
	wg.Wait()
	for _, out := range outs {
		w.mustBeDone(out)
		w.mustHold(out.state, nil)
	}
	w.mustEqual(outs[1].state, outs[0].state, "two pulls at once")
}

// failLater lets helpers that end the test be used off the test's goroutine.
type failLater struct{ testing.TB }

func (f failLater) Fatalf(format string, args ...any) { f.TB.Helper(); f.TB.Errorf(format, args...) }
func (f failLater) Fatal(args ...any)                 { f.TB.Helper(); f.TB.Error(args...) }

func (s *suite) open(t *testing.T, w *stage) {
	w.fill(4)
	pos := NewPosition(connectors.Full)
	opened := 0
	for c, err := range w.Source().Pull(t.Context(), pos) {
		if err != nil {
			t.Fatalf("the pull failed: %v", err)
		}
		up, ok := c.(connectors.Upsert)
		if !ok {
			continue
		}
		opened++
		var bodies [4]string
		var errs [4]error
		var wg sync.WaitGroup
		for i := range bodies {
			wg.Go(func() { bodies[i], errs[i] = readAll(t.Context(), up.Document) })
		}
		wg.Wait()
		for i := range bodies {
			if errs[i] != nil || bodies[i] != bodies[0] {
				t.Errorf("opening %.80q for the %dth time: %.80q, %v; the first time %.80q", up.Document.ID, i+1, bodies[i], errs[i], bodies[0])
			}
		}
	}
	if opened == 0 {
		t.Error("the pull yielded no document")
	}
}
