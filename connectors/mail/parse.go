package mail

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/emersion/go-message"

	"freshet/connectors"
)

// Parse reads a mail. Whatever can be read of a mangled one is read. A
// *connectors.Verdict says that it is encrypted, has no header (malformed), or
// that it exceeds one of the limits (too_large). The Message shares memory with b.
func Parse(b []byte, l Limits) (*Message, error) {
	p := &parser{limits: l.withDefaults()}
	return p.message(b, "", 0)
}

type parser struct {
	limits Limits
	parts  int
}

func (p *parser) message(b []byte, path string, depth int) (*Message, error) {
	if !LooksLikeMail(b) && depth == 0 {
		return nil, &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: "it does not begin with the header of a mail"}
	}
	h, body, err := splitHeader(bytes.TrimLeft(b, "\r\n"), p.limits.Header)
	if err != nil {
		return nil, err
	}
	m := &Message{Subject: text(&h, "Subject"), From: people(h, "From"), To: people(h, "To"), Cc: people(h, "Cc"), Date: date(h)}
	found, err := p.entity(h, body, place{path: path, depth: depth, whole: true})
	if err != nil {
		return nil, err
	}
	m.Body, m.Attachments = found.body, found.attachments
	if found.locked != nil && len(m.Body) == 0 {
		return nil, found.locked
	}
	for _, part := range m.Body {
		if bytes.HasPrefix(bytes.TrimSpace(part.Content()), []byte("-----BEGIN PGP MESSAGE-----")) {
			return nil, encrypted("its text is encrypted with PGP; the key of the person it was sent to is needed")
		}
	}
	return m, nil
}

// place is where in a mail a part stands.
type place struct {
	path  string
	depth int
	whole bool   // it is the mail itself, not a part of it
	in    string // the media type of the part around it
	first bool   // in a multipart/related: the root, which the others serve
}

func (at place) child(n int, in string) place {
	path := strconv.Itoa(n)
	if at.path != "" {
		path = at.path + "." + path
	}
	return place{path: path, depth: at.depth + 1, in: in, first: n == 1}
}

// contents is what was found in a part.
type contents struct {
	body, attachments []*Part
	locked            error // why something in it cannot be read
}

func (c *contents) add(o contents) {
	c.body = append(c.body, o.body...)
	c.attachments = append(c.attachments, o.attachments...)
	if c.locked == nil {
		c.locked = o.locked
	}
}

func (p *parser) entity(h message.Header, body []byte, at place) (contents, error) {
	if p.parts++; p.parts > p.limits.Parts {
		return contents{}, tooLarge("the mail has more than %d parts", p.limits.Parts)
	}
	if at.depth > p.limits.Depth {
		return contents{}, tooLarge("parts are nested more than %d deep in the mail", p.limits.Depth)
	}
	media, params := contentType(&h)
	switch {
	case media == "multipart/encrypted":
		return contents{locked: encrypted("it is encrypted with PGP; the key of the person it was sent to is needed")}, nil
	case strings.HasPrefix(media, "multipart/") && params["boundary"] != "":
		return p.multipart(media, params["boundary"], body, at)
	case strings.HasPrefix(media, "multipart/"):
		media = "text/plain" // without a boundary it cannot be told apart
	}
	part := &Part{Path: at.path, MediaType: media, ContentType: h.Get("Content-Type"), encoding: transferEncoding(&h), raw: body}
	if at.whole {
		part.Path = at.child(1, "").path
	}
	disposed, more := disposition(&h)
	part.Name = fileName(&h, params, more)
	return p.leaf(part, params, disposed, h.Has("Content-Id"), at)
}

// transferEncoding tolerates the encoded words that some mailers put here.
func transferEncoding(h *message.Header) string {
	return strings.TrimSpace(text(h, "Content-Transfer-Encoding"))
}

// leaf decides what a part without parts is for.
func (p *parser) leaf(part *Part, params map[string]string, disposed string, named bool, at place) (contents, error) {
	attached := disposed == "attachment"
	switch media := part.MediaType; {
	case media == "application/pkcs7-mime" || media == "application/x-pkcs7-mime":
		if strings.EqualFold(params["smime-type"], "signed-data") {
			return contents{locked: &connectors.Verdict{Reason: connectors.VerdictMediaType, Detail: "its text is wrapped in an S/MIME signature, which is not opened"}}, nil
		}
		return contents{locked: encrypted("it is encrypted with S/MIME; the key of the person it was sent to is needed")}, nil
	case servesTransport(media):
		return contents{}, nil
	case media == "message/rfc822" || media == "message/global":
		return p.nested(part, at)
	case at.whole && (media == "text/plain" || media == "text/html"):
		return contents{body: []*Part{part}}, nil
	case (media == "text/plain" || media == "text/html") && !attached && part.Name == "":
		if at.in == "multipart/related" && !at.first {
			return contents{}, nil
		}
		return contents{body: []*Part{part}}, nil
	case strings.HasPrefix(media, "image/") && !attached && (named || disposed == "inline" || at.in == "multipart/related"):
		return contents{}, nil // shown within the text
	case at.in == "multipart/related" && !at.first && !attached && part.Name == "":
		return contents{}, nil
	case at.in == "multipart/alternative" && !attached && part.Name == "":
		return contents{}, nil // another rendition, such as text/calendar
	}
	if part.TNEF() && part.Name == "" {
		part.Name = "winmail.dat"
	}
	return contents{attachments: []*Part{part}}, nil
}

