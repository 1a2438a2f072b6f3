package connectors

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"
)

// FieldType is the type of one setting.
type FieldType int

const (
	// String is a line of text.
	String FieldType = iota + 1
	// Int is a whole number.
	Int
	// Bool is yes or no.
	Bool
	// Strings is a list of lines; one line alone is taken as a list of one.
	Strings
	// Duration is a time such as "90s", "12h" or "180d".
	Duration
	// Map has string keys and values.
	Map
)

var fieldTypeNames = map[FieldType]string{
	String: "a text", Int: "a whole number", Bool: "true or false",
	Strings: "a list of texts", Duration: "a duration such as 90s, 12h or 30d", Map: "a mapping",
}

// String says the type in words.
func (t FieldType) String() string { return fieldTypeNames[t] }

// A Field is one setting of a kind.
type Field struct {
	Key      string
	Type     FieldType
	Label    string // for forms
	Help     string // a sentence
	Example  string
	Default  any // of the type that Settings keeps for Type
	Required bool
	Secret   bool
	OneOf    []string // the only values allowed
	// Validate looks at the converted value; its error says how to mend it.
	Validate func(value any) error
}

// Settings are the checked settings of one source: every key is a Field's, every
// value has its type, defaults are filled in. Read-only.
type Settings map[string]any

// String returns the text under key, or "".
func (s Settings) String(key string) string { v, _ := s[key].(string); return v }

// Int returns the number under key, or 0.
func (s Settings) Int(key string) int { v, _ := s[key].(int); return v }

// Bool returns the truth under key, or false.
func (s Settings) Bool(key string) bool { v, _ := s[key].(bool); return v }

// Strings returns the list under key, or nil.
func (s Settings) Strings(key string) []string { v, _ := s[key].([]string); return v }

// Duration returns the duration under key, or 0.
func (s Settings) Duration(key string) time.Duration { v, _ := s[key].(time.Duration); return v }

// Map returns the mapping under key, or nil.
func (s Settings) Map(key string) map[string]string { v, _ := s[key].(map[string]string); return v }

// Digest identifies the settings; equal settings have equal digests. Positions
// are bound to it.
func (s Settings) Digest() string {
	b, err := json.Marshal(map[string]any(s)) // keys are sorted
	if err != nil {
		panic("settings hold only plain values: " + err.Error())
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:16])
}

// Parse checks raw settings against the kind's fields. The error lists every
// problem, one a line, each saying how to mend it.
func (k Kind) Parse(raw map[string]any) (Settings, error) {
	var problems []string
	out := make(Settings, len(k.Fields))
	byKey := make(map[string]Field, len(k.Fields))
	for _, f := range k.Fields {
		byKey[f.Key] = f
		if f.Default != nil {
			out[f.Key] = f.Default
		}
	}
	keys := make([]string, 0, len(raw))
	for key := range raw {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		f, ok := byKey[key]
		if !ok {
			problems = append(problems, k.unknown(key))
			continue
		}
		v, err := f.convert(raw[key])
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		out[key] = v
	}
	for _, f := range k.Fields {
		if f.Required && out[f.Key] == nil && raw[f.Key] == nil {
			problems = append(problems, fmt.Sprintf("the setting %q is missing: %s", f.Key, f.Help))
		}
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("settings of type %q: %s", k.Name, strings.Join(problems, "; "))
	}
	return out, nil
}

func (k Kind) unknown(key string) string {
	names := make([]string, len(k.Fields))
	for i, f := range k.Fields {
		names[i] = f.Key
	}
	if near := Nearest(key, names); near != "" {
		return fmt.Sprintf("%q is not a setting; did you mean %q?", key, near)
	}
	return fmt.Sprintf("%q is not a setting; there are %s", key, strings.Join(names, ", "))
}

func (f Field) convert(raw any) (any, error) {
	v, ok := f.typed(raw)
	if !ok {
		return nil, fmt.Errorf("the setting %q must be %s, not %v", f.Key, f.Type, raw)
	}
	if len(f.OneOf) > 0 {
		text, isText := v.(string)
		if isText && !contains(f.OneOf, text) {
			return nil, fmt.Errorf("the setting %q must be one of %s, not %q", f.Key, strings.Join(f.OneOf, ", "), text)
		}
	}
	if f.Validate != nil {
		if err := f.Validate(v); err != nil {
			return nil, fmt.Errorf("the setting %q: %w", f.Key, err)
		}
	}
	return v, nil
}

