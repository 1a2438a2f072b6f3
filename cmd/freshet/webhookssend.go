package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"freshet/index/catalog"
	"freshet/schedules"
)

// webhookBackoff are the pauses after failed attempts, those of the Standard Webhooks
// specification. Behind the last one, three days after the first attempt, an event is
// given up.
func webhookBackoff() []time.Duration {
	const h = time.Hour
	return []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * h, 5 * h, 10 * h, 14 * h, 20 * h, 24 * h}
}

// errGone: the receiver wants nothing any more.
var errGone = errors.New("the receiver answered 410 Gone")

// sendAtOnce is how many events of a hook are looked up together.
const sendAtOnce = 20

// send sends what is due to a hook, in order, until one attempt fails.
func (w *webhooks) send(ctx context.Context, h *webhookConfig) {
	list, err := w.catalog.DueWebhookEvents(ctx, h.name(), sendAtOnce)
	w.warn(ctx, "events of a webhook cannot be read", err)
	for i := range list {
		if ctx.Err() != nil || !w.attempt(ctx, h, &list[i]) {
			return
		}
	}
}

// attempt sends an event and records how that went. It reports whether it was taken.
func (w *webhooks) attempt(ctx context.Context, h *webhookConfig, e *catalog.WebhookEvent) bool {
	wait, err := w.post(ctx, h, w.catalog.MessageID(e), []byte(e.Body))
	if ctx.Err() != nil {
		return false // stopped, not refused: it is sent again at the next start
	}
	if err == nil {
		w.warn(ctx, "an event that was sent may be sent again", w.catalog.WebhookSent(ctx, e.ID))
		return true
	}
	next := w.next(e, wait, err)
	level := w.log.Info
	if next.IsZero() {
		level = w.log.Warn
	}
	level("an event could not be sent", "host", h.host(), "event", e.Event, "subject", e.Subject, "attempt", e.Attempts+1, "next", next, "error", err)
	w.warn(ctx, "a failed attempt is not recorded", w.catalog.WebhookFailed(ctx, e.ID, err.Error(), next))
	return false
}

// next is when an event is tried again, zero for never.
func (w *webhooks) next(e *catalog.WebhookEvent, wait time.Duration, err error) time.Time {
	pauses := webhookBackoff()
	if errors.Is(err, errGone) || e.Attempts >= len(pauses) {
		return time.Time{}
	}
	pause := pauses[e.Attempts]
	pause += schedules.Jitter(e.Hook+e.Event+e.Subject, pause/10)
	return w.now().Add(max(pause, min(wait, pauses[len(pauses)-1])))
}

// answerRead is how much of an answer is read, so that its connection can be used again.
const answerRead = 64 << 10

// post makes one attempt. The pause is what the receiver asks for.
func (w *webhooks) post(ctx context.Context, h *webhookConfig, id string, body []byte) (wait time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, strings.NewReader(string(body)))
	if err != nil {
		return 0, withoutAddress(err)
	}
	at := strconv.FormatInt(w.now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Freshet-Webhooks/1")
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", at)
	req.Header.Set("webhook-signature", webhookSignature(h.key, id, at, body))
	resp, err := w.client.Do(req)
	if err != nil {
		return 0, withoutAddress(err)
	}
	_, _ = io.CopyN(io.Discard, resp.Body, answerRead) // the status has said all
	_ = resp.Body.Close()
	switch {
	case resp.StatusCode/100 == 2:
		return 0, nil
	case resp.StatusCode == http.StatusGone:
		return 0, errGone
	case resp.StatusCode/100 == 3:
		return 0, fmt.Errorf("the receiver answered %d: redirects are not followed; configure the address it leads to", resp.StatusCode)
	}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
		wait = time.Duration(min(s, 1<<20)) * time.Second
	}
	return wait, fmt.Errorf("the receiver answered %d", resp.StatusCode)
}

// withoutAddress takes the address from the error of a request: it may hold a token.
func withoutAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// webhookSignature signs as Standard Webhooks v1 does: HMAC-SHA256 over ID, time and
// body.
func webhookSignature(key []byte, id, at string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(id + "." + at + ".")) // a hash never fails
	_, _ = mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
