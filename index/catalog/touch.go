package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// touched says what a write transaction changes of what Vouch shows.
type touched struct {
	everything bool
	sources    bool     // rows of sources
	documents  []string // keys of documents whose row or chunk rows are written
	stamped    []string // keys of documents that were confirmed at a time, and nothing else
	at         time.Time
}

func (t *touched) nothing() bool {
	return !t.everything && !t.sources && len(t.documents) == 0 && len(t.stamped) == 0
}

// tx runs f in a write transaction that may touch everything.
func (c *Catalog) tx(ctx context.Context, doing string, f func(*sql.Tx) error) error {
	return c.txOn(ctx, doing, func() touched { return touched{everything: true} }, f)
}

// txApart runs f in a write transaction that touches nothing of documents, chunks,
// seen and sources.
func (c *Catalog) txApart(ctx context.Context, doing string, f func(*sql.Tx) error) error {
	return c.txOn(ctx, doing, func() touched { return touched{} }, f)
}

// txOn runs f in a write transaction; touches, called when f is done, says what it
// changes. What it leaves out readers may go on being shown.
func (c *Catalog) txOn(ctx context.Context, doing string, touches func() touched, f func(*sql.Tx) error) error {
	tx, err := c.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if err := f(tx); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", doing, err), ignoreDone(tx.Rollback()))
	}
	if err := c.shown.commit(touches(), tx.Commit); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// commit commits so that nothing that it takes away is remembered when it returns.
func (s *shown) commit(t touched, commit func() error) error {
	if t.nothing() {
		return commit()
	}
	// Commits follow each other anyway; their ends must as well, for stamps.
	s.committing.Lock()
	defer s.committing.Unlock()
	s.begin(&t)
	err := commit()
	s.end(&t, err)
	return err
}

func (s *shown) begin(t *touched) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moment++
	if t.everything {
		s.documents, s.rows, s.clock, s.hand, s.bytes = nil, nil, nil, 0, 0
	}
	if t.everything || t.sources {
		s.sources = nil
	}
	s.dropKeys(t.documents)
}

func (s *shown) end(t *touched, err error) {
	if err == nil {
		s.stamp(t.stamped, millis(t.at))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil { // who knows whether it took place
		s.dropKeys(t.stamped)
	}
	s.moment++
}

// stamp notes that documents were confirmed. A pass confirms all documents of a
// source: readers are let in between.
func (s *shown) stamp(keys []string, at int64) {
	const page = 256
	for len(keys) > 0 {
		n := min(page, len(keys))
		s.stampPage(keys[:n], at)
		keys = keys[n:]
	}
}

func (s *shown) stampPage(keys []string, at int64) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, key := range keys {
		if d := s.documents[key]; d != nil {
			d.checked.Store(at)
		}
	}
}
