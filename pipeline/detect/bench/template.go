package bench

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The templates: one file a site. FORMAT.md says how they are written.
//
//go:embed held/*.txt dev/*.txt
var files embed.FS

// A site is one file of templates.
type site struct {
	file, language, base string
	footer               string
	plants               map[string]*planted
	order                []string // of plants
	pages                []*page
}

// planted is the line that declares a plant, and where its marks were found.
type planted struct {
	id, kind, kindOf string // kindOf: the type of the value, or "" of a duplicate
	level            Level
	values           [][]string // different values, each in its forms
	text             string     // of the last mark that had one: what [[id]] repeats
	mentions         []Mention
	language         string
}

// page is a page as it is written, for one choice of its varied words.
type page struct {
	line        int
	title       string
	language    string
	path        []string
	class       string
	modified    int // days ago; -1 lets the seed choose
	facets      map[string][]string
	translation string
	copyOf      string
	edits       [][2]string
	family      string // the unvaried title of a varied page
	body        []string
	vary        []variation
}

type variation struct {
	name   string
	values []string
}

// traps are the lookalikes and what they look like.
func traps() map[string]Kind {
	out := map[string]Kind{}
	for kind, names := range map[Kind]string{
		Conflict:  "plan product year region condition bound same tax translation row archive example total subject sibling history audience moment",
		Expired:   "future past start asof recurring ongoing",
		Duplicate: "family topic",
	} {
		for _, n := range strings.Fields(names) {
			out[n] = kind
		}
	}
	return out
}

func templates(half string) ([]*site, error) {
	if half != Held && half != Dev {
		return nil, fmt.Errorf("there is no half %q: write %q or %q", half, Dev, Held)
	}
	names, err := fs.Glob(files, half+"/*.txt")
	if err != nil {
		return nil, err
	}
	var out []*site
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		s, err := parse(path.Base(name), string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// parse reads a file of templates.
func parse(file, text string) (*site, error) {
	s := &site{file: strings.TrimSuffix(file, ".txt"), plants: map[string]*planted{}}
	var p *page
	for n, line := range strings.Split(text, "\n") {
		var err error
		switch {
		case strings.HasPrefix(line, "%"):
		case strings.HasPrefix(line, "! "):
			err = s.declare(line[2:])
		case strings.HasPrefix(line, "= "):
			p = &page{line: n + 1, title: strings.TrimSpace(line[2:]), language: s.language, modified: -1, class: "faq", facets: map[string][]string{}}
			s.pages = append(s.pages, p)
		case p == nil:
			err = s.header(line)
		case strings.HasPrefix(line, "@ "):
			err = p.attribute(line[2:])
		default:
			p.body = append(p.body, line)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	if s.language != "fr" && s.language != "en" || s.base == "" {
		return nil, fmt.Errorf("the file begins with language: fr or en, and base: the site's address")
	}
	return s, nil
}

func (s *site) header(line string) error {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	key, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch key {
	case "language":
		s.language = value
	case "base":
		s.base = strings.TrimSuffix(value, "/")
	case "footer":
		s.footer = value
	default:
		return fmt.Errorf("%q is no word of a file's head", key)
	}
	return nil
}

// declare reads "id kind [type] [level]: value ~ form | value".
func (s *site) declare(line string) error {
	head, values, _ := strings.Cut(line, ":")
	words := strings.Fields(head)
	if len(words) < 2 {
		return fmt.Errorf("%q does not say what kind it plants", line)
	}
	d := &planted{id: words[0], kind: words[1]}
	for _, w := range words[2:] {
		switch l := Level(w); l {
		case Copy, Reworded, Format, Near, Contained:
			d.level = l
		default:
			d.kindOf = w
		}
	}
	if values = strings.TrimSpace(values); values != "" {
		for v := range strings.SplitSeq(values, " | ") {
			var forms []string
			for f := range strings.SplitSeq(v, " ~ ") {
				forms = append(forms, strings.TrimSpace(f))
			}
			d.values = append(d.values, forms)
		}
	}
	if _, twice := s.plants[d.id]; twice {
		return fmt.Errorf("%s is planted twice", d.id)
	}
	switch _, trap := traps()[d.kind]; {
	case trap:
	case d.kind == string(YesNo):
		d.kindOf = "bool"
		if d.level == "" {
			return fmt.Errorf("%s has no level", d.id)
		}
	case d.kind == string(Expired):
		d.kindOf = "date"
	case d.kind == string(Drift) && d.kindOf != "", (d.kind == string(Conflict) && d.kindOf != "" || d.kind == string(Duplicate)) && d.level != "":
	default:
		return fmt.Errorf("%s: %s needs a type or a level, or is no kind", d.id, d.kind)
	}
	s.plants[d.id], s.order = d, append(s.order, d.id)
	return nil
}

func (p *page) attribute(line string) error {
	key, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch key {
	case "lang":
		p.language = value
	case "path":
		p.path = strings.Split(value, " / ")
	case "class":
		p.class = value
	case "modified":
		days, err := strconv.Atoi(value)
		if err != nil {
			return fmt.Errorf("modified: %q is no number of days", value)
		}
		p.modified = days
	case "facets":
		for f := range strings.SplitSeq(value, "; ") {
			name, v, _ := strings.Cut(f, "=")
			p.facets[name] = strings.Split(v, ", ")
		}
	case "translation":
		p.translation = value
	case "copy":
		p.copyOf = value
	case "edit":
		p.edits = append(p.edits, cutEdits(value)...)
	case "vary":
		name, values, _ := strings.Cut(value, "=")
		p.vary = append(p.vary, variation{strings.TrimSpace(name), splitTrim(values, "|")})
	default:
		return fmt.Errorf("%q is no word of a page's head", key)
	}
	return nil
}

func splitTrim(s, by string) []string {
	out := strings.Split(s, by)
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

// cutEdits reads "old => new; old => new".
func cutEdits(s string) [][2]string {
	var out [][2]string
	for e := range strings.SplitSeq(s, "; ") {
		from, to, _ := strings.Cut(e, "=>")
		out = append(out, [2]string{strings.TrimSpace(from), strings.TrimSpace(to)})
	}
	return out
}

// expand makes of a varied page one page for each choice.
func (p *page) expand() ([]*page, error) {
	if len(p.vary) == 0 {
		return []*page{p}, nil
	}
	var out []*page
	for i := range p.vary[0].values {
		var pairs []string
		for _, v := range p.vary {
			if len(v.values) != len(p.vary[0].values) {
				return nil, fmt.Errorf("page %q: %s has %d values, %s %d", p.title, v.name, len(v.values), p.vary[0].name, len(p.vary[0].values))
			}
			pairs = append(pairs, "{"+v.name+"}", v.values[i])
		}
		r := strings.NewReplacer(pairs...)
		one := *p
		one.family, one.title, one.translation = p.title, r.Replace(p.title), r.Replace(p.translation)
		one.path, one.body = slices.Clone(p.path), slices.Clone(p.body)
		for i := range one.path {
			one.path[i] = r.Replace(one.path[i])
		}
		for i := range one.body {
			one.body[i] = r.Replace(one.body[i])
		}
		one.facets = map[string][]string{}
		for k, vs := range p.facets {
			for _, v := range vs {
				one.facets[k] = append(one.facets[k], r.Replace(v))
			}
		}
		out = append(out, &one)
	}
	return out, nil
}

// mark is [[id: text]], [[id]] or [[id~ old => new]].
var mark = regexp.MustCompile(`\[\[([a-z0-9-]+)(?:(:|~) ?(.*?))?\]\]`)
