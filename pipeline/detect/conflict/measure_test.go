package conflict

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"freshet/pipeline/detect/bench"
)

// TestMeasureDev prints how the dev half of the bench is found. It is for those who
// make rules: FRESHET_MEASURE=1 go test -run TestMeasureDev -v.
func TestMeasureDev(t *testing.T) {
	if os.Getenv("FRESHET_MEASURE") == "" {
		t.Skip("set FRESHET_MEASURE=1")
	}
	set, sources := devSources(t, 2)
	var list []met
	for _, site := range bySite(sources) {
		list = append(list, newCorpus(t, site).compareAll(PossibleFrom)...)
	}
	r := bench.Score(set, found(list))
	for _, rows := range [][]bench.Row{r.Rows, r.Wide, r.Types, r.Levels, r.Languages} {
		for _, row := range rows {
			fmt.Printf("%-22s planted %3d found %3d false %3d  P %.2f R %.2f\n", row.Name, row.Planted, row.Found, row.False, row.Precision, row.Recall)
		}
		fmt.Println()
	}
	for _, row := range r.Traps {
		fmt.Printf("trap %-15s %d false %d\n", row.Name, row.Planted, row.False)
	}
	for _, f := range r.Flags {
		fmt.Printf("FALSE %.2f %s %s %v\n  %s: %s [%s]\n  %s: %s [%s]\n", f.Found.Score, f.Found.Type, f.Found.Rule, f.Lookalike != nil, f.A.Page, f.A.Text, f.A.Value, f.B.Page, f.B.Text, f.B.Value)
	}
	for _, m := range r.Misses {
		if m.Plant.B.Page == "" || m.Plant.Kind == bench.Duplicate || m.Possible && os.Getenv("FRESHET_ALL") == "" {
			continue
		}
		fmt.Printf("MISS %s %s %s possible %v %.2f\n", m.Plant.ID, m.Plant.Type, m.Plant.Level, m.Possible, m.Score)
	}
}

// TestMeasureDrift prints which planted drifts of the dev half are missed, and why.
func TestMeasureDrift(t *testing.T) {
	if os.Getenv("FRESHET_MEASURE") == "" {
		t.Skip("set FRESHET_MEASURE=1")
	}
	set, sources := devSources(t, 1)
	c := newCorpus(t, sources)
	for _, p := range set.Plants {
		if p.Kind != bench.Drift {
			continue
		}
		for _, a := range c.sides {
			for _, b := range c.sides {
				if a.Document.Key != p.A.Page || b.Document.Key != p.B.Page {
					continue
				}
				swap := inOrder(a, b) > 0
				x, y := a, b
				if swap {
					x, y = b, a
				}
				m, ok := c.comparer.meet(x, y)
				if !ok {
					fmt.Println(p.ID, "not met")
					continue
				}
				sx, sy := x.sequence(), y.sequence()
				steps := alignSequences(m, sx, sy)
				seen := false
				for i, s := range steps {
					ca, cb := sx[s.i], sy[s.j]
					qa, qb := p.A, p.B
					if swap {
						qa, qb = qb, qa
					}
					if within(x, ca.Sentence, qa) && within(y, cb.Sentence, qb) {
						seen = true
						fmt.Printf("%s equal %v how %d says %v %v P %.2f  %s / %s\n", p.ID, s.equal, relateLoose(ca.Claim, cb.Claim), y.says(ca), x.says(cb), logistic(driftScore(m, sx, sy, steps, i)), normal(ca.Claim), normal(cb.Claim))
					}
				}
				if !seen && (strings.Contains(a.Chunk.Text, p.A.Quote) && strings.Contains(b.Chunk.Text, p.B.Quote)) {
					fmt.Println(p.ID, "not aligned:", p.A.Quote, "|", p.B.Quote)
					for _, l := range sx {
						fmt.Print("   ", normal(l.Claim))
					}
					fmt.Println()
					for _, l := range sy {
						fmt.Print("   ", normal(l.Claim))
					}
					fmt.Println()
				}
			}
		}
	}
}

