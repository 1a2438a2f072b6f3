package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"freshet/index"
)

// ErrDecided: somebody decided on a finding while it was being written. Nothing was
// written; what is written has to be made again from how it stands.
var ErrDecided = errors.New("the finding was decided on meanwhile")

// A DetectRow is a document or a passage as the detectors know it.
type DetectRow struct {
	// ID grows with each registration; of two rows the one with the higher ID answers for
	// whether they go together. It is given by whoever registers, from NextDetectRow on.
	ID       int64
	Document string
	Chunk    index.ChunkID // zero: the document as a whole
	Base     string
	Mark     index.Hash // what of a document matters besides its texts
	Keys     []uint64   // of which the upper 37 bits count
}

// Entries of detect_keys.
const (
	detectIDBits = 26
	// MaxDetectRows bounds DetectRow.ID.
	MaxDetectRows = 1<<detectIDBits - 1
)

// detectEntry is the place of a key and a row in detect_keys; it is never negative.
func detectEntry(key uint64, id int64) int64 {
	return int64(key>>(detectIDBits+1)<<detectIDBits) | id
}

// A DetectBase is what detection knows of a knowledge base as a whole.
type DetectBase struct {
	Base    string
	Version string // of the rules that its rows and pairs were made with
	Learned int    // documents that Data was learned from
	// Phase is that of a pass over the whole base that is under way, empty without one;
	// Cursor how far it has come.
	Phase     string
	Cursor    int64
	Passed    time.Time // end of the last pass over the whole base
	Baselined time.Time
	Data      []byte
}

// A Detected is a finding as detection writes it.
type Detected struct {
	Finding index.Finding
	Pairs   []Pair         // all live ones; they replace those that it had
	Notes   []DocumentNote // of the kinds conflict and stale, likewise
	// Was is the state and outcome with which the finding was read, empty of one that is
	// new. When it has another, ErrDecided.
	Was        index.FindingState
	WasOutcome index.Verdict
	// Lapse ends what was decided on it, because what was decided on has changed; what
	// was decided is put into Finding.Earlier.
	Lapse  bool
	Events []FindingEvent
}

// A Detection is what detection writes at once.
type Detection struct {
	Mark     int64 // that the consumer has come to; 0 leaves it
	Consumer string
	Drop     []DetectRow
	Add      []DetectRow
	Remark   []DetectMark
	Findings []Detected
	Changes  []ValueChange
	Bases    []DetectBase
}

// A DetectMark is the Mark that a row gets.
type DetectMark struct {
	ID   int64
	Mark index.Hash
}

// Detect writes a Detection in one transaction.
func (c *Catalog) Detect(ctx context.Context, d *Detection) error {
	var keys []string
	return c.txOn(ctx, "write what detection found", func() touched { return touched{documents: keys} }, func(tx *sql.Tx) error {
		w := detectWriter{ctx: context.WithoutCancel(ctx), tx: tx, at: millis(c.now())}
		for _, step := range []func(*Detection) error{w.rows, w.findings, w.changes, w.bases, w.mark} {
			if err := errors.Join(ctx.Err(), step(d)); err != nil {
				return err
			}
		}
		keys = w.touched
		return nil
	})
}

type detectWriter struct {
	ctx     context.Context // never ends: see writer
	tx      *sql.Tx
	at      int64
	touched []string
}

// each runs a statement for each of n.
func (w *detectWriter) each(query string, n int, args func(i int) []any) error {
	if n == 0 {
		return nil
	}
	st, err := w.tx.PrepareContext(w.ctx, query)
	if err != nil {
		return err
	}
	defer st.Close()
	for i := range n {
		if _, err := st.ExecContext(w.ctx, args(i)...); err != nil {
			return err
		}
	}
	return nil
}

func (w *detectWriter) rows(d *Detection) error {
	if err := w.each(`DELETE FROM detect_rows WHERE id = ?`, len(d.Drop), func(i int) []any { return []any{d.Drop[i].ID} }); err != nil {
		return err
	}
	if err := w.insertRows(d.Add); err != nil {
		return err
	}
	if err := w.each(`UPDATE detect_rows SET mark = ? WHERE id = ?`, len(d.Remark), func(i int) []any { return []any{d.Remark[i].Mark[:], d.Remark[i].ID} }); err != nil {
		return err
	}
	gone := entriesOf(d.Drop)
	if err := w.each(`DELETE FROM detect_keys WHERE entry = ?`, len(gone), func(i int) []any { return []any{gone[i]} }); err != nil {
		return err
	}
	return w.insertEntries(entriesOf(d.Add))
}

func (w *detectWriter) insertRows(rows []DetectRow) error {
	return w.each(`INSERT INTO detect_rows (id, doc, chunk, base, mark, keys) VALUES (?, ?, ?, ?, ?, ?)`, len(rows), func(i int) []any {
		r := &rows[i]
		return []any{r.ID, r.Document, chunkBytes(r.Chunk), r.Base, r.Mark[:], keyBytes(r.Keys)}
	})
}

