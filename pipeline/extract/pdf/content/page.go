package content

import (
	"context"

	"github.com/ledongthuc/pdf"

	"freshet/pipeline/extract/pdf/layout"
)

// Pages interprets the pages in their order, at most the first most, and hands each
// to visit, after which its glyphs are gone; all says that there are no more. An error
// is filter.ErrBudget or the cause of ctx.
func (d *Document) Pages(ctx context.Context, most int, visit func(*layout.Page)) (all bool, err error) {
	n := 0
	all = true
	d.pages(ctx, func(v pdf.Value, from inherited) bool {
		if n == most {
			all = false
			return false
		}
		n++
		p := d.page(ctx, v, from)
		p.Number = n
		visit(&p)
		d.spare = p.Glyphs[:0]
		return true
	})
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	return all, d.over
}

// page interprets one page.
func (d *Document) page(ctx context.Context, v pdf.Value, from inherited) layout.Page {
	area := box{0, 0, 612, 792}
	if from.media.Len() == 4 {
		if b := boxOf(from.media); b.x1-b.x0 > 0.1 && b.y1-b.y0 > 0.1 {
			area = b
		}
	}
	if from.crop.Len() == 4 {
		c := boxOf(from.crop)
		c = box{max(c.x0, area.x0), max(c.y0, area.y0), min(c.x1, area.x1), min(c.y1, area.y1)}
		if c.x1-c.x0 > 0.1 && c.y1-c.y0 > 0.1 {
			area = c
		}
	}
	place := matrix{1, 0, 0, 1, -area.x0, -area.y0}
	w, h := area.x1-area.x0, area.y1-area.y0
	switch ((from.rotate % 360) + 360) % 360 {
	case 90:
		place, w, h = place.times(matrix{0, -1, 1, 0, 0, w}), h, w
	case 180:
		place = place.times(matrix{-1, 0, 0, -1, w, h})
	case 270:
		place, w, h = place.times(matrix{0, 1, -1, 0, h, 0}), h, w
	}
	p := layout.Page{Width: w, Height: h, Glyphs: d.spare}
	in := interpreter{doc: d, ctx: ctx, page: &p, state: initial(place), base: place, resources: from.resources}
	d.safely(func() { in.run(d.contents(v.Key("Contents"))) })
	d.safely(func() { in.annotations(v.Key("Annots")) })
	return p
}

// contents joins the streams of a page.
func (d *Document) contents(v pdf.Value) []byte {
	if v.Kind() != pdf.Array {
		return d.data(v)
	}
	var out []byte
	for i := range v.Len() {
		d.safely(func() {
			out = append(out, d.data(v.Index(i))...)
			out = append(out, '\n')
		})
	}
	return out
}

// Flags of annotations that are not shown: ISO 32000-1, table 165.
const (
	annotationHidden = 1 << 1
	annotationNoView = 1 << 5
)

// annotations notes the links and draws the appearances of what lies on the page:
// fields of forms, notes in the text.
func (in *interpreter) annotations(list pdf.Value) {
	for i := range min(list.Len(), 10_000) {
		in.doc.safely(func() { in.annotation(list.Index(i)) })
	}
}

func (in *interpreter) annotation(a pdf.Value) {
	if a.Key("F").Int64()&(annotationHidden|annotationNoView) != 0 {
		return
	}
	rect := boxOf(a.Key("Rect"))
	switch a.Key("Subtype").Name() {
	case "Link":
		if uri := Text(a.Key("A").Key("URI").RawString()); uri != "" {
			r := rect.through(in.base)
			in.page.Links = append(in.page.Links, layout.Link{X0: r.x0, Y0: r.y0, X1: r.x1, Y1: r.y1, URI: uri})
		}
		return
	case "Popup":
		return
	}
	form := a.Key("AP").Key("N")
	if form.Kind() == pdf.Dict {
		form = form.Key(a.Key("AS").Name())
	}
	if form.Kind() != pdf.Stream {
		return
	}
	m := matrixOf(form.Key("Matrix"))
	drawn := boxOf(form.Key("BBox")).through(m)
	if drawn.x1 <= drawn.x0 || drawn.y1 <= drawn.y0 {
		return
	}
	sx, sy := (rect.x1-rect.x0)/(drawn.x1-drawn.x0), (rect.y1-rect.y0)/(drawn.y1-drawn.y0)
	in.state = initial(matrix{sx, 0, 0, sy, rect.x0 - drawn.x0*sx, rect.y0 - drawn.y0*sy}.times(in.base))
	in.stack = nil
	in.form(form)
}
