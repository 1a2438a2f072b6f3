package website

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// data returns the path of a file of the shared evaluation data, which lies
// beside the repository, or skips the test.
func data(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		t.Fatal("no go.mod above the test")
	}
	path := filepath.Join(dir, "..", "shared", "data", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the evaluation data is not there: %v", err)
	}
	return path
}

func dataText(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(data(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func eachLine[T any](t *testing.T, name string, do func(T)) {
	t.Helper()
	sc := bufio.NewScanner(bytes.NewReader(dataText(t, name)))
	for sc.Buffer(nil, 1<<20); sc.Scan(); {
		var v T
		if err := json.Unmarshal(sc.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		do(v)
	}
}

func TestRobotsAnswersTheConformanceSetRight(t *testing.T) {
	standard, lenient := 0, 0
	eachLine(t, "robots-google/cases.jsonl", func(c struct {
		ID, Robots, Agent, URL string
		Allowed                bool
		GoogleOnly             bool `json:"google_only"`
	}) {
		want := c.Allowed
		if c.ID == "ID_Encoding-63" {
			// Google does not decode %62%61%7A in a rule; RFC 9309, 2.2.2, does.
			want = true
		}
		if parseRobots([]byte(c.Robots), c.Agent).allows(c.URL) != want {
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
	if err := json.Unmarshal(dataText(t, "robots-google/parse_cases.json"), &cases); err != nil {
		t.Fatal(err)
	}
	directives := []string{"user-agent", "allow", "disallow", "sitemap"}
	count := func(text string) (valid, unknown, last int) {
		n := 0
		for line := range robotsLines([]byte(text)) {
			n++
			key, _, ok := robotsLine(line)
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
		if got := parseRobots([]byte(text), "FooBot").sitemaps; len(got) != 1 || got[0] != "http://foo.bar/sitemap.xml" {
			t.Errorf("the sitemaps of %q are %q", text, got)
		}
	}
	for _, c := range cases.Paths {
		if got := pathOf(c[0]); got != c[1] {
			t.Errorf("the path of %q is %q, want %q", c[0], got, c[1])
		}
	}
	for _, agent := range cases.Valid {
		if productToken(agent) != agent {
			t.Errorf("%q is not taken as a name", agent)
		}
	}
	for _, agent := range cases.Invalid {
		if agent != "" && productToken(agent) == agent {
			t.Errorf("%q is taken as a name", agent)
		}
	}
}

func TestSitemapsAndFeedsHoldWhatTheyShould(t *testing.T) {
	var expected map[string]struct {
		Root          string
		Loc, Hreflang int
		Items         int
	}
	if err := json.Unmarshal(dataText(t, "sitemaps-feeds-trafilatura/expected.json"), &expected); err != nil {
		t.Fatal(err)
	}
	for name, want := range expected {
		m, err := parseSitemap(bytes.NewReader(dataText(t, "sitemaps-feeds-trafilatura/"+name)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		all, marks := len(m.pages)+len(m.sitemaps)+len(m.alternates), want.Hreflang
		if all != want.Loc+want.Items+marks || want.Root == "sitemapindex" && len(m.sitemaps) != want.Loc || marks == 0 && len(m.alternates) > 0 {
			t.Errorf("%s holds %d addresses, %d sitemaps and %d alternates, want %+v", name, len(m.pages), len(m.sitemaps), len(m.alternates), want)
		}
	}
	plain, err := parseSitemap(bytes.NewReader(dataText(t, "sitemaps-feeds-trafilatura/sitemap.xml")))
	if err != nil {
		t.Fatal(err)
	}
	zipped, err := parseSitemap(bytes.NewReader(dataText(t, "sitemaps-feeds-trafilatura/sitemap.xml.gz")))
	if err != nil || !slices.Equal(plain.pages, zipped.pages) {
		t.Errorf("the compressed sitemap differs from the plain one (%v)", err)
	}
}

func TestCharsetsAreFoundWhateverAPageSays(t *testing.T) {
	n := 0
	eachLine(t, "charsets-miniflux/expected.jsonl", func(c struct {
		File        string
		ContentType string `json:"content_type"`
		Contains    []string
	}) {
		n++
		got, err := toUTF8(dataText(t, "charsets-miniflux/"+c.File), c.ContentType)
		if err != nil || !utf8.Valid(got) {
			t.Errorf("%s as %q: %v", c.File, c.ContentType, err)
		}
		for _, want := range c.Contains {
			if !strings.Contains(string(got), want) {
				t.Errorf("%s as %q does not hold %q", c.File, c.ContentType, want)
			}
		}
	})
	if n != 14 {
		t.Errorf("%d expectations were tried, 14 are known", n)
	}
}
