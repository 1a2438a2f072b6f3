package font

import (
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// The character collections of Adobe number their glyphs in the order of the national
// character sets from which they were made, so that the characters of most numbers
// follow from those sets. Variants, vertical forms and later supplements, about half of
// the numbers and next to nothing of what is printed, are left unknown.

// A stretch is numbers of glyphs that follow each other as the codes of a character
// set do: the glyph first is that of code, and so on for count glyphs.
type stretch struct {
	first, code, count int
}

// A collection is a character collection: its stretches in a character set of two
// bytes, and of glyphs for the printable characters of ASCII.
type collection struct {
	set       encoding.Encoding
	low       bool // the second bytes begin at 0x40, as in Big5, not at 0xa1
	stretches []stretch
	ascii     []stretch // codes are those of ASCII
}

// collections by the Ordering of a font's CIDSystemInfo. Technical notes 5078, 5079,
// 5080 and 5093 of Adobe list the glyphs.
func collections(ordering string) (collection, bool) {
	switch ordering {
	case "Japan1": // JIS X 0208
		return collection{set: japanese.EUCJP,
			stretches: []stretch{{633, 0xa1a1, 492}, {1125, 0xb0a1, 6353}},
			ascii:     []stretch{{1, ' ', 95}, {231, ' ', 95}}}, true
	case "GB1": // GB 2312
		return collection{set: simplifiedchinese.GBK,
			stretches: []stretch{{96, 0xa1a1, 94}, {190, 0xa2b1, 50}, {240, 0xa2e5, 10}, {250, 0xa2f1, 12}, {262, 0xa3a1, 94},
				{356, 0xa4a1, 83}, {439, 0xa5a1, 86}, {525, 0xa6a1, 24}, {549, 0xa6c1, 24}, {602, 0xa7a1, 33}, {635, 0xa7d1, 33},
				{668, 0xa8a1, 26}, {700, 0xa8c5, 37}, {738, 0xa9a4, 76}, {940, 0xb0a1, 6763}},
			ascii: []stretch{{1, ' ', 95}, {814, '!', 94}}}, true
	case "CNS1": // Big5, of which CNS 11643 puts some characters elsewhere
		return collection{set: traditionalchinese.Big5, low: true,
			stretches: []stretch{{99, 0xa140, 25}, {128, 0xa15d, 127}, {259, 0xa243, 244},
				{595, 0xa440, 1412}, {2007, 0xad40, 424}, {2431, 0xacfe, 1}, {2432, 0xafd0, 1876}, {4308, 0xbe52, 1}, {4309, 0xbbc8, 387},
				{4696, 0xbe53, 525}, {5221, 0xc2cb, 1}, {5222, 0xc1ab, 189}, {5411, 0xc2cc, 84}, {5495, 0xc456, 1}, {5496, 0xc361, 54}, {5550, 0xc3ba, 1},
				{5551, 0xc3b9, 1}, {5552, 0xc3bb, 90},
				{5642, 0xc457, 354}, {5996, 0xc940, 10}, {6006, 0xc94b, 33}, {6039, 0xc9be, 1}, {6040, 0xc96c, 48}, {6088, 0xc9bf, 46},
				{6134, 0xcaf7, 1}, {6135, 0xc9ed, 167}, {6302, 0xcaf8, 1840}, {8142, 0xdadf, 1}, {8143, 0xd6cd, 108},
				{8251, 0xd77b, 537}, {8788, 0xd6cc, 1}, {8789, 0xdae0, 100}, {8889, 0xd77a, 1}, {8890, 0xdba7, 399},
				{9289, 0xddfd, 1637}, {10926, 0xebf1, 1}, {10927, 0xe8a3, 146}, {11073, 0xecde, 1}, {11074, 0xe976, 287}, {11361, 0xf0cb, 1},
				{11362, 0xeb5b, 116}, {11478, 0xebf2, 137}, {11615, 0xecdf, 104}, {11719, 0xf056, 1}, {11720, 0xedaa, 222}, {11942, 0xeeec, 198},
				{12140, 0xf057, 82}, {12222, 0xf0cc, 86}, {12308, 0xeeeb, 1}, {12309, 0xf163, 8}, {12317, 0xf16c, 153}, {12470, 0xf269, 56},
				{12526, 0xf4b5, 1}, {12527, 0xf2c3, 113}, {12640, 0xf16b, 1}, {12641, 0xf375, 142}, {12783, 0xf268, 1}, {12784, 0xf466, 45},
				{12829, 0xf4b6, 71}, {12900, 0xf663, 1}, {12901, 0xf4fd, 194}, {13095, 0xf664, 490}, {13585, 0xf9c4, 1}, {13586, 0xf977, 43},
				{13629, 0xf9c5, 1}, {13630, 0xf9c7, 11}, {13641, 0xf9c6, 1}, {13642, 0xf9d2, 6}},
			ascii: []stretch{{1, ' ', 95}, {13648, ' ', 95}}}, true
	case "Korea1": // KS X 1001, in which compatibility ideographs have no number
		return collection{set: korean.EUCKR,
			stretches: []stretch{{101, 0xa1a1, 163}, {264, 0xa3a1, 145}, {409, 0xa4d5, 7647}},
			ascii:     []stretch{{1, ' ', 95}, {8094, ' ', 95}}}, true
	}
	return collection{}, false
}

// collectionText returns the characters of the glyphs of a collection by their number,
// 0 where it is not known; nil for an unknown collection. It is shared: nobody may
// change it.
func collectionText(ordering string) []rune {
	switch ordering {
	case "Japan1":
		return japan1()
	case "GB1":
		return gb1()
	case "CNS1":
		return cns1()
	case "Korea1":
		return korea1()
	}
	return nil
}

// The tables are made when a font needs them, once.
var (
	japan1 = sync.OnceValue(func() []rune { return expand("Japan1") })
	gb1    = sync.OnceValue(func() []rune { return expand("GB1") })
	cns1   = sync.OnceValue(func() []rune { return expand("CNS1") })
	korea1 = sync.OnceValue(func() []rune {
		// Behind the numbers of KS X 1001, the other syllables, in the order of Unicode.
		const others, first, last = 9333, 0xac00, 0xd7a3
		out := expand("Korea1")
		known := make(map[rune]bool, len(out))
		for _, r := range out {
			known[r] = true
		}
		cid := others
		for r := rune(first); r <= last; r++ {
			if !known[r] {
				out = set(out, cid, r)
				cid++
			}
		}
		return out
	})
)

// expand makes the table of a collection.
func expand(ordering string) []rune {
	c, _ := collections(ordering)
	var out []rune
	for _, s := range c.ascii {
		for i := range s.count {
			out = set(out, s.first+i, rune(s.code+i))
		}
	}
	decoder := c.set.NewDecoder()
	for _, s := range c.stretches {
		code := s.code
		for n := 0; n < s.count && code < 0xff00; code = c.after(code) {
			b, err := decoder.Bytes([]byte{byte(code >> 8), byte(code)})
			r, size := utf8.DecodeRune(b)
			if err != nil || size != len(b) || r == utf8.RuneError || r >= 0xe000 && r < 0xf900 || ordering == "Korea1" && r >= 0xf900 && r < 0xfb00 {
				continue // the set has no such character
			}
			out = set(out, s.first+n, r)
			n++
		}
	}
	return out
}

// after is the code behind another.
func (c *collection) after(code int) int {
	switch trail := code & 0xff; {
	case trail == 0xfe && c.low:
		return code&^0xff + 0x140
	case trail == 0xfe:
		return code&^0xff + 0x1a1
	case trail == 0x7e && c.low:
		return code + 0xa1 - 0x7e
	}
	return code + 1
}

func set(table []rune, at int, r rune) []rune {
	for len(table) <= at {
		table = append(table, 0)
	}
	table[at] = r
	return table
}
