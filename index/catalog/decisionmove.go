package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"freshet/index"
)

// A Ruling is what a person says of a finding.
type Ruling struct {
	Finding string
	Verdict index.Verdict // KeepOne, KeepBoth, SameTwice, Verified, FixRequested, Snooze, NoDoubt, ExcludedPage
	By      string
	Comment string
	// Seen is when the finding was last updated as the person saw it; a finding that has
	// changed since is not decided on. Zero: however it stands.
	Seen time.Time
	// Member is the number of the member that is kept (KeepOne, SameTwice), whose page is
	// excluded (ExcludedPage) or on whose page the rule is dismissed (NoDoubt with
	// ScopePageRule; -1 where all members are of one page).
	Member int
	// Scope of NoDoubt: ScopeContent (also when empty), ScopePages, ScopePageRule.
	Scope string
	// Facets of KeepBoth: for whom a member's sentence is meant, by the member's number.
	// Without any, Force says that the person was asked and wants none.
	Facets map[int]map[string][]string
	Force  bool
	// Until is the end of a Snooze, or of what Verified confirms.
	Until time.Time
	// Due of FixRequested is when the source should be mended.
	Due time.Time
}

// A Refusal says why a ruling cannot be carried out, and what can be done instead.
type Refusal struct {
	Code string // stable: a name of those below
	Text string // for people
}

// Codes of Refusals.
const (
	RefusedChanged = "finding_changed" // it changed since it was looked at
	RefusedState   = "finding_state"   // not from the state that it is in
	RefusedKind    = "finding_kind"    // not for this kind of finding
	RefusedMember  = "unknown_side"
	RefusedScope   = "scope_needed" // "both" without saying for whom
	RefusedValue   = "invalid_decision"
)

// Error is the sentence.
func (r *Refusal) Error() string { return r.Text }

func refuse(code, format string, args ...any) error {
	return &Refusal{Code: code, Text: fmt.Sprintf(format, args...)}
}

// A move is what a verdict does to a finding's state, and of which kinds of findings
// it can be said. Every verdict can be given while a finding is live, and none
// afterwards: then the decision is taken back first (Reopen).
type move struct {
	kinds []index.FindingKind
	to    index.FindingState
}

// moves is the state machine: what a person may say of which finding, and where that
// leads. Reopen leads back to Undecided from every other state, except where the
// content itself settled the doubt (reopens).
var moves = map[index.Verdict]move{
	index.KeepOne:      {[]index.FindingKind{index.Conflicting}, index.Resolved},
	index.KeepBoth:     {[]index.FindingKind{index.Conflicting, index.Duplicate}, index.Resolved},
	index.SameTwice:    {[]index.FindingKind{index.Duplicate, index.Conflicting}, index.Resolved},
	index.Verified:     {[]index.FindingKind{index.Stale}, index.Resolved},
	index.ExcludedPage: {[]index.FindingKind{index.Stale, index.Duplicate, index.Conflicting}, index.Resolved},
	index.FixRequested: {allKinds, index.Acknowledged},
	index.Snooze:       {allKinds, index.Snoozed},
	index.NoDoubt:      {allKinds, index.Dismissed},
}

var allKinds = []index.FindingKind{index.Stale, index.Duplicate, index.Conflicting, index.Overlap}

// Verdicts lists what can be said of a finding as it stands, in a fixed order; nothing
// once it is closed.
func Verdicts(f *index.Finding) []index.Verdict {
	out := []index.Verdict{}
	for _, v := range slices.Sorted(maps.Keys(moves)) {
		if f.State.Live() && slices.Contains(moves[v].kinds, f.Kind) {
			out = append(out, v)
		}
	}
	return out
}

// CanReopen reports whether there is a decision on the finding that a person can take
// back: not where the content itself settled the doubt.
func CanReopen(f *index.Finding) bool {
	return f.State != index.Undecided && f.Outcome != index.Edited && f.Outcome != index.Vanished
}

// possible refuses a verdict that cannot be given of the finding as it stands.
func possible(f *index.Finding, v index.Verdict) error {
	m, ok := moves[v]
	if !ok {
		return refuse(RefusedValue, "%q is not something that can be decided.", string(v))
	}
	if !f.State.Live() {
		return refuse(RefusedState, "This doubt is %s already (%s). Reopen it first to decide otherwise.", f.State, f.Outcome)
	}
	if !slices.Contains(m.kinds, f.Kind) {
		words := make([]string, 0, len(moves))
		for _, other := range Verdicts(f) {
			words = append(words, string(other))
		}
		return refuse(RefusedKind, "%q cannot be said of a %s; possible are %s.", string(v), f.Kind, strings.Join(words, ", "))
	}
	return nil
}

// deciding is one decision within its transaction.
type deciding struct {
	c     *Catalog
	ctx   context.Context
	tx    *sql.Tx
	now   time.Time
	f     index.Finding
	pairs []Pair

	data     decisionData
	keys     []string // documents that the transaction touches
	announce bool     // the change log grew
}

// on runs a decision on a finding in one transaction: all of it is kept, or nothing.
func (c *Catalog) on(ctx context.Context, finding string, seen time.Time, f func(*deciding) error) (index.Finding, error) {
	d := &deciding{c: c, ctx: ctx, now: c.now()}
	err := c.txOn(ctx, "decide on finding "+finding, func() touched { return touched{documents: d.keys} }, func(tx *sql.Tx) error {
		d.tx = tx
		if err := d.read(finding); err != nil {
			return err
		}
		if !seen.IsZero() && millis(seen) != millis(d.f.Updated) {
			return refuse(RefusedChanged, "This doubt has changed since you looked at it (%s). Look again, then decide.", d.f.Updated.Format(time.RFC3339))
		}
		return f(d)
	})
	if err == nil && d.announce {
		c.announce()
	}
	return d.f, unwrapped(err)
}

