package markup_test

import (
	"html"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/formats"
)

// FuzzStatements reads pages that say something of themselves in JSON-LD: what comes
// out is whole, is not said twice, and does not depend on the reading before.
func FuzzStatements(f *testing.F) {
	for _, s := range []string{
		`{"@type":"FAQPage","mainEntity":[{"@type":"Question","name":"May I pay later?","acceptedAnswer":{"@type":"Answer","text":"Yes &amp; <b>within</b><ul><li>ten</li></ul>"}}]}`,
		`[{"@graph":[{"@type":["Thing","https://schema.org/QAPage"],"mainEntity":{"@type":"Question","text":"Why?","suggestedAnswer":[{"text":""},{"text":"Tide.\nAnd moon."}]}}]}];`,
		`{"@type":"Product","name":"Kettle","offers":{"price":39.9,"priceCurrency":"EUR","availability":"http://schema.org/OutOfStock"}}`,
		`{"@type":"Product","name":"Bouilloire","offers":{"@type":"AggregateOffer","lowPrice":"29","highPrice":"49","priceCurrency":"EUR"}}`,
		`{"@type":"ProductGroup","name":"Shirt","hasVariant":[{"name":"Blue","offers":{"price":"9"}},{"name":"Red","offers":{"priceSpecification":{"price":"8","priceCurrency":"GBP"}}}]}`,
		`{"@type":"HowTo","name":"Mount it","step":[{"itemListElement":[{"name":"Drill","text":"Make two holes."},{"text":"Hang it."}]}],"steps":{"text":"Rest."}}`,
		`{"@type":"NewsArticle","headline":"H","author":[{"name":"A"}],"datePublished":"2026-01-02","articleBody":"First.\n<table><tr><td>x<td>y</table>"}`,
		`<!--{"@type":7,"mainEntity":[[["x"]],null,{"@type":"Question","name":["",{"@value":"Odd?"}],"acceptedAnswer":{"text":5e300}}]}-->`,
		strings.Repeat(`{"@graph":[`, 30) + strings.Repeat(`]}`, 30),
		"{\"@type\":\"Question\",\"name\":\"\\ud800\xff\",\"acceptedAnswer\":{\"text\":\"<p><p><details><summary>q</summary>\\u0000\"}}",
	} {
		f.Add(s, "A page with a sentence of its own, 1039,90 €.", false)
		f.Add(s, "", true)
	}
	x := formats.New(formats.Config{Limits: extract.Limits{Bytes: 1 << 20}})
	f.Fuzz(func(t *testing.T, statement, body string, french bool) {
		// The script must not end early: the rest would be the page's own text.
		if strings.Contains(strings.ToLower(statement), "</script") {
			return
		}
		lang := "en"
		if french {
			lang = "fr"
		}
		page := "<!doctype html><html lang=" + lang + "><script type=application/ld+json>" + statement + "</script><body><p>" + html.EscapeString(body) + "</p></body></html>"
		first := statementsRead(t, x, page)
		if again := statementsRead(t, x, page); again != first {
			t.Fatalf("read once: %q\nagain: %q", first, again)
		}
	})
}

// statementsRead reads a page and returns its text, "" for one that is refused.
func statementsRead(t *testing.T, x *formats.Extractor, page string) string {
	t.Helper()
	text, err := x.Extract(t.Context(), strings.NewReader(page), extract.Options{MediaType: "text/html", URI: "https://example.org/a"})
	if err != nil {
		if connectors.AsVerdict(err) == nil {
			t.Fatalf("neither a text nor a verdict: %v", err)
		}
		return ""
	}
	for i := range text.Blocks {
		b := &text.Blocks[i]
		switch {
		case b.Kind == extract.Heading && (b.Level < 1 || strings.TrimSpace(b.Text) == ""):
			t.Fatalf("a heading without level or text: %+v", b)
		case b.Question && (i+1 == len(text.Blocks) || text.Blocks[i+1].Kind == extract.Heading && text.Blocks[i+1].Level <= b.Level):
			t.Fatalf("a question without an answer: %+v", b)
		case b.Kind == extract.List && len(b.Items) == 0, b.Kind == extract.Table && (len(b.Rows) == 0 || b.HeaderRows >= len(b.Rows)):
			t.Fatalf("an empty block: %+v", b)
		}
	}
	plain := text.Plain()
	if strings.ToValidUTF8(plain, "") != plain || strings.ContainsRune(plain, 0) {
		t.Fatalf("the text is not clean: %q", plain)
	}
	return plain
}
