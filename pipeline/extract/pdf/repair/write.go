package repair

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"freshet/pipeline/extract/pdf/filter"
	"freshet/pipeline/extract/pdf/syntax"
)

// A writer writes the objects of a file with new numbers, from 1 without gaps.
type writer struct {
	file   *file
	budget *filter.Budget
	number map[int]int // the new number of each object
	out    bytes.Buffer
}

func (w *writer) write(ctx context.Context, root any) ([]byte, error) {
	old := make([]int, 0, len(w.file.entries))
	for num := range w.file.entries {
		old = append(old, num)
	}
	slices.Sort(old)
	w.number = make(map[int]int, len(old))
	for i, num := range old {
		w.number[num] = i + 1
	}
	w.out.WriteString("%PDF-1.7\n")
	offsets := make([]int, 0, len(old))
	for i, num := range old {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		offsets = append(offsets, w.out.Len())
		fmt.Fprintf(&w.out, "%d 0 obj\n", i+1)
		if err := w.top(w.file.entries[num].value); err != nil {
			return nil, err
		}
		w.out.WriteString("\nendobj\n")
	}
	start := w.out.Len()
	fmt.Fprintf(&w.out, "xref\n0 %d\n0000000000 65535 f \n", len(old)+1)
	for _, o := range offsets {
		fmt.Fprintf(&w.out, "%010d 00000 n \n", o)
	}
	trailer := syntax.Dict{"Size": int64(len(old) + 1), "Root": root}
	for _, t := range w.file.trailers {
		if w.file.dict(t["Info"]) != nil {
			trailer["Info"] = t["Info"]
		}
	}
	w.out.WriteString("trailer\n")
	w.object(trailer)
	fmt.Fprintf(&w.out, "\nstartxref\n%d\n%%%%EOF\n", start)
	return w.out.Bytes(), nil
}

// top writes an object of the file itself, which alone may be a stream.
func (w *writer) top(v any) error {
	s, ok := v.(*syntax.Stream)
	if !ok {
		w.object(v)
		return nil
	}
	raw, err := w.data(s)
	if err != nil {
		return err
	}
	s.Dict["Length"] = int64(len(raw))
	w.object(s.Dict)
	w.out.WriteString("\nstream\n")
	w.out.Write(raw)
	w.out.WriteString("\nendstream")
	return nil
}

// data is what a stream is written with; its dictionary is made to fit.
func (w *writer) data(s *syntax.Stream) ([]byte, error) {
	names, params := w.file.filters(s.Dict)
	for _, k := range []syntax.Symbol{"Filter", "F", "DecodeParms", "DP"} {
		delete(s.Dict, k)
	}
	if w.file.resolve(s.Dict["Subtype"]) == syntax.Symbol("Image") {
		return nil, nil
	}
	if len(names) == 1 && names[0] == "FlateDecode" && params[0]["Predictor"] == nil && sound(s.Raw) {
		s.Dict["Filter"] = names[0]
		return s.Raw, nil
	}
	raw, err := filter.Decode(s.Raw, names, params, w.budget)
	if errors.Is(err, filter.ErrUnknown) {
		return nil, nil
	}
	return raw, err
}

// sound reports whether raw begins as zlib data do.
func sound(raw []byte) bool {
	return len(raw) > 2 && raw[0]&0x0f == 8 && raw[1]&0x20 == 0 && (uint(raw[0])<<8|uint(raw[1]))%31 == 0
}

func (w *writer) object(v any) {
	switch v := v.(type) {
	case bool:
		w.out.WriteString(strconv.FormatBool(v))
	case int64:
		w.out.WriteString(strconv.FormatInt(v, 10))
	case float64:
		w.out.WriteString(strconv.FormatFloat(v, 'f', 6, 64))
	case syntax.Text:
		fmt.Fprintf(&w.out, "<%x>", string(v))
	case syntax.Symbol:
		w.symbol(v)
	case syntax.Ref:
		if n := w.number[v.Num]; n > 0 {
			fmt.Fprintf(&w.out, "%d 0 R", n)
		} else {
			w.out.WriteString("null")
		}
	case syntax.Array:
		w.out.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				w.out.WriteByte(' ')
			}
			w.object(e)
		}
		w.out.WriteByte(']')
	case syntax.Dict:
		w.out.WriteString("<<")
		for k, e := range v {
			w.symbol(k)
			w.out.WriteByte(' ')
			w.object(e)
		}
		w.out.WriteString(">>")
	default:
		w.out.WriteString("null")
	}
}

func (w *writer) symbol(s syntax.Symbol) {
	w.out.WriteByte('/')
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c > '~' || bytes.IndexByte([]byte("()<>[]{}/%#"), c) >= 0 {
			fmt.Fprintf(&w.out, "#%02x", c)
		} else {
			w.out.WriteByte(c)
		}
	}
}
