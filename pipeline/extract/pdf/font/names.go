package font

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// ofName returns the characters that a glyph's name stands for, "" when it says
// nothing: the rules of Adobe's glyph list, uniXXXX and uXXXXX included, with the
// part behind a full stop ("a.alt") left out.
func ofName(name string) string {
	t := loadTables()
	if s, ok := t.characters[name]; ok {
		return s
	}
	name, _, _ = strings.Cut(name, ".")
	if name == "" {
		return ""
	}
	var b strings.Builder
	for part := range strings.SplitSeq(name, "_") {
		if s, ok := t.characters[part]; ok {
			b.WriteString(s)
		} else if s := uniName(part); s != "" {
			b.WriteString(s)
		} else {
			return ""
		}
	}
	return b.String()
}

func uniName(name string) string {
	if h, ok := strings.CutPrefix(name, "uni"); ok && len(h) >= 4 && len(h)%4 == 0 && len(h) <= 64 {
		var units []uint16
		for i := 0; i < len(h); i += 4 {
			n, err := strconv.ParseUint(h[i:i+4], 16, 16)
			if err != nil {
				return ""
			}
			units = append(units, uint16(n))
		}
		return shown(string(utf16.Decode(units)))
	}
	if h, ok := strings.CutPrefix(name, "u"); ok && len(h) >= 4 && len(h) <= 6 {
		if n, err := strconv.ParseUint(h, 16, 32); err == nil && n <= 0x10ffff {
			return shown(string(rune(n)))
		}
	}
	return ""
}

// shown returns s as it is to be read: ligatures and the contextual forms of Arabic
// as their letters; "" when a character of it says nothing: private use, none, a
// control other than a tab.
func shown(s string) string {
	form := false
	for _, r := range s {
		switch {
		case r == '\t' || r == 0xa0:
			if len(s) <= 2 {
				return " "
			}
		case r < 0x20, r == 0xfffd, r == 0xffff, r == 0xfffe, r >= 0xe000 && r <= 0xf8ff, r >= 0xf0000, r >= 0x7f && r < 0xa0:
			return ""
		case r >= 0xfb00 && r <= 0xfb06, r >= 0xfb1d && r <= 0xfdff, r >= 0xfe70 && r <= 0xfefc, r >= 0x2f00 && r <= 0x2fdf:
			form = true
		}
	}
	if form {
		return strings.ReplaceAll(norm.NFKC.String(s), "ſ", "s")
	}
	return s
}
