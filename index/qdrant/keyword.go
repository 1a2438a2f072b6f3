package qdrant

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"freshet/index"
)

// A payload is kept as a list of keywords, so that one index serves every key,
// whatever facets there are, and so that the list alone tells the whole payload:
//
//	label            there is a text under label
//	label=FAQ        and this is one
//	path^Help/       a path has this beginning, up to a slash
//	#modified        there is a number under modified
//	#modified=12.5   and this is it
//
// A per cent sign in a key or text, the signs = ^ # in a key, and bytes that are
// not UTF-8 are written as %XX, so that different payloads never look alike.

// deepest is to how many slashes the beginnings of a path are kept.
const deepest = 16

// ancestorKeys are the keys whose values' beginnings are kept.
var ancestorKeys = [...]string{index.KeyPath}

func keepsAncestors(key string) bool { return slices.Contains(ancestorKeys[:], key) }

// keywordsOf lists a payload's keywords, in order of the keys.
func keywordsOf(p index.Payload) []string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(p.Texts)) {
		values := p.Texts[key]
		if len(values) == 0 {
			continue
		}
		name := escapeKey(key)
		list = append(list, name)
		for i, v := range values {
			if !slices.Contains(values[:i], v) {
				list = append(list, name+"="+escape(v))
			}
		}
		if keepsAncestors(key) {
			list = appendAncestors(list, name, values)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.Numbers)) {
		name := "#" + escapeKey(key)
		list = append(list, name, name+"="+strconv.FormatFloat(p.Numbers[key], 'g', -1, 64))
	}
	return list
}

func appendAncestors(list []string, name string, values []string) []string {
	first := len(list)
	for _, v := range values {
		for depth, end := 0, 0; depth < deepest; depth++ {
			slash := strings.IndexByte(v[end:], '/')
			if slash < 0 {
				break
			}
			end += slash + 1
			if k := name + "^" + escape(v[:end]); !slices.Contains(list[first:], k) {
				list = append(list, k)
			}
		}
	}
	return list
}

// payloadFrom reads what keywordsOf wrote.
func payloadFrom(list []string) (index.Payload, error) {
	p := index.Payload{Texts: map[string][]string{}, Numbers: map[string]float64{}}
	for _, k := range list {
		name, value, valued := strings.Cut(k, "=")
		if !valued || strings.Contains(name, "^") {
			continue
		}
		number := strings.HasPrefix(name, "#")
		key, err := unescape(strings.TrimPrefix(name, "#"))
		if err != nil {
			return p, err
		}
		if number {
			if p.Numbers[key], err = strconv.ParseFloat(value, 64); err != nil {
				return p, fmt.Errorf("keyword %q is not a number", k)
			}
			continue
		}
		if value, err = unescape(value); err != nil {
			return p, err
		}
		p.Texts[key] = append(p.Texts[key], value)
	}
	return p, nil
}

// ranged is the number that the server compares: infinities become the greatest
// finite numbers, because its payload is JSON. False when there is none or it is
// not a number.
func ranged(p index.Payload) (float64, bool) {
	v, ok := p.Numbers[index.KeyModified]
	if !ok || math.IsNaN(v) {
		return 0, false
	}
	return finite(v), true
}

func finite(v float64) float64 { return max(-math.MaxFloat64, min(math.MaxFloat64, v)) }

func escapeKey(s string) string { return escaped(s, "%=^#") }
func escape(s string) string    { return escaped(s, "%") }

func escaped(s, special string) string {
	if !strings.ContainsAny(s, special) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 || strings.ContainsRune(special, r) {
			fmt.Fprintf(&b, "%%%02X", s[0])
		} else {
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}

func unescape(s string) (string, error) {
	if !strings.Contains(s, "%") {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i+3 > len(s) {
			return "", fmt.Errorf("keyword %q ends within %%XX", s)
		}
		v, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil {
			return "", fmt.Errorf("keyword %q has a %% that is not %%XX", s)
		}
		b.WriteByte(byte(v))
		i += 2
	}
	return b.String(), nil
}
