package retrieve

import (
	"cmp"
	"slices"

	"freshet/index"
	"freshet/index/lexical"
)

// Features are what tells whether the first passage answers. None depends on the
// size of the base; most are shares between 0 and 1.
type Features [featureCount]float64

const (
	fWords       = iota // score of words over what a passage with all of them could have
	fGrams              // the same of 4-grams
	fCover              // share of the question, by rarity, in the first passage with its title
	fRarest             // rarity of the rarest word that is not in it
	fWordsMargin        // how far the fifth is behind the best, in words
	fGramsMargin        // the same in 4-grams
	fAgree              // words and 4-grams have the same best
	fFew                // how few words the question has
	fTitle              // score of title words over what a title with all of them could have
	fTitleCover         // share of the question in the first passage's title
	fTitleShare         // share of that title in the question
	fTitleMargin        // how far the next page's title is behind
	fPageMargin         // how far the next page is behind
	fTitled             // the first passage has a title
	fDense              // cosine of the first passage
	fDenseMargin        // how far the fifth cosine is behind the best
	fOverlap            // share of the five best by words that are among the five best by meaning
	featureCount
)

// featureNames are for reports.
var featureNames = [featureCount]string{
	"words", "grams", "cover", "rarest", "words_margin", "grams_margin", "agree", "few", "title", "title_cover",
	"title_share", "title_margin", "page_margin", "titled", "dense",
	"dense_margin", "overlap",
}

// FeatureNames returns the names of the features, in their order.
func FeatureNames() []string { return featureNames[:] }

// features computes them from the candidates, best first, as far as the Store
// explained them.
func (s *session) features() Features {
	var f Features
	explained := s.explained()
	if s.judgesMeaning() {
		s.denseFeatures(&f)
	}
	if len(explained) == 0 {
		return f
	}
	top := explained[0]
	switch {
	case s.judgesMeaning():
		top = s.candidates[0]
	case s.dense != nil:
		top = best(explained, s.judgedScore)
	}
	f[fWords] = ratio(top.scores.Words, index.MaxWeight*float64(s.query.Ideals[lexical.Words]))
	f[fGrams] = ratio(top.scores.Grams, index.MaxWeight*float64(s.query.Ideals[lexical.Grams]))
	f[fCover], f[fRarest] = s.cover(top, false)
	f[fFew] = 1 / float64(1+len(s.query.Words))
	words := func(c *candidate) float64 { return c.scores.Words }
	grams := func(c *candidate) float64 { return c.scores.Grams }
	bestWords, bestGrams := best(explained, words), best(explained, grams)
	f[fWordsMargin], f[fGramsMargin] = margin(explained, words), margin(explained, grams)
	if bestWords == bestGrams {
		f[fAgree] = 1
	}
	s.titleFeatures(&f, top, explained)
	f[fPageMargin] = s.subjectMargin(top)
	return f
}

// denseFeatures are those of what the embedder says.
func (s *session) denseFeatures(f *Features) {
	near := make([]*candidate, 0, len(s.candidates))
	for _, c := range s.candidates {
		if c.found.embedded {
			near = append(near, c)
		}
	}
	f[fDense] = s.candidates[0].scores.Dense
	if len(near) == 0 {
		return
	}
	cosine := func(c *candidate) float64 { return c.scores.Dense }
	f[fDenseMargin] = margin(near, cosine) * best(near, cosine).scores.Dense
	words := slices.Clone(s.candidates)
	slices.SortStableFunc(words, func(a, b *candidate) int { return compareScores(a.found.lexical, b.found.lexical) })
	slices.SortStableFunc(near, func(a, b *candidate) int { return compareScores(cosine(a), cosine(b)) })
	words, near = words[:min(len(words), 5)], near[:min(len(near), 5)]
	for _, c := range words {
		if c.found.lexical > 0 && slices.Contains(near, c) {
			f[fOverlap] += 1.0 / 5
		}
	}
}

