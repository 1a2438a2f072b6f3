package audit

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"freshet/index/catalog"
)

// served is what the answer ledger keeps of an answer, as far as it is read here.
type served struct {
	Hits []struct {
		Key string `json:"key"`
	} `json:"hits"`
}

func (g *gathering) readQueries() error {
	groups := &likeness{most: g.o.Limits.Questions, by: map[string][]int{}, same: map[string]int{}}
	all := g.figures[everybody]
	for q, err := range g.v.Queries(g.ctx, g.base, g.p.from, g.p.asOf) {
		if err != nil {
			return err
		}
		var s served
		if json.Unmarshal(q.Served, &s) != nil {
			s.Hits = nil // of a version that is not known: its question counts all the same
		}
		all.Asked++
		switch q.State {
		case "none", "uncertain":
			all.Declined++
			groups.add(&q, &s)
		default:
			g.used(&s)
		}
	}
	groups.hang(g)
	return nil
}

// used counts an answer for the documents that stood in it, each once.
func (g *gathering) used(s *served) {
	for i, h := range s.Hits {
		if !slices.ContainsFunc(s.Hits[:i], func(o struct {
			Key string `json:"key"`
		}) bool {
			return o.Key == h.Key
		}) {
			g.uses[h.Key]++
		}
	}
}

// likeness groups questions that ask the same in other words: those whose words, cut
// to their stems, are mostly equal.
type likeness struct {
	most   int
	groups []likeQuestion
	by     map[string][]int // groups by a word of theirs
	same   map[string]int   // group by its words
	total  int
}

type likeQuestion struct {
	Question
	words   []string
	nearest string // document
}

// alike is the share of words that two questions have in common to be one.
const alike = 0.6

// othersShown bounds the other wordings of a question.
const othersShown = 4

func (l *likeness) add(q *catalog.Query, s *served) {
	words := wordsOf(q.Text)
	if len(words) == 0 {
		return
	}
	l.total++
	n := l.find(words)
	if n < 0 {
		if len(l.groups) >= l.most {
			return // counted, and too rare to be shown
		}
		n = len(l.groups)
		l.groups = append(l.groups, likeQuestion{Question: Question{Text: shorten(q.Text), Owners: []string{}}, words: words})
		for _, w := range words {
			l.by[w] = append(l.by[w], n)
		}
		l.same[strings.Join(words, " ")] = n
	}
	g := &l.groups[n]
	g.Count++
	if q.State == "none" {
		g.None++
	} else {
		g.Uncertain++
	}
	g.Last = q.At
	if g.nearest == "" && len(s.Hits) > 0 {
		g.nearest = s.Hits[0].Key
	}
	if text := shorten(q.Text); text != g.Text && len(g.Others) < othersShown && !slices.Contains(g.Others, text) {
		g.Others = append(g.Others, text)
	}
}

// commonWord is above how many groups a word says too little to look them all up.
const commonWord = 200

func (l *likeness) find(words []string) int {
	if n, ok := l.same[strings.Join(words, " ")]; ok {
		return n
	}
	shared := map[int]int{}
	for _, w := range words {
		if at := l.by[w]; len(at) <= commonWord {
			for _, n := range at {
				shared[n]++
			}
		}
	}
	best, score := -1, 0.0
	for n, common := range shared {
		s := float64(common) / float64(len(words)+len(l.groups[n].words)-common)
		if s >= alike && (s > score || s == score && n < best) {
			best, score = n, s
		}
	}
	return best
}

// hang has the groups wait for what is known of their nearest pages.
func (l *likeness) hang(g *gathering) {
	slices.SortStableFunc(l.groups, func(a, b likeQuestion) int { return cmp.Or(cmp.Compare(b.Count, a.Count), b.Last.Compare(a.Last)) })
	l.groups = l.groups[:min(len(l.groups), g.o.Limits.Lines)]
	g.report.Unanswered = Questions{Total: l.total, Groups: make([]Question, len(l.groups))}
	for i := range l.groups {
		g.report.Unanswered.Groups[i] = l.groups[i].Question
		q := &g.report.Unanswered.Groups[i]
		if key := l.groups[i].nearest; key != "" {
			g.want(key, func(p *Page, owner string) {
				nearest := *p
				q.Nearest = &nearest
				q.Owners = g.known([]string{owner})
			})
		}
	}
}

// longestQuestion is how much of a question is shown, in characters.
const longestQuestion = 300

func shorten(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "�")), " ")
	if r := []rune(text); len(r) > longestQuestion {
		return string(r[:longestQuestion-1]) + "…"
	}
	return text
}

// stem is how many characters of a word tell it apart: endings vary.
const stem = 5

// wordsOf are the stems of a question's words, sorted, without those that every
// question has. A question of nothing else keeps them all.
func wordsOf(text string) []string {
	var all, out []string
	for _, w := range strings.FieldsFunc(fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		r := []rune(w)
		if len(r) > 3 && (r[len(r)-1] == 's' || r[len(r)-1] == 'x') {
			r = r[:len(r)-1]
		}
		cut := string(r[:min(stem, len(r))])
		all = append(all, cut)
		if len(r) > 1 && !emptyWords[w] {
			out = append(out, cut)
		}
	}
	if len(out) == 0 {
		out = all
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// fold lowers letters and takes their accents off.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(text))
}

// emptyWords say nothing of what is asked, in French and English.
var emptyWords = func() map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(`a ai aimerais ait au aux avec avez avoir bonjour c ce ces cela cette ceux comment combien d dans de des do du elle en es est et etre eu faire fait faut
		il ils j je l la le les leur leurs lui m ma mais me merci mes moi mon n ne nos notre nous on ont ou où par pas peut peux pour pourquoi puis qu quand que quel quelle quelles
		quels qui quoi s sa sans se ses si son souhaite sont suis sur svp t ta te tes toi ton tu un une veux vos votre voudrais vous y
		about am an and any are as at be been but by can could did does for from get had has have hello hi how i if in into is it its like may me my need no not of off on or our please should
		so thanks that the their them there these they this to us want was we were what when where which who why will with would you your`) {
		out[w] = true
	}
	return out
}()
