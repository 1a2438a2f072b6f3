package evaluate

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"freshet/index"
	"freshet/index/retrieve"
)

func TestReadQuestions(t *testing.T) {
	got, err := ReadQuestions(strings.NewReader("\ufeff{\"question\":\" a \",\"expected\":[\"1\"]}\n\n{\"question\":\"b\",\"answer\":\"x\"}\n"))
	if err != nil || len(got) != 2 || got[0].Question != "a" || got[0].Expected[0] != "1" || got[1].Answer != "x" {
		t.Fatalf("%+v, %v", got, err)
	}
	for name, c := range map[string]struct{ text, says string }{
		"not JSON":      {"{\"question\":\"a\"}\nnonsense", "line 2"},
		"no question":   {"{\"expected\":[\"1\"]}", "line 1 has no question"},
		"nothing":       {"\n\n", "there is none"},
		"a huge line":   {strings.Repeat("x", maxLine+1), "line 1"},
		"another shape": {"[1]", "line 1"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ReadQuestions(strings.NewReader(c.text)); !errors.Is(err, ErrQuestions) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want %q", err, c.says)
			}
		})
	}
}

func FuzzReadQuestions(f *testing.F) {
	f.Add("{\"question\":\"a\",\"expected\":[\"1\"]}")
	f.Fuzz(func(t *testing.T, s string) {
		list, err := ReadQuestions(strings.NewReader(s))
		if err == nil && (len(list) == 0 || slices.ContainsFunc(list, func(q Question) bool { return q.Question == "" })) {
			t.Fatalf("%+v", list)
		}
	})
}

// answers is a Search with the same pages for every question.
func answers(pages ...string) Search {
	return func(_ context.Context, r retrieve.Request) (retrieve.Response, error) {
		resp := retrieve.Response{Answer: retrieve.Answer{State: retrieve.Found, Confidence: 0.9}}
		for _, p := range pages {
			d := index.DocumentInfo{ExternalID: p, URL: "https://example.org/" + p}
			if r.Without != nil && r.Without(&d) {
				resp.Answer.State, resp.Answer.Confidence = retrieve.None, 0.1
				continue
			}
			resp.Hits = append(resp.Hits, retrieve.Hit{Text: "the text  of\n" + p, Document: retrieve.Document{ID: p, URL: d.URL}})
		}
		resp.Hits = resp.Hits[:min(len(resp.Hits), r.Limit)]
		return resp, nil
	}
}

func TestAPageRanksWhereItsFirstPassageDoes(t *testing.T) {
	lines, err := Run(t.Context(), []Question{
		{Question: "q", Expected: []string{"c", "https://example.org/d"}, Answer: "text of c"},
		{Question: "q", Expected: []string{"z"}, Answer: "text of z"},
		{Question: "q"},
	}, Options{Search: answers("a", "a", "b", "c", "d", "c")})
	if err != nil {
		t.Fatal(err)
	}
	if l := lines[0]; l.Rank != 3 || math.Abs(l.AP-(1.0/3+2.0/4)/2) > 1e-9 || l.AnswerAt != 4 || !slices.Equal(l.Pages, []string{"a", "b", "c", "d"}) {
		t.Errorf("%+v", l)
	}
	if l := lines[0]; l.Without == nil || l.Without.State != retrieve.None {
		t.Errorf("the pages were not left out: %+v", l.Without)
	}
	if l := lines[1]; l.Rank != 0 || l.AP != 0 || l.AnswerAt != 0 || !l.HasAnswer {
		t.Errorf("%+v", l)
	}
	if l := lines[2]; l.Without != nil || l.HasAnswer {
		t.Errorf("%+v", l)
	}
}

