package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"freshet/connectors"
)

var (
	_ connectors.Source  = (*Source)(nil)
	_ connectors.Fetcher = (*Source)(nil)
	_ connectors.Scoper  = (*Source)(nil)
)

// Reasons of this kind for leaving a file out, beside the contract's own.
const (
	SkipLinkOutside connectors.SkipReason = "link_outside"   // a link that leads out of the folder, or is absolute
	SkipLinkBroken  connectors.SkipReason = "link_broken"    // a link to nothing
	SkipLinkLoop    connectors.SkipReason = "link_loop"      // a link into itself, or too many links on one path
	SkipLink        connectors.SkipReason = "link"           // links are not followed by this source's settings
	SkipNotAFile    connectors.SkipReason = "not_a_file"     // a pipe, socket or device
	SkipTooDeep     connectors.SkipReason = "too_deep"       // more folders inside each other than are read
	SkipUnpublished connectors.SkipReason = "unpublished"    // front matter says draft
	SkipSameName    connectors.SkipReason = "duplicate_name" // a folder whose name differs from another's only in how accents are written
)

// Source reads one folder or one file. It is safe for concurrent use.
type Source struct {
	location    string
	scope       scope
	follow      bool
	maxSize     int64
	maxFiles    int
	urlPrefix   string
	urlBare     bool
	frontMatter bool
	locale      string
	localePaths []localePath
	mapping     string // digest of the settings that shape a document
	now         func() time.Time
	every       int // files between two checkpoints
}

// New opens a source on the folder or file that the settings name. The folder
// itself is looked at by Pull and Check.
func New(env connectors.Env, s connectors.Settings) (*Source, error) {
	location := strings.TrimSpace(s.String("location"))
	if location == "" {
		return nil, errors.New(`the setting "location" is empty: name the folder or file to read`)
	}
	if !filepath.IsAbs(location) {
		location = filepath.Join(env.Dir, filepath.FromSlash(location))
	}
	include, err := compileGlobs(s.Strings("include"))
	if err != nil {
		return nil, fmt.Errorf("include: %w", err)
	}
	exclude, err := compileGlobs(s.Strings("exclude"))
	if err != nil {
		return nil, fmt.Errorf("exclude: %w", err)
	}
	locales, err := compileLocalePaths(s.Strings("locale_paths"))
	if err != nil {
		return nil, fmt.Errorf("locale_paths: %w", err)
	}
	maxSize, err := connectors.ParseSize(s.String("max_file_size"))
	if err != nil {
		return nil, fmt.Errorf("max_file_size: %w", err)
	}
	prefix := s.String("url_prefix")
	if prefix != "" && !strings.HasSuffix(prefix, "/") && !strings.HasSuffix(prefix, "=") {
		prefix += "/"
	}
	now := env.Now
	if now == nil {
		now = time.Now
	}
	shape := connectors.Settings{}
	for _, key := range []string{"url_prefix", "url_without_extension", "front_matter", "locale", "locale_paths"} {
		shape[key] = s[key]
	}
	return &Source{
		location: location, scope: scope{include, exclude}, follow: s.Bool("follow_symlinks"),
		maxSize: maxSize, maxFiles: s.Int("max_files"), urlPrefix: prefix, urlBare: s.Bool("url_without_extension"),
		frontMatter: s.Bool("front_matter"), locale: s.String("locale"), localePaths: locales,
		mapping: shape.Digest()[:8], now: now, every: checkpointEvery,
	}, nil
}

// place is the opened folder. If the location is a file, only is the file in it
// and name what it is listed as.
type place struct {
	root       *os.Root
	only, name string
}

