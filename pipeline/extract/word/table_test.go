package word

import (
	"strings"
	"testing"

	"freshet/pipeline/extract"
)

// tbl makes a table: rows are parted by "/", cells by "|". A cell may begin with
// properties in braces.
func tbl(rows ...string) string {
	var b strings.Builder
	b.WriteString("<w:tbl><w:tblPr/>")
	for _, r := range rows {
		b.WriteString("<w:tr>")
		if rest, ok := strings.CutPrefix(r, "#"); ok {
			b.WriteString("<w:trPr><w:tblHeader/></w:trPr>")
			r = rest
		}
		for c := range strings.SplitSeq(r, "|") {
			properties := ""
			if inner, ok := strings.CutPrefix(c, "{"); ok {
				properties, c, _ = strings.Cut(inner, "}")
			}
			if !strings.HasPrefix(c, "<") {
				c = p("", run(c))
			}
			b.WriteString("<w:tc><w:tcPr>" + properties + "</w:tcPr>" + c + "</w:tc>")
		}
		b.WriteString("</w:tr>")
	}
	return b.String() + "</w:tbl>"
}

const (
	span2 = `{<w:gridSpan w:val="2"/>}`
	down  = `{<w:vMerge w:val="restart"/>}`
	above = `{<w:vMerge/>}`
)

func TestTables(t *testing.T) {
	for _, c := range []struct{ why, body, want string }{
		{"a plain one", tbl("A|B", "1|2"), "| A | B |\n| --- | --- |\n| 1 | 2 |"},
		{"merged cells are repeated", tbl("A|B|C", "1|"+span2+"2", down+"x|3|4", above+"|5|6"), "| A | B | C |\n| --- | --- | --- |\n| 1 | 2 | 2 |\n| x | 3 | 4 |\n| x | 5 | 6 |"},
		{"cells merged in the old way", tbl("A|B", `{<w:hMerge w:val="restart"/>}1|{<w:hMerge/>}`), "| A | B |\n| --- | --- |\n| 1 | 1 |"},
		{"empty rows and columns go", tbl("A||B", "||", "1||2"), "| A | B |\n| --- | --- |\n| 1 | 2 |"},
		{"a row that begins late", `<w:tbl><w:tr><w:tc>` + p("", run("A")) + `</w:tc><w:tc>` + p("", run("B")) + `</w:tc></w:tr><w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr><w:tc>` + p("", run("2")) + `</w:tc></w:tr></w:tbl>`, "| A | B |\n| --- | --- |\n|  | 2 |"},
		{"paragraphs and tables in a cell", tbl("#A|B", p("", run("x"))+p("", run("y"))+`|<w:p/>`+strings.ReplaceAll(tbl("1", "2"), "|", "")+p("", run("z"))), "| A | B |\n| --- | --- |\n| x y | 1 2 z |"},
		{"one cell a row arranges the page", tbl(p("Heading1", run("A"))+p("", run("b.")), "c"), "# A\n\nb.\n\nc"},
		{"tables in a table arrange the page", `<w:tbl><w:tr><w:tc>` + p("", run("side")) + `</w:tc><w:tc>` + p("", run("x.")) + tbl("A|B", "1|2") + `</w:tc></w:tr></w:tbl>`, "side\n\nx.\n\n| A | B |\n| --- | --- |\n| 1 | 2 |"},
		{"a deleted row", strings.Replace(tbl("A|B", "#no|no", "1|2"), "<w:tblHeader/>", "<w:del/>", 1), "| A | B |\n| --- | --- |\n| 1 | 2 |"},
		{"rows and cells in content controls", `<w:tbl><w:sdt><w:sdtContent><w:tr><w:sdt><w:sdtContent><w:tc>` + p("", run("A")) + `</w:tc></w:sdtContent></w:sdt><w:tc>` + p("", run("B")) + `</w:tc></w:tr></w:sdtContent></w:sdt><w:tr><w:tc>` + p("", run("1")) + `</w:tc><w:tc>` + p("", run("2")) + `</w:tc></w:tr></w:tbl>`, "| A | B |\n| --- | --- |\n| 1 | 2 |"},
		{"a caption leads", p("Caption", run("Table 1")) + tbl("A|B", "1|2"), "Table 1\n\n| A | B |\n| --- | --- |\n| 1 | 2 |"},
		{"an empty one", tbl("|", "|") + p("", run("a")), "a"},
	} {
		t.Run(c.why, func(t *testing.T) { want(t, read(t, c.body), c.want) })
	}
	if b := read(t, p("Caption", run("Table 1"))+tbl("A|B", "1|2")).Blocks; len(b) != 1 || b[0].Lead != "Table 1" {
		t.Errorf("%+v", b)
	}
}

func TestHeaderRows(t *testing.T) {
	for _, c := range []struct {
		why, body string
		want      int
	}{
		{"the first row", tbl("A|B", "1|2"), 1},
		{"rows that say so", tbl("#A|B", "#a|b", "1|2"), 2},
		{"rows that all say so", tbl("#A|B", "#a|b"), 1},
		{"a title over all columns", tbl(span2+"Prices", "A|B", "1|2"), 2},
		{"a name over names", tbl(down+"Tariff|"+span2+"Price", above+"|day|night", "x|1|2"), 2},
		{"a single row", tbl("A|B"), 0},
	} {
		b := read(t, c.body).Blocks
		if len(b) != 1 || b[0].Kind != extract.Table || b[0].HeaderRows != c.want {
			t.Errorf("%s: %+v", c.why, b)
		}
	}
}

func TestLongMergedTextIsNotRepeated(t *testing.T) {
	long := strings.Repeat("word ", 100)
	b := read(t, tbl("A|B", span2+long, down+long+"|x", above+"|y")).Blocks
	if n := strings.Count((&extract.Text{Blocks: b}).Plain(), "word"); n != 200 {
		t.Errorf("%d words", n)
	}
}
