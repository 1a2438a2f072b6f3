package claims

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"freshet/index"
	"freshet/index/lexical"
)

const (
	// MaxPassage is how many bytes of a Passage are read.
	MaxPassage = 256 << 10
	// MaxClaims is how many Claims are read out of a Passage.
	MaxClaims = 2_000
	// maxSentence is how many tokens a sentence has at most; longer ones are cut.
	maxSentence = 400
)

// A Scanner reads passages. It keeps the words it has met, so that the next passage
// costs less; what it returns does not depend on them. It is not safe for concurrent
// use: give each goroutine its own.
type Scanner struct {
	young, old map[string]*word
	stemmer    *lexical.Stemmer
	blank      *word // of tokens that are no words
	phones     phoneBook

	// Of the passage that is read:
	passage  *Passage
	text     string
	language int
	tokens   []token
	lines    []line
	cues     []cue
	covered  []bool   // by token: part of a value
	pool     []string // backs the slices of strings of the Scan
	scan     *Scan
	heading  string
	found    []found
	label    label
	question []string // stems
}

// NewScanner returns a Scanner.
func NewScanner() *Scanner {
	return &Scanner{young: make(map[string]*word), stemmer: lexical.NewStemmer(), blank: &word{}, phones: newPhoneBook()}
}

// Read scans one passage with a Scanner of its own. For many passages keep a Scanner.
func Read(p Passage) *Scan { return NewScanner().Scan(p) }

// Scan reads a passage. It never fails: what cannot be read says nothing.
func (s *Scanner) Scan(p Passage) *Scan {
	s.passage, s.text = &p, p.Text
	s.scan = &Scan{}
	if len(s.text) > MaxPassage {
		end := MaxPassage
		for end > 0 && !utf8.RuneStart(s.text[end]) {
			end--
		}
		s.text = s.text[:end]
		s.scan.Cut = fmt.Sprintf("the passage has %d bytes, of which the first %d were read for values", len(p.Text), end)
	}
	s.tokens = s.tokenise(s.text, s.tokens[:0])
	s.covered = slices.Grow(s.covered[:0], len(s.tokens))[:len(s.tokens)]
	clear(s.covered)
	s.pool = make([]string, 0, 2*len(s.tokens)+16)
	s.language = s.spoken()
	s.scan.Language = languageNames[s.language]
	s.subject()
	if p.Kind != index.Code {
		s.layout()
	}
	scan := s.scan
	s.passage, s.text, s.pool, s.scan, s.heading, s.question = nil, "", nil, nil, "", nil
	return scan
}

// spoken returns the language of the passage: its locale's, else the one with more
// stop words in it.
func (s *Scanner) spoken() int {
	switch lexical.Language(s.passage.Locale) {
	case "fr":
		return french
	case "en":
		return english
	}
	var n [languages]int
	for i := range s.tokens[:min(len(s.tokens), maxSentence)] {
		for l, stop := range s.tokens[i].word.stop {
			if stop {
				n[l]++
			}
		}
	}
	switch {
	case n[french] > n[english]:
		return french
	case n[english] > n[french]:
		return english
	}
	return other
}

// subject reads what the whole passage is about.
func (s *Scanner) subject() {
	from := len(s.pool)
	add := func(text string) {
		list := s.tokenise(text, nil)
		for i := range list {
			s.stem(&list[i], s.language)
		}
	}
	add(s.passage.Title)
	if n := len(s.passage.Heading); n > 0 && s.passage.Heading[n-1] != s.passage.Title {
		add(s.passage.Heading[n-1])
	}
	title := len(s.pool)
	add(s.passage.Question)
	s.question = s.pooled(title)
	s.scan.Subject = s.pooled(from)
	if s.passage.Question == s.passage.Title {
		s.scan.Subject = s.pool[from:title:title]
	}
}

// stem adds a content word's stem to the pool.
func (s *Scanner) stem(t *token, language int) {
	w := t.word
	if t.kind != wordToken || w.stop[language] || w.flags&unsaid != 0 || w.number > 0 && w.lexeme.currency == "" || w.stem[language] == "" {
		return
	}
	if len(w.fold) == 1 && !t.upper {
		return
	}
	s.pool = append(s.pool, w.stem[language])
}

