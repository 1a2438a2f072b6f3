package font

import (
	"cmp"
	"slices"
	"unicode/utf16"

	"freshet/pipeline/extract/pdf/syntax"
)

// A cmap maps the codes of a font to characters (ToUnicode) or to the numbers of its
// glyphs (an Encoding).
type cmap struct {
	spaces   []codespace
	text     map[uint32]string
	runs     []run // of characters, sorted by their first code when reading ends
	cids     []run // of glyphs
	vertical bool
	base     string // the CMap that it builds on
}

type codespace struct {
	first, last uint32
	bytes       int
}

// A run maps first to last to to and the values behind it.
type run struct {
	first, last uint32
	to          uint32
	before      string // what stands before the last character of a run of texts
}

// maxMappings bounds what a CMap may say.
const maxMappings = 1 << 20

// readCMap reads a CMap.
func readCMap(data []byte) *cmap {
	m := &cmap{text: map[uint32]string{}}
	lex := syntax.Lexer{Data: data}
	var stack []any // the operands that stand before an operator
	for {
		t := lex.Next()
		switch t.Kind {
		case syntax.End:
			m.sort()
			return m
		case syntax.String:
			stack = append(stack, string(t.Text))
		case syntax.Number:
			stack = append(stack, t.Num)
		case syntax.Name:
			stack = append(stack, syntax.Symbol(t.Text))
		case syntax.Open:
			stack = append(stack, list(&lex))
		case syntax.Keyword:
			m.operator(string(t.Text), stack)
			stack = stack[:0]
		}
		if len(stack) > maxMappings || len(m.text)+len(m.runs)+len(m.cids) > maxMappings {
			m.sort()
			return m
		}
	}
}

// list reads an array of strings up to its end.
func list(lex *syntax.Lexer) []string {
	var out []string
	for {
		t := lex.Next()
		switch t.Kind {
		case syntax.String:
			out = append(out, string(t.Text))
		case syntax.Close, syntax.End:
			return out
		case syntax.Keyword:
			lex.Pos -= len(t.Text) // the bracket was forgotten
			return out
		}
	}
}

func (m *cmap) operator(op string, args []any) {
	switch op {
	case "endcodespacerange":
		for ; len(args) >= 2; args = args[2:] {
			first, n := code(args[0])
			last, _ := code(args[1])
			if n > 0 && n <= 4 {
				m.spaces = append(m.spaces, codespace{first, last, n})
			}
		}
	case "endbfchar":
		for ; len(args) >= 2; args = args[2:] {
			if c, n := code(args[0]); n > 0 {
				m.text[c] = target(args[1])
			}
		}
	case "endbfrange":
		for ; len(args) >= 3; args = args[3:] {
			m.textRun(args[0], args[1], args[2])
		}
	case "endcidchar":
		for ; len(args) >= 2; args = args[2:] {
			if c, n := code(args[0]); n > 0 {
				m.cids = append(m.cids, run{first: c, last: c, to: unsigned(args[1])})
			}
		}
	case "endcidrange":
		for ; len(args) >= 3; args = args[3:] {
			first, n := code(args[0])
			last, _ := code(args[1])
			if n > 0 {
				m.cids = append(m.cids, run{first: first, last: last, to: unsigned(args[2])})
			}
		}
	case "usecmap":
		if n := len(args); n > 0 {
			name, _ := args[n-1].(syntax.Symbol)
			m.base = string(name)
		}
	case "def":
		if n := len(args); n >= 2 && args[n-2] == syntax.Symbol("WMode") {
			m.vertical = unsigned(args[n-1]) == 1
		}
	}
}

