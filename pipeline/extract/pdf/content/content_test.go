package content

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"freshet/pipeline/extract/pdf/filter"
	"freshet/pipeline/extract/pdf/layout"
	"freshet/pipeline/extract/pdf/repair"
)

// opened opens a file of these objects, numbered from 1; the first is the catalog.
func opened(t testing.TB, objects ...string) *Document {
	t.Helper()
	b := []byte("%PDF-1.7\n")
	for i, o := range objects {
		b = fmt.Appendf(b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	b = append(b, "trailer\n<</Root 1 0 R>>\n"...)
	clean, err := repair.Rewrite(t.Context(), b, nil, &filter.Budget{Left: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(clean, &filter.Budget{Left: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func stream(dict, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(data), data)
}

// Each glyph of Courier is 0.6 of its size wide, which makes places easy to tell.
const courier = "<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>"

// drawn interprets a page of 600 by 800 with this content. Its resources have Courier
// as F, the form that follows as X (object 6) and two layers: On and Off.
func drawn(t testing.TB, content string, form ...string) (*layout.Page, *Document) {
	t.Helper()
	d := opened(t, append([]string{
		"<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[7 0 R 8 0 R]/D<</OFF[8 0 R]>>>>>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 600 800]>>",
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>/Properties<</On 7 0 R/Off 8 0 R>>>>>>",
		stream("", content), courier,
	}, append(slices.Concat(form, []string{"null"})[:1], "<</Type/OCG/Name(a)>>", "<</Type/OCG/Name(b)>>")...)...)
	pages := pagesOf(t, d)
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	return &pages[0], d
}

func pagesOf(t testing.TB, d *Document) (out []layout.Page) {
	t.Helper()
	_, err := d.Pages(t.Context(), 100, func(p *layout.Page) {
		kept := *p
		kept.Glyphs = slices.Clone(p.Glyphs)
		out = append(out, kept)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// places writes glyphs as text@x,y, with what is not as usual behind it.
func places(glyphs []layout.Glyph) string {
	var out []string
	for _, g := range glyphs {
		s := fmt.Sprintf("%s@%g,%g", g.Text, math.Round(g.X*10)/10, math.Round(g.Y*10)/10)
		if g.Size != 10 {
			s += fmt.Sprintf(" size %g", math.Round(g.Size*10)/10)
		}
		if g.Angle != 0 {
			s += fmt.Sprintf(" angle %g", math.Round(g.Angle))
		}
		if g.Invisible {
			s += " invisible"
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestOperatorsOfTextPlaceGlyphs(t *testing.T) {
	tests := map[string]struct{ content, want string }{
		"a string":                    {"BT /F 10 Tf 100 700 Td (AB) Tj ET", "A@100,700; B@106,700"},
		"kerning":                     {"BT /F 10 Tf 100 700 Td [(A) -500 (B) 100 <43>] TJ ET", "A@100,700; B@111,700; C@116,700"},
		"space between letters":       {"BT /F 10 Tf 2 Tc 100 700 Td (AB) Tj ET", "A@100,700; B@108,700"},
		"space between words":         {"BT /F 10 Tf 3 Tw 100 700 Td (A B) Tj ET", "A@100,700;  @106,700; B@115,700"},
		"stretched":                   {"BT /F 10 Tf 50 Tz 100 700 Td (AB) Tj ET", "A@100,700; B@103,700"},
		"raised":                      {"BT /F 10 Tf 3 Ts 100 700 Td (A) Tj ET", "A@100,703"},
		"invisible":                   {"BT /F 10 Tf 3 Tr 100 700 Td (A) Tj ET", "A@100,700 invisible"},
		"lines":                       {"BT /F 10 Tf 12 TL 100 700 Td (A) Tj T* (B) Tj (C) ' 5 0 Td (D) Tj ET", "A@100,700; B@100,688; C@100,676; D@105,676"},
		"lines that set the leading":  {"BT /F 10 Tf 100 700 Td 0 -14 TD (A) Tj T* (B) Tj ET", "A@100,686; B@100,672"},
		"a line that sets its spaces": {"BT /F 10 Tf 12 TL 100 700 Td 1 2 (A B) \" ET", "A@100,688;  @108,688; B@117,688"},
		"a matrix of text":            {"BT /F 10 Tf 2 0 0 2 100 700 Tm (AB) Tj ET", "A@100,700 size 20; B@112,700 size 20"},
		"text that is turned":         {"BT /F 10 Tf 0 1 -1 0 100 300 Tm (AB) Tj ET", "A@100,300 angle 90; B@100,306 angle 90"},
		"text upside down":            {"BT /F -10 Tf 100 700 Td (A) Tj ET", "A@100,700 angle 180"},
		"a matrix of the page":        {"q 2 0 0 2 10 20 cm BT /F 5 Tf 10 10 Td (A) Tj ET Q BT /F 10 Tf 10 10 Td (B) Tj ET", "A@30,40; B@10,10"},
		"matrices one in the other":   {"1 0 0 1 5 0 cm 2 0 0 2 0 0 cm BT /F 5 Tf 10 10 Td (A) Tj ET", "A@25,20"},
		"a font of no name":           {"BT /Unknown 10 Tf 100 700 Td (A) Tj ET", "A@100,700"},
		"no font":                     {"BT 100 700 Td (A) Tj ET", ""},
		"outside of the page":         {"BT /F 10 Tf 1000 700 Td (A) Tj -800 0 Td (B) Tj ET", "B@200,700"},
		"more Q than q":               {"Q Q BT /F 10 Tf 100 700 Td (A) Tj ET Q", "A@100,700"},
		"operators without operands":  {"Tf Td Tj TJ Tm cm re l c Do gs BT /F 10 Tf 100 700 Td (A) Tj ET BDC EMC EMC", "A@100,700"},
		"numbers beyond drawing":      {"1000000000000 0 0 1 0 0 cm BT /F 10 Tf 100 700 Td (A) Tj 1000000000000 0 0 1 0 0 Tm (B) Tj ET", "A@100,700; B@106,700"},
		"matrices that lack a number": {"0 0 1 0 0 cm BT /F 10 Tf 100 700 Td (A) Tj 1 0 0 1 Tm (B) Tj ET", "A@100,700; B@106,700"},
		"a string without an end":     {"BT /F 10 Tf 100 700 Td (A) Tj (B", "A@100,700"},
		"unknown operators":           {"BX foo 1 2 bar EX BT /F 10 Tf 100 700 Td (A) Tj ET", "A@100,700"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, _ := drawn(t, tt.content)
			if got := places(p.Glyphs); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMarkedContentSaysWhatIsRead(t *testing.T) {
	const show = "BT /F 10 Tf 100 700 Td (ABC) Tj ET "
	tests := map[string]struct{ content, want string }{
		"other letters":           {"/Span <</ActualText(xyz)>> BDC " + show + "EMC", "x@100,700; y@106,700; z@112,700"},
		"one text for all":        {"/Span <</ActualText(fi)>> BDC " + show + "EMC", "fi@100,700"},
		"nothing":                 {"/Span <</ActualText()>> BDC " + show + "EMC", ""},
		"a soft hyphen":           {"/Span <</ActualText<FEFF00AD>>> BDC " + show + "EMC", "A@100,700; B@106,700; C@112,700"},
		"a mark without an end":   {"/Span <</ActualText(fi)>> BDC " + show, "A@100,700; B@106,700; C@112,700"},
		"a mark without glyphs":   {"/Span <</ActualText(fi)>> BDC EMC " + show, "A@100,700; B@106,700; C@112,700"},
		"a layer that is on":      {"/OC /On BDC " + show + "EMC", "A@100,700; B@106,700; C@112,700"},
		"a layer that is off":     {"/OC /Off BDC /P BMC " + show + "EMC EMC BT /F 10 Tf 100 600 Td (D) Tj ET", "D@100,600"},
		"marks without an effect": {"/P BMC " + show + "EMC", "A@100,700; B@106,700; C@112,700"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, _ := drawn(t, tt.content)
			if got := places(p.Glyphs); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPathsBecomeRules(t *testing.T) {
	square := []layout.Rule{{X0: 100, Y0: 100, X1: 150, Y1: 100}, {X0: 100, Y0: 120, X1: 150, Y1: 120}, {X0: 100, Y0: 100, X1: 100, Y1: 120}, {X0: 150, Y0: 100, X1: 150, Y1: 120}}
	tests := map[string]struct {
		content string
		want    []layout.Rule
	}{
		"a line":                       {"200 100 m 100 100 l S", []layout.Rule{{X0: 100, Y0: 100, X1: 200, Y1: 100}}},
		"a line that is not drawn":     {"200 100 m 100 100 l n 5 5 m S", nil},
		"a slanting line":              {"100 100 m 200 150 l S", nil},
		"a dot":                        {"100 100 m 102 100 l S", nil},
		"a closed path":                {"100 100 m 150 100 l 150 100 l s", []layout.Rule{{X0: 100, Y0: 100, X1: 150, Y1: 100}, {X0: 100, Y0: 100, X1: 150, Y1: 100}}},
		"a rectangle":                  {"100 100 50 20 re S", square},
		"a rectangle, backwards":       {"150 120 -50 -20 re B", square},
		"the ground of a cell":         {"100 100 50 20 re f", square},
		"a cell drawn line by line":    {"100 100 m 150 100 l 150 120 l 100 120 l h f", square},
		"the ground of a page":         {"0 0 600 800 re f", nil},
		"a thin area":                  {"100 100 200 1 re f", []layout.Rule{{X0: 100, Y0: 100, X1: 300, Y1: 101}}},
		"a scaled line":                {"2 0 0 2 0 0 cm 50 50 m 100 50 l S", []layout.Rule{{X0: 100, Y0: 100, X1: 200, Y1: 100}}},
		"outside of the page":          {"-100 -50 m -20 -50 l S", nil},
		"on a layer that is off":       {"/OC /Off BDC 200 100 m 100 100 l S EMC", nil},
		"a curve goes where it ends":   {"0 0 m 1 2 3 4 100 100 c 200 100 l S", []layout.Rule{{X0: 100, Y0: 100, X1: 200, Y1: 100}}},
		"what was drawn is drawn once": {"200 100 m 100 100 l S S", []layout.Rule{{X0: 100, Y0: 100, X1: 200, Y1: 100}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, _ := drawn(t, tt.content)
			if !slices.Equal(p.Rules, tt.want) {
				t.Errorf("got %v, want %v", p.Rules, tt.want)
			}
		})
	}
}

func TestFormsAndPicturesAreDrawn(t *testing.T) {
	const line = "BT /F 10 Tf 10 10 Td (A) Tj ET"
	tests := map[string]struct {
		content, form, want string
		images              int
	}{
		"a form where it is put":        {"1 0 0 1 100 0 cm /X Do BT /F 10 Tf 0 10 Td (B) Tj ET", stream("/Subtype/Form/Matrix[1 0 0 1 0 50]", line), "A@110,60; B@100,10", 0},
		"a form with its own resources": {"/X Do", stream("/Subtype/Form/Resources<</Font<</G 5 0 R>>>>", "BT /G 10 Tf 10 10 Td (A) Tj ET"), "A@10,10", 0},
		"a form that draws itself":      {"/X Do", stream("/Subtype/Form", line+" /X Do"), "A@10,10", 0},
		"a form that leaves q open":     {"/X Do BT /F 10 Tf 10 20 Td (B) Tj ET", stream("/Subtype/Form", "q 5 0 0 5 0 0 cm q"), "B@10,20", 0},
		"a form of a layer that is off": {"/X Do", stream("/Subtype/Form/OC 8 0 R", line), "", 0},
		"a picture":                     {"/X Do", stream("/Subtype/Image", "x"), "", 1},
		"what is not there":             {"/Y Do " + line, "null", "A@10,10", 0},
		"a picture in the content":      {"BI /W 2 /H 1 ID \xff\x00EI\x01 EI\n" + line, "null", "A@10,10", 1},
		"a picture without an end":      {"BI /W 2 ID \xff\x00 " + line, "null", "", 1},
		"a picture without data":        {"BI /W 2 EI " + line, "null", "A@10,10", 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, _ := drawn(t, tt.content, tt.form)
			if got := places(p.Glyphs); got != tt.want || p.Images != tt.images {
				t.Errorf("got %q and %d pictures, want %q and %d", got, p.Images, tt.want, tt.images)
			}
		})
	}
}

func TestAPageIsShownAsItsFrameSays(t *testing.T) {
	for frame, want := range map[string]string{
		"/MediaBox[0 0 600 800]":                         "600x800 A@100,700",
		"/MediaBox[0 0 600 800]/Rotate 90":               "800x600 A@700,500 angle -90",
		"/MediaBox[0 0 600 800]/Rotate 180":              "600x800 A@500,100 angle 180",
		"/MediaBox[0 0 600 800]/Rotate -90":              "800x600 A@100,100 angle 90",
		"/MediaBox[600 800 0 0]/CropBox[50 50 500 5000]": "450x750 A@50,650",
		"/MediaBox[0 0 0 0]":                             "612x792 A@100,700",
		"":                                               "612x792 A@100,700",
	} {
		d := opened(t, "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1"+frame+">>",
			"<</Type/Page/Contents[4 0 R 99 0 R 4 0 R]/Resources<</Font<</F 5 0 R>>>>>>", stream("", "BT /F 10 Tf 100 700 Td (A) Tj ET"), courier)
		p := pagesOf(t, d)[0]
		if got := fmt.Sprintf("%gx%g %s", p.Width, p.Height, places(p.Glyphs[:1])); got != want || len(p.Glyphs) != 2 {
			t.Errorf("%s: %q, %d glyphs; want %q twice", frame, got, len(p.Glyphs), want)
		}
	}
}

func TestAnnotations(t *testing.T) {
	field := "/Subtype/Widget/Rect[100 200 200 240]/AP<</N 6 0 R>>"
	d := opened(t, "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 600 800]>>",
		"<</Type/Page/Annots[<</Subtype/Link/Rect[30 20 10 40]/A<</URI(https://example.org/)>>>> <</Subtype/Link/Rect[0 0 9 9]>> <<"+field+">> <<"+field+"/F 2>> <<"+field+"/F 32>> 42]>>",
		"null", courier, stream("/Subtype/Form/BBox[0 0 50 20]/Resources<</Font<</F 5 0 R>>>>", "BT /F 5 Tf 10 10 Td (A) Tj ET"))
	p := pagesOf(t, d)[0]
	if want := []layout.Link{{X0: 10, Y0: 20, X1: 30, Y1: 40, URI: "https://example.org/"}}; !slices.Equal(p.Links, want) {
		t.Errorf("links %v, want %v", p.Links, want)
	}
	if got := places(p.Glyphs); got != "A@120,220" {
		t.Errorf("the shown field, and not the hidden ones: %q", got)
	}
}

func TestTreesThatHoldThemselvesEnd(t *testing.T) {
	d := opened(t, "<</Type/Catalog/Pages 2 0 R/Outlines<</First 4 0 R>>>>", "<</Type/Pages/Kids[2 0 R 3 0 R 3 0 R]/Count 3>>", "<</Type/Page>>",
		"<</Title(One)/First 4 0 R/Next 4 0 R>>")
	if pages := pagesOf(t, d); len(pages) != 2 || !d.Damaged {
		t.Errorf("%d pages, damaged %v", len(pages), d.Damaged)
	}
	if marks := d.Marks(); len(marks) != maxMarks || marks[0].Title != "One" {
		t.Errorf("%d bookmarks", len(marks))
	}
}

func TestPagesEndWithTheirLimits(t *testing.T) {
	page := "<</Type/Page/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
	three := func() *Document {
		return opened(t, "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 3 0 R 3 0 R]/Count 3>>", page, stream("", "BT /F 10 Tf 100 700 Td (ABC) Tj ET"), courier)
	}
	count := func(n *int) func(*layout.Page) { return func(p *layout.Page) { *n += len(p.Glyphs) } }

	n := 0
	if all, err := three().Pages(t.Context(), 2, count(&n)); all || err != nil || n != 6 {
		t.Errorf("two pages of three: all %v, %v, %d glyphs", all, err, n)
	}
	n = 0
	d := three()
	d.glyphs = 4
	if _, err := d.Pages(t.Context(), 9, count(&n)); err != nil || n != 4 {
		t.Errorf("four glyphs of nine: %v, %d", err, n)
	}
	n = 0
	d = three()
	d.budget = &filter.Budget{Left: 50}
	if _, err := d.Pages(t.Context(), 9, count(&n)); !errors.Is(err, filter.ErrBudget) || n != 3 {
		t.Errorf("streams beyond what is allowed: %v, %d glyphs", err, n)
	}
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	n = 0
	_, err := three().Pages(ctx, 9, func(p *layout.Page) { n++; cancel(cause) })
	if !errors.Is(err, cause) || n != 1 {
		t.Errorf("stopped on the first page: %v, %d pages", err, n)
	}
}

func TestTextStrings(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                                   "plain",
		"\xfe\xff\x00A\x20\xac":                   "A€",
		"\xff\xfeA\x00\xac\x20":                   "A€",
		"\xfe\xff\x00A\x00":                       "A",
		"\xfe\xff\xd8\x3d\xde\x00":                "😀",
		"\xef\xbb\xbfcaf\xc3\xa9":                 "café",
		"\xfe\xff\x00\x1b\x00f\x00r\x00\x1b\x00A": "A",
		"\xa0 caf\xe9":                            "€ café",
		"":                                        "",
	} {
		if got := Text(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestWhatIsNoDocumentIsRefused(t *testing.T) {
	for name, data := range map[string]string{"nothing": "", "a text": "hello", "half a file": "%PDF-1.7\n1 0 obj\n<<", "no pages": "%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Root<<>>>>\nstartxref\n9\n%%EOF\n"} {
		if d, err := Open([]byte(data), &filter.Budget{Left: 1 << 20}); err == nil || d != nil {
			t.Errorf("%s: opened", name)
		}
	}
}
