// Package qdrant is the index.Store on a Qdrant server: one collection for each
// Space, behind an alias that says which of them is active. A Store asks the
// collection of its Space by its own name, so that it never meets the vectors of
// another; the alias is for those who switch and for others who read.
//
// A collection has the sparse vector "lexical", without a modifier because idf
// comes with the query, and the dense vector "dense" where the Space has one. A
// point's payload carries its knowledge base as tenant key, its stamp, and what
// filters look at as a list of keywords (see keyword.go), so that any facet is
// indexed and the server's strict mode never refuses a search. Weights are sent
// quantised as the embedded Store keeps them, so both rank alike.
//
// The reserved point number 1 carries the mark. No search finds it: it has no
// vectors and no knowledge base.
//
// What package index says of conditions is kept by the server: an update, a patch
// and a deletion carry a filter on the sequence number. Servers before 1.16 do not
// know that filter for updates; there the present stamps are read first, which is
// enough for one writer.
package qdrant

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"freshet/index"
)

// Quantization says whether dense vectors are searched by a smaller form first;
// what that finds is weighed again by the whole vectors.
type Quantization string

const (
	// Unquantized searches whole vectors. The default.
	Unquantized Quantization = "none"
	// Int8 takes a quarter of the memory.
	Int8 Quantization = "int8"
	// Binary takes a 32nd of the memory; for vectors of 1,000 dimensions and more.
	Binary Quantization = "binary"
)

// Datatype is the precision in which dense vectors are kept.
type Datatype string

const (
	// Float32 keeps them as they are. The default.
	Float32 Datatype = "float32"
	// Float16 takes half of it, and differs in the third decimal of a score.
	Float16 Datatype = "float16"
)

// Options of a Store. Address, Collection and Space are required. What concerns
// how a collection is laid out (from Shards to OnDisk) counts when it is created
// and never changes one that is there.
type Options struct {
	Address string      // host:port of the gRPC interface; without a port 6334
	APIKey  string      // "" without one
	TLS     *tls.Config // nil: no encryption

	// Collection is the alias. The collections behind it have its name with the
	// beginning of their Space's fingerprint, unless Name says otherwise.
	Collection string
	// Name is that of the Store's own collection; "": CollectionOf(Collection, Space).
	Name  string
	Space index.Space
	// Epoch of the catalog that the collection is filled from. One with another
	// epoch is refused with ErrEpoch; "" accepts any.
	Epoch string
	// Refill empties a collection that is of another catalog or layout instead
	// of refusing it.
	Refill bool

	Shards           int // 1
	Replicas         int // 1
	WriteConsistency int // replicas that confirm a write; 1
	Quantization     Quantization
	Datatype         Datatype
	OnDisk           bool // vectors and their indexes; quantised ones stay in memory

	// Shared says that other processes write to the collection as well. Each
	// search then reads the mark once more when it is done, a small round trip.
	Shared bool

	// BatchBytes is about the size of a request that writes points; 4 MiB.
	BatchBytes int
	// BatchPoints is the most points of a request; 1,000, or fewer when the
	// server says so.
	BatchPoints int
	// Attempts is how often a write is tried in all; 6. Reads are tried twice.
	Attempts int
	// LongestWait bounds one wait between attempts; 5 s. When the server asks for
	// a longer one the call fails at once.
	LongestWait time.Duration
	// SearchTimeout bounds a Search with its attempts; 5 s.
	SearchTimeout time.Duration
	// CallTimeout bounds one attempt of any other call; 60 s.
	CallTimeout time.Duration

	// Log gets what was created, retried and noticed; nil for none.
	Log *slog.Logger
	// Sleep waits between attempts; nil: a timer. It returns early with the
	// context's error.
	Sleep func(ctx context.Context, d time.Duration) error
}

func (o Options) complete() (Options, error) {
	o.Quantization = cmp.Or(o.Quantization, Unquantized)
	o.Datatype = cmp.Or(o.Datatype, Float32)
	switch {
	case o.Collection == "":
		return o, fmt.Errorf("no collection is named: set index.qdrant.collection")
	case o.Quantization != Unquantized && o.Quantization != Int8 && o.Quantization != Binary:
		return o, fmt.Errorf("quantization is %q: it can be none, int8 or binary", o.Quantization)
	case o.Datatype != Float32 && o.Datatype != Float16:
		return o, fmt.Errorf("datatype is %q: it can be float32 or float16", o.Datatype)
	case o.Shards < 0 || o.Replicas < 0 || o.WriteConsistency < 0:
		return o, fmt.Errorf("shards, replicas and write_consistency have to be above 0")
	}
	number := func(p *int, n int) {
		if *p <= 0 {
			*p = n
		}
	}
	number(&o.Shards, 1)
	number(&o.Replicas, 1)
	number(&o.WriteConsistency, 1)
	number(&o.BatchBytes, 4<<20)
	number(&o.BatchPoints, 1000)
	number(&o.Attempts, 6)
	o.LongestWait = cmp.Or(o.LongestWait, 5*time.Second)
	o.SearchTimeout = cmp.Or(o.SearchTimeout, 5*time.Second)
	o.CallTimeout = cmp.Or(o.CallTimeout, time.Minute)
	if o.WriteConsistency > o.Replicas {
		return o, fmt.Errorf("write_consistency is %d, but there are %d replicas: no write would ever succeed", o.WriteConsistency, o.Replicas)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	return o, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A Store is an index.Store on a collection. Its methods may be called from
// several goroutines; two Patches or Deletes of the same points are ordered by
// their sequence numbers, whatever order they arrive in.
type Store struct {
	options Options
	server  *Server
	name    string // of the collection
	limits  limits
	marks   marks
	closing sync.Once
}

var _ index.Store = (*Store)(nil)

// Open connects and opens the collection of o.Space, creating it, with its
// indexes, when it is not there. An alias that does not exist yet is pointed at
// it; one that points elsewhere is left alone (see Activate).
//
// The error is index.ErrUnavailable when the server cannot be asked,
// index.ErrEpoch when the collection was filled from another catalog, and
// index.ErrSpace when it is not one of this Space and layout.
func Open(ctx context.Context, o Options) (*Store, error) {
	o, err := o.complete()
	if err != nil {
		return nil, fmt.Errorf("open the qdrant index: %w", err)
	}
	server, err := Connect(ctx, o)
	if err != nil {
		return nil, err
	}
	s := &Store{options: o, server: server, name: cmp.Or(o.Name, CollectionOf(o.Collection, o.Space))}
	if err := s.prepare(ctx); err != nil {
		server.Close()
		return nil, fmt.Errorf("open collection %s on %s: %w", s.name, o.Address, err)
	}
	return s, nil
}

// Name is the name of the collection itself.
func (s *Store) Name() string { return s.name }

// Server is the Store's connection; it is closed with the Store.
func (s *Store) Server() *Server { return s.server }

// Activate points the alias at this Store's collection, in one step.
func (s *Store) Activate(ctx context.Context) error {
	return s.server.Point(ctx, s.options.Collection, s.name)
}

// Close ends the connection. Calls that run end with an error. Closing twice is
// no error.
func (s *Store) Close() error {
	var err error
	s.closing.Do(func() { err = s.server.Close() })
	return err
}
