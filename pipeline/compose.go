package pipeline

import (
	"context"
	"fmt"
	"path"
	"strings"
	"time"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/lexical"
	"freshet/pipeline/chunk"
	"freshet/pipeline/extract"
	"freshet/pipeline/templates"
)

// compose makes the change that brings doc to these details and this text, whose
// recipe it has.
// newVersion is the text as it is kept, or nil when the version stays.
func (r *run) compose(it *item, doc catalog.Document, listed catalog.Details, text *extract.Text, newVersion []byte) error {
	doc.Listed = listed.Hash()
	doc.Details = effective(listed, text, doc.ExternalID, r.now)
	if doc.State != catalog.Present {
		doc.State, doc.StateReason, doc.StateAt = catalog.Present, "", r.now
	}
	chunks := r.passages(&doc, text)
	it.settled = true
	it.write = &catalog.Change{Document: doc, Outcome: it.outcome, Content: true, Chunks: chunks, Text: newVersion}
	return nil
}

// composeNew makes a document that had no text so far; doc is what is there of it,
// or empty. It may be one that has moved: then its text is that of a document
// that is gone.
func (r *run) composeNew(ctx context.Context, it *item, doc catalog.Document, listed catalog.Details, text *extract.Text, packed []byte) error {
	hash := textHash(packed)
	old, err := r.movedFrom(ctx, it.id, hash)
	if err != nil {
		// The text goes on being served under its old ID until the move is certain.
		return r.cannotRead(ctx, it, listed.URI, err)
	}
	it.outcome, it.settled = catalog.New, true
	if old == nil {
		if old, err = r.redirectedFrom(ctx, it, text); err != nil {
			return err
		}
	}
	if old != nil {
		placeholder := doc.Key
		old.ExternalID, old.Revision, old.Content, old.Recipe = it.id, doc.Revision, doc.Content, r.recipes.of(text)
		it.outcome = catalog.Moved
		var newVersion []byte
		if !old.State.Serves() || old.TextHash != hash {
			newVersion, old.TextHash = packed, hash
		}
		if err := r.compose(it, *old, listed, text, newVersion); err != nil {
			return err
		}
		it.write.Forget = placeholder
		return nil
	}
	if doc.Key == "" {
		fresh, err := r.newDocument(ctx, it.id)
		if err != nil {
			return err
		}
		fresh.Revision, fresh.Content = doc.Revision, doc.Content
		doc = fresh
	}
	doc.TextHash, doc.Recipe = hash, r.recipes.of(text)
	return r.compose(it, doc, listed, text, packed)
}

// movedKeeps is the share of its words that a document must have at the address
// that it redirects to. Two pages of one language share a fifth by their commonest
// words alone.
const movedKeeps = 0.5

// redirectedFrom returns the document that the source says has moved to it, or nil:
// there is none, another address has it already, or its text has so little to do
// with the new one that it is another document.
func (r *run) redirectedFrom(ctx context.Context, it *item, text *extract.Text) (*catalog.Document, error) {
	up, ok := it.change.(connectors.Upsert)
	if !ok || up.From == "" || up.From == it.id {
		return nil, nil
	}
	known, err := r.Catalog.Lookup(ctx, r.source.ID, []string{up.From})
	if err != nil {
		return nil, err
	}
	k, ok := known[up.From]
	movable := k.State == catalog.Present || k.State == catalog.Unreadable || k.State == catalog.Hidden
	if !ok || !k.Versions || !movable {
		return nil, nil
	}
	was, err := r.Catalog.LastText(ctx, k.Key)
	if err != nil {
		return nil, err
	}
	if keptShare(was, text) < movedKeeps || !r.claimMove(k.Key) {
		return nil, nil
	}
	old, err := r.Catalog.DocumentByKey(ctx, k.Key)
	if err != nil {
		return nil, err
	}
	return &old, nil
}

// movedFrom returns the document of this source with the same text whose own ID
// the source denies, or nil. An error is a fault of asking.
func (r *run) movedFrom(ctx context.Context, id string, hash index.Hash) (*catalog.Document, error) {
	fetcher, ok := r.src.(connectors.Fetcher)
	if !ok || r.DryRun {
		return nil, nil
	}
	const candidates = 3
	list, err := r.Catalog.Documents(ctx, catalog.DocumentFilter{Source: r.source.ID, TextHash: hash,
		States: []catalog.State{catalog.Present, catalog.Unreadable, catalog.Hidden}, Limit: candidates})
	if err != nil {
		return nil, err
	}
	for i := range list {
		old := &list[i]
		if old.ExternalID == id || old.VersionSeq == 0 || old.SeenPass >= r.passID && r.pass == connectors.Full || !r.claimMove(old.Key) {
			continue
		}
		change, err := fetcher.Fetch(ctx, old.ExternalID)
		if _, gone := change.(connectors.Delete); err == nil && gone {
			return old, nil
		}
		r.unclaimMove(old.Key)
		if err != nil {
			r.doubtMove(old.Key)
			return nil, fmt.Errorf("find out whether %s has moved here: %w", old.ExternalID, err)
		}
	}
	return nil, nil
}

