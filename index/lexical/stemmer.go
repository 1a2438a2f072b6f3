package lexical

import (
	"strings"

	"github.com/blevesearch/snowballstem"
	"golang.org/x/text/unicode/norm"
)

// A Stemmer reduces single words as the Encoder does, for those who compare words
// rather than vectors. It is not safe for concurrent use.
type Stemmer struct{ env *snowballstem.Env }

// NewStemmer returns a Stemmer.
func NewStemmer() *Stemmer { return &Stemmer{env: snowballstem.NewEnv("")} }

// Stem returns the folded stem of a word in lower case, accents kept, and whether
// the word is a stop word of the language: "fr", "en", or anything else, which has
// neither stems nor stop words. The word holds no apostrophes or hyphens.
func (s *Stemmer) Stem(word, language string) (stemmed string, stop bool) {
	folded := fold(word)
	if st := stem(s.env, word, language); st != "" {
		return st, stopWords[language][folded]
	}
	return folded, stopWords[language][folded]
}

// Asks reports whether a folded word begins questions in a language, such as
// "comment" or "how".
func Asks(folded, language string) bool { return questionWords[language][folded] }

// Fold returns s in NFKC and lower case, without accents, ligatures written out.
func Fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return fold(strings.ToLower(norm.NFKC.String(s)))
}
