package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"freshet/index"
)

// Head is the sequence number of the newest entry of the change log.
func (c *Catalog) Head(ctx context.Context) (int64, error) {
	var n int64
	if err := c.read.QueryRowContext(ctx, `SELECT last FROM sequence WHERE id = 1`).Scan(&n); err != nil {
		return 0, fmt.Errorf("read the change log's head: %w", err)
	}
	return n, nil
}

// ConsumerMark returns how far a consumer has followed the log.
func (c *Catalog) ConsumerMark(ctx context.Context, name string) (int64, error) {
	var n int64
	err := c.read.QueryRowContext(ctx, `SELECT mark FROM consumers WHERE name = ?`, name).Scan(&n)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read mark of %s: %w", name, err)
	}
	return n, nil
}

// SetConsumerMark records how far a consumer has followed the log.
func (c *Catalog) SetConsumerMark(ctx context.Context, name string, mark int64) error {
	return c.txApart(ctx, "save mark of "+name, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO consumers (name, mark) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET mark = excluded.mark`, name, mark)
		return err
	})
}

// DropConsumer forgets a consumer that will never come back: history need not wait
// for it.
func (c *Catalog) DropConsumer(ctx context.Context, name string) error {
	return c.txApart(ctx, "drop consumer "+name, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM consumers WHERE name = ?`, name)
		return err
	})
}

// feedPage is how many entries Since reads at a time: a read is over within some
// milliseconds, after which questions may go first.
const feedPage = 64

var _ index.Feed = (*Catalog)(nil)

// Since yields the entries after mark. An entry of a document that is gone with
// its source has no payload.
func (c *Catalog) Since(ctx context.Context, mark int64) iter.Seq2[index.Entry, error] {
	return func(yield func(index.Entry, error) bool) {
		for {
			page, err := c.entries(ctx, mark)
			if err != nil {
				yield(index.Entry{}, fmt.Errorf("read the change log after %d: %w", mark, err))
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
			}
			if len(page) < feedPage {
				return
			}
			mark = page[len(page)-1].Seq
		}
	}
}

// Rows by the entries that opened and closed them. The index over closed rows is
// used only by those who say that they want no open ones.
const (
	openedWithin = `c.from_seq > ? AND c.from_seq <= ?`
	closedWithin = `c.until_seq > ? AND c.until_seq <= ? AND c.until_seq < 9223372036854775807`
	closedUpTo   = `until_seq <= ? AND until_seq < 9223372036854775807`
)

// entries reads a page in one snapshot, so that entries, rows and payloads agree.
func (c *Catalog) entries(ctx context.Context, mark int64) ([]index.Entry, error) {
	tx, err := c.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // it read only
	rows, err := tx.QueryContext(ctx, `SELECT seq, kind, base, source, doc FROM log WHERE seq > ? ORDER BY seq LIMIT ?`, mark, feedPage)
	list, err := collect(rows, err, func(r scanner) (index.Entry, error) {
		var e index.Entry
		return e, r.Scan(&e.Seq, &e.Kind, &e.Base, &e.Source, &e.Document)
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	last := list[len(list)-1].Seq
	at := make(map[int64]*index.Entry, len(list))
	for i := range list {
		at[list[i].Seq] = &list[i]
	}
	if err := eachChunk(ctx, tx, openedWithin, mark, last, func(ch index.Chunk) {
		if e := at[ch.FromSeq]; e != nil {
			e.Opened = append(e.Opened, ch)
		}
	}); err != nil {
		return nil, err
	}
	if err := eachChunk(ctx, tx, closedWithin, mark, last, func(ch index.Chunk) {
		if e := at[ch.UntilSeq]; e != nil {
			e.Closed = append(e.Closed, ch)
		}
	}); err != nil {
		return nil, err
	}
	if err := payloads(ctx, tx, list, mark, last); err != nil {
		return nil, err
	}
	return list, patched(ctx, tx, at, mark, last)
}

// patched lists the chunks that stayed while the payload of their document changed.
func patched(ctx context.Context, tx *sql.Tx, at map[int64]*index.Entry, from, to int64) error {
	rows, err := tx.QueryContext(ctx, `SELECT c.chunk, d.payload_seq FROM documents d JOIN chunks c ON c.doc = d.doc
		WHERE d.doc IN (SELECT doc FROM log WHERE seq > ? AND seq <= ?) AND d.payload_seq > ? AND d.payload_seq <= ?
		AND c.until_seq > d.payload_seq AND c.from_seq < d.payload_seq ORDER BY c.chunk`, from, to, from, to)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id []byte
		var seq int64
		if err := rows.Scan(&id, &seq); err != nil {
			return err
		}
		if e := at[seq]; e != nil {
			e.Patched = append(e.Patched, toChunkID(id))
		}
	}
	return rows.Err()
}

func payloads(ctx context.Context, tx *sql.Tx, list []index.Entry, from, to int64) error {
	rows, err := tx.QueryContext(ctx, `SELECT `+documentColumns+fromDocuments+`WHERE d.doc IN (SELECT doc FROM log WHERE seq > ? AND seq <= ?)`, from, to)
	docs, err := collect(rows, err, scanDocument)
	if err != nil {
		return err
	}
	byKey := make(map[string]index.Payload, len(docs))
	for i := range docs {
		byKey[docs[i].Key] = docs[i].IndexPayload()
	}
	for i := range list {
		list[i].Payload = byKey[list[i].Document]
	}
	return nil
}

const chunkColumns = `c.chunk, c.from_seq, c.until_seq, c.doc, c.ord, c.kind, c.title, c.heading, c.question, c.text, c.locale, c.words, c.start_at, c.end_at, c.page, c.input_hash`

func scanChunk(r scanner, more ...any) (index.Chunk, error) {
	var ch index.Chunk
	var id, input []byte
	var heading string
	dest := []any{&id, &ch.FromSeq, &ch.UntilSeq, &ch.Document, &ch.Ord, &ch.Kind, &ch.Title, &heading, &ch.Question, &ch.Text, &ch.Locale,
		&ch.Words, &ch.Start, &ch.End, &ch.Page, &input}
	if err := r.Scan(append(dest, more...)...); err != nil {
		return ch, err
	}
	ch.ID, ch.Input = toChunkID(id), toHash(input)
	return ch, decode(heading, &ch.Heading)
}

func chunksWhere(cond string) string {
	return `SELECT ` + chunkColumns + ` FROM chunks c WHERE ` + cond + ` ORDER BY c.from_seq, c.chunk`
}

func eachChunk(ctx context.Context, tx *sql.Tx, cond string, from, to int64, f func(index.Chunk)) error {
	rows, err := tx.QueryContext(ctx, chunksWhere(cond), from, to)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		ch, err := scanChunk(rows)
		if err != nil {
			return err
		}
		f(ch)
	}
	return rows.Err()
}

// ChunksOf returns the open chunks of a document, in order.
func (c *Catalog) ChunksOf(ctx context.Context, document string) ([]index.Chunk, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT `+chunkColumns+` FROM chunks c WHERE c.doc = ? AND c.until_seq = ? ORDER BY c.ord`, document, index.Open)
	out, err := collect(rows, err, func(r scanner) (index.Chunk, error) { return scanChunk(r) })
	if err != nil {
		return nil, fmt.Errorf("read chunks of %s: %w", document, err)
	}
	return out, nil
}
