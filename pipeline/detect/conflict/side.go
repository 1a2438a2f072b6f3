package conflict

import (
	"slices"
	"strings"
	"sync"

	"freshet/index"
	"freshet/pipeline/detect/claims"
)

// A Side is one passage read for comparison, from Comparer.Side. It is immutable and
// safe for concurrent use.
type Side struct {
	Chunk    *index.Chunk
	Document *Document
	Scan     *claims.Scan

	language  string
	sentences []sentence
	topic     terms    // stems of title, headings and question
	names     []uint64 // what tells the topic from its siblings'
	all       terms    // stems of the whole passage
	entities  []uint64 // of the whole passage
	classes   uint64   // one bit for each class of a claim, hashed

	masking sync.Once
	masked  []masking // once masking is done
}

// A sentence is a sentence with what comparing asks of it.
type sentence struct {
	*claims.Sentence
	terms     terms  // its own, its lead's, its header cells'
	wide      terms  // with those of the topic, which weigh less
	first     uint64 // its first content word that weighs something; 0 without one
	head      terms  // of the nearest heading or question above it
	entities  []uint64
	condition []uint64
	claims    []claim
	classes   uint64
	stance    stance
	answer    int8     // of a cell: what it says of its row
	header    terms    // of a cell that answers: its row's header
	own       []uint64 // its words
	tokens    []uint64 // its words and those above it, for contrast sets
	years     []uint64 // that it names, or what stands above it
	titled    []uint64 // those that stand above it
	label     []uint64 // heavy stems before a colon near its beginning, sorted
	past      bool     // it tells of the past
	silent    bool     // it states nothing: boilerplate, example, quotation, heading, question
}

// A claim is a value with what comparing asks of it.
type claim struct {
	*claims.Claim
	class uint64 // equal for claims whose values can be compared
	near  terms
	label []uint64
	name  terms // what names it: the header of its row, or its label
}

// topicShare is what a stem weighs that stands only above the passage.
const topicShare = 0.6

// Side reads a passage. Chunk and document are kept, not copied; scan is of the
// chunk's text.
func (c *Comparer) Side(chunk *index.Chunk, document *Document, scan *claims.Scan) *Side {
	s := &Side{Chunk: chunk, Document: document, Scan: scan, language: scan.Language}
	if s.language == "" {
		s.language, _, _ = strings.Cut(strings.ToLower(document.Locale), "-")
	}
	r := c.readers.Get().(*reader)
	defer c.readers.Put(r)
	c.readTopic(s, r)
	c.readSentences(s, r)
	c.readClaims(s, r)
	return s
}

// readTopic reads what stands above the passage.
func (c *Comparer) readTopic(s *Side, r *reader) {
	var names, stems []string
	for _, text := range append(slices.Clone(s.Chunk.Heading), s.Document.Title, s.Chunk.Question) {
		stems = r.stems(stems, text, s.language)
		names = appendNames(names, text)
	}
	if len(stems) == 0 && len(names) == 0 && len(s.Scan.Sentences) > 1 {
		names = s.Scan.Sentences[0].Entities // without a heading the first sentence says of whom the passage tells
	}
	s.topic, s.names = c.weigher.terms(stems), hashes(names)
}

