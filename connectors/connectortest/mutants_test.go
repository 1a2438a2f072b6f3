package connectortest_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

// mutant is Memory with one fault that the suite must find.
type mutant struct {
	*connectortest.Memory
	pull  func(m *mutant, ctx context.Context, pos connectors.Position, yield func(connectors.Change, error) bool)
	check []connectors.Check
	fetch func(ctx context.Context, id string) (connectors.Change, error)
	scope func(id string) bool
	mu    sync.Mutex
	held  map[string]bool
}

func (m *mutant) Pull(ctx context.Context, pos connectors.Position) iter.Seq2[connectors.Change, error] {
	if m.pull == nil {
		return m.Memory.Pull(ctx, pos)
	}
	return func(yield func(connectors.Change, error) bool) { m.pull(m, ctx, pos, yield) }
}

func (m *mutant) Check(ctx context.Context) []connectors.Check {
	if m.check != nil {
		return m.check
	}
	return m.Memory.Check(ctx)
}

func (m *mutant) Fetch(ctx context.Context, id string) (connectors.Change, error) {
	if m.fetch != nil {
		return m.fetch(ctx, id)
	}
	return m.Memory.Fetch(ctx, id)
}

func (m *mutant) InScope(id string) bool {
	if m.scope != nil {
		return m.scope(id)
	}
	return m.Memory.InScope(id)
}

type yielder = func(connectors.Change, error) bool

// each makes a faulty pull of what Memory yields: f says what is yielded instead
// of one change.
func each(f func(m *mutant, c connectors.Change, err error, yield yielder) bool) func(*mutant, context.Context, connectors.Position, yielder) {
	return func(m *mutant, ctx context.Context, pos connectors.Position, yield yielder) {
		for c, err := range m.Memory.Pull(ctx, pos) {
			if !f(m, c, err, yield) {
				return
			}
		}
	}
}

// upsert makes a faulty pull that changes documents.
func upsert(f func(m *mutant, d *connectors.Document)) func(*mutant, context.Context, connectors.Position, yielder) {
	return each(func(m *mutant, c connectors.Change, err error, yield yielder) bool {
		if up, ok := c.(connectors.Upsert); ok {
			f(m, up.Document)
		}
		return yield(c, err)
	})
}

type faultyPosition struct {
	connectors.Position
	cursor string
}

func (p faultyPosition) Cursor() string { return p.cursor }

