package duplicate

import "sort"

// A Stretch is a passage that two documents share, though the documents are not
// duplicates.
type Stretch struct {
	// A and B are the words of each document, exactly as they stand in
	// Page.Passages[InA].Text and Page.Passages[InB].Text, where the stretch begins; one that
	// goes on into the next passage is cut at its end.
	A, B     string
	InA, InB int
	Words    int // that both have
}

const (
	// stretchWords is the least number of words: MinShingles shingles.
	stretchWords = MinShingles + shortWidth - 1
	// stretchShare is the least share of the words of a stretch that both texts have, in
	// the same order. Two words changed in a passage of fifty leave .96 of the words, but
	// .79 of the shingles.
	stretchShare = 0.90
	// paragraphShare is how much of a paragraph a stretch has to make up, in one of the
	// documents, for its words to count: what two paragraphs have in common is no passage.
	paragraphShare = 0.80
	// lost is what a word that only one has costs against one that both have, and enough
	// how much a stretch may lose before it ends.
	lost, enough = 4, 24
)

// A region is a run of anchors.
type region struct{ from, to int } // anchors[from:to]

// regions are the longest runs of anchors that are dense enough to be one passage.
func regions(anchors []anchor) []region {
	var out []region
	for i := 0; i < len(anchors); {
		score, best, end := 1, 1, i+1
		for k := i + 1; k < len(anchors) && best-score <= enough; k++ {
			gap := max(anchors[k].a-anchors[k-1].a, anchors[k].b-anchors[k-1].b) - 1
			if score += 1 - lost*gap; score <= 0 {
				break
			}
			if score > best {
				best, end = score, k+1
			}
		}
		first, last := anchors[i], anchors[end-1]
		length := max(last.a-first.a, last.b-first.b) + 1
		if n := end - i; n >= stretchWords && float64(n) >= stretchShare*float64(length) {
			out = append(out, region{i, end})
		}
		i = end
	}
	return out
}

// stretches lists what two documents share that is a passage in one of them and says the
// same in both, and whether any other says the same but for a value.
func (j *judge) stretches(anchors []anchor) (out []Stretch, values bool) {
	for _, r := range regions(anchors) {
		run := anchors[r.from:r.to]
		parts, why := j.agreeing(run)
		if why == Sibling {
			continue
		}
		found := false
		for _, part := range parts {
			if s, ok := j.stretch(part); ok {
				out, found = append(out, s), true
			}
		}
		values = values || why == Values && !found
	}
	return out, values
}

// agreeing cuts a run of anchors where the texts say different things, and returns what
// of it is a paragraph or more in one of the documents.
func (j *judge) agreeing(run []anchor) (parts [][]anchor, why Reason) {
	from := 0
	take := func(to int) {
		part := run[from:to]
		cut := [2]bool{from > 0, to < len(run)}
		from = to
		if len(part) < stretchWords {
			return
		}
		first, last := part[0], part[len(part)-1]
		if paragraphs(j.a.whole, first.a, last.a+1, cut) || paragraphs(j.b.whole, first.b, last.b+1, cut) {
			parts = append(parts, part)
		}
	}
	for i := 1; i < len(run); i++ {
		one := inner(j.a, j.b, run[i-1:i+1])
		switch j.edits(one) {
		case "":
		case Sibling:
			return nil, Sibling
		default:
			why = Values
			take(i)
		}
	}
	take(len(run))
	return parts, why
}

// stretch is what anchors tell of passages; ok is false where too few of their words are
// the documents' own.
func (j *judge) stretch(run []anchor) (s Stretch, ok bool) {
	var first, last anchor
	own, from := 0, run[0].a
	common := j.common(from, run[len(run)-1].a+1)
	for _, at := range run {
		if j.a.whole[at.a].class&head != 0 || j.b.whole[at.b].class&head != 0 {
			continue
		}
		if !common[at.a-from] {
			own++
		}
		if !ok {
			first, ok = at, true
		}
		last = at
	}
	if own < stretchWords {
		return s, false
	}
	s.Words = len(run)
	s.InA, s.A = j.a.cut(first.a, last.a)
	s.InB, s.B = j.b.cut(first.b, last.b)
	return s, true
}

// common tells of A's tokens from one to another which are of passages that more than
// boilerplateDocuments documents hold, as far as the rules know.
func (j *judge) common(from, to int) []bool {
	out := make([]bool, to-from)
	if j.rules.Holders == nil {
		return out
	}
	for _, p := range j.a.places {
		if p.from < to && from < p.to {
			j.mark(out, from, p)
		}
	}
	return out
}

// mark is common for one passage; out begins at a token. A word is taken for what the
// phrase that is chosen nearest to it is: between two that are chosen, no other is known.
func (j *judge) mark(out []bool, at int, p place) {
	list := runs(j.a.whole[p.from:p.to], longWidth, nil)
	from, end := max(p.from, at), min(p.to, at+len(out))
	var many, before bool
	last := -1 // middle of the phrase before
	for _, i := range chosen(list) {
		middle := p.from + i + longWidth/2
		if middle < from-window {
			continue // others are nearer
		}
		many = j.rules.Holders(tagged(Phrase, list[i])) > boilerplateDocuments
		half := from
		if last >= 0 {
			half = (last + middle + 1) / 2
		}
		fill(out, at, max(from, last), min(half, end), before)
		fill(out, at, max(from, half), min(middle, end), many)
		if before, last = many, middle; middle >= end {
			return
		}
	}
	if last >= 0 {
		fill(out, at, max(from, last), end, before)
	}
}

func fill(out []bool, at, from, to int, value bool) {
	for k := from; k < to; k++ {
		out[k-at] = value
	}
}

// cut is the text from one token to another, within the passage of the first.
func (r *Reading) cut(from, to int) (int, string) {
	start, end := int(r.whole[from].from), int(r.whole[to].to)
	in := sort.SearchInts(r.starts, start+1) - 1
	limit := r.starts[in] + len(r.Page.Passages[in].Text)
	return in, r.text[start:min(end, limit)]
}

// paragraphs reports whether tokens hold enough words of lines of which they are most.
// Where they were cut, the line that goes on says something else and does not count.
func paragraphs(list []token, from, to int, cut [2]bool) bool {
	held := 0
	start := from
	for start > 0 && list[start].class&line == 0 {
		start--
	}
	for start < to {
		end := start + 1
		for end < len(list) && list[end].class&line == 0 {
			end++
		}
		inside := min(end, to) - max(start, from)
		differs := cut[0] && start < from || cut[1] && end > to
		if !differs && float64(inside) >= paragraphShare*float64(end-start) {
			held += inside
		}
		start = end
	}
	return held >= stretchWords
}

// framed reports whether two titles are one but for a word or two on either side: what
// stands under them is of a template.
func framed(a, b *Reading) bool {
	x, y := a.whole[:a.title], b.whole[:b.title]
	start := 0
	for start < len(x) && start < len(y) && x[start].hash == y[start].hash {
		start++
	}
	x, y = x[start:], y[start:]
	end := 0
	for end < len(x) && end < len(y) && x[len(x)-1-end].hash == y[len(y)-1-end].hash {
		end++
	}
	x, y = x[:len(x)-end], y[:len(y)-end]
	slot := max(len(x), len(y))
	return len(x) > 0 && len(y) > 0 && slot <= widestSlot && start+end >= min(slot, 2)
}

// widestSlot is how many words of a title may name what a page of a template is about.
const widestSlot = 3
