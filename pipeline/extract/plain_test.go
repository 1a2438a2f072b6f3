package extract

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var every = &Text{Blocks: []Block{
	{Kind: Heading, Level: 2, Text: "Title"},
	{Kind: Paragraph, Text: "One line.\nAnother."},
	{Kind: List, Lead: "Bring:", Items: []Item{{Text: "a form"}, {Text: "proof of", Ordered: true, Items: []Item{{Text: "age"}, {Text: "home"}}}}},
	{Kind: List, Ordered: true, Start: 3, Items: []Item{{Text: "third"}, {Text: "fourth"}}},
	{Kind: Table, Lead: "Prices:", HeaderRows: 1, Rows: [][]string{{"Item", "Price"}, {"A|B", "5"}}},
	{Kind: Table, Rows: [][]string{{"x", "y"}}},
	{Kind: Code, Syntax: "go", Text: "a := 1\n```\nb()"},
	{Kind: Quote, Text: "Said\nso."},
}}

func TestPlain(t *testing.T) {
	want := "Title\n\nOne line.\nAnother.\n\nBring:\n- a form\n- proof of\n  1. age\n  2. home\n\n3. third\n4. fourth\n\nPrices:\nItem | Price\nA|B | 5\n\nx | y\n\na := 1\n```\nb()\n\nSaid\nso."
	if diff := cmp.Diff(want, every.Plain()); diff != "" {
		t.Error(diff)
	}
	if got := (&Text{}).Plain(); got != "" {
		t.Errorf("a text of nothing is %q", got)
	}
}

func TestMarkdown(t *testing.T) {
	want := "## Title\n\nOne line.  \nAnother.\n\nBring:\n\n- a form\n- proof of\n  1. age\n  2. home\n\n3. third\n4. fourth\n\n" +
		"Prices:\n\n| Item | Price |\n| --- | --- |\n| A\\|B | 5 |\n\n|  |  |\n| --- | --- |\n| x | y |\n\n````go\na := 1\n```\nb()\n````\n\n> Said\n>\n> so.\n"
	if diff := cmp.Diff(want, every.Markdown()); diff != "" {
		t.Error(diff)
	}
}

func TestLinesSayWhatTheyAre(t *testing.T) {
	plain, lines := every.Layout()
	var got []string
	for _, l := range lines {
		got = append(got, strconv.Itoa(l.Block)+" "+strconv.Itoa(int(l.Role))+" "+strconv.Itoa(l.Depth)+" "+plain[l.Start:l.End])
	}
	want := []string{"0 1 0 Title", "1 2 0 One line.\nAnother.", "2 3 0 Bring:", "2 4 0 - a form", "2 4 0 - proof of", "2 4 1   1. age", "2 4 1   2. home",
		"3 4 0 3. third", "3 4 0 4. fourth", "4 3 0 Prices:", "4 5 0 Item | Price", "4 6 0 A|B | 5", "5 6 0 x | y", "6 7 0 a := 1\n```\nb()", "7 2 0 Said\nso."}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func randomBlocks(r *rand.Rand) []Block {
	word := func() string { return [...]string{"", "a", "b c", "d:", "e. f:", "g\nh:"}[r.IntN(6)] }
	var items func(depth int) []Item
	items = func(depth int) []Item {
		out := make([]Item, r.IntN(4))
		for i := range out {
			out[i] = Item{Text: word(), Ordered: r.IntN(2) == 0}
			if depth < 3 && r.IntN(3) == 0 {
				out[i].Items = items(depth + 1)
			}
		}
		return out
	}
	out := make([]Block, r.IntN(6))
	for i := range out {
		b := Block{Kind: []BlockKind{Heading, Paragraph, List, Table, Code, Quote}[r.IntN(6)], Close: r.IntN(5) / 4}
		switch b.Kind {
		case List:
			b.Items, b.Ordered, b.Start = items(0), r.IntN(2) == 0, r.IntN(3)
		case Table:
			for range r.IntN(3) {
				b.Rows = append(b.Rows, []string{word(), word()})
			}
			b.HeaderRows = r.IntN(len(b.Rows) + 1)
		default:
			b.Text = word()
		}
		out[i] = b
	}
	return out
}

// Lines are in order, do not overlap, and leave nothing but white space between them.
func TestLinesCoverThePlainText(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 5_000 {
		text := &Text{Blocks: randomBlocks(r)}
		plain, lines := text.Layout()
		at := 0
		for _, l := range lines {
			if l.Start < at || l.End <= l.Start || l.End > len(plain) || strings.TrimSpace(plain[at:l.Start]) != "" {
				t.Fatalf("%q: line %+v behind %d", plain, l, at)
			}
			at = l.End
		}
		if strings.TrimSpace(plain[at:]) != "" {
			t.Fatalf("%q: %q is of no line", plain, plain[at:])
		}
	}
}

func TestASentenceThatAnnouncesBecomesTheLead(t *testing.T) {
	list := Block{Kind: List, Items: []Item{{Text: "x"}}}
	long := strings.Repeat("Words and more words. ", 20)
	tests := map[string]struct {
		before Block
		list   Block
		want   []Block
	}{
		"alone":                     {Block{Kind: Paragraph, Text: "Bring:"}, list, []Block{{Kind: List, Lead: "Bring:", Items: list.Items}}},
		"behind another line":       {Block{Kind: Paragraph, Text: "First.\nBring:"}, list, []Block{{Kind: Paragraph, Text: "First."}, {Kind: List, Lead: "Bring:", Items: list.Items}}},
		"behind much":               {Block{Kind: Paragraph, Text: long + "Bring:"}, list, []Block{{Kind: Paragraph, Text: strings.TrimSpace(long)}, {Kind: List, Lead: "Bring:", Items: list.Items}}},
		"without a colon":           {Block{Kind: Paragraph, Text: "Bring."}, list, []Block{{Kind: Paragraph, Text: "Bring."}, list}},
		"a heading":                 {Block{Kind: Heading, Level: 1, Text: "Bring:"}, list, []Block{{Kind: Heading, Level: 1, Text: "Bring:"}, list}},
		"in another language":       {Block{Kind: Paragraph, Text: "Bring:", Language: "en"}, list, []Block{{Kind: Paragraph, Text: "Bring:", Language: "en"}, list}},
		"before a list with a lead": {Block{Kind: Paragraph, Text: "Bring:"}, Block{Kind: List, Lead: "Here:", Items: list.Items}, []Block{{Kind: Paragraph, Text: "Bring:"}, {Kind: List, Lead: "Here:", Items: list.Items}}},
		"behind the end of a part":  {Block{Kind: Paragraph, Text: "Bring:"}, Block{Kind: List, Close: 1, Items: list.Items}, []Block{{Kind: Paragraph, Text: "Bring:"}, {Kind: List, Close: 1, Items: list.Items}}},
		"at the end of a part":      {Block{Kind: Paragraph, Close: 2, Text: "Bring:"}, list, []Block{{Kind: List, Close: 2, Lead: "Bring:", Items: list.Items}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, AttachLeads([]Block{tt.before, tt.list})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Whatever the blocks are, leads only move: no word is lost or changes its place.
func TestLeadsOnlyMove(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 5_000 {
		blocks := randomBlocks(r)
		before := strings.Fields((&Text{Blocks: blocks}).Plain())
		after := strings.Fields((&Text{Blocks: AttachLeads(slices.Clone(blocks))}).Plain())
		if !slices.Equal(before, after) {
			t.Fatalf("%q became %q", before, after)
		}
	}
}