func (f Field) typed(raw any) (any, bool) {
	switch f.Type {
	case String:
		switch v := raw.(type) {
		case string:
			return v, true
		case int, int64, uint64, float64, bool:
			return fmt.Sprint(v), true
		}
	case Int:
		return toInt(raw)
	case Bool:
		v, ok := raw.(bool)
		return v, ok
	case Strings:
		return toStrings(raw)
	case Duration:
		text, ok := raw.(string)
		if !ok {
			return nil, false
		}
		d, err := ParseDuration(text)
		return d, err == nil
	case Map:
		return toMap(raw)
	}
	return nil, false
}

func toInt(raw any) (any, bool) {
	switch v := raw.(type) {
	case int:
		return v, true
	case int64:
		return int(v), true
	case uint64:
		return int(v), v <= math.MaxInt
	case float64:
		return int(v), v == math.Trunc(v) && math.Abs(v) < 1<<53
	}
	return nil, false
}

func toStrings(raw any) (any, bool) {
	switch v := raw.(type) {
	case string:
		return []string{v}, true
	case []string:
		return v, true
	case []any:
		out := make([]string, len(v))
		for i, x := range v {
			s, ok := x.(string)
			if !ok {
				return nil, false
			}
			out[i] = s
		}
		return out, true
	}
	return nil, false
}

func toMap(raw any) (any, bool) {
	switch v := raw.(type) {
	case map[string]string:
		return v, true
	case map[string]any:
		out := make(map[string]string, len(v))
		for key, x := range v {
			switch x.(type) {
			case map[string]any, []any, nil:
				return nil, false
			}
			out[key] = fmt.Sprint(x)
		}
		return out, true
	}
	return nil, false
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// ParseDuration is time.ParseDuration with days ("30d") and weeks ("2w"). It
// refuses negative durations.
func ParseDuration(s string) (time.Duration, error) {
	s = strings.TrimSpace(s)
	unit := time.Duration(0)
	switch {
	case strings.HasSuffix(s, "d"):
		unit = 24 * time.Hour
	case strings.HasSuffix(s, "w"):
		unit = 7 * 24 * time.Hour
	}
	var d time.Duration
	var err error
	if unit > 0 {
		var n int
		if _, err = fmt.Sscanf(s[:len(s)-1]+"\n", "%d\n", &n); err == nil {
			if n > int(math.MaxInt64/int64(unit)) {
				return 0, fmt.Errorf("the duration %q is too long", s)
			}
			d = time.Duration(n) * unit
		}
	} else {
		d, err = time.ParseDuration(s)
	}
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a duration; write 90s, 15m, 12h or 30d", s)
	}
	return d, nil
}

var sizeUnits = []struct {
	suffix string
	factor float64
}{{"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}, {"B", 1}}

// ParseSize reads "50MB", "1.5 GB" or a number of bytes: at least 1, with units of 1,024.
func ParseSize(s string) (int64, error) {
	text, factor := strings.ToUpper(strings.TrimSpace(s)), 1.0
	for _, u := range sizeUnits {
		if rest, ok := strings.CutSuffix(text, u.suffix); ok {
			text, factor = strings.TrimSpace(rest), u.factor
			break
		}
	}
	n, err := strconv.ParseFloat(text, 64)
	if size := n * factor; err == nil && size >= 1 && size < math.MaxInt64/2 {
		return int64(size), nil
	}
	return 0, fmt.Errorf("%q is not a size; write 500KB, 50MB or 2GB", s)
}

// Nearest returns the candidate that key was most likely meant to be (an edit
// distance of at most a third of its length, and at least 1, where two letters
// that changed places are one edit), or "".
func Nearest(key string, candidates []string) string {
	best, bestDistance := "", max(1, len(key)/3)+1
	for _, c := range candidates {
		if d := editDistance(strings.ToLower(key), strings.ToLower(c)); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

func editDistance(a, b string) int {
	ra, rb := []rune(a), []rune(b)
	before, row := make([]int, len(rb)+1), make([]int, len(rb)+1)
	for j := range row {
		row[j] = j
	}
	for i := range ra {
		next := make([]int, len(rb)+1)
		next[0] = i + 1
		for j := range rb {
			cost := 1
			if ra[i] == rb[j] {
				cost = 0
			}
			next[j+1] = min(row[j+1]+1, next[j]+1, row[j]+cost)
			if i > 0 && j > 0 && ra[i] == rb[j-1] && ra[i-1] == rb[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(rb)]
}
