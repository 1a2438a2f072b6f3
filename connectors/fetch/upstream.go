package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// ParseProxy reads the address of an operator's proxy, as
// "http://ann:secret@proxy.example.org:3128". Its errors never repeat it, because
// it may hold a password.
func ParseProxy(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil:
		return nil, errors.New("the proxy's address cannot be read; write it as http://proxy.example.org:3128, with %-escapes for special characters in a password")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("the proxy's address must begin with http:// or https://; other kinds of proxies are not spoken to")
	case u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("the proxy's address must be a host and a port alone; write it as http://proxy.example.org:3128")
	}
	return u, nil
}

// upstream is a proxy that the operator configured, as a way to the targets.
type upstream struct {
	at    *url.URL
	roots *tls.Config
}

// address is the proxy's host and port.
func (p upstream) address() string {
	return net.JoinHostPort(p.at.Hostname(), portOf(p.at))
}

// dial connects to the proxy, wherever it is: it is the operator's. Asked for any
// other address it refuses, so that no request passes the proxy by.
func (p upstream) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if address != p.address() {
		return nil, fmt.Errorf("connecting to %q: only the proxy %s is connected to", address, p.address())
	}
	d := net.Dialer{Timeout: dialTimeout}
	conn, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, fmt.Errorf("connecting to the proxy %s that the configuration names: %w", address, err)
	}
	return conn, nil
}

// refusal says in words what a proxy's answer other than 200 means.
func (p upstream) refusal(target, status string, code int) error {
	if code == http.StatusProxyAuthRequired {
		return fmt.Errorf("the proxy %s asks for a user name and password; put them into its address in the configuration", p.address())
	}
	return fmt.Errorf("the proxy %s answers %q to a connection to %s; ask its operator to allow it", p.address(), status, target)
}

// through makes a transport go through the proxy. The transport speaks to the
// proxy alone; a target is resolved and checked before each request.
func (p upstream) through(t *http.Transport, d dialer) http.RoundTripper {
	t.Proxy = http.ProxyURL(p.at)
	t.DialContext = p.dial
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, req *http.Request, resp *http.Response) error {
		if resp.StatusCode != http.StatusOK {
			return p.refusal(req.Host, resp.Status, resp.StatusCode)
		}
		return nil
	}
	return &checked{proxy: p, dialer: d, next: t}
}

// checked looks at the addresses of a target before a proxy is asked for it, and
// takes no answer of the proxy for one of the target.
type checked struct {
	proxy  upstream
	dialer dialer
	next   http.RoundTripper
}

func (c *checked) RoundTrip(req *http.Request) (*http.Response, error) {
	host, err := asciiHost(req.URL.Hostname())
	if err != nil {
		return nil, fmt.Errorf("reading the address %s: %w", display(req.URL), err)
	}
	if _, err := c.dialer.resolve(req.Context(), host); err != nil {
		return nil, err
	}
	resp, err := c.next.RoundTrip(req)
	if err == nil && resp.StatusCode == http.StatusProxyAuthRequired {
		return nil, errors.Join(c.proxy.refusal(req.URL.Host, resp.Status, resp.StatusCode), resp.Body.Close())
	}
	return resp, err
}
