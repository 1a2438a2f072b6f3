package chunk

// A part is a run of adjacent sections that becomes one piece, or one long
// section that becomes several.
type part struct {
	sections []section
	question bool // the first section's heading is answered by all of them
	words    int
}

// join groups sections into parts.
func join(list []section, o Options) []part {
	var out []part
	list = withoutCarried(list)
	for i := 0; i < len(list); {
		if list[i].question {
			if n, words := answer(list[i:], o.Max); n > 0 {
				out = append(out, part{sections: list[i : i+n], question: true, words: words})
				i += n
				continue
			}
		}
		n, words := neighbours(list, i, o)
		out = append(out, part{sections: list[i : i+n], words: words})
		i += n
	}
	return out
}

func withoutCarried(list []section) []section {
	kept := make([]section, 0, len(list))
	for i := range list {
		if !carried(list, i) {
			kept = append(kept, list[i])
		}
	}
	return kept
}

// carried reports whether section i has no text of its own and its heading stands
// in the path of the next one.
func carried(list []section, i int) bool {
	s := &list[i]
	if s.to > s.from || i+1 == len(list) {
		return false
	}
	next := &list[i+1]
	return len(next.heads) > len(s.heads) && next.heads[0] == s.heads[0]
}

// answer counts the sections that answer the question of the first one: itself
// and what stands under its subheadings. 0 when it does not fit, or when a
// subheading is a question of its own and there is no text before it.
func answer(list []section, most int) (n, words int) {
	words = list[0].words
	n = 1
	for ; n < len(list) && len(list[n].heads) > 0 && list[n].level > list[0].level; n++ {
		if list[n].question {
			n, words = 1, list[0].words
			break
		}
		words += list[n].words + headingWords(&list[n])
	}
	if n > 1 && words > most {
		n, words = 1, list[0].words
	}
	if words == 0 || words > most || list[0].to == list[0].from && n == 1 {
		return 0, 0
	}
	return n, words
}

// neighbours counts the sections that are joined from i on.
func neighbours(list []section, i int, o Options) (n, words int) {
	first := &list[i]
	words = first.words
	if first.question && first.words > 0 {
		return 1, words
	}
	own := headingWords(first)
	for n = 1; i+n < len(list); n++ {
		next := &list[i+n]
		all := words + next.words + headingWords(next)
		if next.question || next.language != first.language || own+all > o.Max {
			break
		}
		if next.major != first.major {
			if words >= o.Tiny || next.words >= o.Tiny {
				break
			}
		} else if words >= o.Min && next.words >= o.Min {
			break
		}
		words = all
	}
	return n, words
}

// headingWords are the words of the headings before a section's body.
func headingWords(s *section) int {
	n := 0
	for _, h := range s.path[len(s.path)-min(len(s.heads), len(s.path)):] {
		n += count(h)
	}
	return n
}
