package templates

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"freshet/index/catalog"
	"freshet/pipeline/extract"
)

// A block is of the template from Begins of a part's pages on, and stays it down to
// Ends, so that a page more or less changes nothing. Shares are of the pages of one
// form and language; those of a section have to agree more, because sections of
// products share true sentences. Nearly all pages together say that a block belongs
// to none of them, wherever it stands.
const (
	wholeBegins, wholeEnds           = 0.50, 0.35
	sectionBegins, sectionEnds       = 0.80, 0.65
	everywhereBegins, everywhereEnds = 0.90, 0.75
	pagesBegin, pagesEnd             = 10, 8
)

// Limits of what is learned of one source. Blocks on the fewest pages are left off.
const (
	maxBlocks  = 2000
	maxCounted = 1 << 20 // different blocks counted at once, of about 40 bytes
)

// MinPages is the number of pages below which nothing new is learned of a source.
const MinPages = pagesBegin

// A Learner counts what the pages of a source have in common. Pages are added in the
// order in which they are to keep a block: the first page that holds it does.
type Learner struct {
	h       *hasher
	before  map[counted]*catalog.TemplateBlock
	parts   map[string]uint32
	pages   []uint32 // of each part
	counts  map[counted]*count
	pool    []count
	added   uint32
	held    map[unit]int
	most    int  // different blocks counted at once
	crowded bool // nothing new is counted
	// Limited: the source has more different blocks than can be counted at once, or more
	// of the template than are kept. What is learned is right, but may not be all.
	Limited bool
}

// counted is a unit among the pages of a part.
type counted struct {
	part uint32
	unit unit
}

type count struct {
	pages, times, first uint32
}

// NewLearner returns a Learner that counts on from what was learned before.
func NewLearner(before []catalog.TemplateBlock) *Learner {
	l := &Learner{h: newHasher(), before: make(map[counted]*catalog.TemplateBlock, len(before)), parts: make(map[string]uint32),
		counts: make(map[counted]*count), held: make(map[unit]int), most: maxCounted}
	for i := range before {
		l.before[counted{l.part(before[i].Part), before[i].Hash}] = &before[i]
	}
	return l
}

func (l *Learner) part(name string) uint32 {
	n, ok := l.parts[name]
	if !ok {
		n = uint32(len(l.pages))
		l.parts[name], l.pages = n, append(l.pages, 0)
	}
	return n
}

// Add counts a page. Its number, from 0, is what Kept calls it by.
func (l *Learner) Add(p Page, t *extract.Text) {
	l.h.units(t, l.held)
	whole, section := p.parts()
	for _, name := range []string{whole, section} {
		if name == "" {
			continue
		}
		part := l.part(name)
		l.pages[part]++
		for u, times := range l.held {
			l.count(counted{part, u}, uint32(times))
		}
	}
	l.added++
	if len(l.counts) > l.most {
		l.forget()
	}
}

func (l *Learner) count(of counted, times uint32) {
	c := l.counts[of]
	if c == nil {
		if l.crowded {
			return
		}
		if len(l.pool) == 0 {
			l.pool = make([]count, 4096)
		}
		c, l.pool = &l.pool[0], l.pool[1:]
		c.first = l.added
		l.counts[of] = c
	}
	c.pages++
	c.times += times
}

// forget lets go of what stands on fewer than a twentieth of the pages so far, of
// parts that could be judged. If that is too little room, nothing new is counted.
func (l *Learner) forget() {
	kept := make(map[counted]*count)
	for of, c := range l.counts {
		if pages := l.pages[of.part]; pages < 2*pagesBegin || 20*c.pages >= pages {
			again := *c // so that the pools of those forgotten are freed
			kept[of] = &again
		}
	}
	l.counts, l.pool, l.Limited = kept, nil, true
	l.crowded = len(kept) > l.most/2
}

// A Found is a block of the template with the number of the page that keeps it.
type Found struct {
	catalog.TemplateBlock
	First int
}

