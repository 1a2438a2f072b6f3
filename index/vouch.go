package index

// A VouchRequest asks which of some chunks may be shown. A chunk may when its row
// was open at Mark (FromSeq <= Mark < UntilSeq) and its document, as the catalog
// stands now, belongs to Base, is present, is neither excluded, suppressed nor
// erased, comes from a published source and may be read by one of Principals.
type VouchRequest struct {
	Base string
	Mark int64 // Result.Mark of the search that found the chunks
	IDs  []ChunkID
	// Principals are who asks, such as "user:a@example.org" or "group:staff".
	// Empty: what everybody may read.
	Principals []string
	// Drafts admits documents of sources that are not published yet.
	Drafts bool
}

// An AroundRequest asks for passages by their place in a document, under the
// conditions of a VouchRequest.
type AroundRequest struct {
	Base       string
	Mark       int64
	Spans      []OrdSpan
	Principals []string
	Drafts     bool
}

// An OrdSpan is the chunks of a document with Lo <= Ord <= Hi. Nothing need be
// there: a span over the document's ends is no error.
type OrdSpan struct {
	Document string // internal key
	Lo, Hi   int
}
