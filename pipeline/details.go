package pipeline

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
)

// Longest texts that are kept of what a source says about a document; longer ones
// are cut.
const (
	maxID       = 2048
	maxTitle    = 1024
	maxURI      = 4096
	maxRevision = 1024
	maxLabels   = 100
)

// detailsOf takes over what the source lists, within limits.
func detailsOf(d *connectors.Document, s *catalog.Source, kind *connectors.Kind) catalog.Details {
	out := catalog.Details{
		URI: clean(d.URI, maxURI), EditURI: clean(d.EditURI, maxURI), Canonical: clean(d.Canonical, maxURI), Title: clean(d.Title, maxTitle),
		MediaType: clean(d.MediaType, 255), Locale: clean(d.Locale, 35), TranslationGroup: clean(d.TranslationGroup, maxURI),
		Created: milli(d.Created), Modified: milli(d.Modified), Owner: clean(d.Owner, 320), Class: clean(d.Class, 64),
		ReviewEvery: d.ReviewEvery, Access: d.Access, PartOf: clean(d.PartOf, maxID), Metadata: d.Metadata,
	}
	out.Path = cleanAll(d.Path)
	out.Labels = cleanAll(d.Labels)
	if len(d.Facets) > 0 {
		out.Facets = make(map[string][]string, len(d.Facets))
		for name, values := range d.Facets {
			out.Facets[clean(name, 64)] = cleanAll(values)
		}
	}
	if !out.Access.Known && kind.PublicByDefault {
		out.Access = connectors.Public()
	}
	return out
}

// milli is the precision that the catalog keeps.
func milli(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}

func cleanAll(list []string) []string {
	if len(list) > maxLabels {
		list = list[:maxLabels]
	}
	var out []string
	for _, s := range list {
		if s = clean(s, maxTitle); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func clean(s string, limit int) string {
	s = strings.TrimSpace(strings.ToValidUTF8(s, "�"))
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "")
	}
	return s
}

func digest(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("settings hold only plain values: " + err.Error())
	}
	return index.HashTexts("digest/1", string(b)).String()
}
