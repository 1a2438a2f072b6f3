package sitemap

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"freshet/connectors/connectortest"
)

func TestSitemapsThatAreNotWholeSaySo(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	fmt.Fprint(z, "<urlset><url><loc>https://www.example.org/a</loc></url></urlset>")
	z.Close()
	for name, c := range map[string]struct {
		text  string
		pages int
		fails bool
	}{
		"empty":              {"", 0, true},
		"no addresses":       {"<urlset></urlset>", 0, false},
		"cut short":          {"<urlset><url><loc>https://a/</loc></url><url><lo", 1, true},
		"never closed":       {"<urlset><url><loc>https://a/</loc></url>", 1, true},
		"a page":             {"<!doctype html><html><body>Not found</body></html>", 0, true},
		"words":              {"Not found", 0, true},
		"compressed":         {zipped.String(), 1, false},
		"compressed and cut": {zipped.String()[:zipped.Len()-12], 1, true},
		"entities":           {"<urlset><url><loc>https://a/?x=1&amp;y=2</loc></url></urlset>", 1, false},
		"unknown entity":     {"<urlset><url><loc>https://a/&boom;</loc></url></urlset>", 0, true},
		"latin":              {"<?xml version='1.0' encoding='iso-8859-1'?><urlset><url><loc>https://a/caf\xe9</loc></url></urlset>", 1, false},
		"deep":               {"<urlset>" + strings.Repeat("<x>", 100), 0, true},
		"a list":             {"https://a/\n\nhttps://b/\n", 2, false},
		"a list with words":  {"https://a/\nhello\n", 1, true},
		"too many":           {strings.Repeat("https://a/\n", MaxURLs+1), MaxURLs + 1, true},
		"other JSON":         {`{"a": 1}`, 0, true},
	} {
		m, err := Parse(strings.NewReader(c.text))
		if (err != nil) != c.fails || len(m.Pages) != c.pages {
			t.Errorf("%s: %d pages, %v", name, len(m.Pages), err)
		}
	}
}

func TestADecompressedSitemapThatIsTooLargeIsAnErrorAndNotAnEnd(t *testing.T) {
	for size, want := range map[int]bool{99: true, 100: true, 101: false} {
		// The error may come in place of the end: what is not larger ends at once.
		got, err := io.ReadAll(&capped{r: strings.NewReader(strings.Repeat("x", size)), left: 100})
		if (err == nil) != want || len(got) > 100 {
			t.Errorf("%d bytes of 100: %d, %v", size, len(got), err)
		}
	}
}

func FuzzSitemap(f *testing.F) {
	f.Add([]byte("<urlset><url><loc>https://a/</loc><link rel='alternate' href='x'/></url></urlset>"))
	f.Add([]byte("\x1f\x8b\x08"))
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1","items":[{"url":"https://a/"}]}`))
	f.Add([]byte("<rss><channel><item><link>https://a/</link></item></channel></rss>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, _ := Parse(bytes.NewReader(text))
		for _, p := range append(m.Pages, m.Sitemaps...) {
			if p == "" {
				t.Error("an empty address")
			}
		}
	})
}

func TestSitemapsAndFeedsHoldWhatTheyShould(t *testing.T) {
	var expected map[string]struct {
		Root          string
		Loc, Hreflang int
		Items         int
	}
	if err := json.Unmarshal(connectortest.Data(t, "sitemaps-feeds-trafilatura/expected.json"), &expected); err != nil {
		t.Fatal(err)
	}
	for name, want := range expected {
		m, err := Parse(bytes.NewReader(connectortest.Data(t, "sitemaps-feeds-trafilatura/"+name)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		all, marks := len(m.Pages)+len(m.Sitemaps)+len(m.Alternates), want.Hreflang
		if all != want.Loc+want.Items+marks || want.Root == "sitemapindex" && len(m.Sitemaps) != want.Loc || marks == 0 && len(m.Alternates) > 0 {
			t.Errorf("%s holds %d addresses, %d sitemaps and %d alternates, want %+v", name, len(m.Pages), len(m.Sitemaps), len(m.Alternates), want)
		}
	}
	plain, err := Parse(bytes.NewReader(connectortest.Data(t, "sitemaps-feeds-trafilatura/sitemap.xml")))
	if err != nil {
		t.Fatal(err)
	}
	zipped, err := Parse(bytes.NewReader(connectortest.Data(t, "sitemaps-feeds-trafilatura/sitemap.xml.gz")))
	if err != nil || !slices.Equal(plain.Pages, zipped.Pages) {
		t.Errorf("the compressed sitemap differs from the plain one (%v)", err)
	}
}
