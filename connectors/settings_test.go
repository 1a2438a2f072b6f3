package connectors

import (
	"strings"
	"testing"
	"time"
)

func testKind() Kind {
	return Kind{Name: "files", Fields: []Field{
		{Key: "location", Type: String, Required: true, Help: "the folder"},
		{Key: "include", Type: Strings},
		{Key: "limit", Type: Int, Default: 10},
		{Key: "format", Type: String, OneOf: []string{"html", "text"}},
		{Key: "timeout", Type: Duration, Default: time.Minute},
		{Key: "facets", Type: Map},
	}}
}

func TestParseFillsDefaultsAndConverts(t *testing.T) {
	got, err := testKind().Parse(map[string]any{"location": "docs", "include": "*.md", "timeout": "2d", "limit": uint64(3)})
	if err != nil {
		t.Fatal(err)
	}
	if got.String("location") != "docs" || got.Strings("include")[0] != "*.md" || got.Duration("timeout") != 48*time.Hour || got.Int("limit") != 3 {
		t.Fatalf("got %v", got)
	}
}

func TestParseNamesEveryProblemAndTheNearestKey(t *testing.T) {
	_, err := testKind().Parse(map[string]any{"locaton": "docs", "limit": "many", "format": "pdf"})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{`did you mean "location"?`, `"limit" must be a whole number`, `one of html, text`, `"location" is missing`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
}

func TestEqualSettingsHaveEqualDigests(t *testing.T) {
	k := testKind()
	a, _ := k.Parse(map[string]any{"location": "docs", "facets": map[string]any{"a": "1", "b": 2}})
	b, _ := k.Parse(map[string]any{"facets": map[string]any{"b": "2", "a": 1}, "location": "docs"})
	c, _ := k.Parse(map[string]any{"location": "docs2"})
	if a.Digest() != b.Digest() || a.Digest() == c.Digest() {
		t.Fatalf("digests %s %s %s", a.Digest(), b.Digest(), c.Digest())
	}
}

func TestAccessFailsClosed(t *testing.T) {
	ann, staff := Principal("user:ann"), Principal("group:staff")
	cases := []struct {
		name   string
		access Access
		have   []Principal
		want   bool
	}{
		{"unknown is nobody", Access{Public: true}, []Principal{ann}, false},
		{"public is everybody", Public(), nil, true},
		{"known without lists is nobody", Access{Known: true}, []Principal{ann}, false},
		{"one of each list", Access{Known: true, AnyOf: [][]Principal{{ann, "user:bob"}, {staff}}}, []Principal{ann, staff}, true},
		{"one list missing", Access{Known: true, AnyOf: [][]Principal{{ann}, {staff}}}, []Principal{ann}, false},
		{"an empty list is nobody", Access{Known: true, AnyOf: [][]Principal{{ann}, {}}}, []Principal{ann}, false},
	}
	for _, c := range cases {
		if got := c.access.Allows(c.have); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]time.Duration{"90s": 90 * time.Second, "30d": 720 * time.Hour, "2w": 336 * time.Hour, "1h30m": 90 * time.Minute} {
		if got, err := ParseDuration(in); err != nil || got != want {
			t.Errorf("%s: %v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "d", "-1h", "1x", "99999999999d", "1.5d", "3 d x"} {
		if got, err := ParseDuration(in); err == nil {
			t.Errorf("%q gave %v", in, got)
		}
	}
}
