package duplicate_test

import (
	"strings"
	"testing"

	"freshet/connectors/connectortest"
	"freshet/pipeline/detect/duplicate"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/formats"
)

// cnil reads the pages of faq-fr-cnil, on which rules are chosen.
func cnil(t testing.TB) []duplicate.Page {
	t.Helper()
	x := formats.New(formats.Config{})
	var out []duplicate.Page
	type row struct{ Title, URL, HTML string }
	connectortest.EachLine(t, "faq-fr-cnil/kb_html.jsonl", func(r row) {
		p := readPage(t, x, r.Title, r.HTML, extract.Options{MediaType: "text/html", Locale: "fr"})
		p.Address = r.URL
		out = append(out, p)
	})
	return out
}

// What is found among the pages as they are. The exact ones and the near ones are copies
// (many titles end with "(Copie)"); the family of pages "... : que faire ?", made from one
// template, is none.
func TestPagesOfCnil(t *testing.T) {
	pages := cnil(t)
	count := duplicate.NewCount()
	for i := range pages {
		count.Add(pages[i].Sentences())
	}
	learned := count.Learned()
	var readings []*duplicate.Reading
	for _, p := range pages {
		readings = append(readings, duplicate.ReadPage(p, learned))
	}
	pairs, holders := candidates(readings)
	found := map[duplicate.Relation]int{}
	for pair := range pairs {
		a, b := readings[pair[0]], readings[pair[1]]
		v := duplicate.Pages(a, b, duplicate.Rules{Holders: holders})
		found[v.Relation]++
		if v.Relation == duplicate.Different && v.Why == "" {
			continue
		}
		t.Logf("%s %s J=%.2f A=%.2f B=%.2f: %s / %s", v.Relation, v.Why, v.Likeness.Jaccard, v.CoverA, v.CoverB, a.Page.Title, b.Page.Title)
		for _, s := range v.Stretches {
			t.Logf("   %d words: %s", s.Words, s.A)
			if !strings.Contains(a.Page.Passages[s.InA].Text, s.A) || !strings.Contains(b.Page.Passages[s.InB].Text, s.B) {
				t.Errorf("a stretch is not in its passages: %q, %q", s.A, s.B)
			}
		}
		if (v.Relation == duplicate.Equal || v.Relation == duplicate.Nearly) && a.Page.Title != b.Page.Title && strings.HasSuffix(a.Page.Title, ": que faire ?") && strings.HasSuffix(b.Page.Title, ": que faire ?") {
			t.Errorf("pages of one template are duplicates: %s / %s", a.Page.Title, b.Page.Title)
		}
	}
	t.Logf("%d pages, %d boilerplate sentences, %d candidates: %v", len(pages), learned.Len(), len(pairs), found)
	if found[duplicate.Equal] < 15 || found[duplicate.Nearly] < 3 {
		t.Errorf("copies are missed: %v", found)
	}
	if found[duplicate.Shared] > 60 {
		t.Errorf("what a template says is taken for shared passages: %v", found)
	}
}
