package index

import "time"

// FindingKind is the kind of doubt.
type FindingKind string

const (
	// Stale: the document can no longer be trusted to be current.
	Stale FindingKind = "stale"
	// Duplicate: two documents say the same.
	Duplicate FindingKind = "duplicate"
	// Conflicting: two documents say two things.
	Conflicting FindingKind = "conflict"
	// Overlap: two sources hold so many of each other's pages that one finding stands
	// for all of them.
	Overlap FindingKind = "overlap"
)

// Tier says how sure a finding is.
type Tier string

const (
	// Likely findings are shown, and mark answers.
	Likely Tier = "likely"
	// Possible findings are shown on request, and mark nothing.
	Possible Tier = "possible"
)

// FindingState is where a finding stands.
type FindingState string

const (
	// Undecided: nobody has said anything yet, or what was said no longer holds.
	Undecided FindingState = "open"
	// Acknowledged: somebody looks after it; a fix was requested at the source, for
	// instance. It marks answers as an open one does.
	Acknowledged FindingState = "acknowledged"
	// Snoozed: it is left in peace until a day, and marks answers meanwhile.
	Snoozed FindingState = "snoozed"
	// Resolved: a decision settled it, or the content changed so that it is gone.
	Resolved FindingState = "resolved"
	// Dismissed: it was no doubt at all.
	Dismissed FindingState = "dismissed"
)

// Live reports whether the doubt still stands: answers are marked with it.
func (s FindingState) Live() bool { return s == Undecided || s == Acknowledged || s == Snoozed }

// Verdict is what an owner said of a finding, or what became of it.
type Verdict string

const (
	KeepOne      Verdict = "keep"          // one side is right: the others are left out of answers
	KeepBoth     Verdict = "both"          // all sides are right, each in its scope
	SameTwice    Verdict = "duplicate"     // one page stays, the others are hidden
	Verified     Verdict = "verified"      // looked at today, and right
	FixRequested Verdict = "fix_requested" // the source is to be mended
	Snooze       Verdict = "snoozed"
	NoDoubt      Verdict = "dismissed"
	ExcludedPage Verdict = "excluded" // a page was taken out of the base
	Edited       Verdict = "edited"   // the source changed, and the doubt with it
	Settled      Verdict = "settled"  // an authority that was agreed on before decided
	Vanished     Verdict = "vanished" // a page went away, or the rule no longer sees it
)

// A Finding is a doubt about one or several documents, with its evidence.
type Finding struct {
	ID   string // stable while any of its pairs lives
	Kind FindingKind
	// Rule is what found it: value, polarity, drift, outdated; exact, near, contained;
	// stale, with the signals in Reasons; overlap.
	Rule string
	// Type is the claims.Type of a conflict, else empty.
	Type string
	Base string
	Tier Tier
	// P is how likely the doubt is one, 0 to 1.
	P float64
	// Severity orders findings for people, 0 to 1: what it is about, and how much it
	// is asked for.
	Severity float64
	State    FindingState
	// Outcome is why it is no longer open; empty while it is.
	Outcome Verdict
	Members []Member
	// Title, Reasons say it in words, by language ("fr", "en"). Codes are the reasons as
	// stable names, with details behind a colon.
	Title   map[string]string
	Reasons map[string][]string
	Codes   []string
	// Suggested is the number of the member that is likely right, -1 without one, and
	// Because why, by language; of a duplicate, the survivor.
	Suggested int
	Because   map[string]string
	Owners    []string // who is asked, deputies and fallback resolved
	Found     time.Time
	Updated   time.Time
	Closed    time.Time // zero while it is live
	Due       time.Time // zero without
	Until     time.Time // of a snooze
	// Earlier are the decisions that no longer hold, because a sentence changed.
	Earlier []Decision
}

// A Member is one side of a finding, as it was seen when the finding was last
// updated.
type Member struct {
	Document   string // internal key
	Source     string
	ExternalID string
	Title      string
	URL        string
	EditURI    string
	Owner      string
	Locale     string
	Modified   time.Time
	Chunk      ChunkID
	Heading    []string
	Sentence   string // the sentence as it stands in the passage; empty for a whole document
	Start      int    // byte offsets of Value in Sentence
	End        int
	Value      string // as written
	Normal     string // in its normal form: members with equal ones agree
	Hash       Hash   // of the normalised sentence, or of the document's text
	Suppressed bool   // left out of answers by a decision
}

// A Decision is what a person said.
type Decision struct {
	Verdict Verdict
	// Scope is what it holds for: content (these sentences), pages (this pair of
	// pages), page_rule (this rule on this page), finding.
	Scope    string
	Keep     string                         // document that was kept
	Facets   map[string]map[string][]string // of "both": by document key and facet, see Note
	By       string
	At       time.Time
	Until    time.Time // of a snooze or a confirmation
	Comment  string
	Finding  string
	Withdrew time.Time // when it was taken back, or stopped to hold; zero while it holds
}

// NoteKind says what a Note does.
type NoteKind string

const (
	// NoteSuppress leaves passages with the sentence out of answers.
	NoteSuppress NoteKind = "suppress"
	// NoteHide leaves the whole document, as it is, out of answers.
	NoteHide NoteKind = "hide"
	// NoteConflict tells that the sentence is disputed.
	NoteConflict NoteKind = "conflict"
	// NoteScope says for whom the sentence is meant.
	NoteScope NoteKind = "scope"
	// NoteStale says why the document can no longer be trusted.
	NoteStale NoteKind = "stale"
)

// A Note hangs on a document and says something of one sentence of it, or of the
// whole document as it is. It acts from the commit that wrote it to the commit that
// changes what it speaks of: a note on a sentence holds for the passages that contain
// exactly that text; a note on the whole document while its text is the one of Text.
type Note struct {
	Kind     NoteKind
	Finding  string
	Sentence string // exact; empty: the whole document
	Text     Hash   // of the document's text, when Sentence is empty
	// Needs is the key of the document without which the note says nothing: the one
	// that was kept, or that says otherwise. Empty: none.
	Needs string
	// Of a conflict: what the sentence says, what another document says, and which: its
	// external ID, title and address. Rule is that of the finding.
	Value      string
	OtherValue string
	Other      string
	OtherTitle string
	OtherURL   string
	Rule       string
	Suggested  string // which is likely right: "this", "other" or empty
	// Facets are of a scope.
	Facets map[string][]string
	// Reasons are of a stale note: codes, with details behind a colon. Score is from 0
	// to 1.
	Reasons []string
	Score   float64
}
