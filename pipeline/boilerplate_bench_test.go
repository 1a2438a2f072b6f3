package pipeline

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/index/catalog"
	"freshet/pipeline/extract/formats"
	"freshet/pipeline/templates"
)

// BenchmarkLearn finds out what 10,000 stored pages of twenty sections have in common,
// of 40 blocks each, twelve of them of the template.
func BenchmarkLearn(b *testing.B) {
	const n = 10000
	ctx := b.Context()
	c, err := catalog.Open(ctx, catalog.Options{Path: filepath.Join(b.TempDir(), "catalog.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	src := connectortest.NewMemory()
	kind := src.Kind()
	kind.HasFeed, kind.Templated, kind.PublicByDefault = false, true, true
	syncer := NewSyncer(Options{Catalog: c, Extractor: formats.New(formats.Config{}),
		Open: func(context.Context, catalog.Source) (connectors.Source, connectors.Kind, error) {
			return src, kind, nil
		}})
	if err := c.PutBase(ctx, catalog.Base{ID: "help", Languages: []string{"en"}}); err != nil {
		b.Fatal(err)
	}
	if err := c.PutSource(ctx, catalog.Source{ID: "s", Base: "help", Kind: "memory", Digest: "d", State: catalog.Published}); err != nil {
		b.Fatal(err)
	}
	var menu, foot strings.Builder
	for i := range 6 {
		fmt.Fprintf(&menu, "<p>%s of the menu</p>", coined(uint64(i)*77))
		fmt.Fprintf(&foot, "<p>%s of the foot, open from 9 to 17</p>", coined(uint64(i)*99))
	}
	for i := range n {
		var text strings.Builder
		text.WriteString(menu.String())
		fmt.Fprintf(&text, "<h1>Page %d</h1>", i)
		for k := range 27 {
			fmt.Fprintf(&text, "<p>%s %s says %d of page %d and goes on for a dozen words or so.</p>", coined(uint64(i*k)), coined(uint64(k)), k, i)
		}
		text.WriteString(foot.String())
		src.PutDocument(connectors.Document{ID: fmt.Sprint(i), URI: fmt.Sprintf("https://example.org/%d/%d", i%20, i)}, text.String())
	}
	began := time.Now()
	res, err := syncer.Run(ctx, "s", RunOptions{})
	if err != nil || res.Report.Result != catalog.RunDone || res.Report.Reprocessed != n-1 {
		b.Fatalf("%+v %v", res.Report, err)
	}
	b.Logf("the first run took %s", time.Since(began).Round(time.Millisecond))
	r, err := syncer.begin(ctx, "s", RunOptions{})
	if err != nil {
		b.Fatal(err)
	}
	known, err := c.TemplatesOf(ctx, "s")
	if err != nil || len(known.Blocks) != 12 {
		b.Fatalf("%+v %v", known, err)
	}
	b.ReportAllocs()
	for b.Loop() {
		pages, err := r.rankedPages(ctx)
		if err != nil {
			b.Fatal(err)
		}
		blocks, err := r.count(ctx, known.Blocks, pages)
		if err != nil || templates.Digest(blocks) != known.Digest {
			b.Fatalf("%d blocks, %v", len(blocks), err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}
