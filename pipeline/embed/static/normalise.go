package static

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A normaliser changes a text before it is split.
type normaliser func(string) string

func readNormaliser(raw json.RawMessage, depth int) ([]normaliser, error) {
	var f struct {
		Type      string            `json:"type"`
		Parts     []json.RawMessage `json:"normalizers"`
		Clean     *bool             `json:"clean_text"`
		Chinese   *bool             `json:"handle_chinese_chars"`
		Accents   *bool             `json:"strip_accents"`
		Lowercase *bool             `json:"lowercase"`
		Left      *bool             `json:"strip_left"`
		Right     *bool             `json:"strip_right"`
		Pattern   pattern           `json:"pattern"`
		Content   string            `json:"content"`
		Prepend   string            `json:"prepend"`
		Map       []byte            `json:"precompiled_charsmap"`
	}
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, err
	}
	if depth > deepest {
		return nil, errors.New("sequences within sequences, too deep")
	}
	one := func(n normaliser) ([]normaliser, error) { return []normaliser{n}, nil }
	switch f.Type {
	case "Sequence":
		var out []normaliser
		for _, part := range f.Parts {
			n, err := readNormaliser(part, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, n...)
		}
		return out, nil
	case "BertNormalizer":
		lower := unless(f.Lowercase, true)
		return bert(unless(f.Clean, true), unless(f.Chinese, true), unless(f.Accents, lower), lower), nil
	case "Lowercase":
		return one(lowercase)
	case "StripAccents":
		return one(stripMarks)
	case "NFC":
		return one(norm.NFC.String)
	case "NFD":
		return one(norm.NFD.String)
	case "NFKC":
		return one(norm.NFKC.String)
	case "NFKD":
		return one(norm.NFKD.String)
	case "Nmt":
		return one(nmt)
	case "Strip":
		return one(strip(unless(f.Left, true), unless(f.Right, true)))
	case "Prepend":
		return one(func(s string) string {
			if s == "" {
				return s
			}
			return f.Prepend + s
		})
	case "Replace":
		return replace(f.Pattern, f.Content)
	case "Precompiled":
		c, err := readCharsMap(f.Map)
		if err != nil {
			return nil, err
		}
		return one(c.normalise)
	}
	return nil, fmt.Errorf("the type %.40q is not known to this reader", f.Type)
}

func unless(b *bool, usual bool) bool {
	if b == nil {
		return usual
	}
	return *b
}

func strip(left, right bool) normaliser {
	return func(s string) string {
		if left {
			s = strings.TrimLeftFunc(s, unicode.IsSpace)
		}
		if right {
			s = strings.TrimRightFunc(s, unicode.IsSpace)
		}
		return s
	}
}

func replace(p pattern, by string) ([]normaliser, error) {
	re, err := p.compile()
	if err != nil {
		return nil, err
	}
	return []normaliser{func(s string) string { return re.ReplaceAllLiteralString(s, by) }}, nil
}

// bert is the normaliser of BERT's tokenizers, in its order.
func bert(clean, chinese, accents, lower bool) []normaliser {
	var out []normaliser
	if clean || chinese {
		out = append(out, func(s string) string {
			if plain(s) {
				return s
			}
			return cleaned(s, clean, chinese)
		})
	}
	if accents {
		out = append(out, func(s string) string { return stripMarks(norm.NFD.String(s)) })
	}
	if lower {
		out = append(out, lowercase)
	}
	return out
}

// plain reports whether a text is printable ASCII, of which cleaning changes
// nothing.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func cleaned(s string, clean, chinese bool) string {
	var b strings.Builder
	b.Grow(len(s) + 16)
	for _, r := range s {
		switch {
		case clean && (r == 0 || r == utf8.RuneError || control(r)):
		case clean && unicode.IsSpace(r):
			b.WriteByte(' ')
		case chinese && ideograph(r):
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func control(r rune) bool {
	return r != '\t' && r != '\n' && r != '\r' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co)
}

// ideograph is the "CJK character" of BERT's reference code.
func ideograph(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF || r >= 0x20000 && r <= 0x2A6DF || r >= 0x2A700 && r <= 0x2B73F ||
		r >= 0x2B740 && r <= 0x2B81F || r >= 0x2B920 && r <= 0x2CEAF || r >= 0xF900 && r <= 0xFAFF || r >= 0x2F800 && r <= 0x2FA1F
}

func stripMarks(s string) string {
	if plain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, s)
}

// lowercase is that of Unicode, where one letter becomes two: İ.
func lowercase(s string) string {
	s = strings.ReplaceAll(s, "İ", "i̇")
	return strings.ToLower(s)
}

// nmt is the cleaning of sentencepiece's nmt_nfkc.
func nmt(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 1 && r <= 8, r == 0x0B, r >= 0x0E && r <= 0x1F, r == 0x7F, r == 0x8F, r == 0x9F:
			return -1
		case r == 9, r == 10, r == 12, r == 13, r == 0x1680, r >= 0x200B && r <= 0x200F, r == 0x2028, r == 0x2029, r == 0x2581, r == 0xFEFF, r == 0xFFFD:
			return ' '
		}
		return r
	}, s)
}
