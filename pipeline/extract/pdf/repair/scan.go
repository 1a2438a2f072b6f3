// Package repair rewrites a PDF file as a clean one: found by looking for its objects
// instead of trusting its cross-reference, decrypted, without object streams, with
// encodings of streams that every reader knows. Pictures are left out.
package repair

import (
	"bytes"
	"context"

	"freshet/pipeline/extract/pdf/syntax"
)

// maxNumber is the highest object number: ISO 32000-1, annex C.
const maxNumber = 1<<23 - 1

// An entry is one object of the file.
type entry struct {
	gen   int
	at    int // where it, or the object stream that holds it, begins
	value any
}

// A file is what was found in one.
type file struct {
	data     []byte
	entries  map[int]*entry
	trailers []syntax.Dict
}

// scan finds the objects and trailers of data.
func scan(ctx context.Context, data []byte) (*file, error) {
	f := &file{data: data, entries: map[int]*entry{}}
	lex := syntax.Lexer{Data: data}
	for step := 0; lex.Pos < len(data); step++ {
		if step%1024 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		next := nextMark(data, lex.Pos)
		if next < 0 {
			break
		}
		if data[next] == 't' {
			lex.Pos = next + len("trailer")
			if d, ok := lex.Object().(syntax.Dict); ok {
				f.trailers = append(f.trailers, d)
			}
			continue
		}
		num, gen, ok := numbersBefore(data, next)
		lex.Pos = next + len("obj")
		if !ok {
			continue
		}
		value := lex.Object()
		if d, isDict := value.(syntax.Dict); isDict {
			value = f.stream(&lex, d)
		}
		if s, isStream := value.(*syntax.Stream); isStream && s.Dict["Type"] == syntax.Symbol("XRef") {
			f.trailers = append(f.trailers, s.Dict)
			continue
		}
		// An object that is empty where another stood is a damaged one.
		if old := f.entries[num]; old == nil || value != nil {
			f.entries[num] = &entry{gen: gen, at: next, value: value}
		}
	}
	return f, nil
}

// nextMark is where the next "obj" that begins an object, or "trailer", stands; -1: nowhere.
func nextMark(data []byte, from int) int {
	for from < len(data) {
		i := bytes.IndexAny(data[from:], "ot")
		if i < 0 {
			return -1
		}
		from += i
		rest := data[from:]
		if bytes.HasPrefix(rest, []byte("trailer")) {
			return from
		}
		if bytes.HasPrefix(rest, []byte("obj")) && from > 0 && (syntax.White(data[from-1]) || data[from-1] >= '0' && data[from-1] <= '9') {
			return from
		}
		from++
	}
	return -1
}

// numbersBefore reads the number and generation in front of "obj" at i.
func numbersBefore(data []byte, i int) (num, gen int, ok bool) {
	back := func() (int, bool) {
		for i > 0 && syntax.White(data[i-1]) {
			i--
		}
		n, scale, digits := 0, 1, 0
		for i > 0 && data[i-1] >= '0' && data[i-1] <= '9' && digits < 10 {
			i--
			n += int(data[i]-'0') * scale
			scale *= 10
			digits++
		}
		return n, digits > 0
	}
	if gen, ok = back(); !ok || i == 0 || !syntax.White(data[i-1]) {
		return 0, 0, false
	}
	if num, ok = back(); !ok || num > maxNumber || num == 0 {
		return 0, 0, false
	}
	return num, gen, true
}

// stream returns d with its data when "stream" follows, else d.
func (f *file) stream(lex *syntax.Lexer, d syntax.Dict) any {
	before := lex.Pos
	if t := lex.Next(); t.Kind != syntax.Keyword || string(t.Text) != "stream" {
		lex.Pos = before
		return d
	}
	start := lex.Pos
	for start < len(f.data) && f.data[start] == ' ' {
		start++
	}
	if start < len(f.data) && f.data[start] == '\r' {
		start++
	}
	if start < len(f.data) && f.data[start] == '\n' {
		start++
	}
	end := start + f.length(d)
	if end <= start || end > len(f.data) || !ends(f.data[end:]) {
		end = streamEnd(f.data, start)
	}
	lex.Pos = end
	return &syntax.Stream{Dict: d, Raw: f.data[start:end]}
}

// length is the length of a stream that its dictionary gives, as far as it is known.
func (f *file) length(d syntax.Dict) int {
	v := d["Length"]
	if r, ok := v.(syntax.Ref); ok {
		if e := f.entries[r.Num]; e != nil {
			v = e.value
		}
	}
	return min(max(whole(v), 0), len(f.data))
}

// ends reports whether rest begins with the end of a stream.
func ends(rest []byte) bool {
	rest = bytes.TrimLeft(rest[:min(len(rest), 32)], "\r\n \t\x00")
	return bytes.HasPrefix(rest, []byte("endstream")) || bytes.HasPrefix(rest, []byte("endobj"))
}

// streamEnd looks for the end of the stream that begins at start.
func streamEnd(data []byte, start int) int {
	if start >= len(data) {
		return len(data)
	}
	end := len(data)
	if i := bytes.Index(data[start:], []byte("endstream")); i >= 0 {
		end = start + i
	} else if i := bytes.Index(data[start:], []byte("endobj")); i >= 0 {
		end = start + i
	}
	if end > start && data[end-1] == '\n' {
		end--
	}
	if end > start && data[end-1] == '\r' {
		end--
	}
	return end
}

func whole(v any) int {
	switch n := v.(type) {
	case int64:
		return int(n)
	case float64:
		if n > -1<<40 && n < 1<<40 {
			return int(n)
		}
	}
	return 0
}

func text(v any) []byte {
	s, _ := v.(syntax.Text)
	return []byte(s)
}
