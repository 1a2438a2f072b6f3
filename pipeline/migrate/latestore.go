package migrate

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"

	"freshet/index"
	"freshet/index/catalog"
)

// A lateStore is the Store of a target, which is opened by whoever writes to it first
// and for as long as that fails. Searches never open it: they are answered at once.
type lateStore struct {
	options *Options
	target  catalog.Target

	opened atomic.Pointer[index.Store]
	mu     sync.Mutex // of opening and closing
	closed bool
	fault  atomic.Pointer[string]
}

var _ index.Store = (*lateStore)(nil)

// open returns the Store, opening it when it is not.
func (l *lateStore) open(ctx context.Context) (index.Store, error) {
	if s := l.opened.Load(); s != nil {
		return *s, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.opened.Load(); s != nil {
		return *s, nil
	}
	if l.closed {
		return nil, fmt.Errorf("target %d is dropped: %w", l.target.ID, index.ErrUnavailable)
	}
	s, err := l.options.OpenStore(ctx, l.target)
	if err != nil {
		text := err.Error()
		l.fault.Store(&text)
		return nil, fmt.Errorf("open the index: %w", err)
	}
	l.opened.Store(&s)
	l.fault.Store(nil)
	return s, nil
}

// present returns the Store if it is open.
func (l *lateStore) present() (index.Store, error) {
	if s := l.opened.Load(); s != nil {
		return *s, nil
	}
	why := "it is being opened"
	if text := l.fault.Load(); text != nil {
		why = *text
	}
	return nil, fmt.Errorf("the index is not open: %s: %w", why, index.ErrUnavailable)
}

func (l *lateStore) Upsert(ctx context.Context, points []index.Point) error {
	s, err := l.open(ctx)
	if err != nil {
		return err
	}
	return s.Upsert(ctx, points)
}

func (l *lateStore) Patch(ctx context.Context, ids []index.ChunkID, p index.Payload, seq int64) error {
	s, err := l.open(ctx)
	if err != nil {
		return err
	}
	return s.Patch(ctx, ids, p, seq)
}

func (l *lateStore) Delete(ctx context.Context, ids []index.ChunkID, upTo int64) error {
	s, err := l.open(ctx)
	if err != nil {
		return err
	}
	return s.Delete(ctx, ids, upTo)
}

func (l *lateStore) Search(ctx context.Context, queries []index.Query) ([]index.Result, error) {
	s, err := l.present()
	if err != nil {
		return nil, err
	}
	return s.Search(ctx, queries)
}

func (l *lateStore) Stamps(ctx context.Context, from, to index.ChunkID) iter.Seq2[index.StampedID, error] {
	s, err := l.open(ctx)
	if err != nil {
		return func(yield func(index.StampedID, error) bool) { yield(index.StampedID{}, err) }
	}
	return s.Stamps(ctx, from, to)
}

func (l *lateStore) Mark(ctx context.Context) (index.Mark, error) {
	s, err := l.open(ctx)
	if err != nil {
		return index.Mark{}, err
	}
	return s.Mark(ctx)
}

func (l *lateStore) SetMark(ctx context.Context, m index.Mark) error {
	s, err := l.open(ctx)
	if err != nil {
		return err
	}
	return s.SetMark(ctx, m)
}

func (l *lateStore) Stats(ctx context.Context) (index.Stats, error) {
	s, err := l.present()
	if err != nil {
		return index.Stats{}, err
	}
	return s.Stats(ctx)
}

// Close closes the Store, if it is open, for good.
func (l *lateStore) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	s := l.opened.Swap(nil)
	if s == nil {
		return nil
	}
	return (*s).Close()
}
