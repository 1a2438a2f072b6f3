package layout

import (
	"fmt"
	"strings"
	"testing"

	"freshet/pipeline/extract"
)

// right writes s so that it ends at x.
func (p *pen) right(x, y float64, s string) {
	q := pen{size: p.size}
	p.at(x-q.at(0, y, s), y, s)
}

// middle writes s with its middle at x.
func (p *pen) middle(x, y float64, s string) {
	q := pen{size: p.size}
	p.at(x-q.at(0, y, s)/2, y, s)
}

// tablesOf are the tables of pages.
func tablesOf(pens ...*pen) []extract.Block {
	var pages []Page
	for _, p := range pens {
		pages = append(pages, p.page)
	}
	var out []extract.Block
	for _, b := range Blocks(pages) {
		if b.Kind == extract.Table {
			out = append(out, b)
		}
	}
	return out
}

// rowsOf are the rows of a table, a line each, its header above "--".
func rowsOf(b extract.Block) string {
	var out strings.Builder
	for i, row := range b.Rows {
		if i == b.HeaderRows {
			out.WriteString("--\n")
		}
		out.WriteString(strings.Join(row, "|") + "\n")
	}
	return out.String()
}

func wantsTables(t *testing.T, got []extract.Block, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d tables, want %d", len(got), len(want))
		for _, b := range got {
			t.Log(rowsOf(b))
		}
		return
	}
	for i := range got {
		wants(t, rowsOf(got[i]), want[i])
	}
}

func TestFiguresWithNamesThatSpanColumns(t *testing.T) {
	p := newPen(1)
	p.middle(275, 714, "Men")
	p.middle(425, 714, "Women")
	p.at(50, 702, "Age")
	for i, s := range []string{"Number", "Share", "Number", "Share"} {
		p.right(260+float64(i)*75, 702, s)
	}
	p.at(50, 690, "Young")
	y := 678.0
	for _, row := range [][]string{{"under 20", "1,204", "12.5", "998", "10.1"}, {"20 to 24", "86", "0.9", "1,102", "11.0"}, {"25 to 29", "742", "7.5", "—", "—"}} {
		p.at(58, y, row[0])
		for i, s := range row[1:] {
			p.right(260+float64(i)*75, y, s)
		}
		y -= 12
	}
	p.at(50, y-6, "Source: the census of the year before, and estimates of the office.")
	wantsTables(t, tablesOf(p), "|Men|Men|Women|Women\nAge|Number|Share|Number|Share\n--\nYoung||||\n"+
		"under 20|1,204|12.5|998|10.1\n20 to 24|86|0.9|1,102|11.0\n25 to 29|742|7.5|—|—\n")
}

func TestARuleSaysOverWhichColumnsANameStands(t *testing.T) {
	p := newPen(1)
	p.rule(50, 727, 500, 727)
	p.at(190, 714, "Cost")
	p.rule(180, 711, 400, 711)
	p.at(50, 700, "Plan")
	p.right(250, 700, "Year")
	p.right(350, 700, "Month")
	p.right(490, 700, "Users")
	p.rule(50, 696, 500, 696)
	y := 684.0
	for _, row := range [][]string{{"Basic", "120", "11", "1"}, {"Plus", "240", "22", "5"}, {"Pro", "1 200", "110", "50"}} {
		p.at(50, y, row[0])
		p.right(250, y, row[1])
		p.right(350, y, row[2])
		p.right(490, y, row[3])
		y -= 12
	}
	p.rule(50, y+8, 500, y+8)
	wantsTables(t, tablesOf(p), "|Cost|Cost|\nPlan|Year|Month|Users\n--\nBasic|120|11|1\nPlus|240|22|5\nPro|1 200|110|50\n")
}

