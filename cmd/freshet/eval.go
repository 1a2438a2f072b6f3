package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"freshet/index/evaluate"
	"freshet/index/retrieve"
)

func (m *Main) evalCommand() *cobra.Command {
	c := &cobra.Command{Use: "eval", Short: "Measure with golden questions, pairs and planted doubts", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	var questions, base, out string
	var learn bool
	retrieval := &cobra.Command{
		Use: "retrieval --questions FILE", Short: "Where the right page ranks, and whether the service knows what it does not know", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if questions == "" {
				return usage("--questions is missing: a JSONL file of {\"question\", \"expected\": [...], \"answer\"}")
			}
			return m.evalRetrieval(cmd.Context(), questions, base, out, learn)
		},
	}
	retrieval.Flags().StringVar(&questions, "questions", "", "`FILE` of questions, one JSON object a line")
	retrieval.Flags().StringVar(&base, "kb", "", "knowledge base `ID`; needed when there are several")
	retrieval.Flags().StringVar(&out, "out", "", "write a line for each question into this `FILE`")
	retrieval.Flags().BoolVar(&learn, "learn", false, "first learn from these questions how much meaning counts beside words, and keep it")
	c.AddCommand(retrieval, m.evalConflictsCommand())
	return c
}

// An evaluation is what the local API is asked to measure, and what it answers.
// It leaves pages out of the base to see what is said of their absence, which no
// caller of /v1 may do.
type evaluation struct {
	Base      string              `json:"knowledge_base"`
	Questions []evaluate.Question `json:"questions"`
	Learn     bool                `json:"learn,omitempty"`
	Learnt    *retrieve.Fusion    `json:"learnt,omitempty"`
	Report    *evaluate.Report    `json:"report,omitempty"`
	Lines     []evaluate.Line     `json:"lines,omitempty"`
}

// mostQuestions is how many questions one evaluation may have.
const mostQuestions = 100_000

func (m *Main) evalRetrieval(ctx context.Context, path, base, out string, learn bool) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("the questions cannot be read: %w; look at --questions", err)
	}
	questions, err := evaluate.ReadQuestions(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if len(questions) == 0 || len(questions) > mostQuestions {
		return fmt.Errorf("%s holds %d questions; write between 1 and %d", path, len(questions), mostQuestions)
	}
	return m.with(ctx, func(ctx context.Context, s *session) error {
		if base, err = s.base(ctx, base); err != nil {
			return err
		}
		var got evaluation
		if err := s.do(ctx, http.MethodPost, evalPath, evaluation{Base: base, Questions: questions, Learn: learn}, &got); err != nil {
			return err
		}
		if out != "" {
			if err := writeLines(out, got.Lines); err != nil {
				return err
			}
		}
		if m.flags.json {
			return m.printJSON(got.Report)
		}
		return m.printEvaluation(got.Report, got.Learnt)
	})
}

func writeLines(path string, lines []evaluate.Line) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	for i := range lines {
		if err := e.Encode(&lines[i]); err != nil {
			return err
		}
	}
	if err := renameio.WriteFile(path, text.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the lines: %w; look at --out", err)
	}
	return nil
}

func (m *Main) printEvaluation(r *evaluate.Report, learnt *retrieve.Fusion) error {
	t := &table{}
	if learnt != nil {
		t.row("meaning", fmt.Sprintf("%.2f", learnt.Share), "", fmt.Sprintf("its share beside words, learnt from %d questions and kept", learnt.Golden))
	}
	t.row("questions", thousands(r.Questions))
	for _, f := range []struct {
		name  string
		value *float64
		words string
	}{
		{"hit@1", r.Hit1, "right page first"}, {"hit@3", r.Hit3, "among the first three"}, {"hit@5", r.Hit5, "among the first five"}, {"hit@10", r.Hit10, "among the first ten"},
		{"mrr@10", r.MRR10, "mean of one over its rank"}, {"map", r.MAP, "mean average precision"},
		{"answer_in_top1", r.AnswerTop1, "the answer's words in the first passage"}, {"answer_in_top5", r.AnswerTop5, "in the first five passages"},
		{"answerable_auroc", r.AnswerableAUROC, "confidence tells answerable from not"}, {"false_answer_rate", r.FalseAnswerRate, "answered as found though the base does not hold it"},
	} {
		if f.value == nil || math.IsNaN(*f.value) {
			t.row(f.name, "-", "", f.words)
			continue
		}
		interval := ""
		if i, ok := r.Intervals[f.name]; ok {
			interval = fmt.Sprintf("[%.3f, %.3f]", i[0], i[1])
		}
		t.row(f.name, fmt.Sprintf("%.3f", *f.value), interval, f.words)
	}
	t.row("latency", fmt.Sprintf("%.1f ms", r.Latency.P50), fmt.Sprintf("p95 %.1f, p99 %.1f", r.Latency.P95, r.Latency.P99), "the median of one search")
	return m.print(t)
}

// evalPath is where the local API measures. It is not part of /v1.
const evalPath = "/local/eval/retrieval"

// local is the API for commands: /v1 without a key, and what only commands need.
func (h *host) local() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", h.api.Local())
	mux.HandleFunc("POST "+evalPath, h.serveEvaluation)
	return mux
}

// largestEvaluation is the most that is read of one request, in bytes.
const largestEvaluation = 256 << 20

func (h *host) serveEvaluation(w http.ResponseWriter, r *http.Request) {
	var e evaluation
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, largestEvaluation)).Decode(&e); err != nil {
		refuse(w, http.StatusBadRequest, "the questions cannot be read: "+err.Error())
		return
	}
	if _, ok := h.service.bases.get(e.Base); !ok {
		refuse(w, http.StatusNotFound, fmt.Sprintf("there is no knowledge base %q; name another with --kb", e.Base))
		return
	}
	var learnt *retrieve.Fusion
	if e.Learn {
		var err error
		if learnt, err = h.service.learnFusion(r.Context(), e.Base, e.Questions); err != nil {
			refuse(w, http.StatusUnprocessableEntity, err.Error())
			return
		}
	}
	lines, err := evaluate.Run(r.Context(), e.Questions, evaluate.Options{Search: h.service.retriever.Search, Request: retrieve.Request{Base: e.Base}})
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	report := evaluate.Summarise(lines)
	text, err := json.Marshal(evaluation{Base: e.Base, Learnt: learnt, Report: &report, Lines: lines})
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text) // a caller who has left is not an error
}

func refuse(w http.ResponseWriter, status int, detail string) {
	text, err := json.Marshal(apiError{Status: status, Detail: detail})
	if err != nil {
		return // it is plain data
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(text) // a caller who has left is not an error
}
