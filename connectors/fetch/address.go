package fetch

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// policy says where a client may connect to.
type policy struct {
	allowed []netip.Prefix // networks inside that an operator named
	ports   []int          // beyond 80 and 443
}

// reserved are the networks of IPv4, and those within 2000::/3 of IPv6, that are
// not the public Internet.
var reserved = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"168.63.129.16/32", // a public address at which Azure answers only its own machines
	"2001::/23",        // protocols; Teredo carries IPv4 addresses within
	"2001:db8::/32", "3fff::/20",
	"2002::/16", // 6to4 carries IPv4 addresses within
)

// global is all that IANA has given out for public use of IPv6. Outside of it are
// loopback, mapped and translated IPv4 (NAT64), unique local, link-local and
// multicast addresses.
var global = netip.MustParsePrefix("2000::/3")

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// Public reports whether an address is one of the public Internet. An IPv4
// address mapped into IPv6 is judged as IPv4.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsValid() || a.Zone() != "" || a.Is6() && !global.Contains(a) {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// checkAddr refuses addresses that are not public and not allowed.
func (p policy) checkAddr(a netip.Addr, host string) error {
	a = a.Unmap()
	for _, net := range p.allowed {
		if net.Contains(a) {
			return nil
		}
	}
	if Public(a) {
		return nil
	}
	detail := fmt.Sprintf("it leads to %s, which is not a public address; if it is meant, an operator names its network in allow_private", a)
	return &Refused{Reason: ReasonPrivate, Address: strconv.Quote(host), Detail: detail}
}

func (p policy) checkPort(port, host string) error {
	n, err := strconv.Atoi(port)
	if err == nil && (n == 80 || n == 443 || slices.Contains(p.ports, n)) {
		return nil
	}
	return &Refused{Reason: ReasonPort, Address: strconv.Quote(net.JoinHostPort(host, port)),
		Detail: "only ports 80 and 443 are used; another one is named in allow_ports"}
}

// checkURL refuses by form what can be refused before a name is resolved.
func (p policy) checkURL(u *url.URL) error {
	refuse := func(reason, detail string) error {
		return &Refused{Reason: reason, Address: display(u), Detail: detail}
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "" {
		return refuse(ReasonScheme, "only http and https are fetched; write an address that begins with https://")
	}
	if u.User != nil {
		return refuse(ReasonCredentials, "it holds a user name or password; leave them out")
	}
	host, port, err := splitHost(u)
	if err != nil {
		return refuse(ReasonForm, err.Error())
	}
	if err := p.checkPort(port, host); err != nil {
		return err
	}
	if a, err := netip.ParseAddr(host); err == nil {
		if a.Zone() != "" {
			return refuse(ReasonForm, "it names a network interface; leave the part after % out")
		}
		return p.checkAddr(a, host)
	}
	if endsInNumber(host) {
		return refuse(ReasonForm, "its host looks like a number; write an IP address in its usual form, as 192.0.2.1")
	}
	if !strings.Contains(strings.TrimSuffix(host, "."), ".") && len(p.allowed) == 0 {
		return refuse(ReasonPrivate, "a host without a domain is inside the network; if it is meant, an operator names its network in allow_private")
	}
	return nil
}

func splitHost(u *url.URL) (host, port string, err error) {
	host = u.Hostname()
	if host == "" {
		return "", "", fmt.Errorf("it has no host; write it as https://www.example.org/")
	}
	if strings.Contains(host, ":") != strings.HasPrefix(u.Host, "[") || len(host) > 253 {
		return "", "", fmt.Errorf("its host is not in a usual form; an IPv6 address stands in brackets")
	}
	if strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`\/?#@<>^|"%`+"`", r) }) {
		return "", "", fmt.Errorf("its host holds characters that no host has")
	}
	if host, err = asciiHost(host); err != nil {
		return "", "", err
	}
	return host, portOf(u), nil
}

// asciiHost writes a host as it is looked up: "１２７.0.0.1" and "⑧.8.8.8" are
// numbers, whatever script their digits are of.
func asciiHost(host string) (string, error) {
	if !strings.ContainsFunc(host, func(r rune) bool { return r >= 0x80 }) {
		return host, nil
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil {
		return "", fmt.Errorf("its host holds characters that no host has")
	}
	return ascii, nil
}

// endsInNumber reports whether resolvers might take a host for an IPv4 address in
// an unusual form (octal, hexadecimal, short): its last label is a number.
func endsInNumber(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := strings.ToLower(host[strings.LastIndexByte(host, '.')+1:])
	if last == "" {
		return true
	}
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == ""
}
