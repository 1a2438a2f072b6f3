package layout

import (
	"fmt"
	"strings"
	"testing"

	"freshet/pipeline/extract"
)

func TestWordsAreToldByGaps(t *testing.T) {
	p := newPen(1)
	p.at(50, 700, "Hello World of gaps")
	wants(t, markdown(p), "Hello World of gaps\n")
}

func TestSpacedOutLettersAreOneWord(t *testing.T) {
	p := newPen(1)
	x := 50.0
	for _, r := range "CHAPTER ONE BEGINS" {
		if r == ' ' {
			x += 6
			continue
		}
		p.glyph(x, 700, string(r))
		x += 8 // 3 points between letters
	}
	wants(t, markdown(p), "CHAPTER ONE BEGINS\n")
	p = newPen(1)
	for i, r := range "CHAPTER" {
		p.glyph(50+float64(i)*9, 700, string(r))
		p.glyph(55+float64(i)*9, 700, " ")
	}
	wants(t, markdown(p), "CHAPTER\n")
}

func TestDoubleStruckTextIsReadOnceAndBold(t *testing.T) {
	p := newPen(1)
	p.at(50, 700, "Warning")
	p.at(50.4, 700, "Warning")
	p.set(50, 670, 500, prose)
	wants(t, markdown(p), "# Warning\n\n"+prose+"\n")
}

func TestAccentsAndLigatures(t *testing.T) {
	p := newPen(1)
	x := p.at(50, 700, "d")
	p.glyph(x, 701, "´")
	p.glyph(x, 700, "e")
	x = p.at(x+5, 700, "j")
	p.glyph(x, 700, "a")
	p.glyph(x, 700, "\u0300")
	p.glyph(x+8, 700, "ﬁ")
	p.at(x+13, 700, "n 5 m²")
	wants(t, markdown(p), "déjà fin 5 m²\n")
}

func TestScripts(t *testing.T) {
	p := newPen(1)
	x := p.at(50, 700, "about 10")
	p.size = 6
	p.at(x, 704, "6")
	p.size = 10
	x = p.at(x+6, 700, "m")
	p.size = 6
	p.at(x, 704, "2")
	p.size = 10
	x = p.at(x+6, 700, "of H")
	p.size = 6
	p.at(x, 698, "2")
	p.size = 10
	p.at(x+3, 700, "O on the 1")
	wants(t, markdown(p), "about 10⁶ m² of H2O on the 1\n")
}

func TestFootnotesStandBehindTheirCall(t *testing.T) {
	p := newPen(1)
	x := p.at(50, 700, "The price was set by the ministry")
	p.size = 6
	x = p.at(x, 704, "1")
	p.size = 10
	p.at(x+3, 700, "and has been in force since then as")
	p.lines(50, 688, "the law provides for every customer in the whole of the country and its isles.")
	p.set(50, 660, 500, prose)
	p.size = 6
	p.at(50, 103, "1")
	p.size = 8
	p.at(56, 100, "Order of 3 March 2024 on tariffs.")
	got := markdown(p)
	wants(t, got, "The price was set by the ministry[1] and has been in force since then as the law provides for every customer in the whole of the country and its isles.\n\n"+
		"[1] Order of 3 March 2024 on tariffs.\n\n"+prose+"\n")
}

func TestColumnsAreReadOneAfterTheOther(t *testing.T) {
	p := newPen(1)
	p.size, p.bold = 18, true
	p.at(150, 740, "Terms of the contract")
	p.size, p.bold = 10, false
	p.set(50, 700, 230, prose)
	p.set(320, 700, 230, prose2)
	wants(t, markdown(p), "# Terms of the contract\n\n"+prose+"\n\n"+prose2+"\n")
}

func TestAParagraphGoesOnInTheNextColumnAndOnTheNextPage(t *testing.T) {
	words := strings.Fields(strings.Repeat("these words go on and on over the end of the column without any stop ", 20))
	p := newPen(1)
	at := 0
	column := func(p *pen, x float64) {
		for y := 700.0; y > 620; y -= 12 {
			p.at(x, y, strings.Join(words[at:at+10], " "))
			at += 10
		}
	}
	column(p, 50)
	column(p, 320)
	q := newPen(2)
	column(q, 50)
	blocks := Blocks([]Page{p.page, q.page})
	if len(blocks) != 1 || blocks[0].Text != strings.Join(words[:at], " ") {
		t.Errorf("got %d blocks: %+v", len(blocks), blocks)
	}
}

