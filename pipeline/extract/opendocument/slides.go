package opendocument

import (
	"encoding/xml"
	"fmt"
	"strings"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
)

// presentation reads slides: a heading for each, what stands on it, its notes.
func (r *reader) presentation(d *container.Decoder) error {
	r.t.Way, r.t.Why = "odp", "it is an OpenDocument presentation"
	page := 0
	return each(d, func(e xml.StartElement) error {
		if name(e) != "draw:page" {
			return d.Skip()
		}
		if page++; page > r.limits.Pages {
			return tooManyPages(r.limits.Pages)
		}
		if r.styles.hidden("drawing-page", container.Attr(e, "draw", "style-name")) {
			return d.Skip()
		}
		return r.slide(d, page)
	})
}

func (r *reader) slide(d *container.Decoder, page int) error {
	heading := ""
	var body, notes flow
	err := each(d, func(e xml.StartElement) error {
		switch {
		case name(e) == "presentation:notes":
			return r.speaker(d, &notes)
		case container.Attr(e, "presentation", "class") == "title" && heading == "":
			var f flow
			err := r.shape(d, &f, e)
			heading = strings.ReplaceAll(flat(f.blocks, " "), "\n", " ")
			return err
		}
		return r.element(d, &body, e)
	})
	if err != nil {
		return err
	}
	if r.t.Title == "" && page == 1 {
		r.t.Title = heading
	}
	if heading == "" {
		heading = fmt.Sprintf("Slide %d", page)
	}
	blocks := append([]extract.Block{{Kind: extract.Heading, Level: 2, Text: heading}}, body.blocks...)
	if len(notes.blocks) > 0 {
		blocks = append(blocks, extract.Block{Kind: extract.Heading, Level: 3, Text: "Notes"})
		blocks = append(blocks, notes.blocks...)
	}
	blocks = append(blocks, r.notes...)
	r.notes = nil
	for i := range blocks {
		blocks[i].Page = page
	}
	r.t.Blocks = append(r.t.Blocks, blocks...)
	return nil
}

// speaker reads the notes of a slide, without its thumbnail and page fields.
func (r *reader) speaker(d *container.Decoder, f *flow) error {
	return each(d, func(e xml.StartElement) error {
		if container.Attr(e, "presentation", "class") != "notes" {
			return d.Skip()
		}
		return r.shape(d, f, e)
	})
}
