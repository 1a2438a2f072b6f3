package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"freshet/api/audit"
	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/catalog/faultsql"
)

const hookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="

// A delivery is what a receiver was sent.
type delivery struct {
	id, at, signature string
	body              webhookBody
	raw               []byte
}

// receiver is somebody else's server, which checks signatures in its own way.
type receiver struct {
	t      *testing.T
	server *httptest.Server
	now    func() time.Time

	mu     sync.Mutex
	got    []delivery
	answer func(w http.ResponseWriter, n int) // the n-th attempt, from 1; nil: 200
	tries  int
}

func newReceiver(t *testing.T, now func() time.Time) *receiver {
	r := &receiver{t: t, now: now}
	r.server = httptest.NewServer(r)
	t.Cleanup(r.server.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		r.t.Error(err)
	}
	d := delivery{id: req.Header.Get("webhook-id"), at: req.Header.Get("webhook-timestamp"), signature: req.Header.Get("webhook-signature"), raw: raw}
	r.verify(&d)
	if err := json.Unmarshal(raw, &d.body); err != nil {
		r.t.Errorf("not JSON: %s", raw)
	}
	r.mu.Lock()
	r.tries++
	n, answer := r.tries, r.answer
	r.mu.Unlock()
	if answer != nil {
		answer(w, n)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, d)
}

// verify does what the specification of Standard Webhooks tells receivers to do.
func (r *receiver) verify(d *delivery) {
	key, err := base64.StdEncoding.DecodeString(strings.Split(hookSecret, "_")[1])
	if err != nil {
		r.t.Error(err)
	}
	h := hmac.New(sha256.New, key)
	h.Write([]byte(strings.Join([]string{d.id, d.at, string(d.raw)}, ".")))
	sum := base64.StdEncoding.EncodeToString(h.Sum(nil))
	if version, given, _ := strings.Cut(d.signature, ","); version != "v1" || !hmac.Equal([]byte(given), []byte(sum)) {
		r.t.Errorf("the signature %q of %s is not right", d.signature, d.id)
	}
	if seconds, err := strconv.ParseInt(d.at, 10, 64); err != nil || r.now().Sub(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		r.t.Errorf("the time %q is not now", d.at)
	}
}

func (r *receiver) answers(f func(http.ResponseWriter, int)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = f
}

func (r *receiver) deliveries() []delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]delivery(nil), r.got...)
}

// hookWorld is a catalog with one webhook.
type hookWorld struct {
	*testing.T
	path   string
	driver string
	c      *catalog.Catalog
	w      *webhooks
	r      *receiver
	mu     sync.Mutex
	now    time.Time
}

