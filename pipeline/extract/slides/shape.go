package slides

import (
	"encoding/xml"
	"strconv"
	"strings"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
)

// A box is where a shape lies, in English Metric Units (914,400 an inch).
type box struct {
	x, y, w, h float64
	known      bool
}

// A shape is what stands on a slide: a text, a table, a chart, a diagram, or several
// shapes that were grouped.
type shape struct {
	box
	placeholder string // its type, "" for none; "obj" where it has no type
	index       string // which placeholder of the layout it fills
	body        body
	table       *extract.Block
	chart       string // ID of the relationship
	diagram     string // likewise
	shapes      []*shape
}

// dropped are the placeholders that are no part of what a slide says.
func dropped(placeholder string) bool {
	switch placeholder {
	case "sldNum", "ftr", "dt", "hdr", "sldImg":
		return true
	}
	return false
}

func (s *shape) empty() bool {
	return len(s.body.paragraphs) == 0 && s.table == nil && s.chart == "" && s.diagram == "" && len(s.shapes) == 0
}

func (s *shape) isTitle() bool { return s.placeholder == "title" || s.placeholder == "ctrTitle" }

// tree reads the shapes of a slide, its notes, its layout or its master, and reports
// whether the slide is shown. targets are the addresses that its relationships lead to.
func (d *deck) tree(part string, targets map[string]string) (shapes []*shape, shown bool, err error) {
	x, err := d.files.XML(d.ctx, part)
	if err != nil {
		return nil, false, err
	}
	shown = true
	err = x.Elements(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "sld":
			shown = container.Attr(e, "", "show") != "0" && container.Attr(e, "", "show") != "false"
		case "spTree":
			group, err := d.group(x, targets)
			if err != nil {
				return err
			}
			shapes = group.shapes
		case "txStyles", "timing", "transition", "extLst":
			return x.Skip()
		}
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	return shapes, shown, nil
}

// group reads the group, or the tree, that was begun last.
func (d *deck) group(x *container.Decoder, targets map[string]string) (*shape, error) {
	g := &shape{}
	err := x.Inside(func(e xml.StartElement) error {
		var s *shape
		var err error
		switch e.Name.Local {
		case "grpSpPr":
			return g.place(x)
		case "grpSp":
			s, err = d.group(x, targets)
		case "sp", "graphicFrame":
			s, err = d.shape(x, targets)
		case "pic", "cxnSp", "contentPart", "nvGrpSpPr":
			return x.Skip()
		default:
			return nil
		}
		if err != nil || s == nil || s.empty() {
			return err
		}
		g.shapes = append(g.shapes, s)
		return d.node()
	})
	if !g.known {
		g.box = around(g.shapes)
	}
	return g, err
}

// shape reads the shape, or the frame of a table, chart or diagram, that was begun
// last; nil if it is not shown.
func (d *deck) shape(x *container.Decoder, targets map[string]string) (*shape, error) {
	s := &shape{}
	hidden := false
	click := ""
	err := x.Inside(func(e xml.StartElement) error {
		var err error
		switch e.Name.Local {
		case "cNvPr":
			h := container.Attr(e, "", "hidden")
			hidden = hidden || h == "1" || h == "true"
		case "hlinkClick":
			click = targets[container.Attr(e, "r", "id")]
		case "ph":
			if s.placeholder = container.Attr(e, "", "type"); s.placeholder == "" {
				s.placeholder = "obj"
			}
			s.index = container.Attr(e, "", "idx")
		case "spPr", "grpSpPr":
			err = s.place(x)
		case "xfrm":
			err = s.transform(x)
		case "txBody":
			s.body, err = d.body(x, targets)
		case "tbl":
			s.table, err = d.table(x, &s.body, targets)
		case "chart":
			if e.Name.Space == "c" {
				s.chart = container.Attr(e, "r", "id")
			}
		case "relIds":
			s.diagram = container.Attr(e, "r", "dm")
		case "oleObj", "style", "extLst":
			err = x.Skip()
		}
		return err
	})
	if err != nil || hidden || dropped(s.placeholder) {
		return nil, err
	}
	if line := s.body.line(); click != "" && line != "" {
		s.body.links = append(s.body.links, extract.Link{Text: line, URI: click})
	}
	return s, nil
}

// place reads the properties of a shape that were begun last, for where it lies.
func (s *shape) place(x *container.Decoder) error {
	return x.Inside(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "xfrm":
			return s.transform(x)
		case "ln", "effectLst", "custGeom", "blipFill", "extLst", "scene3d", "sp3d":
			return x.Skip()
		}
		return nil
	})
}

func (s *shape) transform(x *container.Decoder) error {
	return x.Inside(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "off":
			s.x, s.y, s.known = length(e, "x"), length(e, "y"), true
		case "ext":
			s.w, s.h = max(length(e, "cx"), 0), max(length(e, "cy"), 0)
		}
		return nil
	})
}

// length reads a length; anything beyond 2,000 inches is taken as none.
func length(e xml.StartElement, name string) float64 {
	v, err := strconv.ParseFloat(container.Attr(e, "", name), 64)
	if err != nil || v != v || v > 2e9 || v < -2e9 {
		return 0
	}
	return v
}

// around is the box around shapes whose places are known.
func around(shapes []*shape) box {
	var b box
	for _, s := range shapes {
		if !s.known {
			continue
		}
		if !b.known {
			b = s.box
			continue
		}
		right, bottom := max(b.x+b.w, s.x+s.w), max(b.y+b.h, s.y+s.h)
		b.x, b.y = min(b.x, s.x), min(b.y, s.y)
		b.w, b.h = right-b.x, bottom-b.y
	}
	return b
}

// sample writes the text of a shape and of those in it.
func (s *shape) sample(b *strings.Builder) {
	for i := range s.body.paragraphs {
		b.WriteString(s.body.paragraphs[i].text + "\n")
	}
	if s.table != nil {
		for _, row := range s.table.Rows {
			b.WriteString(strings.Join(row, " ") + "\n")
		}
	}
	for _, child := range s.shapes {
		child.sample(b)
	}
}
