package embedded

import (
	"encoding/binary"
	"math"

	"freshet/index"
)

// match is Filter.Match on an encoded payload. The kinds that package index has
// are looked up in the encoding, without making a Payload; others decode it. A
// payload that is malformed passes no filter.
func match(f index.Filter, raw []byte) bool {
	switch f := f.(type) {
	case index.And:
		for _, x := range f {
			if !match(x, raw) {
				return false
			}
		}
		return len(f) > 0 || wellFormed(raw)
	case index.Or:
		for _, x := range f {
			if match(x, raw) {
				return true
			}
		}
		return false
	case index.Not:
		return wellFormed(raw) && !match(f.Of, raw)
	case index.Equal:
		return anyText(raw, f.Key, func(v []byte) bool { return string(v) == f.Value })
	case index.In:
		return anyText(raw, f.Key, func(v []byte) bool { return contains(f.Values, v) })
	case index.Prefix:
		return anyText(raw, f.Key, func(v []byte) bool { return len(v) >= len(f.Prefix) && string(v[:len(f.Prefix)]) == f.Prefix })
	case index.Range:
		v, ok := number(raw, f.Key)
		return ok && (f.Min == nil || v >= *f.Min) && (f.Max == nil || v <= *f.Max)
	case index.Exists:
		if anyText(raw, f.Key, func([]byte) bool { return true }) {
			return true
		}
		_, ok := number(raw, f.Key)
		return ok
	}
	p, err := index.DecodePayload(raw)
	return err == nil && f.Match(p)
}

func contains(list []string, v []byte) bool {
	for _, s := range list {
		if s == string(v) {
			return true
		}
	}
	return false
}

// A walker steps through what Payload.Append wrote: the number of text keys, each
// with its list of texts, then the number of number keys, each with eight bytes;
// texts and lists are preceded by their length.
type walker struct {
	b   []byte
	bad bool
}

func (w *walker) count() int {
	n, size := binary.Uvarint(w.b)
	if size <= 0 || n > uint64(len(w.b)-size) {
		w.b, w.bad = nil, true
		return 0
	}
	w.b = w.b[size:]
	return int(n)
}

func (w *walker) text() []byte {
	n := w.count()
	t := w.b[:n]
	w.b = w.b[n:]
	return t
}

func (w *walker) number() float64 {
	if len(w.b) < 8 {
		w.b, w.bad = nil, true
		return 0
	}
	f := math.Float64frombits(binary.BigEndian.Uint64(w.b))
	w.b = w.b[8:]
	return f
}

func anyText(raw []byte, key string, yes func([]byte) bool) bool {
	w := walker{b: raw}
	for range w.count() {
		wanted := string(w.text()) == key
		for range w.count() {
			if v := w.text(); wanted && !w.bad && yes(v) {
				return true
			}
		}
		if wanted || w.bad {
			return false
		}
	}
	return false
}

func number(raw []byte, key string) (float64, bool) {
	w := walker{b: raw}
	for range w.count() {
		w.text()
		for range w.count() {
			w.text()
		}
	}
	for range w.count() {
		wanted := string(w.text()) == key
		if v := w.number(); wanted && !w.bad {
			return v, true
		}
	}
	return 0, false
}

func wellFormed(raw []byte) bool {
	w := walker{b: raw}
	for range w.count() {
		w.text()
		for range w.count() {
			w.text()
		}
	}
	for range w.count() {
		w.text()
		w.number()
	}
	return !w.bad && len(w.b) == 0
}
