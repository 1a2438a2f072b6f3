package font

import (
	"strings"
	"testing"
)

func TestNamesOfGlyphs(t *testing.T) {
	for name, want := range map[string]string{
		"A": "A", "eacute": "é", "Euro": "€", "fi": "ﬁ", "f_f_i": "ffi", "a.alt": "a", "uni00E9": "é", "uni00660069": "fi",
		"u1F600": "😀", "afii10017": "А", "a20": "✔", "g12": "", "uniXYZW": "", ".notdef": "", "uniE001": "",
	} {
		if got := ofName(name); got != want {
			t.Errorf("%s is %q; want %q", name, got, want)
		}
	}
	if got := shown(ofName("fi")); got != "fi" {
		t.Errorf("the ligature reads %q", got)
	}
}

func TestTables(t *testing.T) {
	tab := loadTables()
	for _, test := range []struct {
		page *[256]string
		code byte
		want string
	}{
		{&tab.winAnsi, 0x80, "€"}, {&tab.winAnsi, 0x92, "’"}, {&tab.winAnsi, 0x81, "•"}, {&tab.winAnsi, 0xe9, "é"}, {&tab.winAnsi, 0xad, "-"},
		{&tab.macRoman, 0x8e, "é"}, {&tab.pdfDoc, 0x80, "•"}, {&tab.pdfDoc, 0x92, "™"}, {&tab.pdfDoc, 0x9e, "ž"}, {&tab.pdfDoc, 0xa0, "€"},
		{&tab.pdfDoc, 0x18, "˘"}, {&tab.symbol.text, 'a', "α"}, {&tab.zapf.text, '3', "✓"},
	} {
		if got := test.page[test.code]; got != test.want {
			t.Errorf("code %#x is %q; want %q", test.code, got, test.want)
		}
	}
	for column, want := range []float64{.667, .722, .722, .722, .611, .667} {
		if got := tab.widths[column]["A"]; got != want {
			t.Errorf("A in column %d is %v wide; want %v", column, got, want)
		}
	}
	if got := DocText("R\xe9sum\xe9 \x93x\x94"); got != "Résumé ﬁxﬂ" {
		t.Errorf("DocText: %q", got)
	}
}

const sampleCMap = `/CIDInit /ProcSet findresource begin 12 dict begin begincmap
1 begincodespacerange <00> <7F> endcodespacerange
1 begincodespacerange <8000> <FFFF> endcodespacerange
2 beginbfchar <01> <0041> <02> <00660066> endbfchar
3 beginbfrange <10> <12> <0061> <20> <21> [<0031> <D83DDE00>] <8001> <8010> <4E00> endbfrange
1 begincidrange <8100> <81FF> 500 endcidrange
endcmap`

func TestCMaps(t *testing.T) {
	m := readCMap([]byte(sampleCMap))
	for code, want := range map[uint32]string{1: "A", 2: "ff", 0x10: "a", 0x12: "c", 0x13: "", 0x20: "1", 0x21: "😀", 0x8002: "丁", 3: ""} {
		if got := m.lookup(code); got != want {
			t.Errorf("code %#x is %q; want %q", code, got, want)
		}
	}
	for s, want := range map[string]int{"\x01\x02": 1, "\x81\x02": 2, "\x81": 1} {
		if _, n := m.next([]byte(s)); n != want {
			t.Errorf("the code at the beginning of % x has %d bytes; want %d", s, n, want)
		}
	}
	if cid, ok := m.cid(0x8105); !ok || cid != 505 {
		t.Errorf("the glyph of 8105 is %d, %v", cid, ok)
	}
}

func TestCharsets(t *testing.T) {
	for name, test := range map[string]struct{ code, want string }{
		"90ms-RKSJ-H": {"\x93\xfa", "日"}, "UniGB-UCS2-H": {"\x4e\x2d", "中"}, "UniJIS-UTF16-H": {"\xd8\x3d\xde\x00", "😀"},
		"GBK-EUC-H": {"\xd6\xd0", "中"}, "ETen-B5-H": {"\xa4\xa4", "中"}, "KSCms-UHC-H": {"\xc7\xd1", "한"}, "EUC-H": {"\xc6\xfc", "日"}, "H": {"\x46\x7c", "日"},
	} {
		c := charsetOf(name)
		if c == nil {
			t.Errorf("%s is not known", name)
			continue
		}
		if got, n := c.next([]byte(test.code + "rest")); got != test.want || n != len(test.code) {
			t.Errorf("%s: % x is %q, of %d bytes; want %q", name, test.code, got, n, test.want)
		}
	}
	if charsetOf("Identity-H") != nil || charsetOf("Adobe-Japan1-2") != nil {
		t.Error("glyph numbers pass for characters")
	}
}

func TestEncodingOfAType1Program(t *testing.T) {
	got := type1Names([]byte("%!PS-AdobeFont-1.0\n/Encoding 256 array 0 1 255 {1 index exch /.notdef put} for\ndup 65 /eacute put\ndup 66/B put\nreadonly def\ncurrentfile eexec"))
	if got[65] != "eacute" || got[66] != "B" || len(got) != 2 {
		t.Errorf("got %v", got)
	}
	if type1Names([]byte("/Encoding StandardEncoding def")) != nil {
		t.Error("the standard encoding is its own")
	}
}

func TestGlyphsOfUsualFonts(t *testing.T) {
	g := usualGlyphs()
	if g[3] != " " || g[36] != "A" || g[112] != "é" || g[113] != "è" || g[106] != "à" {
		t.Errorf("got %q %q %q %q %q", g[3], g[36], g[112], g[113], g[106])
	}
}

func FuzzCMap(f *testing.F) {
	f.Add([]byte(sampleCMap))
	f.Add([]byte("1 beginbfrange <0000> <ffff> <0000> endbfrange /x usecmap 1 begincidchar <01> 5"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := readCMap(data)
		for _, s := range []string{"\x00", "\x81\x02", "abcd", string(data[:min(len(data), 8)])} {
			for len(s) > 0 {
				c, n := m.next([]byte(s))
				if n < 1 || n > len(s) {
					t.Fatalf("a code of %d bytes in %q", n, s)
				}
				if text := m.lookup(c); strings.ContainsRune(text, '\ufffd') {
					t.Errorf("code %#x is %q", c, text)
				}
				m.cid(c)
				s = s[n:]
			}
		}
	})
}

func FuzzPrograms(f *testing.F) {
	f.Add([]byte("\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00cmap\x00\x00\x00\x00\x00\x00\x00\x1c\x00\x00\x00\x20\x00\x00\x00\x01\x00\x03\x00\x01\x00\x00\x00\x0c"))
	f.Add([]byte("\x01\x00\x04\x01\x00\x01\x01\x01\x02A\x00\x01\x01\x01\x05\x8b\x0f\x8b\x10\x00\x00"))
	f.Add([]byte("/Encoding 256 array dup 65 /A put readonly def eexec"))
	f.Fuzz(func(t *testing.T, data []byte) {
		type1Names(data)
		cffNames(data)
		for _, s := range byGlyph(trueTypeMaps(data)) {
			if s == "" {
				t.Error("a glyph says nothing")
			}
		}
	})
}
