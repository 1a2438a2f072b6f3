package slides

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container/containertest"
)

func TestHostilePresentationsEndSoonWithAReason(t *testing.T) {
	with := func(files map[string]string, more ...string) map[string]string {
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	table := func(row string, n int) string {
		return `<p:graphicFrame><a:graphic><a:graphicData><a:tbl>` + strings.Repeat(row, n) + `</a:tbl></a:graphicData></a:graphic></p:graphicFrame>`
	}
	scattered := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(sp(fmt.Sprintf("%d %d 1 1", i*37%1000*3, i*61%1000*3), "x"))
		}
		return b.String()
	}
	small := extract.Limits{Nodes: 5_000, Cells: 5_000, Ratio: 100_000}
	for title, c := range map[string]struct {
		files  map[string]string
		limits extract.Limits
		reason string // "": it is read
		words  string
	}{
		"many shapes":              {parts(scattered(2_000)), small, "", ""},
		"shapes to be divided":     {parts(scattered(500)), small, "", ""},
		"too many shapes":          {parts(scattered(6_000)), small, connectors.VerdictTooLarge, "nodes"},
		"groups in groups":         {parts(strings.Repeat("<p:grpSp>", 400) + sp("0 0 1 1", "x") + strings.Repeat("</p:grpSp>", 400)), small, "", ""},
		"groups without end":       {parts(strings.Repeat("<p:grpSp>", 3_000)), small, connectors.VerdictTooLarge, "deep"},
		"too many cells":           {parts(table(`<a:tr>`+strings.Repeat(`<a:tc/>`, 100)+`</a:tr>`, 100)), small, connectors.VerdictTooLarge, "cells"},
		"a table of rows":          {parts(table(`<a:tr/>`, 9_000)), small, connectors.VerdictTooLarge, "cells"},
		"a ragged table":           {parts(table(`<a:tr><a:tc/></a:tr>`, 900) + table(`<a:tr>`+strings.Repeat(`<a:tc/>`, 900)+`</a:tr>`, 1)), small, "", ""},
		"spans without end":        {parts(sp("title", "T") + table(`<a:tr><a:tc gridSpan="999999999" rowSpan="999999999"><a:txBody><a:p><a:r><a:t>x</a:t></a:r></a:p></a:txBody></a:tc></a:tr>`, 3)), small, "", ""},
		"too many slides":          {parts(sp("title", "A"), sp("title", "B"), sp("title", "C")), extract.Limits{Pages: 2}, connectors.VerdictTooLarge, "pages"},
		"the same slide for ever":  {with(parts(sp("title", "A")), "ppt/presentation.xml", `<p:presentation`+spaces+`><p:sldIdLst>`+strings.Repeat(`<p:sldId r:id="rId1"/>`, 6_000)+`</p:sldIdLst></p:presentation>`), small, connectors.VerdictTooLarge, "pages"},
		"a slide that is missing":  {with(parts(sp("title", "A")), "ppt/_rels/presentation.xml.rels", relations("slide slides/none.xml", "slide slides/slide1.xml")), small, "", ""},
		"a slide outside the file": {with(parts(sp("title", "A")), "ppt/_rels/presentation.xml.rels", relations("slide http://192.0.2.1/slide.xml")), small, "", ""},
		"layouts in a circle": {with(parts(sp("title", "A")+sp("body", "x")), "ppt/slides/_rels/slide1.xml.rels", relations("slideLayout ../layout1.xml"),
			"ppt/layout1.xml", `<p:sldLayout`+spaces+`/>`, "ppt/_rels/layout1.xml.rels", relations("slideMaster layout1.xml")), small, "", ""},
		"notes that are the slide": {with(parts(sp("title", "A")+sp("body", "x")), "ppt/slides/_rels/slide1.xml.rels", relations("notesSlide slide1.xml", "chart slide1.xml", "comments slide1.xml")), small, "", ""},
		"places beyond all bounds": {parts(`<p:sp><p:spPr><a:xfrm><a:off x="1e300" y="NaN"/><a:ext cx="-1" cy="x"/></a:xfrm></p:spPr><p:txBody><a:p><a:r><a:t>x</a:t></a:r></a:p></p:txBody></p:sp>` + sp("0 0 1 1", "y")), small, "", ""},
		"cut off within a slide":   {with(parts(sp("title", "A")), "ppt/slides/slide1.xml", `<p:sld`+spaces+`><p:cSld><p:spTree>`), small, connectors.VerdictMalformed, "slide1.xml"},
		"a bomb":                   {parts(strings.Repeat(" ", 3<<20)), extract.Limits{}, connectors.VerdictTooLarge, "ratio"},
		"no list of slides":        {map[string]string{"ppt/slides/slide1.xml": "<x/>", "[Content_Types].xml": "<Types/>"}, small, connectors.VerdictMalformed, "slides"},
	} {
		t.Run(title, func(t *testing.T) {
			began := time.Now()
			text, err := Read(t.Context(), containertest.ZipOf(t, c.files), extract.Options{Limits: c.limits})
			if spent := time.Since(began); spent > 10*time.Second {
				t.Errorf("it took %s", spent)
			}
			if c.reason == "" {
				if err != nil {
					t.Fatal(err)
				}
				sound(t, text)
				return
			}
			if v := connectors.AsVerdict(err); v == nil || v.Reason != c.reason || !strings.Contains(v.Detail, c.words) {
				t.Fatalf("got %v, want %s with %q", err, c.reason, c.words)
			}
		})
	}
	b := containertest.ZipOf(t, parts(sp("title", "A")))
	for n := 0; n < len(b); n += 97 {
		if _, err := Read(t.Context(), b[:n], extract.Options{}); connectors.AsVerdict(err) == nil {
			t.Fatalf("cut off after %d bytes: %v", n, err)
		}
	}
}

