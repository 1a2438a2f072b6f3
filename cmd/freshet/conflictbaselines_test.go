package main

import (
	"regexp"
	"strings"
)

// The trivial baselines: what ranks pairs without understanding them.
var (
	wordForm = regexp.MustCompile(`[\p{L}\p{N}]+`)
	figures  = regexp.MustCompile(`\d+(?:[.,]\d+)*`)
)

func setOf(list []string) map[string]bool {
	set := map[string]bool{}
	for _, s := range list {
		set[s] = true
	}
	return set
}

// shared is how many of two sets' members are in both, and how many in any.
func shared(a, b map[string]bool) (both, either int) {
	for s := range a {
		if b[s] {
			both++
		}
	}
	return both, len(a) + len(b) - both
}

func wordsOf(text string) map[string]bool {
	return setOf(wordForm.FindAllString(strings.ToLower(text), -1))
}

// byChance knows nothing: all pairs are equal, and the average precision is the share of
// contradictions.
func byChance(_, _ string) float64 { return 0 }

// byOverlap is the share of the words of two texts that are in both.
func byOverlap(a, b string) float64 {
	both, either := shared(wordsOf(a), wordsOf(b))
	return float64(both) / float64(max(either, 1))
}

// byFigures is the share of the figures of two texts that only one of them has; 0 where
// one has none.
func byFigures(a, b string) float64 {
	x, y := setOf(figures.FindAllString(a, -1)), setOf(figures.FindAllString(b, -1))
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	both, either := shared(x, y)
	return 1 - float64(both)/float64(either)
}

// byNegation is 1 where one of two French texts denies and the other does not.
func byNegation(a, b string) float64 {
	if denies(a) != denies(b) {
		return 1
	}
	return 0
}

// The parts of conflict-fr-daccord are told from the two texts alone, without the
// detector: values, where both have a figure, a number in letters or a month; denials,
// where else one has a word of negation and the other has none; the rest.
const (
	valuesPart = "values"
	denialPart = "denials"
	restPart   = "rest"
)

var (
	negationWords = setOf(strings.Fields("ne n pas non ni aucun aucune aucuns aucunes jamais rien sans nul nulle"))
	numberWords   = setOf(strings.Fields(`deux trois quatre cinq six sept huit neuf dix onze douze quinze vingt trente quarante cinquante soixante cent cents mille
		million millions milliard milliards moitié tiers quart double triple
		janvier février mars avril mai juin juillet août septembre octobre novembre décembre`))
)

func denies(text string) bool {
	both, _ := shared(wordsOf(text), negationWords)
	return both > 0
}

// hasValue leaves out the figures of a name: Covid-19.
func hasValue(text string) bool {
	for word := range wordsOf(text) {
		if numberWords[word] || word != "19" && word[0] >= '0' && word[0] <= '9' {
			return true
		}
	}
	return false
}

func partOf(p setPair) string {
	switch {
	case hasValue(p.A) && hasValue(p.B):
		return valuesPart
	case denies(p.A) != denies(p.B):
		return denialPart
	default:
		return restPart
	}
}
