// Package embedded is the index.Store inside the process: exact search over
// inverted lists and, where there are dense vectors, over a flat array.
//
// A knowledge base is a list of immutable segments. A write makes a small segment
// and, where it replaces or removes chunks, copies the bitmaps that say so; the new
// list is published through one pointer together with the mark, so a search sees
// one moment and waits for nobody. One goroutine merges small segments, rewrites
// those that are a quarter dead, and writes the snapshot.
//
// Everything here can be made again from the catalog. A snapshot only saves the
// time: one that is damaged, or of another space, is discarded and the Store
// starts empty with the zero Mark.
package embedded

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"freshet/index"
)

// Options of a Store. Limits that are 0 take their defaults.
type Options struct {
	// Dir holds the snapshot and belongs to the Store alone; "" keeps nothing.
	Dir string
	// Space of the vectors. A snapshot of another one is discarded.
	Space index.Space
	// Log gets what was discarded and why, and failures to write a snapshot; nil
	// for none.
	Log *slog.Logger

	// SegmentChunks is the most chunks of a segment: 65,535 by default and at most.
	SegmentChunks int
	// MergeAt is the number of segments of a knowledge base, beside full ones, at
	// which small ones are merged; 16 by default.
	MergeAt int
	// QuietMergeAt is the number at which they are merged once nobody has written
	// for three seconds; 3 by default, negative for never.
	QuietMergeAt int
	// WaitAt is the number at which writers wait for merging; 64 by default.
	WaitAt int
	// SnapshotEvery is how many entries of the change log the mark moves between
	// two snapshots; 5,000 by default.
	SnapshotEvery int64
	// CachedFilters is for how many filters a segment keeps which payloads pass;
	// 64 by default.
	CachedFilters int
	// Yield, when set, is called by the goroutine that merges, about every millisecond
	// of its work and never with a lock. It waits as long as questions should go first.
	Yield func()
	// MapBytes is the size from which on a segment is used from its file instead
	// of the heap, where the system can map files; 1 MiB by default.
	MapBytes int64
}

func (o Options) complete() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.SegmentChunks = min(cmp.Or(max(o.SegmentChunks, 0), maxChunks), maxChunks)
	o.MergeAt = max(cmp.Or(o.MergeAt, 16), 2)
	o.QuietMergeAt = cmp.Or(o.QuietMergeAt, 3)
	o.WaitAt = max(cmp.Or(o.WaitAt, 64), o.MergeAt+1)
	o.SnapshotEvery = cmp.Or(o.SnapshotEvery, 5000)
	o.CachedFilters = max(cmp.Or(o.CachedFilters, 64), 1)
	if o.Yield == nil {
		o.Yield = func() {}
	}
	o.MapBytes = cmp.Or(o.MapBytes, 1<<20)
	return o
}

// A Store is an index.Store. Its methods may be called from several goroutines.
type Store struct {
	options Options
	state   atomic.Pointer[state] // nil when closed
	work    sync.Pool             // of *workspace

	write   sync.Mutex    // held while a next state is made
	settled chan struct{} // closed and renewed, under write, when the keeper has merged

	disk *disk // the keeper's, and Close's after it; nil without Dir
	wake chan struct{}
	stop chan struct{}
	done chan struct{}
}

var _ index.Store = (*Store)(nil)

// Open opens a Store with what its snapshot holds. A missing, damaged or foreign
// snapshot is no error: the Store is then empty, and its log has the reason. An
// error means that Dir cannot be used.
func Open(o Options) (*Store, error) {
	s := &Store{
		options: o.complete(),
		settled: make(chan struct{}),
		wake:    make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
	s.work.New = func() any { return new(workspace) }
	start := &state{bases: map[string][]*view{}}
	if o.Dir != "" {
		var err error
		if s.disk, start, err = openDisk(s.options); err != nil {
			return nil, fmt.Errorf("open the search index in %s: %w", o.Dir, err)
		}
	}
	s.state.Store(start)
	go s.keep()
	s.nudge()
	return s, nil
}

var errClosed = fmt.Errorf("the search index is closed: %w", index.ErrUnavailable)

func (s *Store) usable(ctx context.Context) (*state, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	st := s.state.Load()
	if st == nil {
		return nil, errClosed
	}
	return st, nil
}

// Close waits for the merge that runs, writes the snapshot and forgets everything.
// Searches that run end as usual. Closing twice is no error.
func (s *Store) Close() error {
	s.write.Lock()
	final := s.state.Swap(nil)
	s.write.Unlock()
	if final == nil {
		<-s.done
		return nil
	}
	close(s.stop)
	<-s.done
	if s.disk == nil {
		return nil
	}
	if err := s.disk.snapshot(final); err != nil {
		return fmt.Errorf("close the search index: %w", err)
	}
	return nil
}

// Mark implements index.Store.
func (s *Store) Mark(ctx context.Context) (index.Mark, error) {
	st, err := s.usable(ctx)
	if err != nil {
		return index.Mark{}, err
	}
	return st.mark, nil
}

// Stats implements index.Store. Bytes counts the arrays of all segments, mapped or
// not.
func (s *Store) Stats(ctx context.Context) (index.Stats, error) {
	st, err := s.usable(ctx)
	if err != nil {
		return index.Stats{}, err
	}
	stats := index.Stats{ByBase: make(map[string]int, len(st.bases))}
	for base, list := range st.bases {
		for _, v := range list {
			stats.Points += v.alive()
			stats.ByBase[base] += v.alive()
			stats.Bytes += v.seg.bytes()
		}
	}
	return stats, nil
}
