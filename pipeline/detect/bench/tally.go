package bench

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// A tally holds what of a Set was found, and what was found falsely.
type tally struct {
	set   *Set
	found []bool    // by plant
	score []float64 // by plant, of the best finding
	flags []Flag
	// at are the plants with a mention on a page, by page.
	at map[string][]int
}

func newTally(set *Set, findings []Found, wide bool) *tally {
	t := &tally{set: set, found: make([]bool, len(set.Plants)), score: make([]float64, len(set.Plants)), at: map[string][]int{}}
	for i, p := range set.Plants {
		t.at[p.A.Page] = append(t.at[p.A.Page], i)
		if p.B.Page != "" && p.B.Page != p.A.Page {
			t.at[p.B.Page] = append(t.at[p.B.Page], i)
		}
	}
	seen := map[string]bool{}
	for _, f := range findings {
		if f.Tier != Likely && !wide || !counted(f.Kind) {
			continue
		}
		for _, pair := range f.claimed() {
			t.add(f, pair, seen)
		}
	}
	return t
}

// groups counts the findings that are right in all that they put side by side.
func (t *tally) groups(findings []Found) Row {
	r := Row{Name: "findings"}
	for _, f := range findings {
		if f.Tier != Likely || !counted(f.Kind) {
			continue
		}
		f.Pairs = nil
		right, wrong := false, false
		for _, pair := range f.claimed() {
			is := slices.ContainsFunc(t.at[pair[0].Page], func(i int) bool {
				p := &t.set.Plants[i]
				return class(p.Kind) == class(f.Kind) && p.is(pair)
			})
			right, wrong = right || is, wrong || !is
		}
		switch {
		case wrong:
			r.False++
		case right:
			r.Found++
		}
	}
	r.Precision, r.Recall = rate(r.Found, r.Found+r.False), rate(0, 0)
	r.PrecisionWithin, r.RecallWithin = within95(r.Found, r.Found+r.False), within95(0, 0)
	return r
}

// counted reports whether findings of a kind are compared with what was planted.
func counted(k Kind) bool {
	return slices.Contains([]Kind{Conflict, YesNo, Drift, Expired, Duplicate}, k)
}

// claimed are the pairs that a finding claims; of one that has one side, that side.
func (f *Found) claimed() [][2]FoundMember {
	var out [][2]FoundMember
	if f.Kind == Expired {
		for _, m := range f.Members {
			out = append(out, [2]FoundMember{m, {}})
		}
		return out
	}
	if f.Pairs != nil {
		for _, p := range f.Pairs {
			out = append(out, [2]FoundMember{f.Members[p[0]], f.Members[p[1]]})
		}
		return out
	}
	for i, a := range f.Members {
		for _, b := range f.Members[i+1:] {
			if a == b || a.Page == b.Page || f.Kind != Duplicate && a.Value == b.Value && a.Value != "" {
				continue
			}
			out = append(out, [2]FoundMember{a, b})
		}
	}
	return out
}

// add counts one claimed pair: for the plants it finds, or as false.
func (t *tally) add(f Found, pair [2]FoundMember, seen map[string]bool) {
	right := false
	var fooled *Plant
	for _, i := range t.at[pair[0].Page] {
		p := &t.set.Plants[i]
		if !p.is(pair) {
			continue
		}
		switch {
		case class(p.Kind) == class(f.Kind):
			right, t.found[i], t.score[i] = true, true, max(t.score[i], f.Score)
		case p.Kind == Lookalike && class(p.Against) == class(f.Kind) && fooled == nil:
			fooled = p
		}
	}
	if right {
		return
	}
	sides := []string{pair[0].Page + "\x00" + join(words(pair[0].Text)), pair[1].Page + "\x00" + join(words(pair[1].Text))}
	slices.Sort(sides)
	key := string(class(f.Kind)) + "\x00" + strings.Join(sides, "\x00")
	if seen[key] {
		return
	}
	seen[key] = true
	t.flags = append(t.flags, Flag{Found: f, A: pair[0], B: pair[1], Rows: against(&f, pair), Lookalike: fooled})
}

// class takes the three kinds of contradictions together.
func class(k Kind) Kind {
	if k == YesNo || k == Drift {
		return Conflict
	}
	return k
}

// sameWords is the share of words in common from which two sentences are copies.
const sameWords = 0.5

// against are the rows that a false pair counts against.
func against(f *Found, pair [2]FoundMember) []string {
	switch {
	case f.Kind == Expired:
		return []string{rowExpired}
	case f.Kind == Duplicate:
		return []string{rowDuplicates}
	case f.Kind == Drift:
		return []string{rowDrift}
	case f.Kind == YesNo || f.Type == "bool":
		return []string{rowYesNo}
	case pair[0].Text == "" || pair[1].Text == "":
		return []string{rowCopies, rowReworded}
	case closeness(pair[0].Text, pair[1].Text) >= sameWords:
		return []string{rowCopies}
	}
	return []string{rowReworded}
}

