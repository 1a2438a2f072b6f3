package evaluate

import (
	"math"
	"slices"

	"freshet/index/retrieve"
)

// A Report sums up lines. Figures over no question are null.
type Report struct {
	Questions int      `json:"questions"`
	Hit1      *float64 `json:"hit@1"`
	Hit3      *float64 `json:"hit@3"`
	Hit5      *float64 `json:"hit@5"`
	Hit10     *float64 `json:"hit@10"`
	MRR10     *float64 `json:"mrr@10"`
	MAP       *float64 `json:"map"`
	// AnswerTop1 and AnswerTop5 are over the questions with an answer to look for.
	AnswerTop1 *float64 `json:"answer_in_top1"`
	AnswerTop5 *float64 `json:"answer_in_top5"`
	// AnswerableAUROC is the probability that a question whose page is in the
	// first three has a higher confidence than one whose pages were left out, or
	// that the base does not answer.
	AnswerableAUROC *float64 `json:"answerable_auroc"`
	// AnswerableAUROCAll counts every answerable question, found or not.
	AnswerableAUROCAll *float64 `json:"answerable_auroc_all"`
	// FalseAnswerRate is the share of questions without an answer in the base that
	// are given as found.
	FalseAnswerRate *float64 `json:"false_answer_rate"`
	// FoundRate is the share of answerable questions that are given as found.
	FoundRate *float64 `json:"found_rate"`
	Latency   Latency  `json:"latency_ms"`
	// Intervals hold the 95 % bootstrap interval of each figure, by its name.
	Intervals map[string][2]float64 `json:"intervals_95"`
}

// Latency is in milliseconds.
type Latency struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
}

// Summarise computes the figures, with intervals from a thousand resamplings of
// the questions.
func Summarise(lines []Line) Report {
	r := Report{Questions: len(lines), Intervals: make(map[string][2]float64)}
	set := func(name string, to **float64, figure func([]Line) float64) {
		if v := figure(lines); !math.IsNaN(v) {
			*to = &v
			r.Intervals[name] = Interval(lines, figure)
		}
	}
	set("hit@1", &r.Hit1, hitAt(1))
	set("hit@3", &r.Hit3, hitAt(3))
	set("hit@5", &r.Hit5, hitAt(5))
	set("hit@10", &r.Hit10, hitAt(10))
	set("mrr@10", &r.MRR10, MRR10)
	set("map", &r.MAP, MAP)
	set("answer_in_top1", &r.AnswerTop1, answerIn(1))
	set("answer_in_top5", &r.AnswerTop5, answerIn(5))
	set("answerable_auroc", &r.AnswerableAUROC, func(l []Line) float64 { return answerable(l, 3) })
	set("answerable_auroc_all", &r.AnswerableAUROCAll, func(l []Line) float64 { return answerable(l, math.MaxInt) })
	set("false_answer_rate", &r.FalseAnswerRate, falseAnswers)
	set("found_rate", &r.FoundRate, foundRate)
	times := make([]float64, len(lines))
	for i, l := range lines {
		times[i] = l.MS
	}
	slices.Sort(times)
	r.Latency = Latency{quantile(times, 0.50), quantile(times, 0.95), quantile(times, 0.99)}
	return r
}

// mean is over the lines that f counts; NaN over none.
func mean(lines []Line, f func(*Line) (value float64, counts bool)) float64 {
	sum, n := 0.0, 0
	for i := range lines {
		if v, ok := f(&lines[i]); ok {
			sum += v
			n++
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return sum / float64(n)
}

func share(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func hitAt(k int) func([]Line) float64 {
	return func(lines []Line) float64 {
		return mean(lines, func(l *Line) (float64, bool) {
			return share(l.Rank > 0 && l.Rank <= k), len(l.Expected) > 0
		})
	}
}

// MRR10 is the mean, over the answerable questions, of one over the rank of the
// first right page, 0 beyond the tenth.
func MRR10(lines []Line) float64 {
	return mean(lines, func(l *Line) (float64, bool) {
		if l.Rank == 0 || l.Rank > 10 {
			return 0, len(l.Expected) > 0
		}
		return 1 / float64(l.Rank), len(l.Expected) > 0
	})
}

// MAP is the mean average precision over the answerable questions.
func MAP(lines []Line) float64 {
	return mean(lines, func(l *Line) (float64, bool) { return l.AP, len(l.Expected) > 0 })
}

func answerIn(k int) func([]Line) float64 {
	return func(lines []Line) float64 {
		return mean(lines, func(l *Line) (float64, bool) {
			return share(l.AnswerAt > 0 && l.AnswerAt <= k), l.HasAnswer
		})
	}
}

func claims(s retrieve.State) bool { return s == retrieve.Found }

func falseAnswers(lines []Line) float64 {
	return mean(lines, func(l *Line) (float64, bool) {
		if len(l.Expected) == 0 {
			return share(claims(l.State)), true
		}
		return share(l.Without != nil && claims(l.Without.State)), l.Without != nil
	})
}

func foundRate(lines []Line) float64 {
	return mean(lines, func(l *Line) (float64, bool) { return share(claims(l.State)), len(l.Expected) > 0 })
}

// answerable is the AUROC of the confidence: questions whose page is among the
// first so many, against questions without an answer in the base.
func answerable(lines []Line, top int) float64 {
	var yes, no []float64
	for i := range lines {
		l := &lines[i]
		if len(l.Expected) == 0 {
			no = append(no, l.Confidence)
			continue
		}
		if top == math.MaxInt || l.Rank > 0 && l.Rank <= top {
			yes = append(yes, l.Confidence)
		}
		if l.Without != nil {
			no = append(no, l.Without.Confidence)
		}
	}
	return AUROC(yes, no)
}

// AUROC is the probability that one of yes is above one of no, ties one half; NaN
// when either is empty.
func AUROC(yes, no []float64) float64 {
	if len(yes) == 0 || len(no) == 0 {
		return math.NaN()
	}
	slices.Sort(no)
	sum := 0.0
	for _, v := range yes {
		below, _ := slices.BinarySearch(no, v)
		upTo, _ := slices.BinarySearchFunc(no, v, func(a, b float64) int {
			if a <= b {
				return -1
			}
			return 1
		})
		sum += float64(below) + float64(upTo-below)/2
	}
	return sum / float64(len(yes)) / float64(len(no))
}
