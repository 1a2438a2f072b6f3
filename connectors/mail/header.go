package mail

import (
	"bufio"
	"bytes"
	"mime"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/charset" // also teaches message the charsets of headers
	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-message/textproto"
	"golang.org/x/text/encoding/charmap"
)

// splitHeader separates the header of a message or part from its body. Lines that
// are no field, as some gateways leave them, are read as if they continued the one
// before, because the library refuses the whole header for one of them.
func splitHeader(b []byte, limit int) (message.Header, []byte, error) {
	var mended bytes.Buffer
	fields := 0
	rest := b
	for len(rest) > 0 {
		line, after := cutLine(rest)
		if len(line) == 0 {
			rest = after
			break
		}
		switch {
		case len(b)-len(rest) > limit:
			return message.Header{}, nil, tooLarge("the header of the mail or of one of its parts is larger than %d bytes", limit)
		case fieldName(line) > 0:
			if fields++; fields > 1 {
				mended.WriteString("\r\n")
			}
			n := fieldName(line)
			mended.Write(line[:n])
			mended.WriteString(": ")
			mended.Write(bytes.TrimSpace(line[bytes.IndexByte(line, ':')+1:]))
		case fields > 0:
			mended.WriteString("\r\n ")
			mended.Write(bytes.TrimSpace(line))
		case bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From ")):
			// The line that mail folders put before each message.
		default:
			return message.Header{}, b, nil // no header at all: everything is body
		}
		rest = after
	}
	if fields == 0 {
		return message.Header{}, rest, nil
	}
	mended.WriteString("\r\n\r\n")
	h, err := textproto.ReadHeader(bufio.NewReader(&mended))
	if err != nil {
		return message.Header{}, rest, nil // its text can be read without it
	}
	return message.Header{Header: h}, rest, nil
}

// cutLine returns the first line without its end, and what follows.
func cutLine(b []byte) (line, after []byte) {
	line, after, _ = bytes.Cut(b, []byte("\n"))
	return bytes.TrimRight(line, "\r"), after
}

// fieldName returns the length of the field name that line begins with, 0 when it
// begins with none.
func fieldName(line []byte) int {
	n := 0
	for n < len(line) && line[n] > ' ' && line[n] < 0x7f && line[n] != ':' {
		n++
	}
	rest := bytes.TrimLeft(line[n:], " \t")
	if n == 0 || n > 100 || len(rest) == 0 || rest[0] != ':' {
		return 0
	}
	return n
}

// text returns a field on one line, decoded.
func text(h *message.Header, key string) string {
	s, err := h.Text(key)
	if err != nil {
		s = h.Get(key)
	}
	return clean(s)
}

