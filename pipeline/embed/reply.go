package embed

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

// longestVector bounds the dimension of a vector: four times the largest that a
// known model has (4,096 and 7,168 are in use).
const longestVector = 1 << 15

// reply is the body of a 200.
type reply struct {
	Data  []item `json:"data"`
	Usage struct {
		Prompt int `json:"prompt_tokens"`
		Total  int `json:"total_tokens"`
	} `json:"usage"`
	// Error is what some gateways send with a status of 200.
	Error json.RawMessage `json:"error"`
}

type item struct {
	Index     *int   `json:"index"`
	Embedding vector `json:"embedding"`
}

// A vector is read from a list of numbers or from base64 of little-endian
// float32. A null in the list is NaN: it is how servers in C++ write one.
type vector []float32

func (v *vector) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) > 0 && b[0] == '"':
		return v.packed(b)
	case len(b) > 0 && b[0] == '[':
		return v.listed(b)
	}
	return errors.New("a vector is neither a list nor base64")
}

func (v *vector) packed(b []byte) error {
	var text []byte
	if len(b) < 2 || bytes.IndexByte(b, '\\') >= 0 {
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		text = []byte(s)
	} else {
		text = b[1 : len(b)-1]
	}
	if base64.StdEncoding.DecodedLen(len(text)) > 4*longestVector+4 {
		return fmt.Errorf("a vector of more than %d numbers", longestVector)
	}
	raw := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(raw, text)
	if err != nil {
		return fmt.Errorf("read a vector in base64: %w", err)
	}
	if n%4 != 0 {
		return fmt.Errorf("a vector in base64 has %d bytes, which is no number of float32", n)
	}
	out := make([]float32, n/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	*v = out
	return nil
}

// listed reads a list of numbers; encoding/json has made sure that it is JSON.
func (v *vector) listed(b []byte) error {
	out := make([]float32, 0, min(bytes.Count(b, []byte{','})+1, longestVector))
	for rest := b[1:]; ; {
		rest = bytes.TrimLeft(rest, " \t\r\n,")
		if len(rest) == 0 || rest[0] == ']' {
			break
		}
		end := bytes.IndexAny(rest, ", \t\r\n]")
		if end < 0 {
			return errors.New("a vector breaks off")
		}
		if len(out) == longestVector {
			return fmt.Errorf("a vector of more than %d numbers", longestVector)
		}
		x, err := number(rest[:end])
		if err != nil {
			return err
		}
		out, rest = append(out, x), rest[end:]
	}
	*v = out
	return nil
}

func number(b []byte) (float32, error) {
	if string(b) == "null" {
		return float32(math.NaN()), nil
	}
	x, err := strconv.ParseFloat(string(b), 32)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, fmt.Errorf("a vector holds %.40q, which is no number", b)
	}
	return float32(x), nil // out of range is an infinity, and found as such
}

// decode reads the body of a 200 for n texts: their vectors in the texts' order,
// and the tokens that the server counted. The error is an *Error.
func decode(body []byte, n int) ([][]float32, int, error) {
	var r reply
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, 0, undecodable(body, err)
	}
	if len(r.Data) == 0 && len(r.Error) > 0 && string(r.Error) != "null" {
		return nil, 0, &Error{Reason: Malformed, Detail: "a reply of success holds an error: " + excerpt(r.Error)}
	}
	if len(r.Data) == 0 && n > 0 {
		return nil, 0, &Error{Reason: Malformed, Detail: `the reply has no list "data" of vectors: ` + excerpt(body)}
	}
	if len(r.Data) != n {
		return nil, 0, &Error{Reason: WrongCount, Detail: fmt.Sprintf("%d vectors for %d texts", len(r.Data), n)}
	}
	vectors, err := inOrder(r.Data)
	if err != nil {
		return nil, 0, err
	}
	return vectors, max(r.Usage.Prompt, r.Usage.Total, 0), nil
}

// inOrder puts vectors in the order of their indexes. Where no item has an index,
// the order is that of the list.
func inOrder(items []item) ([][]float32, error) {
	out := make([][]float32, len(items))
	for i, it := range items {
		at := i
		if it.Index != nil {
			at = *it.Index
		}
		if (it.Index == nil) != (items[0].Index == nil) {
			return nil, &Error{Reason: WrongOrder, Detail: "some vectors have an index and some have none"}
		}
		if at < 0 || at >= len(out) || out[at] != nil {
			return nil, &Error{Reason: WrongOrder, Detail: fmt.Sprintf("index %d of %d is outside or there twice", at, len(out))}
		}
		if it.Embedding == nil {
			return nil, &Error{Reason: Malformed, Detail: fmt.Sprintf("item %d has no vector", i)}
		}
		out[at] = it.Embedding
	}
	return out, nil
}

// undecodable names what is wrong with a body that is not JSON of our shape.
func undecodable(body []byte, err error) *Error {
	text := bytes.TrimSpace(body)
	var syntax *json.SyntaxError
	switch {
	case len(text) == 0:
		return &Error{Reason: Truncated, Detail: "the reply is empty"}
	case text[0] == '<':
		return &Error{Reason: NotJSON, Detail: "the reply is a page of HTML: " + excerpt(text)}
	case text[0] != '{' && text[0] != '[':
		return &Error{Reason: NotJSON, Detail: "the reply is not JSON: " + excerpt(text)}
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &syntax) && syntax.Offset >= int64(len(body)):
		return &Error{Reason: Truncated, Detail: fmt.Sprintf("the reply breaks off after %d bytes", len(body))}
	case errors.As(err, &syntax) && notFinite(body, syntax.Offset):
		return &Error{Reason: NotFinite, Detail: "the reply holds NaN or Infinity, which is no JSON"}
	case errors.As(err, &syntax):
		return &Error{Reason: NotJSON, Detail: "the reply is not JSON", Err: err}
	}
	return &Error{Reason: Malformed, Detail: "the reply does not have the shape of embeddings", Err: err}
}

// notFinite reports whether a syntax error stands at a word for a number that is
// not finite, as Python writes them.
func notFinite(body []byte, offset int64) bool {
	at := min(max(int(offset)-2, 0), len(body)) // at the letter, or at a sign before it
	rest := body[at:min(at+12, len(body))]
	for _, word := range []string{"NaN", "nan", "Inf", "inf"} {
		if bytes.Contains(rest, []byte(word)) {
			return true
		}
	}
	return false
}

// excerptLength is how much of a server's words an error holds.
const excerptLength = 300

// excerpt is the beginning of what a server said, on one line.
func excerpt(b []byte) string {
	cut := b[:min(len(b), 4*excerptLength)]
	text := string(bytes.Join(bytes.Fields(bytes.ToValidUTF8(cut, []byte("?"))), []byte(" ")))
	if len(text) <= excerptLength {
		return text
	}
	return string(bytes.ToValidUTF8([]byte(text[:excerptLength]), nil)) + "..."
}
