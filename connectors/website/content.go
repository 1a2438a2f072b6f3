package website

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"

	"freshet/connectors"
	"freshet/connectors/website/charsets"
)

// content is a page or file as read.
type content struct {
	text      []byte // UTF-8 if it is text
	revision  string
	mediaType string
	html      bool
	guessed   bool // nothing says truthfully in what encoding it is
}

func load(resp *http.Response) (content, error) {
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return content{}, err
	}
	sent := resp.Header.Get("Content-Type")
	if mediaType(sent) == "" {
		sent = http.DetectContentType(raw)
	}
	hash := sha256.Sum256(raw)
	c := content{text: raw, revision: hex.EncodeToString(hash[:16]), mediaType: mediaType(sent)}
	c.html = c.mediaType == "text/html" || c.mediaType == "application/xhtml+xml"
	if c.html || strings.HasPrefix(c.mediaType, "text/") {
		if c.text, err = charsets.ToUTF8(raw, sent); err != nil {
			return content{}, &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: err.Error()}
		}
		c.guessed = charsets.Guessed(raw, sent)
		c.mediaType += "; charset=utf-8"
	}
	return c, nil
}

func (s *session) document(id string, c content, p page) connectors.Upsert {
	s.pages.put(id, c.text)
	// No title: that of the title element has the site's name in it; the
	// extractor compares it with the headings.
	d := &connectors.Document{
		ID: id, Revision: c.revision, URI: id, MediaType: c.mediaType,
		Locale: p.locale, TranslationGroup: p.group, Modified: p.modified, Access: connectors.Public(),
		Open: func(ctx context.Context) (io.ReadCloser, error) { return s.open(ctx, id) },
	}
	return connectors.Upsert{Document: d}
}

// open returns a page from the buffer, or reads it again if it has left it.
func (s *session) open(ctx context.Context, id string) (io.ReadCloser, error) {
	if text, ok := s.pages.get(id); ok {
		return io.NopCloser(bytes.NewReader(text)), nil
	}
	resp, err := get(ctx, s.first, id, nil)
	if err != nil {
		return nil, plain(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New("the site answers " + resp.Status)
	}
	c, err := load(resp)
	if err != nil {
		return nil, err
	}
	if c.html && s.site.rendering {
		if c.text, err = s.openInBrowser(ctx, id, c.text, resp.Header); err != nil {
			return nil, err
		}
	}
	return io.NopCloser(bytes.NewReader(c.text)), nil
}
