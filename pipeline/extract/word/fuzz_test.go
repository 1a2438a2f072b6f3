package word

import (
	"strings"
	"testing"
	"unicode/utf8"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

func FuzzDocument(f *testing.F) {
	for _, s := range []string{
		p("Title", run("T")) + p("N1", run("A")) + p("N2", run("B")) + item(1, 0, "a") + item(2, 1, "b") + item(3, 0, "c"),
		tbl("#A|B", span2+"1", down+"x|y", above+"|z") + p("Caption", run("c")) + tbl("A|B", "1|"+tbl("2|3")),
		p("", `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "http://x/"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>`+run("l")+`<w:r><w:fldChar w:fldCharType="end"/></w:r>`),
		p("", `<m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den/></m:f></m:oMath><w:r><w:footnoteReference w:id="1"/></w:r>`),
		`<w:sdt><w:sdtContent>` + p("Code", run("x=1")) + `</w:sdtContent></w:sdt><w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>` + run("a") + `</w:p>` + p("Quote", `<w:r><w:pict><w:txbxContent>`+p("", run("box"))+`</w:txbxContent></w:pict></w:r>`),
	} {
		f.Add(s)
	}
	name, content := styled(headings + numbered)
	notes := `<w:footnotes` + spaces + `><w:footnote w:id="1">` + p("", run("n")) + `</w:footnote></w:footnotes>`
	limits := extract.Limits{Cells: 1000, Nodes: 1000, Ratio: 10_000, Inflated: 1 << 20}
	f.Fuzz(func(t *testing.T, body string) {
		text, err := Read(t.Context(), docx(t, body, name, content, "word/numbering.xml", lists, "word/footnotes.xml", notes), extract.Options{Limits: limits})
		if err != nil {
			if connectors.AsVerdict(err) == nil {
				t.Fatalf("neither a text nor a verdict: %v", err)
			}
			return
		}
		sound(t, text)
	})
}

func FuzzStyles(f *testing.F) {
	f.Add(headings+numbered, lists)
	f.Fuzz(func(t *testing.T, styles, numbering string) {
		name, content := styled(styles)
		text, err := Read(t.Context(), docx(t, p("Heading1", run("A"))+p("N2", run("B"))+item(2, 1, "a")+item(3, 0, "b"), name, content, "word/numbering.xml", numbering), extract.Options{})
		if err != nil {
			if connectors.AsVerdict(err) == nil {
				t.Fatalf("neither a text nor a verdict: %v", err)
			}
			return
		}
		sound(t, text)
	})
}

// sound checks what is true of every Text.
func sound(t *testing.T, text *extract.Text) {
	t.Helper()
	plain := text.Plain()
	if !utf8.ValidString(plain) {
		t.Fatalf("not valid UTF-8: %q", plain)
	}
	for _, b := range text.Blocks {
		for _, row := range b.Rows {
			if len(row) != len(b.Rows[0]) {
				t.Fatalf("rows of different length: %q", b.Rows)
			}
		}
		if b.Kind == extract.Table && b.HeaderRows >= len(b.Rows) || b.Close != 0 || b.Kind == extract.Heading && (b.Level < 1 || strings.Contains(b.Text, "\n")) {
			t.Fatalf("block %+v", b)
		}
		if b.Kind != extract.List && b.Kind != extract.Table && strings.TrimSpace(b.Text) == "" || b.Kind == extract.List && len(b.Items) == 0 {
			t.Fatalf("an empty block: %+v", b)
		}
	}
}
