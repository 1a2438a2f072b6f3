package static

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// charsMap is sentencepiece's table of replacements: a double array over bytes
// (darts-clone) whose values point into a list of texts that end in a zero.
type charsMap struct {
	units []uint32
	texts []byte
	// plain says that it leaves printable ASCII as it is.
	plain bool
}

// longestCluster is the length of a grapheme below which it is looked up whole
// (huggingface/spm_precompiled, normalize_string).
const longestCluster = 6

func readCharsMap(raw []byte) (*charsMap, error) {
	if len(raw) < 4 {
		return nil, errors.New("precompiled_charsmap is too short")
	}
	n := int64(binary.LittleEndian.Uint32(raw))
	if n%4 != 0 || n == 0 || n > int64(len(raw)-4) {
		return nil, errors.New("precompiled_charsmap says a size that it does not have")
	}
	c := &charsMap{units: make([]uint32, n/4), texts: raw[4+n:]}
	for i := range c.units {
		c.units[i] = binary.LittleEndian.Uint32(raw[4+4*i:])
	}
	c.plain = !c.changesPlain()
	return c, nil
}

// find returns the replacement of the shortest beginning of the text that has one.
func (c *charsMap) find(text string) (string, bool) {
	at := offset(c.units[0])
	for i := range len(text) {
		at ^= uint32(text[i])
		if text[i] == 0 || int(at) >= len(c.units) {
			return "", false
		}
		unit := c.units[at]
		if unit&(1<<31|0xff) != uint32(text[i]) {
			return "", false
		}
		at ^= offset(unit)
		if unit>>8&1 == 1 {
			return c.value(at)
		}
	}
	return "", false
}

func (c *charsMap) value(at uint32) (string, bool) {
	if int(at) >= len(c.units) {
		return "", false
	}
	from := c.units[at] & (1<<31 - 1)
	if int(from) > len(c.texts) {
		return "", false
	}
	text := c.texts[from:]
	if end := bytes.IndexByte(text, 0); end >= 0 {
		text = text[:end]
	}
	return string(text), true
}

func offset(unit uint32) uint32 { return unit >> 10 << (unit & (1 << 9) >> 6) }

// normalise replaces graphemes, or else their letters.
func (c *charsMap) normalise(s string) string {
	if c.plain && plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for g := graphemes.FromString(s); g.Next(); {
		cluster := g.Value()
		if len(cluster) < longestCluster {
			if by, ok := c.find(cluster); ok {
				b.WriteString(by)
				continue
			}
		}
		for _, r := range cluster {
			letter := string(r)
			if by, ok := c.find(letter); ok {
				letter = by
			}
			b.WriteString(letter)
		}
	}
	return b.String()
}

// changesPlain reports whether any printable ASCII letter has a replacement that
// is another.
func (c *charsMap) changesPlain() bool {
	for r := ' '; r <= '~'; r++ {
		if by, ok := c.find(string(r)); ok && by != string(r) {
			return true
		}
	}
	return false
}
