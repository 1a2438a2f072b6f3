package render

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	"freshet/connectors"
)

// ask makes one request of the page with the guarded client and hands on the answer.
// Redirects go to the browser, whose next request is checked like any other.
func (g *gate) ask(w http.ResponseWriter, r *http.Request, u *url.URL) {
	if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
		preflight(w, r)
		return
	}
	if why := g.refusal(r, u); why != nil {
		g.refuse(w, u, why)
		return
	}
	if err := g.begin(); err != nil {
		g.refuse(w, u, err)
		return
	}
	defer g.done()
	req, err := http.NewRequestWithContext(g.ctx, r.Method, u.String(), nil)
	if err != nil {
		g.refuse(w, u, fmt.Errorf("reading the address %.200q: %w", u, err))
		return
	}
	req.Header = forward(r.Header)
	resp, err := g.client.Do(req)
	if err != nil {
		g.fail(u, err)
		http.Error(w, "the request was not answered", http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 500 {
		g.fail(u, fmt.Errorf("it answers %s", resp.Status))
	}
	if unseen(resp.Header.Get("Content-Type")) {
		http.Error(w, "pictures, fonts and films are not loaded", http.StatusForbidden)
		return
	}
	header := w.Header()
	for name, values := range withoutHop(resp.Header) {
		header[name] = values
	}
	header.Del("Alt-Svc")
	w.WriteHeader(resp.StatusCode)
	if err := g.copyBody(w, resp.Body); err != nil {
		g.fail(u, err)
		panic(http.ErrAbortHandler) // the browser must not take it for whole
	}
}

// refusal is why a request is not made, if it is not.
func (g *gate) refusal(r *http.Request, u *url.URL) error {
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead, r.ContentLength != 0, len(r.TransferEncoding) > 0:
		return fmt.Errorf("it asks with %.20s, and only GET and HEAD without a body are done", r.Method)
	case r.Header.Get("Upgrade") != "":
		return errors.New("it asks for a connection of another kind (WebSocket), and only pages are read")
	case !wanted(r, u):
		return errUnseen
	case g.limits.Allow != nil:
		return g.limits.Allow(u)
	}
	return nil
}

// errUnseen refuses what has no text.
var errUnseen = errors.New("pictures, fonts and films are not loaded")

func (g *gate) refuse(w http.ResponseWriter, u *url.URL, why error) {
	if !errors.Is(why, errUnseen) {
		g.noteRefused(u, why)
	}
	http.Error(w, "the request is refused", http.StatusForbidden)
}

// preflight tells the browser that a page may ask another host with headers of its
// own: the crawler has no credentials to protect, and OPTIONS is not sent to sites.
func preflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	h.Set("Access-Control-Allow-Credentials", "true")
	h.Set("Access-Control-Allow-Methods", "GET, HEAD")
	h.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
	w.WriteHeader(http.StatusNoContent)
}

// wanted reports whether a request is for something that can hold text or make it.
// Browsers say what they want a thing for, except to sites without TLS.
func wanted(r *http.Request, u *url.URL) bool {
	switch r.Header.Get("Sec-Fetch-Dest") {
	case "image", "font", "audio", "video", "track", "object", "embed", "manifest":
		return false
	case "":
	default:
		return true
	}
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico", ".bmp", ".woff", ".woff2", ".ttf", ".otf", ".eot",
		".mp3", ".mp4", ".m4a", ".m4v", ".ogg", ".ogv", ".webm", ".wav", ".mov":
		return false
	}
	return true
}

func unseen(contentType string) bool {
	kind, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(contentType)), "/")
	return (kind == "image" || kind == "font" || kind == "audio" || kind == "video") && !strings.Contains(contentType, "svg")
}

// ofOneHop are the headers that are for the next machine alone (RFC 9110, 7.6.1).
var ofOneHop = []string{"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

func withoutHop(h http.Header) http.Header {
	out := h.Clone()
	for _, line := range h.Values("Connection") {
		for name := range strings.SplitSeq(line, ",") {
			out.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range ofOneHop {
		out.Del(name)
	}
	return out
}

// forward is what of a request's headers goes on. The client introduces itself as
// the crawler and says what compression it undoes.
func forward(h http.Header) http.Header {
	out := withoutHop(h)
	for _, name := range []string{"User-Agent", "Accept-Encoding", "Range", "If-Range"} {
		out.Del(name)
	}
	for name := range out {
		if strings.HasPrefix(name, "Sec-Ch-") {
			out.Del(name)
		}
	}
	return out
}

// copyBody hands on an answer as far as the page's limit allows.
func (g *gate) copyBody(w io.Writer, body io.Reader) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := body.Read(buf)
		if n > 0 {
			if err := g.count(int64(n)); err != nil {
				return err
			}
			if _, err := w.Write(buf[:n]); err != nil {
				return nil // the browser has lost interest
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			var v *connectors.Verdict
			if errors.As(err, &v) {
				return v
			}
			return fmt.Errorf("reading its answer: %w", err)
		}
	}
}
