// Package facts gathers from the catalog what package stale judges: documents with
// their passages, how they are used, what they lead to, and how their source is looked
// at.
package facts

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"time"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/detect/stale"
)

// Options make a Reader. Catalog is required.
type Options struct {
	Catalog *catalog.Catalog
	// Fingerprint names the vector space that answers are found by; nil or "": there are
	// no vectors.
	Fingerprint func(ctx context.Context) (string, error)
	// Yield is that of pipeline.Options; nil: nobody has to wait.
	Yield func(ctx context.Context) error
	Now   func() time.Time // nil is time.Now
	Log   *slog.Logger     // nil discards
}

// A Reader gathers Facts. It may be used from several goroutines. What is the same for
// all documents of a source or a base, it remembers for a while: see Forget.
type Reader struct {
	o Options

	mu      sync.Mutex
	usage   map[string]remembered[catalog.Usage] // by base
	sources remembered[map[string]sourceFacts]
}

// A remembered thing was read at a time.
type remembered[T any] struct {
	at    time.Time
	value T
}

// What is remembered for how long. A ledger of 90 days does not turn in hours, and
// changed documents are judged by the dozen.
const (
	usageKept   = 6 * time.Hour
	sourcesKept = time.Minute
)

// page is how many documents are read at a time.
const page = 200

// New returns a Reader that remembers nothing yet.
func New(o Options) *Reader {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Reader{o: o, usage: make(map[string]remembered[catalog.Usage])}
}

// Forget lets go of what is remembered: the next Facts are as the catalog stands.
func (r *Reader) Forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.usage)
	r.sources = remembered[map[string]sourceFacts]{}
}

