package retrieve

import (
	"testing"

	"freshet/index"
)

func TestTheAddressOfAPDFOnTheWebNamesThePage(t *testing.T) {
	for _, tt := range []struct {
		url, form string
		page      int
		want      string
	}{
		{"https://example.org/a.pdf", "pdf", 12, "https://example.org/a.pdf#page=12"},
		{"http://example.org/get?id=7", "pdf", 1, "http://example.org/get?id=7#page=1"},
		{"https://example.org/a.pdf", "pdf", 0, "https://example.org/a.pdf"},
		{"https://example.org/a.pdf#annex", "pdf", 12, "https://example.org/a.pdf#annex"},
		{"https://example.org/a.pptx", "pptx", 12, "https://example.org/a.pptx"},
		{"file:///srv/a.pdf", "pdf", 12, "file:///srv/a.pdf"},
		{"", "pdf", 12, ""},
	} {
		got := pageURL(&index.DocumentInfo{URL: tt.url, Form: tt.form}, tt.page)
		if got != tt.want {
			t.Errorf("%s at %d of %s: %s", tt.url, tt.page, tt.form, got)
		}
		if back := WithoutPage(got); back != tt.url {
			t.Errorf("%s is of the document %s", got, back)
		}
	}
	for _, other := range []string{"https://example.org/#page=intro", "https://example.org/#page=0", "https://example.org/#top"} {
		if got := WithoutPage(other); got != other {
			t.Errorf("%s became %s", other, got)
		}
	}
}
