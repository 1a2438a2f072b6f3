package word

import (
	"fmt"

	"freshet/connectors"
)

// body reads the blocks in the element whose start was read last into out.
func (r *reader) body(out *flow) error {
	return children(r.part.d, func(e element) error { return r.block(e, out) })
}

// block reads one element that stands where paragraphs do.
func (r *reader) block(e element, out *flow) error {
	if e.Name.Space == "m" && (e.Name.Local == "oMathPara" || e.Name.Local == "oMath") {
		p := r.newParagraph()
		if err := r.math(p, e); err != nil {
			return err
		}
		return out.paragraph(p)
	}
	if e.Name.Space != "w" {
		return r.part.d.Skip()
	}
	switch e.Name.Local {
	case "p":
		return r.paragraph(out)
	case "tbl":
		return r.table(out)
	case "sdt":
		return r.control(func() error { return r.body(out) })
	case "ins", "moveTo", "customXml", "smartTag":
		return r.body(out)
	case "del", "moveFrom":
		r.left.deletions++
	}
	return r.part.d.Skip()
}

// control reads a content control; content reads what is in it. The text that asks for
// an entry is no entry, and a generated table of contents repeats the headings.
func (r *reader) control(content func() error) error {
	skip := false
	d := r.part.d
	return children(d, func(e element) error {
		switch {
		case e.is("w", "sdtPr"):
			return children(d, func(e element) error {
				switch {
				case e.is("w", "showingPlcHdr"):
					skip = e.on()
				case e.is("w", "docPartObj"):
					return children(d, func(e element) error {
						if e.is("w", "docPartGallery") && e.val() == "Table of Contents" {
							skip = true
							r.left.contents++
						}
						return d.Skip()
					})
				}
				return d.Skip()
			})
		case e.is("w", "sdtContent") && !skip:
			return content()
		}
		return d.Skip()
	})
}

// countBlock counts one paragraph with text against the limits.
func (r *reader) countBlock() error {
	if r.blocks++; r.blocks > r.options.Limits.Nodes {
		return tooLarge("it has more than %d paragraphs (limits: nodes)", r.options.Limits.Nodes)
	}
	return nil
}

func tooLarge(format string, args ...any) error {
	return &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf(format, args...)}
}
