package sitemap

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
)

// The limits of a feed, which its reader holds in memory whole: they are counted
// before it sees the feed.
const (
	MaxFeedBytes  = 10 << 20
	MaxFeedItems  = 10_000
	maxFeedTokens = 1_000_000 // elements, attributes and texts, or values of JSON
)

// xmlFeed reads RSS or Atom. The root was read already; it is written anew in front
// of the rest, so that neither a prolog that names another encoding nor the longest
// comment stands before it.
func (l *lister) xmlFeed(root xml.StartElement, rest *bufio.Reader) (File, error) {
	l.file.Kind = KindFeed
	text := rootTag(root)
	body, err := io.ReadAll(io.LimitReader(rest, MaxFeedBytes+1))
	if err != nil {
		return l.file, malformed(err)
	}
	if len(body) > MaxFeedBytes {
		return l.file, limit("it is a feed of more than %d MB", MaxFeedBytes>>20)
	}
	text = append(text, withoutControls(body)...)
	if err := countXML(text); err != nil {
		return l.file, err
	}
	return l.feed(text)
}

// rootTag writes an element's start tag as its source may have been. Attributes
// keep their prefixes: namespaces are declared among them.
func rootTag(root xml.StartElement) []byte {
	var b bytes.Buffer
	name := root.Name.Local
	if prefix := prefixOf(root); prefix != "" {
		name = prefix + ":" + name
	}
	b.WriteString("<" + name)
	for _, a := range root.Attr {
		switch a.Name.Space {
		case "":
			b.WriteString(" " + a.Name.Local)
		case "http://www.w3.org/XML/1998/namespace":
			b.WriteString(" xml:" + a.Name.Local)
		case "xmlns":
			b.WriteString(" xmlns:" + a.Name.Local)
		default:
			continue
		}
		b.WriteString(`="`)
		_ = xml.EscapeText(&b, []byte(a.Value)) // a bytes.Buffer does not fail
		b.WriteByte('"')
	}
	b.WriteByte('>')
	return b.Bytes()
}

// prefixOf returns the prefix with which an element is written.
func prefixOf(e xml.StartElement) string {
	if e.Name.Space == "" {
		return ""
	}
	for _, a := range e.Attr {
		if a.Name.Space == "xmlns" && a.Value == e.Name.Space {
			return a.Name.Local
		}
		if a.Name.Space == "" && a.Name.Local == "xmlns" && a.Value == e.Name.Space {
			return ""
		}
	}
	if !strings.Contains(e.Name.Space, "/") {
		return e.Name.Space // a prefix that is not declared stands for itself
	}
	return ""
}

var reference = regexp.MustCompile(`&#(x[0-9A-Fa-f]{1,6}|[0-9]{1,7});`)

// withoutControls leaves out references to characters that XML does not allow,
// such as &#8;: one of them would cost the whole feed.
func withoutControls(text []byte) []byte {
	return reference.ReplaceAllFunc(text, func(m []byte) []byte {
		digits, base := string(m[2:len(m)-1]), 10
		if digits[0] == 'x' {
			digits, base = digits[1:], 16
		}
		if n, err := strconv.ParseInt(digits, base, 32); err != nil || !allowed(rune(n)) || n > 0x10ffff || n >= 0xd800 && n < 0xe000 {
			return nil
		}
		return m
	})
}

// countXML returns an error if a feed goes beyond the limits or breaks off.
func countXML(text []byte) error {
	m := &metered{b: bufio.NewReader(bytes.NewReader(text))}
	d := decoder(m)
	depth, items, tokens := 0, 0, 0
	for {
		m.left = MaxFeedBytes // a text may well be an article
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return malformed(err)
		}
		tokens++
		switch token := token.(type) {
		case xml.StartElement:
			tokens += len(token.Attr)
			if token.Name.Local == "item" || token.Name.Local == "entry" {
				items++
			}
			depth++
		case xml.EndElement:
			depth--
		}
		if err := within(depth, items, tokens); err != nil {
			return err
		}
	}
}

