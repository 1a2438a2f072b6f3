package sitemap

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"freshet/connectors/website/address"
)

// metered lets a decoder read no more than MaxElement between two tokens. It is an
// io.ByteReader, so the decoder does not read ahead.
type metered struct {
	b    *bufio.Reader
	left int
}

func (m *metered) ReadByte() (byte, error) {
	if m.left--; m.left < 0 {
		return 0, limit("one of its elements is larger than %d KB", MaxElement>>10)
	}
	return m.b.ReadByte()
}

func (m *metered) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c, err := m.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = c
	return 1, nil
}

// decoder reads XML as lenient readers do: an ampersand that begins no entity
// stands for itself, and an element that is not closed ends with its parent.
func decoder(m *metered) *xml.Decoder {
	d := xml.NewDecoder(m)
	d.Strict = false
	d.Entity = xml.HTMLEntity
	// What is read is UTF-8 already, whatever its prolog says.
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return d
}

// scan is the reading of one <urlset> or <sitemapindex>.
type scan struct {
	*lister
	path     []string // of local names: namespaces and prefixes come in all forms
	text     strings.Builder
	loc      string
	modified string
	found    []Alternate
}

func (l *lister) xml(b *bufio.Reader) (File, error) {
	m := &metered{b: b, left: MaxElement}
	d := decoder(m)
	root, err := rootOf(d, m)
	if err != nil {
		return File{}, err
	}
	switch strings.ToLower(root.Name.Local) {
	case "urlset":
		l.file.Kind = KindSitemap
	case "sitemapindex":
		l.file.Kind = KindIndex
	case "rss", "rdf", "feed":
		return l.xmlFeed(root, b)
	default:
		return File{}, ErrOther
	}
	s := scan{lister: l, path: []string{root.Name.Local}}
	for len(s.path) > 0 {
		m.left = MaxElement
		token, err := d.Token()
		if err == nil {
			err = s.take(token)
		}
		if err != nil {
			return l.file, malformed(err)
		}
	}
	return l.file, nil
}

// rootOf reads up to the first element.
func rootOf(d *xml.Decoder, m *metered) (xml.StartElement, error) {
	for {
		m.left = MaxElement
		token, err := d.Token()
		switch {
		case err == io.EOF:
			return xml.StartElement{}, ErrOther
		case err != nil:
			return xml.StartElement{}, malformed(err)
		}
		if e, ok := token.(xml.StartElement); ok {
			return e, nil
		}
	}
}

func malformed(err error) error {
	var over *LimitError
	if errors.As(err, &over) {
		return over
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("reading its XML: %w", err)
}

func (s *scan) take(token xml.Token) error {
	switch token := token.(type) {
	case xml.StartElement:
		if len(s.path) >= MaxNesting {
			return limit("its elements are nested more than %d deep", MaxNesting)
		}
		s.path = append(s.path, token.Name.Local)
		s.text.Reset()
		return s.begin(token)
	case xml.CharData:
		if s.text.Len() < 2*address.MaxLength {
			s.text.Write(token)
		}
	case xml.EndElement:
		err := s.end(strings.TrimSpace(s.text.String()))
		s.path = s.path[:len(s.path)-1]
		s.text.Reset()
		return err
	}
	return nil
}

// in reports whether the innermost element is name within parent.
func (s *scan) in(parent, name string) bool {
	n := len(s.path)
	return n >= 2 && s.path[n-1] == name && s.path[n-2] == parent
}

func (s *scan) begin(e xml.StartElement) error {
	switch {
	case e.Name.Local == "url" || e.Name.Local == "sitemap":
		if len(s.path) == 2 {
			s.loc, s.modified, s.found = "", "", nil
		}
	case s.in("url", "link"), s.in("sitemap", "link"):
		return s.link(e.Attr)
	}
	return nil
}

func (s *scan) link(attrs []xml.Attr) error {
	var href, rel, tag string
	for _, a := range attrs {
		switch a.Name.Local {
		case "href":
			href = a.Value
		case "rel":
			rel = a.Value
		case "hreflang":
			tag = a.Value
		}
	}
	if tag == "" || !strings.EqualFold(strings.TrimSpace(rel), "alternate") {
		return nil // <link rel="alternate" media=...> names the same page for small screens
	}
	if s.in("sitemap", "link") {
		return s.reference(href, Modified{})
	}
	a, ok, err := s.alternate(tag, href)
	if ok {
		s.found = append(s.found, a)
	}
	return err
}

func (s *scan) end(text string) error {
	switch {
	case s.in("url", "loc"), s.in("sitemap", "loc"):
		if s.loc == "" {
			s.loc = text
		}
	case s.in("url", "lastmod"), s.in("sitemap", "lastmod"):
		s.modified = text
	case len(s.path) == 2 && s.path[1] == "url":
		m, _ := ParseModified(s.modified)
		return s.entry(Entry{Modified: m, Alternates: s.found}, s.loc)
	case len(s.path) == 2 && s.path[1] == "sitemap":
		m, _ := ParseModified(s.modified)
		return s.reference(s.loc, m)
	}
	return nil
}
