package markup

import (
	"context"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"freshet/pipeline/extract"
)

// A builder turns a tree into blocks by walking it once.
type builder struct {
	ctx    context.Context
	limits extract.Limits
	page   *survey
	drop   map[*html.Node]bool

	blocks []extract.Block
	marks  []mark // one per block
	text   inline
	links  []extract.Link
	linkAt []int // by link: the block that it stands in

	level    int // of the innermost open heading
	real     int // of the last h1 to h6
	closing  int // for the next block
	question int // depth of FAQ markup
	onDemand int // depth of parts that open on demand
	inside   region
	at       *html.Node     // the element being read
	labelled map[string]int // level around the label of a panel, by the panel's ID
	language string         // of the element being read, "" as the document's
	plain    int            // above 0: bold lines are not headings (in items, cells, quotes)
	outer    int            // while plain is above 0: the block that is being put together
	cells    int
	steps    int
	err      error
}

// A region is a part of a page that is not its main content.
type region uint8

const (
	regionNav region = 1 << iota
	regionHeader
	regionFooter
	regionAside
	regionForm
	regionMarginal // named as an advertisement, a sidebar, a share bar
	regionNotice   // a cookie notice or a dialog
)

// A mark is what was seen of a block beside its content.
type mark struct {
	inside       region
	node         *html.Node // the element that it was read from
	onDemand     bool       // in a part that opens on demand, or in FAQ markup
	words, links int        // letters and digits: all, and within links
}

func newBuilder(ctx context.Context, page *survey, l extract.Limits) *builder {
	return &builder{ctx: ctx, page: page, limits: l, labelled: map[string]int{}}
}

// children reads what lies in n.
func (b *builder) children(n *html.Node) {
	for c := n.FirstChild; c != nil && b.err == nil; c = c.NextSibling {
		b.node(c)
	}
}

func (b *builder) node(n *html.Node) {
	if b.steps++; b.steps%1024 == 0 && b.ctx.Err() != nil {
		b.err = context.Cause(b.ctx)
		return
	}
	switch n.Type {
	case html.TextNode:
		b.text.add(n.Data)
	case html.ElementNode:
		if b.drop[n] || skipped(n) || trail(n) || b.page.hidden(n) {
			return
		}
		b.scoped(n)
	}
}

// skipped reports whether an element never holds text for a reader.
func skipped(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Math, atom.Head, atom.Iframe, atom.Object, atom.Embed, atom.Canvas,
		atom.Audio, atom.Video, atom.Select, atom.Textarea, atom.Input, atom.Datalist, atom.Meter, atom.Progress, atom.Noembed, atom.Noframes, atom.Map:
		return true
	}
	return n.Namespace != ""
}

// scoped keeps track of what holds for n and all in it, and reads it.
func (b *builder) scoped(n *html.Node) {
	inside, lang, level, question := b.inside, b.language, b.level, b.question
	at := b.at
	if len(n.Attr) > 0 {
		if l := extract.NormalLanguage(attr(n, "lang")); l != "" && n.DataAtom != atom.Html && n.DataAtom != atom.Body && l != b.language {
			if blockElement(n) {
				b.flush()
			}
			b.language = l
		}
		if isQuestionMarkup(n) {
			b.flush()
			b.question++
		}
	}
	b.inside |= regionOf(n)
	b.at = n
	opened := b.opensPanel(n)
	if around, ok := b.labelled[attr(n, "id")]; ok && opened {
		level = around
	}
	onDemand := opened || n.DataAtom == atom.Details
	if onDemand {
		b.onDemand++
	}
	b.element(n)
	if onDemand {
		b.flush()
		b.onDemand--
	}
	if opened || b.question != question || n.DataAtom == atom.Details {
		b.flush()
		if b.level > level {
			b.closeTo(level)
		}
	}
	if b.language != lang && blockElement(n) {
		b.flush()
	}
	b.inside, b.language, b.question = inside, lang, question
	b.at = at
}

// closeTo ends the sections deeper than level.
func (b *builder) closeTo(level int) {
	b.level = level
	if b.closing == 0 || b.closing > level+1 {
		b.closing = level + 1
	}
}

// opensPanel emits the label of a tab panel as its heading.
func (b *builder) opensPanel(n *html.Node) bool {
	id := attr(n, "id")
	if id == "" || !b.page.panels[id] {
		return false
	}
	b.flush()
	if label := b.page.tabs[id]; label != "" {
		b.heading(label, b.level+1, false)
	}
	return true
}

