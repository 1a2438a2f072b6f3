package main

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

const somePairs = `{"id": "x", "a": "Send the equipment back within 14 days after the contract ends.", "b": "Send the equipment back within 30 days after the contract ends.", "conflict": 1}
{"id": 2, "a": "Les chèques sont acceptés en magasin.", "b": "Les chèques ne sont plus acceptés en magasin.", "conflict": 1}

{"a": "The pool opens at nine.", "b": "Parcels are sent on Fridays.", "conflict": 0}
`

func TestPairsAreComparedAndReported(t *testing.T) {
	lines, err := readPairs(strings.NewReader(somePairs))
	if err != nil {
		t.Fatal(err)
	}
	results := comparePairs(lines)
	r := reportPairs(results)
	if r.Pairs != 3 || r.Conflicts != 2 || r.Flagged != 2 {
		t.Errorf("got %+v, want 3 pairs, 2 of them contradictions, 2 flagged", r)
	}
	for name, v := range map[string]*float64{"precision": r.Precision, "recall": r.Recall, "f1": r.F1, "auroc": r.AUROC, "average precision": r.AveragePrecision} {
		if v == nil || math.Abs(*v-1) > 1e-9 {
			t.Errorf("%s is %v, want 1", name, v)
		}
	}
	if x := results[0]; string(x.ID) != `"x"` || x.ValueA != "14 days" || x.ValueB != "30 days" || x.Tier != "likely" || x.Reason == "" {
		t.Errorf("got %+v", x)
	}
	if string(results[1].ID) != "2" || string(results[2].ID) != "4" || results[2].Tier != "" {
		t.Errorf("got %+v and %+v", results[1], results[2])
	}
	if _, err := json.Marshal(results); err != nil {
		t.Error(err)
	}
}

func TestPairsThatCannotBeReadAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "no pairs",
		"\n{":                            "line 2",
		`{"a": "x", "conflict": 1}`:      "two texts",
		`{"a": "x", "b": "y"}`:           `"conflict"`,
		`{"a":"x","b":"y","conflict":2}`: `"conflict"`,
	} {
		if _, err := readPairs(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want a sentence with %q", text, err, want)
		}
	}
}

func TestAveragePrecisionCountsTiesAtTheLast(t *testing.T) {
	results := []pairResult{{P: 0.9, right: true}, {P: 0.5}, {P: 0.5, right: true}, {P: 0.1}}
	if got, want := averagePrecision(results, 2), (1+2.0/3)/2; math.Abs(got-want) > 1e-9 {
		t.Errorf("got %v, want %v", got, want)
	}
}
