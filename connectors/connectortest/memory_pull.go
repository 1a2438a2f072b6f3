package connectortest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"freshet/connectors"
)

var errorNoAnswer = errors.New("the place did not answer")

// Pull yields a feed or a full pass, as the position wants.
func (m *Memory) Pull(ctx context.Context, pos connectors.Position) iter.Seq2[connectors.Change, error] {
	return func(yield func(connectors.Change, error) bool) {
		p := &memoryPull{m: m, ctx: ctx, pos: pos, yield: yield}
		defer p.ended.Store(true)
		if err := p.run(); err != nil && !p.stopped {
			yield(nil, err)
		}
	}
}

// memoryPull is one running pull.
type memoryPull struct {
	m       *Memory
	ctx     context.Context
	pos     connectors.Position
	yield   func(connectors.Change, error) bool
	stopped bool
	listed  int
	faults  Faults
	epoch   int
	ended   atomic.Bool
}

var errorLoopEnded = errors.New("the loop over the pull has ended; documents can no longer be opened")

// inLoop makes a document fail to open when the loop over this pull has ended.
func (p *memoryPull) inLoop(c connectors.Change) {
	up, ok := c.(connectors.Upsert)
	if !ok || !p.faults.OpenInLoopOnly {
		return
	}
	open := up.Document.Open
	up.Document.Open = func(ctx context.Context) (io.ReadCloser, error) {
		if p.ended.Load() {
			return nil, errorLoopEnded
		}
		return open(ctx)
	}
}

// errStopped ends a pull whose consumer has left the loop.
var errStopped = errors.New("the consumer stopped")

func (p *memoryPull) say(c connectors.Change) error {
	if !p.yield(c, nil) {
		p.stopped = true
		return errStopped
	}
	return nil
}

func (p *memoryPull) run() error {
	if err := p.m.ask(p.ctx, OpPull, ""); err != nil {
		return err
	}
	p.m.mu.Lock()
	p.m.counts.Pulls++
	p.faults, p.epoch = p.m.faults, p.m.epoch
	p.m.mu.Unlock()
	if p.faults.PageSize <= 0 {
		p.faults.PageSize = 5
	}
	if p.faults.Gone {
		return fmt.Errorf("listing the place: %w", connectors.ErrNotFound)
	}
	if p.pos.Pass() == connectors.Feed {
		return p.feed()
	}
	return p.full()
}

func (p *memoryPull) full() error {
	last, begun := "", false
	if cursor := p.pos.Cursor(); cursor != "" {
		n, err := fmt.Sscanf(cursor, "full %d", new(int))
		if err != nil || n != 1 || !strings.HasPrefix(cursor, fmt.Sprintf("full %d ", p.epoch)) {
			return fmt.Errorf("reading the cursor %.40q: %w", cursor, connectors.ErrCursor)
		}
		last, begun = strings.TrimPrefix(cursor, fmt.Sprintf("full %d ", p.epoch)), true
	}
	ids := p.ids()
	for _, id := range ids {
		if begun && id <= last {
			continue
		}
		last = id
		if err := p.list(id); err != nil {
			return err
		}
		if p.listed%p.faults.PageSize == 0 {
			if err := p.say(connectors.Progress{Listed: p.listed, Total: len(ids)}); err != nil {
				return err
			}
			if err := p.checkpoint(fmt.Sprintf("full %d %s", p.epoch, last)); err != nil {
				return err
			}
		}
	}
	if err := p.fail(); err != nil {
		return err
	}
	if err := p.ctx.Err(); err != nil {
		return err
	}
	return p.say(connectors.PassDone{})
}

// ids returns what there is to list, in byte order.
func (p *memoryPull) ids() []string {
	p.m.mu.Lock()
	defer p.m.mu.Unlock()
	ids := make([]string, 0, len(p.m.docs))
	for id, d := range p.m.docs {
		if !d.unlisted && (p.m.scope == nil || p.m.scope(id)) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// fail returns the fault that is due after so many documents.
func (p *memoryPull) fail() error {
	if p.faults.Err != nil && p.listed >= p.faults.FailAfter {
		return p.faults.Err
	}
	return nil
}

func (p *memoryPull) list(id string) error {
	if err := p.fail(); err != nil {
		return err
	}
	if err := p.m.ask(p.ctx, OpList, id); err != nil {
		return err
	}
	p.m.mu.Lock()
	d, ok := p.m.docs[id]
	if !ok {
		p.m.mu.Unlock()
		return nil
	}
	c, twice := p.m.describe(d), d.again != nil
	p.m.counts.Listed++
	p.m.mu.Unlock()
	p.listed++
	c, err := p.unlessSame(c)
	if err != nil {
		return err
	}
	p.inLoop(c)
	if err := p.say(c); err != nil || !twice {
		return err
	}
	return p.say(connectors.Skip{ID: id, Reason: connectors.SkipDuplicate, Detail: "the listing holds this ID twice"})
}

// unlessSame replaces an Upsert whose revision is already known by Same.
func (p *memoryPull) unlessSame(c connectors.Change) (connectors.Change, error) {
	up, ok := c.(connectors.Upsert)
	if !ok || up.Document.Revision == "" {
		return c, nil
	}
	known, err := p.pos.Revision(p.ctx, up.Document.ID)
	if err != nil {
		return nil, fmt.Errorf("asking for the revision of %q: %w", up.Document.ID, err)
	}
	if known == up.Document.Revision {
		return connectors.Same{ID: up.Document.ID}, nil
	}
	return c, nil
}

func (p *memoryPull) checkpoint(cursor string) error {
	if err := p.m.ask(p.ctx, OpCheckpoint, cursor); err != nil {
		return err
	}
	return p.say(connectors.Checkpoint{Cursor: cursor})
}

func (p *memoryPull) feed() error {
	p.m.mu.Lock()
	log := slices.Clone(p.m.log)
	p.m.mu.Unlock()
	since := len(log)
	if cursor := p.pos.Cursor(); cursor != "" {
		var epoch int
		if n, err := fmt.Sscanf(cursor, "feed %d %d", &epoch, &since); err != nil || n != 2 || epoch != p.epoch || since < 0 || since > len(log) {
			return fmt.Errorf("reading the cursor %.40q: %w", cursor, connectors.ErrCursor)
		}
	}
	newest := map[string]int{}
	for i := since; i < len(log); i++ {
		newest[log[i].id] = i
	}
	for n, i := range slices.Sorted(maps.Values(newest)) {
		if err := p.entry(log[i]); err != nil {
			return err
		}
		if (n+1)%p.faults.PageSize == 0 {
			if err := p.checkpoint(fmt.Sprintf("feed %d %d", p.epoch, i+1)); err != nil {
				return err
			}
		}
	}
	if err := p.fail(); err != nil {
		return err
	}
	return p.checkpoint(fmt.Sprintf("feed %d %d", p.epoch, len(log)))
}

func (p *memoryPull) entry(e logEntry) error {
	if !e.deleted && p.m.InScope(e.id) {
		return p.list(e.id)
	}
	if err := p.fail(); err != nil {
		return err
	}
	if err := p.m.ask(p.ctx, OpList, e.id); err != nil {
		return err
	}
	p.listed++
	if !e.deleted {
		return p.say(connectors.Skip{ID: e.id, Reason: connectors.SkipExcluded})
	}
	return p.say(connectors.Delete{ID: e.id, Evidence: e.evidence})
}
