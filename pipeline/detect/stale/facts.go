package stale

import (
	"time"

	"freshet/index"
	"freshet/pipeline/detect/stale/dates"
)

// Facts are what is known of a document. What is not known is left zero, and the
// signals that need it are silent.
type Facts struct {
	Key, Source, Base string
	ExternalID        string // in its source
	Title, URL        string
	Path              []string // breadcrumb, outermost first
	Locale, Class     string   // Class as the source says
	Owner             string   // who is asked, all rules resolved; "" is nobody
	OwnerDisabled     bool     // the owner's account is closed
	Zone              *time.Location
	ReviewEvery       time.Duration // of the document itself
	SourceReviewEvery time.Duration
	Gone              *Gone // nil: it is there
	Modified          time.Time
	TextSince         time.Time // when this text was first seen: never a crawl of the same text
	Reviewed          time.Time // by a person
	ConfirmedUntil    time.Time
	ConfirmedBy       string
	Passages          []Passage
	Conflicts         []Conflict
	Links             Links
	Usage             Usage
	Sync              Sync
	Embedding         Embedding
}

// Gone says that a source no longer has a document.
type Gone struct {
	Since  time.Time
	Reason string // as the catalog names it
	Held   bool   // it is still served, because a person has to approve
}

// A Passage is a chunk of the document, as it is served.
type Passage struct {
	Chunk    index.ChunkID
	Kind     index.ChunkKind
	Heading  []string
	Question string
	Text     string
	Locale   string
}

// A Conflict is an open finding in which another document says something else.
type Conflict struct {
	Finding    string
	Likely     bool
	Document   string // key of the other
	Title      string
	Modified   time.Time // of the other
	Authority  bool      // the other is the source of truth
	Value      string    // that this document has
	OtherValue string
	Chunk      index.ChunkID
	Sentence   string
}

// Links are the addresses that a document leads to.
type Links struct {
	Checked int // whose state is known
	Broken  []BrokenLink
}

// A BrokenLink is an address that leads nowhere, by the rules of the link checker.
type BrokenLink struct {
	URL    string
	Status int    // 0: it did not answer
	Reason string // in a word
	Since  time.Time
}

// Usage is how often a document was served, and what people thought of it, in the last
// UsageWindow.
type Usage struct {
	// Known is false while the ledger does not reach back UsageWindow: nothing is unused
	// that nobody could have used.
	Known      bool
	Retrievals int // answers that it was among the passages of
	Answers    int // answers of state found or uncertain that it was first in
	Rated      int // answers with feedback about it
	Bad        int // of those: not helpful, wrong or outdated
}

// Sync is how the document's source is looked at. It is the same for all of its
// documents.
type Sync struct {
	Checked time.Time     // when the source last confirmed the document
	Every   time.Duration // between two runs by schedule; 0: only when asked for
	Paused  bool          // by a person, or because its block left the configuration
}

// Embedding compares vectors of the document's passages with the active space.
type Embedding struct {
	Missing int // passages without a vector of the active space
}

// The windows of DOUBTS.md 1.6.
const (
	UsageWindow = 90 * 24 * time.Hour
	dayLong     = 24 * time.Hour
)

type day = dates.Date

func today(f *Facts, now time.Time) day { return dates.At(now, f.Zone) }

// age is how old what a document says is.
type age struct {
	since time.Time     // that its content is known to be right; zero: unknown
	for_  time.Duration // since then
	// confirmed says that a person vouches for exactly this text.
	confirmed bool
	reviewed  bool // since is the day of a person's review
	modified  bool // since is what the source says
}

// ageOf takes the source's word for the last change, else the first sight of this very
// text. A review by a person counts as both, for as long as the text is the same.
func (j *judge) ageOf() age {
	f := j.f
	a := age{since: f.Modified, modified: !f.Modified.IsZero()}
	if a.since.IsZero() || a.since.After(j.now) {
		a.since, a.modified = f.TextSince, false
	}
	reviewed := f.Reviewed
	if !reviewed.IsZero() && reviewed.After(a.since) && !f.TextSince.After(reviewed) {
		a.since, a.reviewed, a.modified = reviewed, true, false
	}
	a.confirmed = f.ConfirmedUntil.After(j.now) && (reviewed.IsZero() || !f.TextSince.After(reviewed))
	if !a.since.IsZero() {
		a.for_ = max(j.now.Sub(a.since), 0)
	}
	return a
}
