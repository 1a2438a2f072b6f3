package connectortest

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"

	"freshet/connectors"
)

// maxNote is the contract's limit of one value in connectors.Memory.
const maxNote = 4 << 10

// Position is a connectors.Position in memory that keeps what the contract says
// and nothing else: cursor, revisions and notes become visible to the next pull
// only at a Checkpoint or PassDone. The user hands it every change with Take.
// Its methods may be called from several goroutines.
type Position struct {
	mu        sync.Mutex
	pass      connectors.Pass
	committed kept
	next      kept // committed, and what was taken since
	problems  []string
}

type kept struct {
	cursor    string
	revisions map[string]string // of the documents held
	listed    map[string]bool   // in this pass
	notes     map[string]string
}

func (k kept) clone() kept {
	return kept{k.cursor, maps.Clone(k.revisions), maps.Clone(k.listed), maps.Clone(k.notes)}
}

var _ connectors.Position = (*Position)(nil)

// NewPosition returns the position of a source that was never pulled.
func NewPosition(pass connectors.Pass) *Position {
	empty := kept{revisions: map[string]string{}, listed: map[string]bool{}, notes: map[string]string{}}
	return &Position{pass: pass, committed: empty, next: empty.clone()}
}

// Pass returns the pass that the position was made for.
func (p *Position) Pass() connectors.Pass { return p.pass }

// Cursor returns the committed cursor. It is "" again after a PassDone.
func (p *Position) Cursor() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.committed.cursor
}

// Revision returns the committed revision of a document.
func (p *Position) Revision(ctx context.Context, id string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.committed.revisions[id], ctx.Err()
}

// Known yields the committed documents in byte order.
func (p *Position) Known(ctx context.Context) iter.Seq2[string, error] {
	p.mu.Lock()
	ids := slices.Sorted(maps.Keys(p.committed.revisions))
	p.mu.Unlock()
	return func(yield func(string, error) bool) {
		for _, id := range ids {
			if err := ctx.Err(); err != nil {
				yield("", err)
				return
			}
			if !yield(id, nil) {
				return
			}
		}
	}
}

// Memory returns the notes. A pull sees its own notes at once; they are kept with
// the next Checkpoint or PassDone.
func (p *Position) Memory() connectors.Memory { return notes{p} }

// Take does with a change what a pipeline does: it notes it, and at a Checkpoint
// or PassDone everything noted so far is committed. After a PassDone the cursor
// is empty and documents that the pass did not list are no longer known.
func (p *Position) Take(c connectors.Change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch c := c.(type) {
	case connectors.Upsert:
		p.next.listed[c.Document.ID] = true
		p.next.revisions[c.Document.ID] = c.Document.Revision
	case connectors.Same:
		p.next.listed[c.ID] = true
	case connectors.Unreadable:
		p.next.listed[c.ID] = true
	case connectors.Delete:
		delete(p.next.revisions, c.ID)
	case connectors.Skip:
		if c.Reason != connectors.SkipDuplicate {
			delete(p.next.revisions, c.ID)
		}
	case connectors.Checkpoint:
		p.next.cursor = c.Cursor
		p.committed = p.next.clone()
	case connectors.PassDone:
		maps.DeleteFunc(p.next.revisions, func(id, _ string) bool { return !p.next.listed[id] })
		clear(p.next.listed)
		p.next.cursor = ""
		p.committed = p.next.clone()
	}
}

// Unread takes back the revision of a document whose content could not be read.
func (p *Position) Unread(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.next.revisions[id]; ok {
		p.next.revisions[id] = ""
	}
}

// Drop forgets what was taken and not committed, as a crash does.
func (p *Position) Drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next = p.committed.clone()
}

// Clone returns a position of its own that holds what is committed here.
func (p *Position) Clone() *Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	return &Position{pass: p.pass, committed: p.committed.clone(), next: p.committed.clone()}
}

// WithCursor returns a clone that stands at another cursor.
func (p *Position) WithCursor(cursor string) *Position {
	c := p.Clone()
	c.committed.cursor, c.next.cursor = cursor, cursor
	return c
}

// Notes returns a copy of the committed notes.
func (p *Position) Notes() map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.committed.notes)
}

// Problems returns how the notes broke the contract, in sentences.
func (p *Position) Problems() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.problems)
}

type notes struct{ p *Position }

func (n notes) Get(ctx context.Context, key string) (string, error) {
	n.p.mu.Lock()
	defer n.p.mu.Unlock()
	return n.p.next.notes[key], ctx.Err()
}

func (n notes) Set(key, value string) {
	n.p.mu.Lock()
	defer n.p.mu.Unlock()
	if len(value) > maxNote {
		n.p.problems = append(n.p.problems, fmt.Sprintf("the note %.60q has %d bytes; at most %d are allowed", key, len(value), maxNote))
	}
	if value == "" {
		delete(n.p.next.notes, key)
		return
	}
	n.p.next.notes[key] = value
}
