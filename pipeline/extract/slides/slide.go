package slides

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/chart"
	"freshet/pipeline/extract/container"
	"freshet/pipeline/extract/numbers"
)

// longTitle is the length, in characters, up to which the text at the top of a slide
// without a title is taken as one.
const longTitle = 120

// A slide is what one slide says.
type slide struct {
	number int
	title  string
	shapes []*shape // without the title, in reading order
	// inherited are the bullets that the placeholders among the shapes inherit.
	inherited map[*shape]levels
	charts    map[string]string // parts, by ID of the relationship
	diagrams  map[string]*extract.Block
	notes     []*shape
	comments  []string
}

// slide reads one slide; nil if it is not shown, or not there.
func (d *deck) slide(part string, number int) (*slide, error) {
	if part == "" {
		return nil, nil
	}
	rels, err := d.files.Relationships(d.ctx, part)
	if err != nil {
		return nil, err
	}
	s := &slide{number: number, inherited: map[*shape]levels{}, charts: map[string]string{}, diagrams: map[string]*extract.Block{}}
	shapes, shown, err := d.tree(part, addresses(rels))
	if err = forgiveMissing(err); err != nil {
		return nil, err
	}
	if !shown {
		d.hidden++
		return nil, nil
	}
	look, err := d.look(first(rels, "slideLayout"), "slideLayout")
	if err != nil {
		return nil, err
	}
	s.inherit(shapes, look)
	s.shapes = s.takeTitle(ordered(shapes))
	return s, d.around(s, rels)
}

// addresses are where the links of a part lead to, by ID. Links within the file, such
// as those to another slide, are left out.
func addresses(rels []container.Relationship) map[string]string {
	out := map[string]string{}
	for _, r := range rels {
		if r.Type == "hyperlink" && r.External {
			out[r.ID] = r.Target
		}
	}
	return out
}

// around reads what belongs to a slide and stands in parts of its own.
func (d *deck) around(s *slide, rels []container.Relationship) error {
	for _, r := range rels {
		if r.External {
			continue
		}
		var err error
		switch r.Type {
		case "chart":
			s.charts[r.ID] = r.Target
		case "diagramData":
			if s.diagrams[r.ID], err = d.diagram(r.Target); forgive(err) == nil && err != nil {
				d.damaged++
			}
		case "notesSlide":
			s.notes, err = d.notes(r.Target)
		case "comments":
			if d.comments {
				var more []string
				more, err = d.remarks(r.Target)
				s.comments = append(s.comments, more...)
			}
		}
		if err = forgive(err); err != nil {
			return err
		}
	}
	return nil
}

// notes reads what the speaker noted below a slide.
func (d *deck) notes(part string) ([]*shape, error) {
	rels, err := d.files.Relationships(d.ctx, part)
	if err != nil {
		return nil, err
	}
	shapes, _, err := d.tree(part, addresses(rels))
	return shapes, err
}

func (s *slide) inherit(shapes []*shape, l *look) {
	for _, shape := range shapes {
		if shape.placeholder != "" {
			s.inherited[shape] = l.inherit(shape)
		}
		s.inherit(shape.shapes, l)
	}
}

// takeTitle takes the title out of the shapes: its placeholder or, where there is none,
// a short text that is read first and stands alone at the top.
func (s *slide) takeTitle(shapes []*shape) []*shape {
	for i, shape := range shapes {
		if shape.isTitle() && len(shape.body.paragraphs) > 0 {
			s.title = shape.body.line()
			return s.without(shapes, i)
		}
	}
	if len(shapes) == 0 {
		return shapes
	}
	top := shapes[0]
	if line := top.body.line(); top.placeholder == "" && len(top.shapes) == 0 && len(top.body.paragraphs) == 1 && utf8.RuneCountInString(line) <= longTitle {
		for _, other := range shapes[1:] {
			if other.known && other.y < top.y+top.h/2 {
				return shapes
			}
		}
		s.title = line
		return s.without(shapes, 0)
	}
	return shapes
}

// without takes a shape out, but for its links.
func (s *slide) without(shapes []*shape, i int) []*shape {
	shapes[i].body.paragraphs = nil
	if len(shapes[i].body.links) > 0 {
		return shapes
	}
	return append(shapes[:i:i], shapes[i+1:]...)
}

func (s *slide) sample(b *strings.Builder) {
	b.WriteString(s.title + "\n")
	for _, list := range [][]*shape{s.shapes, s.notes} {
		for _, shape := range list {
			shape.sample(b)
		}
	}
}

// write adds a slide to the text.
func (d *deck) write(s *slide, format *numbers.Formatter) error {
	title := s.title
	if title == "" {
		title = d.words.slide + " " + strconv.Itoa(s.number)
	}
	blocks := []extract.Block{{Kind: extract.Heading, Level: 2, Text: title}}
	body, err := d.shapes(s, s.shapes, format)
	if err != nil {
		return err
	}
	blocks = append(blocks, body...)
	var notes []extract.Block
	if notes, err = d.shapes(s, s.notes, format); err != nil {
		return err
	}
	if len(notes) > 0 {
		blocks = append(blocks, extract.Block{Kind: extract.Heading, Level: 3, Text: d.words.notes})
		blocks = append(blocks, notes...)
	}
	if len(s.comments) > 0 {
		list := extract.Block{Kind: extract.List}
		for _, c := range s.comments {
			list.Items = append(list.Items, extract.Item{Text: c})
		}
		blocks = append(blocks, extract.Block{Kind: extract.Heading, Level: 3, Text: d.words.comments}, list)
	}
	if len(blocks) == 1 && s.title == "" {
		return nil // a slide of pictures has nothing to be found by
	}
	for i := range blocks {
		blocks[i].Page = s.number
	}
	d.text.Blocks = append(d.text.Blocks, blocks...)
	return nil
}

// shapes turns shapes into blocks.
func (d *deck) shapes(s *slide, shapes []*shape, format *numbers.Formatter) ([]extract.Block, error) {
	var out []extract.Block
	for _, shape := range shapes {
		for _, l := range shape.body.links {
			if len(d.text.Links) < d.limits.Links {
				d.text.Links = append(d.text.Links, l)
			}
		}
		more, err := d.shapes(s, shape.shapes, format)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
		out = append(out, shape.body.blocks(s.inherited[shape])...)
		if shape.table != nil {
			out = append(out, *shape.table)
		}
		if block := s.diagrams[shape.diagram]; block != nil {
			out = append(out, *block)
		}
		if part := s.charts[shape.chart]; part != "" {
			if more, err = d.chart(part, format); err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
	}
	return out, nil
}

func (d *deck) chart(part string, format *numbers.Formatter) ([]extract.Block, error) {
	blocks, err := chart.Read(d.ctx, d.files, part, format, d.limits.Cells)
	if err != nil {
		if forgive(err) == nil {
			d.damaged++
		}
		return nil, forgive(err)
	}
	for i := range blocks {
		if len(blocks[i].Rows) > 0 {
			if err := d.cell(len(blocks[i].Rows) * len(blocks[i].Rows[0])); err != nil {
				return nil, err
			}
		}
	}
	return blocks, nil
}
