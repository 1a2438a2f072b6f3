package conflict

import (
	"slices"
	"strings"
)

// A stance is what a sentence says yes and no to.
type stance struct {
	said      terms    // its content words without the words of poles
	stems     []uint64 // all its content words, sorted
	condition []string // the words of its conditions
	order     []uint64 // the same in the order of the text, without the words of poles
	negated   []uint64 // those in the scope of a negation, sorted
	first     []uint64 // of each negation, the word that it bears on, sorted
	poles     []heldPole
	plus      uint64 // axes of poles outside conditions, by sign; an axis with both is in neither
	minus     uint64
	negations int  // outside conditions
	denies    bool // it says of a statement that it is false
	only      bool // it restricts: "ne ... que", "only"
	without   bool // "sans", "without"
	ended     bool // it says that something no longer holds
	question  bool
	leads     bool // it ends in a colon
	past      bool // a verb in the imperfect
}

// A heldPole is a pole as the sentence holds it: its sign is turned by a negation.
type heldPole struct {
	pole
	word uint64 // hash of the stem
	when bool   // within a condition
}

// The words that negate, that open what is not stated, and that deny. Folded; an
// apostrophe parts words, so that "n't" is "t" behind its verb.
var (
	frenchClosers = set("pas plus jamais aucun aucune rien personne guere nul nulle ni point nullement")
	frenchOpeners = set("aucun aucune nul nulle jamais rien ni nullement")
	englishVerbs  = set("don doesn didn isn aren wasn weren won wouldn couldn shouldn can hasn haven hadn mustn needn ain")
	englishNots   = set("not never no cannot without nor neither none nobody nothing hardly")
	conditionals  = set("si s lorsque lorsqu quand sauf if unless when except once whenever")
	relatives     = set("qui dont lequel laquelle lesquels who which that whose")
	formerly      = set("earlier before formerly previously avant autrefois auparavant jadis anciennement")
	breaks        = set("mais car donc or but because so while tandis alors puis however although bien")
	denials       = set("faux fausse fausses inexact inexacte trompeur trompeuse infox intox mensonger mensongere infonde infondee dement dementi dementent dementie refute refutent canular rumeur rumeurs complot false untrue misleading hoax debunked unfounded baseless denies denied deny refuted rumour rumor myth")
	clauseEnd     = ",;:()–—"
)

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// negationReach is how many content words a negation bears on behind its cue.
const negationReach = 4

// readStance reads a sentence's stance. Offsets of skip, sorted pairs, are values and
// say nothing here.
func (r *reader) readStance(text, language string) stance {
	var s stance
	text = strings.TrimRight(text, " \u00a0»\"”)")
	s.question = strings.HasSuffix(text, "?")
	s.leads = strings.HasSuffix(text, ":")
	words := splitWords(text)
	st := &speech{reader: r, text: text, language: language, words: words, negated: make([]bool, len(words)), first: make([]bool, len(words)), when: make([]bool, len(words))}
	st.conditions()
	s.past = len(words) > 0 && formerly[words[0].text] && st.clauseEnds(0)
	for i := 0; i < len(words); i++ {
		i = st.negation(i, &s)
	}
	if s.negations > 1 && s.without {
		// "does not work without" asks for something.
		clear(st.first)
		clear(st.negated)
	}
	st.collect(&s)
	return s
}

// speech is a sentence whose stance is being read.
type speech struct {
	reader               *reader
	text                 string
	language             string
	words                []word
	negated, first, when []bool // by word
	conditional          bool   // it has a condition
}

// conditions marks the words within conditions: from "si" to the next comma.
func (t *speech) conditions() {
	for i := 0; i < len(t.words); i++ {
		if w := t.words[i].text; !conditionals[w] || w == "s" && (i+1 >= len(t.words) || !strings.HasPrefix(t.words[i+1].text, "il")) {
			continue
		}
		t.conditional = true
		for ; i < len(t.words); i++ {
			t.when[i] = true
			if t.clauseEnds(i) {
				break
			}
		}
	}
}

// clauseEnds says whether a mark that ends a clause stands behind word i.
func (t *speech) clauseEnds(i int) bool {
	end := len(t.text)
	if i+1 < len(t.words) {
		end = t.words[i+1].start
	}
	between := t.text[t.words[i].end:end]
	return strings.ContainsAny(between, clauseEnd)
}

