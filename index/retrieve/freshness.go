package retrieve

import (
	"slices"
	"time"

	"freshet/index"
)

// FreshnessState sums up how current a passage is.
type FreshnessState string

const (
	// Fresh: nothing speaks against it.
	Fresh FreshnessState = "fresh"
	// ReviewSoon: somebody should look at it.
	ReviewSoon FreshnessState = "review_soon"
	// Stale: it can no longer be trusted to be current.
	Stale FreshnessState = "stale"
)

// soon is how long before a review is due its document is review_soon, and a
// tenth of its interval where that is shorter.
const soon = 14 * 24 * time.Hour

// The scores of a finding from which its document is Stale, or to be looked at.
const (
	staleScore = 0.6
	watchScore = 0.35
)

// freshness judges the document of a passage. Reasons are codes: unreadable (an old
// copy serves), review_interval_passed, review_due_soon, confirmation_ended,
// confirmation_ends_soon, source_ with the state of a source that no longer syncs, and
// those of a finding that it is stale, unless a person has confirmed it since. Its
// dates are those of the document, not copies.
func freshness(p *index.Passage, now time.Time) Freshness {
	d := &p.Document
	f := Freshness{
		Modified: known(&d.Modified), Checked: known(&d.Checked), ConfirmedUntil: known(&d.ConfirmedUntil), State: Fresh, Reasons: []string{},
	}
	note := func(s FreshnessState, reason string) {
		if f.State != Stale {
			f.State = s
		}
		f.Reasons = append(f.Reasons, reason)
	}
	if d.Unreadable {
		note(Stale, "unreadable")
	}
	switch left := d.ConfirmedUntil.Sub(now); {
	case d.ConfirmedUntil.IsZero():
		reviewDue(d, now, note)
	case left <= 0 && !reviewedAfter(d):
		note(Stale, "confirmation_ended")
	case left <= 0:
		reviewDue(d, now, note)
	case left < soon:
		note(ReviewSoon, "confirmation_ends_soon")
	}
	if p.Doubt != nil && !confirmed(d, now) {
		state := Fresh
		switch {
		case p.Doubt.Score >= staleScore:
			state = Stale
		case p.Doubt.Score >= watchScore:
			state = ReviewSoon
		}
		for _, reason := range p.Doubt.Reasons {
			if state != Fresh && !slices.Contains(f.Reasons, reason) {
				note(state, reason)
			}
		}
	}
	switch d.SourceState {
	case "paused", "needs_you", "detached":
		note(ReviewSoon, "source_"+d.SourceState)
	}
	return f
}

// confirmed reports whether a person vouches for the document at present.
func confirmed(d *index.DocumentInfo, now time.Time) bool { return d.ConfirmedUntil.After(now) }

// reviewedAfter reports whether the document changed after a person's
// confirmation had ended.
func reviewedAfter(d *index.DocumentInfo) bool { return d.Modified.After(d.ConfirmedUntil) }

func reviewDue(d *index.DocumentInfo, now time.Time, note func(FreshnessState, string)) {
	if d.ReviewEvery <= 0 || d.Modified.IsZero() {
		return
	}
	switch left := d.Modified.Add(d.ReviewEvery).Sub(now); {
	case left <= 0:
		note(Stale, "review_interval_passed")
	case left < min(soon, d.ReviewEvery/10):
		note(ReviewSoon, "review_due_soon")
	}
}

func known(t *time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return t
}
