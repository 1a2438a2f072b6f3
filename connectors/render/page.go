package render

import (
	"context"
	_ "embed" // page.js
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"freshet/connectors"
	guard "freshet/connectors/fetch"
)

//go:embed page.js
var questions string

// shown is one page in the browser.
type shown struct {
	ctx    context.Context // of the page's tab, with the page's deadline
	tab    context.Context // of the page's tab alone
	target *chromedp.Target
	frame  cdp.FrameID
	gate   *gate
	limits connectors.RenderOptions

	crashed chan struct{} // closed when the page's process is gone
	opened  bool          // the tab is ready

	mu     sync.Mutex
	status int
}

// show has the browser load a page, waits until it has come to rest and reads it.
func (c *Chrome) show(ctx context.Context, p *process, address string, o connectors.RenderOptions) (out connectors.Rendered, err error) {
	h := o.HTTP
	h.Delay, h.Connections, h.MaxBytes = -1, connections, maxBody
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	asking, stopAsking := context.WithCancel(ctx)
	defer stopAsking()
	g, err := openGate(asking, p.keys, o, c.o.HTTP(h))
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, g.Close()) }()

	s := &shown{gate: g, limits: o, crashed: make(chan struct{})}
	tab, closeTab := chromedp.NewContext(p.ctx, chromedp.WithListener(s.hear), chromedp.WithNewBrowserContext(
		func(b *target.CreateBrowserContextParams) {
			b.ProxyServer, b.ProxyBypassList = "http://"+g.address(), "<-loopback>"
		}))
	s.tab = tab
	var release context.CancelFunc
	s.ctx, release = context.WithCancel(tab)
	defer release()
	defer context.AfterFunc(ctx, release)()
	hung := true
	defer func() {
		if hung {
			p.cancel() // what does not answer is not asked to close either
		}
		closeTab()
	}()
	// The tab answers as long as the context with which it is opened: its own, so that
	// it can be read when the page's time is over.
	abort := context.AfterFunc(ctx, p.cancel)
	_, err = chromedp.Run(tab, func(context.Context, *chromedp.Target) (chromedp.Void, error) { return chromedp.Void{}, nil })
	if !abort() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return out, fmt.Errorf("opening a page: %w", err)
	}
	out, err = s.load(ctx, address)
	if err != nil && !p.alive() {
		return out, errors.New(p.death())
	}
	var stuck *stuckError
	hung = errors.As(err, &stuck) || !s.opened
	seen := g.seen()
	out.Requests, out.Bytes = seen.requests, seen.bytes
	if seen.wait != nil && (err != nil || out.Status >= 400) {
		return out, seen.wait
	}
	return out, err
}

// stuckError says that a page does not let itself be read.
type stuckError struct{ err error }

func (s *stuckError) Error() string {
	return fmt.Sprintf("its program leaves the browser no time to answer: %v", s.err)
}

func (s *stuckError) Unwrap() error { return s.err }

func (s *shown) load(ctx context.Context, address string) (connectors.Rendered, error) {
	at, err := url.Parse(address)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" {
		return connectors.Rendered{}, &connectors.Verdict{Reason: guard.VerdictRefused, Detail: "only http and https addresses are shown"}
	}
	if _, err := chromedp.Run(s.ctx, s.prepare); err != nil {
		return connectors.Rendered{}, fmt.Errorf("opening a page: %w", err)
	}
	s.opened = true
	if err := s.navigate(at); err != nil {
		return connectors.Rendered{}, err
	}
	restless := s.rest(ctx)
	if errors.Is(restless, errCrashed) {
		return connectors.Rendered{}, &stuckError{errCrashed}
	}
	out, err := s.read()
	if err != nil {
		return out, err
	}
	seen := s.gate.seen()
	if out.Status >= 400 {
		if why := seen.of(out.URL); why != nil {
			return out, fmt.Errorf("loading %.200s: %w", out.URL, plain(why))
		}
	}
	out.Refused = ofSite(seen.refused, at, "it was not let ask its own site")
	if out.Incomplete = seen.lacking(at); out.Incomplete == "" && restless != nil {
		out.Incomplete = restless.Error()
	}
	return out, nil
}

