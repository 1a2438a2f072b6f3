package embedded

import (
	"context"

	"freshet/index"
)

// Upsert implements index.Store. A call costs a small segment, so large calls are
// cheaper by the point; it waits when merging is far behind.
func (s *Store) Upsert(ctx context.Context, points []index.Point) error {
	if _, err := s.usable(ctx); err != nil || len(points) == 0 {
		return err
	}
	for i := range points {
		if err := check(s.options.Space, &points[i]); err != nil {
			return err
		}
	}
	built := build(distinct(points), s.options.Space.Dimension, s.options.SegmentChunks, s.options.CachedFilters)
	return s.change(ctx, func(e *edit) {
		for _, seg := range built {
			place(e, seg)
		}
	})
}

// place adds a segment. Where a chunk is held already the one with the lower
// sequence number dies, the older one when they are equal.
func place(e *edit, seg *segment) {
	v := &view{seg: seg}
	stale := newBitmap(seg.len())
	for base, list := range e.next.bases {
		for i := range list {
			for _, local := range seg.order {
				old := e.next.bases[base][i]
				at, ok := old.find(seg.ids[local])
				switch {
				case !ok:
				case old.seq(at) > seg.seqs[local]:
					stale.set(int(local))
				default:
					e.kill(base, i, at)
				}
			}
		}
	}
	if v.deaths = stale.count(); v.deaths > 0 {
		v.dead = stale
	}
	e.add(v)
}

// Patch implements index.Store. No vector is touched.
func (s *Store) Patch(ctx context.Context, ids []index.ChunkID, p index.Payload, seq int64) error {
	entry := payload{hash: p.Hash(), raw: p.Append(nil)}
	return s.change(ctx, func(e *edit) {
		type place struct {
			base string
			i    int
		}
		refs := map[place]uint32{}
		e.each(ids, func(base string, i, local int) {
			if e.next.bases[base][i].seq(local) > seq {
				return
			}
			ref, known := refs[place{base, i}]
			if !known {
				ref = e.addPayload(base, i, entry)
				refs[place{base, i}] = ref
			}
			e.patch(base, i, local, patch{set: true, ref: ref, seq: seq})
		})
	})
}

// Delete implements index.Store.
func (s *Store) Delete(ctx context.Context, ids []index.ChunkID, upTo int64) error {
	return s.change(ctx, func(e *edit) {
		e.each(ids, func(base string, i, local int) {
			if e.next.bases[base][i].seq(local) <= upTo {
				e.kill(base, i, local)
			}
		})
	})
}

// SetMark implements index.Store.
func (s *Store) SetMark(ctx context.Context, m index.Mark) error {
	return s.change(ctx, func(e *edit) { e.next.mark = m })
}

// change publishes the state that do makes of the present one.
func (s *Store) change(ctx context.Context, do func(*edit)) error {
	if err := s.lockSettled(ctx); err != nil {
		return err
	}
	defer s.write.Unlock()
	e := newEdit(s.state.Load())
	do(e)
	e.sweep()
	s.state.Store(e.next)
	s.nudge()
	return nil
}

// lockSettled takes the write lock once merging is not too far behind.
func (s *Store) lockSettled(ctx context.Context) error {
	for {
		s.write.Lock()
		st, err := s.usable(ctx)
		if err != nil {
			s.write.Unlock()
			return err
		}
		settled := s.settled
		if !s.behind(st) {
			return nil
		}
		s.write.Unlock()
		s.nudge()
		select {
		case <-settled:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.stop:
			return errClosed
		}
	}
}

func (s *Store) behind(st *state) bool {
	for _, list := range st.bases {
		if len(list) < s.options.WaitAt {
			continue
		}
		if small, _ := s.options.smallViews(list); len(small) >= s.options.WaitAt {
			return true
		}
	}
	return false
}

func (s *Store) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
