package index

import "strconv"

// A Space names a vector space. Vectors of different Spaces are never mixed.
type Space struct {
	Lexical    string // version of the lexical encoder, such as "lex/1"
	Provider   string // "none" without dense vectors
	Model      string
	Revision   string
	Dimension  int    // 0 without dense vectors
	QueryTo    string // prefix put before a question
	PassageTo  string // prefix put before a passage
	Normalised bool
}

// DenseFingerprint identifies the dense half of the space alone: vectors that were
// paid for stay good when the lexical encoder changes.
func (s Space) DenseFingerprint() string {
	s.Lexical = ""
	return s.Fingerprint()
}

// Fingerprint identifies the space.
func (s Space) Fingerprint() string {
	return HashTexts("space/1", s.Lexical, s.Provider, s.Model, s.Revision, strconv.Itoa(s.Dimension),
		s.QueryTo, s.PassageTo, strconv.FormatBool(s.Normalised)).String()
}