func TestLabelsOfSeveralLinesStandAroundTheirFigures(t *testing.T) {
	p := newPen(1)
	p.at(50, 712, "Measure")
	for i, s := range []string{"2019", "2020", "2021"} {
		p.right(300+float64(i)*80, 712, s)
	}
	y := 690.0
	for _, row := range []string{"Income of households,median and mean|52,100|51,300|53,870", "Years of life lost,before the age of 75|7108.3|6960.6|6920.0", "Share of people,without work|7.1|8.0|6.4"} {
		cells := strings.Split(row, "|")
		above, below, _ := strings.Cut(cells[0], ",")
		p.at(50, y+5.5, above)
		p.at(50, y-5.5, below)
		for i, s := range cells[1:] {
			p.right(300+float64(i)*80, y, s)
		}
		y -= 26
	}
	wantsTables(t, tablesOf(p), "Measure|2019|2020|2021\n--\nIncome of households median and mean|52,100|51,300|53,870\n"+
		"Years of life lost before the age of 75|7108.3|6960.6|6920.0\nShare of people without work|7.1|8.0|6.4\n")
}

func TestALabelThatGoesOnIsNoSection(t *testing.T) {
	p := newPen(1)
	p.at(50, 712, "Item")
	p.right(330, 712, "Low")
	p.right(400, 712, "High")
	y := 700.0
	for _, l := range []string{"Income of people per head in|1.4|2.2", "  constant euros", "Receipts from the state|1.3|2.4", "Labour", "Men|4.0|7.3", "Women|5.0|7.9"} {
		cells := strings.Split(l, "|")
		x := 50.0
		if strings.HasPrefix(cells[0], " ") {
			x += 10
		}
		p.at(x, y, strings.TrimSpace(cells[0]))
		for i, s := range cells[1:] {
			p.right(330+float64(i)*70, y, s)
		}
		y -= 12
	}
	wantsTables(t, tablesOf(p), "Item|Low|High\n--\nIncome of people per head in constant euros|1.4|2.2\nReceipts from the state|1.3|2.4\nLabour||\nMen|4.0|7.3\nWomen|5.0|7.9\n")
}

func TestFiguresInAFontOfOneWidth(t *testing.T) {
	p := newPen(1)
	p.set(50, 760, 500, prose)
	p.fixed = true
	for i, l := range []string{"Age group    Share   Total", "20-29       0.2650     120", "30-39       0.2046      98", "40-49       0.1477   1,204", "50-59       0.1514      77"} {
		x := 50.0
		for _, r := range l {
			if r != ' ' {
				p.glyph(x, 690-12*float64(i), string(r))
			}
			x += 5
		}
	}
	wantsTables(t, tablesOf(p), "Age group|Share|Total\n--\n20-29|0.2650|120\n30-39|0.2046|98\n40-49|0.1477|1,204\n50-59|0.1514|77\n")
}

func TestTablesSideBySideBelowText(t *testing.T) {
	p := newPen(1)
	p.set(50, 760, 500, prose)
	for side, name := range []string{"Town", "River"} {
		x := 50 + 280*float64(side)
		p.at(x, 690, name)
		p.right(x+200, 690, "Size")
		for i := range 4 {
			y := 678 - 12*float64(i)
			p.at(x, y, fmt.Sprintf("%s no. %c", name, 'A'+i))
			p.right(x+200, y, fmt.Sprint(1200-333*i))
		}
	}
	got := tablesOf(p)
	if len(got) == 0 || !strings.Contains(rowsOf(got[0]), "Town no. A|1200") {
		t.Errorf("got %d tables: %+v", len(got), got)
	}
	for _, b := range got {
		if b.HeaderRows != 1 || b.Rows[0][1] != "Size" {
			t.Errorf("the header is %q", b.Rows[0])
		}
	}
}

func TestFiguresOnTheNextPageHaveTheirHeader(t *testing.T) {
	page := func(number, from int, header bool) *pen {
		p := newPen(number)
		y := 760.0
		if header {
			p.at(50, y, "Year")
			p.right(250, y, "Ducks")
			p.right(350, y, "Geese")
			y -= 12
		}
		for i := range 50 {
			p.at(50, y, fmt.Sprint(from+i))
			p.right(250, y, fmt.Sprint(100+7*i))
			p.right(350, y, fmt.Sprint(1000-3*i))
			y -= 12
		}
		return p
	}
	for _, again := range []bool{true, false} {
		got := tablesOf(page(1, 1900, true), page(2, 1950, again))
		if len(got) != 1 || len(got[0].Rows) != 101 || got[0].HeaderRows != 1 {
			t.Errorf("header repeated %v: %d tables, rows %d", again, len(got), len(got[0].Rows))
		}
	}
}

