package charsets

import (
	"strings"
	"testing"
	"unicode/utf8"

	"freshet/connectors/connectortest"
)

func FuzzToUTF8(f *testing.F) {
	f.Add([]byte("<meta charset=iso-2022-jp>\x1b$B"), "text/html")
	f.Add([]byte("\xff\xfea\x00"), "text/html; charset=koi8-r")
	f.Fuzz(func(t *testing.T, text []byte, contentType string) {
		if out, err := ToUTF8(text, contentType); err == nil && !utf8.Valid(out) {
			t.Errorf("%q as %q is not UTF-8: %q", text, contentType, out)
		}
	})
}

func TestCharsetsAreFoundWhateverAPageSays(t *testing.T) {
	n := 0
	connectortest.EachLine(t, "charsets-miniflux/expected.jsonl", func(c struct {
		File        string
		ContentType string `json:"content_type"`
		Contains    []string
	}) {
		n++
		got, err := ToUTF8(connectortest.Data(t, "charsets-miniflux/"+c.File), c.ContentType)
		if err != nil || !utf8.Valid(got) {
			t.Errorf("%s as %q: %v", c.File, c.ContentType, err)
		}
		for _, want := range c.Contains {
			if !strings.Contains(string(got), want) {
				t.Errorf("%s as %q does not hold %q", c.File, c.ContentType, want)
			}
		}
	})
	if n != 14 {
		t.Errorf("%d expectations were tried, 14 are known", n)
	}
}
