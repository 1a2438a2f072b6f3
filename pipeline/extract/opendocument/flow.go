package opendocument

import (
	"encoding/xml"
	"errors"
	"io/fs"
	"path"
	"strings"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
)

// A flow is text that runs on: a body, a cell, an item, a text box.
type flow struct {
	blocks []extract.Block
	body   bool   // it is the document's own: footnotes follow their block here
	list   string // style of the list around it
	level  int    // of that list, 0 outside of lists
	cell   bool   // it is in a cell, where pictures stand for words
}

func (r *reader) text(d *container.Decoder) error {
	r.t.Way, r.t.Why = "odt", "it is an OpenDocument text"
	body := flow{body: true}
	if err := r.flow(d, &body); err != nil {
		return err
	}
	r.t.Blocks = append(r.t.Blocks, body.blocks...)
	return nil
}

// add appends blocks, and in the body the footnotes that they call.
func (r *reader) add(f *flow, blocks ...extract.Block) {
	f.blocks = append(f.blocks, blocks...)
	if f.body {
		f.blocks = append(f.blocks, r.notes...)
		r.notes = r.notes[:0]
	}
}

// flow reads what is in the element that was begun last.
func (r *reader) flow(d *container.Decoder, f *flow) error {
	return each(d, func(e xml.StartElement) error { return r.element(d, f, e) })
}

func (r *reader) element(d *container.Decoder, f *flow, e xml.StartElement) error {
	switch name(e) {
	case "text:p":
		return r.paragraph(d, f, e)
	case "text:h":
		return r.heading(d, f, e)
	case "text:list":
		return r.list(d, f, e)
	case "table:table":
		return r.table(d, f)
	case "text:section":
		if container.Attr(e, "text", "display") == "none" || container.Attr(e, "text", "is-hidden") == "true" {
			return d.Skip()
		}
		return r.flow(d, f)
	case "text:tracked-changes", "text:table-of-content", "text:illustration-index", "text:table-index", "text:object-index", "text:user-index",
		"text:alphabetical-index", "office:annotation", "office:forms", "office:event-listeners", "text:sequence-decls", "text:variable-decls",
		"text:user-field-decls", "text:alphabetical-index-auto-mark-file", "text:dde-connection-decls", "text:bibliography-source",
		"presentation:header-decl", "presentation:footer-decl", "presentation:date-time-decl", "table:calculation-settings", "table:content-validations",
		"draw:layer-set", "draw:image", "draw:plugin", "draw:floating-frame", "draw:applet", "draw:glue-point", "draw:enhanced-geometry":
		return d.Skip()
	}
	switch e.Name.Space {
	case "draw":
		return r.shape(d, f, e)
	case "svg":
		return r.description(d, f)
	}
	if e.Name.Space == "text" || e.Name.Space == "office" {
		return r.flow(d, f)
	}
	return d.Skip()
}

func (r *reader) paragraph(d *container.Decoder, f *flow, e xml.StartElement) error {
	p := run{cell: f.cell}
	if err := r.inline(d, &p); err != nil {
		return err
	}
	styleName := container.Attr(e, "text", "style-name")
	text := p.String()
	if text == "" || r.styles.hidden("paragraph", styleName) {
		r.add(f, p.after...)
		return nil
	}
	kind, level := r.styles.role(styleName)
	b := extract.Block{Kind: extract.Paragraph, Text: text}
	switch kind {
	case title:
		b.Kind, b.Level = extract.Heading, 1
		if r.t.Title == "" && !r.titled {
			r.t.Title = strings.ReplaceAll(text, "\n", " ")
		}
		r.titled = true
	case heading:
		b.Kind, b.Level = extract.Heading, r.headingLevel(level)
	case quote:
		b.Kind = extract.Quote
	case code:
		b.Kind, b.Text = extract.Code, extract.FoldCode(p.b.String())
		if n := len(f.blocks); n > 0 && f.blocks[n-1].Kind == extract.Code && len(r.notes) == 0 && len(p.after) == 0 {
			f.blocks[n-1].Text += "\n" + b.Text
			return nil
		}
	}
	r.add(f, append([]extract.Block{b}, p.after...)...)
	return nil
}

