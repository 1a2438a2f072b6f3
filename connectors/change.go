package connectors

// A Change is one thing that a pull has to say: one of Upsert, Same, Delete,
// Skip, Unreadable, Notice, Progress, Checkpoint and PassDone.
type Change interface{ change() }

// Upsert says that the document exists as described. It is always complete: what
// it does not carry the document does not have.
type Upsert struct {
	Document *Document
	// From, if not "", is the ID under which the source had this document until it
	// moved here for good (a permanent redirect says so). The document then keeps its
	// identity and history, unless its text is another one altogether.
	From string
}

// Same says that the document exists and has not changed since its Revision.
type Same struct{ ID string }

// Delete says that the source itself reports the document as gone.
type Delete struct {
	ID       string
	Evidence Evidence
}

// Skip says that the document exists but must not be indexed.
type Skip struct {
	ID, URI string
	Reason  SkipReason
	Detail  string // optional: the rule or the canonical address
}

// Unreadable says that the document exists but could not be read. A *Verdict in
// Err's chain means that it never will be as it stands; any other error is a
// fault, is retried and counts against the run's error budget.
type Unreadable struct {
	ID, URI string
	Err     error
}

// Notice says something of the place as a whole that its owner should know: a
// calendar without end, pages that need a browser. Code is stable, in snake_case.
type Notice struct{ Code, Text string }

// Progress is for people who wait. Total is 0 when it is not known.
type Progress struct{ Listed, Total int }

// Checkpoint says that a later pull may begin at Cursor and will miss nothing of
// what was yielded before. The pipeline keeps the cursor only together with all
// that precedes it.
type Checkpoint struct{ Cursor string }

// PassDone ends a full pass: every document of the source was yielded in it
// (since its first pull, if it was resumed). It is never yielded after a listing
// that may be cut short. After a feed it is not yielded.
type PassDone struct{}

func (Upsert) change()     {}
func (Same) change()       {}
func (Delete) change()     {}
func (Skip) change()       {}
func (Unreadable) change() {}
func (Notice) change()     {}
func (Progress) change()   {}
func (Checkpoint) change() {}
func (PassDone) change()   {}

// Evidence is the ground on which a source says that a document is gone.
type Evidence string

const (
	// EvidenceFeed: a change feed reported the deletion.
	EvidenceFeed Evidence = "deleted_in_feed"
	// EvidenceNotFound: the source answered "not found" (404) for it. One such
	// answer hides nothing; two do.
	EvidenceNotFound Evidence = "not_found"
	// EvidenceGone: the source answered "gone for good" (410, tombstone, file removed).
	EvidenceGone Evidence = "gone"
	// EvidenceUnpublished: it exists, but was withdrawn by its author.
	EvidenceUnpublished Evidence = "unpublished"
)

// SkipReason is why an existing document must not be indexed.
type SkipReason string

// The reasons that connectors give today; a kind may add its own.
const (
	SkipRobots    SkipReason = "robots"              // robots.txt forbids it
	SkipNoIndex   SkipReason = "noindex"             // the page asks not to be indexed
	SkipExcluded  SkipReason = "excluded"            // the source's filters leave it out
	SkipCanonical SkipReason = "canonical_elsewhere" // it is a copy of another document
	SkipEmpty     SkipReason = "empty"               // it has no content
	SkipDuplicate SkipReason = "duplicate_id"        // the same ID came twice with other content
)
