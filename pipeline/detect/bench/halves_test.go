package bench

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// commonplaces are the shingles that the halves may share: what every page of the sort
// says in these words.
var commonplaces = []string{}

func TestTheHalvesShareNothing(t *testing.T) {
	held, dev := generated(t, Held, 1), generated(t, Dev, 1)
	shingles := func(set Set) map[string]string {
		out := map[string]string{}
		for _, p := range set.Pages {
			for line := range strings.SplitSeq(p.Body, "\n") {
				w := words(line)
				for i := 0; i+8 <= len(w); i++ {
					out[join(w[i:i+8])] = p.ID
				}
			}
		}
		return out
	}
	of := shingles(dev)
	for s, page := range shingles(held) {
		if other, both := of[s]; both && !slices.Contains(commonplaces, s) {
			t.Errorf("%s and %s share %q", page, other, s)
		}
	}
	titles := func(set Set) map[string]bool {
		out := map[string]bool{}
		for _, p := range set.Pages {
			out[p.ID], out[p.URL] = true, true
		}
		return out
	}
	in := titles(dev)
	for id := range titles(held) {
		if in[id] {
			t.Errorf("both halves have %s", id)
		}
	}
}

// What the project asked of the bench: both halves together about 300 pages, 300
// conflicts in ten types and three levels, 600 lookalikes; enough of each kind in the
// half that measures.
func TestThereIsEnoughOfEverything(t *testing.T) {
	for _, half := range []string{Held, Dev} {
		set := generated(t, half, 1)
		if len(set.Pages) < 150 {
			t.Errorf("%s has %d pages", half, len(set.Pages))
		}
		for name, c := range map[string]struct {
			by    func(*Plant) string
			least map[string]int
		}{
			"kind": {func(p *Plant) string { return string(p.Kind) }, map[string]int{"conflict": 150, "bool": 30, "drift": 30, "expired": 30, "duplicate": 30, "lookalike": 300}},
			"level of conflicts": {func(p *Plant) string {
				if p.Kind != Conflict {
					return ""
				}
				return string(p.Level)
			}, map[string]int{"copy": 48, "reworded": 60, "format": 48}},
			"type of conflicts": {func(p *Plant) string {
				if p.Kind != Conflict {
					return ""
				}
				return p.Type
			}, map[string]int{"money": 15, "percent": 12, "duration": 15, "date": 7, "hours": 12, "phone": 7, "email": 6, "url": 5, "version": 8, "quantity": 12, "count": 15, "role": 7}},
			"language": {func(p *Plant) string {
				if p.Kind == Lookalike {
					return ""
				}
				return p.Language
			}, map[string]int{"fr": 110, "en": 110}},
		} {
			got := counts(set, c.by)
			t.Logf("%s, %d pages, by %s: %v", half, len(set.Pages), name, got)
			for _, k := range slices.Sorted(maps.Keys(c.least)) {
				if got[k] < c.least[k] {
					t.Errorf("%s: %s: %d of %s, fewer than %d", half, name, got[k], k, c.least[k])
				}
			}
		}
		all := counts(set, func(p *Plant) string {
			if p.Kind == Lookalike {
				return p.Trap
			}
			return ""
		})
		for trap := range traps() {
			if all[trap] == 0 {
				t.Errorf("%s has no lookalike %q", half, trap)
			}
		}
		if all["family"] == 0 || all["translated"] == 0 || all["boilerplate"] == 0 {
			t.Errorf("%s has no siblings of a template, no translations or no boilerplate", half)
		}
	}
}

// counts are how many plants of each name there are.
func counts(set Set, name func(*Plant) string) map[string]int {
	out := map[string]int{}
	for i := range set.Plants {
		if n := name(&set.Plants[i]); n != "" {
			out[n]++
		}
	}
	return out
}
