package sample

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// shown returns the text of every page as a reader sees it, folded, by path.
func shown(t *testing.T) map[string]string {
	t.Helper()
	h := Handler()
	texts := map[string]string{}
	for _, p := range Pages() {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", p.Path, nil))
		if w.Code != http.StatusOK {
			t.Fatalf("GET %s: %d", p.Path, w.Code)
		}
		doc, err := goquery.NewDocumentFromReader(w.Body)
		if err != nil {
			t.Fatalf("%s: %v", p.Path, err)
		}
		article := doc.Find("article")
		article.Find("td, th, li, p, h1, h2").Each(func(_ int, s *goquery.Selection) { s.AppendHtml(" ") })
		texts[p.Path] = fold(article.Text())
	}
	return texts
}

func fold(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "’", "'")), " ")
}

func TestTheSampleHasFortyToSixtyPagesAndMostInBothLanguages(t *testing.T) {
	pages := Pages()
	if len(pages) < 40 || len(pages) > 60 {
		t.Errorf("%d pages", len(pages))
	}
	langs := map[string][]string{}
	for _, p := range pages {
		if slices.Contains(langs[p.Group], p.Lang) {
			t.Errorf("%s: a second page of group %q in %s", p.Path, p.Group, p.Lang)
		}
		langs[p.Group] = append(langs[p.Group], p.Lang)
	}
	both := 0
	for _, l := range langs {
		if len(l) == 2 {
			both++
		}
	}
	if 2*both < len(langs)+1 {
		t.Errorf("only %d of %d subjects are in both languages", both, len(langs))
	}
}

func TestQuestionsAreAsManyAndAsMixedAsAnnounced(t *testing.T) {
	var answerable, nowhere, french int
	seen := map[string]bool{}
	for _, q := range Questions() {
		if seen[q.Question] {
			t.Errorf("%q is asked twice", q.Question)
		}
		seen[q.Question] = true
		if len(q.Expected) == 0 {
			nowhere++
			continue
		}
		answerable++
		if strings.HasPrefix(q.Expected[0], "/fr/") {
			french++
		}
	}
	if answerable != 48 || nowhere != 12 || french != 24 {
		t.Errorf("%d answerable (%d French), %d not", answerable, french, nowhere)
	}
}

func TestExpectedPagesExistAndHoldTheAnswer(t *testing.T) {
	texts := shown(t)
	for _, q := range Questions() {
		holds := q.Answer == ""
		for _, path := range q.Expected {
			text, ok := texts[path]
			if !ok {
				t.Errorf("%q expects %s, which does not exist", q.Question, path)
			}
			holds = holds || strings.Contains(text, fold(q.Answer))
		}
		if !holds {
			t.Errorf("%q: no expected page holds %q", q.Question, q.Answer)
		}
	}
}

// nowhere lists, for each question that no page answers, words that any answer
// would have to use in one of the two languages.
var nowhere = map[string][]string{
	"vous proposez une assurance casse pour mon téléphone ?":              {"assurance", "insurance", "assuré", "insured"},
	"tarif réduit étudiant":                                               {"étudiant", "student", "moins de 26"},
	"Est-ce que l'eSIM fonctionne sur une montre connectée ?":             {"montre connectée", "smartwatch", "wearable"},
	"Comment mettre mon abonnement en pause pendant un an à l'étranger ?": {"en pause", "pause your", "suspendre l'abonnement", "suspend your subscription"},
	"comment installer un vpn sur la box":                                 {"vpn"},
	"Que faire contre le démarchage téléphonique ?":                       {"démarchage", "cold call", "indésirable", "bloctel"},
	"can I pay with paypal":                                               {"paypal", "portefeuille électronique", "wallet"},
	"do you sell refurbished phones":                                      {"refurbished", "second-hand", "reconditionné", "occasion"},
	"Is Netflix included with the TV option?":                             {"netflix", "streaming"},
	"does my plan work on a cruise ship":                                  {"cruise", " ship", "at sea", "bateau", "croisière", " en mer"},
	"how do I record a voicemail greeting":                                {"voicemail", "answering machine", "messagerie vocale", "répondeur", "greeting"},
	"Can I buy a gift card for a friend?":                                 {"gift", "carte cadeau", "bon d'achat", "voucher"},
}

