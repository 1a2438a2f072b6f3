package slides

import (
	"encoding/xml"
	"strings"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
)

// readAuthors reads who commented, from the older and the newer kind of part.
func (d *deck) readAuthors(rels []container.Relationship) error {
	d.authors = map[string]string{}
	for _, r := range rels {
		if r.External || r.Type != "commentAuthors" && r.Type != "authors" {
			continue
		}
		err := d.elements(r.Target, func(_ *container.Decoder, e xml.StartElement) error {
			if e.Name.Local != "cmAuthor" && e.Name.Local != "author" {
				return nil
			}
			name := extract.Fold(container.Attr(e, "", "name"))
			if initials := extract.Fold(container.Attr(e, "", "initials")); initials != "" && initials != name {
				name += " (" + initials + ")"
			}
			d.authors[container.Attr(e, "", "id")] = strings.TrimSpace(name)
			return d.node()
		})
		if err = forgive(err); err != nil {
			return err
		}
	}
	return nil
}

// remarks reads the comments on a slide, with the author and the time that they are
// shown with; answers follow what they answer.
func (d *deck) remarks(part string) ([]string, error) {
	var out []string
	err := d.elements(part, func(x *container.Decoder, e xml.StartElement) error {
		if e.Name.Local != "cm" {
			return nil
		}
		more, err := d.remark(x, e)
		out = append(out, more...)
		return err
	})
	return out, err
}

// remark reads the comment or answer e that was begun last.
func (d *deck) remark(x *container.Decoder, e xml.StartElement) ([]string, error) {
	text := ""
	var answers []string
	err := x.Inside(func(child xml.StartElement) error {
		var err error
		switch child.Name.Local {
		case "text":
			text, err = x.Text()
		case "txBody":
			var b body
			b, err = d.body(x, nil)
			text = b.line()
		case "reply":
			var more []string
			more, err = d.remark(x, child)
			answers = append(answers, more...)
		}
		return err
	})
	if err == nil {
		err = d.node()
	}
	if text = extract.Fold(text); text == "" {
		return answers, err
	}
	var head []string
	for _, s := range []string{d.authors[container.Attr(e, "", "authorId")], when(e)} {
		if s != "" {
			head = append(head, s)
		}
	}
	if len(head) > 0 {
		text = strings.Join(head, ", ") + ": " + text
	}
	return append([]string{text}, answers...), err
}

func when(e xml.StartElement) string {
	if s := container.Attr(e, "", "dt"); s != "" {
		return extract.Fold(s)
	}
	return extract.Fold(container.Attr(e, "", "created"))
}
