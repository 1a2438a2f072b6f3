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
	"freshet/index/lexical"
)

// ApplierOptions make an Applier. Catalog and Store are required.
type ApplierOptions struct {
	Catalog *catalog.Catalog
	Store   index.Store
	// Statistics are counted by all Appliers that share them.
	Statistics *Statistics
	// Terms are the statistics that this Applier counts alone, without Statistics;
	// nil: another one does.
	Terms *lexical.Terms
	// Dense gives the dense vectors that are kept of chunks, by EmbedHash; nil: the
	// Store's space has none. A chunk without one is written without, and completed
	// when there is one.
	Dense Dense
	// Name of the consumer, one for each Store.
	Name    string
	Log     *slog.Logger
	Workers int // texts encoded at once; 2
	// Yield is that of Options.
	Yield   func(ctx context.Context) error
	Reached func(Phase) // tests stop the process there
}

// Dense gives the dense vectors that are kept of chunks, by EmbedHash. It asks no
// embedder.
type Dense func(ctx context.Context, hashes []index.Hash) (map[index.Hash][]float32, error)

// An Applier is a consumer of the change log: it brings a Store and the term
// statistics to where the catalog is. Upserts come first, then the mark moves,
// then points of closed chunks are deleted; doing any of it twice changes
// nothing. One Applier serves a Store; methods may be called from several
// goroutines.
type Applier struct {
	ApplierOptions

	mu       sync.Mutex // held while entries are applied
	encoders []*lexical.Encoder
	started  bool

	progress struct {
		sync.Mutex
		mark   int64
		moved  chan struct{}
		failed error
	}
}

// NewApplier returns an Applier that has done nothing yet.
func NewApplier(o ApplierOptions) *Applier {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Reached == nil {
		o.Reached = func(Phase) {}
	}
	if o.Workers <= 0 {
		o.Workers = 2
	}
	if o.Name == "" {
		o.Name = "store"
	}
	if o.Statistics == nil && o.Terms != nil {
		o.Statistics = NewStatistics(o.Terms)
	}
	a := &Applier{ApplierOptions: o}
	a.progress.moved = make(chan struct{})
	for range o.Workers {
		a.encoders = append(a.encoders, lexical.NewEncoder())
	}
	return a
}

// Run follows the change log until ctx ends. A failing Store is tried again, with
// growing distance of at most 30 s; meanwhile nothing is lost, only later.
func (a *Applier) Run(ctx context.Context) error {
	FollowLog(ctx, a.Catalog, a.CatchUp, func(err error, again time.Duration) {
		a.Log.Warn("the index cannot follow the catalog", "consumer", a.Name, "again_in", again, "error", err)
		a.announce(0, err)
	})
	return nil
}

// CatchUp applies all that the change log holds when it is called.
func (a *Applier) CatchUp(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.begin(ctx); err != nil {
		return err
	}
	mark, err := a.Catalog.ConsumerMark(ctx, a.Name)
	if err != nil {
		return err
	}
	return a.follow(ctx, min(mark, a.Statistics.counted()))
}

