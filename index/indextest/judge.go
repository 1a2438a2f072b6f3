package indextest

import (
	"fmt"
	"math"

	"freshet/index"
)

// Judge reports the first way in which r is not an answer to q over the Oracle's
// points, or nil. Scores may differ by the share tolerance of the right one (or
// of 1, for cosines), and hits whose scores lie that near may change places;
// 0.005 allows for weights quantised to 255 steps.
func (o *Oracle) Judge(q index.Query, r index.Result, tolerance float64) error {
	o.mu.RLock()
	defer o.mu.RUnlock()
	j := judge{query: q, want: o.all(q), tolerance: tolerance, points: o.points}
	if err := j.count(r.Hits); err != nil {
		return err
	}
	if err := j.scores(r.Hits); err != nil {
		return err
	}
	if err := j.missing(r.Hits); err != nil {
		return err
	}
	return j.terms(r.Hits)
}

type judge struct {
	query     index.Query
	want      []index.Hit
	tolerance float64
	points    map[index.ChunkID]index.Point
}

func (j judge) count(got []index.Hit) error {
	if want := min(len(j.want), j.query.Limit); len(got) != want {
		return fmt.Errorf("%d hits, want %d", len(got), want)
	}
	return nil
}

// slack is how far a score may lie from the right one.
func (j judge) slack(score float32) float64 {
	if j.query.Dense != nil {
		return max(j.tolerance, 1e-5)
	}
	return max(j.tolerance, 1e-5) * math.Abs(float64(score))
}

func (j judge) scores(got []index.Hit) error {
	right := make(map[index.ChunkID]float32, len(j.want))
	for _, h := range j.want {
		right[h.ID] = h.Score
	}
	seen := make(map[index.ChunkID]bool, len(got))
	for i, h := range got {
		want, ok := right[h.ID]
		switch {
		case !ok:
			return fmt.Errorf("hit %d, %s, does not belong to the answer", i, h.ID)
		case seen[h.ID]:
			return fmt.Errorf("hit %d, %s, occurs twice", i, h.ID)
		case math.Abs(float64(h.Score-want)) > j.slack(want):
			return fmt.Errorf("hit %d, %s, has score %v, want %v", i, h.ID, h.Score, want)
		case i > 0 && h.Score > got[i-1].Score:
			return fmt.Errorf("hit %d has a higher score than the one before", i)
		case i > 0 && h.Score == got[i-1].Score && compareIDs(h.ID, got[i-1].ID) < 0:
			return fmt.Errorf("hit %d ties with the one before and has a lower ID", i)
		}
		seen[h.ID] = true
	}
	return nil
}

// missing looks for points that clearly beat the last hit and were left out.
func (j judge) missing(got []index.Hit) error {
	if len(got) == 0 {
		return nil
	}
	listed := make(map[index.ChunkID]bool, len(got))
	for _, h := range got {
		listed[h.ID] = true
	}
	last := float64(got[len(got)-1].Score)
	for i, h := range j.want {
		if float64(h.Score)-2*j.slack(h.Score) > last && !listed[h.ID] {
			return fmt.Errorf("%s, rank %d with score %v, is left out; the last hit has %v", h.ID, i, h.Score, last)
		}
	}
	return nil
}

func (j judge) terms(got []index.Hit) error {
	for i, h := range got {
		if j.query.Dense != nil || i >= j.query.Explain {
			if h.Terms != nil {
				return fmt.Errorf("hit %d is explained unasked", i)
			}
			continue
		}
		if err := j.explained(h); err != nil {
			return fmt.Errorf("hit %d, %s: %w", i, h.ID, err)
		}
	}
	return nil
}

func (j judge) explained(h index.Hit) error {
	want := contributions(j.query.Lexical, j.points[h.ID].Lexical)
	if len(h.Terms) != len(want) {
		return fmt.Errorf("%d contributions, want %d", len(h.Terms), len(want))
	}
	var sum float32
	for i, c := range h.Terms {
		// One step of 255 is more than half a percent of a small weight.
		step := math.Abs(float64(j.query.Lexical[i].Value)) * index.MaxWeight / 255
		if math.Abs(float64(c-want[i])) > step {
			return fmt.Errorf("term %d contributes %v, want %v", i, c, want[i])
		}
		sum += c
	}
	if math.Abs(float64(sum-h.Score)) > 1e-4*math.Max(1, math.Abs(float64(h.Score))) {
		return fmt.Errorf("contributions sum to %v, the score is %v", sum, h.Score)
	}
	return nil
}
