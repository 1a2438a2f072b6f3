package opendocument

import (
	"encoding/xml"
	"net/url"
	"strconv"
	"strings"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
)

// A run collects the text of one paragraph.
type run struct {
	b     strings.Builder
	after []extract.Block // of frames that are anchored in it
	cell  bool            // it stands in a cell
}

// String returns the text with its line breaks.
func (p *run) String() string {
	lines := strings.Split(p.b.String(), "\n")
	out := lines[:0]
	for _, l := range lines {
		if l = extract.Fold(l); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

// hardBreak stands for a line break, since line feeds in the XML are spaces.
const hardBreak = "\n"

// inline reads the content of a paragraph, heading or span.
func (r *reader) inline(d *container.Decoder, p *run) error {
	for {
		token, err := d.Token()
		if err != nil {
			return unexpected(err)
		}
		switch t := token.(type) {
		case xml.CharData:
			for i, line := range strings.Split(string(t), "\n") {
				if i > 0 {
					p.b.WriteByte(' ')
				}
				p.b.WriteString(line)
			}
		case xml.StartElement:
			if err := r.inlineElement(d, p, t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

func (r *reader) inlineElement(d *container.Decoder, p *run, e xml.StartElement) error {
	switch name(e) {
	case "text:s", "text:tab":
		p.b.WriteByte(' ')
	case "text:line-break":
		p.b.WriteString(hardBreak)
	case "text:soft-page-break":
	case "text:span":
		if !r.styles.hidden("text", container.Attr(e, "text", "style-name")) {
			return r.inline(d, p)
		}
	case "text:a":
		return r.link(d, p, e)
	case "text:note":
		return r.note(d, p)
	case "text:ruby-text", "text:script", "office:annotation", "text:note-citation", "office:forms",
		"presentation:header", "presentation:footer", "presentation:date-time", "text:page-number", "text:page-count":
	case "text:hidden-text", "text:hidden-paragraph":
		if container.Attr(e, "text", "is-hidden") != "true" {
			return r.inline(d, p)
		}
	default:
		if e.Name.Space == "draw" {
			return r.anchored(d, p, e)
		}
		return r.inline(d, p) // fields show what they hold
	}
	return d.Skip()
}

// link keeps the text of a link where it is, and its address beside.
func (r *reader) link(d *container.Decoder, p *run, e xml.StartElement) error {
	from := p.b.Len()
	if err := r.inline(d, p); err != nil {
		return err
	}
	uri := r.address(container.Attr(e, "xlink", "href"))
	if uri == "" || len(r.t.Links) >= r.limits.Links {
		return nil
	}
	r.t.Links = append(r.t.Links, extract.Link{Text: extract.Fold(p.b.String()[from:]), URI: uri})
	return nil
}

// address returns an absolute address, "" for places within the document and files
// beside it.
func (r *reader) address(href string) string {
	u, err := url.Parse(strings.TrimSpace(href))
	if err != nil || href == "" || strings.HasPrefix(href, "#") {
		return ""
	}
	if r.base != nil {
		u = r.base.ResolveReference(u)
	}
	switch u.Scheme {
	case "http", "https", "mailto":
		return u.String()
	}
	return ""
}

// note puts the call of a footnote into the text and the note behind the block.
func (r *reader) note(d *container.Decoder, p *run) error {
	label := ""
	var body flow
	err := each(d, func(e xml.StartElement) error {
		switch name(e) {
		case "text:note-citation":
			s, err := d.Text()
			label = extract.Fold(s)
			return unexpected(err)
		case "text:note-body":
			return r.flow(d, &body)
		}
		return d.Skip()
	})
	if err != nil {
		return err
	}
	text := flat(body.blocks, "\n")
	if label == "" {
		label = "*"
	}
	if text != "" {
		p.b.WriteString("[" + label + "]")
		r.notes = append(r.notes, extract.Block{Kind: extract.Paragraph, Text: "[" + label + "] " + text})
	}
	return nil
}

// anchored reads a frame or shape that stands in a paragraph.
func (r *reader) anchored(d *container.Decoder, p *run, e xml.StartElement) error {
	f := flow{cell: p.cell}
	if err := r.shape(d, &f, e); err != nil {
		return err
	}
	p.after = append(p.after, f.blocks...)
	return nil
}

// flat writes blocks as the text of a cell, an item or a note: what stands on lines of
// its own is joined by sep, items by a semicolon where that is a space.
func flat(blocks []extract.Block, sep string) string {
	between := sep
	if sep == " " {
		between = "; "
	}
	var parts []string
	for i := range blocks {
		b := &blocks[i]
		parts = append(parts, b.Lead, b.Text, strings.Join(itemLines(nil, b.Items, b.Ordered, max(b.Start, 1)), between))
		for _, row := range b.Rows {
			parts = append(parts, strings.Join(row, " "))
		}
	}
	out := parts[:0]
	for _, l := range parts {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, sep)
}

// itemLines lists items with those in them, numbers before those that have one.
func itemLines(lines []string, items []extract.Item, ordered bool, first int) []string {
	for i := range items {
		text := items[i].Text
		if ordered {
			text = strconv.Itoa(first+i) + ". " + text
		}
		lines = itemLines(append(lines, text), items[i].Items, items[i].Ordered, 1)
	}
	return lines
}
