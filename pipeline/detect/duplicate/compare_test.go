package duplicate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// prose makes n words of a vocabulary, in sentences.
func prose(r *rand.Rand, n, vocabulary int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("mot%c%c", 'a'+r.IntN(vocabulary)%26, 'a'+r.IntN(vocabulary)/26%26)
	}
	return out
}

// bruteSet is the set of word triples or quintuples, made in another way than the
// package does.
func bruteSet(words []string, width int) map[string]bool {
	set := map[string]bool{}
	for i := 0; i+width <= len(words); i++ {
		set[strings.Join(words[i:i+width], " ")] = true
	}
	return set
}

func bruteJaccard(a, b map[string]bool) (jaccard, contained float64) {
	common := 0
	for s := range a {
		if b[s] {
			common++
		}
	}
	return float64(common) / float64(len(a)+len(b)-common), float64(common) / float64(min(len(a), len(b)))
}

func TestCompareAgreesWithBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		a := prose(r, 6+r.IntN(400), 200)
		b := edited(r, a, r.Float64()*0.2)
		if len(b) < 6 {
			continue
		}
		width := 3
		if min(len(a), len(b)) > LongWords {
			width = 5
		}
		jaccard, contained := bruteJaccard(bruteSet(a, width), bruteSet(b, width))
		l := Compare(Read(strings.Join(a, " ")), Read(strings.Join(b, " ")))
		if l.Jaccard != jaccard || l.Contained != contained {
			t.Fatalf("Jaccard %v, contained %v; brute force says %v, %v", l.Jaccard, l.Contained, jaccard, contained)
		}
	}
}

func another(r *rand.Rand) string { return "autre" + prose(r, 1, 600)[0] }

// edited drops, replaces, inserts and moves words at a rate.
func edited(r *rand.Rand, in []string, rate float64) []string {
	var out []string
	for _, w := range in {
		if r.Float64() >= rate {
			out = append(out, w)
			continue
		}
		switch r.IntN(3) {
		case 0:
		case 1:
			out = append(out, another(r))
		case 2:
			out = append(out, w, another(r))
		}
	}
	if len(out) > 20 && r.IntN(4) == 0 {
		at := r.IntN(len(out))
		out = slices.Concat(out[at:], out[:at])
	}
	return out
}

func TestCompareIsSymmetric(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		a := prose(r, r.IntN(300), 60)
		b := edited(r, a, 0.1)
		x, y := Read(strings.Join(a, " ")), Read(strings.Join(b, " "))
		l, m := Compare(x, y), Compare(y, x)
		if l.Jaccard != m.Jaccard || l.Contained != m.Contained || l.Shingles != m.Shingles || l.Exact != m.Exact {
			t.Fatalf("%+v one way, %+v the other", l, m)
		}
		if len(a) > 0 {
			if l := Compare(x, x); !l.Exact || l.Jaccard != 1 || l.Contained != 1 {
				t.Fatalf("a text and itself: %+v", l)
			}
		}
	}
}

func TestKeysAreFewAndTagged(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 700 {
		keys := Read(strings.Join(prose(r, n, 500), " ")).Keys()
		if n < MinWords && keys != nil || n >= MinWords && len(keys) < 2 || len(keys) > MaxKeys {
			t.Fatalf("%d words have %d keys", n, len(keys))
		}
		if !slices.IsSorted(keys) || len(slices.Compact(slices.Clone(keys))) != len(keys) {
			t.Fatal("keys are not in order, or repeat")
		}
		same := 0
		for _, k := range keys {
			if KindOf(k) != Same && KindOf(k) != Phrase {
				t.Fatalf("key %x has kind %d", k, KindOf(k))
			}
			if KindOf(k) == Same {
				same++
			}
		}
		if n >= MinWords && same != 1 {
			t.Fatalf("%d keys of kind Same", same)
		}
	}
}

// Whatever is contained whole shares a key, for certain.
func TestWholePassagesAreAlwaysFound(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 2000 {
		a := prose(r, 22+r.IntN(60), 300)
		b := slices.Concat(prose(r, r.IntN(100), 300), a, prose(r, r.IntN(100), 300))
		x, y := Read(strings.Join(a, " ")), Read(strings.Join(b, " "))
		if !Compare(x, y).Within() {
			t.Fatal("a passage and a text that holds it are not alike")
		}
		if !common(x.Keys(), y.Keys()) {
			t.Fatalf("a passage of %d words shares no key with the text of %d words that holds it", len(a), len(b))
		}
	}
}

func common(x, y []uint64) bool { return shared(x, y) > 0 }

// MinHash agrees with the Jaccard index on average, for small sets and large ones.
func TestMinHashEstimatesJaccard(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, size := range []int{20, 60, 300, 2000} {
		for _, want := range []float64{0.3, 0.6, 0.85, 0.95} {
			sum, trials := 0.0, 300
			exact := 0.0
			for range trials {
				both := int(float64(size) * want)
				var a, b []uint64
				for i := range size {
					h := r.Uint64()
					switch {
					case i < both:
						a, b = append(a, h), append(b, h)
					case i%2 == 0:
						a = append(a, h)
					default:
						b = append(b, h)
					}
				}
				exact = float64(both) / float64(size)
				x, y := minHash(a), minHash(b)
				for i := range x {
					if x[i] == y[i] {
						sum++
					}
				}
			}
			if got := sum / float64(trials*hashes); got < exact-0.02 || got > exact+0.02 {
				t.Errorf("%d shingles of Jaccard %.3f: MinHash says %.3f", size, exact, got)
			}
		}
	}
}

func TestOfAPartNothingElseIsChosen(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	for range 300 {
		list := make([]uint64, window+r.IntN(200))
		for i := range list {
			list[i] = r.Uint64N(50) // with repeats
		}
		from := r.IntN(len(list) - window + 1)
		to := from + window + r.IntN(len(list)-from-window+1)
		whole := chosen(list)
		for _, at := range chosen(list[from:to]) {
			if !slices.Contains(whole, from+at) {
				t.Fatalf("%d is chosen of a part and not of the whole", from+at)
			}
		}
		for start := 0; start+window <= len(list); start++ {
			if !slices.ContainsFunc(whole, func(at int) bool { return start <= at && at < start+window }) {
				t.Fatalf("the window at %d has none", start)
			}
		}
	}
}
