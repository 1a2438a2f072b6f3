package qdrant_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"freshet/index"
	"freshet/index/indextest"
	"freshet/index/qdrant"
	"freshet/index/qdrant/qdranttest"
)

var lexicalSpace = index.Space{Lexical: "test/1", Provider: "none"}

var denseSpace = index.Space{Lexical: "test/1", Provider: "test", Model: "random", Dimension: 8, Normalised: true}

// impatient options do not wait between attempts.
func impatient(t testing.TB, s *qdranttest.Server, space index.Space) qdrant.Options {
	o := optionsFor(t, s.Address(), space)
	o.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return o
}

func TestFaultsInEveryKthCallLeaveNothingWrong(t *testing.T) {
	for name, fault := range map[string]qdranttest.Fault{
		"unavailable":  {Code: codes.Unavailable},
		"aborted":      {Code: codes.Aborted},
		"reply lost":   {Code: codes.Unavailable, Lost: true},
		"slow server":  {Code: codes.DeadlineExceeded, Lost: true},
		"late write":   {WaitTimeout: true},
		"rate limited": {RetryAfter: 1},
	} {
		for _, k := range []int{2, 3, 7} {
			t.Run(fmt.Sprintf("%s, every %d", name, k), func(t *testing.T) {
				server := qdranttest.Start(t, qdranttest.Options{})
				o := impatient(t, server, denseSpace)
				store := open(t, o)
				defer store.Close()
				oracle, maker := indextest.NewOracleIn(denseSpace), indextest.NewMaker(uint64(k), denseSpace)
				maker.PerPoint = 12
				server.Inject(qdranttest.EveryKth(k, fault))
				if _, err := maker.Operate(t.Context(), 60, 40, 1, store, oracle); err != nil {
					t.Fatal(err)
				}
				for range 10 {
					q := maker.Query()
					r, err := store.Search(t.Context(), []index.Query{q})
					if err != nil {
						t.Fatal(err)
					}
					if err := oracle.Judge(q, r[0], 0.005); err != nil {
						t.Fatal(err)
					}
				}
				server.Inject(nil)
				if err := indextest.SameContent(t.Context(), store, oracle); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

func TestWritesThatAreNotDoneInTimeFail(t *testing.T) {
	server := qdranttest.Start(t, qdranttest.Options{})
	o := impatient(t, server, lexicalSpace)
	store := open(t, o)
	defer store.Close()
	server.Inject(qdranttest.EveryKth(1, qdranttest.Fault{WaitTimeout: true}))
	point := indextest.NewMaker(1, lexicalSpace).Point(indextest.ID(1), 1)
	for name, err := range map[string]error{
		"Upsert":  store.Upsert(t.Context(), []index.Point{point}),
		"Patch":   store.Patch(t.Context(), []index.ChunkID{point.ID}, index.Payload{}, 2),
		"Delete":  store.Delete(t.Context(), []index.ChunkID{point.ID}, 2),
		"SetMark": store.SetMark(t.Context(), index.Mark{Epoch: "e", Seq: 1}),
	} {
		wantUnavailable(t, name, err, "not finished it in time")
	}
}

func wantUnavailable(t *testing.T, what string, err error, words string) {
	t.Helper()
	if !errors.Is(err, index.ErrUnavailable) || !strings.Contains(err.Error(), words) {
		t.Errorf("%s: error %v, want ErrUnavailable with %q", what, err, words)
	}
}

func TestWaitsAsTheServerAsks(t *testing.T) {
	server := qdranttest.Start(t, qdranttest.Options{})
	o := impatient(t, server, lexicalSpace)
	var waits []time.Duration
	o.Sleep = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
	store := open(t, o)
	defer store.Close()
	limited := 2
	server.Inject(func(qdranttest.Call) qdranttest.Fault {
		if limited--; limited >= 0 {
			return qdranttest.Fault{RetryAfter: 3}
		}
		return qdranttest.Fault{}
	})
	if err := store.SetMark(t.Context(), index.Mark{Epoch: "e", Seq: 1}); err != nil {
		t.Fatal(err)
	}
	if len(waits) != 2 || waits[0] < 3*time.Second || waits[1] < 3*time.Second {
		t.Errorf("waited %v, want twice 3 s", waits)
	}
	waits = nil
	server.Inject(qdranttest.EveryKth(1, qdranttest.Fault{RetryAfter: 60}))
	calls := server.Calls()
	wantUnavailable(t, "SetMark", store.SetMark(t.Context(), index.Mark{Epoch: "e", Seq: 2}), "wait 60 s")
	if len(waits) != 0 || server.Calls() != calls+1 {
		t.Errorf("%d waits and %d calls for a server that asks for a minute", len(waits), server.Calls()-calls)
	}
}

func TestAnOutageIsNamedAndEnds(t *testing.T) {
	server := qdranttest.Start(t, qdranttest.Options{})
	o := impatient(t, server, lexicalSpace)
	store := open(t, o)
	defer store.Close()
	point := indextest.NewMaker(1, lexicalSpace).Point(indextest.ID(1), 1)
	if err := store.Upsert(t.Context(), []index.Point{point}); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	q := index.Query{Base: point.Base, Limit: 3, Lexical: []index.Term{{ID: point.Lexical.IDs[0], Value: 1}}}
	_, err := store.Search(t.Context(), []index.Query{q})
	wantUnavailable(t, "Search", err, "does not answer")
	_, err = qdrant.Open(t.Context(), o)
	wantUnavailable(t, "Open", err, "6334")
	if err := server.Listen(server.Address()); err != nil {
		t.Fatal(err)
	}
	var results []index.Result
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if results, err = store.Search(t.Context(), []index.Query{q}); err == nil {
			break
		}
	}
	if err != nil || len(results[0].Hits) != 1 {
		t.Fatalf("after the outage: %+v, %v", results, err)
	}
}

func TestASearchDoesNotWaitForASlowServer(t *testing.T) {
	server := qdranttest.Start(t, qdranttest.Options{})
	o := impatient(t, server, lexicalSpace)
	o.SearchTimeout = 50 * time.Millisecond
	store := open(t, o)
	defer store.Close()
	server.Inject(qdranttest.EveryKth(1, qdranttest.Fault{Delay: 10 * time.Second}))
	q := []index.Query{{Base: "help", Limit: 3, Lexical: []index.Term{{ID: 1, Value: 1}}}}
	began := time.Now()
	_, err := store.Search(t.Context(), q)
	wantUnavailable(t, "Search", err, "50ms")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := store.Search(ctx, q); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the caller's deadline", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}
