package markup_test

import (
	"strings"
	"testing"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/formats"
)

func read(t *testing.T, lang, jsonld, body string) *extract.Text {
	t.Helper()
	page := "<!doctype html><html lang=" + lang + "><head><title>Shop</title><script type='application/ld+json; charset=utf-8'>" + jsonld + "</script></head><body>" + body + "</body></html>"
	text, err := formats.New(formats.Config{}).Extract(t.Context(), strings.NewReader(page), extract.Options{MediaType: "text/html"})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestWhatAPageSaysInJSONLDIsReadOnce(t *testing.T) {
	const (
		faq = `{"@type":"FAQPage","mainEntity":[{"@type":"Question","name":"May I pay later?","acceptedAnswer":{"@type":"Answer","text":"Yes &amp; no: <b>within ten days</b> of the order.<ul><li>by card</li><li>by transfer</li></ul>"}}]}`
		say = "<p>A page with a sentence of its own.</p>"
	)
	for name, c := range map[string]struct{ lang, jsonld, body, want, not string }{
		"questions":                       {"en", faq, say, "May I pay later?\n\nYes & no: within ten days of the order.\n\n- by card\n- by transfer", ""},
		"that the page answers itself":    {"en", faq, "<h2>May I pay later?</h2><p>Yes &amp; no: within ten days of the order.</p><ul><li>by card</li><li>by transfer</li></ul>", "by card", "transfer\n\nMay I"},
		"in a graph, a list and a string": {"en", `[{"@graph":[{"@type":["Thing","https://schema.org/QAPage"],"mainEntity":{"@type":"Question","name":"Why?","suggestedAnswer":[{"text":""},{"text":"Because of the tide."}]}}]}]`, say, "Why?\n\nBecause of the tide.", ""},
		"in a comment":                    {"en", "<!--" + faq + "-->", say, "within ten days", ""},
		"a question without an answer":    {"en", `{"@type":"Question","name":"Lost?"}`, say, "of its own", "Lost?"},
		"a price":                         {"en", `{"@type":"Product","name":"Kettle","offers":{"price":39.9,"priceCurrency":"EUR","availability":"http://schema.org/OutOfStock"}}`, say, "Kettle: price 39.9 EUR, out of stock.", ""},
		"a price that the page shows":     {"en", `{"@type":"Product","name":"Kettle","offers":[{"price":"1039.90","priceCurrency":"EUR","availability":"InStock"}]}`, "<p>Kettle, only 1039,90 € and in stock.</p>", "only", "Kettle:"},
		"a number that is no price":       {"en", `{"@type":"Product","name":"Kettle","offers":{"price":"17","priceCurrency":"USD"}}`, "<p>Boils 17 litres, 170 $ elsewhere.</p>", "Kettle: price 17 USD.", ""},
		"prices in French":                {"fr", `{"@type":"Product","name":"Bouilloire","offers":{"@type":"AggregateOffer","lowPrice":"29","highPrice":"49","priceCurrency":"EUR","availability":"https://schema.org/PreOrder"}}`, "<p>Une page en français.</p>", "Bouilloire : prix de 29 EUR à 49 EUR, en précommande.", ""},
		"variants":                        {"en", `{"@type":"ProductGroup","name":"Shirt","hasVariant":[{"name":"Blue","offers":{"price":"9","priceCurrency":"GBP"}},{"name":"Red","offers":{"priceSpecification":{"price":"8","priceCurrency":"GBP"}}}]}`, say, "Shirt (Blue): price 9 GBP.\n\nShirt (Red): price 8 GBP.", ""},
		"steps in sections":               {"en", `{"@type":"HowTo","name":"Mount it","step":[{"@type":"HowToSection","itemListElement":[{"name":"Drill","text":"Make two holes."},{"text":"Hang it."}]}]}`, say, "Mount it\n\n1. Drill: Make two holes.\n2. Hang it.", ""},
		"an article that scripts show":    {"en", `{"@type":"NewsArticle","articleBody":"First part.\nSecond part."}`, "<p>Loading</p>", "First part.\nSecond part.", ""},
		"broken":                          {"en", `{"@type":"Question","name":`, say, "of its own", "Question"},
		"of other types":                  {"en", `{"@type":7,"mainEntity":[[["x"]],null,{"@type":"Question","name":["",{"name":"Odd?"}],"acceptedAnswer":{"text":5}}],"offers":"x"}`, say, "Odd?\n\n5", ""},
		"nested without end":              {"en", strings.Repeat(`{"@graph":[`, 3_000) + strings.Repeat(`]}`, 3_000), say, "of its own", ""},
	} {
		t.Run(name, func(t *testing.T) {
			plain := read(t, c.lang, c.jsonld, c.body).Plain()
			if !strings.Contains(plain, c.want) || c.not != "" && strings.Contains(plain, c.not) {
				t.Errorf("got %q, want %q, not %q", plain, c.want, c.not)
			}
		})
	}
}

func TestPropertiesFromJSONLD(t *testing.T) {
	text := read(t, "en", `{"@graph":[{"@type":"Article","headline":"H","datePublished":"2026-01-02","dateModified":"2026-02-03T04:05:06Z","author":[{"@type":"Person","name":"A. Writer"}]}]}`, "<p>Some words.</p>")
	for key, want := range map[string]string{"published": "2026-01-02", "modified": "2026-02-03T04:05:06Z", "author": "A. Writer"} {
		if got := text.Properties[key]; got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

func TestThousandsOfQuestionsAreReadInTime(t *testing.T) {
	one := `{"@type":"Question","name":"Q?","acceptedAnswer":{"text":"` + strings.Repeat("<b>", 50) + `"}},`
	text := read(t, "en", "["+strings.Repeat(one, 4_000)+"{}]", "<p>Words.</p>")
	if got := text.Plain(); got != "Words." {
		t.Errorf("got %.200q", got)
	}
}
