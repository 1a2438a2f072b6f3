package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/indextest"
	"freshet/index/lexical"
	"freshet/index/retrieve"
)

// A world is a Server over a real catalog and an exact Store, with seams that note
// what they were asked.
type world struct {
	t       testing.TB
	server  *Server
	catalog *catalog.Catalog
	store   *indextest.Oracle
	terms   *lexical.Terms
	seams   *seams
	now     *clock
	log     *logged
	keys    map[string]string // secrets by name
	docs    map[string]string // internal keys by external ID
	seq     int64
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// logged keeps what was logged.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// newWorld has two knowledge bases, help and legal, with a few documents, and a
// key of every sort. change may alter the options.
func newWorld(t testing.TB, change ...func(*Options)) *world {
	t.Helper()
	w := &world{t: t, store: indextest.NewOracle(), terms: lexical.NewTerms(), seams: &seams{}, now: &clock{at: start}, log: &logged{},
		keys: map[string]string{}, docs: map[string]string{}}
	log := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	w.catalog, err = catalog.Open(t.Context(), catalog.Options{Path: filepath.Join(t.TempDir(), "catalog.db"), Now: w.now.Now})
	must(t, err)
	t.Cleanup(func() { must(t, w.catalog.Close()) })
	w.seams.catalog = w.catalog
	o := Options{
		Catalog: w.catalog, Sources: w.seams, Syncs: w.seams, Index: w.seams, Now: w.now.Now, Log: log,
		Mask: func(text string) string { return strings.ReplaceAll(text, "ann@example.org", "[email]") },
		Retriever: retrieve.New(retrieve.Options{Active: func() retrieve.Active { return retrieve.Active{Store: w.store} }, Catalog: w.catalog, Terms: w.terms, Now: w.now.Now,
			Base: func(id string) (retrieve.Base, bool) {
				return retrieve.Base{Languages: []string{"en"}}, id == "help" || id == "legal"
			}}),
	}
	for _, f := range change {
		f(&o)
	}
	w.server, err = New(o)
	must(t, err)
	w.fill()
	return w
}

func (w *world) fill() {
	w.t.Helper()
	ctx := w.t.Context()
	for _, b := range []string{"help", "legal"} {
		must(w.t, w.catalog.PutBase(ctx, catalog.Base{ID: b, Languages: []string{"en"}}))
	}
	for _, s := range []catalog.Source{
		{ID: "faq", Base: "help", Kind: "records", State: catalog.Published, Origin: catalog.OriginCommand, ReviewEvery: 180 * 24 * time.Hour,
			Settings: map[string]any{"location": "faq.jsonl", "token": "hunter2", "other": "${TOKEN}"}},
		{ID: "site", Base: "help", Kind: "website", State: catalog.Published, Origin: catalog.OriginFile},
		{ID: "new", Base: "help", Kind: "files", State: catalog.Draft, Origin: catalog.OriginCommand},
		{ID: "law", Base: "legal", Kind: "files", State: catalog.Published, Origin: catalog.OriginCommand},
	} {
		must(w.t, w.catalog.PutSource(ctx, s))
	}
	w.put("faq", "refunds", "Refunds", "A refund reaches your bank account within fourteen days after we received the parcel.", "Refunds for gift cards are paid as credit, never as money.")
	w.put("faq", "delivery", "Delivery", "Parcels are delivered within three working days. Delivery costs four euros.")
	w.put("site", "https://help.example.org/hours", "Opening hours", "The shop is open from nine to six, Monday to Saturday.")
	w.put("new", "draft", "Loyalty", "Loyalty points expire after a year.")
	w.put("law", "privacy", "Privacy notice", "We keep parcels data for three years, as the law demands.")
	w.putFor(connectors.Access{Known: true, AnyOf: [][]connectors.Principal{{"group:staff"}}}, "faq", "margin", "Margins", "Our margin on parcels is twelve percent.")
	for name, k := range map[string]catalog.Key{
		"search": {Role: catalog.RoleSearch}, "other": {Role: catalog.RoleSearch}, "admin": {Role: catalog.RoleAdmin}, "test": {Role: catalog.RoleSearch, Drafts: true},
		"legal": {Role: catalog.RoleSearch, Bases: []string{"legal"}}, "legaladmin": {Role: catalog.RoleAdmin, Bases: []string{"legal"}},
	} {
		k.Name = name
		_, secret, err := w.catalog.CreateKey(ctx, k)
		must(w.t, err)
		w.keys[name] = secret
	}
}

func (w *world) put(source, id, title string, passages ...string) {
	w.t.Helper()
	w.putFor(connectors.Public(), source, id, title, passages...)
}

func (w *world) putFor(access connectors.Access, source, id, title string, passages ...string) {
	w.t.Helper()
	ctx := w.t.Context()
	src, err := w.catalog.Source(ctx, source)
	must(w.t, err)
	d, err := w.catalog.DocumentByID(ctx, source, id)
	if errors.Is(err, catalog.ErrNotFound) {
		d = catalog.Document{Key: catalog.NewDocumentKey(source, id, 0), Source: source, ExternalID: id, Base: src.Base, Revision: "1"}
	}
	d.State = catalog.Present
	d.TextHash = index.HashTexts("test", passages...)
	d.Details = catalog.Details{Title: title, URI: "https://example.org/" + title, Access: access, Locale: "en", Labels: []string{source}}
	c := catalog.Change{Document: d, Outcome: catalog.New, Content: true, Text: []byte(`{"blocks":["` + title + `"]}`)}
	for i, text := range passages {
		ch := index.Chunk{ID: index.NewChunkID(d.Key, nil, text, 0), Document: d.Key, Ord: i, Kind: index.Prose, Title: title, Text: text, Locale: "en", Words: len(strings.Fields(text))}
		ch.Input = ch.InputHash("test")
		c.Chunks = append(c.Chunks, ch)
	}
	_, err = w.catalog.Apply(ctx, &catalog.Batch{Source: source, Pass: 1, Changes: []catalog.Change{c}})
	must(w.t, err)
	w.docs[id] = d.Key
	w.follow()
}

// follow brings the Store up to the catalog.
func (w *world) follow() {
	w.t.Helper()
	ctx := w.t.Context()
	encoder := lexical.NewEncoder()
	for e, err := range w.catalog.Since(ctx, w.seq) {
		must(w.t, err)
		var points []index.Point
		for i := range e.Opened {
			ch := &e.Opened[i]
			encoded := encoder.Encode(lexical.FromChunk(ch))
			w.terms.Add(e.Base, encoded)
			points = append(points, index.Point{ID: ch.ID, Base: e.Base, Lexical: encoded.Vector, Payload: e.Payload,
				Stamp: index.Stamp{Input: ch.Input, Payload: e.Payload.Hash(), Seq: e.Seq}})
		}
		must(w.t, w.store.Upsert(ctx, points))
		must(w.t, w.store.SetMark(ctx, index.Mark{Epoch: w.catalog.Epoch(), Seq: e.Seq}))
		for _, ch := range e.Closed {
			must(w.t, w.store.Delete(ctx, []index.ChunkID{ch.ID}, e.Seq-1))
		}
		w.seq = e.Seq
	}
}

// do sends a request: with a key's secret, or to the local handler.
func (w *world) do(key, method, path, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	var from io.Reader = http.NoBody
	if body != "" {
		from = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, path, from)
	h := w.server.Handler()
	switch {
	case key == "local":
		h = w.server.Local()
	case key != "":
		secret, ok := w.keys[key]
		if !ok {
			secret = key
		}
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	w.documented(method, path, rec)
	return rec
}

// documented checks that an answer is as the OpenAPI document says.
func (w *world) documented(method, path string, rec *httptest.ResponseRecorder) {
	w.t.Helper()
	_, pattern := w.server.mux.Handler(httptest.NewRequest(method, path, nil))
	_, route, _ := strings.Cut(pattern, " ")
	if route == "" || rec.Code == http.StatusNoContent {
		return
	}
	op := operations(w.server.doc.Paths[route])[method]
	if op == nil {
		w.t.Errorf("%s %s is not in the OpenAPI document", method, route)
		return
	}
	answer := op.Responses[strconv.Itoa(rec.Code)]
	if answer == nil {
		answer = op.Responses["default"]
	}
	if answer == nil {
		w.t.Errorf("%s %s answers %d, which is not in the OpenAPI document", method, route, rec.Code)
		return
	}
	media := answer.Content[rec.Header().Get("Content-Type")]
	if media == nil {
		w.t.Errorf("%s %s answers %d with %q, which is not in the OpenAPI document", method, route, rec.Code, rec.Header().Get("Content-Type"))
		return
	}
	var v any
	if err := json.Unmarshal(rec.Body.Bytes(), &v); err != nil {
		return // YAML
	}
	var res huma.ValidateResult
	huma.Validate(w.server.doc.Components.Schemas, media.Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, v, &res)
	for _, err := range res.Errors {
		w.t.Errorf("%s %s answers %d otherwise than documented: %v in %.400s", method, route, rec.Code, err, rec.Body)
	}
}

func operations(p *huma.PathItem) map[string]*huma.Operation {
	if p == nil {
		return nil
	}
	all := map[string]*huma.Operation{http.MethodGet: p.Get, http.MethodPost: p.Post, http.MethodPut: p.Put, http.MethodDelete: p.Delete, http.MethodPatch: p.Patch}
	maps.DeleteFunc(all, func(_ string, op *huma.Operation) bool { return op == nil })
	return all
}

// get sends a request that has to succeed and decodes the answer.
func (w *world) get(key, method, path, body string, into any) {
	w.t.Helper()
	rec := w.do(key, method, path, body)
	if rec.Code/100 != 2 {
		w.t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(rec.Body.Bytes(), into); err != nil {
		w.t.Fatalf("%s %s: %v in %s", method, path, err, rec.Body)
	}
}

// seams are Sources, Syncs and Index that note their calls.
type seams struct {
	catalog *catalog.Catalog

	mu    sync.Mutex
	calls []string

	put    Saved
	err    error
	report catalog.Report
	sync   func(context.Context) // while it runs
}

func (f *seams) note(format string, args ...any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, fmt.Sprintf(format, args...))
	return f.err
}

func (f *seams) noted() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.calls, "\n")
}

