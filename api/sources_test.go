package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"freshet/index/catalog"
)

func TestASourceIsShownWithAllThatIsKnownOfIt(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	run, err := w.catalog.BeginRun(ctx, catalog.Report{Source: "faq", Pass: "full", Started: start})
	must(t, err)
	must(t, w.catalog.EndRun(ctx, catalog.Report{Run: run, Source: "faq", Pass: "full", Started: start, Ended: start.Add(time.Minute), Result: catalog.RunDone, New: 3, DeletionsPending: 1}))
	_, err = w.catalog.Apply(ctx, &catalog.Batch{Source: "faq", Holds: []catalog.Hold{
		{Source: "faq", Document: w.docs["delivery"], Action: catalog.ActHide, Evidence: "not_listed", State: catalog.HoldPending, Run: run, At: start},
		{Source: "faq", Document: w.docs["refunds"], Action: catalog.ActHide, Evidence: "not_listed", State: catalog.HoldRejected, Run: run, At: start},
	}, Retries: []catalog.Retry{{ExternalID: "x", Attempts: 1, Next: start}}})
	must(t, err)
	var got SourceDetails
	w.get("admin", http.MethodGet, "/v1/sources/faq", "", &got)
	want := SourceDetails{
		SourceRow: SourceRow{ID: "faq", Base: "help", Kind: "records", State: "published", Origin: "command", Documents: DocumentCounts{Present: 3},
			LastRun: &LastRun{Run: run, Pass: "full", Started: start, Ended: start.Add(time.Minute), Result: "done", New: 3, DeletionsPending: 1, Errors: []string{}}},
		DeletionsPending: []PendingDeletion{{Key: w.docs["delivery"], ID: "delivery", Title: "Delivery", URL: "https://example.org/Delivery", Action: "hide",
			Evidence: "It would no longer be served: the document is no longer listed by whole passes of the source.", Since: start}}, LeftOut: []ReasonCount{},
		NextRuns:    []time.Time{start.AddDate(0, 0, 1), start.AddDate(0, 0, 2), start.AddDate(0, 0, 3), start.AddDate(0, 0, 4), start.AddDate(0, 0, 5)},
		ReviewEvery: "180d", Settings: map[string]any{"location": "faq.jsonl", "token": stars, "other": "${TOKEN}"}, Retries: 1, Created: start, Updated: start,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var keys map[string]any
	w.get("local", http.MethodGet, "/v1/sources/faq", "", &keys)
	for _, key := range []string{"id", "type", "state", "documents", "deletions_pending", "next_runs", "last_run"} {
		if _, ok := keys[key]; !ok {
			t.Errorf("%q, which COMMANDS.md promises, is missing", key)
		}
	}
}

func TestSourcesAreSeenWithinTheKnowledgeBasesOfAKey(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ key, path, want string }{
		{"admin", "/v1/sources", "faq law new site"},
		{"admin", "/v1/sources?knowledge_base=legal", "law"},
		{"legaladmin", "/v1/sources", "law"},
	} {
		var list SourceList
		w.get(c.key, http.MethodGet, c.path, "", &list)
		var ids []string
		for _, s := range list.Sources {
			ids = append(ids, s.ID)
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%s %s: %s", c.key, c.path, got)
		}
	}
	checkProblem(t, w.do("legaladmin", http.MethodGet, "/v1/sources/faq", ""), 404, "not_found", "There is no source")
	checkProblem(t, w.do("legaladmin", http.MethodPost, "/v1/sources/faq/sync", ""), 404, "not_found", "")
	checkProblem(t, w.do("legaladmin", http.MethodPut, "/v1/sources/faq", `{"knowledge_base":"legal","type":"files"}`), 409, "id_taken", "another ID")
	checkProblem(t, w.do("legaladmin", http.MethodPut, "/v1/sources/mine", `{"knowledge_base":"help","type":"files"}`), 403, "other_knowledge_base", "help")
	checkProblem(t, w.do("admin", http.MethodGet, "/v1/sources/fq", ""), 404, "not_found", `Did you mean \"faq\"?`)
	if calls := w.seams.noted(); calls != "" {
		t.Errorf("somebody without the right reached: %s", calls)
	}
}

