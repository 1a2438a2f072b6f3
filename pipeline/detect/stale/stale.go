// Package stale says whether a document can still be trusted to be current, and why:
// fourteen signals, each with its evidence and its reason in words, and a score that
// combines them. It reads and decides; it asks nobody and keeps nothing.
//
// The package is pure. A Rules may be used from several goroutines.
package stale

import (
	"cmp"
	"math"
	"slices"
	"time"

	"freshet/index"
)

// Version names the rules of this package. It changes whenever the same Facts would
// give another Verdict.
const Version = "stale/1"

// State is what a score comes to.
type State string

// The States, by their least score.
const (
	Fresh State = "fresh"
	Watch State = "watch" // from WatchScore on
	Stale State = "stale" // from StaleScore on
)

// The thresholds of DOUBTS.md 1.6.
const (
	WatchScore = 0.35
	StaleScore = 0.6
)

// A Name names a signal. Names are stable: they stand in notes, in the API and in
// reports.
type Name string

// The signals.
const (
	SourceGone          Name = "source_gone"
	ExpiredText         Name = "expired_text"
	ContradictedByNewer Name = "contradicted_by_newer"
	OverdueReview       Name = "overdue_review"
	DatedTitle          Name = "dated_title"
	OldAsOf             Name = "old_asof"
	BrokenLinks         Name = "broken_links"
	RetiredTerm         Name = "retired_term"
	NotSynced           Name = "not_synced"
	OldEmbedding        Name = "old_embedding"
	Unused              Name = "unused"
	NegativeUse         Name = "negative_use"
	NoOwner             Name = "no_owner"
	RelativeWords       Name = "relative_words"
)

// Severity is how much a signal matters to people.
type Severity string

// The Severities. Operational signals are about Freshet's own work, Governance is about
// who is responsible; neither says anything about the content.
const (
	High        Severity = "high"
	Medium      Severity = "medium"
	Low         Severity = "low"
	Operational Severity = "operational"
	Governance  Severity = "governance"
)

// Value is the Severity from 0 to 1, for the order of findings.
func (s Severity) Value() float64 {
	switch s {
	case High:
		return 0.9
	case Medium:
		return 0.6
	case Low:
		return 0.3
	case Governance:
		return 0.2
	}
	return 0.1
}

// A Signal is one reason to doubt that a document is current.
type Signal struct {
	Name Name
	// Weight is what the signal can take from the trust in a document, Strength how much
	// of that it does: both from 0 to 1. Operational and governance signals weigh 0.
	Weight, Strength float64
	Severity         Severity
	Evidence         []Evidence
	// Code is the Name with its most telling detail behind a colon, such as
	// "expired_text:2025-03-31".
	Code string
	// Words are the reason as one sentence, by language ("fr", "en").
	Words map[string]string
}

// Evidence is where a Signal can be seen. Which fields are set depends on the signal.
type Evidence struct {
	// Chunk is the passage; zero for the title and for what is not in the text.
	Chunk index.ChunkID
	// Start and End are the byte offsets of Value in the passage's text, From and To
	// those of Sentence.
	Start, End, From, To int
	Sentence, Value      string
	// Above says that Sentence is a title, a heading or a question, which is not in the
	// passage's text: offsets are of Sentence then.
	Above    bool
	Date     time.Time // day that is over, or that something began; zero without
	URL      string    // of a link
	Document string    // key of another document
	Finding  string
}

// A Verdict is what the signals come to.
type Verdict struct {
	// Score is 1 - prod(1 - Weight*Strength), rounded to a thousandth.
	Score float64
	State State
	// Signals are those that were seen, the strongest first.
	Signals []Signal
	// Every is the review interval that held, 0 when the document needs none, and Origin
	// where it comes from.
	Every  time.Duration
	Origin Origin
}

// Codes are the codes of the signals about the content, the strongest first.
func (v *Verdict) Codes() []string {
	var out []string
	for i := range v.Signals {
		if v.Signals[i].Weight > 0 {
			out = append(out, v.Signals[i].Code)
		}
	}
	return out
}

// Severity is that of the gravest signal about the content; Low when there is none.
func (v *Verdict) Severity() Severity {
	best := Low
	for i := range v.Signals {
		if s := &v.Signals[i]; s.Weight > 0 && s.Severity.Value() > best.Value() {
			best = s.Severity
		}
	}
	return best
}

// Signal returns the signal of a name, nil when it was not seen.
func (v *Verdict) Signal(name Name) *Signal {
	for i := range v.Signals {
		if v.Signals[i].Name == name {
			return &v.Signals[i]
		}
	}
	return nil
}

// Rules are what an operator configures. The zero value has the defaults.
type Rules struct {
	Review Review
	Terms  *Terms // retired ones; nil: none
}

// Judge looks at a document. Its time is linear in the text of Facts.
func (r *Rules) Judge(f *Facts, now time.Time) Verdict {
	j := judge{rules: r, f: f, now: now, today: today(f, now)}
	j.every, j.origin = r.Review.Interval(f)
	j.class = ClassOf(f)
	j.age = j.ageOf()
	for _, look := range [...]func(*judge){(*judge).sourceGone, (*judge).passages, (*judge).contradicted, (*judge).overdue, (*judge).datedTitle, (*judge).links,
		(*judge).notSynced, (*judge).oldEmbedding, (*judge).unused, (*judge).negativeUse, (*judge).noOwner} {
		look(&j)
	}
	v := Verdict{Signals: j.signals, Every: j.every, Origin: j.origin}
	v.Score, v.State = combine(v.Signals)
	slices.SortStableFunc(v.Signals, func(a, b Signal) int {
		return cmp.Or(cmp.Compare(b.Weight*b.Strength, a.Weight*a.Strength), cmp.Compare(b.Severity.Value(), a.Severity.Value()))
	})
	return v
}

func combine(signals []Signal) (float64, State) {
	trust := 1.0
	for i := range signals {
		trust *= 1 - signals[i].Weight*signals[i].Strength
	}
	score := math.Round((1-trust)*1000) / 1000
	switch {
	case score >= StaleScore:
		return score, Stale
	case score >= WatchScore:
		return score, Watch
	}
	return score, Fresh
}

// A judge looks at one document.
type judge struct {
	rules   *Rules
	f       *Facts
	now     time.Time
	today   day
	every   time.Duration
	origin  Origin
	class   Class
	age     age
	signals []Signal
}

func (j *judge) add(s Signal) {
	if s.Code == "" {
		s.Code = string(s.Name)
	}
	s.Strength = min(max(s.Strength, 0), 1)
	j.signals = append(j.signals, s)
}

// exempt reports whether the document is of its time by nature: news, a changelog, an
// archive.
func (j *judge) exempt() bool {
	return j.class == News || j.class == Changelog || j.class == Archive
}
