package files

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"

	"freshet/connectors"
)

// checked reads a file and fails if it changes meanwhile or is larger than
// allowed, so that half of a version is never taken for a whole one.
type checked struct {
	ctx   context.Context
	s     *Source
	f     *os.File
	begun fs.FileInfo
	read  int64
}

// reader opens a file inside root. Whatever stands there by now, it neither waits
// for a pipe's writer nor leaves the root.
func (s *Source) reader(ctx context.Context, root *os.Root, raw string) (*checked, error) {
	f, err := root.OpenFile(raw, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		switch {
		case !info.Mode().IsRegular():
			err = &connectors.Verdict{Reason: string(SkipNotAFile), Detail: "it is no longer a file"}
		case info.Size() > s.maxSize:
			err = s.tooLarge(info.Size())
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &checked{ctx: ctx, s: s, f: f, begun: info}, nil
}

// Read implements io.Reader.
func (c *checked) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.f.Read(p)
	c.read += int64(n)
	if c.read > c.s.maxSize {
		return n, c.s.tooLarge(c.read)
	}
	if err != io.EOF {
		return n, err
	}
	now, statErr := c.f.Stat()
	if statErr != nil {
		return n, statErr
	}
	if now.Size() != c.begun.Size() || !now.ModTime().Equal(c.begun.ModTime()) || c.read != now.Size() {
		return n, fmt.Errorf("the file changed while it was read; it is read again at the next try")
	}
	return n, io.EOF
}

// Close implements io.Closer.
func (c *checked) Close() error { return c.f.Close() }