func (h *hookWorld) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hookWorld) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func (h *hookWorld) ok(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func newHookWorld(t *testing.T, change ...func(*webhookConfig)) *hookWorld {
	return newHookWorldOn(t, "", change...)
}

func newHookWorldOn(t *testing.T, driver string, change ...func(*webhookConfig)) *hookWorld {
	h := &hookWorld{T: t, driver: driver, path: filepath.Join(t.TempDir(), "catalog.db"), now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	h.r = newReceiver(t, h.clock)
	h.open()
	t.Cleanup(func() { h.ok(h.c.Close()) })
	hook := webhookConfig{URL: h.r.server.URL + "/hook?token=hunter2", Secret: hookSecret}
	for _, f := range change {
		f(&hook)
	}
	var err error
	hook.key, err = webhookKey(hook.Secret)
	h.ok(err)
	h.w.hooks = []webhookConfig{hook}
	h.ok(h.c.PutBase(t.Context(), catalog.Base{ID: "help", Languages: []string{"en"}}))
	h.ok(h.c.PutSource(t.Context(), catalog.Source{ID: "site", Base: "help", Kind: "files", Owner: "ann", State: catalog.Published}))
	return h
}

// open opens the catalog, as after a restart.
func (h *hookWorld) open() {
	var hooks []webhookConfig
	if h.w != nil {
		h.ok(h.c.Close())
		hooks = h.w.hooks
	}
	var err error
	h.c, err = catalog.Open(context.Background(), catalog.Options{Path: h.path, Driver: h.driver, Now: h.clock})
	h.ok(err)
	h.w = &webhooks{catalog: h.c, hooks: hooks, zone: time.UTC, client: webhookClient(), now: h.clock, log: slog.New(slog.DiscardHandler), pauses: webhookPauses{time.Millisecond, time.Millisecond}}
}

func (h *hookWorld) send() { h.w.send(h.Context(), &h.w.hooks[0]) }

// run does a run of the source that brought n documents.
func (h *hookWorld) ran(n int) int64 {
	h.Helper()
	r := catalog.Report{Source: "site", Started: h.clock(), Result: catalog.RunDone, New: n}
	id, err := h.c.BeginRun(h.Context(), r)
	h.ok(err)
	h.pass(time.Minute)
	r.Run, r.Ended = id, h.clock()
	h.ok(h.c.EndRun(h.Context(), r))
	return id
}

func TestARunThatChangedContentIsToldOnce(t *testing.T) {
	h := newHookWorld(t)
	h.ran(5)
	h.w.tell(t.Context()) // the hook is new: what was before is not told
	h.send()
	run := h.ran(3)
	h.ran(0)
	for range 3 {
		h.w.tell(t.Context())
		h.send()
	}
	got := h.r.deliveries()
	if len(got) != 1 || got[0].body.Type != knowledgeChanged {
		t.Fatalf("got %d deliveries: %+v", len(got), got)
	}
	data := got[0].body.Data.(map[string]any)
	if data["run"] != float64(run) || data["knowledge_base"] != "help" || data["documents"].(map[string]any)["new"] != float64(3) {
		t.Errorf("told %s", got[0].raw)
	}
}

func TestAHookOfAnOwnerIsToldOfItsOwn(t *testing.T) {
	h := newHookWorld(t, func(c *webhookConfig) { c.Owner = "bob" })
	h.w.tell(t.Context())
	h.ran(3)
	h.w.tell(t.Context())
	h.send()
	if got := h.r.deliveries(); len(got) != 0 {
		t.Errorf("told %d", len(got))
	}
}

func TestARunIsToldWhenTheDetectorsHavePassedIt(t *testing.T) {
	h := newHookWorld(t)
	h.w.tell(t.Context())
	d := catalog.Document{Key: catalog.NewDocumentKey("site", "a", 0), Source: "site", ExternalID: "a", Base: "help", State: catalog.Present,
		Details: catalog.Details{Title: "A", Access: connectors.Public()}}
	ch := index.Chunk{ID: index.NewChunkID(d.Key, nil, "text", 0), Document: d.Key, Kind: index.Prose, Text: "text"}
	ch.Input = ch.InputHash("x")
	_, err := h.c.Apply(t.Context(), &catalog.Batch{Source: "site", Pass: 1, Changes: []catalog.Change{{Document: d, Outcome: catalog.New, Content: true, Text: []byte("{}"), Chunks: []index.Chunk{ch}}}})
	h.ok(err)
	h.ran(1)
	events := func() int {
		h.w.tell(t.Context())
		list, err := h.c.WebhookEvents(t.Context(), 10)
		h.ok(err)
		return len(list)
	}
	if events() != 0 {
		t.Error("told before the detectors have looked")
	}
	head, err := h.c.Head(t.Context())
	h.ok(err)
	h.ok(h.c.SetConsumerMark(t.Context(), "detect", head))
	if events() != 1 {
		t.Error("not told")
	}
	if events() != 1 {
		t.Error("told twice")
	}
}

func TestRefusedEventsAreSentAgainWithTheSameIDAndGivenUpInTheEnd(t *testing.T) {
	h := newHookWorld(t)
	h.w.tell(t.Context())
	h.ran(1)
	h.w.tell(t.Context())
	h.r.answers(func(w http.ResponseWriter, _ int) { w.WriteHeader(http.StatusInternalServerError) })
	attempts := 0
	for range 60 {
		h.send()
		h.pass(2 * time.Hour)
		h.r.mu.Lock()
		attempts = h.r.tries
		h.r.mu.Unlock()
	}
	if attempts != len(webhookBackoff())+1 {
		t.Errorf("%d attempts in five days", attempts)
	}
	list, err := h.c.WebhookEvents(t.Context(), 10)
	h.ok(err)
	if !list[0].Next.IsZero() || !list[0].Sent.IsZero() || !strings.Contains(list[0].Reason, "500") {
		t.Errorf("after five days: %+v", list[0])
	}
	if strings.Contains(list[0].Reason, "hunter2") {
		t.Error("the reason tells the address")
	}
}

func TestAnEventSurvivesRestartsAndFailuresWithItsID(t *testing.T) {
	h := newHookWorld(t)
	h.w.tell(t.Context())
	h.ran(1)
	h.w.tell(t.Context())
	var ids []string
	h.r.answers(func(w http.ResponseWriter, n int) {
		if n <= 3 {
			w.WriteHeader([]int{0, 500, 429, 503}[n])
		}
	})
	list, err := h.c.WebhookEvents(t.Context(), 1)
	h.ok(err)
	ids = append(ids, h.c.MessageID(&list[0]))
	for range 3 {
		h.send()
		h.pass(3 * time.Hour)
		h.open()
	}
	h.r.answers(nil)
	h.send()
	h.open()
	h.send()
	got := h.r.deliveries()
	if len(got) != 1 || got[0].id != ids[0] {
		t.Errorf("got %d deliveries, want one of %s", len(got), ids[0])
	}
}

func TestAReceiverThatDiesAfterItHasTakenAnEventGetsItAgainWithTheSameID(t *testing.T) {
	h := newHookWorld(t)
	h.w.tell(t.Context())
	h.ran(1)
	h.w.tell(t.Context())
	due, err := h.c.DueWebhookEvents(t.Context(), h.w.hooks[0].name(), 1)
	h.ok(err)
	// The process stops between the answer and its being recorded.
	_, err = h.w.post(t.Context(), &h.w.hooks[0], h.c.MessageID(&due[0]), []byte(due[0].Body))
	h.ok(err)
	h.open()
	h.send()
	got := h.r.deliveries()
	if len(got) != 2 || got[0].id != got[1].id || string(got[0].raw) != string(got[1].raw) {
		t.Errorf("got %+v", got)
	}
}

func TestReceiversThatMisbehave(t *testing.T) {
	tests := map[string]struct {
		answer func(http.ResponseWriter, int)
		says   string
		dead   bool
	}{
		"a redirect is not followed": {func(w http.ResponseWriter, _ int) {
			w.Header().Set("Location", "http://169.254.169.254/")
			w.WriteHeader(http.StatusFound)
		}, "redirects are not followed", false},
		"gone is for good": {func(w http.ResponseWriter, _ int) { w.WriteHeader(http.StatusGone) }, "410", true},
		"a connection that is cut": {func(w http.ResponseWriter, _ int) {
			panic(http.ErrAbortHandler)
		}, "EOF", false},
		"an answer that never comes": {func(w http.ResponseWriter, _ int) { time.Sleep(700 * time.Millisecond) }, "Timeout", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHookWorld(t)
			h.w.client.Timeout = 200 * time.Millisecond
			h.w.tell(t.Context())
			h.ran(1)
			h.w.tell(t.Context())
			h.r.answers(tt.answer)
			h.send()
			list, err := h.c.WebhookEvents(t.Context(), 1)
			h.ok(err)
			e := list[0]
			if !strings.Contains(e.Reason, tt.says) || e.Next.IsZero() != tt.dead || e.Attempts != 1 || !e.Sent.IsZero() {
				t.Errorf("got %+v", e)
			}
			if strings.Contains(e.Reason, "hunter2") {
				t.Errorf("the reason tells the address: %s", e.Reason)
			}
		})
	}
}

func TestAnAnswerThatDripsDoesNotHoldUpOthers(t *testing.T) {
	h := newHookWorld(t)
	other := newReceiver(t, h.clock)
	h.w.client.Timeout = 2 * time.Second
	h.w.hooks = append(h.w.hooks, webhookConfig{URL: other.server.URL, key: h.w.hooks[0].key})
	h.w.tell(t.Context())
	h.ran(1)
	h.w.tell(t.Context())
	h.r.answers(func(w http.ResponseWriter, _ int) {
		for range 100 {
			_, _ = w.Write([]byte("."))
			w.(http.Flusher).Flush()
			time.Sleep(30 * time.Millisecond)
		}
	})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); h.w.run(ctx) }()
	deadline := time.Now().Add(1500 * time.Millisecond)
	for len(other.deliveries()) == 0 && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	stop()
	<-done
	if len(other.deliveries()) != 1 {
		t.Errorf("the other receiver has %d events", len(other.deliveries()))
	}
}

