package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"iter"

	"freshet/index"
)

// An OpenChunk is a chunk row that is open, with what a Store must hold of it.
type OpenChunk struct {
	Chunk index.Chunk
	Base  string
	Stamp index.Stamp
	// Payload of the document, shared by its chunks: not to be written to.
	Payload index.Payload
}

// A View is the catalog as it stood at one moment. It holds a reading
// connection; it is valid within the call that gave it.
type View struct {
	tx *sql.Tx
	// Head is the newest entry of the change log.
	Head int64
}

// View calls f with the catalog as it stands.
func (c *Catalog) View(ctx context.Context, f func(*View) error) error {
	tx, err := c.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("view the catalog: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // it read only
	v := &View{tx: tx}
	if err := tx.QueryRowContext(ctx, `SELECT last FROM sequence WHERE id = 1`).Scan(&v.Head); err != nil {
		return fmt.Errorf("view the catalog: %w", err)
	}
	return f(v)
}

const openChunks = `SELECT ` + chunkColumns + `, d.base, d.payload_hash, d.payload_seq, d.details, d.source
	FROM chunks c JOIN documents d ON d.doc = c.doc WHERE c.until_seq = ?`

// OpenChunks yields all open chunk rows in ID order.
func (v *View) OpenChunks(ctx context.Context) iter.Seq2[OpenChunk, error] {
	return func(yield func(OpenChunk, error) bool) {
		rows, err := v.tx.QueryContext(ctx, openChunks+` ORDER BY c.chunk`, index.Open)
		if err != nil {
			yield(OpenChunk{}, fmt.Errorf("list open chunks: %w", err))
			return
		}
		defer rows.Close()
		known := make(map[string]index.Payload)
		for rows.Next() {
			ch, err := scanOpenChunk(rows, known)
			if !yield(ch, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(OpenChunk{}, fmt.Errorf("list open chunks: %w", err))
		}
	}
}

// maxPayloads bounds what OpenChunks keeps of documents; a full map is emptied.
const maxPayloads = 16384

// scanOpenChunk keeps the payloads of documents in known: chunks come in the order of
// their IDs, and decoding the details once for each would take most of the time.
func scanOpenChunk(r scanner, known map[string]index.Payload) (OpenChunk, error) {
	var v OpenChunk
	var payload []byte
	var details sql.RawBytes
	var payloadSeq int64
	d := Document{}
	ch, err := scanChunk(r, &v.Base, &payload, &payloadSeq, &details, &d.Source)
	if err != nil {
		return v, err
	}
	v.Chunk = ch
	var have bool
	if v.Payload, have = known[ch.Document]; !have {
		if err := decode(string(details), &d.Details); err != nil {
			return v, err
		}
		d.Key = ch.Document
		v.Payload = d.IndexPayload()
		if len(known) >= maxPayloads {
			clear(known)
		}
		known[ch.Document] = v.Payload
	}
	v.Stamp = index.Stamp{Input: ch.Input, Payload: toHash(payload), Seq: max(ch.FromSeq, payloadSeq)}
	return v, nil
}

// OpenChunksAfter returns the open chunk rows behind an ID, in ID order, at most
// limit of them. Unlike a View it holds nothing between two calls: what is opened
// meanwhile below after is not among them.
func (c *Catalog) OpenChunksAfter(ctx context.Context, after index.ChunkID, limit int) ([]OpenChunk, error) {
	known := make(map[string]index.Payload)
	rows, err := c.read.QueryContext(ctx, openChunks+` AND c.chunk > ? ORDER BY c.chunk LIMIT ?`, index.Open, after[:], limit)
	out, err := collect(rows, err, func(r scanner) (OpenChunk, error) { return scanOpenChunk(r, known) })
	if err != nil {
		return nil, fmt.Errorf("list open chunks after %s: %w", after, err)
	}
	return out, nil
}

// OpenChunksOf returns those of the chunks whose row is open, in the order of ids.
func (c *Catalog) OpenChunksOf(ctx context.Context, ids []index.ChunkID) ([]OpenChunk, error) {
	known := make(map[string]index.Payload)
	st, err := c.statements.get(ctx, openChunks+` AND c.chunk = ?`)
	if err != nil {
		return nil, fmt.Errorf("read open chunks: %w", err)
	}
	out := make([]OpenChunk, 0, len(ids))
	for _, id := range ids {
		rows, err := st.QueryContext(ctx, index.Open, id[:])
		list, err := collect(rows, err, func(r scanner) (OpenChunk, error) { return scanOpenChunk(r, known) })
		if err != nil {
			return nil, fmt.Errorf("read open chunks: %w", err)
		}
		out = append(out, list...)
	}
	return out, nil
}

// OpenTexts counts the open chunk rows and the bytes of their texts and titles.
func (c *Catalog) OpenTexts(ctx context.Context) (chunks int, bytes int64, err error) {
	err = c.read.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(OCTET_LENGTH(text) + OCTET_LENGTH(title) + OCTET_LENGTH(question)), 0) FROM chunks WHERE until_seq = ?`, index.Open).Scan(&chunks, &bytes)
	if err != nil {
		return 0, 0, fmt.Errorf("measure the open chunks: %w", err)
	}
	return chunks, bytes, nil
}

// CountOpen counts the open chunk rows that were opened after an entry of the log.
func (c *Catalog) CountOpen(ctx context.Context, after int64) (int, error) {
	var n int
	err := c.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM chunks WHERE from_seq > ? AND until_seq = ?`, after, index.Open).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count open chunks: %w", err)
	}
	return n, nil
}