func TestQuestionsForNothingHaveNoAnswerOnAnyPage(t *testing.T) {
	texts := shown(t)
	for _, q := range Questions() {
		if len(q.Expected) > 0 {
			continue
		}
		words := nowhere[q.Question]
		if len(words) == 0 {
			t.Errorf("%q: no words to look for", q.Question)
		}
		for _, word := range words {
			for path, text := range texts {
				if strings.Contains(strings.ToLower(text), word) {
					t.Errorf("%q: %s speaks of %q", q.Question, path, word)
				}
			}
		}
	}
}

func TestPlantsStandOnTheirPages(t *testing.T) {
	texts := shown(t)
	kinds := map[string]int{}
	for _, p := range Plants() {
		kinds[p.Kind]++
		if len(p.Pages) == 0 || len(p.Pages) != len(p.Quotes) || p.Note == "" {
			t.Errorf("%+v: pages, quotes and a note belong together", p)
			continue
		}
		for i, path := range p.Pages {
			if p.Quotes[i] == "" || !strings.Contains(texts[path], fold(p.Quotes[i])) {
				t.Errorf("%s does not hold %q", path, p.Quotes[i])
			}
		}
	}
	for _, kind := range []string{"contradiction", "lookalike", "duplicate", "expired", "outdated", "drift"} {
		if kinds[kind] == 0 {
			t.Errorf("no plant of kind %s", kind)
		}
		delete(kinds, kind)
	}
	if len(kinds) > 0 {
		t.Errorf("unknown kinds: %v", kinds)
	}
}

func TestLinksInsideTheSiteWork(t *testing.T) {
	srv := httptest.NewServer(Handler())
	defer srv.Close()
	todo, seen := []string{"/"}, map[string]bool{"/": true}
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		resp, err := http.Get(srv.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := goquery.NewDocumentFromReader(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %d, %v", path, resp.StatusCode, err)
			continue
		}
		doc.Find("a[href], link[href]").Each(func(_ int, a *goquery.Selection) {
			href := strings.TrimPrefix(a.AttrOr("href", ""), srv.URL)
			if strings.HasPrefix(href, "#") || seen[href] {
				return
			}
			if !strings.HasPrefix(href, "/") {
				t.Errorf("%s links outside: %q", path, href)
				return
			}
			seen[href] = true
			todo = append(todo, href)
		})
	}
	for _, p := range Pages() {
		if !seen[p.Path] {
			t.Errorf("no link leads to %s", p.Path)
		}
	}
}

func TestEveryPageIsAFullPageInItsLanguage(t *testing.T) {
	h := Handler()
	for _, p := range Pages() {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "http://help.example"+p.Path, nil))
		doc, err := goquery.NewDocumentFromReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got := doc.Find("html").AttrOr("lang", ""); got != p.Lang {
			t.Errorf("%s: lang %q", p.Path, got)
		}
		if got := doc.Find("link[rel=canonical]").AttrOr("href", ""); got != "http://help.example"+p.Path {
			t.Errorf("%s: canonical %q", p.Path, got)
		}
		if !strings.HasPrefix(doc.Find("title").Text(), p.Title+" | ") || doc.Find("h1").Text() != p.Title {
			t.Errorf("%s: title %q, heading %q", p.Path, doc.Find("title").Text(), doc.Find("h1").Text())
		}
		for _, part := range []string{"header", "nav.menu", "nav.breadcrumb", "footer", ".cookie-banner", "article > p"} {
			if doc.Find(part).Length() == 0 {
				t.Errorf("%s: no %s", p.Path, part)
			}
		}
		if n := doc.Find("meta[name=robots]").Length(); n != 0 {
			t.Errorf("%s asks not to be indexed", p.Path)
		}
		if strings.Contains(p.Markdown, "\n|") && doc.Find("table thead th").Length() == 0 {
			t.Errorf("%s: a table without header cells", p.Path)
		}
	}
}

