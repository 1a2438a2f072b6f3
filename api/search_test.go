package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"freshet/index"
	"freshet/index/retrieve"
)

func sampleResponse() retrieve.Response {
	modified := start.Add(1234567 * time.Nanosecond)
	text := strings.Repeat("The parcel is delivered within three days, “as agreed” – unless it's a holiday.\n", 18)
	resp := retrieve.Response{QueryID: "q_0123", Answer: retrieve.Answer{State: retrieve.Found, Confidence: 0.8125, Reasons: []string{`unmatched_terms:["a"]`}},
		Degraded: []string{}, TookMS: 1.234, Mark: 7, Hits: []retrieve.Hit{}}
	for i := range 5 {
		resp.Hits = append(resp.Hits, retrieve.Hit{
			ChunkID: index.NewChunkID("d", nil, text, i), Text: text, Score: 12.75 / float64(i+1), Scores: retrieve.Scores{Words: 9.5, Grams: 0.125, Title: 3},
			Document: retrieve.Document{Key: "k", ID: fmt.Sprint("doc-", i), Source: "faq", Title: "Delivery & <parcels>", Heading: []string{"A", "B"}, URL: "https://example.org/a?b=1&c=2",
				Locale: "en", Labels: []string{"x"}, Facets: map[string][]string{"plan": {"pro", "free"}, "country": {"fr"}}, Owner: "owner@example.org"},
			Freshness: retrieve.Freshness{Modified: &modified, Checked: &modified, State: "fresh", Reasons: []string{}},
			Conflicts: []retrieve.Conflict{{Finding: "f1", Rule: "value", Value: "3 days", OtherValue: "5 days", OtherDocument: "doc-9", OtherTitle: "Parcels", OtherURL: "https://example.org/9", Suggested: "other"}},
		})
	}
	return resp
}

