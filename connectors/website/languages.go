package website

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// told is what others than a page itself say about its language: sitemaps, and
// pages that name it as their version in another language.
type told struct {
	Locale string `json:"l,omitempty"` // BCP 47
	Group  string `json:"g,omitempty"` // the first address of its translations
}

// mark tells apart what a document was read with: it is part of the document's
// revision, so that a page that has not changed is read again when what others say
// of it has.
func (t told) mark() string {
	if t == (told{}) {
		return ""
	}
	h := sha256.Sum256([]byte(t.Locale + "\n" + t.Group))
	return "-" + hex.EncodeToString(h[:4])
}

// complete adds to what a page says of itself.
func (t told) complete(p page) page {
	if p.locale == "" {
		p.locale = t.Locale
	}
	if p.group == "" || t.Group != "" && t.Group < p.group {
		p.group = t.Group
	}
	return p
}

const (
	toldKey = "told"
	// maxToldNotes bounds the notes of what sitemaps say: at about 20 bytes a page,
	// more than maxAddresses need.
	maxToldNotes = 2000
	maxToldText  = 128 << 20
)

func toldPart(n int) string { return fmt.Sprintf("told.%d", n) }

// toldNotes says how many notes hold what the sitemaps said, and what they hold.
type toldNotes struct {
	Parts int    `json:"n,omitempty"`
	Sum   string `json:"s,omitempty"`
}

// keepTold keeps what the sitemaps say of languages for the rest of the pass and for
// the feed.
func (s *session) keepTold(ctx context.Context, said map[string]told) error {
	s.told = said
	var lines []string
	for id, t := range said {
		if s.site.InScope(id) {
			lines = append(lines, id+"\t"+t.Locale+"\t"+t.Group)
		}
	}
	slices.Sort(lines)
	packed, err := s.packer.pack(lines)
	if err != nil {
		return err
	}
	memory := s.pos.Memory()
	old, err := s.toldNotes(ctx)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(packed))
	now := toldNotes{Parts: (len(packed) + maxNote - 1) / maxNote, Sum: hex.EncodeToString(sum[:8])}
	if now.Parts > maxToldNotes || now.Parts == 0 {
		now, packed = toldNotes{}, ""
	}
	if now == old {
		return nil
	}
	text, err := json.Marshal(now)
	if err != nil {
		return fmt.Errorf("writing the languages that the sitemaps tell of: %w", err)
	}
	memory.Set(toldKey, string(text))
	for i := range max(now.Parts, old.Parts) {
		memory.Set(toldPart(i), packed[min(len(packed), i*maxNote):min(len(packed), (i+1)*maxNote)])
	}
	return nil
}

func (s *session) toldNotes(ctx context.Context) (toldNotes, error) {
	var n toldNotes
	text, err := s.pos.Memory().Get(ctx, toldKey)
	if err != nil {
		return n, fmt.Errorf("asking what the sitemaps said of languages: %w", err)
	}
	if text == "" || json.Unmarshal([]byte(text), &n) != nil || n.Parts < 0 || n.Parts > maxToldNotes {
		return toldNotes{}, nil
	}
	return n, nil
}

// recallTold brings back what keepTold kept. What is damaged counts as not said.
func (s *session) recallTold(ctx context.Context) error {
	n, err := s.toldNotes(ctx)
	if err != nil {
		return err
	}
	var packed strings.Builder
	for i := range n.Parts {
		part, err := s.pos.Memory().Get(ctx, toldPart(i))
		if err != nil {
			return fmt.Errorf("asking what the sitemaps said of languages: %w", err)
		}
		packed.WriteString(part)
	}
	s.told = map[string]told{}
	lines, err := s.packer.unpackUpTo(packed.String(), maxToldText)
	if err != nil {
		return nil
	}
	for _, line := range lines {
		if f := strings.Split(line, "\t"); len(f) == 3 {
			s.told[f[0]] = told{Locale: f[1], Group: f[2]}
		}
	}
	return nil
}

// version is a page in one language, as something names it.
type version struct{ tag, id string }

// localeOfTag returns a hreflang value as BCP 47, or "" for x-default and what is no
// language.
func localeOfTag(tag string) string {
	t, err := language.Parse(strings.ReplaceAll(strings.TrimSpace(tag), "_", "-"))
	if err != nil || t == language.Und || strings.HasPrefix(strings.ToLower(tag), "x-") {
		return ""
	}
	return t.String()
}

// translations collects which pages sitemaps call translations of one another. The
// zero value is empty. It is not for several goroutines.
type translations struct {
	locale map[string]string // of an address, as it is first named
	sets   [][]string        // addresses named together, sorted
	have   map[string]bool   // sets, joined
}

// add notes that a page has versions. Every page of a group usually names all of
// them, itself too, so that most sets come many times.
func (t *translations) add(id string, versions []version) {
	if len(versions) == 0 {
		return
	}
	if t.locale == nil {
		t.locale, t.have = map[string]string{}, map[string]bool{}
	}
	set := []string{id}
	for _, v := range versions {
		locale := localeOfTag(v.tag)
		if locale == "" {
			continue // x-default is one of the others, or a page to choose one
		}
		if _, ok := t.locale[v.id]; !ok {
			t.locale[v.id] = locale
		}
		set = append(set, v.id)
	}
	slices.Sort(set)
	set = slices.Compact(set)
	if joined := strings.Join(set, "\n"); len(set) > 1 && !t.have[joined] {
		t.have[joined] = true
		t.sets = append(t.sets, set)
	}
}

