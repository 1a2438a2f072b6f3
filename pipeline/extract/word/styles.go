package word

import (
	"context"
	"strconv"
	"strings"

	"freshet/pipeline/extract/container"
)

const (
	// stylesMost bounds the styles that are kept; text in others is read as plain.
	stylesMost = 20_000
	// basedOnMost bounds a chain of styles; Word itself makes none near it.
	basedOnMost = 50
)

// A role is what a paragraph's style makes of it.
type role uint8

const (
	roleText role = iota
	roleHeading
	roleTitle
	roleCode
	roleQuote
	roleCaption
	roleContents // an entry of a table of contents
	roleList     // belongs to a list, numbered or not
)

// A style as it is written.
type style struct {
	name, basedOn string
	outline       int // 0 to 8: a heading of that level, from 0; 9: text; none: not said
	num           numRef
	vanish, bold  tristate
	mono          tristate
	resolved      *look
}

// A look is what a style comes to with all it is based on.
type look struct {
	role   role
	level  int // of a heading, from 1
	num    numRef
	vanish bool
	bold   bool
	mono   bool
}

const none = -1

type tristate uint8

const (
	unsaid tristate = iota
	yes
	no
)

func said(on bool) tristate {
	if on {
		return yes
	}
	return no
}

// or returns t where it says something, else other.
func (t tristate) or(other bool) bool {
	if t == unsaid {
		return other
	}
	return t == yes
}

type styles struct {
	byID      map[string]*style
	paragraph string // default paragraph style
	language  string
	plain     look
}

// readStyles reads the style part; a document without one has plain text only.
func readStyles(ctx context.Context, files *container.Files, part string) (*styles, error) {
	s := &styles{byID: map[string]*style{}}
	d, err := optional(files.XML(ctx, part))
	if d == nil {
		return s, err
	}
	err = eachElement(d, func(e element) error {
		switch {
		case e.is("w", "docDefaults"):
			return children(d, func(e element) error { return s.defaults(d, e) })
		case e.is("w", "latentStyles"):
			return d.Skip()
		case e.is("w", "style"):
			return s.add(d, e)
		}
		return nil
	})
	return s, err
}

// defaults looks for the language that text has if nothing else is said.
func (s *styles) defaults(d *container.Decoder, e element) error {
	if e.is("w", "lang") {
		s.language = e.val()
	}
	return children(d, func(e element) error { return s.defaults(d, e) })
}

func (s *styles) add(d *container.Decoder, e element) error {
	kind, id := e.attr("type"), e.attr("styleId")
	if kind == "table" || id == "" || len(s.byID) >= stylesMost {
		return d.Skip()
	}
	st := &style{outline: none}
	isDefault := e.attr("default")
	if kind == "paragraph" && (isDefault == "1" || isDefault == "true" || isDefault == "on") {
		s.paragraph = id
	}
	s.byID[id] = st
	return children(d, func(e element) error {
		switch {
		case e.is("w", "name"):
			st.name = strings.ToLower(e.val())
		case e.is("w", "basedOn"):
			st.basedOn = e.val()
		case e.is("w", "pPr"):
			return children(d, func(e element) error { return st.paragraphProperty(d, e) })
		case e.is("w", "rPr"):
			return children(d, func(e element) error { return st.runProperty(d, e) })
		}
		return d.Skip()
	})
}

func (st *style) paragraphProperty(d *container.Decoder, e element) error {
	switch {
	case e.is("w", "outlineLvl"):
		st.outline = outline(e.val())
	case e.is("w", "numPr"):
		return st.num.read(d)
	}
	return d.Skip()
}

func (st *style) runProperty(d *container.Decoder, e element) error {
	switch {
	case e.is("w", "vanish"):
		st.vanish = said(e.on())
	case e.is("w", "b"):
		st.bold = said(e.on())
	case e.is("w", "rFonts"):
		if f := fontOf(e); f != "" {
			st.mono = said(monospaced(f))
		}
	}
	return d.Skip()
}

func outline(val string) int {
	n, err := strconv.Atoi(val)
	if err != nil || n < 0 || n > 9 {
		return none
	}
	return n
}

