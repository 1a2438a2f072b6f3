// Package sitetest makes a site of thousands of pages, French and English, with
// the oddities of the web: what is behind each address is known beforehand, and
// the server that serves it keeps a record of who asked for what and judges it.
//
// Everything follows from the seed, and time is a Clock that only moves when
// somebody sleeps, so that a crawl at one page a second takes no longer than the
// work it is.
package sitetest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The hosts of a site. Only the first serves pages; Lookup knows no others.
const (
	Host  = "www.marelle.test"
	bare  = "marelle.test"    // redirects to Host
	other = "cdn.marelle.net" // somebody else's; asking it is a violation
)

// TrapBound is how many addresses of one trap may be asked for.
const TrapBound = 200

// Options make a Site.
type Options struct {
	Seed  uint64
	Pages int // about how many addresses the site has, without its traps; at least 200
	// TLS serves https with a certificate of the site's own authority, see Roots.
	TLS bool
	// CrawlDelay is what robots.txt asks for. 0: nothing.
	CrawlDelay time.Duration
	// Delay and Connections are what a crawler is allowed before and beside that.
	// Defaults: a second, one.
	Delay       time.Duration
	Connections int
	// Unmarked pages carry Furniture.
	Unmarked bool
	// Without leaves out oddities, by name; see Families.
	Without []string
}

// Site is a generated site and its server. Its methods may be called from several
// goroutines.
type Site struct {
	URL   string // scheme, host and port
	Bare  string // the same without www
	Clock *Clock

	options Options
	server  *httptest.Server
	issuer  *issuer

	mu        sync.Mutex
	rand      *rand.Rand
	pages     map[string]*page // by address
	byName    []*page
	sections  []*section
	traps     []trap
	never     map[string]string // address -> why it must not be asked for
	disallow  []rule
	era       int // how often the site was launched anew
	mode      Mode
	served    int // answers so far: what lies and what fails now and then depends on it
	flaky     map[string]int
	journal   journal
	waiting   []page
	unrelated []string // names looked up that are not the site's
}

// New makes a site and starts its server. Close it.
func New(o Options) (*Site, error) {
	if o.Pages < 200 {
		return nil, fmt.Errorf("a site has at least 200 pages, not %d", o.Pages)
	}
	if o.Delay == 0 {
		o.Delay = time.Second
	}
	o.Connections = max(o.Connections, 1)
	s := &Site{options: o, Clock: NewClock(), rand: rand.New(rand.NewPCG(o.Seed, 1)), pages: map[string]*page{},
		never: map[string]string{}, flaky: map[string]int{}}
	s.journal.given = map[string]bool{}
	s.server = httptest.NewUnstartedServer(s)
	s.server.Config.ConnState, s.server.Config.ErrorLog = s.connection, log.New(io.Discard, "", 0)
	scheme := "http"
	if o.TLS {
		var err error
		if s.issuer, err = newIssuer(); err != nil {
			return nil, err
		}
		scheme = "https"
		s.server.EnableHTTP2 = true
		s.server.TLS = &tls.Config{GetCertificate: s.certificate}
	}
	port := strconv.Itoa(s.Port())
	s.URL, s.Bare = scheme+"://"+Host+":"+port, scheme+"://"+bare+":"+port
	s.build()
	if o.TLS {
		s.server.StartTLS()
	} else {
		s.server.Start()
	}
	return s, nil
}

// Port is the port that the server listens on, on the loopback address.
func (s *Site) Port() int {
	addr, _ := netip.ParseAddrPort(s.server.Listener.Addr().String()) // a listener's own words
	return int(addr.Port())
}

// Close stops the server.
func (s *Site) Close() { s.server.Close() }

// Roots are the authorities that vouch for the site; nil if it has no certificate.
func (s *Site) Roots() *x509.CertPool {
	if s.issuer == nil {
		return nil
	}
	return s.issuer.roots
}

// Lookup resolves the site's names to the loopback address, and no others: asking
// for those is a violation.
func (s *Site) Lookup(_ context.Context, host string) ([]netip.Addr, error) {
	if host == Host || host == bare {
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unrelated = append(s.unrelated, host)
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// without reports whether an oddity was left out.
func (s *Site) without(family string) bool { return slices.Contains(s.options.Without, family) }

// rule is a line of robots.txt, and what it forbids.
type rule struct {
	line    string
	forbids func(uri string) bool
	allow   bool
}

func startsWith(prefix string) func(string) bool {
	return func(uri string) bool { return strings.HasPrefix(uri, prefix) }
}

// blocked reports whether robots.txt forbids an address. Allow lines are longer
// than the Disallow lines that they make exceptions of.
func (s *Site) blocked(uri string) bool {
	forbidden := false
	for _, r := range s.disallow {
		if r.forbids(uri) {
			if r.allow {
				return false
			}
			forbidden = true
		}
	}
	return forbidden
}

// trap is a space of addresses without end.
type trap struct {
	name  string
	holds func(uri string) bool
}

func itoa(n int) string { return strconv.Itoa(n) }
