package word

import (
	"fmt"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container/containertest"
)

const (
	spaceW = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
	// spaces are declared on the root of each part that a test makes.
	spaces = ` xmlns:w="` + spaceW + `" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"` +
		` xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"` +
		` xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"`
	contentTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	rootRels     = `<Relationships><Relationship Id="r" Type="http://x/officeDocument" Target="word/document.xml"/></Relationships>`
)

// headings are styles as Word writes them, and a few of other programs.
const headings = `<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="fr-FR"/></w:rPr></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Subtitle"><w:name w:val="Subtitle"/></w:style>
<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Caption"><w:name w:val="caption"/></w:style>
<w:style w:type="paragraph" w:styleId="ListParagraph"><w:name w:val="List Paragraph"/></w:style>
<w:style w:type="paragraph" w:styleId="Quote"><w:name w:val="Quote"/></w:style>
<w:style w:type="paragraph" w:styleId="Code"><w:name w:val="Source Code"/></w:style>
<w:style w:type="character" w:styleId="Hidden"><w:name w:val="hidden"/><w:rPr><w:vanish/></w:rPr></w:style>`

// docx makes a document of the content of its body and of further parts.
func docx(t testing.TB, body string, parts ...string) []byte {
	t.Helper()
	return containertest.Zip(t, append([]string{
		"[Content_Types].xml", contentTypes, "_rels/.rels", rootRels,
		"word/document.xml", `<w:document` + spaces + `><w:body>` + body + `</w:body></w:document>`,
	}, parts...)...)
}

func styled(xml string) (name, content string) {
	return "word/styles.xml", `<w:styles` + spaces + `>` + xml + `</w:styles>`
}

