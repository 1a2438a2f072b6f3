// Package contents keeps the bytes of documents as they were read, so that a form
// that is read otherwise, or better, need not be asked of its source again.
//
// They lie in files beside the catalog, one for each document, the newest content
// only. The catalog does not depend on them: a file may be missing, cut off or of
// another content than the catalog knows, and then it is as if nothing were kept.
// So nothing is synchronised to the disk, and a crash between file and catalog does
// no harm.
package contents

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"freshet/index"
)

// Defaults of Options.
const (
	DefaultDocument = 5 << 20
	DefaultTotal    = 2 << 30
)

// Options make a Store.
type Options struct {
	Dir string // is made when something is to be kept
	// Document is the size of the content, as it was read, up to which it is kept;
	// Total bounds what all files take. Both are bytes; 0 keeps nothing.
	Document, Total int64
}

// A Store keeps contents by document. Only one process may use a directory. Methods
// may be called from several goroutines, those about one document one after another.
type Store struct {
	o Options

	mu       sync.Mutex
	measured bool
	total    int64 // bytes of the files, and of those that are being written
}

// Open returns the Store of a directory, and takes away what a process that ended
// was still writing.
func Open(o Options) (*Store, error) {
	s := &Store{o: o}
	if err := os.RemoveAll(s.unfinished()); err != nil {
		return nil, fmt.Errorf("clear what was left half written of kept contents: %w", err)
	}
	return s, nil
}

// A Staged content is on disk, and not yet that of its document. Keep or Discard it.
type Staged struct {
	s          *Store
	temp, path string
	size       int64
}

// Stage writes a content down. It returns nil when it is not to be kept: too large,
// or there is no room. Hash is that of the content, as the catalog has it.
func (s *Store) Stage(document string, hash index.Hash, content []byte) (*Staged, error) {
	if int64(len(content)) > s.o.Document || s.o.Total <= 0 || len(content) == 0 {
		return nil, nil
	}
	path, err := s.path(document)
	if err != nil {
		return nil, err
	}
	packed, err := pack(hash, content)
	if err != nil {
		return nil, fmt.Errorf("compress the content of document %s: %w", document, err)
	}
	size := int64(len(packed))
	if ok, err := s.take(size); !ok {
		return nil, err
	}
	temp, err := s.write(document, packed)
	if err != nil {
		s.give(size)
		return nil, fmt.Errorf("keep the content of document %s: %w", document, err)
	}
	return &Staged{s: s, temp: temp, path: path, size: size}, nil
}

func (s *Store) write(document string, packed []byte) (string, error) {
	f, err := os.CreateTemp(s.unfinished(), document+"-*")
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(s.unfinished(), 0o700); err == nil {
			f, err = os.CreateTemp(s.unfinished(), document+"-*")
		}
	}
	if err != nil {
		return "", err
	}
	_, err = f.Write(packed)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// Keep puts the content in place of the one that the document had.
func (st *Staged) Keep() error {
	before := sizeOf(st.path)
	err := os.Rename(st.temp, st.path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(filepath.Dir(st.path), 0o700); err == nil {
			err = os.Rename(st.temp, st.path)
		}
	}
	if err != nil {
		return errors.Join(fmt.Errorf("keep a content: %w", err), st.Discard())
	}
	st.s.give(before)
	return nil
}

// Discard takes the content away again.
func (st *Staged) Discard() error {
	st.s.give(st.size)
	if err := os.Remove(st.temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("discard a content: %w", err)
	}
	return nil
}

// Read returns the content of a document if it is the one with this hash; otherwise,
// and when nothing is kept, the error is fs.ErrNotExist.
func (s *Store) Read(document string, hash index.Hash) ([]byte, error) {
	path, err := s.path(document)
	if err != nil {
		return nil, err
	}
	packed, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the content of document %s: %w", document, err)
	}
	content, err := unpack(packed, hash, s.o.Document)
	if err != nil {
		return nil, fmt.Errorf("read the content of document %s: %w", document, err)
	}
	return content, nil
}

// Has reports whether Read would most likely return the content: it looks at the
// file's head alone.
func (s *Store) Has(document string, hash index.Hash) bool {
	path, err := s.path(document)
	if err != nil {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var head [headSize]byte
	_, err = f.ReadAt(head[:], 0)
	return err == nil && hashOf(head[:]) == hash
}

// Forget deletes what is kept of a document, if anything.
func (s *Store) Forget(document string) error {
	path, err := s.path(document)
	if err != nil {
		return err
	}
	size := sizeOf(path)
	err = os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("forget the content of document %s: %w", document, err)
	}
	s.give(size)
	return nil
}

// take reserves room, and says whether there is any.
func (s *Store) take(size int64) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.measured {
		total := int64(0)
		if err := s.each(func(f file) error { total += f.size; return nil }); err != nil {
			return false, fmt.Errorf("measure the contents that are kept: %w", err)
		}
		s.total, s.measured = s.total+total, true
	}
	if s.total+size > s.o.Total {
		return false, nil
	}
	s.total += size
	return true, nil
}

func (s *Store) give(size int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.measured { // before, files that went are not counted anyway
		s.total -= size
	}
}

func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
