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
	recipe  string
	reread  bool // revisions prove nothing in this pass

	mu     sync.Mutex
	notes  map[string]string // written in this run, committed or not
	unsent map[string]string // written since the last checkpoint
}

var _ connectors.Position = (*position)(nil)

func (p *position) Pass() connectors.Pass     { return p.pass }
func (p *position) Cursor() string            { return p.cursor }
func (p *position) Memory() connectors.Memory { return p }

// Revision is "" for whatever must be read again: documents whose text another
// extractor made, that could not be read, or that a hold waits on.
func (p *position) Revision(ctx context.Context, id string) (string, error) {
	known, err := p.catalog.Lookup(ctx, p.source, []string{id})
	if err != nil {
		return "", err
	}
	k, ok := known[id]
	if !ok || !k.Versions || p.reread || k.Held || k.State == catalog.Unreadable || textRecipe(k.Recipe) != textRecipe(p.recipe) {
		return "", nil
	}
	return k.Revision, nil
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
