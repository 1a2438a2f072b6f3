package slides

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container/containertest"
)

const spaces = ` xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"`

func relations(list ...string) string {
	s := `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	for i, r := range list {
		kind, target, _ := strings.Cut(r, " ")
		mode := ""
		if strings.Contains(target, "://") {
			mode = ` TargetMode="External"`
		}
		s += fmt.Sprintf(`<Relationship Id="rId%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"%s/>`, i+1, kind, target, mode)
	}
	return s + `</Relationships>`
}

// parts of a presentation of these slides; each is the content of its tree.
func parts(slides ...string) map[string]string {
	out := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/ppt/presentation.xml" ContentType="application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"/></Types>`,
		"_rels/.rels":         relations("officeDocument ppt/presentation.xml"),
	}
	var ids, rels []string
	for i, s := range slides {
		name := fmt.Sprintf("slides/slide%d.xml", len(slides)-i) // the order of names is not that of slides
		ids = append(ids, fmt.Sprintf(`<p:sldId id="%d" r:id="rId%d"/>`, 256+i, i+1))
		rels = append(rels, "slide "+name)
		out["ppt/"+name] = `<p:sld` + spaces + `><p:cSld><p:spTree><p:nvGrpSpPr/><p:grpSpPr/>` + s + `</p:spTree></p:cSld></p:sld>`
	}
	out["ppt/presentation.xml"] = `<p:presentation` + spaces + `><p:sldIdLst>` + strings.Join(ids, "") + `</p:sldIdLst></p:presentation>`
	out["ppt/_rels/presentation.xml.rels"] = relations(rels...)
	return out
}

// sp makes a shape: a placeholder ("title", "body", ...), or at a place ("x y w h" in
// hundredths of an inch), with paragraphs; those of XML are taken as they are.
func sp(where string, paragraphs ...string) string {
	ph, xfrm := "", ""
	var x, y, w, h int
	if n, _ := fmt.Sscanf(where, "%d %d %d %d", &x, &y, &w, &h); n == 4 {
		xfrm = place(x, y, w, h)
	} else {
		ph = `<p:ph type="` + where + `"/>`
	}
	body := ""
	for _, p := range paragraphs {
		if !strings.HasPrefix(p, "<") {
			p = `<a:p><a:r><a:rPr lang="en-US"/><a:t>` + p + `</a:t></a:r></a:p>`
		}
		body += p
	}
	return `<p:sp><p:nvSpPr><p:cNvPr id="2" name="x" descr="not read"/><p:nvPr>` + ph + `</p:nvPr></p:nvSpPr><p:spPr>` + xfrm + `</p:spPr><p:txBody><a:bodyPr/>` + body + `</p:txBody></p:sp>`
}

func place(x, y, w, h int) string {
	const unit = 9144
	return fmt.Sprintf(`<a:xfrm><a:off x="%d" y="%d"/><a:ext cx="%d" cy="%d"/></a:xfrm>`, x*unit, y*unit, w*unit, h*unit)
}