// All yields the Facts of every document of a base, by key: those that are served, and
// those that their source no longer has. It holds no more than a page of documents, and
// no transaction between two of them. An error is the last thing yielded.
func (r *Reader) All(ctx context.Context, base string) iter.Seq2[*stale.Facts, error] {
	return func(yield func(*stale.Facts, error) bool) {
		filter := catalog.DocumentFilter{Base: base, States: judged, Limit: page}
		for {
			documents, err := r.o.Catalog.Documents(ctx, filter)
			if err == nil && r.o.Yield != nil {
				err = r.o.Yield(ctx)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !r.each(ctx, documents, yield) || len(documents) < page {
				return
			}
			filter.After = documents[len(documents)-1].Key
		}
	}
}

// judged are the states of documents that are judged. What a person or a rule excluded
// is out of the way, and says nothing to anybody.
var judged = []catalog.State{catalog.Present, catalog.Unreadable, catalog.Hidden, catalog.Removed}

// Of yields the Facts of some documents. Keys of documents that are not there, or not
// judged, are left out.
func (r *Reader) Of(ctx context.Context, keys []string) iter.Seq2[*stale.Facts, error] {
	return func(yield func(*stale.Facts, error) bool) {
		for len(keys) > 0 {
			n := min(page, len(keys))
			documents := make([]catalog.Document, 0, n)
			for _, key := range keys[:n] {
				d, err := r.o.Catalog.DocumentByKey(ctx, key)
				if errors.Is(err, catalog.ErrNotFound) {
					continue
				}
				if err != nil {
					yield(nil, err)
					return
				}
				if d.State != catalog.Excluded {
					documents = append(documents, d)
				}
			}
			if !r.each(ctx, documents, yield) {
				return
			}
			keys = keys[n:]
		}
	}
}

// each yields the Facts of a page of documents and reports whether to go on.
func (r *Reader) each(ctx context.Context, documents []catalog.Document, yield func(*stale.Facts, error) bool) bool {
	if len(documents) == 0 {
		return true
	}
	p, err := r.read(ctx, documents)
	if err != nil {
		yield(nil, err)
		return false
	}
	for i := range documents {
		f, err := r.of(ctx, p, &documents[i])
		if err != nil {
			yield(nil, err)
			return false
		}
		if !yield(f, nil) {
			return false
		}
	}
	return true
}

// A pageFacts is what was read for many documents at once.
type pageFacts struct {
	seen    map[string]time.Time
	links   map[string]catalog.DocumentLinks
	missing map[string]int
	pending map[string]catalog.PendingRemoval
	owners  map[string]catalog.Asked
	sources map[string]sourceFacts
	usage   map[string]catalog.Usage // by base
}

func (r *Reader) read(ctx context.Context, documents []catalog.Document) (*pageFacts, error) {
	p := &pageFacts{usage: make(map[string]catalog.Usage)}
	keys := make([]string, len(documents))
	for i := range documents {
		keys[i] = documents[i].Key
	}
	var err error
	read := func(f func() error) {
		if err == nil {
			err = f()
		}
	}
	read(func() (err error) { p.seen, err = r.o.Catalog.TextsFirstSeen(ctx, keys); return })
	read(func() (err error) { p.links, err = r.o.Catalog.LinksOf(ctx, keys); return })
	read(func() (err error) { p.pending, err = r.o.Catalog.PendingRemovals(ctx); return })
	read(func() (err error) { p.owners, err = r.o.Catalog.OwnersOf(ctx, keys); return })
	read(func() (err error) { p.missing, err = r.withoutVectors(ctx, keys); return })
	read(func() (err error) { p.sources, err = r.sourcesNow(ctx); return })
	for i := range documents {
		base := documents[i].Base
		if _, have := p.usage[base]; !have {
			read(func() (err error) { p.usage[base], err = r.usageOf(ctx, base); return })
		}
	}
	if err != nil {
		return nil, fmt.Errorf("gather what is known of documents: %w", err)
	}
	return p, nil
}

func (r *Reader) withoutVectors(ctx context.Context, keys []string) (map[string]int, error) {
	if r.o.Fingerprint == nil {
		return nil, nil
	}
	fingerprint, err := r.o.Fingerprint(ctx)
	if err != nil || fingerprint == "" {
		return nil, err
	}
	return r.o.Catalog.WithoutVectors(ctx, fingerprint, keys)
}

// Used is in how many answers of the last stale.UsageWindow a document was.
func (r *Reader) Used(ctx context.Context, base, document string) (int, error) {
	u, err := r.usageOf(ctx, base)
	return u.Documents[document].Retrievals, err
}

func (r *Reader) usageOf(ctx context.Context, base string) (catalog.Usage, error) {
	r.mu.Lock()
	defer r.mu.Unlock() // one goes through the ledger, the others wait for it
	now := r.o.Now()
	if u, ok := r.usage[base]; ok && now.Sub(u.at) < usageKept {
		return u.value, nil
	}
	u, err := r.o.Catalog.Usage(ctx, base, now.Add(-stale.UsageWindow))
	if err == nil {
		r.usage[base] = remembered[catalog.Usage]{now, u}
	}
	return u, err
}

// of puts the Facts of one document together.
func (r *Reader) of(ctx context.Context, p *pageFacts, d *catalog.Document) (*stale.Facts, error) {
	source, details := p.sources[d.Source], &d.Details
	f := &stale.Facts{
		Key: d.Key, Source: d.Source, Base: d.Base, ExternalID: d.ExternalID, Title: details.Title, URL: details.URI, Path: details.Path, Locale: details.Locale, Class: details.Class,
		Owner: p.owners[d.Key].Owner, Zone: source.zoneOf(details.Locale), ReviewEvery: details.ReviewEvery, SourceReviewEvery: source.review,
		Modified: details.Modified, TextSince: p.seen[d.Key], ConfirmedUntil: d.ConfirmedUntil, ConfirmedBy: d.ConfirmedBy,
		Sync: source.sync, Embedding: stale.Embedding{Missing: p.missing[d.Key]},
	}
	if f.TextSince.IsZero() {
		f.TextSince = d.FirstSeen
	}
	f.Gone = goneOf(d, p.pending)
	links := p.links[d.Key]
	f.Links.Checked = links.Checked
	for _, l := range links.Broken {
		f.Links.Broken = append(f.Links.Broken, stale.BrokenLink{URL: l.URL, Status: l.Status, Reason: l.Reason, Since: l.FirstFailed})
	}
	f.Usage = usageFacts(p.usage[d.Base], d.Key, r.o.Now())
	if !d.State.Serves() {
		return f, nil // there is nothing to read
	}
	chunks, err := r.o.Catalog.ChunksOf(ctx, d.Key)
	if err != nil {
		return nil, err
	}
	f.Passages = make([]stale.Passage, len(chunks))
	for i := range chunks {
		c := &chunks[i]
		f.Passages[i] = stale.Passage{Chunk: c.ID, Kind: c.Kind, Heading: c.Heading, Question: c.Question, Text: c.Text, Locale: c.Locale}
	}
	f.Conflicts, err = r.conflicts(ctx, d.Key)
	return f, err
}

// usageFacts are those of a document. Within a day of the window's length the ledger
// counts as reaching back all of it.
func usageFacts(u catalog.Usage, key string, now time.Time) stale.Usage {
	d := u.Documents[key]
	known := !u.Oldest.IsZero() && now.Sub(u.Oldest) >= stale.UsageWindow-stale.Day
	return stale.Usage{Known: known, Retrievals: d.Retrievals, Answers: d.Answers, Rated: d.Rated, Bad: d.Bad}
}

// goneOf says whether the source no longer has a document: it was removed on evidence,
// two whole passes in a row did not list it, or its removal waits for a person.
func goneOf(d *catalog.Document, pending map[string]catalog.PendingRemoval) *stale.Gone {
	const whole = 2
	if p, held := pending[d.Key]; held {
		return &stale.Gone{Since: p.At, Reason: p.Evidence, Held: true}
	}
	switch {
	case d.State == catalog.Removed:
		return &stale.Gone{Since: d.StateAt, Reason: d.StateReason}
	case d.State == catalog.Hidden && d.Missed >= whole:
		return &stale.Gone{Since: d.MissedSince, Reason: d.StateReason}
	}
	return nil
}

// conflicts are the open findings in which another document says something else.
func (r *Reader) conflicts(ctx context.Context, key string) ([]stale.Conflict, error) {
	pairs, err := r.o.Catalog.PairsWith(ctx, key)
	if err != nil {
		return nil, err
	}
	var out []stale.Conflict
	for i := range pairs {
		p := &pairs[i]
		if p.Kind != index.Conflicting || p.A.Document == p.B.Document {
			continue
		}
		f, err := r.o.Catalog.Finding(ctx, p.Finding)
		if errors.Is(err, catalog.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		mine, theirs := &p.A, &p.B
		if mine.Document != key {
			mine, theirs = theirs, mine
		}
		if !f.State.Live() {
			continue
		}
		out = append(out, stale.Conflict{Finding: p.Finding, Likely: p.Tier == index.Likely, Document: theirs.Document, Title: theirs.Title, Modified: theirs.Modified,
			Value: mine.Value, OtherValue: theirs.Value, Chunk: mine.Chunk, Sentence: mine.Sentence})
	}
	return out, nil
}
