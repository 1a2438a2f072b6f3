package records

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/connectors/fetch"
)

func open(t testing.TB, env connectors.Env, raw map[string]any) *Source {
	t.Helper()
	settings, err := Kind().Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(env, settings)
	if err != nil {
		t.Fatal(err)
	}
	s.every = 3
	return s
}

// row is a record of a world.
type row struct {
	ID     string `json:"id"`
	Text   any    `json:"text"`
	Status string `json:"status"`
}

// rows is what a world holds, in the order in which it came.
type rows struct {
	mu   sync.Mutex
	list []row
}

func (r *rows) find(name string) int {
	return slices.IndexFunc(r.list, func(x row) bool { return strings.TrimSpace(x.ID) == strings.TrimSpace(name) })
}

func (r *rows) put(name string, text any, status string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !utf8.ValidString(name) {
		return ""
	}
	x := row{name, text, status}
	if i := r.find(name); i >= 0 {
		r.list[i] = x
	} else {
		r.list = append(r.list, x)
	}
	return documentID(strings.TrimSpace(name))
}

func (r *rows) remove(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := r.find(name); i >= 0 {
		r.list = slices.Delete(r.list, i, i+1)
	}
}

func (r *rows) twice(name, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = slices.Insert(r.list, r.find(name)+1, row{name, text, "published"})
}

func (r *rows) world(changed func()) *connectortest.World {
	do := func(f func()) {
		f()
		changed()
	}
	return &connectortest.World{
		Put: func(name, content string) (id string) {
			do(func() { id = r.put(name, content, "published") })
			return id
		},
		Remove: func(name string) { do(func() { r.remove(name) }) },
		Spoil:  func(name string) { do(func() { r.put(name, map[string]any{"blocks": []any{}}, "published") }) },
		Hide:   func(name string) { do(func() { r.put(name, "text", "draft") }) },
		Twice:  func(name, content string) { do(func() { r.twice(name, content) }) },
	}
}

// encodings write the rows of a world as an export.
var encodings = map[string]func([]row) []byte{
	"kb.jsonl": func(list []row) []byte {
		var b bytes.Buffer
		for _, x := range list {
			line, _ := json.Marshal(x)
			b.Write(append(line, '\n'))
		}
		return b.Bytes()
	},
	"kb.json": func(list []row) []byte {
		b, _ := json.Marshal(map[string]any{"meta": map[string]any{"n": len(list)}, "data": map[string]any{"rows": append([]row{}, list...)}})
		return b
	},
	"kb.csv": func(list []row) []byte {
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Write([]string{"id", "text", "status"})
		for _, x := range list {
			text, _ := x.Text.(string)
			w.Write([]string{x.ID, text, x.Status})
		}
		w.Flush()
		return b.Bytes()
	},
}

