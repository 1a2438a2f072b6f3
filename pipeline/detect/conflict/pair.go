package conflict

import (
	"fmt"
)

// pair writes a match down.
func (c *Comparer) pair(m *meeting, f *match, g *verdict, p float64) Pair {
	pair := Pair{
		A: m.a.ref(f.sa, f.ca), B: m.b.ref(f.sb, f.cb),
		Type: f.ca.Type, Rule: ByValue, P: p, Tier: tier(p), Lowered: g.lowered,
	}
	switch {
	case f.align.label:
		pair.Rule = ByLabel
	case f.align.copied:
		pair.Rule = ByCopy
	}
	pair.Reason = map[string]string{
		"en": fmt.Sprintf("%q here, %q there", pair.A.Value, pair.B.Value),
		"fr": fmt.Sprintf("« %s » ici, « %s » là", pair.A.Value, pair.B.Value),
	}
	pair.Suggest, pair.Because = c.suggest(m, &pair)
	return pair
}

func tier(p float64) Tier {
	if p >= LikelyFrom {
		return Likely
	}
	return Possible
}

func (s *Side) ref(in *sentence, c *claim) ClaimRef {
	return ClaimRef{Sentence: c.Sentence, Start: c.Start, End: c.End, Value: s.slice(c.Start, c.End), Normal: normal(c.Claim), Hash: in.Hash}
}

// slice returns part of the passage; offsets that are not of it give nothing.
func (s *Side) slice(start, end int) string {
	if start < 0 || end > len(s.Chunk.Text) || start > end {
		return ""
	}
	return s.Chunk.Text[start:end]
}
