package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/contents"
	"freshet/pipeline/extract"
)

// prepare decides what is to be done about one change, reading its content if it
// must. It reads the catalog and writes nothing; several run at once. An error is
// the catalog's or the context's; what is wrong with the document is it.err.
func (r *run) prepare(ctx context.Context, it *item) error {
	if it.again != nil {
		return r.prepareAgain(ctx, it)
	}
	switch c := it.change.(type) {
	case connectors.Upsert:
		return r.prepareUpsert(ctx, it, c.Document)
	case connectors.Same:
		return r.prepareSame(ctx, it)
	case connectors.Delete:
		return r.prepareDelete(ctx, it, c.Evidence)
	case connectors.Skip:
		return r.prepareSkip(ctx, it, c)
	case connectors.Unreadable:
		return r.unreadable(ctx, it, c.URI, c.Err)
	}
	return fmt.Errorf("prepare a change of unknown type %T", it.change)
}

func byPerson(k *catalog.Known) bool {
	return k != nil && k.State == catalog.Excluded && k.StateReason == catalog.ExcludedByPerson
}

func (r *run) prepareUpsert(ctx context.Context, it *item, d *connectors.Document) error {
	if it.id == "" || len(it.id) > maxID {
		it.outcome, it.reason = catalog.Skipped, "bad_id"
		return nil
	}
	if byPerson(it.known) {
		it.outcome, it.reason, it.stamp = catalog.Skipped, "excluded_by_person", it.known.Key
		return nil
	}
	listed := detailsOf(d, &r.source, &r.kind)
	revision := clean(d.Revision, maxRevision)
	k := it.known
	switch {
	case k == nil || k.Revision != revision || !r.proves(ctx, *k):
		return r.fromContent(ctx, it, d, listed, revision)
	case k.State == catalog.Unreadable:
		it.outcome, it.reason, it.stamp = catalog.NotReadable, k.StateReason, k.Key
		return nil
	case r.readsAgain(k.Recipe):
		doc, err := r.Catalog.DocumentByKey(ctx, k.Key)
		if err != nil {
			return err
		}
		if done, err := r.fromKept(ctx, it, doc, listed, revision); done || err != nil {
			return err
		}
		return r.fromContent(ctx, it, d, listed, revision)
	case k.State.Serves() && k.Listed == listed.Hash() && r.recipes.cutNow(k.Recipe):
		it.outcome, it.stamp, it.settled = catalog.Unchanged, k.Key, true
		return nil
	}
	return r.fromStored(ctx, it, listed, revision)
}

// proves reports whether an equal revision makes reading unnecessary: of a document
// that has been read, or that can be read again from what is kept, or of which all
// forms that there are have refused it.
func (r *run) proves(ctx context.Context, k catalog.Known) bool {
	switch {
	case r.reread || k.Revision == "" || k.Held:
		return false
	case k.State == catalog.Unreadable:
		return k.Recipe == r.recipes.refusal && !r.Full
	}
	return k.Versions && (r.recipes.reads(k.Recipe) || r.rereads.Load() >= int64(r.Limits.Rereads) || r.hasContentOf(ctx, k.Key))
}

// readsAgain reports whether the text of a document with this recipe is to be read
// again, in this run, because other rules made it. It counts those that are.
func (r *run) readsAgain(recipe string) bool {
	return !r.recipes.reads(recipe) && r.rereads.Add(1) <= int64(r.Limits.Rereads)
}

// fromStored makes the document anew from the text that the catalog has: its
// details changed, it came back, or chunks are cut by other rules.
func (r *run) fromStored(ctx context.Context, it *item, listed catalog.Details, revision string) error {
	doc, err := r.Catalog.DocumentByKey(ctx, it.known.Key)
	if err != nil {
		return err
	}
	text, packed, err := r.stored(ctx, &doc)
	if err != nil {
		return err
	}
	recipe := r.recipes.recut(doc.Recipe, text)
	it.outcome = storedOutcome(&doc, listed.Hash(), recipe)
	doc.Revision, doc.Recipe = revision, recipe
	var newVersion []byte
	if !doc.State.Serves() {
		newVersion = packed
	}
	return r.compose(it, doc, listed, text, newVersion)
}

