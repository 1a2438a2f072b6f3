package qdrant_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"freshet/index"
	"freshet/index/indextest"
	"freshet/index/qdrant"
	"freshet/index/qdrant/qdranttest"
)

// A document of two chunks is replaced again and again, as the Applier does it: new
// points, then the mark, then the old points are deleted. A search that reports
// mark m has to find the document as it was at m, in the process that writes and in
// others.
func TestSearchesFindTheDocumentOfTheirMark(t *testing.T) {
	address := realServer()
	if address == "" {
		address = qdranttest.Start(t, qdranttest.Options{}).Address()
	}
	writer := fresh(t, address, lexicalSpace)
	defer writer.Close()
	version := func(seq int64) []index.Point {
		var list []index.Point
		for i := range 2 {
			list = append(list, index.Point{
				ID: indextest.ID(int(seq)*2 + i), Base: "help", Stamp: index.Stamp{Seq: seq},
				Lexical: index.SparseVector{IDs: []uint32{7}, Values: []float32{1}},
			})
		}
		return list
	}
	shared := writer.options
	shared.Shared = true
	replace := func(seq int64) error {
		old := version(seq - 1)
		return errors.Join(
			writer.Upsert(t.Context(), version(seq)),
			writer.SetMark(t.Context(), index.Mark{Epoch: "e", Seq: seq}),
			writer.Delete(t.Context(), []index.ChunkID{old[0].ID, old[1].ID}, seq-1))
	}
	if err := replace(1); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	look := func(s *qdrant.Store, explain int) {
		q := index.Query{Base: "help", Limit: 10, Lexical: []index.Term{{ID: 7, Value: 1}}, Explain: explain}
		found := 0
		for ctx.Err() == nil {
			results, err := s.Search(t.Context(), []index.Query{q})
			if errors.Is(err, index.ErrUnavailable) {
				continue // the mark never stood still; a standby answers then
			}
			if err != nil {
				t.Error(err)
				return
			}
			have := map[index.ChunkID]bool{}
			for _, h := range results[0].Hits {
				have[h.ID] = true
			}
			for _, p := range version(results[0].Mark) {
				if !have[p.ID] {
					t.Errorf("at mark %d chunk %s is missing", results[0].Mark, p.ID)
					return
				}
			}
			found++
		}
		if found == 0 {
			t.Error("no search was answered")
		}
	}
	reader := open(t, shared)
	defer reader.Close()
	for _, s := range []*opened{writer, reader} {
		for _, explain := range []int{0, 3} {
			group.Go(func() { look(s.Store, explain) })
		}
	}
	for seq := int64(2); seq < 300; seq++ {
		if err := replace(seq); err != nil {
			t.Error(err)
			break
		}
	}
	stop()
	group.Wait()
}

// A process that took itself for the only writer notices that it is not.
func TestAnotherWriterIsNoticed(t *testing.T) {
	server := qdranttest.Start(t, qdranttest.Options{})
	a := open(t, optionsFor(t, server.Address(), lexicalSpace))
	defer a.Close()
	b := open(t, a.options)
	defer b.Close()
	q := []index.Query{{Base: "help", Limit: 10, Lexical: []index.Term{{ID: 7, Value: 1}}}}
	for seq := int64(1); seq < 5; seq++ {
		if err := b.SetMark(t.Context(), index.Mark{Epoch: "e", Seq: seq}); err != nil {
			t.Fatal(err)
		}
		results, err := a.Search(t.Context(), q)
		if err != nil || results[0].Mark != seq {
			t.Errorf("%+v, %v, want mark %d", results, err, seq)
		}
	}
}

// A mark that could not be set is not reported, and the one before still is.
func TestAMarkThatFailedIsNotReported(t *testing.T) {
	server := qdranttest.Start(t, qdranttest.Options{})
	o := impatient(t, server, lexicalSpace)
	s := open(t, o)
	defer s.Close()
	if err := s.SetMark(t.Context(), index.Mark{Epoch: "e", Seq: 4}); err != nil {
		t.Fatal(err)
	}
	q := []index.Query{{Base: "help", Limit: 10, Lexical: []index.Term{{ID: 7, Value: 1}}}}
	for _, fault := range []qdranttest.Fault{{Code: 14}, {Code: 14, Lost: true}} {
		server.Inject(qdranttest.EveryKth(1, fault))
		if err := s.SetMark(t.Context(), index.Mark{Epoch: "e", Seq: 5}); err == nil {
			t.Fatal("SetMark does not say that it failed")
		}
		server.Inject(nil)
		if results, err := s.Search(t.Context(), q); err != nil || results[0].Mark != 4 {
			t.Errorf("%+v, %v, want mark 4", results, err)
		}
	}
}