// mutants by the words of the part of the suite that must find them.
func mutants() map[string][]mutant {
	return map[string][]mutant{
		"the first pass lists everything": {
			{pull: each(func(_ *mutant, c connectors.Change, err error, yield yielder) bool {
				_, done := c.(connectors.PassDone)
				return done || yield(c, err)
			})},
			{pull: each(func(_ *mutant, c connectors.Change, err error, yield yielder) bool {
				if up, ok := c.(connectors.Upsert); ok && up.Document.ID == "page-03" {
					return true
				}
				return yield(c, err)
			})},
			{pull: each(func(_ *mutant, c connectors.Change, err error, yield yielder) bool {
				if _, ok := c.(connectors.Upsert); ok && !yield(c, err) {
					return false
				}
				return yield(c, err)
			})},
			{pull: each(func(_ *mutant, c connectors.Change, err error, yield yielder) bool {
				if _, ok := c.(connectors.PassDone); ok {
					return yield(c, err) && yield(connectors.Progress{}, nil)
				}
				return yield(c, err)
			})},
			{pull: func(m *mutant, ctx context.Context, pos connectors.Position, yield yielder) {
				var last func(context.Context) (io.ReadCloser, error)
				upsert(func(_ *mutant, d *connectors.Document) {
					if last == nil {
						last = d.Open
					}
					d.Open = last
				})(m, ctx, pos, yield)
			}},
			{pull: upsert(func(_ *mutant, d *connectors.Document) { d.Open = nil })},
			{pull: upsert(func(_ *mutant, d *connectors.Document) { d.Revision = strings.Repeat("r", 2000) })},
		},
		"a second pass says Same": {{pull: upsert(func(_ *mutant, d *connectors.Document) { d.Revision = time.Now().String() })},
			{pull: func(m *mutant, ctx context.Context, _ connectors.Position, yield yielder) {
				upsert(func(_ *mutant, d *connectors.Document) { d.Revision = "" })(m, ctx, connectortest.NewPosition(connectors.Full), yield)
			}}},
		"a change, a new document": {{pull: func(m *mutant, ctx context.Context, pos connectors.Position, yield yielder) {
			upsert(func(_ *mutant, d *connectors.Document) { d.Revision = "always the same" })(m, ctx, pos, yield)
		}}},
		"a new source with an empty position": {{pull: each(func(m *mutant, c connectors.Change, err error, yield yielder) bool {
			if up, ok := c.(connectors.Upsert); ok {
				if m.held[up.Document.ID] {
					return yield(connectors.Same{ID: up.Document.ID}, nil)
				}
				m.held[up.Document.ID] = true
			}
			return yield(c, err)
		})}},
		"resuming from every checkpoint": {
			// The cursor is one document ahead of what was yielded.
			{pull: func(m *mutant, ctx context.Context, pos connectors.Position, yield yielder) {
				skip := pos.Cursor() != ""
				each(func(_ *mutant, c connectors.Change, err error, yield yielder) bool {
					if skip {
						skip = false
						return true
					}
					return yield(c, err)
				})(m, ctx, pos, yield)
			}},
		},
		"breaking off at every change": {{pull: func(m *mutant, ctx context.Context, pos connectors.Position, yield yielder) {
			// What was yielded once is not yielded again, committed or not.
			resumed := pos.Cursor() != ""
			each(func(m *mutant, c connectors.Change, err error, yield yielder) bool {
				if up, ok := c.(connectors.Upsert); ok && resumed {
					if m.held[up.Document.ID] {
						return true
					}
				} else if ok {
					m.held[up.Document.ID] = true
				}
				return yield(c, err)
			})(m, ctx, pos, yield)
		}}},
		"no goroutine is left behind": {{pull: func(m *mutant, ctx context.Context, pos connectors.Position, yield yielder) {
			stopped := make(chan struct{})
			go func() { <-stopped }()
			for c, err := range m.Memory.Pull(ctx, pos) {
				if !yield(c, err) {
					return
				}
			}
			close(stopped)
		}}},
		"a cancelled pull ends within a second": {
			{pull: func(m *mutant, _ context.Context, pos connectors.Position, yield yielder) {
				each(func(_ *mutant, c connectors.Change, err error, yield yielder) bool { return yield(c, err) })(m, context.Background(), pos, yield)
			}},
			{pull: func(m *mutant, ctx context.Context, pos connectors.Position, yield yielder) {
				each(func(_ *mutant, c connectors.Change, err error, yield yielder) bool {
					if err != nil {
						time.Sleep(1600 * time.Millisecond)
					}
					return yield(c, err)
				})(m, ctx, pos, yield)
			}},
			{pull: each(func(_ *mutant, c connectors.Change, err error, yield yielder) bool {
				if err != nil {
					err = errors.New("something went wrong")
				}
				return yield(c, err)
			})},
		},
		"a listing cut short is ErrTruncated": {
			{pull: swallow}, {pull: each(func(_ *mutant, c connectors.Change, err error, yield yielder) bool {
				if err != nil {
					err = errors.New("something went wrong")
				}
				return yield(c, err)
			})},
		},
		"a listing that fails midway": {{pull: swallow}, {pull: each(func(_ *mutant, c connectors.Change, err error, yield yielder) bool {
			if err != nil {
				return yield(connectors.Progress{}, err)
			}
			return yield(c, err)
		})}, {pull: each(func(_ *mutant, c connectors.Change, err error, yield yielder) bool {
			if err != nil {
				return yield(c, err) && yield(connectors.Progress{}, nil)
			}
			return yield(c, err)
		})}, {pull: func(m *mutant, ctx context.Context, pos connectors.Position, yield yielder) {
			// What a broken listing does not hold is declared gone.
			seen := map[string]bool{}
			for c, err := range m.Memory.Pull(ctx, pos) {
				switch c := c.(type) {
				case connectors.Upsert:
					seen[c.Document.ID] = true
				case connectors.Same:
					seen[c.ID] = true
				}
				if err != nil {
					for id := range pos.Known(ctx) {
						if !seen[id] && !yield(connectors.Delete{ID: id, Evidence: connectors.EvidenceGone}, nil) {
							return
						}
					}
				}
				if !yield(c, err) {
					return
				}
			}
		}}},
		"a place that vanished": {{pull: swallow}},
		"a document that breaks is a fault": {{pull: upsert(func(_ *mutant, d *connectors.Document) {
			open := d.Open
			d.Open = func(ctx context.Context) (io.ReadCloser, error) {
				r, err := open(ctx)
				if err != nil {
					err = &connectors.Verdict{Reason: connectors.VerdictMalformed}
				}
				return r, err
			}
		})}, {pull: upsert(func(_ *mutant, d *connectors.Document) {
			open := d.Open
			d.Open = func(ctx context.Context) (io.ReadCloser, error) {
				r, err := open(ctx)
				if err != nil {
					return io.NopCloser(strings.NewReader("")), nil
				}
				return r, nil
			}
		})}},
		"a document that cannot be read is a verdict": {{pull: upsert(func(_ *mutant, d *connectors.Document) {
			open := d.Open
			d.Open = func(ctx context.Context) (io.ReadCloser, error) {
				r, err := open(ctx)
				if err != nil {
					err = errors.New(err.Error())
				}
				return r, err
			}
		})}},
		"a document that must not be indexed": {{pull: each(func(_ *mutant, c connectors.Change, err error, yield yielder) bool {
			if skip, ok := c.(connectors.Skip); ok {
				return yield(connectors.Skip{ID: skip.ID}, nil)
			}
			return yield(c, err)
		})}},
		"the same ID twice": {{pull: each(func(_ *mutant, c connectors.Change, err error, yield yielder) bool {
			if _, ok := c.(connectors.Skip); ok {
				return true
			}
			return yield(c, err)
		})}},
		"hostile names": {{pull: upsert(func(_ *mutant, d *connectors.Document) { d.ID = strings.ToLower(d.ID) })},
			{pull: upsert(func(_ *mutant, d *connectors.Document) { d.ID = strings.TrimSpace(d.ID) })},
			{pull: upsert(func(_ *mutant, d *connectors.Document) { d.ID = strings.ToValidUTF8(d.ID, "?") })}},
		"a long wait is RetryAfter": {{pull: each(func(_ *mutant, c connectors.Change, err error, yield yielder) bool {
			if err != nil {
				err = errors.New(err.Error())
			}
			return yield(c, err)
		})}},
		"two pulls at once": {{pull: func(m *mutant, ctx context.Context, pos connectors.Position, yield yielder) {
			m.mu.Lock()
			busy := m.held["busy"]
			m.held["busy"] = true
			m.mu.Unlock()
			if busy {
				yield(nil, errors.New("a pull is running"))
				return
			}
			for c, err := range m.Memory.Pull(ctx, pos) {
				time.Sleep(time.Millisecond)
				if !yield(c, err) {
					return
				}
			}
		}}},
		"a document can be opened twice": {{pull: upsert(func(_ *mutant, d *connectors.Document) {
			var once sync.Mutex
			opened, open := false, d.Open
			d.Open = func(ctx context.Context) (io.ReadCloser, error) {
				once.Lock()
				defer once.Unlock()
				if opened {
					return nil, errors.New("already read")
				}
				opened = true
				return open(ctx)
			}
		})}},
		"a cursor that is not its own": {{pull: func(m *mutant, ctx context.Context, pos connectors.Position, yield yielder) {
			each(func(_ *mutant, c connectors.Change, err error, yield yielder) bool { return yield(c, err) })(m, ctx, faultyPosition{pos, ""}, yield)
		}}},
		"Check speaks": {{check: []connectors.Check{}},
			{check: []connectors.Check{{Name: "place", Status: connectors.CheckOK, Text: "ok"}}},
			{check: []connectors.Check{{Name: "place", Status: connectors.CheckOK, Text: "The place answers."}}}},
		"Fetch says": {{fetch: func(_ context.Context, id string) (connectors.Change, error) {
			return connectors.Delete{ID: id, Evidence: connectors.EvidenceGone}, nil
		}}, {fetch: func(_ context.Context, id string) (connectors.Change, error) { return nil, nil }}},
		"InScope agrees": {{scope: func(string) bool { return true }}, {scope: func(string) bool { return false }}},
		"a feed begins now": {{pull: func(m *mutant, ctx context.Context, pos connectors.Position, yield yielder) {
			for c, err := range m.Memory.Pull(ctx, pos) {
				if !yield(c, err) {
					return
				}
			}
			yield(connectors.PassDone{}, nil)
		}}},
		"a feed tells": {{pull: each(func(_ *mutant, c connectors.Change, err error, yield yielder) bool {
			if _, ok := c.(connectors.Delete); ok {
				return true
			}
			return yield(c, err)
		})}},
		"a feed resumed": {{pull: each(func(_ *mutant, c connectors.Change, err error, yield yielder) bool {
			if cp, ok := c.(connectors.Checkpoint); ok {
				return yield(connectors.Checkpoint{Cursor: cp.Cursor[:len("feed 0 ")] + "99"}, nil)
			}
			return yield(c, err)
		})}},
	}
}

