package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"freshet/connectors"
)

// change says what a pull has to say of one thing that was found; nil if it is
// gone meanwhile.
func (s *Source) change(ctx context.Context, root *os.Root, f found, pos connectors.Position) (connectors.Change, error) {
	id, uri := documentID(f.path), s.address(f.path)
	switch {
	case f.reason != "":
		return connectors.Skip{ID: id, URI: uri, Reason: f.reason, Detail: f.detail}, nil
	case f.info.Size() == 0:
		return connectors.Skip{ID: id, URI: uri, Reason: connectors.SkipEmpty}, nil
	case f.info.Size() > s.maxSize:
		return connectors.Unreadable{ID: id, URI: uri, Err: s.tooLarge(f.info.Size())}, nil
	}
	known := ""
	if pos != nil {
		var err error
		if known, err = pos.Revision(ctx, id); err != nil {
			return nil, fmt.Errorf("reading the revision of %q: %w", id, err)
		}
	}
	revision, err := s.revision(ctx, root, f, known)
	if err == nil && known != "" && known == revision {
		return connectors.Same{ID: id}, nil
	}
	if err == nil {
		var change connectors.Change
		if change, err = s.describe(root, f, revision); err == nil {
			return change, nil
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	}
	return connectors.Unreadable{ID: id, URI: uri, Err: fmt.Errorf("reading %q: %w", f.path, err)}, nil
}

func (s *Source) tooLarge(size int64) error {
	return &connectors.Verdict{Reason: connectors.VerdictTooLarge,
		Detail: fmt.Sprintf("the file has %d bytes and max_file_size is %d", size, s.maxSize)}
}

// revision identifies the content without reading it where the file system lets
// that be exact. known is the revision that the document had: if it holds a hash,
// the content is hashed to compare with it.
func (s *Source) revision(ctx context.Context, root *os.Root, f found, known string) (string, error) {
	inode, changed, ok := changeTime(f.info)
	stamp := strings.Join([]string{"1", s.mapping, num(f.info.Size()), num(f.info.ModTime().UnixNano()), num(changed), inode}, ".")
	if ok && settled(changed, s.now()) && !strings.HasPrefix(known, stamp+".") {
		return stamp, nil
	}
	sum, err := s.hash(ctx, root, f.raw)
	return stamp + "." + sum, err
}

func num(n int64) string { return strconv.FormatInt(n, 36) }

// settled reports whether a further change would show in the change time. File
// systems that keep whole seconds are given two of them.
func settled(changed int64, now time.Time) bool {
	tick := 100 * time.Millisecond
	if changed%int64(time.Second) == 0 {
		tick = 2 * time.Second
	}
	return time.Duration(now.UnixNano()-changed) > tick
}

func (s *Source) hash(ctx context.Context, root *os.Root, raw string) (string, error) {
	r, err := s.reader(ctx, root, raw)
	if err != nil {
		return "", err
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// describe reads the start of the file and returns an Upsert, or a Skip or an
// Unreadable if its front matter says so or cannot be understood.
func (s *Source) describe(root *os.Root, f found, revision string) (connectors.Change, error) {
	id := documentID(f.path)
	d := &connectors.Document{
		ID: id, Revision: revision, URI: s.address(f.path), MediaType: mediaType(f.path),
		Modified: f.info.ModTime().UTC(), Locale: s.locale,
	}
	if dir := path.Dir(f.path); dir != "." {
		d.Path = strings.Split(dir, "/")
	}
	if locale, group := localeOf(s.localePaths, f.path); group != "" {
		d.TranslationGroup = documentID(group)
		if locale != "" {
			d.Locale = locale
		}
	}
	fm := s.frontMatter && mayHaveFrontMatter(f.path)
	if fm {
		head, err := s.head(root, f.raw)
		if err != nil {
			return nil, err
		}
		m, err := parseFrontMatter(head)
		if err != nil {
			return connectors.Unreadable{ID: id, URI: d.URI, Err: err}, nil
		}
		if m.draft {
			return connectors.Skip{ID: id, URI: d.URI, Reason: SkipUnpublished, Detail: "its front matter says that it is a draft"}, nil
		}
		m.apply(d)
	}
	raw := f.raw
	d.Open = func(ctx context.Context) (io.ReadCloser, error) { return s.content(ctx, raw, fm) }
	return connectors.Upsert{Document: d}, nil
}

func (s *Source) head(root *os.Root, raw string) ([]byte, error) {
	r, err := s.reader(context.Background(), root, raw)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return readHead(r)
}

func readHead(r io.Reader) ([]byte, error) {
	head := make([]byte, maxFrontMatter+1)
	n, err := io.ReadFull(r, head)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil
	}
	return head[:n], err
}

// content opens the file anew and leaves the front matter out.
func (s *Source) content(ctx context.Context, raw string, frontMatter bool) (io.ReadCloser, error) {
	p, err := s.open()
	if err != nil {
		return nil, err
	}
	defer p.root.Close()
	r, err := s.reader(ctx, p.root, raw)
	if err != nil {
		return nil, err
	}
	if !frontMatter {
		return r, nil
	}
	head, err := readHead(r)
	if err != nil {
		r.Close()
		return nil, err
	}
	if _, rest, ok := splitFrontMatter(head); ok {
		head = head[rest:]
	}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), r), r}, nil
}