// read reads a body with the styles of headings.
func read(t testing.TB, body string, parts ...string) *extract.Text {
	t.Helper()
	name, content := styled(headings)
	text, err := Read(t.Context(), docx(t, body, append([]string{name, content}, parts...)...), extract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// p is a paragraph in a style.
func p(style, runs string) string {
	properties := ""
	if style != "" {
		properties = `<w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>`
	}
	return `<w:p>` + properties + runs + `</w:p>`
}

// run is a run of text.
func run(text string) string { return `<w:r><w:t xml:space="preserve">` + text + `</w:t></w:r>` }

func want(t *testing.T, text *extract.Text, markdown string) {
	t.Helper()
	if got := strings.TrimSpace(text.Markdown()); got != strings.TrimSpace(markdown) {
		t.Errorf("got\n%s\nwant\n%s", got, strings.TrimSpace(markdown))
	}
}

func TestHeadingsAreFoundByNameIdAndLevel(t *testing.T) {
	body := p("Title", run("Guide")) + p("Subtitle", run("2024")) + p("Heading1", run("One")) + p("", run("a.")) + p("Heading2", run("Two"))
	text := read(t, body)
	want(t, text, "# Guide\n\n2024\n\n# One\n\na.\n\n## Two")
	if text.Title != "Guide" || text.Language != "fr-FR" {
		t.Errorf("title %q, language %q", text.Title, text.Language)
	}
	for _, c := range []struct{ why, style, want string }{
		{"a French name", `<w:style w:type="paragraph" w:styleId="X"><w:name w:val="Titre 3"/></w:style>`, "### a"},
		{"a German name", `<w:style w:type="paragraph" w:styleId="X"><w:name w:val="Überschrift 2"/></w:style>`, "## a"},
		{"a German id as Word writes it", `<w:style w:type="paragraph" w:styleId="X"><w:name w:val="n"/><w:basedOn w:val="berschrift1"/></w:style><w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="x"/></w:style>`, "# a"},
		{"a Japanese name", `<w:style w:type="paragraph" w:styleId="X"><w:name w:val="見出し 2"/></w:style>`, "## a"},
		{"a style based on one based on a heading", `<w:style w:type="paragraph" w:styleId="X"><w:basedOn w:val="Y"/></w:style><w:style w:type="paragraph" w:styleId="Y"><w:basedOn w:val="Heading2"/></w:style>`, "## a"},
		{"an outline level", `<w:style w:type="paragraph" w:styleId="X"><w:name w:val="Chapter"/><w:pPr><w:outlineLvl w:val="3"/></w:pPr></w:style>`, "#### a"},
		{"a heading made text", `<w:style w:type="paragraph" w:styleId="X"><w:name w:val="n"/><w:basedOn w:val="Heading1"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>`, "a"},
		{"styles in a circle", `<w:style w:type="paragraph" w:styleId="X"><w:basedOn w:val="Y"/></w:style><w:style w:type="paragraph" w:styleId="Y"><w:basedOn w:val="X"/></w:style>`, "a"},
		{"no such style", ``, "a"},
	} {
		name, content := styled(headings + c.style)
		text, err := Read(t.Context(), docx(t, p("X", run("a"))+p("", run("b.")), name, content), extract.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := text.Markdown(); !strings.HasPrefix(got, c.want+"\n") {
			t.Errorf("%s: got %q, want %q", c.why, got, c.want)
		}
	}
	direct := `<w:p><w:pPr><w:outlineLvl w:val="1"/></w:pPr>` + run("direct") + `</w:p>`
	want(t, read(t, direct+p("", run("x."))), "## direct\n\nx.")
}

func TestALineInBoldIsAHeadingIfTextFollows(t *testing.T) {
	bold := func(s string) string { return `<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>` + s + `</w:t></w:r></w:p>` }
	want(t, read(t, bold("Opening hours")+p("", run("From 9."))), "### Opening hours\n\nFrom 9.")
	want(t, read(t, bold("This is a sentence.")+bold("Last line")), "This is a sentence.\n\nLast line")
}

func TestTheStrictEditionIsRead(t *testing.T) {
	text, err := Read(t.Context(), containertest.Zip(t,
		"[Content_Types].xml", contentTypes, "_rels/.rels", rootRels,
		"word/document.xml", `<w:document xmlns:w="`+strict+`"><w:body>`+p("Heading1", run("A"))+p("", run("b."))+`</w:body></w:document>`,
		"word/styles.xml", `<w:styles xmlns:w="`+strict+`"><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style></w:styles>`), extract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want(t, text, "# A\n\nb.")
}

func TestWhatAPersonSeesIsRead(t *testing.T) {
	for _, c := range []struct{ why, body, want string }{
		{"runs join", p("", run("Hel")+run("lo ")+run("world")), "Hello world"},
		{"insertions stay, deletions go", p("", run("a ")+`<w:ins>`+run("new")+`</w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>`), "a new"},
		{"moved text stands where it went", p("", `<w:moveFrom>`+run("x")+`</w:moveFrom>`+run("a")+`<w:moveTo>`+run("y")+`</w:moveTo>`), "ay"},
		{"a paragraph whose end is deleted goes on", `<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>` + run("a ") + `</w:p>` + p("", run("b")), "a b"},
		{"an initial belongs to its word", `<w:p><w:pPr><w:framePr w:dropCap="drop"/></w:pPr>` + run("O") + `</w:p>` + p("", run("nce")), "Once"},
		{"hidden text", p("", run("a")+`<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r><w:r><w:rPr><w:rStyle w:val="Hidden"/></w:rPr><w:t>secret</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>b</w:t></w:r>`), "ab"},
		{"comments", p("", run("a")+`<w:r><w:commentReference w:id="1"/></w:r>`), "a"},
		{"tabs, breaks and hyphens", p("", `<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t><w:softHyphen/><w:t>e</w:t><w:cr/><w:t>f</w:t></w:r>`), "a b  \nc-de  \nf"},
		{"symbols", p("", `<w:r><w:sym w:font="Wingdings" w:char="F0FC"/><w:t> </w:t><w:sym w:font="Symbol" w:char="F061"/><w:sym w:font="Symbol" w:char="F0A3"/><w:sym w:font="Arial" w:char="00E9"/></w:r>`), "✓ α≤é"},
		{"the font Symbol", p("", `<w:r><w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr><w:t>`+"\uf062b"+`</w:t></w:r>`), "ββ"},
		{"ruby", p("", `<w:r><w:ruby><w:rt>`+run("kan")+`</w:rt><w:rubyBase>`+run("漢")+`</w:rubyBase></w:ruby></w:r>`), "漢"},
		{"smart tags and custom XML", p("", `<w:smartTag>`+run("a")+`<w:customXml>`+run("b")+`</w:customXml></w:smartTag><w:bdo>`+run("c")+`</w:bdo>`), "abc"},
		{"a content control", `<w:sdt><w:sdtPr/><w:sdtContent>` + p("", run("in")) + `</w:sdtContent></w:sdt>` + p("", `<w:sdt><w:sdtContent>`+run("line")+`</w:sdtContent></w:sdt>`), "in\n\nline"},
		{"an entry that nobody made", p("", run("Name: ")+`<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>`+run("Click here")+`</w:sdtContent></w:sdt>`), "Name:"},
		{"a table of contents", `<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>` + p("", run("x 1")) + `</w:sdtContent></w:sdt>` + p("TOC1", run("y 2")) + p("", run("a")), "a"},
		{"embedded documents and section marks", `<w:altChunk r:id="x"/><w:sectPr><w:pgSz/></w:sectPr>` + p("", run("a")), "a"},
		{"a quote", p("Quote", run("q")), "> q"},
		{"a program", p("Code", run("if x:")) + p("Code", run("  y()")), "```\nif x:\n  y()\n```"},
		{"a drawing's name and text", p("", run("a")+`<w:r><w:drawing><x name="no">no</x></w:drawing></w:r>`), "a"},
		{"line ends in the file", p("", "<w:r><w:t>a\nb</w:t></w:r>"), "a b"},
		{"characters apart", p("", run("e\u0301")), "é"},
	} {
		t.Run(c.why, func(t *testing.T) { want(t, read(t, c.body), c.want) })
	}
}

func TestATextBoxIsReadOnce(t *testing.T) {
	box := p("", run("in the box"))
	body := p("", run("before")+`<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx><w:txbxContent>`+box+`</w:txbxContent></wps:txbx></wps:wsp></w:drawing></mc:Choice>`+
		`<mc:Fallback><w:pict><v:textbox><w:txbxContent>`+box+`</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>`+run(" it")) +
		p("", `<w:r><w:pict><v:textbox><w:txbxContent>`+p("", run("old"))+`</w:txbxContent></v:textbox></w:pict></w:r>`)
	want(t, read(t, body), "before it\n\nin the box\n\nold")
}

func TestFieldsShowTheirResult(t *testing.T) {
	char := func(kind string) string { return `<w:r><w:fldChar w:fldCharType="` + kind + `"/></w:r>` }
	code := func(s string) string { return `<w:r><w:instrText>` + s + `</w:instrText></w:r>` }
	for _, c := range []struct{ why, body, want string }{
		{"a page number", p("", run("p. ")+char("begin")+code("PAGE")+char("separate")+run("7")+char("end")+run("!")), "p. 7!"},
		{"a field in a field's code", p("", char("begin")+code("IF ")+char("begin")+code("DATE")+char("separate")+run("no")+char("end")+char("separate")+run("yes")+char("end")), "yes"},
		{"a field without an end", p("", run("a")+char("begin")+code("X")) + p("", run("b")), "a\n\nb"},
		{"an end without a field", p("", char("end")+run("a")+char("separate")), "a"},
		{"a field over paragraphs", p("", char("begin")+code("X")+char("separate")+run("a")) + p("", run("b")+char("end")), "a\n\nb"},
		{"a simple field", p("", `<w:fldSimple w:instr="DATE">`+run("today")+`</w:fldSimple>`), "today"},
		{"a box in a form", p("", `<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="1"/></w:checkBox></w:ffData></w:fldChar></w:r>`+code("FORMCHECKBOX")+char("end")+run(" agreed")), "☒ agreed"},
		{"a choice in a form", p("", `<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="no"/><w:listEntry w:val="yes"/></w:ddList></w:ffData></w:fldChar></w:r>`+char("end")), "yes"},
	} {
		t.Run(c.why, func(t *testing.T) { want(t, read(t, c.body), c.want) })
	}
}

func TestLinksAreCollected(t *testing.T) {
	body := p("", `<w:hyperlink r:id="h">`+run("our ")+run("site")+`</w:hyperlink><w:hyperlink w:anchor="x">`+run(" here")+`</w:hyperlink><w:hyperlink r:id="bad">`+run(" bad")+`</w:hyperlink>`+
		`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "https://example.org/b" \o "tip"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>`+run(" more")+`<w:r><w:fldChar w:fldCharType="end"/></w:r>`)
	text := read(t, body, "word/_rels/document.xml.rels", `<Relationships><Relationship Id="h" Type="x/hyperlink" Target="https://example.org/a" TargetMode="External"/><Relationship Id="bad" Type="x/hyperlink" Target="file:///etc/passwd" TargetMode="External"/></Relationships>`)
	want(t, text, "our site here bad more")
	if len(text.Links) != 2 || text.Links[0] != (extract.Link{Text: "our site", URI: "https://example.org/a"}) || text.Links[1] != (extract.Link{Text: "more", URI: "https://example.org/b"}) {
		t.Errorf("links %v", text.Links)
	}
}

func TestNotesFollowTheBlockThatCallsThem(t *testing.T) {
	note := func(id, text string) string {
		return `<w:footnote w:id="` + id + `">` + p("", `<w:r><w:footnoteRef/></w:r>`+run(" "+text)) + `</w:footnote>`
	}
	body := p("", run("One")+`<w:r><w:footnoteReference w:id="2"/></w:r>`+run(" two")+`<w:r><w:endnoteReference w:id="1"/></w:r>`) + p("", run("three")+`<w:r><w:footnoteReference w:id="3"/></w:r><w:r><w:footnoteReference w:id="3"/></w:r><w:r><w:footnoteReference w:id="9"/></w:r>`) +
		`<w:tbl><w:tr><w:tc>` + p("", run("A")) + `</w:tc><w:tc>` + p("", run("B")+`<w:r><w:footnoteReference w:id="4"/></w:r>`) + `</w:tc></w:tr></w:tbl>`
	text := read(t, body,
		"word/footnotes.xml", `<w:footnotes`+spaces+`><w:footnote w:type="separator" w:id="0">`+p("", run("no"))+`</w:footnote>`+note("2", "first")+note("3", "second")+note("4", "third")+`</w:footnotes>`,
		"word/endnotes.xml", `<w:endnotes`+spaces+`><w:endnote w:id="1">`+p("", run("end"))+`</w:endnote></w:endnotes>`)
	want(t, text, "One[1] two[i]\n\n[1] first\n\n[i] end\n\nthree[2]\n\n[2] second\n\n|  |  |\n| --- | --- |\n| A | B[3] |\n\n[3] third")
}

func TestEquationsAreWrittenInALine(t *testing.T) {
	m := func(name, inner string) string { return `<m:` + name + `>` + inner + `</m:` + name + `>` }
	r := func(s string) string { return m("r", m("t", s)) }
	for _, c := range []struct{ xml, want string }{
		{m("f", m("num", r("a+b"))+m("den", r("c"))), "(a+b)/c"},
		{m("sSup", m("e", r("x"))+m("sup", r("2"))), "x^2"},
		{m("sSubSup", m("e", r("x"))+m("sub", r("i"))+m("sup", r("n+1"))), "x_i^(n+1)"},
		{m("rad", m("radPr", "")+m("deg", "")+m("e", r("y"))), "√y"},
		{m("nary", `<m:naryPr><m:chr m:val="∑"/></m:naryPr>`+m("sub", r("i=1"))+m("sup", r("n"))+m("e", r("i"))), "∑_(i=1)^n i"},
		{m("d", `<m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr>`+m("e", r("a"))+m("e", r("b"))), "[a|b]"},
		{m("func", m("fName", r("sin"))+m("e", r("x"))), "sin x"},
		{m("m", m("mr", m("e", r("1"))+m("e", r("0")))+m("mr", m("e", r("0"))+m("e", r("1")))), "[1, 0; 0, 1]"},
		{m("sSup", m("e", m("d", m("e", m("sSup", m("e", r("R"))+m("sup", r("-1"))))))+m("sup", r("i"))), "(R^(-1))^i"},
		{m("sSub", m("e", r("e"))+m("sub", r("j"))) + m("sSub", m("e", r("R"))+m("sub", r("i"))) + r("+1"), "e_j R_i+1"},
		{m("unknown", r("a")+r("b")), "ab"},
	} {
		want(t, read(t, p("", run("so ")+m("oMath", c.xml))), "so "+c.want)
	}
	want(t, read(t, m("oMathPara", m("oMath", r("a"))+m("oMath", r("b")))), "a  \nb")
}

func TestPropertiesAndTheirTitle(t *testing.T) {
	core := `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>From the file</dc:title><dc:creator>A</dc:creator></cp:coreProperties>`
	text := read(t, p("Heading1", run("First"))+p("", run("x.")), "docProps/core.xml", core)
	if text.Title != "From the file" || text.Properties["author"] != "A" {
		t.Errorf("%q, %v", text.Title, text.Properties)
	}
	if text := read(t, p("Heading1", run("First"))+p("", run("x.")), "docProps/core.xml", "<broken"); text.Title != "First" {
		t.Errorf("broken properties do no harm: %q", text.Title)
	}
}

func TestTheLanguageIsThatOfTheText(t *testing.T) {
	lang := func(l, s string) string {
		return `<w:r><w:rPr><w:lang w:val="` + l + `"/></w:rPr><w:t>` + s + `</w:t></w:r>`
	}
	for _, c := range []struct{ body, want string }{
		{p("", lang("de-CH", "Kurz")+lang("en-US", "x")), "de-CH"},
		{p("", run("Bonjour")), "fr-FR"},
		{p("", run("This is the text that you and your friends have written for the readers of it.")), "en"},
		{p("", lang("en-GB", "This is the text that you and your friends have written for the readers of it.")), "en-GB"},
	} {
		if got := read(t, c.body).Language; got != c.want {
			t.Errorf("%s: got %s, want %s", c.body, got, c.want)
		}
	}
}

func TestChartsAndDiagramsAreTold(t *testing.T) {
	const drawn = `<w:r><w:drawing><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="c"/></w:drawing></w:r>`
	const points = `<w:r><w:drawing><dgm:relIds xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" r:dm="d"/></w:drawing></w:r>`
	body := p("", run("Sales")+drawn) + p("", run("Steps")+points) + p("", run("Again")+drawn+points)
	values := func(tag string, v ...string) string {
		s := `<c:` + tag + `><c:strRef><c:strCache>`
		for i, v := range v {
			s += fmt.Sprintf(`<c:pt idx="%d"><c:v>%s</c:v></c:pt>`, i, v)
		}
		return s + `</c:strCache></c:strRef></c:` + tag + `>`
	}
	text := read(t, body, "word/_rels/document.xml.rels", `<Relationships><Relationship Id="c" Type="x/chart" Target="charts/c.xml"/><Relationship Id="d" Type="x/diagramData" Target="diagrams/d.xml"/></Relationships>`,
		"word/charts/c.xml", `<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart><c:plotArea><c:barChart><c:ser>`+values("tx", "Sold")+values("cat", "May", "June")+values("val", "3", "4")+`</c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>`,
		"word/diagrams/d.xml", `<d:dataModel xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/diagram" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><d:ptLst><d:pt type="doc"><d:t><a:t>no</a:t></d:t></d:pt><d:pt><d:t><a:p><a:r><a:t>Order</a:t></a:r></a:p></d:t></d:pt><d:pt><d:t><a:p><a:r><a:t>Pay</a:t></a:r></a:p></d:t></d:pt></d:ptLst></d:dataModel>`)
	plain := text.Plain()
	for _, s := range []string{"Sold", "May | 3", "June | 4", "- Order\n- Pay"} {
		if strings.Count(plain, s) != 1 {
			t.Errorf("%q is not told once in %q", s, plain)
		}
	}
	if text := read(t, p("", run("a")+drawn), "word/_rels/document.xml.rels", `<Relationships><Relationship Id="c" Type="x/chart" Target="charts/c.xml"/></Relationships>`, "word/charts/c.xml", "<broken"); text.Plain() != "a" {
		t.Errorf("a broken chart does no harm: %q", text.Plain())
	}
}

func TestTheTitleIsNoNumberedSection(t *testing.T) {
	name, content := styled(headings + numbered)
	text, err := Read(t.Context(), docx(t, p("", run("x."))+p("N1", run("Section"))+p("", run("y.")), name, content, "word/numbering.xml", lists), extract.Options{})
	if err != nil || text.Title != "" {
		t.Errorf("%v, %q", err, text.Title)
	}
}

func TestWhatIsLeftOutIsSaid(t *testing.T) {
	text := read(t, p("", run("a")+`<w:del/><w:del/><w:r><w:rPr><w:vanish/></w:rPr><w:t>x</w:t></w:r>`)+p("TOC1", run("a")))
	if text.Why != "left out: 2 tracked deletions, 1 piece of hidden text, 1 entry of a table of contents" {
		t.Error(text.Why)
	}
}

func TestADocumentWithoutItsTextIsMalformed(t *testing.T) {
	for why, b := range map[string][]byte{
		"no document": docx(t, "")[:100],
		"broken XML":  docx(t, "<w:p>"),
		"no archive":  []byte("hello"),
	} {
		_, err := Read(t.Context(), b, extract.Options{})
		if v := connectors.AsVerdict(err); v == nil || v.Reason != connectors.VerdictMalformed {
			t.Errorf("%s: %v", why, err)
		}
	}
}
