package formats

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"freshet/pipeline/extract"
)

// dataDir finds the evaluation data beside the repository.
func dataDir(t testing.TB, set string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(dir) == dir {
			t.Skip("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(dir, "..", "shared", "data", set)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the evaluation data %s is not there: %v", set, err)
	}
	return path
}

func readJSON(t testing.TB, path string, into any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func f1(p, r float64) float64 {
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

func TestMainTextOfWebPages(t *testing.T) {
	dir := dataDir(t, "html-webpages-trafilatura")
	var pages map[string]struct {
		File          string
		With, Without []string
	}
	readJSON(t, filepath.Join(dir, "evaldata.json"), &pages)
	x := New(Config{})
	var tp, fp, fn, tn, bytes int
	var spent time.Duration
	ways := map[string]int{}
	for uri, page := range pages {
		b, err := os.ReadFile(filepath.Join(dir, "html", page.File))
		if err != nil {
			t.Fatal(err)
		}
		bytes += len(b)
		began := time.Now()
		text, err := x.Extract(t.Context(), strings.NewReader(string(b)), extract.Options{MediaType: "text/html", URI: uri})
		spent += time.Since(began)
		plain := ""
		if err != nil {
			t.Logf("%s: %v", page.File, err)
		} else {
			plain = extract.Fold(text.Plain())
			ways[text.Way]++
		}
		var lost, extra []string
		for _, with := range page.With {
			if strings.Contains(plain, extract.Fold(with)) {
				tp++
			} else {
				fn++
				lost = append(lost, with)
			}
		}
		for _, without := range page.Without {
			if strings.Contains(plain, extract.Fold(without)) {
				fp++
				extra = append(extra, without)
			} else {
				tn++
			}
		}
		if len(lost)+len(extra) > 0 && testing.Verbose() {
			t.Logf("%s: lost %q extra %q", page.File, lost, extra)
		}
	}
	p, r := float64(tp)/float64(tp+fp), float64(tp)/float64(tp+fn)
	t.Logf("%d pages, P %.3f R %.3f F1 %.3f (tp %d fp %d fn %d tn %d), ways %v, %.1f ms and %d KB a page",
		len(pages), p, r, f1(p, r), tp, fp, fn, tn, ways, spent.Seconds()*1000/float64(len(pages)), bytes/1024/len(pages))
	if f1(p, r) < 0.90 {
		t.Errorf("F1 %.3f is below 0.90", f1(p, r))
	}
}

var token = regexp.MustCompile(`[\p{L}\p{N}_]+`)

func shinglesOf(text string) map[string]int {
	tokens := token.FindAllString(text, -1)
	out := map[string]int{}
	if len(tokens) > 0 && len(tokens) < 4 {
		out[strings.Join(tokens, " ")]++
	}
	for i := 0; i+4 <= len(tokens); i++ {
		out[strings.Join(tokens[i:i+4], " ")]++
	}
	return out
}

func TestMainTextOfArticles(t *testing.T) {
	dir := dataDir(t, "html-article-zyte")
	var truth map[string]struct {
		ArticleBody string `json:"articleBody"`
		URL         string `json:"url"`
	}
	readJSON(t, filepath.Join(dir, "ground-truth.json"), &truth)
	x := New(Config{})
	var precision, recall, predicted, real float64
	var spent time.Duration
	ways := map[string]int{}
	for key, want := range truth {
		f, err := os.Open(filepath.Join(dir, "html", key+".html.gz"))
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		began := time.Now()
		text, err := x.Extract(t.Context(), strings.NewReader(string(b)), extract.Options{MediaType: "text/html", URI: want.URL})
		spent += time.Since(began)
		got := map[string]int{}
		if err != nil {
			t.Logf("%s: %v", want.URL, err)
		} else {
			got = shinglesOf(text.Plain())
			ways[text.Way]++
		}
		tp, fp, fn := 0, 0, 0
		truth := shinglesOf(want.ArticleBody)
		for s, n := range got {
			tp += min(n, truth[s])
			fp += max(n-truth[s], 0)
		}
		for s, n := range truth {
			fn += max(n-got[s], 0)
		}
		if len(got) > 0 {
			precision += float64(tp) / float64(tp+fp)
			predicted++
		}
		if len(truth) > 0 {
			recall += float64(tp) / float64(tp+fn)
			real++
		}
		if testing.Verbose() && (float64(tp) < 0.9*float64(tp+fp) || float64(tp) < 0.9*float64(tp+fn)) {
			t.Logf("%s %s: P %.2f R %.2f", key[:8], want.URL, float64(tp)/float64(tp+fp), float64(tp)/float64(tp+fn))
		}
	}
	p, r := precision/predicted, recall/real
	t.Logf("%d pages, P %.3f R %.3f F1 %.3f, ways %v, %.1f ms a page", len(truth), p, r, f1(p, r), ways, spent.Seconds()*1000/float64(len(truth)))
	if f1(p, r) < 0.90 {
		t.Errorf("F1 %.3f is below 0.90", f1(p, r))
	}
}
