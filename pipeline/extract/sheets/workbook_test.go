package sheets

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"freshet/pipeline/extract"
)

// book makes a workbook with the help of the library.
func book(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// rows writes lines from a cell on; cells are separated by "|", digits are numbers.
func rows(f *excelize.File, sheet, from string, lines ...string) {
	col, row, err := excelize.CellNameToCoordinates(from)
	must(err)
	for i, line := range lines {
		for j, s := range strings.Split(line, "|") {
			name, err := excelize.CoordinatesToCellName(col+j, row+i)
			must(err)
			if s != "" {
				must(f.SetCellDefault(sheet, name, s))
			}
		}
	}
}

func readXLSX(t testing.TB, b []byte, o extract.Options) *extract.Text {
	t.Helper()
	text, err := ReadXLSX(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestSheetsAreCutIntoTheirTables(t *testing.T) {
	for name, c := range map[string]struct {
		fill func(f *excelize.File)
		want []extract.Block
	}{
		"one table": {func(f *excelize.File) {
			rows(f, "Sheet1", "A1", "Name|Price", "Salt|1", "Oil|2")
		}, []extract.Block{tableOf(1, "Name|Price", "Salt|1", "Oil|2")}},
		"two side by side": {func(f *excelize.File) {
			rows(f, "Sheet1", "A1", "Name|Price", "Salt|1")
			rows(f, "Sheet1", "D1", "City|Staff", "Lyon|3", "Lille|4")
		}, []extract.Block{tableOf(1, "Name|Price", "Salt|1"), tableOf(1, "City|Staff", "Lyon|3", "Lille|4")}},
		"two below each other": {func(f *excelize.File) {
			rows(f, "Sheet1", "A1", "Name|Price", "Salt|1", "", "City|Staff", "Lyon|3")
		}, []extract.Block{tableOf(1, "Name|Price", "Salt|1"), tableOf(1, "City|Staff", "Lyon|3")}},
		"one with an empty row in it": {func(f *excelize.File) {
			rows(f, "Sheet1", "A1", "Name|Price", "Salt|1", "", "Oil|2")
		}, []extract.Block{tableOf(1, "Name|Price", "Salt|1", "Oil|2")}},
		"one that goes on beside another": {func(f *excelize.File) {
			rows(f, "Sheet1", "A1", "Name|Price", "Salt|1", "", "Oil|2")
			rows(f, "Sheet1", "D1", "City|Staff|Since", "Lyon|3|1999")
		}, []extract.Block{tableOf(1, "Name|Price", "Salt|1"), tableOf(1, "City|Staff|Since", "Lyon|3|1999"), tableOf(1, "Name|Price", "Oil|2")}},
		"names apart from values": {func(f *excelize.File) {
			rows(f, "Sheet1", "A1", "Voltage||130|kV", "Current||12|A")
		}, []extract.Block{tableOf(0, "Voltage|130|kV", "Current|12|A")}},
		"a title in the row above": {func(f *excelize.File) {
			rows(f, "Sheet1", "A1", "Prices of May", "Name|Price", "Salt|1")
		}, []extract.Block{{Kind: extract.Table, Lead: "Prices of May", HeaderRows: 1, Rows: [][]string{{"Name", "Price"}, {"Salt", "1"}}}}},
		"a merged title, and an empty row": {func(f *excelize.File) {
			rows(f, "Sheet1", "A1", "Prices of May|", "", "Name|Price", "Salt|1")
			must(f.MergeCell("Sheet1", "A1", "B1"))
		}, []extract.Block{{Kind: extract.Table, Lead: "Prices of May", HeaderRows: 1, Rows: [][]string{{"Name", "Price"}, {"Salt", "1"}}}}},
		"a header of two rows": {func(f *excelize.File) {
			rows(f, "Sheet1", "A1", "Name|Price|", "|net|gross", "Salt|1|2")
			must(f.MergeCell("Sheet1", "A1", "A2"))
			must(f.MergeCell("Sheet1", "B1", "C1"))
		}, []extract.Block{tableOf(2, "Name|Price|Price", "Name|net|gross", "Salt|1|2")}},
		"merged cells in the body": {func(f *excelize.File) {
			rows(f, "Sheet1", "A1", "Group|Name|Price", "Food|Salt|1", "|Oil|2")
			must(f.MergeCell("Sheet1", "A2", "A3"))
		}, []extract.Block{tableOf(1, "Group|Name|Price", "Food|Salt|1", "Food|Oil|2")}},
		"years as a header": {func(f *excelize.File) {
			rows(f, "Sheet1", "A1", "Name|2024|2025", "Salt|1|2")
		}, []extract.Block{tableOf(1, "Name|2024|2025", "Salt|1|2")}},
		"a name for two columns": {func(f *excelize.File) {
			rows(f, "Sheet1", "A1", "Screens||Brands|", "small|1|x|2", "large|3|y|4")
		}, []extract.Block{tableOf(1, "Screens||Brands|", "small|1|x|2", "large|3|y|4")}},
		"numbers only": {func(f *excelize.File) {
			rows(f, "Sheet1", "A1", "1|2", "3|4")
		}, []extract.Block{tableOf(0, "1|2", "3|4")}},
		"a bold header over texts with full stops": {func(f *excelize.File) {
			rows(f, "Sheet1", "A1", "Question.|Answer.", "Where?|Here, as ever, and nowhere else.")
			bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
			must(err)
			must(f.SetCellStyle("Sheet1", "A1", "B1", bold))
		}, []extract.Block{tableOf(1, "Question.|Answer.", "Where?|Here, as ever, and nowhere else.")}},
		"a table of the sheet": {func(f *excelize.File) {
			rows(f, "Sheet1", "B2", "Long.|Short.", "a|b", "c|d")
			must(f.AddTable("Sheet1", &excelize.Table{Range: "B2:C4", Name: "t"}))
		}, []extract.Block{tableOf(1, "Long.|Short.", "a|b", "c|d")}},
		"rows that stay in place": {func(f *excelize.File) {
			rows(f, "Sheet1", "A1", "a.|b.", "c.|d.", "1|2")
			must(f.SetPanes("Sheet1", &excelize.Panes{Freeze: true, YSplit: 2, TopLeftCell: "A3", ActivePane: "bottomLeft"}))
		}, []extract.Block{tableOf(2, "a.|b.", "c.|d.", "1|2")}},
		"one column": {func(f *excelize.File) {
			rows(f, "Sheet1", "A1", "Salt", "Oil")
		}, []extract.Block{{Kind: extract.List, Items: []extract.Item{{Text: "Salt"}, {Text: "Oil"}}}}},
		"one cell": {func(f *excelize.File) {
			rows(f, "Sheet1", "C7", "Closed")
		}, []extract.Block{{Kind: extract.Paragraph, Text: "Closed"}}},
	} {
		t.Run(name, func(t *testing.T) {
			text := readXLSX(t, book(t, c.fill), extract.Options{})
			if diff := cmp.Diff(c.want, text.Blocks); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCellsShowWhatAPersonSees(t *testing.T) {
	b := book(t, func(f *excelize.File) {
		style := func(cell string, s excelize.Style, v any) {
			id, err := f.NewStyle(&s)
			must(err)
			must(f.SetCellValue("Sheet1", cell, v))
			must(f.SetCellStyle("Sheet1", cell, cell, id))
		}
		euro := `#,##0.00\ [$€-40C]`
		rows(f, "Sheet1", "A1", "What|Shown")
		rows(f, "Sheet1", "A2", "date", "share", "price", "truth", "formula", "text")
		style("B2", excelize.Style{NumFmt: 14}, 45657)
		style("B3", excelize.Style{NumFmt: 10}, 0.196)
		style("B4", excelize.Style{CustomNumFmt: &euro}, 1234.5)
		must(f.SetCellBool("Sheet1", "B5", true))
		must(f.SetCellValue("Sheet1", "B6", 3))
		must(f.SetCellFormula("Sheet1", "B6", "1+2"))
		must(f.SetCellRichText("Sheet1", "B7", []excelize.RichTextRun{{Text: "two "}, {Text: "runs", Font: &excelize.Font{Bold: true}}}))
	})
	got := readXLSX(t, b, extract.Options{Locale: "en"}).Blocks[0]
	want := tableOf(1, "What|Shown", "date|2024-12-31", "share|19.60%", "price|1,234.50 €", "truth|TRUE", "formula|3", "text|two runs")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// A price of France makes the workbook French.
	got = readXLSX(t, b, extract.Options{}).Blocks[0]
	want = tableOf(1, "What|Shown", "date|31/12/2024", "share|19,60%", "price|1 234,50 €", "truth|VRAI", "formula|3", "text|two runs")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsHiddenIsLeftOutAndSaid(t *testing.T) {
	text := readXLSX(t, book(t, func(f *excelize.File) {
		rows(f, "Sheet1", "A1", "Name|Cost|Price", "Salt|1|2", "Gold|8|9", "Oil|3|4")
		must(f.SetColVisible("Sheet1", "B", false))
		must(f.SetRowVisible("Sheet1", 3, false))
		for _, name := range []string{"Secret", "Deep"} {
			_, err := f.NewSheet(name)
			must(err)
			rows(f, name, "A1", "secret")
		}
		must(f.SetSheetVisible("Secret", false))
		must(f.SetSheetVisible("Deep", false, true))
	}), extract.Options{})
	if diff := cmp.Diff([]extract.Block{tableOf(1, "Name|Price", "Salt|2", "Oil|4")}, text.Blocks); diff != "" {
		t.Error(diff)
	}
	if want := "1 of 3 sheets; left out: 2 hidden sheets, 1 hidden row, 1 hidden column"; text.Why != want {
		t.Errorf("why %q, want %q", text.Why, want)
	}
}

func TestRowsThatAFilterHidesAreRead(t *testing.T) {
	text := readXLSX(t, book(t, func(f *excelize.File) {
		rows(f, "Sheet1", "A1", "Name|Price", "Salt|1", "Oil|2")
		must(f.AutoFilter("Sheet1", "A1:B3", []excelize.AutoFilterOptions{{Column: "A", Expression: "x == Oil"}}))
		must(f.SetRowVisible("Sheet1", 2, false))
		must(f.SetRowOutlineLevel("Sheet1", 5, 1))
		rows(f, "Sheet1", "A5", "Folded together")
		must(f.SetRowVisible("Sheet1", 5, false))
	}), extract.Options{})
	if plain := text.Plain(); !strings.Contains(plain, "Salt | 1\nOil | 2") || !strings.Contains(plain, "Folded together") {
		t.Errorf("read %q", plain)
	}
}

func TestSheetsHaveTheirNames(t *testing.T) {
	one := readXLSX(t, book(t, func(f *excelize.File) {
		must(f.SetSheetName("Sheet1", "Tarifs 2026"))
		rows(f, "Tarifs 2026", "A1", "Nom|Prix", "Sel|1")
	}), extract.Options{})
	if b := one.Blocks[0]; b.Kind != extract.Heading || b.Level != 2 || b.Text != "Tarifs 2026" {
		t.Errorf("block %+v", b)
	}
	two := readXLSX(t, book(t, func(f *excelize.File) {
		_, err := f.NewSheet("Sheet2")
		must(err)
		rows(f, "Sheet1", "A1", "a")
		rows(f, "Sheet2", "A1", "b")
	}), extract.Options{})
	if plain := two.Plain(); plain != "Sheet1\n\na\n\nSheet2\n\nb" {
		t.Errorf("read %q", plain)
	}
}

func TestLinksCommentsAndChartsOfASheet(t *testing.T) {
	b := book(t, func(f *excelize.File) {
		rows(f, "Sheet1", "A1", "Year|Sales", "2024|10", "2025|12", "See here")
		must(f.SetCellHyperLink("Sheet1", "A4", "https://shop.example/prices", "External"))
		must(f.AddComment("Sheet1", excelize.Comment{Cell: "B3", Author: "Ann", Text: "Still an estimate"}))
		must(f.AddChart("Sheet1", "E1", &excelize.Chart{Type: excelize.Col, Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: "Sales by year"}}},
			Series: []excelize.ChartSeries{{Name: "Sheet1!$B$1", Categories: "Sheet1!$A$2:$A$3", Values: "Sheet1!$B$2:$B$3"}}}))
		must(f.SetDocProps(&excelize.DocProperties{Title: "Sales", Creator: "Ann", Language: "en-GB"}))
	})
	text := readXLSX(t, b, extract.Options{})
	if diff := cmp.Diff([]extract.Link{{Text: "See here", URI: "https://shop.example/prices"}}, text.Links); diff != "" {
		t.Error(diff)
	}
	if text.Title != "Sales" || text.Properties["author"] != "Ann" || text.Language != "en-GB" || text.Way != WayXLSX {
		t.Errorf("title %q, properties %v, language %q", text.Title, text.Properties, text.Language)
	}
	plain := text.Plain()
	if !strings.Contains(plain, "Comments\n\n- B3, Ann: Still an estimate") || !strings.Contains(plain, "Sales by year") {
		t.Errorf("read %q", plain)
	}
	if plain := readXLSX(t, b, extract.Options{WithoutComments: true}).Plain(); strings.Contains(plain, "estimate") {
		t.Errorf("comments are read: %q", plain)
	}
}
