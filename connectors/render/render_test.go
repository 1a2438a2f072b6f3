package render

import (
	"strings"
	"testing"
)

const app = `<!DOCTYPE html><html lang="fr"><head><title>Ouverture</title><link rel="icon" href="/favicon.ico">
<style>p{color:red}</style></head><body><noscript>You need to enable JavaScript.</noscript><div id="root"></div>
<script src="/app.js"></script></body></html>`

func TestAPageBuiltByItsProgramIsRendered(t *testing.T) {
	c, s := chrome(t, nil)
	s.html("/", app)
	s.text("/app.js", "text/javascript", `fetch("/api/hours", {headers: {"X-Client": "web"}}).then(r => r.json()).then(d => {
		document.getElementById("root").innerHTML = "<main><h1>Horaires</h1><p>" + d.text + "</p><img src=/photo.png><a href='/contact'>Contact</a></main>";
	});`)
	s.text("/api/hours", "application/json", `{"text": "La piscine ouvre à neuf heures."}`)
	s.text("/photo.png", "image/png", "x")
	out := render(t, c, s.named("/"), s.options())
	if !strings.Contains(out.HTML, "La piscine ouvre à neuf heures.") || !strings.Contains(out.HTML, `<html lang="fr">`) || !strings.Contains(out.HTML, `href="/contact"`) {
		t.Errorf("the page is %s", out.HTML)
	}
	if strings.Contains(out.HTML, "JavaScript") || strings.Contains(out.HTML, "<script") || strings.Contains(out.HTML, "<style") {
		t.Errorf("the page holds what is not read: %s", out.HTML)
	}
	if out.URL != s.named("/") || out.Status != 200 || out.Incomplete != "" || out.Refused != "" {
		t.Errorf("it says %q, %d, %q, %q", out.URL, out.Status, out.Incomplete, out.Refused)
	}
	if asked := s.requests(); asked != "GET /, GET /app.js, GET /api/hours" || out.Requests != 3 || out.Bytes < 300 {
		t.Errorf("the site was asked for %s; counted are %d requests, %d bytes", asked, out.Requests, out.Bytes)
	}
}
