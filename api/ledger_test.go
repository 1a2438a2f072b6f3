package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"freshet/index/catalog"
)

func TestTheLedgerSaysWhatTheBotWasTold(t *testing.T) {
	w := newWorld(t)
	r := w.search("search", `{"knowledge_base":"help","query":"when does my refund come, asks ann@example.org","limit":1}`)
	if !strings.HasPrefix(r.QueryID, "q_") || len(r.Hits) != 1 {
		t.Fatalf("got %+v", r)
	}
	told := r.Hits[0].Text
	// The passage changes afterwards; the ledger still knows what was said.
	w.put("faq", "refunds", "Refunds", "Refunds are no longer given.")
	var got QueryAnswer
	w.get("search", http.MethodGet, "/v1/queries/"+r.QueryID, "", &got)
	if got.Query != "when does my refund come, asks [email]" {
		t.Errorf("the question is not masked: %q", got.Query)
	}
	if got.State != string(r.Answer.State) || got.Answer.Confidence != r.Answer.Confidence || got.Mark == 0 || got.Base != "help" {
		t.Errorf("got %+v", got)
	}
	if len(got.Answer.Hits) != 1 || got.Answer.Hits[0].Key != w.docs["refunds"] || got.Answer.Hits[0].Score != r.Hits[0].Score || got.Answer.Hits[0].State != string(r.Hits[0].Freshness.State) {
		t.Errorf("served %+v", got.Answer.Hits)
	}
	var said []string
	for _, p := range got.Passages {
		said = append(said, p.Text)
	}
	for _, part := range said {
		if !strings.Contains(told, part) {
			t.Errorf("%q was not in what was told: %q", part, told)
		}
	}
	if len(said) == 0 {
		t.Error("the text that was told is gone")
	}
}

func TestALedgerIsReadByThoseWhoAskedAndByAdministrators(t *testing.T) {
	w := newWorld(t)
	mine := w.search("search", `{"knowledge_base":"help","query":"refund"}`).QueryID
	theirs := w.search("other", `{"knowledge_base":"help","query":"delivery"}`).QueryID
	legal := w.search("legal", `{"knowledge_base":"legal","query":"parcels"}`).QueryID
	for _, c := range []struct {
		key, path string
		want      []string
	}{
		{"search", "/v1/queries", []string{mine}},
		{"other", "/v1/queries", []string{theirs}},
		{"admin", "/v1/queries?knowledge_base=help", []string{mine, theirs}},
		{"admin", "/v1/queries", []string{mine, theirs, legal}},
		{"legaladmin", "/v1/queries", []string{legal}},
	} {
		var page QueryPage
		w.get(c.key, http.MethodGet, c.path, "", &page)
		got := map[string]bool{}
		for _, q := range page.Queries {
			got[q.ID] = true
		}
		want := map[string]bool{}
		for _, id := range c.want {
			want[id] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", c.key, c.path, diff)
		}
	}
	checkProblem(t, w.do("other", http.MethodGet, "/v1/queries/"+mine, ""), 404, "not_found", "another key")
	checkProblem(t, w.do("legaladmin", http.MethodGet, "/v1/queries/"+mine, ""), 404, "not_found", "")
	checkProblem(t, w.do("legaladmin", http.MethodGet, "/v1/queries?knowledge_base=help", ""), 403, "other_knowledge_base", "help")
	checkProblem(t, w.do("other", http.MethodPost, "/v1/feedback", `{"query_id":"`+mine+`","verdict":"wrong"}`), 404, "not_found", "")
}

