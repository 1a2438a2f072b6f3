package website

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

// parts returns, by path, which page each file is part of and what it is called.
func (c crawled) parts(site string) map[string]string {
	out := map[string]string{}
	for path, d := range c.docs {
		if d.PartOf != "" || d.Title != "" {
			out[path] = strings.TrimPrefix(d.PartOf, site) + " " + d.Title
		}
	}
	return out
}

func pdf(etag string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/pdf")
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		io.WriteString(w, "%PDF-1.7 "+etag)
	}
}

func TestFilesArePartsOfThePagesThatLinkToThem(t *testing.T) {
	s := newTestSite(t)
	s.text("/sitemap.xml", "application/xml", "<urlset><url><loc>"+s.URL+"/tarifs.pdf</loc></url></urlset>")
	s.html("/", links("/a", "/b", "/hidden"))
	s.html("/a", `<a href="/tarifs.pdf">Tarifs 2026 (PDF, 2,4 Mo)</a> <a href="/download?id=7">Guide de la <b>box</b></a> <a href="/plain.csv">Numbers</a>`)
	s.html("/b", `<a href="/tarifs.pdf">Encore les tarifs</a> <a href="/form.pdf" title="Formulaire de résiliation">Télécharger</a>`)
	s.html("/hidden", `<meta name=robots content=noindex><a href="/only-hidden.pdf">Seen from a hidden page</a><a href="/form.pdf">x</a>`)
	for _, p := range []string{"/tarifs.pdf", "/download", "/form.pdf", "/only-hidden.pdf"} {
		s.handle(p, pdf(`"`+p+`"`))
	}
	s.text("/plain.csv", "text/csv", "a,b\n1,2\n")
	pos := connectortest.NewPosition(connectors.Full)
	out := s.crawl(t, s.open(t, nil), pos)
	want := map[string]string{
		"/tarifs.pdf": "/a ", "/download?id=7": "/a Guide de la box", "/form.pdf": "/b ", "/plain.csv": "/a ",
		"/only-hidden.pdf": " Seen from a hidden page",
	}
	if got := out.parts(s.URL); !maps.Equal(got, want) {
		t.Errorf("the files are %q, want %q", got, want)
	}
	asked := strings.Join(s.requests(), " ")
	if n := strings.Count(asked, "/tarifs.pdf"); n != 1 {
		t.Errorf("the file in the sitemap was asked for %d times: %s", n, asked)
	}
	// All stays as it is, whatever is read anew.
	s.html("/b", `<a href="/tarifs.pdf">Encore les tarifs</a> <a href="/form.pdf">Télécharger</a> <a href="/download?id=7">Le guide</a>`)
	out = s.crawl(t, s.open(t, nil), pos)
	for path, how := range out.said {
		if strings.Contains(path, ".") || strings.Contains(path, "?") {
			if how != "same" {
				t.Errorf("%s is %s (%q)", path, how, out.parts(s.URL)[path])
			}
		}
	}
	// The page goes; its files are parts of the other that links to them.
	s.status("/a", 410)
	s.html("/", links("/b", "/hidden"))
	out = s.crawl(t, s.open(t, nil), pos)
	want = map[string]string{"/tarifs.pdf": "/b ", "/download?id=7": "/b Guide de la box", "/plain.csv": " "}
	delete(want, "/plain.csv") // nothing links to it any more, and it has no title
	if got := out.parts(s.URL); !maps.Equal(got, want) || out.said["/plain.csv"] != "upsert" || out.said["/form.pdf"] != "same" {
		t.Errorf("with the page gone the files are %q, want %q (%v)", got, want, out.said)
	}
	for _, path := range []string{"/tarifs.pdf", "/download?id=7"} {
		if out.docs[path] != nil && out.docs[path].MediaType != "application/pdf" {
			t.Errorf("%s came as %s", path, out.docs[path].MediaType)
		}
	}
	if out = s.crawl(t, s.open(t, nil), pos); out.said["/tarifs.pdf"] != "same" || out.said["/plain.csv"] != "same" {
		t.Errorf("once more: %v", out.said)
	}
}

func TestFetchOfAFileLeavesItsPlaceToTheNextPass(t *testing.T) {
	s := newTestSite(t)
	s.html("/", `<a href="/guide.pdf">Guide de la box</a>`)
	s.handle("/guide.pdf", pdf(`"1"`))
	pos := connectortest.NewPosition(connectors.Full)
	s.crawl(t, s.open(t, nil), pos)
	c, err := s.open(t, nil).Fetch(t.Context(), s.URL+"/guide.pdf")
	if err != nil {
		t.Fatal(err)
	}
	up, ok := c.(connectors.Upsert)
	if !ok || up.Document.Revision != "" {
		t.Fatalf("Fetch says %+v", c)
	}
	pos.Take(c)
	pos.Take(connectors.Checkpoint{Cursor: cursorAnew})
	out := s.crawl(t, s.open(t, nil), pos)
	if want := map[string]string{"/guide.pdf": "/ Guide de la box"}; !maps.Equal(out.parts(s.URL), want) {
		t.Errorf("after it the file is %q (%v)", out.parts(s.URL), out.said)
	}
}

