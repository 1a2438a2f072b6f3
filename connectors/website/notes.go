package website

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"freshet/connectors"
)

const (
	// maxNote is how much of a note's 4 KB is used.
	maxNote = 4000
	// maxLinkNotes bounds how many notes the links of one page take (about 1,500
	// links); a page with more is read whole every time.
	maxLinkNotes = 8
	maxLinkText  = 4 << 20
)

// note is what is remembered of a page that was read whole, so that an answer
// "not modified" is enough the next time: its validators and, because that answer
// holds no links, its links.
type note struct {
	ETag     string `json:"e,omitempty"`
	Modified string `json:"m,omitempty"`
	Revision string `json:"r,omitempty"` // of the content read, "" if the page is no document
	Parts    int    `json:"n,omitempty"` // notes that hold the links
	Heavy    bool   `json:"h,omitempty"` // the links are too many to be kept
	Depth    int    `json:"d,omitempty"` // how many links away from the start the page was found
	Read     int    `json:"w,omitempty"` // when it was read whole, in days since 1970
	// Away is when the page began to redirect for now, in seconds since 1970.
	Away int64 `json:"a,omitempty"`
	// Of what is no page: its media type, the page that it is part of and the title
	// that the link to it gave.
	File  string `json:"f,omitempty"`
	Part  string `json:"p,omitempty"`
	Title string `json:"t,omitempty"`
	// Of a page that was passed over: why, and for which crawler.
	Skip  connectors.SkipReason `json:"s,omitempty"`
	Why   string                `json:"y,omitempty"`
	For   string                `json:"c,omitempty"`
	links []string
}

func pageKey(id string) string            { return "page:" + id }
func linksKey(id string, part int) string { return fmt.Sprintf("links:%d:%s", part, id) }

// recall returns what is remembered of a page; ok is false if nothing is.
func (p *packer) recall(ctx context.Context, m connectors.Memory, id string) (n note, ok bool, err error) {
	text, err := m.Get(ctx, pageKey(id))
	if err != nil || text == "" {
		return note{}, false, err
	}
	if err := json.Unmarshal([]byte(text), &n); err != nil || n.Parts < 0 || n.Parts > maxLinkNotes {
		return note{}, false, nil // damaged: the page is read whole
	}
	var packed strings.Builder
	for i := range n.Parts {
		part, err := m.Get(ctx, linksKey(id, i))
		if err != nil {
			return note{}, false, err
		}
		packed.WriteString(part)
	}
	n.links, err = p.unpack(packed.String())
	return n, err == nil, nil
}

// remember keeps a note of a page in place of old. Of a page with too many links
// it keeps only that.
func (p *packer) remember(m connectors.Memory, id string, n, old note) error {
	packed, err := p.pack(n.links)
	if err != nil {
		return err
	}
	n.Parts = (len(packed) + maxNote - 1) / maxNote
	if n.Parts > maxLinkNotes {
		n, packed = note{Heavy: true, Depth: n.Depth}, ""
	}
	text, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("writing a note: %w", err)
	}
	if len(text) > maxNote { // validators of such a length are of no use
		text = []byte(`{"h":true}`)
		n, packed = note{Heavy: true}, ""
	}
	if n.equal(old) {
		return nil
	}
	m.Set(pageKey(id), string(text))
	for i := range max(n.Parts, old.Parts) {
		m.Set(linksKey(id, i), packed[min(len(packed), i*maxNote):min(len(packed), (i+1)*maxNote)])
	}
	return nil
}

// forget drops the note of a page that is gone.
func forget(m connectors.Memory, id string, old note) {
	m.Set(pageKey(id), "")
	for i := range old.Parts {
		m.Set(linksKey(id, i), "")
	}
}

func (n note) equal(o note) bool {
	return n.ETag == o.ETag && n.Modified == o.Modified && n.Revision == o.Revision &&
		n.Parts == o.Parts && n.Heavy == o.Heavy && n.Depth == o.Depth && n.Away == o.Away && n.Read == o.Read &&
		n.File == o.File && n.Part == o.Part && n.Title == o.Title &&
		n.Skip == o.Skip && n.Why == o.Why && n.For == o.For && slices.Equal(n.links, o.links)
}

// packer packs links into text and unpacks them. It keeps its working memory, a
// megabyte, for the next page; one pull has one.
type packer struct {
	out   bytes.Buffer
	write *flate.Writer
	read  io.ReadCloser
}

func (p *packer) pack(links []string) (string, error) {
	if len(links) == 0 {
		return "", nil
	}
	p.out.Reset()
	if p.write == nil {
		var err error
		if p.write, err = flate.NewWriter(&p.out, flate.DefaultCompression); err != nil {
			return "", fmt.Errorf("packing links: %w", err)
		}
	}
	p.write.Reset(&p.out)
	_, err := io.WriteString(p.write, strings.Join(links, "\n"))
	if err := errors.Join(err, p.write.Close()); err != nil {
		return "", fmt.Errorf("packing links: %w", err)
	}
	return base64.RawStdEncoding.EncodeToString(p.out.Bytes()), nil
}

func (p *packer) unpack(packed string) ([]string, error) { return p.unpackUpTo(packed, maxLinkText) }

// unpackUpTo unpacks so many bytes at most.
func (p *packer) unpackUpTo(packed string, limit int64) ([]string, error) {
	if packed == "" {
		return nil, nil
	}
	b, err := base64.RawStdEncoding.DecodeString(packed)
	if err != nil {
		return nil, fmt.Errorf("reading remembered links: %w", err)
	}
	in := bytes.NewReader(b)
	if again, ok := p.read.(flate.Resetter); ok {
		err = again.Reset(in, nil)
	} else {
		p.read = flate.NewReader(in)
	}
	if err != nil {
		return nil, fmt.Errorf("reading remembered links: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(p.read, limit))
	if err != nil {
		return nil, fmt.Errorf("reading remembered links: %w", err)
	}
	return strings.Split(string(text), "\n"), nil
}

// conditional asks for the page only if it changed since it was noted.
func (n note) conditional(h http.Header) {
	if n.ETag != "" {
		h.Set("If-None-Match", n.ETag)
	}
	if n.Modified != "" {
		h.Set("If-Modified-Since", n.Modified)
	}
}
