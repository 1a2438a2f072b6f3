package sheets

import (
	"encoding/xml"
	"strconv"
	"strings"
	"time"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
)

// A remark is a note or a comment beside a cell.
type remark struct {
	at, author, when, text string
}

func (r remark) String() string {
	head := make([]string, 0, 3)
	for _, s := range []string{r.at, r.author, r.when} {
		if s != "" {
			head = append(head, s)
		}
	}
	return strings.Join(head, ", ") + ": " + r.text
}

// remarks lists the notes and comments of a sheet under a heading of their own, with
// the cell, the author and the time that they are shown with.
func (w *workbook) remarks(rels []container.Relationship, v *visible) ([]extract.Block, error) {
	var notes, threads []remark
	for _, r := range rels {
		var err error
		switch {
		case r.External:
		case r.Type == "comments":
			notes, err = w.notes(r.Target)
		case r.Type == "threadedComment":
			threads, err = w.threads(r.Target)
		}
		if err = forgive(err); err != nil {
			return nil, err
		}
	}
	var items []extract.Item
	for _, r := range append(notes, threads...) {
		row, col, ok := place(r.at)
		if r.text != "" && (!ok || !v.hides(row, col)) {
			items = append(items, extract.Item{Text: r.String()})
		}
	}
	if len(items) == 0 {
		return nil, nil
	}
	title := "Comments"
	if w.french {
		title = "Commentaires"
	}
	return []extract.Block{{Kind: extract.Heading, Level: 3, Text: title}, {Kind: extract.List, Items: items}}, nil
}

// notes reads the older kind. What stands in it for readers of the newer kind, whose
// authors are called "tc=...", is left out: threads has it.
func (w *workbook) notes(part string) ([]remark, error) {
	var authors []string
	var out []remark
	err := w.elements(part, func(d *container.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "author":
			s, err := d.Text()
			authors = append(authors, extract.Fold(s))
			return err
		case "comment":
			r := remark{at: container.Attr(e, "", "ref")}
			if n, err := strconv.Atoi(container.Attr(e, "", "authorId")); err == nil && n >= 0 && n < len(authors) {
				r.author = authors[n]
			}
			s, err := richText(d)
			if r.text = extract.Fold(s); err != nil || strings.HasPrefix(r.author, "tc=") {
				return err
			}
			// Excel begins a note with its author's name.
			r.text = strings.TrimSpace(strings.TrimPrefix(r.text, r.author+":"))
			out = append(out, r)
		}
		return w.manyRemarks(len(authors) + len(out))
	})
	return out, err
}

func (w *workbook) threads(part string) ([]remark, error) {
	var out []remark
	err := w.elements(part, func(d *container.Decoder, e xml.StartElement) error {
		if e.Name.Local != "threadedComment" {
			return nil
		}
		r := remark{at: container.Attr(e, "", "ref"), author: w.people[container.Attr(e, "", "personId")], when: stamp(container.Attr(e, "", "dT"))}
		s, err := textOf(d)
		r.text = extract.Fold(s)
		out = append(out, r)
		if err != nil {
			return err
		}
		return w.manyRemarks(len(out))
	})
	return out, err
}

// stamp writes a time in one form, whatever fractions of seconds it was stored with.
func stamp(s string) string {
	t, err := time.Parse("2006-01-02T15:04:05.999999999", strings.TrimSuffix(s, "Z"))
	if err != nil {
		return extract.Fold(s)
	}
	return t.Format("2006-01-02T15:04:05.000")
}

// textOf returns the element "text" of the element that was begun last.
func textOf(d *container.Decoder) (string, error) {
	text := ""
	err := d.Inside(func(e xml.StartElement) (err error) {
		if e.Name.Local == "text" {
			text, err = d.Text()
		}
		return err
	})
	return text, err
}

func (w *workbook) manyRemarks(n int) error {
	if n > w.limits.Cells {
		return tooLarge("a sheet has more than %d comments (limits: cells)", w.limits.Cells)
	}
	return nil
}
