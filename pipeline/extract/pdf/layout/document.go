package layout

import (
	"math"
	"slices"
	"strings"

	"freshet/pipeline/extract"
)

// A Document puts pages in reading order as they come; of each it keeps words
// only, so that the glyphs of a page may be released once it is added. A
// Document is not safe for concurrent use.
type Document struct {
	// Marks is the outline of the file. Text that is an entry of it is a heading of
	// that level.
	Marks []Mark

	pages      []pageWords
	vocabulary vocabulary
	sizes      map[int]int // runes by size of font, in half points
}

// pageWords is what is kept of a page.
type pageWords struct {
	number        int
	width, height float64
	layers        []layerWords
	rules         []Rule
}

type layerWords struct {
	angle int
	words []word
}

// Blocks puts the pages of one document in reading order: headings, paragraphs,
// lists, tables and code, each with the page on which it begins. Headers and
// footers that repeat are left out, footnotes stand behind the block that calls
// them. Any input gives a result; nothing of it is trusted.
func Blocks(pages []Page) []extract.Block {
	var d Document
	for i := range pages {
		d.Add(&pages[i])
	}
	return d.Blocks()
}

// Add reads the next page. It keeps nothing of p.
func (d *Document) Add(p *Page) {
	if d.vocabulary == nil {
		d.vocabulary, d.sizes = vocabulary{}, map[int]int{}
	}
	page := pageWords{number: p.Number, width: p.Width, height: p.Height}
	if len(p.Rules) <= maxRules {
		for _, r := range p.Rules {
			// Frames that reach beyond the page are those of drawings.
			if p.Width <= 0 || r.X0 > -thick && r.Y0 > -thick && r.X1 < p.Width+thick && r.Y1 < p.Height+thick {
				page.rules = append(page.rules, r)
			}
		}
	}
	for _, l := range layersOf(p) {
		var words []word
		pieces := piecesOf(l.chars)
		for i := range pieces {
			words = pieces[i].words(words)
		}
		if len(words) == 0 {
			continue
		}
		page.layers = append(page.layers, layerWords{l.angle, words})
		d.vocabulary.add(words)
		for i := range words {
			d.sizes[sizeKey(words[i].size)] += words[i].runes
		}
	}
	d.pages = append(d.pages, page)
}

// Blocks returns the blocks of the pages that were added. It may be called once.
func (d *Document) Blocks() []extract.Block {
	body := usualSize(d.sizes)
	d.dropRunning(body)
	d.dropWatermarks(body)
	var blocks []block
	for i := range d.pages {
		p := &d.pages[i]
		begin := len(blocks)
		turned := p.turnedWords()
		for k := range p.layers {
			if l := &p.layers[k]; len(l.words) > 0 {
				blocks = append(blocks, d.cut(p, l, turned, k > 0, body)...)
			}
			if k == 0 {
				p.withoutTaken(turned)
				turned = nil
			}
		}
		if len(blocks) > begin {
			blocks[begin].first = true
		}
		p.layers, p.rules = nil, nil
	}
	a := assembly{vocabulary: d.vocabulary, marks: d.Marks, body: body, blocks: blocks}
	return a.run()
}

// cut puts the words of one direction of a page into blocks. Words of turned that
// stand in its tables are marked as taken.
func (d *Document) cut(p *pageWords, l *layerWords, turned []turnedWord, beside bool, body float64) []block {
	sizes := map[int]int{}
	for i := range l.words {
		sizes[sizeKey(l.words[i].size)] += l.words[i].runes
	}
	c := cutter{page: p.number, em: min(usualSize(sizes), 1.5*body), vocabulary: d.vocabulary, rules: rulingOf(p.rules, l.angle), turned: turned}
	left, right := math.Inf(1), math.Inf(-1)
	for i := range l.words {
		left, right = min(left, l.words[i].x0), max(right, l.words[i].x1)
	}
	c.width = max(right-left, 0.75*p.width)
	words := c.ruledBands(c.tables(slices.Clone(l.words)))
	c.read(words, 0)
	for i := range c.blocks {
		c.blocks[i].tilted = beside
	}
	return c.blocks
}

// usualSize is the size of font of most text, in points.
func usualSize(sizes map[int]int) float64 {
	best, most := 0, 0
	for k, n := range sizes {
		if n > most || n == most && k < best {
			best, most = k, n
		}
	}
	return max(float64(best)/2, 1)
}

// withoutLeaders shortens the dots that lead to a page number or to an empty field.
func withoutLeaders(s string) string {
	if !strings.Contains(s, "...") && !strings.Contains(s, ". . .") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		n, dots := i, 0
		for n < len(s) && (s[n] == '.' || s[n] == ' ') {
			dots += count(s[n] == '.', 1)
			n++
		}
		switch {
		case n == i:
			b.WriteByte(s[i])
			i++
			continue
		case dots < 4:
			b.WriteString(s[i:n])
		default:
			b.WriteString(" … ")
		}
		i = n
	}
	return b.String()
}

// folded is text as it is kept: white space folded line by line, NFC, leaders of
// dots shortened.
func folded(s string) string {
	s = withoutLeaders(s)
	if !strings.Contains(s, "\n") {
		return extract.Fold(s)
	}
	lines := strings.Split(s, "\n")
	kept := lines[:0]
	for _, l := range lines {
		if l = extract.Fold(l); l != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}
