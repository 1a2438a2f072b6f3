package chunk

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/formats"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestPagesGiveTheirGoldenPieces(t *testing.T) {
	files, err := filepath.Glob("testdata/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text, err := formats.New(formats.Config{}).Extract(t.Context(), strings.NewReader(string(b)), extract.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, o := range []Options{{}, {Max: 50}} {
				fmt.Fprintf(&got, "================ at most %d words\n", o.withDefaults().Max)
				for _, p := range hold(t, text, o) {
					fmt.Fprintf(&got, "---- %s %s %d words, %d to %d, in %q", p.Kind, p.Locale, p.Words, p.Start, p.End, strings.Join(p.Heading, " > "))
					if p.Question != "" {
						fmt.Fprintf(&got, ", answers %q", p.Question)
					}
					fmt.Fprintf(&got, "\n%s\n", p.Text)
				}
			}
			golden := strings.TrimSuffix(file, ".html") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got.String()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestADocumentOfTooManyPiecesIsCutAndSaysSo(t *testing.T) {
	text := &extract.Text{}
	for i := range 40 {
		text.Blocks = append(text.Blocks, extract.Block{Kind: extract.Heading, Level: 2, Text: fmt.Sprintf("Question %d ?", i)},
			extract.Block{Kind: extract.Paragraph, Text: "Answer."})
	}
	pieces, err := Split(text, Options{Document: "big.html", Pieces: 30})
	limit, ok := err.(*LimitError)
	if !ok || len(pieces) != 30 || limit.Pieces != 40 || !strings.Contains(err.Error(), `"big.html" has 40 passages`) {
		t.Fatalf("%d pieces, %v", len(pieces), err)
	}
}