func (f *seams) Kinds() []Kind {
	return []Kind{{Name: "records", Title: "Records", Fields: []Field{{Key: "location", Type: "text"}, {Key: "token", Type: "secret", Secret: true}, {Key: "other", Type: "secret", Secret: true}}}}
}

func (f *seams) Test(_ context.Context, s Spec) ([]Check, error) {
	return []Check{{Name: "location", Status: "failure", Text: "There is no such file."}}, f.note("test %s %v", s.ID, s.Settings)
}

func (f *seams) Preview(_ context.Context, s Spec, n int) ([]Preview, error) {
	return []Preview{{ID: "a", Title: "A", Outcome: "read"}}, f.note("preview %s %d", s.ID, n)
}

func (f *seams) Put(_ context.Context, s Spec, accept bool, by string) (Saved, error) {
	err := f.note("put %s %s %v accept=%v by %s", s.ID, s.Base, s.Settings, accept, by)
	saved := f.put
	if accept {
		saved.Saved = true
	}
	return saved, err
}

func (f *seams) SetState(ctx context.Context, id string, state catalog.SourceState, reason string) error {
	return errors.Join(f.note("state %s %s %s", id, state, reason), f.catalog.SetSourceState(ctx, id, state, reason))
}

func (f *seams) Remove(_ context.Context, id string) error { return f.note("remove %s", id) }

