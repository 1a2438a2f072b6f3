package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"freshet/connectors/connectortest"
)

// A question as `eval retrieval` reads it.
type golden struct {
	Question string   `json:"question"`
	Expected []string `json:"expected"`
	Answer   string   `json:"answer,omitempty"`
}

// goldenOf reads a set's questions. One wording may stand in several lines: then
// every page that one of them expects is right.
func goldenOf(t *testing.T, name string, expected func(map[string]any) []string) []golden {
	t.Helper()
	var out []golden
	at := map[string]int{}
	connectortest.EachLine(t, name, func(v map[string]any) {
		text := v["question"].(string)
		key := strings.ToLower(text)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, golden{Question: text})
		}
		out[i].Expected = append(out[i].Expected, expected(v)...)
		if answers, ok := v["answers"].([]any); ok && len(answers) > 0 {
			out[i].Answer, _ = answers[0].(map[string]any)["text"].(string)
		}
	})
	return out
}

func (w *world) writeGolden(name string, list []golden) string {
	w.t.Helper()
	var b strings.Builder
	for _, q := range list {
		line, err := json.Marshal(q)
		if err != nil {
			w.t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return w.write(name, b.String())
}

// The whole program on the public data sets: records, extraction, chunks,
// retrieval, the fitted answer state. Weights and features were chosen on
// service-public and covid; the other two are only reported.
func TestQualityOfTheWholeProgram(t *testing.T) {
	data := connectortest.DataPath(t, "")
	w := newWorld(t)
	w.write(defaultConfig, fmt.Sprintf(`
knowledge_bases: [{id: sp, languages: [fr]}, {id: covid, languages: [en]}, {id: cnil, languages: [fr]}, {id: se, languages: [en]}]
sources:
  - {id: sp, knowledge_base: sp, type: records, settings: {location: %[1]s/faq-fr-servicepublic/kb.jsonl, id: id, body: text, body_format: text, url: url, locale: "=fr"}}
  - {id: covid, knowledge_base: covid, type: records, settings: {location: %[1]s/faq-en-covid/kb.jsonl, id: id, title: "{{faq_questions[0]}}", body: "{{faq_questions}}\n\n{{text}}", body_format: text, locale: "=en"}}
  - {id: cnil, knowledge_base: cnil, type: records, settings: {location: %[1]s/faq-fr-cnil/kb_html.jsonl, id: id, title: title, body: html, body_format: html, url: url, labels: [theme], locale: "=fr"}}
  - {id: se, knowledge_base: se, type: records, settings: {location: %[1]s/faq-en-stackexchange/kb.jsonl, id: id, title: title, body: text, body_format: text, locale: "=en"}}
`, data))
	w.ok("sync")

	threads := map[string][]string{}
	connectortest.EachLine(t, "faq-en-stackexchange/kb.jsonl", func(v map[string]any) {
		thread := fmt.Sprint(v["thread"])
		threads[thread] = append(threads[thread], v["id"].(string))
	})
	page := func(v map[string]any) []string { return []string{v["expected_doc"].(string)} }
	for _, set := range []struct {
		base, folder string
		expected     func(map[string]any) []string
		least        map[string]float64
	}{
		{"sp", "faq-fr-servicepublic", page, map[string]float64{"answer_in_top5": 0.85}},
		{"covid", "faq-en-covid", page, nil},
		{"cnil", "faq-fr-cnil", page, map[string]float64{"mrr@10": 0.62}},
		{"se", "faq-en-stackexchange", func(v map[string]any) []string { return threads[fmt.Sprint(v["thread"])] },
			map[string]float64{"map": 0.74, "answerable_auroc": 0.80}},
	} {
		questions := w.writeGolden(set.base+".jsonl", goldenOf(t, set.folder+"/queries.jsonl", set.expected))
		var got map[string]any
		w.ask(&got, "eval", "retrieval", "--questions", questions, "--kb", set.base)
		intervals, _ := got["intervals_95"].(map[string]any)
		for _, name := range []string{"questions", "hit@1", "hit@5", "mrr@10", "map", "answer_in_top5", "answerable_auroc", "false_answer_rate", "found_rate"} {
			t.Logf("%-6s %-18s %v %v", set.base, name, got[name], intervals[name])
		}
		for name, least := range set.least {
			if v, _ := got[name].(float64); v < least {
				t.Errorf("%s: %s is %.3f, want %.2f at least", set.folder, name, v, least)
			}
		}
	}
}
