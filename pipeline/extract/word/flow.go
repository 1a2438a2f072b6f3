package word

import (
	"strings"

	"freshet/pipeline/extract"
)

// A flow collects blocks: of the document, of a cell, of a text box, of a note.
type flow struct {
	r      *reader
	inner  bool // within another flow, which tells the notes
	blocks []extract.Block
	joined *paragraph // a paragraph whose end is deleted
	list   []listed
	code   []codeLine
	// caption is one more than the index of a block that is a caption and stands last.
	caption int
	level   int // of the last heading with a style
}

// A codeLine is a paragraph that may be part of a program.
type codeLine struct {
	text string // as it is written
	sure bool   // its style says so
}

// pseudo in Close marks a heading made of a line in bold until it is known whether
// something follows it.
const pseudo = -1

// paragraph adds a paragraph that has been read.
func (f *flow) paragraph(p *paragraph) error {
	text := foldLines(string(p.text))
	num := p.number()
	if text == "" {
		return f.empty(p, num)
	}
	if err := f.r.countBlock(); err != nil {
		return err
	}
	if p.look.role == roleContents {
		f.r.left.contents++
		return f.boxes(p)
	}
	if p.look.role == roleCode || p.program() && !num.said && p.heading(text) == 0 {
		f.endList()
		f.code = append(f.code, codeLine{string(p.text), p.look.role == roleCode})
		return f.boxes(p)
	}
	f.endCode()
	lb, numbered := f.r.numbering.next(num)
	switch level := p.heading(text); {
	case level > 0:
		if f.r.heading == "" && level == 1 && lb.text == "" {
			f.r.heading = strings.ReplaceAll(text, "\n", " ")
		}
		f.heading(withLabel(lb, text), level)
	case p.look.role == roleTitle && !f.inner:
		f.titled(text)
	case numbered:
		f.list = append(f.list, listed{label: lb, text: text})
	case p.look.role == roleList && len(f.list) > 0:
		last := &f.list[len(f.list)-1]
		last.more = append(last.more, text)
	default:
		f.prose(p, text)
	}
	return f.boxes(p)
}

// empty sees to a paragraph without text: it keeps lists together, as it is how people
// make room, but in a cell the number itself can be the text.
func (f *flow) empty(p *paragraph, num numRef) error {
	if f.inner && num.said && p.heading("") == 0 {
		if lb, ok := f.r.numbering.next(num); ok && lb.text != "" {
			f.add(extract.Block{Kind: extract.Paragraph, Text: lb.text})
		}
	}
	if len(f.code) > 0 && len(p.text) == 0 {
		f.code = append(f.code, codeLine{})
	}
	return f.boxes(p)
}

func withLabel(lb label, text string) string {
	switch {
	case lb.text == "":
		return text
	case lb.glued:
		return lb.text + text
	}
	return lb.text + " " + text
}

func (f *flow) heading(text string, level int) {
	text = strings.ReplaceAll(text, "\n", " ")
	f.level = level
	f.add(extract.Block{Kind: extract.Heading, Level: level, Text: text})
}

// titled adds a paragraph in the style Title; the first is the document's title.
func (f *flow) titled(text string) {
	text = strings.ReplaceAll(text, "\n", " ")
	if f.r.title == "" {
		f.r.title = text
	}
	f.add(extract.Block{Kind: extract.Heading, Level: 1, Text: text})
}

func (f *flow) prose(p *paragraph, text string) {
	kind := extract.Paragraph
	if p.look.role == roleQuote {
		kind = extract.Quote
	}
	if !f.inner && p.look.role == roleText && p.boldLine(text) {
		f.add(extract.Block{Kind: extract.Heading, Level: max(f.level+1, 3), Text: text, Close: pseudo})
		return
	}
	f.add(extract.Block{Kind: kind, Text: text})
	if p.look.role == roleCaption {
		f.caption = len(f.blocks)
	}
}