func (f *seams) NextRuns(_ context.Context, _ string, n int) ([]time.Time, error) {
	var next []time.Time
	for i := range n {
		next = append(next, start.AddDate(0, 0, i+1))
	}
	return next, nil
}

func (f *seams) Sync(ctx context.Context, id string, o SyncOptions) (catalog.Report, error) {
	err := f.note("sync %s full=%v dry=%v", id, o.Full, o.DryRun)
	if f.sync != nil {
		f.sync(ctx)
		if ctx.Err() != nil {
			return catalog.Report{}, ctx.Err()
		}
	}
	r := f.report
	r.Source = id
	return r, err
}

func (f *seams) Progress(id string) (Progress, bool) {
	return Progress{Seen: 3, Total: 9, Started: start}, id == "faq"
}

func (f *seams) Approve(_ context.Context, id string, documents []string, by string) (Settled, error) {
	return Settled{Done: len(documents)}, f.note("approve %s %v by %s", id, documents, by)
}

func (f *seams) Reject(_ context.Context, id string, documents []string, by string) (Settled, error) {
	return Settled{Kept: len(documents)}, f.note("reject %s %v by %s", id, documents, by)
}

func (f *seams) Status(context.Context) (IndexStatus, error) {
	return IndexStatus{Store: "oracle", Points: 6}, f.note("status")
}

func (f *seams) Verify(_ context.Context, repair bool) (IndexComparison, error) {
	return IndexComparison{Chunks: 6, Points: 6}, f.note("verify repair=%v", repair)
}

func (f *seams) Rebuild(_ context.Context, o RebuildOptions) error { return f.note("rebuild %+v", o) }

func (f *seams) Estimate(context.Context) (IndexEstimate, error) {
	return IndexEstimate{Passages: 6, Texts: 4, Kept: 2}, f.note("estimate")
}

func (f *seams) Switch(_ context.Context, force bool) error { return f.note("switch force=%v", force) }

func (f *seams) RollBack(_ context.Context, reason string) error {
	return f.note("rollback %q", reason)
}

func (f *seams) Ready(context.Context) error { return f.err }