// open opens the location. Its error wraps connectors.ErrNotFound when there is
// nothing; every error says how to mend it.
func (s *Source) open() (*place, error) {
	info, err := os.Stat(s.location)
	if err != nil {
		return nil, s.noLocation(err)
	}
	dir, only, name := s.location, "", ""
	if info.Mode().IsRegular() {
		// Whoever names a link to a file means the file that it leads to.
		file, err := filepath.EvalSymlinks(s.location)
		if err != nil {
			return nil, s.noLocation(err)
		}
		dir, only, name = filepath.Dir(file), filepath.Base(file), segment(filepath.Base(s.location))
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is neither a folder nor a file; point location at the folder that holds the documents", s.location)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, s.noLocation(err)
	}
	return &place{root, only, name}, nil
}

func (s *Source) noLocation(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: there is no %s; mount the share or correct location", connectors.ErrNotFound, s.location)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be read by the user that runs freshet; grant it access: %w", s.location, err)
	}
	return fmt.Errorf("%s cannot be opened; see whether its disk or share is well: %w", s.location, err)
}

// InScope reports whether include, exclude and the rule for hidden files let a
// document with this ID be listed.
// Of an ID that had to be shortened the whole path is not known, and it is taken
// to be in scope.
func (s *Source) InScope(id string) bool {
	return id != "" && (shortened(id) || s.scope.leavesOut(id) == "")
}

const cursorPrefix = "files1:"

// Pull lists every file, in byte order of the paths, so that a cursor is the last
// path of a checkpoint. A file that vanishes meanwhile is not yielded. A folder
// that cannot be read ends the pull with an error after all that can be read;
// from there on no checkpoint is given, because a pull resumed after it would
// take its documents for gone.
//
// A folder without any entry, where documents are known, is ErrTruncated: the
// mount point of a share that is away looks just so. An empty file called .keep
// says that it is meant.
func (s *Source) Pull(ctx context.Context, pos connectors.Position) iter.Seq2[connectors.Change, error] {
	return func(yield func(connectors.Change, error) bool) {
		if err := s.pull(ctx, pos, func(c connectors.Change) bool { return yield(c, nil) }); err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

// errStopped says that the loop over the pull was left.
var errStopped = errors.New("the loop over the pull was left")

func (s *Source) pull(ctx context.Context, pos connectors.Position, yield func(connectors.Change) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	after, ok := strings.CutPrefix(pos.Cursor(), cursorPrefix)
	if pos.Cursor() != "" && !ok {
		return fmt.Errorf("%w: %.40q", connectors.ErrCursor, pos.Cursor())
	}
	p, err := s.open()
	if err != nil {
		return err
	}
	defer p.root.Close()
	w := &walker{s: s, root: p.root, after: after, only: p.only, name: p.name}
	listed, sinceMark := 0, 0
	w.visit = func(f found) error {
		change, err := s.change(ctx, p.root, f, pos)
		if err != nil || change == nil {
			return err
		}
		if !yield(change) {
			return errStopped
		}
		listed++
		if sinceMark++; sinceMark < s.every || w.damaged != nil {
			return nil
		}
		sinceMark = 0
		if !yield(connectors.Progress{Listed: listed}) || !yield(connectors.Checkpoint{Cursor: cursorPrefix + f.path}) {
			return errStopped
		}
		return nil
	}
	if err := w.walk(ctx); err != nil {
		return err
	}
	if w.entries == 0 {
		if err := s.mayBeEmpty(ctx, pos); err != nil {
			return err
		}
	}
	if w.damaged != nil {
		return w.damaged
	}
	if listed > 0 && !yield(connectors.Progress{Listed: listed, Total: listed}) {
		return errStopped
	}
	if !yield(connectors.PassDone{}) {
		return errStopped
	}
	return nil
}

// mayBeEmpty refuses an empty folder from which documents were read before.
func (s *Source) mayBeEmpty(ctx context.Context, pos connectors.Position) error {
	for _, err := range pos.Known(ctx) {
		if err != nil {
			return fmt.Errorf("reading what is known of %s: %w", s.location, err)
		}
		return fmt.Errorf("%w: %s is empty, though documents were read from it before; mount the share, or put an empty file called .keep into it if it is meant to be empty", connectors.ErrTruncated, s.location)
	}
	return nil
}
