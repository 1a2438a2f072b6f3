package static

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// golden is a line of an .ids.jsonl file: what the reference implementation
// (huggingface/tokenizers 0.23) makes of a text without special tokens.
type golden struct {
	Text string  `json:"text"`
	IDs  []int32 `json:"ids"`
}

// TestTokensAreThoseOfTheReference reads each pair of NAME.json and NAME.ids.jsonl
// in testdata, and in the directory that FRESHET_TEST_TOKENIZERS names.
func TestTokensAreThoseOfTheReference(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"testdata", os.Getenv("FRESHET_TEST_TOKENIZERS")} {
		if dir == "" {
			continue
		}
		files, err := filepath.Glob(filepath.Join(dir, "*.ids.jsonl"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no goldens in %s: %v", dir, err)
		}
		for _, name := range files {
			t.Run(filepath.Base(name), func(t *testing.T) {
				t.Parallel()
				holdToGolden(t, name)
			})
		}
	}
}

func holdToGolden(t *testing.T, name string) {
	raw, err := os.ReadFile(strings.TrimSuffix(name, ".ids.jsonl") + ".json")
	if err != nil {
		t.Fatal(err)
	}
	tok, err := readTokenizer(raw)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	n, wrong := 0, 0
	for lines.Scan() {
		var g golden
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		n++
		if got := tok.encode(nil, g.Text); !slices.Equal(got, g.IDs) {
			if wrong++; wrong <= 5 {
				t.Errorf("%.200q:\n got %v\nwant %v", g.Text, got, g.IDs)
			}
		}
	}
	if lines.Err() != nil || n == 0 {
		t.Fatalf("%d lines, %v", n, lines.Err())
	}
	t.Logf("%d texts, %d with other tokens", n, wrong)
}