// boxes adds the text boxes that are anchored in a paragraph.
func (f *flow) boxes(p *paragraph) error {
	for _, b := range p.boxes {
		f.add(b)
	}
	f.notes()
	return nil
}

// add ends what is open and adds a block.
func (f *flow) add(b extract.Block) {
	f.endList()
	f.endCode()
	f.blocks = append(f.blocks, b)
	f.caption = 0
}

// notes adds the notes that the last block calls; those of a list follow all of it.
func (f *flow) notes() {
	if f.inner || len(f.list) > 0 || len(f.code) > 0 || len(f.r.notes.called) == 0 {
		return
	}
	f.blocks = append(f.blocks, f.r.notes.called...)
	f.r.notes.called = f.r.notes.called[:0]
}

// endCode decides whether lines in the font of programs are one.
func (f *flow) endCode() {
	if len(f.code) == 0 {
		return
	}
	lines := f.code
	f.code = nil
	program := false
	all := make([]string, len(lines))
	for i, l := range lines {
		program = program || l.sure || looksLikeProgram(l.text)
		all[i] = l.text
	}
	if program {
		if text := extract.FoldCode(strings.Join(all, "\n")); text != "" {
			f.blocks = append(f.blocks, extract.Block{Kind: extract.Code, Text: text})
		}
	} else {
		for _, l := range all {
			if text := foldLines(l); text != "" {
				f.blocks = append(f.blocks, extract.Block{Kind: extract.Paragraph, Text: text})
			}
		}
	}
	f.caption = 0
	f.notes()
}

// looksLikeProgram reports whether a line has marks that prose has not.
func looksLikeProgram(s string) bool {
	return strings.ContainsAny(s, "{}=<>;|\\$") || strings.Contains(s, "()") || strings.HasPrefix(strings.TrimSpace(s), "#")
}

// finish returns the blocks.
func (f *flow) finish() ([]extract.Block, error) {
	if p := f.joined; p != nil {
		f.joined = nil
		if err := f.paragraph(p); err != nil {
			return nil, err
		}
	}
	f.endList()
	f.endCode()
	f.notes()
	if f.inner {
		return f.blocks, nil
	}
	settle(f.blocks)
	return extract.AttachLeads(f.blocks), nil
}

// settle makes lines in bold headings if text follows them, else paragraphs.
func settle(blocks []extract.Block) {
	for i := range blocks {
		b := &blocks[i]
		if b.Close != pseudo {
			continue
		}
		b.Close = 0
		if i+1 == len(blocks) || blocks[i+1].Kind == extract.Heading {
			b.Kind, b.Level = extract.Paragraph, 0
		}
	}
}

// flat is the text of blocks in a place that has no structure; between stands between
// blocks.
func flat(blocks []extract.Block, between string) string {
	if len(blocks) == 1 && blocks[0].Kind != extract.List && blocks[0].Kind != extract.Table {
		return blocks[0].Text
	}
	parts := make([]string, 0, len(blocks))
	for i := range blocks {
		b := &blocks[i]
		text := b.Text
		switch b.Kind {
		case extract.List:
			text = strings.TrimSpace(b.Lead + " " + itemsInLine(b.Items))
		case extract.Table:
			rows := make([]string, 0, len(b.Rows))
			for _, row := range b.Rows {
				rows = append(rows, strings.Join(row, " "))
			}
			text = strings.TrimSpace(b.Lead + " " + strings.Join(rows, "; "))
		}
		if text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, between)
}

func itemsInLine(items []extract.Item) string {
	parts := make([]string, 0, len(items))
	for i := range items {
		text := items[i].Text
		if len(items[i].Items) > 0 {
			text = strings.TrimSpace(text + " " + itemsInLine(items[i].Items))
		}
		parts = append(parts, strings.TrimRight(text, " ;,"))
	}
	return strings.Join(parts, "; ")
}
