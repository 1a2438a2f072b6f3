package word

import (
	"strconv"
	"strings"

	"freshet/pipeline/extract"
)

// notesMost bounds the notes that are kept of one part.
const notesMost = 100_000

// notes are the footnotes and endnotes, and those that were called and not yet told.
type notes struct {
	foot, end noteList
	called    []extract.Block
	reading   bool // text of notes is being read
}

// A noteList is one part with notes, which is read when the first of them is called.
type noteList struct {
	part   string
	read   bool
	text   map[string]string
	number int
}

// call writes the mark of a note and has its text follow the block. Footnotes are
// numbered 1, 2, 3 and endnotes i, ii, iii, as Word does by default.
func (r *reader) call(p *paragraph, f *face, list *noteList, e element) {
	if r.notes.reading || f.vanish || !r.part.shown() {
		return
	}
	text := r.note(list, e.attr("id"))
	if text == "" {
		return
	}
	// A mark of the author's own stands in the run and in the note.
	if v := e.attr("customMarkFollows"); v != "1" && v != "true" && v != "on" {
		list.number++
		mark := "[" + strconv.Itoa(list.number) + "]"
		if list == &r.notes.end {
			mark = "[" + roman(list.number) + "]"
		}
		p.text = append(p.text, mark...)
		p.blank += len(mark)
		text = mark + " " + text
	}
	r.notes.called = append(r.notes.called, extract.Block{Kind: extract.Paragraph, Text: text})
}

// note takes the text of a note out of its list, so that each is told once. Notes
// that cannot be read are left out: the text stands without them.
func (r *reader) note(list *noteList, id string) string {
	if !list.read {
		list.read, list.text = true, map[string]string{}
		r.notes.reading = true
		outer := r.part
		r.readNotes(list)
		r.part = outer
		r.notes.reading = false
	}
	text := list.text[id]
	delete(list.text, id)
	return text
}

func (r *reader) readNotes(list *noteList) {
	rels, err := r.files.Relationships(r.ctx, list.part)
	if err != nil {
		return
	}
	d, err := r.files.XML(r.ctx, list.part)
	if err != nil {
		return
	}
	r.part = &part{d: d, rels: byID(rels)}
	_ = eachElement(d, func(e element) error {
		if !e.is("w", "footnote") && !e.is("w", "endnote") {
			return nil
		}
		if kind := e.attr("type"); kind != "" && kind != "normal" || len(list.text) >= notesMost {
			return d.Skip()
		}
		out := &flow{r: r, inner: true}
		if err := r.body(out); err != nil {
			return err
		}
		blocks, err := out.finish()
		list.text[e.attr("id")] = strings.TrimSpace(flat(blocks, "\n"))
		return err
	})
}
