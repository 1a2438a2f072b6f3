// Package filter undoes the encodings of PDF streams. Damaged data yields what can
// be read of them.
package filter

import (
	"bytes"
	"compress/flate"
	"compress/lzw"
	"errors"
	"io"

	"freshet/pipeline/extract/pdf/syntax"
)

// ErrUnknown: the stream has an encoding that is not text's: pictures, or one that
// is not known.
var ErrUnknown = errors.New("the encoding of a stream is not one that text has")

// A Budget bounds how many bytes may come out of all streams of a document together.
type Budget struct {
	Left int64
}

// ErrBudget: the streams of the document hold more than the Budget allows.
var ErrBudget = errors.New("the streams of the document hold more than is allowed")

// Take books n bytes.
func (b *Budget) Take(n int64) error {
	if b.Left -= n; b.Left < 0 {
		b.Left = 0
		return ErrBudget
	}
	return nil
}

// All reads r as far as it can be read, or to the budget's end.
func (b *Budget) All(r io.Reader) ([]byte, error) {
	out, err := io.ReadAll(io.LimitReader(r, b.Left+1))
	if over := b.Take(int64(len(out))); over != nil {
		return nil, over
	}
	return out, err
}

// maxFilters is how many encodings one stream may have above each other.
const maxFilters = 8

// Decode undoes the filters with these names and parameters, in their order.
func Decode(raw []byte, names []syntax.Symbol, params []syntax.Dict, budget *Budget) ([]byte, error) {
	if len(names) > maxFilters {
		return nil, ErrUnknown
	}
	for i, name := range names {
		var p syntax.Dict
		if i < len(params) {
			p = params[i]
		}
		out, err := one(raw, name, p, budget)
		if err != nil {
			return nil, err
		}
		raw = out
	}
	return raw, nil
}

func one(raw []byte, name syntax.Symbol, p syntax.Dict, budget *Budget) ([]byte, error) {
	var out []byte
	var err error
	switch name {
	case "FlateDecode", "Fl":
		if out, err = inflate(raw, budget); err != nil {
			return nil, err
		}
		return predict(out, p), nil
	case "LZWDecode", "LZW":
		early := true
		if e, ok := p["EarlyChange"].(int64); ok {
			early = e != 0
		}
		if out, err = budget.All(newLZW(raw, early)); errors.Is(err, ErrBudget) {
			return nil, err
		}
		return predict(out, p), nil
	case "ASCIIHexDecode", "AHx":
		end := bytes.IndexByte(raw, '>')
		if end < 0 {
			end = len(raw)
		}
		l := syntax.Lexer{Data: append(append([]byte{'<'}, raw[:end]...), '>')}
		out = bytes.Clone(l.Next().Text)
	case "ASCII85Decode", "A85":
		out = base85(raw)
	case "RunLengthDecode", "RL":
		out = runLength(raw, budget.Left)
	case "Crypt":
		return raw, nil
	default:
		return nil, ErrUnknown
	}
	return out, budget.Take(int64(len(out)))
}

// inflate reads zlib data without asking for their checksum, and bare deflate data.
func inflate(raw []byte, budget *Budget) ([]byte, error) {
	raw = bytes.TrimLeft(raw, "\r\n")
	if len(raw) < 2 {
		return nil, nil
	}
	body := raw
	if raw[0]&0x0f == 8 {
		body = raw[2:]
	}
	out, err := budget.All(flate.NewReader(bytes.NewReader(body)))
	if errors.Is(err, ErrBudget) {
		return nil, err
	}
	if len(out) == 0 && err != nil && raw[0]&0x0f == 8 {
		if out, err = budget.All(flate.NewReader(bytes.NewReader(raw))); errors.Is(err, ErrBudget) {
			return nil, err
		}
	}
	return out, nil
}

// newLZW reads LZW data. The early change of the code width, which PDF has by
// default and TIFF too, is not what compress/lzw reads.
func newLZW(raw []byte, early bool) io.Reader {
	if !early {
		return lzw.NewReader(bytes.NewReader(raw), lzw.MSB, 8)
	}
	return &earlyLZW{data: raw, width: 9, next: 258}
}

func base85(raw []byte) []byte {
	out := make([]byte, 0, len(raw)*4/5+4)
	var group [5]byte
	n := 0
	flush := func() {
		if n < 2 {
			n = 0
			return
		}
		for i := n; i < 5; i++ {
			group[i] = 84
		}
		var v uint32
		for _, c := range group {
			v = v*85 + uint32(c)
		}
		four := [4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
		out = append(out, four[:n-1]...)
		n = 0
	}
	raw = bytes.TrimPrefix(bytes.TrimSpace(raw), []byte("<~"))
	for _, c := range raw {
		switch {
		case c == '~':
			flush()
			return out
		case c == 'z' && n == 0:
			out = append(out, 0, 0, 0, 0)
		case c >= '!' && c <= 'u':
			group[n] = c - '!'
			if n++; n == 5 {
				flush()
			}
		}
	}
	flush()
	return out
}

func runLength(raw []byte, most int64) []byte {
	var out []byte
	for i := 0; i < len(raw) && int64(len(out)) <= most; {
		n := int(raw[i])
		i++
		switch {
		case n == 128:
			return out
		case n < 128:
			end := min(i+n+1, len(raw))
			out = append(out, raw[i:end]...)
			i = end
		case i < len(raw):
			out = append(out, bytes.Repeat(raw[i:i+1], 257-n)...)
			i++
		}
	}
	return out
}
