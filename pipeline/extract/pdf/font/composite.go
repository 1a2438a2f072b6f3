package font

import (
	"strings"

	"github.com/ledongthuc/pdf"
)

// loadComposite reads a Type 0 font.
func (f *Font) loadComposite(v pdf.Value, data Data) {
	child := v.Key("DescendantFonts").Index(0)
	d := child.Key("FontDescriptor")
	f.describe(d)
	f.encoding = twoBytes()
	e := v.Key("Encoding")
	name := e.Name()
	if e.Kind() == pdf.Stream {
		if m := readCMap(data(e)); len(m.spaces) > 0 || len(m.cids) > 0 {
			f.encoding = m
			if m.base == "" {
				m.base = e.Key("UseCMap").Name()
			}
		} else {
			name = e.Key("UseCMap").Name()
		}
		f.Vertical = f.encoding.vertical || e.Key("WMode").Int64() == 1
	}
	if !strings.HasPrefix(name, "Identity") {
		f.charset = charsetOf(name)
	}
	f.Vertical = f.Vertical || strings.HasSuffix(name, "-V")
	f.readWidths(child)
	if f.charset == nil {
		f.text = programText(child, d, data)
	}
	if f.charset == nil && len(f.text) == 0 {
		f.collection = collectionText(child.Key("CIDSystemInfo").Key("Ordering").RawString())
	}
	if !embedded(d) && len(f.text) == 0 && f.collection == nil && f.toUnicode.silent() && child.Key("Subtype").Name() == "CIDFontType2" {
		f.text = usualGlyphs()
	}
}

func embedded(d pdf.Value) bool {
	return d.Key("FontFile").Kind() == pdf.Stream || d.Key("FontFile2").Kind() == pdf.Stream || d.Key("FontFile3").Kind() == pdf.Stream
}

// usualGlyphs returns the characters of the first glyphs of the TrueType fonts that
// come with Windows, and of those made like them: ASCII from the fourth glyph on, and
// behind it Mac Roman, as in format 1 of the table "post".
func usualGlyphs() map[uint32]string {
	mac := &loadTables().macRoman
	out := make(map[uint32]string, 224)
	for c := uint32(' '); c <= '~'; c++ {
		out[c-29] = string(rune(c))
	}
	for c := uint32(0x80); c <= 0xff; c++ {
		out[c-30] = mac[c]
	}
	return out
}

// twoBytes is the encoding Identity-H.
func twoBytes() *cmap {
	return &cmap{spaces: []codespace{{0, 0xffff, 2}}}
}

// readWidths reads the array W: "c [w1 w2 ...]" and "first last w".
func (f *Font) readWidths(child pdf.Value) {
	f.defaultWidth = 1
	if dw := child.Key("DW"); !dw.IsNull() {
		f.defaultWidth = dw.Float64() / 1000
	}
	f.widths = map[uint32]float64{}
	w := child.Key("W")
	for i, n := 0, w.Len(); i+1 < n; {
		first := w.Index(i).Int64()
		second := w.Index(i + 1)
		if second.Kind() == pdf.Array {
			for k := range second.Len() {
				f.widths[uint32(first+int64(k))] = second.Index(k).Float64() / 1000
			}
			i += 2
			continue
		}
		width := w.Index(i+2).Float64() / 1000
		for c := first; c <= min(second.Int64(), first+0xffff) && len(f.widths) < maxMappings; c++ {
			f.widths[uint32(c)] = width
		}
		i += 3
	}
}

// programText returns the characters of glyphs, by their number, as the embedded
// font program knows them.
func programText(child, d pdf.Value, data Data) map[uint32]string {
	out := map[uint32]string{}
	if p := d.Key("FontFile2"); p.Kind() == pdf.Stream {
		glyphs := byGlyph(trueTypeMaps(data(p)))
		toGlyph := child.Key("CIDToGIDMap")
		if toGlyph.Kind() != pdf.Stream {
			return glyphs
		}
		table := data(toGlyph)
		for cid := 0; 2*cid+1 < len(table); cid++ {
			if s := glyphs[uint32(table[2*cid])<<8|uint32(table[2*cid+1])]; s != "" {
				out[uint32(cid)] = s
			}
		}
		return out
	}
	if p := d.Key("FontFile3"); p.Kind() == pdf.Stream {
		program := data(p)
		if table := sfnt(program, "CFF "); table != nil {
			if glyphs := byGlyph(trueTypeMaps(program)); len(glyphs) > 0 {
				return glyphs
			}
			program = table
		}
		_, names := cffNames(program)
		for g, n := range names {
			if s := ofName(n); s != "" {
				out[uint32(g)] = shown(s)
			}
		}
	}
	return out
}

// byGlyph turns the table of characters round; of several characters with one glyph
// the lowest is taken.
func byGlyph(m glyphMaps) map[uint32]string {
	least := make(map[uint32]uint32, len(m.unicode))
	for c, g := range m.unicode {
		if old, ok := least[uint32(g)]; !ok || c < old {
			least[uint32(g)] = c
		}
	}
	out := make(map[uint32]string, len(least))
	for g, c := range least {
		if s := shown(string(rune(c))); s != "" {
			out[g] = s
		}
	}
	return out
}
