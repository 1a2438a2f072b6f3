package pdf

import (
	"context"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

// small are limits for inputs of a fuzzer.
var small = extract.Limits{Inflated: 1 << 20, Pages: 20, Time: 20 * time.Second}.WithDefaults()

func mustEnd(t *testing.T, b []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	text, err := read(ctx, b, []string{"secret"}, small)
	switch {
	case ctx.Err() != nil:
		t.Fatal("it does not end")
	case err != nil && connectors.AsVerdict(err) == nil:
		t.Errorf("%v; want a verdict", err)
	case err == nil && !text.HasWords():
		t.Error("neither text nor a reason")
	}
}

// FuzzFile reads whole files: repair, the library, fonts and pages.
func FuzzFile(f *testing.F) {
	f.Add(onePage("BT /F1 12 Tf 50 700 Td (Hello) Tj ET"))
	f.Add(pagesOf(2, "text"))
	f.Add(file("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R]/Count 9>>"))
	f.Add([]byte("%PDF-1.5\n4 0 obj<</Type/ObjStm/N 2/First 8/Length 40>>stream\n1 0 2 30 <</Type/Catalog/Pages 2 0 R>><</Kids[]>>\nendstream\ntrailer<</Root 1 0 R/Encrypt<</Filter/Standard/V 5/R 6>>>>"))
	f.Fuzz(func(t *testing.T, b []byte) { mustEnd(t, b) })
}

// FuzzContent reads a page with this content and this font.
func FuzzContent(f *testing.F) {
	f.Add("BT /F1 12 Tf 1 0 0 1 50 700 Tm [(Hel)-20(lo)] TJ T* (x) ' 1 2 (y) \" ET", helvetica)
	f.Add("q 1 0 0 1 0 0 cm BI /W 2 /H 2 ID \x00\xff(( EI Q /Span <</ActualText (x)>> BDC (a) Tj EMC", "<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</W[1[500]]>>]>>")
	f.Add("10 10 100 1 re f 0 0 m 100 0 l S /X Do", "<</Subtype/Type3/FontMatrix[1 0 0 1 0 0]/Encoding<</Differences[65/A/uni0042]>>/Widths[1]/FirstChar 65>>")
	f.Fuzz(func(t *testing.T, content, font string) {
		b := onePage(content)
		mustEnd(t, []byte(strings.Replace(string(b), helvetica, font, 1)))
	})
}
