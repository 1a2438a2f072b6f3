package audit

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(path, got, 0o644))
		return
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what it was; look at the difference, then run the test with -update", name)
	}
}

// October is the report of the world's month.
func (w *world) october() *Report {
	w.Helper()
	r, err := w.maker().Report(w.ctx, "aide", "2026-10")
	must(w, err)
	return r
}

func TestAMonthIsWrittenInBothLanguagesAndAllFormats(t *testing.T) {
	w := newWorld(t, "")
	w.fill()
	r := w.october()
	for _, owner := range []string{everybody, alice} {
		mine := r.For(owner, 0)
		name := "all"
		if owner != everybody {
			name = "alice"
		}
		text, err := json.MarshalIndent(mine, "", " ")
		must(t, err)
		golden(t, name+".json", append(text, '\n'))
		for _, l := range Languages() {
			o := RenderOptions{Language: l, BaseURL: "https://freshet.example.org/console/"}
			for _, f := range []struct {
				ending string
				write  func(*bytes.Buffer) error
			}{
				{"html", func(b *bytes.Buffer) error { return HTML(b, mine, o) }},
				{"md", func(b *bytes.Buffer) error { return Markdown(b, mine, o) }},
				{"csv", func(b *bytes.Buffer) error { return CSV(b, mine, o) }},
			} {
				var b bytes.Buffer
				must(t, f.write(&b))
				golden(t, fmt.Sprintf("%s.%s.%s", name, l, f.ending), b.Bytes())
			}
		}
	}
}
