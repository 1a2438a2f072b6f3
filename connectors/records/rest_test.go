package records

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"freshet/connectors"
)

// serve makes a source on a handler.
func serve(t *testing.T, h http.HandlerFunc, settings map[string]any) *Source {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	raw := map[string]any{"location": server.URL + "/list?key={{secret:key}}", "id": "id", "body": "body"}
	for k, v := range settings {
		raw[k] = v
	}
	return open(t, loopback(), raw)
}

func TestServicesThatPageWronglyAreNeverWhole(t *testing.T) {
	first := `[{"id":"a","body":"x"}]`
	cases := []struct {
		name     string
		settings map[string]any
		answer   http.HandlerFunc
		says     string
	}{
		{"the same page for ever", map[string]any{"paging": "page"}, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, first) }, "same page again"},
		{"the same cursor for ever", map[string]any{"paging": "cursor", "items": "data", "cursor": "c"},
			func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprintf(w, `{"c":"k","data":[{"id":"a%s","body":"x"}]}`, r.URL.Query().Get("cursor"))
			}, "same cursor again"},
		{"a page that names itself", nil, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Link", "<"+r.URL.String()+">; rel=next")
			fmt.Fprint(w, first)
		}, "its own next page"},
		{"a next page on another host", nil, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", "<https://evil.example/>; rel=next")
			fmt.Fprint(w, first)
		}, "evil.example"},
		{"pages without end", map[string]any{"paging": "offset", "max_pages": 7}, func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, `[{"id":"a%s","body":"x"}]`, r.URL.Query().Get("offset"))
		}, "max_pages"},
		{"fewer than the total", map[string]any{"items": "data", "total": "n", "paging": "none"}, func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"n":3,"data":[{"id":"a","body":"x"}]}`)
		}, "3 records and listed 1"},
		{"a body that breaks off", nil, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "500")
			fmt.Fprint(w, first)
		}, "broke off"},
		{"a login page with status 200", nil, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>Log in") }, "log in"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out := all(t, serve(t, c.answer, c.settings))
			if out.done || !errors.Is(out.err, connectors.ErrTruncated) || !strings.Contains(out.err.Error(), c.says) {
				t.Errorf("done %v, error %v", out.done, out.err)
			}
		})
	}
}

func TestRefusalsAreNamedAndHoldNoSecret(t *testing.T) {
	for code, want := range map[int]error{401: connectors.ErrAuth, 403: connectors.ErrAuth, 404: connectors.ErrNotFound, 410: connectors.ErrNotFound, 400: nil} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }, nil)
		out := all(t, s)
		if out.err == nil || out.done || want != nil && !errors.Is(out.err, want) {
			t.Errorf("%d gave %v", code, out.err)
		}
		if out.err != nil && strings.Contains(out.err.Error(), "s3cret") {
			t.Errorf("%d: the error holds the secret: %v", code, out.err)
		}
	}
}

func TestCursorsHoldNoSecret(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := r.URL.Query().Get("n")
		if r.URL.Query().Get("key") != "s3cret/&value" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		if len(n) < 3 {
			q := r.URL.Query()
			q.Set("n", n+"1")
			w.Header().Set("Link", "<?"+q.Encode()+">; rel=next")
		}
		fmt.Fprintf(w, `[{"id":"a%s","body":"x"}]`, n)
	}, nil)
	out := all(t, s)
	marks := 0
	for _, c := range out.changes {
		if mark, ok := c.(connectors.Checkpoint); ok {
			marks++
			if strings.Contains(mark.Cursor, "s3cret") {
				t.Errorf("the cursor holds the secret: %s", mark.Cursor)
			}
		}
	}
	if !out.done || len(out.docs) != 4 || marks != 3 {
		t.Errorf("%d documents, %d checkpoints, error %v", len(out.docs), marks, out.err)
	}
}

func TestRedirectsToAnotherHostDoNotSeeCredentials(t *testing.T) {
	asked := false
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { asked = true; fmt.Fprint(w, "[]") }))
	t.Cleanup(other.Close)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) },
		map[string]any{"headers": map[string]any{"X-Api-Key": "{{secret:key}}"}})
	if out := all(t, s); out.err == nil || out.done || asked {
		t.Errorf("done %v, error %v, the other host was asked: %v", out.done, out.err, asked)
	}
}

func TestAMissingSecretIsSaid(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("asked without the secret") }, map[string]any{"headers": map[string]any{"A": "{{secret:none}}"}})
	if out := all(t, s); !errors.Is(out.err, connectors.ErrAuth) || !strings.Contains(out.err.Error(), `"none"`) {
		t.Errorf("error %v", out.err)
	}
}

func TestPresetsReadWhatTheirServicesAnswer(t *testing.T) {
	page := func(param, answer, empty string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if p := r.URL.Query().Get(param); p == "1" || p == "0" || p == "" && param == "none" {
				fmt.Fprint(w, answer)
			} else {
				fmt.Fprint(w, empty)
			}
		}
	}
	cases := []struct {
		settings map[string]any
		answer   http.HandlerFunc
		modified int // year
	}{
		{map[string]any{"preset": "ghost", "id": nil, "body": nil}, page("page", `{"posts":[{"id":"1","title":"T","html":"<p>x</p>","url":"https://x.example/t","tags":[{"name":"A"}],"updated_at":"2025-01-02T03:04:05.000+00:00"}],"meta":{"pagination":{"page":1,"total":1,"next":null}}}`, `{"posts":[]}`), 2025},
		{map[string]any{"preset": "strapi", "id": nil, "title": "title", "body": "body"}, page("pagination[page]", `{"data":[{"id":4,"documentId":"1","title":"T","body":"x","updatedAt":"2025-01-02T03:04:05.000Z"}],"meta":{"pagination":{"page":1,"pageSize":100,"total":1}}}`, `{"data":[]}`), 2025},
		{map[string]any{"preset": "directus", "id": nil, "title": "title", "body": "text"}, page("offset", `{"data":[{"id":1,"title":"T","text":"x","date_created":"2024-01-02T03:04:05.000Z","date_updated":null}],"meta":{"filter_count":1}}`, `{"data":[]}`), 2024},
		{map[string]any{"preset": "drupal", "id": nil, "body": nil}, page("none", `{"data":[{"id":"1","attributes":{"title":"T","body":{"processed":"<p>x</p>"},"changed":"2025-01-02T03:04:05+00:00","langcode":"fr","path":{"alias":"/t"}}}],"links":{"self":{"href":"x"}}}`, ``), 2025},
	}
	for _, c := range cases {
		t.Run(c.settings["preset"].(string), func(t *testing.T) {
			server := httptest.NewServer(c.answer)
			t.Cleanup(server.Close)
			raw := map[string]any{"location": server.URL}
			for k, v := range c.settings {
				if v != nil {
					raw[k] = v
				}
			}
			out := all(t, open(t, loopback(), raw))
			if out.err != nil || !out.done || len(out.docs) != 1 {
				t.Fatalf("%d documents, done %v, error %v", len(out.docs), out.done, out.err)
			}
			if d := out.docs[0]; d.ID != "1" || d.Title != "T" || d.Modified.Year() != c.modified {
				t.Errorf("got %+v", d)
			}
		})
	}
}
