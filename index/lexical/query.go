package lexical

import (
	"slices"
	"strings"
	"sync"

	"freshet/index"
)

// MaxQuestionWords is how many words of a question are looked at.
const MaxQuestionWords = 64

// An Analyser turns questions into queries. It may be shared between goroutines.
type Analyser struct {
	terms    *Terms
	variants *Synonyms
	readers  sync.Pool
}

// NewAnalyser returns an analyser over the statistics of the bases.
func NewAnalyser(terms *Terms) *Analyser {
	return &Analyser{
		terms:    terms,
		variants: compileVariants(everyday, variantWeight),
		readers:  sync.Pool{New: func() any { return newReader() }},
	}
}

// Options say how a question is read.
type Options struct {
	Base string
	// Languages of the base; empty: both. A question goes through the analysis of
	// each.
	Languages []string
	// Weights of the namespaces; the zero value: those that fit the base's titles.
	Weights Weights
	// Synonyms are the owner's; nil: none.
	Synonyms *Synonyms
	// NoSpeller takes unknown words as they are.
	NoSpeller bool
	// NoVariants leaves out the built-in everyday variants and the abbreviations
	// that the base explains.
	NoVariants bool
}

// A Query is a question as the Stores and the answer state see it.
type Query struct {
	// Terms have distinct IDs and at least one chunk of the base each.
	Terms []QueryTerm
	// Words are the content words of the question, in order, repeats left out.
	Words []QueryWord
	// Definition is the term, folded, when the question asks what something is.
	Definition []string
	// Language is "fr" or "en" when the question's stop words are of that language
	// alone, else "".
	Language string
	Weights  Weights
	// Ideals are, by namespace, the sum of the values of all that was typed, known
	// to the base or not: a chunk that holds everything scores at most MaxWeight
	// times as much.
	Ideals [4]float32
	// Total is how many chunks of the base rarity was reckoned with: those that may be
	// in the language of the question.
	Total int
}

// A QueryTerm is one token to look for.
type QueryTerm struct {
	ID        uint32
	Value     float32 // idf times the namespace's weight times its own
	IDF       float32
	Namespace Namespace
	Word      int    // place in Query.Words of the word it comes from, or NoWord
	Source    string // that word, as the user typed it
	Added     bool   // not typed: from the speller, a synonym or an abbreviation
}

// A QueryWord is one content word of the question.
type QueryWord struct {
	Text string
	// IDF is how rare the word is in the base, of the form that the base knows.
	IDF float32
	// Known: the base contains the word, perhaps with other accents.
	Known bool
	// Meant: the base does not contain the word, but one that means the same.
	Meant bool
	// Corrected is the word that the speller put beside an unknown one.
	Corrected string
}

// Index returns the query as a Store takes it.
func (q *Query) Index() []index.Term {
	list := make([]index.Term, len(q.Terms))
	for i, t := range q.Terms {
		list[i] = index.Term{ID: t.ID, Value: t.Value}
	}
	return list
}

// Query reads a question. A question without content words has no Terms.
func (a *Analyser) Query(question string, o Options) Query {
	r := a.readers.Get().(*reader)
	defer a.readers.Put(r)
	w := writer{o: o, on: activeFor(o.Languages), base: a.terms.base(o.Base), places: make(map[uint32]int, 128)}
	w.q.Weights = o.Weights
	if o.Weights == (Weights{}) {
		w.q.Weights = a.terms.Titles(o.Base).Weights()
	}
	words := unique(r.read(question, w.on, MaxQuestionWords))
	w.q.Language = r.language
	if w.base != nil {
		w.total = w.base.readable(r.language)
	}
	w.q.Total = w.total
	asking := slices.DeleteFunc(slices.Clone(words), func(s spoken) bool { return !s.asks })
	words = content(words)
	for i := range words {
		w.word(i, &words[i])
	}
	for i := range asking {
		w.asking(&asking[i])
	}
	w.phrases(words, o.Synonyms)
	if !o.NoVariants {
		w.phrases(words, a.variants)
		w.abbreviations(words)
	}
	for i := range words {
		w.spell(i, &words[i])
	}
	w.q.Definition = definition(question, words)
	return w.q
}

