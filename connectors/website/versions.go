package website

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"freshet/connectors/website/address"
)

const (
	// maxVersions is how many versions in other languages a page may name; the
	// largest sites have about that many languages.
	maxVersions = 200
	// maxLinkHeader is how much of the Link headers of an answer is read.
	maxLinkHeader = 16 << 10
)

// alternatesOf returns the page's versions in other languages, x-default excluded.
func alternatesOf(doc *goquery.Document, base *url.URL, r address.Resolver) []version {
	var out []version
	doc.Find(`link[rel~="alternate" i][hreflang][href]`).EachWithBreak(func(_ int, s *goquery.Selection) bool {
		out = withVersion(out, s.AttrOr("hreflang", ""), s.AttrOr("href", ""), base, r)
		return len(out) < maxVersions
	})
	return out
}

// alternatesIn returns the versions that the Link headers of an answer name
// (RFC 8288), which files have and pages may have.
func alternatesIn(header http.Header, u *url.URL, r address.Resolver) []version {
	var out []version
	rest := strings.Join(header.Values("Link"), ",")
	rest = rest[:min(len(rest), maxLinkHeader)]
	for len(out) < maxVersions {
		_, after, ok := strings.Cut(rest, "<")
		if !ok {
			break
		}
		ref, after, ok := strings.Cut(after, ">")
		if !ok {
			break
		}
		var tag, rel string
		for {
			var name, value string
			if name, value, after, ok = parameter(after); !ok {
				break
			}
			switch {
			case name == "hreflang" && tag == "":
				tag = value
			case name == "rel" && rel == "":
				rel = value
			}
		}
		if slices.Contains(strings.Fields(strings.ToLower(rel)), "alternate") && tag != "" {
			out = withVersion(out, tag, ref, u, r)
		}
		rest = after
	}
	return out
}

// parameter reads one ;name=value of a Link header.
func parameter(s string) (name, value, rest string, ok bool) {
	s = strings.TrimLeft(s, " \t")
	if !strings.HasPrefix(s, ";") {
		return "", "", s, false
	}
	s = s[1:]
	i := strings.IndexAny(s, "=;,")
	if i < 0 || s[i] != '=' {
		if i < 0 {
			i = len(s)
		}
		return strings.ToLower(strings.TrimSpace(s[:i])), "", s[i:], true
	}
	name, s = strings.ToLower(strings.TrimSpace(s[:i])), strings.TrimLeft(s[i+1:], " \t")
	if strings.HasPrefix(s, `"`) {
		value, s, _ = strings.Cut(s[1:], `"`)
		return name, value, s, true
	}
	if i = strings.IndexAny(s, ";,"); i < 0 {
		i = len(s)
	}
	return name, strings.TrimSpace(s[:i]), s[i:], true
}

func withVersion(list []version, tag, ref string, base *url.URL, r address.Resolver) []version {
	if locale := localeOfTag(tag); locale != "" {
		if u, err := r.Resolve(base, ref); err == nil {
			return append(list, version{tag: locale, id: u.String()})
		}
	}
	return list
}

// groupOf names the group of translations that a page belongs to: the first of
// their addresses, which each of them names alike. "" if it stands alone.
func groupOf(versions []version, self string) string {
	group, alone := self, true
	for _, v := range versions {
		alone = alone && v.id == self
		group = min(group, v.id)
	}
	if alone {
		return ""
	}
	return group
}

// ownLocale returns the language under which a page names itself.
func ownLocale(versions []version, self string) string {
	for _, v := range versions {
		if v.id == self {
			return v.tag
		}
	}
	return ""
}

// claim is what one page says of another, of which it says that it is its version
// in another language. It counts where that one names no versions itself. The first
// page in a language that does so is believed: a site whose every page names the
// start page as its translation is mistaken.
type claim struct {
	told
	By string `json:"b,omitempty"` // the page that says so, or the one that it is of: that speaks for itself
	In string `json:"i,omitempty"` // its language
}

func claimKey(id string) string { return "told:" + id }

// claimOn returns what was said of a page in this pull or in earlier ones.
func (s *session) claimOn(ctx context.Context, id string) (claim, error) {
	var c claim
	text, err := s.pos.Memory().Get(ctx, claimKey(id))
	if err != nil {
		return c, fmt.Errorf("asking what was said of %.200q: %w", id, err)
	}
	if text != "" && json.Unmarshal([]byte(text), &c) != nil {
		return claim{}, nil // damaged
	}
	return c, nil
}

func (s *session) note(id string, c claim) error {
	said, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("writing what is said of %.200q: %w", id, err)
	}
	if len(said) <= maxNote {
		s.pos.Memory().Set(claimKey(id), string(said))
	}
	return nil
}

// tell notes what a page says of its versions in other languages, for those that say
// nothing themselves. on is what was said of the page.
func (s *session) tell(ctx context.Context, id string, p page, on claim) error {
	switch {
	case s.pos == nil:
		return nil
	case p.group == "":
		if on.By == id {
			s.pos.Memory().Set(claimKey(id), "")
		}
		return nil
	case on.By != id:
		if err := s.note(id, claim{By: id}); err != nil {
			return err
		}
	}
	for _, v := range p.versions {
		if v.id == id || !s.site.InScope(v.id) {
			continue
		}
		old, err := s.claimOn(ctx, v.id)
		if err != nil {
			return err
		}
		mine := claim{told: told{Locale: v.tag, Group: p.group}, By: id, In: p.locale}
		others := old.By != "" && old.By != id
		if old == mine || others && (old.By == v.id || old.In == mine.In || old.Group <= mine.Group) {
			continue
		}
		if err := s.note(v.id, mine); err != nil {
			return err
		}
	}
	return nil
}

// with adds what another page says of a page to what the sitemaps do.
func (t told) with(id string, c claim) told {
	if c.By == id {
		return t
	}
	if t.Locale == "" {
		t.Locale = c.Locale
	}
	if t.Group == "" || c.Group != "" && c.Group < t.Group {
		t.Group = c.Group
	}
	return t
}

// markOf returns the mark in a revision, or "".
func markOf(revision string) string {
	if i := strings.IndexByte(revision, '-'); i >= 0 {
		return revision[i:]
	}
	return ""
}
