package pipeline

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"freshet/index/catalog"
	"freshet/pipeline/extract"
)

func TestADocumentSaysWhatItsSourceDoesNot(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	text := &extract.Text{Version: "docx/3", Title: "Its own title", Language: "fr", Properties: map[string]string{
		"author": "Ann  Bee\n", "keywords": "roof, tiles", "subject": "", "description": "left out", "created": "2024-03-01T09:30:00.1239Z", "modified": "2025-01-02T00:00:00+02:00"}}
	got := effective(catalog.Details{URI: "https://example.org/a"}, text, "a", now)
	want := catalog.Details{URI: "https://example.org/a", Title: "Its own title", Locale: "fr", Form: "docx", Metadata: map[string]string{"author": "Ann Bee", "keywords": "roof, tiles"},
		Created: time.Date(2024, 3, 1, 9, 30, 0, 123e6, time.UTC), Modified: time.Date(2025, 1, 1, 22, 0, 0, 0, time.UTC)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(catalog.Details{URI: "https://example.org/a"}, asListed(got, text, "a", now)); diff != "" {
		t.Errorf("what the text said is taken back:\n%s", diff)
	}

	said := catalog.Details{Title: "As listed", Locale: "en", Created: now.Add(-time.Hour), Modified: now, Metadata: map[string]string{"author": "Cy", "k": "v"}}
	got = effective(said, text, "a", now)
	want = said
	want.Form, want.Metadata = "docx", map[string]string{"author": "Cy", "k": "v", "keywords": "roof, tiles"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(said.Metadata) != 2 {
		t.Errorf("the source's own map was written to: %v", said.Metadata)
	}
	if diff := cmp.Diff(said, asListed(got, text, "a", now)); diff != "" {
		t.Errorf("what the source said stays:\n%s", diff)
	}
}

func TestDatesThatCannotBeAreNotBelieved(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	for _, date := range []string{"", "yesterday", "2026-11-20", "2026-11-20T09:00:01Z", "2999-01-01T00:00:00Z", "1989-12-31T23:59:59Z", "1980-01-01T00:00:00Z", "0001-01-01T00:00:00Z"} {
		if got := believed(date, now); !got.IsZero() {
			t.Errorf("%q is believed: %s", date, got)
		}
	}
	if got := believed("1990-01-01T00:00:00Z", now); !got.Equal(oldestBelieved) {
		t.Error(got)
	}
}
