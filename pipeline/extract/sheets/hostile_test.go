package sheets

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container/containertest"
)

const (
	mainSpace = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relSpace  = ` xmlns="http://schemas.openxmlformats.org/package/2006/relationships"`
	relType   = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// rawBook makes a workbook of one sheet whose part is what is given, with further
// parts or others instead.
func rawBook(t testing.TB, sheet string, more ...string) []byte {
	t.Helper()
	parts := map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels":                `<Relationships` + relSpace + `><Relationship Id="rId1" Type="` + relType + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook` + mainSpace + `><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships` + relSpace + `><Relationship Id="rId1" Type="` + relType + `worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   sheet,
	}
	for i := 0; i+1 < len(more); i += 2 {
		parts[more[i]] = more[i+1]
	}
	return containertest.ZipOf(t, parts)
}

func sheetOf(rows string, after ...string) string {
	return `<worksheet` + mainSpace + `><sheetData>` + rows + `</sheetData>` + strings.Join(after, "") + `</worksheet>`
}

// cellsAt makes a cell with a text in each of the places.
func cellsAt(places ...string) string {
	var b strings.Builder
	for _, p := range places {
		fmt.Fprintf(&b, `<row><c r="%s" t="inlineStr"><is><t>x</t></is></c></row>`, p)
	}
	return b.String()
}

// name is the name of a cell, both counted from 0.
func name(row, col int) string {
	s, err := excelize.CoordinatesToCellName(col+1, row+1)
	must(err)
	return s
}

func TestHostileWorkbooksEndSoonWithAReason(t *testing.T) {
	many := func(n int, at func(i int) string) string {
		places := make([]string, n)
		for i := range places {
			places[i] = at(i)
		}
		return cellsAt(places...)
	}
	small := extract.Limits{Cells: 5_000}
	for title, c := range map[string]struct {
		book   []byte
		limits extract.Limits
		reason string // "": it is read
		words  string
	}{
		"too many cells":             {rawBook(t, sheetOf(many(6_000, func(i int) string { return name(i, 0) }))), small, connectors.VerdictTooLarge, "5000 cells"},
		"cells in all corners":       {rawBook(t, sheetOf(cellsAt("A1", "XFD1", "A1048576", "XFD1048576"))), small, "", ""},
		"a staircase":                {rawBook(t, sheetOf(many(4_000, func(i int) string { return name(i, i) }))), small, connectors.VerdictTooLarge, "5000 cells"},
		"a loose staircase":          {rawBook(t, sheetOf(many(4_000, func(i int) string { return name(2*i, 2*i) }))), small, "", ""},
		"a chequer board":            {rawBook(t, sheetOf(many(4_000, func(i int) string { return name(i/50*2, i%50*2) }))), small, "", ""},
		"a snail":                    {rawBook(t, sheetOf(snail(60))), extract.Limits{Cells: 20_000}, "", ""},
		"a merged sheet":             {rawBook(t, sheetOf(cellsAt("A1", "C9"), `<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>`)), small, "", ""},
		"many merged areas":          {rawBook(t, sheetOf(cellsAt("A1"), `<mergeCells>`+strings.Repeat(`<mergeCell ref="A1:ZZ900"/>`, 6_000)+`</mergeCells>`)), small, connectors.VerdictTooLarge, "cells"},
		"a wide merged area":         {rawBook(t, sheetOf(cellsAt("A1"), `<mergeCells><mergeCell ref="A1:ZZ900"/></mergeCells>`)), small, connectors.VerdictTooLarge, "5000 cells"},
		"a place that cannot be":     {rawBook(t, sheetOf(cellsAt("ZZZZ1"))), small, connectors.VerdictMalformed, "ZZZZ1"},
		"a row that cannot be":       {rawBook(t, sheetOf(`<row r="2000000"/>`)), small, connectors.VerdictMalformed, "2000000"},
		"cells without end":          {rawBook(t, sheetOf(`<row>`+strings.Repeat(`<c/>`, 20_000)+`<c><v>1</v></c></row>`)), extract.Limits{Ratio: 10_000}, connectors.VerdictMalformed, "columns"},
		"rows without end":           {rawBook(t, sheetOf(`<row r="1048576"/>`+strings.Repeat(`<row hidden="1"/>`, 9)+`<row><c><v>1</v></c></row>`)), small, connectors.VerdictMalformed, "rows"},
		"filters without end":        {rawBook(t, sheetOf(many(4_000, func(i int) string { return name(2*i, 0) }), strings.Repeat(`<autoFilter ref="A1:C9"/>`, 40_000))), small, "", ""},
		"numbers out of range":       {rawBook(t, sheetOf(`<row><c t="s"><v>99</v></c><c s="-7"><v>1</v></c><c s="99"><v>x1e999</v></c></row>`)), small, "", ""},
		"a bomb":                     {rawBook(t, sheetOf(strings.Repeat(" ", 3<<20))), small, connectors.VerdictTooLarge, "ratio"},
		"more than may be inflated":  {rawBook(t, sheetOf(many(4_000, func(i int) string { return name(i, 0) }))), extract.Limits{Inflated: 50_000}, connectors.VerdictTooLarge, "inflated"},
		"nested without end":         {rawBook(t, sheetOf(strings.Repeat("<row>", 2_000))), small, connectors.VerdictTooLarge, "deep"},
		"cut off within a sheet":     {rawBook(t, sheetOf(cellsAt("A1"))[:200]), small, connectors.VerdictMalformed, "sheet1.xml"},
		"cut off":                    {rawBook(t, sheetOf(cellsAt("A1")))[:300], small, connectors.VerdictMalformed, ""},
		"no list of sheets":          {rawBook(t, sheetOf(""), "_rels/.rels", `<Relationships`+relSpace+`/>`, "xl/workbook.xml", `<workbook`), small, connectors.VerdictMalformed, ""},
		"entities":                   {rawBook(t, `<!DOCTYPE x [<!ENTITY a "&b;&b;"><!ENTITY b "boom">]>`+sheetOf(`<row><c t="str"><v>&a;</v></c></row>`)), small, connectors.VerdictMalformed, ""},
		"a drawing of itself":        {rawBook(t, sheetOf(cellsAt("A1"), `<drawing r:id="rId1"/>`), "xl/worksheets/_rels/sheet1.xml.rels", `<Relationships`+relSpace+`><Relationship Id="rId1" Type="`+relType+`drawing" Target="sheet1.xml"/></Relationships>`), small, "", ""},
		"a sheet that is the book":   {rawBook(t, sheetOf(cellsAt("A1")), "xl/_rels/workbook.xml.rels", `<Relationships`+relSpace+`><Relationship Id="rId1" Type="`+relType+`worksheet" Target="workbook.xml"/></Relationships>`), small, "", ""},
		"strings outside the file":   {rawBook(t, sheetOf(`<row><c t="s"><v>0</v></c></row>`+cellsAt("B9")), "xl/_rels/workbook.xml.rels", `<Relationships`+relSpace+`><Relationship Id="rId1" Type="`+relType+`worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="`+relType+`sharedStrings" Target="http://192.0.2.1/s.xml" TargetMode="External"/></Relationships>`), small, "", ""},
		"more strings than are used": {rawBook(t, sheetOf(cellsAt("A1")), "xl/sharedStrings.xml", `<sst`+mainSpace+`>`+strings.Repeat("<si/>", 60_000)+`</sst>`, "xl/_rels/workbook.xml.rels", `<Relationships`+relSpace+`><Relationship Id="rId2" Type="`+relType+`sharedStrings" Target="sharedStrings.xml"/></Relationships>`), extract.Limits{Cells: 5_000, Ratio: 10_000}, connectors.VerdictTooLarge, "cells"},
	} {
		t.Run(title, func(t *testing.T) {
			began := time.Now()
			text, err := ReadXLSX(t.Context(), c.book, extract.Options{Limits: c.limits})
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
}

// snail lays cells out as a spiral, which can be cut only one turn at a time.
func snail(n int) string {
	var places []string
	top, left, bottom, right := 0, 0, 2*n, 2*n
	for top <= bottom && left <= right {
		for col := left; col <= right; col++ {
			places = append(places, name(top, col))
		}
		for row := top + 1; row <= bottom; row++ {
			places = append(places, name(row, right))
		}
		top, right = top+2, right-2
		if len(places) > 3_000 {
			break
		}
	}
	return cellsAt(places...)
}

func TestReadingAWorkbookEndsWithItsContext(t *testing.T) {
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	b := rawBook(t, sheetOf(strings.Repeat(cellsAt("A1"), 1000)))
	if _, err := ReadXLSX(ctx, b, extract.Options{}); !errors.Is(err, cause) {
		t.Fatalf("got %v", err)
	}
}

// largeBook has rows of ten cells: texts, numbers, prices and dates.
func largeBook(t testing.TB, rows int) []byte {
	return book(t, func(f *excelize.File) {
		w, err := f.NewStreamWriter("Sheet1")
		must(err)
		price, err := f.NewStyle(&excelize.Style{NumFmt: 4})
		must(err)
		day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		must(err)
		must(w.SetRow("A1", []any{"Name", "City", "Price", "Day", "Stock", "a", "b", "c", "d", "e"}))
		for i := range rows {
			must(w.SetRow(name(i+1, 0), []any{fmt.Sprintf("Product %d", i), "Lyon", excelize.Cell{StyleID: price, Value: float64(i) * 1.37},
				excelize.Cell{StyleID: day, Value: 45000 + i%700}, i, "yes", i * 3, "no", i % 9, "end"}))
		}
		must(w.Flush())
	})
}

func TestMemoryOfALargeWorkbookIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds")
	}
	b := largeBook(t, 50_000)
	text, peak := readWatched(t, b, extract.Options{Limits: extract.Limits{Cells: 600_000}})
	t.Logf("%d cells in %.1f MB: %d rows read, at most %d MB of heap in use", 500_010, float64(len(b))/(1<<20), len(text.Blocks[0].Rows), peak>>20)
	if len(text.Blocks[0].Rows) != 50_001 {
		t.Errorf("%d rows", len(text.Blocks[0].Rows))
	}
	if peak > 400<<20 {
		t.Errorf("%d MB of heap in use", peak>>20)
	}
	if _, err := ReadXLSX(t.Context(), b, extract.Options{}); connectors.AsVerdict(err) == nil {
		t.Errorf("the default limit lets 500,000 cells pass: %v", err)
	}
}

// readWatched reads a workbook and returns the most heap that was in use meanwhile,
// garbage among it.
func readWatched(t *testing.T, b []byte, o extract.Options) (*extract.Text, uint64) {
	t.Helper()
	runtime.GC()
	done := make(chan uint64)
	stop := make(chan struct{})
	go func() {
		var most uint64
		var m runtime.MemStats
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				done <- most
				return
			case <-tick.C:
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			}
		}
	}()
	text, err := ReadXLSX(t.Context(), b, o)
	close(stop)
	peak := <-done
	if err != nil {
		t.Fatal(err)
	}
	return text, peak
}

