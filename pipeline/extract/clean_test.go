package extract

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestFold(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"nothing":                      {"", ""},
		"white space only":             {" \t\r\n\u00a0\u2003\u2028", ""},
		"plain text":                   {"Qu’est-ce que c’est ? 5 €", "Qu’est-ce que c’est ? 5 €"},
		"spaces of many kinds":         {"  a\t\tb\u00a0\u202fc\r\nd\u2029e\u3000", "a b c d e"},
		"a line break":                 {"a\nb", "a b"},
		"combining accents":            {"cafe\u0301 a\u030a", "café å"},
		"an accent behind a soft mark": {"e\u200b\u0301", "é"},
		"soft hyphens":                 {"Donau\u00addampf", "Donaudampf"},
		"byte order marks and tags":    {"\ufeffa\U000e0041b\u2060", "ab"},
		"direction marks":              {"\u202ab\u202c\u200ea\u2066", "ba"},
		"icons of private fonts":       {"\ue001 Mail", "Mail"},
		"control characters":           {"a\x00\x07\x1b\x7f\u0090b", "ab"},
		"a next line":                  {"a\u0085b", "a b"},
		"bytes that are no UTF-8":      {"a\xff\xfeb\xc3", "ab"},
		"what cannot be shown":         {"a\ufffdb", "ab"},
		"a joiner in Latin text":       {"fi\u200dx\u200cy", "fixy"},
		"a joiner in Devanagari":       {"क\u094d\u200dष", "क\u094d\u200dष"},
		"a family of emoji":            {"👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"},
		"a cut sequence at the end":    {"\xe2\x80", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Fold(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFoldCodeKeepsTheShapeOfProgramText(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"nothing":              {"", ""},
		"indents":              {"if x {\r\n\ty()\r\n}\r\n", "if x {\n    y()\n}"},
		"empty lines in it":    {"\n \na\n\n\nb  \n\n", "a\n\n\nb"},
		"spaces in it":         {"a    =  1\u00a0+\u20032", "a    =  1 + 2"},
		"what is invisible":    {"a\u200b\ufeff()\x00", "a()"},
		"an icon and a joiner": {"\ue000\u200dx", "x"},
		"combining accents":    {"# cafe\u0301", "# café"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := FoldCode(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// alphabet is what random texts are made of: what occurs, what is odd, what is broken.
var alphabet = []string{"a", "B", "é", "e\u0301", " ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u202f", "\u200b", "\u200d", "\u200c", "\u00ad", "\ufeff", "\ue010",
	"’", "€", "œ", "«", "\x00", "\x9f", "\u0085", "\u2028", "क", "\u094d", "日", "👩", "\xff", "\xc3", "\xe2\x80", ".", "- "}

func randomText(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(12) {
		b.WriteString(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

// What is folded is clean: one line in NFC, valid, without what is invisible, and
// folding it again changes nothing. The short way for plain text agrees with the long.
func TestWhatIsFoldedIsClean(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		s := randomText(r)
		for name, got := range map[string]string{"Fold": Fold(s), "FoldCode": FoldCode(s)} {
			if !utf8.ValidString(got) || !norm.NFC.IsNormalString(got) || strings.TrimSpace(got) != got && name == "Fold" {
				t.Fatalf("%s(%q) is %q", name, s, got)
			}
			var before rune
			for i, c := range got {
				if Invisible(c, before) || White(c) && c != ' ' || c == '\n' && name == "Fold" || c == ' ' && before == ' ' && name == "Fold" {
					t.Fatalf("%s(%q) is %q: %q at %d", name, s, got, c, i)
				}
				before = c
			}
		}
		if once := Fold(s); Fold(once) != once || folded(s) && once != s {
			t.Fatalf("Fold(%q) is %q, again %q", s, once, Fold(once))
		}
		if once := FoldCode(s); FoldCode(once) != once {
			t.Fatalf("FoldCode(%q) is %q, again %q", s, once, FoldCode(once))
		}
	}
}