func TestWhatIsAskedOfASourceReachesTheSeams(t *testing.T) {
	const spec = `{"knowledge_base":"help","type":"records","settings":{"location":"a.csv"}}`
	w := newWorld(t)
	w.seams.put = Saved{Hides: 612, First: []string{"a", "b"}, State: "published"}
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		says, calls              string
	}{
		{"kinds", "GET", "/v1/kinds", "", 200, `"name":"records"`, ""},
		{"a test of what is saved", "POST", "/v1/sources/faq/test", "", 200, `{"ok":false,"checks":[{"name":"location","status":"failure","text":"There is no such file."}]}`, "test faq map[location:faq.jsonl other:${TOKEN} token:hunter2]"},
		{"a test of what is not", "POST", "/v1/sources/test", spec, 200, `"ok":false`, "test  map[location:a.csv]"},
		{"a preview of what is saved", "POST", "/v1/sources/faq/preview?limit=3", "", 200, `"outcome":"read"`, "preview faq 3"},
		{"a preview of what is not, at most as many as the limit", "POST", "/v1/sources/preview?limit=999", spec, 200, `"outcome":"read"`, "preview  20"},
		{"saving a new source", "PUT", "/v1/sources/more?accept=true", spec, 200, `"saved":true`, "put more help map[location:a.csv] accept=true by admin"},
		{"saving what would hide documents", "PUT", "/v1/sources/faq", spec, 409, `"hides":612,"first":["a","b"]`, "put faq help map[location:a.csv] accept=false by admin"},
		{"saving what was shown keeps the secret", "PUT", "/v1/sources/faq?accept=true", `{"knowledge_base":"help","type":"records","settings":{"location":"b","token":"********"}}`, 200, "", "put faq help map[location:b token:hunter2] accept=true by admin"},
		{"stars for a secret that is not kept", "PUT", "/v1/sources/more", `{"knowledge_base":"help","type":"records","settings":{"token":"********"}}`, 422, "send the secret itself", ""},
		{"another ID in the body", "PUT", "/v1/sources/faq", `{"id":"qaf","knowledge_base":"help","type":"records"}`, 422, "cannot be renamed", ""},
		{"a misspelt field", "PUT", "/v1/sources/faq", `{"knowledge_base":"help","type":"records","shedule":"x"}`, 422, `did you mean \"schedule\"?`, ""},
		{"a source of the configuration file", "PUT", "/v1/sources/site", spec, 409, `"code":"provisioned"`, ""},
		{"removing a source of the configuration file", "DELETE", "/v1/sources/site", "", 409, `"code":"provisioned"`, ""},
		{"removing", "DELETE", "/v1/sources/faq", "", 204, "", "remove faq"},
		{"publishing a draft", "POST", "/v1/sources/new/publish", "", 200, `"state":"published"`, "state new published "},
		{"pausing", "POST", "/v1/sources/faq/pause?reason=relaunch", "", 200, `"state":"paused","reason":"relaunch"`, "state faq paused relaunch"},
		{"resuming", "POST", "/v1/sources/faq/resume", "", 200, `"state":"published"`, "state faq published "},
		{"pausing a draft", "POST", "/v1/sources/new/pause", "", 409, "publish it first", ""},
		{"syncing without a body", "POST", "/v1/sources/faq/sync", "", 200, `"source":"faq"`, "sync faq full=false dry=false"},
		{"syncing in full, for practice", "POST", "/v1/sources/faq/sync", `{"full":true,"dry_run":true}`, 200, `"reasons":{},"errors":[]`, "sync faq full=true dry=true"},
		{"approving some", "POST", "/v1/sources/faq/approve", `{"documents":["a","b"]}`, 200, `{"done":2,"kept":0,"still":0}`, "approve faq [a b] by admin"},
		{"approving all", "POST", "/v1/sources/faq/approve", `{"all":true}`, 200, `"done":0`, "approve faq [] by admin"},
		{"approving nothing", "POST", "/v1/sources/faq/approve", `{}`, 422, "Name the documents", ""},
		{"rejecting some", "POST", "/v1/sources/faq/reject", `{"documents":["a"]}`, 200, `"kept":1`, "reject faq [a] by admin"},
		{"progress of a run", "GET", "/v1/sources/faq/progress", "", 200, `{"running":true,"progress":{"seen":3,"total":9`, ""},
		{"progress of none", "GET", "/v1/sources/law/progress", "", 200, `{"running":false}`, ""},
		{"a source that is not there", "POST", "/v1/sources/nope/sync", "", 404, "There is no source", ""},
		{"how the index stands", "GET", "/v1/index", "", 200, `"store":"oracle"`, "status"},
		{"comparing", "POST", "/v1/index/verify", "", 200, `"chunks":6`, "verify repair=false"},
		{"mending", "POST", "/v1/index/repair", "", 200, `"chunks":6`, "verify repair=true"},
		{"rebuilding", "POST", "/v1/index/rebuild", "", 200, `"store":"oracle"`, "rebuild {Hold:false Force:false Afresh:false AcceptCost:false}\nstatus"},
		{"changing", "POST", "/v1/index/rebuild", `{"hold":true,"accept_cost":true}`, 200, `"store":"oracle"`, "rebuild {Hold:true Force:false Afresh:false AcceptCost:true}\nstatus"},
		{"estimating", "GET", "/v1/index/estimate", "", 200, `"texts":4`, "estimate"},
		{"switching", "POST", "/v1/index/switch", "", 200, `"store":"oracle"`, "switch force=false\nstatus"},
		{"forcing", "POST", "/v1/index/switch", `{"force":true}`, 200, `"store":"oracle"`, "switch force=true\nstatus"},
		{"going back", "POST", "/v1/index/rollback", `{"reason":"worse"}`, 200, `"store":"oracle"`, `rollback "worse"` + "\nstatus"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.t = t
			w.seams.calls = nil
			must(t, w.catalog.SetSourceState(t.Context(), "new", catalog.Draft, ""))
			rec := w.do("admin", c.method, c.path, c.body)
			if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.says) {
				t.Errorf("got %d %s, want %d saying %s", rec.Code, rec.Body, c.status, c.says)
			}
			if got := w.seams.noted(); got != c.calls {
				t.Errorf("the seams were asked %q, want %q", got, c.calls)
			}
		})
	}
}

