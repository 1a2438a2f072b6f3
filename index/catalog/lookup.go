package catalog

import (
	"context"
	"fmt"

	"freshet/index"
)

// A Known is the little of a document that decides whether anything is to be done.
type Known struct {
	Key         string
	ExternalID  string
	State       State
	StateReason string
	Revision    string
	Recipe      string
	Listed      index.Hash
	TextHash    index.Hash
	Versions    bool // it has had a text
	Held        bool // a hold waits on it
	Missed      int
}

const knownColumns = `d.doc, d.ext_id, d.state, d.state_reason, d.revision, d.recipe, d.listed_hash, d.text_hash, d.version_seq > 0,
	EXISTS (SELECT 1 FROM holds h WHERE h.source = d.source AND h.doc = d.doc), COALESCE(s.missed, 0)`

func scanKnown(r scanner) (Known, error) {
	var k Known
	var listed, text []byte
	err := r.Scan(&k.Key, &k.ExternalID, &k.State, &k.StateReason, &k.Revision, &k.Recipe, &listed, &text, &k.Versions, &k.Held, &k.Missed)
	k.Listed, k.TextHash = toHash(listed), toHash(text)
	return k, err
}

// Lookup returns what is known of a source's documents, by external ID.
func (c *Catalog) Lookup(ctx context.Context, source string, ids []string) (map[string]Known, error) {
	out := make(map[string]Known, len(ids))
	const page = 128
	for len(ids) > 0 {
		part := ids[:min(page, len(ids))]
		ids = ids[len(part):]
		n := padded(len(part))
		args := make([]any, 0, n+1)
		args = append(args, source)
		for i := range n {
			args = append(args, part[min(i, len(part)-1)])
		}
		st, err := c.statements.get(ctx, `SELECT `+knownColumns+fromDocuments+`WHERE d.source = ? AND d.ext_id IN (`+placeholders(n)+`)`)
		if err != nil {
			return nil, fmt.Errorf("look up documents of %s: %w", source, err)
		}
		rows, err := st.QueryContext(ctx, args...)
		list, err := collect(rows, err, scanKnown)
		if err != nil {
			return nil, fmt.Errorf("look up documents of %s: %w", source, err)
		}
		for _, k := range list {
			out[k.ExternalID] = k
		}
	}
	return out, nil
}

// KnownAll returns what is known of all documents of a source, by external ID, or
// nil when there are more than limit.
func (c *Catalog) KnownAll(ctx context.Context, source string, limit int) (map[string]Known, error) {
	var n int
	if err := c.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM documents WHERE source = ?`, source).Scan(&n); err != nil {
		return nil, fmt.Errorf("count documents of %s: %w", source, err)
	}
	if n > limit {
		return nil, nil
	}
	rows, err := c.read.QueryContext(ctx, `SELECT `+knownColumns+fromDocuments+`WHERE d.source = ?`, source)
	list, err := collect(rows, err, scanKnown)
	if err != nil {
		return nil, fmt.Errorf("list documents of %s: %w", source, err)
	}
	out := make(map[string]Known, len(list))
	for _, k := range list {
		out[k.ExternalID] = k
	}
	return out, nil
}

// MayReturn returns which of these documents, by key, are served or may come back by
// themselves: those that are neither removed nor excluded.
func (c *Catalog) MayReturn(ctx context.Context, keys []string) (map[string]bool, error) {
	out := make(map[string]bool, len(keys))
	const page = 128
	for len(keys) > 0 {
		part := keys[:min(page, len(keys))]
		keys = keys[len(part):]
		n := padded(len(part))
		args := make([]any, n)
		for i := range n {
			args[i] = part[min(i, len(part)-1)]
		}
		rows, err := c.read.QueryContext(ctx, `SELECT doc FROM documents WHERE doc IN (`+placeholders(n)+`) AND state IN ('present', 'unreadable', 'hidden')`, args...)
		list, err := collect(rows, err, func(r scanner) (string, error) {
			var key string
			return key, r.Scan(&key)
		})
		if err != nil {
			return nil, fmt.Errorf("look for documents that may return: %w", err)
		}
		for _, key := range list {
			out[key] = true
		}
	}
	return out, nil
}

// FreeKey returns the internal key for a document first seen under this ID: the
// first derived one that no other document holds.
func (c *Catalog) FreeKey(ctx context.Context, source, externalID string) (string, error) {
	for attempt := 0; ; attempt++ {
		key := NewDocumentKey(source, externalID, attempt)
		st, err := c.statements.get(ctx, `SELECT COUNT(*) FROM documents WHERE doc = ? AND NOT (source = ? AND ext_id = ?)`)
		if err != nil {
			return "", fmt.Errorf("derive key of %s: %w", externalID, err)
		}
		var n int
		if err := st.QueryRowContext(ctx, key, source, externalID).Scan(&n); err != nil {
			return "", fmt.Errorf("derive key of %s: %w", externalID, err)
		}
		if n == 0 {
			return key, nil
		}
	}
}