// stored returns the newest text that the catalog has of a document, and its packed
// form.
func (r *run) stored(ctx context.Context, doc *catalog.Document) (*extract.Text, []byte, error) {
	packed, err := r.Catalog.LastText(ctx, doc.Key)
	if err != nil {
		return nil, nil, err
	}
	text := &extract.Text{}
	if err := json.Unmarshal(packed, text); err != nil {
		return nil, nil, fmt.Errorf("read stored text of %s: %w", doc.ExternalID, err)
	}
	return text, packed, nil
}

func storedOutcome(d *catalog.Document, listed index.Hash, recipe string) catalog.Outcome {
	switch {
	case !d.State.Serves():
		return catalog.Restored
	case d.Recipe != recipe:
		return catalog.Reprocessed
	case d.Listed != listed:
		return catalog.DetailsChanged
	}
	return catalog.Unchanged
}

// fromContent opens the document and compares what it finds.
func (r *run) fromContent(ctx context.Context, it *item, d *connectors.Document, listed catalog.Details, revision string) error {
	content, err := r.open(ctx, d)
	if err != nil {
		return r.cannotRead(ctx, it, d.URI, err)
	}
	hash := contents.Hash(content)
	var doc catalog.Document
	if it.known != nil {
		if doc, err = r.Catalog.DocumentByKey(ctx, it.known.Key); err != nil {
			return err
		}
		if doc.VersionSeq > 0 && doc.Content == hash && !r.readsAgain(doc.Recipe) {
			it.settled = true
			if doc.State.Serves() && doc.Listed == listed.Hash() && r.recipes.cutNow(doc.Recipe) && doc.Revision == revision {
				it.outcome, it.stamp = catalog.Unchanged, doc.Key
				return nil
			}
			return r.fromStored(ctx, it, listed, revision)
		}
	}
	it.outdated = it.known != nil && doc.Content != hash
	doc.Content = hash
	return r.fromBytes(ctx, it, d, doc, listed, revision, content)
}

// fromBytes reads a document whose content is at hand. Doc is what is known of it,
// with the hash of this content.
func (r *run) fromBytes(ctx context.Context, it *item, d *connectors.Document, doc catalog.Document, listed catalog.Details, revision string, content []byte) error {
	text, err := r.Extractor.Extract(ctx, bytes.NewReader(content), ReadingOptions(d, r.source.Extract))
	if err != nil {
		return r.refuse(ctx, it, d.URI, revision, err)
	}
	packed, err := json.Marshal(text)
	if err != nil {
		return fmt.Errorf("encode text of %s: %w", it.id, err)
	}
	doc.Revision = revision
	if it.known == nil {
		err = r.composeNew(ctx, it, doc, listed, text, packed)
	} else {
		err = r.composeChanged(ctx, it, doc, listed, text, packed)
	}
	if err == nil && (it.known == nil || it.outdated || !r.hasContent(doc.Key, doc.Content)) {
		r.keep(it, content, text)
	}
	return err
}

// open reads the content whole; it is needed for its hash and again for its text.
func (r *run) open(ctx context.Context, d *connectors.Document) ([]byte, error) {
	if d.Open == nil {
		return nil, &connectors.Verdict{Reason: connectors.VerdictEmpty, Detail: "the source gives no content for it"}
	}
	body, err := d.Open(ctx)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(body, r.Limits.DocumentBytes+1))
	if err = errors.Join(err, body.Close()); err != nil {
		return nil, err
	}
	if int64(len(content)) > r.Limits.DocumentBytes {
		return nil, &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf("it has more than %d MB", r.Limits.DocumentBytes>>20)}
	}
	return content, nil
}

