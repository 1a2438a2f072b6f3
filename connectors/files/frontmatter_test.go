package files

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"freshet/connectors"
)

func TestFrontMatterDescribesTheDocument(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "fr/prix.md", "\ufeff---\r\ntitle: \"Nos prix : tout savoir\"\r\ntags: [Tarifs, Mobile]\r\nlabels: Offre, Web\r\nlang: fr_FR\r\nowner: ann@example.org\r\n"+
		"date: 2026-03-01\r\nupdated: 2026-03-31 10:00:00\r\nclass: pricing\r\nreview_every: 90d\r\nfacets:\r\n  product: mobile\r\n  country: [FR, BE]\r\n"+
		"url: https://example.org/prix\r\nedit_url: ftp://example.org/x\r\naccess: [group:staff, \"user:ann\", nonsense]\r\nweight: 3\r\n---\r\n# Prix\r\n")
	out := all(t, source(t, dir, map[string]any{"url_prefix": "https://docs.example.org", "locale_paths": "{locale:fr|en}/**"}))
	if !out.done || len(out.docs) != 1 {
		t.Fatalf("%v %v", out.err, out.bad)
	}
	want := &connectors.Document{
		ID: "fr/prix.md", URI: "https://example.org/prix", Path: []string{"fr"}, Title: "Nos prix : tout savoir", MediaType: "text/markdown", Locale: "fr-FR", TranslationGroup: "prix.md",
		Created: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Modified: time.Date(2026, 3, 31, 10, 0, 0, 0, time.UTC), Owner: "ann@example.org",
		Labels: []string{"Offre", "Web", "Tarifs", "Mobile"}, Facets: map[string][]string{"product": {"mobile"}, "country": {"FR", "BE"}}, Class: "pricing", ReviewEvery: 90 * 24 * time.Hour,
		Access: connectors.Access{Known: true, AnyOf: [][]connectors.Principal{{"group:staff", "user:ann"}}},
	}
	got := out.docs["fr/prix.md"]
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(connectors.Document{}, "Open", "Revision", "Metadata")); diff != "" {
		t.Error(diff)
	}
	if got.Metadata["weight"] != "3" || !strings.Contains(got.Metadata["front_matter_problems"], "access") || !strings.Contains(got.Metadata["front_matter_problems"], "edit_url") {
		t.Errorf("metadata %v", got.Metadata)
	}
	if out.content["fr/prix.md"] != "# Prix\r\n" {
		t.Errorf("content %q", out.content["fr/prix.md"])
	}
}

func TestFrontMatterThatIsOddOrHostile(t *testing.T) {
	cases := []struct {
		name, content string
		title, body   string
		skip, verdict bool
	}{
		{"none", "# Title\n", "", "# Title\n", false, false},
		{"a rule and no front matter", "---\n\ntext\n", "", "---\n\ntext\n", false, false},
		{"prose between two rules", "---\nJust some prose.\n---\nrest", "", "rest", false, false},
		{"dots close it", "---\ntitle: T\n...\nbody", "T", "body", false, false},
		{"an empty one", "---\n---\nbody", "", "body", false, false},
		{"a draft", "---\ndraft: true\n---\nbody", "", "", true, false},
		{"not published", "---\npublished: no\n---\nbody", "", "", true, false},
		{"never closed", "---\ntitle: T\nmore\n", "", "", false, true},
		{"not YAML", "---\ntitle: [a\n---\nbody", "", "", false, true},
		{"a key twice", "---\ntitle: a\ntitle: b\n---\nbody", "", "", false, true},
		{"aliases that multiply", "---\na: &a [x,x]\nb: [*a,*a]\n---\nbody", "", "", false, true},
		{"brackets without end", "---\na: " + strings.Repeat("[", 5000) + "\n---\nbody", "", "", false, true},
		{"flags without end", "---\na: 1\n" + strings.Repeat("- ", 2000) + "\n---\nbody", "", "", false, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "a.md", c.content)
			out := all(t, source(t, dir, nil))
			if !out.done {
				t.Fatal(out.err)
			}
			switch {
			case c.skip:
				if out.skips["a.md"] != SkipUnpublished {
					t.Errorf("skips %v", out.skips)
				}
			case c.verdict:
				if v := connectors.AsVerdict(out.bad["a.md"]); v == nil || v.Reason != connectors.VerdictMalformed {
					t.Errorf("it came as %v, %q", out.bad["a.md"], out.content["a.md"])
				}
			case out.docs["a.md"] == nil || out.docs["a.md"].Title != c.title || out.content["a.md"] != c.body:
				t.Errorf("got %+v, %q, %v", out.docs["a.md"], out.content["a.md"], out.bad)
			}
		})
	}
}