func TestHyphens(t *testing.T) {
	p := newPen(1)
	p.lines(50, 700, "The know-how of self-employed people is of inter-\nnational and not of local interest for the self-\nemployed as they say, and Jean-\nPierre agrees to it in every respect that there is.")
	wants(t, markdown(p), "The know-how of self-employed people is of international and not of local interest for the self-employed as they say, and Jean-Pierre agrees to it in every respect that there is.\n")
}

func TestHeadingsAndTheirLevels(t *testing.T) {
	p := newPen(1)
	y := 750.0
	heading := func(size float64, s string) {
		p.size, p.bold = size, true
		p.at(50, y, s)
		p.size, p.bold = 10, false
		y = p.set(50, y-25, 500, prose) - 15
	}
	heading(20, "Handbook of the company")
	heading(14, "1 Conditions")
	heading(12, "1.1 Delivery")
	heading(14, "2 Prices")
	heading(12, "Remarks")
	got := ""
	for _, b := range Blocks([]Page{p.page}) {
		if b.Kind == extract.Heading {
			got += fmt.Sprintf("%d %s\n", b.Level, b.Text)
		}
	}
	wants(t, got, "1 Handbook of the company\n2 1 Conditions\n3 1.1 Delivery\n2 2 Prices\n3 Remarks\n")
}

func TestLists(t *testing.T) {
	p := newPen(1)
	p.lines(50, 700, "You need the following documents:")
	p.lines(60, 684, "• a passport that is valid for at least six months after the end of the\n  journey\n• two photographs")
	p.lines(75, 648, "– in colour\n– not older than a year")
	p.lines(60, 624, "• the form")
	wants(t, markdown(p), `You need the following documents:

- a passport that is valid for at least six months after the end of the journey
- two photographs
  - in colour
  - not older than a year
- the form
`)
	p = newPen(1)
	p.lines(50, 700, "1. Open the lid\n2. Fill in water\n3. Close the lid")
	wants(t, markdown(p), "1. Open the lid\n2. Fill in water\n3. Close the lid\n")
}

func TestABulletAloneIsNothing(t *testing.T) {
	p := newPen(1)
	p.at(50, 700, "•")
	p.set(50, 660, 500, prose)
	wants(t, markdown(p), prose+"\n")
}

func TestATableOfContentsIsNoTable(t *testing.T) {
	p := newPen(1)
	for i, l := range []string{"1 Terms", "2 Prices", "3 Delivery", "4 Returns"} {
		x := p.at(50, 700-float64(i)*14, l) + 3
		for ; x < 400; x += 8 {
			p.glyph(x, 700-float64(i)*14, ".")
		}
		p.at(420, 700-float64(i)*14, fmt.Sprint(3+i))
	}
	wants(t, markdown(p), "1 Terms … 3  \n2 Prices … 4  \n3 Delivery … 5  \n4 Returns … 6\n")
}

func TestRuledTables(t *testing.T) {
	p := newPen(1)
	for _, y := range []float64{700, 680, 660, 640} {
		if y == 680 {
			p.rule(50, y, 350, y)
			continue
		}
		p.rule(50, y, 350, y)
	}
	p.rule(50, 640, 50, 700)
	p.rule(150, 640, 150, 680)
	p.rule(250, 640, 250, 700)
	p.rule(350, 640, 350, 700)
	p.at(55, 687, "Tariff")
	p.at(255, 687, "Price")
	p.at(55, 667, "Basic")
	p.at(155, 667, "yearly")
	p.at(255, 667, "12 €")
	p.at(55, 647, "Plus")
	p.at(155, 647, "monthly")
	p.at(255, 647, "3 €")
	wants(t, markdown(p), "| Tariff | Tariff | Price |\n| --- | --- | --- |\n| Basic | yearly | 12 € |\n| Plus | monthly | 3 € |\n")
}

