package claims

import (
	"bufio"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"freshet/index"
)

// check fails unless a scan keeps what the types promise.
func check(t *testing.T, p Passage, scan *Scan) {
	t.Helper()
	valid := utf8.ValidString(p.Text)
	for i, s := range scan.Sentences {
		if s.Start < 0 || s.Start >= s.End || s.End > len(p.Text) {
			t.Fatalf("sentence %d is [%d,%d) of %d bytes", i, s.Start, s.End, len(p.Text))
		}
		if valid && !utf8.ValidString(p.Text[s.Start:s.End]) {
			t.Fatalf("sentence %d is cut within a character", i)
		}
	}
	last := [2]int{}
	for i, c := range scan.Claims {
		s := scan.Sentences[c.Sentence]
		if c.Start < s.Start || c.Start >= c.End || c.End > s.End {
			t.Fatalf("claim %d is [%d,%d) in a sentence [%d,%d)", i, c.Start, c.End, s.Start, s.End)
		}
		if valid && !utf8.ValidString(p.Text[c.Start:c.End]) {
			t.Fatalf("claim %d is cut within a character", i)
		}
		if at := [2]int{c.Sentence, c.Start}; at[0] < last[0] || at[0] == last[0] && at[1] < last[1] {
			t.Fatalf("claim %d at %v stands behind one at %v", i, at, last)
		} else {
			last = at
		}
		if c.Type == Date && (c.CueStart < 0 || c.CueEnd > len(p.Text) || c.CueStart > c.CueEnd) {
			t.Fatalf("the cue of claim %d is [%d,%d)", i, c.CueStart, c.CueEnd)
		}
		if c.Op != AtLeast && c.Op != AtMost && c.Lo > c.Hi {
			t.Fatalf("claim %d is from %d to %d: %q", i, c.Lo, c.Hi, p.Text[c.Start:c.End])
		}
		for k, w := range c.Week {
			if w[0] < 0 || w[0] >= w[1] || w[1] > 7*24*60 || k > 0 && w[0] <= c.Week[k-1][1] {
				t.Fatalf("the week of claim %d is %v", i, c.Week)
			}
		}
		if !Comparable(&c, &c) {
			t.Fatalf("claim %d cannot be compared with itself: %+v", i, c)
		}
		if v := Compare(&c, &c); v.Relation != Same {
			t.Fatalf("claim %d is not the same as itself but %v: %+v", i, v, c)
		}
	}
}

// words are what hostile texts are made of.
var words = strings.Fields(`le la de du au à 12 3 2025 1er mars lundi € % $ EUR mois jours h 9h am pm - – à / : ; , . ( ) | \n «
	» " ' ’ jusqu'au avant entre et 1,234.56 1.234,56 1 000 +33 01 99 00 40 10 24/7 7j/7 v2.3 iOS 16 http://a.b/c www. a@b.fr
	gratuit non remboursable pas ne from to until Monday Friday March 15th a an per month quatre-vingt-dix-sept hundred and
	million 99999999999999999999 0 00 000 2024-01-01 31/02/2025 n° article loi M. Dupont, directeur : Jean X200 4G ½ ² m² é œ ﬁ
	\u200b \u00a0 \u202f 😀 漢字 \x80 - 1. 2) • | a | b |`)

