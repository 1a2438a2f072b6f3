package font

import (
	"strings"

	"github.com/ledongthuc/pdf"
)

// loadSimple reads a font whose codes are single bytes.
func (f *Font) loadSimple(v pdf.Value, data Data) {
	d := v.Key("FontDescriptor")
	f.describe(d)
	names, text := f.encode(v, d, data)
	f.simple = &[256]Glyph{}
	first := int(v.Key("FirstChar").Int64())
	widths := v.Key("Widths")
	given := widths.Len()
	missing := d.Key("MissingWidth").Float64() / 1000
	standard := f.standardWidths(d)
	same, seen := true, 0.0
	for c := range f.simple {
		g := &f.simple[c]
		g.Code, g.Bytes, g.Text = uint32(c), 1, text[c]
		if f.toUnicode != nil {
			if t := f.toUnicode.lookup(uint32(c)); t != "" {
				g.Text = t
			}
		}
		if c >= first && c-first < given {
			g.Width = widths.Index(c-first).Float64() / 1000
			if g.Width > 0 && g.Text != "" {
				same = same && (seen == 0 || seen == g.Width)
				seen = g.Width
			}
		} else if given > 0 {
			g.Width = missing
		} else {
			g.Width = standard(byte(c), names[c])
		}
	}
	if given > 20 && same && seen > 0 {
		f.Fixed = true
	}
}

// encode returns the glyphs' names and characters of the codes.
func (f *Font) encode(v, d pdf.Value, data Data) (names, text [256]string) {
	t := loadTables()
	e := v.Key("Encoding")
	base := e.Name()
	if e.Kind() == pdf.Dict {
		base = e.Key("BaseEncoding").Name()
	}
	switch {
	case base == "WinAnsiEncoding":
		text = t.winAnsi
	case base == "MacRomanEncoding":
		text = t.macRoman
	case base == "PDFDocEncoding":
		text = t.pdfDoc
	case strings.HasPrefix(f.Name, "Symbol") && v.Key("Subtype").Name() != "TrueType":
		names, text = t.symbol.names, t.symbol.text
	case strings.HasPrefix(f.Name, "ZapfDingbats"):
		names, text = t.zapf.names, t.zapf.text
	case base == "" && v.Key("Subtype").Name() == "TrueType" && e.Kind() != pdf.Dict:
		text = t.winAnsi
	default:
		names = t.standard
		if base == "" {
			for c, n := range programNames(d, data) {
				names[c] = n
			}
		}
		for c, n := range names {
			if n != "" {
				text[c] = nameOrNumber(n, byte(c))
			}
		}
	}
	f.differences(e.Key("Differences"), base != "", &names, &text)
	return names, text
}

// programNames returns the encoding that an embedded font program has of its own.
func programNames(d pdf.Value, data Data) map[byte]string {
	if p := d.Key("FontFile"); p.Kind() == pdf.Stream {
		return type1Names(data(p))
	}
	if p := d.Key("FontFile3"); p.Kind() == pdf.Stream {
		program := data(p)
		if table := sfnt(program, "CFF "); table != nil {
			program = table
		}
		names, _ := cffNames(program)
		return names
	}
	return nil
}

// differences takes the names that differ from the encoding on which they build; based
// says that the font names one. Names of a Type 3 font that say nothing leave the
// encoding's characters, as they are often made up.
func (f *Font) differences(list pdf.Value, based bool, names, text *[256]string) {
	c := 0
	for i := range min(list.Len(), 1024) {
		v := list.Index(i)
		if v.Kind() == pdf.Integer {
			c = int(v.Int64())
			continue
		}
		if v.Kind() != pdf.Name || c < 0 || c > 255 {
			continue
		}
		names[c] = v.Name()
		if known := nameOrNumber(v.Name(), byte(c)); known != "" || !f.Type3 || !based {
			text[c] = known
		}
		c++
	}
}

func nameOrNumber(name string, code byte) string {
	if s := ofName(name); s != "" {
		return shown(s)
	}
	return numbered(name, code)
}

// standardWidths returns the widths of the standard font that f is, or is nearest to.
func (f *Font) standardWidths(d pdf.Value) func(code byte, name string) float64 {
	t := loadTables()
	name := strings.ToLower(f.Name)
	flags := d.Key("Flags").Int64()
	switch {
	case strings.HasPrefix(name, "symbol"):
		return func(c byte, _ string) float64 { return t.symbol.widths[c] }
	case strings.HasPrefix(name, "zapfdingbats"):
		return func(c byte, _ string) float64 { return t.zapf.widths[c] }
	case f.Fixed:
		return func(byte, string) float64 { return 0.6 }
	}
	column := 0
	serif := strings.Contains(name, "times") || strings.Contains(name, "serif") && !strings.Contains(name, "sans") || flags&2 != 0
	switch {
	case serif && f.Bold && f.Italic:
		column = 5
	case serif && f.Italic:
		column = 4
	case serif && f.Bold:
		column = 3
	case serif:
		column = 2
	case f.Bold:
		column = 1
	}
	widths := t.widths[column]
	return func(c byte, name string) float64 {
		if w, ok := widths[name]; ok {
			return w
		}
		if w, ok := widths[nameOf(t, c)]; ok {
			return w
		}
		return 0.5
	}
}

// nameOf is the name of the glyph that a code of Windows has.
func nameOf(t *tables, c byte) string {
	if c < 0x80 && t.standard[c] != "" {
		switch c {
		case '\'':
			return "quotesingle"
		case '`':
			return "grave"
		}
		return t.standard[c]
	}
	return t.glyph[t.winAnsi[c]]
}