func (r *run) prepareSame(ctx context.Context, it *item) error {
	k := it.known
	switch {
	case k == nil:
		it.outcome, it.reason = catalog.Skipped, "same_but_not_known"
		return nil
	case byPerson(k):
		it.outcome, it.reason, it.stamp = catalog.Skipped, "excluded_by_person", k.Key
		return nil
	case k.State == catalog.Unreadable || !k.Versions:
		it.outcome, it.reason, it.stamp = catalog.NotReadable, k.StateReason, k.Key
		return nil
	case k.State.Serves() && r.recipes.current(k.Recipe):
		it.outcome, it.stamp, it.settled = catalog.Unchanged, k.Key, true
		return nil
	}
	doc, err := r.Catalog.DocumentByKey(ctx, k.Key)
	if err != nil {
		return err
	}
	it.settled = true
	return r.anew(ctx, it, doc)
}

// anew makes a document by the present rules, from what is kept of it; where its
// bytes are not, its text stays as it was read.
func (r *run) anew(ctx context.Context, it *item, doc catalog.Document) error {
	done := false
	if r.hasContent(doc.Key, doc.Content) && r.readsAgain(doc.Recipe) {
		text, _, err := r.stored(ctx, &doc)
		if err != nil {
			return err
		}
		done, err = r.fromKept(ctx, it, doc, asListed(doc.Details, text, doc.ExternalID, r.now), doc.Revision)
		if err != nil {
			return err
		}
	}
	switch {
	case done:
	case doc.State.Serves() && r.recipes.cutNow(doc.Recipe):
		it.outcome, it.stamp = catalog.Unchanged, doc.Key
		return nil
	default:
		if err := r.fromStored(ctx, it, doc.Details, doc.Revision); err != nil {
			return err
		}
	}
	if it.write != nil {
		it.write.Document.Listed = doc.Listed // nothing new was said of what was listed
	}
	return nil
}

func (r *run) prepareDelete(ctx context.Context, it *item, evidence connectors.Evidence) error {
	k := it.known
	if k == nil || k.State == catalog.Removed {
		it.outcome, it.reason = catalog.Unchanged, "deletion_of_unknown"
		return nil
	}
	it.settled = true
	// The feed and the full pass of one run may both ask: that is one answer.
	if evidence == connectors.EvidenceNotFound && (k.Missed == 0 || r.wasMissedNow(k.Key)) {
		it.outcome, it.reason = catalog.Unchanged, "not_found_once"
		it.missed = &catalog.Missed{Document: k.Key, Count: 1, Since: r.now}
		r.missedNow(k.Key)
		return nil
	}
	if !k.State.Serves() && !byPerson(k) {
		return r.gone(ctx, it, evidence)
	}
	return r.holdBack(ctx, it, catalog.ActRemove, string(evidence))
}

// gone removes a document that is not served: nothing vanishes by it.
func (r *run) gone(ctx context.Context, it *item, evidence connectors.Evidence) error {
	doc, err := r.Catalog.DocumentByKey(ctx, it.known.Key)
	if err != nil {
		return err
	}
	doc.State, doc.StateReason, doc.StateAt = catalog.Removed, string(evidence), r.now
	it.outcome, it.reason = catalog.WasRemoved, string(evidence)
	it.write = &catalog.Change{Document: doc, Outcome: catalog.WasRemoved}
	return nil
}

