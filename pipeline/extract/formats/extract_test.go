package formats

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

func extractString(t testing.TB, content string, o extract.Options) *extract.Text {
	t.Helper()
	text, err := New(Config{}).Extract(context.Background(), strings.NewReader(content), o)
	if err != nil {
		t.Fatalf("extract %.80q: %v", content, err)
	}
	return text
}

func TestVerdictsAndFaults(t *testing.T) {
	for name, c := range map[string]struct {
		content, mediaType string
		limits             extract.Limits
		reason             string
	}{
		"a PDF under the name of a page":   {"%PDF-1.7\n%âãÏÓ\n1 0 obj", "text/html", extract.Limits{}, connectors.VerdictMediaType},
		"a JSON file":                      {`{"a": [1, 2, 3]}`, "application/json", extract.Limits{}, connectors.VerdictMediaType},
		"an empty file":                    {" \n ", "text/plain", extract.Limits{}, connectors.VerdictEmpty},
		"a page that scripts would fill":   {"<html><body><div id=root></div><script>x()</script></body></html>", "text/html", extract.Limits{}, connectors.VerdictEmpty},
		"a text above the limit":           {strings.Repeat("a ", 100), "text/plain", extract.Limits{Bytes: 100}, connectors.VerdictTooLarge},
		"a page with too many elements":    {"<html><body>" + strings.Repeat("<p>a", 200) + "</html>", "text/html", extract.Limits{Nodes: 100}, connectors.VerdictTooLarge},
		"a table with too many cells":      {"<table>" + strings.Repeat("<tr><td>a<td>b", 100) + "</table>", "text/html", extract.Limits{Cells: 100}, connectors.VerdictTooLarge},
		"a mail that nobody can read here": {"-----BEGIN PGP MESSAGE-----\n\nhQEMA", "text/plain", extract.Limits{}, connectors.VerdictEncrypted},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(Config{Limits: c.limits}).Extract(t.Context(), strings.NewReader(c.content), extract.Options{MediaType: c.mediaType})
			if v := connectors.AsVerdict(err); v == nil || v.Reason != c.reason {
				t.Fatalf("got %v, want %s", err, c.reason)
			}
		})
	}
	broken := errors.New("connection reset")
	_, err := New(Config{}).Extract(t.Context(), io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken)), extract.Options{})
	if !errors.Is(err, broken) || connectors.AsVerdict(err) != nil {
		t.Fatalf("a failing reader: %v", err)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(Config{}).Extract(done, strings.NewReader("abc"), extract.Options{}); !errors.Is(err, context.Canceled) {
		t.Fatalf("a cancelled context: %v", err)
	}
}
