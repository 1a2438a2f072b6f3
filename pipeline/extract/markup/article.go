package markup

import (
	"fmt"
	"net/url"
	"time"

	"codeberg.org/readeck/go-readability"
	"github.com/markusmobius/go-htmldate"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"

	"freshet/pipeline/extract"
)

// choose keeps the main content among the blocks of a whole page. The libraries
// say which text is content; the structure stays that of the page itself, because
// theirs has lost merged cells, accordions and languages.
func (b *builder) choose(doc *html.Node, size int, t *extract.Text) {
	body := b.outsideMargins()
	total := b.count(body)
	if b.steps > b.limits.ArticleNodes || size > b.limits.ArticleBytes {
		t.Way = extract.WayBody
		t.Why = fmt.Sprintf("the page has more than %d elements or %d bytes", b.limits.ArticleNodes, b.limits.ArticleBytes)
		b.keep(body)
		return
	}
	for _, way := range []struct {
		name string
		text func() string
	}{
		{extract.WayTrafilatura, func() string { return trafilaturaText(doc, b.page.base) }},
		{extract.WayReadability, func() string { return readabilityText(doc, b.page.base) }},
	} {
		if b.ctx.Err() != nil {
			return
		}
		kept := b.aligned(newShingles(guarded(way.text)))
		if words := b.count(kept); words > 0 && float64(words) >= enoughShare*float64(total) {
			t.Way = way.name
			t.Why = fmt.Sprintf("it holds %d %% of the text outside navigation", min(100, 100*words/max(total, 1)))
			b.keep(kept)
			return
		}
	}
	t.Way, t.Why = extract.WayBody, "no main content was recognised that holds enough of the text"
	b.keep(body)
}

// enoughShare is the part of the text outside navigation that a main content has
// to hold to be believed.
const enoughShare = 0.25

// guarded turns a panic of a library on odd input into "nothing found".
func guarded(text func() string) (found string) {
	defer func() {
		if recover() != nil {
			found = ""
		}
	}()
	return text()
}

func trafilaturaText(doc *html.Node, base *url.URL) string {
	result, err := trafilatura.ExtractDocument(doc, trafilatura.Options{
		OriginalURL:      base,
		EnableFallback:   true,
		ExcludeComments:  true,
		HtmlDateOverride: &htmldate.Result{DateTime: time.Time{}},
	})
	if err != nil || result == nil {
		return ""
	}
	return result.ContentText
}

func readabilityText(doc *html.Node, base *url.URL) string {
	article, err := readability.FromDocument(doc, base)
	if err != nil {
		return ""
	}
	return article.TextContent
}

// outsideMargins are the blocks outside navigation, headers, footers and the
// like; all, when nothing else is there.
func (b *builder) outsideMargins() []bool {
	keep := make([]bool, len(b.blocks))
	found := false
	for i := range b.blocks {
		keep[i] = b.marks[i].inside == 0
		found = found || keep[i] && b.blocks[i].Kind != extract.Heading
	}
	if !found {
		for i := range keep {
			keep[i] = true
		}
	}
	return keep
}

func (b *builder) count(keep []bool) int {
	n := 0
	for i, k := range keep {
		if m := b.marks[i]; k && b.blocks[i].Kind != extract.Heading && !m.linked() {
			n += m.words
		}
	}
	return n
}

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

// aligned marks the blocks whose text is in what a library found, and what lies
// between them and is not marginal.
func (b *builder) aligned(found shingles) []bool {
	keep := make([]bool, len(b.blocks))
	first, last := -1, -1
	for i := range b.blocks {
		if b.blocks[i].Kind == extract.Heading {
			continue
		}
		share, long := found.share(&b.blocks[i])
		m := b.marks[i]
		onDemand := m.onDemand && m.inside == 0 && !m.linked()
		if keep[i] = share >= pickedShare || onDemand; keep[i] && (long || onDemand && m.words >= shortGap/2) {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	for i := range keep {
		keep[i] = keep[i] && first <= i && i <= last
	}
	if first >= 0 {
		b.fillGaps(keep[first:last+1], first)
		b.keepHeadings(keep, first)
	}
	return keep
}

// fillGaps keeps what lies between two kept blocks and is short, or a table, or
// code: libraries lose such content more often than they are right about it.
func (b *builder) fillGaps(keep []bool, offset int) {
	for i := 0; i < len(keep); i++ {
		end, words := i, 0
		for ; end < len(keep) && !keep[end]; end++ {
			if b.blocks[offset+end].Kind != extract.Heading {
				words += b.marks[offset+end].words
			}
		}
		for ; i < end; i++ {
			m, kind := b.marks[offset+i], b.blocks[offset+i].Kind
			if kind != extract.Heading && m.inside == 0 && !m.linked() {
				keep[i] = words <= shortGap || kind == extract.Table || kind == extract.Code
			}
		}
	}
}

const (
	// pickedShare is the share of a block's words that a library must have found.
	pickedShare = 0.5
	// marginalLinks is the share of a block's text in links from which on it is
	// taken for navigation.
	marginalLinks = 0.5
	// shortGap is the length, in letters and digits, up to which text between two
	// parts of the content is kept.
	shortGap = 200
)

// linked reports whether a block is for the most part links.
func (m mark) linked() bool { return float64(m.links) >= marginalLinks*float64(m.words) }

// keepHeadings keeps each heading that has kept content in its section.
func (b *builder) keepHeadings(keep []bool, first int) {
	below := false
	deepest := 100
	for i := len(b.blocks) - 1; i >= 0; i-- {
		block := &b.blocks[i]
		if block.Kind != extract.Heading {
			if keep[i] {
				below, deepest = true, 100
			}
			continue
		}
		if below && block.Level < deepest && (i > first || b.marks[i].inside&^regionHeader == 0) {
			keep[i] = true
			deepest = block.Level
		}
	}
}
