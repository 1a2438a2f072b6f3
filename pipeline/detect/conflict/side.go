package conflict

import (
	"slices"
	"strings"

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
}

// A sentence is a sentence with what comparing asks of it.
type sentence struct {
	*claims.Sentence
	terms     terms
	entities  []uint64
	condition []uint64
	claims    []claim
	classes   uint64
	silent    bool // it states nothing: boilerplate, example, quotation, heading
}

// A claim is a value with what comparing asks of it.
type claim struct {
	*claims.Claim
	class uint64 // equal for claims whose values can be compared
	near  terms
	label []uint64
}

// Side reads a passage. Chunk and document are kept, not copied; scan is of the
// chunk's text.
func (c *Comparer) Side(chunk *index.Chunk, document *Document, scan *claims.Scan) *Side {
	s := &Side{Chunk: chunk, Document: document, Scan: scan, language: scan.Language}
	if s.language == "" {
		s.language, _, _ = strings.Cut(strings.ToLower(document.Locale), "-")
	}
	c.readTopic(s)
	c.readSentences(s)
	c.readClaims(s)
	return s
}

func (c *Comparer) readTopic(s *Side) {
	var stems, names []string
	for _, text := range append(slices.Clone(s.Chunk.Heading), s.Document.Title, s.Chunk.Question) {
		words := splitWords(text)
		capitals := 0
		for _, w := range words {
			if w.upper {
				capitals++
			}
		}
		for i, w := range words {
			if len(w.text) > 2 {
				stems = append(stems, w.text)
			}
			if w.upper && i > 0 && 2*capitals <= len(words) || hasDigit(w.text) {
				names = append(names, w.text)
			}
		}
	}
	s.topic, s.names = c.terms(stems), hashes(names)
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

func (c *Comparer) readSentences(s *Side) {
	s.sentences = make([]sentence, len(s.Scan.Sentences))
	leads := map[string][]string{} // stems of sentences that introduce a list
	var all, entities [][]string
	for i := range s.Scan.Sentences {
		from := &s.Scan.Sentences[i]
		to := &s.sentences[i]
		to.Sentence = from
		to.terms = c.terms(from.Stems, s.leadStems(leads, from.Lead))
		to.entities = hashes(from.Entities)
		to.condition = hashes(from.Condition)
		to.silent = from.Example || from.Footing || s.Chunk.Kind == index.Code ||
			c.context.Boilerplate != nil && c.context.Boilerplate(from.Hash)
		all, entities = append(all, from.Stems), append(entities, from.Entities)
	}
	s.all, s.entities = c.terms(all...), hashes(entities...)
}

// leadStems returns the stems of the sentence that introduces a list.
func (s *Side) leadStems(known map[string][]string, lead string) []string {
	if lead == "" {
		return nil
	}
	stems, ok := known[lead]
	if ok {
		return stems
	}
	for i := range s.Scan.Sentences {
		f := &s.Scan.Sentences[i]
		if f.Lead == "" && f.Start >= 0 && f.End <= len(s.Chunk.Text) && f.Start <= f.End && strings.Contains(s.Chunk.Text[f.Start:f.End], lead) {
			stems = f.Stems
			break
		}
	}
	known[lead] = stems
	return stems
}

func (c *Comparer) readClaims(s *Side) {
	for i := range s.Scan.Claims[:min(len(s.Scan.Claims), MaxClaims)] {
		from := &s.Scan.Claims[i]
		if from.Sentence < 0 || from.Sentence >= len(s.sentences) {
			continue
		}
		in := &s.sentences[from.Sentence]
		class := classOf(from)
		in.claims = append(in.claims, claim{Claim: from, class: class, near: c.terms(from.Near), label: hashes(from.Label)})
		in.classes |= bit(class)
		s.classes |= bit(class)
	}
}

func bit(class uint64) uint64 { return 1 << (class >> 58) }

// terms returns the set of the lists' stems with the base's weights.
func (c *Comparer) terms(lists ...[]string) terms { return newTerms(c.context.IDF, lists...) }