// clean makes one line of valid UTF-8: bytes of no declared charset are taken for
// windows-1252.
func clean(s string) string {
	if !utf8.ValidString(s) {
		if decoded, err := charmap.Windows1252.NewDecoder().String(s); err == nil {
			s = decoded
		}
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || r == utf8.RuneError || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// people returns the addresses of a field as "Ann Example <ann@example.org>".
func people(h message.Header, key string) string {
	full := mail.Header{Header: h}
	list, err := full.AddressList(key)
	if err != nil || len(list) == 0 {
		return text(&h, key)
	}
	out := make([]string, 0, len(list))
	for _, a := range list {
		if a.Name == "" {
			out = append(out, a.Address)
		} else {
			out = append(out, a.Name+" <"+a.Address+">")
		}
	}
	return clean(strings.Join(out, ", "))
}

func date(h message.Header) time.Time {
	full := mail.Header{Header: h}
	d, err := full.Date()
	if err != nil || d.Year() < 1970 || d.Year() > 9999 {
		return time.Time{}
	}
	return d.UTC()
}

// contentType returns the media type in small letters with its parameters, read
// leniently where the field is not well-formed.
func contentType(h *message.Header) (string, map[string]string) {
	value := h.Get("Content-Type")
	if value == "" {
		return "text/plain", nil
	}
	t, params, err := h.ContentType()
	if err != nil {
		t, params = lenient(value)
	}
	if t = strings.ToLower(strings.TrimSpace(t)); !strings.Contains(t, "/") {
		return "text/plain", params
	}
	return t, params
}

func disposition(h *message.Header) (string, map[string]string) {
	value := h.Get("Content-Disposition")
	if value == "" {
		return "", nil
	}
	d, params, err := h.ContentDisposition()
	if err != nil {
		d, params = lenient(value)
	}
	return strings.ToLower(strings.TrimSpace(d)), params
}

// lenient reads "type; key=value" where values are unquoted and contain spaces,
// keys occur twice or are written as RFC 2231 says in charsets beyond UTF-8.
func lenient(value string) (string, map[string]string) {
	parts := strings.Split(value, ";")
	params := map[string]string{}
	for _, part := range parts[1:] {
		key, v, ok := strings.Cut(part, "=")
		key = strings.ToLower(strings.TrimSpace(key))
		if v = strings.Trim(strings.TrimSpace(v), `"`); !ok || v == "" {
			continue
		}
		if bare, extended := strings.CutSuffix(key, "*"); extended {
			key, v = bare, extendedValue(v)
		} else if decoded, err := (&mime.WordDecoder{CharsetReader: charset.Reader}).DecodeHeader(v); err == nil {
			v = decoded
		}
		if params[key] == "" {
			params[key] = v
		}
	}
	return strings.TrimSpace(parts[0]), params
}

// extendedValue decodes iso-8859-1'fr'd%E9tail.
func extendedValue(v string) string {
	label, rest, ok := strings.Cut(v, "'")
	_, encoded, ok2 := strings.Cut(rest, "'")
	raw, err := url.PathUnescape(encoded)
	if !ok || !ok2 || err != nil {
		return v
	}
	var out bytes.Buffer
	r, err := charset.Reader(label, strings.NewReader(raw))
	if err != nil {
		return raw
	}
	if _, err := out.ReadFrom(r); err != nil {
		return raw
	}
	return out.String()
}

// maxName is the length of a file name, in bytes, from which on it is cut.
const maxName = 255

// fileName is the name under which a part is saved, without folders.
func fileName(h *message.Header, typed, disposed map[string]string) string {
	name := disposed["filename"]
	if name == "" {
		name = typed["name"]
	}
	for _, key := range []string{"Content-Disposition", "Content-Type"} {
		if name == "" {
			_, params := lenient(h.Get(key))
			if name = params["filename"]; name == "" {
				name = params["name"]
			}
		}
	}
	name = clean(name)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	if len(name) > maxName {
		name = strings.ToValidUTF8(name[len(name)-maxName:], "") // its end has the extension
	}
	return strings.TrimSpace(name)
}

// LooksLikeMail reports whether b begins with a header in which at least two of
// the fields stand that every mail program writes.
func LooksLikeMail(b []byte) bool {
	known := 0
	for rest := b[:min(len(b), 16<<10)]; len(rest) > 0; {
		line, after := cutLine(rest)
		rest = after
		n := fieldName(line)
		switch {
		case len(line) == 0:
			return known >= 2
		case n > 0:
			switch strings.ToLower(string(line[:n])) {
			case "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "received", "return-path", "delivered-to", "sender", "reply-to", "cc":
				known++
			}
		case line[0] != ' ' && line[0] != '\t' && known == 0 && !bytes.HasPrefix(line, []byte("From ")):
			return false
		}
	}
	return known >= 2
}

// IsMailbox reports whether b begins like a folder of many mails in one file
// (mbox), whose first line is no field.
func IsMailbox(b []byte) bool {
	first, rest := cutLine(b)
	return bytes.HasPrefix(first, []byte("From ")) && LooksLikeMail(rest) &&
		(bytes.Contains(rest, []byte("\n\nFrom ")) || bytes.Contains(rest, []byte("\n\r\nFrom ")))
}
