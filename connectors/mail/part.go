package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"

	"freshet/connectors"
)

const (
	mediaMail = "message/rfc822"
	suffix    = ".eml"
	// maxMail is the size of a mail, in bytes, up to which its attachments are looked
	// for; providers take mails of 25 to 35 MB.
	maxMail = 50 << 20
	// maxID is the contract's limit of an ID.
	maxID = 2048
)

// isMail reports whether a document is a mail by its media type or its name.
func isMail(d *connectors.Document) bool {
	media, _, _ := strings.Cut(strings.ToLower(d.MediaType), ";")
	switch strings.TrimSpace(media) {
	case mediaMail, "message/global":
		return true
	case "", "application/octet-stream", "text/plain":
		return namesMail(d.ID) || namesMail(d.URI)
	}
	return false
}

// namesMail reports whether an ID or address says that it is a mail.
func namesMail(id string) bool {
	if len(id) < len(suffix) {
		return false
	}
	if strings.EqualFold(id[len(id)-len(suffix):], suffix) {
		return true
	}
	i := strings.IndexByte(id, '?')
	return i >= len(suffix) && strings.EqualFold(id[i-len(suffix):i], suffix)
}

const mark = "#part-"

func partID(mail, path string) string { return mail + mark + path }

// partOf takes the ID of a part apart.
func partOf(id string) (mail, path string, ok bool) {
	i := strings.LastIndex(id, mark)
	if i <= 0 {
		return "", "", false
	}
	path = id[i+len(mark):]
	if path == "" || strings.Trim(path, "0123456789.") != "" {
		return "", "", false
	}
	return id[:i], path, true
}

// A letter is a mail of a source, whose content is read when it is needed.
type letter struct {
	doc   connectors.Document
	open  func(context.Context) (io.ReadCloser, error)
	shelf *shelf
}

// bytes reads the mail whole, or takes it from the shelf.
func (l *letter) bytes(ctx context.Context) ([]byte, error) {
	if b, ok := l.shelf.take(l.doc.ID); ok {
		return b, nil
	}
	if l.open == nil {
		return nil, &connectors.Verdict{Reason: connectors.VerdictEmpty, Detail: "the source gives no content for it"}
	}
	r, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(r, maxMail+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	if len(b) > maxMail {
		return nil, tooLarge("attachments of mails above %d MB are not looked for", maxMail>>20)
	}
	l.shelf.put(l.doc.ID, b)
	return b, nil
}

func (l *letter) parse(ctx context.Context) (*Message, error) {
	b, err := l.bytes(ctx)
	if err != nil {
		return nil, err
	}
	return Parse(b, Limits{})
}

// content opens the mail itself.
func (l *letter) content(ctx context.Context) (io.ReadCloser, error) {
	b, err := l.bytes(ctx)
	if v := connectors.AsVerdict(err); v != nil && v.Reason == connectors.VerdictTooLarge {
		return l.open(ctx)
	}
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

// part describes an attachment as a document.
func (l *letter) part(a *Part, m *Message) *connectors.Document {
	d := l.doc
	sum := sha256.Sum256(a.Content())
	d.ID, d.PartOf = partID(l.doc.ID, a.Path), l.doc.ID
	d.Revision = hex.EncodeToString(sum[:16])
	d.Title, d.MediaType = a.Name, mediaTypeOf(a)
	if d.Title == "" {
		d.Title = m.Subject
	}
	if d.URI != "" && a.Name != "" {
		d.URI += "#" + a.Name
	}
	d.EditURI, d.Canonical, d.TranslationGroup = "", "", ""
	if d.Modified.IsZero() {
		d.Modified = m.Date
	}
	d.Path = append(slices.Clone(l.doc.Path), l.doc.Title)
	if l.doc.Title == "" {
		d.Path = append(slices.Clone(l.doc.Path), m.Subject)
	}
	at := a.Path
	d.Open = func(ctx context.Context) (io.ReadCloser, error) {
		m, err := l.parse(ctx)
		if err != nil {
			return nil, fmt.Errorf("open the mail that holds it: %w", err)
		}
		found := m.Attachment(at)
		if found == nil {
			return nil, fmt.Errorf("the mail changed meanwhile and has no part %s any more", at)
		}
		return io.NopCloser(bytes.NewReader(found.Content())), nil
	}
	return &d
}

// byName are the media types of what is commonly attached, for mailers that call
// everything application/octet-stream.
var byName = map[string]string{
	".pdf": "application/pdf", ".txt": "text/plain", ".md": "text/markdown", ".csv": "text/csv", ".tsv": "text/tab-separated-values",
	".htm": "text/html", ".html": "text/html", ".eml": mediaMail, ".rtf": "application/rtf", ".epub": "application/epub+zip",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".odt":  "application/vnd.oasis.opendocument.text",
	".ods":  "application/vnd.oasis.opendocument.spreadsheet",
	".odp":  "application/vnd.oasis.opendocument.presentation",
	".doc":  "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint",
}

// mediaTypeOf prefers the file name where the mail declares nothing or only that
// it is binary.
func mediaTypeOf(a *Part) string {
	named := byName[strings.ToLower(path.Ext(a.Name))]
	if kind, sub, _ := strings.Cut(a.MediaType, "/"); named != "" && (a.ContentType == "" || kind == "application" && (sub == "octet-stream" || strings.HasPrefix(sub, "x-") || sub == "download" || sub == "binary")) {
		return named
	}
	if a.ContentType == "" {
		return ""
	}
	if strings.HasPrefix(a.MediaType, "text/") {
		return a.ContentType // with its charset
	}
	return a.MediaType
}

// readable reports whether a part is of a form that may be read: for a picture
// that was not, the mail is not opened again and again.
func readable(a *Part) bool {
	media := mediaTypeOf(a)
	kind, sub, _ := strings.Cut(media, "/")
	if kind == "text" || kind == "message" {
		return !strings.HasPrefix(sub, "calendar") && !strings.HasPrefix(sub, "x-vcard") && !strings.HasPrefix(sub, "vcard")
	}
	switch {
	case sub == "pdf", strings.HasPrefix(sub, "vnd.openxmlformats-officedocument"), strings.HasPrefix(sub, "vnd.oasis.opendocument"):
		return true
	}
	return false
}

// shelved is how many bytes of mails are kept at hand: a mail is opened to learn
// its parts, then once for itself and once for each part.
const shelved = 32 << 20

// A shelf holds the mails that were read last.
type shelf struct {
	mu    sync.Mutex
	held  []shelfEntry // oldest first
	bytes int
}

type shelfEntry struct {
	id string
	b  []byte
}

func (s *shelf) take(id string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.held {
		if s.held[i].id == id {
			return s.held[i].b, true
		}
	}
	return nil, false
}

func (s *shelf) put(id string, b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(b) > shelved || slices.ContainsFunc(s.held, func(e shelfEntry) bool { return e.id == id }) {
		return
	}
	s.held = append(s.held, shelfEntry{id, b})
	s.bytes += len(b)
	for s.bytes > shelved {
		s.bytes -= len(s.held[0].b)
		s.held = slices.Delete(s.held, 0, 1)
	}
}
