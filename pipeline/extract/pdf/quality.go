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

// A sight counts what the glyphs of pages say about their text.
type sight struct{ pages, pictures, glyphs, unknown int }

func (s *sight) add(p *layout.Page) {
	s.pages++
	shown := false
	for i := range p.Glyphs {
		g := &p.Glyphs[i]
		if g.Unknown {
			s.unknown++
		}
		shown = shown || !g.Unknown && strings.TrimSpace(g.Text) != ""
	}
	s.glyphs += len(p.Glyphs)
	if !shown && (p.Images > 0 || len(p.Glyphs) > 0) {
		s.pictures++
	}
}

func (s *sight) quality() extract.Quality {
	q := extract.Quality{Pages: s.pages, NeedOCR: s.pictures}
	if s.glyphs > 0 {
		q.Unknown = float64(s.unknown) / float64(s.glyphs)
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
