package catalog

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"freshet/index"
	"freshet/schedules"
)

// An Outcome says what a run found of one document.
type Outcome string

// The outcomes of ARCHITECTURE's way of a document.
const (
	New            Outcome = "new"
	TextChanged    Outcome = "text_changed"
	DetailsChanged Outcome = "details_changed"
	Replaced       Outcome = "replaced" // a text that shares almost nothing with the old one; counted as text_changed
	Reprocessed    Outcome = "reprocessed"
	Unchanged      Outcome = "unchanged"
	Restored       Outcome = "restored"
	Moved          Outcome = "moved"
	WasHidden      Outcome = "hidden"
	WasRemoved     Outcome = "removed"
	WasExcluded    Outcome = "excluded"
	Skipped        Outcome = "skipped"
	NotReadable    Outcome = "unreadable"
	Deleted        Outcome = "deleted" // reported by the source, as against missed by a pass
)

// A Fence names the lease under which a batch is written. The batch is refused
// with schedules.ErrLeaseLost when another worker has claimed the job since.
type Fence struct {
	Key   schedules.Key
	Token int64
}

// A Change is what a batch does to one document.
type Change struct {
	Document Document // the row as it shall be; sequence numbers are the catalog's
	Outcome  Outcome
	Approved bool // a person allowed it: the guard does not count it
	// Forget is the key of a document without any text whose external ID this
	// one takes over: it was a placeholder for what could not be read.
	Forget string

	// Content says that Chunks is the whole new set of the document; chunks that
	// are there with equal ID and Input stay. Without Content chunks stay as they are,
	// unless Document.State no longer serves: then all are closed.
	Content bool
	Chunks  []index.Chunk
	Text    []byte // structured text of a new version; nil keeps the version

	// Unasked says that the change is our own doing: it is no sight of the document at
	// its source.
	Unasked bool
}

// A Missed notes that a document was not where it should be.
type Missed struct {
	Document string
	Count    int
	Since    time.Time
}

// A Batch is one transaction of a run: all of it is kept or none.
type Batch struct {
	Source string
	Fence  *Fence
	Run    int64

	Changes []Change
	Seen    []string // keys of documents confirmed; those of Changes that serve are added
	Pass    int64    // that confirmed them; 0 keeps the pass they had
	Missed  []Missed

	Holds       []Hold
	DropHolds   []string // keys of documents
	Retries     []Retry
	DropRetries []string // external IDs

	Position *Position
	Memory   map[string]string // "" removes

	// Templates, when set, replace what was learned of the source. Their Changed is what
	// TemplatesOf said when it was learned; what has changed since stays counted.
	Templates *Templates

	// Pause, when set, is called before each of Changes, within the transaction. It may
	// wait a little, during which readers are free; its error undoes the batch. It does
	// not use the catalog.
	Pause func(context.Context) error
}

// Applied says what a batch did.
type Applied struct {
	Seq     int64 // last entry of the change log, of this batch or before it
	Written int   // chunk rows opened
	Kept    int   // chunk rows that stayed
}

// Apply writes the batch.
func (c *Catalog) Apply(ctx context.Context, b *Batch) (Applied, error) {
	var done Applied
	var at time.Time
	var needing []string
	touches := func() touched {
		t := b.touches(at)
		t.documents = append(t.documents, needing...)
		return t
	}
	err := c.txOn(ctx, "write batch of source "+b.Source, touches, func(tx *sql.Tx) error {
		at = c.now()
		w, err := newWriter(ctx, tx, b, at)
		if err != nil {
			return err
		}
		defer w.close()
		if err := w.all(); err != nil {
			return err
		}
		done, needing = w.done, w.needing
		return nil
	})
	if err != nil {
		return Applied{}, err
	}
	if len(b.Changes) > 0 {
		c.announce()
	}
	return done, nil
}

