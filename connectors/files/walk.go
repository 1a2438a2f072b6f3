package files

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"freshet/connectors"
)

// found is one file, or one thing that is no file and is skipped for a reason.
type found struct {
	path   string // as in IDs: slashes, NFC
	raw    string // as the file system has it
	info   fs.FileInfo
	reason connectors.SkipReason // "" for a file
	detail string
	dir    bool
	link   bool // a symbolic link that was followed
}

// walker lists what is below a root in byte order of the paths.
type walker struct {
	s     *Source
	root  *os.Root
	after string // paths up to this one are passed over
	only  string // list this file alone
	name  string // as which only is listed
	visit func(found) error

	entries int   // seen, hidden ones included
	damaged error // the first part of the listing that could not be read
}

func (w *walker) walk(ctx context.Context) error {
	if w.only != "" {
		w.entries++
		f, ok := w.look(w.only, w.name)
		if !ok {
			return fmt.Errorf("%w: %s vanished while it was being read", connectors.ErrTruncated, w.s.location)
		}
		if f.path <= w.after && w.after != "" {
			return nil
		}
		return w.visit(f)
	}
	info, err := w.root.Stat(".")
	if err != nil {
		return w.s.noLocation(err)
	}
	return w.folder(ctx, ".", "", []fs.FileInfo{info}, 0)
}

// folder lists one folder. chain holds the folders above it and itself.
func (w *walker) folder(ctx context.Context, raw, at string, chain []fs.FileInfo, links int) error {
	names, err := w.read(raw)
	if err != nil {
		if at == "" {
			return w.s.noLocation(err)
		}
		w.damage(at, err)
		return nil
	}
	last := ""
	for _, f := range w.sorted(raw, at, names) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if f.path == last {
			f.reason, f.detail = connectors.SkipDuplicate, "another name here differs from it only in how accents are written"
			if f.dir {
				w.damage(f.path, errors.New("two folders here have names that differ only in how accents are written; rename one"))
				continue
			}
		}
		last = f.path
		if err := w.enter(ctx, f, chain, links); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) enter(ctx context.Context, f found, chain []fs.FileInfo, links int) error {
	if !f.dir {
		if w.after != "" && f.path <= w.after {
			return nil
		}
		return w.visit(f)
	}
	below := f.path + "/"
	if w.after != "" && below < w.after && !strings.HasPrefix(w.after, below) {
		return nil
	}
	if f.link {
		links++
	}
	loop := slices.ContainsFunc(chain, func(up fs.FileInfo) bool { return os.SameFile(up, f.info) })
	switch {
	case loop || links > maxLinkedFolders:
		f.reason, f.detail = SkipLinkLoop, "the link leads to a folder that holds it, or there are too many links on the path"
		return w.visit(f)
	case len(chain) > maxDepth:
		f.reason, f.detail = SkipTooDeep, fmt.Sprintf("more than %d folders inside each other", maxDepth)
		w.damage(f.path, errors.New(f.detail))
		return w.visit(f)
	}
	return w.folder(ctx, f.raw, f.path, append(slices.Clip(chain), f.info), links)
}

// read returns the names in a folder, all or none.
func (w *walker) read(raw string) ([]fs.DirEntry, error) {
	d, err := w.root.OpenFile(raw, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.ReadDir(-1)
}

// damage notes that part of the listing is missing.
func (w *walker) damage(at string, err error) {
	if w.damaged == nil {
		w.damaged = fmt.Errorf("%w: the folder %q of %s could not be read; grant access to it or exclude it: %w", connectors.ErrTruncated, at, w.s.location, err)
	}
}

// sorted returns what belongs to the source in the order of the whole paths: a
// folder stands where its name with a slash would.
func (w *walker) sorted(raw, at string, names []fs.DirEntry) []found {
	out := make([]found, 0, len(names))
	for _, e := range names {
		w.entries++
		if w.entries > w.s.maxFiles {
			w.damage(at, fmt.Errorf("the location holds more than %d files and folders; raise max_files or narrow the location", w.s.maxFiles))
			break
		}
		name := e.Name()
		if hidden(name) {
			continue
		}
		if f, ok := w.look(path.Join(raw, name), join(at, name)); ok && w.belongs(f) {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b found) int { return cmp.Or(cmp.Compare(a.key(), b.key()), cmp.Compare(a.raw, b.raw)) })
	return out
}

// join returns the path of an entry in the folder at a path.
func join(at, name string) string {
	if at == "" {
		return segment(name)
	}
	return at + "/" + segment(name)
}

func (w *walker) belongs(f found) bool {
	if f.dir {
		return w.s.scope.excludes(f.path) == ""
	}
	return w.s.scope.leavesOut(f.path) == ""
}

func (f found) key() string {
	if f.dir {
		return f.path + "/"
	}
	return f.path
}

// look says what stands at a path. It is false when nothing stands there any more.
func (w *walker) look(raw, p string) (found, bool) {
	f := found{path: p, raw: raw}
	info, err := w.root.Lstat(raw)
	if errors.Is(err, fs.ErrNotExist) {
		return f, false
	}
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if !w.s.follow {
			f.reason, f.detail = SkipLink, "follow_symlinks is off"
			return f, true
		}
		if info, err = w.root.Stat(raw); err != nil {
			f.reason, f.detail = linkReason(err)
			return f, true
		}
		f.link = true
	}
	if err != nil {
		w.damage(p, err)
		return f, false
	}
	f.info, f.dir = info, info.IsDir()
	if !f.dir && !info.Mode().IsRegular() {
		f.reason, f.detail = SkipNotAFile, "it is a pipe, a socket or a device"
	}
	return f, true
}

func linkReason(err error) (connectors.SkipReason, string) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return SkipLinkBroken, "the link leads to nothing"
	case errors.Is(err, syscall.ELOOP) || strings.Contains(err.Error(), "too many"):
		return SkipLinkLoop, "the link leads into itself"
	}
	return SkipLinkOutside, "the link leads out of the folder, or is absolute: " + err.Error()
}
