package index

import (
	"encoding/binary"
	"fmt"
	"sort"
	"strings"
)

// A Payload is what filters look at: lists of texts and numbers by key.
type Payload struct {
	Texts   map[string][]string
	Numbers map[string]float64
}

// Keys of a payload that Freshet itself writes. A facet's key is
// KeyFacet + its name.
const (
	KeySource    = "source"
	KeyDocument  = "document"
	KeyLocale    = "locale"
	KeyLabel     = "label"
	KeyClass     = "class"
	KeyOwner     = "owner"
	KeyModified  = "modified" // Unix seconds
	KeyPrincipal = "principal"
	KeyFacet     = "facet."
	KeyPath      = "path"
)

// Hash identifies the payload; the order of keys does not matter, that of values
// does.
func (p Payload) Hash() Hash {
	h := newHasher("payload/1", 256)
	h.b = p.Append(h.b)
	return h.sum()
}

// Append appends a canonical encoding, which DecodePayload reads.
func (p Payload) Append(b []byte) []byte {
	w := hasher{b: b}
	keys := make([]string, 0, len(p.Texts))
	for k := range p.Texts {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	w.number(uint64(len(keys)))
	for _, k := range keys {
		w.text(k)
		w.list(p.Texts[k])
	}
	keys = keys[:0]
	for k := range p.Numbers {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	w.number(uint64(len(keys)))
	for _, k := range keys {
		w.text(k)
		w.b = binary.BigEndian.AppendUint64(w.b, floatBits(p.Numbers[k]))
	}
	return w.b
}

// DecodePayload reads what Append wrote, and nothing behind it.
func DecodePayload(b []byte) (Payload, error) {
	r := reader{b: b}
	p := Payload{}
	if n := r.count(); n > 0 {
		p.Texts = make(map[string][]string, n)
		for range n {
			k := r.text()
			list := make([]string, r.count())
			for i := range list {
				list[i] = r.text()
			}
			p.Texts[k] = list
		}
	}
	if n := r.count(); n > 0 {
		p.Numbers = make(map[string]float64, n)
		for range n {
			k := r.text()
			p.Numbers[k] = r.float()
		}
	}
	if r.bad || len(r.b) > 0 {
		return Payload{}, fmt.Errorf("decode payload: %d bytes are malformed", len(b))
	}
	return p, nil
}

// A Filter restricts a search by payload. It is one of And, Or, Not, Equal, In,
// Range, Prefix and Exists; Match is their meaning, which every Store reproduces.
// A key with several values matches when one of them does.
type Filter interface {
	// Match reports whether a point with this payload passes.
	Match(Payload) bool
	// String is canonical: filters that read the same are the same.
	String() string
}

type (
	// And passes when all do; an empty And passes always.
	And []Filter
	// Or passes when one does; an empty Or never passes.
	Or []Filter
	// Not passes when Of does not.
	Not struct{ Of Filter }
	// Equal passes when a value under Key is Value.
	Equal struct{ Key, Value string }
	// In passes when a value under Key is one of Values.
	In struct {
		Key    string
		Values []string
	}
	// Range passes when the number under Key lies within the bounds given; a nil
	// bound is open, a bound itself is within.
	Range struct {
		Key      string
		Min, Max *float64
	}
	// Prefix passes when a value under Key begins with Prefix.
	Prefix struct{ Key, Prefix string }
	// Exists passes when there is a value under Key.
	Exists struct{ Key string }
)

// Match reports whether every part passes.
func (f And) Match(p Payload) bool {
	for _, x := range f {
		if !x.Match(p) {
			return false
		}
	}
	return true
}

// Match reports whether a part passes.
func (f Or) Match(p Payload) bool {
	for _, x := range f {
		if x.Match(p) {
			return true
		}
	}
	return false
}

// Match reports whether Of does not pass.
func (f Not) Match(p Payload) bool { return !f.Of.Match(p) }

// Match reports whether a value equals.
func (f Equal) Match(p Payload) bool {
	for _, v := range p.Texts[f.Key] {
		if v == f.Value {
			return true
		}
	}
	return false
}

// Match reports whether a value is listed.
func (f In) Match(p Payload) bool {
	for _, v := range f.Values {
		if (Equal{f.Key, v}).Match(p) {
			return true
		}
	}
	return false
}

// Match reports whether the number lies within.
func (f Range) Match(p Payload) bool {
	v, ok := p.Numbers[f.Key]
	return ok && (f.Min == nil || v >= *f.Min) && (f.Max == nil || v <= *f.Max)
}

// Match reports whether a value has the prefix.
func (f Prefix) Match(p Payload) bool {
	for _, v := range p.Texts[f.Key] {
		if strings.HasPrefix(v, f.Prefix) {
			return true
		}
	}
	return false
}

// Match reports whether there is a value.
func (f Exists) Match(p Payload) bool {
	_, number := p.Numbers[f.Key]
	return number || len(p.Texts[f.Key]) > 0
}

func (f And) String() string    { return "and" + joinFilters(f) }
func (f Or) String() string     { return "or" + joinFilters(f) }
func (f Not) String() string    { return "not(" + f.Of.String() + ")" }
func (f Equal) String() string  { return fmt.Sprintf("%q=%q", f.Key, f.Value) }
func (f In) String() string     { return fmt.Sprintf("%q in %q", f.Key, f.Values) }
func (f Prefix) String() string { return fmt.Sprintf("%q^%q", f.Key, f.Prefix) }
func (f Exists) String() string { return fmt.Sprintf("has %q", f.Key) }

func (f Range) String() string {
	bound := func(v *float64) string {
		if v == nil {
			return "*"
		}
		return fmt.Sprint(*v)
	}
	return fmt.Sprintf("%q[%s,%s]", f.Key, bound(f.Min), bound(f.Max))
}

func joinFilters(list []Filter) string {
	parts := make([]string, len(list))
	for i, f := range list {
		parts[i] = f.String()
	}
	return "(" + strings.Join(parts, ",") + ")"
}
