// Package sitemap reads files that list addresses: sitemaps and indexes of them,
// feeds and plain lists.
//
// Such files come from outside. Whatever they hold, a reading takes a bounded
// amount of memory, does not panic, and gives no address but absolute http and
// https ones. What goes beyond a limit is told of by a *LimitError.
package sitemap

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"freshet/connectors/website/address"
)

// The limits of one file. The first two are those of the protocol at
// sitemaps.org.
const (
	MaxURLs  = 50_000
	MaxBytes = 50 << 20 // after decompression
	// MaxAlternates is how many versions in other languages a file may name: ten
	// for each address.
	MaxAlternates = 10 * MaxURLs
	// MaxElement is how large one XML tag, text or comment may be.
	MaxElement = 1 << 20
	// MaxNesting is how deeply elements may lie in one another.
	MaxNesting = 32
	// maxLayers is how many times a file may be compressed: some servers compress
	// once more what lies compressed on their disk.
	maxLayers = 2
)

// Kind is what a file of addresses is.
type Kind int

const (
	// KindSitemap is a <urlset>.
	KindSitemap Kind = iota + 1
	// KindIndex is a <sitemapindex>: a list of sitemaps.
	KindIndex
	// KindFeed is RSS, Atom or a JSON Feed: it lists what is new, and what it does
	// not list any more is not gone.
	KindFeed
	// KindList is plain text with one address a line.
	KindList
)

// String returns "sitemap", "index", "feed" or "list".
func (k Kind) String() string {
	switch k {
	case KindSitemap:
		return "sitemap"
	case KindIndex:
		return "index"
	case KindFeed:
		return "feed"
	case KindList:
		return "list"
	}
	return "file?"
}

// File is what one file of addresses holds, in its order.
type File struct {
	Kind     Kind
	Entries  []Entry
	Sitemaps []Reference // further files, named by an index
	// Unusable is how many addresses were left out because they are neither http
	// nor https, hold a password, or are longer than address.MaxLength.
	Unusable int
}

// Entry is one page. URL and those of Alternates are absolute http or https
// addresses.
type Entry struct {
	URL        string
	Modified   Modified // zero if the file does not say
	Alternates []Alternate
}

// Alternate is a version of a page in another language, or the page itself. Tag is
// the language as the file says it: usually BCP 47, or "x-default".
type Alternate struct{ Tag, URL string }

// Reference is a further file.
type Reference struct {
	URL      string
	Modified Modified
}

// ErrOther says that a file is none of those that list addresses: a page for
// visitors, say.
var ErrOther = errors.New("it is neither a sitemap nor a feed nor a list of addresses")

// LimitError says that a file goes beyond one of the limits, in words that
// complete a sentence about the file: "it holds more than 50000 addresses".
type LimitError struct{ text string }

func (e *LimitError) Error() string { return e.text }

func limit(format string, args ...any) error { return &LimitError{fmt.Sprintf(format, args...)} }

// Parse reads the file that stands at base and was sent with contentType (which may
// be ""; only its charset is of interest). A file whose first bytes say gzip is
// decompressed. On an error what was read so far is returned beside it: a file
// that breaks off or is larger than allowed is not whole, but what it says holds.
func Parse(r io.Reader, base *url.URL, contentType string) (File, error) {
	b, err := inflated(r)
	if err != nil {
		return File{}, err
	}
	if b, err = decoded(b, contentType); err != nil {
		return File{}, err
	}
	start, err := first(b)
	if err != nil {
		return File{}, err
	}
	l := &lister{base: base, strings: map[string]string{}}
	switch start {
	case '<':
		return l.xml(b)
	case '{':
		return l.jsonFeed(b)
	}
	return l.text(b)
}

// inflated undoes the compression of a file, if there is one, and bounds its size.
func inflated(r io.Reader) (*bufio.Reader, error) {
	b := bufio.NewReader(r)
	for range maxLayers {
		if magic, _ := b.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
			break
		}
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("decompressing it: %w", err)
		}
		b = bufio.NewReader(&capped{r: z, left: MaxBytes})
	}
	return bufio.NewReader(&capped{r: b, left: MaxBytes}), nil
}

// capped fails after so many bytes instead of ending, which would look whole.
type capped struct {
	r    io.Reader
	left int
}

func (c *capped) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	// One byte more than allowed is asked for, to tell "just enough" from "too much".
	n, err := c.r.Read(p[:min(len(p), c.left+1)])
	if n > c.left {
		return c.left, limit("it is larger than %d MB", MaxBytes>>20)
	}
	c.left -= n
	return n, err
}

// first returns the first character that is no white space, without reading it.
func first(b *bufio.Reader) (byte, error) {
	for {
		c, err := b.ReadByte()
		switch {
		case err == io.EOF:
			return 0, errors.New("it is empty")
		case err != nil:
			return 0, err
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			continue
		}
		return c, b.UnreadByte()
	}
}

// lister collects what a file lists.
type lister struct {
	base       *url.URL
	file       File
	alternates int
	strings    map[string]string // addresses of alternates come many times
}

// resolve returns the absolute form of an address in the file.
func (l *lister) resolve(ref string) (string, bool) {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return "", false
	}
	if len(ref) > address.MaxLength {
		l.file.Unusable++
		return "", false
	}
	u, err := url.Parse(ref)
	if err == nil && l.base != nil {
		u = l.base.ResolveReference(u)
	}
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Opaque != "" || u.User != nil {
		l.file.Unusable++
		return "", false
	}
	out := u.String()
	if len(out) > address.MaxLength {
		l.file.Unusable++
		return "", false
	}
	return out, true
}

func (l *lister) entry(e Entry, ref string) error {
	var ok bool
	if e.URL, ok = l.resolve(ref); !ok {
		return nil
	}
	if len(l.file.Entries) >= MaxURLs {
		return limit("it holds more than %d addresses", MaxURLs)
	}
	l.file.Entries = append(l.file.Entries, e)
	return nil
}

func (l *lister) reference(ref string, m Modified) error {
	at, ok := l.resolve(ref)
	if !ok {
		return nil
	}
	if len(l.file.Sitemaps) >= MaxURLs {
		return limit("it names more than %d sitemaps", MaxURLs)
	}
	l.file.Sitemaps = append(l.file.Sitemaps, Reference{URL: at, Modified: m})
	return nil
}

func (l *lister) alternate(tag, ref string) (Alternate, bool, error) {
	at, ok := l.resolve(ref)
	if !ok {
		return Alternate{}, false, nil
	}
	if l.alternates++; l.alternates > MaxAlternates {
		return Alternate{}, false, limit("it names more than %d versions in other languages", MaxAlternates)
	}
	return Alternate{Tag: l.intern(strings.TrimSpace(tag)), URL: l.intern(at)}, true, nil
}

func (l *lister) intern(s string) string {
	if known, ok := l.strings[s]; ok {
		return known
	}
	s = strings.Clone(s)
	l.strings[s] = s
	return s
}

func (l *lister) text(b *bufio.Reader) (File, error) {
	l.file.Kind = KindList
	sc := bufio.NewScanner(b)
	sc.Buffer(nil, 64<<10)
	for sc.Scan() {
		line := strings.TrimSpace(sc.Text())
		if line == "" {
			continue
		}
		if !strings.HasPrefix(line, "http://") && !strings.HasPrefix(line, "https://") {
			return l.file, ErrOther
		}
		if err := l.entry(Entry{}, line); err != nil {
			return l.file, err
		}
	}
	if err := sc.Err(); err != nil {
		return l.file, fmt.Errorf("reading its lines: %w", err)
	}
	return l.file, nil
}
