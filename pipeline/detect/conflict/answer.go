package conflict

// A cell of a table that answers its row: "Half board | none", "Paypal | refused".
var (
	answersNo  = set("non no none aucun aucune pas not impossible refuse refusee refuses refusees interdit interdite interdits interdites never jamais indisponible unavailable excluded exclu nowhere nulle")
	answersYes = set("oui yes inclus incluse incluses included possible autorise autorisee autorises accepte acceptee acceptes accepted allowed offert offerte offered available disponible gratuit free part compris")
)

const (
	// longestAnswer is how many words an answer has at most.
	longestAnswer = 8
	// answerShare is how much of the row's header the other sentence, or what stands
	// above it, must speak of, and answerWeight what the header must weigh.
	answerShare  = 0.8
	answerWeight = 3.0
	// answerP is the probability of such a denial; answerSure that of one whose header
	// stands as a whole in the other sentence itself.
	answerP    = 0.75
	answerSure = 0.9
)

// answer is what a cell says of its row: +1 yes, -1 no, 0 neither.
func (r *reader) answer(text string) int8 {
	words := splitWords(text)
	if len(words) == 0 || len(words) > longestAnswer {
		return 0
	}
	switch w := words[0].text; {
	case answersNo[w]:
		return -1
	case answersYes[w]:
		return 1
	}
	return 0
}

// says is whether a statement says yes (+1) or no (-1) to its subject.
func (s *stance) says() int8 {
	if s.negations > 0 || s.minus&stated != 0 {
		return -1
	}
	return 1
}

// answers returns the probability that a cell denies a statement, or the other way
// round, and which of the two says no: -1 for a, +1 for b.
func answers(a, b *sentence) (p float64, no int8) {
	cell, other, side := a, b, int8(-1)
	if cell.answer == 0 {
		cell, other, side = b, a, 1
	}
	if cell.answer == 0 || other.answer != 0 || other.Row != "" || cell.answer == other.stance.says() || cell.header.total < answerWeight {
		return 0, 0
	}
	if cell.answer > 0 {
		side = -side
	}
	switch {
	case share(&cell.header, &other.terms) >= answerShare:
		return answerSure, side
	case share(&cell.header, &other.wide) >= answerShare:
		return answerP, side
	}
	return 0, 0
}