func TestFilesMayLieOnOtherHosts(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			io.WriteString(w, "User-agent: *\nDisallow: /secret/")
		case "/guide", "/other.pdf", "/secret/x.pdf", "/sub/moved.pdf":
			pdf(`"1"`)(w, r)
		default:
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, `<a href="/page2">x</a><a href="/other.pdf">x</a>`)
		}
	}))
	t.Cleanup(other.Close)
	host, err := url.Parse(other.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := newTestSite(t)
	s.html("/", `<a href="`+other.URL+`/guide">Guide de la box</a> <a href="`+other.URL+`/page">Shop</a> <a href="`+other.URL+`/secret/x.pdf">Secret</a> <a href="/dl">Moved file</a>`)
	s.handle("/dl", redirect(other.URL+"/sub/moved.pdf", 302))
	mine, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]any{"allow_ports": []any{host.Port(), mine.Port()}}
	if out := s.crawl(t, s.open(t, settings), connectortest.NewPosition(connectors.Full)); len(out.said) != 2 {
		t.Errorf("without the setting: %v", out.said)
	}
	settings["file_hosts"] = other.URL
	pos := connectortest.NewPosition(connectors.Full)
	site := s.open(t, settings)
	for pass, how := range []string{"upsert", "same"} {
		out := s.crawl(t, site, pos)
		out.mustSay(t, map[string]string{
			"/": how, other.URL + "/guide": how, other.URL + "/secret/x.pdf": "skip robots", other.URL + "/sub/moved.pdf": how,
		})
		want := map[string]string{other.URL + "/guide": "/ Guide de la box", other.URL + "/sub/moved.pdf": "/ Moved file"}
		if got := out.parts(s.URL); pass == 0 && !maps.Equal(got, want) {
			t.Errorf("the files are %q, want %q", got, want)
		}
	}
	for id, in := range map[string]bool{other.URL + "/guide": true, "https://www.example.net/x.pdf": false} {
		if site.InScope(id) != in {
			t.Errorf("InScope(%s) is %t", id, !in)
		}
	}
	other.Close() // its files are faults, the site goes on
	out := s.crawl(t, s.open(t, settings), pos)
	if out.said["/"] != "same" || out.said[other.URL+"/guide"] != "fault" || !out.done {
		t.Errorf("without the host: %v (%v)", out.said, out.err)
	}
	if _, err := s.open(t, settings).Fetch(context.Background(), other.URL+"/guide"); err == nil {
		t.Error("Fetch learnt something from a host that is away")
	}
}

func TestFilesSurviveAnInterruption(t *testing.T) {
	s := newTestSite(t)
	s.text("/sitemap.xml", "application/xml", "<urlset><url><loc>"+s.URL+"/one.pdf</loc></url></urlset>")
	s.html("/", links("/a", "/b"))
	s.html("/a", `<a href="/one.pdf">The first of them</a><a href="/two">The second of them</a>`)
	s.html("/b", `<a href="/two">Another name</a>`)
	s.handle("/one.pdf", pdf(`"1"`))
	s.handle("/two", pdf(`"2"`))
	site := s.open(t, nil)
	site.checkpointEvery = 1
	whole := s.crawl(t, site, connectortest.NewPosition(connectors.Full))
	want := map[string]string{"/one.pdf": "/a ", "/two": "/a The second of them"}
	if got := whole.parts(s.URL); !maps.Equal(got, want) {
		t.Fatalf("the files are %q", got)
	}
	for stop := 1; stop < 6; stop++ {
		pos, checkpoints, got := connectortest.NewPosition(connectors.Full), 0, map[string]string{}
		for c, err := range site.Pull(t.Context(), pos) {
			if err != nil {
				t.Fatal(err)
			}
			pos.Take(c)
			if up, ok := c.(connectors.Upsert); ok {
				one := crawled{docs: map[string]*connectors.Document{strings.TrimPrefix(up.Document.ID, s.URL): up.Document}}
				maps.Copy(got, one.parts(s.URL))
			}
			if _, ok := c.(connectors.Checkpoint); ok {
				if checkpoints++; checkpoints == stop {
					break
				}
			}
		}
		rest := s.crawl(t, site, pos)
		maps.Copy(got, rest.parts(s.URL))
		if !maps.Equal(got, want) || !rest.done {
			t.Errorf("resumed from checkpoint %d the files are %q", stop, got)
		}
	}
}

func TestTitlesOfLinks(t *testing.T) {
	for text, want := range map[string]string{
		"Tarifs 2026 (PDF, 2,4 Mo)": "Tarifs 2026", "Guide [docx]": "Guide", "Price list - PDF - 300 kB": "Price list",
		"PDF": "", "Télécharger": "", "click here": "", "ici": "", "12": "", "→": "", "": "", "Download (pdf)": "",
		"https://www.example.org/x.pdf": "", "The PDF format explained": "The PDF format explained",
	} {
		if got := titleOfLink(text); got != want {
			t.Errorf("%q makes the title %q, want %q", text, got, want)
		}
	}
}