func fontOf(e element) string {
	if f := e.attr("ascii"); f != "" {
		return f
	}
	return e.attr("hAnsi")
}

// monospaced knows the fonts that programs are written in.
func monospaced(font string) bool {
	f := strings.ToLower(font)
	switch f {
	case "consolas", "menlo", "monaco", "lucida console", "andale mono", "cascadia code", "fira code", "source code pro", "inconsolata", "fixedsys", "terminal":
		return true
	}
	return strings.HasPrefix(f, "courier") || strings.HasSuffix(f, " mono") || strings.Contains(f, " mono ")
}

// look returns what the paragraph style of that id comes to, "" being the default.
func (s *styles) look(id string) *look {
	if id == "" {
		id = s.paragraph
	}
	st := s.byID[id]
	if st == nil {
		return &s.plain
	}
	if st.resolved == nil {
		st.resolved = s.resolve(st, id)
	}
	return st.resolved
}

// resolve follows the styles that st is based on. The nearest that says something wins;
// a style that says "text" ends the headings above it.
func (s *styles) resolve(st *style, id string) *look {
	l := &look{}
	vanish, bold, mono := unsaid, unsaid, unsaid
	decided := false
	for range basedOnMost {
		if !decided {
			l.role, l.level, decided = st.roleAndLevel(id)
		}
		if !l.num.said {
			l.num = st.num
			l.num.style = id
		}
		vanish, bold, mono = first(vanish, st.vanish), first(bold, st.bold), first(mono, st.mono)
		id = st.basedOn
		if st = s.byID[id]; st == nil {
			break
		}
	}
	l.vanish, l.bold, l.mono = vanish == yes, bold == yes, mono == yes
	return l
}

func first(a, b tristate) tristate {
	if a == unsaid {
		return b
	}
	return a
}

// roleAndLevel judges one style by its name, its id and its outline level.
func (st *style) roleAndLevel(id string) (r role, level int, decided bool) {
	if r, level = namedRole(st.name); r == roleText {
		r, level = namedRole(strings.ToLower(id))
	}
	switch {
	case r == roleHeading && st.outline >= 0 && st.outline < 9:
		return roleHeading, st.outline + 1, true
	case r != roleText:
		return r, level, true
	case st.outline == 9:
		return roleText, 0, true
	case st.outline >= 0:
		return roleHeading, st.outline + 1, true
	}
	return roleText, 0, false
}

// namedRole knows the names that Word, LibreOffice, Google Docs and Pandoc give to
// styles, with the names of headings in the languages of Word.
func namedRole(name string) (role, int) {
	switch name {
	case "title", "titre", "titel", "título", "titulo", "titolo", "cover title":
		return roleTitle, 1
	case "source code", "html preformatted", "html code", "code", "code block", "preformatted text", "htmlpreformatted", "sourcecode", "macro text", "verbatim":
		return roleCode, 0
	case "quote", "intense quote", "block text", "citation", "quotations", "intensequote", "blockquote", "block quote":
		return roleQuote, 0
	case "caption", "légende", "legende", "beschriftung", "table caption", "figure caption", "image caption", "tablecaption":
		return roleCaption, 0
	case "toc heading", "tocheading", "table of figures", "tableoffigures", "table des illustrations":
		return roleContents, 0
	}
	stem := strings.TrimRight(name, "0123456789")
	digits := name[len(stem):]
	stem = strings.TrimRight(stem, " _-")
	if len(digits) == 1 && digits != "0" {
		switch stem {
		case "heading", "titre", "überschrift", "berschrift", "título", "titulo", "ttulo", "titolo", "kop", "rubrik", "overskrift", "otsikko", "nagłówek", "nagwek", "nadpis", "заголовок", "címsor", "başlık", "標題", "标题", "見出し", "제목":
			return roleHeading, int(digits[0] - '0')
		case "toc", "contents", "table of contents", "tm", "verzeichnis":
			return roleContents, 0
		}
	}
	if strings.HasPrefix(stem, "list ") || strings.HasPrefix(stem, "list") && name != "list" && digits != "" || name == "listparagraph" || name == "paragraphe de liste" {
		return roleList, 0
	}
	return roleText, 0
}
