package font

import (
	_ "embed" // the tables
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/encoding/charmap"
)

//go:embed names.txt
var namesFile string

//go:embed widths.txt
var widthsFile string

//go:embed symbol.txt
var symbolFile string

//go:embed zapfdingbats.txt
var zapfFile string

// tables are what the embedded files say.
type tables struct {
	characters map[string]string // of the names of glyphs
	standard   [256]string       // the glyphs of StandardEncoding
	winAnsi    [256]string       // characters, not names
	macRoman   [256]string
	pdfDoc     [256]string
	symbol     builtin
	zapf       builtin
	widths     [6]map[string]float64 // in the order of widths.txt
	glyph      map[string]string     // the name of the standard fonts' glyph for a character
}

// A builtin is a font with an encoding of its own.
type builtin struct {
	names  [256]string
	text   [256]string
	widths [256]float64
}

// loadTables reads the embedded files, once.
var loadTables = sync.OnceValue(func() *tables {
	t := &tables{characters: make(map[string]string, 4200)}
	rows(namesFile, func(f []string) {
		var b strings.Builder
		for _, h := range f[1:] {
			b.WriteRune(hexRune(h))
		}
		t.characters[f[0]] = b.String()
	})
	rows(zapfFile, func(f []string) { t.characters[f[1]] = string(hexRune(f[3])) })
	for i := range t.widths {
		t.widths[i] = make(map[string]float64, 320)
	}
	t.glyph = make(map[string]string, 320)
	rows(widthsFile, func(f []string) {
		t.glyph[t.characters[f[1]]] = f[1]
		if code, _ := strconv.Atoi(f[0]); code >= 0 {
			t.standard[code] = f[1]
		}
		for i := range t.widths {
			t.widths[i][f[1]] = thousandths(f[2+i])
		}
	})
	for file, b := range map[string]*builtin{symbolFile: &t.symbol, zapfFile: &t.zapf} {
		rows(file, func(f []string) {
			code, _ := strconv.Atoi(f[0])
			b.names[code], b.text[code], b.widths[code] = f[1], t.characters[f[1]], thousandths(f[2])
		})
	}
	t.codePages()
	return t
})

func (t *tables) codePages() {
	for c := 32; c < 256; c++ {
		t.winAnsi[c] = characterOf(charmap.Windows1252, byte(c))
		t.macRoman[c] = characterOf(charmap.Macintosh, byte(c))
		t.pdfDoc[c] = string(rune(c))
		// WinAnsiEncoding has a bullet wherever Windows has nothing.
		if t.winAnsi[c] == "" && c > 126 {
			t.winAnsi[c] = "•"
		}
	}
	t.winAnsi[0xad] = "-"
	t.winAnsi[0x7f], t.macRoman[0x7f], t.pdfDoc[0x7f] = "•", "", ""
	// ISO 32000-1, annex D.2.
	for i, r := range []rune("˘ˇˆ˙˝˛˚˜") {
		t.pdfDoc[0x18+i] = string(r)
	}
	for i, r := range []rune("•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž") {
		t.pdfDoc[0x80+i] = string(r)
	}
	t.pdfDoc[0x9f], t.pdfDoc[0xa0], t.pdfDoc[0xad] = "", "€", ""
}

func characterOf(page *charmap.Charmap, c byte) string {
	if r := page.DecodeByte(c); r != '\ufffd' && r >= 32 && (r < 0x7f || r > 0x9f) {
		return string(r)
	}
	return ""
}

func rows(file string, row func([]string)) {
	for line := range strings.Lines(file) {
		if f := strings.Fields(line); len(f) > 1 && line[0] != '#' {
			row(f)
		}
	}
}

func hexRune(s string) rune {
	n, _ := strconv.ParseUint(s, 16, 32)
	return rune(n)
}

func thousandths(s string) float64 {
	n, _ := strconv.ParseFloat(s, 64)
	return n / 1000
}

// DocText decodes a string in PDFDocEncoding.
func DocText(s string) string {
	t := loadTables()
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; c {
		case '\t', '\n', '\r':
			b.WriteByte(c)
		default:
			b.WriteString(t.pdfDoc[c])
		}
	}
	return b.String()
}
