package catalog

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
)

// Texts above packAbove bytes are deflated: long pages shrink to a third, while
// short ones would cost more time than the bytes are worth.
const packAbove = 4 << 10

// maxText is the most that a stored text may inflate to.
const maxText = 256 << 20

// A packer packs one text after another: what deflating needs takes over a megabyte.
type packer struct{ w *flate.Writer }

func (p *packer) pack(text []byte) []byte {
	if len(text) <= packAbove {
		return append([]byte{0}, text...)
	}
	var b bytes.Buffer
	b.WriteByte(1)
	w := p.writer(&b)
	if _, err := w.Write(text); err != nil {
		panic(err) // a buffer takes everything
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func (p *packer) writer(to *bytes.Buffer) *flate.Writer {
	if p.w == nil {
		w, err := flate.NewWriter(to, flate.BestSpeed)
		if err != nil {
			panic(err) // the level is valid
		}
		p.w = w
		return w
	}
	p.w.Reset(to)
	return p.w
}

func unpack(packed []byte) ([]byte, error) {
	switch {
	case len(packed) == 0:
		return nil, nil
	case packed[0] == 0:
		return packed[1:], nil
	}
	r := flate.NewReader(bytes.NewReader(packed[1:]))
	text, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err != nil {
		return nil, fmt.Errorf("inflate stored text: %w", err)
	}
	if len(text) > maxText {
		return nil, fmt.Errorf("inflate stored text: over %d bytes", maxText)
	}
	return text, nil
}
