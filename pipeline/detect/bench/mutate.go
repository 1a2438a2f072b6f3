package bench

import (
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Mutation is a text in which one typed value was changed.
type Mutation struct {
	Text     string // the whole text as changed
	Type     string
	Old, New string // the value as it was written and as it is written
	// Before and After are the sentence that holds it, as it was and as it is.
	Before, After string
}

// Mutate changes exactly one value of a text into another plausible one, as if a copy of
// the text had been brought up to date and the text had not: a price, a percentage, a
// period, a date, opening hours, a telephone number, a quantity or a count, in French or
// English. It says no where the text has none that a careful reader would call the same
// statement with another value: it leaves alone bounds and estimates ("up to", "environ"),
// examples, questions, the past that a sentence tells of beside the present, numbers of
// laws, and values that stand in the text twice. Its patterns are its own: they owe
// nothing to the detector that they test.
func Mutate(text string, r *rand.Rand) (Mutation, bool) {
	return mutate(text, r, nil, 1)
}

// mutate prefers the types that were used least, and takes none that was used most
// times.
func mutate(text string, r *rand.Rand, used map[string]int, most int) (Mutation, bool) {
	if !utf8.ValidString(text) {
		return Mutation{}, false
	}
	var best []Mutation
	least := -1
	for _, k := range patterns {
		if used[k.kind] >= most {
			continue
		}
		for _, at := range k.find.FindAllStringSubmatchIndex(text, -1) {
			m, ok := k.change(text, at, r)
			if !ok {
				continue
			}
			switch n := used[m.Type]; {
			case least < 0 || n < least:
				best, least = append(best[:0], m), n
			case n == least:
				best = append(best, m)
			}
		}
	}
	if len(best) == 0 {
		return Mutation{}, false
	}
	return best[r.IntN(len(best))], true
}

// A pattern finds values of one type; its first group is the number that is changed.
type pattern struct {
	kind string
	find *regexp.Regexp
	next func(number string, r *rand.Rand) (string, bool)
}

const (
	number = `(\d{1,3}(?:[  \x{202f},.]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?)`
	gap    = `[  \x{202f}-]?`
	months = `(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|January|February|March|April|May|June|July|August|September|October|November|December)`
)

var patterns = []pattern{
	{"money", regexp.MustCompile(number + gap + `(?:€|euros?\b|EUR\b|dollars\b|francs\b)`), scaled},
	{"money", regexp.MustCompile(`[$£€]` + gap + number), scaled},
	{"percent", regexp.MustCompile(number + gap + `(?:%|pour cent\b|percent\b|per cent\b)`), share},
	{"duration", regexp.MustCompile(`\b(\d{1,3})` + gap + `(?:jours?|semaines?|mois|ans|années|heures|minutes|days?|weeks?|months?|years?|hours?|minutes?)\b`), scaled},
	{"date", regexp.MustCompile(`\b\d{1,2}(?:er|st|nd|rd|th)? ` + months + ` (\d{4})\b`), year},
	{"date", regexp.MustCompile(`\b` + months + ` \d{1,2}, (\d{4})\b`), year},
	{"date", regexp.MustCompile(`\b(?:in|en|since|depuis) ((?:18|19|20)\d\d)\b`), year},
	{"hours", regexp.MustCompile(`\b(?:de|from) \d{1,2}(?: ?h ?\d{0,2}|(?::\d\d)? ?[ap]m) (?:à|to) (\d{1,2}) ?(?:h|[ap]m)\b`), hour},
	{"phone", regexp.MustCompile(`\b(0\d(?:[ .]\d\d){4})\b`), phone},
	{"quantity", regexp.MustCompile(`\b` + number + gap + `(?:km|kg|cm|mm|Go|Mo|GB|MB|miles|feet|metres|meters|mètres|kilomètres|kilometres|kilometers|hectares|acres|litres|tonnes)\b`), scaled},
	{"count", regexp.MustCompile(`\b` + number + ` (?:personnes|people|pages|membres|members|employés|salariés|employees|élèves|students|habitants|inhabitants|places|seats|exemplaires|copies|appareils|devices|comptes|accounts|goals|games|matches|episodes|épisodes|films|albums|songs|livres|books|schools|écoles|copies|deaths|points)\b`), scaled},
}

// mostFigures is how many figures a sentence may have that says something: with more it
// is the rest of a table.
const mostFigures = 5

// before and around are words that make a value no statement that can be changed into
// another: bounds and laws just before it, examples and the past anywhere in its sentence.
var (
	before = regexp.MustCompile(`(?i)(?:\b(?:up to|from|at least|at most|about|around|approximately|nearly|almost|over|more than|less than|fewer than|under|within|minimum|maximum|to|between|and|or|à partir de|jusqu'à|jusqu’à|au moins|au plus|environ|près de|plus de|moins de|sous|entre|et|ou|à|dans|maximum de|minimum de|loi|décret|arrêté|ordonnance|directive|règlement|article|act|law)|[-–~<>≤≥/(])[^.]{0,6}$`)
	law    = regexp.MustCompile(`(?i)\b(?:loi|décret|arrêté|ordonnance|directive|règlement|article|articles|act of|law of|regulation|délibération|décision|arrêt|n°)\b`)
	around = regexp.MustCompile(`(?i)par exemple|\bex\.|\bexample\b|\be\.g\.|for instance|auparavant|\bretrieved\b|\barchived\b|\bconsulté|anciennement|previously|formerly|instead of|au lieu de|\bwas (?:increased|raised|reduced)|\?|»|[“”]`)
	figure = regexp.MustCompile(`\d[\d.,]*`)
	after  = regexp.MustCompile(`^\s?(?:[-–/]|à \d|to \d|ou plus|or more|maximum|minimum|au (?:moins|plus|maximum|minimum)|et plus|\+)`)
)

func (k pattern) change(text string, at []int, r *rand.Rand) (Mutation, bool) {
	old, from, to := text[at[0]:at[1]], at[2], at[3]
	start, end := sentenceAt(text, at[0], at[1])
	sentence := text[start:end]
	lead := sentence[:at[0]-start]
	if utf8.RuneCountInString(sentence) < 30 || len(sentence) > 400 || strings.Count(text, text[from:to]) > 1 ||
		k.kind != "phone" && len(figure.FindAllString(sentence, mostFigures+1)) > mostFigures || around.MatchString(sentence) || law.MatchString(lead) || after.MatchString(text[at[1]:]) || k.kind != "date" && k.kind != "hours" && before.MatchString(lead) {
		return Mutation{}, false
	}
	if at[0] > 0 {
		if last, _ := utf8.DecodeLastRuneInString(text[:at[0]]); unicode.IsLetter(last) || unicode.IsDigit(last) || strings.ContainsRune(".,/", last) {
			return Mutation{}, false
		}
	}
	next, ok := k.next(text[from:to], r)
	if !ok || next == text[from:to] || strings.Contains(text, next) {
		return Mutation{}, false
	}
	return Mutation{
		Type: k.kind, Old: old, New: text[at[0]:from] + next + text[to:at[1]], Text: text[:from] + next + text[to:],
		Before: sentence, After: text[start:from] + next + text[to:end],
	}, true
}

// sentenceAt is the sentence, or the line, around a place.
func sentenceAt(text string, from, to int) (int, int) {
	start, end := 0, len(text)
	if i := strings.LastIndexByte(text[:from], '\n'); i >= 0 {
		start = i + 1
	}
	if i := strings.IndexByte(text[to:], '\n'); i >= 0 {
		end = to + i
	}
	at := start
	for _, s := range sentences(text[start:end]) {
		if at+len(s) >= to {
			return at, at + len(s)
		}
		at += len(s) + 1
	}
	return start, end
}

// scaled changes a number by a fifth at least, to one that is as round.
func scaled(text string, r *rand.Rand) (string, bool) {
	whole, fraction := text, ""
	if i := strings.LastIndexAny(text, ".,"); i >= 0 && len(text)-i <= 3 {
		whole, fraction = text[:i], text[i:]
	}
	digits := strings.Map(func(c rune) rune {
		if unicode.IsDigit(c) {
			return c
		}
		return -1
	}, whole)
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || n > 1_000_000_000 || len(digits) > 1 && digits[0] == '0' {
		return "", false
	}
	step := 1
	for n/step%10 == 0 && step < n {
		step *= 10
	}
	if step > 1 && n/step < 5 {
		step /= 2
	}
	by := max(step, (n*(20+r.IntN(40))/100+step-1)/step*step)
	if by < n && r.IntN(2) == 0 && n-by >= 2 {
		by = -by
	}
	next := strconv.Itoa(n + by)
	if whole == digits {
		if n == 1 {
			return "", false // the noun would have to change too
		}
		return next + fraction, true
	}
	separator := strings.TrimFunc(whole, unicode.IsDigit)
	separator = strings.TrimLeftFunc(separator, unicode.IsDigit)
	sep, _ := utf8.DecodeRuneInString(separator)
	for i := len(next) - 3; i > 0; i -= 3 {
		next = next[:i] + string(sep) + next[i:]
	}
	return next + fraction, true
}

// share changes a percentage into another below a hundred.
func share(text string, r *rand.Rand) (string, bool) {
	for range 8 {
		if next, ok := scaled(text, r); ok && len(next) <= max(len(text), 2) && next != "100" {
			return next, true
		}
	}
	return "", false
}

// year moves a year by one to nine.
func year(text string, r *rand.Rand) (string, bool) {
	n, err := strconv.Atoi(text)
	if err != nil {
		return "", false
	}
	return strconv.Itoa(n - 1 - r.IntN(9)), true
}

// hour moves a closing time by an hour or two.
func hour(text string, r *rand.Rand) (string, bool) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 3 || n > 22 {
		return "", false
	}
	if n == 12 {
		return "", false
	}
	return strconv.Itoa(n - 1 - r.IntN(2)), true
}

// phone changes the last four figures.
func phone(text string, r *rand.Rand) (string, bool) {
	tail := strconv.Itoa(10+r.IntN(90)) + text[len(text)-3:len(text)-2] + strconv.Itoa(10+r.IntN(90))
	return text[:len(text)-5] + tail, true
}

// A Passage is a piece of a page of a real base.
type Passage struct {
	Page, Text string
}

// A PlantedCopy is a passage with one value changed.
type PlantedCopy struct {
	Of Passage
	Mutation
}

// Copies changes a value each in n of the passages, of n different pages if there are as
// many, with the types as even as the passages allow. Fewer come back where fewer have a
// value that can be changed.
func Copies(passages []Passage, n int, r *rand.Rand) []PlantedCopy {
	used, pages := map[string]int{}, map[string]bool{}
	var out []PlantedCopy
	order := r.Perm(len(passages))
	for _, most := range []int{max(1, n/6), n} { // at first no type gets more than its share
		for _, i := range order {
			p := passages[i]
			if len(out) == n || pages[p.Page] {
				continue
			}
			if m, ok := mutate(p.Text, r, used, most); ok {
				used[m.Type]++
				pages[p.Page] = true
				out = append(out, PlantedCopy{p, m})
			}
		}
	}
	return out
}