func (r *run) prepareSkip(ctx context.Context, it *item, c connectors.Skip) error {
	it.outcome, it.reason = catalog.Skipped, string(c.Reason)
	if c.Reason == connectors.SkipDuplicate || it.id == "" || len(it.id) > maxID {
		return nil // says nothing of the document that bears the ID
	}
	it.settled = true
	if it.known == nil {
		doc, err := r.newDocument(ctx, it.id)
		if err != nil {
			return err
		}
		doc.State, doc.StateReason, doc.Details.URI = catalog.Excluded, string(c.Reason), clean(c.URI, maxURI)
		it.write = &catalog.Change{Document: doc, Outcome: catalog.Skipped}
		return nil
	}
	if it.known.State.Serves() {
		if !it.known.Versions {
			doc, err := r.Catalog.DocumentByKey(ctx, it.known.Key)
			if err != nil {
				return err
			}
			doc.State, doc.StateReason, doc.StateAt = catalog.Excluded, string(c.Reason), r.now
			it.write = &catalog.Change{Document: doc, Outcome: catalog.Skipped}
			return nil
		}
		it.stamp = it.known.Key // it was listed, if only to be left out
		return r.holdBack(ctx, it, catalog.ActExclude, string(c.Reason))
	}
	it.stamp = it.known.Key
	return nil
}

// cannotRead tells the end of the run from what is wrong with one document.
func (r *run) cannotRead(ctx context.Context, it *item, uri string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var wait *connectors.RetryAfter
	if errors.As(err, &wait) || errors.Is(err, connectors.ErrAuth) {
		return err
	}
	return r.unreadable(ctx, it, uri, err)
}

// refuse is cannotRead for what no form reads: that is remembered with the revision
// and with what was tried.
func (r *run) refuse(ctx context.Context, it *item, uri, revision string, err error) error {
	failed := r.cannotRead(ctx, it, uri, err)
	if failed != nil || connectors.AsVerdict(err) == nil {
		return failed
	}
	k := it.known
	if it.write == nil && k != nil && k.State == catalog.Unreadable && (k.Recipe != r.recipes.refusal || k.Revision != revision) {
		doc, err := r.Catalog.DocumentByKey(ctx, k.Key)
		if err != nil {
			return err
		}
		it.stamp = ""
		it.write = &catalog.Change{Document: doc, Outcome: catalog.NotReadable}
	}
	if it.write != nil {
		it.write.Document.Recipe, it.write.Document.Revision = r.recipes.refusal, revision
	}
	return nil
}

// unreadable keeps the old copy, if any, and says why there is no new one.
func (r *run) unreadable(ctx context.Context, it *item, uri string, err error) error {
	it.outcome, it.err, it.reason = catalog.NotReadable, err, faultReason(err)
	if it.id == "" || len(it.id) > maxID || byPerson(it.known) {
		return nil
	}
	if it.known == nil {
		doc, err := r.newDocument(ctx, it.id)
		if err != nil {
			return err
		}
		doc.State, doc.StateReason, doc.Details.URI = catalog.Unreadable, it.reason, clean(uri, maxURI)
		it.write = &catalog.Change{Document: doc, Outcome: catalog.NotReadable}
		return nil
	}
	it.stamp = it.known.Key
	if it.known.State == catalog.Present || it.known.State == catalog.Unreadable && it.known.StateReason != it.reason {
		doc, err := r.Catalog.DocumentByKey(ctx, it.known.Key)
		if err != nil {
			return err
		}
		doc.State, doc.StateReason, doc.StateAt = catalog.Unreadable, it.reason, r.now
		it.stamp = ""
		it.write = &catalog.Change{Document: doc, Outcome: catalog.NotReadable}
	}
	return nil
}

// faultReason is the stable word for what is wrong.
func faultReason(err error) string {
	if v := connectors.AsVerdict(err); v != nil {
		return v.Reason
	}
	var named interface{ FaultReason() string }
	if errors.As(err, &named) {
		return named.FaultReason()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "timeout"
	}
	return "fault"
}

func (r *run) newDocument(ctx context.Context, id string) (catalog.Document, error) {
	key, err := r.Catalog.FreeKey(ctx, r.source.ID, id)
	return catalog.Document{Key: key, Source: r.source.ID, ExternalID: id, Base: r.source.Base, State: catalog.Present,
		StateAt: r.now, FirstSeen: r.now}, err
}
