package templates

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"freshet/index/catalog"
	"freshet/pipeline/extract"
)

// A site is pages in the order in which they keep what they share.
type site struct {
	pages []Page
	texts []*extract.Text
}

func (s *site) add(address, locale string, blocks ...extract.Block) {
	s.pages = append(s.pages, Page{Key: fmt.Sprintf("k%03d", len(s.pages)), Form: "html/1", Locale: locale, Address: "https://example.org" + address})
	s.texts = append(s.texts, &extract.Text{Blocks: blocks, Version: "html/1"})
}

func (s *site) learn(before []catalog.TemplateBlock) []catalog.TemplateBlock {
	l := NewLearner(before)
	for i := range s.pages {
		l.Add(s.pages[i], s.texts[i])
	}
	var out []catalog.TemplateBlock
	for _, f := range l.Learn() {
		f.Keeper = s.pages[f.First].Key
		out = append(out, f.TemplateBlock)
	}
	return out
}

func (s *site) cuts() []Cut {
	set := NewSet(s.learn(nil))
	var out []Cut
	for i := range s.pages {
		out = append(out, set.Leave(s.pages[i], s.texts[i]))
	}
	return out
}

func p(text string) extract.Block { return extract.Block{Kind: extract.Paragraph, Text: text} }
func h(level int, text string) extract.Block {
	return extract.Block{Kind: extract.Heading, Level: level, Text: text}
}
func list(items ...string) extract.Block {
	b := extract.Block{Kind: extract.List}
	for _, it := range items {
		b.Items = append(b.Items, extract.Item{Text: it})
	}
	return b
}

var (
	cookies = p("We use cookies. Accept or refuse them.")
	menu    = list("Home", "Help", "Offers", "Contact", "Jobs")
	hours   = p("Our counter is open from 9 to 17, call 01 23 45 67 89.")
	legal   = p("© Ondavelle, all rights reserved")
)

func help(i int) []extract.Block {
	return []extract.Block{cookies, menu, h(1, fmt.Sprintf("Article %d", i)), p(fmt.Sprintf("What article %d says.", i)), h(2, "Contact"), hours, legal}
}

func plain(c Cut) string { return c.Text.Plain() }

func TestWhatStandsOnMostPagesIsLeftOutOfAllButOne(t *testing.T) {
	var s site
	for i := range 12 {
		s.add(fmt.Sprintf("/a%02d", i), "en", help(i)...)
	}
	for i, c := range s.cuts() {
		want := fmt.Sprintf("Article %d\n\nWhat article %d says.", i, i)
		if i == 0 {
			want = s.texts[0].Plain()
		}
		if plain(c) != want {
			t.Errorf("page %d: %q", i, plain(c))
		}
	}
}

func TestFewPagesTeachNothing(t *testing.T) {
	var s site
	for i := range MinPages - 1 {
		s.add(fmt.Sprintf("/a%02d", i), "en", help(i)...)
	}
	if got := s.learn(nil); len(got) != 0 {
		t.Errorf("learned %+v", got)
	}
}

// between puts blocks into the middle of twenty pages.
func between(share int, blocks ...extract.Block) *site {
	s := &site{}
	for i := range 20 {
		own := []extract.Block{h(1, fmt.Sprintf("Page %d", i)), p(fmt.Sprintf("Before %d.", i))}
		if i < share {
			own = append(own, blocks...)
		}
		s.add(fmt.Sprintf("/p%02d", i), "en", append(own, p(fmt.Sprintf("After %d.", i)))...)
	}
	return s
}

func TestWhatStandsBetweenAPagesOwnWordsStaysUnlessNearlyAllHaveIt(t *testing.T) {
	condition := p("This holds for new customers only.")
	for i, c := range between(14, condition).cuts() {
		if i < 14 && !strings.Contains(plain(c), condition.Text) {
			t.Errorf("page %d lost its condition: %q", i, plain(c))
		}
	}
	left := 0
	for _, c := range between(19, condition).cuts() {
		if !strings.Contains(plain(c), condition.Text) {
			left++
		}
	}
	if left != 19 { // on 18 of those that had it, and one never had it
		t.Errorf("it is missing on %d pages", left)
	}
}

func TestAHeadingAloneIsNeverEnough(t *testing.T) {
	var s site
	for i := range 12 {
		s.add(fmt.Sprintf("/a%02d", i), "en", h(1, fmt.Sprintf("Article %d", i)), p(fmt.Sprintf("Says %d.", i)),
			h(2, "Related articles"), list(fmt.Sprintf("One of %d", i), fmt.Sprintf("Two of %d", i)))
	}
	for i, c := range s.cuts() {
		if !strings.Contains(plain(c), "Related articles") {
			t.Errorf("page %d: %q", i, plain(c))
		}
	}
}

func TestAHeadingThatStaysKeepsWhatItHeads(t *testing.T) {
	var s site
	s.add("/", "en", h(1, "Welcome"), p("Good morning."), hours, legal)
	for i := range 12 {
		s.add(fmt.Sprintf("/a%02d", i), "en", h(1, fmt.Sprintf("Article %d", i)), p(fmt.Sprintf("Says %d.", i)), hours, legal)
	}
	s.add("/opening-hours", "en", h(1, "When are you open?"), hours, legal)
	cuts := s.cuts()
	if got := plain(cuts[13]); !strings.Contains(got, hours.Text) {
		t.Errorf("the page of the hours lost them: %q", got)
	}
	if got := plain(cuts[5]); strings.Contains(got, hours.Text) {
		t.Errorf("an article kept the footer: %q", got)
	}
}