// prepare takes from a tab what a page must not have.
func (s *shown) prepare(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
	s.target = t
	its := chromedp.FromContext(ctx)
	b := its.Browser
	yes := true
	tree, err := cdp.Call(ctx, t, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return chromedp.Void{}, err
	}
	s.frame = tree.FrameTree.Frame.ID
	for _, step := range []struct {
		to     cdp.Session
		method string
		params any
	}{
		// chromedp mirrors the whole document from these events, however large it is.
		{t, css.Disable.Method, cdp.Empty{}},
		{t, dom.Disable.Method, cdp.Empty{}},
		{t, network.SetBypassServiceWorker.Method, network.SetBypassServiceWorkerParams{Bypass: true}},
		{t, fetch.Enable.Method, fetch.EnableParams{HandleAuthRequests: &yes, Patterns: []*fetch.RequestPattern{{URLPattern: "*"}}}},
		{b, browser.SetDownloadBehavior.Method, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorDeny, BrowserContextID: its.BrowserContextID}},
	} {
		if err := step.to.Call(ctx, step.method, step.params, nil); err != nil {
			return chromedp.Void{}, fmt.Errorf("%s: %w", step.method, err)
		}
	}
	return chromedp.Void{}, nil
}

// hear answers what the browser asks. It is called in the loop that reads the
// browser's messages, so answers are sent from elsewhere.
func (s *shown) hear(event any) {
	switch e := event.(type) {
	case *fetch.EventRequestPaused:
		go s.answer(fetch.ContinueRequest.Method, fetch.ContinueRequestParams{RequestID: e.RequestID})
	case *fetch.EventAuthRequired:
		r := &fetch.AuthChallengeResponse{Response: fetch.AuthChallengeResponseResponseCancelAuth}
		if e.AuthChallenge.Source == fetch.AuthChallengeSourceProxy {
			r = &fetch.AuthChallengeResponse{Response: fetch.AuthChallengeResponseResponseProvideCredentials, Username: proxyUser, Password: s.gate.pass}
		}
		go s.answer(fetch.ContinueWithAuth.Method, fetch.ContinueWithAuthParams{RequestID: e.RequestID, AuthChallengeResponse: r})
	case *page.EventJavascriptDialogOpening:
		go s.answer(page.HandleJavaScriptDialog.Method, page.HandleJavaScriptDialogParams{Accept: e.Type == page.DialogTypeBeforeunload})
	case *inspector.EventTargetCrashed:
		close(s.crashed) // it comes once: the tab is not loaded anew
	case *network.EventResponseReceived:
		s.mu.Lock()
		defer s.mu.Unlock()
		if e.Type == network.ResourceTypeDocument && e.FrameID == s.frame && e.Response != nil {
			s.status = int(e.Response.Status)
		}
	}
}

// answer sends a command whose result is of no interest: the page may be over.
func (s *shown) answer(method string, params any) {
	if t := chromedp.FromContext(s.tab).Target; t != nil {
		_ = t.Call(s.ctx, method, params, nil)
	}
}

func (s *shown) navigate(at *url.URL) error {
	result, err := cdp.Call(s.ctx, s.target, page.Navigate, page.NavigateParams{URL: at.String()})
	switch {
	case err != nil && s.ctx.Err() != nil:
		return fmt.Errorf("it did not begin to answer within %s", s.limits.Timeout)
	case err != nil:
		return fmt.Errorf("loading it: %w", err)
	case result.IsDownload:
		return &connectors.Verdict{Reason: connectors.VerdictMediaType, Detail: "it is a file to download"}
	case result.ErrorText != "":
		return fmt.Errorf("loading it: the browser says %s", strings.TrimPrefix(result.ErrorText, "net::"))
	}
	return nil
}

