package container

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

const (
	// longestToken bounds one tag or one text, in bytes, since each is held in memory.
	longestToken = 16 << 20
	// lookAfter is how many tokens pass between two looks at the context.
	lookAfter = 256
)

// A Decoder yields the elements and texts of one XML part. Documents come from
// outside, so it goes down to a limited depth, expands no entity but the five of XML,
// skips document type definitions, and never asks for anything else.
//
// Of mc:AlternateContent only the first choice is seen, without the elements that wrap
// it. The names of known namespaces are short ("w:p" is Name{Space: "w", Local: "p"});
// see Spaces. It is used by one goroutine.
type Decoder struct {
	ctx    context.Context
	part   string
	closer io.Closer
	source *source
	xml    *xml.Decoder
	max    int // depth
	depth  int
	tokens int
	err    error
	// chosen has, for each open mc:AlternateContent, whether a choice was taken.
	chosen []bool
}

// NewDecoder reads XML from r, within l.XMLDepth; part names it in errors. If r is an
// io.Closer it is closed at the end of the tokens or at the first error.
func NewDecoder(ctx context.Context, r io.Reader, part string, l extract.Limits) *Decoder {
	d := &Decoder{ctx: ctx, part: part, max: l.WithDefaults().XMLDepth, source: newSource(r)}
	d.closer, _ = r.(io.Closer)
	d.xml = xml.NewDecoder(d.source)
	d.xml.CharsetReader = d.charsetReader
	return d
}

func (d *Decoder) charsetReader(label string, in io.Reader) (io.Reader, error) {
	if d.source.recoded {
		return in, nil
	}
	return charset.NewReaderLabel(label, in)
}

// Token returns the next xml.StartElement, xml.EndElement or xml.CharData, io.EOF at
// the end. Other errors are the cause of the context, or a verdict: malformed, or
// too_large when a limit is passed. CharData is valid until the next call.
func (d *Decoder) Token() (xml.Token, error) {
	for d.err == nil {
		token := d.next()
		switch t := token.(type) {
		case xml.StartElement:
			if d.depth++; d.depth > d.max {
				d.fail(tooLarge("the part %q nests elements more than %d deep (limits: xml depth)", d.part, d.max))
				break
			}
			if t.Name.Space == "mc" && d.alternative(t) {
				break
			}
			return t, nil
		case xml.EndElement:
			d.depth--
			if t.Name.Space == "mc" && d.alternativeEnd(t) {
				break
			}
			return t, nil
		case xml.CharData:
			return t, nil
		}
	}
	return nil, d.err
}

// next returns one token with short names, nil for what is left out or after fail.
func (d *Decoder) next() xml.Token {
	if d.tokens++; d.tokens%lookAfter == 0 && d.ctx.Err() != nil {
		d.fail(context.Cause(d.ctx))
		return nil
	}
	d.source.token = 0
	token, err := d.xml.Token()
	if err != nil {
		d.fail(err)
		return nil
	}
	switch t := token.(type) {
	case xml.StartElement:
		t.Name.Space = short(t.Name.Space)
		for i := range t.Attr {
			if t.Attr[i].Name.Space != "" {
				t.Attr[i].Name.Space = short(t.Attr[i].Name.Space)
			}
		}
		return t
	case xml.EndElement:
		t.Name.Space = short(t.Name.Space)
		return t
	}
	return token
}

// alternative handles the start of an element of mc and reports whether it is left out.
func (d *Decoder) alternative(e xml.StartElement) bool {
	switch n := len(d.chosen); {
	case e.Name.Local == "AlternateContent":
		d.chosen = append(d.chosen, false)
		return true
	case n == 0:
		return false
	case e.Name.Local == "Choice" || e.Name.Local == "Fallback":
		if d.chosen[n-1] {
			d.skip()
		}
		d.chosen[n-1] = true
		return true
	}
	return false
}

func (d *Decoder) alternativeEnd(e xml.EndElement) bool {
	n := len(d.chosen)
	if n == 0 {
		return false
	}
	if e.Name.Local == "AlternateContent" {
		d.chosen = d.chosen[:n-1]
		return true
	}
	return e.Name.Local == "Choice" || e.Name.Local == "Fallback"
}

