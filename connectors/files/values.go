package files

import (
	"fmt"
	"strings"
	"time"
)

// text returns a plain value as text, and "" for lists and mappings.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return strings.ToValidUTF8(strings.TrimSpace(v), "\ufffd")
	case bool, int, int64, uint64, float64:
		return fmt.Sprint(v)
	case time.Time:
		return v.Format(time.RFC3339)
	}
	return ""
}

// texts returns a list of texts; one text may be a list with commas.
func texts(v any) []string {
	var raw []string
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			raw = append(raw, text(x))
		}
	case string:
		raw = strings.Split(text(v), ",")
	default:
		raw = []string{text(v)}
	}
	var out []string
	for _, s := range raw {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func isTrue(v any) bool {
	t := strings.ToLower(text(v))
	return t == "true" || t == "yes" || t == "1"
}

func isFalse(v any) bool {
	t := strings.ToLower(text(v))
	return t == "false" || t == "no" || t == "0"
}

var dateLayouts = []string{
	time.RFC3339Nano, "2006-01-02", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 -0700",
	"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01", "2006/01/02",
}

// parseDate reads the forms that front matters hold. A time without a zone is UTC.
func parseDate(v any) (time.Time, bool) {
	if t, ok := v.(time.Time); ok {
		return t.UTC(), true
	}
	s := text(v)
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