func TestTablesWithoutWalls(t *testing.T) {
	p := newPen(1)
	p.set(50, 760, 500, prose)
	for i, row := range [][]string{{"Year", "Ducks", "Geese"}, {"2019", "120", "14"}, {"2020", "135", "15"}, {"2021", "150", "9"}} {
		for k, s := range row {
			p.bold = i == 0
			p.at(100+float64(k)*100, 700-float64(i)*14, s)
		}
	}
	wants(t, markdown(p), prose+"\n\n| Year | Ducks | Geese |\n| --- | --- | --- |\n| 2019 | 120 | 14 |\n| 2020 | 135 | 15 |\n| 2021 | 150 | 9 |\n")
}

func TestATableGoesOnOnTheNextPage(t *testing.T) {
	page := func(number int, rows ...string) *pen {
		p := newPen(number)
		y := 700.0
		for _, r := range append([]string{"Name Town"}, rows...) {
			a, b, _ := strings.Cut(r, " ")
			p.rule(50, y+10, 250, y+10)
			p.at(55, y, a)
			p.at(155, y, b)
			y -= 16
		}
		p.rule(50, y+10, 250, y+10)
		for _, x := range []float64{50, 150, 250} {
			p.rule(x, y+10, x, 710)
		}
		return p
	}
	got := markdown(page(1, "Anna Lille", "Bert Metz"), page(2, "Carl Nice", "Dora Paris"))
	wants(t, got, "| Name | Town |\n| --- | --- |\n| Anna | Lille |\n| Bert | Metz |\n| Carl | Nice |\n| Dora | Paris |\n")
}

func TestTextInColumnsIsNoTable(t *testing.T) {
	p := newPen(1)
	p.set(50, 700, 150, prose)
	p.set(225, 700, 150, prose2)
	p.set(400, 700, 150, prose)
	for _, b := range Blocks([]Page{p.page}) {
		if b.Kind == extract.Table {
			t.Errorf("a table: %q", b.Rows)
		}
	}
}

func TestLabelsAreReadWithTheirValues(t *testing.T) {
	p := newPen(1)
	p.lines(50, 700, "Name:\nStreet:\nTown:")
	p.lines(200, 700, "Anna Miller\n3 Mill Lane\nLeeds")
	wants(t, markdown(p), "Name: Anna Miller  \nStreet: 3 Mill Lane  \nTown: Leeds\n")
}

func TestHeadersFootersAndPageNumbersAreLeftOut(t *testing.T) {
	var pens []*pen
	for i := 1; i <= 4; i++ {
		p := newPen(i)
		p.at(50, 780, "Handbook 2024")
		p.at(300, 30, fmt.Sprint(i))
		p.set(50, 690, 500, fmt.Sprintf("Part %d of it. ", i)+prose)
		pens = append(pens, p)
	}
	got := markdown(pens...)
	if strings.Contains(got, "Handbook") || strings.Contains(got, "\n4\n") || strings.Count(got, "The agreement") != 4 {
		t.Errorf("got:\n%s", got)
	}
}

func TestWhatDiffersByMoreThanThePageIsNoHeader(t *testing.T) {
	var pages []*pen
	for n, total := range []string{"120", "75", "310", "88"} {
		p := newPen(n + 1)
		p.at(50, 770, "Invoices of 12 May 2026")
		p.set(50, 700, 500, prose)
		p.at(50, 60, "To be paid: "+total+" euros")
		p.at(50, 30, fmt.Sprintf("Page %d of 4", n+1))
		pages = append(pages, p)
	}
	got := markdown(pages...)
	for _, kept := range []string{"120 euros", "75 euros", "310 euros", "88 euros"} {
		if !strings.Contains(got, "To be paid: "+kept) {
			t.Errorf("%q is lost", kept)
		}
	}
	for _, gone := range []string{"Invoices of", "Page 2"} {
		if strings.Contains(got, gone) {
			t.Errorf("%q is still there", gone)
		}
	}
}

