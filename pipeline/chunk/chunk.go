// Package chunk splits a structured text into the passages that are indexed.
//
// It follows the structure: sections first, then paragraphs, items and rows, then
// sentences, and words only where nothing else is left. Passages do not overlap.
package chunk

import (
	"fmt"

	"freshet/index"
	"freshet/pipeline/extract"
)

// Version names the rules of this package. It changes whenever the same Text
// would give other pieces.
const Version = "chunk/1"

// A Piece is a passage. Start and End are byte offsets into Text.Plain() of what
// it was made of. Piece.Text is that stretch; where a list or table was split, the
// lead-in or the header rows stand before it once more.
type Piece struct {
	Kind index.ChunkKind
	// Heading is the path of headings above the piece, outermost first, without
	// the document's title and without Question.
	Heading []string
	// Question is the heading that a FAQ piece answers, else "". It is not
	// repeated in Text.
	Question string
	Text     string
	Locale   string // the document's language, unless the page or the words say otherwise
	Words    int    // of Text
	Start    int
	End      int
	Page     int // on which Start lies, as Block.Page has it
}

// Options set the sizes. Zero fields take their defaults.
type Options struct {
	Document string // names the document in a *LimitError
	// Min and Max are the words of a piece: sections shorter than Min are joined
	// with their neighbours, longer ones than Max are split. Defaults 150 and 300.
	Min, Max int
	// Tiny is the number of words below which a part may be joined across a
	// heading of the first or second level; the other part has to be as small.
	// Default 40.
	Tiny int
	// Code is the number of words up to which a block of code stays whole.
	// Default 600.
	Code int
	// Pieces of one document at most. Default 5,000.
	Pieces int
}

func (o Options) withDefaults() Options {
	set := func(field *int, value int) {
		if *field <= 0 {
			*field = value
		}
	}
	set(&o.Max, 300)
	set(&o.Min, o.Max/2)
	set(&o.Tiny, 40)
	set(&o.Code, 2*o.Max)
	set(&o.Pieces, 5_000)
	o.Min = min(o.Min, o.Max)
	return o
}

// A LimitError says that a document has more pieces than Options.Pieces allows.
type LimitError struct {
	Document string
	Limit    int
	Pieces   int // it would have had
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("document %q has %d passages, more than the limit of %d: only the first %d are indexed; split the document or exclude it",
		e.Document, e.Pieces, e.Limit, e.Limit)
}

// Split cuts t into pieces, in order. The only error is a *LimitError; then the
// pieces are the first Options.Pieces ones and may be used.
//
// Adjacent sections below a heading of the third level or deeper are joined while
// one of them is shorter than Min and both together fit Max. Across a heading of
// the first or second level only parts of fewer than Tiny words each are joined.
// A joined piece has the path that its parts share, and its inner headings in its
// text. Questions (headings that end with "?" or that the page marks as questions)
// are never joined with anything else.
func Split(t *extract.Text, o Options) ([]Piece, error) {
	o = o.withDefaults()
	plain, lines := t.Layout()
	s := splitter{t: t, o: o, plain: plain, lines: lines}
	for _, part := range join(sections(t, plain, lines), o) {
		s.part(part)
	}
	if n := len(s.out); n > o.Pieces {
		return s.out[:o.Pieces:o.Pieces], &LimitError{Document: o.Document, Limit: o.Pieces, Pieces: n}
	}
	return s.out, nil
}
