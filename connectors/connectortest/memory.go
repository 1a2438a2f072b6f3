package connectortest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"freshet/connectors"
)

// Memory is a complete Source in memory, with a feed, Fetch and InScope, whose
// documents and faults a test sets at will. It is the test double for whatever
// uses Sources. All methods may be called from several goroutines, also while
// pulls run: a pull lists the IDs that are there when it begins, each document as
// it stands when its turn comes.
//
// Full passes list the documents in byte order of their IDs, with a Checkpoint
// after every PageSize of them. A feed yields the changes since its cursor in
// their order, the newest state of each document once, with a Checkpoint after
// every PageSize and one at the end; the feed of an empty cursor begins now, with
// nothing but a Checkpoint.
type Memory struct {
	mu   sync.Mutex
	docs map[string]*memoryDoc
	log  []logEntry
	// epoch changes when cursors are declared invalid.
	epoch  int
	faults Faults
	counts Counts
	opens  map[string]int
	before func(ctx context.Context, op Op, id string) error
	scope  func(id string) bool
}

// Faults are what is wrong with the place as a whole; the zero value is nothing.
type Faults struct {
	// PageSize is the number of documents between two Checkpoints; 5 if 0.
	PageSize int
	// FailAfter, with Err, makes a pull end with Err after that many documents.
	FailAfter int
	Err       error
	// Gone makes everything fail with ErrNotFound.
	Gone bool
	// OpenInLoopOnly makes documents fail to open once the loop over their pull
	// has ended, which is all that the contract promises.
	OpenInLoopOnly bool
	// NoFetchEvidence makes Fetch of an absent document fail with a fault instead
	// of answering Delete.
	NoFetchEvidence bool
}

// Counts says how often the source was asked.
type Counts struct{ Pulls, Fetches, Opens, Checks, Listed int }

// Op names a call that a hook sees.
type Op string

// What a hook sees: the begin of a pull, each document or log entry as it is
// about to be yielded, each Checkpoint, and the calls Open and Fetch.
const (
	OpPull       Op = "pull"
	OpList       Op = "list"
	OpCheckpoint Op = "checkpoint"
	OpOpen       Op = "open"
	OpFetch      Op = "fetch"
)

type memoryDoc struct {
	doc      connectors.Document
	content  string
	broken   error
	skip     connectors.SkipReason
	inList   error // unreadable already in the listing
	unlisted bool
	again    *string // listed a second time with this content
}

type logEntry struct {
	id       string
	deleted  bool
	evidence connectors.Evidence
}

var (
	_ connectors.Source  = (*Memory)(nil)
	_ connectors.Fetcher = (*Memory)(nil)
	_ connectors.Scoper  = (*Memory)(nil)
)

// NewMemory returns an empty source.
func NewMemory() *Memory {
	return &Memory{docs: map[string]*memoryDoc{}, opens: map[string]int{}}
}

// Kind returns the kind "memory", whose New gives this very source whatever the
// settings.
func (m *Memory) Kind() connectors.Kind {
	return connectors.Kind{
		Name: "memory", Title: "In memory", Help: "Documents that a test sets.",
		New:           func(connectors.Env, connectors.Settings) (connectors.Source, error) { return m, nil },
		RevisionTrust: connectors.RevisionExact, HasFeed: true, ListsEverything: true, PublicByDefault: true,
	}
}

// Put creates or replaces a document: public, in Markdown, titled by its first
// line, its revision the hash of its content.
func (m *Memory) Put(id, content string) {
	title, _, _ := strings.Cut(strings.TrimLeft(content, "# "), "\n")
	m.PutDocument(connectors.Document{
		ID: id, URI: "memory:" + id, Title: title, MediaType: "text/markdown", Access: connectors.Public(),
	}, content)
}

