package website

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
)

// The limits of sitemaps; the first two are the protocol's own.
const (
	maxSitemapURLs  = 50_000
	maxSitemapBytes = 50 << 20
	maxSitemapDepth = 3
	maxSitemaps     = 200
)

// sitemap is what one file of addresses holds: a sitemap, an index of sitemaps, a
// feed or a plain list.
type sitemap struct {
	pages      []string
	sitemaps   []string
	alternates []string // the pages' versions in other languages
}

var errNotSitemap = errors.New("it is neither a sitemap nor a list of addresses")

// parseSitemap reads a sitemap, decompressing it if its first bytes say gzip. On
// an error what was read so far is returned beside it.
func parseSitemap(r io.Reader) (sitemap, error) {
	b := bufio.NewReader(r)
	if magic, _ := b.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return sitemap{}, fmt.Errorf("decompressing: %w", err)
		}
		b = bufio.NewReader(&capped{r: z, left: maxSitemapBytes})
	}
	start, err := b.Peek(512)
	if len(start) == 0 && err != io.EOF {
		return sitemap{}, err
	}
	start = bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case len(start) == 0:
		return sitemap{}, errors.New("it is empty")
	case bytes.HasPrefix(start, []byte("<")):
		return parseXMLSitemap(b)
	case bytes.HasPrefix(start, []byte("{")):
		return parseJSONFeed(b)
	}
	return parseTextSitemap(b)
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
		return c.left, fmt.Errorf("it is larger than %d MB", maxSitemapBytes>>20)
	}
	c.left -= n
	return n, err
}

func parseXMLSitemap(r io.Reader) (sitemap, error) {
	d := xml.NewDecoder(r)
	d.CharsetReader = charset.NewReaderLabel
	d.Strict = true
	var out sitemap
	var parents []string
	var text strings.Builder
	for {
		token, err := d.Token()
		switch {
		case err == io.EOF && len(parents) == 0 && (out.count() > 0 || out.pages != nil):
			return out, nil
		case err == io.EOF:
			return out, errNotSitemap
		case err != nil:
			return out, fmt.Errorf("reading its XML: %w", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if len(parents) == 0 {
				if !sitemapRoots[token.Name.Local] {
					return out, errNotSitemap
				}
				out.pages = []string{}
			}
			if len(parents) > 32 {
				return out, errors.New("reading its XML: it is nested too deeply")
			}
			parents = append(parents, token.Name.Local)
			text.Reset()
			out.link(parents, token.Attr)
		case xml.CharData:
			if text.Len() < 2*maxURL {
				text.Write(token)
			}
		case xml.EndElement:
			out.add(parents, strings.TrimSpace(text.String()))
			parents = parents[:len(parents)-1]
			text.Reset()
			if max(len(out.pages), len(out.sitemaps)) > maxSitemapURLs {
				return out, fmt.Errorf("it holds more than %d addresses", maxSitemapURLs)
			}
		}
	}
}

var sitemapRoots = map[string]bool{"urlset": true, "sitemapindex": true, "rss": true, "feed": true, "RDF": true}

func (s *sitemap) count() int { return len(s.pages) + len(s.sitemaps) + len(s.alternates) }

// add notes the text of the element that ends.
func (s *sitemap) add(parents []string, text string) {
	if len(parents) < 2 || text == "" {
		return
	}
	switch parent, name := parents[len(parents)-2], parents[len(parents)-1]; {
	case parent == "url" && name == "loc":
		s.pages = append(s.pages, text)
	case parent == "sitemap" && name == "loc":
		s.sitemaps = append(s.sitemaps, text)
	case parent == "item" && name == "link":
		s.pages = append(s.pages, text)
	}
}

// link notes the address in the attributes of the element that begins.
func (s *sitemap) link(parents []string, attrs []xml.Attr) {
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
	case parent == "url" && rel == "alternate" && len(s.alternates) < maxSitemapURLs:
		s.alternates = append(s.alternates, href)
	case parent == "sitemap" && rel == "alternate":
		s.sitemaps = append(s.sitemaps, href)
	case parent == "entry" && (rel == "" || rel == "alternate" || rel == "self"):
		s.pages = append(s.pages, href)
	}
}

func parseJSONFeed(r io.Reader) (sitemap, error) {
	var feed struct {
		Version string
		Items   []struct{ URL string }
	}
	if err := json.NewDecoder(r).Decode(&feed); err != nil {
		return sitemap{}, fmt.Errorf("reading its JSON: %w", err)
	}
	if !strings.Contains(feed.Version, "jsonfeed") {
		return sitemap{}, errNotSitemap
	}
	var out sitemap
	for _, item := range feed.Items {
		if item.URL != "" {
			out.pages = append(out.pages, item.URL)
		}
	}
	return out, nil
}

func parseTextSitemap(r io.Reader) (sitemap, error) {
	var out sitemap
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 64<<10)
	for sc.Scan() {
		line := strings.TrimSpace(strings.TrimPrefix(sc.Text(), "\ufeff"))
		if line == "" {
			continue
		}
		if !strings.HasPrefix(line, "http://") && !strings.HasPrefix(line, "https://") {
			return out, errNotSitemap
		}
		if out.pages = append(out.pages, line); len(out.pages) > maxSitemapURLs {
			return out, fmt.Errorf("it holds more than %d addresses", maxSitemapURLs)
		}
	}
	if err := sc.Err(); err != nil {
		return out, fmt.Errorf("reading its lines: %w", err)
	}
	return out, nil
}