// Wait returns when the Store has come to seq, or with the error that keeps it.
func (a *Applier) Wait(ctx context.Context, seq int64) error {
	for {
		a.progress.Lock()
		mark, moved, failed := a.progress.mark, a.progress.moved, a.progress.failed
		a.progress.Unlock()
		if mark >= seq {
			return nil
		}
		if failed != nil {
			return failed
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (a *Applier) announce(mark int64, failed error) {
	a.progress.Lock()
	defer a.progress.Unlock()
	a.progress.mark = max(mark, a.progress.mark)
	a.progress.failed = failed
	close(a.progress.moved)
	a.progress.moved = make(chan struct{})
}

// begin starts the Applier once; the lock is held.
func (a *Applier) begin(ctx context.Context) error {
	if a.started {
		return nil
	}
	if err := a.start(ctx); err != nil {
		return fmt.Errorf("start consumer %s: %w", a.Name, err)
	}
	a.started = true
	return nil
}

// start finds out how far the Store and the statistics have come, and rebuilds
// what is of another catalog or from the future of this one.
func (a *Applier) start(ctx context.Context) error {
	head, err := a.Catalog.Head(ctx)
	if err != nil {
		return err
	}
	mark, err := a.Store.Mark(ctx)
	if err != nil {
		return err
	}
	haveTerms := a.Statistics.load(ctx, a.Catalog, head, a.Log)
	haveStore := mark.Epoch == a.Catalog.Epoch() && mark.Seq <= head
	if !haveStore && mark != (index.Mark{}) {
		a.Log.Warn("the index is rebuilt", "reason", "it was filled from another catalog", "mark", mark.Seq, "head", head)
	}
	if !haveStore || !haveTerms {
		return a.rebuild(ctx, !haveStore, !haveTerms)
	}
	consumer, err := a.Catalog.ConsumerMark(ctx, a.Name)
	if err != nil {
		return err
	}
	if mark.Seq < consumer {
		// The Store lost what it had not yet put on disk.
		return a.Catalog.SetConsumerMark(ctx, a.Name, mark.Seq)
	}
	return nil
}

// follow applies the entries after mark, page by page.
func (a *Applier) follow(ctx context.Context, mark int64) error {
	var page []index.Entry
	chunks := 0
	flush := func() error {
		if len(page) == 0 {
			return nil
		}
		err := a.apply(ctx, page)
		page, chunks = page[:0], 0
		return err
	}
	stint := work(a.Yield)
	for e, err := range a.Catalog.Since(ctx, mark) {
		if err = errors.Join(err, stint.pause(ctx)); err != nil {
			return errors.Join(err, flush())
		}
		page = append(page, e)
		chunks += len(e.Opened) + len(e.Closed)
		if len(page) >= pageEntries || chunks >= pageChunks {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	a.announce(mark, nil)
	return nil
}

// A page is what is applied before the mark moves.
const (
	pageEntries = 256
	pageChunks  = 4096
)

func (a *Applier) apply(ctx context.Context, page []index.Entry) error {
	counted := a.Statistics.counted()
	jobs := jobsOf(page, counted)
	stint := work(a.Yield)
	if err := a.encode(ctx, jobs); err != nil {
		return err
	}
	if err := a.Store.Upsert(ctx, pointsOf(jobs)); err != nil {
		return fmt.Errorf("write points: %w", err)
	}
	for i := range page {
		e := &page[i]
		if len(e.Patched) == 0 {
			continue
		}
		if err := a.Store.Patch(ctx, e.Patched, e.Payload, e.Seq); err != nil {
			return fmt.Errorf("patch points: %w", err)
		}
	}
	a.Reached(PhaseUpserted)
	if err := stint.pause(ctx); err != nil {
		return err
	}
	last := page[len(page)-1].Seq
	if err := a.Store.SetMark(ctx, index.Mark{Epoch: a.Catalog.Epoch(), Seq: last}); err != nil {
		return fmt.Errorf("move the index's mark: %w", err)
	}
	a.Reached(PhaseMarked)
	for i := range page {
		if len(page[i].Closed) == 0 {
			continue
		}
		ids := make([]index.ChunkID, len(page[i].Closed))
		for k := range page[i].Closed {
			ids[k] = page[i].Closed[k].ID
		}
		if err := a.Store.Delete(ctx, ids, page[i].Seq-1); err != nil {
			return fmt.Errorf("delete points: %w", err)
		}
	}
	a.Reached(PhaseDeleted)
	if err := a.count(ctx, page, jobs, counted); err != nil {
		return err
	}
	if err := a.Catalog.SetConsumerMark(ctx, a.Name, last); err != nil {
		return err
	}
	a.announce(last, nil)
	return nil
}

// count brings the statistics to the end of a page whose jobs were made for
// statistics that had come to counted.
func (a *Applier) count(ctx context.Context, page []index.Entry, jobs []job, counted int64) error {
	stint := work(a.Yield)
	pause := func() { _ = stint.pause(ctx) }
	return a.Statistics.count(jobs, counted, page[len(page)-1].Seq, pause, func(counted int64) ([]job, error) {
		jobs := jobsOf(page, counted)
		return jobs, a.encodeWords(ctx, jobs)
	})
}

// Save keeps a snapshot of the term statistics, so that the next start need not
// count again.
func (a *Applier) Save(ctx context.Context) error {
	if a.Statistics == nil {
		return nil
	}
	return a.Statistics.Save(ctx, a.Catalog)
}