// pooled returns what was added to the pool since it had this length; nil if
// nothing.
func (s *Scanner) pooled(from int) []string {
	if from == len(s.pool) {
		return nil
	}
	return s.pool[from:len(s.pool):len(s.pool)]
}

// A found is a claim with its tokens [from, to).
type found struct {
	Claim
	from, to int
}

// statement reads tokens [from, to), which are one sentence, item or cell.
func (s *Scanner) statement(from, to int, sentence Sentence) {
	for to-from > maxSentence {
		s.statement(from, from+maxSentence, sentence)
		from += maxSentence
	}
	if from >= to {
		return
	}
	sentence.Start, sentence.End = int(s.tokens[from].start), int(s.tokens[to-1].end)
	sentence.Heading = s.heading
	sentence.Hash = index.HashTexts("sentence/1", Normalise(s.text[sentence.Start:sentence.End]),
		Normalise(sentence.Lead), Normalise(sentence.Row), Normalise(sentence.Column))
	s.findCues(from, to)
	s.found = s.found[:0]
	if !sentence.Footing {
		s.values(from, to)
		s.merge()
	}
	for k := range s.found {
		for i := s.found[k].from; i < s.found[k].to; i++ {
			s.covered[i] = true
		}
	}
	s.surroundings(from, to, &sentence)
	s.scan.Sentences = append(s.scan.Sentences, sentence)
	s.settle(from, to, &sentence)
}

// values finds the values in tokens [from, to).
func (s *Scanner) values(from, to int) {
	for i := from; i < to; {
		if next := s.value(i, from, to); next > i {
			i = next
			continue
		}
		i++
	}
}

// add notes a claim of tokens [from, to) and returns to.
func (s *Scanner) add(c Claim, from, to int) int {
	if c.Op == "" {
		c.Op = Equal
	}
	s.found = append(s.found, found{c, from, to})
	return to
}

// value reads the value that begins with token i, and returns the token behind it,
// or i when there is none.
func (s *Scanner) value(i, from, to int) int {
	t := &s.tokens[i]
	if t.gap != glued || t.elided || i == from || s.tokens[i-1].kind == markToken {
		if next := s.address(i, to); next > i {
			return next
		}
	}
	switch t.kind {
	case numberToken:
		for _, read := range [...]func(*Scanner, int, int, int) int{
			(*Scanner).phone, (*Scanner).hours, (*Scanner).date, (*Scanner).clockValue, (*Scanner).amount,
		} {
			if next := read(s, i, from, to); next > i {
				return next
			}
		}
		return s.skipNumber(i, to)
	case markToken:
		return s.markValue(i, from, to)
	}
	return s.wordValue(i, from, to)
}

// markValue reads a value that begins with a mark.
func (s *Scanner) markValue(i, from, to int) int {
	switch s.tokens[i].mark {
	case '+', '(':
		return s.phone(i, from, to)
	case '€', '$', '£', '¥':
		return s.prefixed(i, from, to)
	}
	return i
}

// wordValue reads a value that begins with a word.
func (s *Scanner) wordValue(i, from, to int) int {
	l := &s.tokens[i].word.lexeme
	if l.weekday > 0 || s.tokens[i].word.opens {
		if next := s.hours(i, from, to); next > i {
			return next
		}
	}
	if next := s.date(i, from, to); next > i {
		return next
	}
	if next := s.version(i, from, to); next > i {
		return next
	}
	if l.currency != "" || s.tokens[i].caps && i+1 < to && s.tokens[i+1].mark == '$' {
		if next := s.prefixed(i, from, to); next > i {
			return next
		}
	}
	if s.tokens[i].word.vulgar {
		if next := s.vulgar(i, from, to); next > i {
			return next
		}
	}
	if l.number > 0 || l.scale > 0 {
		if next := s.amount(i, from, to); next > i {
			return next
		}
	}
	if next := s.property(i, from, to); next > i {
		return next
	}
	return s.role(i, from, to)
}
