package markup

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"freshet/pipeline/extract"
)

// heldShare is the share of a statement's words from which on the page's own text
// is taken to hold it.
const heldShare = 0.6

// fewWords is the number of words below which a page is taken to keep its article
// for scripts to show.
const fewWords = 50

// stated returns the blocks for what the page says in JSON-LD and its own text does
// not hold: questions with their answers, guides, prices of products.
func (b *builder) stated(t *extract.Text) []extract.Block {
	s := &b.page.said
	if len(s.questions)+len(s.products)+len(s.guides)+len(s.articles) == 0 {
		return nil
	}
	plain := t.Plain()
	w := writer{b: b, held: newShingles(plain), plain: plain, french: strings.HasPrefix(firstOf(t.Language, extract.DetectLanguage(plain)), "fr")}
	if len(strings.Fields(plain)) < fewWords {
		for _, a := range s.articles {
			w.add(w.rich(richText(a["articleBody"])))
		}
	}
	for _, g := range s.guides {
		w.guide(g)
	}
	for _, q := range s.questions {
		w.question(q)
	}
	for _, p := range s.products {
		w.product(p)
	}
	return w.out
}

// A writer turns statements into blocks.
type writer struct {
	b      *builder
	held   shingles // of the page's own text
	plain  string
	french bool
	out    []extract.Block
}

// holds reports whether the page's own text holds most of the blocks.
func (w *writer) holds(blocks []extract.Block) bool {
	long, held := 0, 0.0
	for i := range blocks {
		n := wordsIn(&blocks[i])
		long += n
		held += float64(n) * w.held.share(&blocks[i])
	}
	return held >= heldShare*float64(long)
}

// add adds blocks unless the page holds them.
func (w *writer) add(blocks []extract.Block) bool {
	if len(blocks) == 0 || w.holds(blocks) {
		return false
	}
	blocks[0].Close = max(blocks[0].Close, 1)
	w.out = append(w.out, blocks...)
	return true
}

// rich reads a text that may hold HTML.
func (w *writer) rich(text string) []extract.Block {
	box := &html.Node{Type: html.ElementNode, DataAtom: atom.Div, Data: "div"}
	if !strings.Contains(text, "<") {
		text = strings.ReplaceAll(html.EscapeString(text), "\n", "<br>")
	}
	nodes, err := html.ParseFragment(strings.NewReader(flatten(text, w.b.limits.Depth)), box)
	if err != nil {
		return nil
	}
	for _, n := range nodes {
		box.AppendChild(n)
	}
	inner := newBuilder(w.b.ctx, &survey{}, w.b.limits)
	inner.children(box)
	inner.flush()
	if inner.err != nil {
		return nil
	}
	return tidy(inner.blocks)
}

// richText is a text with its line breaks and tags.
func richText(v any) string {
	if list := texts(v); len(list) > 0 {
		return strings.ToValidUTF8(list[0], "")
	}
	return ""
}

func (w *writer) question(q thing) {
	name := q.text("name", "text")
	var answer []extract.Block
	for _, key := range [...]string{"acceptedAnswer", "suggestedAnswer"} {
		for _, a := range q.things(key) {
			if answer = append(answer, w.rich(richText(a["text"]))...); len(answer) > 0 {
				break
			}
		}
		if len(answer) > 0 {
			break
		}
	}
	if name == "" || len(answer) == 0 || w.holds(answer) {
		return
	}
	w.out = append(w.out, extract.Block{Kind: extract.Heading, Level: 2, Text: name, Question: true})
	w.out = append(w.out, deeper(answer, 2)...)
}

// deeper moves the headings among blocks below a level.
func deeper(blocks []extract.Block, level int) []extract.Block {
	for i := range blocks {
		if blocks[i].Kind == extract.Heading {
			blocks[i].Level += level
		}
		blocks[i].Close = 0
	}
	return blocks
}

// guide writes the steps of a HowTo as a numbered list.
func (w *writer) guide(g thing) {
	list := extract.Block{Kind: extract.List, Ordered: true}
	var steps func(t thing, depth int)
	steps = func(t thing, depth int) {
		for _, key := range [...]string{"step", "steps", "itemListElement"} {
			for _, s := range t.things(key) {
				if depth < 3 && (s["itemListElement"] != nil || s["steps"] != nil) {
					steps(s, depth+1)
					continue
				}
				if text := joinTerm(distinct(s.text("name"), s.text("text")), s.text("text")); text != "" {
					list.Items = append(list.Items, extract.Item{Text: text})
				}
			}
		}
	}
	steps(g, 0)
	if len(list.Items) == 0 || w.holds([]extract.Block{list}) {
		return
	}
	if name := g.text("name"); name != "" {
		w.out = append(w.out, extract.Block{Kind: extract.Heading, Level: 2, Text: name})
	}
	w.out = append(w.out, list)
}

// distinct is name unless text begins with it.
func distinct(name, text string) string {
	if strings.HasPrefix(text, name) {
		return ""
	}
	return name
}
