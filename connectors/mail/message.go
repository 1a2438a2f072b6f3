// Package mail reads mails (RFC 5322 and MIME) and makes their attachments
// documents of their own.
package mail

import (
	"fmt"
	"time"

	"freshet/connectors"
)

// Limits bound what one mail may hold. A zero field takes its default; reaching
// one is a verdict too_large that names it.
type Limits struct {
	Parts  int // in all, nested mails included; default 1,000
	Depth  int // of parts within parts; default 20
	Header int // bytes of the header of one part; default 256 KB
}

func (l Limits) withDefaults() Limits {
	for field, value := range map[*int]int{&l.Parts: 1_000, &l.Depth: 20, &l.Header: 256 << 10} {
		if *field <= 0 {
			*field = value
		}
	}
	return l
}

// A Message is one mail. It refers to the bytes that it was parsed from.
type Message struct {
	Subject      string
	From, To, Cc string    // addresses as people write them, separated by ", "
	Date         time.Time // zero when the mail does not say, or not so that it can be read
	// Body is what the mail says itself: parts of type text/plain and text/html, one
	// after another. Of several renditions of the same content one is there.
	Body []*Part
	// Attachments are files and mails that it carries, those of nested mails
	// included, in their order. Images that the body shows and signatures are not
	// among them.
	Attachments []*Part
}

// A Part is a body or an attachment of a Message.
type Part struct {
	// Path is its place: "2" is the second part, "2.1" the first one in it. The
	// body of a mail without parts has "1".
	Path        string
	MediaType   string // in small letters, without parameters
	ContentType string // as declared, with parameters
	Name        string // file name without folders, "" when the mail gives none

	encoding string
	raw      []byte
}

// Content decodes the part's transfer encoding. What is not valid in it is left out.
func (p *Part) Content() []byte { return decodeTransfer(p.raw, p.encoding) }

// TNEF reports whether the part is Outlook's own packing (winmail.dat), in which
// attachments and formatting are hidden from other programs.
func (p *Part) TNEF() bool {
	return p.MediaType == "application/ms-tnef" || p.MediaType == "application/vnd.ms-tnef"
}

// Attachment returns the attachment with this path, or nil.
func (m *Message) Attachment(path string) *Part {
	for _, p := range m.Attachments {
		if p.Path == path {
			return p
		}
	}
	return nil
}

func tooLarge(format string, args ...any) error {
	return &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf(format, args...)}
}

func encrypted(detail string) error {
	return &connectors.Verdict{Reason: connectors.VerdictEncrypted, Detail: detail}
}
