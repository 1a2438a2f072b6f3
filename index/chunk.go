package index

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"
)

// A ChunkID identifies a passage by what it is: its document's internal key, its
// heading path, its text and a counter for repeats. It is shaped as a UUID
// (version 8, RFC 9562) because Qdrant accepts nothing else.
type ChunkID [16]byte

// NewChunkID derives the ID; repeat counts earlier chunks of the document with
// the same heading path and text.
func NewChunkID(document string, heading []string, text string, repeat int) ChunkID {
	h := newHasher("chunk/1", len(document)+lengthOf(heading)+len(text))
	h.text(document)
	h.list(heading)
	h.text(text)
	h.number(uint64(repeat))
	var id ChunkID
	sum := h.sum()
	copy(id[:], sum[:])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}

// String returns the UUID form.
func (id ChunkID) String() string {
	var b [36]byte
	hex.Encode(b[0:8], id[0:4])
	b[8] = '-'
	hex.Encode(b[9:13], id[4:6])
	b[13] = '-'
	hex.Encode(b[14:18], id[6:8])
	b[18] = '-'
	hex.Encode(b[19:23], id[8:10])
	b[23] = '-'
	hex.Encode(b[24:36], id[10:16])
	return string(b[:])
}

// MarshalText returns the UUID form.
func (id ChunkID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText parses the UUID form.
func (id *ChunkID) UnmarshalText(b []byte) error {
	got, err := ParseChunkID(string(b))
	if err == nil {
		*id = got
	}
	return err
}

// ParseChunkID parses the UUID form.
func ParseChunkID(s string) (ChunkID, error) {
	var id ChunkID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return id, fmt.Errorf("%q is not a chunk ID", s)
	}
	compact := s[0:8] + s[9:13] + s[14:18] + s[19:23] + s[24:36]
	if _, err := hex.Decode(id[:], []byte(compact)); err != nil {
		return id, fmt.Errorf("%q is not a chunk ID", s)
	}
	return id, nil
}

// ChunkKind is the form of a chunk's text.
type ChunkKind string

const (
	// Prose is running text.
	Prose ChunkKind = "prose"
	// List is a list with its lead-in.
	List ChunkKind = "list"
	// Table is rows of a table under its header.
	Table ChunkKind = "table"
	// FAQ is a question with its answer.
	FAQ ChunkKind = "faq"
	// Code is program text.
	Code ChunkKind = "code"
)

// A Chunk is a passage of a document as the catalog keeps it.
type Chunk struct {
	ID       ChunkID
	Document string // internal key
	Ord      int    // place within the document, from 0
	Kind     ChunkKind
	Title    string   // of the document
	Heading  []string // path, outermost first
	Question string   // of a FAQ chunk, else ""
	Text     string
	Locale   string // BCP 47 of the chunk's text, "" when unknown
	Words    int
	Start    int // byte offsets into the document's plain text
	End      int
	Page     int // on which it begins, from 1, or the slide; 0 where there are none
	Input    Hash
	FromSeq  int64
	UntilSeq int64 // Open while it is valid
}

// Open is the UntilSeq of a row that is valid.
const Open int64 = 1<<63 - 1

// InputHash hashes exactly what is encoded for the chunk, so that equal hashes
// mean equal vectors. Encoder names the encoder with its version.
func (c *Chunk) InputHash(encoder string) Hash {
	h := newHasher("input/1", len(encoder)+len(c.Title)+lengthOf(c.Heading)+len(c.Question)+len(c.Text)+len(c.Locale))
	h.text(encoder)
	h.text(c.Title)
	h.list(c.Heading)
	h.text(c.Question)
	h.text(c.Text)
	h.text(c.Locale)
	return h.sum()
}

// A Hash is the first half of a SHA-256 of length-prefixed fields.
type Hash [16]byte

// String returns the hexadecimal form.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// HashTexts hashes a list of texts; the lists ["ab"] and ["a","b"] differ.
func HashTexts(purpose string, texts ...string) Hash {
	h := newHasher(purpose, lengthOf(texts))
	h.list(texts)
	return h.sum()
}

type hasher struct{ b []byte }

// newHasher makes room for texts of so many bytes with their lengths.
func newHasher(purpose string, size int) *hasher {
	h := &hasher{b: make([]byte, 0, size+len(purpose)+64)}
	h.text(purpose)
	return h
}

func lengthOf(list []string) int {
	n := 0
	for _, s := range list {
		n += len(s) + binary.MaxVarintLen32
	}
	return n
}

func (h *hasher) number(n uint64) { h.b = binary.AppendUvarint(h.b, n) }

func (h *hasher) text(s string) {
	h.number(uint64(len(s)))
	h.b = append(h.b, s...)
}

func (h *hasher) list(l []string) {
	h.number(uint64(len(l)))
	for _, s := range l {
		h.text(s)
	}
}

func (h *hasher) sum() Hash {
	full := sha256.Sum256(h.b)
	var out Hash
	copy(out[:], full[:])
	return out
}

// A Passage is a chunk that the catalog vouches for: its row was open at the mark
// that was asked for, and its document may be shown to this reader now.
//
// What people decided on it is applied: passages that were suppressed are not vouched
// for, and Document.Facets are those of the passage, where it was given a scope of its
// own.
type Passage struct {
	Chunk     Chunk
	Document  DocumentInfo
	Conflicts []Conflict // live, of tier likely
	// Doubt is why its document can no longer be trusted to be current; nil when nothing
	// speaks against it.
	Doubt *Doubt
	// Scope is for whom somebody decided that it is meant; nil when nobody did.
	Scope *Scope
}

// A Scope is for whom a passage is meant, as was decided of a finding whose sides are
// all right.
type Scope struct {
	Finding string
	Facets  map[string][]string
}

// A Doubt sums up a live finding of kind stale.
type Doubt struct {
	Finding string
	Score   float64  // 0 to 1
	Reasons []string // codes, with details behind a colon
}

// DocumentInfo is what a passage tells of its document.
type DocumentInfo struct {
	Key            string
	Source         string
	ExternalID     string
	Base           string
	Title          string
	URL            string
	Canonical      string
	Path           []string
	Locale         string
	Labels         []string
	Facets         map[string][]string
	Class          string
	Owner          string
	Created        time.Time
	Modified       time.Time // as the source says; zero when it does not
	Checked        time.Time // when the source last confirmed it
	ConfirmedUntil time.Time // by a person
	ReviewEvery    time.Duration
	Translation    string // translation group
	PartOf         string // external ID of the document that this one is attached to, or ""
	Form           string // what it was read as, "html" or "pdf"; "" when unknown
	Unreadable     bool   // an old copy serves because the present one cannot be read
	SourceState    string // published, paused, needs_you, detached, draft
}

// A Conflict is a live finding of kind conflict as a passage shows it.
type Conflict struct {
	Finding       string
	Rule          string
	Value         string
	OtherValue    string
	OtherDocument string // external ID
	OtherTitle    string
	OtherURL      string
	Suggested     string // which is likely right: "this", "other" or empty
}