func TestAPageThatSaysItMoreOftenThanTheTemplateKeepsIt(t *testing.T) {
	var s site
	for i := range 12 {
		s.add(fmt.Sprintf("/a%02d", i), "en", h(1, fmt.Sprintf("Article %d", i)), p(fmt.Sprintf("Says %d.", i)), hours, legal)
	}
	s.add("/contact-us", "en", h(1, "Contact"), p("Come and see us."), hours, hours, legal)
	if got := plain(s.cuts()[12]); strings.Count(got, hours.Text) != 2 {
		t.Errorf("%q", got)
	}
}

func TestAMenuLosesTheItemsThatAllPagesHave(t *testing.T) {
	var s site
	for i := range 12 {
		sub := extract.Item{Text: "Help", Items: []extract.Item{{Text: fmt.Sprintf("Topic %d", i)}}}
		b := extract.Block{Kind: extract.List, Items: []extract.Item{{Text: "Home"}, sub, {Text: "Offers"}, {Text: "Contact"}, {Text: "Jobs"}}}
		s.add(fmt.Sprintf("/a%02d", i), "en", b, h(1, fmt.Sprintf("Article %d", i)), p(fmt.Sprintf("Says %d.", i)))
	}
	cuts := s.cuts()
	if got, want := plain(cuts[3]), "- Help\n  - Topic 3\n\nArticle 3\n\nSays 3."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if plain(cuts[0]) != s.texts[0].Plain() {
		t.Errorf("the page that keeps the menu: %q", plain(cuts[0]))
	}
}

func TestStepsAndItemsOfAnAnswerStay(t *testing.T) {
	var s site
	for i := range 12 {
		steps := list("Log in to your account", fmt.Sprintf("Choose product %d", i), "Confirm the code", "Log out")
		steps.Ordered = true
		papers := list("Identity card", "Proof of address", fmt.Sprintf("Form %d", i), "Photograph")
		papers.Lead = "You need:"
		s.add(fmt.Sprintf("/a%02d", i), "en", h(1, fmt.Sprintf("Article %d", i)), steps, papers)
	}
	for i, c := range s.cuts() {
		if c.Mark != "" {
			t.Errorf("page %d: %q", i, plain(c))
		}
	}
}

func TestLanguagesAndSectionsAreCountedApart(t *testing.T) {
	var s site
	french := p("Nos guichets sont ouverts de 9 à 17 heures.")
	shop := p("All prices include tax and delivery within the country.")
	for i := range 30 {
		s.add(fmt.Sprintf("/en/a%02d", i), "en", h(1, fmt.Sprintf("Article %d", i)), p(fmt.Sprintf("Says %d.", i)))
	}
	for i := range 11 {
		s.add(fmt.Sprintf("/fr/a%02d", i), "fr-BE", h(1, fmt.Sprintf("Article %d", i)), p(fmt.Sprintf("Dit %d.", i)), french)
		s.add(fmt.Sprintf("/en/shop/a%02d", i), "en", h(1, fmt.Sprintf("Thing %d", i)), p(fmt.Sprintf("Costs %d €.", i)), shop)
	}
	var parts []string
	for _, b := range s.learn(nil) {
		parts = append(parts, fmt.Sprintf("%s %d/%d %v", b.Part, b.Pages, b.Of, b.Everywhere))
	}
	want := []string{"html en example.org/shop 11/11 false", "html fr 11/11 true"}
	if !slices.Equal(parts, want) {
		t.Errorf("%q, want %q", parts, want)
	}
}

func TestAPageMoreOrLessChangesNothing(t *testing.T) {
	build := func(with int) *site {
		s := &site{}
		for i := range 20 {
			blocks := []extract.Block{h(1, fmt.Sprintf("Article %d", i)), p(fmt.Sprintf("Says %d.", i))}
			if i < with {
				blocks = append(blocks, hours)
			}
			s.add(fmt.Sprintf("/a%02d", i), "en", blocks...)
		}
		return s
	}
	var known []catalog.TemplateBlock
	for _, step := range []struct{ with, learned int }{{9, 0}, {10, 1}, {9, 1}, {8, 1}, {7, 0}, {8, 0}, {10, 1}} {
		known = build(step.with).learn(known)
		if len(known) != step.learned {
			t.Errorf("on %d of 20 pages: %d blocks, want %d", step.with, len(known), step.learned)
		}
	}
}

func TestOffsetsLeadBackToTheFullText(t *testing.T) {
	var s site
	for i := range 12 {
		s.add(fmt.Sprintf("/a%02d", i), "en", append(help(i), legal)...)
	}
	for n, c := range s.cuts() {
		less, full, o := plain(c), s.texts[n].Plain(), c.Offsets()
		_, lines := c.Text.Layout()
		for _, l := range lines {
			if got := full[o.Full(l.Start):o.Full(l.End)]; got != less[l.Start:l.End] {
				t.Errorf("page %d: %q for %q", n, got, less[l.Start:l.End])
			}
		}
	}
}

func TestMoreBlocksThanCanBeCountedAreForgottenNotTheTemplate(t *testing.T) {
	var s site
	l := NewLearner(nil)
	l.most = 500
	for i := range 200 {
		s.add(fmt.Sprintf("/a%03d", i), "en", help(i)...)
		for k := range 10 {
			s.texts[i].Blocks = append(s.texts[i].Blocks, p(fmt.Sprintf("Sentence %d of %d.", k, i)))
		}
		l.Add(s.pages[i], s.texts[i])
		if len(l.counts) > 2*l.most {
			t.Fatalf("%d blocks are counted at once", len(l.counts))
		}
	}
	found := l.Learn()
	if !l.Limited || len(found) != 10 { // cookies, the menu and its five items, a heading, hours and the legal line
		t.Errorf("%v, %d blocks: %+v", l.Limited, len(found), found)
	}
}
