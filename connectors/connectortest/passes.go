package connectortest

import (
	"fmt"
	"maps"
	"testing"

	"freshet/connectors"
)

func (s *suite) firstPass(t *testing.T, w *stage) {
	w.fill(s.o.Documents)
	out := w.whole(NewPosition(connectors.Full))
	w.mustHold(out.state, nil)
	if _, last := out.changes[len(out.changes)-1].(connectors.PassDone); !last {
		t.Error("PassDone is not the last change")
	}
	seen := map[string]bool{}
	for _, c := range out.changes {
		if up, ok := c.(connectors.Upsert); ok {
			if seen[up.Document.ID] {
				t.Errorf("the document %.80q came twice in one pass", up.Document.ID)
			}
			seen[up.Document.ID] = true
		}
	}
}

func (s *suite) secondPass(t *testing.T, w *stage) {
	w.fill(s.o.Documents)
	pos := NewPosition(connectors.Full)
	first := w.whole(pos)
	revisions := map[string]string{}
	for _, c := range first.changes {
		if up, ok := c.(connectors.Upsert); ok {
			revisions[up.Document.ID] = up.Document.Revision
		}
	}
	second := w.whole(pos)
	w.mustHold(second.state, first.state)
	for _, c := range second.changes {
		up, ok := c.(connectors.Upsert)
		if !ok || w.fixed[up.Document.ID] {
			continue
		}
		if r := revisions[up.Document.ID]; r == "" || r != up.Document.Revision {
			t.Errorf("the unchanged document %.80q came again with revision %q after %q", up.Document.ID, up.Document.Revision, r)
		}
	}
}

func (s *suite) changes(t *testing.T, w *stage) {
	w.fill(s.o.Documents)
	pos := NewPosition(connectors.Full)
	first := w.whole(pos)
	w.put(nameOf(1), "beta text that replaced the first version")
	w.put("added-later", "gamma text of a document added later")
	gone := w.names[nameOf(2)]
	w.remove(nameOf(2))
	second := w.whole(pos)
	w.mustHold(second.state, first.state)
	if e := second.state[w.names[nameOf(1)]]; e.how != "text" {
		t.Errorf("the changed document came as %q, not as an Upsert", e.how)
	}
	changed := w.names[nameOf(1)]
	if r := revisionIn(second, changed); r != "" && r == revisionIn(first, changed) {
		t.Errorf("the changed document came with the revision that it had before, %q", r)
	}
	if e, ok := second.state[gone]; ok && e.how != "deleted" {
		t.Errorf("the removed document came as %q", e.how)
	}
	third := w.whole(pos)
	w.mustHold(third.state, merge(first.state, second.state, true))
}

// revisionIn returns the revision under which a pull yielded a document, or "".
func revisionIn(out pulled, id string) string {
	for _, c := range out.changes {
		if up, ok := c.(connectors.Upsert); ok && up.Document.ID == id {
			return up.Document.Revision
		}
	}
	return ""
}

func (s *suite) onlyThePosition(t *testing.T, w *stage) {
	w.fill(s.o.Documents)
	src := w.Source()
	first := puller{t: t}.run(t.Context(), src, NewPosition(connectors.Full))
	w.mustBeDone(first)
	again := puller{t: t}.run(t.Context(), src, NewPosition(connectors.Full))
	w.mustBeDone(again)
	w.mustHold(again.state, nil)
	if n := countOf[connectors.Same](again.changes); n > 0 {
		t.Errorf("a pull with an empty position says Same %d times: the source remembers what only the position may", n)
	}
}

func (s *suite) empty(t *testing.T, w *stage) {
	out := w.pull(NewPosition(connectors.Full))
	if out.err == nil && !out.done {
		t.Error("the pull of an empty place ended with neither an error nor PassDone")
	}
	w.mustHold(out.state, nil)
	w.fill(3)
	w.mustHold(w.whole(NewPosition(connectors.Full)).state, nil)
}