func TestSummary(t *testing.T) {
	line := func(rank int, confidence, without float64, state retrieve.State) Line {
		return Line{Expected: []string{"x"}, Rank: rank, State: retrieve.Found, Confidence: confidence, Without: &Verdict{State: state, Confidence: without}}
	}
	r := Summarise([]Line{
		line(1, 0.9, 0.2, retrieve.None), line(2, 0.8, 0.85, retrieve.Found), line(0, 0.1, 0.3, retrieve.None), line(20, 0.5, 0.4, retrieve.Uncertain),
		{State: retrieve.None, Confidence: 0.05},
	})
	for name, c := range map[string]struct {
		got  *float64
		want float64
	}{
		"hit@1": {r.Hit1, 0.25}, "hit@3": {r.Hit3, 0.5}, "hit@10": {r.Hit10, 0.5}, "mrr@10": {r.MRR10, 1.5 / 4},
		// Of the found, 0.9 is above all five, 0.8 above four.
		"auroc": {r.AnswerableAUROC, 9.0 / 10}, "false answers": {r.FalseAnswerRate, 1.0 / 5}, "found": {r.FoundRate, 1},
	} {
		if c.got == nil || math.Abs(*c.got-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	if r.AnswerTop1 != nil {
		t.Error("no question has an answer to look for")
	}
	if i := r.Intervals["mrr@10"]; i[0] < 0 || i[1] > 1 || i[0] > *r.MRR10 || i[1] < *r.MRR10 {
		t.Errorf("interval %v", i)
	}
}

func TestAUROC(t *testing.T) {
	for _, c := range []struct {
		yes, no []float64
		want    float64
	}{
		{[]float64{2, 3}, []float64{0, 1}, 1}, {[]float64{0}, []float64{1}, 0}, {[]float64{1}, []float64{1}, 0.5},
		{[]float64{1, 2}, []float64{1, 1, 3}, (1 + 2) / 6.0},
	} {
		if got := AUROC(c.yes, c.no); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v over %v: %v, want %v", c.yes, c.no, got, c.want)
		}
	}
	if !math.IsNaN(AUROC(nil, []float64{1})) {
		t.Error("of nothing")
	}
}

func TestMisspelling(t *testing.T) {
	const question = "Comment faire rembourser mes lunettes par la mutuelle ?"
	words := strings.Fields(question)
	changed, long := 0, 0
	for seed := range uint64(400) {
		got := Misspell(question, seed)
		if got != Misspell(question, seed) {
			t.Fatal("the same seed gives another text")
		}
		for i, w := range strings.Fields(got) {
			switch {
			case len(words[i]) < typoLetters && w != words[i]:
				t.Fatalf("%q became %q", words[i], w)
			case len(words[i]) >= typoLetters:
				long++
				if w != words[i] {
					changed++
				}
			}
		}
	}
	if share := float64(changed) / float64(long); share < 0.45 || share > 0.55 {
		t.Errorf("%.2f of the long words were changed", share)
	}
}

func TestFitRecoversAModelAndStaysNearItsPriorWithoutEvidence(t *testing.T) {
	truth := retrieve.Model{Bias: -1}
	truth.Weights[0], truth.Weights[2] = 3, -2
	var samples []Sample
	var keep retrieve.Features
	keep[0], keep[2] = 1, 1
	for i := range 400 {
		var f retrieve.Features
		f[0], f[1], f[2] = float64(i%20)/20, 0.5, float64(i/20)/20
		p := truth.Confidence(f)
		samples = append(samples, Sample{f, true, p}, Sample{f, false, 1 - p})
	}
	got := Fit(samples, &retrieve.Model{Found: 0.7}, 1e-6, keep)
	for i, want := range truth.Weights {
		if math.Abs(got.Weights[i]-want) > 0.01 {
			t.Errorf("weight %d: %v, want %v", i, got.Weights[i], want)
		}
	}
	if math.Abs(got.Bias-truth.Bias) > 0.01 || got.Found != 0.7 {
		t.Errorf("bias %v, found %v", got.Bias, got.Found)
	}
	near := Fit(samples[:2], &truth, 1e9, keep)
	if math.Abs(near.Weights[0]-3) > 1e-3 {
		t.Errorf("weight %v moved without evidence", near.Weights[0])
	}
}

func TestTitleQuestionsAreRewordedAndRepeatable(t *testing.T) {
	titles := []Titled{{"How do I reset my password", []string{"1"}}, {"Where can I collect parcels", []string{"2", "3"}}, {"FAQ", []string{"4"}}}
	a, b := TitleQuestions(titles, 10, 1), TitleQuestions(titles, 10, 1)
	if len(a) != len(b) || len(a) == 0 {
		t.Fatalf("%d and %d questions", len(a), len(b))
	}
	for i := range a {
		if a[i].Question != b[i].Question || a[i].Question == titles[0].Title || len(a[i].Expected) == 0 {
			t.Errorf("%+v, %+v", a[i], b[i])
		}
	}
	if got := TitleQuestions(titles, 1, 2); len(got) > 1 {
		t.Errorf("%d questions, at most 1", len(got))
	}
}

func TestABaseWithFewTitlesKeepsThePrior(t *testing.T) {
	prior := retrieve.DefaultModel()
	got, err := Calibrate(t.Context(), answers("a"), "b", []Titled{{"One title only", []string{"a"}}}, prior)
	if err != nil || got != prior {
		t.Errorf("%v, %v", got, err)
	}
}
