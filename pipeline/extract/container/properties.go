package container

import (
	"context"
	"encoding/xml"
	"errors"
	"io/fs"
	"strings"
	"time"

	"freshet/pipeline/extract"
)

// longestProperty bounds the value of a property, in bytes.
const longestProperty = 2_000

// Properties reads what an Office Open XML file says of itself (docProps/core.xml):
// title, author, subject, keywords, description, language, created and modified, the
// last two as RFC 3339. Properties that are empty or cannot be read are left out, and a
// file without them has none. Errors are verdicts or the cause of ctx.
func (f *Files) Properties(ctx context.Context) (map[string]string, error) {
	d, err := f.XML(ctx, f.corePart(ctx))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	err = d.Elements(func(e xml.StartElement) error {
		name := propertyName(e.Name)
		if name == "" {
			return nil
		}
		value, err := d.Text()
		if err == nil {
			SetProperty(all, name, value)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

func (f *Files) corePart(ctx context.Context) string {
	rels, err := f.Relationships(ctx, "")
	if err == nil {
		for _, r := range rels {
			if r.Type == "core-properties" && !r.External {
				return r.Target
			}
		}
	}
	return "docProps/core.xml"
}

func propertyName(n xml.Name) string {
	switch n.Space + ":" + n.Local {
	case "dc:title":
		return "title"
	case "dc:creator":
		return "author"
	case "dc:subject":
		return "subject"
	case "dc:description":
		return "description"
	case "dc:language":
		return "language"
	case "cp:keywords":
		return "keywords"
	case "dcterms:created":
		return "created"
	case "dcterms:modified":
		return "modified"
	}
	return ""
}

// SetProperty puts one property into all as Text.Properties keeps it: folded, cut to a
// sensible length, dates ("created", "modified") as RFC 3339. An empty value, or a date
// that is none, is left out.
func SetProperty(all map[string]string, name, value string) {
	value = extract.Fold(value)
	if name == "created" || name == "modified" {
		value = rfc3339(value)
	}
	if len(value) > longestProperty {
		value = strings.ToValidUTF8(value[:longestProperty], "")
	}
	if value != "" {
		all[name] = value
	}
}

// rfc3339 reads the dates of Dublin Core and OpenDocument; those without a zone are
// taken as UTC.
func rfc3339(s string) string {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 0 {
			return t.Truncate(time.Second).Format(time.RFC3339)
		}
	}
	return ""
}