// negation reads a negation that begins with word i and returns the last word of its
// cue, or i.
func (t *speech) negation(i int, s *stance) int {
	w := t.words[i].text
	switch {
	case t.language != "en" && (w == "ne" || w == "n"):
		return t.frenchNegation(i, s)
	case t.language != "en" && w == "sans" && !t.next(i, "doute", "cesse", "hesiter", "attendre", "oublier", "frais_de"):
		s.without = true
		t.bear(i+1, 2, s, i)
	case w == "non" && t.clauseEnds(i) || w == "no" && t.clauseEnds(i):
		return i // an answer, not a negation
	case w == "non" && !t.next(i, "seulement"):
		t.bear(i+1, 1, s, i)
	case t.language != "en" && frenchOpeners[w]:
		t.bear(i+1, negationReach, s, i)
		// "Aucun justificatif n'est demandé" negates once.
		for j := i + 1; j < len(t.words) && j < i+8; j++ {
			if v := t.words[j].text; v == "ne" || v == "n" {
				t.bear(j+1, negationReach, nil, j)
				return j
			}
		}
	case t.language != "fr" && (w == "t" && i > 0 && englishVerbs[t.words[i-1].text] || englishNots[w]):
		if t.exceeds(i) || w == "not" && t.next(i, "only") || w == "no" && t.next(i, "doubt", "matter") || w == "nothing" && t.next(i, "but") {
			return i
		}
		if (w == "not" || w == "t") && slices.ContainsFunc(t.words[i+1:min(len(t.words), i+4)], func(w word) bool { return w.text == "yet" }) {
			return i
		}
		t.relative(i)
		if w == "no" && t.next(i, "longer", "more") {
			s.ended = true
			i++
		}
		reach := negationReach
		if w == "no" || w == "without" {
			reach = 3
		}
		s.without = s.without || w == "without"
		t.bear(i+1, reach, s, i)
	case w == "only" || w == "seulement" || w == "uniquement":
		s.only = true
	}
	return i
}

// frenchNegation reads "ne ... pas" from its "ne".
func (t *speech) frenchNegation(i int, s *stance) int {
	t.relative(i)
	for j := i + 1; j < len(t.words) && j <= i+7; j++ {
		switch w := t.words[j].text; {
		case frenchClosers[w]:
			if t.next(j, "seulement", "uniquement") || w == "plus" && t.next(j, "que") {
				return j
			}
			if t.exceeds(j) || t.hesitates(i, j) || t.next(j, "encore") || t.before(i, "encore", "toujours") {
				return j // "not yet" denies nothing
			}
			if w == "plus" {
				s.ended = true
			}
			// The verb stands inside, its participle and object behind.
			bears := t.bear(i+1, j-i, s, i)
			if again := t.bear(j+1, negationReach, nil, j); again >= 0 && bears < 0 {
				t.first[again] = true // "n'ont pas à déclarer"
			}
			return j
		case w == "que" || w == "qu":
			s.only = true
			return j
		}
	}
	// "On ne peut": half a negation is one in formal French.
	if !t.exceeds(i+2) && i+1 < len(t.words) && (strings.HasPrefix(t.words[i+1].text, "p") && len(t.words[i+1].text) <= 7 || strings.HasPrefix(t.words[i+1].text, "saur")) {
		t.bear(i+1, negationReach, s, i)
	}
	return i
}

// relative takes a negation within a relative clause for a condition: "who does not
// pay" says of whom, not that somebody does not.
func (t *speech) relative(cue int) {
	for k := max(0, cue-3); k < cue; k++ {
		if !relatives[t.words[k].text] {
			continue
		}
		for ; k < len(t.words) && k <= cue+relativeReach; k++ {
			t.when[k] = true
			if t.clauseEnds(k) {
				return
			}
		}
		return
	}
}

// relativeReach is how many words behind a negation belong to its relative clause.
const relativeReach = 8

// exceeds says whether a negation at word i bounds a value: "ne doit pas dépasser",
// "may not exceed", and denies nothing.
func (t *speech) exceeds(i int) bool {
	for k := max(0, i-2); k < len(t.words) && k <= i+3; k++ {
		if w := t.words[k].text; strings.HasPrefix(w, "exced") || strings.HasPrefix(w, "depass") || strings.HasPrefix(w, "exceed") || w == "beyond" || strings.HasPrefix(w, "superieur") {
			return true
		}
	}
	return false
}

// hesitates says whether "n'hésitez pas" stands in words (i, j).
func (t *speech) hesitates(i, j int) bool {
	for k := i + 1; k < j; k++ {
		if w := t.words[k].text; strings.HasPrefix(w, "hesit") || strings.HasPrefix(w, "cess") || strings.HasPrefix(w, "oubli") {
			return true
		}
	}
	return false
}

