package connectortest_test

import (
	"context"
	"errors"
	"testing"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

func TestMemoryPassesTheSuite(t *testing.T) {
	connectortest.Run(t, connectortest.Options{
		HasFeed: true,
		New:     memoryWorld,
	})
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
