package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
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
	err := c.do(ctx, http.MethodPost, "/v1/sources/"+url.PathEscape(id)+"/sync", o, &report)
	stop()
	<-watched
	return report, err
}

// watch draws how far the run of a source is, until ctx ends.
func (m *Main) watch(ctx context.Context, c *client, id string) {
	bar := progressbar.NewOptions64(-1, progressbar.OptionSetWriter(m.Stderr), progressbar.OptionSetDescription(id), progressbar.OptionShowCount(),
		progressbar.OptionShowIts(), progressbar.OptionSetItsString("documents"), progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(24),
		progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(progressEvery/2), progressbar.OptionSetElapsedTime(true))
	defer func() { _ = bar.Finish() }() // a bar that cannot be drawn is no loss
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		var now api.ProgressAnswer
		if err := c.do(ctx, http.MethodGet, "/v1/sources/"+url.PathEscape(id)+"/progress", nil, &now); err != nil || now.Progress == nil {
			continue
		}
		if total := now.Progress.Total; total > 0 && int64(total) != bar.GetMax64() {
			bar.ChangeMax(total)
		}
		bar.Describe(fmt.Sprintf("%s (%s)", id, plural(now.Progress.Chunks, "passage", "passages")))
		_ = bar.Set(now.Progress.Seen) // a bar that cannot be drawn is no loss
	}
}