func hostile(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(80) {
		w := words[r.IntN(len(words))]
		b.WriteString(strings.NewReplacer(`\n`, "\n", `\u200b`, "\u200b", `\u00a0`, "\u00a0", `\u202f`, "\u202f", `\x80`, "\x80").Replace(w))
		if r.IntN(4) > 0 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func TestScansOfHostileTexts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	s := NewScanner()
	kinds := []index.ChunkKind{index.Prose, index.List, index.Table, index.FAQ, index.Code, ""}
	for i := range 6_000 {
		p := Passage{Text: hostile(r), Kind: kinds[i%len(kinds)], Locale: []string{"fr", "en", "", "en-US", "de"}[i%5], Title: hostile(r), Question: hostile(r)}
		scan := s.Scan(p)
		check(t, p, scan)
		if i%50 == 0 {
			if again := NewScanner().Scan(p); !reflect.DeepEqual(scan, again) {
				t.Fatalf("a new Scanner reads something else in %q:\n%+v\n%+v", p.Text, scan, again)
			}
		}
		if n := Normalise(p.Text); Normalise(n) != n {
			t.Fatalf("Normalise is not idempotent on %q: %q, then %q", p.Text, n, Normalise(n))
		}
	}
}

// TestValueReadsAgain scans the words of a value by themselves, which have to say the
// same value.
func TestValueReadsAgain(t *testing.T) {
	s := NewScanner()
	for _, p := range samplePages(t) {
		scan := s.Scan(p)
		check(t, p, scan)
		for _, c := range scan.Claims {
			switch c.Type {
			case Money, Percent, Duration, Quantity, Email, URL:
			default:
				continue
			}
			// "within a month" is a duration, "a month" alone may be a period.
			if c.Op != Equal || c.Past || c.Text == "free" || strings.HasPrefix(p.Text[c.Start:c.End], "a ") {
				continue
			}
			again := s.Scan(Passage{Text: p.Text[c.Start:c.End], Locale: p.Locale, Kind: index.Prose})
			if len(again.Claims) != 1 || Compare(&again.Claims[0], &c).Relation != Same {
				t.Errorf("%q reads as %s in its sentence and as %d claims alone", p.Text[c.Start:c.End], brief(&c), len(again.Claims))
			}
		}
	}
}

// samplePages are the pages of the sample help centre, as text.
func samplePages(tb testing.TB) []Passage {
	names, err := filepath.Glob("../../../cmd/freshet/sample/pages/*/*.md")
	if err != nil || len(names) == 0 {
		tb.Fatal("the sample's pages are missing", err)
	}
	var out []Passage
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		_, body, _ := strings.Cut(strings.TrimPrefix(string(data), "---"), "---")
		var lines []string
		for line := range strings.Lines(body) {
			line = strings.TrimSuffix(line, "\n")
			if strings.HasPrefix(line, "|--") {
				continue
			}
			if strings.HasPrefix(line, "|") {
				line = strings.Trim(line, "| ")
			}
			lines = append(lines, strings.TrimLeft(line, "# "))
		}
		out = append(out, Passage{Text: strings.Join(lines, "\n"), Locale: filepath.Base(filepath.Dir(name)), Kind: index.Prose})
	}
	return out
}

func TestTimeIsLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for name, unit := range map[string]string{
		"digits": "1234567890", "grouped digits": "1 234 ", "letters": "abcdefghij", "brackets": "((((((((((", "closing": "))))))))))",
		"prices": "12 € ", "dates": "1er mars ", "days": "lundi, ", "times": "9h-12h, ", "phones": "01 99 ", "points": "1.2.", "ranges": "1-",
		"at": "a@", "hosts": "a.", "urls": "http://a.fr/", "and": "et ", "numbers": "vingt-", "bars": "| ", "lines": "\n- ", "conditions": "si ",
		"names": "Jean, directeur ", "quotes": "«", "years": "2019-", "no": "ne pas ", "accents": "é", "marks": "\u0301", "wide": "漢",
		"cues": "jusqu'au ", "mixed": "9h30à", "can": "peut être ", "free": "n'est pas gratuit ",
	} {
		text := strings.Repeat(unit, MaxPassage/len(unit)*4)
		if len(text) < 1<<20-1<<10 {
			t.Fatalf("%s: %d bytes", name, len(text))
		}
		start := time.Now()
		p := Passage{Text: text, Locale: "fr", Kind: index.Prose}
		check(t, p, Read(p))
		if d := time.Since(start); d > 3*time.Second {
			t.Errorf("%s: %d bytes took %v", name, len(text), d)
		}
	}
}

