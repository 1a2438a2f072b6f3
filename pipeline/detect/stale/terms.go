package stale

import "strings"

// MostTerms is how many retired terms are looked for.
const MostTerms = 10_000

// Terms are products, names and versions that are no longer: whoever mentions them as
// if they were is out of date. They are found whole, whatever the case and the accents.
type Terms struct {
	byFirst map[string][]term
	n       int
}

type term struct {
	words   []string
	written string
}

// NewTerms prepares a list; empty entries, and those behind MostTerms, are left out.
func NewTerms(list []string) *Terms {
	t := &Terms{byFirst: make(map[string][]term)}
	for _, written := range list {
		words := strings.Fields(foldWords(written))
		if len(words) == 0 || t.n >= MostTerms {
			continue
		}
		t.byFirst[words[0]] = append(t.byFirst[words[0]], term{words, strings.TrimSpace(written)})
		t.n++
	}
	return t
}

// Len counts the terms.
func (t *Terms) Len() int {
	if t == nil {
		return 0
	}
	return t.n
}

// at returns the longest term that begins with the i-th word.
func (t *Terms) at(list []token, i int) (term, bool) {
	var best term
	for _, candidate := range t.byFirst[list[i].s] {
		if len(candidate.words) <= len(best.words) || i+len(candidate.words) > len(list) {
			continue
		}
		whole := true
		for k, w := range candidate.words {
			whole = whole && list[i+k].s == w
		}
		if whole {
			best = candidate
		}
	}
	return best, best.words != nil
}

// gone are words that say of a term beside them that it is no longer.
var gone = wordSet("remplace remplacee remplaces remplacees remplacent remplacant ancien ancienne anciens anciennes anciennement retire retiree supprime supprimee arrete arretee " +
	"abandonne abandonnee commercialise commercialisee commercialises vendu vendue vendus disparu obsolete migre migrer migrez migration " +
	"replaced replaces replacing former formerly retired discontinued removed legacy deprecated obsolete old sunset migrate migrating migrated renamed renomme renommee devenu devenue became previously")

func wordSet(words string) map[string]bool {
	out := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}
