package indextest

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"freshet/index"
)

// Least and greatest ID.
var (
	first = index.ChunkID{}
	last  = index.ChunkID{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
)

// SameContent compares the stamps and counts of two Stores, returning the first
// difference or nil.
func SameContent(ctx context.Context, got, want index.Store) error {
	gotStamps, err := AllStamps(ctx, got)
	if err != nil {
		return err
	}
	wantStamps, err := AllStamps(ctx, want)
	if err != nil {
		return err
	}
	if d := cmp.Diff(wantStamps, gotStamps); d != "" {
		return fmt.Errorf("stamps differ (-want +got): %s", d)
	}
	gotStats, err := got.Stats(ctx)
	if err != nil {
		return err
	}
	wantStats, err := want.Stats(ctx)
	if err != nil {
		return err
	}
	gotStats.Bytes, wantStats.Bytes = 0, 0
	if d := cmp.Diff(wantStats, gotStats, cmpopts.EquateEmpty()); d != "" {
		return fmt.Errorf("counts differ (-want +got): %s", d)
	}
	return nil
}

// AllStamps collects the stamps of a Store.
func AllStamps(ctx context.Context, s index.Store) ([]index.StampedID, error) {
	return stampsBetween(ctx, s, first, last)
}

func stampsBetween(ctx context.Context, s index.Store, from, to index.ChunkID) ([]index.StampedID, error) {
	var list []index.StampedID
	for stamp, err := range s.Stamps(ctx, from, to) {
		if err != nil {
			return nil, fmt.Errorf("read stamps: %w", err)
		}
		list = append(list, stamp)
	}
	return list, nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ask(t *testing.T, s index.Store, queries ...index.Query) []index.Result {
	t.Helper()
	results, err := s.Search(t.Context(), queries)
	must(t, err)
	if len(results) != len(queries) {
		t.Fatalf("%d results for %d queries", len(results), len(queries))
	}
	return results
}

func hitIDs(r index.Result) []index.ChunkID {
	list := make([]index.ChunkID, len(r.Hits))
	for i, h := range r.Hits {
		list[i] = h.ID
	}
	return list
}

func wantIDs(t *testing.T, r index.Result, want ...index.ChunkID) {
	t.Helper()
	if d := cmp.Diff(want, hitIDs(r), cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("hits differ (-want +got): %s", d)
	}
}

// words makes a point of one base from terms of weight 1.
func words(id index.ChunkID, base string, seq int64, terms ...uint32) index.Point {
	p := index.Point{ID: id, Base: base}
	for _, t := range terms {
		p.Lexical.IDs = append(p.Lexical.IDs, t)
		p.Lexical.Values = append(p.Lexical.Values, 1)
	}
	p.Stamp = index.Stamp{Input: inputOf(p), Payload: p.Payload.Hash(), Seq: seq}
	return p
}

func with(p index.Point, payload index.Payload) index.Point {
	p.Payload = payload
	p.Stamp.Payload = payload.Hash()
	return p
}

func word(base string, terms ...uint32) index.Query {
	q := index.Query{Base: base, Limit: 10}
	for _, t := range terms {
		q.Lexical = append(q.Lexical, index.Term{ID: t, Value: 1})
	}
	return q
}

// write does the same to a Store and to the Oracle.
func write(t *testing.T, s index.Store, o *Oracle, do func(index.Store) error) {
	t.Helper()
	must(t, do(s))
	must(t, do(o))
}

func judgeAll(t *testing.T, s index.Store, o *Oracle, queries []index.Query, tolerance float64) {
	t.Helper()
	for i, r := range ask(t, s, queries...) {
		if err := o.Judge(queries[i], r, tolerance); err != nil {
			t.Fatalf("query %d, %+v: %v", i, queries[i], err)
		}
	}
}