func isQuestionMarkup(n *html.Node) bool {
	return strings.HasSuffix(attr(n, "itemtype"), "schema.org/Question")
}

// element reads one visible element.
func (b *builder) element(n *html.Node) {
	if b.question > 0 && attr(n, "itemprop") == "name" && headingLevel(n) == 0 {
		b.flush()
		b.heading(textOf(n), b.level+1, true)
		return
	}
	switch n.DataAtom {
	case atom.Br:
		b.lineBreak()
	case atom.Wbr:
	case atom.A:
		b.anchor(n)
	case atom.B, atom.Strong:
		b.text.bold++
		b.children(n)
		b.text.bold--
	case atom.Button:
		b.button(n)
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		b.flush()
		b.headingElement(n)
	case atom.Ul, atom.Ol, atom.Menu, atom.Dir:
		b.flush()
		b.list(n)
	case atom.Dl:
		b.flush()
		b.definitions(n)
	case atom.Table:
		b.flush()
		b.table(n)
	case atom.Pre:
		b.flush()
		b.code(n)
	case atom.Blockquote:
		b.flush()
		b.quote(n)
	case atom.Details:
		b.flush()
		b.details(n)
	default:
		if attr(n, "role") == "tablist" && len(b.page.tabs) > 0 {
			return
		}
		if b.switchLabel(n) {
			return
		}
		if blockElement(n) {
			b.flush()
			b.children(n)
			b.flush()
			return
		}
		b.children(n)
	}
}

func headingLevel(n *html.Node) int {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return int(n.Data[1] - '0')
	}
	return 0
}

func blockElement(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.Abbr, atom.Acronym, atom.B, atom.Bdi, atom.Bdo, atom.Big, atom.Cite, atom.Code, atom.Data, atom.Del, atom.Dfn, atom.Em, atom.Font,
		atom.I, atom.Img, atom.Ins, atom.Kbd, atom.Label, atom.Mark, atom.Nobr, atom.Output, atom.Picture, atom.Q, atom.Rp, atom.Rt, atom.Ruby, atom.S,
		atom.Samp, atom.Small, atom.Span, atom.Strike, atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.Tt, atom.U, atom.Var, atom.Button:
		return false
	}
	return true
}

// lineBreak ends a line; two of them, or one behind a line in bold that reads as
// a heading, end the paragraph.
func (b *builder) lineBreak() {
	if b.text.endsLine() || b.plain == 0 && b.text.readsAsHeading() {
		b.flush()
		return
	}
	b.text.newline()
}

func (b *builder) anchor(n *html.Node) {
	if b.switchLabel(n) {
		return
	}
	if attr(n, "role") == "tab" {
		return
	}
	href := strings.TrimSpace(attr(n, "href"))
	b.text.link++
	b.children(n)
	b.text.link--
	if href != "" && len(b.links) < b.limits.Links {
		if uri := b.resolve(href); uri != "" {
			b.links = append(b.links, extract.Link{Text: textOf(n), URI: uri})
			at := len(b.blocks)
			if b.plain > 0 {
				at = b.outer
			}
			b.linkAt = append(b.linkAt, at)
		}
	}
}

// resolve returns the address that a reader can follow, or "".
func (b *builder) resolve(href string) string {
	if strings.HasPrefix(href, "#") || len(href) > 2_048 {
		return ""
	}
	u, err := url.Parse(href)
	if err != nil {
		return ""
	}
	if b.page.base != nil {
		u = b.page.base.ResolveReference(u)
	}
	switch u.Scheme {
	case "http", "https", "mailto", "tel", "":
		return u.String()
	}
	return ""
}

// button reads a button only where it is the label of a part of the content.
func (b *builder) button(n *html.Node) {
	if attr(n, "role") == "tab" {
		return
	}
	b.switchLabel(n)
}

// switchLabel reads the label of an accordion's part as the heading of the part,
// and reports whether n was one.
func (b *builder) switchLabel(n *html.Node) bool {
	if b.plain > 0 || b.inside&(regionNav|regionHeader|regionFooter) != 0 {
		return false
	}
	id := controls(n)
	if id == "" || b.page.tabs[id] != "" {
		return false
	}
	target := b.page.ids[id]
	if target == nil || target.DataAtom == atom.Nav || contains(target, n) {
		return false
	}
	b.flush()
	b.labelled[id] = b.level
	b.heading(b.visible(n), b.level+1, false)
	return true
}

func contains(outer, n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == outer {
			return true
		}
	}
	return false
}
