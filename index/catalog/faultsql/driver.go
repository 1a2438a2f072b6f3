// Package faultsql is SQLite whose calls tests have fail.
package faultsql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync/atomic"

	"modernc.org/sqlite"
)

// A Driver is SQLite with a step at every statement, begin and commit. A commit has
// two: before it is done, and after it was done, when only the answer is lost.
type Driver struct {
	name string
	step atomic.Pointer[func() error]
}

// number makes names that were not registered before.
var number atomic.Int64

// Register registers a Driver under a name of its own, so that tests may run side by
// side. Until Set is called it does nothing but what SQLite does.
func Register() *Driver {
	d := &Driver{name: fmt.Sprintf("sqlite-faults-%d", number.Add(1))}
	sql.Register(d.name, d)
	return d
}

// Name is what sql.Open knows it by.
func (d *Driver) Name() string { return d.name }

// Set has step called at every step; its error is that of the call. nil: none is.
func (d *Driver) Set(step func() error) {
	if step == nil {
		d.step.Store(nil)
		return
	}
	d.step.Store(&step)
}

func (d *Driver) trip() error {
	if step := d.step.Load(); step != nil {
		return (*step)()
	}
	return nil
}

// Open implements driver.Driver.
func (d *Driver) Open(name string) (driver.Conn, error) {
	c, err := (&sqlite.Driver{}).Open(name)
	if err != nil {
		return nil, err
	}
	return &conn{c.(fullConn), d}, nil
}

type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
}

type conn struct {
	fullConn
	d *Driver
}

func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if err := c.d.trip(); err != nil {
		return nil, err
	}
	begun, err := c.fullConn.BeginTx(ctx, o)
	return tx{begun, c.d}, err
}

func (c *conn) PrepareContext(ctx context.Context, q string) (driver.Stmt, error) {
	s, err := c.fullConn.PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	return &stmt{s.(fullStmt), c.d}, nil
}

func (c *conn) ExecContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.d.trip(); err != nil {
		return nil, err
	}
	return c.fullConn.ExecContext(ctx, q, args)
}

func (c *conn) QueryContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.d.trip(); err != nil {
		return nil, err
	}
	return c.fullConn.QueryContext(ctx, q, args)
}

type fullStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type stmt struct {
	fullStmt
	d *Driver
}

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.d.trip(); err != nil {
		return nil, err
	}
	return s.fullStmt.ExecContext(ctx, args)
}

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.d.trip(); err != nil {
		return nil, err
	}
	return s.fullStmt.QueryContext(ctx, args)
}

type tx struct {
	driver.Tx
	d *Driver
}

func (t tx) Commit() error {
	if err := t.d.trip(); err != nil {
		return errors.Join(err, t.Tx.Rollback())
	}
	if err := t.Tx.Commit(); err != nil {
		return err
	}
	return t.d.trip()
}