func TestReadingAPresentationEndsWithItsContext(t *testing.T) {
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if _, err := Read(ctx, containertest.ZipOf(t, parts(sp("title", "A"))), extract.Options{}); !errors.Is(err, cause) {
		t.Fatalf("got %v", err)
	}
}

// sound checks what is true of every Text.
func sound(t *testing.T, text *extract.Text) {
	t.Helper()
	for _, b := range text.Blocks {
		for _, r := range b.Rows {
			if len(r) != len(b.Rows[0]) {
				t.Fatalf("rows of different length: %q", b.Rows)
			}
		}
		if b.Kind == extract.Table && (len(b.Rows) == 0 || b.HeaderRows >= len(b.Rows)) {
			t.Fatalf("%d header rows of %d", b.HeaderRows, len(b.Rows))
		}
		if b.Page == 0 {
			t.Fatalf("no slide: %+v", b)
		}
	}
	text.Layout()
}

func FuzzReadSlide(f *testing.F) {
	f.Add(sp("title", "T") + sp("body", "a", `<a:p><a:pPr lvl="3"><a:buAutoNum/></a:pPr><a:r><a:t>b</a:t></a:r><a:br/><a:fld type="slidenum"><a:t>1</a:t></a:fld></a:p>`))
	f.Add(`<p:grpSp><p:grpSpPr><a:xfrm><a:off x="1" y="2"/><a:ext cx="3" cy="4"/></a:xfrm></p:grpSpPr>` + sp("0 0 9 9", "x") + `</p:grpSp>` + sp("5 5 5 5", "y"))
	f.Add(`<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tblPr firstRow="1"/><a:tr><a:tc rowSpan="2"/><a:tc hMerge="1"/></a:tr><a:tr><a:tc vMerge="1"><a:txBody><a:p><a:r><a:t>c</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>`)
	f.Add(`<p:sp><a:lstStyle><a:lvl1pPr><a:buChar/></a:lvl1pPr><a:lvl/></a:lstStyle></p:sp><p:graphicFrame><c:chart r:id="rId1"/><dgm:relIds r:dm="rId1"/></p:graphicFrame>`)
	f.Fuzz(func(t *testing.T, tree string) {
		files := parts(tree)
		files["ppt/slides/_rels/slide1.xml.rels"] = relations("chart slide1.xml", "diagramData slide1.xml", "slideLayout slide1.xml", "comments slide1.xml", "notesSlide slide1.xml")
		text, err := Read(t.Context(), containertest.ZipOf(t, files), extract.Options{Limits: extract.Limits{Nodes: 2_000, Cells: 2_000}})
		if err != nil {
			if v := connectors.AsVerdict(err); v == nil || strings.Contains(v.Detail, "could not be understood") {
				t.Fatal(err)
			}
			return
		}
		sound(t, text)
	})
}

func BenchmarkRead(b *testing.B) {
	slides := make([]string, 50)
	for i := range slides {
		slides[i] = sp("title", fmt.Sprintf("Slide about %d", i)) + sp("body", "One thing to say", "Another that matters more", "A third for those at the back") +
			sp("500 300 300 100", "A box beside it") + sp("0 300 300 100", "A box on the left")
	}
	content := containertest.ZipOf(b, parts(slides...))
	b.ReportAllocs()
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if _, err := Read(context.Background(), content, extract.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
