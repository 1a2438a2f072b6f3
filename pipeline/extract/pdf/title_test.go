package pdf

import (
	"testing"

	"freshet/pipeline/extract"
)

func TestTheTitleIsShownOnTheFirstPage(t *testing.T) {
	heading := func(level, page int, text string) extract.Block {
		return extract.Block{Kind: extract.Heading, Level: level, Page: page, Text: text}
	}
	for name, c := range map[string]struct {
		blocks []extract.Block
		want   string
	}{
		"behind a smaller one":  {[]extract.Block{heading(3, 1, "Front cover"), heading(1, 1, "Row access\ncontrol"), heading(1, 1, "Second")}, "Row access control"},
		"on the second page":    {[]extract.Block{{Kind: extract.Paragraph, Page: 1, Text: "Dear Sir"}, heading(1, 2, "Annex")}, ""},
		"of a lower level only": {[]extract.Block{heading(2, 1, "Terms")}, ""},
		"none":                  {nil, ""},
	} {
		if got := shownTitle(c.blocks); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	for title, not := range map[string]bool{"Microsoft Word - tarifs.doc": true, "slides.odp": true, "Tarifs 2026": false, "ab": true} {
		if noTitle(title) != not {
			t.Errorf("noTitle(%q) is %v", title, !not)
		}
	}
}