// told returns what the sitemaps say of each page that has a group or a language.
// A group holds one page a language: where many pages name the same page as their
// translation, such as the start page, the first set that does so has it, in the
// order of addresses. So the answer depends on what was said and on nothing else.
func (t *translations) told() map[string]told {
	slices.SortFunc(t.sets, slices.Compare)
	g := groups{parent: map[string]string{}, members: map[string]map[string]string{}, locale: t.locale}
	for _, set := range t.sets {
		for _, id := range set[1:] {
			g.join(set[0], id)
		}
	}
	out := make(map[string]told, len(t.locale))
	for id, locale := range t.locale {
		out[id] = told{Locale: locale}
	}
	for id := range g.parent {
		root := g.root(id)
		if len(g.members[root]) > 1 {
			out[id] = told{Locale: t.locale[id], Group: root}
		}
	}
	return out
}

// groups are disjoint sets of addresses with one member a language each. The root of
// each is the first of its addresses.
type groups struct {
	parent  map[string]string
	members map[string]map[string]string // of a root: address by language
	locale  map[string]string
}

func (g *groups) root(id string) string {
	if _, ok := g.parent[id]; !ok {
		g.parent[id] = id
		g.members[id] = map[string]string{g.locale[id]: id}
	}
	for g.parent[id] != id {
		g.parent[id] = g.parent[g.parent[id]]
		id = g.parent[id]
	}
	return id
}

// join makes one group of those of two addresses, unless it would hold two pages in
// one language.
func (g *groups) join(a, b string) {
	a, b = g.root(a), g.root(b)
	if a == b {
		return
	}
	if b < a {
		a, b = b, a
	}
	for locale := range g.members[b] {
		if _, both := g.members[a][locale]; both {
			return
		}
	}
	for locale, id := range g.members[b] {
		g.members[a][locale] = id
	}
	delete(g.members, b)
	g.parent[b] = a
}

// languageCount is how many pages there are in one language.
type languageCount struct {
	Language string // BCP 47 without a region: "fr"
	Name     string // "French"
	Pages    int
}

// languages returns how many of the listed pages are in which language, the most
// first: by what the sitemaps say, else by the language that begins the path or the
// host's name ("/fr/", "fr.example.org"), where at least two languages do. Pages of
// which neither tells are not counted.
func (l listed) languages() []languageCount {
	byTag, byPlace := map[string]int{}, map[string]int{}
	for _, id := range l.pages {
		if locale := l.told[id].Locale; locale != "" {
			base, _, _ := strings.Cut(locale, "-")
			byTag[base]++
		} else if base := languageOfPlace(id); base != "" {
			byPlace[base]++
		}
	}
	if len(byPlace) > 1 || len(byTag) > 0 {
		for base, n := range byPlace {
			if len(byPlace) > 1 || byTag[base] > 0 {
				byTag[base] += n
			}
		}
	}
	out := make([]languageCount, 0, len(byTag))
	for base, n := range byTag {
		out = append(out, languageCount{Language: base, Name: languageName(base), Pages: n})
	}
	slices.SortFunc(out, func(a, b languageCount) int {
		return cmp.Or(cmp.Compare(b.Pages, a.Pages), strings.Compare(a.Language, b.Language))
	})
	return out
}

// summary says how many pages are listed in which language: "412 pages in French and
// 398 in English". Without languages it is "810 pages".
func (l listed) summary() string {
	const most = 5 // languages that are named
	counts := l.languages()
	total := len(l.pages)
	if len(counts) == 0 {
		return pages(total)
	}
	var parts []string
	left := total
	for i, c := range counts[:min(len(counts), most)] {
		n := grouped(c.Pages)
		if i == 0 {
			n = pages(c.Pages)
		}
		parts = append(parts, n+" in "+c.Name)
		left -= c.Pages
	}
	if left > 0 {
		parts = append(parts, fmt.Sprintf("%d others", left))
		if left == 1 {
			parts[len(parts)-1] = "1 other"
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

// languageOfPlace returns the language that an address begins with, or "".
func languageOfPlace(id string) string {
	u, err := url.Parse(id)
	if err != nil {
		return ""
	}
	segment, _, _ := strings.Cut(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	host, _, _ := strings.Cut(u.Hostname(), ".")
	for _, word := range []string{segment, host} {
		base, region, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(word), "_", "-"), "-")
		if _, known := languageNames[base]; known && (region == "" || len(region) == 2 || len(region) == 4) {
			return base
		}
	}
	return ""
}

func languageName(base string) string {
	if name, ok := languageNames[base]; ok {
		return name
	}
	return fmt.Sprintf("the language %q", base)
}

// languageNames are the languages that addresses are looked at for, by their English
// names: those of ISO 639-1 in which websites are common.
var languageNames = map[string]string{
	"ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German",
	"el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fr": "French",
	"ga": "Irish", "gl": "Galician", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "is": "Icelandic",
	"it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "ms": "Malay", "mt": "Maltese", "nb": "Norwegian Bokmål",
	"nl": "Dutch", "nn": "Norwegian Nynorsk", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
	"sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "ta": "Tamil", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu",
	"vi": "Vietnamese", "zh": "Chinese",
}
