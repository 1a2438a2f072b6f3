package website

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"freshet/connectors/connectortest"
	"freshet/connectors/website/address"
	"freshet/connectors/website/charsets"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/formats"
)

func pageOf(t testing.TB, text string) page {
	p, err := parsePage([]byte(text), &url.URL{Scheme: "https", Host: "www.example.org", Path: "/a"}, nil, address.Resolver{}, product)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func essenceOf(t testing.TB, p page) []byte {
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	for _, n := range p.doc.Nodes {
		essence(w, n)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestARevisionIsOfWhatAPageSays(t *testing.T) {
	const before = `<!DOCTYPE html><html lang="fr"><head><title>Tarifs</title><meta name="csrf-token" content="ab12">
<link rel="stylesheet" href="/style.css?v=1"><link rel="canonical" href="/a"><script nonce="n1" src="/a.js?1">var t=1;</script></head>
<body class="page"><!-- made in 12 ms --><main id="main-64f1a2b3c4"><h1>Tarifs</h1><p data-time="1718000001">La box coûte 29 €.</p><div hidden>x</div>
<table><tr><td colspan=2>a</td></tr></table><form action="/s?sid=1"><input type="hidden" name="_csrf" value="q1"><input type="text" value="Nom"></form>
<a href="/b" onclick="track(1)">suite</a><img src="/logo.png?1" alt="Logo"><script type="application/ld+json">{"price":"29"}</script></main></body></html>`
	was := revisionOf(pageOf(t, before))
	for _, c := range [][2]string{
		{`content="ab12"`, `content="zz99"`}, {"style.css?v=1", "style.css?v=2"}, {`nonce="n1"`, `nonce="n2"`}, {"var t=1", "var t=2"},
		{"made in 12 ms", "made in 31 ms"}, {"main-64f1a2b3c4", "main-64f1a2b3d9"}, {"1718000001", "1718000099"}, {`value="q1"`, `value="q2"`},
		{"track(1)", "track(2)"}, {"logo.png?1", "logo.png?2"}, {"a.js?1", "a.js?2"}, {"?sid=1", "?sid=2"},
	} {
		if got := revisionOf(pageOf(t, replaced(t, before, c[0], c[1]))); got != was {
			t.Errorf("with %q for %q the revision is another", c[1], c[0])
		}
	}
	for _, c := range [][2]string{
		{"29 €", "31 €"}, {"<title>Tarifs", "<title>Prix"}, {`lang="fr"`, `lang="en"`}, {`href="/a"`, `href="/c"`}, {`href="/b"`, `href="/c"`},
		{"colspan=2", "colspan=3"}, {"<div hidden>", "<div>"}, {`class="page"`, `class="page nav"`}, {`alt="Logo"`, `alt="Image"`},
		{`"price":"29"`, `"price":"31"`}, {"<h1>Tarifs</h1>", "<h2>Tarifs</h2>"}, {`value="Nom"`, `value="Prénom"`}, {"<body class", `<body style="display:none" class`},
	} {
		if got := revisionOf(pageOf(t, replaced(t, before, c[0], c[1]))); got == was {
			t.Errorf("with %q for %q the revision is the same", c[1], c[0])
		}
	}
}

func replaced(t *testing.T, text, old, with string) string {
	if !strings.Contains(text, old) {
		t.Fatalf("the page has no %q", old)
	}
	return strings.ReplaceAll(text, old, with)
}

// TestWhatDoesNotCountIsNotRead extracts real pages whole, and reduced to what their
// revision looks at: the text must be the same, or a change of what is read could go
// unnoticed.
func TestWhatDoesNotCountIsNotRead(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(connectortest.DataPath(t, "html-webpages-trafilatura/html"), "*"))
	if err != nil || len(files) < 60 {
		t.Fatalf("%d pages, %v", len(files), err)
	}
	if testing.Short() {
		files = files[:40]
	}
	x := formats.New(formats.Config{})
	read, reduced := 0, 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text, err := charsets.ToUTF8(raw, "text/html")
		if err != nil {
			continue
		}
		p := pageOf(t, string(text))
		small := essenceOf(t, p)
		if again := essenceOf(t, pageOf(t, string(small))); !bytes.Equal(small, again) {
			t.Logf("%s: reduced twice it is another", filepath.Base(file))
		}
		want, errWant := extracted(t, x, text)
		got, errGot := extracted(t, x, small)
		if (errWant == nil) != (errGot == nil) || want != got {
			t.Errorf("%s reads otherwise when reduced (%v, %v):\n%s", filepath.Base(file), errWant, errGot, cmp.Diff(want, got))
			continue
		}
		read += len(text)
		reduced += len(small)
	}
	t.Logf("%d KB of pages were reduced to %d KB", read>>10, reduced>>10)
}

func extracted(t *testing.T, x *formats.Extractor, text []byte) (string, error) {
	out, err := x.Extract(t.Context(), bytes.NewReader(text), extract.Options{MediaType: "text/html; charset=utf-8", URI: "https://www.example.org/a"})
	if err != nil {
		return "", err
	}
	b, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b), nil
}

func BenchmarkRevision(b *testing.B) {
	p := pageOf(b, strings.Repeat(`<div class="x" data-id="1234567"><a href="/a">Some words</a><p>Some words of a page about prices and delays.</p></div>`, 200))
	b.ReportAllocs()
	for b.Loop() {
		revisionOf(p)
	}
}
