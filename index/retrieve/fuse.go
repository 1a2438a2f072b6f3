package retrieve

import (
	"math"
	"slices"

	"freshet/index"
)

// A Fusion says how words and meaning are put together in a hybrid search: a
// passage's score is (1-Share) of its lexical score over the best one's, and Share of
// how far its cosine stands above that of the floor, over the spread.
type Fusion struct {
	// Fingerprint is that of the Space of whose cosines it was learnt. For another
	// Space's it is not used.
	Fingerprint string `json:"fingerprint"`
	// Share of meaning, between 0, words alone, and 1.
	Share float64 `json:"share"`
	// Spread is how far the nearest must stand above the floor, in cosines, for
	// meaning to count in full: where a question's cosines lie closer together they
	// tell less. 0: each question's own.
	Spread float64 `json:"spread"`
	// Golden is from how many golden questions it was learnt; 0: from none.
	Golden int `json:"golden"`
	// Model judges hybrid answers; nil: what would be found by words alone is judged,
	// by the model for that.
	Model *Model `json:"model,omitempty"`
}

// DefaultFusion returns what holds where nothing was learnt. Its share was chosen on
// faq-fr-servicepublic and faq-en-covid: with vectors that are right for half of the
// questions it gains most of what there is to gain, and with random ones it loses up
// to 0.05 of mrr@10, which what is learnt of titles takes away.
func DefaultFusion() Fusion { return Fusion{Share: 0.3} }

const (
	// floorRank is the place in the dense list whose cosine is the floor. The deeper it
	// lies, the more passages of chance are lifted, and the more the spread depends on
	// the size of the base. Chosen on faq-fr-servicepublic and faq-en-covid.
	floorRank = 10
	// slight is a difference of cosines that tells nothing, whatever the model: the
	// floor counts as so much above what was not found at all.
	slight = 0.02
)

// above is what a cosine counts that stands so far above the floor: never nothing,
// and more for what is nearer.
func above(distance float64) float64 {
	if distance < 0 {
		return slight * math.Exp(distance/slight)
	}
	return distance + slight
}

// fuse merges the lists of one question, best first. Words alone keep their raw
// scores. What the dense list has not, though it was to hold up to depth, has a
// cosine below all in it; when that list holds all there is, it has no vector yet,
// and counts as the average of those that both lists have. Spread is how far the
// nearest stands above the floor.
func (f *Fusion) fuse(lexical, dense []index.Hit, depth int) (list []found, spread float64) {
	list = make([]found, len(lexical), len(lexical)+len(dense))
	for i, h := range lexical {
		list[i] = found{id: h.ID, score: float64(h.Score), lexical: float64(h.Score), terms: h.Terms}
	}
	if len(dense) == 0 {
		return list, 0
	}
	share := f.Share
	if len(lexical) == 0 {
		share = 1
	}
	at := make(map[index.ChunkID]int, len(lexical))
	for i := range list {
		at[list[i].id] = i
		list[i].score = (1 - share) * ratio(list[i].lexical, list[0].lexical)
	}
	floor := float64(dense[min(len(dense), floorRank)-1].Score)
	spread = float64(dense[0].Score) - floor
	scale := share / above(max(spread, f.Spread))
	both, sum := 0, 0.0
	for _, h := range dense {
		gain := above(float64(h.Score)-floor) * scale
		i, ok := at[h.ID]
		if !ok {
			i = len(list)
			list = append(list, found{id: h.ID})
		} else {
			both++
			sum += gain
		}
		list[i].score += gain
		list[i].dense, list[i].embedded = float64(h.Score), true
	}
	if both > 0 && len(dense) < depth {
		for i := range lexical {
			if !list[i].embedded {
				list[i].score += sum / float64(both)
			}
		}
	}
	slices.SortFunc(list, func(a, b found) int {
		if c := compareScores(a.score, b.score); c != 0 {
			return c
		}
		return slices.Compare(a.id[:], b.id[:])
	})
	return list, spread
}

// compareScores sorts the higher score first.
func compareScores(a, b float64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}
