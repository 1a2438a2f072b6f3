// Package audit makes the monthly refresh audit of a knowledge base: what its owners
// should look at, what became of what they were told, and where the base stands
// against the months before. The JSON of a Report is the master; HTML, Markdown and
// CSV are made from it.
package audit

import (
	"time"
)

// A Report is the audit of one knowledge base and month, for everybody or for one
// owner. It is plain data; sections list the most important lines first.
type Report struct {
	Version int    `json:"version"` // of this format: 1
	Base    string `json:"knowledge_base"`
	Month   string `json:"month"`           // as 2026-11
	Zone    string `json:"time_zone"`       // in which the month and its days begin
	Owner   string `json:"owner,omitempty"` // whose report it is; empty: everybody's
	// From is the first moment of the month and To the first one after it.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// AsOf is the moment up to which anything counts: To, or the end of the day on
	// which a month that has not ended was looked at.
	AsOf time.Time `json:"as_of"`
	// SoFar: the month has not ended. Such a report is made anew at each look.
	SoFar bool `json:"so_far,omitempty"`
	// Made is when a report that is kept was begun.
	Made time.Time `json:"made,omitzero"`
	// Late: it was made long after AsOf, so pages are as they were at Made.
	Late bool `json:"late,omitempty"`

	Summary Summary  `json:"summary"`
	Trend   []Point  `json:"trend"` // the months before, oldest first, and this one
	Owners  []Person `json:"owners,omitempty"`

	Top        []Line    `json:"top"`
	Conflicts  Section   `json:"conflicts"`
	Expired    Section   `json:"expired"`
	Overdue    Section   `json:"overdue"`
	Gone       Section   `json:"gone"`
	Duplicates Section   `json:"duplicates"`
	Sources    Sources   `json:"sources"`
	NoOwner    Section   `json:"no_owner"`
	Unanswered Questions `json:"unanswered"`
	Settled    Settled   `json:"settled"`
	Precision  Precision `json:"precision"`
	Changes    Changes   `json:"changes"`
}

// Names of the sections, as they stand in JSON and CSV.
const (
	Conflicts  = "conflicts"
	Expired    = "expired"
	Overdue    = "overdue"
	Gone       = "gone"
	Duplicates = "duplicates"
	NoOwner    = "no_owner"
	Unanswered = "unanswered"
	Resolved   = "settled"
	Changed    = "changes"
)

// Summary are the figures of a report.
type Summary struct {
	Pages    int `json:"pages"` // that answers are made from
	Passages int `json:"passages,omitempty"`
	// WithInterval counts the pages that have to be looked at from time to time, and
	// Within those of them that are not overdue.
	WithInterval int `json:"with_interval"`
	Within       int `json:"within"`
	// Open findings wait for somebody; Before is how many did when the month began,
	// Opened and Closed what came and went in it. Snoozed and Possible ones are not
	// among them.
	Open     int            `json:"open"`
	Before   int            `json:"open_before"`
	Opened   int            `json:"opened"`
	Closed   int            `json:"closed"`
	Snoozed  int            `json:"snoozed"`
	Possible int            `json:"possible"`
	ByKind   map[string]int `json:"by_kind"`
	// MedianDays is how long half of the findings that were closed in the month had
	// been open; nil when none was.
	MedianDays *float64 `json:"median_days_to_resolve"`
	// First: nothing is known of the time before the month.
	First bool `json:"first_month,omitempty"`
	// Asked counts the questions of the month, and Declined those that the base did
	// not hold the answer to, or not surely.
	Asked    int `json:"asked"`
	Declined int `json:"declined"`
}

// Share is the part of the pages with an interval that is within it, 0 to 1, and
// whether there are any.
func (s *Summary) Share() (float64, bool) {
	if s.WithInterval == 0 {
		return 0, false
	}
	return float64(s.Within) / float64(s.WithInterval), true
}

// A Point of the trend is what a month came to.
type Point struct {
	Month  string   `json:"month"`
	Pages  int      `json:"pages"`
	Within *float64 `json:"within_share"` // nil: no page has an interval
	Open   int      `json:"open"`
	Opened int      `json:"opened"`
	Closed int      `json:"closed"`
}