// composeChanged compares the text of a known document with what it was.
func (r *run) composeChanged(ctx context.Context, it *item, doc catalog.Document, listed catalog.Details, text *extract.Text, packed []byte) error {
	hash, recipe := textHash(packed), r.recipes.of(text)
	switch {
	case doc.VersionSeq == 0:
		return r.composeNew(ctx, it, doc, listed, text, packed)
	case doc.TextHash == hash:
		it.outcome = storedOutcome(&doc, listed.Hash(), recipe)
		doc.Recipe = recipe
		var newVersion []byte
		if !doc.State.Serves() {
			newVersion = packed
		}
		return r.compose(it, doc, listed, text, newVersion)
	}
	it.outcome = catalog.TextChanged
	if !r.recipes.reads(doc.Recipe) && !strings.HasPrefix(doc.Recipe, refusalMark) {
		it.outcome = catalog.Reprocessed // a document that was refused has another content since
	}
	if !doc.State.Serves() {
		it.outcome = catalog.Restored
	}
	old, err := r.Catalog.LastText(ctx, doc.Key)
	if err != nil {
		return err
	}
	kept := keptShare(old, text)
	oldHash := doc.TextHash
	doc.TextHash, doc.Recipe = hash, recipe
	if err := r.compose(it, doc, listed, text, packed); err != nil {
		return err
	}
	it.newText = hash
	if kept < keptAtLeast && it.outcome == catalog.TextChanged && oldHash != hash {
		return r.holdReplacement(ctx, it)
	}
	return nil
}

func textHash(packed []byte) index.Hash { return index.HashTexts("text/1", string(packed)) }

// effective fills in what the source does not say from the text.
func effective(listed catalog.Details, text *extract.Text, id string, now time.Time) catalog.Details {
	if listed.Title == "" {
		listed.Title = clean(text.Title, maxTitle)
	}
	if listed.Title == "" {
		listed.Title = nameOf(listed.URI, id)
	}
	if listed.Locale == "" {
		listed.Locale = text.Language
	}
	describe(&listed, text, now)
	return listed
}

// nameOf makes a title of the last part of an address.
func nameOf(uri, id string) string {
	if uri == "" {
		uri = id
	}
	uri, _, _ = strings.Cut(uri, "?")
	name := path.Base(strings.TrimRight(uri, "/"))
	if name == "." || name == "/" {
		return id
	}
	return strings.TrimSuffix(name, path.Ext(name))
}

// passages makes the chunks of a document, which is told how many words they have and
// what is left out of them.
func (r *run) passages(d *catalog.Document, text *extract.Text) []index.Chunk {
	cut := r.templates.Leave(pageOf(d, text), text)
	chunks, limit := chunksOf(d, &cut)
	if limit != nil {
		r.note("document_cut")
	}
	d.Words, d.LeftOut, d.LeftOutMark = 0, cut.Blocks, cut.Mark
	for i := range chunks {
		d.Words += chunks[i].Words
	}
	return chunks
}

// chunksOf cuts a text; limit is set when it has more chunks than a document may have.
// The chunks' places are those in the full text.
func chunksOf(d *catalog.Document, text *templates.Cut) (chunks []index.Chunk, limit error) {
	titled := *text.Text
	titled.Title = d.Details.Title // a heading that repeats the title is no heading path
	pieces, limit := chunk.Split(&titled, chunk.Options{Document: d.ExternalID})
	places := text.Offsets()
	chunks = make([]index.Chunk, len(pieces))
	repeats := make(map[index.ChunkID]int)
	for i := range pieces {
		p := &pieces[i]
		c := index.Chunk{Document: d.Key, Ord: i, Kind: p.Kind, Title: d.Details.Title, Heading: p.Heading, Question: p.Question,
			Text: p.Text, Locale: p.Locale, Words: p.Words, Start: places.Full(p.Start), End: places.Full(p.End), Page: p.Page}
		if c.Locale == "" {
			c.Locale = d.Details.Locale
		}
		first := index.NewChunkID(d.Key, c.Heading, c.Text, 0)
		c.ID = first
		if n := repeats[first]; n > 0 {
			c.ID = index.NewChunkID(d.Key, c.Heading, c.Text, n)
		}
		repeats[first]++
		c.Input = c.InputHash(lexical.Version)
		chunks[i] = c
	}
	return chunks, limit
}
