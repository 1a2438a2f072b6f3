package formats

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"freshet/pipeline/extract"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestPagesGiveTheirGoldenStructure(t *testing.T) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range files {
		if filepath.Ext(file) == ".golden" {
			continue
		}
		seen++
		t.Run(filepath.Base(file), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text := extractString(t, string(b), extract.Options{URI: "https://www.example.org/help/" + filepath.Base(file)})
			encoded, err := json.MarshalIndent(text, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			var back extract.Text
			if err := json.Unmarshal(encoded, &back); err != nil || back.Plain() != text.Plain() || back.Markdown() != text.Markdown() {
				t.Errorf("the structure does not survive JSON: %v", err)
			}
			got := text.Plain() + "\n\n======== markdown\n" + text.Markdown() + "\n======== structure\n" + string(encoded) + "\n"
			golden := strings.TrimSuffix(file, filepath.Ext(file)) + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Error(d)
			}
		})
	}
	if seen < 5 {
		t.Errorf("only %d pages", seen)
	}
}
