package font

import (
	"bytes"
	_ "embed" // the standard strings
	"encoding/binary"
	"strconv"
	"strings"
	"sync"

	"freshet/pipeline/extract/pdf/syntax"
)

// type1Names reads the encoding of a Type 1 font program: the names of the glyphs of
// its codes, nil when it has the standard one or none.
func type1Names(program []byte) map[byte]string {
	if i := bytes.Index(program, []byte("eexec")); i >= 0 {
		program = program[:i]
	}
	i := bytes.Index(program, []byte("/Encoding"))
	if i < 0 {
		return nil
	}
	lex := syntax.Lexer{Data: program, Pos: i + len("/Encoding")}
	names := map[byte]string{}
	code := -1
	for range 4 * 1024 {
		t := lex.Next()
		switch t.Kind {
		case syntax.End:
			return names
		case syntax.Number:
			code = int(t.Num)
		case syntax.Name:
			if code >= 0 && code < 256 && string(t.Text) != ".notdef" {
				names[byte(code)] = string(t.Text)
			}
			code = -1
		case syntax.Keyword:
			switch string(t.Text) {
			case "StandardEncoding":
				return nil
			case "def", "readonly":
				if len(names) > 0 {
					return names
				}
			}
		}
	}
	return names
}

// sfnt returns the table of a TrueType or OpenType font program, nil when it is not
// there.
func sfnt(program []byte, tag string) []byte {
	if len(program) < 12 {
		return nil
	}
	for i := range int(binary.BigEndian.Uint16(program[4:])) {
		at := 12 + 16*i
		if at+16 > len(program) {
			return nil
		}
		if string(program[at:at+4]) == tag {
			off, n := int(binary.BigEndian.Uint32(program[at+8:])), int(binary.BigEndian.Uint32(program[at+12:]))
			if off > len(program) {
				return nil
			}
			return program[off:min(off+n, len(program))]
		}
	}
	return nil
}

// glyphMaps are the tables by which a TrueType font finds its glyphs.
type glyphMaps struct {
	unicode map[uint32]uint16 // by character
	symbol  map[uint32]uint16 // by code, perhaps above 0xf000
	mac     map[uint32]uint16 // by the code of Mac Roman
}

func trueTypeMaps(program []byte) glyphMaps {
	var m glyphMaps
	table := sfnt(program, "cmap")
	if len(table) < 4 {
		return m
	}
	for i := range int(binary.BigEndian.Uint16(table[2:])) {
		at := 4 + 8*i
		if at+8 > len(table) {
			break
		}
		platform, kind := binary.BigEndian.Uint16(table[at:]), binary.BigEndian.Uint16(table[at+2:])
		off := int(binary.BigEndian.Uint32(table[at+4:]))
		if off >= len(table) {
			continue
		}
		glyphs := subtable(table[off:])
		switch {
		case platform == 3 && kind == 0:
			m.symbol = glyphs
		case platform == 0, platform == 3 && (kind == 1 || kind == 10):
			if len(glyphs) > len(m.unicode) {
				m.unicode = glyphs
			}
		case platform == 1:
			m.mac = glyphs
		}
	}
	return m
}

// subtable reads the formats 0, 4, 6 and 12 of a cmap table.
func subtable(b []byte) map[uint32]uint16 {
	u16 := func(at int) int {
		if at < 0 || at+2 > len(b) {
			return 0
		}
		return int(binary.BigEndian.Uint16(b[at:]))
	}
	out := map[uint32]uint16{}
	switch u16(0) {
	case 0:
		for c := 0; c < 256 && 6+c < len(b); c++ {
			if g := b[6+c]; g != 0 {
				out[uint32(c)] = uint16(g)
			}
		}
	case 4:
		segments := min(u16(6)/2, len(b)/8)
		looked := 0 // segments of a hostile font overlap
		for s := range segments {
			last, first := u16(14+2*s), u16(16+2*segments+2*s)
			delta, at := u16(16+4*segments+2*s), 16+6*segments+2*s
			offset := u16(at)
			for c := first; c <= last && c < 0xffff && looked < 1<<18; c++ {
				looked++
				g := c
				if offset != 0 {
					if g = u16(at + offset + 2*(c-first)); g == 0 {
						continue
					}
				}
				if g = (g + delta) & 0xffff; g != 0 {
					out[uint32(c)] = uint16(g)
				}
			}
		}
	case 6:
		first := u16(6)
		for i := range u16(8) {
			if g := u16(10 + 2*i); g != 0 {
				out[uint32(first+i)] = uint16(g)
			}
		}
	case 12:
		for at := 16; at+12 <= len(b); at += 12 {
			first, last := binary.BigEndian.Uint32(b[at:]), binary.BigEndian.Uint32(b[at+4:])
			g := binary.BigEndian.Uint32(b[at+8:])
			if last > 0x10ffff || last < first || last-first > 0xffff || len(out) > 0x20000 {
				break
			}
			for c := first; c <= last; c++ {
				out[c] = uint16(g + c - first)
			}
		}
	}
	return out
}

//go:embed cffnames.txt
var cffNamesFile string

// loadCFFNames reads the standard strings, once.
var loadCFFNames = sync.OnceValue(func() []string {
	_, body, _ := strings.Cut(cffNamesFile, "\n")
	return strings.Fields(body)
})