func fileWorld(name string) func(t *testing.T) *connectortest.World {
	return func(t *testing.T) *connectortest.World {
		dir := t.TempDir()
		file := filepath.Join(dir, name)
		r := &rows{}
		cut := false
		save := func() {
			b := encodings[name](r.list)
			if cut {
				// A CSV that is cut in its last column cannot be told from a whole one.
				b = b[:bytes.LastIndexAny(b[:len(b)-len(b)/3], ",:")]
			}
			if err := os.WriteFile(file, b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		save()
		w := r.world(save)
		raw := map[string]any{"location": name, "id": "id", "body": "text", "where": map[string]any{"status": "published"}}
		if name == "kb.json" {
			raw["items"] = "data.rows"
		}
		if name == "kb.csv" {
			w.Spoil = nil
		}
		w.Source = func() connectors.Source { return open(t, connectors.Env{Dir: dir}, raw) }
		w.Truncate = func(on bool) { cut = on; save() }
		w.Vanish = func(on bool) {
			if on {
				os.Remove(file)
			} else {
				save()
			}
		}
		return w
	}
}

func TestExportsPassTheSuite(t *testing.T) {
	for name := range encodings {
		t.Run(name, func(t *testing.T) {
			connectortest.Run(t, connectortest.Options{New: fileWorld(name)})
		})
	}
}

// secrets of a test.
type secrets map[string]string

func (s secrets) Get(_ context.Context, name string) (string, string, error) {
	if v, ok := s[name]; ok {
		return v, "1", nil
	}
	return "", "", fmt.Errorf("there is no secret %q", name)
}

func (s secrets) Save(context.Context, string, string, string) (bool, error) { return false, nil }

// loopback lets the guarded client reach the test server.
func loopback() connectors.Env {
	clients := fetch.New(fetch.Options{Delay: -1, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	return connectors.Env{Now: time.Now, Secrets: secrets{"key": "s3cret/&value"}, HTTP: func(o connectors.HTTPOptions) *http.Client {
		o.AllowPrivate = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
		for port := 1024; port < 65536; port++ {
			o.AllowPorts = append(o.AllowPorts, port)
		}
		return clients(o)
	}}
}

// service is a paged REST listing.
type service struct {
	rows
	paging   string
	stalled  chan struct{}
	throttle int
	postpone bool
	fail     bool
	short    bool
	gone     bool
}

const pageOf = 5

func (s *service) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	s.mu.Lock()
	stalled := s.stalled
	s.mu.Unlock()
	if stalled != nil {
		select {
		case <-stalled:
		case <-req.Context().Done():
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	q := req.URL.Query()
	from := 0
	switch s.paging {
	case "page":
		n, _ := strconv.Atoi(q.Get("page"))
		from = (n - 1) * pageOf
	case "offset":
		from, _ = strconv.Atoi(q.Get("offset"))
	default:
		from, _ = strconv.Atoi(strings.TrimPrefix(q.Get("after"), "t"))
	}
	switch {
	case req.Header.Get("Authorization") != "Bearer s3cret/&value" || q.Get("key") != "s3cret/&value":
		http.Error(w, "no", http.StatusUnauthorized)
		return
	case s.gone:
		http.NotFound(w, req)
		return
	case s.throttle > 0:
		s.throttle--
		w.Header().Set("Retry-After", "1")
		http.Error(w, "busy", http.StatusTooManyRequests)
		return
	case s.postpone && from > 0:
		w.Header().Set("Retry-After", "600")
		http.Error(w, "busy", http.StatusTooManyRequests)
		return
	case s.fail && from > 0:
		http.Error(w, "broken", http.StatusInternalServerError)
		return
	}
	to := min(from+pageOf, len(s.list))
	if s.short {
		to = min(to, pageOf)
	}
	s.answer(w, req.URL, min(from, to), to)
}

func (s *service) answer(w http.ResponseWriter, at *url.URL, from, to int) {
	meta := map[string]any{"total": len(s.list), "next": nil, "cursor": nil}
	if to < len(s.list) && !s.short {
		q := at.Query()
		q.Set("after", fmt.Sprint("t", to))
		meta["cursor"], meta["next"] = fmt.Sprint("t", to), "?"+q.Encode()
		if s.paging == "link" {
			w.Header().Set("Link", fmt.Sprintf(`<https://elsewhere.example/>; rel="prev", <?%s>; title="a, b"; rel="next last"`, q.Encode()))
		}
	}
	w.Header().Set("Content-Type", "application/json")
	if s.paging == "link" {
		json.NewEncoder(w).Encode(append([]row{}, s.list[from:to]...))
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"data": append([]row{}, s.list[from:to]...), "meta": meta})
}

func restWorld(paging string) func(t *testing.T) *connectortest.World {
	return func(t *testing.T) *connectortest.World {
		s := &service{paging: paging}
		server := httptest.NewServer(s)
		t.Cleanup(server.Close)
		raw := map[string]any{"location": server.URL + "/api/items?key={{secret:key}}", "id": "id", "body": "text",
			"where": map[string]any{"status": "published"}, "headers": map[string]any{"Authorization": "Bearer {{secret:key}}"}}
		if paging != "link" {
			raw["paging"], raw["items"], raw["total"] = paging, "data", "meta.total"
		}
		switch paging {
		case "cursor":
			raw["page_param"], raw["cursor"] = "after", "meta.cursor"
		case "next":
			raw["next"] = "meta.next"
		}
		env := loopback()
		set := func(f func()) { s.mu.Lock(); defer s.mu.Unlock(); f() }
		w := s.world(func() {})
		w.Source = func() connectors.Source { return open(t, env, raw) }
		if paging != "link" {
			w.Truncate = func(on bool) { set(func() { s.short = on }) }
		}
		w.FailListing = func(on bool) { set(func() { s.fail = on }) }
		w.Vanish = func(on bool) { set(func() { s.gone = on }) }
		w.Throttle = func(n int) { set(func() { s.throttle = n }) }
		w.Postpone = func(on bool) { set(func() { s.postpone = on }) }
		w.Stall = func(on bool) {
			set(func() {
				if on {
					s.stalled = make(chan struct{})
				} else if s.stalled != nil {
					close(s.stalled)
					s.stalled = nil
				}
			})
		}
		return w
	}
}

func TestPagedListingsPassTheSuite(t *testing.T) {
	for _, paging := range []string{"page", "offset", "cursor", "next", "link"} {
		t.Run(paging, func(t *testing.T) {
			connectortest.Run(t, connectortest.Options{New: restWorld(paging)})
		})
	}
}