// snapshot is a position at a checkpoint with what an observer knew then.
type snapshot struct {
	pos   *Position
	known state
}

// record runs a whole pass, keeping every checkpoint.
func (w *stage) record(pos *Position, known state) (pulled, []snapshot) {
	w.t.Helper()
	var marks []snapshot
	p := puller{t: w.t, onTaken: func(c connectors.Change) {
		if _, ok := c.(connectors.Checkpoint); ok {
			marks = append(marks, snapshot{pos: pos.Clone()})
		}
	}}
	out := p.run(w.t.Context(), w.Source(), pos)
	w.mustBeDone(out)
	for i, s := range statesAtCheckpoints(out, known) {
		marks[i].known = s
	}
	return out, marks
}

// statesAtCheckpoints replays a pull and returns what was listed in it up to each
// checkpoint. Documents that it calls Same are as in known.
func statesAtCheckpoints(out pulled, known state) []state {
	var states []state
	seen := state{}
	for _, c := range out.changes {
		switch c := c.(type) {
		case connectors.Checkpoint:
			states = append(states, maps.Clone(seen))
		case connectors.Upsert:
			seen[c.Document.ID] = out.state[c.Document.ID]
		case connectors.Same:
			seen[c.ID] = known[c.ID]
		case connectors.Unreadable:
			seen[c.ID] = out.state[c.ID]
		case connectors.Delete:
			delete(seen, c.ID)
		case connectors.Skip:
			if c.Reason != connectors.SkipDuplicate {
				seen[c.ID] = out.state[c.ID]
			}
		}
	}
	return states
}

func (s *suite) resume(t *testing.T, w *stage) {
	w.fill(s.o.Documents)
	pos := NewPosition(connectors.Full)
	first, marks := w.record(pos, nil)
	w.resumeAll(marks, first.state, "first pass")

	w.put(nameOf(1), "beta text that replaced the first version")
	w.remove(nameOf(2))
	second, marks2 := w.record(pos, first.state)
	w.resumeAll(marks2, merge(first.state, second.state, true), "second pass")
	if len(marks)+len(marks2) == 0 {
		t.Log("this source gives no checkpoints within a pass: every pass begins anew")
	}
}

// resumeAll pulls from every recorded checkpoint to the end.
func (w *stage) resumeAll(marks []snapshot, want state, when string) {
	w.t.Helper()
	for i, m := range marks {
		got := w.finish(m.pos, m.known, want)
		w.mustEqual(got, want, fmt.Sprintf("%s, resumed from checkpoint %d of %d", when, i+1, len(marks)))
	}
}

// finish pulls the rest of a pass of which known was listed and committed, and
// returns what the whole pass listed. A document that the rest calls Same is as
// it was before the pass, in old.
func (w *stage) finish(pos *Position, known, old state) state {
	w.t.Helper()
	got := maps.Clone(known)
	if got == nil {
		got = state{}
	}
	for id, e := range w.whole(pos).state {
		switch {
		case e.how == "deleted":
			delete(got, id)
		case e.how != "same":
			got[id] = e
		case got[id].how == "":
			got[id] = old[id]
		}
	}
	return got
}

func (s *suite) breakOff(t *testing.T, w *stage) {
	w.fill(s.o.Documents)
	undisturbed := w.whole(NewPosition(connectors.Full)).state
	for k := 1; ; k++ {
		pos := NewPosition(connectors.Full)
		broken := puller{t: t, stopAt: k}.run(t.Context(), w.Source(), pos)
		if broken.err != nil {
			t.Fatalf("broken off after %d changes, the pull failed: %v", k, broken.err)
		}
		if broken.done {
			return
		}
		pos.Drop()
		var committed state
		if states := statesAtCheckpoints(broken, nil); len(states) > 0 {
			committed = states[len(states)-1]
		}
		// Nothing was held before the pass, so Same is only right for what was committed.
		got := w.finish(pos, committed, nil)
		w.mustEqual(got, undisturbed, fmt.Sprintf("broken off after %d changes", k))
	}
}
