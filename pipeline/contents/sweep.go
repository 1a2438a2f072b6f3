package contents

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// unfinished is where contents are written before they are in their place.
func (s *Store) unfinished() string { return filepath.Join(s.o.Dir, "unfinished") }

// path is that of a document's file: keys are hexadecimal, and spread by their
// first two digits.
func (s *Store) path(document string) (string, error) {
	if len(document) < 8 || strings.Trim(document, "0123456789abcdef") != "" {
		return "", fmt.Errorf("%q is not a document's key", document)
	}
	return filepath.Join(s.o.Dir, document[:2], document), nil
}

// file is one that is kept.
type file struct {
	document, path string
	size           int64
	written        time.Time
}

// each goes through the files that are kept, in no order. What else lies in the
// directory is left alone.
func (s *Store) each(f func(file) error) error {
	err := filepath.WalkDir(s.o.Dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // it went meanwhile
		case err != nil:
			return err
		case d.IsDir() && path == s.unfinished():
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		if own, err := s.path(d.Name()); err != nil || own != path {
			return nil
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return f(file{document: d.Name(), path: path, size: info.Size(), written: info.ModTime()})
	})
	return err
}

// sweepPage is how many documents are asked about at once.
const sweepPage = 500

// forgotten is how long a content may stay half written before whoever wrote it has
// given it up.
const forgotten = time.Hour

// Sweep deletes the contents of documents that wanted does not return, those larger
// than is kept, and what has no room beside newer ones. It returns how many went.
func (s *Store) Sweep(ctx context.Context, wanted func(ctx context.Context, documents []string) (map[string]bool, error)) (int, error) {
	var all []file
	if err := s.each(func(f file) error { all = append(all, f); return ctx.Err() }); err != nil {
		return 0, fmt.Errorf("list the contents that are kept: %w", err)
	}
	// The newest first: they stay where there is not room for all.
	slices.SortFunc(all, func(a, b file) int {
		return cmp.Or(b.written.Compare(a.written), cmp.Compare(a.document, b.document))
	})
	gone, room := 0, s.o.Total
	for page := range slices.Chunk(all, sweepPage) {
		documents := make([]string, len(page))
		for i := range page {
			documents[i] = page[i].document
		}
		stay, err := wanted(ctx, documents)
		if err != nil {
			return gone, err
		}
		for _, f := range page {
			if stay[f.document] && f.size <= room && f.size-int64(headSize) <= s.o.Document {
				room -= f.size
				continue
			}
			if err := s.Forget(f.document); err != nil {
				return gone, err
			}
			gone++
		}
	}
	return gone, s.clear()
}

// clear deletes what was left half written.
func (s *Store) clear() error {
	list, err := os.ReadDir(s.unfinished())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("list contents that were left half written: %w", err)
	}
	for _, d := range list {
		info, err := d.Info()
		if err != nil || time.Since(info.ModTime()) < forgotten {
			continue
		}
		if err := os.Remove(filepath.Join(s.unfinished(), d.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("clear a content that was left half written: %w", err)
		}
	}
	return nil
}