func FuzzReadSheet(f *testing.F) {
	f.Add(sheetOf(`<row r="1" hidden="1"><c r="A1" s="1"><v>45657</v></c><c r="C1" t="b"><v>1</v></c></row>`+cellsAt("B7", "C7", "B8"),
		`<mergeCells><mergeCell ref="B7:C8"/></mergeCells><autoFilter ref="A1:C3"/><hyperlinks><hyperlink ref="B7" r:id="rId1"/></hyperlinks>`))
	f.Add(`<worksheet` + mainSpace + `><sheetViews><sheetView><pane ySplit="1" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="3" width="0.5" hidden="1"/></cols><sheetData>` +
		cellsAt("A1", "D1", "B2") + `</sheetData></worksheet>`)
	f.Add(sheetOf(`<row><c><f>HYPERLINK("http://a","b")</f><v>2</v></c><c t="inlineStr"><is><r><t>x</t></r><rPh><t>y</t></rPh></is></c></row>`))
	styles := `<styleSheet` + mainSpace + `><numFmts><numFmt numFmtId="170" formatCode="[$-40C]d mmm"/></numFmts><fonts><font/><font><b/></font></fonts><cellXfs><xf/><xf numFmtId="170" fontId="1"/></cellXfs></styleSheet>`
	rels := `<Relationships` + relSpace + `><Relationship Id="rId1" Type="` + relType + `worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="` + relType + `styles" Target="styles.xml"/></Relationships>`
	f.Fuzz(func(t *testing.T, sheet string) {
		b := rawBook(t, sheet, "xl/styles.xml", styles, "xl/_rels/workbook.xml.rels", rels)
		text, err := ReadXLSX(t.Context(), b, extract.Options{Limits: extract.Limits{Cells: 2_000}})
		if err != nil {
			if v := connectors.AsVerdict(err); v == nil || strings.Contains(v.Detail, "could not be understood") {
				t.Fatal(err)
			}
			return
		}
		sound(t, text)
	})
}

func BenchmarkReadXLSX(b *testing.B) {
	content := largeBook(b, 10_000)
	b.ReportAllocs()
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if _, err := ReadXLSX(context.Background(), content, extract.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
