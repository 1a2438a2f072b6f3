package font

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func TestGlyphsOfCollections(t *testing.T) {
	for _, c := range []struct {
		ordering string
		cid      int
		want     rune
	}{
		{"Japan1", 1, ' '}, {"Japan1", 34, 'A'}, {"Japan1", 264, 'A'}, {"Japan1", 633, '\u3000'}, {"Japan1", 843, 'あ'}, {"Japan1", 1125, '亜'},
		{"Japan1", 4089, '腕'}, {"Japan1", 4090, '弌'}, {"Japan1", 7477, '瑤'}, {"Japan1", 20000, 0},
		{"GB1", 34, 'A'}, {"GB1", 96, '\u3000'}, {"GB1", 940, '啊'}, {"GB1", 4694, '座'}, {"GB1", 4695, '亍'}, {"GB1", 7702, '齄'},
		{"CNS1", 34, 'A'}, {"CNS1", 595, '一'}, {"CNS1", 5995, '籲'}, {"CNS1", 5996, '乂'},
		{"Korea1", 34, 'A'}, {"Korea1", 1086, '가'}, {"Korea1", 3435, '힝'}, {"Korea1", 3436, '伽'}, {"Korea1", 9333, '갂'},
	} {
		table := collectionText(c.ordering)
		got := rune(0)
		if c.cid < len(table) {
			got = table[c.cid]
		}
		if got != c.want {
			t.Errorf("%s %d is %q, want %q", c.ordering, c.cid, got, c.want)
		}
	}
	if collectionText("Identity") != nil {
		t.Error("Identity is no collection")
	}
}

// TestCollectionsAgreeWithPoppler compares with the tables of poppler-data where they
// are installed: what ours says is what theirs says, up to forms of one character.
func TestCollectionsAgreeWithPoppler(t *testing.T) {
	for _, ordering := range []string{"Japan1", "GB1", "CNS1", "Korea1"} {
		b, err := os.ReadFile(filepath.Join("/usr/share/poppler/cidToUnicode", "Adobe-"+ordering))
		if err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal("poppler-data is not installed: ", err)
			}
			t.Skip("poppler-data is not installed; install it with: apt-get install poppler-data: ", err)
		}
		table := collectionText(ordering)
		said, differ, letters, known := 0, 0, 0, 0
		for cid, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
			n, err := strconv.ParseInt(strings.TrimSpace(line), 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			r := rune(n)
			ours := rune(0)
			if cid < len(table) {
				ours = table[cid]
			}
			if unicode.Is(unicode.Hangul, r) || unicode.Is(unicode.Han, r) {
				letters++
				known += one(ours != 0)
			}
			if ours == 0 || r == 0 {
				continue
			}
			said++
			if norm.NFKC.String(string(ours)) != norm.NFKC.String(string(r)) {
				differ++
				if unicode.IsLetter(r) && unicode.IsLetter(ours) {
					t.Errorf("%s %d is %q, poppler has %q", ordering, cid, ours, r)
				}
			}
		}
		t.Logf("%s: %d characters, %d signs differ; %d of %d ideographs and syllables", ordering, said, differ, known, letters)
		if 100*differ > said {
			t.Errorf("%s: %d of %d differ", ordering, differ, said)
		}
	}
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