func TestADetachedSourceCanBeRemovedButNotResumed(t *testing.T) {
	w := newWorld(t)
	must(t, w.catalog.SetSourceState(t.Context(), "site", catalog.Detached, "gone from freshet.yaml"))
	checkProblem(t, w.do("admin", http.MethodPost, "/v1/sources/site/resume", ""), 409, "is_detached", "remove the source")
	if rec := w.do("admin", http.MethodDelete, "/v1/sources/site", ""); rec.Code != 204 || w.seams.noted() != "remove site" {
		t.Errorf("%d %s, calls %s", rec.Code, rec.Body, w.seams.noted())
	}
}

func TestErrorsOfTheSeamsBecomeProblemsThatSayHowToGoOn(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		err        error
		status     int
		code, says string
	}{
		{fmt.Errorf("source faq is being run by another process: %w", ErrBusy), 409, "busy", "Source faq is being run by another process."},
		{fmt.Errorf("%w: there is no setting \"urll\", did you mean \"url\"?", ErrInvalid), 422, "invalid_request", `"detail":"There is no setting`},
		{fmt.Errorf("%w: pause it first", ErrConflict), 409, "conflict", "Pause it first."},
		{fmt.Errorf("%w: example.org refused the connection", ErrSource), 502, "source_failed", "Example.org refused the connection."},
		{fmt.Errorf("%w: the index is being rebuilt", ErrNotReady), 503, "not_ready", "The index is being rebuilt."},
		{fmt.Errorf("document \"x\" of source \"faq\" does not wait for approval: %w", catalog.ErrNotFound), 404, "not_found", "does not wait for approval"},
		{fmt.Errorf("sql: disk I/O error"), 500, "internal", "request_id"},
	} {
		w.seams.err = c.err
		checkProblem(t, w.do("admin", http.MethodPost, "/v1/sources/faq/sync", ""), c.status, c.code, c.says)
		if (c.status == 500) != strings.Contains(w.log.String(), "disk I/O") {
			t.Errorf("%v: log %s", c.err, w.log)
		}
	}
}
