package formats

import (
	"strings"
	"testing"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container/containertest"
)

func TestABookIsKnownByItsContent(t *testing.T) {
	book := string(containertest.Zip(t, "mimetype", "application/epub+zip",
		"META-INF/container.xml", `<container><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>`,
		"b.opf", `<package><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Guide</dc:title></metadata><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>`,
		"a.xhtml", `<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body><h1>One</h1><p>Text.</p></body></html>`))
	text, err := New(Config{}).Extract(t.Context(), strings.NewReader(book), extract.Options{MediaType: "application/zip", URI: "b.zip"})
	if err != nil {
		t.Fatal(err)
	}
	if text.Plain() != "One\n\nText." || text.Title != "Guide" || !strings.HasPrefix(text.Version, "epub/") {
		t.Errorf("%q, %q, %s", text.Plain(), text.Title, text.Version)
	}
}
