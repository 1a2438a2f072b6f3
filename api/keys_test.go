package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"freshet/index/catalog"
)

func TestAKeyIsMadeUsedAndRevoked(t *testing.T) {
	w := newWorld(t)
	var made NewKey
	w.get("local", http.MethodPost, "/v1/keys", `{"name":"bot","knowledge_bases":["help"]}`, &made)
	if !strings.HasPrefix(made.Secret, catalog.KeyPrefix) || made.Role != "search" {
		t.Errorf("got %+v", made)
	}
	if r := w.search(made.Secret, `{"knowledge_base":"help","query":"refund"}`); len(r.Hits) == 0 {
		t.Error("the key opens nothing")
	}
	var list KeyList
	w.get("admin", http.MethodGet, "/v1/keys", "", &list)
	var found bool
	for _, k := range list.Keys {
		if k.ID == made.ID {
			found = k.Used != nil && k.Revoked == nil
		}
	}
	if !found {
		t.Errorf("the key is not listed as used: %+v", list)
	}
	if rec := w.do("admin", http.MethodDelete, "/v1/keys/"+made.ID, ""); rec.Code != http.StatusNoContent {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	checkProblem(t, w.do(made.Secret, http.MethodPost, "/v1/search", `{"knowledge_base":"help","query":"refund"}`), 401, "key_refused", "revoked")
	checkProblem(t, w.do("admin", http.MethodDelete, "/v1/keys/"+made.ID, ""), 404, "not_found", "no key")
	checkProblem(t, w.do("admin", http.MethodPost, "/v1/keys", `{"name":"bot","role":"god"}`), 422, "invalid_request", "admin")
	checkProblem(t, w.do("admin", http.MethodPost, "/v1/keys", `{"name":""}`), 422, "invalid_request", "name")
	checkProblem(t, w.do("admin", http.MethodPost, "/v1/keys", `{"name":"bot","knowledge_bases":["hlep"]}`), 404, "unknown_knowledge_base", "hlep")
}

func TestSynonymsAreReplacedAndTold(t *testing.T) {
	var told []string
	w := newWorld(t, func(o *Options) { o.SynonymsChanged = func(base string) { told = append(told, base) } })
	const path = "/v1/knowledge-bases/help/synonyms"
	var list SynonymList
	w.get("admin", http.MethodPut, path, `{"synonyms":[{"term":" parcel ","means":"package","two_way":true},{"term":"CGV","means":"terms of sale","two_way":false}]}`, &list)
	want := SynonymList{Synonyms: []catalog.Synonym{{Term: "CGV", Means: "terms of sale"}, {Term: "parcel", Means: "package", TwoWay: true}}}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Error(diff)
	}
	w.get("admin", http.MethodGet, path, "", &list)
	if diff := cmp.Diff(want, list); diff != "" {
		t.Error(diff)
	}
	if len(told) != 1 || told[0] != "help" {
		t.Errorf("told %v", told)
	}
	checkProblem(t, w.do("admin", http.MethodPut, path, `{"synonyms":[{"term":"","means":"x","two_way":false}]}`), 422, "invalid_request", "Synonym 1")
	for body, says := range map[string]string{
		`{"synonyms":[{"term":"a","mean":"b","two_way":false}]}`: `did you mean \"means\"?`, `{"synonyms":null}`: "synonyms", `{}`: `The field \"synonyms\" is missing.`,
		`[]`: "The body: expected object.", `{"synonyms":7}`: `The field \"synonyms\": expected array.`,
	} {
		rec := w.do("admin", http.MethodPut, path, body)
		if rec.Code != 422 || !strings.Contains(rec.Body.String(), says) {
			t.Errorf("%s: %d %s, want %s", body, rec.Code, rec.Body, says)
		}
	}
	checkProblem(t, w.do("admin", http.MethodPut, path, `{"synonyms":[`), 400, "malformed_body", "The body is not JSON: unexpected end of JSON input.")
	checkProblem(t, w.do("admin", http.MethodPut, path, ``), 400, "malformed_body", "Request body is required.")
	w.get("admin", http.MethodGet, path, "", &list)
	if diff := cmp.Diff(want, list); diff != "" {
		t.Error("what was refused changed something:", diff)
	}
	checkProblem(t, w.do("admin", http.MethodGet, "/v1/knowledge-bases/nope/synonyms", ""), 404, "unknown_knowledge_base", "nope")
	checkProblem(t, w.do("legaladmin", http.MethodGet, path, ""), 403, "other_knowledge_base", "help")
	many := make([]string, 2001)
	for i := range many {
		many[i] = fmt.Sprintf(`{"term":"a%d","means":"b","two_way":false}`, i)
	}
	checkProblem(t, w.do("admin", http.MethodPut, path, `{"synonyms":[`+strings.Join(many, ",")+`]}`), 422, "invalid_request", "at most 2000")
}

func TestAKeySeesItsKnowledgeBases(t *testing.T) {
	w := newWorld(t)
	for key, want := range map[string]int{"search": 2, "legal": 1} {
		var list BaseList
		w.get(key, http.MethodGet, "/v1/knowledge-bases", "", &list)
		if len(list.Bases) != want {
			t.Errorf("%s sees %+v", key, list)
		}
	}
}

func TestRunsAreListedWithinTheKnowledgeBasesOfAKey(t *testing.T) {
	w := newWorld(t)
	for _, source := range []string{"faq", "law", "faq"} {
		_, err := w.catalog.BeginRun(t.Context(), catalog.Report{Source: source, Pass: "full", Started: start})
		must(t, err)
	}
	for _, c := range []struct{ key, path, want string }{
		{"admin", "/v1/runs", "3 2 1"}, {"admin", "/v1/runs?limit=1", "3"}, {"admin", "/v1/runs?source=faq", "3 1"}, {"legaladmin", "/v1/runs", "2"},
	} {
		var list RunList
		w.get(c.key, http.MethodGet, c.path, "", &list)
		var ids []string
		for _, r := range list.Runs {
			ids = append(ids, fmt.Sprint(r.Run))
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.key, c.path, got, c.want)
		}
	}
	var r catalog.Report
	w.get("admin", http.MethodGet, "/v1/runs/2", "", &r)
	if r.Source != "law" {
		t.Errorf("got %+v", r)
	}
	checkProblem(t, w.do("legaladmin", http.MethodGet, "/v1/runs/1", ""), 404, "not_found", "no run 1")
	checkProblem(t, w.do("legaladmin", http.MethodGet, "/v1/runs?source=faq", ""), 404, "not_found", "")
}
