// Package catalog is the truth: documents with their whole life and their text,
// chunk rows, the change log, positions of sources, runs, leases, what waits for
// approval, queries and keys, in one SQLite file. Stores, snapshots and statistics
// are made from it.
//
// Every write is one short transaction. There is one writing connection and a few
// reading ones; methods may be called from several goroutines.
package catalog

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // registers the "sqlite" driver, which has no other way in
)

//go:embed migrations/*.sql
var migrations embed.FS

var (
	// ErrNotFound: no row has this identity.
	ErrNotFound = errors.New("not found")
	// ErrNewer: the catalog was written by a newer version of Freshet.
	ErrNewer = errors.New("the catalog was written by a newer version of freshet")
)

// Options open a catalog.
type Options struct {
	Path   string           // of the SQLite file; its directory exists
	Driver string           // database/sql driver; "" is "sqlite"
	Now    func() time.Time // nil is time.Now
	Log    *slog.Logger     // nil discards
	// CacheBytes bounds what is kept in memory of passages that were vouched for and
	// of their documents; 0 is DefaultCacheBytes, less than 0 keeps nothing.
	CacheBytes int64
}

// Catalog is an open catalog. Close it.
type Catalog struct {
	write *sql.DB
	read  *sql.DB
	quick *sql.DB // for questions of a moment, which never wait behind a View
	now   func() time.Time
	log   *slog.Logger
	epoch string

	statements statements
	shown      shown
	keyCache   keyCache

	changed struct {
		sync.Mutex
		wait chan struct{}
	}
}

// Open opens the catalog at o.Path, creating and migrating it as needed.
func Open(ctx context.Context, o Options) (*Catalog, error) {
	if o.Driver == "" {
		o.Driver = "sqlite"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = DefaultCacheBytes
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := checkFile(o.Path); err != nil {
		return nil, fmt.Errorf("open catalog %s: %w", o.Path, err)
	}
	write, err := sql.Open(o.Driver, dsn(o.Path, "immediate"))
	if err != nil {
		return nil, fmt.Errorf("open catalog %s: %w", o.Path, err)
	}
	write.SetMaxOpenConns(1)
	c := &Catalog{write: write, now: o.Now, log: o.Log}
	c.shown.limit = o.CacheBytes
	c.changed.wait = make(chan struct{})
	if err := c.prepare(ctx, o); err != nil {
		return nil, errors.Join(fmt.Errorf("open catalog %s: %w", o.Path, inWords(err)), c.Close())
	}
	return c, nil
}

// So many connections of a pool are enough for two cores: a reader that waits costs
// less than two that push each other out of the processor's caches.
const (
	readers      = 4
	quickReaders = 4
)

func (c *Catalog) prepare(ctx context.Context, o Options) error {
	if err := checkOwner(ctx, c.write); err != nil {
		return err
	}
	if err := migrate(ctx, c.write); err != nil {
		return err
	}
	var err error
	if c.read, err = openReaders(o, readers); err != nil {
		return err
	}
	if c.quick, err = openReaders(o, quickReaders); err != nil {
		return err
	}
	c.statements.db = c.quick
	return c.ensureEpoch(ctx)
}

func openReaders(o Options, n int) (*sql.DB, error) {
	db, err := sql.Open(o.Driver, dsn(o.Path, "deferred"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

// dsn sets busy_timeout first, so that the other pragmas wait for a writer too.
// FULL, because a cursor that was acknowledged must not be lost with the power.
func dsn(path, lock string) string {
	v := url.Values{"_txlock": {lock}, "_pragma": {
		"busy_timeout(15000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"temp_store(MEMORY)", "cache_size(-8000)", "wal_autocheckpoint(4000)", "journal_size_limit(67108864)",
	}}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode()
}

func migrate(ctx context.Context, db *sql.DB) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir, goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the catalog's version: %w", err)
	}
	known := p.ListSources()
	if newest := known[len(known)-1].Version; have > newest {
		return fmt.Errorf("%w (schema %d, this one knows %d): use that version, or another data directory", ErrNewer, have, newest)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func (c *Catalog) ensureEpoch(ctx context.Context) error {
	// A file that may only be read opens all the same: the first write tells.
	if _, err := c.write.ExecContext(ctx, `UPDATE sequence SET last = last WHERE id = 1`); err != nil {
		return err
	}
	err := c.read.QueryRowContext(ctx, `SELECT value FROM meta WHERE key = 'epoch'`).Scan(&c.epoch)
	if err == nil {
		return nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return err
	}
	c.epoch = hex.EncodeToString(b[:])
	_, err = c.write.ExecContext(ctx, `INSERT INTO meta (key, value) VALUES ('epoch', ?)`, c.epoch)
	return err
}

// Epoch is the random identity of this catalog.
func (c *Catalog) Epoch() string { return c.epoch }

// Close waits for what runs and closes the file.
func (c *Catalog) Close() error {
	var errs []error
	c.statements.close()
	for _, db := range []*sql.DB{c.quick, c.read, c.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// statements keeps prepared statements of the quick pool by their text.
type statements struct {
	db   *sql.DB
	mu   sync.RWMutex
	done map[string]*sql.Stmt
}

func (s *statements) get(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.RLock()
	st := s.done[query]
	s.mu.RUnlock()
	if st != nil {
		return st, nil
	}
	st, err := s.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.done[query]; other != nil {
		return other, st.Close()
	}
	if s.done == nil {
		s.done = make(map[string]*sql.Stmt)
	}
	s.done[query] = st
	return st, nil
}

func (s *statements) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.done {
		_ = st.Close() // the pool is closed next and reports what matters
	}
	s.done = nil
}
