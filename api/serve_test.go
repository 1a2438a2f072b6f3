package api

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestHealth(t *testing.T) {
	w := newWorld(t)
	w.get("", http.MethodGet, "/healthz", "", nil)
	w.get("", http.MethodGet, "/readyz", "", nil)
	w.seams.err = errors.New("the index is 12 entries behind")
	w.get("", http.MethodGet, "/healthz", "", nil)
	rec := w.do("", http.MethodGet, "/readyz", "")
	checkProblem(t, rec, 503, "not_ready", "the index is 12 entries behind.")
	if rec.Header().Get("Retry-After") == "" {
		t.Error("Retry-After is missing")
	}
}

func TestARequestKeepsItsNameWhenItIsPlain(t *testing.T) {
	w := newWorld(t)
	for sent, kept := range map[string]bool{"abc-123.X_y": true, "": false, "a b": false, "évil": false, strings.Repeat("a", 65): false, `"><script>`: false} {
		r := httptest.NewRequest(http.MethodGet, "/healthz", nil)
		r.Header["X-Request-Id"] = []string{sent}
		rec := httptest.NewRecorder()
		w.server.Handler().ServeHTTP(rec, r)
		if got := rec.Header().Get("X-Request-Id"); (got == sent) != kept || got == "" {
			t.Errorf("%q is answered as %q", sent, got)
		}
	}
}

func TestAnotherOriginIsNotLetIn(t *testing.T) {
	w := newWorld(t)
	r := httptest.NewRequest(http.MethodOptions, "/v1/search", nil)
	r.Header.Set("Origin", "https://evil.example")
	r.Header.Set("Access-Control-Request-Method", "POST")
	rec := httptest.NewRecorder()
	w.server.Handler().ServeHTTP(rec, r)
	if rec.Code/100 == 2 || rec.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%d %v", rec.Code, rec.Header())
	}
}

func TestASyncIsWaitedForLongerThanABodyMayTake(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Limits.BodyTime, o.Limits.Time = 50*time.Millisecond, 50*time.Millisecond })
	w.seams.sync = func(ctx context.Context) {
		select {
		case <-ctx.Done():
		case <-time.After(300 * time.Millisecond):
		}
	}
	srv := w.server.HTTP(w.server.Local())
	ts := httptest.NewUnstartedServer(nil)
	ts.Config = srv
	ts.Start()
	defer ts.Close()
	resp, err := ts.Client().Post(ts.URL+"/v1/sources/faq/sync", "application/json", strings.NewReader(`{"full":true}`))
	must(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	must(t, err)
	if resp.StatusCode != 200 || !strings.Contains(string(text), `"source":"faq"`) {
		t.Errorf("%d %s", resp.StatusCode, text)
	}
}

// A pipes is a Listener of connections without any buffer.
type pipes struct{ conns chan net.Conn }

func (p pipes) Accept() (net.Conn, error) {
	c, ok := <-p.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (p pipes) Close() error   { close(p.conns); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

func TestACallerWhoDoesNotTakeTheAnswerIsNotWaitedFor(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Limits.BodyTime, o.Limits.Time, o.Limits.TakeTime = 30*time.Millisecond, 30*time.Millisecond, 30*time.Millisecond
	})
	srv := w.server.HTTP(w.server.Local())
	listener := pipes{make(chan net.Conn)}
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := srv.Serve(listener); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
	for _, path := range []string{"GET /openapi.json", "POST /v1/sources/faq/sync"} {
		here, there := net.Pipe()
		listener.conns <- there
		must(t, here.SetDeadline(time.Now().Add(10*time.Second)))
		_, err := io.WriteString(here, path+" HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
		must(t, err)
		time.Sleep(300 * time.Millisecond)
		if got, err := io.ReadAll(here); err != nil || len(got) > 0 {
			t.Errorf("%s: %d bytes, %v: the answer waited", path, len(got), err)
		}
	}
	must(t, srv.Close())
	wg.Wait()
}

func TestABodyThatDoesNotArriveIsNotWaitedFor(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Limits.BodyTime = 50 * time.Millisecond })
	ts := httptest.NewServer(w.server.Local())
	defer ts.Close()
	conn, err := net.Dial("tcp", ts.Listener.Addr().String())
	must(t, err)
	defer conn.Close()
	must(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = io.WriteString(conn, "POST /v1/search HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
	must(t, err)
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.Contains(string(answer), "400 Bad Request") || !strings.Contains(string(answer), "unreadable_body") {
		t.Errorf("%v %s", err, answer)
	}
}

func TestACallerWhoLeavesStopsTheSync(t *testing.T) {
	w := newWorld(t)
	begun, stopped := make(chan struct{}), make(chan struct{})
	w.seams.sync = func(ctx context.Context) {
		close(begun)
		<-ctx.Done()
		close(stopped)
	}
	ts := httptest.NewServer(w.server.Local())
	defer ts.Close()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, ts.URL+"/v1/sources/faq/sync", nil)
		if err != nil {
			t.Error(err)
			return
		}
		if resp, err := ts.Client().Do(r); err == nil {
			resp.Body.Close()
			t.Error("the sync was to be left")
		}
	})
	<-begun
	cancel()
	wg.Wait()
	select {
	case <-stopped:
	case <-time.After(10 * time.Second):
		t.Error("the sync goes on")
	}
}

func TestASyncThatIsNotWaitedForEndsWithTheServer(t *testing.T) {
	w := newWorld(t)
	begun := make(chan struct{})
	var stopped bool
	w.seams.sync = func(ctx context.Context) {
		close(begun)
		<-ctx.Done()
		stopped = true
	}
	rec := w.do("admin", http.MethodPost, "/v1/sources/faq/sync", `{"wait":false}`)
	if rec.Code != http.StatusAccepted || !strings.Contains(rec.Body.String(), `"accepted":true`) {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	<-begun
	must(t, w.server.Close(t.Context()))
	if !stopped {
		t.Error("Close has not waited")
	}
	checkProblem(t, w.do("admin", http.MethodPost, "/v1/sources/faq/sync", `{"wait":false}`), 503, "not_ready", "")
	must(t, w.server.Close(t.Context()))
}

func TestSearchesBesideEverythingElse(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { w.server.Run(ctx) })
	for _, path := range []string{"/v1/queries", "/v1/sources/faq", "/v1/documents", "/v1/keys"} {
		wg.Go(func() {
			for range 10 {
				if rec := w.do("admin", http.MethodGet, path, ""); rec.Code != 200 {
					t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
				}
			}
		})
	}
	for range 2 {
		wg.Go(func() {
			for range 20 {
				if rec := w.do("search", http.MethodPost, "/v1/search", `{"knowledge_base":"help","query":"refund"}`); rec.Code != 200 {
					t.Errorf("%d %s", rec.Code, rec.Body)
				}
			}
		})
	}
	time.AfterFunc(300*time.Millisecond, cancel)
	wg.Wait()
	must(t, w.server.Close(context.Background()))
	if list, err := w.catalog.Queries(t.Context(), "", 100); err != nil || len(list) != 40 {
		t.Errorf("%d rows, %v", len(list), err)
	}
}

func TestOptionsThatAreMissingAreSaid(t *testing.T) {
	if _, err := New(Options{}); err == nil {
		t.Error("a server without anything was made")
	}
}
