package pipeline

import (
	"maps"
	"strings"
	"time"

	"freshet/index/catalog"
	"freshet/pipeline/extract"
)

// oldestBelieved is the first date that the properties of a document may give: what
// is older comes from clocks and programs that were never set.
var oldestBelieved = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

// toldProperties are those that metadata takes over, where the source says nothing
// under the same name.
var toldProperties = [...]string{"author", "subject", "keywords"}

// describe fills in what the document's own properties say and the source does not.
func describe(d *catalog.Details, text *extract.Text, now time.Time) {
	d.Form, _, _ = strings.Cut(text.Version, "/")
	if d.Created.IsZero() {
		d.Created = believed(text.Properties["created"], now)
	}
	if d.Modified.IsZero() {
		d.Modified = believed(text.Properties["modified"], now)
	}
	var told map[string]string
	for _, name := range toldProperties {
		value := clean(extract.Fold(text.Properties[name]), maxTitle)
		if value == "" || d.Metadata[name] != "" {
			continue
		}
		if told == nil {
			told = make(map[string]string, len(d.Metadata)+1)
			maps.Copy(told, d.Metadata) // the source's own map is not written to
		}
		told[name] = value
	}
	if told != nil {
		d.Metadata = told
	}
}

// believed reads a date of a document's properties; the zero time when it is none,
// lies in the future, or before oldestBelieved.
func believed(text string, now time.Time) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.After(now) || t.Before(oldestBelieved) {
		return time.Time{}
	}
	return milli(t)
}

// asListed takes out of a document's details what effective took from its text, so
// that another text can fill it in: of what is kept nobody knows who said it, unless
// it is what that text says.
func asListed(d catalog.Details, text *extract.Text, id string, now time.Time) catalog.Details {
	filled := effective(catalog.Details{URI: d.URI}, text, id, now)
	if d.Title == filled.Title {
		d.Title = ""
	}
	if d.Locale == filled.Locale {
		d.Locale = ""
	}
	if d.Created.Equal(filled.Created) {
		d.Created = time.Time{}
	}
	if d.Modified.Equal(filled.Modified) {
		d.Modified = time.Time{}
	}
	d.Form = ""
	kept := maps.Clone(d.Metadata)
	maps.DeleteFunc(kept, func(name, value string) bool { return filled.Metadata[name] == value })
	if d.Metadata = kept; len(kept) == 0 {
		d.Metadata = nil
	}
	return d
}
