package catalog

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"freshet/connectors"
	"freshet/index"
)

const openAt = ` AND c.from_seq <= ? AND c.until_seq > ?`

// Vouch returns the passages of those chunks that may be shown, each once, in any
// order. What a commit took away is not among them from the moment that the writing
// method returns. Lists and maps of passages are shared: they are not to be written to.
func (c *Catalog) Vouch(ctx context.Context, q index.VouchRequest) ([]index.Passage, error) {
	if len(q.IDs) == 0 {
		return nil, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("vouch for passages: %w", err)
	}
	ids := slices.Clone(q.IDs)
	slices.SortFunc(ids, func(a, b index.ChunkID) int { return bytes.Compare(a[:], b[:]) })
	ids = slices.Compact(ids)
	a := c.ask(ctx, q.Base, q.Mark, q.Principals, q.Drafts)
	found, missing := c.shown.find(ids, q.Mark, make([]shownPassage, 0, len(ids)), nil)
	if len(missing) > 0 {
		n := padded(len(missing))
		args := make([]any, 0, n+2)
		for i := range n {
			args = append(args, missing[min(i, len(missing)-1)][:])
		}
		read, err := a.read(`c.chunk IN (`+placeholders(n)+`)`, args)
		if err != nil {
			return nil, err
		}
		found = append(found, read...)
	}
	return a.passages(found), nil
}

