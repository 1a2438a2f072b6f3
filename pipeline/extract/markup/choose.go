package markup

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"

	"freshet/pipeline/extract"
)

// enoughShare is the part of the text outside navigation that a main content has
// to hold to be believed.
const enoughShare = 0.1

// choose keeps the main content among the blocks of a whole page. The libraries are
// asked only where their answer can change what is kept.
func (b *builder) choose(doc *html.Node, size int, t *extract.Text) {
	around := b.surroundings()
	for i := range b.marks {
		b.marks[i].inside = around.of(b.marks[i].node).inside
	}
	body := b.outsideMargins()
	switch {
	case b.steps > b.limits.ArticleNodes || size > b.limits.ArticleBytes:
		t.Way = extract.WayBody
		t.Why = fmt.Sprintf("the page has more than %d elements or %d bytes, which is too much to look for its main content", b.limits.ArticleNodes, b.limits.ArticleBytes)
	case b.bare(b.count(body)):
		t.Way, t.Why = extract.WayBody, "nothing stands beside the content"
	default:
		v := b.ask(doc)
		if b.ctx.Err() == nil {
			b.take(t, b.weigh(body, v, around))
		}
		return
	}
	b.keep(body)
}

// An account is what each way of finding the content came to.
type account struct {
	ways   []extract.Tried
	keeps  [][]bool // by way
	chosen int
}

// weigh decides between the blocks that were elected and everything outside the
// margins, and says what each way would have given.
func (b *builder) weigh(body []bool, v votes, around *surroundings) account {
	core := make([]bool, len(b.blocks))
	for i := range core {
		core[i] = body[i] && around.core != nil && contains(around.core, b.marks[i].node)
	}
	elected := b.elect(v, around)
	a := account{
		ways:  []extract.Tried{{Way: extract.WayMain}, {Way: extract.WayBody}, {Way: extract.WayTrafilatura}, {Way: extract.WayReadability}, {Way: extract.WayStructure}},
		keeps: [][]bool{elected, body, v.trafilatura, v.readability, core},
	}
	if float64(b.count(elected)) < max(1, enoughShare*float64(b.count(body))) {
		a.chosen = 1
	}
	words := b.words()
	for i := range a.ways {
		a.ways[i].Chosen = i == a.chosen
		a.ways[i].Words, a.ways[i].Score = compare(words, a.keeps[i], a.keeps[a.chosen])
	}
	return a
}

// words counts the words of each block; headings have none.
func (b *builder) words() []int {
	out := make([]int, len(b.blocks))
	for i := range b.blocks {
		if b.blocks[i].Kind != extract.Heading {
			out[i] = wordsIn(&b.blocks[i])
		}
	}
	return out
}

// compare counts the words of the blocks that one way has, and says how far it
// agrees with what was chosen: the harmonic mean of the shares of words that each
// has of the other.
func compare(wordsOf []int, way, chosen []bool) (words int, agreement float64) {
	both, other := 0, 0
	for i, n := range wordsOf {
		if way[i] {
			words += n
		}
		if chosen[i] {
			other += n
		}
		if way[i] && chosen[i] {
			both += n
		}
	}
	if words+other == 0 {
		return 0, 0
	}
	return words, 2 * float64(both) / float64(words+other)
}

// take keeps what was chosen and says why in words.
func (b *builder) take(t *extract.Text, a account) {
	t.Way, t.Ways = a.ways[a.chosen].Way, a.ways
	main, body := a.ways[0], a.ways[1]
	var found []string
	for _, w := range a.ways[2:] {
		found = append(found, fmt.Sprintf("%s found %d words (agreement %.2f)", w.Way, w.Words, w.Score))
	}
	if a.chosen == 0 {
		t.Why = fmt.Sprintf("of %d words outside navigation %d are content, decided block by block", body.Words, main.Words)
	} else {
		t.Why = fmt.Sprintf("only %d of %d words outside navigation look like main content, so all are taken", main.Words, body.Words)
	}
	t.Why += ": " + strings.Join(found, ", ")
	b.keep(a.keeps[a.chosen])
}

// wordsIn counts the words of a block.
func wordsIn(b *extract.Block) int {
	n := len(strings.Fields(b.Text)) + wordsOfItems(b.Items)
	for _, r := range b.Rows {
		for _, c := range r {
			n += len(strings.Fields(c))
		}
	}
	return n
}

func wordsOfItems(items []extract.Item) int {
	n := 0
	for i := range items {
		n += len(strings.Fields(items[i].Text)) + wordsOfItems(items[i].Items)
	}
	return n
}

// outsideMargins are the blocks outside navigation, headers, footers and the
// like. Where nothing else is there, what a page merely names as marginal is
// taken, then everything.
func (b *builder) outsideMargins() []bool {
	keep := make([]bool, len(b.blocks))
	for _, margins := range [...]region{^region(0), regionNav | regionFooter | regionHeader | regionNotice, 0} {
		found := false
		for i := range b.blocks {
			keep[i] = b.marks[i].inside&margins == 0
			found = found || keep[i] && b.blocks[i].Kind != extract.Heading
		}
		if found {
			break
		}
	}
	return keep
}

// fewLinks is the share of a page's text, one letter in so many, that may be links
// beside the content of a page that is nothing but content.
const fewLinks = 100

// bare reports whether a page has nothing beside its content: no navigation, no
// header, nothing named as marginal, and hardly a line of links.
func (b *builder) bare(total int) bool {
	links := 0
	for i, m := range b.marks {
		if b.blocks[i].Kind == extract.Heading {
			continue
		}
		if m.inside != 0 {
			return false
		}
		if m.linked() {
			links += m.words
		}
	}
	return links*fewLinks <= total
}

// count is the length, in letters and digits, of the kept text that is not links.
func (b *builder) count(keep []bool) int {
	n := 0
	for i, k := range keep {
		if m := b.marks[i]; k && b.blocks[i].Kind != extract.Heading && !m.linked() {
			n += m.words
		}
	}
	return n
}

// marginalLinks is the share of a block's text in links from which on it is taken
// for navigation.
const marginalLinks = 0.5

// linked reports whether a block is for the most part links.
func (m mark) linked() bool { return float64(m.links) >= marginalLinks*float64(m.words) }

// keep reduces blocks and links to those of the kept blocks.
func (b *builder) keep(keep []bool) {
	var links []extract.Link
	for i, at := range b.linkAt {
		if at < len(keep) && keep[at] {
			links = append(links, b.links[i])
		}
	}
	b.links = links
	var kept []extract.Block
	for i, k := range keep {
		if k {
			kept = append(kept, b.blocks[i])
		}
	}
	b.blocks = kept
}
