package pdf

import (
	"fmt"
	"strings"
	"unicode"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/pdf/layout"
)

// The bounds between readable, doubtful and unreadable.
const (
	doubtfulUnknown   = 0.05 // share of glyphs whose character is not known
	unreadableUnknown = 0.5
	doubtfulStrange   = 0.25 // share of words that no language has
	unreadableStrange = 0.6
	fewWords          = 20 // below, the share of strange words says nothing
)

// glyphQuality counts what the glyphs say about their text.
func glyphQuality(pages []layout.Page) extract.Quality {
	q := extract.Quality{Pages: len(pages)}
	all, unknown := 0, 0
	for i := range pages {
		shown := 0
		for k := range pages[i].Glyphs {
			g := &pages[i].Glyphs[k]
			all++
			switch {
			case g.Unknown:
				unknown++
			case strings.TrimSpace(g.Text) != "":
				shown++
			}
		}
		if shown == 0 && (pages[i].Images > 0 || len(pages[i].Glyphs) > 0) {
			q.NeedOCR++
		}
	}
	if all > 0 {
		q.Unknown = float64(unknown) / float64(all)
	}
	return q
}

// judge decides whether t can be used: it is returned with its quality, or a verdict
// says why not.
func judge(t *extract.Text, q extract.Quality) (*extract.Text, error) {
	words, strange := 0, 0
	if t.HasWords() {
		words, strange = countStrange(t.Plain())
	}
	if words > 0 {
		q.Strange = float64(strange) / float64(words)
	}
	unreadable := func(format string, args ...any) error {
		return &connectors.Verdict{Reason: connectors.VerdictEmpty, Detail: fmt.Sprintf(format, args...)}
	}
	switch {
	case q.Unknown > unreadableUnknown:
		return nil, unreadable("its fonts do not say which characters they show (%.0f %% of the glyphs): it needs OCR", 100*q.Unknown)
	case words >= fewWords && q.Strange > unreadableStrange:
		return nil, unreadable("its text is garbled (%.0f %% of the words are of no language): it needs OCR", 100*q.Strange)
	case !t.HasWords() && q.NeedOCR > 0:
		return nil, unreadable("%d of %d pages are pictures without text: it needs OCR", q.NeedOCR, q.Pages)
	case !t.HasWords():
		return nil, unreadable("none of its %d pages shows text", q.Pages)
	}
	var doubts []string
	if q.Unknown > doubtfulUnknown {
		doubts = append(doubts, fmt.Sprintf("%.0f %% of its glyphs have no known character", 100*q.Unknown))
	}
	if words >= fewWords && q.Strange > doubtfulStrange {
		doubts = append(doubts, fmt.Sprintf("%.0f %% of its words are of no language", 100*q.Strange))
	}
	if q.NeedOCR > 0 {
		doubts = append(doubts, fmt.Sprintf("%d of %d pages are pictures without text", q.NeedOCR, q.Pages))
	}
	q.Doubt = strings.Join(doubts, "; ")
	t.Quality = &q
	return t, nil
}

// countStrange counts the words of text, and those that no language has: letters and
// other signs mixed up, no vowel, a vowel or consonant too many in a row, capitals
// within. Words of one or two letters count only as words where they are letters;
// what is written in scripts other than Latin is taken as it is.
func countStrange(text string) (words, strange int) {
	for field := range strings.FieldsSeq(text) {
		field = strings.TrimFunc(field, func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) })
		if field == "" || !strings.ContainsFunc(field, unicode.IsLetter) {
			if strings.ContainsFunc(field, unicode.IsControl) {
				words++
				strange++
			}
			continue
		}
		words++
		if strangeWord(field) {
			strange++
		}
	}
	return words, strange
}

// The bounds of what a word of a language in Latin letters has.
const (
	longWord       = 3  // letters, from which on a word has a vowel
	consonantsRun  = 6  // "Angstschweiß" has 6 consonants in a row
	vowelsRun      = 5  // "queueing"
	signsWithin    = 3  // signs between the letters of one word
	endlessWord    = 45 // letters
	lettersOfWords = 0.5
)

func strangeWord(w string) bool {
	letters, others, vowels, consonants, cRun, vRun, turns := 0, 0, 0, 0, 0, 0, 0
	lowerBefore := false
	for _, r := range w {
		switch {
		case !unicode.IsLetter(r):
			if r > 0x7f || !strings.ContainsRune("0123456789-./:@_'&+%#=?,", r) {
				others++
			}
			lowerBefore, cRun, vRun = false, 0, 0
			continue
		case r > 0x24f && !(r >= 0x1e00 && r <= 0x1eff):
			return false
		}
		letters++
		if vowel(r) {
			vowels++
			vRun++
			cRun = 0
		} else {
			consonants++
			cRun++
			vRun = 0
		}
		if unicode.IsUpper(r) && lowerBefore {
			turns++
		}
		lowerBefore = unicode.IsLower(r)
		if cRun > consonantsRun || vRun > vowelsRun {
			return true
		}
	}
	if strings.ContainsAny(w, "/@_.:0123456789") { // addresses, numbers of parts
		return others >= signsWithin
	}
	upper := w == strings.ToUpper(w)
	switch {
	case letters > endlessWord, others >= signsWithin, turns > 2:
		return true
	case letters > longWord && vowels == 0 && !upper:
		return true
	}
	return float64(letters) < lettersOfWords*float64(letters+others)
}

func vowel(r rune) bool {
	switch unicode.ToLower(r) {
	case 'a', 'e', 'i', 'o', 'u', 'y', 'w':
		return true
	}
	return r >= 0xc0 && !strings.ContainsRune("çÇñÑßðÐþÞčČćĆšŠžŽřŘňŇłŁńŃśŚźŹżŻğĞşŞťŤďĎđĐ", r)
}
