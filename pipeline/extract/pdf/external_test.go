//go:build unix

package pdf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

// pretended writes a command that stands for pdftotext.
func pretended(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pdftotext")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPdftotextIsAskedWhereTheOwnReadingFails(t *testing.T) {
	t.Parallel()
	broken := []byte("%PDF-1.4 nothing of a file")
	says := pretended(t, "/bin/cat > /dev/null; printf 'The office opens\\nat nine.\\n\\nBring the form.\\n\\fSecond page.\\n\\f'")
	text, err := newReader(t, Options{Pdftotext: says}).Read(t.Context(), broken, extract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := "The office opens at nine.\n\nBring the form.\n\nSecond page."
	if text.Plain() != want || text.Blocks[2].Page != 2 || text.Quality.Pages != 2 || !strings.Contains(text.Why, "pdftotext read it") {
		t.Errorf("got %q, page %d, %+v, because %s", text.Plain(), text.Blocks[2].Page, text.Quality, text.Why)
	}
	for name, script := range map[string]string{"fails": "exit 1", "says nothing": "/bin/cat > /dev/null", "garbles": "/bin/cat >/dev/null; for i in 1 2 3 4 5 6 7 8 9; do printf 'wkh qhz vkrzv kdv '; done"} {
		_, err := newReader(t, Options{Pdftotext: pretended(t, script)}).Read(t.Context(), broken, extract.Options{})
		if reasonOf(err) != connectors.VerdictMalformed {
			t.Errorf("one that %s: %v; want the own verdict", name, err)
		}
	}
	text, err = newReader(t, Options{Pdftotext: says}).Read(t.Context(), greeting, extract.Options{})
	if err != nil || text.Plain() != "Hello from the child" {
		t.Errorf("a file that is read well: %v, %v", text, err)
	}
}
