package lexical

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// edited returns s after n random edits.
func edited(r *rand.Rand, s string, n int) string {
	b := []byte(s)
	for range n {
		at := r.IntN(len(b))
		c := byte('a' + r.IntN(26))
		switch r.IntN(4) {
		case 0:
			b = slices.Insert(b, at, c)
		case 1:
			if len(b) > 1 {
				b = slices.Delete(b, at, at+1)
			}
		case 2:
			b[at] = c
		default:
			if at > 0 {
				b[at], b[at-1] = b[at-1], b[at]
			}
		}
	}
	return string(b)
}

// plainDistance is the optimal string alignment distance as the textbook has it.
func plainDistance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

func TestDistanceIsTheTextbooksUpToItsLimit(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	list := coined(200)
	for range 20_000 {
		a := fold(list[r.IntN(len(list))])
		b := edited(r, a, r.IntN(5))
		if len(a) > maxProposed || len(b) > maxProposed {
			continue
		}
		want := plainDistance(a, b)
		for limit := range 3 {
			got := distance(a, b, limit)
			if (want <= limit || got <= limit) && got != want {
				t.Fatalf("distance(%q, %q, %d) = %d, want %d", a, b, limit, got, want)
			}
		}
	}
}

func TestNearFindsWhatALookAtEveryWordFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	v := newVocabulary()
	list := coined(1500)
	for i, w := range list {
		v.change(w, 1+i%5)
	}
	for range 500 {
		typed := edited(r, fold(list[r.IntN(len(list))]), 1+r.IntN(2))
		if len(typed) < minCorrected || len(typed) > maxProposed {
			continue
		}
		best := 3
		for _, w := range list {
			if f := fold(w); len(f) >= minProposed && len(f) <= maxProposed {
				best = min(best, plainDistance(typed, f))
			}
		}
		got := v.near(typed, 1)
		permitted := 1
		if len(typed) >= minTwoEdits {
			permitted = 2
		}
		if best > permitted {
			if len(got) > 0 {
				t.Fatalf("%q: found %v beyond the permitted distance", typed, got)
			}
			continue
		}
		if len(got) == 0 || got[0].distance != best {
			t.Fatalf("%q: found %v, the nearest word is %d away", typed, got, best)
		}
	}
}

func TestAWordThatLeftTheBaseIsNotProposed(t *testing.T) {
	v := newVocabulary()
	v.change("remboursement", 2)
	v.change("remboursement", -1)
	if got := v.near("rembourssement", 1); len(got) != 1 || got[0].count != 1 {
		t.Fatalf("got %v", got)
	}
	v.change("remboursement", -1)
	if got := v.near("rembourssement", 1); len(got) != 0 {
		t.Fatalf("got %v", got)
	}
	v.change("remboursement", 1)
	if got := v.near("rembourssement", 1); len(got) != 1 {
		t.Fatalf("got %v", got)
	}
}

func TestShortWordsMayHaveOneEditAndLongOnesTwo(t *testing.T) {
	v := newVocabulary()
	for _, w := range []string{"port", "paiement", "été", "livraison"} {
		v.change(w, 1)
	}
	for typed, want := range map[string]string{
		"por": "", "portt": "port", "prtot": "", "payement": "paiement", "pyement": "", "livrason": "livraison",
		"livrisson": "livraison", "lvrisson": "", "ette": "été",
	} {
		got := v.near(typed, 1)
		switch {
		case want == "" && len(got) > 0:
			t.Errorf("%s: %v", typed, got)
		case want != "" && (len(got) == 0 || got[0].surface != want):
			t.Errorf("%s: %v, want %s", typed, got, want)
		}
	}
}
