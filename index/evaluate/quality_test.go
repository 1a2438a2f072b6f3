package evaluate

import (
	"fmt"
	"math"
	"testing"

	"freshet/index/retrieve"
)

// typoSeeds are the seeds over which typing errors are averaged.
var typoSeeds = []uint64{1, 2, 3, 4, 5}

// misspelt returns the mean over the seeds of mrr@10 under typing errors.
func (b *bench) misspelt(t testing.TB, request retrieve.Request) float64 {
	t.Helper()
	request.Base, request.Limit = "b", 20 // two passages of each of ten pages
	sum := 0.0
	for _, seed := range typoSeeds {
		lines := make([]Line, len(b.questions))
		for i, q := range b.questions {
			request.Query = Misspell(q.Question, seed)
			resp, err := b.retriever.Search(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			lines[i].Expected = q.Expected
			lines[i].rank(resp.Hits)
		}
		sum += MRR10(lines)
	}
	return sum / float64(len(typoSeeds))
}

// titles of the set's pages with the pages under each.
func (s set) titles() []Titled {
	at := make(map[string]int)
	var list []Titled
	for _, p := range s.pages {
		if p.title == "" {
			continue
		}
		if i, ok := at[p.title]; ok {
			list[i].Documents = append(list[i].Documents, p.id)
			continue
		}
		at[p.title] = len(list)
		list = append(list, Titled{p.title, []string{p.id}})
	}
	return list
}

func show(figure func([]Line) float64, lines []Line) string {
	v := figure(lines)
	if math.IsNaN(v) {
		return "-"
	}
	i := Interval(lines, figure)
	return fmt.Sprintf("%.3f [%.3f, %.3f]", v, i[0], i[1])
}

func auroc3(lines []Line) float64   { return answerable(lines, 3) }
func aurocAll(lines []Line) float64 { return answerable(lines, math.MaxInt) }

// figures are what a set must reach at least; 0: nothing is asked of it.
type figures struct{ mrr10, mean, top5, auroc, typos float64 }

// report logs the figures of a set, first with the default model of the answer
// state, then with the one calibrated on the base's own titles, and fails where
// they are under least.
func (b *bench) report(t *testing.T, least figures) {
	t.Helper()
	lines := b.run(t, retrieve.Request{})
	t.Logf("%s: %d pages, %d chunks, %d questions, weights %+v", b.name, len(b.pages), len(b.store.ids), len(b.questions), b.store.terms.Titles("b").Weights())
	t.Logf("  hit@1 %s  mrr@10 %s  map %s", show(hitAt(1), lines), show(MRR10, lines), show(MAP, lines))
	t.Logf("  answer in first %s, first five %s", show(answerIn(1), lines), show(answerIn(5), lines))
	clean := MRR10(lines)
	with, without := b.misspelt(t, retrieve.Request{}), b.misspelt(t, retrieve.Request{NoSpeller: true})
	t.Logf("  mrr@10 under typing errors %.3f (%+.1f %%), speller off %.3f (%+.1f %%)", with, 100*(with/clean-1), without, 100*(without/clean-1))
	b.reportAnswers(t, "default model", lines)
	model, err := Calibrate(t.Context(), b.retriever.Search, "b", b.titles(), retrieve.DefaultModel())
	if err != nil {
		t.Fatal(err)
	}
	b.base.Model = model
	calibrated := b.run(t, retrieve.Request{})
	b.reportAnswers(t, "calibrated on own titles", calibrated)
	for name, c := range map[string]struct{ got, least float64 }{
		"mrr@10": {clean, least.mrr10}, "map": {MAP(lines), least.mean}, "answer_in_top5": {answerIn(5)(lines), least.top5},
		"answerable_auroc": {auroc3(calibrated), least.auroc}, "share of mrr@10 left under typing errors": {with / clean, least.typos},
	} {
		if c.got < c.least {
			t.Errorf("%s: %s is %.3f, it must be at least %.3f", b.name, name, c.got, c.least)
		}
	}
}

func (b *bench) reportAnswers(t *testing.T, name string, lines []Line) {
	t.Helper()
	t.Logf("  %s: auroc %s, all questions %s, found %s, false answers %s", name,
		show(auroc3, lines), show(aurocAll, lines), show(foundRate, lines), show(falseAnswers, lines))
}

// Weights, features and models are chosen on these sets alone.
func TestQualityOnTheDevelopmentSets(t *testing.T) {
	skipRaced(t)
	for _, s := range extras(t)[:2] {
		indexed(s).report(t, figures{mrr10: 0.85})
	}
	indexed(servicepublic(t)).report(t, figures{mrr10: 0.87, top5: 0.85, auroc: 0.85, typos: 0.9})
	indexed(covid(t)).report(t, figures{mrr10: 0.67, typos: 0.9})
}

// These sets are reported, never chosen on.
func TestQualityOnTheReportedSets(t *testing.T) {
	skipRaced(t)
	indexed(cnil(t)).report(t, figures{mrr10: 0.62, typos: 0.9})
	indexed(stackexchange(t)).report(t, figures{mean: 0.74, auroc: 0.80, typos: 0.9})
}

// skipRaced leaves the figures to the plain run: they take minutes with the race
// detector, and nothing in them runs at the same time.
func skipRaced(t *testing.T) {
	t.Helper()
	if raced {
		t.Skip("figures are measured without -race")
	}
}
