// Package lexical turns texts into sparse vectors of BM25 weights, for chunks and
// for questions alike, and keeps the term statistics and the vocabulary of each
// knowledge base: French, English, and a neutral analysis for everything else.
//
// One vector holds four namespaces of token IDs: stems and character 4-grams of
// the body, and of the title with the FAQ question. A chunk's values are bare
// BM25 weights; idf and the weights of the namespaces are multiplied into the
// question's values, so that weights change without indexing anew.
package lexical

import (
	"strings"

	"freshet/index"
)

// Version names everything that a chunk's vector depends on: tokeniser, stop
// words, stemmers, hash, BM25 constants and average lengths. It changes whenever
// a text would get another vector.
const Version = "lex/1"

// A Text is what is encoded of a chunk.
type Text struct {
	Title    string
	Headings []string // path, outermost first; the last two count
	Question string   // of a FAQ entry
	Body     string
	Language string // "fr", "en"; anything else is analysed neutrally
}

// Encoded is a chunk as vectors and statistics see it. It depends on the Text
// alone, so that what Terms.Add was given can be given to Terms.Remove again.
type Encoded struct {
	Vector index.SparseVector
	// Language is that of the analysis: "fr", "en" or "".
	Language string
	// Words are the distinct words in lower case with their accents, without stop
	// words, codes and numbers: what a speller may propose.
	Words []string
	// Acronyms are the abbreviations that the text itself explains.
	Acronyms []Acronym
	Title    uint32 // hash of the title, or of the FAQ question; 0 without
	Asks     bool   // that title is worded as a question
}

// FromChunk returns what is encoded of c.
func FromChunk(c *index.Chunk) Text {
	return Text{Title: c.Title, Headings: c.Heading, Question: c.Question, Body: c.Text, Language: Language(c.Locale)}
}

// Language reduces a BCP 47 tag to the language of an analyser: "fr", "en", or ""
// for every other.
func Language(tag string) string {
	primary, _, _ := strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
	switch strings.ToLower(primary) {
	case "fr", "fra", "fre":
		return "fr"
	case "en", "eng":
		return "en"
	}
	return ""
}

// A Namespace separates token IDs by where and how a token was found.
type Namespace uint8

const (
	// Words are stems of the whole text, title and headings included.
	Words Namespace = iota
	// Grams are character 4-grams of the words of the whole text.
	Grams
	// TitleWords are stems of the title and the FAQ question.
	TitleWords
	// TitleGrams are 4-grams of the title and the FAQ question.
	TitleGrams

	namespaces
)

// String returns the prefix that RETRIEVAL.md gives the namespace.
func (n Namespace) String() string { return [...]string{"w", "g", "tw", "tg"}[n] }

// Weights are how much the namespaces count in a question.
type Weights struct{ Words, Grams, TitleWords, TitleGrams float32 }

// DefaultWeights returns the weights for bases whose titles are labels; see
// TitleStats.Weights for those whose titles are questions.
func DefaultWeights() Weights {
	return Weights{Words: 1, Grams: 0.2, TitleWords: 1, TitleGrams: 0.2}
}

// Of returns the weight of a namespace.
func (w Weights) Of(n Namespace) float32 {
	return [...]float32{w.Words, w.Grams, w.TitleWords, w.TitleGrams}[n]
}