// Learn returns what is of the template, in the order of parts and hashes. Keeper,
// Address and Text are left to the caller.
func (l *Learner) Learn() []Found {
	names := make([]string, len(l.pages))
	for name, n := range l.parts {
		names[n] = name
	}
	var out []Found
	for of, c := range l.counts {
		pages := l.pages[of.part]
		b := catalog.TemplateBlock{Hash: of.unit, Part: names[of.part], Pages: int(c.pages), Of: int(pages)}
		if l.decide(of, &b) {
			b.Times = l.usual(of, float64(c.times)/float64(c.pages))
			out = append(out, Found{b, int(c.first)})
		}
	}
	out = withoutRepeated(out)
	if len(out) > maxBlocks {
		slices.SortFunc(out, func(a, b Found) int { return cmp.Or(b.Pages-a.Pages, byPart(a, b)) })
		out, l.Limited = out[:maxBlocks], true
	}
	slices.SortFunc(out, byPart)
	return out
}

func byPart(a, b Found) int {
	return cmp.Or(strings.Compare(a.Part, b.Part), cmp.Compare(a.Hash, b.Hash))
}

// decide reports whether enough pages hold a block, more than it took when it was of
// the template before.
func (l *Learner) decide(of counted, b *catalog.TemplateBlock) bool {
	before := l.before[of]
	least, begins := pagesBegin, wholeBegins
	section := isSection(b.Part)
	if section {
		begins = sectionBegins
	}
	if before != nil {
		least, begins = pagesEnd, wholeEnds
		if section {
			begins = sectionEnds
		}
	}
	share := float64(b.Pages) / float64(b.Of)
	if b.Pages < least || share < begins {
		return false
	}
	always := everywhereBegins
	if before != nil && before.Everywhere {
		always = everywhereEnds
	}
	b.Everywhere = !section && share >= always
	return true
}

// usual is how often a page holds a block that pages hold so often on average: what it
// was, unless that is clearly wrong.
func (l *Learner) usual(of counted, average float64) int {
	if before := l.before[of]; before != nil && math.Abs(average-float64(before.Times)) < 0.75 {
		return before.Times
	}
	return int(math.Round(average))
}

// isSection reports whether a part is one of a section.
func isSection(part string) bool { return strings.Count(part, " ") > 1 }

// withoutRepeated leaves out what is of a section and of all pages around it as well.
func withoutRepeated(list []Found) []Found {
	type place struct {
		part string
		unit unit
	}
	whole := make(map[place]bool)
	for i := range list {
		if !isSection(list[i].Part) {
			whole[place{list[i].Part, list[i].Hash}] = true
		}
	}
	return slices.DeleteFunc(list, func(f Found) bool {
		return isSection(f.Part) && whole[place{aroundSection(f.Part), f.Hash}]
	})
}

// aroundSection is the part that holds a section's pages and more.
func aroundSection(part string) string {
	form, rest, _ := strings.Cut(part, " ")
	language, _, _ := strings.Cut(rest, " ")
	return form + " " + language
}

// shownText is how many bytes of a block are kept to tell people which one it is.
const shownText = 100

// Begins returns how each unit that f asks for begins in t, for people.
func Begins(t *extract.Text, f func(hash uint64, text string)) {
	h := newHasher()
	for i := range t.Blocks {
		b := &t.Blocks[i]
		if u, ok := h.block(b); ok {
			one := extract.Text{Blocks: []extract.Block{*b}}
			f(u, begin(one.Plain()))
		}
		if isMenu(b) {
			eachItem(b.Items, func(it *extract.Item) {
				if u, ok := h.item(it); ok {
					f(u, begin(it.Text))
				}
			})
		}
	}
}

// begin is the first words of s.
func begin(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= shownText {
		return s
	}
	s = strings.ToValidUTF8(s[:shownText], "")
	if at := strings.LastIndexByte(s, ' '); at > shownText/2 {
		s = s[:at]
	}
	return s + " …"
}