func (s *Summary) point(month string) Point {
	p := Point{Month: month, Pages: s.Pages, Open: s.Open, Opened: s.Opened, Closed: s.Closed}
	if share, ok := s.Share(); ok {
		p.Within = &share
	}
	return p
}

// A Person is one of those who are asked, with the figures of their own report.
type Person struct {
	Owner    string         `json:"owner"`
	Summary  Summary        `json:"summary"`
	Trend    []Point        `json:"trend"`
	Totals   map[string]int `json:"totals"` // lines by section
	Verdicts map[string]int `json:"verdicts,omitempty"`
}

// A Section is a list with how many there are in all: Lines are the most important
// ones.
type Section struct {
	Total int    `json:"total"`
	Lines []Line `json:"lines"`
}

// A Line is one thing that somebody should look at.
type Line struct {
	Kind     string              `json:"kind"` // conflict, stale, duplicate, overlap; overdue, gone, unreadable, broken_links, no_owner
	Finding  string              `json:"finding,omitempty"`
	Rule     string              `json:"rule,omitempty"`
	Type     string              `json:"type,omitempty"`
	Priority float64             `json:"priority"` // severity by use: orders lines
	Severity float64             `json:"severity"` // 0 to 1
	Uses     int                 `json:"uses"`     // answers of the month that its pages stood in
	Owners   []string            `json:"owners"`
	Since    time.Time           `json:"since,omitzero"`
	Due      time.Time           `json:"due,omitzero"`
	State    string              `json:"state,omitempty"`
	Title    map[string]string   `json:"title,omitempty"`
	Reasons  map[string][]string `json:"reasons,omitempty"`
	Codes    []string            `json:"codes,omitempty"`
	Values   []Value             `json:"values,omitempty"` // of a conflict: who says what
	Pages    []Page              `json:"pages"`
	More     int                 `json:"more_pages,omitempty"` // that are not listed
	// Suggested is the number of the page that is likely right, or stays; -1: none.
	Suggested int               `json:"suggested"`
	Because   map[string]string `json:"because,omitempty"`
	Links     []Link            `json:"links,omitempty"` // that are broken
	Actions   []Action          `json:"actions"`
}

// A Value is one side of a fact group: those of its pages that agree.
type Value struct {
	Side      string    `json:"side"`  // by which commands name it: a, b
	Text      string    `json:"value"` // as one of them writes it
	Normal    string    `json:"normal,omitempty"`
	Pages     int       `json:"pages"`
	Newest    time.Time `json:"newest,omitzero"`
	Suggested bool      `json:"suggested,omitempty"`
}

// A Page is where something stands.
type Page struct {
	Document string    `json:"document"` // key
	Source   string    `json:"source"`
	ID       string    `json:"id"` // in its source
	Title    string    `json:"title"`
	URL      string    `json:"url,omitempty"`
	EditURL  string    `json:"edit_url,omitempty"`
	Owner    string    `json:"owner,omitempty"`
	Modified time.Time `json:"modified,omitzero"`
	// Excerpt is what the page says; the value stands in it from byte Start to End.
	Excerpt string `json:"excerpt,omitempty"`
	Start   int    `json:"start,omitempty"`
	End     int    `json:"end,omitempty"`
	Value   string `json:"value,omitempty"`
	Letter  string `json:"letter,omitempty"` // by which commands name it: a, b1
}

// A Link that leads nowhere.
type Link struct {
	URL    string    `json:"url"`
	Status int       `json:"status,omitempty"` // of HTTP; 0: nobody answered
	Since  time.Time `json:"since,omitzero"`
}

// An Action is what can be done about a line: a name, and the command that does it.
type Action struct {
	Name    string `json:"name"` // keep_a, keep_b, both, fix, dismiss, snooze, verify, merge, review, exclude, show, own
	Command string `json:"command"`
}

// Sources says how reading went.
type Sources struct {
	List  []Source `json:"list"`
	Model string   `json:"model,omitempty"` // that answers questions by meaning
	// OtherModel counts the passages without a vector of that model.
	OtherModel int `json:"passages_without_its_vector,omitempty"`
}

