package embedded

import (
	"bytes"
	"context"
	"iter"
	"runtime"

	"freshet/index"
)

// Stamps implements index.Store. It yields what was held when the loop began; the
// loop may write to the Store.
func (s *Store) Stamps(ctx context.Context, from, to index.ChunkID) iter.Seq2[index.StampedID, error] {
	return func(yield func(index.StampedID, error) bool) {
		st, err := s.usable(ctx)
		if err != nil {
			yield(index.StampedID{}, err)
			return
		}
		defer runtime.KeepAlive(st)
		cursors := st.cursors(from)
		for {
			if err := ctx.Err(); err != nil {
				yield(index.StampedID{}, err)
				return
			}
			c := lowest(cursors)
			if c == nil || bytes.Compare(c.id[:], to[:]) > 0 || !yield(c.stamped(), nil) {
				return
			}
			c.next()
		}
	}
}

// A cursor walks through the live chunks of a view in the order of IDs.
type cursor struct {
	view  *view
	rank  int
	local int
	id    index.ChunkID
	done  bool
}

func (st *state) cursors(from index.ChunkID) []*cursor {
	var list []*cursor
	for _, views := range st.bases {
		for _, v := range views {
			c := &cursor{view: v, rank: v.seg.rank(from) - 1}
			c.next()
			list = append(list, c)
		}
	}
	return list
}

func (c *cursor) next() {
	seg := c.view.seg
	for c.rank++; c.rank < seg.len(); c.rank++ {
		c.local = int(seg.order[c.rank])
		if !c.view.dead.has(c.local) {
			c.id = seg.ids[c.local]
			return
		}
	}
	c.done = true
}

func (c *cursor) stamped() index.StampedID {
	return index.StampedID{ID: c.id, Base: c.view.seg.base, Stamp: c.view.stamp(c.local)}
}

func lowest(list []*cursor) *cursor {
	var low *cursor
	for _, c := range list {
		if !c.done && (low == nil || bytes.Compare(c.id[:], low.id[:]) < 0) {
			low = c
		}
	}
	return low
}
