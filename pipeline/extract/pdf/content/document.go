// Package content interprets the pages of a PDF file: which glyphs they show, where.
package content

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ledongthuc/pdf"

	"freshet/pipeline/extract/pdf/filter"
	"freshet/pipeline/extract/pdf/font"
	"freshet/pipeline/extract/pdf/layout"
)

// A Document is an open file. It is for one goroutine.
type Document struct {
	// Damaged: something in the file could not be read, or not as it should be.
	Damaged bool

	reader  *pdf.Reader
	catalog pdf.Value
	budget  *filter.Budget
	over    error // the budget is used up
	fonts   map[string]*font.Font
	forms   map[string][]byte
	kept    int // bytes in forms
	hidden  map[string]bool
	glyphs  int            // still allowed
	spare   []layout.Glyph // room for the glyphs of the next page
}

// maxGlyphs is what one document may show; more are left out.
const maxGlyphs = 32 << 20

// keptForms is how many bytes of forms are kept decoded, as pages repeat them.
const keptForms = 16 << 20

// Open opens data. The inflated bytes of all streams count against budget.
func Open(data []byte, budget *filter.Budget) (d *Document, err error) {
	defer func() {
		if x := recover(); x != nil {
			d, err = nil, fmt.Errorf("open the file: %v", x)
		}
	}()
	r, err := pdf.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	d = &Document{reader: r, catalog: r.Trailer().Key("Root"), budget: budget, glyphs: maxGlyphs,
		fonts: map[string]*font.Font{}, forms: map[string][]byte{}}
	if d.catalog.Key("Pages").Kind() != pdf.Dict {
		return nil, errors.New("open the file: it has no page tree")
	}
	d.hide()
	return d, nil
}

// hide notes which layers are off.
func (d *Document) hide() {
	d.hidden = map[string]bool{}
	c := d.catalog.Key("OCProperties").Key("D")
	list := func(key string, off bool) {
		for i := range c.Key(key).Len() {
			d.hidden[c.Key(key).Index(i).String()] = off
		}
	}
	list("OFF", true)
	list("ON", false)
}

// safely runs f; a panic of the library, which it has for what is malformed, makes
// the document a damaged one.
func (d *Document) safely(f func()) {
	defer func() {
		if x := recover(); x != nil {
			d.Damaged = true
		}
	}()
	f()
}

// data returns what a stream holds, as far as it can be read.
func (d *Document) data(v pdf.Value) (out []byte) {
	d.safely(func() {
		if d.over != nil || v.Kind() != pdf.Stream {
			return
		}
		b, err := d.budget.All(v.Reader())
		if errors.Is(err, filter.ErrBudget) {
			d.over = err
			return
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) || len(b) == 0 && v.Key("Length").Int64() > 0 {
			d.Damaged = true
		}
		out = b
	})
	return out
}

// font returns the font v; fonts that say the same are one.
func (d *Document) font(v pdf.Value) *font.Font {
	key := v.String()
	f := d.fonts[key]
	if f == nil {
		d.safely(func() { f = font.Load(v, d.data) })
		d.fonts[key] = f
	}
	return f
}

// form returns the content of a form; key names it.
func (d *Document) form(v pdf.Value, key string) []byte {
	b, ok := d.forms[key]
	if !ok {
		b = d.data(v)
		if d.kept += len(b); d.kept <= keptForms {
			d.forms[key] = b
		}
	}
	return b
}

// inherited is what a page takes from the nodes above it.
type inherited struct {
	resources, media, crop pdf.Value
	rotate                 int
	above                  []string // the nodes above, to find a tree that holds itself
}

// maxTree is how deep the tree of pages may be.
const maxTree = 64

// pages calls visit for each page, until it returns false.
func (d *Document) pages(ctx context.Context, visit func(page pdf.Value, from inherited) bool) {
	nodes := 0
	var walk func(v pdf.Value, from inherited) bool
	walk = func(v pdf.Value, from inherited) (more bool) {
		more = true
		if nodes++; ctx.Err() != nil || d.over != nil {
			return false
		}
		d.safely(func() {
			from = from.with(v)
			kids := v.Key("Kids")
			if kids.Kind() != pdf.Array {
				if v.Kind() == pdf.Dict {
					more = visit(v, from)
				}
				return
			}
			name := v.String()
			for _, a := range from.above {
				if a == name {
					d.Damaged = true
					return
				}
			}
			if len(from.above) >= maxTree || nodes > 1<<20 {
				d.Damaged = true
				return
			}
			from.above = append(from.above, name)
			for i := 0; more && i < kids.Len(); i++ {
				d.safely(func() { more = walk(kids.Index(i), from) })
			}
		})
		return more
	}
	walk(d.catalog.Key("Pages"), inherited{})
}

func (f inherited) with(v pdf.Value) inherited {
	if r := v.Key("Resources"); r.Kind() == pdf.Dict {
		f.resources = r
	}
	if b := v.Key("MediaBox"); b.Len() == 4 {
		f.media = b
	}
	if b := v.Key("CropBox"); b.Len() == 4 {
		f.crop = b
	}
	if r := v.Key("Rotate"); r.Kind() == pdf.Integer || r.Kind() == pdf.Real {
		f.rotate = int(r.Float64())
	}
	f.above = f.above[:len(f.above):len(f.above)]
	return f
}

// Info returns an entry of the document's information dictionary, "" when it is not
// there.
func (d *Document) Info(key string) (s string) {
	d.safely(func() { s = Text(d.reader.Trailer().Key("Info").Key(key).RawString()) })
	return s
}

// Language is what the catalog says, "" when it says nothing.
func (d *Document) Language() (s string) {
	d.safely(func() { s = strings.TrimSpace(Text(d.catalog.Key("Lang").RawString())) })
	return s
}