// unique leaves out repeats of a word.
func unique(words []spoken) []spoken {
	kept := make([]spoken, 0, len(words))
next:
	for _, w := range words {
		for i := range kept {
			if kept[i].folded == w.folded {
				continue next
			}
		}
		kept = append(kept, w)
	}
	return kept
}

// A writer puts one Query together.
type writer struct {
	o      Options
	on     active
	base   *baseTerms // nil: nothing is known of the base
	total  int
	q      Query
	places map[uint32]int // token ID -> place in q.Terms
	// nearest are the words near to unknown ones, by their place in q.Words.
	nearest map[int][]suggestion
}

// ContentWords returns the folded words of a text without stop words and question
// words.
func (a *Analyser) ContentWords(text string, languages []string) []string {
	r := a.readers.Get().(*reader)
	defer a.readers.Put(r)
	return strings.Fields(plain(content(r.read(text, activeFor(languages), MaxQuestionWords))))
}

func (w *writer) frequency(id uint32) int {
	if w.base == nil {
		return 0
	}
	return w.base.counts.get(id)
}

// word adds a word that the user typed.
func (w *writer) word(place int, s *spoken) {
	most := 0
	s.stems.each(w.on, func(stem uint32) { most = max(most, w.stem(place, s.surface, stem, 1, false)) })
	w.ideal(Words, most)
	w.ideal(TitleWords, most)
	for _, g := range grams(s.folded) {
		n := w.frequency(tokenID(Grams, g))
		if !w.commonplace(n) {
			w.token(place, s.surface, Grams, g, 1, false)
			w.ideal(Grams, n)
		}
		w.token(place, s.surface, TitleGrams, g, 1, false)
		w.ideal(TitleGrams, n)
	}
	word := QueryWord{Text: s.surface, IDF: idf(w.total, most), Known: most > 0}
	w.q.Words = append(w.q.Words, word)
	if most == 0 {
		w.unaccented(place, s)
	}
}

// commonplaceShare is the share of a base's chunks above which a 4-gram of the text
// is left out of questions, in bases of commonplaceFrom chunks or more; in small
// ones it would save nothing. Such grams are most of the postings that a question
// touches and tell passages apart least. Chosen on the development sets, with grams
// left out of bases of any size: from a half to a fifth, MRR went from .891 to .895
// (service-public) and from .720 to .745 (covid), at a tenth to .887 and .745, and
// the AUROC of answers on service-public from .898 to .891 and .842. A search of
// 100,000 chunks of 250 words takes 0.35 ms instead of 0.70.
const (
	commonplaceShare = 0.2
	commonplaceFrom  = 1000
)

// commonplace reports whether a gram that so many chunks have is too common to tell
// passages apart.
func (w *writer) commonplace(frequency int) bool {
	return w.total >= commonplaceFrom && float64(frequency) > commonplaceShare*float64(w.total)
}

// asking adds a question word, which counts in titles alone.
func (w *writer) asking(s *spoken) {
	most := 0
	s.stems.each(w.on, func(stem uint32) {
		most = max(most, w.token(NoWord, s.surface, TitleWords, stem, 1, false))
	})
	w.ideal(TitleWords, most)
	for _, g := range grams(s.folded) {
		w.ideal(TitleGrams, w.token(NoWord, s.surface, TitleGrams, g, 1, false))
	}
}

// NoWord is the place of question words such as "how", which are none of
// Query.Words.
const NoWord = -1

// ideal counts what a token of this frequency is worth.
func (w *writer) ideal(n Namespace, frequency int) {
	w.q.Ideals[n] += idf(w.total, frequency) * w.q.Weights.Of(n)
}

// stem adds a stem in both namespaces and returns in how many chunks it occurs.
func (w *writer) stem(place int, source string, stem uint32, weight float32, added bool) int {
	n := w.token(place, source, Words, stem, weight, added)
	w.token(place, source, TitleWords, stem, weight, added)
	return n
}

