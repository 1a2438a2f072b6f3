package frontier

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"freshet/connectors"
)

// memory is a connectors.Memory that checks what the contract says of notes.
type memory struct {
	t     testing.TB
	notes map[string]string
	sets  int
}

func newMemory(t testing.TB) *memory { return &memory{t: t, notes: map[string]string{}} }

func (m *memory) Get(ctx context.Context, key string) (string, error) {
	return m.notes[key], ctx.Err()
}

func (m *memory) Set(key, value string) {
	m.sets++
	if len(value) > 4<<10 {
		m.t.Errorf("the note %s has %d bytes", key, len(value))
	}
	if value == "" {
		delete(m.notes, key)
		return
	}
	m.notes[key] = value
}

func (m *memory) clone() *memory { return &memory{t: m.t, notes: maps.Clone(m.notes)} }

func open(t testing.TB, m connectors.Memory) *Frontier {
	f, err := New(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func checkpoint(t testing.TB, f *Frontier) string {
	cursor, err := f.Checkpoint("state")
	if err != nil {
		t.Fatal(err)
	}
	return cursor
}

// rest visits everything that is left and says it.
func rest(t testing.TB, f *Frontier) []string {
	var out []string
	for {
		it, ok, err := f.Ahead(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return out
		}
		out = append(out, fmt.Sprintf("%+v %v %t", it, f.Waiting(it.N), f.IsDocument(it.URL)))
		f.Advance()
	}
}

// grow does something with a frontier as a crawl does.
func grow(t testing.TB, f *Frontier, r *rand.Rand, urls func() string) {
	switch r.IntN(8) {
	case 0, 1, 2:
		f.AddLinked(urls(), r.IntN(20), r.IntN(3), r.IntN(f.Len()+1)-1, strings.Repeat("texte é ", r.IntN(30)))
	case 3:
		f.AddKnown(urls(), MaxDepth)
	case 4, 5:
		it, ok, err := f.Ahead(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return
		}
		f.Advance()
		f.Nearer(it.N, r.IntN(30))
		if r.IntN(2) == 0 {
			f.Found(it.N)
		} else if r.IntN(3) == 0 && !it.Again {
			f.Again(it.N)
		}
		f.Settled(it.N)
	case 6:
		if f.Len() > 1 {
			if it, ok, _ := f.Ahead(t.Context(), 0); ok {
				to, _ := f.Add(urls(), 3, 1)
				f.Moved(it.N, to)
			}
		}
	}
}

func TestAFrontierGoesOnFromEveryCheckpointAsIfNothingHadHappened(t *testing.T) {
	for name, length := range map[string]int{"ordinary addresses": 12, "addresses that cannot be packed": 1900} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, uint64(length)))
			urls := func() string {
				var b strings.Builder
				fmt.Fprintf(&b, "https://www.example.org/page/%d/", r.IntN(4000))
				for b.Len() < length {
					fmt.Fprintf(&b, "%c", 33+r.IntN(90))
				}
				return b.String()
			}
			m := newMemory(t)
			f := open(t, m)
			steps := 6000
			if length > 1000 {
				steps = 200
			}
			type mark struct {
				cursor string
				m      *memory
			}
			for i := range steps {
				grow(t, f, r, urls)
				if i%(steps/20) != 0 {
					continue
				}
				at := mark{cursor: checkpoint(t, f), m: m.clone()}
				again, ended, err := Resume(t.Context(), at.m, at.cursor, nil)
				if err != nil || ended {
					t.Fatalf("step %d: %v", i, err)
				}
				if again.Len() != f.Len() || again.Behind() != f.Behind() || again.Documents() != f.Documents() || again.Known() != f.Known() {
					t.Fatalf("step %d: it came back with %d items, not %d", i, again.Len(), f.Len())
				}
				if c := checkpoint(t, again); c != at.cursor {
					t.Errorf("step %d: the same frontier has two cursors", i)
				}
				other, _, err := Resume(t.Context(), m.clone(), at.cursor, nil)
				if err != nil {
					t.Fatal(err)
				}
				for n := range other.Len() {
					if other.first(n) != n {
						continue
					}
					a, errA := other.Item(t.Context(), n)
					b, errB := f.Item(t.Context(), n)
					if errA != nil || errB != nil || a != b {
						t.Fatalf("step %d: item %d is %+v (%v), and came back as %+v (%v)", i, n, b, errB, a, errA)
					}
				}
			}
			cursor := checkpoint(t, f)
			again, _, err := Resume(t.Context(), m.clone(), cursor, nil)
			if err != nil {
				t.Fatal(err)
			}
			if a, b := rest(t, f), rest(t, again); !slices.Equal(a, b) || len(a) == 0 {
				t.Errorf("%d items were left and %d came back", len(a), len(b))
			}
		})
	}
}