// is says whether the pair, in either order, is the plant's two mentions.
func (p *Plant) is(pair [2]FoundMember) bool {
	if p.B.Page == "" {
		return pair[1].Page == "" && p.A.is(pair[0], p)
	}
	return p.A.is(pair[0], p) && p.B.is(pair[1], p) || p.A.is(pair[1], p) && p.B.is(pair[0], p)
}

// is says whether what was found is this mention: on its page, and its words are the
// quote's or part of them, or the other way round with few words more. Whole pages need
// no words; of a duplicated passage half of the words are enough, since passages are cut
// otherwise than written.
func (m Mention) is(f FoundMember, p *Plant) bool {
	if m.Page != f.Page {
		return false
	}
	if class(p.Kind) == Duplicate || p.Against == Duplicate {
		if p.Level == Whole || p.Level == "" || f.Text == "" {
			return true
		}
		return 2*shared(words(m.Quote), words(f.Text)) >= min(len(words(m.Quote)), len(words(f.Text)))
	}
	quote, text := words(m.Quote), words(f.Text)
	if len(text) == 0 {
		return false
	}
	if len(text) <= len(quote) {
		return within(text, quote) && (len(text) > 3 || !strings.Contains(m.Quote, m.Value) || m.Value == "" || shared(words(m.Value), text) > 0)
	}
	return within(quote, text) && len(text) <= 2*len(quote)+12
}

// words are the letters and figures of a text in lower case.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func join(w []string) string { return strings.Join(w, " ") }

// within says whether the words stand in the others in a row.
func within(some, all []string) bool {
	return strings.Contains(" "+join(all)+" ", " "+join(some)+" ")
}

// shared counts the words that both have, repeats counted.
func shared(a, b []string) int {
	count := map[string]int{}
	for _, w := range a {
		count[w]++
	}
	n := 0
	for _, w := range b {
		if count[w] > 0 {
			count[w]--
			n++
		}
	}
	return n
}

// closeness is the share of words that two sentences have in common, figures apart.
func closeness(a, b string) float64 {
	plain := func(text string) []string {
		return slices.DeleteFunc(words(text), func(w string) bool { return strings.ContainsFunc(w, unicode.IsDigit) })
	}
	x, y := plain(a), plain(b)
	n := shared(x, y)
	if all := len(x) + len(y) - n; all > 0 {
		return float64(n) / float64(all)
	}
	return 1
}

// rows fills the rows that are asked for.
func (t *tally) rows(rows []Row) []Row {
	for i := range rows {
		name := rows[i].Name
		t.fill(&rows[i], func(p *Plant) bool { return p.row() == name }, func(f *Flag) bool { return slices.Contains(f.Rows, name) })
	}
	return rows
}

// by makes a row of each name that plants have.
func (t *tally) by(plant func(*Plant) string, flag func(*Flag) string) []Row {
	names := map[string]bool{}
	for i := range t.set.Plants {
		if p := &t.set.Plants[i]; p.row() != "" {
			names[plant(p)] = true
		}
	}
	var out []Row
	for name := range names {
		if name == "" {
			continue
		}
		r := Row{Name: name}
		t.fill(&r, func(p *Plant) bool { return p.row() != "" && plant(p) == name }, func(f *Flag) bool { return flag != nil && flag(f) == name })
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Row) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func (t *tally) fill(r *Row, plant func(*Plant) bool, flag func(*Flag) bool) {
	for i := range t.set.Plants {
		if p := &t.set.Plants[i]; plant(p) {
			r.Planted++
			if t.found[i] {
				r.Found++
			}
		}
	}
	for i := range t.flags {
		if flag(&t.flags[i]) {
			r.False++
		}
	}
	r.Precision, r.Recall = rate(r.Found, r.Found+r.False), rate(r.Found, r.Planted)
	r.PrecisionWithin, r.RecallWithin = within95(r.Found, r.Found+r.False), within95(r.Found, r.Planted)
}

// traps counts the lookalikes by what makes them look alike.
func (t *tally) traps() ([]Row, int) {
	rows := map[string]*Row{}
	all := 0
	for i := range t.set.Plants {
		p := &t.set.Plants[i]
		if p.Kind != Lookalike {
			continue
		}
		all++
		name := p.Trap + " (" + string(p.Against) + ")"
		if rows[name] == nil {
			rows[name] = &Row{Name: name}
		}
		rows[name].Planted++
		for k := range t.flags {
			f := &t.flags[k]
			if class(p.Against) == class(f.Found.Kind) && p.is([2]FoundMember{f.A, f.B}) {
				rows[name].False++
				break
			}
		}
	}
	var out []Row
	for _, r := range rows {
		r.Precision, r.Recall = rate(0, 0), rate(0, 0)
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b Row) int { return cmp.Compare(a.Name, b.Name) })
	return out, all
}
