package conflict

import (
	"reflect"
	"testing"

	"freshet/index"
	"freshet/pipeline/detect/claims"
)

func TestSwappingTheSidesSwapsThePairsAndNothingElse(t *testing.T) {
	c := New(Context{})
	for _, p := range devPairs(t) {
		a, b := sideOf(c, "a", p.A), sideOf(c, "b", p.B)
		there, back := c.Compare(a, b), c.Compare(b, a)
		for i := range back {
			back[i].swap()
		}
		if !reflect.DeepEqual(there, back) {
			t.Fatalf("%s: %+v there, %+v back", p.ID, there, back)
		}
		if again := c.Compare(a, b); !reflect.DeepEqual(there, again) {
			t.Fatalf("%s: %+v, then %+v", p.ID, there, again)
		}
		g, _ := c.Grade(a, b)
		if h, _ := c.Grade(b, a); g != h || g < 0 || g > 1 {
			t.Fatalf("%s: grades %v and %v", p.ID, g, h)
		}
		if self := c.Compare(a, a); len(self) > 0 {
			t.Fatalf("%s contradicts itself: %+v", p.ID, self)
		}
		if copied := c.Compare(a, sideOf(c, "c", p.A)); len(copied) > 0 {
			t.Fatalf("%s contradicts its copy: %+v", p.ID, copied)
		}
	}
}

func TestPairsPointAtWhatTheySay(t *testing.T) {
	c := New(Context{})
	n := 0
	for _, p := range devPairs(t) {
		a, b := sideOf(c, "a", p.A), sideOf(c, "b", p.B)
		for _, x := range c.Compare(a, b) {
			n++
			for _, r := range []struct {
				ref  ClaimRef
				text string
			}{{x.A, p.A}, {x.B, p.B}} {
				if r.text[r.ref.Start:r.ref.End] != r.ref.Value || r.ref.Value == "" || r.ref.Normal == "" || r.ref.Hash == (index.Hash{}) {
					t.Errorf("%s: %+v is not in %q", p.ID, r.ref, r.text)
				}
			}
			if x.A.Normal == x.B.Normal || x.Reason["en"] == "" || x.Reason["fr"] == "" || (x.Tier == Likely) != (x.P >= LikelyFrom) {
				t.Errorf("%s: %+v", p.ID, x)
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d pairs were looked at", n)
	}
}

func TestPairsThatContradictShareKeys(t *testing.T) {
	c := New(Context{})
	sharing, all := 0, 0
	for _, p := range devPairs(t) {
		if p.Conflict == 0 || p.Part == "other" {
			continue
		}
		keys := map[uint64]bool{}
		a := c.Keys(sideOf(c, "a", p.A))
		if len(a) > MaxKeys {
			t.Fatalf("%d keys", len(a))
		}
		for _, k := range a {
			keys[k] = true
		}
		all++
		for _, k := range c.Keys(sideOf(c, "b", p.B)) {
			if keys[k] {
				sharing++
				break
			}
		}
	}
	t.Logf("%d of %d pairs share a key", sharing, all)
	if 10*sharing < 7*all {
		t.Errorf("%d of %d pairs share a key", sharing, all)
	}
}

func FuzzCompare(f *testing.F) {
	for _, p := range [][2]string{
		{"Livraison en 3 jours, 4,90 €.", "Livraison en 5 jours, 6,90 €."},
		{"| a | b |\n| 1 € | 2 € |", "- x : 12 %\n- y : 13 %"},
		{"ne pas n'est plus jamais aucun", "not no never without n't"},
		{"De 9 h à 18 h, 01/02/2025 : 24/7", "lundi 22 h - 7 h \xff\xfe 1\u202f234,56 €"},
		{"", "?"},
	} {
		f.Add(p[0], p[1], "fr", "en", "news")
	}
	c := New(Context{Today: today})
	f.Fuzz(func(t *testing.T, a, b, localeA, localeB, class string) {
		side := func(key, text, locale string) *Side {
			chunk := &index.Chunk{ID: index.NewChunkID(key, nil, text, 0), Document: key, Kind: index.Prose, Text: text, Title: class}
			return c.Side(chunk, &Document{Key: key, Locale: locale, Translation: "t", Class: class, Title: b}, claims.Read(claims.Passage{Text: text, Locale: locale}))
		}
		x, y := side("a", a, localeA), side("b", b, localeB)
		for _, p := range c.Compare(x, y) {
			if p.A.Start < 0 || p.A.End > len(a) || p.B.Start < 0 || p.B.End > len(b) || !(p.P >= 0 && p.P <= 1) {
				t.Errorf("%+v", p)
			}
		}
		if g, _ := c.Grade(x, y); !(g >= 0 && g <= 1) {
			t.Errorf("grade %v", g)
		}
		c.With(c.Learn([]*Side{x, y})).Compare(x, y)
		if len(c.Keys(x)) > MaxKeys {
			t.Error("too many keys")
		}
	})
}

// BenchmarkCompare is the cost of comparing two passages of the dev half of the bench
// that have been read.
func BenchmarkCompare(b *testing.B) {
	_, sources := devSources(b, 1)
	c := newCorpus(b, sources)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		c.comparer.Compare(c.sides[i%len(c.sides)], c.sides[(i*7+3)%len(c.sides)])
	}
}

// BenchmarkSide is the cost of reading a scanned passage for comparison.
func BenchmarkSide(b *testing.B) {
	_, sources := devSources(b, 1)
	c := newCorpus(b, sources)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		s := c.sides[i%len(c.sides)]
		c.comparer.Side(s.Chunk, s.Document, s.Scan)
	}
}
