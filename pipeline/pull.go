package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
)

// errFeedDue ends a full pass at a checkpoint because the feed has to be looked at.
var errFeedDue = errors.New("the feed is due")

// feedEvery is how long a full pass may keep a feed waiting.
const feedEvery = 10 * time.Minute

// A load is what is written in one transaction: some changes and, if a checkpoint
// came with them, the cursor and the notes that belong before it.
type load struct {
	items  []*item
	heavy  int // items that may have to be read
	cursor *string
	notes  map[string]string
	done   bool
	ended  chan struct{} // closed when it was processed
}

// pull takes the source's changes in loads; while one is written the next is
// collected. What was collected before the source failed is written all the same.
func (r *run) pull(ctx context.Context) error {
	collecting, stop := context.WithCancel(ctx)
	defer stop()
	loads := make(chan *load)
	listed := make(chan error, 1)
	go func() {
		defer close(loads)
		listed <- r.collect(collecting, loads)
	}()
	var failed error
	for l := range loads {
		if failed == nil {
			failed = r.process(ctx, l)
		}
		close(l.ended)
		if failed != nil {
			stop()
		}
	}
	err := <-listed
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if failed != nil {
		return failed
	}
	return err
}

// collect sends what the source yields as loads. Where the listing ends, and at a
// feed's checkpoints, it waits for the load to be written before it lets the
// source go on: its documents can be opened only until then.
func (r *run) collect(ctx context.Context, loads chan<- *load) error {
	c := &collector{run: r, ctx: ctx, loads: loads, since: time.Now(), began: time.Now(), stint: work(r.Yield)}
	c.fresh()
	for change, err := range r.src.Pull(ctx, r.pos) {
		if err != nil {
			// What came before is good: only the end of the listing is missing.
			return errors.Join(err, ignoreStopped(c.send(true)))
		}
		if err := errors.Join(c.stint.pause(ctx), c.take(change)); err != nil {
			return err
		}
	}
	return c.send(true)
}

type collector struct {
	*run
	ctx          context.Context
	loads        chan<- *load
	l            *load
	since, began time.Time
	stint        stint
}

func (c *collector) fresh() { c.l, c.since = &load{ended: make(chan struct{})}, time.Now() }

func (c *collector) send(wait bool) error {
	l := c.l
	if len(l.items) == 0 && l.cursor == nil && !l.done {
		return nil
	}
	select {
	case c.loads <- l:
	case <-c.ctx.Done():
		return context.Cause(c.ctx)
	}
	c.fresh()
	if wait {
		<-l.ended // process looks at the context
	}
	return nil
}

func (c *collector) take(change connectors.Change) error {
	l, wait := c.l, false
	switch v := change.(type) {
	case connectors.Progress:
		c.progress(v.Total)
	case connectors.Notice:
		c.notice(v)
	case connectors.Checkpoint:
		l.cursor = &v.Cursor
		l.notes = merge(l.notes, c.pos.take())
		if c.kind.HasFeed && c.pass == connectors.Full && time.Since(c.began) > feedEvery {
			return errors.Join(errFeedDue, ignoreStopped(c.send(true)))
		}
		wait = c.pass == connectors.Feed
	case connectors.PassDone:
		if c.pass == connectors.Full {
			l.done, wait = true, true
			l.notes = merge(l.notes, c.pos.take())
		}
	default:
		l.items = append(l.items, &item{change: change, id: idOf(change)})
		if !light(change) {
			l.heavy++
		}
	}
	full := l.heavy >= c.Limits.BatchDocuments || len(l.items) >= c.Limits.BatchStamps
	if wait || full || len(l.items) > 0 && time.Since(c.since) > c.Limits.BatchWait {
		return c.send(wait)
	}
	return nil
}

