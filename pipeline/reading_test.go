package pipeline

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

func TestReadingOptionsFollowTheSourcesSettings(t *testing.T) {
	d := &connectors.Document{MediaType: "text/html", URI: "https://example.org/a", Title: "listed", Locale: "fr"}
	bare := extract.Options{MediaType: "text/html", URI: "https://example.org/a", Locale: "fr"}
	with := func(change func(*extract.Options)) extract.Options {
		o := bare
		change(&o)
		return o
	}
	for name, c := range map[string]struct {
		settings map[string]any
		want     extract.Options
	}{
		"none":                 {nil, bare},
		"one selector":         {map[string]any{"drop": ".a"}, with(func(o *extract.Options) { o.Drop = []string{".a"} })},
		"a list from YAML":     {map[string]any{"drop": []any{".a", "#b"}, "select": "main"}, with(func(o *extract.Options) { o.Drop, o.Select = []string{".a", "#b"}, "main" })},
		"comments off":         {map[string]any{"comments": "off"}, with(func(o *extract.Options) { o.WithoutComments = true })},
		"comments no, in YAML": {map[string]any{"comments": false}, with(func(o *extract.Options) { o.WithoutComments = true })},
		"comments on":          {map[string]any{"comments": "on"}, bare},
		"templates are no way": {map[string]any{"templates": "off"}, bare},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, ReadingOptions(d, c.settings)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
