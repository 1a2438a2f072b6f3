// Package index is the contract between the catalog, which is the truth, and the
// Stores that answer searches: chunks, points, queries, filters, term statistics.
//
// The package imports nothing but the standard library; the suite that every
// Store must pass is indextest.
package index

import (
	"context"
	"errors"
	"iter"
)

var (
	// ErrSpace: vectors of another Space, or of the wrong dimension, were given.
	// Nothing was written.
	ErrSpace = errors.New("the vectors belong to another space")
	// ErrEpoch: the Store was filled from another catalog, or from a later state
	// of this one than the one restored. It has to be rebuilt.
	ErrEpoch = errors.New("the store belongs to another catalog")
	// ErrUnavailable: the Store cannot answer now; asking later may help.
	ErrUnavailable = errors.New("the index is not available")
)

// A Store answers searches over points. It holds nothing that cannot be made
// again from the catalog. Methods may be called from several goroutines; a Search
// never waits for a writer.
type Store interface {
	// Upsert writes points; when it returns they are found. A point with the ID
	// of another replaces it, unless the other's Stamp.Seq is higher. ErrSpace
	// when a vector does not fit, and then no point of the call was written.
	Upsert(ctx context.Context, points []Point) error

	// Patch replaces the payload, and the payload hash and sequence number in the
	// stamp, of the points that are there and whose Stamp.Seq is not higher than
	// seq. IDs that are not there are no error.
	Patch(ctx context.Context, ids []ChunkID, payload Payload, seq int64) error

	// Delete removes the points whose Stamp.Seq is at most upTo, so that a late
	// deletion never removes a newer point. IDs that are not there are no error.
	Delete(ctx context.Context, ids []ChunkID, upTo int64) error

	// Search answers all queries in one round trip, one Result each, in order.
	Search(ctx context.Context, queries []Query) ([]Result, error)

	// Stamps yields the stamps of the points with from <= ID <= to, in ID order.
	Stamps(ctx context.Context, from, to ChunkID) iter.Seq2[StampedID, error]

	// Mark returns what SetMark was last given, or the zero Mark.
	Mark(ctx context.Context) (Mark, error)

	// SetMark states that every entry of the catalog's change log up to m.Seq has
	// been upserted and patched here. Searches that begin afterwards report it.
	SetMark(ctx context.Context, m Mark) error

	// Stats counts what is held.
	Stats(ctx context.Context) (Stats, error)

	// Close keeps what the Store persists and releases everything.
	Close() error
}

// A Mark is how far a consumer has followed the change log of one catalog.
type Mark struct {
	Epoch string // random identity of the catalog, renewed by a restore
	Seq   int64  // last entry that was applied
}

// Stats counts a Store's content.
type Stats struct {
	Points int            `json:"points"`
	ByBase map[string]int `json:"by_knowledge_base"`
	Bytes  int64          `json:"bytes"` // memory or disk, as the Store can tell
}

// A Point is what a Store holds of a chunk.
type Point struct {
	ID      ChunkID
	Base    string // knowledge base
	Stamp   Stamp
	Lexical SparseVector
	Dense   []float32 // nil while there is none
	Payload Payload
}

// A Stamp identifies what a Store holds of a chunk: equal stamps mean equal
// points.
type Stamp struct {
	Input   Hash  // of what was encoded
	Payload Hash  // of the payload
	Seq     int64 // of the change log's entry that wrote it
	// Dense says that the point has its dense vector. A Store sets it by what it
	// holds, whatever the stamp of an upserted point says.
	Dense bool
}

// A StampedID is a point's ID with its stamp.
type StampedID struct {
	ID    ChunkID
	Base  string
	Stamp Stamp
}

// A SparseVector has ascending distinct IDs; Values are the BM25 weights of the
// terms, between 0 and MaxWeight, without idf.
type SparseVector struct {
	IDs    []uint32
	Values []float32
}

// MaxWeight is the upper bound of a lexical value: k1 + 1 with k1 = 1.2. Stores
// may quantise values to 255 steps below it.
const MaxWeight = 2.2

// A Query asks for the points of one knowledge base with the highest dot
// products, lexical or dense, not both. Ties go to the lower ID. A point without
// any common term, or without a dense vector, is no hit.
type Query struct {
	Base    string
	Lexical []Term
	Dense   []float32 // normalised; scores are cosines
	Filter  Filter    // nil: everything
	Limit   int       // at most; above 0
	// Explain asks, for the first hits, what each term of Lexical contributed.
	Explain int
}

// A Term of a query: Value has weight and idf multiplied in.
type Term struct {
	ID    uint32
	Value float32
}

// A Result answers one Query.
type Result struct {
	// Mark: all that the change log held up to here could be found. Chunks that
	// were closed at or before it may be among the hits.
	Mark int64
	Hits []Hit // best first
	// Standby says that the Store could not be asked, and another, which follows the
	// same change log, answered for it.
	Standby bool
}

// A Hit is one point found.
type Hit struct {
	ID    ChunkID
	Score float32
	// Terms are the contributions of Query.Lexical, in its order, for the first
	// Query.Explain hits; nil for the others. Their sum is Score.
	Terms []float32
}

// Terms are the document frequencies of a knowledge base, in chunks.
// Implementations may be read from several goroutines.
type Terms interface {
	// Chunks is the number of chunks of the base.
	Chunks(base string) int
	// Frequencies returns, for each ID, in how many chunks it occurs.
	Frequencies(base string, ids []uint32) []int
}

// A Feed is the change log as its consumers read it.
type Feed interface {
	// Since yields the entries after mark, in order of Seq, until the newest;
	// an error is the last thing yielded.
	Since(ctx context.Context, mark int64) iter.Seq2[Entry, error]
}

// EntryKind says what an entry of the change log did.
type EntryKind string

const (
	// EntryContent: a document got a new version; chunks were opened and closed.
	EntryContent EntryKind = "content"
	// EntryDetails: labels, facets, access, owner or address changed; chunks kept
	// their text, their points get a new payload.
	EntryDetails EntryKind = "details"
	// EntryTaken: the document is no longer served; its chunks were closed.
	EntryTaken EntryKind = "taken"
)

// An Entry of the change log.
type Entry struct {
	Seq      int64
	Kind     EntryKind
	Base     string
	Source   string
	Document string
	Opened   []Chunk // rows with from_seq = Seq
	Closed   []Chunk // rows with until_seq = Seq
	// Payload of the document as it is now: a later entry that changed it again
	// patches again.
	Payload Payload
	// Patched are the chunks that stayed and whose points get Payload.
	Patched []ChunkID
}
