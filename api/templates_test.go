package api

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"freshet/index/catalog"
)

func TestWhatStandsOnMostPagesIsShownWithItsSource(t *testing.T) {
	w := newWorld(t)
	var got SourceDetails
	w.get("admin", http.MethodGet, "/v1/sources/faq", "", &got)
	if got.Templates != nil {
		t.Errorf("before anything was learned: %+v", got.Templates)
	}
	block := func(hash uint64, text, kept string, pages int) catalog.TemplateBlock {
		return catalog.TemplateBlock{Hash: hash, Part: "html en", Times: 1, Pages: pages, Of: 20, Keeper: kept, Address: "https://example.org/" + kept, Text: text}
	}
	_, err := w.catalog.Apply(t.Context(), &catalog.Batch{Source: "faq", Templates: &catalog.Templates{Digest: "d", Learned: start, Pages: 20, Applied: true,
		Blocks: []catalog.TemplateBlock{block(1, "Menu", "", 12), block(2, "Hours", "", 19), block(3, "Shop", "shop", 12)}}})
	must(t, err)
	w.get("admin", http.MethodGet, "/v1/sources/faq", "", &got)
	want := &Templates{Learned: start, Pages: 20, KeptOn: []string{"https://example.org/", "https://example.org/shop"}, Blocks: []TemplateBlock{
		{Text: "Hours", Pages: 19, Of: 20, KeptOn: "https://example.org/"},
		{Text: "Menu", Pages: 12, Of: 20, KeptOn: "https://example.org/"},
		{Text: "Shop", Pages: 12, Of: 20, KeptOn: "https://example.org/shop"},
	}}
	if diff := cmp.Diff(want, got.Templates); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
