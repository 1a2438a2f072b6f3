package connectortest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"freshet/connectors"
)

// Run checks a kind of Source against the contract of package connectors. Every
// part is a subtest with a sentence for a name and a world of its own.
func Run(t *testing.T, o Options) {
	t.Helper()
	if o.Documents == 0 {
		o.Documents = 12
	}
	s := &suite{o: o}
	parts := []struct {
		name string
		run  func(*testing.T, *stage)
	}{
		{"the first pass lists everything and ends with PassDone", s.firstPass},
		{"a second pass says Same or an equal revision for what is unchanged", s.secondPass},
		{"a change, a new document and a removal are seen", s.changes},
		{"a new source with an empty position lists everything anew", s.onlyThePosition},
		{"an empty place", s.empty},
		{"resuming from every checkpoint gives the same end state", s.resume},
		{"breaking off at every change gives the same end state", s.breakOff},
		{"no goroutine is left behind by pulls that are broken off", s.leaks},
		{"a cancelled pull ends within a second with the context's error", s.cancel},
		{"a pull cancelled while the place hangs ends within a second", s.cancelStalled},
		{"a listing cut short is ErrTruncated and no PassDone", s.truncated},
		{"a listing that fails midway is an error and no PassDone", s.failing},
		{"a place that vanished is an error and no PassDone", s.vanished},
		{"a document that breaks is a fault and the rest arrives", s.fault},
		{"a document that cannot be read is a verdict and the rest arrives", s.verdict},
		{"a document that must not be indexed is skipped with a reason", s.skipped},
		{"the same ID twice is one document", s.twice},
		{"hostile names arrive as themselves", s.hostile},
		{"an empty and a large document arrive", s.sizes},
		{"a throttled pass finishes", s.throttled},
		{"a long wait is RetryAfter and the next pull finishes", s.postponed},
		{"two pulls at once see the same", s.twoPulls},
		{"a document can be opened twice and from several goroutines", s.open},
		{"a cursor that is not its own is ErrCursor", s.foreignCursor},
		{"Check speaks in sentences", s.check},
		{"Fetch says how one document stands", s.fetch},
		{"InScope agrees with the listing", s.inScope},
	}
	if o.HasFeed {
		parts = append(parts, s.feedParts()...)
	}
	for _, part := range parts {
		t.Run(part.name, func(t *testing.T) { part.run(t, newStage(t, o)) })
	}
}

type part = struct {
	name string
	run  func(*testing.T, *stage)
}

type suite struct{ o Options }

// stage is one world with what was put into it.
type stage struct {
	*World
	t     *testing.T
	want  map[string]string // ID -> content put
	names map[string]string // name -> ID
	fixed map[string]bool
}

func newStage(t *testing.T, o Options) *stage {
	w := o.New(t)
	s := &stage{World: w, t: t, want: map[string]string{}, names: map[string]string{}, fixed: map[string]bool{}}
	for _, id := range w.Fixed {
		s.fixed[id] = true
	}
	return s
}

// put fills the world and notes what must come out. It reports whether the place
// can hold the name.
func (s *stage) put(name, content string) bool {
	s.t.Helper()
	id := s.Put(name, content)
	if id == "" {
		return false
	}
	s.want[id] = content
	s.names[name] = id
	return true
}

func (s *stage) fill(n int) {
	s.t.Helper()
	for i := range n {
		if !s.put(nameOf(i), fmt.Sprintf("alpha text number %d of the first version", i)) {
			s.t.Fatalf("the world cannot hold a document called %q", nameOf(i))
		}
	}
}

func (s *stage) remove(name string) {
	s.Remove(name)
	delete(s.want, s.names[name])
}

func nameOf(i int) string { return fmt.Sprintf("page-%02d", i) }

// pull runs a whole pull with a new source.
func (s *stage) pull(pos *Position) pulled {
	s.t.Helper()
	return puller{t: s.t}.run(s.t.Context(), s.Source(), pos)
}

// whole runs a pull that must end with PassDone.
func (s *stage) whole(pos *Position) pulled {
	s.t.Helper()
	out := s.pull(pos)
	s.mustBeDone(out)
	return out
}

func (s *stage) mustBeDone(out pulled) {
	s.t.Helper()
	if out.err != nil {
		s.t.Fatalf("the pull failed: %v", out.err)
	}
	if !out.done {
		s.t.Fatal("the pull ended without PassDone")
	}
}

// mustHold compares what was pulled with what was put. Documents of base stand in
// for those that the pull calls Same.
func (s *stage) mustHold(got state, base state) {
	s.t.Helper()
	for id, content := range s.want {
		e, ok := got[id]
		if ok && e.how == "same" {
			e, ok = base[id], base != nil
		}
		switch {
		case !ok:
			s.t.Errorf("the document %.80q is missing", id)
		case e.how != "text":
			s.t.Errorf("the document %.80q came as %s, not as text", id, e.how)
		case !strings.Contains(e.body, content):
			s.t.Errorf("the document %.80q reads %.200q, which does not contain %q", id, e.body, content)
		}
	}
	for id, e := range got {
		if _, ok := s.want[id]; !ok && !s.fixed[id] && e.how != "deleted" {
			s.t.Errorf("the document %.80q (%s) is not one that was put", id, e.how)
		}
	}
}

// merge applies what a later pull said to what was known, as a pipeline does.
func merge(known, said state, done bool) state {
	out := state{}
	for id, e := range said {
		if e.how == "same" || e.how == "fault" {
			if old, ok := known[id]; ok {
				e = old
			}
		}
		if e.how != "deleted" {
			out[id] = e
		}
	}
	if !done {
		for id, e := range known {
			if _, ok := said[id]; !ok {
				out[id] = e
			}
		}
	}
	return out
}

// mustEqual compares two end states of the same world.
func (s *stage) mustEqual(got, want state, when string) {
	s.t.Helper()
	for _, id := range slices.Sorted(maps.Keys(want)) {
		if got[id] != want[id] {
			s.t.Errorf("%s: the document %.80q is %.120q, undisturbed it is %.120q", when, id, got[id], want[id])
		}
	}
	for id := range got {
		if _, ok := want[id]; !ok {
			s.t.Errorf("%s: the document %.80q is there, undisturbed it is not", when, id)
		}
	}
}

// mustFail checks that a pull ended with an error and without PassDone.
func (s *stage) mustFail(out pulled) {
	s.t.Helper()
	if out.done {
		s.t.Fatal("the pull said PassDone")
	}
	if out.err == nil {
		s.t.Fatal("the pull ended without an error")
	}
	if errors.Is(out.err, context.Canceled) || errors.Is(out.err, context.DeadlineExceeded) && s.t.Context().Err() != nil {
		s.t.Fatalf("the pull says that it was cancelled, which it was not: %v", out.err)
	}
}

func (s *stage) needs(can bool, what string) {
	s.t.Helper()
	if !can {
		s.t.Skipf("this kind's world cannot %s", what)
	}
}

func countOf[C connectors.Change](changes []connectors.Change) int {
	n := 0
	for _, c := range changes {
		if _, ok := c.(C); ok {
			n++
		}
	}
	return n
}
