package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"freshet/index/catalog"
	"freshet/index/retrieve"
)

// Served is what the ledger keeps of one passage: enough to find, in the catalog's
// history, the text that was shown.
type Served struct {
	Chunk    string   `json:"chunk_id"`
	Joined   []string `json:"joined,omitempty" doc:"Chunks whose text was shown as one, in order; absent when it was chunk_id alone"`
	Key      string   `json:"key" doc:"Internal key of the document"`
	Document string   `json:"document" doc:"ID of the document in its source"`
	Source   string   `json:"source"`
	Title    string   `json:"title"`
	URL      string   `json:"url"`
	Score    float64  `json:"score"`
	State    string   `json:"freshness"`
}

// ServedAnswer is what the ledger keeps of an answer.
type ServedAnswer struct {
	Confidence float64  `json:"confidence"`
	Reasons    []string `json:"reasons"`
	Degraded   []string `json:"degraded"`
	Hits       []Served `json:"hits"`
}

// A note is a row of the ledger before it is written.
type note struct {
	row    catalog.Query
	answer ServedAnswer
}

func newQueryID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // it never fails
	var text [2 + 24]byte
	text[0], text[1] = 'q', '_'
	hex.Encode(text[2:], b[:])
	return string(text[:])
}

func noteOf(r *retrieve.Response, req *retrieve.Request, key string, at time.Time, took time.Duration) note {
	n := note{
		row:    catalog.Query{ID: r.QueryID, Base: req.Base, At: at, Key: key, Text: req.Query, State: string(r.Answer.State), Mark: r.Mark, Took: took},
		answer: ServedAnswer{Confidence: r.Answer.Confidence, Reasons: r.Answer.Reasons, Degraded: r.Degraded, Hits: make([]Served, len(r.Hits))},
	}
	for i := range r.Hits {
		h := &r.Hits[i]
		n.answer.Hits[i] = Served{
			Chunk: h.ChunkID.String(), Key: h.Document.Key, Document: h.Document.ID, Source: h.Document.Source,
			Title: h.Document.Title, URL: h.Document.URL, Score: h.Score, State: string(h.Freshness.State),
		}
		for _, id := range h.Joined {
			n.answer.Hits[i].Joined = append(n.answer.Hits[i].Joined, id.String())
		}
	}
	return n
}

// A ledger keeps what was asked and served. Adding to it never waits for the
// catalog; when too many rows wait, new ones are dropped and counted.
type ledger struct {
	catalog *catalog.Catalog
	mask    func(string) string
	now     func() time.Time
	log     *slog.Logger
	limits  Limits
	dropped atomic.Int64

	mu    sync.Mutex // of what waits
	notes []note
	keys  map[string]time.Time

	writing sync.Mutex // one batch at a time, in order
}

func newLedger(c *catalog.Catalog, mask func(string) string, now func() time.Time, log *slog.Logger, l Limits) *ledger {
	return &ledger{catalog: c, mask: mask, now: now, log: log, limits: l, keys: make(map[string]time.Time)}
}

func (l *ledger) add(n note) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.notes) >= l.limits.QueueRows {
		l.dropped.Add(1)
		return
	}
	l.notes = append(l.notes, n)
}

// used notes that a key was used.
func (l *ledger) used(key string) {
	at := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keys[key] = at
}

// ledgerBatch is how many rows are written in one transaction.
const ledgerBatch = 500

// flush writes what waits. Rows that could not be written wait on, as far as
// there is room.
func (l *ledger) flush(ctx context.Context) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	for {
		l.mu.Lock()
		notes := l.notes
		l.notes = nil
		l.mu.Unlock()
		if len(notes) == 0 {
			return nil
		}
		for len(notes) > 0 {
			batch := notes[:min(ledgerBatch, len(notes))]
			if err := l.catalog.LogQueries(ctx, l.rows(batch)); err != nil {
				l.putBack(notes)
				return err
			}
			notes = notes[len(batch):]
		}
	}
}

func (l *ledger) putBack(notes []note) {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := append(notes, l.notes...)
	room := min(len(all), l.limits.QueueRows)
	l.dropped.Add(int64(len(all) - room))
	l.notes = all[:room]
}

// rows makes the catalog's rows. It masks here, beside the answers, because
// masking takes longer than answering may.
func (l *ledger) rows(notes []note) []catalog.Query {
	rows := make([]catalog.Query, len(notes))
	for i := range notes {
		served, err := json.Marshal(&notes[i].answer)
		if err != nil {
			panic(err) // it is plain data
		}
		rows[i] = notes[i].row
		rows[i].Text, rows[i].Served = l.masked(rows[i].Text), served
	}
	return rows
}

func (l *ledger) masked(text string) string {
	if l.mask == nil {
		return ""
	}
	return l.mask(text)
}

// flushKeys records when keys were last used.
func (l *ledger) flushKeys(ctx context.Context) error {
	l.mu.Lock()
	keys := l.keys
	l.keys = make(map[string]time.Time)
	l.mu.Unlock()
	if len(keys) == 0 {
		return nil
	}
	return l.catalog.TouchKeys(ctx, keys)
}

// keysEvery is how often the use of keys is recorded, forgetEvery how often old
// rows are forgotten.
const (
	keysEvery   = time.Minute
	forgetEvery = 24 * time.Hour
)

func (l *ledger) run(ctx context.Context) {
	batches, keys, days := time.NewTicker(l.limits.BatchEvery), time.NewTicker(keysEvery), time.NewTicker(forgetEvery)
	defer batches.Stop()
	defer keys.Stop()
	defer days.Stop()
	l.forget(ctx)
	var reported int64
	for {
		select {
		case <-ctx.Done():
			return
		case <-batches.C:
			l.try(ctx, "write the query log", l.flush)
			if n := l.dropped.Load(); n > reported {
				l.log.Warn("rows of the query log were dropped because they could not be written in time", "rows", n-reported)
				reported = n
			}
		case <-keys.C:
			l.try(ctx, "record use of keys", l.flushKeys)
		case <-days.C:
			l.forget(ctx)
		}
	}
}

func (l *ledger) forget(ctx context.Context) {
	l.try(ctx, "forget old queries", func(ctx context.Context) error {
		return l.catalog.ForgetQueries(ctx, l.now().Add(-l.limits.QueryLog))
	})
}

func (l *ledger) try(ctx context.Context, doing string, f func(context.Context) error) {
	if err := f(ctx); err != nil && ctx.Err() == nil {
		l.log.Error("could not "+doing, "error", err)
	}
}
