package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

// EmbedPassages embeds texts, one Vector for each, in order. A Vector that is zero
// has not been made yet: it says nothing of the text, and the error, which is then
// not nil, says why. What was made is returned beside an error.
type EmbedPassages func(ctx context.Context, texts []string) ([]catalog.Vector, error)

// EmbeddingsOptions make Embeddings. Catalog, Embed, Complete and Fingerprint are
// required.
type EmbeddingsOptions struct {
	Catalog     *catalog.Catalog
	Embed       EmbedPassages
	Fingerprint string // index.Space.DenseFingerprint
	// Complete is told which chunks have come to a vector; Applier.Complete.
	Complete func(ctx context.Context, ids []index.ChunkID) error
	// Begin is told how much there is to embed before everything is for the first time,
	// with the bytes of it; nil: nobody is. Part of it may be kept already.
	Begin func(texts int, bytes int64)
	Log   *slog.Logger
	Page  int // texts handed to Embed at once; 512
}

// Embeddings are the consumer of the change log that gives chunks their dense
// vectors. Its mark is the durable list of what is pending: all chunks that an entry
// up to it opened have a vector, or are refused. An embedder that fails keeps this
// consumer behind and nothing else; what it made before is kept.
type Embeddings struct {
	EmbeddingsOptions

	running sync.Mutex
	state   struct {
		sync.Mutex
		status EmbeddingsStatus
		moved  chan struct{}
	}
}

// EmbeddingsStatus is how far the embeddings are.
type EmbeddingsStatus struct {
	Mark     int64  // entry of the change log up to which nothing is pending
	Embedded int    // texts that were sent to the embedder since the start
	Reused   int    // texts whose vector was kept
	Refused  int    // texts that were found refused, or were refused now
	Failed   string // why it waits; empty while it does not
}

// NewEmbeddings returns Embeddings that have done nothing yet.
func NewEmbeddings(o EmbeddingsOptions) *Embeddings {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Page <= 0 {
		o.Page = 512
	}
	e := &Embeddings{EmbeddingsOptions: o}
	e.state.moved = make(chan struct{})
	return e
}

// EmbeddingConsumer is the name under which the vectors of a
// index.Space.DenseFingerprint follow the change log.
func EmbeddingConsumer(fingerprint string) string { return "embedding:" + fingerprint }

// Name is that of the consumer.
func (e *Embeddings) Name() string { return EmbeddingConsumer(e.Fingerprint) }

// Status tells how far it is.
func (e *Embeddings) Status() EmbeddingsStatus {
	e.state.Lock()
	defer e.state.Unlock()
	return e.state.status
}

// Run follows the change log until ctx ends. A failing embedder is tried again, with
// growing distance of at most 30 s.
func (e *Embeddings) Run(ctx context.Context) error {
	FollowLog(ctx, e.Catalog, e.CatchUp, func(err error, again time.Duration) {
		e.Log.Warn("passages wait for their dense vectors; they are found by their words meanwhile", "again_in", again, "error", err)
	})
	return nil
}

// CatchUp embeds all that is pending when it is called.
func (e *Embeddings) CatchUp(ctx context.Context) error {
	e.running.Lock()
	defer e.running.Unlock()
	err := e.catchUp(ctx)
	e.note(func(s *EmbeddingsStatus) {
		s.Failed = ""
		if err != nil && ctx.Err() == nil {
			s.Failed = err.Error()
		}
	})
	return err
}

func (e *Embeddings) catchUp(ctx context.Context) error {
	mark, err := e.Catalog.ConsumerMark(ctx, e.Name())
	if err != nil {
		return err
	}
	head, err := e.Catalog.Head(ctx)
	if err != nil {
		return err
	}
	if mark == 0 || mark > head { // nothing was embedded yet, or for a later state of the catalog
		if err := e.all(ctx); err != nil {
			return err
		}
		return e.move(ctx, head)
	}
	e.note(func(s *EmbeddingsStatus) { s.Mark = mark })
	return e.follow(ctx, mark)
}

// all embeds every open chunk. Begun again it goes fast over what is kept.
func (e *Embeddings) all(ctx context.Context) error {
	if e.Begin != nil {
		texts, bytes, err := e.Catalog.OpenTexts(ctx)
		if err != nil {
			return err
		}
		if texts > 0 {
			e.Begin(texts, bytes)
		}
	}
	for after := (index.ChunkID{}); ; {
		page, err := e.Catalog.OpenChunksAfter(ctx, after, e.Page)
		if err != nil || len(page) == 0 {
			return err
		}
		chunks := make([]*index.Chunk, len(page))
		for i := range page {
			chunks[i] = &page[i].Chunk
		}
		if err := e.embed(ctx, chunks); err != nil {
			return err
		}
		after = page[len(page)-1].Chunk.ID
	}
}

