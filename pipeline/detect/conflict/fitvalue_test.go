package conflict

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/pipeline/detect/bench"
)

// A judged is a match or a denial with what is known of it.
type judged struct {
	site string
	kind string // "copy", "reworded", "format", "bool ...", "" for what was not planted
	x    []float64
	a, b *Side
	ra   ClaimRef
	rb   ClaimRef
}

// gather lists the matches and the denials of a corpus that no guard suppresses.
func (c *corpus) gather(planted func(a, b *Side, sa, sb int) (string, bool)) (values, denials []judged) {
	for i, one := range c.sides {
		for _, two := range c.sides[i+1:] {
			a, b := one, two
			if inOrder(a, b) > 0 {
				a, b = b, a
			}
			m, ok := c.comparer.meet(a, b)
			if !ok || m.translated {
				continue
			}
			if a.classes&b.classes != 0 {
				for _, f := range c.comparer.matches(m) {
					how := relate(f.ca.Claim, f.cb.Claim)
					if how == same || f.align.rare < 0.15 {
						continue
					}
					g := c.comparer.guard(m, &f, how)
					if g.suppressed != "" {
						continue
					}
					kind, use := planted(a, b, f.ca.Sentence, f.cb.Sentence)
					if !use {
						continue
					}
					x := m.features(&f, &g)
					values = append(values, judged{a.Document.Source, kind, x[:], a, b, a.ref(f.sa, f.ca), b.ref(f.sb, f.cb)})
				}
			}
			for i := range a.sentences {
				for j := range b.sentences {
					sa, sb := &a.sentences[i], &b.sentences[j]
					if sa.silent || sb.silent || sa.stance.leads || sb.stance.leads || !sa.stance.against(&sb.stance) && !boolsDiffer(sa, sb) {
						continue
					}
					d := denial{sa: sa, sb: sb, ia: i, ib: j, opposition: oppose(&sa.stance, &sb.stance)}
					if !c.comparer.deny(m, &d) {
						continue
					}
					f := match{sa: sa, sb: sb, align: alignSentences(sa, sb)}
					if f.align.rare < 0.15 {
						continue
					}
					kind, use := planted(a, b, i, j)
					if !use {
						continue
					}
					g := c.comparer.guardSentences(m, &f)
					x := m.polarityFeatures(&d, &f, &g)
					denials = append(denials, judged{a.Document.Source, kind, x[:], a, b, a.whole(i), b.whole(j)})
				}
			}
		}
	}
	return values, denials
}

// plantedIn says what was planted in a pair of sentences of the bench.
func plantedIn(set *bench.Set) func(a, b *Side, sa, sb int) (string, bool) {
	byPage := map[[2]string][]bench.Plant{}
	for _, p := range set.Plants {
		if p.B.Page == "" || p.Kind != bench.Conflict && p.Kind != bench.YesNo {
			continue
		}
		byPage[[2]string{p.A.Page, p.B.Page}] = append(byPage[[2]string{p.A.Page, p.B.Page}], p)
		p.A, p.B = p.B, p.A
		byPage[[2]string{p.A.Page, p.B.Page}] = append(byPage[[2]string{p.A.Page, p.B.Page}], p)
	}
	return func(a, b *Side, sa, sb int) (string, bool) {
		for _, p := range byPage[[2]string{a.Document.Key, b.Document.Key}] {
			if within(a, sa, p.A) && within(b, sb, p.B) {
				kind := string(p.Level)
				if p.Kind == bench.YesNo {
					kind = "bool " + kind
				}
				return kind, true
			}
		}
		return "", true
	}
}

// withCopies adds to documents copies of their passages with one value changed.
func withCopies(t testing.TB, sources []source, n int, seed uint64) ([]source, func(a, b *Side, sa, sb int) (string, bool)) {
	plain := newCorpus(t, sources)
	var passages []bench.Passage
	for _, s := range plain.sides {
		passages = append(passages, bench.Passage{Page: s.Document.Key, Text: s.Chunk.Text})
	}
	titles := map[string]string{}
	for _, s := range sources {
		titles[s.document.Key] = s.document.Title
	}
	changed := map[string]bench.PlantedCopy{}
	for i, p := range bench.Copies(passages, n, rand.New(rand.NewPCG(seed, 1))) {
		key := fmt.Sprintf("copy-%d", i)
		changed[key] = p
		sources = append(sources, source{Document{Key: key, Source: "copies", Locale: "fr", Title: titles[p.Of.Page] + " bis"}, strings.ReplaceAll(p.Text, "\n", "\n\n"), false})
	}
	return sources, func(a, b *Side, sa, sb int) (string, bool) {
		pa, isA := changed[a.Document.Key]
		pb, isB := changed[b.Document.Key]
		switch {
		case isA && isB:
			return "", false
		case isA && pa.Of.Page == b.Document.Key:
			return "copy", strings.Contains(pa.After, a.sentenceText(sa)) && strings.Contains(pa.Before, b.sentenceText(sb))
		case isB && pb.Of.Page == a.Document.Key:
			return "copy", strings.Contains(pb.After, b.sentenceText(sb)) && strings.Contains(pb.Before, a.sentenceText(sa))
		}
		return "", !isA && !isB
	}
}