// before says whether one of some words stands right before word i.
func (t *speech) before(i int, words ...string) bool {
	return i > 0 && slices.Contains(words, t.words[i-1].text)
}

func (t *speech) next(i int, words ...string) bool {
	return i+1 < len(t.words) && slices.Contains(words, t.words[i+1].text)
}

// bear marks up to reach content words from i on as negated, to the end of the
// clause, and returns the first, or -1. With s it counts as a negation.
func (t *speech) bear(i, reach int, s *stance, cue int) (begins int) {
	begins = -1
	if s != nil && !t.when[cue] {
		s.negations++
	}
	first := s != nil
	for n := 0; i < len(t.words) && n < reach; i++ {
		w := t.words[i].text
		if breaks[w] {
			return begins
		}
		if _, stop := t.reader.stem(&t.words[i], t.language); !stop || poles[w] != nil && !frenchClosers[w] {
			t.negated[i] = true
			t.first[i] = t.first[i] || first
			first = false
			if begins < 0 {
				begins = i
			}
			n++
		}
		if t.clauseEnds(i) {
			return begins
		}
	}
	return begins
}

// collect fills the stance from the marked words.
func (t *speech) collect(s *stance) {
	for i, w := range t.words {
		s.past = s.past || t.language == "fr" && imperfect(w.text)
		if t.when[i] && t.conditional {
			s.condition = append(s.condition, w.lower)
		}
		if denials[w.text] && !t.when[i] {
			s.denies = s.denies || !t.negated[i]
		}
		stem, stop := t.reader.stem(&t.words[i], t.language)
		list := poles[w.text]
		id := hash(stem)
		for _, p := range list {
			if p.axis == axisMore && !t.compares(i) {
				continue
			}
			if t.negated[i] {
				p.sign = -p.sign
			}
			s.poles = append(s.poles, heldPole{p, id, t.when[i]})
		}
		if stop || len(w.text) < 2 || hasDigit(w.text) {
			continue
		}
		s.stems = append(s.stems, id)
		if t.negated[i] {
			s.negated = append(s.negated, id)
		}
		if t.first[i] && !t.when[i] {
			s.first = append(s.first, id)
		}
		if len(list) == 0 {
			s.order = append(s.order, id)
			t.reader.said = append(t.reader.said, stem)
		}
	}
	s.settlePoles()
	s.said = t.reader.weigher.terms(t.reader.said)
	t.reader.said = t.reader.said[:0]
	for _, l := range []*[]uint64{&s.stems, &s.negated, &s.first} {
		slices.Sort(*l)
		*l = slices.Compact(*l)
	}
}

// compares says whether "plus" or "more" at word i compares: "que" or "than" follows.
func (t *speech) compares(i int) bool {
	for k := i + 1; k < len(t.words) && k <= i+6; k++ {
		if w := t.words[k].text; w == "que" || w == "qu" || w == "than" {
			return true
		}
	}
	return false
}

// settlePoles sets plus and minus.
func (s *stance) settlePoles() {
	for _, p := range s.poles {
		switch {
		case p.when:
		case p.sign > 0:
			s.plus |= 1 << p.axis
		default:
			s.minus |= 1 << p.axis
		}
	}
	both := s.plus & s.minus
	s.plus, s.minus = s.plus&^both, s.minus&^both
}

// speaks says whether a stance can be against another.
func (s *stance) speaks() bool { return s.plus|s.minus != 0 || s.negations > 0 || len(s.stems) > 0 }

// against says whether two stances hold opposite poles, or one negates a word that
// the other says.
func (s *stance) against(o *stance) bool {
	return s.plus&o.minus|s.minus&o.plus != 0 || negates(s, o) || negates(o, s)
}

// imperfect says whether a folded French word is a verb in the imperfect: "coutait".
// The conditional ends in "rait".
func imperfect(w string) bool {
	if !strings.HasSuffix(w, "ait") && !strings.HasSuffix(w, "aient") {
		return false
	}
	return len(w) > 5 && !strings.HasSuffix(w, "rait") && !strings.HasSuffix(w, "raient") && !endsInAit[w]
}

var endsInAit = set("souhait parfait extrait retrait attrait portrait forfait bienfait satisfait imparfait abstrait surfait mefait connait parait apparait disparait reconnait renait plait deplait distrait defait refait contrefait soustrait")

// comparatives says whether both compare: "A more than B".
func comparatives(s, o *stance) bool {
	return (s.plus|s.minus)&(o.plus|o.minus)&(1<<axisMore) != 0
}