func TestPagesWithNothingButHeadersAreEmpty(t *testing.T) {
	var pens []*pen
	for i := 1; i <= 3; i++ {
		p := newPen(i)
		p.at(50, 780, "Handbook 2024")
		pens = append(pens, p)
	}
	wants(t, markdown(pens...), "")
}

func TestWatermarksAreLeftOut(t *testing.T) {
	p := newPen(1)
	p.set(50, 700, 500, prose)
	p.size, p.angle = 60, 45
	for i, r := range "DRAFT" {
		d := 30 * 0.7071 * float64(i)
		p.glyph(150+d, 300+d, string(r))
	}
	wants(t, markdown(p), prose+"\n")
}

func TestTurnedTextIsReadApart(t *testing.T) {
	p := newPen(1)
	p.set(50, 700, 500, prose)
	p.angle = 90
	for i, r := range "Scale" {
		p.glyph(30, 400+5*float64(i), string(r))
	}
	wants(t, markdown(p), prose+"\n\nScale\n")
}

func TestTextUnderAScanIsReadWhereNothingElseIs(t *testing.T) {
	scan := func(more string) *pen {
		p := newPen(1)
		p.at(50, 700, "Scanned text of a page")
		for i := range p.page.Glyphs {
			p.page.Glyphs[i].Invisible = true
		}
		p.at(50, 600, more)
		return p
	}
	wants(t, markdown(scan("")), "Scanned text of a page\n")
	wants(t, markdown(scan("Text that anybody sees")), "Text that anybody sees\n")
}

func TestRightToLeft(t *testing.T) {
	p := newPen(1)
	// "שלום 2024 עולם" as it is drawn, from left to right.
	p.at(50, 700, "םלוע 2024 םולש")
	wants(t, markdown(p), "שלום 2024 עולם\n")
}

func TestProgramTextKeepsItsLines(t *testing.T) {
	p := newPen(1)
	p.set(50, 600, 500, prose)
	p.fixed = true
	for i, l := range []string{"func main() {", "    run()", "}"} {
		x := 50.0
		for _, r := range l {
			if r != ' ' {
				p.glyph(x, 700-12*float64(i), string(r))
			}
			x += 5
		}
	}
	wants(t, markdown(p), "```\nfunc main() {\n    run()\n}\n```\n\n"+prose+"\n")
}

func TestDropCaps(t *testing.T) {
	p := newPen(1)
	p.size = 30
	x := p.at(50, 688, "T")
	p.size = 10
	p.lines(x+2, 700, "he agreement runs for twelve months from the date\nof signature and is renewed the same time unless")
	p.lines(50, 676, "one of the parties gives notice in writing before.")
	wants(t, markdown(p), "The agreement runs for twelve months from the date of signature and is renewed the same time unless one of the parties gives notice in writing before.\n")
}

func TestMarksNameHeadings(t *testing.T) {
	p := newPen(1)
	p.at(50, 700, "Delivery")
	p.set(50, 680, 500, prose)
	d := Document{Marks: []Mark{{Title: "Delivery", Level: 3, Page: 1}}}
	d.Add(&p.page)
	b := d.Blocks()
	if len(b) != 2 || b[0].Kind != extract.Heading || b[0].Level != 3 || b[0].Page != 1 {
		t.Errorf("got %+v", b)
	}
}

func TestNamesOfColumnsThatStandUpright(t *testing.T) {
	p := newPen(1)
	for _, y := range []float64{700, 640, 620, 600} {
		p.rule(50, y, 250, y)
	}
	for _, x := range []float64{50, 150, 200, 250} {
		p.rule(x, 600, x, 700)
	}
	p.at(55, 645, "Task")
	p.at(55, 627, "Read logs")
	p.at(172, 627, "X")
	p.at(55, 607, "Write logs")
	p.at(222, 607, "X")
	p.angle = 90
	for i, name := range []string{"Reader", "Writer"} {
		for k, r := range name {
			p.glyph(178+50*float64(i), 645+5*float64(k), string(r))
		}
	}
	wants(t, markdown(p), "| Task | Reader | Writer |\n| --- | --- | --- |\n| Read logs | X |  |\n| Write logs |  | X |\n")
}