// swallow ends a pull that failed as if it were whole.
func swallow(m *mutant, ctx context.Context, pos connectors.Position, yield yielder) {
	for c, err := range m.Memory.Pull(ctx, pos) {
		if err != nil {
			yield(connectors.PassDone{}, nil)
			return
		}
		if !yield(c, err) {
			return
		}
	}
}

const mutantVariable = "CONNECTORTEST_MUTANT"

// TestMutant runs the suite against one faulty source, in a process of its own.
func TestMutant(t *testing.T) {
	which := os.Getenv(mutantVariable)
	if which == "" {
		t.Skip("started by TestTheSuiteFindsFaultySources")
	}
	connectortest.Run(t, connectortest.Options{HasFeed: true, New: func(t *testing.T) *connectortest.World {
		for part, list := range mutants() {
			for i := range list {
				if which != mutantName(part, i) {
					continue
				}
				w := memoryWorld(t)
				list[i].Memory = w.Source().(*connectortest.Memory)
				list[i].held = map[string]bool{}
				w.Source = func() connectors.Source { return &list[i] }
				return w
			}
		}
		t.Fatalf("there is no mutant %q", which)
		return nil
	}})
}

func mutantName(part string, i int) string { return part + "/" + string(rune('a'+i)) }

func TestTheSuiteFindsFaultySources(t *testing.T) {
	for part, list := range mutants() {
		for i := range list {
			t.Run(mutantName(part, i), func(t *testing.T) {
				t.Parallel()
				pattern := "^TestMutant$/^" + strings.NewReplacer(" ", "_", ",", ".").Replace(part)
				cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", pattern, "-test.v")
				cmd.Env = append(os.Environ(), mutantVariable+"="+mutantName(part, i))
				out, err := cmd.CombinedOutput()
				if err == nil {
					t.Errorf("the suite finds nothing wrong:\n%s", out)
				} else if !strings.Contains(string(out), "--- FAIL: TestMutant/") {
					t.Errorf("the suite did not find it but failed: %v\n%s", err, out)
				}
			})
		}
	}
}
