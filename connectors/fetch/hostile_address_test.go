package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

// outside is the one address that these tests take for public. It is not 127.0.0.1,
// which stays refused.
const outside = "127.77.0.1"

// public starts a server at the address outside and returns options that allow only it.
func public(t *testing.T, h http.HandlerFunc) (*httptest.Server, connectors.HTTPOptions) {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(outside, "0"))
	if err != nil {
		t.Skipf("this system has no address %s: %v", outside, err)
	}
	s := httptest.NewUnstartedServer(h)
	s.Listener.Close()
	s.Listener = listener
	s.Start()
	t.Cleanup(s.Close)
	return s, connectors.HTTPOptions{AllowPrivate: []netip.Prefix{netip.MustParsePrefix(outside + "/32")}, AllowPorts: []int{port(t, s)}}
}

// aton resolves names as the oldest C libraries do: numbers in any base and in one
// to four parts are IPv4 addresses. All else is as in stub.
func aton(ctx context.Context, host string) ([]netip.Addr, error) {
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	var value uint64
	for i, part := range parts {
		n, err := strconv.ParseUint(strings.ReplaceAll(part, "o", "0"), 0, 64)
		if err != nil || len(parts) > 4 {
			return stub(ctx, host)
		}
		if i == len(parts)-1 {
			value |= n & (1<<(8*(5-len(parts))) - 1)
			break
		}
		value |= n << (24 - 8*i)
	}
	return []netip.Addr{netip.AddrFrom4([4]byte{byte(value >> 24), byte(value >> 16), byte(value >> 8), byte(value)})}, nil
}

type insecure struct {
	ID, URL string
}

func eachInsecure(t *testing.T, f func(c insecure)) {
	t.Helper()
	connectortest.EachLine(t, "security-net/ssrf.jsonl", f)
}

func TestEveryHostOfTheSecuritySetIsRefusedAtDial(t *testing.T) {
	d := dialer{lookup: aton, policy: policy{ports: []int{22, 25, 2375, 3128}}}
	dialled := 0
	eachInsecure(t, func(c insecure) {
		u, err := url.Parse(c.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
			return // never dialled: not an address that http knows
		}
		dialled++
		conn, err := d.dial(t.Context(), "tcp", net.JoinHostPort(u.Hostname(), portOf(u)))
		if err == nil {
			conn.Close()
		}
		var refused *Refused
		if !errors.As(err, &refused) || refused.Reason != ReasonPrivate {
			t.Errorf("%s %s: dialling gave %v", c.ID, c.URL, err)
		}
	})
	if dialled != 25 {
		t.Errorf("%d addresses were dialled, 25 are known", dialled)
	}
}

func TestEveryAddressOfTheSecuritySetIsRefusedAsARedirectsTarget(t *testing.T) {
	var location atomic.Value
	var status atomic.Int64
	asked := 0
	s, h := public(t, func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.Header()["Location"] = []string{location.Load().(string)}
		w.WriteHeader(int(status.Load()))
	})
	client := New(Options{Delay: -1, Lookup: aton, Attempts: 1})(h)
	t.Cleanup(client.CloseIdleConnections)
	tried := 0
	try := func(id, to string) {
		for _, code := range []int{301, 302, 303, 307, 308} {
			tried++
			location.Store(to)
			status.Store(int64(code))
			asked = 0
			_, _, err := read(client, s.URL)
			var refused *Refused
			_, unreadable := http.NewRequest(http.MethodGet, to, nil)
			if err == nil || !errors.As(err, &refused) && unreadable == nil {
				t.Errorf("%s: %d to %s gave %v", id, code, to, err)
			}
			if asked != 1 {
				t.Errorf("%s: %d to %s asked the server %d times", id, code, to, asked)
			}
		}
	}
	eachInsecure(t, func(c insecure) { try(c.ID, c.URL) })
	for _, to := range []string{
		"file:///etc/passwd", "gopher://127.0.0.1:25/x", "ftp://example.org/", "data:text/html,x", "javascript:alert(1)", "about:blank",
		"ws://" + outside + "/", "mailto:a@example.org", "//10.0.0.1/", "//a:b@" + outside + "/", "http://a:b@" + outside + "/", "https://a@" + outside + "/",
	} {
		try("more", to)
	}
	if tried != 5*(36+12) {
		t.Errorf("%d redirects were tried", tried)
	}
}

func TestFormsOfAddressesInsideAreRefused(t *testing.T) {
	client := New(Options{Delay: -1, Lookup: aton, Attempts: 1})(connectors.HTTPOptions{})
	for _, host := range []string{
		// IPv4 in its usual and its other forms: octal, hexadecimal, short, one number, overflowing.
		"127.0.0.1", "0177.0.0.1", "0177.0.0.01", "0x7f.0.0.1", "0x7f.1", "0X7F000001", "127.1", "127.0.1", "2130706433", "017700000001",
		"4294967297", "0", "0x0", "00000000", "1.2.3.0x7f", "127.0.0.1.", "127.1.", "0x7f.1.", "127.0.0.1..", "127.0.0.256", "192.168.257",
		// Digits, letters and dots of other scripts.
		"①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "１２７．１", "127.0.0.１", "𝟏𝟐𝟕.𝟎.𝟎.𝟏", "0ｘ7ｆ.1", "127｡1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
		"%EF%BC%91%EF%BC%92%EF%BC%97.0.0.1",
		// IPv6 that is or carries an address inside: mapped, compatible, NAT64, 6to4, Teredo, local, zones.
		"[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:a9fe:a9fe]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]",
		"[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2001:0:7f00:1::]",
		"[fe80::1]", "[fe80::1%25eth0]", "[2606:4700::1111%25eth0]", "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[::ffff:8.8.8.8%25lo]",
		// Names that stand for this machine or its network.
		"localhost", "LOCALHOST", "localhost.", "metadata", "intranet", "169.254.169.254.nip.io",
		// What is no host.
		"", ".", "..", "127.0.0.1%00.example.org", "a b", "a\tb", "a_\u202eb",
	} {
		resp, err := client.Get("http://" + host + "/")
		if err == nil {
			resp.Body.Close()
			t.Errorf("%q was answered", host)
			continue
		}
		var refused *Refused
		var form *url.Error
		var dns *net.DNSError
		switch {
		case errors.As(err, &refused):
		case errors.As(err, &dns) && dns.IsNotFound: // a name that leads nowhere
		case errors.As(err, &form) && form.Op == "parse":
		default:
			t.Errorf("%q: %v", host, err)
		}
	}
}