// A Source with what was wrong with it; those that were in order are listed too.
type Source struct {
	ID        string    `json:"id"`
	Type      string    `json:"type"`
	Owner     string    `json:"owner,omitempty"`
	State     string    `json:"state"`
	LastDone  time.Time `json:"last_done,omitzero"` // the last run that read it whole or in part without failing
	NotSynced bool      `json:"not_synced,omitempty"`
	Runs      int       `json:"runs"`
	Failed    int       `json:"failed"`
	Error     string    `json:"error,omitempty"` // of the last run that failed
	Pages     int       `json:"pages"`
}

// Wrong reports whether somebody should look at it.
func (s *Source) Wrong() bool {
	return s.NotSynced || s.Failed > 0 || s.State == "needs_you" || s.State == "detached"
}

// Questions are what was asked and not answered.
type Questions struct {
	Total  int        `json:"total"` // questions
	Groups []Question `json:"groups"`
}

// A Question stands for those that ask the same.
type Question struct {
	Text      string    `json:"text"`
	Count     int       `json:"count"`
	None      int       `json:"none"` // of them the base holds nothing for
	Uncertain int       `json:"uncertain"`
	Last      time.Time `json:"last"`
	Others    []string  `json:"others,omitempty"` // other wordings
	Owners    []string  `json:"owners"`           // of the nearest page
	Nearest   *Page     `json:"nearest,omitempty"`
}

// Settled is what was decided in the month.
type Settled struct {
	Total    int            `json:"total"`
	Verdicts map[string]int `json:"verdicts"`
	People   map[string]int `json:"people"` // decisions by whom; "": Freshet
	Lines    []Decided      `json:"lines"`
}

// Decided is one decision.
type Decided struct {
	Finding string            `json:"finding"`
	Kind    string            `json:"kind"`
	Title   map[string]string `json:"title,omitempty"`
	Page    Page              `json:"page"`
	Owners  []string          `json:"owners"`
	Verdict string            `json:"verdict"`
	By      string            `json:"by"`
	At      time.Time         `json:"at"`
	Comment string            `json:"comment,omitempty"`
}

// Precision is how often owners found the detectors right.
type Precision struct {
	Detectors []Detector `json:"detectors"`
	Muted     []Muted    `json:"muted,omitempty"`
}

// A Detector with what owners judged of its findings, in the month and ever.
type Detector struct {
	Kind  string `json:"kind"`
	Rule  string `json:"rule"`
	Type  string `json:"type,omitempty"`
	Month Judged `json:"month"`
	Ever  Judged `json:"ever"`
}

// Judged counts findings by what was said of them last.
type Judged struct {
	Right  int `json:"right"`
	Scoped int `json:"both_right"` // both sides are right, each for somebody: in no share
	Wrong  int `json:"wrong"`
}

// Share is the part of the findings that were right, and whether any was judged.
func (j Judged) Share() (float64, bool) {
	if j.Right+j.Wrong == 0 {
		return 0, false
	}
	return float64(j.Right) / float64(j.Right+j.Wrong), true
}

// Muted is a rule that keeps silent between two sources, because owners refused it.
type Muted struct {
	Rule    string    `json:"rule"`
	Sources [2]string `json:"sources"`
	Right   int       `json:"right"`
	Wrong   int       `json:"wrong"`
	Since   time.Time `json:"since"`
}

// Changes are the values that changed in the month.
type Changes struct {
	Total int      `json:"total"`
	Lines []Change `json:"lines"`
}

// A Change is a value that became another.
type Change struct {
	At     time.Time `json:"at"`
	Source string    `json:"source"`
	Type   string    `json:"type"`
	Label  string    `json:"label,omitempty"` // that names the value
	Old    string    `json:"old,omitempty"`   // empty: it is new
	New    string    `json:"new,omitempty"`   // empty: it is gone
	Pages  int       `json:"pages"`
	Page   Page      `json:"page"`
	Owners []string  `json:"owners"`
	// Elsewhere are pages that still say the old value.
	Elsewhere []Page `json:"elsewhere,omitempty"`
}