func TestAnAnswerHasTheShapeThatIsPromised(t *testing.T) {
	w := newWorld(t)
	resp := sampleResponse()
	resp.Hits = resp.Hits[:1]
	resp.Hits[0].Text = "3 < 5 & “more”"
	w.server.search = func(context.Context, retrieve.Request) (retrieve.Response, error) { return resp, nil }
	rec := w.do("search", http.MethodPost, "/v1/search", `{"knowledge_base":"help","query":"a","log":false}`)
	want := `{"query_id":"","answer":{"state":"found","confidence":0.8125,"reasons":["unmatched_terms:[\"a\"]"]},"hits":[{"chunk_id":"` + resp.Hits[0].ChunkID.String() + `",` +
		`"text":"3 < 5 & “more”","score":12.75,"scores":{"words":9.5,"grams":0.125,"title":3,"dense":0},` +
		`"document":{"id":"doc-0","source":"faq","title":"Delivery & <parcels>","heading":["A","B"],"url":"https://example.org/a?b=1&c=2","locale":"en","labels":["x"],` +
		`"facets":{"country":["fr"],"plan":["pro","free"]},"owner":"owner@example.org"},` +
		`"freshness":{"modified":"2026-03-02T09:00:00.001234567Z","checked":"2026-03-02T09:00:00.001234567Z","confirmed_until":null,"state":"fresh","reasons":[]},` +
		`"conflicts":[{"finding":"f1","rule":"value","value":"3 days","other_value":"5 days","other_document":"doc-9","other_title":"Parcels","other_url":"https://example.org/9","suggested":"other"}]}],"degraded":[],"took_ms":1.234}` + "\n"
	if diff := cmp.Diff(want, rec.Body.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if ct := rec.Header().Get("Content-Type"); ct != "application/json" {
		t.Errorf("content type %q", ct)
	}
}

func (w *world) search(key, body string) retrieve.Response {
	w.t.Helper()
	var r retrieve.Response
	w.get(key, http.MethodPost, "/v1/search", body, &r)
	return r
}

func titles(r retrieve.Response) string {
	var list []string
	for _, h := range r.Hits {
		list = append(list, h.Document.Title)
	}
	return strings.Join(list, ", ")
}

func TestASearchServesWhatTheCallerMaySee(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ name, key, body, want string }{
		{"the best passage comes first", "search", `{"knowledge_base":"help","query":"when do I get my refund","limit":1}`, "Refunds"},
		{"a local caller needs no key", "local", `{"knowledge_base":"help","query":"refund","limit":1}`, "Refunds"},
		{"bases never mix", "search", `{"knowledge_base":"legal","query":"parcels"}`, "Privacy notice"},
		{"a key for one base opens it", "legal", `{"knowledge_base":"legal","query":"parcels"}`, "Privacy notice"},
		{"drafts are not served", "search", `{"knowledge_base":"help","query":"loyalty points expire","limit":1}`, ""},
		{"drafts are not served to administrators", "admin", `{"knowledge_base":"help","query":"loyalty points expire","limit":1}`, ""},
		{"drafts are served to test keys", "test", `{"knowledge_base":"help","query":"loyalty points expire","limit":1}`, "Loyalty"},
		{"what is restricted is not served to nobody in particular", "search", `{"knowledge_base":"help","query":"margin percent"}`, ""},
		{"what is restricted is served to those who may read it", "search", `{"knowledge_base":"help","query":"margin percent","principals":["group:staff"]}`, "Margins"},
		{"a filter restricts", "search", `{"knowledge_base":"help","query":"parcels shop open","filter":{"source":"site"}}`, "Opening hours"},
		{"a filter may have several values", "search", `{"knowledge_base":"help","query":"shop open","filter":{"source":["site","law"]}}`, "Opening hours"},
		{"nothing found is an answer", "search", `{"knowledge_base":"help","query":"zzzz"}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := titles(w.search(c.key, c.body)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestASearchThatCannotBeMeantIsRefusedWithAWayOut(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, key, body string
		status          int
		code, says      string
	}{
		{"no key", "", `{"knowledge_base":"help","query":"a"}`, 401, "key_missing", "freshet key create"},
		{"a key that is not known", "fsh_nobody", `{}`, 401, "key_refused", "revoked"},
		{"something else than a key", "Hello", `{}`, 401, "key_refused", ""},
		{"a key for another base", "legal", `{"knowledge_base":"help","query":"a"}`, 403, "other_knowledge_base", `\"help\"`},
		{"a field that is misspelt", "search", `{"knowledge_base":"help","qeury":"a"}`, 422, "unknown_field", `did you mean \"query\"?`},
		{"a field that is like no other", "search", `{"knowledge_base":"help","zzzzzzzz":"a"}`, 422, "unknown_field", "there are context, doubts, filter"},
		{"no base", "search", `{"query":"a"}`, 422, "invalid_request", "knowledge_base"},
		{"a base that does not exist", "search", `{"knowledge_base":"nope","query":"a"}`, 404, "unknown_knowledge_base", `There is no knowledge base \"nope\"`},
		{"no question", "search", `{"knowledge_base":"help"}`, 422, "invalid_request", "The query is empty."},
		{"too many passages", "search", `{"knowledge_base":"help","query":"a","limit":51}`, 422, "invalid_request", "Limit is 51"},
		{"an unknown filter", "search", `{"knowledge_base":"help","query":"a","filter":{"colour":"red"}}`, 422, "invalid_request", "facet.NAME"},
		{"a filter that is a number", "search", `{"knowledge_base":"help","query":"a","filter":{"label":7}}`, 422, "invalid_request", "a text or a list of texts"},
		{"a wrong type", "search", `{"knowledge_base":"help","query":7}`, 422, "invalid_request", "has to be a text, not a number"},
		{"a fraction of a passage", "search", `{"knowledge_base":"help","query":"a","limit":1.5}`, 422, "invalid_request", "whole number, not number 1.5"},
		{"semantic without an embedder", "search", `{"knowledge_base":"help","query":"a","mode":"semantic"}`, 422, "invalid_request", "lexical"},
		{"an empty body", "search", ``, 400, "malformed_body", "empty"},
		{"not JSON", "search", `knowledge_base=help`, 400, "malformed_body", "not JSON"},
		{"half an object", "search", `{"knowledge_base":"help"`, 400, "malformed_body", "ends before"},
		{"two objects", "search", `{"knowledge_base":"help","query":"a"}{}`, 400, "malformed_body", "one object"},
		{"a list", "search", `[]`, 422, "invalid_request", "JSON object, not an array"},
		{"too much", "search", `{"query":"` + strings.Repeat("a", 65<<10) + `"}`, 413, "body_too_large", "64 KB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec := w.do(c.key, http.MethodPost, "/v1/search", c.body)
			checkProblem(t, rec, c.status, c.code, c.says)
		})
	}
}

func checkProblem(t *testing.T, rec *httptest.ResponseRecorder, status int, code, says string) {
	t.Helper()
	var p Problem
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil {
		t.Fatalf("%v in %d %s", err, rec.Code, rec.Body)
	}
	if rec.Code != status || p.Status != status || p.Code != code || !strings.Contains(rec.Body.String(), says) {
		t.Errorf("got %d %s, want %d %s saying %s", rec.Code, rec.Body, status, code, says)
	}
	if ct := rec.Header().Get("Content-Type"); ct != problemType {
		t.Errorf("content type %q", ct)
	}
	if p.RequestID == "" || p.RequestID != rec.Header().Get("X-Request-Id") {
		t.Errorf("request_id %q, header %q", p.RequestID, rec.Header().Get("X-Request-Id"))
	}
}