func read(t testing.TB, files map[string]string, o extract.Options) *extract.Text {
	t.Helper()
	text, err := Read(t.Context(), containertest.ZipOf(t, files), o)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// lines is the plain text, a line for each line that is not empty.
func lines(text *extract.Text) string {
	return strings.ReplaceAll(text.Plain(), "\n\n", "\n")
}

func TestSlidesAreReadInTheirOrder(t *testing.T) {
	text := read(t, parts(
		sp("sldNum", "7")+sp("ftr", "Confidential")+sp("title", "First")+sp("body", "One", `<a:p><a:pPr lvl="1"/><a:r><a:t>Nested</a:t></a:r></a:p>`, "Two"),
		sp("ctrTitle", "Second")+sp("subTitle", "Below it"),
		sp("0 300 500 100", "Low down", "and more")+sp("0 100 500 100", "A", "text box")+sp("0 0 0 0", `<a:p><a:r><a:t> </a:t></a:r></a:p>`),
	), extract.Options{})
	want := []extract.Block{
		{Kind: extract.Heading, Level: 2, Text: "First", Page: 1},
		{Kind: extract.Paragraph, Text: "One", Page: 1}, {Kind: extract.Paragraph, Text: "Nested", Page: 1}, {Kind: extract.Paragraph, Text: "Two", Page: 1},
		{Kind: extract.Heading, Level: 2, Text: "Second", Page: 2}, {Kind: extract.Paragraph, Text: "Below it", Page: 2},
		{Kind: extract.Heading, Level: 2, Text: "Slide 3", Page: 3},
		{Kind: extract.Paragraph, Text: "A", Page: 3}, {Kind: extract.Paragraph, Text: "text box", Page: 3},
		{Kind: extract.Paragraph, Text: "Low down", Page: 3}, {Kind: extract.Paragraph, Text: "and more", Page: 3},
	}
	if diff := cmp.Diff(want, text.Blocks); diff != "" {
		t.Error(diff)
	}
	if text.Title != "First" || text.Language != "en-US" || text.Why != "3 of 3 slides" {
		t.Errorf("title %q, language %q, why %q", text.Title, text.Language, text.Why)
	}
}

func TestBulletsComeFromTheMasterTheLayoutAndTheText(t *testing.T) {
	bullet := func(level int, mark, s string) string {
		return fmt.Sprintf(`<a:p><a:pPr lvl="%d">%s</a:pPr><a:r><a:t>%s</a:t></a:r></a:p>`, level, mark, s)
	}
	files := parts(sp("title", "T")+
		sp("body", bullet(0, `<a:buNone/>`, "Bring:"), "salt", bullet(1, "", "coarse"), bullet(1, "", "fine"), "oil")+
		sp("0 500 500 100", bullet(0, `<a:buAutoNum type="arabicPeriod" startAt="3"/>`, "third"), bullet(0, `<a:buAutoNum type="arabicPeriod"/>`, "fourth")),
		sp("title", "U")+`<p:sp><p:nvSpPr><p:nvPr><p:ph idx="5"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:p><a:r><a:t>no</a:t></a:r></a:p><a:p><a:r><a:t>bullets</a:t></a:r></a:p></p:txBody></p:sp>`)
	for _, n := range []string{"1", "2"} {
		files["ppt/slides/_rels/slide"+n+".xml.rels"] = relations("slideLayout ../slideLayouts/slideLayout1.xml")
	}
	files["ppt/slideLayouts/slideLayout1.xml"] = `<p:sldLayout` + spaces + `><p:cSld><p:spTree>` + sp("title", "Click to edit") + sp("body", "Click to edit") +
		`<p:sp><p:nvSpPr><p:nvPr><p:ph idx="5"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:lstStyle><a:lvl1pPr><a:buNone/></a:lvl1pPr></a:lstStyle><a:p/></p:txBody></p:sp></p:spTree></p:cSld></p:sldLayout>`
	files["ppt/slideLayouts/_rels/slideLayout1.xml.rels"] = relations("slideMaster ../slideMasters/slideMaster1.xml")
	files["ppt/slideMasters/slideMaster1.xml"] = `<p:sldMaster` + spaces + `><p:cSld><p:spTree>` + sp("body", "Click to edit") +
		`</p:spTree></p:cSld><p:txStyles><p:bodyStyle><a:lvl1pPr><a:buChar char="-"/></a:lvl1pPr><a:lvl2pPr><a:buChar char="-"/></a:lvl2pPr></p:bodyStyle></p:txStyles></p:sldMaster>`
	want := []extract.Block{
		{Kind: extract.Heading, Level: 2, Text: "T", Page: 1},
		{Kind: extract.List, Lead: "Bring:", Page: 1, Items: []extract.Item{{Text: "salt", Items: []extract.Item{{Text: "coarse"}, {Text: "fine"}}}, {Text: "oil"}}},
		{Kind: extract.List, Ordered: true, Start: 3, Page: 1, Items: []extract.Item{{Text: "third"}, {Text: "fourth"}}},
		{Kind: extract.Heading, Level: 2, Text: "U", Page: 2},
		{Kind: extract.Paragraph, Text: "no", Page: 2}, {Kind: extract.Paragraph, Text: "bullets", Page: 2},
	}
	if diff := cmp.Diff(want, read(t, files, extract.Options{}).Blocks); diff != "" {
		t.Error(diff)
	}
}

func TestShapesAreReadAsTheyLie(t *testing.T) {
	group := `<p:grpSp><p:nvGrpSpPr/><p:grpSpPr>` + place(0, 400, 400, 200) + `</p:grpSpPr>` +
		sp("9000 5500 100 100", "group low") + sp("9000 5000 100 100", "group high") + `</p:grpSp>`
	text := read(t, parts(sp("title", "T")+group+
		// Two cards: a name above its text, the gap between the cards wider.
		sp("450 250 300 100", "right text")+sp("450 150 300 90", "right card")+
		sp("0 250 300 100", "left text")+sp("0 150 300 90", "left card")), extract.Options{})
	if got, want := lines(text), "T\nleft card\nleft text\nright card\nright text\ngroup high\ngroup low"; got != want {
		t.Errorf("read %q, want %q", got, want)
	}
}

func TestWhatIsNotShownIsLeftOut(t *testing.T) {
	files := parts(sp("title", "Shown")+strings.Replace(sp("0 0 1 1", "hidden shape"), `id="2"`, `id="2" hidden="1"`, 1)+
		sp("0 500 500 100", `<a:p><a:r><a:t>Page </a:t></a:r><a:fld type="slidenum"><a:t>1</a:t></a:fld></a:p>`), sp("title", "Not shown"))
	files["ppt/slides/slide1.xml"] = strings.Replace(files["ppt/slides/slide1.xml"], "<p:sld ", `<p:sld show="0" `, 1)
	text := read(t, files, extract.Options{})
	if got := lines(text); got != "Shown\nPage" {
		t.Errorf("read %q", got)
	}
	if text.Why != "1 of 2 slides; left out: 1 hidden" {
		t.Errorf("why %q", text.Why)
	}
}

func TestTablesOfSlides(t *testing.T) {
	tc := func(attr, s string) string {
		return `<a:tc ` + attr + `><a:txBody><a:p><a:r><a:t>` + s + `</a:t></a:r></a:p></a:txBody></a:tc>`
	}
	frame := `<p:graphicFrame><p:nvGraphicFramePr/><p:xfrm><a:off x="0" y="9144000"/><a:ext cx="1" cy="1"/></p:xfrm><a:graphic><a:graphicData><a:tbl><a:tblPr firstRow="1"/>` +
		`<a:tr>` + tc(`rowSpan="2"`, "Name") + tc(`gridSpan="2"`, "Price") + tc(`hMerge="1"`, "") + `</a:tr>` +
		`<a:tr>` + tc(`vMerge="1"`, "") + tc("", "net") + tc("", "gross") + `</a:tr>` +
		`<a:tr>` + tc("", "Salt") + tc("", "1") + tc("", "2") + `</a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>`
	text := read(t, parts(sp("title", "T")+frame), extract.Options{})
	want := extract.Block{Kind: extract.Table, Page: 1, HeaderRows: 2, Rows: [][]string{{"Name", "Price", "Price"}, {"Name", "net", "gross"}, {"Salt", "1", "2"}}}
	if diff := cmp.Diff(want, text.Blocks[1]); diff != "" {
		t.Error(diff)
	}
}

func TestNotesCommentsLinksDiagramsAndCharts(t *testing.T) {
	link := `<a:p><a:r><a:t>See </a:t></a:r><a:r><a:rPr><a:hlinkClick r:id="rId2"/></a:rPr><a:t>the prices</a:t></a:r></a:p>`
	frame := func(inner string) string {
		return `<p:graphicFrame><p:xfrm><a:off x="0" y="9144000"/><a:ext cx="1" cy="1"/></p:xfrm><a:graphic><a:graphicData>` + inner + `</a:graphicData></a:graphic></p:graphicFrame>`
	}
	files := parts(sp("title", "T") + sp("0 100 100 10", link) + frame(`<dgm:relIds r:dm="rId4"/>`) + frame(`<c:chart r:id="rId5"/>`))
	files["ppt/slides/_rels/slide1.xml.rels"] = relations("notesSlide ../notesSlides/notesSlide1.xml", "hyperlink https://shop.example/prices",
		"comments ../comments/comment1.xml", "diagramData ../diagrams/data1.xml", "chart ../charts/chart1.xml")
	files["ppt/notesSlides/notesSlide1.xml"] = `<p:notes` + spaces + `><p:cSld><p:spTree>` + sp("sldImg", "") + sp("body", "Say it slowly.") + sp("sldNum", "1") + `</p:spTree></p:cSld></p:notes>`
	files["ppt/comments/comment1.xml"] = `<p:cmLst` + spaces + `><p:cm authorId="0" dt="2026-01-02T03:04:05"><p:text>Really?</p:text></p:cm></p:cmLst>`
	files["ppt/commentAuthors.xml"] = `<p:cmAuthorLst` + spaces + `><p:cmAuthor id="0" name="Ann Lee" initials="AL"/></p:cmAuthorLst>`
	files["ppt/_rels/presentation.xml.rels"] = relations("slide slides/slide1.xml", "commentAuthors commentAuthors.xml")
	point := func(id, kind, s string) string {
		return `<dgm:pt modelId="` + id + `" type="` + kind + `"><dgm:t><a:p><a:r><a:t>` + s + `</a:t></a:r></a:p></dgm:t></dgm:pt>`
	}
	cxn := func(from, to, order string) string {
		return `<dgm:cxn srcId="` + from + `" destId="` + to + `" srcOrd="` + order + `"/>`
	}
	files["ppt/diagrams/data1.xml"] = `<dgm:dataModel` + spaces + `><dgm:ptLst>` + point("0", "doc", "") + point("1", "node", "Order") + point("2", "node", "Pay") + point("3", "node", "by card") + point("4", "sibTrans", "x") +
		`</dgm:ptLst><dgm:cxnLst>` + cxn("0", "2", "1") + cxn("0", "1", "0") + cxn("2", "3", "0") + cxn("3", "2", "0") + cxn("0", "4", "9") + `</dgm:cxnLst></dgm:dataModel>`
	points := func(s ...string) string {
		out := `<c:strCache>`
		for i, v := range s {
			out += fmt.Sprintf(`<c:pt idx="%d"><c:v>%s</c:v></c:pt>`, i, v)
		}
		return out + `</c:strCache>`
	}
	files["ppt/charts/chart1.xml"] = `<c:chartSpace` + spaces + `><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Sales</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:pieChart><c:ser><c:tx>` +
		points("2026") + `</c:tx><c:cat>` + points("Salt", "Oil") + `</c:cat><c:val>` + points("10", "12") + `</c:val></c:ser></c:pieChart></c:plotArea></c:chart></c:chartSpace>`
	text := read(t, files, extract.Options{})
	want := "T\nSee the prices\n- Order\n- Pay\n  - by card\nSales (pie chart)\n | 2026\nSalt | 10\nOil | 12\nNotes\nSay it slowly.\nComments\n- Ann Lee (AL), 2026-01-02T03:04:05: Really?"
	if got := lines(text); got != want {
		t.Errorf("read %q\nwant %q", got, want)
	}
	if diff := cmp.Diff([]extract.Link{{Text: "the prices", URI: "https://shop.example/prices"}}, text.Links); diff != "" {
		t.Error(diff)
	}
	if plain := read(t, files, extract.Options{WithoutComments: true}).Plain(); strings.Contains(plain, "Really") || !strings.Contains(plain, "slowly") {
		t.Errorf("without comments: %q", plain)
	}
}

func TestTheWordsDecideTheLanguage(t *testing.T) {
	french := sp("title", "Vos droits") + sp("0 100 900 100", "Vous pouvez nous écrire pour obtenir une copie de vos données et les corriger dans un délai de trente jours.")
	text := read(t, parts(french, sp("0 100 500 100", "a", "b")), extract.Options{})
	if text.Language != "fr" || !strings.Contains(text.Plain(), "Diapositive 2") {
		t.Errorf("language %q: %q", text.Language, text.Plain())
	}
}

func TestATextAtTheTopIsATitle(t *testing.T) {
	text := read(t, parts(sp("0 0 900 50", "At the top")+sp("0 100 400 300", "left")+sp("500 100 400 300", "right")), extract.Options{})
	if text.Blocks[0].Kind != extract.Heading || text.Blocks[0].Text != "At the top" || len(text.Blocks) != 3 {
		t.Errorf("blocks %+v", text.Blocks)
	}
}
