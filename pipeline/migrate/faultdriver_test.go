package migrate

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"modernc.org/sqlite"
)

// faultDriver is SQLite with a fault at every statement, begin and commit. A commit
// may fail before it is done, and after, when only the answer is lost.
type faultDriver struct {
	name  string
	fault atomic.Pointer[fault]
}

func (d *faultDriver) set(f *fault) { d.fault.Store(f) }
func (d *faultDriver) step() error  { return d.fault.Load().step() }

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

// registerFaults makes a driver of its own for each world: tests run side by side.
func registerFaults() *faultDriver {
	drivers.Lock()
	defer drivers.Unlock()
	drivers.n++
	d := &faultDriver{name: fmt.Sprintf("sqlite-migrate-faults-%d", drivers.n)}
	sql.Register(d.name, d)
	return d
}

var drivers struct {
	sync.Mutex
	n int
}
