package retrieve

import (
	"slices"

	"freshet/index"
)

// denseShare is how much meaning counts beside words in a hybrid search.
const denseShare = 0.5

// fuse merges the results of one question, best first. Of two lists each counts
// by its share of the best score in it; a single list keeps its raw scores.
func fuse(results []index.Result, lexical, dense bool) []found {
	if lexical != dense {
		list := make([]found, len(results[0].Hits))
		for i, h := range results[0].Hits {
			list[i] = found{id: h.ID, score: float64(h.Score), terms: h.Terms}
			if dense {
				list[i].dense = float64(h.Score)
			}
		}
		return list
	}
	var list []found
	at := make(map[index.ChunkID]int)
	for n, r := range results {
		share := 1 - denseShare
		if n == 1 {
			share = denseShare
		}
		for _, h := range r.Hits {
			i, ok := at[h.ID]
			if !ok {
				i = len(list)
				at[h.ID] = i
				list = append(list, found{id: h.ID})
			}
			if best := r.Hits[0].Score; best > 0 {
				list[i].score += share * float64(h.Score/best)
			}
			if n == 0 {
				list[i].terms = h.Terms
			} else {
				list[i].dense = float64(h.Score)
			}
		}
	}
	slices.SortFunc(list, func(a, b found) int {
		if c := compareScores(a.score, b.score); c != 0 {
			return c
		}
		return slices.Compare(a.id[:], b.id[:])
	})
	return list
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
