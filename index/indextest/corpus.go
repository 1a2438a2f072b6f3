package indextest

import (
	"fmt"
	"html"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"freshet/connectors/connectortest"
)

// A tongue is the real text of one language.
type tongue struct {
	language  string
	titles    []string
	sentences [][]string // as words
	content   []string   // distinct longer words
	questions []string
}

func (l *tongue) add(title, text string) {
	if title != "" {
		l.titles = append(l.titles, title)
	}
	for _, s := range sentenceEnd.Split(text, -1) {
		if words := strings.Fields(s); len(words) >= 4 && len(words) <= 60 {
			l.sentences = append(l.sentences, words)
		}
	}
}

var (
	sentenceEnd = regexp.MustCompile(`[.!?]\s+|\n+`)
	tag         = regexp.MustCompile(`<[^>]*>`)
)

// A Corpus makes any amount of text out of public data sets for benchmarks: real
// sentences in another order, some of their words replaced, and the sets' real
// questions.
type Corpus struct{ french, english *tongue }

// A CorpusText is one passage.
type CorpusText struct{ Title, Heading, Body, Language string }

// ReadCorpus reads the data sets in ../shared/data beside the repository, and
// skips the test or benchmark where they are missing.
func ReadCorpus(t testing.TB) *Corpus {
	t.Helper()
	french, english := readTongues(t)
	return &Corpus{french, english}
}

// Questions are the real ones; French and English take turns, however many there
// are of each.
func (c *Corpus) Questions() []string {
	out := make([]string, 2*max(len(c.french.questions), len(c.english.questions)))
	for i := range out {
		l := [...]*tongue{c.french, c.english}[i%2]
		out[i] = l.questions[i/2%len(l.questions)]
	}
	return out
}

func readTongues(t testing.TB) (french, english *tongue) {
	french, english = &tongue{language: "fr"}, &tongue{language: "en"}
	text := func(r map[string]any, key string) string { s, _ := r[key].(string); return s }
	ask := func(l *tongue) func(map[string]any) {
		return func(r map[string]any) { l.questions = append(l.questions, text(r, "question")) }
	}
	connectortest.EachLine(t, "faq-fr-servicepublic/kb.jsonl", func(r map[string]any) { french.add("", text(r, "text")) })
	connectortest.EachLine(t, "faq-fr-cnil/kb_html.jsonl", func(r map[string]any) {
		french.add(text(r, "title"), html.UnescapeString(tag.ReplaceAllString(text(r, "html"), " ")))
	})
	connectortest.EachLine(t, "faq-en-stackexchange/kb.jsonl", func(r map[string]any) { english.add(text(r, "title"), text(r, "text")) })
	connectortest.EachLine(t, "faq-fr-servicepublic/queries.jsonl", ask(french))
	connectortest.EachLine(t, "faq-fr-cnil/queries.jsonl", ask(french))
	connectortest.EachLine(t, "faq-en-stackexchange/queries.jsonl", ask(english))
	french.collect()
	english.collect()
	return french, english
}

func (l *tongue) collect() {
	seen := map[string]bool{}
	for _, s := range l.sentences {
		for _, w := range s {
			if isContent(w) && !seen[w] {
				seen[w] = true
				l.content = append(l.content, w)
			}
		}
	}
}

func isContent(w string) bool {
	if len(w) < 6 {
		return false
	}
	for _, r := range w {
		if !unicode.IsLower(r) {
			return false
		}
	}
	return true
}

// A writer makes pages of resampled sentences. Within a page a content word is
// replaced consistently: one in five by another real word, a few by words that
// nobody else uses, so that the vocabulary goes on growing.
type pageWriter struct {
	tongue *tongue
	random *rand.Rand
	page   map[string]string
	coined int
}

func (w *pageWriter) turnPage() { w.page, w.coined = map[string]string{}, 0 }

func (w *pageWriter) pick(list []string) string { return list[w.random.IntN(len(list))] }

func (w *pageWriter) word(word string) string {
	if !isContent(word) {
		return word
	}
	if other, ok := w.page[word]; ok {
		return other
	}
	other := word
	switch n := w.random.IntN(50); {
	case n < 10:
		other = w.pick(w.tongue.content)
	case n < 12 && w.coined < 4:
		head, tail := []rune(w.pick(w.tongue.content)), []rune(w.pick(w.tongue.content))
		other = string(head[:len(head)/2+1]) + string(tail[len(tail)/2:])
		w.coined++
	}
	w.page[word] = other
	return other
}

func (w *pageWriter) text(words int) string {
	var b strings.Builder
	for n := 0; n < words; {
		s := w.tongue.sentences[w.random.IntN(len(w.tongue.sentences))]
		for _, word := range s {
			b.WriteString(w.word(word))
			b.WriteByte(' ')
		}
		b.WriteString(". ")
		n += len(s)
	}
	return b.String()
}

// ChunksPerPage is how many chunks of a page share its title, words and payload.
const ChunksPerPage = 6

// Texts makes n passages of about so many words, three of four in French. Calls
// with the same numbers make the same texts.
func (c *Corpus) Texts(n, words int) []CorpusText {
	french, english := c.french, c.english
	random := rand.New(rand.NewPCG(1, 2))
	writers := []*pageWriter{{tongue: french, random: random}, {tongue: english, random: random}}
	list := make([]CorpusText, n)
	var w *pageWriter
	var title string
	for i := range list {
		if i%ChunksPerPage == 0 {
			w = writers[0]
			if i/ChunksPerPage%4 == 3 {
				w = writers[1]
			}
			w.turnPage()
			var t []string
			for _, word := range strings.Fields(w.pick(w.tongue.titles)) {
				t = append(t, w.word(word))
			}
			title = strings.Join(t, " ")
		}
		list[i] = CorpusText{Title: title, Heading: fmt.Sprint(i % ChunksPerPage), Body: w.text(words), Language: w.tongue.language}
	}
	return list
}
