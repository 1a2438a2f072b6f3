package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// minSQLite is the size of the smallest database, of one page.
const minSQLite = 512

const notOurs = "it is no catalog of freshet: move it away, or use another data directory"

// checkFile refuses a path that cannot be a catalog, before anything is created.
func checkFile(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return errors.New("it is a directory: give the path of a file in it")
	}
	if err == nil && info.Size() > 0 && info.Size() < minSQLite {
		return errors.New(notOurs) // SQLite would take it for empty and write over it
	}
	if dir := filepath.Dir(path); dir != "." {
		if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("the directory %s does not exist: create it, or give another data directory", dir)
		}
	}
	return nil
}

// checkOwner refuses a database that another program has filled.
func checkOwner(ctx context.Context, db *sql.DB) error {
	var tables, versions int
	err := db.QueryRowContext(ctx, `SELECT COUNT(*), COUNT(CASE WHEN name = 'goose_db_version' THEN 1 END) FROM sqlite_master WHERE type = 'table'`).Scan(&tables, &versions)
	if err != nil {
		return err
	}
	if tables > 0 && versions == 0 {
		return errors.New("it is a database of another program: use another data directory")
	}
	return nil
}

// inWords says what a person can do about a file that SQLite refuses.
func inWords(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	advice := ""
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_NOTADB:
		advice = notOurs
	case sqlite3.SQLITE_CORRUPT:
		advice = "the file is damaged: restore it from a backup, or move it away and sync again"
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN:
		advice = "it cannot be written: give this user the right to write the file, those beside it that begin with its name, and their directory"
	case sqlite3.SQLITE_FULL:
		advice = "the disk is full: make room"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		advice = "another process holds it: stop that process first"
	default:
		return err
	}
	return fmt.Errorf("%s (%w)", advice, err)
}
