package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"time"

	"freshet/connectors"
	"freshet/index"
)

const vouchColumns = chunkColumns + `, d.details_hash, d.details, d.ext_id, d.base, d.state, d.source, d.confirmed_until, COALESCE(v.at, 0), s.state, s.owner, s.review_every`

// The joins are CROSS so that SQLite begins with the chunks that are asked for; with
// more than a few it would rather walk through all documents of the base.
const vouchJoins = ` FROM chunks c CROSS JOIN documents d CROSS JOIN sources s LEFT JOIN seen v ON v.doc = d.doc WHERE `

const vouchCond = ` AND d.doc = c.doc AND s.id = d.source AND c.from_seq <= ? AND c.until_seq > ? AND d.base = ? AND d.state IN ('present', 'unreadable') AND (s.state <> 'draft' OR ? = 1)`

// Vouch returns the passages of those chunks that may be shown, in any order.
func (c *Catalog) Vouch(ctx context.Context, q index.VouchRequest) ([]index.Passage, error) {
	if len(q.IDs) == 0 {
		return nil, nil
	}
	n := padded(len(q.IDs))
	args := make([]any, 0, n+4)
	for i := range n {
		id := q.IDs[min(i, len(q.IDs)-1)]
		args = append(args, id[:])
	}
	cond := `c.chunk IN (` + placeholders(n) + `)`
	return c.vouch(ctx, cond, args, q.Mark, q.Base, q.Principals, q.Drafts)
}

// Around returns the passages at those places that may be shown, in any order.
func (c *Catalog) Around(ctx context.Context, q index.AroundRequest) ([]index.Passage, error) {
	if len(q.Spans) == 0 {
		return nil, nil
	}
	n := padded(len(q.Spans))
	args := make([]any, 0, 3*n+4)
	conds := make([]string, n)
	for i := range n {
		s := q.Spans[min(i, len(q.Spans)-1)]
		conds[i] = `(c.doc = ? AND c.ord BETWEEN ? AND ?)`
		args = append(args, s.Document, s.Lo, s.Hi)
	}
	return c.vouch(ctx, `(`+strings.Join(conds, " OR ")+`)`, args, q.Mark, q.Base, q.Principals, q.Drafts)
}

// padded rounds up to few distinct sizes, so that few statements are prepared;
// the last value is repeated.
func padded(n int) int {
	p := 4
	for p < n {
		p *= 2
	}
	return p
}

func (c *Catalog) vouch(ctx context.Context, cond string, args []any, mark int64, base string, principals []string, drafts bool) ([]index.Passage, error) {
	st, err := c.statements.get(ctx, `SELECT `+vouchColumns+vouchJoins+cond+vouchCond)
	if err != nil {
		return nil, fmt.Errorf("vouch for passages: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("vouch for passages: %w", err)
	}
	// The answer takes a moment; watching for a cancellation meanwhile would take a
	// quarter of it.
	rows, err := st.QueryContext(context.WithoutCancel(ctx), append(args, mark, mark, base, flag(drafts))...)
	if err != nil {
		return nil, fmt.Errorf("vouch for passages: %w", err)
	}
	defer rows.Close()
	have := make([]connectors.Principal, len(principals))
	for i, p := range principals {
		have[i] = connectors.Principal(p)
	}
	var out []index.Passage
	for rows.Next() {
		p, allowed, err := c.scanPassage(rows, have)
		if err != nil {
			return nil, fmt.Errorf("vouch for passages: %w", err)
		}
		if allowed {
			out = append(out, p)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("vouch for passages: %w", err)
	}
	return out, nil
}

func (c *Catalog) scanPassage(r scanner, have []connectors.Principal) (index.Passage, bool, error) {
	var p index.Passage
	var hash []byte
	var details sql.RawBytes
	var extID, base, state, source, sourceState, owner string
	var confirmed, checked, review int64
	ch, err := scanChunk(r, &hash, &details, &extID, &base, &state, &source, &confirmed, &checked, &sourceState, &owner, &review)
	if err != nil {
		return p, false, err
	}
	info, err := c.infos.get(infoKey{ch.Document, toHash(hash)}, details)
	if err != nil {
		return p, false, err
	}
	if !info.access.Allows(have) {
		return p, false, nil
	}
	p.Chunk, p.Document = ch, info.info
	d := &p.Document
	d.Key, d.Source, d.ExternalID, d.Base = ch.Document, source, extID, base
	d.Checked, d.ConfirmedUntil = fromMillis(checked), fromMillis(confirmed)
	d.Unreadable, d.SourceState = State(state) == Unreadable, sourceState
	if d.Owner == "" {
		d.Owner = owner
	}
	if d.ReviewEvery == 0 {
		d.ReviewEvery = time.Duration(review) * time.Millisecond
	}
	if d.Title == "" {
		d.Title = ch.Title
	}
	return p, true, nil
}

// infoCache keeps decoded details, which are many times dearer to decode than to
// look up. Its keys hold the hash of what was decoded, so it is never stale.
type infoCache struct {
	mu   sync.RWMutex
	byID map[infoKey]*cachedInfo
}

type infoKey struct {
	document string
	details  index.Hash
}

type cachedInfo struct {
	info   index.DocumentInfo
	access connectors.Access
}

// maxInfos bounds the cache; a full one is emptied.
const maxInfos = 16384

func (c *infoCache) get(key infoKey, details []byte) (*cachedInfo, error) {
	c.mu.RLock()
	v := c.byID[key]
	c.mu.RUnlock()
	if v != nil {
		return v, nil
	}
	var d Details
	if err := decode(string(details), &d); err != nil {
		return nil, err
	}
	v = &cachedInfo{access: d.Access, info: index.DocumentInfo{
		Title: d.Title, URL: d.URI, Canonical: d.Canonical, Path: d.Path, Locale: d.Locale, Labels: d.Labels, Facets: d.Facets, Class: d.Class,
		Owner: d.Owner, Created: d.Created, Modified: d.Modified, ReviewEvery: d.ReviewEvery, Translation: d.TranslationGroup,
	}}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byID == nil || len(c.byID) >= maxInfos {
		c.byID = make(map[infoKey]*cachedInfo)
	}
	c.byID[key] = v
	return v, nil
}