func within(depth, items, tokens int) error {
	switch {
	case depth > MaxNesting:
		return limit("its elements are nested more than %d deep", MaxNesting)
	case items > MaxFeedItems:
		return limit("it is a feed of more than %d items", MaxFeedItems)
	case tokens > maxFeedTokens:
		return limit("it is a feed of more than %d elements", maxFeedTokens)
	}
	return nil
}

// jsonFeed reads a JSON Feed; other JSON is ErrOther.
func (l *lister) jsonFeed(b *bufio.Reader) (File, error) {
	l.file.Kind = KindFeed
	text, err := io.ReadAll(io.LimitReader(b, MaxFeedBytes+1))
	if err != nil {
		return l.file, err
	}
	if len(text) > MaxFeedBytes {
		return l.file, limit("it is a feed of more than %d MB", MaxFeedBytes>>20)
	}
	is, err := countJSON(text)
	switch {
	case err != nil:
		return l.file, err
	case !is:
		return File{}, ErrOther
	}
	return l.feed(text)
}

// countJSON reports whether a text says that it is a JSON Feed, and returns an error
// if it goes beyond the limits or is no JSON.
func countJSON(text []byte) (isFeed bool, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	depth, items, tokens := 0, 0, 0
	version := false
	for {
		token, err := d.Token()
		if err == io.EOF {
			return isFeed, nil
		}
		if err != nil {
			return isFeed, fmt.Errorf("reading its JSON: %w", err)
		}
		tokens++
		switch token := token.(type) {
		case json.Delim:
			if token == '{' && depth == 2 {
				items++
			}
			if token == '{' || token == '[' {
				depth++
			} else {
				depth--
			}
			version = false
		case nil:
			if depth == 2 {
				return isFeed, errors.New("reading its JSON: one of its items is null") // gofeed 1.4.2 panics
			}
		case string:
			isFeed = isFeed || version && depth == 1 && strings.Contains(token, "jsonfeed.org")
			version = depth == 1 && token == "version"
		}
		if err := within(depth, items, tokens); err != nil {
			return isFeed, err
		}
	}
}

// feed hands a feed within its limits to its reader.
func (l *lister) feed(text []byte) (file File, err error) {
	defer func() {
		// The reader is another's, and the feed may be anybody's.
		if p := recover(); p != nil {
			file, err = l.file, fmt.Errorf("reading the feed failed: %v", p)
		}
	}()
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(text))
	if errors.Is(err, gofeed.ErrFeedTypeNotDetected) {
		return l.file, ErrOther
	}
	if err != nil {
		return l.file, fmt.Errorf("reading the feed: %w", err)
	}
	for _, item := range feed.Items {
		if item == nil {
			continue
		}
		if err := l.entry(Entry{Modified: itemModified(item)}, itemLink(item)); err != nil {
			return l.file, err
		}
	}
	return l.file, nil
}

// itemLink returns the address of an item: that of its page, else any that it
// names, else its identifier if that is an address.
func itemLink(item *gofeed.Item) string {
	if item.Link != "" {
		return item.Link
	}
	for _, link := range item.Links {
		if link != "" {
			return link
		}
	}
	if u, err := url.Parse(strings.TrimSpace(item.GUID)); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		return item.GUID
	}
	return ""
}

// itemModified returns when an item was changed, else when it was published.
func itemModified(item *gofeed.Item) Modified {
	for _, said := range []struct {
		parsed *time.Time
		text   string
	}{{item.UpdatedParsed, item.Updated}, {item.PublishedParsed, item.Published}} {
		if m, ok := ParseModified(said.text); ok {
			return m
		}
		if said.parsed != nil {
			if m, ok := exact(*said.parsed); ok {
				return m
			}
		}
	}
	return Modified{}
}
