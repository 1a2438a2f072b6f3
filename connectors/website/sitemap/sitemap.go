// Package sitemap reads files that list addresses: sitemaps and indexes of them,
// feeds and plain lists.
package sitemap

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html/charset"

	"freshet/connectors/website/address"
)

// The limits of sitemaps; the first two are the protocol's own.
const (
	MaxURLs  = 50_000
	MaxBytes = 50 << 20
)

// File is what one file of addresses holds: a sitemap, an index of sitemaps, a
// feed or a plain list.
type File struct {
	Pages      []string
	Sitemaps   []string
	Alternates []string // the pages' versions in other languages
}

var ErrOther = errors.New("it is neither a sitemap nor a list of addresses")

// Parse reads a sitemap, decompressing it if its first bytes say gzip. On
// an error what was read so far is returned beside it.
func Parse(r io.Reader) (File, error) {
	b := bufio.NewReader(r)
	if magic, _ := b.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return File{}, fmt.Errorf("decompressing: %w", err)
		}
		b = bufio.NewReader(&capped{r: z, left: MaxBytes})
	}
	start, err := b.Peek(512)
	if len(start) == 0 && err != io.EOF {
		return File{}, err
	}
	start = bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case len(start) == 0:
		return File{}, errors.New("it is empty")
	case bytes.HasPrefix(start, []byte("<")):
		return parseXML(b)
	case bytes.HasPrefix(start, []byte("{")):
		return parseJSONFeed(b)
	}
	return parseText(b)
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
		return c.left, fmt.Errorf("it is larger than %d MB", MaxBytes>>20)
	}
	c.left -= n
	return n, err
}

func parseXML(r io.Reader) (File, error) {
	d := xml.NewDecoder(r)
	d.CharsetReader = charset.NewReaderLabel
	d.Strict = true
	var out File
	var parents []string
	var text strings.Builder
	for {
		token, err := d.Token()
		switch {
		case err == io.EOF && len(parents) == 0 && (out.count() > 0 || out.Pages != nil):
			return out, nil
		case err == io.EOF:
			return out, ErrOther
		case err != nil:
			return out, fmt.Errorf("reading its XML: %w", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if len(parents) == 0 {
				if !roots[token.Name.Local] {
					return out, ErrOther
				}
				out.Pages = []string{}
			}
			if len(parents) > 32 {
				return out, errors.New("reading its XML: it is nested too deeply")
			}
			parents = append(parents, token.Name.Local)
			text.Reset()
			out.link(parents, token.Attr)
		case xml.CharData:
			if text.Len() < 2*address.MaxLength {
				text.Write(token)
			}
		case xml.EndElement:
			out.add(parents, strings.TrimSpace(text.String()))
			parents = parents[:len(parents)-1]
			text.Reset()
			if max(len(out.Pages), len(out.Sitemaps)) > MaxURLs {
				return out, fmt.Errorf("it holds more than %d addresses", MaxURLs)
			}
		}
	}
}

var roots = map[string]bool{"urlset": true, "sitemapindex": true, "rss": true, "feed": true, "RDF": true}

func (s *File) count() int { return len(s.Pages) + len(s.Sitemaps) + len(s.Alternates) }

// add notes the text of the element that ends.
func (s *File) add(parents []string, text string) {
	if len(parents) < 2 || text == "" {
		return
	}
	switch parent, name := parents[len(parents)-2], parents[len(parents)-1]; {
	case parent == "url" && name == "loc":
		s.Pages = append(s.Pages, text)
	case parent == "sitemap" && name == "loc":
		s.Sitemaps = append(s.Sitemaps, text)
	case parent == "item" && name == "link":
		s.Pages = append(s.Pages, text)
	}
}

// link notes the address in the attributes of the element that begins.
func (s *File) link(parents []string, attrs []xml.Attr) {
	if len(parents) < 2 || parents[len(parents)-1] != "link" {
		return
	}
	var href, rel string
	for _, a := range attrs {
		switch a.Name.Local {
		case "href":
			href = a.Value
		case "rel":
			rel = a.Value
		}
	}
	switch parent := parents[len(parents)-2]; {
	case href == "": // nothing to note
	case parent == "url" && rel == "alternate" && len(s.Alternates) < MaxURLs:
		s.Alternates = append(s.Alternates, href)
	case parent == "sitemap" && rel == "alternate":
		s.Sitemaps = append(s.Sitemaps, href)
	case parent == "entry" && (rel == "" || rel == "alternate" || rel == "self"):
		s.Pages = append(s.Pages, href)
	}
}

func parseJSONFeed(r io.Reader) (File, error) {
	var feed struct {
		Version string
		Items   []struct{ URL string }
	}
	if err := json.NewDecoder(r).Decode(&feed); err != nil {
		return File{}, fmt.Errorf("reading its JSON: %w", err)
	}
	if !strings.Contains(feed.Version, "jsonfeed") {
		return File{}, ErrOther
	}
	var out File
	for _, item := range feed.Items {
		if item.URL != "" {
			out.Pages = append(out.Pages, item.URL)
		}
	}
	return out, nil
}

func parseText(r io.Reader) (File, error) {
	var out File
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 64<<10)
	for sc.Scan() {
		line := strings.TrimSpace(strings.TrimPrefix(sc.Text(), "\ufeff"))
		if line == "" {
			continue
		}
		if !strings.HasPrefix(line, "http://") && !strings.HasPrefix(line, "https://") {
			return out, ErrOther
		}
		if out.Pages = append(out.Pages, line); len(out.Pages) > MaxURLs {
			return out, fmt.Errorf("it holds more than %d addresses", MaxURLs)
		}
	}
	if err := sc.Err(); err != nil {
		return out, fmt.Errorf("reading its lines: %w", err)
	}
	return out, nil
}
