package links

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"freshet/index/catalog"
)

func TestJudgement(t *testing.T) {
	begin := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	answers := map[string]answer{
		"ok": {status: 200}, "404": ofStatus(404), "410": ofStatus(410), "500": ofStatus(500), "503": ofStatus(503), "403": ofStatus(403), "429": ofStatus(429),
		"dns": {verdict: silent, reason: reasonDNS}, "slow": {verdict: silent, reason: reasonTimeout}, "robots": {verdict: barred, reason: reasonRobots},
	}
	for _, c := range []struct{ name, steps, want string }{
		{"it answers", "0h ok", "ok"},
		{"one 404", "0h 404", "failing"},
		{"two 404 within a day", "0h 404; 12h 404", "failing failing"},
		{"two 404 over a day", "0h 404; 24h 404", "failing broken"},
		{"404, then 410", "0h 404; 25h 410", "failing broken"},
		{"404, then back", "0h 404; 24h ok; 48h 404", "failing ok failing"},
		{"broken, then back", "0h 404; 24h 404; 200h ok", "failing broken ok"},
		{"broken stays broken while silent", "0h 404; 24h 404; 48h dns", "failing broken broken"},
		{"flapping", "0h 404; 24h ok; 48h 404; 72h ok; 96h 404", "failing ok failing ok failing"},
		{"silent for two days", "0h dns; 24h slow; 48h 500", "failing failing failing"},
		{"silent for three days", "0h dns; 24h slow; 48h 500; 72h 503", "failing failing failing broken"},
		{"silent at both ends of three days", "0h dns; 80h dns", "failing failing"},
		{"silence is no 404", "0h dns; 24h 404", "failing failing"},
		{"silence, then 404 twice", "0h dns; 24h 404; 48h 404", "failing failing broken"},
		{"404, silence, 404", "0h 404; 24h 503; 48h 404", "failing failing broken"},
		{"404, then silent for three days", "0h 404; 24h dns; 48h dns; 72h dns", "failing failing failing broken"},
		{"restricted", "0h 403; 24h 403", "ok ok"},
		{"robots", "0h robots", "skipped"},
		{"a bad day, then asked to wait", "0h 404; 24h 429; 25h 404", "failing failing broken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := catalog.Link{URL: "https://x.example/", State: catalog.LinkNew}
			var got []string
			for step := range strings.SplitSeq(c.steps, "; ") {
				after, what, _ := strings.Cut(step, " ")
				d, err := time.ParseDuration(after)
				if err != nil {
					t.Fatal(err)
				}
				now := begin.Add(d)
				judge(&l, answers[what], now)
				got = append(got, string(l.State))
				if !l.NextCheck.After(now) {
					t.Errorf("%s: it is due again at once", step)
				}
				if (l.State == catalog.LinkOK || l.State == catalog.LinkSkipped) && (l.Failures != 0 || !l.FirstFailed.IsZero()) {
					t.Errorf("%s: %d failures are left", step, l.Failures)
				}
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
			}
		})
	}
}

func TestChecksAreSpread(t *testing.T) {
	days := map[int]int{}
	for i := range 1000 {
		d := spread(okAgain, fmt.Sprint("https://x.example/", i))
		if d < okAgain*3/4 || d > okAgain*5/4 {
			t.Fatalf("%s", d)
		}
		days[int(d/(24*time.Hour))]++
	}
	if len(days) < 14 {
		t.Errorf("a thousand links come on %d days", len(days))
	}
}

func TestCheckable(t *testing.T) {
	for uri, want := range map[string]string{
		"https://X.example/A?b=c#d": "https://x.example/A?b=c", "HTTP://x.example": "http://x.example/", " https://x.example/ ": "https://x.example/",
		"mailto:a@x.example": "", "/relative": "", "https://user:word@x.example/": "", "javascript:alert(1)": "", "ftp://x.example/": "", "https://": "", "://": "",
		"https://x.example/" + strings.Repeat("a", 3000): "",
	} {
		if got, ok := checkable(uri); got != want || ok != (want != "") {
			t.Errorf("%.40q is %q", uri, got)
		}
	}
}

func FuzzCheckable(f *testing.F) {
	for _, s := range []string{"https://x.example/#a", "http://[::1]/", "HTTPS://ÉTÉ.example/%zz", "https://x.example:99999/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		got, ok := checkable(uri)
		if !ok {
			return
		}
		if !strings.HasPrefix(got, "http://") && !strings.HasPrefix(got, "https://") || strings.Contains(got, "#") {
			t.Fatalf("%q is %q", uri, got)
		}
		if again, ok := checkable(got); !ok || again != got {
			t.Fatalf("%q is %q, and that is %q", uri, got, again)
		}
	})
}
