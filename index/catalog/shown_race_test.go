package catalog_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
)

// TestVouchNeverShowsWhatAnAcknowledgedCommitTookAway lets readers ask while
// documents are hidden, restored, excluded, included, closed to most, told of
// differently, confirmed and seen, and sources made drafts. Every answer about a
// document has to be true of a moment between the question and the answer.
func TestVouchNeverShowsWhatAnAcknowledgedCommitTookAway(t *testing.T) {
	for _, kept := range []struct {
		name  string
		bytes int64
	}{{"all", 1 << 20}, {"a few documents", 6 << 10}, {"nothing", -1}} {
		t.Run(kept.name, func(t *testing.T) {
			w := newRace(t, kept.bytes)
			var wg sync.WaitGroup
			ctx, stop := context.WithCancel(t.Context())
			for seed := range uint64(2) {
				wg.Go(func() { w.ask(ctx, rand.New(rand.NewPCG(seed, 1))) })
			}
			r := rand.New(rand.NewPCG(9, 9))
			for range 100 {
				w.step(r)
			}
			stop()
			wg.Wait()
			if n := w.asked.Load(); n < 100 {
				t.Errorf("only %d questions were asked meanwhile", n)
			}
		})
	}
}

const raceBase = "b"

// said is what an answer tells of a document.
type said struct {
	shown   bool
	label   string
	owner   string
	state   string // of its source
	checked int64
	until   int64 // confirmed
}

// raceDocument is a document with all that was ever true of it.
type raceDocument struct {
	id     string
	source int
	chunk  index.ChunkID

	serves, excluded, public bool
	now                      said

	mu    sync.Mutex
	all   []said
	acked int // the newest of all that was acknowledged
}

type race struct {
	*testing.T
	c     *catalog.Catalog
	docs  []*raceDocument
	clock atomic.Int64
	asked atomic.Int64
	src   [2]said // state and owner
}

func newRace(t *testing.T, keep int64) *race {
	w := &race{T: t}
	w.clock.Store(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixMilli())
	w.c = open(t, catalog.Options{
		Path: filepath.Join(t.TempDir(), "catalog.db"), CacheBytes: keep,
		Now: func() time.Time { return time.UnixMilli(w.clock.Load()).UTC() },
	})
	for i := range w.src {
		w.source(i, said{state: "published", owner: "ann"})
	}
	for i := range 8 {
		d := &raceDocument{id: fmt.Sprint("page/", i), source: i % 2, serves: true, public: true}
		d.chunk = index.NewChunkID(catalog.NewDocumentKey(sourceName(d.source), d.id, 0), nil, d.id, 0)
		w.docs = append(w.docs, d)
		w.write(d)
		w.acknowledge(d)
	}
	return w
}

func sourceName(i int) string { return fmt.Sprint("source ", i) }

func (w *race) ok(err error) {
	w.Helper()
	if err != nil {
		w.Error(err)
	}
}

// source makes the source what s says, with all of its documents.
func (w *race) source(i int, s said) {
	w.src[i] = s
	var docs []*raceDocument
	for _, d := range w.docs {
		if d.source == i {
			docs = append(docs, d)
		}
	}
	w.begin(docs...)
	w.ok(w.c.PutSource(context.Background(), catalog.Source{ID: sourceName(i), Base: raceBase, Owner: s.owner, State: catalog.SourceState(s.state)}))
	w.acknowledge(docs...)
}

// begin notes what will be true of documents.
func (w *race) begin(docs ...*raceDocument) {
	for _, d := range docs {
		s := w.src[d.source]
		d.now.owner, d.now.state = s.owner, s.state
		d.now.shown = d.serves && !d.excluded && d.public && s.state != "draft"
		d.mu.Lock()
		d.all = append(d.all, d.now)
		d.mu.Unlock()
	}
}

func (w *race) acknowledge(docs ...*raceDocument) {
	for _, d := range docs {
		d.mu.Lock()
		d.acked = len(d.all) - 1
		d.mu.Unlock()
	}
}

// write applies the document as it shall be.
func (w *race) write(d *raceDocument) {
	ctx := context.Background()
	row, err := w.c.DocumentByID(ctx, sourceName(d.source), d.id)
	if err != nil {
		row = catalog.Document{Key: catalog.NewDocumentKey(sourceName(d.source), d.id, 0), Source: sourceName(d.source), ExternalID: d.id, Base: raceBase}
	}
	row.Details = catalog.Details{Title: d.id, Labels: []string{d.now.label}, Access: connectors.Public()}
	if !d.public {
		row.Details.Access = connectors.Access{Known: true, AnyOf: [][]connectors.Principal{{"group:staff"}}}
	}
	change := catalog.Change{Document: row, Outcome: catalog.DetailsChanged}
	if d.serves {
		chunk := index.Chunk{ID: d.chunk, Document: row.Key, Kind: index.Prose, Title: d.id, Text: d.id, Words: 1, End: len(d.id)}
		chunk.Input = chunk.InputHash("enc/1")
		change.Content, change.Chunks, change.Text, change.Outcome = true, []index.Chunk{chunk}, []byte(d.id), catalog.Restored
		change.Document.State = catalog.Present
		d.now.checked = w.clock.Load()
	} else {
		change.Document.State, change.Outcome = catalog.Hidden, catalog.WasHidden
	}
	w.begin(d)
	_, err = w.c.Apply(ctx, &catalog.Batch{Source: sourceName(d.source), Changes: []catalog.Change{change}})
	w.ok(err)
}

