package connectortest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

func TestMemoryPassesTheSuite(t *testing.T) {
	connectortest.Run(t, connectortest.Options{
		HasFeed: true,
		New:     memoryWorld,
	})
}

func TestDocumentsCanBeOpenedAsLongAsTheLoopLasts(t *testing.T) {
	m := connectortest.NewMemory()
	m.Put("a", "# Title\ntext")
	for strict, want := range map[bool]bool{false: true, true: false} {
		m.SetFaults(connectortest.Faults{OpenInLoopOnly: strict})
		var doc *connectors.Document
		for c, err := range m.Pull(t.Context(), connectortest.NewPosition(connectors.Full)) {
			if err != nil {
				t.Fatal(err)
			}
			if up, ok := c.(connectors.Upsert); ok {
				doc = up.Document
				if _, err := doc.Open(t.Context()); err != nil {
					t.Errorf("within the loop: %v", err)
				}
			}
		}
		if _, err := doc.Open(t.Context()); (err == nil) != want {
			t.Errorf("after the loop, only in the loop being %t: %v", strict, err)
		}
	}
}

func TestHooksFailEveryKindOfCall(t *testing.T) {
	m := connectortest.NewMemory()
	for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
		m.Put(id, "text of "+id)
	}
	broken := errors.New("this call fails")
	for _, op := range []connectortest.Op{connectortest.OpPull, connectortest.OpList, connectortest.OpCheckpoint, connectortest.OpOpen} {
		m.Hook(func(_ context.Context, now connectortest.Op, _ string) error {
			if now == op {
				return broken
			}
			return nil
		})
		var failed error
		for c, err := range m.Pull(t.Context(), connectortest.NewPosition(connectors.Full)) {
			if failed = errors.Join(failed, err); err != nil {
				break
			}
			if up, ok := c.(connectors.Upsert); ok {
				_, err := up.Document.Open(t.Context())
				failed = errors.Join(failed, err)
			}
		}
		if !errors.Is(failed, broken) {
			t.Errorf("a hook on %q gave %v", op, failed)
		}
	}
	m.Hook(nil)
	m.Touch("a", time.Now())
	if c := m.Counts(); c.Pulls != 3 || c.Opens == 0 || m.Opens("a") == 0 || len(m.IDs()) != 6 {
		t.Errorf("counted %+v", c)
	}
}

func memoryWorld(t *testing.T) *connectortest.World {
	m := connectortest.NewMemory()
	m.SetFaults(connectortest.Faults{PageSize: 3})
	m.SetScope(func(id string) bool { return id != "out-of-scope" })
	faults := func(f connectortest.Faults) func(bool) {
		return func(on bool) {
			if !on {
				f = connectortest.Faults{PageSize: 3}
			}
			m.SetFaults(f)
		}
	}
	return &connectortest.World{
		Source: func() connectors.Source { return m },
		Put: func(name, content string) string {
			if len(name) > 2048 {
				return ""
			}
			m.Put(name, content)
			return name
		},
		Remove: m.Remove,
		Break: func(name string, broken bool) {
			var err error
			if broken {
				err = errors.New("read: connection reset")
			}
			m.Break(name, err)
		},
		Spoil:       func(name string) { m.Break(name, &connectors.Verdict{Reason: connectors.VerdictEncrypted}) },
		Hide:        func(name string) { m.Skip(name, connectors.SkipNoIndex) },
		Truncate:    faults(connectortest.Faults{PageSize: 3, FailAfter: 4, Err: connectors.ErrTruncated}),
		FailListing: faults(connectortest.Faults{PageSize: 3, FailAfter: 4, Err: errors.New("500 internal error")}),
		Vanish:      faults(connectortest.Faults{Gone: true}),
		Postpone: faults(connectortest.Faults{PageSize: 3, FailAfter: 4, Err: &connectors.RetryAfter{
			Wait: 600e9, Err: errors.New("429 too many requests")}}),
		Stall: func(on bool) {
			m.Hook(nil)
			if on {
				m.Hook(func(ctx context.Context, _ connectortest.Op, _ string) error {
					<-ctx.Done()
					return ctx.Err()
				})
			}
		},
		Twice:   m.Twice,
		Foreign: "out-of-scope",
	}
}
