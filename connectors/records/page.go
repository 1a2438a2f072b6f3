package records

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"
	"strconv"
	"time"

	"freshet/connectors"
)

// page is one file or response. A response is put into a temporary file first:
// minutes may pass between two records, and no server waits that long.
type page struct {
	file      *os.File
	begun     fs.FileInfo // of a local file, to notice changes
	name      string      // for messages and for its extension
	identity  string      // equal for equal content
	mediaType string
	link      string // the next page by the Link header
	temporary bool
}

func (p *page) close() {
	p.file.Close()
	if p.temporary {
		os.Remove(p.file.Name()) // where an open file could not be removed at once
	}
}

// unchanged fails if a local file was written to since it was opened.
func (p *page) unchanged() error {
	if p.begun == nil {
		return nil
	}
	now, err := p.file.Stat()
	if err != nil {
		return fmt.Errorf("looking at %s: %w", p.name, err)
	}
	if now.Size() != p.begun.Size() || !now.ModTime().Equal(p.begun.ModTime()) {
		return fmt.Errorf("%w: %s was written to while it was read; let the export write another file and rename it", connectors.ErrTruncated, p.name)
	}
	return nil
}

// local opens the file. Its error wraps connectors.ErrNotFound if there is none.
func (s *Source) local() (*page, error) {
	info, err := os.Stat(s.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: there is no file %s; see whether the export ran, or correct location", connectors.ErrNotFound, s.file)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%s may not be read by the user that runs freshet; grant it access: %w", s.file, err)
	case err != nil:
		return nil, fmt.Errorf("%s cannot be opened: %w", s.file, err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a file; point location at the export itself, or use the type files for a folder", s.file)
	}
	f, err := os.Open(s.file)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be opened; grant the user that runs freshet access to it: %w", s.file, err)
	}
	p := &page{file: f, name: s.file}
	if p.begun, err = f.Stat(); err == nil {
		p.identity, err = localIdentity(f, p.begun)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("reading %s: %w", s.file, err)
	}
	return p, nil
}

// localIdentity is made of size, modification time and the file's first 64 KB.
func localIdentity(f *os.File, info fs.FileInfo) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%d %d\n", info.Size(), info.ModTime().UnixNano())
	if _, err := io.CopyN(h, f, sniffed); err != nil && err != io.EOF {
		return "", err
	}
	_, err := f.Seek(0, io.SeekStart)
	return sum(h), err
}

func sum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)[:12]) }

// statusError is an answer that is not the listing.
type statusError struct {
	code int
	err  error
}

func (e *statusError) Error() string { return e.err.Error() }

func (e *statusError) Unwrap() error { return e.err }

// download asks for an address and keeps the answer.
func (s *Source) download(ctx context.Context, address string, headers map[string]string) (*page, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("the address at %s cannot be asked for; correct location", s.host.Host)
	}
	req.Header.Set("Accept", "application/json, application/x-ndjson, text/csv;q=0.9, */*;q=0.5")
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	name := req.URL.Host + req.URL.Path
	resp, err := s.client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%s cannot be read; see whether the address is right and the service is up: %w", name, withoutAddress(err))
	}
	defer resp.Body.Close()
	if err := s.refusal(resp, name); err != nil {
		return nil, err
	}
	p := &page{name: path.Base(req.URL.Path), temporary: true, link: nextLink(resp.Header.Values("Link"))}
	p.mediaType, _, _ = mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if p.file, err = os.CreateTemp("", "freshet-records-*"); err != nil {
		return nil, fmt.Errorf("keeping the answer of %s in the folder for temporary files: %w", name, err)
	}
	os.Remove(p.file.Name())
	h := sha256.New()
	if _, err = io.Copy(io.MultiWriter(p.file, h), resp.Body); err == nil {
		_, err = p.file.Seek(0, io.SeekStart)
	}
	if err != nil {
		p.close()
		return nil, s.cut(ctx, name, err)
	}
	p.identity = sum(h)
	return p, nil
}

// cut says why a body did not arrive whole.
func (s *Source) cut(ctx context.Context, name string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if v := connectors.AsVerdict(err); v != nil && v.Reason == connectors.VerdictTooLarge {
		return fmt.Errorf("%w: the answer of %s has more than %d MB; raise max_size_mb to read it", connectors.ErrTruncated, name, s.maxSize>>20)
	}
	return fmt.Errorf("%w: the answer of %s broke off: %w", connectors.ErrTruncated, name, withoutAddress(err))
}

// withoutAddress takes the address, which may hold a key, out of an error.
func withoutAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// refusal turns an answer that is not the listing into an error that says what to
// do.
func (s *Source) refusal(resp *http.Response, name string) error {
	code := resp.StatusCode
	if code == http.StatusOK {
		return nil
	}
	var err error
	switch {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		err = fmt.Errorf("%w: %s answers %d; renew the key or token in headers or location", connectors.ErrAuth, name, code)
	case code == http.StatusNotFound || code == http.StatusGone:
		err = fmt.Errorf("%w: %s answers %d; correct location", connectors.ErrNotFound, name, code)
	case code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable:
		err = fmt.Errorf("%s answers %d: it is busy", name, code)
		if wait := retryAfter(resp.Header.Get("Retry-After"), s.now()); wait > 0 {
			return &connectors.RetryAfter{Wait: wait, Err: err}
		}
	default:
		err = fmt.Errorf("%s answers %d %s instead of the listing", name, code, http.StatusText(code))
	}
	return &statusError{code, err}
}

func (s *Source) now() time.Time {
	if s.env.Now != nil {
		return s.env.Now()
	}
	return time.Now()
}

func retryAfter(header string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(header); err == nil && n > 0 && n < 1<<31 {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}
