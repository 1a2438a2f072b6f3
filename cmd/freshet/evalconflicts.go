package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"freshet/index"
	"freshet/index/evaluate"
	"freshet/pipeline/detect/claims"
	conflicts "freshet/pipeline/detect/conflict"
)

func (m *Main) evalConflictsCommand() *cobra.Command {
	var pairs string
	var b benchFlags
	c := &cobra.Command{
		Use: "conflicts --pairs FILE | --bench HALF", Short: "How well doubts are found: contradictions in pairs of passages, or all sorts in generated pages", Args: cobra.NoArgs,
		Long: `With --pairs, tells contradictions in a file of pairs of passages from other pairs.

With --bench, generates help pages in French and English with planted contradictions,
translations that drift, expired dates, duplicates and lookalikes, syncs them into a
directory of its own, and compares what was found with what was planted. Rules are made
on the half "dev"; "held" measures them: what it misses stands in --out alone, so that
nobody makes a rule for it by accident.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case pairs != "" && b.half != "":
				return usage("--pairs and --bench exclude each other; leave one out")
			case b.half != "":
				return m.evalBench(cmd.Context(), b)
			case pairs == "":
				return usage(`--pairs is missing: a JSONL file of {"id", "a", "b", "conflict": 0 or 1}; or write --bench dev`)
			}
			return m.evalConflicts(pairs, b.out)
		},
	}
	c.Flags().StringVar(&pairs, "pairs", "", "`FILE` of pairs of passages, one JSON object a line")
	c.Flags().StringVar(&b.half, "bench", "", "`HALF` of the generated pages: dev or held")
	c.Flags().Uint64Var(&b.seed, "seed", 1, "`NUMBER` that chooses the values of --bench")
	c.Flags().BoolVar(&b.together, "together", false, "put all organisations of --bench into one knowledge base, which is harder than life")
	c.Flags().StringVar(&b.out, "out", "", "write a line for each pair, miss or false finding into this `FILE`")
	return c
}

// Limits of a file of pairs.
const (
	mostPairs    = 100_000
	longestPair  = 4 << 20 // bytes of a line
	mostPairFile = 512 << 20
)

// A pairLine is a line of a file of pairs.
type pairLine struct {
	ID       json.RawMessage `json:"id"`
	A        string          `json:"a"`
	B        string          `json:"b"`
	Conflict *int            `json:"conflict"`
	TitleA   string          `json:"title_a"`
	TitleB   string          `json:"title_b"`
	DateA    string          `json:"date_a"`
	DateB    string          `json:"date_b"`
	Locale   string          `json:"locale"`
}

// A pairResult is what is said of a pair. P ranks all pairs; from 0.5 on it is that of
// the contradiction found.
type pairResult struct {
	ID     json.RawMessage `json:"id"`
	P      float64         `json:"p"`
	Tier   conflicts.Tier  `json:"tier,omitempty"`
	Type   claims.Type     `json:"type,omitempty"`
	Rule   conflicts.Rule  `json:"rule,omitempty"`
	ValueA string          `json:"value_a,omitempty"`
	ValueB string          `json:"value_b,omitempty"`
	Reason string          `json:"reason,omitempty"`

	right bool
}

// A pairReport says how well contradictions were found. Precision, recall and F1 are
// those of the tier likely; null where there is nothing to take a share of.
type pairReport struct {
	Pairs            int      `json:"pairs"`
	Conflicts        int      `json:"conflicts"`
	Flagged          int      `json:"flagged"`
	Possible         int      `json:"possible"` // found, with the tier possible
	Precision        *float64 `json:"precision"`
	Recall           *float64 `json:"recall"`
	F1               *float64 `json:"f1"`
	AUROC            *float64 `json:"auroc"`
	AveragePrecision *float64 `json:"average_precision"`
}

func (m *Main) evalConflicts(path, out string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("the pairs cannot be read: %w; look at --pairs", err)
	}
	lines, err := readPairs(io.LimitReader(f, mostPairFile))
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	results := comparePairs(lines)
	if out != "" {
		if err := writePairs(out, results); err != nil {
			return err
		}
	}
	r := reportPairs(results)
	if m.flags.json {
		return m.printJSON(r)
	}
	t := &table{}
	t.row("pairs", thousands(r.Pairs), fmt.Sprintf("%d of them contradictions", r.Conflicts))
	t.row("flagged", thousands(r.Flagged), fmt.Sprintf("as likely, and %d as possible", r.Possible))
	for _, f := range []struct {
		name  string
		value *float64
		words string
	}{
		{"precision", r.Precision, "of what was flagged"}, {"recall", r.Recall, "of the contradictions"}, {"f1", r.F1, "both in one"},
		{"auroc", r.AUROC, "a contradiction ranks above another pair"}, {"average_precision", r.AveragePrecision, "of the ranking"},
	} {
		if f.value == nil {
			t.row(f.name, "-", f.words)
			continue
		}
		t.row(f.name, fmt.Sprintf("%.3f", *f.value), f.words)
	}
	return m.print(t)
}

// readPairs reads pairs, one JSON object a line; empty lines are skipped.
func readPairs(r io.Reader) ([]pairLine, error) {
	s := bufio.NewScanner(r)
	s.Buffer(nil, longestPair)
	var list []pairLine
	n := 0
	for s.Scan() {
		n++
		line := bytes.TrimSpace(bytes.TrimPrefix(s.Bytes(), []byte("\ufeff")))
		if len(line) == 0 {
			continue
		}
		var p pairLine
		if err := json.Unmarshal(line, &p); err != nil {
			return nil, fmt.Errorf(`line %d is not {"id": ..., "a": "...", "b": "...", "conflict": 0 or 1}: %w`, n, err)
		}
		switch {
		case strings.TrimSpace(p.A) == "" || strings.TrimSpace(p.B) == "":
			return nil, fmt.Errorf(`line %d needs two texts, "a" and "b"`, n)
		case p.Conflict == nil || *p.Conflict != 0 && *p.Conflict != 1:
			return nil, fmt.Errorf(`line %d needs "conflict": 1 for a contradiction, 0 for another pair`, n)
		case len(list) == mostPairs:
			return nil, fmt.Errorf("there are more than %d pairs; split the file", mostPairs)
		}
		if len(p.ID) == 0 {
			p.ID = json.RawMessage(fmt.Sprint(n))
		}
		list = append(list, p)
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", n+1, err)
	}
	if len(list) == 0 {
		return nil, errors.New("it holds no pairs")
	}
	return list, nil
}

// comparePairs compares the two texts of each pair as passages of two documents of one
// base, which is made of all the texts of the file: how rare a word is, is counted there.
func comparePairs(lines []pairLine) []pairResult {
	scanner := claims.NewScanner()
	read := func(p *pairLine, text, title string) *claims.Scan {
		return scanner.Scan(claims.Passage{Text: text, Kind: index.Prose, Title: title, Locale: p.Locale})
	}
	frequency, texts := make(map[string]int), make(map[string]bool)
	count := func(s *claims.Scan, text string) {
		if texts[text] {
			return
		}
		texts[text] = true
		seen := make(map[string]bool)
		for i := range s.Sentences {
			for _, stem := range s.Sentences[i].Stems {
				if stem = conflicts.Stem(stem); !seen[stem] {
					seen[stem] = true
					frequency[stem]++
				}
			}
		}
	}
	for i := range lines {
		p := &lines[i]
		count(read(p, p.A, p.TitleA), p.A)
		count(read(p, p.B, p.TitleB), p.B)
	}
	n := float64(len(texts) + 1)
	c := conflicts.New(conflicts.Context{IDF: func(stem string) float64 { return math.Log(n / (float64(frequency[stem]) + 0.5)) }})
	side := func(p *pairLine, key, text, title, date string) *conflicts.Side {
		chunk := &index.Chunk{ID: index.NewChunkID(key, nil, text, 0), Document: key, Kind: index.Prose, Title: title, Text: text, Locale: p.Locale}
		document := &conflicts.Document{Key: key, Source: "pairs", Locale: p.Locale, Title: title, Modified: dayOf(date)}
		return c.Side(chunk, document, read(p, text, title))
	}
	results := make([]pairResult, len(lines))
	for i := range lines {
		p := &lines[i]
		r := &results[i]
		r.ID, r.right = p.ID, *p.Conflict == 1
		grade, best := c.Grade(side(p, "a", p.A, p.TitleA, p.DateA), side(p, "b", p.B, p.TitleB, p.DateB))
		r.P = grade
		if best != nil {
			r.Tier, r.Type, r.Rule, r.ValueA, r.ValueB, r.Reason = best.Tier, best.Type, best.Rule, best.A.Value, best.B.Value, best.Reason["en"]
		}
	}
	return results
}

// dayOf reads a date; the zero time where there is none.
func dayOf(date string) time.Time {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, date); err == nil {
			return t
		}
	}
	return time.Time{}
}

func reportPairs(results []pairResult) pairReport {
	r := pairReport{Pairs: len(results)}
	var yes, no []float64
	found := 0
	for i := range results {
		x := &results[i]
		if x.right {
			r.Conflicts++
			yes = append(yes, x.P)
		} else {
			no = append(no, x.P)
		}
		switch x.Tier {
		case conflicts.Likely:
			r.Flagged++
			if x.right {
				found++
			}
		case conflicts.Possible:
			r.Possible++
		}
	}
	share := func(n, of int) *float64 {
		if of == 0 {
			return nil
		}
		v := float64(n) / float64(of)
		return &v
	}
	r.Precision, r.Recall = share(found, r.Flagged), share(found, r.Conflicts)
	r.F1 = share(2*found, r.Flagged+r.Conflicts)
	if len(yes) > 0 && len(no) > 0 {
		v := evaluate.AUROC(yes, no)
		r.AUROC = &v
	}
	if len(yes) > 0 {
		v := averagePrecision(results, len(yes))
		r.AveragePrecision = &v
	}
	return r
}

// averagePrecision is the mean, over the contradictions, of the precision at each one's
// rank; equal scores share the rank of the last of them.
func averagePrecision(results []pairResult, contradictions int) float64 {
	ranked := slices.Clone(results)
	slices.SortStableFunc(ranked, func(a, b pairResult) int { return cmp.Compare(b.P, a.P) })
	sum := 0.0
	right := 0
	for i := 0; i < len(ranked); {
		j, new := i, 0
		for j < len(ranked) && ranked[j].P == ranked[i].P {
			if ranked[j].right {
				new++
			}
			j++
		}
		right += new
		sum += float64(new) * float64(right) / float64(j)
		i = j
	}
	return sum / float64(contradictions)
}

func writePairs(path string, results []pairResult) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	for i := range results {
		if err := e.Encode(&results[i]); err != nil {
			return err
		}
	}
	if err := renameio.WriteFile(path, text.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the lines: %w; look at --out", err)
	}
	return nil
}
