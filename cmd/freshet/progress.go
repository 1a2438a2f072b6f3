package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/schollz/progressbar/v3"

	"freshet/api"
	"freshet/index/catalog"
)

// progressEvery is how often the bar is drawn.
const progressEvery = 200 * time.Millisecond

// syncOne runs a source and waits, with a progress bar on a terminal.
func (m *Main) syncOne(ctx context.Context, c *client, id string, o api.SyncOptions) (catalog.Report, error) {
	watching, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		if m.Terminal {
			m.watch(watching, c, id)
		}
	}()
	var report catalog.Report
	err := c.do(ctx, http.MethodPost, sourcePath(id, "/sync"), o, &report)
	stop()
	<-watched
	return report, err
}

// watch draws how far the run of a source is, until ctx ends.
func (m *Main) watch(ctx context.Context, c *client, id string) {
	bar := progressbar.NewOptions64(-1, progressbar.OptionSetWriter(m.Stderr), progressbar.OptionSetDescription(id), progressbar.OptionSetWidth(24),
		progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(true), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetSpinnerChangeInterval(0)) // it would draw from a goroutine of its own, without a lock
	defer func() { _ = bar.Finish() }() // a bar that cannot be drawn is no loss
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	began := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		var now api.ProgressAnswer
		if err := c.do(ctx, http.MethodGet, sourcePath(id, "/progress"), nil, &now); err != nil || now.Progress == nil {
			continue
		}
		if total := int64(now.Progress.Total); total > 0 && total != bar.GetMax64() {
			bar.ChangeMax64(total)
		}
		bar.Describe(id + ": " + progressText(now.Progress, time.Since(began)))
		_ = bar.Set(min(now.Progress.Seen, max(now.Progress.Total-1, 0))) // at its end a bar stops to draw
	}
}

// progressText says counts, rate and, where the total is known, the time left.
func progressText(p *api.Progress, since time.Duration) string {
	if p.Pending > 0 {
		return plural(p.Pending, "passage waits", "passages wait") + " for their dense vectors; they can be found by their words"
	}
	if p.Compared > 0 {
		return plural(p.Compared, "passage", "passages") + " compared with the rest, for doubts"
	}
	text := plural(p.Seen, "document", "documents")
	if p.Total > p.Seen {
		text = fmt.Sprintf("%s of %s documents", thousands(p.Seen), thousands(p.Total))
	}
	rate := float64(p.Seen) / max(since.Seconds(), 0.001)
	text += fmt.Sprintf(", %.1f/s", rate)
	if p.Chunks > 0 {
		text += ", " + plural(p.Chunks, "passage", "passages")
	}
	if p.Total > p.Seen && p.Seen > 0 {
		left := time.Duration(float64(p.Total-p.Seen) / rate * float64(time.Second))
		text += ", about " + took(left) + " left"
	}
	return text
}