func (m *cmap) textRun(from, to, target any) {
	first, n := code(from)
	last, _ := code(to)
	if n == 0 || last < first {
		return
	}
	if each, ok := target.([]string); ok {
		for i, s := range each {
			if first+uint32(i) <= last {
				m.text[first+uint32(i)] = utf16Text(s)
			}
		}
		return
	}
	s, _ := target.(string)
	runes := []rune(utf16Text(s))
	if len(s) == 2 && len(runes) == 0 {
		runes = []rune{0} // a run that begins with no character, and goes on with some
	}
	if len(runes) == 0 {
		return
	}
	end := len(runes) - 1
	m.runs = append(m.runs, run{first: first, last: last, to: uint32(runes[end]), before: string(runes[:end])})
}

// sort orders the runs for looking up; of those with one beginning the first counts.
func (m *cmap) sort() {
	byFirst := func(a, b run) int { return cmp.Compare(a.first, b.first) }
	slices.SortStableFunc(m.runs, byFirst)
	slices.SortStableFunc(m.cids, byFirst)
}

// lookup returns the characters of a code, "" when there are none.
func (m *cmap) lookup(c uint32) string {
	if s, ok := m.text[c]; ok {
		return shown(s)
	}
	if r := find(m.runs, c); r != nil {
		return shown(r.before + string(rune(r.to+c-r.first)))
	}
	return ""
}

// silent reports whether m is nil or maps no code to characters.
func (m *cmap) silent() bool { return m == nil || len(m.text) == 0 && len(m.runs) == 0 }

// cid returns the number of the glyph of a code.
func (m *cmap) cid(c uint32) (uint32, bool) {
	if r := find(m.cids, c); r != nil {
		return r.to + c - r.first, true
	}
	return 0, false
}

func find(runs []run, c uint32) *run {
	i, found := slices.BinarySearchFunc(runs, c, func(r run, c uint32) int { return cmp.Compare(r.first, c) })
	if !found {
		i--
	}
	if i < 0 || c > runs[i].last {
		return nil
	}
	return &runs[i]
}

// next returns the code at the beginning of s and its length in bytes, at least 1.
func (m *cmap) next(s []byte) (uint32, int) {
	var c uint32
	for n := 1; n <= 4 && n <= len(s); n++ {
		c = c<<8 | uint32(s[n-1])
		for _, space := range m.spaces {
			if space.bytes == n && space.holds(c) {
				return c, n
			}
		}
	}
	shortest := 2
	for i, space := range m.spaces {
		if i == 0 || space.bytes < shortest {
			shortest = space.bytes
		}
	}
	shortest = min(shortest, len(s))
	c = 0
	for _, b := range s[:shortest] {
		c = c<<8 | uint32(b)
	}
	return c, shortest
}

// holds compares byte by byte, as codespaces are rectangles.
func (s codespace) holds(c uint32) bool {
	for i := range s.bytes {
		b := byte(c >> (8 * i))
		if b < byte(s.first>>(8*i)) || b > byte(s.last>>(8*i)) {
			return false
		}
	}
	return true
}

// code reads a string as a number, with its length in bytes; 0: it is no code.
func code(v any) (uint32, int) {
	s, ok := v.(string)
	if !ok || len(s) > 4 {
		return 0, 0
	}
	var c uint32
	for i := range len(s) {
		c = c<<8 | uint32(s[i])
	}
	return c, len(s)
}

func unsigned(v any) uint32 {
	n, _ := v.(float64)
	if n < 0 || n > 1<<31 {
		return 0
	}
	return uint32(n)
}

// target is what a code is mapped to: UTF-16, or the name of a glyph.
func target(v any) string {
	switch v := v.(type) {
	case string:
		return utf16Text(v)
	case syntax.Symbol:
		return ofName(string(v))
	}
	return ""
}

// utf16Text reads big-endian UTF-16; a single byte is taken as its character.
func utf16Text(s string) string {
	if len(s) == 1 {
		return string(rune(s[0]))
	}
	units := make([]uint16, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	// Some programs end each text with zeros.
	for len(units) > 0 && units[len(units)-1] == 0 {
		units = units[:len(units)-1]
	}
	return string(utf16.Decode(units))
}
