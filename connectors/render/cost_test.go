//go:build linux

package render

import (
	"strings"
	"testing"
	"time"
)

// TestWhatAPageCosts prints the time and memory that a page takes, and fails where a
// small one takes very much of either.
func TestWhatAPageCosts(t *testing.T) {
	c, s := chrome(t, nil)
	s.html("/", app)
	s.text("/app.js", "text/javascript", `fetch("/api").then(r => r.text()).then(x => document.getElementById("root").textContent = x)`)
	s.text("/api", "text/plain", strings.Repeat("text of the page ", 500))
	render(t, c, s.url("/"), s.options())
	const pages = 10
	began := time.Now()
	for range pages {
		render(t, c, s.url("/"), s.options())
	}
	each, held := time.Since(began)/pages, residentOf(c.running.pid)
	t.Logf("%d ms a page; the browser holds %d MB", each.Milliseconds(), held>>20)
	if each > 10*time.Second || held > 1<<30 {
		t.Error("that is too much")
	}
}
