package judge

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// predicts replies as Text Embeddings Inference does to two pairs.
func predicts(labels string, first, second [3]float64) answer {
	names := strings.Fields(labels)
	return func(_ int, w http.ResponseWriter, _ request) {
		list := func(p [3]float64) string {
			return fmt.Sprintf(`[{"score":%v,"label":%q},{"score":%v,"label":%q},{"score":%v,"label":%q}]`, p[0], names[0], p[1], names[1], p[2], names[2])
		}
		fmt.Fprintf(w, `[%s,%s]`, list(first), list(second))
	}
}

func TestNLI(t *testing.T) {
	const labels = "contradiction neutral entailment"
	for name, c := range map[string]struct {
		do   answer
		want Answer
		why  Why
		err  string
	}{
		"both directions":   {predicts(labels, [3]float64{.97, .02, .01}, [3]float64{.91, .08, .01}), Conflict, "", ""},
		"capitals":          {predicts("CONTRADICTION NEUTRAL ENTAILMENT", [3]float64{.97, .02, .01}, [3]float64{.91, .08, .01}), Conflict, "", ""},
		"one direction":     {predicts(labels, [3]float64{.97, .02, .01}, [3]float64{.89, .1, .01}), Unsure, WhyNeutral, ""},
		"they agree":        {predicts(labels, [3]float64{.01, .02, .97}, [3]float64{.05, .9, .05}), Compatible, "", ""},
		"neutral":           {predicts(labels, [3]float64{.1, .8, .1}, [3]float64{.1, .8, .1}), Unsure, WhyNeutral, ""},
		"labels of numbers": {predicts("LABEL_0 LABEL_1 LABEL_2", [3]float64{.97, .02, .01}, [3]float64{.91, .08, .01}), Unsure, Why(Malformed), "doubts.judge.contradiction"},
		"raw scores":        {predicts(labels, [3]float64{4.2, -1, .3}, [3]float64{3, 1, 0}), Unsure, Why(Malformed), "raw scores"},
		"all ones":          {predicts(labels, [3]float64{1, 1, 1}, [3]float64{1, 1, 1}), Unsure, Why(Malformed), "add up"},
		"one list":          {status(200, `[[{"label":"contradiction","score":1}]]`), Unsure, Why(Malformed), "two pairs"},
		"a list of labels":  {status(200, `[{"label":"contradiction","score":1}]`), Unsure, Why(Malformed), "shape"},
		"empty lists":       {status(200, `[[],[]]`), Unsure, Why(Malformed), "add up"},
		"not a classifier":  {status(424, `{"error":"`+"`predict` is not available for embedding models"+`","error_type":"backend"}`), Unsure, Why(Rejected), "not available"},
		"busy":              {then(status(429, `{"error":"Model is overloaded","error_type":"overloaded"}`), predicts(labels, [3]float64{.97, .02, .01}, [3]float64{.91, .08, .01})), Conflict, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, c.do, func(o *Options) { o.Kind, o.Model = NLI, "" })
			v, err := w.j.Run()(t.Context(), question)
			if v.Answer != c.want || v.Why != c.why || (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Fatalf("%+v, %v", v, err)
			}
			if v.Answer == Conflict && (v.QuoteA != question.A.Sentence || !strings.Contains(v.QuoteB, "30 jours")) {
				t.Errorf("quotes %q, %q", v.QuoteA, v.QuoteB)
			}
			var sent predictRequest
			if err := json.Unmarshal(w.requests[0].body, &sent); err != nil || w.requests[0].path != "/predict" || len(sent.Inputs) != 2 || sent.Inputs[0][0] != sent.Inputs[1][1] {
				t.Errorf("%s got %s", w.requests[0].path, w.requests[0].body)
			}
			if !strings.HasPrefix(sent.Inputs[1][0], "Aide > Délais: Vous") && !strings.HasPrefix(sent.Inputs[0][0], "Aide > Délais: Vous") {
				t.Errorf("the heading is not sent: %q", sent.Inputs)
			}
		})
	}
}

func TestNLILabelsCanBeNamed(t *testing.T) {
	w := newWorld(t, predicts("LABEL_0 LABEL_1 LABEL_2", [3]float64{.97, .02, .01}, [3]float64{.91, .08, .01}), func(o *Options) {
		o.Kind, o.Contradiction = NLI, "LABEL_0"
	})
	if v, err := w.j.Run()(t.Context(), question); err != nil || v.Answer != Conflict || v.Confidence != .91 {
		t.Errorf("%+v, %v", v, err)
	}
}
