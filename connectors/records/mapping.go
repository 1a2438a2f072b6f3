package records

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"maps"
	"net/url"
	"slices"
	"strings"

	"freshet/connectors"
)

// mapping says which field of a record is what of a document.
type mapping struct {
	id, title, url, edit, canonical, locale, group template
	created, modified, owner, class, parent        template
	body, labels, path, access                     []template
	facets, metadata                               []named
	where                                          []condition
	mediaType                                      string
	public, american                               bool
	base                                           *url.URL // relative links start from it; nil for files
}

type named struct {
	name  string
	value template
}

// condition is one filter of where.
type condition struct {
	field  fieldPath
	source string
	want   string
	not    bool // any other value
	any    bool // not empty
}

var mediaTypes = map[string]string{"html": "text/html", "markdown": "text/markdown", "text": "text/plain", "": "text/plain"}

func newMapping(s connectors.Settings, base *url.URL) (*mapping, error) {
	m := &mapping{mediaType: mediaTypes[s.String("body_format")], public: s.Bool("public"), american: s.String("date_order") == "mdy", base: base}
	var err error
	for key, to := range map[string]*template{
		"id": &m.id, "title": &m.title, "url": &m.url, "edit_url": &m.edit, "canonical": &m.canonical, "locale": &m.locale,
		"translation_group": &m.group, "created": &m.created, "modified": &m.modified, "owner": &m.owner, "class": &m.class, "parent": &m.parent,
	} {
		if *to, err = newTemplate(s.String(key)); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	for key, to := range map[string]*[]template{"body": &m.body, "labels": &m.labels, "path": &m.path, "access": &m.access} {
		if *to, err = newTemplates(s.Strings(key)); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	for key, to := range map[string]*[]named{"facets": &m.facets, "metadata": &m.metadata} {
		if *to, err = newNamed(s.Map(key)); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	m.where = newConditions(s.Map("where"))
	switch {
	case m.id.empty():
		return nil, errors.New(`the setting "id" is missing: name the field that identifies a record, such as id: id`)
	case len(m.body) == 0:
		return nil, errors.New(`the setting "body" is missing: name the field that holds the content, such as body: text`)
	case m.public && len(m.access) > 0:
		return nil, errors.New("public and access exclude each other; remove one")
	}
	return m, nil
}

func newNamed(table map[string]string) ([]named, error) {
	var out []named
	for _, name := range slices.Sorted(maps.Keys(table)) {
		t, err := newTemplate(table[name])
		if err != nil {
			return nil, err
		}
		out = append(out, named{name, t})
	}
	return out, nil
}

func newConditions(table map[string]string) []condition {
	var out []condition
	for _, field := range slices.Sorted(maps.Keys(table)) {
		want := table[field]
		c := condition{field: newPath(field), source: field + ": " + want, want: want}
		if rest, ok := strings.CutPrefix(want, "!"); ok {
			c.not, c.want = true, rest
		} else if want == "*" {
			c.any = true
		}
		out = append(out, c)
	}
	return out
}

// holds reports whether the record meets the condition; a list does if one of its
// items does.
func (c condition) holds(record map[string]any) bool {
	have := texts(c.field.in(record))
	if c.any {
		return len(have) > 0
	}
	return slices.Contains(have, strings.TrimSpace(c.want)) != c.not
}

// mapped is what the mapping makes of one record.
type mapped struct {
	id     string
	uri    string
	doc    *connectors.Document // nil if skip or err says why
	skip   connectors.SkipReason
	detail string
	err    error
}

// apply maps one record. It is false if the record has no identifier.
func (m *mapping) apply(record map[string]any) (mapped, bool) {
	id, plain := m.id.text(record, ",")
	if id = strings.TrimSpace(id); id == "" || !plain {
		return mapped{}, false
	}
	out := mapped{id: documentID(id), uri: m.link(m.url, record)}
	for _, c := range m.where {
		if !c.holds(record) {
			out.skip, out.detail = connectors.SkipExcluded, "the filter "+c.source+" leaves it out"
			return out, true
		}
	}
	body, ok := m.content(record)
	switch {
	case !ok:
		out.err = &connectors.Verdict{Reason: "unsupported_body", Detail: "the content is not text but holds objects; name a field with text, HTML or Markdown as body"}
	case strings.TrimSpace(body) == "":
		out.skip = connectors.SkipEmpty
	default:
		out.doc = m.document(out, record, body)
	}
	return out, true
}

func (m *mapping) content(record map[string]any) (string, bool) {
	if len(m.body) == 1 {
		return m.body[0].text(record, "\n")
	}
	var parts []string
	for _, t := range m.body {
		s, ok := t.text(record, "\n")
		if !ok {
			return "", false
		}
		if strings.TrimSpace(s) != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "\n\n"), true
}

// documentID shortens an identifier that is longer than an ID may be; a hash
// keeps it unique.
func documentID(id string) string {
	id = strings.ToValidUTF8(id, "\ufffd")
	if len(id) <= maxIDBytes {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return strings.ToValidUTF8(id[:maxIDBytes-2*len(sum)-1], "") + "~" + hex.EncodeToString(sum[:])
}

// link returns an absolute http or https address, or "".
func (m *mapping) link(t template, record map[string]any) string {
	s := t.link(record)
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	if m.base != nil && !u.IsAbs() {
		u = m.base.ResolveReference(u)
	}
	if u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.String()
}

func (m *mapping) line(t template, record map[string]any) string {
	s, _ := t.text(record, " ")
	s = strings.Join(strings.Fields(s), " ")
	if m.mediaType == "text/html" && strings.Contains(s, "&") {
		s = html.UnescapeString(s)
	}
	if len(s) > maxTitleBytes {
		s = strings.ToValidUTF8(s[:maxTitleBytes], "")
	}
	return s
}
