package word

import (
	"strconv"
	"strings"
	"testing"

	"freshet/pipeline/extract"
)

// lists has a list of bullets (1), of numbers (2), of clauses (3), a second one of
// clauses that begins anew (4), and one of headings (5).
const lists = `<w:numbering` + spaces + `>
<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/><w:lvlText w:val="-"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="Article %1"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:isLgl/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:pStyle w:val="N1"/><w:lvlText w:val="%1"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:pStyle w:val="N2"/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="4"><w:numStyleLink w:val="Linked"/></w:abstractNum>
<w:abstractNum w:abstractNumId="5"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="☐"/></w:lvl></w:abstractNum>
<w:num w:numId="7"><w:abstractNumId w:val="5"/></w:num><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="2"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>
<w:num w:numId="5"><w:abstractNumId w:val="3"/></w:num><w:num w:numId="6"><w:abstractNumId w:val="4"/></w:num>
</w:numbering>`

const numbered = `<w:style w:type="paragraph" w:styleId="N1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="5"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="N2"><w:name w:val="heading 2"/><w:pPr><w:numPr><w:numId w:val="5"/></w:numPr></w:pPr></w:style>
<w:style w:type="numbering" w:styleId="Linked"><w:name w:val="l"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>`

func item(num, level int, text string) string {
	return `<w:p><w:pPr><w:numPr><w:ilvl w:val="` + strconv.Itoa(level) + `"/><w:numId w:val="` + strconv.Itoa(num) + `"/></w:numPr></w:pPr>` + run(text) + `</w:p>`
}

func readLists(t *testing.T, body string) *extract.Text {
	t.Helper()
	name, content := styled(headings + numbered)
	text, err := Read(t.Context(), docx(t, body, name, content, "word/numbering.xml", lists), extract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestListsKeepTheirNumbersAndNesting(t *testing.T) {
	for _, c := range []struct{ why, body, want string }{
		{"bullets", item(1, 0, "a") + item(1, 1, "b") + item(1, 0, "c"), "- a\n  - b\n- c"},
		{"numbers", item(2, 0, "a") + item(2, 0, "b"), "1. a\n2. b"},
		{"numbers that go on behind a paragraph", item(2, 0, "a") + p("", run("between.")) + item(2, 0, "b"), "1. a\n\nbetween.\n\n2. b"},
		{"letters below numbers", item(2, 0, "a") + item(2, 1, "b") + item(2, 1, "c") + item(2, 0, "d") + item(2, 1, "e"), "1. a\n   - a) b\n   - b) c\n2. d\n   - a) e"},
		{"bullets below numbers", item(2, 0, "a") + item(1, 1, "b") + item(2, 0, "c"), "1. a\n   - b\n2. c"},
		{"clauses", item(3, 0, "a") + item(3, 1, "b") + item(3, 1, "c"), "- Article I a\n  - 1.1 b\n  - 1.2 c"},
		{"a list that begins anew", item(3, 0, "a") + item(4, 0, "b") + item(4, 0, "c") + item(3, 0, "d"), "- Article I a\n- Article V b\n- Article VI c\n- Article VII d"},
		{"a level that is left out", item(3, 1, "a") + item(3, 0, "b"), "- 1.1 a\n\n- Article II b"},
		{"room between items", item(1, 0, "a") + `<w:p/>` + item(1, 0, "b"), "- a\n- b"},
		{"a paragraph that belongs to an item", item(1, 0, "a") + p("ListParagraph", run("more")) + item(1, 0, "b"), "- a  \n  more\n- b"},
		{"no list", item(0, 0, "a") + item(99, 0, "b"), "a\n\nb"},
		{"a list that links to a style", item(6, 0, "a") + item(6, 0, "b"), "1. a\n2. b"},
		{"headings", p("N1", run("A")) + p("N2", run("B")) + p("N2", run("C")) + p("N1", run("D")) + p("N2", run("E")) + p("", run("x.")), "# 1 A\n\n## 1.1 B\n\n## 1.2 C\n\n# 2 D\n\n## 2.1 E\n\nx."},
		{"tasks", item(7, 0, "a") + item(7, 0, "b"), "- ☐ a\n- ☐ b"},
		{"what announces a list", p("", run("You need:")) + item(1, 0, "a"), "You need:\n\n- a"},
	} {
		t.Run(c.why, func(t *testing.T) { want(t, readLists(t, c.body), c.want) })
	}
	if b := readLists(t, p("", run("You need:"))+item(1, 0, "a")).Blocks; len(b) != 1 || b[0].Lead != "You need:" {
		t.Errorf("%+v", b)
	}
}

func TestNumbersInACellAreSeen(t *testing.T) {
	cell := func(s string) string { return `<w:tc>` + s + `</w:tc>` }
	row := func(a, b string) string { return `<w:tr>` + cell(a) + cell(b) + `</w:tr>` }
	want(t, readLists(t, `<w:tbl>`+row(p("", run("No")), p("", run("Name")))+row(item(2, 0, ""), p("", run("x")))+row(item(2, 0, ""), p("", run("y")))+`</w:tbl>`),
		"| No | Name |\n| --- | --- |\n| 1. | x |\n| 2. | y |")
}

func TestListsThatPointToThemselvesEnd(t *testing.T) {
	circle := `<w:numbering` + spaces + `><w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="A"/></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="B"/></w:abstractNum><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>`
	name, content := styled(`<w:style w:type="numbering" w:styleId="A"><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style><w:style w:type="numbering" w:styleId="B"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>`)
	text, err := Read(t.Context(), docx(t, item(1, 0, "a")+item(2, 8, "b"), name, content, "word/numbering.xml", circle), extract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want(t, text, "a\n\nb")
}

func TestNumeralsAreThoseOfWord(t *testing.T) {
	for _, c := range []struct {
		n      int
		format string
		want   string
	}{
		{4, "lowerRoman", "iv"}, {1999, "upperRoman", "MCMXCIX"}, {5000, "lowerRoman", "5000"}, {1, "upperLetter", "A"}, {27, "lowerLetter", "aa"}, {1_000_000, "lowerLetter", "1000000"},
		{7, "decimalZero", "07"}, {12, "decimalZero", "12"}, {3, "chineseCounting", "3"}, {3, "none", ""},
	} {
		if got := numeral(c.n, c.format); got != c.want {
			t.Errorf("%d as %s: %s", c.n, c.format, got)
		}
	}
}

func TestALongPatternOfNumbersIsCut(t *testing.T) {
	long := strings.ReplaceAll(lists, `"%1."`, `"`+strings.Repeat("x%1", 1000)+`"`)
	text, err := Read(t.Context(), docx(t, item(2, 0, "a"), "word/numbering.xml", long), extract.Options{})
	if err != nil || len(text.Plain()) > 2*longestLabel {
		t.Errorf("%v, %d bytes", err, len(text.Plain()))
	}
}
