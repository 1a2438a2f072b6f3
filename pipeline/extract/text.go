// Package extract turns bytes of a known or guessed media type into one structure:
// headings, paragraphs, lists, tables, code and quotes, in reading order.
//
// The structure is what the catalog keeps and what the chunker splits. This package
// is the contract that the readers of all forms fulfil; each form has a room of its
// own below, and formats decides which of them reads a document.
package extract

// The ways in which a Text can have been found.
const (
	WayMain        = "main"        // the main content, decided block by block
	WayBody        = "body"        // everything outside navigation, headers and footers
	WayTrafilatura = "trafilatura" // in Ways: the main content as go-trafilatura sees it
	WayReadability = "readability" // in Ways: the main content as readability sees it
	WayStructure   = "structure"   // in Ways: the innermost element with most of the sentences
	WayFragment    = "fragment"    // the rich text of a field, taken whole
	WaySelected    = "selected"    // what Options.Select names, taken whole
	WayMarkdown    = "markdown"
	WayText        = "text"
)

// A Text is the structured text of one document. It is plain data: it can be
// kept as JSON and read again. A Text is not changed after Extract returned it,
// so it may be read from several goroutines.
type Text struct {
	// Version names the rules by which it was read, "html/1". It changes whenever
	// the same bytes would give another Text.
	Version  string `json:"version"`
	Title    string `json:"title,omitempty"`
	Language string `json:"language,omitempty"` // BCP 47, "" when unknown
	Way      string `json:"way"`                // one of the Way constants
	Why      string `json:"why,omitempty"`      // why this way, in words
	// Ways are what was tried, for people who look into one document. They are not
	// part of the Text as it is kept.
	Ways       []Tried           `json:"-"`
	Properties map[string]string `json:"properties,omitempty"`
	Links      []Link            `json:"links,omitempty"`
	// Quality is set by forms whose text can come out garbled.
	Quality *Quality `json:"quality,omitempty"`
	Blocks  []Block  `json:"blocks"`
}

// A Tried is a way that was tried, and what it came to.
type Tried struct {
	Way   string `json:"way"`
	Words int    `json:"words"`
	// Score is how far it agrees with what was chosen, from 0 to 1: the harmonic mean
	// of the shares of words that each has of the other.
	Score  float64 `json:"score"`
	Chosen bool    `json:"chosen,omitempty"`
}

// A Quality says how far a Text can be trusted to be what a person sees.
type Quality struct {
	Pages   int     `json:"pages,omitempty"`
	NeedOCR int     `json:"need_ocr,omitempty"` // pages that show something and have no text
	Unknown float64 `json:"unknown"`            // share of glyphs whose character is not known
	Strange float64 `json:"strange"`            // share of words that no language of the text has
	Doubt   string  `json:"doubt,omitempty"`    // why the text is doubtful, in words; "": it is readable
}

// BlockKind is the form of a Block.
type BlockKind string

// The kinds of blocks.
const (
	Heading   BlockKind = "heading"
	Paragraph BlockKind = "paragraph"
	List      BlockKind = "list"
	Table     BlockKind = "table"
	Code      BlockKind = "code"
	Quote     BlockKind = "quote"
)

// A Block is one element of a Text. Which fields are set depends on Kind.
type Block struct {
	Kind BlockKind `json:"kind"`
	// Level of a heading, from 1.
	Level int `json:"level,omitempty"`
	// Close, when above 0, ends the sections of that heading level and deeper
	// before this block: an accordion or a tab ended without a new heading.
	Close int `json:"close,omitempty"`
	// Question marks a heading that the page itself marks as a question (FAQ
	// markup). Headings that merely end with "?" do not carry it.
	Question bool `json:"question,omitempty"`
	// Text of a heading, paragraph, code or quote. It may hold line breaks.
	Text string `json:"text,omitempty"`
	// Lead is the sentence that announces a list, or the caption of a table.
	Lead string `json:"lead,omitempty"`
	// Ordered and Items belong to a list; Start is the number of its first item.
	Ordered bool   `json:"ordered,omitempty"`
	Start   int    `json:"start,omitempty"`
	Items   []Item `json:"items,omitempty"`
	// Rows of a table, all of the same length; cells that span several places
	// are repeated in each. The first HeaderRows rows name the columns.
	Rows       [][]string `json:"rows,omitempty"`
	HeaderRows int        `json:"header_rows,omitempty"`
	// Page is the page of a PDF, or the slide of a presentation, on which the block
	// begins, from 1; 0 where there are none.
	Page int `json:"page,omitempty"`
	// Language is set where the page says that it differs from the document's.
	Language string `json:"language,omitempty"`
	// Syntax is the programming language of code, where the page names it.
	Syntax string `json:"syntax,omitempty"`
}

// An Item of a list, with the list nested in it.
type Item struct {
	Text    string `json:"text,omitempty"`
	Ordered bool   `json:"ordered,omitempty"` // of Items
	Items   []Item `json:"items,omitempty"`
}

// A Link in the content.
type Link struct {
	Text string `json:"text,omitempty"`
	URI  string `json:"uri"` // absolute where the document's address is known
}

// HasWords reports whether anything is in the Text.
func (t *Text) HasWords() bool {
	for i := range t.Blocks {
		if b := &t.Blocks[i]; len(b.Items) > 0 || len(b.Rows) > 0 || b.Text != "" {
			return true
		}
	}
	return false
}
