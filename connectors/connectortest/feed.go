package connectortest

import (
	"errors"
	"maps"
	"testing"

	"freshet/connectors"
)

func (s *suite) feedParts() []part {
	return []part{
		{"a feed begins now, ends with a Checkpoint and never says PassDone", s.feedBegins},
		{"a feed tells of changes, new documents and removals", s.feedTells},
		{"a feed resumed from every checkpoint gives the same end state", s.feedResumes},
		{"a feed broken off at every change gives the same end state", s.feedBreaks},
		{"a feed begun before a full pass misses nothing of what changes meanwhile", s.feedCovers},
		{"a feed with a cursor that is not its own is ErrCursor", s.feedForeign},
	}
}

// caughtUp pulls a feed to its end.
func (w *stage) caughtUp(pos *Position) pulled {
	w.t.Helper()
	out := w.pull(pos)
	if out.err != nil {
		w.t.Fatalf("the feed failed: %v", out.err)
	}
	return out
}

// apply replays a feed over what was known.
func apply(known, said state) state {
	out := maps.Clone(known)
	for id, e := range said {
		switch e.how {
		case "deleted":
			delete(out, id)
		case "same":
		default:
			out[id] = e
		}
	}
	return out
}

func (s *suite) feedBegins(t *testing.T, w *stage) {
	w.fill(s.o.Documents)
	pos := NewPosition(connectors.Feed)
	out := w.caughtUp(pos)
	if pos.Cursor() == "" {
		t.Fatal("the feed's first pull gave no cursor")
	}
	if _, ok := out.changes[len(out.changes)-1].(connectors.Checkpoint); !ok {
		t.Errorf("the feed's last change is %#v, not a Checkpoint", out.changes[len(out.changes)-1])
	}
	again := w.caughtUp(pos)
	for id, e := range again.state {
		if e.how != "same" {
			t.Errorf("nothing changed, yet the feed tells of %.80q", id)
		}
	}
}

// edit makes one change of each sort.
func (w *stage) edit() {
	w.put(nameOf(1), "beta text that replaced the first version")
	w.put(nameOf(1), "beta text that replaced the second version")
	w.put("added-later", "gamma text of a document added later")
	w.remove(nameOf(2))
	w.remove(nameOf(3))
	w.put(nameOf(3), "beta text of a document that came back")
}

// begun returns a feed position at the present and what a full pass lists.
func (s *suite) begun(w *stage) (*Position, state) {
	w.fill(s.o.Documents)
	pos := NewPosition(connectors.Feed)
	w.caughtUp(pos)
	return pos, w.whole(NewPosition(connectors.Full)).state
}

func (s *suite) feedTells(t *testing.T, w *stage) {
	pos, known := s.begun(w)
	w.edit()
	out := w.caughtUp(pos)
	w.mustHold(apply(known, out.state), nil)
	if len(out.state) > s.o.Documents/2 {
		t.Errorf("the feed tells of %d documents where four changed", len(out.state))
	}
}

func (s *suite) feedResumes(t *testing.T, w *stage) {
	pos, known := s.begun(w)
	w.edit()
	for i := range s.o.Documents {
		w.put("more-"+nameOf(i), "epsilon text of one more document")
	}
	var marks []*Position
	p := puller{t: t, onTaken: func(c connectors.Change) {
		if _, ok := c.(connectors.Checkpoint); ok {
			marks = append(marks, pos.Clone())
		}
	}}
	out := p.run(t.Context(), w.Source(), pos)
	if out.err != nil {
		t.Fatalf("the feed failed: %v", out.err)
	}
	want := apply(known, out.state)
	for i, state := range saidUpToCheckpoints(out) {
		rest := w.caughtUp(marks[i])
		w.mustEqual(apply(apply(known, state), rest.state), want, "resumed")
	}
}

// saidUpToCheckpoints returns what a feed had said at each of its checkpoints.
func saidUpToCheckpoints(out pulled) []state {
	var states []state
	said := state{}
	for _, c := range out.changes {
		id := ""
		switch c := c.(type) {
		case connectors.Checkpoint:
			states = append(states, maps.Clone(said))
		case connectors.Upsert:
			id = c.Document.ID
		case connectors.Delete:
			id = c.ID
		case connectors.Skip:
			id = c.ID
		case connectors.Unreadable:
			id = c.ID
		}
		if id != "" {
			said[id] = out.state[id]
		}
	}
	return states
}

func (s *suite) feedBreaks(t *testing.T, w *stage) {
	begin, known := s.begun(w)
	w.edit()
	want := apply(known, w.caughtUp(begin.Clone()).state)
	for k := 1; k < 100; k++ {
		pos := begin.Clone()
		broken := puller{t: t, stopAt: k}.run(t.Context(), w.Source(), pos)
		if broken.err != nil {
			t.Fatalf("broken off after %d changes, the feed failed: %v", k, broken.err)
		}
		pos.Drop()
		got := known
		if states := saidUpToCheckpoints(broken); len(states) > 0 {
			got = apply(known, states[len(states)-1])
		}
		w.mustEqual(apply(got, w.caughtUp(pos).state), want, "broken off")
		if len(broken.changes) < k {
			return
		}
	}
}

func (s *suite) feedCovers(t *testing.T, w *stage) {
	w.fill(s.o.Documents)
	feed := NewPosition(connectors.Feed)
	w.caughtUp(feed)
	n := 0
	p := puller{t: t, onTaken: func(connectors.Change) {
		if n++; n == s.o.Documents/2 {
			w.edit()
		}
	}}
	full := p.run(t.Context(), w.Source(), NewPosition(connectors.Full))
	w.mustBeDone(full)
	w.mustHold(apply(full.state, w.caughtUp(feed).state), nil)
}

func (s *suite) feedForeign(t *testing.T, w *stage) {
	w.fill(3)
	out := w.pull(NewPosition(connectors.Feed).WithCursor("not a cursor"))
	if !errors.Is(out.err, connectors.ErrCursor) {
		t.Errorf("the cursor gave %v, not ErrCursor", out.err)
	}
}
