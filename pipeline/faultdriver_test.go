package pipeline

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
	"sync/atomic"

	"modernc.org/sqlite"
)

var errInjected = errors.New("injected fault")

// trip counts calls and acts at one of them.
type trip struct {
	calls atomic.Int64
	at    int64 // 0: never
	act   func() error
}

func (c *trip) step() error {
	if c == nil {
		return nil
	}
	if n := c.calls.Add(1); c.at > 0 && n == c.at && c.act != nil {
		return c.act()
	}
	return nil
}

// faultDriver is SQLite with a trip at every statement, begin and commit. A commit
// trips twice: before it is done, and after it was done, when only the answer is
// lost.
type faultDriver struct {
	mu   sync.Mutex
	trip *trip
}

func (d *faultDriver) set(t *trip) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.trip = t
}

func (d *faultDriver) step() error {
	d.mu.Lock()
	t := d.trip
	d.mu.Unlock()
	return t.step()
}

func (d *faultDriver) Open(name string) (driver.Conn, error) {
	c, err := (&sqlite.Driver{}).Open(name)
	if err != nil {
		return nil, err
	}
	return &faultConn{c.(fullConn), d}, nil
}

type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
}

type faultConn struct {
	fullConn
	d *faultDriver
}

func (c *faultConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if err := c.d.step(); err != nil {
		return nil, err
	}
	tx, err := c.fullConn.BeginTx(ctx, o)
	return faultTx{tx, c.d}, err
}

func (c *faultConn) PrepareContext(ctx context.Context, q string) (driver.Stmt, error) {
	s, err := c.fullConn.PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	return &faultStmt{s.(fullStmt), c.d}, nil
}

func (c *faultConn) ExecContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.d.step(); err != nil {
		return nil, err
	}
	return c.fullConn.ExecContext(ctx, q, args)
}

func (c *faultConn) QueryContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.d.step(); err != nil {
		return nil, err
	}
	return c.fullConn.QueryContext(ctx, q, args)
}

type fullStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type faultStmt struct {
	fullStmt
	d *faultDriver
}

func (s *faultStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.d.step(); err != nil {
		return nil, err
	}
	return s.fullStmt.ExecContext(ctx, args)
}

func (s *faultStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.d.step(); err != nil {
		return nil, err
	}
	return s.fullStmt.QueryContext(ctx, args)
}

type faultTx struct {
	driver.Tx
	d *faultDriver
}

func (t faultTx) Commit() error {
	if err := t.d.step(); err != nil {
		return errors.Join(err, t.Tx.Rollback())
	}
	if err := t.Tx.Commit(); err != nil {
		return err
	}
	return t.d.step()
}

var registerFaults = sync.OnceValue(func() *faultDriver {
	d := &faultDriver{}
	sql.Register("sqlite-faults", d)
	return d
})