func TestOnlyNewBlocksAreWritten(t *testing.T) {
	m := newMemory(t)
	f := open(t, m)
	for i := range 100_000 {
		f.Add(fmt.Sprintf("https://www.example.org/help/articles/%d-how-to-do-number-%d", i, i*7), 1, 0)
	}
	checkpoint(t, f)
	blocks := len(m.notes)
	size := 0
	for _, text := range m.notes {
		size += len(text)
	}
	t.Logf("100,000 addresses take %d notes, %d KB", blocks, size>>10)
	if size > 2<<20 {
		t.Errorf("the log takes %d KB", size>>10)
	}
	before := m.sets
	for range 1000 {
		it, _, err := f.Ahead(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		f.Advance()
		f.Found(it.N)
		checkpoint(t, f)
	}
	if wrote := m.sets - before; wrote > 1010 {
		t.Errorf("1,000 checkpoints wrote %d notes", wrote)
	}
}

func TestALogIsRemovedInPieces(t *testing.T) {
	m := newMemory(t)
	r := rand.New(rand.NewPCG(1, 2))
	f := open(t, m)
	for range 2000 {
		var b strings.Builder
		for b.Len() < 1800 {
			fmt.Fprintf(&b, "%x", r.Uint64())
		}
		f.Add("https://www.example.org/"+b.String(), 1, 0)
	}
	checkpoint(t, f)
	if len(m.notes) < 600 {
		t.Fatalf("there are only %d notes", len(m.notes))
	}
	// A pass that was given up leaves its notes to the next.
	f = open(t, m)
	f.Add("https://www.example.org/", 0, 0)
	checkpoint(t, f)
	pieces := 0
	for {
		cursor, err := f.Clear("state")
		if err != nil {
			t.Fatal(err)
		}
		if cursor == "" {
			break
		}
		pieces++
		var state string
		var ended bool
		if f, ended, err = Resume(t.Context(), m, cursor, &state); err != nil || !ended || state != "state" {
			t.Fatalf("the end was resumed as %t with %q: %v", ended, state, err)
		}
	}
	if len(m.notes) > 0 || pieces < 2 {
		t.Errorf("%d notes are left after %d pieces", len(m.notes), pieces)
	}
}

func TestACursorWithoutItsLogIsRefused(t *testing.T) {
	m := newMemory(t)
	f := open(t, m)
	for i := range 5000 {
		f.Add(fmt.Sprintf("https://www.example.org/%x", rand.Uint64()), i%7, 0)
	}
	cursor := checkpoint(t, f)
	for name, harm := range map[string]func(*memory){
		"nothing there":       func(m *memory) { clear(m.notes) },
		"a block is missing":  func(m *memory) { delete(m.notes, blockKey(3)) },
		"a block is another":  func(m *memory) { m.notes[blockKey(3)] = m.notes[blockKey(4)] },
		"the last is another": func(m *memory) { m.notes[blockKey(0)] = m.notes[blockKey(1)] },
		"a block is damaged":  func(m *memory) { m.notes[blockKey(2)] = "AAAA" },
	} {
		harmed := m.clone()
		harm(harmed)
		if _, _, err := Resume(t.Context(), harmed, cursor, nil); !errors.Is(err, connectors.ErrCursor) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("website1.AAAA")
	f.Add(Anew)
	f.Add(cursorPrefix + "eyJoIjoxLCJuIjoyLCJiIjoxLCJzIjoxfQ")
	f.Fuzz(func(t *testing.T, cursor string) {
		var state struct{ Left int }
		_, _, err := Resume(t.Context(), newMemory(t), cursor, &state)
		if err != nil && !errors.Is(err, connectors.ErrCursor) {
			t.Errorf("%q gave %v", cursor, err)
		}
	})
}

// FuzzBlocks reads a log of anything: it is refused, or every item of it can be read
// and the log goes on.
func FuzzBlocks(f *testing.F) {
	var p packer
	for _, records := range [][]record{
		{{kind: added, url: "https://www.example.org/"}, {kind: added, url: "https://www.example.org/a", depth: 1, hops: 2}, {kind: found, n: 1}, {kind: again, n: 1}},
		{{kind: added, url: "a"}, {kind: added, url: "b"}, {kind: moved, n: 0, to: 1}, {kind: raised, n: 1, depth: 3}, {kind: known, n: 0}, {kind: settled, n: 1}},
		{{kind: moved, n: 7, to: 9}},
		{{kind: again, n: 0}},
		{{kind: added, url: "a"}, {kind: added, url: "b", to: 1, text: "x"}, {kind: linked, n: 0, to: 1}},
	} {
		if _, err := p.pack(records); err != nil {
			f.Fatal(err)
		}
		f.Add(p.raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		records, err := parseRecords(raw)
		if err != nil {
			return
		}
		m := newMemory(t)
		fr := open(t, m)
		for _, r := range records {
			fr.put(r)
		}
		if fr.err != nil {
			return
		}
		cursor, err := fr.Checkpoint(nil)
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := Resume(t.Context(), m, cursor, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := rest(t, fr), rest(t, again); !slices.Equal(a, b) {
			t.Errorf("%v came back as %v", a, b)
		}
	})
}
