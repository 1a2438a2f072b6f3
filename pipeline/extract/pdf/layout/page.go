// Package layout puts the glyphs of PDF pages in reading order: lines, columns,
// tables, headings, lists.
package layout

// A Glyph is one shown character or ligature. Coordinates are in points, of the
// page as it is displayed (rotation applied), origin bottom left.
type Glyph struct {
	Text string // what it says, as the file gives it; "" when Unknown
	// X, Y is where the glyph begins on its baseline; W how far the pen moves along
	// the baseline, without character and word spacing; Size the height of the font.
	X, Y, W, Size float64
	Font          string // name of the font, without the prefix of a subset
	Bold, Italic  bool
	Fixed         bool    // all glyphs of the font have one width
	Invisible     bool    // drawn with rendering mode 3: the text under a scanned picture
	Angle         float64 // of the baseline, in degrees, counter-clockwise from the x axis
	Unknown       bool    // the file does not say which character it is
}

// A Page is what one page shows. Number counts from 1.
type Page struct {
	Number        int
	Width, Height float64
	Glyphs        []Glyph // in the order in which they are drawn
	Rules         []Rule  // straight lines and thin rectangles that are drawn
	Links         []Link
	Images        int
}

// A Rule is a drawn straight line or thin rectangle, X0 <= X1, Y0 <= Y1.
type Rule struct{ X0, Y0, X1, Y1 float64 }

// A Link is a rectangle of the page that leads to an address.
type Link struct {
	X0, Y0, X1, Y1 float64
	URI            string
}

// A Mark is an entry of the document's outline: its bookmarks.
type Mark struct {
	Title string
	Level int // from 1
	Page  int // 0: unknown
}