// A cff reads a Compact Font Format program; a read beyond its end yields zeros.
type cff struct {
	data    []byte
	strings [][]byte
}

// cffNames returns the names of the glyphs of a CFF program's own encoding, by code,
// and by glyph; both nil when its glyphs have numbers instead of names.
func cffNames(program []byte) (byCode map[byte]string, byGlyph []string) {
	if len(program) < 4 {
		return nil, nil
	}
	c := cff{data: program}
	_, at := c.index(int(program[2]))
	tops, at := c.index(at)
	if len(tops) == 0 {
		return nil, nil
	}
	c.strings, _ = c.index(at)
	top := topDict(tops[0])
	if _, numbered := top[1230]; numbered {
		return nil, nil
	}
	glyphs, _ := c.index(top[17])
	byGlyph = c.charset(top[15], len(glyphs))
	return c.encoding(top[16], byGlyph), byGlyph
}

func (c *cff) u8(at int) int {
	if at < 0 || at >= len(c.data) {
		return 0
	}
	return int(c.data[at])
}

func (c *cff) u16(at int) int { return c.u8(at)<<8 | c.u8(at+1) }

// index reads an INDEX; next is where it ends.
func (c *cff) index(at int) (items [][]byte, next int) {
	n := c.u16(at)
	if n == 0 {
		return nil, at + 2
	}
	size := c.u8(at + 2)
	if size < 1 || size > 4 || at+3+(n+1)*size > len(c.data) {
		return nil, len(c.data)
	}
	offset := func(i int) int {
		v := 0
		for k := range size {
			v = v<<8 | c.u8(at+3+i*size+k)
		}
		return at + 2 + (n+1)*size + v
	}
	next = offset(n)
	for i := range n {
		from, to := offset(i), offset(i+1)
		if from < 0 || to < from || to > len(c.data) {
			return items, len(c.data)
		}
		items = append(items, c.data[from:to])
	}
	return items, next
}

// topDict reads the whole numbers of a DICT by operator; two-byte operators count
// from 1200.
func topDict(b []byte) map[int]int {
	out := map[int]int{}
	value := 0
	for i := 0; i < len(b); i++ {
		op := int(b[i])
		at := func(k int) int {
			if i+k < len(b) {
				return int(b[i+k])
			}
			return 0
		}
		switch {
		case op == 12:
			out[1200+at(1)] = value
			i++
		case op <= 21:
			out[op] = value
		case op == 28:
			value = int(int16(at(1)<<8 | at(2)))
			i += 2
		case op == 29:
			value = int(int32(at(1)<<24 | at(2)<<16 | at(3)<<8 | at(4)))
			i += 4
		case op == 30:
			for i++; i < len(b) && b[i]&0xf != 0xf && b[i]>>4 != 0xf; i++ {
				continue
			}
		case op >= 32 && op <= 246:
			value = op - 139
		case op >= 247 && op <= 250:
			value = (op-247)*256 + at(1) + 108
			i++
		case op >= 251 && op <= 254:
			value = -(op-251)*256 - at(1) - 108
			i++
		}
	}
	return out
}

func (c *cff) string(sid int) string {
	standard := loadCFFNames()
	if sid < len(standard) {
		return standard[sid]
	}
	if sid -= len(standard); sid < len(c.strings) {
		return string(c.strings[sid])
	}
	return ""
}

// charset returns the name of each glyph.
func (c *cff) charset(at, glyphs int) []string {
	names := make([]string, 1, glyphs+1)
	if at <= 2 { // ISOAdobe; the expert sets have no letters of their own
		for sid := 1; sid < glyphs; sid++ {
			names = append(names, c.string(sid))
		}
		return names
	}
	format := c.u8(at)
	at++
	for len(names) < glyphs && at < len(c.data) {
		sid, more := c.u16(at), 0
		at += 2
		switch format {
		case 1:
			more = c.u8(at)
			at++
		case 2:
			more = c.u16(at)
			at += 2
		}
		for i := 0; i <= more && len(names) < glyphs; i++ {
			names = append(names, c.string(sid+i))
		}
	}
	return names
}

func (c *cff) encoding(at int, glyphs []string) map[byte]string {
	if at <= 1 {
		return nil
	}
	out := map[byte]string{}
	name := func(g int) string {
		if g < len(glyphs) {
			return glyphs[g]
		}
		return ""
	}
	format, n := c.u8(at), c.u8(at+1)
	at += 2
	g := 1
	for range n {
		first, more := c.u8(at), 0
		at++
		if format&0x7f == 1 {
			more = c.u8(at)
			at++
		}
		for i := 0; i <= more; i++ {
			out[byte(first+i)] = name(g)
			g++
		}
	}
	if format&0x80 != 0 {
		n := c.u8(at)
		at++
		for range n {
			out[byte(c.u8(at))] = c.string(c.u16(at + 1))
			at += 3
		}
	}
	return out
}

// numbered reads a glyph's name that is its code: "a65", "c65"; only for ASCII.
func numbered(name string, code byte) string {
	digits := strings.TrimLeft(name, "acgCG")
	if len(name)-len(digits) > 1 || code <= 32 || code > 126 {
		return ""
	}
	if n, err := strconv.Atoi(digits); err == nil && n == int(code) {
		return string(rune(code))
	}
	return ""
}