func refusalIn(err error) *Refusal {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	return nil
}

func (d *deciding) read(finding string) error {
	var err error
	d.f, err = scanFinding(d.tx.QueryRowContext(d.ctx, `SELECT `+findingColumns+` FROM findings f WHERE f.id = ?`, finding))
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	if err != nil {
		return err
	}
	rows, err := d.tx.QueryContext(d.ctx, `SELECT `+pairColumns+` FROM pairs p WHERE p.finding = ? ORDER BY p.pair`, finding)
	d.pairs, err = collect(rows, err, scanPair)
	return err
}

// DecideFinding carries out what a person says of a finding: its notes, the decision on
// all of its live pairs, its state and its history, in one transaction. Answers change
// when it returns. The error is a *Refusal when the ruling cannot be carried out, and
// ErrNotFound when there is no such finding; nothing is written then.
func (c *Catalog) DecideFinding(ctx context.Context, r *Ruling) (index.Finding, error) {
	return c.on(ctx, r.Finding, r.Seen, func(d *deciding) error { return d.rule(r) })
}

func (d *deciding) rule(r *Ruling) error {
	if err := possible(&d.f, r.Verdict); err != nil {
		return err
	}
	d.data = decisionData{State: d.f.State, Until: millis(d.f.Until), Due: millis(d.f.Due),
		Decision: index.Decision{Verdict: r.Verdict, Scope: ScopeContent, By: r.By, At: d.now, Comment: r.Comment, Finding: d.f.ID}}
	if err := d.supersede(); err != nil {
		return err
	}
	d.f.State, d.f.Outcome, d.f.Until = moves[r.Verdict].to, r.Verdict, time.Time{}
	var subject index.Hash
	var err error
	switch r.Verdict {
	case index.KeepOne:
		err = d.keep(r.Member)
	case index.KeepBoth:
		err = d.both(r)
	case index.SameTwice:
		err = d.duplicate(r.Member)
	case index.Verified:
		err = d.verified(r)
	case index.ExcludedPage:
		err = d.exclude(r.Member)
	case index.FixRequested:
		err = d.fix(r)
	case index.Snooze:
		err = d.snooze(r)
	case index.NoDoubt:
		subject, err = d.dismiss(r)
	}
	if err != nil {
		return err
	}
	if err := d.finish(subject, sentenceOf(&d.f, r)); err != nil || subject == (index.Hash{}) {
		return err
	}
	return d.spread()
}

// supersede ends the decision that held until now, such as a fix that was asked for.
func (d *deciding) supersede() error {
	head, err := headOf(d.ctx, d.tx, d.f.ID)
	if err != nil || head == nil {
		return err
	}
	if err := count(d.ctx, d.tx, d.f.Base, head.data.Counts, -1, millis(d.now)); err != nil {
		return err
	}
	return withdraw(d.ctx, d.tx, d.f.ID, millis(d.now))
}

// finish writes the decision, its history and the finding.
func (d *deciding) finish(subject index.Hash, text string) error {
	said := &d.data.Decision
	if !d.f.State.Live() {
		d.f.Closed, d.f.Due = d.now, time.Time{}
		if err := d.takeDown(); err != nil {
			return err
		}
	} else {
		d.f.Closed, d.f.Outcome = time.Time{}, ""
	}
	judged := d.pairs
	if d.data.Excludes != "" {
		judged = slices.DeleteFunc(slices.Clone(judged), func(p Pair) bool { return p.A.Document != d.data.Excludes && p.B.Document != d.data.Excludes })
	}
	d.data.Counts = countsOf(said.Verdict, &d.f, judged)
	if err := count(d.ctx, d.tx, d.f.Base, d.data.Counts, 1, millis(d.now)); err != nil {
		return err
	}
	if subject != (index.Hash{}) {
		d.data.Subject = &decidedSubject{subject, said.Scope}
	}
	if err := putDecision(d.ctx, d.tx, subjectsOf(d.f.ID, judged, said.Scope, subject), &d.data); err != nil {
		return err
	}
	return d.save(said.By, string(said.Verdict), text)
}

// save writes the finding and a line of its history.
func (d *deciding) save(by, kind, text string) error {
	d.f.Updated = later(d.f.Updated, d.now)
	if err := putFinding(d.ctx, d.tx, &d.f); err != nil {
		return err
	}
	return addEvent(d.ctx, d.tx, &FindingEvent{Finding: d.f.ID, At: d.now, By: by, Kind: kind, Text: text})
}

// later is now, or the first moment after what was, so that each writing of a finding
// can be told from the one before.
func later(was, now time.Time) time.Time {
	if next := fromMillis(millis(was) + 1); !was.IsZero() && millis(now) <= millis(was) {
		return next
	}
	return now
}

// takeDown removes what the detectors' notes say of the finding, and keeps them in case
// that the decision is taken back.
func (d *deciding) takeDown() error {
	rows, err := d.tx.QueryContext(d.ctx, `SELECT `+noteColumns+` FROM notes n WHERE n.finding = ? AND n.kind IN ('conflict', 'stale') ORDER BY n.id`, d.f.ID)
	if d.data.Notes, err = collect(rows, err, scanNote); err != nil {
		return err
	}
	keys, err := dropNotes(d.ctx, d.tx, d.f.ID, index.NoteConflict, index.NoteStale)
	d.keys = append(d.keys, keys...)
	return err
}

// put writes notes of the decision.
func (d *deciding) put(notes []DocumentNote) error {
	for i := range notes {
		d.keys = append(d.keys, notes[i].Document)
	}
	return putNotes(d.ctx, d.tx, millis(d.now), notes)
}
