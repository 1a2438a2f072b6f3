package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"freshet/index/catalog"
	"freshet/index/indextest"
	"freshet/index/lexical"
	"freshet/index/retrieve"
)

func TestSmoke(t *testing.T) {
	c, err := catalog.Open(t.Context(), catalog.Options{Path: filepath.Join(t.TempDir(), "c.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	store := indextest.NewOracle()
	s, err := New(Options{Catalog: c, Retriever: retrieve.New(retrieve.Options{Store: store, Catalog: c, Terms: lexical.NewTerms(),
		Base: func(string) (retrieve.Base, bool) { return retrieve.Base{}, true }}), Sources: fakes{}, Syncs: fakes{}, Index: fakes{}})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"/healthz", "/v1/sources", "/v1/nothing", "/openapi.json", "/v1/index?x=1", "/v1/runs/7"} {
		w := httptest.NewRecorder()
		s.Local().ServeHTTP(w, httptest.NewRequest(http.MethodGet, p, nil))
		t.Log(p, w.Code, w.Body.String()[:min(w.Body.Len(), 600)])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/sources", nil))
	t.Log(w.Code, w.Body.String())
}

type fakes struct{}

func (fakes) Kinds() []Kind                                         { return nil }
func (fakes) Test(context.Context, Spec) ([]Check, error)           { return nil, nil }
func (fakes) Preview(context.Context, Spec, int) ([]Preview, error) { return nil, nil }
func (fakes) Put(context.Context, Spec, bool, string) (Saved, error) {
	return Saved{}, nil
}
func (fakes) SetState(context.Context, string, catalog.SourceState, string) error { return nil }
func (fakes) Remove(context.Context, string) error                                { return nil }
func (fakes) NextRuns(context.Context, string, int) ([]time.Time, error)          { return nil, nil }
func (fakes) Sync(context.Context, string, SyncOptions) (catalog.Report, error) {
	return catalog.Report{}, nil
}
func (fakes) Progress(string) (Progress, bool) { return Progress{}, false }
func (fakes) Approve(context.Context, string, []string, string) (Settled, error) {
	return Settled{}, nil
}
func (fakes) Reject(context.Context, string, []string, string) (Settled, error) {
	return Settled{}, nil
}
func (fakes) Status(context.Context) (IndexStatus, error)           { return IndexStatus{}, nil }
func (fakes) Verify(context.Context, bool) (IndexComparison, error) { return IndexComparison{}, nil }
func (fakes) Rebuild(context.Context) error                         { return nil }
func (fakes) Ready(context.Context) error                           { return nil }
