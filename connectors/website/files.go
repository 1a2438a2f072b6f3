package website

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"freshet/connectors"
	"freshet/connectors/website/address"
	"freshet/connectors/website/frontier"
)

// place finds the page that a file is part of. It reports whether the file is to wait
// until all pages were visited, because that is not known yet.
func (c *crawl) place(ctx context.Context, it frontier.Item, q *question) (later bool, err error) {
	n := q.known.note
	q.target.Text = it.Text
	sure := false
	if n.Part != "" {
		if p, ok := c.frontier.Number(n.Part); ok && (!c.frontier.Visited(p) || c.frontier.IsDocument(n.Part)) {
			q.target.Part, sure = n.Part, c.frontier.Visited(p)
		}
	}
	if q.target.Part == "" && it.Parent >= 0 {
		p, err := c.frontier.Item(ctx, it.Parent)
		if err != nil {
			return false, err
		}
		if c.frontier.IsDocument(p.URL) {
			q.target.Part, sure = p.URL, true
		}
	}
	return !sure && !it.Again && it.Depth > 0 && (n.File != "" || namedAsFile(q.u)), nil
}

// fileEndings are those of files that are usually parts of pages.
var fileEndings = map[string]bool{
	".pdf": true, ".doc": true, ".docx": true, ".xls": true, ".xlsx": true, ".ppt": true, ".pptx": true,
	".odt": true, ".ods": true, ".odp": true, ".rtf": true, ".csv": true, ".epub": true,
}

// namedAsFile only guesses: what is a file is told by its type.
func namedAsFile(u *url.URL) bool { return fileEndings[strings.ToLower(path.Ext(u.Path))] }

// file is what stands at an address and is not HTML.
func (s *session) file(t target, k known, c content, resp *http.Response) (visited, error) {
	var v visited
	noindex := false
	for _, d := range headerDirectives(resp.Header, s.site.product) {
		d = strings.ToLower(strings.TrimSpace(d))
		noindex = noindex || d == "noindex" || d == "none"
	}
	kind, _, _ := strings.Cut(c.mediaType, "/")
	switch {
	case noindex:
		v.change = connectors.Skip{ID: t.URL, URI: t.URL, Reason: connectors.SkipNoIndex, Detail: "the site asks not to index it"}
	case kind == "image" || kind == "audio" || kind == "video" || kind == "font" || isCode(c.mediaType):
		v.change = connectors.Skip{ID: t.URL, URI: t.URL, Reason: connectors.SkipExcluded, Detail: "it is " + c.mediaType}
	case len(c.text) == 0:
		v.change = connectors.Skip{ID: t.URL, URI: t.URL, Reason: connectors.SkipEmpty, Detail: "it has no content"}
	default:
		up := s.document(t.URL, c, k.told.complete(page{modified: modifiedHeader(resp.Header)}))
		up.Document.PartOf, up.Document.Title = t.Part, titleOfFile(t, k, c.mediaType)
		if s.pos == nil {
			// Outside of a pass it is not known which page holds it: the next pass
			// reads the file again and says so.
			up.Document.Revision = ""
		}
		v.change = up
	}
	return v, s.conclude(t, k, c, resp.Header, &v)
}

// fileAgain describes a file that has not changed and is part of another page, or is
// called otherwise, than n remembers of the last time.
func (s *session) fileAgain(t target, k known, n note) connectors.Upsert {
	p := k.told.complete(page{modified: modifiedHeader(http.Header{"Last-Modified": {n.Modified}})})
	return connectors.Upsert{Document: &connectors.Document{
		ID: t.URL, Revision: k.revision, URI: t.URL, MediaType: n.File, Title: n.Title, PartOf: n.Part,
		Locale: p.locale, TranslationGroup: p.group, Modified: p.modified, Access: connectors.Public(),
		Open: func(ctx context.Context) (io.ReadCloser, error) { return s.open(ctx, t.URL) },
	}}
}

// pageAmongFiles is an HTML page on a host of which only files are read.
func (s *session) pageAmongFiles(t target, k known) visited {
	if !t.Known && k.revision == "" && s.pos != nil {
		return visited{}
	}
	return visited{change: connectors.Skip{ID: t.URL, URI: t.URL, Reason: connectors.SkipExcluded, Detail: "only files are read from its host"}}
}

func isCode(mediaType string) bool {
	return strings.HasPrefix(mediaType, "text/css") || strings.Contains(mediaType, "javascript")
}

// titleOfFile is the text of the link to a file. Texts have titles of their own.
func titleOfFile(t target, k known, mediaType string) string {
	if strings.HasPrefix(mediaType, "text/") {
		return ""
	}
	return cmp.Or(titleOfLink(t.Text), k.note.Title)
}

var (
	// formatAndSize is what links to files say at their end: "(PDF, 2.4 MB)", "[docx]".
	formatAndSize = regexp.MustCompile(`(?i)\s*[-–,:]?\s*[(\[]?\s*\b(pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|csv|epub)\b[\s,;:/–-]*([\d.,]+\s*[kmg]?i?[bo]\b)?\s*[)\]]?\s*$`)
	// sayNothing are texts of links that are no titles.
	sayNothing = regexp.MustCompile(`(?i)^(ici|here|cliquez[ -]ici|click here|télécharger( ici| le (fichier|document))?|download( (here|now|file))?|herunterladen|hier|descargar|scarica|ouvrir|open|voir|view|lire|read|le (fichier|document)|document|file|fichier|link|lien|\W*|\d*)$`)
)

// titleOfLink returns a link's text without format and size, or "" if it says nothing
// of the file.
func titleOfLink(text string) string {
	text = strings.TrimSpace(formatAndSize.ReplaceAllString(text, ""))
	if sayNothing.MatchString(text) || strings.Contains(text, "://") {
		return ""
	}
	return text
}

// linkText returns what a link says, or its title, in one line.
func linkText(s *goquery.Selection) string {
	text := strings.Join(strings.Fields(s.Text()), " ")
	return cmp.Or(text, strings.Join(strings.Fields(s.AttrOr("title", s.AttrOr("aria-label", ""))), " "))
}

// checkHosts is for the setting file_hosts.
func checkHosts(v any) error {
	list, _ := v.([]string)
	_, err := hostsOfFiles(list)
	return err
}

func hostsOfFiles(list []string) (map[string]bool, error) {
	out := make(map[string]bool, len(list))
	for _, text := range list {
		text = strings.TrimSpace(text)
		at := text
		if !strings.Contains(at, "://") {
			at = "https://" + at + "/"
		}
		u, err := (address.Resolver{}).Resolve(nil, at)
		if err != nil || u.Path != "/" {
			return nil, fmt.Errorf("%q is not a host; write it as files.example.org", text)
		}
		out[u.Host] = true
	}
	return out, nil
}
