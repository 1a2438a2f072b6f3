package files

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"freshet/connectors"
)

// meta is what a front matter says of its document.
type meta struct {
	title, locale, owner, class string
	address, edit, canonical    string
	group                       string
	labels                      []string
	created, modified           time.Time
	review                      time.Duration
	facets                      map[string][]string
	access                      connectors.Access
	draft                       bool
	more                        map[string]string
	problems                    []string
}

const maxMetadata = 50 // keys kept beside those that have a meaning

// newMeta reads the keys that have a meaning; others with plain values become
// metadata. A value that cannot be understood is passed over and named under the
// metadata key front_matter_problems, but for access, where it shuts the
// document.
func newMeta(values map[string]any) meta {
	m := meta{more: map[string]string{}}
	keys := make([]string, 0, len(values))
	for k := range values {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		m.set(strings.ToLower(k), values[k])
	}
	return m
}

func (m *meta) set(key string, v any) {
	switch key {
	case "title":
		m.title = text(v)
	case "labels", "tags", "categories", "keywords":
		m.labels = append(m.labels, texts(v)...)
	case "locale", "lang", "language":
		m.locale = strings.ReplaceAll(text(v), "_", "-")
	case "owner":
		m.owner = text(v)
	case "class", "type":
		m.class = text(v)
	case "date", "created", "created_at":
		m.date(key, v, &m.created)
	case "updated", "modified", "lastmod", "last_modified", "updated_at":
		m.date(key, v, &m.modified)
	case "review_every":
		d, err := connectors.ParseDuration(text(v))
		if err != nil {
			m.problem(key, err.Error())
		}
		m.review = d
	case "facets":
		m.setFacets(v)
	case "url", "permalink", "link":
		m.link(key, v, &m.address)
	case "edit_url":
		m.link(key, v, &m.edit)
	case "canonical", "canonical_url":
		m.link(key, v, &m.canonical)
	case "translation_group", "translation_key", "translationkey":
		m.group = text(v)
	case "draft":
		m.draft = m.draft || isTrue(v)
	case "published":
		m.draft = m.draft || isFalse(v)
	case "access":
		m.setAccess(v)
	default:
		if t := text(v); t != "" && len(m.more) < maxMetadata {
			m.more[key] = t
		}
	}
}

func (m *meta) problem(key, why string) { m.problems = append(m.problems, key+": "+why) }

func (m *meta) date(key string, v any, to *time.Time) {
	t, ok := parseDate(v)
	if !ok {
		m.problem(key, fmt.Sprintf("%.40q is not a date; write 2026-03-31", text(v)))
		return
	}
	*to = t
}

func (m *meta) link(key string, v any, to *string) {
	u, err := url.Parse(strings.TrimSpace(text(v)))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		m.problem(key, "it is not an address that begins with https://")
		return
	}
	*to = u.String()
}

func (m *meta) setFacets(v any) {
	table, ok := v.(map[string]any)
	if !ok {
		m.problem("facets", "write names and values, such as product: mobile")
		return
	}
	m.facets = make(map[string][]string, len(table))
	for k, x := range table {
		if list := texts(x); len(list) > 0 {
			m.facets[k] = list
		}
	}
}

// setAccess understands "public" and a list of principals. What it does not
// understand lets nobody in.
func (m *meta) setAccess(v any) {
	list := texts(v)
	if len(list) == 1 && (list[0] == "public" || list[0] == "everyone") {
		m.access = connectors.Public()
		return
	}
	any := []connectors.Principal{}
	for _, p := range list {
		sort, name, ok := strings.Cut(p, ":")
		if !ok || name == "" || sort != "user" && sort != "group" && sort != "domain" {
			m.problem("access", fmt.Sprintf("%.40q is not public, user:…, group:… or domain:…", p))
			continue
		}
		any = append(any, connectors.Principal(p))
	}
	m.access = connectors.Access{Known: true, AnyOf: [][]connectors.Principal{any}}
}

func (m *meta) apply(d *connectors.Document) {
	d.Title, d.Owner, d.Class, d.EditURI, d.Canonical = m.title, m.owner, m.class, m.edit, m.canonical
	d.Labels, d.Facets, d.Access, d.ReviewEvery = m.labels, m.facets, m.access, m.review
	d.Created = m.created
	if m.address != "" {
		d.URI = m.address
	}
	if m.locale != "" {
		d.Locale = m.locale
	}
	if m.group != "" {
		d.TranslationGroup = m.group
	}
	if !m.modified.IsZero() {
		d.Modified = m.modified
	}
	if len(m.problems) > 0 {
		m.more["front_matter_problems"] = strings.Join(m.problems, "; ")
	}
	if len(m.more) > 0 {
		d.Metadata = m.more
	}
}
