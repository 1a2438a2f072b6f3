package retrieve

import (
	"context"
	"fmt"
	"testing"
	"time"

	"freshet/index"
	"freshet/index/lexical"
)

// timed counts what a Store and a Catalog take of a search.
type timed struct {
	*world
	spent time.Duration
}

func (s *timed) Search(ctx context.Context, q []index.Query) ([]index.Result, error) {
	defer func(start time.Time) { s.spent += time.Since(start) }(time.Now())
	return s.world.Search(ctx, q)
}

func (s *timed) Vouch(ctx context.Context, r index.VouchRequest) ([]index.Passage, error) {
	defer func(start time.Time) { s.spent += time.Since(start) }(time.Now())
	return s.world.Vouch(ctx, r)
}

func (s *timed) Around(ctx context.Context, r index.AroundRequest) ([]index.Passage, error) {
	defer func(start time.Time) { s.spent += time.Since(start) }(time.Now())
	return s.world.Around(ctx, r)
}

// BenchmarkOwnTime reports as own-µs what a question costs beside the Store and the
// Catalog, whose brute force is no measure here.
func BenchmarkOwnTime(b *testing.B) {
	w := &world{t: b, terms: lexical.NewTerms(), hidden: map[string]bool{}, readers: map[string]string{}, mark: 10}
	for d := range 60 {
		key := fmt.Sprintf("d%d", d)
		w.add(key, fmt.Sprintf("How do I change the %s of my account?", filler(2, fmt.Sprintf("w%d", d%20))),
			[]string{"Choose the account page and change the address, the card and the password. " + filler(120, fmt.Sprintf("v%d", d))}, nil)
	}
	s := &timed{world: w}
	r := New(Options{
		Active: func() Active { return Active{Store: s} }, Catalog: s, Terms: w.terms,
		Base: func(string) (Base, bool) { return Base{Languages: []string{"fr", "en"}}, true },
	})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Search(b.Context(), Request{Base: "b", Query: "how can I change the adress of the card in my account page", Limit: 5}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((b.Elapsed()-s.spent).Microseconds())/float64(b.N), "own-µs/op")
}
