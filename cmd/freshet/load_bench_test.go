package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"freshet/index/indextest"
)

// The built service over loopback, its client on the same processors: 100,000
// passages of 250 words, the real questions of the data sets in turn. The loop is
// open: questions are due at fixed times whether or not earlier ones were
// answered, and a latency counts from the due time. The first load meets a service
// that has just started, the others a warm one.
func BenchmarkServe(b *testing.B) {
	corpus := indextest.ReadCorpus(b)
	s := startBuilt(b, corpus, 100_000, 250)
	for _, load := range []struct {
		name string
		rate int
		sync bool
	}{{"750 a second, just started", 750, false}, {"750 a second", 750, false}, {"1500 a second", 1500, false}, {"750 a second beside a sync of 2000 chunks a second", 750, true}} {
		b.Run(load.name, func(b *testing.B) {
			ctx, stop := context.WithCancel(b.Context())
			var wg sync.WaitGroup
			var synced int
			if load.sync {
				wg.Go(func() { synced = s.keepSyncing(ctx, b, corpus) })
				time.Sleep(2 * time.Second)
			}
			for b.Loop() {
				began := time.Now()
				l := s.askAll(b, load.rate, 15*time.Second)
				took := time.Since(began)
				b.ReportMetric(float64(len(l))/took.Seconds(), "answers/s")
				b.ReportMetric(milliseconds(l, 0.50), "p50-ms")
				b.ReportMetric(milliseconds(l, 0.99), "p99-ms")
				b.ReportMetric(milliseconds(l, 0.999), "p99.9-ms")
			}
			stop()
			wg.Wait()
			if load.sync {
				b.ReportMetric(float64(synced), "chunks-synced")
			}
			b.ReportMetric(float64(s.resident(b))/(1<<20), "resident-MB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func milliseconds(l []time.Duration, q float64) float64 {
	slices.Sort(l)
	return float64(l[int(q*float64(len(l)-1))].Microseconds()) / 1000
}

// built is the program in a process of its own.
type built struct {
	cmd     *exec.Cmd
	dir     string
	binary  string
	address string
	bodies  [][]byte // requests, ready to be sent
}

func startBuilt(b *testing.B, corpus *indextest.Corpus, chunks, words int) *built {
	b.Helper()
	s := &built{dir: b.TempDir()}
	s.binary = filepath.Join(s.dir, "freshet")
	s.run(b, "go", "build", "-o", s.binary, ".")
	write(b, filepath.Join(s.dir, "freshet.yaml"), `
knowledge_bases: [{id: help, languages: [fr, en]}]
sources:
  - {id: all, knowledge_base: help, type: records, settings: {location: all.jsonl, id: id, title: title, body: body, body_format: text, locale: locale}}
  - {id: live, knowledge_base: help, type: records, settings: {location: live.jsonl, id: id, title: title, body: body, body_format: text, locale: locale}}
`)
	writeRecords(b, filepath.Join(s.dir, "all.jsonl"), corpus.Texts(chunks, words), "")
	writeRecords(b, filepath.Join(s.dir, "live.jsonl"), corpus.Texts(2000, words), "")
	began := time.Now()
	s.freshet(b, "sync")
	b.Logf("the first sync took %s", time.Since(began).Round(time.Millisecond))
	var key struct{ Secret, Key string }
	if err := json.Unmarshal(s.freshet(b, "key", "create", "--name", "bench", "--json"), &key); err != nil {
		b.Fatal(err)
	}
	s.serve(b)
	for _, q := range corpus.Questions() {
		body, err := json.Marshal(map[string]any{"knowledge_base": "help", "query": q})
		if err != nil {
			b.Fatal(err)
		}
		head := fmt.Sprintf("POST /v1/search HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s%s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", s.address, key.Secret, key.Key, len(body))
		s.bodies = append(s.bodies, append([]byte(head), body...))
	}
	return s
}

func write(b *testing.B, path, text string) {
	b.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
}

func writeRecords(b *testing.B, path string, texts []indextest.CorpusText, mark string) {
	b.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	for i, t := range texts {
		err := enc.Encode(map[string]string{"id": strconv.Itoa(i), "title": t.Title, "body": t.Body + mark, "locale": t.Language})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := os.WriteFile(path+".new", out.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		b.Fatal(err)
	}
}

func (s *built) freshet(b *testing.B, args ...string) []byte {
	b.Helper()
	return s.run(b, s.binary, append(args, "--config", filepath.Join(s.dir, "freshet.yaml"), "--data", filepath.Join(s.dir, "data"))...)
}

func (s *built) run(b *testing.B, name string, args ...string) []byte {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), name, args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		b.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, said.String())
	}
	return out.Bytes()
}

// serve starts the service on a free port and waits until it is ready.
func (s *built) serve(b *testing.B) {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s.address = l.Addr().String()
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	s.cmd = exec.Command(s.binary, "serve", "--addr", s.address, "--log-level", "error",
		"--config", filepath.Join(s.dir, "freshet.yaml"), "--data", filepath.Join(s.dir, "data"))
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = s.cmd.Process.Signal(os.Interrupt)
		_ = s.cmd.Wait()
	})
	for time.Since(began) < time.Minute {
		resp, err := http.Get("http://" + s.address + "/readyz")
		if err == nil {
			ready := resp.StatusCode == http.StatusOK
			resp.Body.Close()
			if ready {
				b.Logf("ready %s after its start", time.Since(began).Round(time.Millisecond))
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.Fatal("the service did not get ready within a minute")
}

// askers is how many connections the client has.
const askers = 32

// askAll asks at a fixed rate and returns the latencies from the due times.
func (s *built) askAll(b *testing.B, rate int, during time.Duration) []time.Duration {
	b.Helper()
	n := int(during.Seconds() * float64(rate))
	due := make(chan int, n)
	latencies := make([]time.Duration, n)
	start := time.Now().Add(10 * time.Millisecond)
	at := func(i int) time.Time { return start.Add(time.Duration(i) * time.Second / time.Duration(rate)) }
	var wg sync.WaitGroup
	failures := make(chan error, askers)
	for range askers {
		wg.Go(func() {
			c, err := net.Dial("tcp", s.address)
			if err != nil {
				failures <- err
				return
			}
			defer c.Close()
			r := bufio.NewReaderSize(c, 64<<10)
			for i := range due {
				if err := ask(c, r, s.bodies[i%len(s.bodies)]); err != nil {
					failures <- err
					return
				}
				latencies[i] = time.Since(at(i))
			}
		})
	}
	for i := range n {
		time.Sleep(time.Until(at(i)))
		due <- i
	}
	close(due)
	wg.Wait()
	select {
	case err := <-failures:
		b.Fatal(err)
	default:
	}
	return latencies
}

// ask sends one request and reads its answer away.
func ask(c net.Conn, r *bufio.Reader, request []byte) error {
	if _, err := c.Write(request); err != nil {
		return err
	}
	status, err := r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.Contains(status, []byte(" 200 ")) {
		return fmt.Errorf("answered %q", status)
	}
	length := -1
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if v, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(v))); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return fmt.Errorf("an answer without a length")
	}
	_, err = io.CopyN(io.Discard, r, int64(length))
	return err
}

// keepSyncing changes 2,000 records every second and has them synced.
func (s *built) keepSyncing(ctx context.Context, b *testing.B, corpus *indextest.Corpus) int {
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(s.dir, "data", "freshet.sock"))
	}}}
	texts := corpus.Texts(2000, 250)
	chunks := 0
	for round := 1; ctx.Err() == nil; round++ {
		next := time.Now().Add(time.Second)
		writeRecords(b, filepath.Join(s.dir, "live.jsonl"), texts, fmt.Sprintf(" Round %d.", round))
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://local/v1/sources/live/sync", strings.NewReader("{}"))
		if err != nil {
			b.Error(err)
			return chunks
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := client.Do(req)
		if err != nil {
			return chunks
		}
		var report struct {
			Written int `json:"chunks_written"`
		}
		err = json.NewDecoder(resp.Body).Decode(&report)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			b.Errorf("sync beside the questions: status %d, %v", resp.StatusCode, err)
			return chunks
		}
		chunks += report.Written
		time.Sleep(time.Until(next))
	}
	return chunks
}

// resident is the memory of the service in bytes, as Linux counts it.
func (s *built) resident(b *testing.B) int64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kb int64
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &kb); err == nil {
			return kb << 10
		}
	}
	return 0
}