// Around returns the passages at those places that may be shown, under the
// conditions of Vouch.
func (c *Catalog) Around(ctx context.Context, q index.AroundRequest) ([]index.Passage, error) {
	if len(q.Spans) == 0 {
		return nil, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("vouch for passages: %w", err)
	}
	n := padded(len(q.Spans))
	args := make([]any, 0, 3*n+2)
	conds := make([]string, n)
	for i := range n {
		s := q.Spans[min(i, len(q.Spans)-1)]
		conds[i] = `(c.doc = ? AND c.ord BETWEEN ? AND ?)`
		args = append(args, s.Document, s.Lo, s.Hi)
	}
	a := c.ask(ctx, q.Base, q.Mark, q.Principals, q.Drafts)
	found, err := a.read(`(`+strings.Join(conds, " OR ")+`)`, args)
	if err != nil {
		return nil, err
	}
	return a.passages(found), nil
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

// An asking is one Vouch or Around.
type asking struct {
	c      *Catalog
	ctx    context.Context
	moment uint64 // before anything was read
	base   string
	mark   int64
	have   []connectors.Principal
	drafts bool
}

func (c *Catalog) ask(ctx context.Context, base string, mark int64, principals []string, drafts bool) *asking {
	// The answer takes a moment; watching for a cancellation meanwhile would take a
	// quarter of it.
	a := &asking{c: c, ctx: context.WithoutCancel(ctx), base: base, mark: mark, drafts: drafts}
	a.moment = c.shown.now()
	a.have = make([]connectors.Principal, len(principals))
	for i, p := range principals {
		a.have[i] = connectors.Principal(p)
	}
	return a
}

// read returns the rows that meet a condition and were open at the mark, with their
// documents, and remembers them. What was open at a mark does not change; a document
// and its source are read together, as one commit left them.
func (a *asking) read(cond string, args []any) ([]shownPassage, error) {
	found, err := query(a, `SELECT `+chunkColumns+` FROM chunks c WHERE `+cond+openAt, append(args, a.mark, a.mark), scanShownRow)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	if missing := a.c.shown.join(found); len(missing) > 0 {
		if err := a.join(found, missing); err != nil {
			return nil, err
		}
	}
	a.c.shown.keep(a.moment, found)
	return found, nil
}

func scanShownRow(r scanner) (shownPassage, error) {
	ch, err := scanChunk(r)
	ch.Heading = slices.Clip(ch.Heading)
	return shownPassage{row: &shownRow{chunk: ch}}, err
}

const shownColumns = `d.doc, d.details, d.ext_id, d.base, d.state, d.source, d.confirmed_until, d.text_hash, COALESCE(v.at, 0), s.state, s.owner, s.review_every`

const fromShown = ` FROM documents d JOIN sources s ON s.id = d.source LEFT JOIN seen v ON v.doc = d.doc WHERE d.doc IN (`

// join reads the missing documents of rows.
func (a *asking) join(rows []shownPassage, missing []string) error {
	slices.Sort(missing)
	missing = slices.Compact(missing)
	n := padded(len(missing))
	args := make([]any, n)
	for i := range args {
		args[i] = missing[min(i, len(missing)-1)]
	}
	docs, err := query(a, `SELECT `+shownColumns+fromShown+placeholders(n)+`)`, args, scanShownDocument)
	if err != nil {
		return err
	}
	if err := a.annotate(docs, n, args); err != nil {
		return err
	}
	for i := range rows {
		p := &rows[i]
		if p.of != nil {
			continue
		}
		at := slices.IndexFunc(docs, func(d shownPassage) bool { return d.of.info.Key == p.row.chunk.Document })
		if at >= 0 {
			docs[at].row = p.row
			*p = docs[at]
			p.row.belongs(p.of)
		}
	}
	return nil
}

func scanShownDocument(r scanner) (shownPassage, error) {
	var p shownPassage
	var key, extID, base, state, source string
	var details sql.RawBytes
	var confirmed int64
	var text []byte
	err := r.Scan(&key, &details, &extID, &base, &state, &source, &confirmed, &text, &p.checked, &p.source.state, &p.source.owner, &p.source.review)
	if err != nil {
		return p, err
	}
	var d Details
	if err := decode(string(details), &d); err != nil {
		return p, err
	}
	p.of = &shownDocument{access: d.Access, serves: State(state).Serves(), text: toHash(text), info: index.DocumentInfo{
		Key: key, Source: source, ExternalID: extID, Base: base, Title: d.Title, URL: d.URI, Canonical: d.Canonical, Path: slices.Clip(d.Path), Locale: d.Locale,
		Labels: slices.Clip(d.Labels), Facets: d.Facets, Class: d.Class, Owner: d.Owner, Created: d.Created, Modified: d.Modified,
		ConfirmedUntil: fromMillis(confirmed), ReviewEvery: d.ReviewEvery, Translation: d.TranslationGroup, PartOf: d.PartOf, Form: d.Form, Unreadable: State(state) == Unreadable,
	}}
	p.of.checked.Store(p.checked)
	return p, nil
}

// query runs a statement of the quick pool that is prepared once.
func query[T any](a *asking, text string, args []any, scan func(scanner) (T, error)) ([]T, error) {
	st, err := a.c.statements.get(a.ctx, text)
	if err != nil {
		return nil, fmt.Errorf("vouch for passages: %w", err)
	}
	rows, err := st.QueryContext(a.ctx, args...)
	out, err := collect(rows, err, scan)
	if err != nil {
		return nil, fmt.Errorf("vouch for passages: %w", err)
	}
	return out, nil
}

// passages tells of what may be shown.
func (a *asking) passages(list []shownPassage) []index.Passage {
	if len(list) == 0 {
		return nil
	}
	out := make([]index.Passage, 0, len(list))
	for i := range list {
		if p := &list[i]; a.mayShow(p) && !p.suppressed() {
			out = append(out, p.tell())
		}
	}
	return out
}

func (a *asking) mayShow(p *shownPassage) bool {
	d := p.of
	return d != nil && d.serves && d.info.Base == a.base && d.access.Allows(a.have) && (a.drafts || SourceState(p.source.state) != Draft)
}

func (p *shownPassage) tell() index.Passage {
	out := index.Passage{Chunk: p.row.chunk, Document: p.of.info}
	d := &out.Document
	d.Checked, d.SourceState = fromMillis(p.checked), p.source.state
	if d.Owner == "" {
		d.Owner = p.source.owner
	}
	if d.ReviewEvery == 0 {
		d.ReviewEvery = time.Duration(p.source.review) * time.Millisecond
	}
	if d.Title == "" {
		d.Title = out.Chunk.Title
	}
	p.tellNotes(&out)
	return out
}
