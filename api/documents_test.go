package api

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestDocumentsAreFound(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ name, key, path, want string }{
		{"all", "admin", "/v1/documents", "delivery draft https://help.example.org/hours margin privacy refunds"},
		{"of a base", "admin", "/v1/documents?knowledge_base=legal", "privacy"},
		{"of a source", "admin", "/v1/documents?source=new", "draft"},
		{"of a key's bases", "legaladmin", "/v1/documents", "privacy"},
		{"by a part of the title", "admin", "/v1/documents?q=Openin", "https://help.example.org/hours"},
		{"by ID", "admin", "/v1/documents?id=https%3A%2F%2Fhelp.example.org%2Fhours", "https://help.example.org/hours"},
		{"by address", "admin", "/v1/documents?id=https%3A%2F%2Fexample.org%2FRefunds", "refunds"},
		{"by state", "admin", "/v1/documents?state=excluded", ""},
		{"a per cent sign is no wildcard", "admin", "/v1/documents?q=%25", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := map[string]bool{}
			cursor := ""
			for range 10 {
				sep := "?"
				if strings.Contains(c.path, "?") {
					sep = "&"
				}
				var page DocumentPage
				w.get(c.key, http.MethodGet, c.path+sep+"limit=2&cursor="+cursor, "", &page)
				for _, d := range page.Documents {
					got[d.ID] = true
				}
				if cursor = page.Next; cursor == "" {
					break
				}
			}
			want := strings.Fields(c.want)
			if len(got) != len(want) {
				t.Errorf("got %v, want %v", got, want)
			}
			for _, id := range want {
				if !got[id] {
					t.Errorf("got %v, want %v", got, want)
				}
			}
		})
	}
}

func TestADocumentIsShownWithItsPassagesAndText(t *testing.T) {
	w := newWorld(t)
	var got DocumentDetails
	w.get("admin", http.MethodGet, "/v1/documents/"+w.docs["refunds"], "", &got)
	if got.ID != "refunds" || got.State != "present" || got.Passages != 2 || len(got.Chunks) != 2 || !strings.Contains(got.Chunks[1].Text, "gift cards") {
		t.Errorf("got %+v", got)
	}
	if text, ok := got.Text.(map[string]any); !ok || text["blocks"] == nil {
		t.Errorf("text is %v", got.Text)
	}
	checkProblem(t, w.do("admin", http.MethodGet, "/v1/documents/refunds", ""), 404, "not_found", "/v1/documents?id=")
	checkProblem(t, w.do("legaladmin", http.MethodGet, "/v1/documents/"+w.docs["refunds"], ""), 404, "not_found", "")
}

func TestAnExcludedDocumentIsServedNoMoreUntilItIsIncluded(t *testing.T) {
	w := newWorld(t)
	const ask = `{"knowledge_base":"help","query":"refund reaches bank account","limit":1}`
	path := "/v1/documents/" + w.docs["refunds"]
	var d DocumentRow
	w.get("admin", http.MethodPost, path+"/exclude", "", &d)
	if d.State != "excluded" || d.Reason != "person" || d.Passages != 0 {
		t.Errorf("got %+v", d)
	}
	// The Store has not followed yet: the catalog takes it away at once all the same.
	if r := w.search("search", ask); strings.Contains(titles(r), "Refunds") {
		t.Error("it is still served")
	}
	w.follow()
	w.get("admin", http.MethodPost, path+"/exclude", "", nil)
	d = DocumentRow{}
	w.get("admin", http.MethodPost, path+"/include", "", &d)
	if d.State != "present" || d.Reason != "" || d.Passages != 2 {
		t.Errorf("got %+v", d)
	}
	w.follow()
	if r := w.search("search", ask); titles(r) != "Refunds" {
		t.Errorf("it is not served again: %s", titles(r))
	}
	checkProblem(t, w.do("admin", http.MethodPost, path+"/include", ""), 409, "not_excluded", "its state is present")
	checkProblem(t, w.do("legaladmin", http.MethodPost, path+"/exclude", ""), 404, "not_found", "")
}

func TestAPersonVouchesForADocumentUntilADate(t *testing.T) {
	w := newWorld(t)
	path := "/v1/documents/" + w.docs["refunds"] + "/confirm"
	var d DocumentRow
	w.get("admin", http.MethodPost, path, `{"until":"2026-09-30"}`, &d)
	if d.ConfirmedUntil == nil || !d.ConfirmedUntil.Equal(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)) || d.ConfirmedBy != "admin" {
		t.Errorf("got %+v", d)
	}
	r := w.search("search", `{"knowledge_base":"help","query":"refund reaches bank account","limit":1}`)
	if len(r.Hits) == 0 || r.Hits[0].Freshness.ConfirmedUntil == nil {
		t.Errorf("a search does not tell of it: %+v", r.Hits)
	}
	d = DocumentRow{}
	w.get("admin", http.MethodPost, path, `{"until":""}`, &d)
	if d.ConfirmedUntil != nil || d.ConfirmedBy != "" {
		t.Errorf("got %+v", d)
	}
	checkProblem(t, w.do("admin", http.MethodPost, path, `{"until":"2025-01-01"}`), 422, "invalid_request", "a date to come")
	checkProblem(t, w.do("admin", http.MethodPost, path, `{"until":"tomorrow"}`), 422, "invalid_request", "a date to come")
	d = DocumentRow{}
	w.get("admin", http.MethodPost, path, `{"by":"ann"}`, &d) // its source is reviewed every 180 days
	if want := time.Date(2026, 8, 30, 0, 0, 0, 0, time.UTC); d.ConfirmedUntil == nil || !d.ConfirmedUntil.Equal(want) || d.ConfirmedBy != "ann" {
		t.Errorf("got %+v, want until %s", d, want)
	}
}