func TestPagesBelowTheServerRootAnswerAsAWebsiteDoes(t *testing.T) {
	tests := map[string]struct {
		path, holds string
		status      int
	}{
		"robots.txt names the sitemap":            {"/robots.txt", "Sitemap: http://help.example/sitemap.xml", 200},
		"the sitemap lists French pages":          {"/sitemap.xml", "<loc>http://help.example/fr/resilier</loc>", 200},
		"the sitemap lists English pages":         {"/sitemap.xml", "<loc>http://help.example/en/cancel</loc>", 200},
		"the home page asks not to be indexed":    {"/fr/", "noindex", 200},
		"an unknown page is 404, in English":      {"/en/nothing", "Page not found", 404},
		"an unknown page is 404, else in French":  {"/nothing", "Page introuvable", 404},
		"a French page names its translation":     {"/fr/resilier", `hreflang="en" href="http://help.example/en/cancel"`, 200},
		"a page alone in its language names none": {"/fr/parrainage", `href="/en/" hreflang="en"`, 200},
	}
	h := Handler()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("GET", "http://help.example"+tt.path, nil))
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.holds) {
				t.Errorf("GET %s: %d, without %q", tt.path, w.Code, tt.holds)
			}
		})
	}
}

func TestAChangedPriceIsServedWithNewValidators(t *testing.T) {
	site := New()
	srv := httptest.NewServer(site.Handler())
	defer srv.Close()
	before := get(t, srv.URL+"/en/mobile-plans", nil)
	same := get(t, srv.URL+"/en/mobile-plans", before.Header)
	if same.StatusCode != http.StatusNotModified {
		t.Errorf("unchanged page: %d", same.StatusCode)
	}
	if err := site.Replace("/en/mobile-plans", "€11.99", "€13.49"); err != nil {
		t.Fatal(err)
	}
	after := get(t, srv.URL+"/en/mobile-plans", before.Header)
	body, err := io.ReadAll(after.Body)
	if err != nil || after.StatusCode != http.StatusOK {
		t.Fatalf("changed page: %d, %v", after.StatusCode, err)
	}
	if !strings.Contains(string(body), "€13.49") || strings.Contains(string(body), "€11.99") {
		t.Error("the page does not show the new price")
	}
	if after.Header.Get("ETag") == before.Header.Get("ETag") || after.Header.Get("Last-Modified") == before.Header.Get("Last-Modified") {
		t.Error("the validators did not change")
	}
	if other := get(t, srv.URL+"/en/cancel", nil); other.Header.Get("ETag") == "" || other.StatusCode != 200 {
		t.Error("another page suffered")
	}
}

// get asks for a page, with the validators of an earlier answer if there is one.
func get(t *testing.T, url string, earlier http.Header) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if earlier != nil {
		req.Header.Set("If-None-Match", earlier.Get("ETag"))
		req.Header.Set("If-Modified-Since", earlier.Get("Last-Modified"))
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

func TestARemovedPageIsGoneEverywhere(t *testing.T) {
	site := New()
	h := site.Handler()
	if err := site.Remove("/fr/parrainage"); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/fr/parrainage": 404, "/sitemap.xml": 200, "/fr/": 200, "/fr/resilier": 200} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want || strings.Contains(w.Body.String(), "/fr/parrainage") {
			t.Errorf("%s: %d, or it still names the page", path, w.Code)
		}
	}
	if len(site.Pages()) != len(Pages())-1 {
		t.Error("the count of pages is wrong")
	}
}

func TestChangesThatCannotBeMadeAreRefused(t *testing.T) {
	site := New()
	if err := site.Replace("/fr/none", "a", "b"); err == nil {
		t.Error("a page that does not exist was changed")
	}
	if err := site.Replace("/fr/resilier", "words that stand nowhere", "b"); err == nil {
		t.Error("words that do not stand there were replaced")
	}
	if err := site.Replace("/fr/resilier", "", "b"); err == nil {
		t.Error("nothing was replaced by something")
	}
	if err := site.Remove("/fr/none"); err == nil {
		t.Error("a page that does not exist was removed")
	}
}

func TestBrokenFrontMatterIsRefused(t *testing.T) {
	tests := map[string]string{
		"no front matter": "just text",
		"an unknown key":  "---\ntitle: A\ncolour: red\n---\nText",
		"a broken date":   "---\ntitle: A\nsection: B\ngroup: c\nupdated: yesterday\n---\nText",
		"a missing title": "---\nsection: B\ngroup: c\nupdated: 2026-01-01\n---\nText",
	}
	for name, raw := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := parsePage("en", "x", raw); err == nil {
				t.Error("accepted")
			}
		})
	}
}
