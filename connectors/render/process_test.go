//go:build linux

package render

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

func TestABrowserThatIsNotThereSaysHowToMendIt(t *testing.T) {
	text := filepath.Join(t.TempDir(), "chrome")
	if err := os.WriteFile(text, []byte("#!/bin/sh\necho this is no browser >&2\nexit 3\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"":                     "no browser is configured",
		"/nowhere/to/chromium": "install Chromium or Chrome",
		"freshet-no-such-name": "install Chromium or Chrome",
		text:                   "name a Chromium or Chrome under render.chrome",
	} {
		c := New(Options{Path: path, HTTP: newSite(t).clients})
		if _, err := c.Render(t.Context(), "http://www.example.org/", (&site{}).options()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %q", path, err, want)
		}
		if err := c.Check(); (err == nil) != (path == text) {
			t.Errorf("checking %q gives %v", path, err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

// group returns the processes of a browser's group that are left.
func group(pid int) []string {
	var out []string
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range all {
		if name := filepath.Base(p); groupOf(name) == pid {
			if stat, err := os.ReadFile(p + "/stat"); err == nil && !strings.Contains(string(stat), ") Z ") {
				out = append(out, name)
			}
		}
	}
	return out
}

func mustBeGone(t *testing.T, pid int) {
	t.Helper()
	for range 100 {
		if len(group(pid)) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("of the browser's processes are left %v", group(pid))
}

func TestWhenTheRunEndsTheBrowserDoes(t *testing.T) {
	c, s := chrome(t, nil)
	s.html("/", `<p>text</p><script>for (;;);</script>`)
	ctx, cancel := context.WithCancel(t.Context())
	pid := make(chan int, 1)
	go func() {
		for {
			c.mu.Lock()
			p := c.running
			c.mu.Unlock()
			if p != nil {
				time.Sleep(500 * time.Millisecond)
				pid <- p.pid
				cancel()
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	if _, err := c.Render(ctx, s.url("/"), s.options()); !errors.Is(err, context.Canceled) {
		t.Errorf("the page gave %v", err)
	}
	mustBeGone(t, <-pid)
}

func TestABrowserIsReplacedWhenItCrashesAndAfterSomePages(t *testing.T) {
	c, s := chrome(t, func(o *Options) { o.RestartAfter = 2 })
	s.html("/", `<p>text</p>`)
	var pids []int
	for i := range 5 {
		if out := render(t, c, s.url("/"), s.options()); !strings.Contains(out.HTML, "text") {
			t.Errorf("page %d is %s", i, out.HTML)
		}
		pids = append(pids, c.running.pid)
		if i == 3 {
			killGroup(c.running.pid)
			<-chromedp.FromContext(c.running.ctx).Browser.LostConnection
		}
	}
	if pids[0] != pids[1] || pids[1] == pids[2] || pids[2] != pids[3] || pids[3] == pids[4] {
		t.Errorf("the processes were %v", pids)
	}
	for _, pid := range pids[:4] {
		mustBeGone(t, pid)
	}
	last := c.running
	dir, err := os.ReadFile("/proc/" + strconv.Itoa(last.pid) + "/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	_, profile, _ := strings.Cut(string(dir), "--user-data-dir=")
	profile, _, _ = strings.Cut(profile, "\x00")
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	mustBeGone(t, last.pid)
	if _, err := os.Stat(profile); profile == "" || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the profile %q is left: %v", profile, err)
	}
}

func TestABrowserWithoutPagesEnds(t *testing.T) {
	c, s := chrome(t, func(o *Options) { o.Idle = 300 * time.Millisecond })
	s.html("/", `<p>text</p>`)
	render(t, c, s.url("/"), s.options())
	c.mu.Lock()
	pid := c.running.pid
	c.mu.Unlock()
	time.Sleep(400 * time.Millisecond)
	mustBeGone(t, pid)
	render(t, c, s.url("/"), s.options())
}