// subjectMargin is how far the next subject is behind the one judged.
func (s *session) subjectMargin(top *candidate) float64 {
	next, alone := 0.0, true
	for _, c := range s.candidates {
		if c.subject() != top.subject() {
			next, alone = max(next, s.judgedScore(c)), false
		}
	}
	if alone {
		return 1
	}
	return max(0, 1-ratio(next, s.judgedScore(top)))
}

// judgedScore is a candidate's score, without what meaning adds where words alone
// are judged.
func (s *session) judgedScore(c *candidate) float64 {
	if s.dense == nil || s.judgesMeaning() {
		return c.score
	}
	return c.found.lexical * ratio(c.score, c.found.score)
}

func (s *session) titleFeatures(f *Features, top *candidate, explained []*candidate) {
	title := top.passage.Document.Title
	if q := top.passage.Chunk.Question; q != "" {
		title = q
	}
	if title == "" {
		return
	}
	f[fTitled] = 1
	ideal := index.MaxWeight * float64(s.query.Ideals[lexical.TitleWords]+s.query.Ideals[lexical.TitleGrams])
	f[fTitle] = ratio(top.scores.Title, ideal)
	f[fTitleCover], _ = s.cover(top, true)
	f[fTitleShare] = float64(s.r.analyser.TitleShare(&s.query, title, s.options))
	next := 0.0
	for _, c := range explained {
		if c.subject() != top.subject() {
			next = max(next, c.scores.Title)
		}
	}
	f[fTitleMargin] = ratio(top.scores.Title-next, ideal)
}

// explained are the candidates whose contributions are known.
func (s *session) explained() []*candidate {
	list := make([]*candidate, 0, len(s.candidates))
	for _, c := range s.candidates {
		if c.found.terms != nil {
			list = append(list, c)
		}
	}
	return list
}

// cover is the share of the question's words, by rarity, that a passage has, or
// its title alone, and the rarity of the rarest one that it has not, over ten. A
// word counts as far as what was found of it was typed.
func (s *session) cover(c *candidate, title bool) (share, rarest float64) {
	if len(s.query.Words) == 0 {
		return 0, 0
	}
	has := make([]float64, len(s.query.Words))
	for i, x := range c.found.terms {
		if x <= 0 || i >= len(s.query.Terms) || s.query.Terms[i].Word == lexical.NoWord {
			continue
		}
		t := &s.query.Terms[i]
		if t.Namespace != lexical.TitleWords && (title || t.Namespace != lexical.Words) {
			continue
		}
		weight := 1.0
		if t.Added {
			weight = 0.7
		}
		has[t.Word] = max(has[t.Word], weight)
	}
	var all, found float64
	for i, w := range s.query.Words {
		all += float64(w.IDF)
		found += float64(w.IDF) * has[i]
		if has[i] == 0 {
			rarest = max(rarest, float64(w.IDF)/10)
		}
	}
	return ratio(found, all), rarest
}

func best(list []*candidate, score func(*candidate) float64) *candidate {
	top := list[0]
	for _, c := range list[1:] {
		if score(c) > score(top) {
			top = c
		}
	}
	return top
}

// subject is what a passage is about: passages of one page, and pages with one
// title, do not compete.
func (c *candidate) subject() string {
	return cmp.Or(c.passage.Document.Title, c.page())
}

// margin is how far the fifth subject is behind the first, as a share; the last
// when there are fewer.
func margin(list []*candidate, score func(*candidate) float64) float64 {
	// A subject's best is its first once the list is in order of this score.
	order := slices.Clone(list)
	slices.SortFunc(order, func(a, b *candidate) int { return compareScores(score(a), score(b)) })
	scores := make([]float64, 0, 5) // the best of the first five subjects
	for i, c := range order {
		same := func(x *candidate) bool { return x.subject() == c.subject() }
		if len(scores) < cap(scores) && !slices.ContainsFunc(order[:i], same) {
			scores = append(scores, max(score(c), 0))
		}
	}
	if scores[0] <= 0 {
		return 0
	}
	if len(scores) == 1 {
		return 1
	}
	return (scores[0] - scores[len(scores)-1]) / scores[0]
}

func ratio(a, b float64) float64 {
	if b <= 0 {
		return 0
	}
	return a / b
}
