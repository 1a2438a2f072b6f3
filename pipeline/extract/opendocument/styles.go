package opendocument

import (
	"encoding/xml"
	"strconv"
	"strings"

	"freshet/pipeline/extract/container"
)

// longestChain bounds how many styles are asked one after another for what a style
// does not say itself: a hostile file has circles.
const longestChain = 30

// A style is what is used of one.
type style struct {
	parent  string
	list    string // list style of a paragraph
	outline int    // default outline level of a paragraph
	hidden  bool   // text, a sheet, a slide
	bold    bool
}

// styles are those of a document, by family and name.
type styles struct {
	named    map[string]style      // "paragraph Heading_20_1"
	lists    map[string]*listStyle // by name
	language string                // of paragraphs that do not say otherwise
}

// A listStyle says how the levels of a list are marked.
type listStyle struct{ levels map[int]listLevel }

type listLevel struct {
	ordered, unmarked bool
	start             int
}

func newStyles() *styles {
	return &styles{named: map[string]style{}, lists: map[string]*listStyle{}}
}

func (s *styles) read(d *container.Decoder) error {
	return each(d, func(e xml.StartElement) error {
		switch name(e) {
		case "style:style":
			return s.style(d, e)
		case "style:default-style":
			if container.Attr(e, "style", "family") == "paragraph" {
				return s.defaults(d)
			}
		case "text:list-style":
			return s.listStyle(d, e)
		}
		return d.Skip()
	})
}

func (s *styles) style(d *container.Decoder, e xml.StartElement) error {
	key := container.Attr(e, "style", "family") + " " + container.Attr(e, "style", "name")
	out := style{parent: container.Attr(e, "style", "parent-style-name"), list: container.Attr(e, "style", "list-style-name")}
	out.outline, _ = strconv.Atoi(container.Attr(e, "style", "default-outline-level"))
	err := each(d, func(p xml.StartElement) error {
		switch name(p) {
		case "style:text-properties":
			out.hidden = out.hidden || container.Attr(p, "text", "display") == "none"
			out.bold = container.Attr(p, "fo", "font-weight") == "bold"
		case "style:table-properties":
			out.hidden = out.hidden || container.Attr(p, "table", "display") == "false"
		case "style:drawing-page-properties":
			out.hidden = out.hidden || container.Attr(p, "presentation", "visibility") == "hidden"
		}
		return d.Skip()
	})
	s.named[key] = out
	return err
}

func (s *styles) defaults(d *container.Decoder) error {
	return each(d, func(p xml.StartElement) error {
		if name(p) == "style:text-properties" && s.language == "" {
			language, country := container.Attr(p, "fo", "language"), container.Attr(p, "fo", "country")
			if language != "none" && language != "" {
				s.language = language
				if country != "none" && country != "" {
					s.language += "-" + country
				}
			}
		}
		return d.Skip()
	})
}

func (s *styles) listStyle(d *container.Decoder, e xml.StartElement) error {
	out := &listStyle{levels: map[int]listLevel{}}
	err := each(d, func(l xml.StartElement) error {
		n, _ := strconv.Atoi(container.Attr(l, "text", "level"))
		level := listLevel{start: 1}
		switch name(l) {
		case "text:list-level-style-number":
			level.ordered = container.Attr(l, "style", "num-format") != ""
			level.unmarked = !level.ordered
			if from, err := strconv.Atoi(container.Attr(l, "text", "start-value")); err == nil && from >= 0 {
				level.start = from
			}
		case "text:list-level-style-bullet":
			level.unmarked = strings.TrimSpace(container.Attr(l, "text", "bullet-char")) == ""
		}
		if n > 0 && n <= 10 { // the levels that the standard has
			out.levels[n] = level
		}
		return d.Skip()
	})
	s.lists[container.Attr(e, "style", "name")] = out
	return err
}

// chain calls f for the style and those that it is based on, until f returns true.
func (s *styles) chain(family, name string, f func(name string, s style) bool) {
	for range longestChain {
		st, ok := s.named[family+" "+name]
		if name == "" || f(name, st) || !ok {
			return
		}
		name = st.parent
	}
}

func (s *styles) hidden(family, name string) bool {
	out := false
	s.chain(family, name, func(_ string, st style) bool { out = st.hidden; return out })
	return out
}

// bold reports whether a cell of this style is written in bold.
func (s *styles) bold(cellStyle string) bool {
	out := false
	s.chain("table-cell", cellStyle, func(_ string, st style) bool { out = st.bold; return out })
	return out
}

// A role is what a paragraph is by its style.
type role int

const (
	plain role = iota
	title
	quote
	code
	heading
)

// role returns what a paragraph's style makes of it, and the level of a heading.
func (s *styles) role(styleName string) (role, int) {
	out, level := plain, 0
	s.chain("paragraph", styleName, func(name string, st style) bool {
		switch name {
		case "Title":
			out = title
		case "Quotations":
			out = quote
		case "Preformatted_20_Text":
			out = code
		}
		if strings.HasPrefix(name, "Heading_20_") && st.outline > 0 {
			out, level = heading, st.outline
		}
		return out != plain
	})
	return out, level
}

// level returns how a level of a list is marked.
func (s *styles) level(list string, n int) listLevel {
	if l := s.lists[list]; l != nil {
		if level, ok := l.levels[n]; ok {
			return level
		}
	}
	return listLevel{start: 1}
}
