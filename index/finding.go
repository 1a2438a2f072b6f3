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
)

// A Finding is a doubt about one or several documents, with its evidence.
type Finding struct {
	ID       string
	Kind     FindingKind
	Base     string
	Severity float64 // 0 to 1
	Members  []Member
	Reasons  []string // in words
	Found    time.Time
}

// A Member is one side of a finding.
type Member struct {
	Document string
	Chunk    ChunkID
	Start    int // byte offsets of the evidence in the chunk's text
	End      int
	Value    string
}
