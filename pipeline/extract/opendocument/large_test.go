package opendocument

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

// large is a sheet of so many rows of ten cells.
func large(t testing.TB, rows int) []byte {
	var b strings.Builder
	b.WriteString(`<table:table table:name="Data">`)
	for i := range rows {
		b.WriteString(`<table:table-row>`)
		for c := range 10 {
			fmt.Fprintf(&b, `<table:table-cell table:style-name="ce1" office:value-type="string"><text:p>cell %d of row %d</text:p></table:table-cell>`, c, i)
		}
		b.WriteString(`</table:table-row>`)
	}
	b.WriteString(`</table:table>`)
	return document{form: "spreadsheet", body: b.String()}.zip(t)
}

// A file may inflate to 200 MB; what is held of it is bounded by the cells.
func TestASheetBeyondTheLimitEndsEarlyAndInLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes a large file")
	}
	content := large(t, 60_000)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	_, err := Read(t.Context(), content, extract.Options{})
	spent := time.Since(began)
	runtime.ReadMemStats(&after)
	wantVerdict(t, err, connectors.VerdictTooLarge, "cells")
	t.Logf("%d KB, %s, %d MB allocated in all", len(content)>>10, spent.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20)
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 256<<20 {
		t.Errorf("%d MB are held", held>>20)
	}
}

func TestHiddenColumnsWithoutEndTakeNoTime(t *testing.T) {
	columns := strings.Repeat(`<table:table-column table:visibility="collapse"/><table:table-column/>`, 50_000)
	cells := strings.Repeat(`<table:table-cell table:number-columns-repeated="1000"><text:p>x</text:p></table:table-cell>`, 16)
	began := time.Now()
	text, err := Read(t.Context(), document{form: "spreadsheet", body: named("S", "", columns, `<table:table-row>`+cells+`</table:table-row>`)}.flat(), extract.Options{})
	if err != nil || len(text.Blocks) == 0 || time.Since(began) > 20*time.Second {
		t.Errorf("%s: %v", time.Since(began), err)
	}
}

func BenchmarkReadText(b *testing.B) {
	body := strings.Repeat(`<text:h text:outline-level="1">A heading</text:h><text:p>A paragraph of <text:span text:style-name="T1">some words</text:span> for the measure, with a <text:a xlink:href="https://x.example/">link</text:a>.</text:p>`+
		items(`text:style-name="N"`, "one", "two", "three")+tableOf(row("Plan", "Price"), row("Basic", "5 €"), row("Pro", "9 €")), 100)
	content := document{form: "text", styles: numbered, body: body}.zip(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(b.Context(), content, extract.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
