package formats

import (
	"testing"

	"freshet/pipeline/extract"
)

func TestSeparatedValuesAreToldFromProse(t *testing.T) {
	const values, prose = "Name;Price;Stock\nSalt;1,5;3\nOil;2;4\n", "Salt, oil, tea.\nRice, rum, gin.\nBread, wine, milk.\n"
	for name, c := range map[string]struct {
		content string
		o       extract.Options
		way     string
	}{
		"declared":                  {values, extract.Options{MediaType: "text/csv"}, "csv"},
		"named":                     {values, extract.Options{URI: "file:///a.csv"}, "csv"},
		"named, declared as text":   {values, extract.Options{MediaType: "text/plain; charset=utf-8", URI: "https://x.example/a.tsv?b"}, "csv"},
		"as browsers on Windows do": {values, extract.Options{MediaType: "application/vnd.ms-excel", URI: "a.csv"}, "csv"},
		"in UTF-16":                 {"\xff\xfea\x00;\x00b\x00\n\x001\x00;\x002\x00", extract.Options{MediaType: "text/csv"}, "csv"},
		"of no name":                {values, extract.Options{}, "csv"},
		"prose of no name":          {prose, extract.Options{}, extract.WayText},
		"declared as text":          {values, extract.Options{MediaType: "text/plain"}, extract.WayText},
		"a page under that name":    {"<!doctype html><html><body><p>A page, not values</p></body></html>", extract.Options{URI: "a.csv"}, extract.WayBody},
	} {
		t.Run(name, func(t *testing.T) {
			if text := extractString(t, c.content, c.o); text.Way != c.way {
				t.Errorf("read as %s: %q", text.Way, text.Plain())
			}
		})
	}
}
