package pdf

import (
	"math"
	"strings"
	"testing"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/pdf/layout"
)

// sole interprets a file of one page.
func sole(t *testing.T, b []byte) layout.Page {
	t.Helper()
	l := extract.Limits{}.WithDefaults()
	doc, err := open(t.Context(), b, nil, l)
	if err != nil {
		t.Fatal(err)
	}
	var out layout.Page
	if err := pages(t.Context(), doc, l, func(p *layout.Page) { out = *p }); err != nil {
		t.Fatal(err)
	}
	return out
}

func said(p layout.Page) string {
	var b strings.Builder
	for _, g := range p.Glyphs {
		if g.Unknown {
			b.WriteByte('?')
		}
		b.WriteString(g.Text)
	}
	return b.String()
}

func TestWhatIsShown(t *testing.T) {
	for name, test := range map[string]struct {
		file []byte
		want string
	}{
		"strings and arrays":      {onePage("BT /F1 9 Tf 9 99 Td [(Hel)-600(lo)] TJ T* (a) ' 1 2 (b) \" ET"), "Helloab"},
		"letters of Windows":      {onePage("BT /F1 9 Tf (\xe9 \x80 \x93) Tj ET"), "é € “"},
		"after an inline image":   {onePage("BI /W 2 /H 2 /BPC 8 /CS /G ID \x00(EI<\xff EI BT /F1 9 Tf (seen) Tj ET"), "seen"},
		"after what is no syntax": {onePage("<zz> ] >> { ) 12 garbage BT /F1 9 Tf (seen) Tj ET"), "seen"},
		"a layer that is off": {file("<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[6 0 R 7 0 R]/D<</OFF[6 0 R]>>>>>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
			"<</Type/Page/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/Properties<</A 6 0 R/B 7 0 R>>>>>>",
			stream("", "BT /F1 9 Tf /OC /A BDC (hidden) Tj EMC /OC /B BDC (shown) Tj EMC ET"), helvetica, "<</Type/OCG/Name(off)>>", "<</Type/OCG/Name(on)>>"), "shown"},
		"text that stands for another": {onePage("BT /F1 9 Tf /Span <</ActualText <FEFF0066006C>>> BDC (\x01) Tj EMC (y) Tj ET"), "fly"},
		"a broken word's soft hyphen":  {onePage("BT /F1 9 Tf (or) Tj /Span <</ActualText <FEFF00AD>>> BDC (-) Tj EMC ET"), "or-"},
		"a form within a page":         {onePage("/X Do", stream("/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</G 5 0 R>>>>", "BT /G 9 Tf (inner) Tj ET")), ""},
		"two fonts of one name": {file("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1/Resources<</Font<</F1 5 0 R>>/XObject<</X 6 0 R>>>>>>",
			"<</Type/Page/Contents 4 0 R>>", stream("", "BT /F1 9 Tf (A) Tj ET /X Do BT (A) Tj ET"), helvetica,
			stream("/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</F1 7 0 R>>>>", "BT /F1 9 Tf (A) Tj ET"),
			"<</Subtype/Type1/BaseFont/X/Encoding<</Differences[65/eacute]>>>>"), "AéA"},
		"a glyph without a meaning": {file("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]>>", "<</Type/Page/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
			stream("", "BT /F1 9 Tf (AB) Tj ET"), "<</Subtype/Type1/BaseFont/X/Encoding<</Differences[65/g99]>>>>"), "?B"},
		"a field of a form": {file("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]>>", "<</Type/Page/Annots[4 0 R 6 0 R]>>",
			"<</Subtype/Widget/Rect[9 9 99 29]/AP<</N 5 0 R>>>>",
			stream("/Subtype/Form/BBox[0 0 90 20]/Resources<</Font<</F 7 0 R>>>>", "BT /F 9 Tf 2 2 Td (typed) Tj ET"),
			"<</Subtype/Widget/F 2/Rect[9 9 99 29]/AP<</N 5 0 R>>>>", helvetica), "typed"},
		"beside the page": {onePage("BT /F1 9 Tf 5000 99 Td (beside) Tj ET"), ""},
	} {
		if got := said(sole(t, test.file)); got != test.want {
			t.Errorf("%s: %q; want %q", name, got, test.want)
		}
	}
}

