package records

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"freshet/connectors"
)

// document builds the document of a record with this content.
func (m *mapping) document(of mapped, record map[string]any, body string) *connectors.Document {
	d := &connectors.Document{
		ID: of.id, URI: of.uri, EditURI: m.link(m.edit, record), Canonical: m.link(m.canonical, record),
		Title: m.line(m.title, record), MediaType: m.mediaType,
		Locale: strings.ReplaceAll(m.line(m.locale, record), "_", "-"), TranslationGroup: documentID(m.line(m.group, record)),
		Created: m.date(m.created, record), Modified: m.date(m.modified, record),
		Owner: m.line(m.owner, record), Class: m.line(m.class, record),
		Labels: gather(m.labels, record), Path: gather(m.path, record),
		Facets: m.facetsOf(record), Metadata: m.metadataOf(record), Access: m.accessOf(record),
	}
	if parent, _ := m.parent.text(record, ","); parent != "" {
		d.PartOf = documentID(strings.TrimSpace(parent))
	}
	d.Revision = revision(d, body)
	d.Open = func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
	return d
}

func (m *mapping) date(t template, record map[string]any) time.Time {
	if t.empty() {
		return time.Time{}
	}
	s, _ := t.text(record, " ")
	date, _ := parseDate(s, m.american)
	return date
}

func gather(list []template, record map[string]any) []string {
	var out []string
	for _, t := range list {
		for _, s := range texts(t.value(record)) {
			if !slices.Contains(out, s) && len(out) < maxListItems {
				out = append(out, s)
			}
		}
	}
	return out
}

func (m *mapping) facetsOf(record map[string]any) map[string][]string {
	var out map[string][]string
	for _, f := range m.facets {
		if values := texts(f.value.value(record)); len(values) > 0 {
			if out == nil {
				out = make(map[string][]string, len(m.facets))
			}
			out[f.name] = values
		}
	}
	return out
}

func (m *mapping) metadataOf(record map[string]any) map[string]string {
	var out map[string]string
	for _, f := range m.metadata {
		s, _ := f.value.text(record, ", ")
		if s = strings.TrimSpace(s); s != "" {
			if out == nil {
				out = make(map[string]string, len(m.metadata))
			}
			out[f.name] = strings.ToValidUTF8(s[:min(len(s), maxMetadataBytes)], "")
		}
	}
	return out
}

// accessOf reads who may read. Where the mapping asks for it, a record that does
// not say is shown to nobody.
func (m *mapping) accessOf(record map[string]any) connectors.Access {
	if len(m.access) == 0 {
		if m.public {
			return connectors.Public()
		}
		return connectors.Access{}
	}
	who := []connectors.Principal{}
	for _, s := range gather(m.access, record) {
		sort, name, typed := strings.Cut(s, ":")
		switch {
		case s == "public" || s == "everyone":
			return connectors.Public()
		case typed && name != "" && (sort == "user" || sort == "group" || sort == "domain"):
			who = append(who, connectors.Principal(s))
		case !typed && strings.Contains(s, "@"):
			who = append(who, connectors.Principal("user:"+s))
		}
	}
	return connectors.Access{Known: true, AnyOf: [][]connectors.Principal{who}}
}

// revision is a hash of all that the document says.
func revision(d *connectors.Document, body string) string {
	b := make([]byte, 0, len(body)+1024)
	add := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	list := func(l []string) {
		b = binary.AppendUvarint(b, uint64(len(l)))
		for _, s := range l {
			add(s)
		}
	}
	for _, s := range []string{d.ID, d.URI, d.EditURI, d.Canonical, d.Title, d.MediaType, d.Locale, d.TranslationGroup, d.Owner, d.Class, d.PartOf, body} {
		add(s)
	}
	b = binary.AppendVarint(b, d.Created.UnixMilli())
	b = binary.AppendVarint(b, d.Modified.UnixMilli())
	list(d.Labels)
	list(d.Path)
	for _, name := range slices.Sorted(maps.Keys(d.Facets)) {
		add(name)
		list(d.Facets[name])
	}
	list(nil)
	for _, name := range slices.Sorted(maps.Keys(d.Metadata)) {
		add(name)
		add(d.Metadata[name])
	}
	if d.Access.Known {
		add("known")
		if d.Access.Public {
			add("public")
		}
		for _, any := range d.Access.AnyOf {
			b = binary.AppendUvarint(b, uint64(len(any)))
			for _, p := range any {
				add(string(p))
			}
		}
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