// follow embeds what was opened after mark and still is.
func (e *Embeddings) follow(ctx context.Context, mark int64) error {
	var chunks []*index.Chunk
	last := mark
	flush := func() error {
		if last == mark {
			return nil
		}
		if err := e.embed(ctx, chunks); err != nil {
			return err
		}
		chunks, mark = nil, last
		return e.move(ctx, last)
	}
	for entry, err := range e.Catalog.Since(ctx, mark) {
		if err != nil {
			return errors.Join(err, flush())
		}
		for i := range entry.Opened {
			if entry.Opened[i].UntilSeq == index.Open {
				chunks = append(chunks, &entry.Opened[i])
			}
		}
		if last = entry.Seq; len(chunks) >= e.Page {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

func (e *Embeddings) move(ctx context.Context, mark int64) error {
	if err := e.Catalog.SetConsumerMark(ctx, e.Name(), mark); err != nil {
		return err
	}
	e.note(func(s *EmbeddingsStatus) { s.Mark = mark })
	return nil
}

// Made is what came of chunks that were to have vectors.
type Made struct {
	Have    []index.ChunkID // those that have one
	Asked   int             // distinct texts that were sent to the embedder
	Kept    int             // chunks whose vector, or refusal, was kept already
	Refused int             // distinct texts that the embedder will not take
}

// Make brings chunks to their vectors without writing any point: kept ones, or ones
// made now. Each distinct text is sent once, whatever else makes vectors meanwhile.
// What was made is kept, beside an error too.
func (e *Embeddings) Make(ctx context.Context, chunks []*index.Chunk) (Made, error) {
	e.running.Lock()
	defer e.running.Unlock()
	return e.makeVectors(ctx, chunks)
}

// embed brings chunks to their vectors and has their points completed.
func (e *Embeddings) embed(ctx context.Context, chunks []*index.Chunk) error {
	if len(chunks) == 0 {
		return nil
	}
	made, failed := e.makeVectors(ctx, chunks)
	// Points whose vector was kept before may still lack it, when this was stopped
	// between keeping and completing.
	if err := e.Complete(ctx, made.Have); err != nil {
		return errors.Join(failed, fmt.Errorf("complete points: %w", err))
	}
	return failed
}

func (e *Embeddings) makeVectors(ctx context.Context, chunks []*index.Chunk) (Made, error) {
	w := newWanted(chunks)
	kept, err := e.Catalog.Vectors(ctx, e.Fingerprint, w.hashes)
	if err != nil {
		return Made{}, err
	}
	hashes, texts := w.without(kept)
	made := make(map[index.Hash]catalog.Vector, len(texts))
	var failed error
	if len(texts) > 0 {
		var vectors []catalog.Vector
		vectors, failed = e.Embed(ctx, texts)
		for i, v := range vectors {
			if i < len(hashes) && (v.Values != nil || v.Refused != "") {
				made[hashes[i]] = v
			}
		}
		if failed == nil && len(made) < len(texts) {
			failed = fmt.Errorf("the embedder left %d of %d texts without a vector and without a reason", len(texts)-len(made), len(texts))
		}
	}
	if len(made) > 0 {
		// What was paid for is kept though nobody waits for it any more.
		if err := e.Catalog.PutVectors(context.WithoutCancel(ctx), e.Fingerprint, made); err != nil {
			return Made{}, errors.Join(failed, err)
		}
	}
	refused := e.count(len(texts), kept, made)
	out := Made{Have: w.having(kept, made), Asked: len(texts), Refused: refused}
	for h := range kept {
		out.Kept += len(w.ids[h])
	}
	return out, failed
}

func (e *Embeddings) count(asked int, kept, made map[index.Hash]catalog.Vector) (refused int) {
	for _, set := range []map[index.Hash]catalog.Vector{kept, made} {
		for _, v := range set {
			if v.Refused != "" {
				refused++
			}
		}
	}
	e.note(func(s *EmbeddingsStatus) {
		s.Embedded += asked
		s.Reused += len(kept)
		s.Refused += refused
	})
	return refused
}

func (e *Embeddings) note(change func(*EmbeddingsStatus)) {
	e.state.Lock()
	defer e.state.Unlock()
	change(&e.state.status)
	close(e.state.moved)
	e.state.moved = make(chan struct{})
}

// Wait returns when nothing is pending up to an entry of the log, or with the error
// that keeps the embedder from it.
func (e *Embeddings) Wait(ctx context.Context, seq int64) error {
	for {
		e.state.Lock()
		status, moved := e.state.status, e.state.moved
		e.state.Unlock()
		switch {
		case status.Mark >= seq:
			return nil
		case status.Failed != "":
			return errors.New(status.Failed)
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// wanted are the texts of some chunks, each once.
type wanted struct {
	hashes []index.Hash
	texts  []string
	ids    map[index.Hash][]index.ChunkID
}

func newWanted(chunks []*index.Chunk) *wanted {
	w := &wanted{ids: make(map[index.Hash][]index.ChunkID, len(chunks))}
	for _, c := range chunks {
		h := c.EmbedHash()
		if _, known := w.ids[h]; !known {
			w.hashes = append(w.hashes, h)
			w.texts = append(w.texts, c.EmbedText())
		}
		w.ids[h] = append(w.ids[h], c.ID)
	}
	return w
}

// without are the texts that are not among the kept ones.
func (w *wanted) without(kept map[index.Hash]catalog.Vector) (hashes []index.Hash, texts []string) {
	for i, h := range w.hashes {
		if _, ok := kept[h]; !ok {
			hashes, texts = append(hashes, h), append(texts, w.texts[i])
		}
	}
	return hashes, texts
}

// having are the chunks that have a vector.
func (w *wanted) having(sets ...map[index.Hash]catalog.Vector) []index.ChunkID {
	var ids []index.ChunkID
	for _, set := range sets {
		for _, h := range w.hashes {
			if v, ok := set[h]; ok && v.Values != nil {
				ids = append(ids, w.ids[h]...)
			}
		}
	}
	return ids
}

// KeptVectors is the Dense of a space whose vectors are kept in a catalog.
func KeptVectors(c *catalog.Catalog, fingerprint string) Dense {
	return func(ctx context.Context, hashes []index.Hash) (map[index.Hash][]float32, error) {
		kept, err := c.Vectors(ctx, fingerprint, hashes)
		if err != nil {
			return nil, err
		}
		out := make(map[index.Hash][]float32, len(kept))
		for h, v := range kept {
			if v.Values != nil {
				out[h] = v.Values
			}
		}
		return out, nil
	}
}
