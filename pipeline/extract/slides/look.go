package slides

import (
	"encoding/xml"

	"freshet/pipeline/extract/container"
)

// A look is what slides inherit from their layout, or layouts from their master: where
// placeholders lie and which levels of their text have bullets.
type look struct {
	shapes []*shape
	body   levels // of the master, for all texts of bodies
	above  *look  // of the master; nil for that itself
}

// look reads the layout of a slide, or the master of a layout, once.
func (d *deck) look(part string, kind string) (*look, error) {
	if part == "" {
		return &look{}, nil
	}
	if l, ok := d.looks[part]; ok {
		return l, nil
	}
	l := &look{}
	d.looks[part] = l
	if err := forgive(d.readLook(part, l)); err != nil {
		return nil, err
	}
	if kind != "slideLayout" {
		return l, forgive(d.readBodyStyle(part, l))
	}
	rels, err := d.files.Relationships(d.ctx, part)
	if err = forgive(err); err != nil {
		return nil, err
	}
	l.above, err = d.look(first(rels, "slideMaster"), "slideMaster")
	return l, err
}

func first(rels []container.Relationship, kind string) string {
	for _, r := range rels {
		if r.Type == kind && !r.External {
			return r.Target
		}
	}
	return ""
}

// readLook keeps the placeholders; those without text are what matters here.
func (d *deck) readLook(part string, l *look) error {
	return d.elements(part, func(x *container.Decoder, e xml.StartElement) error {
		if e.Name.Local != "sp" {
			return nil
		}
		s, err := d.shape(x, nil)
		if err != nil || s == nil || s.placeholder == "" {
			return err
		}
		s.body.paragraphs, s.body.links = nil, nil
		l.shapes = append(l.shapes, s)
		return d.node()
	})
}

func (d *deck) readBodyStyle(part string, l *look) error {
	return d.elements(part, func(x *container.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "cSld":
			return x.Skip()
		case "bodyStyle":
			var err error
			l.body, err = readLevels(x)
			return err
		}
		return nil
	})
}

// find returns the placeholder that s fills: of the same index, else of the same type.
func (l *look) find(s *shape) *shape {
	var alike *shape
	for _, p := range l.shapes {
		if s.index != "" && p.index == s.index {
			return p
		}
		if alike == nil && likeness(p.placeholder) == likeness(s.placeholder) {
			alike = p
		}
	}
	return alike
}

func likeness(placeholder string) string {
	switch placeholder {
	case "ctrTitle":
		return "title"
	case "obj", "subTitle":
		return "body"
	}
	return placeholder
}

// inherit gives a placeholder the place that it does not have itself, and returns the
// bullets of its levels.
func (l *look) inherit(s *shape) levels {
	if s.placeholder == "" {
		return levels{}
	}
	var below levels
	// A layout has one master; files that say more are not followed in a circle.
	for at, above := l, 0; at != nil && above < 2; at, above = at.above, above+1 {
		if p := at.find(s); p != nil {
			if !s.known && p.known {
				s.box = p.box
			}
			below = below.over(p.body.levels)
		}
		if at.above == nil && likeness(s.placeholder) == "body" && s.placeholder != "subTitle" {
			below = below.over(at.body)
		}
	}
	return below
}
