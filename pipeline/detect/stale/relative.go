package stale

import "strings"

// relativeWords mean another time to every reader, by how surely they do.
var relativeWords = map[string]float64{
	"bientot": 1, "prochainement": 1, "cette annee": 1, "l annee prochaine": 1, "le mois prochain": 1, "ce mois ci": 1, "recemment": 1, "dernierement": 1, "tout juste": 0.5,
	"d ici peu": 1, "ces derniers mois": 1, "cet ete": 0.5, "cet hiver": 0.5, "actuellement": 0.5, "a ce jour": 0.5,
	"notre nouveau": 0.5, "notre nouvelle": 0.5, "nos nouveaux": 0.5, "nos nouvelles": 0.5, "le nouveau": 0.5, "la nouvelle": 0.5, "le nouvel": 0.5, "notre nouvel": 0.5, "les nouvelles offres": 0.5,
	"coming soon": 1, "soon to be": 1, "will soon": 1, "this year": 1, "next year": 1, "next month": 1, "this month": 1, "recently": 1, "in the coming months": 1, "in the coming weeks": 1,
	"this summer": 0.5, "this winter": 0.5, "currently": 0.5, "at the moment": 0.5, "brand new": 0.5, "our new": 0.5, "the new version": 0.5, "latest version": 0.5, "lately": 1,
}

// relativeLongest is how many words the longest of them has.
const relativeLongest = 4

// wordsOf looks for retired terms and for relative words in a passage.
func (j *judge) wordsOf(p *Passage, all *found) {
	relative := j.age.for_ > relativeAge && !j.exempt() && !j.age.confirmed
	if j.rules.Terms.Len() == 0 && !relative {
		return
	}
	list := tokens(p.Text)
	for i := range list {
		if j.rules.Terms.Len() > 0 {
			if t, ok := j.rules.Terms.at(list, i); ok && !saidGone(p.Text, list, i, len(t.words)) {
				all.terms = appendEvidence(all.terms, wordEvidence(p, list[i].start, list[i+len(t.words)-1].end))
			}
		}
		if !relative {
			continue
		}
		if n, strength := relativeAt(list, i); n > 0 {
			all.relativeStrength = max(all.relativeStrength, strength)
			e := wordEvidence(p, list[i].start, list[i+n-1].end)
			if strength > 0.5 && len(all.relative) > 0 && len(all.relative) < mostEvidence {
				all.relative = append([]Evidence{e}, all.relative...) // the surest is shown first
				continue
			}
			all.relative = appendEvidence(all.relative, e)
		}
	}
}

// relativeAt returns how many words from i on are relative, and how surely.
func relativeAt(list []token, i int) (int, float64) {
	if !relativeBegins[list[i].s] {
		return 0, 0
	}
	for n := min(relativeLongest, len(list)-i); n > 0; n-- {
		parts := make([]string, n)
		for k := range parts {
			parts[k] = list[i+k].s
		}
		if strength, ok := relativeWords[strings.Join(parts, " ")]; ok {
			return n, strength
		}
	}
	return 0, 0
}

var relativeBegins = firstWords(relativeWords)

func firstWords(phrases map[string]float64) map[string]bool {
	out := make(map[string]bool)
	for p := range phrases {
		first, _, _ := strings.Cut(p, " ")
		out[first] = true
	}
	return out
}

// saidGone reports whether the sentence says itself that the term is no longer.
func saidGone(text string, list []token, i, n int) bool {
	for k := max(0, i-12); k < min(len(list), i+n+12); k++ {
		if k >= i && k < i+n || !gone[list[k].s] {
			continue
		}
		a, b := min(k, i), max(k, i+n-1)
		if !strings.ContainsAny(text[list[a].end:list[b].start], ".!?;\n") {
			return true
		}
	}
	return false
}

// wordEvidence is a stretch of a passage with its sentence.
func wordEvidence(p *Passage, start, end int) Evidence {
	from, to := start, end
	for from > 0 && !strings.ContainsRune(".!?;\n", rune(p.Text[from-1])) {
		from--
	}
	for to < len(p.Text) && !strings.ContainsRune(".!?;\n", rune(p.Text[to])) {
		to++
	}
	if to < len(p.Text) && p.Text[to] != '\n' {
		to++
	}
	from, to = trimmed(p.Text, from, to)
	return Evidence{Chunk: p.Chunk, Start: start, End: end, From: from, To: to, Sentence: p.Text[from:to], Value: p.Text[start:end]}
}
