package book

import (
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container/containertest"
)

const (
	root = `<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/content.opf"/></rootfiles></container>`
	opf  = `<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>The Book</dc:title><dc:creator>A. Author</dc:creator><dc:creator>B</dc:creator><dc:language>fr</dc:language><dc:date>2020-02-03</dc:date><meta property="dcterms:modified">2021-01-01T00:00:00Z</meta></metadata>
<manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/><item id="b" href="text/two.xhtml" media-type="application/xhtml+xml"/><item id="a" href="text/chapter%20one.xhtml" media-type="application/xhtml+xml"/><item id="i" href="i.png" media-type="image/png"/><item id="gone" href="gone.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="n"/><itemref idref="a"/><itemref idref="gone"/><itemref idref="i"/><itemref idref="b"/><itemref idref="b"/><itemref idref="x"/></spine></package>`
	one = `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body><h1>One</h1><p>Text <a id="x"/>of <a href="https://example.org/">one</a>, see <a href="two.xhtml">two</a>.</p></body></html>`
	two = "\xef\xbb\xbf<html><body><h1>Two</h1><table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table></body></html>"
)

func epub(t testing.TB, parts ...string) []byte {
	t.Helper()
	return containertest.Zip(t, append([]string{"mimetype", "application/epub+zip"}, parts...)...)
}

func whole(t testing.TB, more ...string) []byte {
	return epub(t, append([]string{"META-INF/container.xml", root, "OEBPS/content.opf", opf, "OEBPS/text/chapter one.xhtml", one, "OEBPS/text/two.xhtml", two, "OEBPS/nav.xhtml", "<html><body><p>contents</p></body></html>"}, more...)...)
}

func TestChaptersAreReadInTheirOrder(t *testing.T) {
	text, err := Read(t.Context(), whole(t), extract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := text.Plain(), "One\n\nText of one, see two.\n\nTwo\n\nA | B\n1 | 2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if text.Title != "The Book" || text.Language != "fr" || text.Properties["author"] != "A. Author" || text.Properties["created"] != "2020-02-03T00:00:00Z" || text.Properties["modified"] != "2021-01-01T00:00:00Z" {
		t.Errorf("%q %q %v", text.Title, text.Language, text.Properties)
	}
	if len(text.Links) != 1 || text.Links[0].URI != "https://example.org/" {
		t.Errorf("links %v", text.Links)
	}
}

func TestBooksThatCannotBeReadSayWhy(t *testing.T) {
	lock := func(part string) []string {
		return []string{"META-INF/encryption.xml", `<encryption><EncryptedData><CipherData><CipherReference URI="` + part + `"/></CipherData></EncryptedData></encryption>`}
	}
	for _, c := range []struct {
		why    string
		b      []byte
		limits extract.Limits
		reason string
	}{
		{"a locked chapter", whole(t, lock("OEBPS/text/two.xhtml")...), extract.Limits{}, connectors.VerdictEncrypted},
		{"a hidden font", whole(t, lock("OEBPS/font.otf")...), extract.Limits{}, ""},
		{"no package", epub(t), extract.Limits{}, connectors.VerdictMalformed},
		{"a package that is not there", epub(t, "META-INF/container.xml", root), extract.Limits{}, connectors.VerdictMalformed},
		{"a broken package", epub(t, "META-INF/container.xml", root, "OEBPS/content.opf", opf[:300]), extract.Limits{}, connectors.VerdictMalformed},
		{"too many chapters", whole(t), extract.Limits{Pages: 1}, connectors.VerdictTooLarge},
		{"too much text", whole(t), extract.Limits{Inflated: 1000}, connectors.VerdictTooLarge},
	} {
		_, err := Read(t.Context(), c.b, extract.Options{Limits: c.limits})
		if v := connectors.AsVerdict(err); c.reason == "" && err != nil || c.reason != "" && (v == nil || v.Reason != c.reason) {
			t.Errorf("%s: got %v, want %q", c.why, err, c.reason)
		}
	}
}

func TestEmptyElementsAreClosed(t *testing.T) {
	for in, want := range map[string]string{
		`<title/>a<br/><A id="x>y" />b`:        `<title></title>a<br/><A id="x>y" ></A>b`,
		`<!-- <i/> --><![CDATA[<i/>]]><i`:      `<!-- <i/> --><![CDATA[<i/>]]><i`,
		`a < b <i class='`:                     `a < b <i class='`,
		`<h1/>` + strings.Repeat("<", 10_000):  `<h1></h1>` + strings.Repeat("<", 10_000),
		`<p>` + strings.Repeat("<a ", 100_000): `<p>` + strings.Repeat("<a ", 100_000),
	} {
		if got := openTags(in); got != want {
			t.Errorf("%.60q: got %.60q", in, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(root, opf, one)
	f.Fuzz(func(t *testing.T, root, opf, chapter string) {
		b := epub(t, "META-INF/container.xml", root, "OEBPS/content.opf", opf, "OEBPS/text/chapter one.xhtml", chapter)
		if _, err := Read(t.Context(), b, extract.Options{Limits: extract.Limits{Nodes: 1000, Inflated: 1 << 20}}); err != nil && connectors.AsVerdict(err) == nil {
			t.Fatalf("neither a text nor a verdict: %v", err)
		}
	})
}
