// Package address gives every way of writing an address that browsers take for the
// same one form, so that a page has one ID.
package address

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// MaxLength is the length in bytes of the longest address that is followed; longer ones are traps.
const MaxLength = 2048

// trackingParameters say where a visitor came from, not what the page is.
var trackingParameters = map[string]bool{
	"gclid": true, "gclsrc": true, "dclid": true, "gbraid": true, "wbraid": true, "fbclid": true, "msclkid": true,
	"yclid": true, "twclid": true, "ttclid": true, "igshid": true, "mc_cid": true, "mc_eid": true, "_ga": true,
	"_gl": true, "_hsenc": true, "_hsmi": true, "mkt_tok": true, "oly_anon_id": true, "oly_enc_id": true,
	"phpsessid": true, "jsessionid": true, "aspsessionid": true, "sid": true, "sessionid": true,
}

var errNotHTTP = errors.New("it is not an http or https address")

// Resolver makes IDs of addresses: every way of writing an address that browsers
// take for the same gives the same ID.
type Resolver struct {
	Drop map[string]bool // parameters left out beside tracking ones, in lower case
}

// Resolve returns the ID of ref as found on the page base (nil if ref stands
// alone): scheme and host in lower case, no default port, user or fragment, dot
// segments resolved, percent-encoding in one form, parameters in order and without
// those that only track visitors.
func (r Resolver) Resolve(base *url.URL, ref string) (*url.URL, error) {
	ref = strings.Map(func(c rune) rune {
		if c == '\t' || c == '\n' || c == '\r' {
			return -1
		}
		return c
	}, strings.Trim(ref, " \t\r\n\f"))
	if len(ref) > MaxLength {
		return nil, fmt.Errorf("the address is longer than %d bytes", MaxLength)
	}
	u, err := url.Parse(strings.ReplaceAll(ref, `\`, "%5C"))
	if err != nil {
		return nil, fmt.Errorf("reading the address %.80q: %w", ref, err)
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	return r.Normal(u)
}

func (r Resolver) Normal(in *url.URL) (*url.URL, error) {
	scheme := strings.ToLower(in.Scheme)
	if scheme != "http" && scheme != "https" || in.Opaque != "" {
		return nil, errNotHTTP
	}
	if in.User != nil {
		return nil, errors.New("it holds a user name or password")
	}
	host, err := normalHost(scheme, in)
	if err != nil {
		return nil, err
	}
	escaped := normalPath(in.EscapedPath())
	decoded, err := url.PathUnescape(escaped)
	if err != nil {
		return nil, fmt.Errorf("reading the path %.80q: %w", escaped, err)
	}
	out := &url.URL{Scheme: scheme, Host: host, Path: decoded, RawPath: escaped, RawQuery: r.query(in.RawQuery)}
	if len(out.String()) > MaxLength {
		return nil, fmt.Errorf("the address is longer than %d bytes", MaxLength)
	}
	return out, nil
}

func normalHost(scheme string, u *url.URL) (string, error) {
	host, err := normalName(u)
	if err != nil {
		return "", err
	}
	port := u.Port()
	if port == "" {
		return host, nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return "", fmt.Errorf("the port %.20q is not one", port)
	}
	if n == map[string]uint64{"http": 80, "https": 443}[scheme] {
		return host, nil
	}
	return host + ":" + strconv.FormatUint(n, 10), nil
}

func normalName(u *url.URL) (string, error) {
	host := strings.TrimRight(strings.ToLower(u.Hostname()), ".")
	switch {
	case host == "":
		return "", errors.New("it has no host")
	case strings.HasPrefix(u.Host, "["):
		a, err := netip.ParseAddr(host)
		if err != nil || a.Zone() != "" {
			return "", fmt.Errorf("the host %.80q is not an address", host)
		}
		return "[" + a.String() + "]", nil
	case strings.ContainsAny(host, " %<>\"^`{|}\\:") || len(host) > 253:
		return "", fmt.Errorf("the host %.80q is not one", host)
	case strings.ContainsFunc(host, func(r rune) bool { return r >= 0x80 }):
		ascii, err := idna.Lookup.ToASCII(host)
		if err != nil {
			return "", fmt.Errorf("reading the host %.80q: %w", host, err)
		}
		return ascii, nil
	}
	return host, nil
}

// normalPath resolves dot segments, also escaped ones, and writes every byte in
// one way: unreserved characters as they are, others as upper-case escapes.
func normalPath(escaped string) string {
	if i := strings.Index(strings.ToLower(escaped), ";jsessionid="); i >= 0 {
		rest := ""
		if j := strings.IndexByte(escaped[i:], '/'); j >= 0 {
			rest = escaped[i+j:]
		}
		escaped = escaped[:i] + rest
	}
	segments := strings.Split(Escapes(escaped), "/")
	out := make([]string, 0, len(segments))
	for i, s := range segments {
		last := i == len(segments)-1
		switch s {
		case ".":
			if last {
				out = append(out, "")
			}
		case "..":
			if len(out) > 1 {
				out = out[:len(out)-1]
			}
			if last {
				out = append(out, "")
			}
		default:
			out = append(out, s)
		}
	}
	joined := strings.Join(out, "/")
	if !strings.HasPrefix(joined, "/") {
		joined = "/" + joined
	}
	return joined
}

const hexDigits = "0123456789ABCDEF"

func Escapes(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			c = unhex(s[i+1])<<4 | unhex(s[i+2])
			i += 2
			if isUnreserved(c) {
				b.WriteByte(c)
			} else {
				writeEscape(&b, c)
			}
			continue
		}
		if c <= ' ' || c >= 0x7f || strings.IndexByte("%\"<>\\^`{|}", c) >= 0 {
			writeEscape(&b, c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func writeEscape(b *strings.Builder, c byte) {
	b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
}

func isUnreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}

// query drops parameters that only track and sorts the others by name, keeping
// the order of those with the same name.
func (r Resolver) query(raw string) string {
	if raw == "" {
		return ""
	}
	kept := slices.DeleteFunc(strings.Split(raw, "&"), func(p string) bool {
		name := strings.ToLower(parameterName(p))
		return p == "" || strings.HasPrefix(name, "utm_") || trackingParameters[name] || r.Drop[name]
	})
	for i := range kept {
		kept[i] = Escapes(kept[i])
	}
	slices.SortStableFunc(kept, func(a, b string) int { return strings.Compare(parameterName(a), parameterName(b)) })
	return strings.Join(kept, "&")
}

func parameterName(p string) string {
	name, _, _ := strings.Cut(p, "=")
	if decoded, err := url.QueryUnescape(name); err == nil {
		return decoded
	}
	return name
}

// assets are the endings of what is never a document by itself.
var assets = map[string]bool{
	".css": true, ".js": true, ".mjs": true, ".map": true, ".json": true, ".png": true, ".jpg": true, ".jpeg": true,
	".gif": true, ".svg": true, ".webp": true, ".avif": true, ".ico": true, ".bmp": true, ".woff": true, ".woff2": true,
	".ttf": true, ".eot": true, ".mp3": true, ".mp4": true, ".m4a": true, ".ogg": true, ".webm": true, ".avi": true,
	".mov": true, ".wav": true, ".zip": true, ".gz": true, ".tar": true, ".rar": true, ".7z": true, ".exe": true,
	".dmg": true, ".apk": true, ".iso": true,
}

func IsAsset(u *url.URL) bool { return assets[strings.ToLower(path.Ext(u.Path))] }
