package lexical

import (
	"slices"

	"github.com/blevesearch/snowballstem"
)

// The analyses of a question: neutral finds what was indexed without a language.
const (
	neutral = iota
	fr
	en
	analyses
)

var analysisNames = [analyses]string{neutral: "", fr: "fr", en: "en"}

// analysisOf returns the analysis of a language.
func analysisOf(language string) int { return max(slices.Index(analysisNames[:], language), neutral) }

// active says which analyses a question goes through; neutral always.
type active [analyses]bool

func activeFor(languages []string) active {
	a := active{neutral: true}
	for _, l := range languages {
		switch Language(l) {
		case "fr":
			a[fr] = true
		case "en":
			a[en] = true
		}
	}
	if !a[fr] && !a[en] {
		a[fr], a[en] = true, true
	}
	return a
}

// stems are the hashes of a word's stem in every analysis.
type stems [analyses]uint32

// each calls f once for every different stem of the active analyses.
func (s stems) each(on active, f func(stem uint32)) {
	for l, h := range s {
		if !on[l] {
			continue
		}
		seen := false
		for m := range l {
			seen = seen || on[m] && s[m] == h
		}
		if !seen {
			f(h)
		}
	}
}

// A spoken is a content word of a question or of a synonym.
type spoken struct {
	surface string // lower case, accents kept
	folded  string
	stems   stems
	asks    bool // one of questionWords
}

// A reader cuts questions into content words. It is not safe for concurrent use.
type reader struct {
	env   *snowballstem.Env
	scan  scanner
	parts []string
	words []spoken
	// language is that of the last text's stop words, "" when they leave it open.
	language string
}

func newReader() *reader { return &reader{env: snowballstem.NewEnv("")} }

// read returns the words of a text without the stop words of the language that
// has more of them in it, or of both when neither has. At most limit words are
// read. The result is valid until the next call.
func (r *reader) read(text string, on active, limit int) []spoken {
	r.scan.text, r.scan.pos = text, 0
	r.parts, r.words = r.parts[:0], r.words[:0]
	for len(r.parts) < limit && r.scan.next() {
		r.parts = split(r.parts, string(r.scan.key))
	}
	var stops active
	stops[fr], stops[en] = r.spokenIn(on)
	for _, part := range r.parts {
		folded := fold(part)
		if folded == "" || stops[fr] && stopWords["fr"][folded] || stops[en] && stopWords["en"][folded] {
			continue
		}
		r.words = append(r.words, spoken{
			surface: part, folded: folded, stems: r.stems(part, folded, on),
			asks: stops[fr] && questionWords["fr"][folded] || stops[en] && questionWords["en"][folded],
		})
	}
	return r.words
}

// spokenIn guesses from its stop words in which languages r.parts is.
func (r *reader) spokenIn(on active) (french, english bool) {
	var nf, ne int
	for _, part := range r.parts {
		folded := fold(part)
		if on[fr] && (stopWords["fr"][folded] || questionWords["fr"][folded]) {
			nf++
		}
		if on[en] && (stopWords["en"][folded] || questionWords["en"][folded]) {
			ne++
		}
	}
	r.language = ""
	if nf > ne {
		r.language = "fr"
	} else if ne > nf {
		r.language = "en"
	}
	return on[fr] && nf >= ne, on[en] && ne >= nf
}

func (r *reader) stems(surface, folded string, on active) stems {
	var s stems
	s[neutral] = hash(folded)
	for l := fr; l < analyses; l++ {
		s[l] = s[neutral]
		if on[l] {
			if st := stem(r.env, surface, analysisNames[l]); st != "" {
				s[l] = hash(st)
			}
		}
	}
	return s
}

// content leaves out question words; the argument's array is used.
func content(words []spoken) []spoken {
	return slices.DeleteFunc(words, func(s spoken) bool { return s.asks })
}
