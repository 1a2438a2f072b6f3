package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"freshet/index/catalog"
	"freshet/pipeline/extract"
)

// The guard's thresholds, as ARCHITECTURE section 4 sets them.
const (
	guardWindow     = 24 * time.Hour
	smallSource     = 100
	smallDocuments  = 3
	smallShare      = 0.25
	largeDocuments  = 25
	largeShare      = 0.10
	alwaysHeldAbove = 500
)

// tooMuch reports whether so many of the owned documents may not vanish without a
// person's word.
func tooMuch(vanish, owned int, g catalog.Guard) bool {
	documents, share := largeDocuments, largeShare
	if owned < smallSource {
		documents, share = smallDocuments, smallShare
	}
	if g.Documents > 0 {
		documents = g.Documents
	}
	if g.Share > 0 {
		share = g.Share
	}
	return vanish >= alwaysHeldAbove || vanish > documents && float64(vanish) > share*float64(owned)
}

// keptAtLeast is the share of its words that a changed text must keep not to be
// taken for a login or maintenance page.
const keptAtLeast = 0.20

// judgedFrom is the number of words from which a text can be said to have lost
// most of them; below, a rewritten sentence would be held.
const judgedFrom = 20

// keptShare is the share of the old text's words that the new one still has.
func keptShare(oldPacked []byte, text *extract.Text) float64 {
	var old extract.Text
	if err := json.Unmarshal(oldPacked, &old); err != nil {
		return 1
	}
	return keptWords(old.Plain(), text.Plain())
}

// keptWords counts the words that the texts begin and end with alike as they are,
// which is most of them after a small edit, and compares what lies between.
func keptWords(was, is string) float64 {
	begin := commonBegin(was, is)
	end := commonEnd(was[begin:], is[begin:])
	same := 0
	for range fieldsOf(was[:begin]) {
		same++
	}
	for range fieldsOf(was[len(was)-end:]) {
		same++
	}
	have, total := make(map[string]int), same
	for w := range fieldsOf(was[begin : len(was)-end]) {
		have[w]++
		total++
	}
	if total < judgedFrom {
		return 1
	}
	for w := range fieldsOf(is[begin : len(is)-end]) {
		if have[w] > 0 {
			have[w]--
			same++
		}
	}
	return float64(same) / float64(total)
}

// commonBegin is how many bytes the texts begin with alike, up to a space.
func commonBegin(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	if n == len(a) && n == len(b) {
		return n
	}
	return strings.LastIndexAny(a[:n], " \n") + 1
}

// commonEnd is how many bytes the texts end with alike, from a space on.
func commonEnd(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	at := strings.IndexAny(a[len(a)-n:], " \n")
	if at < 0 {
		return 0
	}
	return n - at
}

// stash is a prepared replacement as it waits for a decision.
type stash struct {
	Document catalog.Document
	Text     []byte
}

// holdReplacement puts a prepared change aside until the end of the run shows how
// many documents lost their text at once.
func (r *run) holdReplacement(ctx context.Context, it *item) error {
	kept, err := json.Marshal(stash{Document: it.write.Document, Text: it.write.Text})
	if err != nil {
		return fmt.Errorf("put replacement of %s aside: %w", it.id, err)
	}
	key, evidence := it.write.Document.Key, "text_replaced "+it.newText.String()
	it.write = nil
	if err := r.holdBack(ctx, it, catalog.ActReplace, evidence); err != nil {
		return err
	}
	it.stamp = key
	if it.hold != nil {
		it.hold.Stash = kept
	}
	return nil
}

// holdBack makes a hold for what would make a document's content vanish, unless a
// person has already refused just that.
func (r *run) holdBack(ctx context.Context, it *item, action catalog.Action, evidence string) error {
	h := catalog.Hold{Document: it.known.Key, Action: action, Evidence: evidence, State: catalog.HoldOpen, Run: r.report.Run, At: r.now}
	it.outcome, it.reason = catalog.Unchanged, "held_"+string(action)
	if it.known.Held {
		old, err := r.Catalog.HoldOf(ctx, r.source.ID, it.known.Key)
		if err != nil {
			return err
		}
		switch {
		case old.State == catalog.HoldRejected && refused(&old, &h), old.State == catalog.HoldPending && old.Action == action && old.Evidence == evidence:
			it.keepHold = true
			return nil
		case old.State == catalog.HoldPending:
			h.State = catalog.HoldPending // a person was asked; the answer is still awaited
		}
	}
	it.hold = &h
	return nil
}

// refused reports whether a person's refusal covers what is found now: an absence
// stays refused on whatever evidence, a replacement only by the same text.
func refused(old, now *catalog.Hold) bool {
	if old.Action == catalog.ActReplace || now.Action == catalog.ActReplace {
		return old.Action == now.Action && old.Evidence == now.Evidence
	}
	return true
}

