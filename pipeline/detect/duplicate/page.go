package duplicate

import (
	"slices"
	"strings"
)

// A Page is a document, or a single passage with what is known of its document.
type Page struct {
	Title    string
	Passages []Passage // in order
	// Locale is a BCP 47 tag, "" when unknown; Group the translation group, "" for none.
	Locale, Group string
	// Address is where it is read, Canonical the address that it names as its own, Form
	// what it was read as ("html", "pdf"); addresses are compared as they are, so they
	// have to be in one normal form. All may be empty.
	Address, Canonical, Form string
	Facets                   map[string][]string // product, plan, country, audience, version
}

// A Passage is a part of a Page.
type Passage struct {
	Heading  []string // path, outermost first, without the title
	Question string
	Text     string
}

// A Reading is a Page as it is compared. It is not changed after it was read, and holds
// about 60 bytes a word.
type Reading struct {
	Page Page
	// Passages are the signatures of Page.Passages without the boilerplate of the source.
	// One of boilerplate alone has no words.
	Passages []*Signature

	body      *Signature // of all passages; it has no Exact
	whole     []token    // title, headings and body, in order, from text
	title     int        // of them, of the title
	common    bool       // nearly all of it stands in many documents of its source
	text      string
	starts    []int    // of the passages in text
	places    []place  // and in whole
	bodyRuns  []uint64 // shingles of the body that cross no heading
	wholeRuns []uint64 // and those of headings and titles, and across
}

// A place is a passage among the tokens of a Reading.
type place struct{ from, to int }

// ownShare is the share of a document's words below which what it has in common with
// many others is taken for its content all the same: copies of one document are many
// times the same sentences as well.
const ownShare = 0.2

// ReadPage reads a document. Boilerplate, of the document's source, may be nil.
func ReadPage(p Page, boilerplate *Boilerplate) *Reading {
	r := &Reading{Page: p, Passages: make([]*Signature, len(p.Passages))}
	parts := make([]part, len(p.Passages))
	all, own := 0, 0
	for i := range p.Passages {
		parts[i] = readPart(p.Passages[i].Text, boilerplate)
		all, own = all+len(parts[i].tokens), own+len(parts[i].own)
	}
	r.common = float64(own) < ownShare*float64(all)
	for i := range parts {
		x := &parts[i]
		if r.common {
			x.own = x.tokens
		}
		r.Passages[i] = signature(p.Passages[i].Text, x.own)
	}
	r.join(parts)
	return r
}

// part is the text of a passage.
type part struct {
	tokens, own []token // all, and those that are no boilerplate
}

func readPart(text string, boilerplate *Boilerplate) part {
	tokens := words(text, nil)
	return part{tokens, boilerplate.own(tokens)}
}

// join puts title, headings and passages in a row.
func (r *Reading) join(parts []part) {
	var text strings.Builder
	add := func(s string, list []token, c class) {
		at := int32(text.Len())
		text.WriteString(s)
		text.WriteByte('\n')
		for _, t := range list {
			t.from, t.to, t.class = t.from+at, t.to+at, t.class|c
			r.whole = append(r.whole, t)
		}
	}
	title := func(s string) {
		add(s, words(s, nil), head)
	}
	title(r.Page.Title)
	r.title = len(r.whole)
	r.starts = make([]int, len(parts))
	var above []string
	for i := range parts {
		p := &r.Page.Passages[i]
		same := 0
		for same < len(above) && same < len(p.Heading) && above[same] == p.Heading[same] {
			same++
		}
		for _, h := range p.Heading[same:] {
			title(h)
		}
		above = p.Heading
		title(p.Question)
		r.starts[i] = text.Len()
		at := len(r.whole)
		add(p.Text, parts[i].own, 0)
		r.places = append(r.places, place{at, len(r.whole)})
	}
	r.text = text.String()
	r.measure()
}

// measure makes the shingles of what join put in a row.
func (r *Reading) measure() {
	body := make([]token, 0, len(r.whole))
	for _, t := range r.whole {
		if t.class&head == 0 {
			body = append(body, t)
		}
	}
	r.body = &Signature{Words: len(body), tokens: body, short: shinglesOf(body, shortWidth)}
	r.wholeRuns = shinglesOf(r.whole, shortWidth)
	for from := 0; from < len(r.whole); {
		to := from
		for to < len(r.whole) && r.whole[to].class&head == r.whole[from].class&head {
			to++
		}
		if r.whole[from].class&head == 0 {
			r.bodyRuns = runs(r.whole[from:to], shortWidth, r.bodyRuns)
		}
		from = to
	}
	slices.Sort(r.bodyRuns)
	r.bodyRuns = slices.Compact(r.bodyRuns)
	// A body shorter than a shingle is one that the whole does not have.
	r.wholeRuns = append(r.wholeRuns, r.bodyRuns...)
	slices.Sort(r.wholeRuns)
	r.wholeRuns = slices.Compact(r.wholeRuns)
}

// Words is how many words of the document's passages are compared.
func (r *Reading) Words() int { return r.body.Words }

// Keys are the keys of the document as a whole, beside those of its passages: at most
// 17, ascending.
func (r *Reading) Keys() []uint64 {
	if r.body.Words < MinWords {
		return nil
	}
	var out []uint64
	for _, list := range [][]token{r.body.tokens, r.whole, r.whole[r.title:]} {
		out = append(out, tagged(SamePage, sequence(list)))
	}
	if len(r.body.short) >= MinShingles {
		out = bandKeys(r.body.short, out)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Sentences are the hashes of the sentences of a document's passages, each once: what
// Boilerplate counts.
func (p *Page) Sentences() []uint64 {
	var out []uint64
	var tokens []token
	for i := range p.Passages {
		tokens = words(p.Passages[i].Text, tokens[:0])
		for s := range sentences(tokens) {
			if h := sentenceHash(s); h != 0 {
				out = append(out, h)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
