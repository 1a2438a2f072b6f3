package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestEveryRouteIsInTheOpenAPIDocumentAndTheOtherWayRound(t *testing.T) {
	w := newWorld(t)
	var documented []string
	for path, item := range w.server.doc.Paths {
		for method, op := range operations(item) {
			documented = append(documented, method+" "+path)
			if op.OperationID == "" || op.Summary == "" || len(op.Tags) == 0 {
				t.Errorf("%s %s lacks an ID, a summary or a tag", method, path)
			}
			if len(op.Security) == 0 != openPaths[path] {
				t.Errorf("%s %s is documented as open or closed, and is the other", method, path)
			}
		}
	}
	registered := slices.DeleteFunc(slices.Clone(w.server.mux.patterns), func(p string) bool { return p == "/" })
	slices.Sort(registered)
	slices.Sort(documented)
	if !slices.Equal(registered, documented) {
		t.Errorf("registered:\n%s\ndocumented:\n%s", strings.Join(registered, "\n"), strings.Join(documented, "\n"))
	}
	for _, want := range []string{
		"POST /v1/search", "GET /v1/documents", "GET /v1/documents/{key}", "POST /v1/documents/{key}/exclude", "POST /v1/documents/{key}/include", "POST /v1/documents/{key}/confirm",
		"GET /v1/sources", "GET /v1/sources/{id}", "PUT /v1/sources/{id}", "DELETE /v1/sources/{id}", "POST /v1/sources/{id}/sync", "POST /v1/sources/{id}/approve",
		"POST /v1/sources/{id}/reject", "POST /v1/sources/{id}/publish", "POST /v1/sources/{id}/pause", "POST /v1/sources/{id}/resume", "POST /v1/sources/{id}/test",
		"POST /v1/sources/test", "POST /v1/sources/preview", "GET /v1/sources/{id}/progress", "GET /v1/kinds", "GET /v1/runs", "GET /v1/runs/{run}", "GET /v1/queries",
		"GET /v1/queries/{id}", "POST /v1/feedback", "GET /v1/keys", "POST /v1/keys", "DELETE /v1/keys/{id}", "GET /v1/knowledge-bases",
		"GET /v1/knowledge-bases/{id}/synonyms", "PUT /v1/knowledge-bases/{id}/synonyms", "GET /v1/index", "POST /v1/index/verify", "POST /v1/index/repair",
		"GET /v1/findings", "GET /v1/findings/{id}", "POST /v1/findings/{id}/resolve", "POST /v1/findings/{id}/dismiss", "POST /v1/findings/{id}/snooze",
		"POST /v1/findings/{id}/acknowledge", "POST /v1/findings/{id}/reopen", "POST /v1/findings/{id}/comment", "POST /v1/findings/{id}/due",
		"GET /v1/mutes", "GET /v1/ownership", "POST /v1/ownership", "DELETE /v1/ownership/{id}", "GET /v1/authorities", "POST /v1/authorities", "DELETE /v1/authorities/{id}",
		"POST /v1/index/rebuild", "GET /v1/index/estimate", "POST /v1/index/switch", "POST /v1/index/rollback", "GET /healthz", "GET /readyz", "GET /openapi.json", "GET /openapi.yaml",
	} {
		if !slices.Contains(registered, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestKeysOpenTheirOwnRoutesOnly(t *testing.T) {
	w := newWorld(t)
	forSearch := []string{"POST /v1/search", "GET /v1/queries", "GET /v1/queries/{id}", "POST /v1/feedback", "GET /v1/knowledge-bases"}
	forOwners := []string{"GET /v1/keys", "POST /v1/keys", "DELETE /v1/keys/{id}", "GET /v1/index", "POST /v1/index/verify", "POST /v1/index/repair", "POST /v1/index/rebuild",
		"GET /v1/index/estimate", "POST /v1/index/switch", "POST /v1/index/rollback", "GET /v1/webhooks/events"}
	for _, pattern := range w.server.mux.patterns {
		method, path, ok := strings.Cut(pattern, " ")
		if !ok || openPaths[path] {
			continue
		}
		checkProblem(t, w.do("", method, path, ""), http.StatusUnauthorized, "key_missing", "Bearer")
		if code := w.do("search", method, path, "").Code; (code == http.StatusForbidden) == slices.Contains(forSearch, pattern) {
			t.Errorf("%s answers %d to a key of role search", pattern, code)
		}
		if code := w.do("legaladmin", method, path, "").Code; (code == http.StatusForbidden) != slices.Contains(forOwners, pattern) && !strings.Contains(pattern, "/knowledge-bases/{id}") {
			t.Errorf("%s answers %d to an administrator of one knowledge base", pattern, code)
		}
	}
	if calls := w.seams.noted(); calls != "" {
		t.Errorf("somebody without the right reached: %s", calls)
	}
}

func TestTheOpenAPIDocumentIsOpenAndOfVersion31(t *testing.T) {
	w := newWorld(t)
	var doc struct{ OpenAPI string }
	w.get("", http.MethodGet, "/openapi.json", "", &doc)
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("openapi is %q", doc.OpenAPI)
	}
	if rec := w.do("", http.MethodGet, "/openapi.yaml", ""); rec.Code != 200 || !strings.Contains(rec.Body.String(), "/v1/search:") {
		t.Errorf("%d %.200s", rec.Code, rec.Body)
	}
	if strings.Contains(string(w.server.doc.json), "ErrorModel") {
		t.Error("the document refers to errors that are never sent")
	}
	if !json.Valid(w.server.doc.json) {
		t.Error("the document is not JSON")
	}
}

func TestWhatIsNotThereIsAProblemToo(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, method, path string
		status             int
		code, says         string
	}{
		{"no such route", "GET", "/v2/search", 404, "no_such_route", "openapi.json"},
		{"no such method", "DELETE", "/v1/search", 405, "method_not_allowed", "POST"},
		{"no such method of a document", "PATCH", "/v1/sources/faq", 405, "method_not_allowed", "GET, PUT, DELETE"},
		{"an unknown parameter", "GET", "/v1/documents?sorce=a", 422, "invalid_request", `did you mean \"source\"?`},
		{"a parameter of a wrong type", "GET", "/v1/documents?limit=many", 422, "invalid_request", "limit"},
		{"a parameter out of range", "GET", "/v1/documents?limit=0", 422, "invalid_request", "limit"},
		{"a parameter that is none of its words", "GET", "/v1/documents?state=gone", 422, "invalid_request", "hidden"},
		{"a run that is no number", "GET", "/v1/runs/last", 422, "invalid_request", "run"},
		{"a path that climbs", "GET", "/v1/documents/..%2f..%2fetc", 404, "not_found", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec := w.do("admin", c.method, c.path, "")
			checkProblem(t, rec, c.status, c.code, c.says)
			if c.status == 405 && rec.Header().Get("Allow") == "" {
				t.Error("Allow is missing")
			}
		})
	}
}