func TestRetryAfterIsHeeded(t *testing.T) {
	h := newHookWorld(t)
	h.w.tell(t.Context())
	h.ran(1)
	h.w.tell(t.Context())
	h.r.answers(func(w http.ResponseWriter, _ int) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	h.send()
	list, err := h.c.WebhookEvents(t.Context(), 1)
	h.ok(err)
	if wait := list[0].Next.Sub(h.clock()); wait != time.Hour {
		t.Errorf("the next attempt is in %s", wait)
	}
}

func TestFindingsAreToldOnceADay(t *testing.T) {
	h := newHookWorld(t)
	h.w.tell(t.Context())
	put := func(id string, tier index.Tier) {
		f := index.Finding{ID: id, Base: "help", Kind: index.Conflicting, Tier: tier, State: index.Undecided, Severity: 0.5, Owners: []string{"ann"}, Found: h.clock(),
			Title: map[string]string{"en": "5 or 6"}, Suggested: -1, Members: []index.Member{{Title: "Price", Value: "5 €"}}}
		h.ok(h.c.PutFinding(t.Context(), &f, nil, nil))
	}
	put("f1", index.Likely)
	h.pass(time.Hour)
	put("f2", index.Likely)
	put("f3", index.Possible)
	days := func() []delivery {
		h.w.tell(t.Context())
		h.send()
		return h.r.deliveries()
	}
	if got := days(); len(got) != 0 {
		t.Fatalf("told on the same day: %d", len(got))
	}
	h.pass(24 * time.Hour)
	days()
	got := days()
	if len(got) != 1 || got[0].body.Type != findingOpened || got[0].body.Data.(map[string]any)["total"] != float64(2) {
		t.Fatalf("got %d: %+v", len(got), got)
	}
	h.pass(24 * time.Hour) // nothing was found: nothing is told
	put("f4", index.Likely)
	h.pass(72 * time.Hour) // nobody looked for three days
	if got = days(); len(got) != 2 || got[1].body.Data.(map[string]any)["total"] != float64(1) {
		t.Fatalf("got %d: %+v", len(got), got)
	}
}

func TestAnAuditThatIsKeptIsToldOnceToEachOwner(t *testing.T) {
	h := newHookWorld(t, func(c *webhookConfig) { c.Owner, c.Events = "ann", []string{auditReady} })
	h.w.console = "https://freshet.example.org"
	maker := audit.New(audit.Options{Catalog: h.c, Now: h.clock, Tell: h.w.auditEvents})
	for range 2 {
		_, err := maker.Report(t.Context(), "help", "2026-10")
		h.ok(err)
		_, err = maker.Report(t.Context(), "help", "2026-11") // of the month so far nothing is told
		h.ok(err)
	}
	h.send()
	got := h.r.deliveries()
	if len(got) != 1 || got[0].body.Type != auditReady {
		t.Fatalf("got %d: %+v", len(got), got)
	}
	data := got[0].body.Data.(map[string]any)
	if data["month"] != "2026-10" || data["owner"] != "ann" || data["url"] != "https://freshet.example.org/audits/2026-10" {
		t.Errorf("told %s", got[0].raw)
	}
}

func TestSecretsOfWebhooksAreChecked(t *testing.T) {
	for name, secret := range map[string]string{"none": "", "no prefix": "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "too short": "whsec_YWJj", "not base64": "whsec_???????????????????????????????????"} {
		if _, err := webhookKey(secret); err == nil || secret != "" && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := webhookKey(hookSecret); err != nil {
		t.Error(err)
	}
}

// TestEventsOutliveEveryFailureOfTheCatalog fails at every k-th call of SQL while an
// event is told and sent: in the end it has arrived, under one ID.
func TestEventsOutliveEveryFailureOfTheCatalog(t *testing.T) {
	driver := faultsql.Register()
	for k := 1; ; k++ {
		h := newHookWorldOn(t, driver.Name())
		h.w.tell(t.Context())
		h.ran(1)
		calls := 0
		driver.Set(func() error {
			if calls++; calls == k {
				return errors.New("the disk is away")
			}
			return nil
		})
		h.w.tell(t.Context())
		h.send()
		driver.Set(nil)
		for range 2 {
			h.pass(10 * time.Minute)
			h.w.tell(t.Context())
			h.send()
		}
		got := h.r.deliveries()
		if len(got) == 0 || len(got) > 2 {
			t.Fatalf("failure %d: %d deliveries", k, len(got))
		}
		for _, d := range got {
			if d.id != got[0].id {
				t.Errorf("failure %d: the event arrived as %s and %s", k, got[0].id, d.id)
			}
		}
		list, err := h.c.WebhookEvents(t.Context(), 10)
		h.ok(err)
		if len(list) != 1 || list[0].Sent.IsZero() {
			t.Errorf("failure %d: %+v", k, list)
		}
		if calls < k {
			if k < 10 {
				t.Errorf("only %d calls were failed", k)
			}
			return
		}
	}
}