// appendNames appends what a heading names: its words in capitals that do not begin
// it, and those with digits.
func appendNames(names []string, heading string) []string {
	words := splitWords(heading)
	capitals := 0
	for _, w := range words[min(1, len(words)):] {
		if w.upper {
			capitals++
		}
	}
	for i, w := range words {
		// Where most words have a capital, capitals name nothing.
		if w.upper && i > 0 && 2*capitals < len(words) && len(w.text) > 1 || hasDigit(w.text) {
			names = append(names, w.text)
		}
	}
	return names
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

func (c *Comparer) readSentences(s *Side, r *reader) {
	s.sentences = make([]sentence, len(s.Scan.Sentences))
	known := map[string][]string{} // stems of what several sentences stand under
	stems := func(text string) []string {
		if text == "" {
			return nil
		}
		list, ok := known[text]
		if !ok {
			list = r.stems(nil, text, s.language)
			known[text] = list
		}
		return list
	}
	counted := s.counted()
	all, entities := make([][]string, 0, len(s.sentences)), make([][]string, 0, len(s.sentences))
	for i := range s.Scan.Sentences {
		from := &s.Scan.Sentences[i]
		to := &s.sentences[i]
		to.Sentence = from
		to.terms = c.weigher.terms(from.Stems, stems(from.Lead), stems(from.Row), counted[i])
		for _, stem := range from.Stems {
			if id := c.weigher.heavy([]string{stem}); id != nil {
				to.first = id[0]
				break
			}
		}
		to.wide = to.terms.with(&s.topic, topicShare)
		if from.Column != "" {
			above := c.weigher.terms(stems(from.Column))
			to.wide = to.wide.with(&above, topicShare)
		}
		if from.Heading != "" {
			above := c.weigher.terms(stems(from.Heading))
			to.wide = to.wide.with(&above, topicShare)
		}
		to.entities = hashes(from.Entities)
		to.condition = c.weigher.heavy(from.Condition)
		to.head = c.weigher.terms(stems(s.above(from)))
		to.stance = r.readStance(s.slice(from.Start, from.End), s.language)
		if len(to.stance.condition) > 0 {
			// The scanner's scope runs over the comma.
			to.condition = c.weigher.heavy(r.stems(nil, strings.Join(to.stance.condition, " "), s.language))
		}
		if from.Row != "" {
			if to.answer = r.answer(s.slice(from.Start, from.End)); to.answer != 0 {
				to.header = c.weigher.terms(stems(from.Row))
			}
		}
		to.past = from.Past || to.stance.past
		s.readTokens(to)
		to.label = c.weigher.heavy(stems(prefix(s.slice(from.Start, from.End))))
		if from.Lead != "" || from.Row != "" {
			above := c.weigher.terms(stems(from.Lead), stems(from.Row))
			to.stance.said = to.stance.said.with(&above, 1)
		}
		to.silent = from.Example || from.Footing || to.stance.question || s.Chunk.Kind == index.Code ||
			c.context.Boilerplate != nil && c.context.Boilerplate(from.Hash)
		all, entities = append(all, from.Stems), append(entities, from.Entities)
	}
	s.all, s.entities = c.weigher.terms(all...), hashes(entities...)
}

// readTokens lists the words of a sentence and of what stands above it.
func (s *Side) readTokens(to *sentence) {
	for k, text := range [...]string{s.slice(to.Start, to.End), to.Lead, to.Row, to.Column, to.Sentence.Heading, s.Chunk.Question, s.Document.Title, lastOf(s.Chunk.Heading)} {
		words := splitWords(text)
		for i := range words {
			w := &words[i]
			to.tokens = append(to.tokens, token(w.text))
			if k < 3 { // the sentence, its lead, its row
				to.own = append(to.own, token(w.text))
			}
			if isYear(w.text) {
				to.years = append(to.years, hash(w.text))
				if k > 0 {
					to.titled = append(to.titled, hash(w.text))
				}
			}
		}
	}
	for _, l := range []*[]uint64{&to.own, &to.tokens, &to.years, &to.titled} {
		slices.Sort(*l)
		*l = slices.Compact(*l)
	}
}

// longestPrefix is how many bytes a label before a colon has at most.
const longestPrefix = 60

// prefix returns what stands before a colon near the beginning of a sentence.
func prefix(text string) string {
	i := strings.IndexByte(text[:min(len(text), longestPrefix)], ':')
	if i < 0 || i+1 >= len(text) || strings.HasPrefix(text[i:], "://") {
		return ""
	}
	return text[:i]
}

// above returns the nearest heading or question above a sentence.
func (s *Side) above(f *claims.Sentence) string {
	switch last := lastOf(s.Chunk.Heading); {
	case f.Heading != "":
		return f.Heading
	case s.Chunk.Question != "":
		return s.Chunk.Question
	case last != "":
		return last
	}
	return s.Document.Title
}

func lastOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// isYear says whether a word is a year of our time.
func isYear(w string) bool {
	return len(w) == 4 && (strings.HasPrefix(w, "19") || strings.HasPrefix(w, "20")) && w[2] >= '0' && w[2] <= '9' && w[3] >= '0' && w[3] <= '9'
}

// counted returns, by sentence, the stems of what its Counts count: the scanner takes
// them for part of the value.
func (s *Side) counted() [][]string {
	list := make([][]string, len(s.Scan.Sentences))
	for i := range s.Scan.Claims {
		f := &s.Scan.Claims[i]
		if f.Type == claims.Count && f.Sentence >= 0 && f.Sentence < len(list) {
			noun, _, _ := strings.Cut(f.Unit, "/")
			list[f.Sentence] = append(list[f.Sentence], noun)
		}
	}
	return list
}

func (c *Comparer) readClaims(s *Side, r *reader) {
	for i := range s.Scan.Claims[:min(len(s.Scan.Claims), MaxClaims)] {
		from := &s.Scan.Claims[i]
		if from.Sentence < 0 || from.Sentence >= len(s.sentences) {
			continue
		}
		in := &s.sentences[from.Sentence]
		class := classOf(from)
		named := from.Label
		if in.Row != "" {
			named = r.stems(nil, in.Row, s.language)
		}
		in.claims = append(in.claims, claim{Claim: from, class: class, near: c.weigher.terms(from.Near), label: hashes(from.Label), name: c.weigher.terms(named)})
		in.classes |= bit(class)
		s.classes |= bit(class)
	}
}

// bit is the bit of a class in a set of classes.
func bit(class uint64) uint64 { return 1 << (class >> 58) }

// slice returns part of the passage; offsets that are not of it give nothing.
func (s *Side) slice(start, end int) string {
	if start < 0 || end > len(s.Chunk.Text) || start > end {
		return ""
	}
	return s.Chunk.Text[start:end]
}