func TestPortsAreThoseThatTheConnectionUses(t *testing.T) {
	asked := 0
	s, h := public(t, func(http.ResponseWriter, *http.Request) { asked++ })
	client := New(Options{Delay: -1, Attempts: 1, Lookup: func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr(outside)}, nil
	}})(h)
	t.Cleanup(client.CloseIdleConnections)
	right := strconv.Itoa(port(t, s))
	for _, host := range []string{
		"example.org:22", "example.org:65616", "example.org:+80", "example.org:-80", "example.org:80:22", "example.org:80@10.0.0.1", "example.org:0x50",
		"example.org: 80", "example.org:80%2522", "example.org:8080", "example.org:99999999999999999999", "example.org:０80", "10.0.0.1:" + right,
		"10.0.0.1:" + right + "#@example.org", "example.org:22#:" + right, "example.org:22?:" + right, `example.org:22\@example.org:` + right,
		"user@example.org:" + right, ":" + right, "[::1]:" + right, "::1:" + right,
	} {
		if resp, err := client.Get("http://" + host + "/"); err == nil {
			resp.Body.Close()
			t.Errorf("%q was answered", host)
		}
	}
	if asked != 0 {
		t.Errorf("the server was asked %d times", asked)
	}
	// The Host header is of the address, not of what a caller writes beside it.
	if _, _, err := read(client, "http://example.org:"+right+"/"); err != nil || asked != 1 {
		t.Errorf("the right port: %v, asked %d times", err, asked)
	}
}

// changing answers with its lists in turn, and with the last one from then on.
func changing(asked *atomic.Int64, answers ...[]string) func(context.Context, string) ([]netip.Addr, error) {
	return func(context.Context, string) ([]netip.Addr, error) {
		n := min(int(asked.Add(1)), len(answers)) - 1
		var out []netip.Addr
		for _, a := range answers[n] {
			out = append(out, netip.MustParseAddr(a))
		}
		return out, nil
	}
}

func TestANameThatIsBoundAnewIsRefusedWhenItIsConnectedToAnew(t *testing.T) {
	inside := []string{
		"10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001:0:a00:1::", "::10.0.0.1", "fe80::1%lo", "fd00::1",
	}
	for _, private := range inside {
		for name, answers := range map[string][][]string{
			"alone":                   {{outside}, {private}},
			"after a public one":      {{outside}, {outside, private}},
			"before a public one":     {{outside}, {private, outside}},
			"among many":              {{outside}, {outside, outside, private, outside}},
			"mixed from the start":    {{outside, private}},
			"private from the start ": {{private}},
		} {
			var lookups atomic.Int64
			var served atomic.Int64
			s, h := public(t, func(w http.ResponseWriter, r *http.Request) {
				served.Add(1)
				if r.URL.Path == "/again" {
					w.Header().Set("Connection", "close")
					http.Redirect(w, r, "/", http.StatusFound)
					return
				}
				io.WriteString(w, r.Context().Value(http.LocalAddrContextKey).(net.Addr).String())
			})
			client := New(Options{Delay: -1, Attempts: 2, Lookup: changing(&lookups, answers...)})(h)
			at := fmt.Sprintf("http://rebinds.example.org:%d", port(t, s))
			var refused *Refused
			if len(answers) == 2 {
				for range 3 { // one connection: its address was checked and is kept to
					if text, _, err := read(client, at+"/"); err != nil || !strings.HasPrefix(text, outside+":") {
						t.Fatalf("%s %s: %q, %v", private, name, text, err)
					}
				}
				if lookups.Load() != 1 {
					t.Errorf("%s %s: one connection took %d lookups", private, name, lookups.Load())
				}
				client.CloseIdleConnections()
			}
			before := served.Load()
			if _, _, err := read(client, at+"/"); !errors.As(err, &refused) || refused.Reason != ReasonPrivate {
				t.Errorf("%s %s: a new connection gave %v", private, name, err)
			}
			if len(answers) == 2 {
				lookups.Store(0)
				if _, _, err := read(client, at+"/again"); !errors.As(err, &refused) {
					t.Errorf("%s %s: a redirect to the same name gave %v", private, name, err)
				}
				before++
			}
			if served.Load() != before {
				t.Errorf("%s %s: the server was asked", private, name)
			}
			client.CloseIdleConnections()
			s.Close()
		}
	}
}

func TestAnAddressThatIsNoneIsRefused(t *testing.T) {
	d := dialer{lookup: func(context.Context, string) ([]netip.Addr, error) { return []netip.Addr{{}}, nil }}
	var refused *Refused
	if _, err := d.resolve(t.Context(), "example.org"); !errors.As(err, &refused) {
		t.Errorf("an empty address gave %v", err)
	}
	d.lookup = func(context.Context, string) ([]netip.Addr, error) { return nil, nil }
	if _, err := d.resolve(t.Context(), "example.org"); err == nil {
		t.Error("a name without addresses was resolved")
	}
}
