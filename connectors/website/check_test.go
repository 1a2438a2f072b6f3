package website

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// checked is what Check says, by name; several of one name are joined.
func checked(t *testing.T, s *Site) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, c := range s.Check(t.Context()) {
		if c.Name == "" || c.Text == "" || !strings.HasSuffix(c.Text, ".") {
			t.Errorf("a check is no sentence: %+v", c)
		}
		out[c.Name] += c.Status.String() + ": " + c.Text + " "
	}
	return out
}

func mustCheck(t *testing.T, got map[string]string, name string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(got[name], part) {
			t.Errorf("%s says %q, without %q", name, got[name], part)
		}
	}
}

func TestCheckTellsAnOwnerWhatAwaitsACrawl(t *testing.T) {
	s := newTestSite(t)
	text := strings.Repeat("Parcels leave the warehouse every working day at four. ", 12)
	links, entries := "", ""
	for i := range 4 {
		path := fmt.Sprintf("/fr/p%d", i)
		s.html(path, fmt.Sprintf(`<html lang="fr"><body><h1>Page %d</h1><p>%s</p></body></html>`, i, text))
		entries += "<url><loc>" + s.URL + path + "</loc></url>"
	}
	entries += "<url><loc>" + s.URL + "/secret/plan</loc></url><url><loc>" + s.URL + "/en/one</loc></url>"
	s.html("/en/one", `<html lang="en"><head><link rel="alternate" type="application/atom+xml" href="/news.atom"></head><body><h1>One</h1><p>`+text+`</p></body></html>`)
	s.text("/robots.txt", "text/plain", "User-agent: *\nDisallow: /secret/\nCrawl-delay: 2\nSitemap: /map.xml")
	s.text("/map.xml", "application/xml", "<urlset>"+entries+"</urlset>")
	s.html("/hidden", `<html><head><meta name="robots" content="noindex"></head><body><p>`+text+`</p></body></html>`)
	s.html("/app", `<html><body><div id="root"></div><noscript>Please enable JavaScript.</noscript><script src="/a.js"></script></body></html>`)
	s.status("/refused", http.StatusForbidden)
	s.handle("/away", redirect("https://elsewhere.example/", http.StatusFound))
	s.text("/old", "text/html", "<html><body><p>Caf\xe9 "+text+"</p></body></html>")
	for _, path := range []string{"/hidden", "/app", "/refused", "/away", "/old"} {
		links += "<a href=" + path + ">x</a> "
	}
	s.html("/", `<html lang="en"><body><h1>Start</h1><p>`+text+"</p>"+links+"</body></html>")
	s.others = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html><head><title>Oh no</title></head><body><h1>Oh no</h1><p>There is no such thing here, sorry.</p></body></html>")
	}
	got := checked(t, s.open(t, nil))
	mustCheck(t, got, "robots.txt", "ok: The site's robots.txt allows", `warning: robots.txt forbids 1 of the 6 pages that the sitemap lists, such as `+s.URL+`/secret/plan by the line "Disallow: /secret/"`)
	mustCheck(t, got, "start", "ok: The start page can be read and links to 5 pages")
	mustCheck(t, got, "sitemap", "ok: The sitemap lists 4 pages in French, 1 in English and 1 other.")
	mustCheck(t, got, "pages", "ok: 7 of 11 pages looked at can be indexed.")
	mustCheck(t, got, "noindex", "warning: 1 of 11 pages looked at asks not to be indexed (noindex): "+s.URL+"/hidden.")
	mustCheck(t, got, "needs_browser", s.URL+"/app")
	mustCheck(t, got, "refused", s.URL+"/refused")
	mustCheck(t, got, "redirects", "leads off the site: "+s.URL+"/away")
	mustCheck(t, got, "encoding", s.URL+"/old")
	mustCheck(t, got, "languages", "French (4), English (2)")
	mustCheck(t, got, "feeds", s.URL+"/news.atom")
	mustCheck(t, got, "not_found", "ok: The site answers 200 for pages that do not exist")
	mustCheck(t, got, "pace", "ok: A crawl of 6 pages takes about a minute or less, with the pause of 2s", "Crawl-delay")
	if got["speed"] == "" {
		t.Error("nothing is said of how fast the site answers")
	}
}

func TestCheckNamesTheRuleThatForbidsTheStart(t *testing.T) {
	s := newTestSite(t)
	s.text("/robots.txt", "text/plain", "User-agent: *\nDisallow: /")
	got := checked(t, s.open(t, nil))
	mustCheck(t, got, "robots.txt", "failure: ", `by the line "Disallow: /"`, `"User-agent: Freshet"`)
	if got["pages"] != "" {
		t.Errorf("pages were looked at nonetheless: %s", got["pages"])
	}
}

func TestCheckEndsInTimeWhereTheSiteAsksForPauses(t *testing.T) {
	s := newTestSite(t)
	entries := ""
	for i := range 40 {
		path := fmt.Sprintf("/p%d", i)
		s.html(path, "<html><body><p>Words of page, enough of them to be a page of its own.</p></body></html>")
		entries += "<url><loc>" + s.URL + path + "</loc></url>"
	}
	s.text("/robots.txt", "text/plain", "User-agent: *\nCrawl-delay: 20\nSitemap: /map.xml")
	s.text("/map.xml", "application/xml", "<urlset>"+entries+"</urlset>")
	s.html("/", "<html><body><p>The start of it all, in words.</p></body></html>")
	site := s.open(t, nil)
	site.inspectFor = inspectTime
	got := checked(t, site)
	mustCheck(t, got, "pages", "no more were looked at, because")
	mustCheck(t, got, "pace", "A crawl of 40 pages takes about 13 min")
	if n := len(s.asked); n > 8 {
		t.Errorf("%d requests were made", n)
	}
}

func TestDurationsAreSaidRoughly(t *testing.T) {
	for d, want := range map[time.Duration]string{
		30 * time.Second: "about a minute or less", 14 * time.Minute: "about 14 min", 2 * time.Hour: "about 2 h", 80 * time.Hour: "about 3 days",
	} {
		if got := roughly(d); got != want {
			t.Errorf("%s: %q", d, got)
		}
	}
	if got := grouped(1234567) + " " + grouped(999); got != "1,234,567 999" {
		t.Errorf("grouped: %s", got)
	}
}

func TestTheSampleIsSpread(t *testing.T) {
	var ids []string
	for i := range 100 {
		ids = append(ids, fmt.Sprint(i))
	}
	if got := strings.Join(spread(ids, 4), " "); got != "0 25 50 75" {
		t.Errorf("spread: %s", got)
	}
	if got := spread(ids, -1); len(got) != 0 {
		t.Errorf("none were wanted: %v", got)
	}
}
