package fetch

import "net/http"

// guard refuses requests by their form. It sees every hop: http.Client makes a
// request of its own of each redirect.
type guard struct {
	policy policy
	next   http.RoundTripper
	idle   func() // closes idle connections
}

// CloseIdleConnections is what http.Client's method of this name calls.
func (g *guard) CloseIdleConnections() { g.idle() }

func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	if req.Method != http.MethodGet && req.Method != http.MethodHead && req.Method != "" || req.Body != nil && req.Body != http.NoBody {
		return nil, &Refused{Reason: ReasonMethod, Address: display(req.URL), Detail: "only GET and HEAD without a body are done"}
	}
	if err := g.policy.checkURL(req.URL); err != nil {
		return nil, err
	}
	return g.next.RoundTrip(req)
}
