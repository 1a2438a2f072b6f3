package catalogtest

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"freshet/index"
	"freshet/index/catalog"
)

var viewTests = []test{
	{"a view lists the open chunks in the order of their IDs with their stamps", (*world).viewLists},
	{"open chunks are listed page by page and by ID", (*world).openChunks},
	{"a view stays what it was while others write", (*world).viewIsSnapshot},
	{"an error of the reader comes back", (*world).viewError},
	{"a view that is left early releases its connection", (*world).viewReleases},
	{"readers beside a writer see whole batches", (*world).readersBesideWriter},
}

func (w *world) viewLists() {
	w.write(w.text("a", "one", "two", "three"), w.text("b", "four"))
	w.write(w.text("a", "one", "2"), w.state("b", catalog.Hidden))
	w.write(w.details("a", func(d *catalog.Details) { d.Labels = []string{"x"} }))
	d := w.row("a")
	var got []catalog.OpenChunk
	w.ok(w.c.View(w.ctx, func(v *catalog.View) error {
		got = all(w, v.OpenChunks(w.ctx))
		return nil
	}))
	var want []catalog.OpenChunk
	for _, c := range w.chunksOf("a") {
		want = append(want, catalog.OpenChunk{
			Chunk: c, Base: base, Payload: d.IndexPayload(), Stamp: index.Stamp{Input: c.Input, Payload: d.IndexPayload().Hash(), Seq: 5},
		})
	}
	slices.SortFunc(want, func(a, b catalog.OpenChunk) int { return slices.Compare(a.Chunk.ID[:], b.Chunk.ID[:]) })
	w.equal("view", got, want)
}

func (w *world) openChunks() {
	w.write(w.text("a", "one", "two", "three"), w.text("b", "four"), w.text("c", "five"))
	w.write(w.text("a", "one", "2"), w.state("b", catalog.Hidden))
	var whole []catalog.OpenChunk
	w.ok(w.c.View(w.ctx, func(v *catalog.View) error {
		whole = all(w, v.OpenChunks(w.ctx))
		return nil
	}))
	w.equal("open", len(whole), 3)
	var paged []catalog.OpenChunk
	for after := (index.ChunkID{}); ; {
		page, err := w.c.OpenChunksAfter(w.ctx, after, 2)
		w.ok(err)
		if len(page) == 0 {
			break
		}
		paged = append(paged, page...)
		after = page[len(page)-1].Chunk.ID
	}
	w.equal("paged", paged, whole)
	closed := index.NewChunkID("nobody", nil, "", 0)
	got, err := w.c.OpenChunksOf(w.ctx, []index.ChunkID{whole[2].Chunk.ID, closed, whole[0].Chunk.ID})
	w.ok(err)
	w.equal("by ID", got, []catalog.OpenChunk{whole[2], whole[0]})
	want := int64(0)
	for _, c := range whole {
		want += int64(len(c.Chunk.Text) + len(c.Chunk.Title) + len(c.Chunk.Question))
	}
	chunks, bytes, err := w.c.OpenTexts(w.ctx)
	w.ok(err)
	w.equal("texts", []any{chunks, bytes}, []any{3, want})
	for after, want := range map[int64]int{0: 3, 3: 1, 5: 0} {
		n, err := w.c.CountOpen(w.ctx, after)
		w.ok(err)
		w.equal(fmt.Sprintf("opened after %d", after), n, want)
	}
}

func (w *world) viewIsSnapshot() {
	w.write(w.text("a", "one"), w.text("b", "two"))
	w.ok(w.c.View(w.ctx, func(v *catalog.View) error {
		w.write(w.text("a", "1"), w.text("c", "three"), w.state("b", catalog.Removed))
		w.equal("head", v.Head, int64(2))
		var texts []string
		for c, err := range v.OpenChunks(w.ctx) {
			w.ok(err)
			texts = append(texts, c.Chunk.Text)
		}
		w.equal("texts", sorted(texts), []string{"one", "two"})
		return nil
	}))
	w.ok(w.c.View(w.ctx, func(v *catalog.View) error {
		w.equal("head afterwards", v.Head, int64(5))
		return nil
	}))
}

func (w *world) viewError() {
	mine := errors.New("mine")
	w.is(w.c.View(w.ctx, func(*catalog.View) error { return mine }), mine)
}

func (w *world) viewReleases() {
	w.write(w.text("a", "one", "two"))
	for range 20 { // more often than there are reading connections
		w.ok(w.c.View(w.ctx, func(v *catalog.View) error {
			for _, err := range v.OpenChunks(w.ctx) {
				w.ok(err)
				break
			}
			return nil
		}))
	}
}

// readersBesideWriter rewrites two documents in one batch, again and again: whoever
// looks sees both of one round.
func (w *world) readersBesideWriter() {
	const rounds = 60
	w.write(w.text("a", "round 0"), w.text("b", "round 0"))
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := w.oneRound(); err != nil {
					w.Error(err)
					return
				}
			}
		})
	}
	for i := 1; i <= rounds; i++ {
		text := fmt.Sprint("round ", i)
		w.write(w.text("a", text), w.text("b", text))
	}
	close(stop)
	readers.Wait()
}

func (w *world) oneRound() error {
	return w.c.View(w.ctx, func(v *catalog.View) error {
		var texts []string
		var newest int64
		for c, err := range v.OpenChunks(w.ctx) {
			if err != nil {
				return err
			}
			texts = append(texts, c.Chunk.Text)
			newest = max(newest, c.Stamp.Seq)
		}
		if len(texts) != 2 || texts[0] != texts[1] || newest != v.Head {
			return fmt.Errorf("a view at %d saw %q up to %d", v.Head, texts, newest)
		}
		return nil
	})
}
