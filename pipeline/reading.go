package pipeline

import (
	"fmt"
	"maps"

	"freshet/connectors"
	"freshet/index/catalog"
	"freshet/pipeline/extract"
)

// The keys of a source's extract options.
const (
	// extractTemplates says whether what stands on most of a source's pages is left
	// out of passages: "on" or "off"; by default as its kind says.
	extractTemplates = "templates"
	// extractComments says whether what reviewers noted beside cells and slides is
	// read: "on", which is the default, or "off".
	extractComments = "comments"
)

// ReadingOptions are how the content of d is read with a source's extract options:
// drop, select and comments. The listed title is left out: a new title is a change
// of details, not of the text.
func ReadingOptions(d *connectors.Document, options map[string]any) extract.Options {
	o := extract.Options{MediaType: d.MediaType, URI: d.URI, Locale: d.Locale}
	switch drop := options["drop"].(type) {
	case string:
		o.Drop = []string{drop}
	case []string:
		o.Drop = drop
	case []any:
		for _, x := range drop {
			o.Drop = append(o.Drop, fmt.Sprint(x))
		}
	}
	o.Select, _ = options["select"].(string)
	on, said := switched(options[extractComments])
	o.WithoutComments = said && !on
	return o
}

// readingSettings are those of a source's extract options that shape its texts, and
// not only its passages.
func readingSettings(s *catalog.Source) map[string]any {
	out := maps.Clone(s.Extract)
	delete(out, extractTemplates)
	return out
}

// switched reads a setting that is on or off; said is false when it is neither. YAML
// has it as a word or as a truth value, by version.
func switched(v any) (on, said bool) {
	switch v := v.(type) {
	case bool:
		return v, true
	case string:
		return v == "on", v == "on" || v == "off"
	}
	return false, false
}