func (w *detectWriter) insertEntries(entries []int64) error {
	return w.each(`INSERT INTO detect_keys (entry) VALUES (?) ON CONFLICT (entry) DO NOTHING`, len(entries), func(i int) []any { return []any{entries[i]} })
}

// entriesOf are in order: neighbours lie on one page of the file.
func entriesOf(rows []DetectRow) []int64 {
	var out []int64
	for i := range rows {
		for _, k := range rows[i].Keys {
			out = append(out, detectEntry(k, rows[i].ID))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (w *detectWriter) findings(d *Detection) error {
	for i := range d.Findings {
		f := &d.Findings[i]
		if err := w.unchanged(f); err != nil {
			return fmt.Errorf("finding %s: %w", f.Finding.ID, err)
		}
		if f.Lapse {
			held, documents, err := lapse(w.ctx, w.tx, f.Finding.ID, fromMillis(w.at))
			if err != nil {
				return err
			}
			f.Finding.Earlier = append(f.Finding.Earlier, held...)
			w.touched = append(w.touched, documents...)
		}
		keys, err := writeFinding(w.ctx, w.tx, w.at, &f.Finding, f.Pairs, f.Notes)
		if err != nil {
			return err
		}
		w.touched = append(w.touched, keys...)
		for j := range f.Events {
			if err := addEvent(w.ctx, w.tx, &f.Events[j]); err != nil {
				return err
			}
		}
	}
	return nil
}

// unchanged checks that nobody has decided on a finding since it was read.
func (w *detectWriter) unchanged(f *Detected) error {
	var state index.FindingState
	var outcome index.Verdict
	err := w.tx.QueryRowContext(w.ctx, `SELECT state, outcome FROM findings WHERE id = ?`, f.Finding.ID).Scan(&state, &outcome)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if state != f.Was || outcome != f.WasOutcome {
		return ErrDecided
	}
	return nil
}

func (w *detectWriter) bases(d *Detection) error {
	return w.each(`INSERT INTO detect_bases (base, version, learned, phase, cursor_at, passed, baselined, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (base) DO UPDATE SET version = excluded.version, learned = excluded.learned, phase = excluded.phase, cursor_at = excluded.cursor_at,
		passed = excluded.passed, baselined = excluded.baselined, data = excluded.data`, len(d.Bases), func(i int) []any {
		b := &d.Bases[i]
		data := b.Data
		if data == nil {
			data = []byte{}
		}
		return []any{b.Base, b.Version, b.Learned, b.Phase, b.Cursor, millis(b.Passed), millis(b.Baselined), data}
	})
}

func (w *detectWriter) mark(d *Detection) error {
	if d.Mark == 0 {
		return nil
	}
	_, err := w.tx.ExecContext(w.ctx, `INSERT INTO consumers (name, mark) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET mark = excluded.mark`, d.Consumer, d.Mark)
	return err
}

// NextDetectRow is the ID of the next row to be registered.
func (c *Catalog) NextDetectRow(ctx context.Context) (int64, error) {
	var id int64
	if err := c.read.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM detect_rows`).Scan(&id); err != nil {
		return 0, fmt.Errorf("read the last row of detection: %w", err)
	}
	return id, nil
}

const detectColumns = `r.id, r.doc, r.chunk, r.base, r.mark, r.keys`

func scanDetectRow(r scanner) (DetectRow, error) {
	var row DetectRow
	var chunk, mark, keys []byte
	err := r.Scan(&row.ID, &row.Document, &chunk, &row.Base, &mark, &keys)
	row.Chunk, row.Mark = toChunkID(chunk), toHash(mark)
	row.Keys = make([]uint64, 0, len(keys)/8)
	for ; len(keys) >= 8; keys = keys[8:] {
		row.Keys = append(row.Keys, binary.BigEndian.Uint64(keys))
	}
	return row, err
}

// DetectRowsOf lists the rows of a document, by ID.
func (c *Catalog) DetectRowsOf(ctx context.Context, document string) ([]DetectRow, error) {
	return c.detectRows(ctx, `r.doc = ?`, document)
}

// DetectRowsAfter lists rows of a base behind an ID, by ID.
func (c *Catalog) DetectRowsAfter(ctx context.Context, base string, after int64, limit int) ([]DetectRow, error) {
	return c.detectRows(ctx, `r.base = ? AND r.id > ? ORDER BY r.id LIMIT ?`, base, after, limit)
}

// DetectRowsByID returns those of the rows that there are, by ID.
func (c *Catalog) DetectRowsByID(ctx context.Context, ids []int64) ([]DetectRow, error) {
	st, err := c.statements.get(ctx, `SELECT `+detectColumns+` FROM detect_rows r WHERE r.id = ?`)
	if err != nil {
		return nil, fmt.Errorf("read rows of detection: %w", err)
	}
	out := make([]DetectRow, 0, len(ids))
	for _, id := range ids {
		row, err := scanDetectRow(st.QueryRowContext(context.WithoutCancel(ctx), id))
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read rows of detection: %w", err)
		}
		out = append(out, row)
	}
	slices.SortFunc(out, func(a, b DetectRow) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

func (c *Catalog) detectRows(ctx context.Context, cond string, args ...any) ([]DetectRow, error) {
	st, err := c.statements.get(ctx, `SELECT `+detectColumns+` FROM detect_rows r WHERE `+cond)
	if err != nil {
		return nil, fmt.Errorf("read rows of detection: %w", err)
	}
	rows, err := st.QueryContext(context.WithoutCancel(ctx), args...)
	out, err := collect(rows, err, scanDetectRow)
	if err != nil {
		return nil, fmt.Errorf("read rows of detection: %w", err)
	}
	slices.SortFunc(out, func(a, b DetectRow) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

// DetectSharing appends to ids the rows below an ID that have a key, at most limit of
// them, the lowest first.
func (c *Catalog) DetectSharing(ctx context.Context, key uint64, below int64, limit int, ids []int64) ([]int64, error) {
	st, err := c.statements.get(ctx, `SELECT entry FROM detect_keys WHERE entry >= ? AND entry < ? ORDER BY entry LIMIT ?`)
	if err != nil {
		return ids, fmt.Errorf("look up a key of detection: %w", err)
	}
	rows, err := st.QueryContext(context.WithoutCancel(ctx), detectEntry(key, 0), detectEntry(key, below), limit)
	if err != nil {
		return ids, fmt.Errorf("look up a key of detection: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var entry int64
		if err := rows.Scan(&entry); err != nil {
			return ids, fmt.Errorf("look up a key of detection: %w", err)
		}
		ids = append(ids, entry&MaxDetectRows)
	}
	if err := rows.Err(); err != nil {
		return ids, fmt.Errorf("look up a key of detection: %w", err)
	}
	return ids, nil
}

// DetectBase returns what detection knows of a base; the zero DetectBase with its ID
// when it knows nothing.
func (c *Catalog) DetectBase(ctx context.Context, base string) (DetectBase, error) {
	b := DetectBase{Base: base}
	var passed, baselined int64
	err := c.read.QueryRowContext(ctx, `SELECT version, learned, phase, cursor_at, passed, baselined, data FROM detect_bases WHERE base = ?`, base).
		Scan(&b.Version, &b.Learned, &b.Phase, &b.Cursor, &passed, &baselined, &b.Data)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return b, fmt.Errorf("read what detection knows of %s: %w", base, err)
	}
	b.Passed, b.Baselined = fromMillis(passed), fromMillis(baselined)
	return b, nil
}

// OpenChunk returns the chunk with this ID if its row is open; ErrNotFound otherwise.
func (c *Catalog) OpenChunk(ctx context.Context, id index.ChunkID) (index.Chunk, error) {
	st, err := c.statements.get(ctx, `SELECT `+chunkColumns+` FROM chunks c WHERE c.chunk = ? AND c.until_seq = ?`)
	if err != nil {
		return index.Chunk{}, fmt.Errorf("read passage: %w", err)
	}
	ch, err := scanChunk(st.QueryRowContext(context.WithoutCancel(ctx), id[:], index.Open))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return ch, fmt.Errorf("read passage %s: %w", id, err)
	}
	return ch, nil
}

// DetectRowID is the ID of the row of a passage, or of a document with the zero
// chunk; 0 when there is none.
func (c *Catalog) DetectRowID(ctx context.Context, document string, chunk index.ChunkID) (int64, error) {
	st, err := c.statements.get(ctx, `SELECT id FROM detect_rows WHERE doc = ? AND chunk = ?`)
	if err != nil {
		return 0, fmt.Errorf("read row of detection: %w", err)
	}
	var id int64
	err = st.QueryRowContext(context.WithoutCancel(ctx), document, chunkBytes(chunk)).Scan(&id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read row of detection: %w", err)
	}
	return id, nil
}

// Translations lists the keys of the other documents of a translation group that are
// served.
func (c *Catalog) Translations(ctx context.Context, base, group, but string) ([]string, error) {
	st, err := c.statements.get(ctx, `SELECT doc FROM documents WHERE base = ? AND translation_group = ? AND doc <> ?
		AND state IN ('present', 'unreadable') AND chunks > 0 ORDER BY doc`)
	if err != nil {
		return nil, fmt.Errorf("list translations: %w", err)
	}
	rows, err := st.QueryContext(context.WithoutCancel(ctx), base, group, but)
	out, err := collect(rows, err, func(r scanner) (key string, err error) { return key, r.Scan(&key) })
	if err != nil {
		return nil, fmt.Errorf("list translations: %w", err)
	}
	return out, nil
}

func chunkBytes(id index.ChunkID) []byte {
	if id == (index.ChunkID{}) {
		return []byte{}
	}
	return id[:]
}

func keyBytes(keys []uint64) []byte {
	b := make([]byte, 0, 8*len(keys))
	for _, k := range keys {
		b = binary.BigEndian.AppendUint64(b, k)
	}
	return b
}
