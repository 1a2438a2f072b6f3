package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

// stub resolves the names of the data set as their owners meant them.
func stub(_ context.Context, host string) ([]netip.Addr, error) {
	private := map[string]string{
		"169.254.169.254.nip.io":                       "169.254.169.254",
		"make-1.2.3.4-rebind-169.254-169.254-rr.1u.ms": "169.254.169.254",
		"metadata":         "169.254.169.254",
		"rancher-metadata": "10.42.0.2",
		"localhost":        "127.0.0.1",
	}
	if ip, ok := private[host]; ok {
		return []netip.Addr{netip.MustParseAddr(ip)}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func TestEveryAddressOfTheSecuritySetIsRefused(t *testing.T) {
	client := New(Options{Lookup: stub, Attempts: 1})(connectors.HTTPOptions{})
	n := 0
	connectortest.EachLine(t, "security-net/ssrf.jsonl", func(c struct {
		ID, URL    string
		MustRefuse bool `json:"must_refuse"`
	}) {
		n++
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.URL, nil)
		if err != nil {
			return // not an address at all: nothing can be asked of it
		}
		resp, err := client.Do(req)
		if err == nil {
			resp.Body.Close()
			t.Fatalf("%s %s was answered", c.ID, c.URL)
		}
		var refused *Refused
		if !errors.As(err, &refused) {
			t.Errorf("%s %s was not refused but failed: %v", c.ID, c.URL, err)
		}
	})
	if n != 36 {
		t.Errorf("%d addresses were tried, 36 are known", n)
	}
}

func TestEveryIPOfTheSecuritySetIsJudgedRight(t *testing.T) {
	connectortest.EachLine(t, "security-net/ip_public_or_not.jsonl", func(c struct {
		IP        string
		NonPublic bool `json:"non_public"`
	}) {
		if Public(netip.MustParseAddr(c.IP)) == c.NonPublic {
			t.Errorf("%s: public is %t", c.IP, !c.NonPublic)
		}
	})
}

func TestPublicKnowsReservedNetworks(t *testing.T) {
	for ip, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "::ffff:8.8.8.8": true, "172.15.0.1": true, "172.32.0.1": true,
		"10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "100.64.0.1": false, "100.100.100.200": false,
		"169.254.169.254": false, "168.63.129.16": false, "0.0.0.0": false, "0.1.2.3": false, "255.255.255.255": false,
		"198.18.0.1": false, "192.0.0.192": false, "240.0.0.1": false, "239.1.1.1": false, "192.88.99.1": false,
		"::ffff:127.0.0.1": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false, "64:ff9b:1::1": false,
		"2002:7f00:1::": false, "2001:0:4136:e378::": false, "fc00::1": false, "fd00:ec2::254": false,
		"fe80::1": false, "fe80::1%eth0": false, "fec0::1": false, "ff02::1": false, "2001:db8::1": false, "3fff::1": false, "100::1": false,
	} {
		if got := Public(netip.MustParseAddr(ip)); got != want {
			t.Errorf("%s: public is %t, want %t", ip, got, want)
		}
	}
}

func TestRefusalsSayWhyAndHowToMendIt(t *testing.T) {
	client := New(Options{Lookup: stub})(connectors.HTTPOptions{})
	for address, reason := range map[string]string{
		"ftp://example.org/":              ReasonScheme,
		"file:///etc/passwd":              ReasonScheme,
		"http://ann:secret@example.org/":  ReasonCredentials,
		"http://example.org:8080/":        ReasonPort,
		"http://0177.0.0.1/":              ReasonForm,
		"http://127.1/":                   ReasonForm,
		"http://2130706433/":              ReasonForm,
		"http://0x7f000001/":              ReasonForm,
		"http://1.2.3.0x4/":               ReasonForm,
		"http://[fe80::1%25eth0]/":        ReasonForm,
		"http://10.0.0.1/":                ReasonPrivate,
		"http://[::ffff:10.0.0.1]/":       ReasonPrivate,
		"http://intranet/":                ReasonPrivate,
		"http://169.254.169.254.nip.io./": "",
		"http:///path":                    "",
	} {
		resp, err := client.Get(address)
		if err == nil {
			resp.Body.Close()
			t.Fatalf("%s was answered", address)
		}
		var refused *Refused
		if !errors.As(err, &refused) {
			if reason != "" {
				t.Errorf("%s: %v", address, err)
			}
			continue
		}
		if reason != "" && refused.Reason != reason {
			t.Errorf("%s is refused for %q, want %q", address, refused.Reason, reason)
		}
		if strings.Contains(err.Error(), "secret") || len(refused.Error()) < 40 {
			t.Errorf("%s is refused in the words %q", address, err)
		}
		if v := connectors.AsVerdict(err); v == nil || v.Reason != VerdictRefused {
			t.Errorf("%s: the refusal is not a verdict: %v", address, err)
		}
	}
}

func TestANameThatLeadsInsideAndOutsideIsNotTrusted(t *testing.T) {
	d := dialer{lookup: func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("93.184.216.34"), netip.MustParseAddr("10.0.0.1")}, nil
	}}
	var refused *Refused
	if _, err := d.resolve(t.Context(), "both.example.org"); !errors.As(err, &refused) {
		t.Errorf("resolving gave %v", err)
	}
}

func TestTheConnectedAddressIsCheckedWhateverLedThere(t *testing.T) {
	d := dialer{policy: policy{allowed: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}}
	for address, want := range map[string]bool{
		"93.184.216.34:443": true, "10.1.2.3:80": true, "10.2.2.3:80": false, "127.0.0.1:80": false,
		"[::1]:80": false, "93.184.216.34:22": false, "[::ffff:127.0.0.1]:80": false,
	} {
		network := "tcp4"
		if strings.HasPrefix(address, "[") {
			network = "tcp6"
		}
		if err := d.control(t.Context(), network, address, nil); (err == nil) != want {
			t.Errorf("connecting to %s: %v", address, err)
		}
	}
}

func FuzzCheckURL(f *testing.F) {
	for _, s := range []string{"http://127.0.0.1/", "http://[::1]:80/", "https://example.org", "http://0x7f.1/", "http://a:b@c/", "http://１２７.０.０.１/", "//x", "http://:80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		req, err := http.NewRequest(http.MethodGet, s, nil)
		if err != nil || (policy{}).checkURL(req.URL) != nil {
			return
		}
		// What passes is a host that is either a public address or a name with a
		// domain that no resolver takes for a number.
		host := req.URL.Hostname()
		if a, err := netip.ParseAddr(host); err == nil && !Public(a) {
			t.Errorf("%q passes, its address is %s", s, a)
		}
		if req.URL.User != nil || !strings.HasPrefix(req.URL.Scheme, "http") || endsInNumber(host) && !publicIP(host) {
			t.Errorf("%q passes", s)
		}
	})
}

func publicIP(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && Public(a)
}
