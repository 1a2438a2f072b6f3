package pipeline

import (
	"context"
	"io"
	"iter"
	"strings"
	"sync/atomic"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

// listOnly is a source that cannot be asked about one document.
type listOnly struct{ src connectors.Source }

func (l listOnly) Pull(ctx context.Context, p connectors.Position) iter.Seq2[connectors.Change, error] {
	return l.src.Pull(ctx, p)
}
func (l listOnly) Check(ctx context.Context) []connectors.Check { return l.src.Check(ctx) }

func faultsTruncated(after int) connectortest.Faults {
	return connectortest.Faults{FailAfter: after, Err: connectors.ErrTruncated, OpenInLoopOnly: true}
}

// listing is a source that describes its documents whole at every pass.
type listing struct {
	docs    []connectors.Document
	content string
	opens   atomic.Int64
}

func (l *listing) Pull(context.Context, connectors.Position) iter.Seq2[connectors.Change, error] {
	return func(yield func(connectors.Change, error) bool) {
		for _, d := range l.docs {
			d.Open = func(context.Context) (io.ReadCloser, error) {
				l.opens.Add(1)
				return io.NopCloser(strings.NewReader(l.content)), nil
			}
			if !yield(connectors.Upsert{Document: &d}, nil) {
				return
			}
		}
		yield(connectors.PassDone{}, nil)
	}
}

func (l *listing) Check(context.Context) []connectors.Check {
	return []connectors.Check{{Name: "list", Status: connectors.CheckOK, Text: "It lists."}}
}
