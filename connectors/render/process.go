package render

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// process is one running browser. Nothing of it reaches the network outside of a
// page's gate: the proxy that it is started with is a port at which nobody answers.
type process struct {
	ctx    context.Context // a chromedp context
	cancel context.CancelFunc
	keys   *keys
	pid    int
	pages  int // shown so far
	said   *lastWords
	stop   func() // ends the watch over its memory
	fat    *fat
}

// fat is set when the browser was ended for the memory it took.
type fat struct {
	mu    sync.Mutex
	bytes int64
}

// flags are how the browser is started, beside its own folder and the pipe over which
// it is spoken to.
func flags(pin string, root bool) []chromedp.ExecAllocatorOption {
	f := map[string]any{
		"headless": true, "hide-scrollbars": true, "mute-audio": true, "disable-gpu": true,
		"no-first-run": true, "no-default-browser-check": true, "use-mock-keychain": true, "password-store": "basic",
		"no-sandbox": root, // Chrome has no sandbox for root

		// Nothing on its own account.
		"disable-background-networking": true, "disable-component-update": true, "disable-default-apps": true,
		"disable-sync": true, "disable-extensions": true, "disable-breakpad": true, "disable-crash-reporter": true,
		"disable-client-side-phishing-detection": true, "disable-domain-reliability": true, "metrics-recording-only": true,
		"safebrowsing-disable-auto-update": true, "no-pings": true, "no-service-autorun": true, "disable-field-trial-config": true,

		// No way out but the gate. A proxy for every address, loopback too; no names
		// looked up; no UDP.
		"proxy-server": nowhere, "proxy-bypass-list": "<-loopback>",
		"host-resolver-rules": "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
		"disable-quic":        true, "force-webrtc-ip-handling-policy": "disable_non_proxied_udp", "webrtc-ip-handling-policy": "disable_non_proxied_udp",
		"dns-prefetch-disable": true,
		"disable-features": "Translate,OptimizationHints,OptimizationGuideModelDownloading,MediaRouter,DialMediaRouteProvider,AsyncDns,DnsOverHttps," +
			"InterestFeedContentSuggestions,CertificateTransparencyComponentUpdater,AutofillServerCommunication,Prerender2,WebUSB,DirectSockets,IsolateOrigins,site-per-process",
		"disable-blink-features":                 "WebTransport,DirectSockets",
		"disable-site-isolation-trials":          true,
		"ignore-certificate-errors-spki-list":    pin, // the gate's
		"disable-notifications":                  true,
		"deny-permission-prompts":                true,
		"block-new-web-contents":                 true,
		"blink-settings":                         "imagesEnabled=false",
		"autoplay-policy":                        "user-gesture-required",
		"disable-remote-fonts":                   true,
		"disable-dev-shm-usage":                  true, // small in containers
		"disable-backgrounding-occluded-windows": true,
		"disable-renderer-backgrounding":         true,
		"disable-background-timer-throttling":    true,
		"disable-hang-monitor":                   true,
		"renderer-process-limit":                 "1",
		"js-flags":                               "--max-old-space-size=512",
		"force-color-profile":                    "srgb",
	}
	var out []chromedp.ExecAllocatorOption
	for name, value := range f {
		out = append(out, chromedp.Flag(name, value))
	}
	return append(out, chromedp.WindowSize(1280, 2000))
}

// nowhere is the discard port, which browsers refuse to use themselves.
const nowhere = "http://127.0.0.1:9"

