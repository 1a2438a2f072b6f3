package pipeline

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/extract"
)

// textForm is read from plain text: the structured text that the catalog keeps has
// all that the bytes have, so they are not kept.
const textForm = "text/"

// keep stages the bytes that an item's text was read from. That they cannot be kept
// is noted and is no fault: the source will be asked again instead.
func (r *run) keep(it *item, content []byte, text *extract.Text) {
	// A change without a text stands for a document whose move is not certain.
	if r.Contents == nil || r.DryRun || it.write == nil || !it.write.Content || strings.HasPrefix(text.Version, textForm) {
		return
	}
	staged, err := r.Contents.Stage(it.write.Document.Key, it.write.Document.Content, content)
	switch {
	case err != nil:
		r.note("content_not_kept")
		r.Log.Warn("the content of a document is not kept", "source", r.source.ID, "document", it.id, "error", err)
	case staged == nil:
		r.note("content_not_kept")
	}
	it.staged = staged
}

// keptContent returns the bytes that a document's text was read from; nil when they
// are not kept.
func (r *run) keptContent(key string, hash index.Hash) []byte {
	if r.Contents == nil {
		return nil
	}
	content, err := r.Contents.Read(key, hash)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			r.Log.Warn("the content of a document is asked for again", "source", r.source.ID, "document", key, "error", err)
		}
		return nil
	}
	return content
}

// hasContent reports whether the bytes are kept, as far as is quickly seen.
func (r *run) hasContent(key string, hash index.Hash) bool {
	return r.Contents != nil && r.Contents.Has(key, hash)
}

// hasContentOf does the same for the content that the catalog knows of a document. Of
// one that cannot be looked up nothing is known to be kept.
func (r *run) hasContentOf(ctx context.Context, key string) bool {
	if r.Contents == nil {
		return false
	}
	doc, err := r.Catalog.DocumentByKey(ctx, key)
	return err == nil && r.hasContent(key, doc.Content)
}

// write applies a batch that was filled with items. Their contents follow when it is
// on disk: one that is newer than what the catalog knows is of no use.
func (r *run) write(ctx context.Context, b *catalog.Batch, items []*item) error {
	err := r.apply(ctx, b)
	for _, it := range items {
		if it.staged == nil {
			if err == nil && it.outdated && it.write != nil {
				r.forget(it.write.Document.Key)
			}
			continue
		}
		settle := it.staged.Keep
		if err != nil || it.write == nil { // a replacement may have been held since
			settle = it.staged.Discard
		}
		if failed := settle(); failed != nil {
			r.Log.Warn("the content of a document is not kept", "source", r.source.ID, "document", it.id, "error", failed)
		}
		it.staged = nil
	}
	return err
}

// forgetGone deletes the bytes of documents that a batch has taken away for good.
func (r *run) forgetGone(b *catalog.Batch) {
	for i := range b.Changes {
		if d := &b.Changes[i].Document; d.State == catalog.Removed || d.State == catalog.Excluded {
			r.forget(d.Key)
		}
	}
}

func (r *run) forget(key string) {
	if r.Contents == nil {
		return
	}
	if err := r.Contents.Forget(key); err != nil {
		r.Log.Warn("a content is kept longer than its document", "source", r.source.ID, "document", key, "error", err)
	}
}

// fromKept reads a document, whose text other rules made, from its bytes as they are
// kept. It reports false when they are not: then nothing was done.
func (r *run) fromKept(ctx context.Context, it *item, doc catalog.Document, listed catalog.Details, revision string) (bool, error) {
	content := r.keptContent(doc.Key, doc.Content)
	if content == nil {
		return false, nil
	}
	d := connectors.Document{ID: it.id, URI: listed.URI, MediaType: listed.MediaType, Locale: listed.Locale}
	return true, r.fromBytes(ctx, it, &d, doc, listed, revision, content)
}
