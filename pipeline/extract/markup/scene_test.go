package markup

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"freshet/pipeline/extract"
)

// A scene is a page of which the content is known, with its blocks read and the votes
// counted.
type scene struct {
	*truth
	b      *builder
	v      votes
	around *surroundings
	body   []bool
	whole  bool // there is nothing to choose: all of the body is kept
	fold   int  // of the cross-validation; pages of one site are in one fold
}

// folds is the number of parts that the pages are divided into for measuring: on each
// part, what was learned from the others is measured.
const folds = 5

// readBlocks reads all blocks of a page.
func readBlocks(p *truth) (*builder, *html.Node, error) {
	l := extract.Limits{}.WithDefaults()
	doc, err := parse(context.Background(), p.page, l)
	if err != nil {
		return nil, nil, err
	}
	b := newBuilder(context.Background(), surveyOf(doc, p.uri), l)
	b.children(bodyOf(doc))
	b.flush()
	return b, doc, b.err
}

// sceneOf does with a page what choose does; nil for a page that cannot be read.
func sceneOf(p *truth) *scene {
	b, _, err := readBlocks(p)
	if err != nil || len(b.blocks) == 0 {
		return nil
	}
	s := &scene{truth: p, b: b, around: b.surroundings()}
	for i := range b.marks {
		b.marks[i].inside = s.around.of(b.marks[i].node).inside
	}
	s.body = b.outsideMargins()
	s.whole = b.steps > b.limits.ArticleNodes || len(p.page) > b.limits.ArticleBytes || b.bare(b.count(s.body))
	s.v = votes{b.inText(p.trafilatura), b.inText(p.readability)}
	for _, r := range site(p.uri) {
		s.fold = (s.fold*31 + int(r)) % 65_521
	}
	s.fold %= folds
	return s
}

// kept is the text that is kept of the page with the weights as they are. The title
// is no part of what is known of articles.
func (s *scene) kept() string {
	keep := s.body
	if !s.whole {
		a := s.b.weigh(s.body, s.v, s.around)
		keep = a.keeps[a.chosen]
	}
	var t extract.Text
	for i, k := range keep {
		if block := &s.b.blocks[i]; k && (s.truth.body == "" || block.Kind != extract.Heading || block.Level != 1 || !strings.EqualFold(block.Text, s.b.page.title)) {
			t.Blocks = append(t.Blocks, *block)
		}
	}
	t.Blocks = tidy(t.Blocks)
	return t.Plain()
}

// An example is a block of which it is known whether it is content.
type example struct {
	sight   sight
	heading bool
	is      float64 // 1: content, 0: not
	weight  float64
	fold    int
}

// How much the examples weigh. A block of a page whose whole content is known weighs
// by its part of the page, as the measure of the articles does: one of a ninth of the
// page most, and three words more than it has, for the runs of four words that it breaks.
const (
	ofArticle  = 8
	mostWeight = 1.5
	ofText     = 1.3 // a block that holds a text which is named as content or not
)

// examples are the blocks of the page with what is known of them. Of headings only
// those above content are asked for.
func (s *scene) examples() []example {
	var out []example
	sights := s.b.sights(s.v, s.around)
	k := known{truth: s.truth, runs: runsOf(s.truth.body), words: spaced(s.truth.body)}
	total := len(wordRuns.FindAllString(s.truth.body, -1))
	below := false // the text below is content
	for i := len(s.b.blocks) - 1; i >= 0; i-- {
		one := extract.Text{Blocks: s.b.blocks[i : i+1]}
		is, ok := k.content(one.Plain())
		e := example{sight: sights[i], heading: s.b.blocks[i].Kind == extract.Heading, weight: ofText, fold: s.fold}
		if is {
			e.is = 1
		}
		if s.truth.body != "" {
			n := len(wordRuns.FindAllString(one.Plain(), -1))
			ok = n > 0 && (below || !e.heading)
			e.weight = min(mostWeight, ofArticle*math.Sqrt(float64(n+3)/float64(total+50)))
		}
		if !e.heading {
			below = is
		}
		if ok {
			out = append(out, e)
		}
	}
	return out
}

// known is what is known of the content of a page, ready to be asked.
type known struct {
	*truth
	runs  map[string]int
	words string
}

// content says whether a text is content, and whether that is known.
func (k *known) content(text string) (is, ok bool) {
	if k.body == "" {
		with, without := k.has(extract.Fold(text))
		return with > 0, (with > 0) != (without > 0)
	}
	if len(wordRuns.FindAllString(text, -1)) < 4 {
		return strings.Contains(k.words, spaced(text)), true
	}
	found, all := 0, 0
	for run, n := range runsOf(text) {
		found += min(n, k.runs[run])
		all += n
	}
	return found*2 > all, true
}

// has counts the texts of either kind that a folded text holds.
func (p *truth) has(plain string) (with, without int) {
	for _, w := range p.with {
		if strings.Contains(plain, extract.Fold(w)) {
			with++
		}
	}
	for _, w := range p.without {
		if strings.Contains(plain, extract.Fold(w)) {
			without++
		}
	}
	return with, without
}

var wordRuns = regexp.MustCompile(`[\p{L}\p{N}_]+`)

func spaced(text string) string {
	return " " + strings.Join(wordRuns.FindAllString(text, -1), " ") + " "
}

// runsOf counts the runs of four words of a text; one shorter where it has fewer.
func runsOf(text string) map[string]int {
	words := wordRuns.FindAllString(text, -1)
	out := map[string]int{}
	if len(words) > 0 && len(words) < 4 {
		out[strings.Join(words, " ")]++
	}
	for i := 0; i+4 <= len(words); i++ {
		out[strings.Join(words[i:i+4], " ")]++
	}
	return out
}

// A measure sums up how far what is kept of pages is what is known of them: by the
// means of precision and recall over articles, and by counts of texts.
type measure struct {
	articles, precision, recall float64
	with, without, missed       int
}

func (m *measure) add(p *truth, text string) {
	if p.body == "" {
		with, without := p.has(extract.Fold(text))
		m.with, m.without, m.missed = m.with+with, m.without+without, m.missed+len(p.with)-with
		return
	}
	got, want := runsOf(text), runsOf(p.body)
	both, kept, real := 0, 0, 0
	for run, n := range got {
		both += min(n, want[run])
		kept += n
	}
	for _, n := range want {
		real += n
	}
	m.articles++
	m.precision += float64(both) / float64(max(kept, 1))
	m.recall += float64(both) / float64(max(real, 1))
}

func (m *measure) String() string {
	p, r := float64(m.with)/float64(m.with+m.without), float64(m.with)/float64(m.with+m.missed)
	if m.articles > 0 {
		p, r = m.precision/m.articles, m.recall/m.articles
	}
	return fmt.Sprintf("P %.4f R %.4f F1 %.4f", p, r, 2*p*r/(p+r))
}
