package indextest

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"sync"

	"freshet/index"
)

// An Oracle is a Store that answers by computing every dot product in plain
// float32. It is slow, keeps nothing when it is closed, and is what other Stores
// are compared with. Methods may be called from several goroutines.
type Oracle struct {
	space index.Space

	mu     sync.RWMutex
	points map[index.ChunkID]index.Point
	mark   index.Mark
	closed bool
}

var _ index.Store = (*Oracle)(nil)

// NewOracle returns an empty Oracle for a space without dense vectors.
func NewOracle() *Oracle { return NewOracleIn(index.Space{}) }

// NewOracleIn returns an empty Oracle for space.
func NewOracleIn(space index.Space) *Oracle {
	return &Oracle{space: space, points: map[index.ChunkID]index.Point{}}
}

// Upsert implements index.Store.
func (o *Oracle) Upsert(ctx context.Context, points []index.Point) error {
	for _, p := range points {
		if err := o.fits(p); err != nil {
			return err
		}
	}
	return o.write(ctx, func() {
		for _, p := range points {
			if old, ok := o.points[p.ID]; ok && old.Stamp.Seq > p.Stamp.Seq {
				continue
			}
			o.points[p.ID] = copied(p)
		}
	})
}

func (o *Oracle) fits(p index.Point) error {
	if p.Dense != nil && len(p.Dense) != o.space.Dimension {
		return fmt.Errorf("point %s has %d dimensions, the space has %d: %w", p.ID, len(p.Dense), o.space.Dimension, index.ErrSpace)
	}
	if len(p.Lexical.IDs) != len(p.Lexical.Values) {
		return fmt.Errorf("point %s has %d terms and %d values: %w", p.ID, len(p.Lexical.IDs), len(p.Lexical.Values), index.ErrSpace)
	}
	return nil
}

func copied(p index.Point) index.Point {
	p.Lexical.IDs = slices.Clone(p.Lexical.IDs)
	p.Lexical.Values = slices.Clone(p.Lexical.Values)
	p.Dense = slices.Clone(p.Dense)
	normalise(p.Dense)
	p.Stamp.Dense = p.Dense != nil
	return p
}

func normalise(v []float32) {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		return
	}
	norm := math.Sqrt(sum)
	for i := range v {
		v[i] = float32(float64(v[i]) / norm)
	}
}

// Patch implements index.Store.
func (o *Oracle) Patch(ctx context.Context, ids []index.ChunkID, payload index.Payload, seq int64) error {
	return o.write(ctx, func() {
		for _, id := range ids {
			p, ok := o.points[id]
			if !ok || p.Stamp.Seq > seq {
				continue
			}
			p.Payload = payload
			p.Stamp.Payload, p.Stamp.Seq = payload.Hash(), seq
			o.points[id] = p
		}
	})
}

// Delete implements index.Store.
func (o *Oracle) Delete(ctx context.Context, ids []index.ChunkID, upTo int64) error {
	return o.write(ctx, func() {
		for _, id := range ids {
			if p, ok := o.points[id]; ok && p.Stamp.Seq <= upTo {
				delete(o.points, id)
			}
		}
	})
}

// SetMark implements index.Store.
func (o *Oracle) SetMark(ctx context.Context, m index.Mark) error {
	return o.write(ctx, func() { o.mark = m })
}

func (o *Oracle) write(ctx context.Context, change func()) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.usable(ctx); err != nil {
		return err
	}
	change()
	return nil
}

func (o *Oracle) usable(ctx context.Context) error {
	if o.closed {
		return fmt.Errorf("the oracle is closed: %w", index.ErrUnavailable)
	}
	return ctx.Err()
}

// Mark implements index.Store.
func (o *Oracle) Mark(ctx context.Context) (index.Mark, error) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return o.mark, o.usable(ctx)
}

// Stats implements index.Store; Bytes stays 0.
func (o *Oracle) Stats(ctx context.Context) (index.Stats, error) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	s := index.Stats{Points: len(o.points), ByBase: map[string]int{}}
	for _, p := range o.points {
		s.ByBase[p.Base]++
	}
	return s, o.usable(ctx)
}

// Stamps implements index.Store.
func (o *Oracle) Stamps(ctx context.Context, from, to index.ChunkID) iter.Seq2[index.StampedID, error] {
	return func(yield func(index.StampedID, error) bool) {
		stamps, err := o.stamps(ctx, from, to)
		if err != nil {
			yield(index.StampedID{}, err)
			return
		}
		for _, s := range stamps {
			if err := ctx.Err(); err != nil {
				yield(index.StampedID{}, err)
				return
			}
			if !yield(s, nil) {
				return
			}
		}
	}
}

func (o *Oracle) stamps(ctx context.Context, from, to index.ChunkID) ([]index.StampedID, error) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	if err := o.usable(ctx); err != nil {
		return nil, err
	}
	var list []index.StampedID
	for id, p := range o.points {
		if compareIDs(id, from) >= 0 && compareIDs(id, to) <= 0 {
			list = append(list, index.StampedID{ID: id, Base: p.Base, Stamp: p.Stamp})
		}
	}
	slices.SortFunc(list, func(a, b index.StampedID) int { return compareIDs(a.ID, b.ID) })
	return list, nil
}

// Close implements index.Store.
func (o *Oracle) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	return nil
}

// Points returns what is held, by ID.
func (o *Oracle) Points() map[index.ChunkID]index.Point {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return maps.Clone(o.points)
}

func compareIDs(a, b index.ChunkID) int { return bytes.Compare(a[:], b[:]) }
