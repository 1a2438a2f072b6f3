package word

import (
	"encoding/xml"
	"strings"
	"unicode"
	"unicode/utf8"

	"freshet/pipeline/extract/container"
)

// math appends the linear text of an equation: (a+b)/c, x^2, √(y).
func (r *reader) math(p *paragraph, e element) error {
	text, err := r.equation(e)
	if err != nil {
		return err
	}
	r.write(p, &face{}, strings.TrimSpace(text))
	return nil
}

// longestEquation bounds the text of an equation, in bytes: each step of nesting can
// add to it.
const longestEquation = 50_000

// A formula is one construct of an equation with its operands.
type formula struct {
	r     *reader
	parts map[string]string // operands by name, those that occur several times joined
	text  strings.Builder   // of all operands in order
	marks map[string]string // characters that its properties name
	built bool              // the last operand is a construct, not bare text
	items []string          // operands of a list: of delimiters, of a matrix
}

// equation reads one element of an equation, whose start was read last.
func (r *reader) equation(e element) (string, error) {
	f := formula{r: r}
	if err := children(r.part.d, f.child); err != nil {
		return "", err
	}
	text := f.linear(e.Name.Local)
	if len(text) > longestEquation {
		return "", tooLarge("an equation has more than %d bytes of text", longestEquation)
	}
	return text, nil
}

func (f *formula) child(e element) error {
	d := f.r.part.d
	switch {
	case e.Name.Local == "t" && (e.Name.Space == "m" || e.Name.Space == "w"):
		text, err := d.Text()
		f.text.WriteString(text)
		return err
	case e.Name.Space == "w" && (e.Name.Local == "r" || e.Name.Local == "ins" || e.Name.Local == "hyperlink"):
		text, err := f.r.equation(e)
		f.text.WriteString(text)
		return err
	case e.Name.Space != "m":
		return d.Skip()
	case strings.HasSuffix(e.Name.Local, "Pr"):
		return f.properties()
	}
	text, err := f.r.equation(e)
	if err != nil {
		return err
	}
	if f.text.Len()+len(text) > longestEquation {
		return tooLarge("an equation has more than %d bytes of text", longestEquation)
	}
	if f.parts == nil {
		f.parts = map[string]string{}
	}
	f.parts[e.Name.Local] += text
	if r, _ := utf8.DecodeRuneInString(text); f.built && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		f.text.WriteByte(' ')
	}
	f.built = e.Name.Local != "r"
	f.text.WriteString(text)
	f.items = append(f.items, text)
	return nil
}

// properties reads the characters that a construct is drawn with.
func (f *formula) properties() error {
	d := f.r.part.d
	return children(d, func(e element) error {
		if e.Name.Space == "m" {
			switch e.Name.Local {
			case "chr", "begChr", "endChr", "sepChr":
				if f.marks == nil {
					f.marks = map[string]string{}
				}
				val := container.Attr(xml.StartElement(e), "m", "val")
				f.marks[e.Name.Local] = val[:min(len(val), utf8.UTFMax)]
			}
		}
		return d.Skip()
	})
}

func (f *formula) mark(name, other string) string {
	if m, ok := f.marks[name]; ok {
		return m
	}
	return other
}

// linear writes the construct of that name.
func (f *formula) linear(name string) string {
	p := f.parts
	switch name {
	case "f":
		return operand(p["num"]) + "/" + operand(p["den"])
	case "sSup":
		return operand(p["e"]) + "^" + operand(p["sup"])
	case "sSub":
		return operand(p["e"]) + "_" + operand(p["sub"])
	case "sSubSup":
		return operand(p["e"]) + "_" + operand(p["sub"]) + "^" + operand(p["sup"])
	case "sPre":
		return "_" + operand(p["sub"]) + "^" + operand(p["sup"]) + operand(p["e"])
	case "rad":
		return p["deg"] + "√" + operand(p["e"])
	case "nary":
		return f.mark("chr", "∫") + script("_", p["sub"]) + script("^", p["sup"]) + " " + p["e"]
	case "d":
		return f.mark("begChr", "(") + strings.Join(f.items, f.mark("sepChr", "|")) + f.mark("endChr", ")")
	case "func":
		return p["fName"] + " " + p["e"]
	case "limLow":
		return p["e"] + script("_", p["lim"])
	case "limUpp":
		return p["e"] + script("^", p["lim"])
	case "acc":
		return p["e"] + f.mark("chr", "\u0302")
	case "m":
		return "[" + strings.Join(f.items, "; ") + "]"
	case "mr":
		return strings.Join(f.items, ", ")
	case "eqArr":
		return strings.Join(f.items, "\n")
	case "oMathPara":
		return strings.Join(f.items, "\n")
	}
	return f.text.String()
}

func script(mark, text string) string {
	if text == "" {
		return ""
	}
	return mark + operand(text)
}

// operand puts parentheses around more than one number, name or group.
func operand(s string) string {
	s = strings.TrimSpace(s)
	if enclosed(s) {
		return s
	}
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != ',' && !unicode.Is(unicode.Mn, r) {
			return "(" + s + ")"
		}
	}
	return s
}

// enclosed reports whether s stands in one pair of parentheses.
func enclosed(s string) bool {
	if !strings.HasPrefix(s, "(") {
		return false
	}
	open := 0
	for i, r := range s {
		switch r {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return i == len(s)-1
			}
		}
	}
	return false
}
