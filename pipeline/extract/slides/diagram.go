package slides

import (
	"cmp"
	"encoding/xml"
	"slices"
	"strconv"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
)

// diagramMost is how deep the points of a diagram are nested at most.
const diagramMost = 20

// A diagram is SmartArt: points with texts, and which point belongs below which.
type diagram struct {
	texts map[string]string
	root  string
	below map[string][]branch
	left  int // points that may still be written: a point can be below two others
}

type branch struct {
	id    string
	order int
}

// diagram reads a diagram as a list.
func (d *deck) diagram(part string) (*extract.Block, error) {
	g := diagram{texts: map[string]string{}, below: map[string][]branch{}}
	err := d.elements(part, func(x *container.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "pt":
			id, kind := container.Attr(e, "", "modelId"), container.Attr(e, "", "type")
			if kind == "doc" {
				g.root = id
			}
			text, err := d.point(x)
			if err == nil && (kind == "" || kind == "node" || kind == "asst") {
				g.texts[id] = text
				err = d.node()
			}
			return err
		case "cxn":
			if t := container.Attr(e, "", "type"); t != "" && t != "parOf" {
				return nil
			}
			from := container.Attr(e, "", "srcId")
			order, _ := strconv.Atoi(container.Attr(e, "", "srcOrd"))
			g.below[from] = append(g.below[from], branch{id: container.Attr(e, "", "destId"), order: order})
			return d.node()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	g.left = len(g.texts)
	items := g.items(g.root, diagramMost)
	if len(items) == 0 {
		return nil, nil
	}
	return &extract.Block{Kind: extract.List, Items: items}, nil
}

// point returns the text of the point that was begun last.
func (d *deck) point(x *container.Decoder) (string, error) {
	var b body
	err := x.Inside(func(e xml.StartElement) error {
		if e.Name.Local != "t" {
			return nil
		}
		var err error
		b, err = d.body(x, nil)
		return err
	})
	return b.line(), err
}

// items lists what is below a point. A point without text passes on what is below it.
func (g *diagram) items(id string, depth int) []extract.Item {
	if depth == 0 {
		return nil
	}
	slices.SortStableFunc(g.below[id], func(a, b branch) int { return cmp.Compare(a.order, b.order) })
	var out []extract.Item
	for _, b := range g.below[id] {
		if g.left--; g.left < 0 {
			return out
		}
		text, known := g.texts[b.id]
		if !known {
			continue
		}
		nested := g.items(b.id, depth-1)
		if text == "" {
			out = append(out, nested...)
			continue
		}
		out = append(out, extract.Item{Text: text, Items: nested})
	}
	return out
}