// start starts the browser.
func (c *Chrome) start(ctx context.Context) (*process, error) {
	path, err := binary(c.o.Path)
	if err != nil {
		return nil, err
	}
	k, err := newKeys()
	if err != nil {
		return nil, err
	}
	root := os.Geteuid() == 0
	if root {
		c.o.Log.Warn("Chrome runs without its sandbox, because Freshet runs as root; run Freshet as another user", slog.String("chrome", path))
	}
	p := &process{keys: k, said: &lastWords{}, fat: &fat{}, stop: func() {}}
	options := append(flags(k.pin, root), chromedp.ExecPath(path), chromedp.CombinedOutput(p.said), chromedp.NoInheritEnv,
		chromedp.Env("PATH="+os.Getenv("PATH"), "HOME="+os.TempDir(), "TMPDIR="+os.TempDir(), "LANG=C.UTF-8"),
		chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) { ownGroup(cmd) }))
	// The browser lives longer than the page that it is started for.
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.WithoutCancel(ctx), options...)
	tab, cancelTab := chromedp.NewContext(allocator, chromedp.WithErrorf(c.debugf), chromedp.WithLogf(c.debugf))
	p.ctx = tab
	p.cancel = sync.OnceFunc(func() {
		p.stop()
		if p.pid > 0 {
			killGroup(p.pid)
		}
		cancelTab()
		cancelAllocator()
	})
	slow := time.AfterFunc(startTimeout, p.cancel)
	abort := context.AfterFunc(ctx, p.cancel)
	_, err = chromedp.Run(tab, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		return chromedp.Void{}, nil
	})
	inTime := slow.Stop()
	if !abort() {
		return nil, ctx.Err()
	}
	if err != nil || !inTime {
		p.cancel()
		return nil, p.startFailed(path, err, inTime)
	}
	p.pid = chromedp.FromContext(tab).Browser.Process().Pid
	p.stop = watch(p.pid, c.o.MaxMemory, func(bytes int64) {
		p.fat.mu.Lock()
		p.fat.bytes = bytes
		p.fat.mu.Unlock()
		killGroup(p.pid)
	})
	version, err := cdp.Call(tab, chromedp.FromContext(tab).Browser, browser.GetVersion, cdp.Empty{})
	if err != nil {
		p.cancel()
		return nil, p.startFailed(path, err, true)
	}
	c.o.Log.Info("a browser was started", slog.String("chrome", path), slog.String("version", version.Product), slog.Int("pid", p.pid))
	return p, nil
}

// alive reports whether the browser still answers to its pipe.
func (p *process) alive() bool {
	select {
	case <-chromedp.FromContext(p.ctx).Browser.LostConnection:
		return false
	default:
		return p.ctx.Err() == nil
	}
}

// death says why a browser is gone.
func (p *process) death() string {
	p.fat.mu.Lock()
	defer p.fat.mu.Unlock()
	if p.fat.bytes > 0 {
		return fmt.Sprintf("the page made the browser take %d MB of memory, and it was ended", p.fat.bytes>>20)
	}
	return "the browser ended while it showed the page"
}

// binary finds the configured program.
func binary(path string) (string, error) {
	if path == "" {
		return "", errors.New("no browser is configured; name one in the configuration, as render: {chrome: /usr/bin/chromium}")
	}
	found, err := exec.LookPath(path)
	if err != nil {
		return "", fmt.Errorf("the browser %s cannot be started (%w); install Chromium or Chrome and name its program under render.chrome in the configuration", path, errors.Unwrap(err))
	}
	if found, err = filepath.Abs(found); err != nil {
		return "", fmt.Errorf("finding the browser %s: %w", path, err)
	}
	return found, nil
}

func (p *process) startFailed(path string, err error, inTime bool) error {
	said := p.said.String()
	switch {
	case !inTime:
		return fmt.Errorf("the browser %s did not start within %s; is it Chromium or Chrome, and is there memory for it?%s", path, startTimeout, quoted(said))
	case strings.Contains(said, "No usable sandbox") || strings.Contains(said, "setuid_sandbox"):
		return fmt.Errorf("the browser %s cannot build its sandbox here, and Freshet does not switch it off; allow unprivileged user namespaces on this machine, or install the package chromium-sandbox: %w", path, err)
	}
	return fmt.Errorf("the browser %s does not work (%w); name a Chromium or Chrome under render.chrome in the configuration%s", path, err, quoted(said))
}

func quoted(said string) string {
	if said == "" {
		return ""
	}
	return fmt.Sprintf("; it said: %q", said)
}

func (c *Chrome) debugf(format string, args ...any) {
	c.o.Log.Debug("the browser's connection", slog.String("text", fmt.Sprintf(format, args...)))
}

// lastWords keeps the end of what a browser wrote before it went.
type lastWords struct {
	mu   sync.Mutex
	text []byte
}

// Write never fails.
func (l *lastWords) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, b...)
	l.text = l.text[max(0, len(l.text)-2000):]
	return len(b), nil
}

func (l *lastWords) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.TrimSpace(string(l.text[max(0, len(l.text)-500):]))
}
