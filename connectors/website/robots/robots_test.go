package robots

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/connectors/connectortest"
)

func TestPatternsMatchAsInRobots(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"/a", "/abc", true}, {"/a$", "/a", true}, {"/a$", "/ab", false}, {"/*.php$", "/x/y.php", true},
		{"/*.php$", "/x.php?y", false}, {"/*a*a$", "/aa", true}, {"/*ab$", "/abab", true}, {"*", "/", true}, {"$", "", true},
		{"/*$", "/x", true}, {"/a*b*c", "/a--b--c--", true}, {"/a*b*c", "/a--c--b", false}, {"/a**b", "/a/b", true},
	} {
		if Match(c.pattern, c.path) != c.want {
			t.Errorf("%q matching %q is %t", c.pattern, c.path, !c.want)
		}
	}
}

func TestCrawlDelayIsKeptWithinReason(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"User-agent: *\nCrawl-delay: 2.5":                                  2500 * time.Millisecond,
		"User-agent: *\nCrawl-delay: 86400":                                MaxCrawlDelay,
		"User-agent: *\nCrawl-delay: soon":                                 0,
		"User-agent: *\nCrawl-delay: -1":                                   0,
		"User-agent: *\nCrawl-delay: NaN":                                  0,
		"User-agent: other\nCrawl-delay: 9\n\nUser-agent: *\nDisallow: /x": 0,
		"Crawl-delay: 9":                                                   0,
	} {
		if got := Parse([]byte(text), "Freshet").CrawlDelay; got != want {
			t.Errorf("%q asks for %s, want %s", text, got, want)
		}
	}
}

func FuzzRobots(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /a*b$\nAllow: /\nCrawl-delay: 1\nSitemap: x", "/a/b")
	f.Add("user-agent foo\rdisallow: %zz\n\xef\xbb\xbf", "/%")
	f.Fuzz(func(t *testing.T, text, path string) {
		r := Parse([]byte(text), "Freshet")
		r.Allows("https://www.example.org" + path)
		if r.CrawlDelay < 0 || r.CrawlDelay > MaxCrawlDelay {
			t.Errorf("a delay of %s", r.CrawlDelay)
		}
		// What is written down is read again.
		written := r.String()
		if again := Parse([]byte(written), "Freshet"); len(written) < maxLine && (again.String() != written || again.Allows(path) != r.Allows(path)) {
			t.Errorf("%q is written as %q and then as %q", text, written, again.String())
		}
		// Rules for others change nothing for us.
		more := Parse([]byte(text+"\nDisallow:\nUser-agent: someone-else\nDisallow: /\n"), "Freshet")
		if len(text) < MaxBytes/2 && more.Allows(path) != r.Allows(path) {
			t.Errorf("a group for somebody else changed the answer for %q", path)
		}
	})
}

func TestRobotsAnswersTheConformanceSetRight(t *testing.T) {
	standard, lenient := 0, 0
	connectortest.EachLine(t, "robots-google/cases.jsonl", func(c struct {
		ID, Robots, Agent, URL string
		Allowed                bool
		GoogleOnly             bool `json:"google_only"`
	}) {
		want := c.Allowed
		if c.ID == "ID_Encoding-63" {
			// Google does not decode %62%61%7A in a rule; RFC 9309, 2.2.2, does.
			want = true
		}
		if Parse([]byte(c.Robots), c.Agent).Allows(c.URL) != want {
			t.Errorf("%s (only Google: %t): the answer is not %t", c.ID, c.GoogleOnly, c.Allowed)
		}
		if c.GoogleOnly {
			lenient++
		} else {
			standard++
		}
	})
	if standard != 46 || lenient != 10 {
		t.Errorf("%d standard cases and %d lenient ones were tried; 46 and 10 are known", standard, lenient)
	}
}

func TestRobotsParsesTheConformanceSetRight(t *testing.T) {
	var cases struct {
		Ends  []string `json:"line_endings_expect_valid_directives_4_last_line_6"`
		Marks []struct {
			B64            string
			Valid, Unknown int
		} `json:"bom_base64"`
		Sitemaps []string    `json:"sitemap_line_anywhere"`
		Paths    [][2]string `json:"path_of_url"`
		Valid    []string    `json:"valid_agents"`
		Invalid  []string    `json:"invalid_agents"`
	}
	if err := json.Unmarshal(connectortest.Data(t, "robots-google/parse_cases.json"), &cases); err != nil {
		t.Fatal(err)
	}
	directives := []string{"user-agent", "allow", "disallow", "sitemap"}
	count := func(text string) (valid, unknown, last int) {
		n := 0
		for line := range lines([]byte(text)) {
			n++
			key, _, ok := directive(line)
			switch {
			case ok && slices.Contains(directives, key):
				valid, last = valid+1, n
			case ok:
				unknown++
			}
		}
		return valid, unknown, last
	}
	for _, text := range cases.Ends {
		if valid, _, last := count(text); valid != 4 || last != 6 {
			t.Errorf("%q has %d directives, the last in line %d", text, valid, last)
		}
	}
	for _, c := range cases.Marks {
		b, err := base64.StdEncoding.DecodeString(c.B64)
		if err != nil {
			t.Fatal(err)
		}
		if valid, unknown, _ := count(string(b)); valid != c.Valid || unknown != c.Unknown {
			t.Errorf("%q has %d valid and %d unknown lines, want %d and %d", b, valid, unknown, c.Valid, c.Unknown)
		}
	}
	for _, text := range cases.Sitemaps {
		if got := Parse([]byte(text), "FooBot").Sitemaps; len(got) != 1 || got[0] != "http://foo.bar/sitemap.xml" {
			t.Errorf("the sitemaps of %q are %q", text, got)
		}
	}
	for _, c := range cases.Paths {
		if got := PathOf(c[0]); got != c[1] {
			t.Errorf("the path of %q is %q, want %q", c[0], got, c[1])
		}
	}
	for _, agent := range cases.Valid {
		if ProductToken(agent) != agent {
			t.Errorf("%q is not taken as a name", agent)
		}
	}
	for _, agent := range cases.Invalid {
		if agent != "" && ProductToken(agent) == agent {
			t.Errorf("%q is taken as a name", agent)
		}
	}
}

func TestALineThatIsCutOffAtTheLimitDoesNotCount(t *testing.T) {
	const head, tail = "User-agent: *\nDisallow: /private/\n", "Disallow: /"
	full := head + strings.Repeat("#", MaxBytes-len(head)-len(tail)-1) + "\n" + tail
	for more, want := range map[string]bool{
		"":             false, // 500 KiB and no more: the line is whole
		"old/":         true,
		"old/\nAllow:": true,
	} {
		r := Parse([]byte(full+more), "Freshet")
		if r.Allows("https://www.example.org/a") != want || r.Allows("https://www.example.org/private/a") {
			t.Errorf("followed by %q: /a is allowed: %t", more, !want)
		}
	}
}