// skip leaves out all up to the end of the element that was begun last.
func (d *Decoder) skip() {
	for end := d.depth - 1; d.err == nil && d.depth > end; {
		switch d.next().(type) {
		case xml.StartElement:
			if d.depth++; d.depth > d.max {
				d.fail(tooLarge("the part %q nests elements more than %d deep (limits: xml depth)", d.part, d.max))
			}
		case xml.EndElement:
			d.depth--
		}
	}
}

// Skip reads to the end of the element whose start Token returned last.
func (d *Decoder) Skip() error {
	d.skip()
	return d.err
}

// Elements calls see with the start of each element that is left of the part; see may
// read the element to its end. It returns the first error, of see too.
func (d *Decoder) Elements(see func(e xml.StartElement) error) error {
	for {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := token.(xml.StartElement); ok {
			if err := see(e); err != nil {
				return err
			}
		}
	}
}

// Inside is Elements for what is inside the element whose start Token returned last.
func (d *Decoder) Inside(see func(e xml.StartElement) error) error {
	for end := d.depth - 1; d.depth > end; {
		token, err := d.Token()
		if err != nil {
			return err
		}
		if e, ok := token.(xml.StartElement); ok {
			if err := see(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// Depth is the number of elements that are open.
func (d *Decoder) Depth() int { return d.depth }

// Text returns the text of the element whose start Token returned last, with that of
// the elements in it, and reads to its end.
func (d *Decoder) Text() (string, error) {
	var b []byte
	for end := d.depth - 1; ; {
		token, err := d.Token()
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.CharData:
			if b = append(b, t...); len(b) > longestToken {
				return "", d.fail(d.overlong())
			}
		case xml.EndElement:
			if d.depth == end {
				return string(b), nil
			}
		}
	}
}

func (d *Decoder) overlong() error {
	return tooLarge("the part %q holds a text of more than %d bytes in one piece", d.part, longestToken)
}

// fail keeps the first error and closes the part.
func (d *Decoder) fail(err error) error {
	switch {
	case err == io.EOF || connectors.AsVerdict(err) != nil || d.ctx.Err() != nil && errors.Is(err, context.Cause(d.ctx)):
	case errors.Is(err, errLongToken):
		err = d.overlong()
	default:
		err = malformed("the part %q is not well-formed XML (%v)", d.part, err)
	}
	if d.err == nil {
		d.err = err
		if d.closer != nil {
			d.closer.Close()
		}
	}
	return d.err
}

var errLongToken = errors.New("the token is too long")

// A source is a buffered reader that counts the bytes of the current token, and
// turns UTF-16 into UTF-8.
type source struct {
	r       io.Reader
	buf     []byte
	at, end int
	err     error
	token   int
	recoded bool
}

func newSource(r io.Reader) *source {
	s := &source{r: r, buf: make([]byte, 16<<10)}
	for s.end < 3 && s.err == nil {
		s.fill()
	}
	switch head := s.buf[:s.end]; {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		s.at = 3
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		rest := io.MultiReader(bytes.NewReader(bytes.Clone(head)), &rest{s.r, s.err})
		s.r, s.end, s.err, s.recoded = transform.NewReader(rest, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()), 0, nil, true
	}
	return s
}

// rest goes on reading r unless it has already failed.
type rest struct {
	r   io.Reader
	err error
}

func (r *rest) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	return r.r.Read(p)
}

// fill appends what one call of Read gives.
func (s *source) fill() {
	n, err := s.r.Read(s.buf[s.end:])
	s.end += n
	s.err = err
}

// more makes at least one byte available.
func (s *source) more() error {
	s.at, s.end = 0, 0
	for range 100 {
		if s.err != nil {
			return s.err
		}
		if s.fill(); s.end > 0 {
			return nil
		}
	}
	return io.ErrNoProgress
}

func (s *source) ReadByte() (byte, error) {
	if s.at == s.end {
		if s.token > longestToken {
			return 0, errLongToken
		}
		if err := s.more(); err != nil {
			return 0, err
		}
		s.token += s.end
	}
	s.at++
	return s.buf[s.at-1], nil
}

// Read serves the decoders of other charsets, which encoding/xml sets between.
func (s *source) Read(p []byte) (int, error) {
	if s.at == s.end {
		if s.token > longestToken {
			return 0, errLongToken
		}
		if err := s.more(); err != nil {
			return 0, err
		}
		s.token += s.end
	}
	n := copy(p, s.buf[s.at:s.end])
	s.at += n
	return n, nil
}
