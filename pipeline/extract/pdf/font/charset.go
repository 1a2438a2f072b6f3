package font

import (
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// A charset is a predefined CMap whose codes are those of a character set: the
// characters follow from the codes themselves.
type charset struct {
	decoder  *encoding.Decoder // nil: UTF-16
	lead     func(byte) int    // length of the code that begins with a byte
	jis      bool              // 7-bit JIS: both bytes without their high bit
	vertical bool
}

// charsetOf returns the charset of a predefined CMap; nil: its codes are numbers of
// glyphs, or it is not known.
func charsetOf(name string) *charset {
	c := &charset{vertical: strings.HasSuffix(name, "-V") || name == "V"}
	switch {
	case strings.Contains(name, "UCS2"), strings.Contains(name, "UTF16"):
	case strings.Contains(name, "RKSJ"):
		c.decoder, c.lead = japanese.ShiftJIS.NewDecoder(), shiftLead
	case name == "H", name == "V":
		c.decoder, c.jis, c.lead = japanese.EUCJP.NewDecoder(), true, func(byte) int { return 2 }
	case name == "EUC-H", name == "EUC-V":
		c.decoder, c.lead = japanese.EUCJP.NewDecoder(), wideLead
	case strings.HasPrefix(name, "GBK2K"):
		c.decoder, c.lead = simplifiedchinese.GB18030.NewDecoder(), wideLead
	case strings.HasPrefix(name, "GB"):
		c.decoder, c.lead = simplifiedchinese.GBK.NewDecoder(), wideLead
	case strings.Contains(name, "B5"):
		c.decoder, c.lead = traditionalchinese.Big5.NewDecoder(), wideLead
	case strings.HasPrefix(name, "KSC"):
		c.decoder, c.lead = korean.EUCKR.NewDecoder(), wideLead
	default:
		return nil
	}
	return c
}

func shiftLead(b byte) int {
	if b >= 0x81 && b <= 0x9f || b >= 0xe0 && b <= 0xfc {
		return 2
	}
	return 1
}

func wideLead(b byte) int {
	if b >= 0x81 && b <= 0xfe {
		return 2
	}
	return 1
}

// next returns the character of the first code in s, and the code's length.
func (c *charset) next(s []byte) (text string, n int) {
	if c.decoder == nil {
		if len(s) < 2 {
			return "", len(s)
		}
		r := rune(s[0])<<8 | rune(s[1])
		if utf16.IsSurrogate(r) && len(s) >= 4 {
			return shown(string(utf16.DecodeRune(r, rune(s[2])<<8|rune(s[3])))), 4
		}
		return shown(string(r)), 2
	}
	n = min(c.lead(s[0]), len(s))
	raw := make([]byte, n)
	copy(raw, s)
	if c.jis {
		for i := range raw {
			raw[i] |= 0x80
		}
	}
	out, err := c.decoder.Bytes(raw)
	if err != nil {
		return "", n
	}
	return shown(string(out)), n
}
