package address

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

var today = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

// passed returns how many of the addresses a crawl lets through, and the traps.
func passed(t testing.TB, addresses []string) (int, []Trap) {
	t.Helper()
	traps, n := NewTraps(today), 0
	for _, a := range addresses {
		u, err := Resolver{}.Resolve(nil, "https://www.example.org"+a)
		if err != nil {
			t.Fatal(err)
		}
		if traps.Check(u) == "" {
			n++
		}
	}
	var met []Trap
	for _, c := range traps.Caught() {
		met = append(met, c.Trap)
		if text := c.String(); !strings.Contains(text, "www.example.org") || !strings.Contains(text, fmt.Sprint(c.Left)) {
			t.Errorf("the owner is told %q", text)
		}
	}
	return n, met
}

func list(n int, format string, value func(int) []any) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(format, value(i)...)
	}
	return out
}

func TestPlacesWithoutEndAreTraps(t *testing.T) {
	day := func(i int) time.Time { return today.AddDate(0, 0, i) }
	for name, c := range map[string]struct {
		addresses []string
		most      int
		trap      Trap
	}{
		"a calendar by path":           {list(5000, "/agenda/%s", func(i int) []any { return []any{day(i).Format("2006/01/02")} }), maxDates, TrapCalendar},
		"a calendar by month":          {list(2000, "/events/%s/", func(i int) []any { return []any{today.AddDate(0, i-1000, 0).Format("2006-01")} }), maxDates, TrapCalendar},
		"a calendar by parameter":      {list(5000, "/agenda?date=%s&view=day", func(i int) []any { return []any{day(-i).Format("2006-01-02")} }), maxDates, TrapCalendar},
		"a calendar by year and month": {list(2000, "/cal?month=%d&year=%d", func(i int) []any { return []any{i%12 + 1, 1950 + i/12} }), maxDates, TrapCalendar},
		"filters":                      {list(4096, "/shop?color=%d&size=%d&brand=%d&sort=%d", func(i int) []any { return []any{i % 8, i / 8 % 8, i / 64 % 8, i / 512} }), 120, TrapFacets},
		"repeating links":              {list(50, "%s/page", func(i int) []any { return []any{strings.Repeat("/a/b", i+1)} }), 2, TrapRepeat},
		"one segment again and again":  {list(50, "%s", func(i int) []any { return []any{strings.Repeat("/help", i+1)} }), maxRepeats, TrapRepeat},
		"endless depth": {list(200, "%s", func(i int) []any {
			var b strings.Builder
			for k := range i + 1 {
				fmt.Fprintf(&b, "/s%d", k)
			}
			return []any{b.String()}
		}), maxSegments, TrapDeep},
		"pages without end": {list(5000, "/list?page=%d", func(i int) []any { return []any{i} }), maxPaging, TrapPaging},
	} {
		n, met := passed(t, c.addresses)
		if n > c.most || n == 0 || !slices.Equal(met, []Trap{c.trap}) {
			t.Errorf("%s: %d of %d addresses pass (at most %d should), as %v", name, n, len(c.addresses), c.most, met)
		}
	}
}

func TestSitesMadeForReadersHaveNoTraps(t *testing.T) {
	for name, addresses := range map[string][]string{
		"articles by number":             list(20_000, "/index.php?id=%d", func(i int) []any { return []any{i} }),
		"articles by section and number": list(5000, "/show?cat=%d&id=%d", func(i int) []any { return []any{i % 40, i} }),
		"articles by UUID":               list(3000, "/a?uuid=%032x", func(i int) []any { return []any{i * 7919} }),
		"a blog":                         list(5000, "/%d/%02d/%02d/title-%d", func(i int) []any { return []any{2010 + i/400, i%12 + 1, i%28 + 1, i} }),
		"ten years of archives":          list(120, "/archive/%d/%02d", func(i int) []any { return []any{2016 + i/12, i%12 + 1} }),
		"a long list":                    list(300, "/news?page=%d", func(i int) []any { return []any{i} }),
		"a few filters":                  list(40, "/shop?color=%d&size=%d", func(i int) []any { return []any{i % 8, i / 8} }),
		"deep documentation":             {"/docs/v2/fr/guide/install/linux/debian/12/nginx/tls/renew/", "/docs/a/docs/b/docs/c"},
		"languages twice":                {"/fr/a/fr/a", "/en/help/en/help/x"},
		"a version in the path":          list(50, "/api/2024-%02d/reference", func(i int) []any { return []any{i%12 + 1} }),
	} {
		if n, met := passed(t, addresses); n != len(addresses) {
			t.Errorf("%s: only %d of %d addresses pass: %v", name, n, len(addresses), met)
		}
	}
}

func TestAPageThatReadsTheSameUnderAnyParameterIsATrap(t *testing.T) {
	traps := NewTraps(today)
	read := 0
	for i := range 500 {
		u := &url.URL{Scheme: "https", Host: "www.example.org", Path: "/home", RawQuery: fmt.Sprintf("s=%016x", i*7919)}
		if traps.Check(u) != "" {
			continue
		}
		read++
		traps.Read(u, i > 0)
	}
	if read > 3*maxCopies {
		t.Errorf("the page was read %d times", read)
	}
}

func FuzzTraps(f *testing.F) {
	for _, s := range []string{"/a/2026/13/45", "/?y=9&m=99", "/a/b/a/b/a/b", "/2026-1", "?date=20261120", "//", "/?&&=&=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, ref string) {
		u, err := Resolver{}.Resolve(&url.URL{Scheme: "https", Host: "h.example", Path: "/"}, ref)
		if err != nil {
			return
		}
		traps := NewTraps(today)
		first := traps.Check(u)
		traps.Read(u, true)
		if again := traps.Check(u); first == "" && again != "" {
			t.Errorf("%q passes, and then is %s", ref, again)
		}
	})
}
