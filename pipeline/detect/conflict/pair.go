package conflict

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"freshet/pipeline/detect/claims"
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
	c.explain(m, &pair)
	if since := m.since(f); since != Neither {
		pair.Outdated = true
		if pair.Suggest == Neither {
			pair.Suggest, pair.Because = since, dated
		}
	}
	return pair
}

// since is the side that says from when its value holds, where only one does.
func (m *meeting) since(f *match) Choice {
	switch {
	case f.ca.Type == claims.Date:
	case f.ca.From != 0 && f.cb.From == 0:
		return SideA
	case f.cb.From != 0 && f.ca.From == 0:
		return SideB
	}
	return Neither
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

// explain gives a Pair its words and the side that is suggested.
func (c *Comparer) explain(m *meeting, p *Pair) {
	en, fr := "%s here and %s there, for what seems to be the same thing", "%s ici et %s là, pour ce qui semble être la même chose"
	switch {
	case p.Rule == ByPolarity || p.Rule == ByOutdated:
		en, fr = "one says yes where the other says no: %s / %s", "l'un dit oui où l'autre dit non : %s / %s"
	case p.Rule == ByDrift:
		en, fr = "a page and its translation give two values: %s and %s", "une page et sa traduction donnent deux valeurs : %s et %s"
	case p.Rule == ByLabel:
		en, fr = "%s and %s under the same label", "%s et %s sous le même intitulé"
	case p.Rule == ByCopy:
		en, fr = "two copies of a sentence give %s and %s", "deux copies d'une phrase donnent %s et %s"
	}
	x, y := brief(p.A.Value), brief(p.B.Value)
	p.Reason = map[string]string{
		"en": fmt.Sprintf(en, "“"+x+"”", "“"+y+"”"),
		"fr": fmt.Sprintf(fr, "« "+x+" »", "« "+y+" »"),
	}
	p.Suggest, p.Because = c.suggest(m, p)
}

// mostQuoted is how many characters of a value a reason quotes.
const mostQuoted = 120

// brief is a value on one line, cut.
func brief(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= mostQuoted {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:mostQuoted-1])) + "…"
}