// TestFitValues prints weights for valueModel and polarityModel.
func TestFitValues(t *testing.T) {
	if os.Getenv("FRESHET_MEASURE") == "" {
		t.Skip("set FRESHET_MEASURE=1")
	}
	var values, denials []judged
	for seed := range uint64(2) {
		set, sources := devSources(t, seed+1)
		for _, site := range bySite(sources) {
			v, d := newCorpus(t, site).gather(plantedIn(&set))
			values, denials = append(values, v...), append(denials, d...)
		}
	}
	start := time.Now()
	sources, planted := withCopies(t, cnilSources(t), 60, 1)
	c := newCorpus(t, sources)
	fmt.Println("cnil", len(c.sides), time.Since(start))
	start = time.Now()
	v, d := c.gather(planted)
	fmt.Println("cnil", len(v), len(d), time.Since(start))
	values, denials = append(values, v...), append(denials, d...)
	for _, p := range devPairs(t) {
		c := New(Context{})
		one := &corpus{comparer: c, sides: []*Side{sideOf(c, "a"+p.ID, p.A), sideOf(c, "b"+p.ID, p.B)}}
		v, d := one.gather(func(_, _ *Side, _, _ int) (string, bool) {
			if p.Conflict == 1 {
				return p.Part, true
			}
			return "", true
		})
		for i := range v {
			v[i].site = "pairs"
		}
		for i := range d {
			d[i].site = "pairs"
		}
		values, denials = append(values, v...), append(denials, d...)
	}
	fmt.Println("VALUES")
	fitJudged(values, handValues[:], -6.5, valueModel.weights[:], valueModel.bias)
	fmt.Println("DENIALS")
	fitJudged(denials, handDenials[:], -7.5, polarityModel.weights[:], polarityModel.bias)
}

// The models by hand, which the fits stay near.
var (
	handValues = vector{
		ofLocal: 1.5, ofText: 3, ofCover: 2, ofWide: 3, ofReach: 1, ofRare: 4, ofLabel: 1.5, ofHead: 0.5, ofNamedBy: 1, ofUnnamed: -1,
		ofCopy: 1.5, ofTopic: 0.5, ofWhole: 0.5, ofMargin: 0.7, ofWeak: -1, ofNamed: -1, ofContrast: -0.5, ofFirst: -0.5, ofYear: -1.5, ofLowered: -4.5,
	}
	handDenials = polarityVector{
		pText: 3, pCover: 3, pReach: 1, pWide: 2, pRare: 4, pWhole: 0.5, pStated: 1.5, pScope: 1.5, pAgree: -1.5, pCopy: 1.5, pNamed: -1, pLowered: -4.5,
	}
)

func fitJudged(list []judged, prior []float64, bias float64, set []float64, setBias float64) {
	var samples []sample
	counts := map[string]int{}
	for _, j := range list {
		counts[j.site+" "+j.kind]++
	}
	fmt.Println(counts)
	weight := func(j judged) float64 {
		switch {
		case j.kind == "" && j.site == "bench":
			return 0.5
		case strings.HasSuffix(j.kind, "copy") && j.site != "bench":
			return 0.3
		}
		return 1
	}
	for _, j := range list {
		samples = append(samples, sample{j.x, j.kind != "", weight(j)})
	}
	for _, strength := range []float64{0.3, 1, 3} {
		w, b := fitLogistic(samples, prior, bias, strength)
		fmt.Printf("strength %.1f\n weights %.2f bias %.2f\n", strength, w, b)
		report(list, w, b)
	}
	fmt.Println("as it is set")
	report(list, set, setBias)
}

// report prints what thresholds find.
func report(list []judged, w []float64, bias float64) {
	type scored struct {
		judged
		p float64
	}
	var all []scored
	for _, j := range list {
		sum := bias
		for i, v := range j.x {
			sum += w[i] * v
		}
		all = append(all, scored{j, logistic(sum)})
	}
	slices.SortFunc(all, func(a, b scored) int {
		if a.p > b.p {
			return -1
		}
		return 1
	})
	for _, floor := range []float64{0.95, 0.85, 0.7, 0.5, 0.3, 0.2} {
		right := map[string]int{}
		wrong := map[string]int{}
		for _, s := range all {
			if s.p < floor {
				break
			}
			if s.kind != "" {
				right[s.site+" "+s.kind]++
			} else {
				wrong[s.site]++
			}
		}
		fmt.Printf("  p >= %.2f: %v wrong %v\n", floor, right, wrong)
	}
	if os.Getenv("FRESHET_ALL") != "" {
		n := 0
		for _, s := range all {
			if s.kind == "" && n < 60 {
				n++
				fmt.Printf("  WRONG %.2f %s %.2f\n    %s: %s\n    %s: %s\n", s.p, s.site, s.x, s.a.Document.Title, s.a.sentenceText(s.ra.Sentence), s.b.Document.Title, s.b.sentenceText(s.rb.Sentence))
			}
		}
	}
}
