package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Names of what lies in a data directory.
const (
	catalogFile = "catalog.db"
	indexDir    = "index"
	contentsDir = "contents" // documents as they were read: may be deleted at any time
	lockFile    = "freshet.lock"
	ownerFile   = "freshet.owner"
	socketFile  = "freshet.sock"
	portFile    = "freshet.port" // where unix sockets cannot be used
)

// platformData is where data lies when neither --data nor FRESHET_DATA says so.
func platformData(getenv func(string) string) (string, error) {
	if dir := getenv("XDG_DATA_HOME"); dir != "" && filepath.IsAbs(dir) {
		return filepath.Join(dir, "freshet"), nil
	}
	if runtime.GOOS == "windows" {
		if dir := getenv("LOCALAPPDATA"); dir != "" {
			return filepath.Join(dir, "freshet"), nil
		}
	}
	home := getenv("HOME")
	if home == "" {
		var err error
		if home, err = os.UserHomeDir(); err != nil {
			return "", fmt.Errorf("there is no home directory to keep data in; give a directory with --data")
		}
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Application Support", "freshet"), nil
	}
	return filepath.Join(home, ".local", "share", "freshet"), nil
}

// An owner is the process that holds a data directory.
type owner struct {
	PID     int       `json:"pid"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`
}

// An ownedError says that another process holds the data directory.
type ownedError struct {
	dir   string
	owner owner
}

func (e *ownedError) Error() string {
	if e.owner.PID == 0 {
		return fmt.Sprintf("another freshet process uses the data directory %s: wait for it to end, or give this one another directory with --data", e.dir)
	}
	return fmt.Sprintf("process %d (freshet %s) uses the data directory %s: stop it or wait for it to end, or give this one another directory with --data",
		e.owner.PID, e.owner.Command, e.dir)
}

// errLocked is what lockPath returns when another process holds the lock.
var errLocked = errors.New("locked by another process")

// A dirLock is the ownership of a data directory. The system gives it back when
// the process ends, however it ends.
type dirLock struct {
	dir  string
	file *os.File
}

// lockDir takes the directory, creating it as needed. It tries for as long as
// patience lasts and returns an *ownedError then.
func lockDir(dir string, me owner, patience time.Duration) (*dirLock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the data directory cannot be made: %w; give another one with --data", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data directory cannot be used: %w; give another one with --data", err)
	}
	for until := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if err = lockPath(f); !errors.Is(err, errLocked) || time.Now().After(until) {
			break
		}
	}
	if errors.Is(err, errLocked) {
		return nil, errors.Join(&ownedError{dir: dir, owner: readOwner(dir)}, f.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the data directory %s cannot be locked: %w; it must be on a disk of this machine", dir, err), f.Close())
	}
	l := &dirLock{dir: dir, file: f}
	text, err := json.Marshal(me)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, ownerFile), text, 0o600)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("note who uses the data directory: %w", err), l.release())
	}
	return l, nil
}

// readOwner returns who wrote its name last; the zero owner when that cannot be read.
func readOwner(dir string) owner {
	var o owner
	text, err := os.ReadFile(filepath.Join(dir, ownerFile))
	if err != nil || json.Unmarshal(text, &o) != nil {
		return owner{}
	}
	return o
}

// release gives the directory back. The lock's own file stays: removing it would
// let two processes lock two files of the same name.
func (l *dirLock) release() error {
	err := os.Remove(filepath.Join(l.dir, ownerFile))
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, l.file.Close())
}