func TestWhereItIsShown(t *testing.T) {
	near := func(a, b float64) bool { return math.Abs(a-b) < 0.01 }
	p := sole(t, onePage("q 2 0 0 2 10 20 cm BT 50 Tz /F1 10 Tf 3 Tr 5 5 Td (AB) Tj ET Q 100 200 300 0.5 re f 0 0 m 50 0 l S"))
	g := p.Glyphs[1]
	// "A" of Helvetica is 0.667 wide: 10 points, half as wide, twice as large.
	if !near(g.X, 20+6.67) || !near(g.Y, 30) || !near(g.W, 6.67) || !near(g.Size, 20) || !g.Invisible || g.Angle != 0 {
		t.Errorf("the second glyph: %+v", g)
	}
	if len(p.Rules) != 2 || p.Rules[0] != (layout.Rule{X0: 100, Y0: 200, X1: 400, Y1: 200.5}) {
		t.Errorf("rules: %+v", p.Rules)
	}
	turned := string(onePage("BT /F1 10 Tf 0 1 -1 0 100 200 Tm (A) Tj ET"))
	turned = strings.Replace(turned, "/MediaBox[0 0 612 792]", "/Rotate 90/MediaBox[0 0 612 792]", 1)
	p = sole(t, []byte(turned))
	if g := p.Glyphs[0]; p.Width != 792 || p.Height != 612 || !near(g.X, 200) || !near(g.Y, 512) || !near(g.Angle, 0) {
		t.Errorf("on a turned page of %v × %v: %+v", p.Width, p.Height, g)
	}
}

func TestLinksPropertiesAndPagesAreNoted(t *testing.T) {
	b := file("<</Type/Catalog/Pages 2 0 R/Lang(fr-FR)>>", "<</Type/Pages/Kids[3 0 R]/MediaBox[0 0 612 792]>>",
		"<</Type/Page/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</URI(https://example.org/a)>>>>]>>",
		stream("", "BT /F1 12 Tf 50 700 Td (Le bureau ferme le vendredi.) Tj ET"), helvetica,
		"<</Title(\xfe\xff\x00R\x00\xe9\x00s\x00u\x00m\x00\xe9)/Author(M. Caf\xe9)/CreationDate(D:20240131120000+02'00')>>")
	b = []byte(strings.Replace(string(b), "/Root 1 0 R", "/Root 1 0 R/Info 6 0 R", 1))
	text, err := read(t.Context(), b, nil, extract.Limits{}.WithDefaults())
	if err != nil {
		t.Fatal(err)
	}
	if text.Title != "Résumé" || text.Language != "fr-FR" || text.Properties["author"] != "M. Café" || text.Properties["created"] != "2024-01-31T12:00:00+02:00" {
		t.Errorf("title %q, language %q, properties %v", text.Title, text.Language, text.Properties)
	}
	if len(text.Links) != 1 || text.Links[0].URI != "https://example.org/a" || text.Blocks[0].Page != 1 || text.Quality.Doubt != "" {
		t.Errorf("links %v, blocks %v, quality %v", text.Links, text.Blocks, text.Quality)
	}
}

func TestTitlesThatAreNone(t *testing.T) {
	for _, s := range []string{"Microsoft Word - lettre.doc", "brochure.indd", "untitled", "", "/tmp/x"} {
		if !noTitle(s) {
			t.Errorf("%q passes for a title", s)
		}
	}
	if noTitle("Guide du locataire 2024") {
		t.Error("a title is taken for none")
	}
}

func TestPicturesNeedOCR(t *testing.T) {
	b := file("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 3 0 R]>>", "<</Type/Page/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>",
		stream("", "/I Do"), stream("/Subtype/Image/Filter/DCTDecode", "PICTURE"))
	_, err := read(t.Context(), b, nil, extract.Limits{}.WithDefaults())
	if err == nil || !strings.Contains(err.Error(), "2 of 2 pages are pictures without text: it needs OCR") {
		t.Errorf("got %v", err)
	}
}