// TestWhatIsNoTableOfFigures has what looks like one to who counts figures only.
func TestWhatIsNoTableOfFigures(t *testing.T) {
	columns := func(p *pen) {
		years := strings.ReplaceAll(prose, " ", " 1998 ")
		p.set(50, 700, 230, years)
		p.set(320, 700, 230, strings.ReplaceAll(prose2, " and ", " 2024 "))
	}
	contents := func(p *pen) {
		for i, l := range []string{"Terms", "Prices of all plans", "Delivery", "Returns and refunds", "Contact"} {
			p.at(50, 700-float64(i)*14, fmt.Sprintf("%d %s", i+1, l))
			p.right(450, 700-float64(i)*14, fmt.Sprint(3+4*i))
		}
	}
	form := func(p *pen) {
		p.lines(50, 700, "Name:\nStreet:\nTown:\nBorn:")
		p.lines(200, 700, "Anna Miller\n3 Mill Lane\nLeeds\n12.03.1980")
	}
	program := func(p *pen) {
		p.fixed = true
		p.lines(50, 700, "mov eax 12\nadd ebx 7\nsub ecx 128\njmp 0x44")
	}
	list := func(p *pen) {
		for i := range 6 {
			x := p.at(50, 700-float64(i)*14, fmt.Sprintf("%d. Meeting of the board in room", i+1))
			p.at(x+5+3*float64(i%3), 700-float64(i)*14, fmt.Sprint(100+i))
		}
	}
	for name, draw := range map[string]func(*pen){"columns": columns, "contents": contents, "form": form, "program": program, "list": list} {
		p := newPen(1)
		draw(p)
		for _, b := range tablesOf(p) {
			t.Errorf("%s: a table:\n%s", name, rowsOf(b))
		}
	}
}

func TestFiguresAndTheirGroups(t *testing.T) {
	for text, want := range map[string]bool{"1,204": true, "(12.5–14.1)": true, "$49,497": true, "18.7%": true, "5.3**": true, "12k": true, "A4": false, "COVID-19": false, "and": false, "—": false} {
		if got := isFigure(text); got != want {
			t.Errorf("%q is a figure: %v", text, got)
		}
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{{"12", "345", true}, {"12", "345,50", true}, {"000", "000", true}, {"1200", "345", false}, {"12", "34", false}, {"12", "3456", false}} {
		if got := grouped(c.a, c.b); got != c.want {
			t.Errorf("%q and %q are one figure: %v", c.a, c.b, got)
		}
	}
	for text, want := range map[string]bool{"2024": true, "2007–08": true, "1996-97": true, "12,204": false, "0.2024": false, "99": false} {
		if got := isPeriod(text); got != want {
			t.Errorf("%q is a period: %v", text, got)
		}
	}
}

func TestPagesOfContentsInAColumnStandWithTheirEntries(t *testing.T) {
	p := newPen(1)
	for i, l := range []string{"Terms", "Prices", "Delivery", "Returns"} {
		y := 700 - 12*float64(i)
		x := p.at(50, y, l) + 3
		for ; x < 240; x += 8 {
			p.glyph(x, y, ".")
		}
		p.at(262, y, fmt.Sprint(3+i))
	}
	p.set(320, 700, 230, prose+" "+prose2)
	got := markdown(p)
	for _, entry := range []string{"Terms … 3", "Prices … 4", "Delivery … 5", "Returns … 6"} {
		if !strings.Contains(got, entry) {
			t.Errorf("%q is not in:\n%s", entry, got)
		}
	}
}

func TestLatinWordsInTextFromRightToLeftStandApart(t *testing.T) {
	p := newPen(1)
	x := p.at(50, 700, "python")
	p.at(x, 700, "םולש")
	wants(t, markdown(p), "python שלום\n")
}

func TestVeryManyColumnsOfFiguresAreNoTable(t *testing.T) {
	p := newPen(1)
	p.page.Width, p.size = 4000, 2
	for k := range 6 {
		for i := range 1000 {
			p.at(10+4*float64(i), 700-3*float64(k), "7")
		}
	}
	wantsTables(t, tablesOf(p))
}