func TestAFaultNeverLooksLikeNoAnswer(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Limits.Time = 20 * time.Millisecond })
	const ask = `{"knowledge_base":"help","query":"refund"}`
	for _, c := range []struct {
		name       string
		search     func(context.Context, retrieve.Request) (retrieve.Response, error)
		status     int
		code, says string
		retry      bool
	}{
		{"the index is down", failing(fmt.Errorf("search: %w", index.ErrUnavailable)), 503, "index_unavailable", "Ask again", true},
		{"the index is of another catalog", failing(index.ErrEpoch), 503, "index_unavailable", "rebuil", true},
		{"it takes too long", func(ctx context.Context, _ retrieve.Request) (retrieve.Response, error) {
			<-ctx.Done()
			return retrieve.Response{}, ctx.Err()
		}, 504, "timeout", "too long", true},
		{"something unexpected", failing(fmt.Errorf("disk on fire: secret path")), 500, "internal", "request_id", false},
		{"a panic", func(context.Context, retrieve.Request) (retrieve.Response, error) { panic("boom") }, 500, "internal", "request_id", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.server.search = c.search
			rec := w.do("search", http.MethodPost, "/v1/search", ask)
			checkProblem(t, rec, c.status, c.code, c.says)
			if (rec.Header().Get("Retry-After") != "") != c.retry {
				t.Errorf("Retry-After is %q", rec.Header().Get("Retry-After"))
			}
			if strings.Contains(rec.Body.String(), "fire") {
				t.Errorf("the caller is told what only the log is: %s", rec.Body)
			}
		})
	}
	if log := w.log.String(); !strings.Contains(log, "disk on fire") || !strings.Contains(log, "boom") || strings.Contains(log, "refund") {
		t.Errorf("the log has to tell of faults, and not of questions: %s", log)
	}
}

func failing(err error) func(context.Context, retrieve.Request) (retrieve.Response, error) {
	return func(context.Context, retrieve.Request) (retrieve.Response, error) { return retrieve.Response{}, err }
}

func FuzzDecodeSearch(f *testing.F) {
	for _, s := range []string{
		`{"knowledge_base":"help","query":"a","limit":5,"filter":{"label":["a","b"],"path":"x"},"context":{"plan":"pro"},"principals":["group:a"],"doubts":"mark","mode":"lexical","log":false}`,
		`{"filter":{"a":null}}`, `{"filter":null}`, `{"log":null}`, `[]`, `null`, `{"a":1}`, `{"query":"\ud800"}`, `{"limit":1e400}`, "", "{", `{}{}`, `{"filter":{"a":{"b":[]}}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		body, err := decodeSearch(b)
		if err != nil {
			if p := problemOf(err); p.Status != 400 && p.Status != 422 || p.Detail == "" {
				t.Fatalf("%q gives %d %q", b, p.Status, p.Detail)
			}
			return
		}
		if !json.Valid(b) {
			t.Fatalf("%q is not JSON and was read", b)
		}
		if _, err := body.request(); err != nil {
			if p := problemOf(err); p.Status != 422 {
				t.Fatalf("%q gives %d %q", b, p.Status, p.Detail)
			}
		}
		again, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		other, err := decodeSearch(again)
		if err != nil {
			t.Fatalf("%q was read, and %q was not: %v", b, again, err)
		}
		if diff := cmp.Diff(body, other, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%q reads otherwise when written anew:\n%s", b, diff)
		}
	})
}

// discard is a ResponseWriter that costs nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// BenchmarkSearchOverLoopback is what the service can answer at most, with its
// clients on the same cores and no time spent on searching.
func BenchmarkSearchOverLoopback(b *testing.B) {
	w := newWorld(b, func(o *Options) { o.Log = nil })
	resp := sampleResponse()
	w.server.search = func(context.Context, retrieve.Request) (retrieve.Response, error) { return resp, nil }
	ctx, cancel := context.WithCancel(b.Context())
	var wg sync.WaitGroup
	wg.Go(func() { w.server.Run(ctx) })
	defer wg.Wait()
	defer cancel()
	ts := httptest.NewUnstartedServer(nil)
	ts.Config = w.server.HTTP(w.server.Handler())
	ts.Start()
	defer ts.Close()
	b.SetParallelism(4)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		client := &http.Client{Transport: &http.Transport{}}
		for pb.Next() {
			r, err := http.NewRequest(http.MethodPost, ts.URL+"/v1/search", strings.NewReader(`{"knowledge_base":"help","query":"when will my parcel arrive?"}`))
			must(b, err)
			r.Header.Set("Authorization", "Bearer "+w.keys["search"])
			answer, err := client.Do(r)
			must(b, err)
			_, err = io.Copy(io.Discard, answer.Body)
			must(b, err)
			must(b, answer.Body.Close())
		}
		client.CloseIdleConnections()
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "questions/s")
	b.ReportMetric(float64(w.server.Dropped()), "dropped")
}

// BenchmarkSearchThroughTheHandler is the API's own share: authentication, decoding,
// encoding five passages of 250 words and the query log, without the search itself.
func BenchmarkSearchThroughTheHandler(b *testing.B) {
	w := newWorld(b, func(o *Options) { o.Log = nil; o.Limits.QueueRows = 100 })
	resp := sampleResponse()
	w.server.search = func(context.Context, retrieve.Request) (retrieve.Response, error) { return resp, nil }
	h := w.server.Handler()
	body := []byte(`{"knowledge_base":"help","query":"when will my parcel arrive in Lyon?","limit":5,"context":{"plan":"pro"}}`)
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, "/v1/search", bytes.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+w.keys["search"])
		h.ServeHTTP(&discard{header: http.Header{}}, r)
	}
}