func ignoreStopped(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func merge(into, from map[string]string) map[string]string {
	if into == nil {
		return from
	}
	for k, v := range from {
		into[k] = v
	}
	return into
}

func (r *run) progress(total int) {
	r.mu.Lock()
	if total > 0 {
		r.total = total
	}
	p := Progress{Source: r.source.ID, Seen: r.listed, Total: r.total, Chunks: r.report.ChunksWritten, Started: r.started}
	r.mu.Unlock()
	if r.Progress != nil {
		r.Progress(p)
	}
}

// process reads what must be read of a load and writes it, the cursor with the last
// of it.
func (r *run) process(ctx context.Context, l *load) error {
	r.Reached(PhaseListed)
	ids := make([]string, len(l.items))
	for i, it := range l.items {
		ids[i] = it.id
	}
	known, err := r.Catalog.Lookup(ctx, r.source.ID, ids)
	if err != nil {
		return err
	}
	for _, it := range l.items {
		if k, ok := known[it.id]; ok {
			it.known = &k
		}
	}
	if err := r.prepareAll(ctx, l.items); err != nil {
		return err
	}
	r.Reached(PhasePrepared)
	over := r.judge(l)
	if over != nil {
		return over
	}
	if err := r.collapse(ctx, l.items); err != nil {
		return err
	}
	parts := r.split(l.items)
	for i, part := range parts {
		b := r.batch()
		r.fill(b, part)
		last := i == len(parts)-1
		if last {
			if l.cursor != nil {
				r.at.Cursor = *l.cursor
			}
			b.Memory = l.notes
		}
		if last && (l.cursor != nil || l.done) || r.pass == connectors.Full {
			at := r.at
			b.Position = &at
		}
		if err := r.write(ctx, b, part); err != nil {
			return err
		}
	}
	r.mu.Lock()
	r.listed += len(l.items)
	r.wholeNow = r.wholeNow || l.done
	r.mu.Unlock()
	if !r.DryRun {
		r.pos.committed(l.notes)
	}
	r.progress(0)
	return nil
}

// prepareAll prepares the items side by side. The same ID twice in one load is
// prepared once: the later one is looked at when the first is written.
func (r *run) prepareAll(ctx context.Context, items []*item) error {
	var heavy []*item
	stint := work(r.Yield)
	first := make(map[string]bool, len(items))
	for _, it := range items {
		if first[it.id] {
			it.outcome, it.reason = catalog.Skipped, string(connectors.SkipDuplicate)
			continue
		}
		first[it.id] = true
		if !light(it.change) || it.known == nil || !it.known.State.Serves() {
			heavy = append(heavy, it)
			continue
		}
		// The common case of an unchanged listing is not worth a goroutine.
		if err := errors.Join(stint.pause(ctx), r.prepare(ctx, it)); err != nil {
			return err
		}
	}
	return r.prepareHeavy(ctx, heavy)
}

func (r *run) prepareHeavy(ctx context.Context, items []*item) error {
	g, gctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range min(r.Limits.Workers, len(items)) {
		g.Go(func() error {
			stint := work(r.Yield)
			for gctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(items) {
					return nil
				}
				if err := errors.Join(stint.pause(gctx), r.prepare(gctx, items[i])); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	}
	return ctx.Err()
}

// judge counts the load's faults.
func (r *run) judge(l *load) error {
	for _, it := range l.items {
		fault := it.err != nil && connectors.AsVerdict(it.err) == nil
		if err := r.budget.add(fault); err != nil {
			return fmt.Errorf("%w: %w", err, it.err)
		}
	}
	return nil
}

func (r *run) batch() *catalog.Batch {
	return &catalog.Batch{Source: r.source.ID, Fence: r.Fence, Run: r.report.Run, Pass: r.passID, Pause: pauseBetween(r.Yield)}
}

// split cuts a load into what may be written in one transaction each; there is at
// least one part, for the cursor.
func (r *run) split(items []*item) [][]*item {
	var parts [][]*item
	from, chunks := 0, 0
	for i, it := range items {
		n := 0
		if it.write != nil {
			n = len(it.write.Chunks)
		}
		if chunks+n > r.Limits.BatchChunks && i > from {
			parts = append(parts, items[from:i])
			from, chunks = i, 0
		}
		chunks += n
	}
	return append(parts, items[from:])
}

// fill writes what was decided about the items into a batch, in their order, and
// counts it.
func (r *run) fill(b *catalog.Batch, items []*item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, it := range items {
		r.report.Count(it.outcome)
		if it.reason != "" {
			r.report.Because(it.reason)
		}
		if it.err != nil {
			r.ledger(b, it)
		} else if it.settled {
			b.DropRetries = append(b.DropRetries, it.id)
		}
		switch {
		case it.hold != nil:
			b.Holds = append(b.Holds, *it.hold)
		case it.known != nil && it.known.Held && !it.keepHold && it.err == nil && (it.write != nil || it.stamp != ""):
			b.DropHolds = append(b.DropHolds, it.known.Key)
		}
		if it.write != nil {
			b.Changes = append(b.Changes, *it.write)
		} else if it.stamp != "" {
			b.Seen = append(b.Seen, it.stamp)
		}
		if it.missed != nil {
			b.Missed = append(b.Missed, *it.missed)
		}
	}
}

// collapse holds the changes to a text that several documents of this run got:
// login and maintenance pages look like that.
func (r *run) collapse(ctx context.Context, items []*item) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	changed := func(it *item) bool {
		return it.write != nil && it.outcome == catalog.TextChanged && it.newText != (index.Hash{})
	}
	for _, it := range items {
		if changed(it) {
			r.newTexts[it.newText]++
		}
	}
	for _, it := range items {
		if changed(it) && r.newTexts[it.newText] > 1 {
			if err := r.holdReplacement(ctx, it); err != nil {
				return err
			}
		}
	}
	return nil
}

// ledger notes a fault for a later retry, with growing distance; verdicts are
// not retried.
func (r *run) ledger(b *catalog.Batch, it *item) {
	text := fmt.Sprintf("%s: %v", it.id, it.err)
	if len(r.report.Errors) < r.Limits.Errors {
		r.report.Errors = append(r.report.Errors, text)
	}
	if connectors.AsVerdict(it.err) != nil || it.id == "" || len(it.id) > maxID {
		return
	}
	b.Retries = append(b.Retries, catalog.Retry{ExternalID: it.id, Attempts: 1, Next: r.now.Add(retryAfter(1)), Reason: it.reason})
}

// retryAfter is the distance to the next attempt: 5, 10, 20 ... minutes, at most a day.
func retryAfter(attempts int) time.Duration {
	d := 5 * time.Minute << min(attempts-1, 10)
	return min(d, 24*time.Hour)
}

// apply writes a batch, unless the run is only a rehearsal.
func (r *run) apply(ctx context.Context, b *catalog.Batch) error {
	if r.DryRun {
		return nil
	}
	done, err := r.Catalog.Apply(ctx, b)
	if err != nil {
		return err
	}
	r.forgetGone(b)
	r.mu.Lock()
	r.report.ChunksWritten += done.Written
	r.report.ChunksKept += done.Kept
	r.mu.Unlock()
	r.Reached(PhaseCommitted)
	return nil
}
