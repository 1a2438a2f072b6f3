package extract

// Options describe one document.
type Options struct {
	MediaType string // as declared, with parameters; a hint
	URI       string // its address: resolves links, and its extension is a hint
	Title     string // as the source says; used where it is set
	Locale    string // as the source says; used where it is set
	// Drop are CSS selectors of what is left out of HTML.
	Drop []string
	// Select is a CSS selector; only what it matches is taken, and taken whole.
	// A page on which it matches nothing is read as if it were not set.
	Select string
	// WithoutComments leaves out what reviewers noted beside cells and slides.
	WithoutComments bool
	Limits          Limits // zero fields take the Extractor's
}
