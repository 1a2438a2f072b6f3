package pdf

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

func TestHostileFilesEndWithAReason(t *testing.T) {
	t.Parallel()
	bomb := strings.Repeat("(x) Tj ", 1<<20)
	deep := strings.Repeat("[", 1<<20)
	page := "<</Type/Page/Parent 2 0 R/Contents 4 0 R>>"
	tests := map[string]struct {
		file   []byte
		limits extract.Limits
		reason string
		words  string
	}{
		"a tree of pages that holds itself": {file: file("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"),
			reason: connectors.VerdictMalformed, words: "no pages"},
		"two nodes that hold each other": {file: file("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2/X 1>>"),
			reason: connectors.VerdictMalformed, words: "no pages"},
		"a bomb": {file: file("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", page, deflated(bomb)),
			limits: extract.Limits{Inflated: 1 << 20}, reason: connectors.VerdictTooLarge, words: "more than 1048576 bytes"},
		"more pages than allowed": {file: pagesOf(30, "x"), limits: extract.Limits{Pages: 20}, reason: connectors.VerdictTooLarge, words: "more than 20 pages"},
		"brackets without end":    {file: file("<</Type/Catalog/Pages 2 0 R>>", deep), reason: connectors.VerdictMalformed},
		"brackets in the content": {file: onePage(deep), reason: connectors.VerdictEmpty},
		"a table of a billion objects": {file: []byte("%PDF-1.4\nxref\n4000000000 4000000000\n0000000000 65535 f \ntrailer <</Size 4000000000/Root 1 0 R>>\nstartxref\n9\n%%EOF"),
			reason: connectors.VerdictMalformed},
		"only its first bytes": {file: []byte("%PDF-1.4"), reason: connectors.VerdictMalformed},
		"a form that draws itself": {file: onePage("/X Do", stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>", "/X Do")),
			reason: connectors.VerdictEmpty},
		"stream after stream over each other": {file: onePage(strings.Repeat("q ", 1<<20)), reason: connectors.VerdictEmpty},
	}
	r := newReader(t, Options{Parallel: 2})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := r.Read(t.Context(), test.file, extract.Options{Limits: test.limits})
			if reasonOf(err) != test.reason || !strings.Contains(fmt.Sprint(err), test.words) {
				t.Errorf("got %v; want %s: ... %s", err, test.reason, test.words)
			}
			if d := time.Since(start); d > longest {
				t.Errorf("it took %s", d)
			}
		})
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	// 60 forms within each other show a page of text over and over.
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 612 792]>>",
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</X 6 0 R>>/Font<</F1 5 0 R>>>>>>",
		stream("", strings.Repeat("/X Do ", 50)), helvetica}
	for i := range 6 {
		objects = append(objects, stream(fmt.Sprintf("/Subtype/Form/BBox[0 0 612 792]/Resources<</XObject<</X %d 0 R>>/Font<</F1 5 0 R>>>>", 7+i), strings.Repeat("/X Do ", 50)))
	}
	objects = append(objects, stream("/Subtype/Form/BBox[0 0 612 792]/Resources<</Font<</F1 5 0 R>>>>", "BT /F1 9 Tf 9 9 Td ("+strings.Repeat("words and more ", 60)+") Tj ET"))
	r := newReader(t, Options{Parallel: 1})
	_, err := r.Read(t.Context(), file(objects...), extract.Options{Limits: extract.Limits{Memory: 100 << 20}})
	if reasonOf(err) != connectors.VerdictTooLarge || !strings.Contains(err.Error(), "100 MB of memory") {
		t.Errorf("got %v; want too_large for its memory", err)
	}
}
