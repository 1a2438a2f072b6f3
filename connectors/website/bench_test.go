package website

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

// BenchmarkCrawl crawls a site of 1,000 pages of 20 KB with 40 links each over
// loopback, without a pause: the first time, and again when nothing changed.
func BenchmarkCrawl(b *testing.B) {
	s := newTestSite(b)
	s.validators = true
	for i := range 1000 {
		var text strings.Builder
		for j := range 40 {
			fmt.Fprintf(&text, `<a href="/p/page-%d">page</a> `, (i*7+j*13)%1000)
		}
		text.WriteString(strings.Repeat("<p>Some words of a page about prices and delays.</p>", 400))
		s.put(fmt.Sprintf("page-%d", i), text.String())
	}
	pull := func(b *testing.B, pos *connectortest.Position) {
		n := 0
		for c, err := range s.open(b, nil).Pull(b.Context(), pos) {
			if err != nil {
				b.Fatal(err)
			}
			pos.Take(c)
			switch c := c.(type) {
			case connectors.Upsert:
				r, err := c.Document.Open(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, r); err != nil {
					b.Fatal(err)
				}
				n++
			case connectors.Same:
				n++
			}
		}
		if n != 1001 {
			b.Fatalf("%d pages came", n)
		}
	}
	b.Run("first", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			pull(b, connectortest.NewPosition(connectors.Full))
		}
	})
	b.Run("unchanged", func(b *testing.B) {
		pos := connectortest.NewPosition(connectors.Full)
		pull(b, pos)
		b.ReportAllocs()
		for b.Loop() {
			pull(b, pos)
		}
	})
}
