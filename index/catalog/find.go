package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"freshet/index"
)

// A conditions collects what rows have to meet.
type conditions struct {
	parts []string
	args  []any
}

func (c *conditions) add(cond string, args ...any) {
	c.parts = append(c.parts, cond)
	c.args = append(c.args, args...)
}

func (c *conditions) in(column string, values []string) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	c.add(column+` IN (`+placeholders(len(values))+`)`, args...)
}

func (c *conditions) where() string {
	if len(c.parts) == 0 {
		return ""
	}
	return ` WHERE ` + strings.Join(c.parts, ` AND `)
}

// A DocumentQuery selects documents for people. Zero fields select all.
type DocumentQuery struct {
	Bases     []string
	Source    string
	States    []State
	Query     string // part of the title, address or ID
	Reference string // exactly this key, external ID or address
	After     string // key: only documents behind it
	Limit     int    // 0: 100
}

// FindDocuments lists documents by key.
func (c *Catalog) FindDocuments(ctx context.Context, q DocumentQuery) ([]Document, error) {
	var cond conditions
	cond.in(`d.base`, q.Bases)
	if q.Source != "" {
		cond.add(`d.source = ?`, q.Source)
	}
	states := make([]string, len(q.States))
	for i, s := range q.States {
		states[i] = string(s)
	}
	cond.in(`d.state`, states)
	if q.Query != "" {
		like := "%" + likeEscaper.Replace(q.Query) + "%"
		cond.add(`(d.title LIKE ? ESCAPE '\' OR d.uri LIKE ? ESCAPE '\' OR d.ext_id LIKE ? ESCAPE '\')`, like, like, like)
	}
	if q.Reference != "" {
		cond.add(`(d.doc = ? OR d.ext_id = ? OR d.uri = ?)`, q.Reference, q.Reference, q.Reference)
	}
	if q.After != "" {
		cond.add(`d.doc > ?`, q.After)
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 100
	}
	rows, err := c.read.QueryContext(ctx, `SELECT `+documentColumns+fromDocuments+cond.where()+` ORDER BY d.doc LIMIT ?`, append(cond.args, limit)...)
	out, err := collect(rows, err, scanDocument)
	if err != nil {
		return nil, fmt.Errorf("find documents: %w", err)
	}
	return out, nil
}

// A QueryFilter selects rows of the ledger. Zero fields select all.
type QueryFilter struct {
	Bases []string
	Key   string // ID of the API key
	State string // of the answer
	After string // ID: only rows behind it, in the order of the list
	Limit int    // 0: 100
}

// FindQueries lists the newest rows of the ledger first.
func (c *Catalog) FindQueries(ctx context.Context, f QueryFilter) ([]Query, error) {
	var cond conditions
	cond.in(`base`, f.Bases)
	if f.Key != "" {
		cond.add(`api_key = ?`, f.Key)
	}
	if f.State != "" {
		cond.add(`state = ?`, f.State)
	}
	if f.After != "" {
		cond.add(`(at < (SELECT at FROM queries WHERE id = ?) OR at = (SELECT at FROM queries WHERE id = ?) AND id > ?)`, f.After, f.After, f.After)
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 100
	}
	rows, err := c.read.QueryContext(ctx, `SELECT `+queryColumns+` FROM queries`+cond.where()+` ORDER BY at DESC, id LIMIT ?`, append(cond.args, limit)...)
	out, err := collect(rows, err, scanQuery)
	if err != nil {
		return nil, fmt.Errorf("find queries: %w", err)
	}
	return out, nil
}

// ChunkTextAt returns the text that a passage had at a mark of the change log, as
// far as history reaches, or ErrNotFound. It vouches for nothing: who may see what
// was once served is the caller's to decide.
func (c *Catalog) ChunkTextAt(ctx context.Context, chunk string, mark int64) (string, error) {
	id, err := index.ParseChunkID(chunk)
	if err != nil {
		return "", fmt.Errorf("text of passage %q: %w", chunk, ErrNotFound)
	}
	var text string
	err = c.read.QueryRowContext(ctx, `SELECT text FROM chunks WHERE chunk = ? AND from_seq <= ? AND until_seq > ? LIMIT 1`, id[:], mark, mark).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("text of passage %s at %d: %w", chunk, mark, ErrNotFound)
	}
	if err != nil {
		return "", fmt.Errorf("read text of passage %s: %w", chunk, err)
	}
	return text, nil
}
