package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"freshet/index/catalog"
	"freshet/pipeline/embed"
)

// webhooks tell others what happened. What is to be told is written to the catalog
// once, by name and subject, and sent from there until the receiver takes it: at least
// once, with the same ID, whatever stops in between. Nothing waits for a receiver.
type webhooks struct {
	catalog *catalog.Catalog
	hooks   []webhookConfig
	zone    *time.Location // in which days begin
	console string         // address below which people decide; empty: none
	client  *http.Client
	now     func() time.Time
	log     *slog.Logger

	pauses webhookPauses
}

// webhookPauses are how long is waited between two looks.
type webhookPauses struct {
	tell time.Duration // for what is to be told
	send time.Duration // for what is to be sent
}

const (
	webhookTell  = 15 * time.Second
	webhookSend  = 5 * time.Second
	webhookKept  = 30 * 24 * time.Hour // events that were sent or given up
	webhookTimes = 15 * time.Second    // of one attempt, answer and all
)

func newWebhooks(s *service) *webhooks {
	w := &webhooks{catalog: s.catalog, zone: time.UTC, now: s.now, log: s.log, client: webhookClient(), pauses: webhookPauses{webhookTell, webhookSend}}
	if s.config != nil {
		d := &s.config.Doubts
		w.hooks, w.console = d.Webhooks, d.Audit.BaseURL
		if d.Audit.zone != nil {
			w.zone = d.Audit.zone
		}
	}
	return w
}

// webhookClient is for addresses that the operator configured: they may be inside the
// network, as those of the embedder may. Redirects are not followed, so that nobody
// else chooses where signed events go.
func webhookClient() *http.Client {
	return &http.Client{Transport: embed.Transport(), Timeout: webhookTimes,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// run tells and sends until ctx ends. Each hook has a sender of its own, so that a slow
// one holds up no other.
func (w *webhooks) run(ctx context.Context) {
	if len(w.hooks) == 0 {
		return
	}
	var senders sync.WaitGroup
	for i := range w.hooks {
		senders.Go(func() { w.every(ctx, w.pauses.send, func() { w.send(ctx, &w.hooks[i]) }) })
	}
	forgotten := time.Time{}
	w.every(ctx, w.pauses.tell, func() {
		w.tell(ctx)
		if now := w.now(); now.Sub(forgotten) > 24*time.Hour {
			forgotten = now
			w.warn(ctx, "old events of webhooks are kept a day longer", w.catalog.ForgetWebhookEvents(ctx, now.Add(-webhookKept)))
		}
	})
	senders.Wait()
}

func (w *webhooks) every(ctx context.Context, pause time.Duration, f func()) {
	for ctx.Err() == nil {
		f()
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

func (w *webhooks) warn(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		w.log.Warn(what, "error", err)
	}
}

// A webhookBody is what is sent, as Standard Webhooks has it.
type webhookBody struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"` // when it happened
	Data      any       `json:"data"`
}

// event makes an event for a hook.
func (w *webhooks) event(h *webhookConfig, event, subject string, at time.Time, data any) catalog.WebhookEvent {
	text, err := json.Marshal(webhookBody{event, at.UTC(), data})
	if err != nil {
		panic(err) // it is plain data
	}
	return catalog.WebhookEvent{Hook: h.name(), Event: event, Subject: subject, Body: string(text)}
}

// link is an address below the console's, empty without one.
func (w *webhooks) link(path string) string {
	if w.console == "" {
		return ""
	}
	return strings.TrimRight(w.console, "/") + path
}