func TestLocalesFromPaths(t *testing.T) {
	cases := []struct{ pattern, path, locale, group string }{
		{"{locale}/**", "fr/a/b.md", "fr", "a/b.md"},
		{"{locale}/**", "pt_BR/b.md", "pt-BR", "b.md"},
		{"{locale:fr|en}/**", "it/b.md", "", "it/b.md"},
		{"*.{locale}.*", "a/b.fr.md", "fr", "a/b.md"},
		{"*.{locale}.*", "a/b.md", "", "a/b.md"},
		{"docs/{locale}/", "docs/en/x.md", "en", "docs/x.md"},
		{"**/*_{locale:fr|en}.md", "a/b_en.md", "en", "a/b.md"},
		{"help-{locale:fr|en}/**", "help-fr/x.md", "fr", "help/x.md"},
	}
	for _, c := range cases {
		p, err := compileLocalePath(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if locale, group := localeOf([]localePath{p}, c.path); locale != c.locale || group != c.group {
			t.Errorf("%s of %s gave %q, %q", c.pattern, c.path, locale, group)
		}
	}
	for _, bad := range []string{"fr/**", "{locale}/{locale}", "[{locale}"} {
		if _, err := compileLocalePath(bad); err == nil {
			t.Errorf("%s is taken for a pattern", bad)
		}
	}
}

func TestLinksForReaders(t *testing.T) {
	s := source(t, t.TempDir(), map[string]any{"url_prefix": "https://x.example/docs", "url_without_extension": true})
	if got := s.address("été & co/a b.md"); got != "https://x.example/docs/%C3%A9t%C3%A9%20&%20co/a%20b" {
		t.Errorf("got %s", got)
	}
}

func TestSettingsThatCannotWorkAreRefusedInWords(t *testing.T) {
	for says, raw := range map[string]map[string]any{
		"a [ is not closed":     {"location": "x", "include": "[a"},
		"a { is not closed":     {"location": "x", "exclude": "{a,b"},
		"is not a size":         {"location": "x", "max_file_size": "many"},
		"must begin with https": {"location": "x", "url_prefix": "javascript:"},
		"must hold {locale}":    {"location": "x", "locale_paths": "fr/**"},
		`"location" is missing`: {},
		"1 or more":             {"location": "x", "max_files": 0},
	} {
		if _, err := Kind().Parse(raw); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v: %v", raw, err)
		}
	}
}

func FuzzFrontMatter(f *testing.F) {
	for _, s := range []string{"---\ntitle: T\ntags: [a, b]\n---\nbody", "---\na: &a 1\nb: *a\n---\n", "---\n? [a]\n: b\n---\n", "---\nfacets: {a: [b]}\ndate: 2026-01-01\naccess: public\n...\n", "---\n!!binary x: |\n  y\n---"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		head = head[:min(len(head), maxFrontMatter)]
		begin := time.Now()
		m, err := parseFrontMatter(head)
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("it took %s", took)
		}
		if err != nil {
			if connectors.AsVerdict(err) == nil {
				t.Errorf("%v is not a verdict", err)
			}
			return
		}
		var d connectors.Document
		m.apply(&d)
		if !utf8.ValidString(d.Title) {
			t.Errorf("the title is not UTF-8: %q", d.Title)
		}
		if _, rest, ok := splitFrontMatter(head); ok && (rest > len(head) || rest < 3) {
			t.Errorf("the document begins at %d of %d", rest, len(head))
		}
	})
}

func FuzzGlob(f *testing.F) {
	for _, s := range []string{"**/*.md", "{a,b}/**", "[!a-z]*", "a/", "[]]", "[^]"} {
		f.Add(s, "a/b.md")
	}
	f.Fuzz(func(t *testing.T, pattern, path string) {
		g, err := compileGlob(pattern)
		if err != nil {
			return
		}
		g.matches(path)
		if plain := regexp.MustCompile(`\A[a-z]+\z`); plain.MatchString(pattern) && plain.MatchString(path) && g.matches(path) != (pattern == path) {
			t.Errorf("%q matches %q: %v", pattern, path, g.matches(path))
		}
	})
}

func BenchmarkAPassWithNothingChanged(b *testing.B) {
	dir := b.TempDir()
	const n = 2000
	for i := range n {
		write(b, dir, strings.Repeat("d", 1+i%20)+"/"+strings.Repeat("f", 1+i/20)+".md", "text")
	}
	s := source(b, dir, nil)
	s.every = checkpointEvery
	s.now = func() time.Time { return time.Now().Add(time.Hour) }
	pos := positionOf(b, s)
	b.ReportAllocs()
	for b.Loop() {
		same := 0
		for c, err := range s.Pull(b.Context(), pos) {
			if err != nil {
				b.Fatal(err)
			}
			if _, ok := c.(connectors.Same); ok {
				same++
			}
		}
		if same != n {
			b.Fatalf("%d are the same", same)
		}
	}
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "files/s")
}
