package duplicate_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"freshet/pipeline/chunk"
	"freshet/pipeline/detect/bench"
	"freshet/pipeline/detect/duplicate"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/formats"
)

// readPage extracts and cuts a document as a sync does.
func readPage(t testing.TB, x *formats.Extractor, title, body string, o extract.Options) duplicate.Page {
	t.Helper()
	text, err := x.Extract(context.Background(), strings.NewReader(body), o)
	if err != nil {
		t.Fatalf("%s: %v", title, err)
	}
	if title != "" {
		text.Title = title
	}
	pieces, err := chunk.Split(text, chunk.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := duplicate.Page{Title: text.Title, Locale: o.Locale}
	for _, c := range pieces {
		p.Passages = append(p.Passages, duplicate.Passage{Heading: c.Heading, Question: c.Question, Text: c.Text})
	}
	return p
}

// candidates are the pairs of readings that share a key, and how many have each.
func candidates(readings []*duplicate.Reading) (map[[2]int]bool, func(uint64) int) {
	holders := map[uint64][]int{}
	for i, r := range readings {
		keys := r.Keys()
		for _, s := range r.Passages {
			keys = append(keys, s.Keys()...)
		}
		for _, k := range keys {
			if h := holders[k]; len(h) == 0 || h[len(h)-1] != i {
				holders[k] = append(h, i)
			}
		}
	}
	out := map[[2]int]bool{}
	for _, list := range holders {
		for n, i := range list {
			for _, j := range list[n+1:] {
				out[[2]int{i, j}] = true
			}
		}
	}
	return out, func(key uint64) int { return len(holders[key]) }
}

func TestBenchDev(t *testing.T) {
	for seed := range uint64(3) {
		set, err := bench.Generate(bench.Dev, seed+1)
		if err != nil {
			t.Fatal(err)
		}
		x := formats.New(formats.Config{})
		count := duplicate.NewCount()
		var pages []duplicate.Page
		for i := range set.Pages {
			p := &set.Pages[i]
			page := readPage(t, x, p.Title, p.Body, extract.Options{MediaType: "text/markdown", Locale: p.Locale})
			page.Facets, page.Group, page.Address = p.Facets, p.Translation, p.URL
			pages = append(pages, page)
			count.Add(page.Sentences())
		}
		learned := count.Learned()
		var readings []*duplicate.Reading
		for _, p := range pages {
			readings = append(readings, duplicate.ReadPage(p, learned))
		}
		var found []bench.Found
		pairs, holders := candidates(readings)
		for pair := range pairs {
			v := duplicate.Pages(readings[pair[0]], readings[pair[1]], duplicate.Rules{Holders: holders})
			a, b := set.Pages[pair[0]].ID, set.Pages[pair[1]].ID
			if v.Why != "" {
				t.Logf("%s / %s: %s %s", a, b, v.Relation, v.Why)
			}
			if !v.Duplicate() {
				continue
			}
			members := []bench.FoundMember{{Page: a}, {Page: b}}
			if len(v.Stretches) > 0 {
				members[0].Text, members[1].Text = v.Stretches[0].A, v.Stretches[0].B
			}
			found = append(found, bench.Found{Kind: bench.Duplicate, Tier: bench.Likely, Members: members})
		}
		report := bench.Score(set, found)
		for _, r := range report.Rows {
			if r.Name == "duplicates" {
				if r.Recall < 0.98 || r.Precision < 0.98 {
					t.Errorf("seed %d: precision %.3f, recall %.3f", seed+1, r.Precision, r.Recall)
				}
				t.Logf("seed %d: %+v, boilerplate %d, candidates %d of %d pages", seed+1, r, learned.Len(), len(pairs), len(pages))
			}
		}
		for i := range set.Plants {
			p := &set.Plants[i]
			joined := func(f bench.Found) bool {
				return f.Members[0].Page == p.A.Page && f.Members[1].Page == p.B.Page || f.Members[0].Page == p.B.Page && f.Members[1].Page == p.A.Page
			}
			if p.Kind == bench.Duplicate && !slices.ContainsFunc(found, joined) {
				t.Logf("missed %s %s: %s / %s\n%s\n%s", p.ID, p.Level, p.A.Page, p.B.Page, p.A.Quote, p.B.Quote)
			}
		}
		for _, f := range report.Flags {
			t.Logf("false: %s", fmt.Sprintf("%+v", f))
		}
	}
}
