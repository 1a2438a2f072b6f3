package bench

import (
	"maps"
	"slices"
	"testing"
)

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

func TestCounts(t *testing.T) {
	for _, half := range []string{Held, Dev} {
		set := generated(t, half, 1)
		languages := map[string]int{}
		for _, p := range set.Pages {
			languages[p.Locale]++
		}
		t.Logf("%s: %d pages %v", half, len(set.Pages), languages)
		for _, c := range []map[string]int{
			counts(set, func(p *Plant) string { return string(p.Kind) + " " + string(p.Level) }),
			counts(set, func(p *Plant) string {
				if p.Kind == Conflict {
					return p.Type + " " + string(p.Level)
				}
				return ""
			}),
			counts(set, func(p *Plant) string { return string(p.Kind) + " " + p.Language }),
			counts(set, func(p *Plant) string {
				if p.Kind == Lookalike {
					return string(p.Against) + " " + p.Trap
				}
				return ""
			}),
		} {
			for _, k := range slices.Sorted(maps.Keys(c)) {
				t.Logf("    %-30s %d", k, c[k])
			}
		}
	}
}