// PutDocument creates or replaces a document as described. An empty Revision
// becomes the hash of the content and of what is described; NoRevision keeps it
// empty. Open may be nil: content is what it then yields.
func (m *Memory) PutDocument(doc connectors.Document, content string) {
	if doc.Revision == "" {
		doc.Revision = revisionOf(doc, content)
	}
	if doc.Revision == NoRevision {
		doc.Revision = ""
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.docs[doc.ID] = &memoryDoc{doc: doc, content: content}
	m.log = append(m.log, logEntry{id: doc.ID})
}

// NoRevision as a document's Revision says that the source knows none.
const NoRevision = "\x00none"

func revisionOf(d connectors.Document, content string) string {
	h := sha256.New()
	for _, s := range []string{content, d.Title, d.URI, d.Locale, strings.Join(d.Labels, "\x00")} {
		io.WriteString(h, s)
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// Remove deletes a document; the feed says Delete with EvidenceFeed.
func (m *Memory) Remove(id string) { m.RemoveWith(id, connectors.EvidenceFeed) }

// RemoveWith deletes a document; the feed says Delete with this evidence.
func (m *Memory) RemoveWith(id string, e connectors.Evidence) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.docs[id]; !ok {
		return
	}
	delete(m.docs, id)
	m.log = append(m.log, logEntry{id: id, deleted: true, evidence: e})
}

// Break makes reading the document fail with err, when it is opened; nil mends
// it. An error with a Verdict in its chain makes it a verdict.
func (m *Memory) Break(id string, err error) {
	m.change(id, func(d *memoryDoc) { d.broken = err })
}

// BreakListed makes listings and Fetch say Unreadable with err; nil mends it.
func (m *Memory) BreakListed(id string, err error) {
	m.change(id, func(d *memoryDoc) { d.inList = err })
}

// Skip makes the source say Skip with this reason; "" ends it.
func (m *Memory) Skip(id string, reason connectors.SkipReason) {
	m.change(id, func(d *memoryDoc) { d.skip = reason })
}

// Unlist leaves the document out of full passes though Fetch still finds it.
func (m *Memory) Unlist(id string, unlisted bool) {
	m.change(id, func(d *memoryDoc) { d.unlisted = unlisted })
}

// Twice makes full passes list the document a second time, with other content;
// Memory then says Skip with SkipDuplicate, as a Source must.
func (m *Memory) Twice(id, content string) {
	m.change(id, func(d *memoryDoc) { d.again = &content })
}

func (m *Memory) change(id string, f func(*memoryDoc)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if d, ok := m.docs[id]; ok {
		f(d)
		m.log = append(m.log, logEntry{id: id})
	}
}

// SetFaults sets what is wrong with the place as a whole.
func (m *Memory) SetFaults(f Faults) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults = f
}

// SetScope sets the filter: documents whose ID it refuses are not listed, and
// Fetch says Skip with SkipExcluded. Nil accepts all.
func (m *Memory) SetScope(in func(id string) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.scope = in
}

// Hook sets a function that is called before every Op, outside of locks. An
// error from it is what the Op then fails with. It may block until ctx is done.
func (m *Memory) Hook(f func(ctx context.Context, op Op, id string) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.before = f
}

// InvalidateCursors makes all cursors given out so far answer ErrCursor.
func (m *Memory) InvalidateCursors() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.epoch++
}

// IDs returns the documents in byte order.
func (m *Memory) IDs() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.docs))
}

// Counts returns how often the source was asked.
func (m *Memory) Counts() Counts {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.counts
}

// Opens returns how often the document's content was opened.
func (m *Memory) Opens(id string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.opens[id]
}

// Check looks at the faults that are set.
func (m *Memory) Check(context.Context) []connectors.Check {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts.Checks++
	if m.faults.Gone {
		return []connectors.Check{{Name: "place", Status: connectors.CheckFailure, Text: "The place is not there; bring it back."}}
	}
	return []connectors.Check{{Name: "place", Status: connectors.CheckOK, Text: "The place answers."}}
}

// InScope asks the filter.
func (m *Memory) InScope(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.scope == nil || m.scope(id)
}

// Fetch says how one document stands now.
func (m *Memory) Fetch(ctx context.Context, id string) (connectors.Change, error) {
	if err := m.ask(ctx, OpFetch, id); err != nil {
		return nil, err
	}
	inScope := m.InScope(id)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts.Fetches++
	if m.faults.Gone {
		return nil, connectors.ErrNotFound
	}
	d, ok := m.docs[id]
	switch {
	case !inScope:
		return connectors.Skip{ID: id, Reason: connectors.SkipExcluded}, nil
	case !ok && m.faults.NoFetchEvidence:
		return nil, errorNoAnswer
	case !ok:
		return connectors.Delete{ID: id, Evidence: connectors.EvidenceNotFound}, nil
	}
	return m.describe(d), nil
}

func (m *Memory) ask(ctx context.Context, op Op, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	hook := m.before
	m.mu.Unlock()
	if hook == nil {
		return nil
	}
	return hook(ctx, op, id)
}

// describe turns a document into what a pull says of it. The lock is held.
func (m *Memory) describe(d *memoryDoc) connectors.Change {
	switch {
	case d.skip != "":
		return connectors.Skip{ID: d.doc.ID, URI: d.doc.URI, Reason: d.skip}
	case d.inList != nil:
		return connectors.Unreadable{ID: d.doc.ID, URI: d.doc.URI, Err: d.inList}
	}
	doc := d.doc
	if doc.Open == nil {
		doc.Open = m.opener(d)
	}
	return connectors.Upsert{Document: &doc}
}

func (m *Memory) opener(d *memoryDoc) func(context.Context) (io.ReadCloser, error) {
	id, content := d.doc.ID, d.content
	return func(ctx context.Context) (io.ReadCloser, error) {
		if err := m.ask(ctx, OpOpen, id); err != nil {
			return nil, err
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		m.counts.Opens++
		m.opens[id]++
		if d.broken != nil {
			return nil, d.broken
		}
		return io.NopCloser(strings.NewReader(content)), nil
	}
}

// Touch gives the document a new revision and modification date without changing
// its content.
func (m *Memory) Touch(id string, modified time.Time) {
	m.change(id, func(d *memoryDoc) {
		d.doc.Modified = modified
		d.doc.Revision += "+"
	})
}
