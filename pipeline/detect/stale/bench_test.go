package stale

import (
	"strings"
	"testing"

	"freshet/pipeline/detect/bench"
)

// passagesOf cuts Markdown at its headings, as the chunker does for short sections.
func passagesOf(body string) []Passage {
	var out []Passage
	var heading []string
	var lines []string
	flush := func() {
		if text := strings.TrimSpace(strings.Join(lines, "\n")); text != "" {
			out = append(out, Passage{Heading: heading, Text: text})
		}
		lines = nil
	}
	for line := range strings.SplitSeq(body, "\n") {
		if name, is := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); is && strings.HasPrefix(line, "#") {
			flush()
			heading = []string{name}
			continue
		}
		lines = append(lines, line)
	}
	flush()
	return out
}

// The rules were chosen on the development half of the bench, among others.
func TestExpiredDatesOfTheBench(t *testing.T) {
	for seed := range uint64(3) {
		set, err := bench.Generate("dev", seed+1)
		if err != nil {
			t.Fatal(err)
		}
		planted := map[string][]bench.Plant{} // by page
		n := 0
		for _, p := range set.Plants {
			planted[p.A.Page] = append(planted[p.A.Page], p)
			if p.Kind == bench.Expired {
				n++
			}
		}
		found, wrong := map[string]bool{}, 0
		for i := range set.Pages {
			p := &set.Pages[i]
			f := &Facts{Title: p.Title, URL: p.URL, Path: p.Path, Locale: p.Locale, Class: p.Class, Modified: p.Modified, Owner: "a", Passages: passagesOf(p.Body)}
			v := new(Rules).Judge(f, set.Now)
			s := v.Signal(ExpiredText)
			if s == nil || s.Severity == Low {
				continue
			}
			for _, e := range s.Evidence {
				hit := false
				for _, plant := range planted[p.ID] {
					if plant.Kind == bench.Expired && (strings.Contains(plant.A.Quote, e.Sentence) || strings.Contains(e.Sentence, plant.A.Quote)) {
						found[plant.ID], hit = true, true
					}
				}
				if !hit {
					wrong++
					t.Logf("seed %d, %s: %q is not planted", seed+1, p.ID, e.Sentence)
				}
			}
		}
		for _, p := range set.Plants {
			if p.Kind == bench.Expired && !found[p.ID] {
				t.Logf("seed %d: missed %q", seed+1, p.A.Quote)
			}
		}
		t.Logf("seed %d: %d of %d found, %d more flagged", seed+1, len(found), n, wrong)
		if n < 5 || len(found)*100 < n*95 || wrong*20 > len(found) {
			t.Errorf("seed %d: %d of %d found, %d more flagged", seed+1, len(found), n, wrong)
		}
	}
}
