package markup

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/gob"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/net/publicsuffix"
)

var (
	moreArticles = flag.String("articles", "", "a folder of articles in the layout of html-article-zyte, to train on in addition")
	keptVotes    = flag.String("votes", "", "a file in which the libraries' answers are kept between trainings")
)

// A truth is a page of which it is known what belongs to its main content: the whole
// of it, or texts that do and texts that do not.
type truth struct {
	set, uri, page string
	body           string
	with, without  []string
	trafilatura    string // what the libraries find
	readability    string
}

// The sets that are trained on.
const (
	setWeb        = "html-webpages-trafilatura, dev"
	setArticles   = "html-article-zyte, dev"
	setMore       = "scrapinghub/article-extraction-benchmark, beside html-article-zyte"
	setComparison = "go-trafilatura's comparison"
)

// half is the division of the reported sets, as in formats/measure_test.go: nothing is
// trained on the half "held".
func half(key string) string {
	if sha256.Sum256([]byte(key))[0]&1 == 0 {
		return "dev"
	}
	return "held"
}

// A corpus collects truths. The sites of pages that are reported are left out of
// what comes from elsewhere.
type corpus struct {
	t        testing.TB
	reported map[string]bool // sites
	truths   []truth
}

// corpusOf reads the halves "dev" of both sets, the articles of the flag -articles and
// the pages of go-trafilatura's comparison, and has the libraries look at each.
func corpusOf(t testing.TB) []truth {
	c := corpus{t: t, reported: map[string]bool{}}
	data := filepath.Join("..", "..", "..", "..", "shared", "data")
	if _, err := os.Stat(data); err != nil {
		t.Skipf("the evaluation data is not there: %v", err)
	}
	c.web(filepath.Join(data, "html-webpages-trafilatura"))
	c.articles(filepath.Join(data, "html-article-zyte"), setArticles)
	if *moreArticles != "" {
		c.articles(*moreArticles, setMore)
	}
	c.comparison()
	c.vote()
	return c.truths
}

func (c *corpus) web(dir string) {
	var pages map[string]struct {
		File          string
		With, Without []string
	}
	c.json(filepath.Join(dir, "evaldata.json"), &pages)
	for _, uri := range slices.Sorted(maps.Keys(pages)) {
		c.reported[site(uri)] = true
		if p := pages[uri]; half(uri) == "dev" {
			c.add(truth{set: setWeb, uri: uri, with: p.With, without: p.Without}, filepath.Join(dir, "html", p.File))
		}
	}
}

func (c *corpus) articles(dir, set string) {
	var pages map[string]struct{ ArticleBody, URL string }
	c.json(filepath.Join(dir, "ground-truth.json"), &pages)
	held := map[string]bool{}
	for key, p := range pages {
		if set == setArticles {
			c.reported[site(p.URL)] = true
			held[key] = half(key) == "held"
		} else {
			held[key] = c.reported[site(p.URL)]
		}
	}
	for _, key := range slices.Sorted(maps.Keys(pages)) {
		if !held[key] {
			c.add(truth{set: set, uri: pages[key].URL, body: pages[key].ArticleBody}, filepath.Join(dir, "html", key+".html.gz"))
		}
	}
}

// comparison reads the pages with which go-trafilatura compares itself to others. They
// are Go source in its module.
func (c *corpus) comparison() {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/markusmobius/go-trafilatura").Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		c.t.Fatalf("finding go-trafilatura's module: %v", err)
	}
	source, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, "scripts", "comparison", "data.go"), nil, 0)
	if err != nil {
		c.t.Fatal(err)
	}
	ast.Inspect(source, func(n ast.Node) bool {
		entry, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		uri, page := stringOf(entry.Key), entry.Value
		fields, ok := page.(*ast.CompositeLit)
		if uri == "" || !ok {
			return true
		}
		p, file := truth{set: setComparison, uri: uri}, ""
		for _, e := range fields.Elts {
			f, ok := e.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			switch name, _ := f.Key.(*ast.Ident); {
			case name == nil:
			case name.Name == "File":
				file = stringOf(f.Value)
			case name.Name == "With":
				p.with = stringsOf(f.Value)
			case name.Name == "Without":
				p.without = stringsOf(f.Value)
			}
		}
		if !c.reported[site(uri)] && file != "" {
			for _, folder := range []string{"comparison", "mock"} {
				path := filepath.Join(dir, "test-files", folder, file)
				if _, err := os.Stat(path); err == nil {
					c.add(p, path)
					break
				}
			}
		}
		return false
	})
}

func stringOf(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, _ := strconv.Unquote(lit.Value)
	return s
}

func stringsOf(e ast.Expr) []string {
	var out []string
	if list, ok := e.(*ast.CompositeLit); ok {
		for _, s := range list.Elts {
			if text := stringOf(s); text != "" {
				out = append(out, text)
			}
		}
	}
	return out
}

func (c *corpus) json(path string, into any) {
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// add reads the page of a truth.
func (c *corpus) add(p truth, path string) {
	file, err := os.Open(path)
	if err != nil {
		c.t.Fatal(err)
	}
	defer file.Close()
	var r io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(file); err != nil {
			c.t.Fatal(err)
		}
	}
	b, err := io.ReadAll(r)
	if err != nil {
		c.t.Fatal(err)
	}
	p.page = string(b)
	if !utf8.Valid(b) {
		if r, err = charset.NewReader(strings.NewReader(p.page), "text/html"); err == nil {
			b, _ = io.ReadAll(r)
		}
		p.page = strings.ToValidUTF8(string(b), "")
	}
	c.truths = append(c.truths, p)
}

// vote fills in what the libraries find.
func (c *corpus) vote() {
	type answer struct{ Trafilatura, Readability string }
	known := map[string]answer{}
	if *keptVotes != "" {
		if file, err := os.Open(*keptVotes); err == nil {
			if err := gob.NewDecoder(file).Decode(&known); err != nil {
				c.t.Fatal(err)
			}
			file.Close()
		}
	}
	before := len(known)
	for i := range c.truths {
		p := &c.truths[i]
		a, ok := known[p.uri]
		if !ok {
			if b, doc, err := readBlocks(p); err == nil {
				slim := b.slim(doc)
				a.Trafilatura = guarded(func() string { return trafilaturaText(slim, b.page.base) })
				a.Readability = guarded(func() string { return readabilityText(slim, b.page.base) })
			}
			known[p.uri] = a
		}
		p.trafilatura, p.readability = a.Trafilatura, a.Readability
	}
	if *keptVotes != "" && len(known) > before {
		file, err := os.Create(*keptVotes)
		if err != nil {
			c.t.Fatal(err)
		}
		defer file.Close()
		if err := gob.NewEncoder(file).Encode(known); err != nil {
			c.t.Fatal(err)
		}
	}
}

func site(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return uri
	}
	if s, err := publicsuffix.EffectiveTLDPlusOne(u.Hostname()); err == nil {
		return s
	}
	return u.Hostname()
}