// step changes something at random and acknowledges it.
func (w *race) step(r *rand.Rand) {
	ctx := context.Background()
	w.clock.Add(1000)
	d := w.docs[r.IntN(len(w.docs))]
	key := catalog.NewDocumentKey(sourceName(d.source), d.id, 0)
	what := r.IntN(8)
	if d.excluded { // by a person: only a person takes it back
		what = 3
	}
	switch what {
	case 0: // come or go
		d.serves = !d.serves
		w.write(d)
	case 1:
		d.public = !d.public
		w.write(d)
	case 2:
		d.now.label = fmt.Sprint("label ", r.IntN(100))
		w.write(d)
	case 3:
		w.exclude(d, key)
	case 4:
		d.now.until = w.clock.Load() + 5000
		w.begin(d)
		w.ok(w.c.Confirm(ctx, key, time.UnixMilli(d.now.until), "ann"))
	case 5:
		i := r.IntN(len(w.src))
		s := w.src[i]
		s.state = map[string]string{"draft": "published", "published": "draft"}[s.state]
		w.source(i, s)
	case 6:
		i := r.IntN(len(w.src))
		s := w.src[i]
		s.owner = fmt.Sprint("owner ", r.IntN(100))
		w.source(i, s)
	default:
		w.confirmAll()
	}
	w.acknowledge(d)
}

// exclude excludes a document that serves, or includes one that is excluded.
func (w *race) exclude(d *raceDocument, key string) {
	if !d.serves {
		return
	}
	d.excluded = !d.excluded
	w.begin(d)
	if d.excluded {
		w.ok(w.c.Exclude(context.Background(), key, "ann"))
	} else {
		w.ok(w.c.Include(context.Background(), key, "ann"))
	}
}

// confirmAll is a pass over documents of which none has changed.
func (w *race) confirmAll() {
	for i := range w.src {
		var docs []*raceDocument
		b := &catalog.Batch{Source: sourceName(i), Pass: 1}
		for _, d := range w.docs {
			if d.source == i {
				d.now.checked = w.clock.Load()
				docs = append(docs, d)
				b.Seen = append(b.Seen, catalog.NewDocumentKey(b.Source, d.id, 0))
			}
		}
		w.begin(docs...)
		_, err := w.c.Apply(context.Background(), b)
		w.ok(err)
		w.acknowledge(docs...)
	}
}

// ask asks about several documents again and again.
func (w *race) ask(ctx context.Context, r *rand.Rand) {
	for ctx.Err() == nil && !w.Failed() {
		n := 1 + r.IntN(len(w.docs))
		var docs []*raceDocument
		var since []int
		q := index.VouchRequest{Base: raceBase, Mark: index.Open - 1}
		around := index.AroundRequest{Base: q.Base, Mark: q.Mark}
		for _, i := range r.Perm(len(w.docs))[:n] {
			d := w.docs[i]
			d.mu.Lock()
			since = append(since, d.acked)
			d.mu.Unlock()
			docs = append(docs, d)
			q.IDs = append(q.IDs, d.chunk)
			around.Spans = append(around.Spans, index.OrdSpan{Document: catalog.NewDocumentKey(sourceName(d.source), d.id, 0), Hi: 3})
		}
		var got []index.Passage
		var err error
		if r.IntN(4) == 0 {
			got, err = w.c.Around(context.Background(), around)
		} else {
			got, err = w.c.Vouch(context.Background(), q)
		}
		w.ok(err)
		w.asked.Add(1)
		for i, d := range docs {
			w.judge(d, since[i], got)
		}
	}
}

func (w *race) judge(d *raceDocument, since int, got []index.Passage) {
	var is said
	i := slices.IndexFunc(got, func(p index.Passage) bool { return p.Chunk.ID == d.chunk })
	if i >= 0 {
		p := &got[i].Document
		is = said{true, p.Labels[0], p.Owner, p.SourceState, p.Checked.UnixMilli(), 0}
		if !p.ConfirmedUntil.IsZero() {
			is.until = p.ConfirmedUntil.UnixMilli()
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, was := range d.all[since:] {
		if is == was || !is.shown && !was.shown {
			return
		}
	}
	w.Errorf("%s is told as %+v, true were %+v", d.id, is, d.all[since:])
}
