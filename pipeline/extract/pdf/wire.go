package pdf

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

// A request is what a child process is asked; the file follows it.
type request struct {
	Passwords []string       `json:"passwords,omitempty"`
	Limits    extract.Limits `json:"limits"`
}

// A response is what it answers: a text, a verdict, or why it could do neither.
type response struct {
	Text   *extract.Text `json:"text,omitempty"`
	Reason string        `json:"reason,omitempty"` // of a verdict
	Detail string        `json:"detail,omitempty"`
	Fault  string        `json:"fault,omitempty"`
}

// magic begins every message, so that a command that is something else is noticed.
const magic = "fpdf"

var errForeign = errors.New("the process that reads PDF files does not speak as it should; it has to be this program")

// send writes a message: magic, two lengths, the header as JSON, the body.
func send(w io.Writer, header any, body []byte) error {
	h, err := json.Marshal(header)
	if err != nil {
		return fmt.Errorf("encode a message: %w", err)
	}
	b := append(make([]byte, 0, 12+len(h)), magic...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(h)))
	b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
	if _, err := w.Write(append(b, h...)); err != nil {
		return err
	}
	if len(body) > 0 {
		_, err = w.Write(body)
	}
	return err
}

// receive reads a message of which neither part is longer than most bytes.
func receive(r io.Reader, header any, most int64) (body []byte, err error) {
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	if string(head[:4]) != magic {
		return nil, errForeign
	}
	n, m := int64(binary.BigEndian.Uint32(head[4:])), int64(binary.BigEndian.Uint32(head[8:]))
	if n > most || m > most {
		return nil, tooLarge("what is in it comes to more than %d bytes", most)
	}
	h := make([]byte, n)
	if _, err := io.ReadFull(r, h); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(h, header); err != nil {
		return nil, errForeign
	}
	body = make([]byte, m)
	_, err = io.ReadFull(r, body)
	return body, err
}

// respond turns the outcome of reading into a response.
func respond(t *extract.Text, err error) response {
	if err == nil {
		return response{Text: t}
	}
	if v := connectors.AsVerdict(err); v != nil {
		return response{Reason: v.Reason, Detail: v.Detail}
	}
	return response{Fault: err.Error()}
}

// outcome is the reverse of respond.
func (r response) outcome() (*extract.Text, error) {
	switch {
	case r.Text != nil:
		return r.Text, nil
	case r.Reason != "":
		return nil, &connectors.Verdict{Reason: r.Reason, Detail: r.Detail}
	}
	return nil, errors.New(r.Fault)
}
