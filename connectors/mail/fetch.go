package mail

import (
	"context"

	"freshet/connectors"
)

type partFetcher struct{ fetcher connectors.Fetcher }

// Fetch says how a document stands; a part stands as its mail does, and is gone
// when the mail no longer has it.
func (f partFetcher) Fetch(ctx context.Context, id string) (connectors.Change, error) {
	holder, path, ok := partOf(id)
	if !ok {
		return f.fetcher.Fetch(ctx, id)
	}
	change, err := f.fetcher.Fetch(ctx, holder)
	if err != nil {
		return nil, err
	}
	switch c := change.(type) {
	case connectors.Upsert:
		if c.Document == nil || !isMail(c.Document) {
			return f.fetcher.Fetch(ctx, id) // its name only looks like that of a part
		}
		return fetchPart(ctx, c.Document, path, id)
	case connectors.Same:
		return connectors.Same{ID: id}, nil
	case connectors.Delete:
		own, err := f.fetcher.Fetch(ctx, id)
		switch own.(type) {
		case connectors.Upsert, connectors.Same:
			if err == nil {
				return own, nil
			}
		}
		return connectors.Delete{ID: id, Evidence: c.Evidence}, ctx.Err()
	case connectors.Skip:
		return connectors.Skip{ID: id, URI: c.URI, Reason: c.Reason, Detail: c.Detail}, nil
	case connectors.Unreadable:
		return connectors.Unreadable{ID: id, URI: c.URI, Err: c.Err}, nil
	}
	return change, nil
}

func fetchPart(ctx context.Context, d *connectors.Document, path, id string) (connectors.Change, error) {
	l := &letter{doc: *d, open: d.Open, shelf: &shelf{}}
	m, err := l.parse(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return connectors.Unreadable{ID: id, URI: d.URI, Err: err}, nil
	}
	if a := m.Attachment(path); a != nil && noteOf(d.ID, m).has(path) {
		return connectors.Upsert{Document: l.part(a, m)}, nil
	}
	return connectors.Delete{ID: id, Evidence: connectors.EvidenceGone}, nil
}

type partScoper struct{ scoper connectors.Scoper }

// InScope reports whether a document could be listed; a part can if its mail can.
func (s partScoper) InScope(id string) bool {
	if holder, _, ok := partOf(id); ok {
		return s.scoper.InScope(holder)
	}
	return s.scoper.InScope(id)
}