// token adds a token that the base contains and returns in how many chunks: for its
// rarity, those that have it anywhere. A token of titles is as rare as it is in the
// whole text, not among titles, where what the whole base is about may be rare. A
// token that is there already keeps the higher value.
func (w *writer) token(place int, source string, n Namespace, h uint32, weight float32, added bool) int {
	id := tokenID(n, h)
	frequency := w.frequency(id)
	if frequency == 0 {
		return 0
	}
	switch n {
	case TitleWords:
		frequency = max(frequency, w.frequency(tokenID(Words, h)))
	case TitleGrams:
		frequency = max(frequency, w.frequency(tokenID(Grams, h)))
	}
	rarity := idf(w.total, frequency)
	value := rarity * weight * w.q.Weights.Of(n)
	if value <= 0 {
		return frequency
	}
	if at, ok := w.places[id]; ok {
		w.q.Terms[at].Value = max(w.q.Terms[at].Value, value)
		return frequency
	}
	w.places[id] = len(w.q.Terms)
	w.q.Terms = append(w.q.Terms, QueryTerm{
		ID: id, Value: value, IDF: rarity, Namespace: n, Word: place, Source: source, Added: added,
	})
	return frequency
}

// TitleShare is the share of a title, by the rarity of its words, that the
// question has too, typed or added; 0 for a title without content words.
func (a *Analyser) TitleShare(q *Query, title string, o Options) float32 {
	r := a.readers.Get().(*reader)
	defer a.readers.Put(r)
	base := a.terms.base(o.Base)
	if base == nil {
		return 0
	}
	on := activeFor(o.Languages)
	var all, shared float32
	for _, w := range r.read(title, on, MaxQuestionWords) {
		most, found := 0, false
		w.stems.each(on, func(stem uint32) {
			id := tokenID(TitleWords, stem)
			most = max(most, base.counts.get(id))
			found = found || q.has(id)
		})
		rarity := idf(q.Total, most)
		all += rarity
		if found {
			shared += rarity
		}
	}
	if all == 0 {
		return 0
	}
	return shared / all
}

func (q *Query) has(id uint32) bool {
	for i := range q.Terms {
		if q.Terms[i].ID == id {
			return true
		}
	}
	return false
}

// phrases adds what synonyms say of the words and of neighbouring ones.
func (w *writer) phrases(words []spoken, s *Synonyms) {
	if s == nil {
		return
	}
	for language := range analyses {
		if !w.on[language] {
			continue
		}
		for i := range words {
			key := newPhraseKey(language)
			for j := i; j < min(len(words), i+maxPhrase); j++ {
				key = key.then(words[j].stems[language])
				for _, e := range s.matches(key) {
					w.expansion(i, words[i].surface, e)
				}
			}
		}
	}
}

// expansion adds a phrase that means what the word at place, or a phrase that
// begins there, does.
func (w *writer) expansion(place int, source string, e expansion) {
	rarest := 0
	for i := range e.words {
		most := 0
		e.words[i].stems.each(w.on, func(stem uint32) {
			most = max(most, w.stem(place, source, stem, e.weight, true))
		})
		if most == 0 {
			return
		}
		if rarest == 0 || most < rarest {
			rarest = most
		}
	}
	if word := &w.q.Words[place]; !word.Known && !word.Meant && rarest > 0 {
		word.Meant, word.IDF = true, idf(w.total, rarest)
	}
}

// abbreviations adds long forms of abbreviations, and the other way round, as the
// base explains them.
func (w *writer) abbreviations(words []spoken) {
	if w.base == nil || w.base.acronyms.empty() {
		return
	}
	r := newReader()
	for i := range words {
		for _, long := range w.base.acronyms.long(words[i].folded) {
			w.expansion(i, words[i].surface, expand(content(r.read(long, w.on, maxPhrase)), acronymWeight))
		}
		phrase := words[i].folded
		for j := i + 1; j < min(len(words), i+maxPhrase); j++ {
			phrase += " " + words[j].folded
			for _, short := range w.base.acronyms.short(phrase) {
				w.expansion(i, words[i].surface, expand(r.read(short, w.on, 1), acronymWeight))
			}
		}
	}
}

// plain is a phrase as the glossary files it: its content words, folded.
func plain(words []spoken) string {
	list := make([]string, len(words))
	for i := range words {
		list[i] = words[i].folded
	}
	return strings.Join(list, " ")
}
