package word

import (
	"strings"
)

const (
	// fieldsMost bounds the nesting of fields; deeper ones are read as text.
	fieldsMost = 50
	// longestInstruction bounds the code of a field, in bytes.
	longestInstruction = 4_000
)

// A field is a code whose result is shown: a link, a date, a number.
type field struct {
	code   []byte
	result bool // its result is being read
	from   int  // where the result begins in the text of from's paragraph
	within *paragraph
	entry  string // what a form field shows that has no result
}

// shown reports whether text is to be seen: the codes of fields are not.
func (p *part) shown() bool {
	for i := range p.fields {
		if !p.fields[i].result {
			return false
		}
	}
	return true
}

func (r *reader) fieldChar(p *paragraph, f *face, e element) error {
	fields := &r.part.fields
	n := len(*fields)
	switch e.attr("fldCharType") {
	case "begin":
		if n >= fieldsMost {
			break
		}
		entry, err := r.formField()
		*fields = append(*fields, field{entry: entry})
		return err
	case "separate":
		if n > 0 {
			last := &(*fields)[n-1]
			last.result, last.from, last.within = true, len(p.text), p
		}
	case "end":
		if n > 0 {
			last := (*fields)[n-1]
			*fields = (*fields)[:n-1]
			if last.entry != "" {
				r.write(p, f, last.entry)
			}
			if last.result && last.within == p && last.from <= len(p.text) {
				r.links.add(p.text[last.from:], hyperlinkField(string(last.code)))
			}
		}
	}
	return r.part.d.Skip()
}

// formField reads what a box or a choice in a form is set to.
func (r *reader) formField() (string, error) {
	d, entry := r.part.d, ""
	return entry, children(d, func(e element) error {
		if !e.is("w", "ffData") {
			return d.Skip()
		}
		return children(d, func(e element) error {
			var err error
			switch {
			case e.is("w", "checkBox"):
				entry, err = r.checkBox()
				return err
			case e.is("w", "ddList"):
				entry, err = r.choice()
				return err
			}
			return d.Skip()
		})
	})
}

func (r *reader) checkBox() (string, error) {
	checked := false
	err := children(r.part.d, func(e element) error {
		if e.is("w", "default") || e.is("w", "checked") {
			checked = e.on()
		}
		return r.part.d.Skip()
	})
	if checked {
		return "☒", err
	}
	return "☐", err
}

func (r *reader) choice() (string, error) {
	chosen, at, entry := 0, 0, ""
	err := children(r.part.d, func(e element) error {
		switch {
		case e.is("w", "result"), e.is("w", "default"):
			chosen = number(e.val(), 0)
		case e.is("w", "listEntry"):
			if at == chosen {
				entry = e.val()
			}
			at++
		}
		return r.part.d.Skip()
	})
	return entry, err
}

// instruction appends to the code of the field that is open.
func (r *reader) instruction(text string) {
	if n := len(r.part.fields); n > 0 {
		f := &r.part.fields[n-1]
		if !f.result && len(f.code)+len(text) <= longestInstruction {
			f.code = append(f.code, text...)
		}
	}
}

// endParagraph gives up fields whose code does not end with the paragraph: they would
// hide all that follows.
func (r *reader) endParagraph() {
	fields := r.part.fields
	for i := range fields {
		if !fields[i].result {
			r.part.fields = fields[:i]
			return
		}
	}
}

// hyperlinkField is the address in the code of a field HYPERLINK, "" for other fields
// and for places in the document.
func hyperlinkField(code string) string {
	rest := strings.TrimSpace(code)
	const name = "HYPERLINK"
	if len(rest) < len(name) || !strings.EqualFold(rest[:len(name)], name) {
		return ""
	}
	rest = strings.TrimSpace(rest[len(name):])
	if quoted, ok := strings.CutPrefix(rest, `"`); ok {
		address, _, _ := strings.Cut(quoted, `"`)
		return address
	}
	if strings.HasPrefix(rest, `\`) {
		return ""
	}
	address, _, _ := strings.Cut(rest, " ")
	return address
}
