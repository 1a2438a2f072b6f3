package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"freshet/api/audit"
)

func TestAuditsAreMadeOnceListedAndWrittenInEveryForm(t *testing.T) {
	w := newWorld(t)
	last := audit.LastMonth(w.now.Now(), time.UTC)
	var r, again audit.Report
	w.get("admin", http.MethodGet, "/v1/audits/last?knowledge_base=help", "", &r)
	if r.Month != last || r.SoFar || r.Base != "help" {
		t.Errorf("got %s of %s", r.Month, r.Base)
	}
	w.now.pass(50 * time.Minute)
	w.get("admin", http.MethodGet, "/v1/audits/"+last+"?knowledge_base=help", "", &again)
	if !r.Made.Equal(again.Made) {
		t.Error("it was made again")
	}
	var now audit.Report
	w.get("admin", http.MethodGet, "/v1/audits/current?knowledge_base=help", "", &now)
	if !now.SoFar || now.Summary.Pages == 0 {
		t.Errorf("the current month: %+v", now.Summary)
	}
	var list AuditList
	w.get("admin", http.MethodGet, "/v1/audits", "", &list)
	if len(list.Audits) != 1 || list.Audits[0].Month != last || list.Audits[0].State != "done" {
		t.Errorf("listed %+v", list.Audits)
	}
	for form, begins := range map[string]string{"html": "<!DOCTYPE html>", "markdown": "# ", "csv": "\ufeff"} {
		rec := w.do("admin", http.MethodGet, "/v1/audits/current?knowledge_base=help&owner=ann&language=fr&format="+form, "")
		if rec.Code != http.StatusOK || !strings.HasPrefix(rec.Body.String(), begins) || rec.Header().Get("Content-Type") != auditForms[form] {
			t.Errorf("%s: %d %s %.80s", form, rec.Code, rec.Header().Get("Content-Type"), rec.Body)
		}
		if form == "html" && !strings.Contains(rec.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Error("a browser may run what is in it")
		}
	}
	w.get("legaladmin", http.MethodGet, "/v1/audits/current", "", &now)
	if now.Base != "legal" {
		t.Errorf("the only base of the key is legal, got %s", now.Base)
	}
}

func TestAuditsThatCannotBeMeantAreRefused(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{
		"/v1/audits/2026-13?knowledge_base=help":                 "invalid_request",
		"/v1/audits/2999-01?knowledge_base=help":                 "invalid_request",
		"/v1/audits/nonsense?knowledge_base=help":                "invalid_request",
		"/v1/audits/current":                                     "invalid_request",
		"/v1/audits/current?knowledge_base=none":                 "unknown_knowledge_base",
		"/v1/audits/current?knowledge_base=help&format=pdf":      "invalid_request",
		"/v1/audits/current?knowledge_base=help&language=klingo": "invalid_request",
	} {
		rec := w.do("admin", http.MethodGet, path, "")
		if !strings.Contains(rec.Body.String(), `"`+want+`"`) || rec.Code == http.StatusOK {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
	checkProblem(t, w.do("legaladmin", http.MethodGet, "/v1/audits/current?knowledge_base=help", ""), http.StatusForbidden, "other_knowledge_base", "help")
	checkProblem(t, w.do("search", http.MethodGet, "/v1/audits/current?knowledge_base=help", ""), http.StatusForbidden, "admin_only", "admin")
}
