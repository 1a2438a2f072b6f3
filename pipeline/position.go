package pipeline

import (
	"context"
	"iter"
	"sync"

	"freshet/connectors"
	"freshet/index/catalog"
)

// position is what a source sees of its own past during a run.
type position struct {
	catalog *catalog.Catalog
	source  string
	pass    connectors.Pass
	cursor  string
	// proves reports whether a document with its present revision need not be read.
	proves func(context.Context, catalog.Known) bool

	mu     sync.Mutex
	notes  map[string]string // written in this run and not committed
	unsent map[string]string // written since the last checkpoint

	preloaded bool
	all       map[string]catalog.Known // nil: too many to hold
}

var _ connectors.Position = (*position)(nil)

func (p *position) Pass() connectors.Pass     { return p.pass }
func (p *position) Cursor() string            { return p.cursor }
func (p *position) Memory() connectors.Memory { return p }

// preloadRevisions is up to how many documents a source's revisions are read at
// once, when the first is asked for; about 200 bytes each.
const preloadRevisions = 50_000

// Revision is "" for whatever must be read again: documents whose text other rules
// made, that could not be read, or that a hold waits on.
func (p *position) Revision(ctx context.Context, id string) (string, error) {
	k, ok, err := p.known(ctx, id)
	if err != nil || !ok || !p.proves(ctx, k) {
		return "", err
	}
	return k.Revision, nil
}

func (p *position) known(ctx context.Context, id string) (catalog.Known, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.preloaded {
		all, err := p.catalog.KnownAll(ctx, p.source, preloadRevisions)
		if err != nil {
			return catalog.Known{}, false, err
		}
		p.all, p.preloaded = all, true
	}
	if p.all != nil {
		k, ok := p.all[id]
		return k, ok, nil
	}
	some, err := p.catalog.Lookup(ctx, p.source, []string{id})
	k, ok := some[id]
	return k, ok, err
}

func (p *position) Known(ctx context.Context) iter.Seq2[string, error] {
	return p.catalog.KnownIDs(ctx, p.source)
}

func (p *position) Get(ctx context.Context, key string) (string, error) {
	p.mu.Lock()
	v, ok := p.notes[key]
	p.mu.Unlock()
	if ok {
		return v, nil
	}
	return p.catalog.MemoryOf(ctx, p.source, key)
}

// maxNote is the longest note that a connector may keep.
const maxNote = 4 << 10

func (p *position) Set(key, value string) {
	if len(value) > maxNote {
		value = ""
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.notes == nil {
		p.notes = make(map[string]string)
	}
	if p.unsent == nil {
		p.unsent = make(map[string]string)
	}
	p.notes[key], p.unsent[key] = value, value
}

// take returns the notes written since the last checkpoint.
func (p *position) take() map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.unsent
	p.unsent = nil
	return out
}

// committed forgets notes that the catalog holds, so that a long run does not keep
// them all.
func (p *position) committed(notes map[string]string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, value := range notes {
		if _, again := p.unsent[key]; !again && p.notes[key] == value {
			delete(p.notes, key)
		}
	}
}
