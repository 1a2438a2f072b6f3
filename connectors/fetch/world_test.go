package fetch

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"freshet/connectors"
)

// world is the names of tests: *.example.org is this machine, two are mixed and private.
func world(_ context.Context, host string) ([]netip.Addr, error) {
	here := netip.MustParseAddr("127.0.0.1")
	switch {
	case strings.HasSuffix(host, "example.org"), host == "example.com":
		return []netip.Addr{here}, nil
	case host == "mixed.test":
		return []netip.Addr{here, netip.MustParseAddr("10.0.0.1")}, nil
	case host == "inside.test":
		return []netip.Addr{netip.MustParseAddr("10.0.0.1")}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func loopback(ports ...int) connectors.HTTPOptions {
	return connectors.HTTPOptions{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, AllowPorts: ports}
}

func tlsServer(t *testing.T, h http.HandlerFunc) (*httptest.Server, *x509.CertPool) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(s.Certificate())
	return s, trusted
}
