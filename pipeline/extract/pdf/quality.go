package pdf

import (
	"fmt"
	"strings"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/pdf/layout"
)

// The bounds between readable, doubtful and unreadable.
const (
	doubtfulUnknown   = 0.05 // share of glyphs whose character is not known
	unreadableUnknown = 0.5
	doubtfulStrange   = 0.3 // share of words that no language has
	unreadableStrange = 0.55
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
