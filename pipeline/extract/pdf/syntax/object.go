package syntax

import "math"

// The objects of a file: nil, bool, int64, float64, Text, Symbol, Array, Dict,
// *Stream, Ref.
type (
	// Text is a string, its bytes as they stand.
	Text string
	// Symbol is a name without its slash.
	Symbol string
	// Array is an array.
	Array []any
	// Dict is a dictionary.
	Dict map[Symbol]any
	// Ref names another object of the file.
	Ref struct{ Num, Gen int }
)

// A Stream is a dictionary with data, as they stand in the file.
type Stream struct {
	Dict Dict
	Raw  []byte
}

// depth is how deep arrays and dictionaries may be nested; the brackets of deeper
// ones are passed over.
const depth = 100

// Object reads the next object; nil where there is none. References are recognised.
// A keyword that is no object is passed over as nil, except that "endobj", "stream"
// and "endstream" are left to be read.
func (l *Lexer) Object() any { return l.object(l.Next(), 0) }

func (l *Lexer) object(t Token, level int) any {
	switch t.Kind {
	case Number:
		if !t.Whole || math.Abs(t.Num) > math.MaxInt32 {
			if t.Whole && math.Abs(t.Num) < 1<<53 {
				return int64(t.Num)
			}
			return t.Num
		}
		return l.referred(t.Num)
	case String:
		return Text(t.Text)
	case Name:
		return Symbol(t.Text)
	case Open:
		if level < depth {
			return l.array(level)
		}
	case DictOpen:
		if level < depth {
			return l.dict(level)
		}
	case Keyword:
		switch string(t.Text) {
		case "true":
			return true
		case "false":
			return false
		}
		if ending(t.Text) {
			l.Pos -= len(t.Text)
		}
	}
	return nil
}

// referred returns the reference that begins with num, or num itself.
func (l *Lexer) referred(num float64) any {
	whole := int64(num)
	if num < 0 || l.Pos >= len(l.Data) || !White(l.Data[l.Pos]) {
		return whole
	}
	back := l.Pos
	if gen := l.Next(); gen.Kind == Number && gen.Whole && gen.Num >= 0 && gen.Num < 1<<16 {
		if r := l.Next(); r.Kind == Keyword && string(r.Text) == "R" {
			return Ref{int(num), int(gen.Num)}
		}
	}
	l.Pos = back
	return whole
}

func (l *Lexer) array(level int) any {
	var out Array
	for {
		before := l.Pos
		t := l.Next()
		switch {
		case t.Kind == End, t.Kind == Close:
			return out
		case t.Kind == DictClose, t.Kind == Keyword && ending(t.Text):
			l.Pos = before // the bracket was forgotten
			return out
		}
		out = append(out, l.object(t, level+1))
	}
}

func (l *Lexer) dict(level int) any {
	out := Dict{}
	for {
		before := l.Pos
		t := l.Next()
		switch {
		case t.Kind == End, t.Kind == DictClose:
			return out
		case t.Kind == Keyword && ending(t.Text):
			l.Pos = before
			return out
		case t.Kind != Name:
			continue
		}
		key := Symbol(t.Text)
		before = l.Pos
		value := l.Next()
		if value.Kind == DictClose || value.Kind == End {
			l.Pos = before // a key without a value
			continue
		}
		if o := l.object(value, level+1); o != nil {
			out[key] = o
		}
	}
}

// ending reports whether a keyword ends an object, so that nothing of it follows.
func ending(keyword []byte) bool {
	switch string(keyword) {
	case "endobj", "stream", "endstream":
		return true
	}
	return false
}
