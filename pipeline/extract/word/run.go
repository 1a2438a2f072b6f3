package word

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A face is what the properties of a run come to.
type face struct {
	vanish, bold, mono bool
	symbol             bool
	language           string
}

// run reads one run of text.
func (r *reader) run(p *paragraph) error {
	f := face{vanish: p.look.vanish, bold: p.look.bold, mono: p.look.mono, language: r.language}
	return children(r.part.d, func(e element) error {
		if e.Name.Space != "w" {
			if e.Name.Space == "m" {
				return r.math(p, e)
			}
			return r.part.d.Skip()
		}
		return r.runElement(p, &f, e)
	})
}

func (r *reader) runElement(p *paragraph, f *face, e element) error {
	d := r.part.d
	switch e.Name.Local {
	case "rPr":
		return r.runProperties(f)
	case "t":
		return r.text(p, f)
	case "tab", "ptab":
		r.write(p, f, "\t")
	case "br", "cr":
		r.write(p, f, "\n")
	case "noBreakHyphen":
		r.write(p, f, "-")
	case "sym":
		r.write(p, f, symbol(e.attr("font"), e.attr("char")))
	case "fldChar":
		return r.fieldChar(p, f, e)
	case "instrText":
		text, err := d.Text()
		r.instruction(text)
		return err
	case "footnoteReference":
		r.call(p, f, &r.notes.foot, e)
	case "endnoteReference":
		r.call(p, f, &r.notes.end, e)
	case "drawing", "pict", "object":
		return r.drawing(p)
	case "ruby":
		return children(d, func(e element) error {
			if e.is("w", "rubyBase") {
				return r.inline(p)
			}
			return d.Skip()
		})
	}
	return d.Skip()
}

func (r *reader) runProperties(f *face) error {
	d := r.part.d
	return children(d, func(e element) error {
		if e.Name.Space != "w" {
			return d.Skip()
		}
		switch e.Name.Local {
		case "rStyle":
			if st := r.styles.byID[e.val()]; st != nil {
				l := r.styles.look(e.val())
				f.vanish, f.bold, f.mono = f.vanish || l.vanish, st.bold.or(f.bold || l.bold), st.mono.or(f.mono || l.mono)
			}
		case "vanish":
			f.vanish = e.on()
		case "b":
			f.bold = e.on()
		case "rFonts":
			if font := fontOf(e); font != "" {
				f.mono, f.symbol = monospaced(font), strings.EqualFold(font, "Symbol")
			}
		case "lang":
			if l := e.val(); l != "" {
				f.language = l
			}
		}
		return d.Skip()
	})
}

// text reads a piece of text to its end.
func (r *reader) text(p *paragraph, f *face) error {
	for {
		token, err := r.part.d.Token()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.CharData:
			r.writeText(p, f, t)
		case xml.StartElement:
			if err := r.part.d.Skip(); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

func (r *reader) writeText(p *paragraph, f *face, b []byte) {
	if f.symbol {
		r.write(p, f, strings.Map(symbolRune, string(b)))
		return
	}
	if bytes.IndexByte(b, '\n') >= 0 {
		b = bytes.ReplaceAll(b, []byte{'\n'}, []byte{' '})
	}
	r.write(p, f, string(b))
}

// write appends what is seen of a run.
func (r *reader) write(p *paragraph, f *face, s string) {
	if s == "" || !r.part.shown() {
		return
	}
	if f.vanish {
		r.left.hidden++
		return
	}
	p.text = append(p.text, s...)
	switch blank := strings.TrimSpace(s) == ""; {
	case blank:
		p.blank += len(s)
	default:
		if f.bold {
			p.bold += len(s)
		}
		if f.mono {
			p.mono += len(s)
		}
		if f.language != "" && (len(r.languages) < 100 || r.languages[f.language] > 0) {
			r.languages[f.language] += len(s)
		}
	}
}

// symbol is the character of w:sym: a code of a font, not of Unicode.
func symbol(font, char string) string {
	code, err := strconv.ParseUint(char, 16, 32)
	if err != nil {
		return ""
	}
	c := rune(code)
	switch f := strings.ToLower(font); {
	case strings.HasPrefix(f, "wingdings"):
		return wingding(c & 0xff)
	case f == "symbol":
		c = symbolRune(c)
	}
	if c < ' ' || !utf8.ValidRune(c) || unicode.Is(unicode.Co, c) {
		return ""
	}
	return string(c)
}

// wingding knows the pictures that mean something in a text: marks, boxes, arrows.
func wingding(c rune) string {
	switch c {
	case 0xfb, 0xcf, 0x4f:
		return "✗"
	case 0xfc, 0x50:
		return "✓"
	case 0xfd, 0x53, 0x54:
		return "☒"
	case 0xfe, 0x52:
		return "☑"
	case 0x6f, 0x71, 0x72, 0xa8, 0xa3:
		return "☐"
	case 0xdf, 0xe7, 0xef:
		return "←"
	case 0xe0, 0xe8, 0xf0, 0xd8:
		return "→"
	case 0x28:
		return "☎"
	case 0x2a:
		return "✉"
	case 0xab:
		return "★"
	case 0x4a:
		return "☺"
	case 0x6c, 0x6e, 0x9f, 0xa7:
		return "•"
	}
	return ""
}

// symbolHigh and symbolLow are the characters of the font Symbol from 0xa1 and from
// 0x41 on (Adobe's Symbol encoding); a space stands for those without a meaning here.
const (
	symbolLow  = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_ αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
	symbolHigh = "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…  ↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑"
)

// symbolRune is the character of a code of the font Symbol, which programs also write
// into the private area from U+F000 on.
func symbolRune(c rune) rune {
	if c >= 0xf000 && c <= 0xf0ff {
		c -= 0xf000
	}
	table, from := symbolLow, rune(0x41)
	if c >= 0xa1 {
		table, from = symbolHigh, 0xa1
	}
	if c < from {
		return c
	}
	for _, r := range table {
		if from == c {
			return r
		}
		from++
	}
	return c
}