func (r *reader) heading(d *container.Decoder, f *flow, e xml.StartElement) error {
	var p run
	if err := r.inline(d, &p); err != nil {
		return err
	}
	level := number(container.Attr(e, "text", "outline-level"), 1)
	if text := p.String(); text != "" && !r.styles.hidden("paragraph", container.Attr(e, "text", "style-name")) {
		r.add(f, extract.Block{Kind: extract.Heading, Level: r.headingLevel(level), Text: strings.ReplaceAll(text, "\n", " ")})
	}
	r.add(f, p.after...)
	return nil
}

// headingLevel puts headings below the title, if there is one.
func (r *reader) headingLevel(outline int) int {
	if r.titled {
		outline++
	}
	return min(max(outline, 1), 10)
}

// shape reads the text of a frame, a drawing or a group of them.
func (r *reader) shape(d *container.Decoder, f *flow, e xml.StartElement) error {
	if container.Attr(e, "presentation", "placeholder") == "true" {
		return d.Skip()
	}
	switch container.Attr(e, "presentation", "class") {
	case "header", "footer", "date-time", "page-number":
		return d.Skip()
	}
	if name(e) == "draw:object" {
		return r.object(d, f, e)
	}
	inner := flow{cell: f.cell}
	if err := r.flow(d, &inner); err != nil {
		return err
	}
	r.add(f, inner.blocks...)
	return nil
}

// longDescription is the length, in bytes, above which what is said of a picture is
// more than a word for it.
const longDescription = 200

// description takes what is said of a picture in a cell: "yes" behind a tick.
// Elsewhere it repeats what the text says, or a program made it up.
func (r *reader) description(d *container.Decoder, f *flow) error {
	s, err := d.Text()
	if s = extract.Fold(s); f.cell && s != "" && len(s) <= longDescription {
		f.blocks = append(f.blocks, extract.Block{Kind: extract.Paragraph, Text: s})
	}
	return unexpected(err)
}

// deepestObject is how many documents within each other are opened.
const deepestObject = 2

// object reads the data of a chart that is embedded; formulas are left to those who
// see them.
func (r *reader) object(d *container.Decoder, f *flow, e xml.StartElement) error {
	if r.t.Way == "ods" {
		return d.Skip() // it shows what stands in the cells
	}
	href := strings.TrimPrefix(container.Attr(e, "xlink", "href"), "./")
	if r.files == nil || href == "" || strings.Contains(href, ":") || r.objects >= deepestObject {
		return each(d, func(inner xml.StartElement) error {
			if name(inner) == "office:document" { // in flat XML it stands here
				return r.chart(d, f)
			}
			return d.Skip()
		})
	}
	if err := d.Skip(); err != nil {
		return err
	}
	part, err := r.files.XML(r.ctx, path.Join(href, "content.xml"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	r.objects++
	defer func() { r.objects-- }()
	for {
		token, err := part.Token()
		if err != nil {
			return ignoreEnd(err)
		}
		if start, ok := token.(xml.StartElement); ok && name(start) == "office:body" {
			if err := r.chart(part, f); err != nil {
				return err
			}
		}
	}
}

// chart finds the title and the table of data in a chart.
func (r *reader) chart(d *container.Decoder, f *flow) error {
	caption := ""
	var found flow
	var look func(e xml.StartElement) error
	look = func(e xml.StartElement) error {
		switch {
		case name(e) == "table:table":
			return r.table(d, &found)
		case e.Name.Local == "title" || e.Name.Local == "subtitle":
			s, err := d.Text()
			caption = strings.TrimSpace(caption + " " + extract.Fold(s))
			return unexpected(err)
		case e.Name.Local == "axis" || e.Name.Local == "math":
			return d.Skip()
		}
		return each(d, look)
	}
	if err := each(d, look); err != nil {
		return err
	}
	for i := range found.blocks {
		if found.blocks[i].Kind == extract.Table && found.blocks[i].Lead == "" {
			found.blocks[i].Lead = caption
		}
	}
	r.add(f, found.blocks...)
	return nil
}
