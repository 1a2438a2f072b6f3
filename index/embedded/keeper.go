package embedded

import (
	"cmp"
	"log/slog"
	"slices"
	"time"
)

// quietAfter is how long nobody must have written until few segments are worth a
// merge that would not pay for itself during a sync: every question looks up its
// terms in each of them.
const quietAfter = 3 * time.Second

// keep is the goroutine behind a Store: it merges and writes snapshots until the
// Store is closed.
func (s *Store) keep() {
	defer close(s.done)
	quiet := time.NewTimer(quietAfter)
	defer quiet.Stop()
	for {
		o := s.options
		select {
		case <-s.stop:
			return
		case <-s.wake:
			quiet.Reset(quietAfter)
		case <-quiet.C:
			if o.QuietMergeAt < 0 {
				continue
			}
			o.MergeAt = max(o.QuietMergeAt, 2)
		}
		for s.mergeOne(o) {
			s.snapshotIfDue()
		}
		s.snapshotIfDue()
	}
}

// mergeOne does the most urgent merge by these options and reports whether there
// was one.
func (s *Store) mergeOne(o Options) bool {
	st := s.state.Load()
	if st == nil {
		return false
	}
	for _, list := range st.bases {
		if inputs := o.choose(list); inputs != nil {
			m := merge(inputs, s.options.Space.Dimension, s.options.CachedFilters, s.options.Yield)
			if s.disk != nil {
				s.options.Yield()
				m.out = s.disk.moveOut(m.out)
			}
			return s.publish(m)
		}
	}
	return false
}

func (s *Store) publish(m *merger) bool {
	s.write.Lock()
	defer s.write.Unlock()
	st := s.state.Load()
	if st == nil {
		return false
	}
	e := newEdit(st)
	if m.put(e) {
		e.sweep()
		s.state.Store(e.next)
	}
	close(s.settled)
	s.settled = make(chan struct{})
	return true
}

// choose returns the views to merge now, or nil. Segments that are a quarter dead
// or patched are rewritten alone; of small ones, once there are MergeAt, at least
// half are joined, and every larger one that costs no more than those before it
// together, so that a chunk is rewritten a logarithmic number of times.
func (o Options) choose(list []*view) []*view {
	small, wasted := o.smallViews(list)
	if wasted != nil {
		return []*view{wasted}
	}
	if len(small) < o.MergeAt {
		return nil
	}
	slices.SortStableFunc(small, func(a, b *view) int { return cmp.Compare(a.alive(), b.alive()) })
	n, chunks, postings, texts := 0, 0, 0, 0
	for _, v := range small {
		if n >= max(o.MergeAt/2, 2) && v.alive() > chunks {
			break
		}
		chunks, postings, texts = chunks+v.alive(), postings+len(v.seg.locals), texts+v.payloadBytes()
		if chunks > o.SegmentChunks || postings > maxPostings || texts > maxArena {
			break
		}
		n++
	}
	if n < 2 {
		return nil
	}
	return small[:n]
}

// smallViews returns the views that may still be joined with others, which are
// those below half of a full segment, and one that is due for a rewrite.
func (o Options) smallViews(list []*view) (small []*view, wasted *view) {
	for _, v := range list {
		if v.waste() > 16 && v.waste()*4 > v.seg.len() {
			wasted = v
		}
		if v.alive()*2 <= o.SegmentChunks && len(v.seg.locals) <= maxPostings/2 && v.payloadBytes() <= maxArena/2 {
			small = append(small, v)
		}
	}
	return small, wasted
}

func (s *Store) snapshotIfDue() {
	st := s.state.Load()
	if s.disk == nil || st == nil || !s.disk.due(st.mark) {
		return
	}
	if err := s.disk.snapshot(st); err != nil {
		s.options.Log.Error("the snapshot of the search index could not be written; it is tried again", slog.Any("error", err))
		return
	}
	s.swapIn(st)
}

// swapIn lets the state use the files of segments that the snapshot wrote, so that
// the heap can let go of them.
func (s *Store) swapIn(written *state) {
	for base, list := range written.bases {
		for _, v := range list {
			mapped := s.disk.mapped(v.seg)
			if mapped == nil {
				continue
			}
			if s.replace(base, v.seg, mapped) {
				s.disk.forget(v.seg)
			}
		}
	}
}

func (s *Store) replace(base string, old, by *segment) bool {
	s.write.Lock()
	defer s.write.Unlock()
	st := s.state.Load()
	if st == nil {
		return false
	}
	e := newEdit(st)
	e.next.version = st.version
	for i, v := range st.bases[base] {
		if v.seg == old {
			copied, _ := e.view(base, i)
			copied.seg = by
		}
	}
	s.state.Store(e.next)
	return true
}
