package markup_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"freshet/pipeline/chunk"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/formats"
)

// An expectation stands in a comment at the end of a page: "question => answer" must
// be in one passage, "not => text" in none.
type expectation struct{ question, answer string }

func expectations(t *testing.T, page string) (held []expectation, absent []string) {
	t.Helper()
	_, list, ok := strings.Cut(page, "<!--expect\n")
	if !ok {
		t.Fatal("the page says nothing of what is expected")
	}
	list, _, _ = strings.Cut(list, "\n-->")
	for line := range strings.SplitSeq(list, "\n") {
		question, answer, ok := strings.Cut(line, " => ")
		if !ok {
			t.Fatalf("%q is no expectation", line)
		}
		if question == "not" {
			absent = append(absent, answer)
			continue
		}
		held = append(held, expectation{question, answer})
	}
	return held, absent
}

func TestEachAnswerIsInOnePassageWithItsQuestion(t *testing.T) {
	files, err := filepath.Glob("testdata/answers/*.html")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d pages, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			held, absent := expectations(t, string(b))
			text, err := formats.New(formats.Config{}).Extract(t.Context(), strings.NewReader(string(b)), extract.Options{URI: "https://www.example.org/" + filepath.Base(file)})
			if err != nil {
				t.Fatal(err)
			}
			for _, size := range []int{0, 40} {
				pieces, err := chunk.Split(text, chunk.Options{Max: size})
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range held {
					if !together(pieces, e) {
						t.Errorf("no passage of %d words holds %q with %q; way %s: %s\n%s", size, e.answer, e.question, text.Way, text.Why, text.Markdown())
					}
				}
			}
			for _, words := range absent {
				if strings.Contains(text.Plain(), words) {
					t.Errorf("%q is not content; way %s: %s", words, text.Way, text.Why)
				}
			}
		})
	}
}

func together(pieces []chunk.Piece, e expectation) bool {
	for _, p := range pieces {
		all := strings.Join(append([]string{p.Question, p.Text}, p.Heading...), "\n")
		if strings.Contains(p.Text, e.answer) && strings.Contains(all, e.question) {
			return true
		}
	}
	return false
}