// decide settles the holds that the finished pass has left: below the guard's
// thresholds they take effect, above they wait for a person. Before the end of a
// pass nothing is decided, also not what a stopped run left behind: few of many
// must not slip through.
func (r *run) decide(ctx context.Context) error {
	holds, err := r.Catalog.Holds(ctx, r.source.ID, catalog.HoldOpen)
	if err != nil {
		return err
	}
	if len(holds) > 0 {
		held, err := r.guarded(ctx, holds)
		if err != nil {
			return err
		}
		if held {
			err = r.suspend(ctx, holds)
		} else {
			err = r.carryOut(ctx, holds, false)
		}
		if err != nil {
			return err
		}
	}
	pending, err := r.Catalog.Holds(ctx, r.source.ID, catalog.HoldPending)
	r.report.DeletionsPending = len(pending)
	return err
}

// guarded counts what would vanish within the window, whatever the evidence:
// what already did, what waits and what is to be decided now.
func (r *run) guarded(ctx context.Context, open []catalog.Hold) (bool, error) {
	owned, vanish, err := r.balance(ctx)
	if err != nil {
		return false, err
	}
	pending, err := r.Catalog.Holds(ctx, r.source.ID, catalog.HoldPending)
	if err != nil {
		return false, err
	}
	vanish += len(open) + len(pending)
	empty := r.listed == 0 && r.wholeNow && len(open) >= smallDocuments
	return empty || tooMuch(vanish, owned, r.source.Guard), nil
}

// balance counts what is served, together with what vanished within the window.
func (r *run) balance(ctx context.Context) (owned, vanished int, err error) {
	counts, err := r.Catalog.CountDocuments(ctx, r.source.ID)
	if err != nil {
		return 0, 0, err
	}
	vanished, err = r.Catalog.Vanished(ctx, r.source.ID, r.now.Add(-guardWindow))
	return counts[catalog.Present] + counts[catalog.Unreadable] + vanished, vanished, err
}

// suspend makes holds wait for a person.
func (r *run) suspend(ctx context.Context, holds []catalog.Hold) error {
	for len(holds) > 0 {
		part := holds[:min(len(holds), r.Limits.BatchDocuments)]
		holds = holds[len(part):]
		b := r.batch()
		for _, h := range part {
			h.State = catalog.HoldPending
			b.Holds = append(b.Holds, h)
			r.note("deletions_pending")
		}
		if err := r.apply(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// carryOut lets holds take effect, in batches that each are whole.
func (r *run) carryOut(ctx context.Context, holds []catalog.Hold, approved bool) error {
	for len(holds) > 0 {
		part := holds[:min(len(holds), r.Limits.BatchDocuments)]
		holds = holds[len(part):]
		b := r.batch()
		for i := range part {
			change, err := r.effect(ctx, &part[i])
			if err != nil {
				return err
			}
			b.DropHolds = append(b.DropHolds, part[i].Document)
			if change != nil {
				change.Approved = approved
				b.Changes = append(b.Changes, *change)
				r.report.Count(change.Outcome)
			}
		}
		if err := r.apply(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// effect is the change that a hold stands for, or nil when it has none any more.
func (r *run) effect(ctx context.Context, h *catalog.Hold) (*catalog.Change, error) {
	doc, err := r.Catalog.DocumentByKey(ctx, h.Document)
	if err != nil {
		return nil, err
	}
	if h.Action == catalog.ActReplace {
		return r.replacement(&doc, h)
	}
	outcome := catalog.Deleted
	state := catalog.Removed
	switch h.Action {
	case catalog.ActHide:
		state, outcome = catalog.Hidden, catalog.WasHidden
	case catalog.ActExclude:
		state, outcome = catalog.Excluded, catalog.WasExcluded
	}
	if doc.State == state || doc.State == catalog.Removed {
		return nil, nil
	}
	doc.State, doc.StateReason, doc.StateAt = state, h.Evidence, r.now
	return &catalog.Change{Document: doc, Outcome: outcome}, nil
}

func (r *run) replacement(doc *catalog.Document, h *catalog.Hold) (*catalog.Change, error) {
	var s stash
	if err := json.Unmarshal(h.Stash, &s); err != nil {
		return nil, fmt.Errorf("read the replacement of %s: %w", doc.ExternalID, err)
	}
	var text extract.Text
	if err := json.Unmarshal(s.Text, &text); err != nil {
		return nil, fmt.Errorf("read the replacement of %s: %w", doc.ExternalID, err)
	}
	next := *doc
	next.Details, next.Listed, next.Revision = s.Document.Details, s.Document.Listed, s.Document.Revision
	next.Content, next.TextHash, next.Recipe = s.Document.Content, textHash(s.Text), s.Document.Recipe
	next.State, next.StateReason = catalog.Present, ""
	chunks := r.passages(&next, &text)
	return &catalog.Change{Document: next, Outcome: catalog.Replaced, Content: true, Chunks: chunks, Text: s.Text}, nil
}
