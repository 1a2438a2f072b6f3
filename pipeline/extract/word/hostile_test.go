package word

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container/containertest"
)

func nested(n int, open, inner, end string) string {
	return strings.Repeat(open, n) + inner + strings.Repeat(end, n)
}

func TestHostileDocumentsEndWithinLimits(t *testing.T) {
	cells := strings.Repeat("<w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>", 100)
	inTable := func(s string) string { return "<w:tbl><w:tr><w:tc>" + s + "</w:tc></w:tr></w:tbl>" }
	box := "<w:r><w:pict><w:txbxContent><w:p>"
	boxEnd := "</w:p></w:txbxContent></w:pict></w:r>"
	var styles strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&styles, `<w:style w:type="paragraph" w:styleId="S%d"><w:basedOn w:val="S%d"/></w:style>`, i, (i+1)%100_000)
	}
	name, content := styled(styles.String())
	listName, listStyles := styled(headings)
	var notes strings.Builder
	notes.WriteString(`<w:footnotes` + spaces + `><w:footnote w:id="1">` + p("", run(strings.Repeat("note ", 10_000))) + `</w:footnote></w:footnotes>`)
	loose := extract.Limits{Ratio: 10_000}
	for _, c := range []struct {
		why    string
		body   string
		limits extract.Limits
		reason string // "": it is read
		parts  []string
	}{
		{"content controls 10,000 deep", nested(10_000, "<w:sdt><w:sdtContent>", p("", run("x")), "</w:sdtContent></w:sdt>"), loose, connectors.VerdictTooLarge, nil},
		{"content controls 400 deep", nested(400, "<w:sdt><w:sdtContent>", p("", run("x")), "</w:sdtContent></w:sdt>"), loose, "", nil},
		{"tables 300 deep", nested(300, "<w:tbl><w:tr><w:tc>", p("", run("x")), "</w:tc><w:tc>"+p("", run("y"))+"</w:tc></w:tr></w:tbl>"), loose, "", nil},
		{"text boxes 200 deep", p("", nested(200, box, run("x"), boxEnd)), loose, "", nil},
		{"equations 900 deep", p("", "<m:oMath>"+nested(450, "<m:f><m:num>", "<m:r><m:t>x</m:t></m:r>", "</m:num></m:f>")+"</m:oMath>"), loose, "", nil},
		{"a million cells", "<w:tbl>" + strings.Repeat("<w:tr>"+cells+"</w:tr>", 10_000) + "</w:tbl>", loose, connectors.VerdictTooLarge, nil},
		{"a million cells in small tables", strings.Repeat("<w:tbl><w:tr>"+cells+"</w:tr><w:tr>"+cells+"</w:tr></w:tbl>", 5_000), loose, connectors.VerdictTooLarge, nil},
		{"cells that span everything", "<w:tbl>" + strings.Repeat(`<w:tr><w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr><w:p><w:r><w:t>`+strings.Repeat("long ", 50)+`</w:t></w:r></w:p></w:tc><w:tc/></w:tr>`, 10_000) + "</w:tbl>", loose, connectors.VerdictTooLarge, nil},
		{"a million empty cells", "<w:tbl>" + strings.Repeat("<w:tr>"+strings.Repeat("<w:tc/>", 100)+"</w:tr>", 10_000) + "</w:tbl>", loose, connectors.VerdictTooLarge, nil},
		{"a million paragraphs", strings.Repeat(p("", run("x")), 1_000_000), extract.Limits{Ratio: 10_000, Nodes: 50_000}, connectors.VerdictTooLarge, nil},
		{"a million empty paragraphs", strings.Repeat("<w:p/>", 1_000_000) + p("", run("x")), loose, "", nil},
		{"too many items of a list", strings.Repeat(item(1, 0, "x"), 60_000), extract.Limits{Ratio: 10_000, Nodes: 50_000}, connectors.VerdictTooLarge, []string{"word/numbering.xml", lists}},
		{"a long row above 90,000 short ones", "<w:tbl><w:tr>" + strings.Repeat(cells, 900) + "</w:tr>" + strings.Repeat("<w:tr><w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc></w:tr>", 90_000) + "</w:tbl>", loose, connectors.VerdictTooLarge, nil},
		{"an item that goes on for 200,000 paragraphs", item(1, 0, "x") + strings.Repeat(`<w:p><w:pPr><w:pStyle w:val="ListParagraph"/></w:pPr><w:r><w:t>y</w:t></w:r></w:p>`, 200_000), loose, "", []string{"word/numbering.xml", lists, listName, listStyles}},
		{"an equation of 100,000 lines", p("", "<m:oMath><m:eqArr>"+strings.Repeat("<m:e><m:r><m:t>x</m:t></m:r></m:e>", 100_000)+"</m:eqArr></m:oMath>"), loose, connectors.VerdictTooLarge, nil},
		{"a bomb", p("", run(strings.Repeat("x", 10<<20))), extract.Limits{}, connectors.VerdictTooLarge, nil},
		{"a long bomb", p("", strings.Repeat(run("x "), 8<<20/50)), extract.Limits{Inflated: 1 << 20, Ratio: 10_000}, connectors.VerdictTooLarge, nil},
		{"100,000 styles in a circle", p("S0", run("x")) + p("S50000", run("y")), loose, "", []string{name, content}},
		{"a note that is called 30,000 times", p("", strings.Repeat(`<w:r><w:footnoteReference w:id="1"/></w:r>`, 30_000)+run("x")), loose, "", []string{"word/footnotes.xml", notes.String()}},
		{"fields that never end", p("", strings.Repeat(`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK x</w:instrText></w:r>`, 30_000)) + p("", run("x")), loose, "", nil},
		{"30,000 links", p("", strings.Repeat(`<w:fldSimple w:instr="HYPERLINK http://x/">`+run("x")+`</w:fldSimple>`, 30_000)), loose, "", nil},
		{"100,000 properties", `<w:p><w:pPr>` + strings.Repeat(`<w:numPr><w:numId w:val="1"/></w:numPr>`, 100_000) + `</w:pPr>` + run("x") + `</w:p>`, loose, "", nil},
		{"paragraphs that all go on", strings.Repeat(`<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>`+run("x ")+`</w:p>`, 30_000), loose, "", nil},
		{"30,000 tables in tables", strings.Repeat(inTable(inTable(p("", run("x")))), 30_000), loose, "", nil},
		{"an entity", `<w:p><w:r><w:t>&x;</w:t></w:r></w:p>`, loose, connectors.VerdictMalformed, nil},
	} {
		t.Run(c.why, func(t *testing.T) {
			b := docx(t, c.body, c.parts...)
			began := time.Now()
			text, err := Read(t.Context(), b, extract.Options{Limits: c.limits})
			spent := time.Since(began)
			t.Logf("%s for %d bytes: %v", spent.Round(time.Millisecond), len(b), err)
			if spent > time.Minute {
				t.Errorf("it took %s", spent)
			}
			switch v := connectors.AsVerdict(err); {
			case c.reason == "" && err != nil, c.reason != "" && (v == nil || v.Reason != c.reason):
				t.Fatalf("got %v, want %q", err, c.reason)
			case err == nil && !strings.Contains(text.Plain(), "x"):
				t.Errorf("the text is lost: %.100q", text.Plain())
			case err == nil && len(text.Plain()) > 4<<20:
				t.Errorf("%d bytes of text", len(text.Plain()))
			}
		})
	}
}

