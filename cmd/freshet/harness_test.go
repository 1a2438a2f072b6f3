package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// world is one machine with a data directory, on which tests run the program.
type world struct {
	t    *testing.T
	data string
	dir  string // where configuration and content lie
	env  map[string]string
	now  time.Time // zero: the real clock
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return &world{t: t, data: filepath.Join(t.TempDir(), "data"), dir: t.TempDir(), env: map[string]string{}}
}

// result is how the program ended.
type result struct {
	status      int
	out, errors string
}

func (w *world) program(args ...string) (*Main, *bytes.Buffer, *syncBuffer) {
	out, errs := &bytes.Buffer{}, &syncBuffer{}
	m := &Main{Args: append(args, "--data", w.data), Stdout: out, Stderr: errs, Now: time.Now, PID: 4711,
		Getenv: func(name string) string { return w.env[name] }}
	if now := w.now; !now.IsZero() {
		m.Now = func() time.Time { return now }
	}
	if path := filepath.Join(w.dir, defaultConfig); fileExists(path) {
		m.Args = append(m.Args, "--config", path)
	}
	return m, out, errs
}

// run runs the program to its end.
func (w *world) run(args ...string) result {
	w.t.Helper()
	m, out, errs := w.program(args...)
	status := m.Run(w.t.Context())
	return result{status: status, out: out.String(), errors: errs.String()}
}

// ok runs the program and fails the test unless it ends with status 0.
func (w *world) ok(args ...string) string {
	w.t.Helper()
	r := w.run(args...)
	if r.status != exitDone {
		w.t.Fatalf("freshet %s: status %d\n%s%s", strings.Join(args, " "), r.status, r.out, r.errors)
	}
	return r.out
}

// ask runs the program with --json and reads its answer.
func (w *world) ask(into any, args ...string) {
	w.t.Helper()
	if err := json.Unmarshal([]byte(w.ok(append(args, "--json")...)), into); err != nil {
		w.t.Fatalf("freshet %s: %v", strings.Join(args, " "), err)
	}
}

// write puts a file into the world's directory.
func (w *world) write(name, content string) string {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		w.t.Fatal(err)
	}
	return path
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// serve starts `freshet serve` and returns its address and what stops it.
func (w *world) serve() (address string, stop func() result) {
	w.t.Helper()
	m, out, errs := w.program("serve", "--addr", "127.0.0.1:0")
	listening := make(chan string, 1)
	m.Listening = func(_, address string) { listening <- address }
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan int, 1)
	go func() { ended <- m.Run(ctx) }()
	select {
	case address = <-listening:
	case status := <-ended:
		cancel()
		w.t.Fatalf("serve ended with %d: %s", status, errs)
	case <-time.After(20 * time.Second):
		cancel()
		w.t.Fatalf("serve does not listen: %s", errs)
	}
	stop = sync.OnceValue(func() result {
		cancel()
		return result{status: <-ended, out: out.String(), errors: errs.String()}
	})
	w.t.Cleanup(func() { stop() })
	return address, stop
}

// site adds a website source for a server of this test.
func (w *world) site(id string, s *httptest.Server, more ...string) []string {
	port := s.URL[strings.LastIndex(s.URL, ":")+1:]
	args := []string{"source", "add", id, "--type", "website", "--kb", "help", "--publish", "--set", "start=" + s.URL + "/", "--set", "delay=1ms",
		"--set", "allow_private=127.0.0.1/32", "--set", "allow_ports=" + port}
	return append(args, more...)
}

// server serves pages by path; others are 404. It tells of each request.
func server(t *testing.T, pages map[string]string, tell ...func()) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, f := range tell {
			f()
		}
		page, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if strings.HasSuffix(r.URL.Path, ".xml") {
			w.Header().Set("Content-Type", "application/xml")
		}
		_, _ = w.Write([]byte(page))
	}))
	t.Cleanup(s.Close)
	return s
}

// syncBuffer is a buffer that may be read while a program writes to it.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write appends.
func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

// String is what was written so far.
func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
