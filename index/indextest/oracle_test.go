package indextest

import (
	"testing"

	"freshet/index"
)

func TestOracle(t *testing.T) {
	Run(t, func(t *testing.T, space index.Space) index.Store { return NewOracleIn(space) })
}

func TestJudgeRefusesWrongAnswers(t *testing.T) {
	oracle := NewOracle()
	points := []index.Point{words(ID(1), "help", 1, 7, 8), words(ID(2), "help", 1, 7), words(ID(3), "help", 1, 7), words(ID(4), "legal", 1, 7)}
	must(t, oracle.Upsert(t.Context(), points))
	q := word("help", 7, 8)
	q.Limit, q.Explain = 2, 1
	right := ask(t, oracle, q)[0]
	must(t, oracle.Judge(q, right, 0))
	for name, spoil := range map[string]func(r *index.Result){
		"a hit is missing": func(r *index.Result) { r.Hits = r.Hits[:1] },
		"the best is left out": func(r *index.Result) {
			r.Hits = []index.Hit{{ID: ID(2), Score: 1, Terms: []float32{1, 0}}, {ID: ID(3), Score: 1}}
		},
		"a hit of another base":     func(r *index.Result) { r.Hits[1].ID = ID(4) },
		"a hit occurs twice":        func(r *index.Result) { r.Hits[1] = index.Hit{ID: r.Hits[0].ID, Score: r.Hits[0].Score} },
		"a wrong score":             func(r *index.Result) { r.Hits[1].Score += 0.1 },
		"the order is turned round": func(r *index.Result) { r.Hits[0], r.Hits[1] = r.Hits[1], r.Hits[0] },
		"an explanation is missing": func(r *index.Result) { r.Hits[0].Terms = nil },
		"an explanation too many":   func(r *index.Result) { r.Hits[1].Terms = []float32{1, 0} },
		"a wrong contribution":      func(r *index.Result) { r.Hits[0].Terms[0] += 0.1 },
	} {
		wrong := ask(t, oracle, q)[0]
		spoil(&wrong)
		if oracle.Judge(q, wrong, 0.005) == nil {
			t.Errorf("%s, and the judge does not mind", name)
		}
	}
	tie := ask(t, oracle, word("help", 7))[0]
	tie.Hits[0], tie.Hits[2] = tie.Hits[2], tie.Hits[0]
	if oracle.Judge(word("help", 7), tie, 0.005) == nil {
		t.Error("ties are out of order, and the judge does not mind")
	}
}
