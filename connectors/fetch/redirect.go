package fetch

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// anyVisitors are the headers of a request that tell nothing to another site.
var anyVisitors = []string{"Accept", "Accept-Language", "User-Agent", "Range", "If-None-Match", "If-Modified-Since"}

// keepToOneOrigin takes from a redirected request what is meant for the site that
// was asked first: keys in headers of any name once it has left that site, also if
// it comes back, and always the address that redirected, which may hold a key.
func keepToOneOrigin(req *http.Request, via []*http.Request) {
	req.Header.Del("Referer")
	first := via[0].URL
	left := func(r *http.Request) bool { return !sameOrigin(first, r.URL) }
	if !left(req) && !slices.ContainsFunc(via, left) {
		return
	}
	for name := range req.Header {
		if !slices.Contains(anyVisitors, name) {
			req.Header.Del(name)
		}
	}
}

// sameOrigin reports whether to is the site of from: the same scheme, host and
// port, or the same host at https instead of http with the usual ports.
func sameOrigin(from, to *url.URL) bool {
	if !strings.EqualFold(from.Hostname(), to.Hostname()) {
		return false
	}
	if from.Scheme == to.Scheme {
		return portOf(from) == portOf(to)
	}
	return from.Scheme == "http" && portOf(from) == "80" && to.Scheme == "https" && portOf(to) == "443"
}

func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}
