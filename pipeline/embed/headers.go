package embed

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Left is what the server says may still be asked for. Requests and Tokens are
// meaningful where the reset beside them is above 0.
type Left struct {
	Requests      int
	RequestsReset time.Duration // until there are more requests
	Tokens        int
	TokensReset   time.Duration
}

// longestSaid bounds what a server's header can make anybody wait.
const longestSaid = 24 * time.Hour

// retryAfter reads how long a server wants to be left alone: retry-after-ms (which
// Azure and OpenAI send besides) or Retry-After, in seconds or as a date, or else
// the later of the resets of what is used up.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if ms, err := strconv.ParseFloat(strings.TrimSpace(h.Get("Retry-After-Ms")), 64); err == nil {
		return seconds(ms / 1000)
	}
	text := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseFloat(text, 64); err == nil {
		return seconds(s)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), 0), longestSaid)
	}
	left := left(h)
	var wait time.Duration
	if left.Requests <= 0 {
		wait = left.RequestsReset
	}
	if left.Tokens <= 0 {
		wait = max(wait, left.TokensReset)
	}
	return wait
}

// left reads x-ratelimit-remaining-* and x-ratelimit-reset-*, whose durations are
// of the form "6m0s", "120ms" or plain seconds
// (platform.openai.com/docs/guides/rate-limits, "Rate limits in headers").
func left(h http.Header) Left {
	var l Left
	l.Requests, l.RequestsReset = remaining(h, "requests")
	l.Tokens, l.TokensReset = remaining(h, "tokens")
	return l
}

func remaining(h http.Header, what string) (int, time.Duration) {
	n, err := strconv.Atoi(strings.TrimSpace(h.Get("X-Ratelimit-Remaining-" + what)))
	if err != nil {
		return 0, 0
	}
	text := strings.TrimSpace(h.Get("X-Ratelimit-Reset-" + what))
	if s, err := strconv.ParseFloat(text, 64); err == nil {
		return n, seconds(s)
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, 0
	}
	return n, min(max(d, 0), longestSaid)
}

func seconds(s float64) time.Duration {
	if math.IsNaN(s) || s <= 0 {
		return 0
	}
	return time.Duration(min(s, longestSaid.Seconds()) * float64(time.Second))
}