func TestNormalise(t *testing.T) {
	for in, want := range map[string]string{
		"  Le “délai” — 14\u00a0jours\u202f! ": `le "délai" - 14 jours !`,
		"- L’offre":      "l'offre",
		"12. Payez":      "payez",
		"3 jours":        "3 jours",
		"• Un\u200bdeux": "undeux",
		"ﬁn ①":           "fin 1",
		"2024. Bilan":    "2024. bilan",
		"":               "",
		"-":              "-",
	} {
		if got := Normalise(in); got != want {
			t.Errorf("Normalise(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	text := "Été œuvre ﬁn €"
	folded, at := Fold(text)
	if folded != "ete oeuvre fin €" || len(at) != len(folded)+1 {
		t.Fatalf("%q with %d offsets", folded, len(at))
	}
	if i := strings.Index(folded, "fin"); text[at[i]:at[i+3]] != "ﬁn " && text[at[i]:at[i+3]] != "ﬁn" {
		t.Errorf("fin stands at %q", text[at[i]:at[i+3]])
	}
	if i := strings.Index(folded, "oeuvre"); text[at[i]:at[i+6]] != "œuvre" {
		t.Errorf("oeuvre stands at %q", text[at[i]:at[i+6]])
	}
}

func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		"Du lundi au vendredi de 9h à 18h30, 01 99 00 40 10.", "Jusqu’au 31 mars 2025 : 1 234,56 € HT/mois.",
		"A | B\n1 | 12 €", "- Délai : 14 jours ouvrés\n- 3 à 5 %", "quatre-vingt-dix-neuf ans et demi", "March 1-15, 2025, 24/7, iOS 16+",
		"a@b.fr http://x.y/?utm_a=1 www.", "9999999999999 milliards d'euros", "\xff\xfe 1\u202f000\u202f000", "M. X, directeur : Y Z",
	} {
		f.Add(seed, "fr", uint8(0))
		f.Add(seed, "en", uint8(2))
	}
	f.Fuzz(func(t *testing.T, text, locale string, kind uint8) {
		p := Passage{Text: text, Locale: locale, Question: text, Kind: []index.ChunkKind{index.Prose, index.List, index.Table, index.FAQ, index.Code}[kind%5]}
		check(t, p, Read(p))
		if n := Normalise(text); Normalise(n) != n {
			t.Fatalf("Normalise is not idempotent: %q, then %q", n, Normalise(n))
		}
		Fold(text)
	})
}

// benchPassages are passages of about 200 words.
func benchPassages(b *testing.B) []Passage {
	var out []Passage
	for _, p := range samplePages(b) {
		fields := strings.SplitAfter(p.Text, " ")
		for len(fields) > 150 {
			n := min(200, len(fields))
			out = append(out, Passage{Text: strings.Join(fields[:n], ""), Locale: p.Locale, Kind: p.Kind, Title: "Les forfaits", Heading: []string{"Tarifs"}})
			fields = fields[n:]
		}
	}
	return out
}

// BenchmarkScan reads passages of the sample, which are dense with values.
func BenchmarkScan(b *testing.B) {
	list := benchPassages(b)
	s := NewScanner()
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		s.Scan(list[n%len(list)])
		n++
	}
}

// BenchmarkScanProse reads the CNIL's answers whole, as they are.
func BenchmarkScanProse(b *testing.B) {
	f, err := os.Open("../../../../shared/data/faq-fr-cnil/kb_html.jsonl")
	if err != nil {
		b.Skip("the shared data is missing:", err)
	}
	defer f.Close()
	var list []Passage
	words := 0
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var d struct{ Title, HTML string }
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			b.Fatal(err)
		}
		var text strings.Builder
		inside := false
		for _, r := range strings.ReplaceAll(d.HTML, "&nbsp;", " ") {
			switch {
			case r == '<':
				inside = true
			case r == '>':
				inside = false
			case !inside:
				text.WriteRune(r)
			}
		}
		list = append(list, Passage{Text: text.String(), Title: d.Title, Locale: "fr", Kind: index.Prose})
		words += len(strings.Fields(text.String()))
	}
	s := NewScanner()
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		s.Scan(list[n%len(list)])
		n++
	}
	b.ReportMetric(float64(words)/float64(len(list)), "words/op")
}

// TestNormaliseBothWays compares the short way of plain texts with the long one, which
// a character that both drop forces.
func TestNormaliseBothWays(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	runes := []rune("abzAZ09 \t\n-*.)'`\"(,ÀÉÎÖØÞßàéîöøþÿ×÷ŒœŸ€•’‘“”«»–— \u2009\u202f12. ")
	for range 50_000 {
		var b strings.Builder
		for range r.IntN(24) {
			b.WriteRune(runes[r.IntN(len(runes))])
		}
		short, long := Normalise(b.String()), Normalise(b.String()+"\u2060")
		if short != long {
			t.Fatalf("Normalise(%q) is %q the short way and %q the long way", b.String(), short, long)
		}
	}
}
