package records

import (
	"encoding/json"
	"strconv"
	"strings"
)

// fieldPath names a value inside a record: keys with dots between them. Over a
// list it means the value in each item, a number means one item, and [] may be
// written after a list's key. A key that holds dots itself is found first.
type fieldPath struct {
	whole string
	parts []string
}

func newPath(s string) fieldPath {
	s = strings.TrimSpace(s)
	p := fieldPath{whole: s}
	plain := strings.ReplaceAll(strings.ReplaceAll(s, "[]", ""), "[", ".")
	for part := range strings.SplitSeq(strings.ReplaceAll(plain, "]", ""), ".") {
		if part != "" {
			p.parts = append(p.parts, part)
		}
	}
	return p
}

// in returns the value, or nil.
func (p fieldPath) in(record map[string]any) any {
	if v, ok := record[p.whole]; ok {
		return v
	}
	return dig(record, p.parts)
}

func dig(v any, parts []string) any {
	for i, part := range parts {
		switch x := v.(type) {
		case map[string]any:
			v = x[part]
		case []any:
			if n, err := strconv.Atoi(part); err == nil {
				if n < 0 || n >= len(x) {
					return nil
				}
				v = x[n]
				continue
			}
			var out []any
			for _, item := range x {
				if found := dig(item, parts[i:]); found != nil {
					out = append(out, found)
				}
			}
			return out
		default:
			return nil
		}
	}
	return v
}

// text returns a plain value as text; the items of a list are joined by sep.
// plain is false if the value holds an object, which no text stands for.
func text(v any, sep string) (s string, plain bool) {
	switch x := v.(type) {
	case nil:
		return "", true
	case string:
		return x, true
	case json.Number:
		return x.String(), true
	case bool:
		return strconv.FormatBool(x), true
	case []any:
		parts := make([]string, 0, len(x))
		for _, item := range x {
			t, ok := text(item, sep)
			if !ok {
				return "", false
			}
			if t != "" {
				parts = append(parts, t)
			}
		}
		return strings.Join(parts, sep), true
	}
	return "", false
}

// texts returns the plain values of a list, without empty ones and repeats, at
// most maxListItems of them.
func texts(v any) []string {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	seen := map[string]bool{}
	for _, item := range list {
		if len(out) == maxListItems {
			break
		}
		if inner, ok := item.([]any); ok {
			out = append(out, texts(inner)...)
			continue
		}
		t, _ := text(item, " ")
		if t = strings.TrimSpace(t); t != "" && !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	return out[:min(len(out), maxListItems)]
}