// rest waits until the page has come to rest; the error says why it has not.
func (s *shown) rest(ctx context.Context) error {
	var last [3]int
	changed := time.Now()
	for {
		now, err := s.look(ctx)
		if ctx.Err() != nil {
			return fmt.Errorf("it was still changing after %s", s.limits.Timeout)
		}
		if err != nil {
			changed = time.Now() // between two documents nobody answers
		} else if now != last {
			last, changed = now, time.Now()
		}
		seen := s.gate.seen()
		switch unchanged := time.Since(changed); {
		case now[1] > maxElements:
			return fmt.Errorf("it has more than %d elements", maxElements)
		case last[0] == 1 && seen.open == 0 && unchanged >= still && time.Since(seen.last) >= still,
			last[0] == 1 && unchanged >= stillAsking:
			return nil
		}
		select {
		case <-ctx.Done():
		case <-s.crashed:
			return errCrashed
		case <-time.After(look):
		}
	}
}

// errCrashed: the page brought its process down, for lack of memory most often.
var errCrashed = errors.New("it crashed the browser")

func (s *shown) look(ctx context.Context) ([3]int, error) {
	var out [3]int
	raw, err := s.ask(s.ctx, "look()")
	if err != nil {
		return out, err
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return out, fmt.Errorf("looking at the page: %w", err)
	}
	return out, ctx.Err()
}

// read reads the page. A program that still runs is ended for it.
func (s *shown) read() (connectors.Rendered, error) {
	ctx, cancel := context.WithTimeout(s.tab, grace)
	defer cancel()
	if s.ctx.Err() != nil {
		if _, err := cdp.Call(ctx, s.target, runtime.TerminateExecution, cdp.Empty{}); err != nil {
			return connectors.Rendered{}, &stuckError{err}
		}
	}
	raw, err := s.ask(ctx, fmt.Sprintf("read(%d)", s.limits.MaxDOM))
	if err != nil {
		return connectors.Rendered{}, &stuckError{err}
	}
	var doc struct {
		URL, HTML string
		Size      int64
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return connectors.Rendered{}, fmt.Errorf("reading the page: %w", err)
	}
	if doc.Size > s.limits.MaxDOM || int64(len(doc.HTML)) > 4*s.limits.MaxDOM {
		return connectors.Rendered{}, &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf("its document is longer than %d MB in a browser", s.limits.MaxDOM>>20)}
	}
	u, err := url.Parse(doc.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return connectors.Rendered{}, fmt.Errorf("it led the browser to %.100q", doc.URL)
	}
	u.Fragment, u.RawFragment = "", ""
	s.mu.Lock()
	defer s.mu.Unlock()
	return connectors.Rendered{URL: u.String(), Status: s.status, HTML: doc.HTML}, nil
}

// ask puts one of the questions of page.js to the page.
func (s *shown) ask(ctx context.Context, call string) ([]byte, error) {
	world, err := cdp.Call(ctx, s.target, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: s.frame, WorldName: "freshet"})
	if err != nil {
		return nil, fmt.Errorf("asking the page: %w", err)
	}
	yes := true
	result, err := cdp.Call(ctx, s.target, runtime.Evaluate, runtime.EvaluateParams{
		Expression: strings.TrimSuffix(strings.TrimSpace(questions), ";") + "." + call, ContextID: world.ExecutionContextID, ReturnByValue: &yes, Silent: &yes})
	switch {
	case err != nil:
		return nil, fmt.Errorf("asking the page: %w", err)
	case result.ExceptionDetails != nil:
		return nil, fmt.Errorf("asking the page: %.200s", result.ExceptionDetails.Text)
	case result.Result == nil:
		return nil, errors.New("asking the page: it gave no answer")
	}
	return []byte(result.Result.Value), nil
}
