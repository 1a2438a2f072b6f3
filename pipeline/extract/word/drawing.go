package word

import (
	"context"
	"encoding/xml"
	"strings"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/chart"
	"freshet/pipeline/extract/container"
	"freshet/pipeline/extract/numbers"
)

// drawing looks for text boxes, charts and diagrams in a picture or shape; their blocks
// follow the paragraph. A shape can hold further shapes.
func (r *reader) drawing(p *paragraph) error {
	d := r.part.d
	return children(d, func(e element) error {
		switch {
		case e.is("c", "chart"):
			if err := r.chart(p, r.part.inner(e.relation("id"))); err != nil {
				return err
			}
			return d.Skip()
		case e.is("dgm", "relIds"):
			if err := r.diagram(p, r.part.inner(e.relation("dm"))); err != nil {
				return err
			}
			return d.Skip()
		case !e.is("w", "txbxContent"):
			return r.drawing(p)
		}
		fields := r.part.fields
		r.part.fields = nil
		out := &flow{r: r, inner: true}
		err := r.body(out)
		r.part.fields = fields
		if err != nil {
			return err
		}
		blocks, err := out.finish()
		p.boxes = append(p.boxes, blocks...)
		return err
	})
}

// chart adds the table that a chart draws. One that cannot be read is left out: the
// text stands without it.
func (r *reader) chart(p *paragraph, part string) error {
	if part == "" || r.drawn[part] {
		return nil
	}
	r.markDrawn(part)
	format := numbers.New(numbers.Style{French: strings.HasPrefix(r.language, "fr")})
	blocks, err := chart.Read(r.ctx, r.files, part, format, max(r.options.Limits.Cells-r.places, 1))
	if err != nil {
		return r.grave(err)
	}
	for i := range blocks {
		for _, row := range blocks[i].Rows {
			r.places += len(row)
		}
	}
	p.boxes = append(p.boxes, blocks...)
	return nil
}

// diagram adds the points of a diagram (SmartArt) as a list, in the order in which
// they were made.
func (r *reader) diagram(p *paragraph, part string) error {
	if part == "" || r.drawn[part] {
		return nil
	}
	r.markDrawn(part)
	d, err := r.files.XML(r.ctx, part)
	if err != nil {
		return r.grave(err)
	}
	var items []extract.Item
	err = eachElement(d, func(e element) error {
		if !e.is("dgm", "pt") {
			return nil
		}
		switch container.Attr(xml.StartElement(e), "", "type") {
		case "", "node", "asst":
		default:
			return d.Skip()
		}
		text, err := d.Text()
		if text = extract.Fold(text); text != "" && len(items) < r.options.Limits.Nodes {
			items = append(items, extract.Item{Text: text})
		}
		return err
	})
	if len(items) > 0 {
		p.boxes = append(p.boxes, extract.Block{Kind: extract.List, Items: items})
	}
	return r.grave(err)
}

// markDrawn has a chart or diagram told once, however often it is shown.
func (r *reader) markDrawn(part string) {
	if r.drawn == nil {
		r.drawn = map[string]bool{}
	}
	r.drawn[part] = true
}

// grave is err if reading has to end for it: a limit was reached, or the time is up. A
// part beside the text that is missing or damaged is not.
func (r *reader) grave(err error) error {
	if r.ctx.Err() != nil {
		return context.Cause(r.ctx)
	}
	if v := connectors.AsVerdict(err); v != nil && v.Reason == connectors.VerdictTooLarge {
		return err
	}
	return nil
}