func TestADocumentCutAnywhereEndsWithAVerdict(t *testing.T) {
	name, content := styled(headings)
	whole := docx(t, p("Heading1", run("A"))+tbl("A|B", "1|2")+item(1, 0, "a"), name, content, "word/numbering.xml", lists)
	for n := 0; n < len(whole); n += 13 {
		if _, err := Read(t.Context(), whole[:n], extract.Options{}); connectors.AsVerdict(err) == nil {
			t.Fatalf("%d of %d bytes: %v", n, len(whole), err)
		}
	}
	body := p("Heading1", run("A")) + tbl("A|B", "1|2")
	for n := 0; n < len(body); n += 7 {
		b := containertest.Zip(t, "[Content_Types].xml", contentTypes, "_rels/.rels", rootRels, "word/document.xml", `<w:document`+spaces+`><w:body>`+body[:n])
		if _, err := Read(t.Context(), b, extract.Options{}); connectors.AsVerdict(err) == nil {
			t.Fatalf("%d of %d bytes: %v", n, len(body), err)
		}
	}
}

func TestReadingEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	mine := errors.New("enough")
	cancel(mine)
	if _, err := Read(ctx, docx(t, strings.Repeat(p("", run("x")), 1000)), extract.Options{}); !errors.Is(err, mine) {
		t.Errorf("got %v", err)
	}
}

func TestOneReaderServesManyGoroutines(t *testing.T) {
	name, content := styled(headings)
	b := docx(t, p("Heading1", run("A"))+strings.Repeat(item(2, 0, "a"), 50)+tbl("A|B", "1|2"), name, content, "word/numbering.xml", lists)
	errs := make(chan error)
	for range 4 {
		go func() {
			for range 20 {
				text, err := Read(context.Background(), b, extract.Options{})
				if err == nil && !strings.Contains(text.Plain(), "\n"+strconv.Itoa(50)+". a") {
					err = fmt.Errorf("got %q", text.Plain())
				}
				if err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}