// servesTransport names the parts that are for programs: signatures, keys, and
// what a mail server says of a delivery.
func servesTransport(media string) bool {
	switch media {
	case "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-keys",
		"application/pgp-encrypted", "message/delivery-status", "message/disposition-notification", "text/rfc822-headers", "message/external-body":
		return true
	}
	return false
}

// nested takes a mail within the mail as an attachment, and the attachments of that
// one with it. One that cannot be opened stays an attachment.
func (p *parser) nested(part *Part, at place) (contents, error) {
	out := contents{attachments: []*Part{part}}
	inner, err := p.message(part.Content(), part.Path, at.depth+1)
	if v := connectors.AsVerdict(err); v != nil && v.Reason == connectors.VerdictTooLarge {
		return out, err
	}
	if err == nil {
		if part.Name == "" {
			part.Name = inner.Subject
		}
		out.attachments = append(out.attachments, inner.Attachments...)
	}
	return out, nil
}

func (p *parser) multipart(media, boundary string, body []byte, at place) (contents, error) {
	var out contents
	var renditions [][]*Part
	n := 0
	for raw := range pieces(body, boundary) {
		n++
		if media == "multipart/signed" && n > 1 {
			break // the signature
		}
		h, content, err := splitHeader(raw, p.limits.Header)
		if err != nil {
			return out, err
		}
		if media == "multipart/digest" && h.Get("Content-Type") == "" {
			h.Set("Content-Type", "message/rfc822")
		}
		found, err := p.entity(h, content, at.child(n, media))
		if err != nil {
			return out, err
		}
		if media == "multipart/alternative" {
			renditions = append(renditions, found.body)
			found.body = nil
		}
		out.add(found)
	}
	if media == "multipart/alternative" {
		out.body = best(renditions)
	}
	return out, nil
}

// pieces yields what stands between the lines of a boundary. A boundary that is
// missing at the end ends with the mail.
func pieces(b []byte, boundary string) func(yield func([]byte) bool) {
	mark := []byte("--" + boundary)
	return func(yield func([]byte) bool) {
		start := -1
		for from := 0; ; {
			i := bytes.Index(b[from:], mark)
			if i < 0 {
				break
			}
			i += from
			from = i + len(mark)
			if i > 0 && b[i-1] != '\n' {
				continue
			}
			line, _ := cutLine(b[from:])
			rest := bytes.TrimRight(line, " \t")
			last := bytes.Equal(rest, []byte("--"))
			if len(rest) > 0 && !last {
				continue // a longer boundary that begins alike
			}
			if start >= 0 && !yield(withoutEnd(b[start:max(i, start)])) || last {
				return
			}
			if start = len(b); bytes.IndexByte(b[from:], '\n') >= 0 {
				start = from + bytes.IndexByte(b[from:], '\n') + 1
			}
		}
		if start >= 0 {
			yield(b[start:])
		}
	}
}

// withoutEnd takes off the line end that belongs to the boundary.
func withoutEnd(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}

var (
	structure = regexp.MustCompile(`(?i)<(li|h[1-6]|th|td|a|pre|blockquote)[\s>]`)
	unseen    = regexp.MustCompile(`(?is)<(style|script|head|title)\b.*?</(style|script|head|title)>|<[^>]*>`)
)

// best chooses among renditions of the same content: HTML that has structure, else
// plain text, unless that says much less (as "your program cannot show this mail").
func best(renditions [][]*Part) []*Part {
	var plain, rich []*Part
	for _, r := range renditions {
		switch {
		case len(r) == 0:
		case holds(r, "text/html"):
			rich = r
		case plain == nil:
			plain = r
		}
	}
	if rich == nil || plain == nil {
		return append(plain, rich...)
	}
	said, shown := 0, 0
	structured := false
	for _, p := range plain {
		said += len(bytes.Fields(p.Content()))
	}
	for _, p := range rich {
		content := p.Content()
		structured = structured || structure.Match(content)
		shown += len(bytes.Fields(unseen.ReplaceAll(content, []byte(" "))))
	}
	if structured && shown > 0 || said*2 < shown {
		return rich
	}
	return plain
}

func holds(parts []*Part, media string) bool {
	for _, p := range parts {
		if p.MediaType == media {
			return true
		}
	}
	return false
}
