package word

import (
	"strings"

	"freshet/pipeline/extract"
)

// A paragraph while it is read.
type paragraph struct {
	look    *look
	num     numRef // its own
	outline int    // its own; none: as its style says
	joined  bool   // its end is deleted, or it is an initial: the next one goes on with it
	text    []byte
	bold    int // bytes of text in bold
	mono    int // bytes of text in the fonts of programs
	blank   int // bytes that are neither
	boxes   []extract.Block
}

func (r *reader) newParagraph() *paragraph {
	return &paragraph{look: r.styles.look(""), outline: none}
}

// paragraph reads one paragraph into out.
func (r *reader) paragraph(out *flow) error {
	p := out.joined
	if p == nil {
		p = r.newParagraph()
	}
	p.look, p.num, p.outline, p.joined = r.styles.look(""), numRef{}, none, false
	out.joined = nil
	if err := r.inline(p); err != nil {
		return err
	}
	r.endParagraph()
	if p.joined {
		out.joined = p
		return nil
	}
	return out.paragraph(p)
}

// inline reads the runs in the element whose start was read last.
func (r *reader) inline(p *paragraph) error {
	return children(r.part.d, func(e element) error { return r.inlineElement(p, e) })
}

func (r *reader) inlineElement(p *paragraph, e element) error {
	if e.Name.Space == "m" {
		return r.math(p, e)
	}
	if e.Name.Space != "w" {
		return r.part.d.Skip()
	}
	switch e.Name.Local {
	case "r":
		return r.run(p)
	case "pPr":
		return r.paragraphProperties(p)
	case "hyperlink":
		from := len(p.text)
		err := r.inline(p)
		r.links.add(p.text[from:], r.part.hyperlink(e.relation("id")))
		return err
	case "fldSimple":
		from := len(p.text)
		err := r.inline(p)
		r.links.add(p.text[from:], hyperlinkField(e.attr("instr")))
		return err
	case "ins", "moveTo", "smartTag", "customXml", "bdo", "dir":
		return r.inline(p)
	case "sdt":
		return r.control(func() error { return r.inline(p) })
	case "del", "moveFrom":
		r.left.deletions++
	}
	return r.part.d.Skip()
}

// paragraphProperties reads pPr.
func (r *reader) paragraphProperties(p *paragraph) error {
	d := r.part.d
	return children(d, func(e element) error {
		switch {
		case e.is("w", "pStyle"):
			p.look = r.styles.look(e.val())
		case e.is("w", "outlineLvl"):
			p.outline = outline(e.val())
		case e.is("w", "numPr"):
			return p.num.read(d)
		case e.is("w", "framePr"):
			// A large initial is a paragraph of its own before the one it begins.
			if drop := e.attr("dropCap"); drop == "drop" || drop == "margin" {
				p.joined = true
			}
		case e.is("w", "rPr"):
			return children(d, func(e element) error {
				if e.is("w", "del") || e.is("w", "moveFrom") {
					p.joined = true
				}
				return d.Skip()
			})
		}
		return d.Skip()
	})
}

// number is the list that the paragraph belongs to, by itself or by its style.
func (p *paragraph) number() numRef {
	if p.num.said {
		return p.num
	}
	n := p.look.num
	if n.said && p.num.level > 0 {
		n.level = p.num.level
	}
	return n
}

// longestHeading is the longest paragraph, in bytes, that is a heading because its style
// says so; styles are put on whole pages by mistake.
const longestHeading = 400

// heading is the level of a heading, from 1; 0 if the paragraph is none.
func (p *paragraph) heading(text string) int {
	if len(text) > longestHeading {
		return 0
	}
	switch {
	case p.look.role == roleContents:
		return 0
	case p.outline == 9 && p.look.role == roleHeading:
		return 0
	case p.outline >= 0 && p.outline < 9:
		return p.outline + 1
	case p.look.role == roleHeading:
		return p.look.level
	}
	return 0
}

// boldLine reports whether all of the text is one short line in bold that does not end
// as a sentence does: what people write who use no styles.
func (p *paragraph) boldLine(text string) bool {
	if p.bold == 0 || p.bold+p.blank != len(p.text) || len(text) < 3 || len(text) > 120 {
		return false
	}
	return !strings.ContainsRune(text, '\n') && !strings.ContainsAny(text[len(text)-1:], ".,:;!)")
}

// program reports whether all of the text is in a font of programs.
func (p *paragraph) program() bool { return p.mono > 0 && p.mono+p.blank == len(p.text) }

// foldLines folds each line of text and drops the empty ones.
func foldLines(text string) string {
	if !strings.Contains(text, "\n") {
		return extract.Fold(text)
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = extract.Fold(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
