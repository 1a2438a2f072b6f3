package faultsql

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
)

var errInjected = errors.New("injected")

// A transaction has four steps: begin, its statement, before the commit and after it.
// Only a fault at the last leaves the row there, though its answer was lost.
func TestEachStepFailsAndOnlyTheLastLeavesWhatWasWritten(t *testing.T) {
	d := Register()
	db, err := sql.Open(d.Name(), filepath.Join(t.TempDir(), "faults.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Exec(`CREATE TABLE rows (at INTEGER)`); err != nil {
		t.Fatal(err)
	}
	for at := 1; at <= 5; at++ {
		steps := 0
		d.Set(func() error {
			if steps++; steps == at {
				return errInjected
			}
			return nil
		})
		err := insert(db, at)
		d.Set(nil)
		if wrong := errors.Is(err, errInjected); wrong != (at <= 4) {
			t.Errorf("a fault at step %d: %v", at, err)
		}
		var n int
		if err := db.QueryRow(`SELECT COUNT(*) FROM rows WHERE at = ?`, at).Scan(&n); err != nil || (n == 1) != (at >= 4) {
			t.Errorf("a fault at step %d leaves %d rows, %v", at, n, err)
		}
	}
	if a, b := Register().Name(), Register().Name(); a == b {
		t.Errorf("two drivers are called %s", a)
	}
}

func insert(db *sql.DB, at int) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO rows (at) VALUES (?)`, at); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
