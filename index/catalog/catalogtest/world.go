package catalogtest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
)

// start is where the suite's clock begins: whole seconds, because a catalog keeps
// times to the millisecond.
var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

const (
	base   = "help"
	source = "site"
	other  = "wiki" // a second source of the same base
)

// world is one fresh catalog with its clock and two published sources.
type world struct {
	*testing.T
	c    *catalog.Catalog
	ctx  context.Context
	open Open

	mu   sync.Mutex
	time time.Time
	tick func() // called at every look at the clock
}

func newWorld(t *testing.T, open Open) *world {
	w := &world{T: t, ctx: t.Context(), time: start, open: open}
	w.c = open(t, w.now)
	w.ok(w.c.PutBase(w.ctx, catalog.Base{ID: base, Languages: []string{"fr", "en"}, Recipe: "r1"}))
	for _, id := range []string{source, other} {
		w.ok(w.c.PutSource(w.ctx, catalog.Source{ID: id, Base: base, Kind: "files", State: catalog.Published}))
	}
	return w
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tick != nil {
		w.tick()
	}
	return w.time
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.time = w.time.Add(d)
}

func (w *world) onTick(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tick = f
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// is fails when err is not target.
func (w *world) is(err, target error) {
	w.Helper()
	if !errors.Is(err, target) {
		w.Fatalf("error %v, want %v", err, target)
	}
}

// equal compares and shows the difference under a name.
func (w *world) equal(what string, got, want any, options ...cmp.Option) {
	w.Helper()
	if diff := cmp.Diff(want, got, options...); diff != "" {
		w.Errorf("%s differs (-want +got):\n%s", what, diff)
	}
}

// row returns the row of a document of source, or a new one that is public.
func (w *world) row(id string) catalog.Document {
	w.Helper()
	return w.rowOf(source, id)
}

func (w *world) rowOf(source, id string) catalog.Document {
	w.Helper()
	d, err := w.c.DocumentByID(w.ctx, source, id)
	if err == nil {
		return d
	}
	w.is(err, catalog.ErrNotFound)
	key, err := w.c.FreeKey(w.ctx, source, id)
	w.ok(err)
	return catalog.Document{
		Key: key, Source: source, ExternalID: id, Base: base, State: catalog.Present,
		Details: catalog.Details{Title: "Title of " + id, URI: "https://example.org/" + id, Access: connectors.Public()},
	}
}

func (w *world) key(id string) string { return w.row(id).Key }

// text is a change that gives a document of source these chunks.
func (w *world) text(id string, chunks ...string) catalog.Change {
	w.Helper()
	return content(w.row(id), chunks...)
}

// content is a change that gives d these chunks and their text.
func content(d catalog.Document, chunks ...string) catalog.Change {
	outcome := catalog.TextChanged
	if d.VersionSeq == 0 {
		outcome = catalog.New
	}
	d.State, d.StateReason = catalog.Present, ""
	d.TextHash = index.HashTexts("text/1", chunks...)
	return catalog.Change{Document: d, Outcome: outcome, Content: true, Chunks: cut(&d, chunks...), Text: []byte(plain(chunks))}
}

func plain(chunks []string) string { return fmt.Sprintf("%q", chunks) }

// cut makes the chunks of a document; texts that occur again count as repeats.
func cut(d *catalog.Document, texts ...string) []index.Chunk {
	var out []index.Chunk
	repeats := make(map[string]int)
	at := 0
	for i, text := range texts {
		c := index.Chunk{
			ID: index.NewChunkID(d.Key, []string{"Top"}, text, repeats[text]), Document: d.Key, Ord: i, Kind: index.Prose,
			Title: d.Details.Title, Heading: []string{"Top"}, Text: text, Locale: "en", Words: 1, Start: at, End: at + len(text),
		}
		c.Input = c.InputHash("enc/1")
		repeats[text]++
		at = c.End + 1
		out = append(out, c)
	}
	return out
}

// details is a change that keeps the text and changes what is told of it.
func (w *world) details(id string, edit func(*catalog.Details)) catalog.Change {
	w.Helper()
	d := w.row(id)
	edit(&d.Details)
	return catalog.Change{Document: d, Outcome: catalog.DetailsChanged}
}

// state is a change of the document's state.
func (w *world) state(id string, state catalog.State) catalog.Change {
	w.Helper()
	d := w.row(id)
	d.State = state
	outcome := map[catalog.State]catalog.Outcome{
		catalog.Hidden: catalog.WasHidden, catalog.Removed: catalog.WasRemoved, catalog.Excluded: catalog.WasExcluded, catalog.Unreadable: catalog.NotReadable,
	}[state]
	return catalog.Change{Document: d, Outcome: outcome}
}

// write applies changes of source in one batch.
func (w *world) write(changes ...catalog.Change) catalog.Applied {
	w.Helper()
	return w.apply(&catalog.Batch{Source: source, Changes: changes})
}

func (w *world) apply(b *catalog.Batch) catalog.Applied {
	w.Helper()
	done, err := w.c.Apply(w.ctx, b)
	w.ok(err)
	return done
}

func (w *world) head() int64 {
	w.Helper()
	n, err := w.c.Head(w.ctx)
	w.ok(err)
	return n
}

// log reads the change log after mark.
func (w *world) log(mark int64) []index.Entry {
	w.Helper()
	return all(w, w.c.Since(w.ctx, mark))
}

func all[T any](w *world, seq iter.Seq2[T, error]) []T {
	w.Helper()
	var out []T
	for v, err := range seq {
		w.ok(err)
		out = append(out, v)
	}
	return out
}

// chunksOf are the open chunks of a document of source.
func (w *world) chunksOf(id string) []index.Chunk {
	w.Helper()
	list, err := w.c.ChunksOf(w.ctx, w.key(id))
	w.ok(err)
	return list
}

func textsOf(list []index.Chunk) []string {
	out := []string{}
	for _, c := range list {
		out = append(out, c.Text)
	}
	return out
}

func idsOf(list []index.Chunk) []index.ChunkID {
	out := []index.ChunkID{}
	for _, c := range list {
		out = append(out, c.ID)
	}
	return out
}

// vouch asks what everybody may read.
func (w *world) vouch(mark int64, ids ...index.ChunkID) []index.Passage {
	w.Helper()
	return w.vouchFor(index.VouchRequest{Base: base, Mark: mark, IDs: ids})
}

func (w *world) vouchFor(q index.VouchRequest) []index.Passage {
	w.Helper()
	list, err := w.c.Vouch(w.ctx, q)
	w.ok(err)
	slices.SortFunc(list, func(a, b index.Passage) int { return slices.Compare(a.Chunk.ID[:], b.Chunk.ID[:]) })
	return list
}

// shown are the texts of the passages, sorted.
func shown(list []index.Passage) []string {
	out := []string{}
	for _, p := range list {
		out = append(out, p.Chunk.Text)
	}
	slices.Sort(out)
	return out
}