func TestTheLedgerIsReadPageByPage(t *testing.T) {
	w := newWorld(t)
	want := map[string]bool{}
	for i := range 7 {
		want[w.search("search", `{"knowledge_base":"help","query":"refund"}`).QueryID] = true
		if i%2 == 0 {
			w.now.pass(time.Second)
		}
	}
	got := map[string]bool{}
	cursor := ""
	for range 10 {
		var page QueryPage
		w.get("search", http.MethodGet, "/v1/queries?limit=2&cursor="+cursor, "", &page)
		for _, q := range page.Queries {
			if got[q.ID] {
				t.Errorf("%s comes twice", q.ID)
			}
			got[q.ID] = true
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNothingIsKeptOfAQuestionThatIsNotToBeLogged(t *testing.T) {
	w := newWorld(t)
	r := w.search("search", `{"knowledge_base":"help","query":"a private refund","log":false}`)
	if r.QueryID != "" || len(r.Hits) == 0 {
		t.Errorf("got %+v", r)
	}
	var page QueryPage
	w.get("admin", http.MethodGet, "/v1/queries", "", &page)
	if len(page.Queries) != 0 || strings.Contains(w.log.String(), "private") {
		t.Errorf("kept %+v, logged %s", page.Queries, w.log)
	}
}

func TestWithoutAMaskNoTextIsKept(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Mask = nil })
	r := w.search("search", `{"knowledge_base":"help","query":"refund"}`)
	w.get("search", http.MethodPost, "/v1/feedback", `{"query_id":"`+r.QueryID+`","verdict":"helpful","comment":"call me"}`, nil)
	var got QueryAnswer
	w.get("search", http.MethodGet, "/v1/queries/"+r.QueryID, "", &got)
	if got.Query != "" || len(got.Answer.Hits) == 0 || len(got.Feedback) != 1 || got.Feedback[0].Comment != "" {
		t.Errorf("got %+v", got)
	}
}

func TestFeedbackStaysWithItsAnswer(t *testing.T) {
	w := newWorld(t)
	r := w.search("search", `{"knowledge_base":"help","query":"refund"}`)
	chunk := r.Hits[0].ChunkID.String()
	rec := w.do("search", http.MethodPost, "/v1/feedback", `{"query_id":"`+r.QueryID+`","verdict":"outdated","chunk_id":"`+chunk+`","comment":"ann@example.org says ten days"}`)
	if rec.Code != http.StatusNoContent {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	var got QueryAnswer
	w.get("admin", http.MethodGet, "/v1/queries/"+r.QueryID, "", &got)
	want := []FeedbackRow{{Chunk: chunk, Verdict: "outdated", Comment: "[email] says ten days", At: start}}
	if diff := cmp.Diff(want, got.Feedback); diff != "" {
		t.Error(diff)
	}
	checkProblem(t, w.do("search", http.MethodPost, "/v1/feedback", `{"query_id":"`+r.QueryID+`","verdict":"great"}`), 422, "invalid_request", "helpful")
	checkProblem(t, w.do("search", http.MethodPost, "/v1/feedback", `{"query_id":"`+r.QueryID+`","verdict":"wrong","coment":"x"}`), 422, "unknown_field", `did you mean \"comment\"?`)
	checkProblem(t, w.do("search", http.MethodPost, "/v1/feedback", `{"query_id":"`+r.QueryID+`","verdict":"wrong","comment":"`+strings.Repeat("x", 3000)+`"}`), 422, "invalid_request", "at most 2000")
}

func TestAFullQueueDropsRowsAndCountsThem(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Limits.QueueRows = 3 })
	for range 5 {
		if r := w.search("search", `{"knowledge_base":"help","query":"refund"}`); len(r.Hits) == 0 {
			t.Fatal("a full queue must not hinder a search")
		}
	}
	if n := w.server.Dropped(); n != 2 {
		t.Errorf("%d rows were dropped", n)
	}
	must(t, w.server.Close(t.Context()))
	if list, err := w.catalog.Queries(t.Context(), "", 10); err != nil || len(list) != 3 {
		t.Errorf("%d rows, %v", len(list), err)
	}
}

func TestRowsThatCannotBeWrittenWait(t *testing.T) {
	w := newWorld(t)
	w.search("search", `{"knowledge_base":"help","query":"refund"}`)
	w.search("search", `{"knowledge_base":"help","query":"delivery"}`)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if w.server.ledger.flush(cancelled) == nil {
		t.Fatal("the first flush was to fail")
	}
	must(t, w.server.Close(t.Context()))
	if list, err := w.catalog.Queries(t.Context(), "", 10); err != nil || len(list) != 2 {
		t.Errorf("%d rows, %v", len(list), err)
	}
}

func TestMoreRowsThanABatchAreAllWritten(t *testing.T) {
	w := newWorld(t)
	for i := range 2*ledgerBatch + 10 {
		w.server.ledger.add(note{row: catalog.Query{ID: fmt.Sprintf("q_%04d", i), At: start}})
	}
	must(t, w.server.Close(t.Context()))
	if list, err := w.catalog.Queries(t.Context(), "", 3*ledgerBatch); err != nil || len(list) != 2*ledgerBatch+10 {
		t.Errorf("%d rows, %v", len(list), err)
	}
}

func TestRunWritesForgetsAndRecordsKeys(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Limits.BatchEvery = time.Second })
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		w.search("search", `{"knowledge_base":"help","query":"refund"}`)
		done := make(chan struct{})
		go func() { defer close(done); w.server.Run(ctx) }()
		time.Sleep(2 * time.Second)
		if list, err := w.catalog.Queries(ctx, "", 10); err != nil || len(list) != 1 {
			t.Errorf("after two seconds %d rows, %v", len(list), err)
		}
		time.Sleep(2 * time.Minute)
		keys, err := w.catalog.Keys(ctx)
		if err != nil {
			t.Error(err)
		}
		for _, k := range keys {
			if k.Name == "search" && !k.Used.Equal(start) {
				t.Errorf("key used at %s", k.Used)
			}
		}
		w.now.pass(91 * 24 * time.Hour)
		time.Sleep(25 * time.Hour)
		if list, err := w.catalog.Queries(ctx, "", 10); err != nil || len(list) != 0 {
			t.Errorf("after ninety days %d rows, %v", len(list), err)
		}
		cancel()
		<-done
	})
}