// explain prints what became of a plant.
func (c *corpus) explain(p bench.Plant) {
	at := func(m bench.Mention) (list []*Side) {
		for _, s := range c.sides {
			if s.Document.Key == m.Page {
				list = append(list, s)
			}
		}
		return list
	}
	for i, m := range []bench.Mention{p.A, p.B} {
		for _, s := range at(m) {
			for k := range s.sentences {
				f := &s.sentences[k]
				if !within(s, k, m) {
					continue
				}
				fmt.Printf("  %c: %s\n", 'A'+i, s.sentenceText(k))
				for _, cl := range f.claims {
					fmt.Printf("     %s %s %q label %v past %v\n", cl.Type, normal(cl.Claim), s.slice(cl.Start, cl.End), cl.Label, cl.Past)
				}
				fmt.Printf("     silent %v example %v footing %v past %v entities %v names %d cond %v heading %q %v\n", f.silent, f.Example, f.Footing, f.Past, f.Entities, len(s.names), f.Condition, s.Document.Title, s.Chunk.Heading)
			}
		}
	}
	for _, a := range at(p.A) {
		for _, b := range at(p.B) {
			if inOrder(a, b) > 0 {
				continue
			}
			c.explainSides(p.A, p.B, a, b)
		}
	}
	for _, a := range at(p.B) {
		for _, b := range at(p.A) {
			if inOrder(a, b) > 0 {
				continue
			}
			c.explainSides(p.B, p.A, a, b)
		}
	}
}

func within(s *Side, k int, m bench.Mention) bool {
	text := s.sentenceText(k)
	return strings.Contains(text, m.Quote) || strings.Contains(m.Quote, text)
}

func (c *corpus) explainSides(pa, pb bench.Mention, a, b *Side) {
	m, ok := c.comparer.meet(a, b)
	if !ok {
		fmt.Println("  not met")
		return
	}
	for i := range a.sentences {
		for j := range b.sentences {
			if !within(a, i, pa) || !within(b, j, pb) {
				continue
			}
			sa, sb := &a.sentences[i], &b.sentences[j]
			d := denial{sa: sa, sb: sb, ia: i, ib: j, opposition: oppose(&sa.stance, &sb.stance)}
			f := match{sa: sa, sb: sb, align: alignSentences(sa, sb)}
			g := c.comparer.guardSentences(m, &f)
			x := m.polarityFeatures(&d, &f, &g)
			fmt.Printf("  POLARITY against %v guard %q lowered %v P %.2f %.2f\n", sa.stance.against(&sb.stance), g.suppressed, g.lowered, x.probability(), x)
		}
	}
	for _, f := range c.comparer.matches(m) {
		ka, kb := f.ca.Sentence, f.cb.Sentence
		ina, inb := within(a, ka, pa), within(b, kb, pb)
		if !ina && !inb {
			continue
		}
		how := relate(f.ca.Claim, f.cb.Claim)
		g := c.comparer.guard(m, &f, how)
		x := m.features(&f, &g)
		mark := "OTHER"
		if ina && inb {
			mark = "THIS"
		}
		fmt.Printf("  %s %s/%s how %d guard %q lowered %v P %.2f %.2f\n", mark, normal(f.ca.Claim), normal(f.cb.Claim), how, g.suppressed, g.lowered, x.probability(), x)
	}
}

// TestMeasureYesNo prints what becomes of each planted yes against no of the dev half.
func TestMeasureYesNo(t *testing.T) {
	if os.Getenv("FRESHET_MEASURE") == "" {
		t.Skip("set FRESHET_MEASURE=1")
	}
	set, sources := devSources(t, 1)
	c := newCorpus(t, sources)
	for _, p := range set.Plants {
		if p.Kind == bench.YesNo {
			fmt.Println("PLANT", p.ID, p.Level)
			c.explain(p)
		}
	}
}

// TestMeasureKeys prints how many of the contradictions found share a key.
func TestMeasureKeys(t *testing.T) {
	if os.Getenv("FRESHET_MEASURE") == "" {
		t.Skip("set FRESHET_MEASURE=1")
	}
	_, sources := devSources(t, 1)
	c := newCorpus(t, sources)
	keys := make(map[*Side]map[uint64]bool)
	rows := make(map[uint64]int)
	for _, s := range c.sides {
		keys[s] = map[uint64]bool{}
		for _, k := range c.comparer.Keys(s) {
			keys[s][k] = true
			rows[k]++
		}
	}
	all, sharing, rare := 0, 0, 0
	for _, m := range c.compareAll(LikelyFrom) {
		if m.Drift {
			continue
		}
		all++
		least := 0
		for k := range keys[m.a] {
			if keys[m.b][k] && (least == 0 || rows[k] < least) {
				least = rows[k]
			}
		}
		if least > 0 {
			sharing++
		}
		if least > 0 && least <= 50 {
			rare++
		}
	}
	fmt.Printf("%d pairs, %d share a key, %d one of at most 50 passages; %d passages\n", all, sharing, rare, len(c.sides))
}