// pause lets others go first. Its error is also that of ctx.
func (b *Batch) pause(ctx context.Context) error {
	if b.Pause != nil {
		if err := b.Pause(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// touches says what the batch, written at a time, changes of what Vouch shows.
func (b *Batch) touches(at time.Time) touched {
	t := touched{stamped: b.Seen, at: at}
	for i := range b.Changes {
		t.documents = append(t.documents, b.Changes[i].Document.Key)
		if forget := b.Changes[i].Forget; forget != "" {
			t.documents = append(t.documents, forget)
		}
	}
	return t
}

// Changed returns a channel that is closed when the change log grows.
func (c *Catalog) Changed() <-chan struct{} {
	c.changed.Lock()
	defer c.changed.Unlock()
	return c.changed.wait
}

func (c *Catalog) announce() {
	c.changed.Lock()
	defer c.changed.Unlock()
	close(c.changed.wait)
	c.changed.wait = make(chan struct{})
}

// writer writes one batch within its transaction.
type writer struct {
	// ctx never ends: for one that can, the driver starts a goroutine for each
	// statement, which costs more than most of them.
	ctx      context.Context
	ended    func() error // of Pause and the caller's context; asked before each document
	tx       *sql.Tx
	b        *Batch
	now      time.Time
	seq      int64
	texts    int      // that came, changed or went
	needing  []string // documents with notes that need one which came or went
	done     Applied
	prepared map[string]*sql.Stmt
	packer   packer
}

func newWriter(ctx context.Context, tx *sql.Tx, b *Batch, now time.Time) (*writer, error) {
	w := &writer{ctx: context.WithoutCancel(ctx), ended: func() error { return b.pause(ctx) }, tx: tx, b: b, now: now, prepared: make(map[string]*sql.Stmt)}
	if b.Fence != nil {
		var token int64
		err := tx.QueryRowContext(ctx, `SELECT token FROM jobs WHERE kind = ? AND subject = ?`, b.Fence.Key.Kind, b.Fence.Key.Subject).Scan(&token)
		if errors.Is(err, sql.ErrNoRows) || err == nil && token != b.Fence.Token {
			return nil, schedules.ErrLeaseLost
		}
		if err != nil {
			return nil, err
		}
	}
	return w, tx.QueryRowContext(ctx, `SELECT last FROM sequence WHERE id = 1`).Scan(&w.seq)
}

func (w *writer) close() {
	for _, st := range w.prepared {
		_ = st.Close() // the transaction's end reports what matters
	}
}

// exec runs a statement that is prepared once per batch.
func (w *writer) exec(query string, args ...any) error {
	_, err := w.update(query, args...)
	return err
}

// update does the same and tells how many rows it changed.
func (w *writer) update(query string, args ...any) (int64, error) {
	st, err := w.stmt(query)
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(w.ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (w *writer) stmt(query string) (*sql.Stmt, error) {
	if st := w.prepared[query]; st != nil {
		return st, nil
	}
	st, err := w.tx.PrepareContext(w.ctx, query)
	if err == nil {
		w.prepared[query] = st
	}
	return st, err
}

func (w *writer) all() error {
	start := w.seq
	for i := range w.b.Changes {
		if err := w.ended(); err != nil {
			return err
		}
		if err := w.change(&w.b.Changes[i]); err != nil {
			return err
		}
	}
	if w.seq > start {
		if err := w.exec(`UPDATE sequence SET last = ? WHERE id = 1`, w.seq); err != nil {
			return err
		}
	}
	w.done.Seq = w.seq
	for _, step := range []func() error{w.stamps, w.missed, w.holds, w.retries, w.memory, w.position, w.templates} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// stampPage is how many stamps one statement moves.
const stampPage = 64

func (w *writer) stamps() error {
	keys := w.b.Seen
	for i := range w.b.Changes {
		ch := &w.b.Changes[i]
		if d := &ch.Document; !ch.Unasked && (d.State.Serves() || ch.Outcome == Skipped) {
			keys = append(keys, d.Key)
		}
	}
	for len(keys) > 0 {
		page := keys[:min(stampPage, len(keys))]
		keys = keys[len(page):]
		if err := w.stampAll(page); err != nil {
			return err
		}
	}
	return nil
}

// stampAll moves the stamps of a page that all have one, in one statement; a page
// with new documents goes one by one.
func (w *writer) stampAll(page []string) error {
	if len(page) == stampPage {
		args := make([]any, 0, stampPage+3)
		args = append(args, w.b.Pass, w.b.Pass, millis(w.now))
		for _, key := range page {
			args = append(args, key)
		}
		n, err := w.update(`UPDATE seen SET pass = CASE WHEN ? = 0 THEN pass ELSE ? END, at = ?, missed = 0, missed_since = 0 WHERE doc IN (`+placeholders(stampPage)+`)`, args...)
		if err != nil || n == stampPage {
			return err
		}
	}
	for _, key := range page {
		err := w.exec(`INSERT INTO seen (doc, pass, at, missed, missed_since) VALUES (?, ?, ?, 0, 0)
			ON CONFLICT (doc) DO UPDATE SET pass = CASE WHEN excluded.pass = 0 THEN seen.pass ELSE excluded.pass END, at = excluded.at, missed = 0, missed_since = 0`,
			key, w.b.Pass, millis(w.now))
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) missed() error {
	for _, m := range w.b.Missed {
		err := w.exec(`INSERT INTO seen (doc, pass, at, missed, missed_since) VALUES (?, 0, 0, ?, ?)
			ON CONFLICT (doc) DO UPDATE SET missed = excluded.missed, missed_since = excluded.missed_since`, m.Document, m.Count, millis(m.Since))
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) memory() error {
	for key, value := range w.b.Memory {
		var err error
		if value == "" {
			err = w.exec(`DELETE FROM memory WHERE source = ? AND key = ?`, w.b.Source, key)
		} else {
			err = w.exec(`INSERT INTO memory (source, key, value) VALUES (?, ?, ?) ON CONFLICT (source, key) DO UPDATE SET value = excluded.value`, w.b.Source, key, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
