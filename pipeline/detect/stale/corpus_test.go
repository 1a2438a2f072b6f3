package stale

import (
	"bufio"
	"encoding/json"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// expiredIn judges texts by name and returns those with a date that is over.
func expiredIn(t *testing.T, texts, titles map[string]string) []string {
	t.Helper()
	var out []string
	for name, text := range texts {
		f := &Facts{Title: titles[name], Locale: "fr", Owner: "a", Passages: []Passage{{Text: text}}}
		v := new(Rules).Judge(f, now)
		if s := v.Signal(ExpiredText); s != nil {
			t.Logf("%s: %s", name, s.Words["en"])
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// The sample help centre has three pages whose offer is over.
func TestExpiredDatesOfTheSample(t *testing.T) {
	files, err := filepath.Glob("../../../cmd/freshet/sample/pages/*/*.md")
	if err != nil || len(files) < 50 {
		t.Fatal(len(files), err)
	}
	texts, titles := map[string]string{}, map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.SplitN(string(text), "---", 3)
		name := filepath.Base(filepath.Dir(file)) + "/" + strings.TrimSuffix(filepath.Base(file), ".md")
		texts[name] = parts[2]
		_, title, _ := strings.Cut(parts[1], "title: ")
		titles[name], _, _ = strings.Cut(title, "\n")
	}
	if got, want := expiredIn(t, texts, titles), []string{"en/ondavelle-tv", "fr/offre-de-bienvenue", "fr/ondavelle-tv"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The rules were chosen on this set: three of its answers are out of date, an
// experiment that ended in 2017 and two rules of the summer of 2021.
func TestExpiredDatesOfCNIL(t *testing.T) {
	f, err := os.Open("../../../../shared/data/faq-fr-cnil/kb_html.jsonl")
	if err != nil {
		t.Skip("the data is not here:", err)
	}
	defer f.Close()
	lines, tags := regexp.MustCompile(`<(br|/p|/li|/h\d|/tr|/td)[^>]*>`), regexp.MustCompile(`<[^>]+>`)
	texts, titles := map[string]string{}, map[string]string{}
	scan := bufio.NewScanner(f)
	scan.Buffer(nil, 1<<24)
	for scan.Scan() {
		var row struct{ ID, Title, HTML string }
		if err := json.Unmarshal(scan.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		titles[row.ID] = row.Title
		texts[row.ID] = tags.ReplaceAllString(lines.ReplaceAllString(html.UnescapeString(row.HTML), "\n"), " ")
	}
	if err := scan.Err(); err != nil {
		t.Fatal(err)
	}
	if got, want := expiredIn(t, texts, titles), []string{"1657", "1659", "307"}; !slices.Equal(got, want) {
		t.Errorf("of %d answers %v are out of date, want %v", len(texts), got, want)
	}
}

func BenchmarkJudge(b *testing.B) {
	f := page(func(f *Facts) {
		f.Modified = ago(400)
		for range 5 {
			f.Passages = append(f.Passages, Passage{Text: strings.Repeat("Le service client répond du lundi au samedi, de 8 h à 20 h, et par courriel en 2 jours ouvrés. La livraison coûte 4,90 €. ", 10) +
				"Offre valable jusqu'au 31 mars 2025, puis 9,99 €."})
		}
	})
	r := &Rules{Terms: NewTerms([]string{"Mistral 4G"})}
	b.ReportAllocs()
	for b.Loop() {
		r.Judge(f, now)
	}
}
