package slides

import (
	"encoding/xml"
	"strconv"
	"strings"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
)

// A bullet is what stands before a paragraph.
type bullet uint8

const (
	inherited bullet = iota
	unmarked
	marked
	numbered
)

// levels are the bullets of the nine levels of a text.
type levels [9]bullet

// over returns l with what it inherits from below.
func (l levels) over(below levels) levels {
	for i := range l {
		if l[i] == inherited {
			l[i] = below[i]
		}
	}
	return l
}

// A paragraph of a text body.
type paragraph struct {
	text   string
	level  int
	bullet bullet
	start  int // of the numbers, 0 where it is not said
}

// A body is the text of a shape or cell.
type body struct {
	paragraphs []paragraph
	levels     levels // what the shape itself says
	links      []extract.Link
}

// body reads the text body that was begun last.
func (d *deck) body(x *container.Decoder, targets map[string]string) (body, error) {
	var b body
	err := x.Inside(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "lstStyle":
			var err error
			b.levels, err = readLevels(x)
			return err
		case "p":
			return d.paragraph(x, &b, targets)
		}
		return nil
	})
	return b, err
}

// readLevels reads a list style: which levels have bullets.
func readLevels(x *container.Decoder) (levels, error) {
	var l levels
	level := -1
	err := x.Inside(func(e xml.StartElement) error {
		if n, ok := strings.CutPrefix(e.Name.Local, "lvl"); ok && n != "" {
			level = int(n[0]) - '1'
		}
		if kind := bulletOf(e.Name.Local); kind != inherited && level >= 0 && level < len(l) {
			l[level] = kind
		}
		return nil
	})
	return l, err
}

func bulletOf(element string) bullet {
	switch element {
	case "buNone":
		return unmarked
	case "buChar", "buBlip":
		return marked
	case "buAutoNum":
		return numbered
	}
	return inherited
}

// paragraph reads the paragraph that was begun last and keeps it if it has words.
func (d *deck) paragraph(x *container.Decoder, b *body, targets map[string]string) error {
	var p paragraph
	var text strings.Builder
	var link extract.Link
	endLink := func() {
		if link.Text = extract.Fold(link.Text); link.Text != "" && link.URI != "" {
			b.links = append(b.links, link)
		}
		link = extract.Link{}
	}
	uri := ""
	err := x.Inside(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "pPr":
			if n, err := strconv.Atoi(container.Attr(e, "", "lvl")); err == nil {
				p.level = min(max(n, 0), 8)
			}
		case "buNone", "buChar", "buBlip", "buAutoNum":
			p.bullet = bulletOf(e.Name.Local)
			if n, err := strconv.Atoi(container.Attr(e, "", "startAt")); err == nil {
				p.start = n
			}
		case "r":
			uri = ""
		case "fld":
			// Numbers of slides and dates of the day are no text.
			if t := container.Attr(e, "", "type"); t == "slidenum" || strings.HasPrefix(t, "datetime") {
				return x.Skip()
			}
			uri = ""
		case "rPr":
			d.said(container.Attr(e, "", "lang"), text.Len())
		case "hlinkClick":
			uri = targets[container.Attr(e, "r", "id")]
		case "br":
			text.WriteByte('\n')
			return x.Skip()
		case "t":
			s, err := x.Text()
			if err != nil {
				return err
			}
			if uri != link.URI {
				endLink()
				link.URI = uri
			}
			link.Text += s
			text.WriteString(s)
		case "tab":
			text.WriteByte(' ')
		case "extLst", "endParaRPr":
			return x.Skip()
		}
		return nil
	})
	if err != nil {
		return err
	}
	endLink()
	if p.text = foldLines(text.String()); p.text == "" {
		return nil
	}
	b.paragraphs = append(b.paragraphs, p)
	return d.node()
}

// said counts what language a run is in; at tells long texts from short ones.
func (d *deck) said(language string, at int) {
	if language != "" && len(d.languages) < 100 || d.languages[language] > 0 {
		d.languages[language] += 1 + at/100
	}
}

// foldLines folds each line for itself and drops empty ones.
func foldLines(s string) string {
	if !strings.ContainsAny(s, "\n\v") {
		return extract.Fold(s)
	}
	var lines []string
	for _, line := range strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\v' }) {
		if line = extract.Fold(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// line is the whole body on one line.
func (b *body) line() string {
	parts := make([]string, 0, len(b.paragraphs))
	for i := range b.paragraphs {
		parts = append(parts, b.paragraphs[i].text)
	}
	return extract.Fold(strings.Join(parts, " "))
}

// blocks turns the paragraphs into paragraphs and lists; below is what they inherit.
func (b *body) blocks(below levels) []extract.Block {
	l := b.levels.over(below)
	var out []extract.Block
	for from := 0; from < len(b.paragraphs); {
		to := from
		for to < len(b.paragraphs) && b.kind(to, l) > unmarked {
			to++
		}
		if to-from < 2 {
			out = append(out, extract.Block{Kind: extract.Paragraph, Text: b.paragraphs[from].text})
			from++
			continue
		}
		out = append(out, b.list(from, to, l))
		from = to
	}
	return out
}

func (b *body) kind(i int, l levels) bullet {
	if p := &b.paragraphs[i]; p.bullet != inherited {
		return p.bullet
	}
	return l[b.paragraphs[i].level]
}

// list nests paragraphs [from, to) by their levels.
func (b *body) list(from, to int, l levels) extract.Block {
	block := extract.Block{Kind: extract.List, Ordered: b.kind(from, l) == numbered}
	if block.Ordered && b.paragraphs[from].start > 1 {
		block.Start = b.paragraphs[from].start
	}
	block.Items, _ = b.items(from, to, l, true)
	return block
}

// items reads paragraphs of one level, and deeper ones as lists in the item before, up
// to one of a lower level; the outermost list takes that as its own.
func (b *body) items(from, to int, l levels, outermost bool) ([]extract.Item, int) {
	var out []extract.Item
	level := b.paragraphs[from].level
	for from < to {
		p := &b.paragraphs[from]
		switch {
		case p.level > level && len(out) > 0:
			last := &out[len(out)-1]
			last.Ordered = b.kind(from, l) == numbered
			var nested []extract.Item
			nested, from = b.items(from, to, l, false)
			last.Items = append(last.Items, nested...)
			continue
		case p.level < level && !outermost:
			return out, from
		case p.level < level:
			level = p.level
		}
		out = append(out, extract.Item{Text: p.text})
		from++
	}
	return out, from
}
