package claims

import (
	"net/url"
	"slices"
	"strings"
)

// maxAddress is how many bytes an address has at most.
const maxAddress = 2_000

// topLevels are the ends of host names that are read without "www." or a scheme.
var topLevels = func() map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(`fr com org net eu io info be ch ca uk co de lu app dev gov edu example tv me ai cloud shop online site es it nl paris bzh`) {
		m[w] = true
	}
	return m
}()

// address reads an e-mail address or a URL that begins with token i.
func (s *Scanner) address(i, to int) int {
	t := &s.tokens[i]
	if t.kind == markToken || i+2 >= to || s.tokens[i+1].gap != glued || s.tokens[i+1].elided {
		return i
	}
	switch m := s.tokens[i+1].mark; {
	case m == '.' || m == ':' || m == '@' || m == '-' || m == '_' || m == '+':
	case s.tokens[i+1].kind == numberToken || t.kind == numberToken && s.tokens[i+1].kind == wordToken:
		if i+2 >= to || s.tokens[i+2].gap != glued || s.tokens[i+2].kind != markToken {
			return i
		}
	default:
		return i
	}
	start := int(t.start)
	end := s.addressEnd(start, int(s.tokens[to-1].end))
	run := s.text[start:end]
	if strings.IndexByte(run, '.') < 0 {
		return i
	}
	c := Claim{Type: URL}
	switch {
	case strings.Contains(run, "://") || strings.HasPrefix(run, "www."):
		c.Text = canonicalURL(run)
	case strings.IndexByte(run, '@') > 0:
		c.Type, c.Text = Email, canonicalEmail(strings.TrimPrefix(run, "mailto:"))
	case isHost(run):
		c.Text = canonicalURL("https://" + run)
	}
	if c.Text == "" {
		return i
	}
	j := i
	for j < to && int(s.tokens[j].start) < end {
		j++
	}
	return s.add(c, i, j)
}

// addressEnd returns where an address that begins at start ends: before white space,
// quotes and brackets, without closing punctuation.
func (s *Scanner) addressEnd(start, most int) int {
	most = min(most, start+maxAddress)
	end := start
	for end < most {
		c := s.text[end]
		if c <= ' ' || c >= 0x80 || c == '<' || c == '>' || c == '"' || c == '|' || c == '{' || c == '}' {
			break
		}
		end++
	}
	for end > start {
		switch s.text[end-1] {
		case '.', ',', ';', ':', '!', '?', '\'', '*', '_', '-':
			end--
			continue
		case ')', ']':
			if strings.Count(s.text[start:end], "(") < strings.Count(s.text[start:end], ")") || s.text[end-1] == ']' {
				end--
				continue
			}
		}
		break
	}
	return end
}

func canonicalEmail(address string) string {
	local, host, ok := strings.Cut(strings.ToLower(address), "@")
	if cut := strings.IndexAny(host, "/?,;:"); cut >= 0 {
		host = host[:cut]
	}
	if !ok || local == "" || !hostLike(host) || strings.ContainsAny(local, ":/(),;") {
		return ""
	}
	return local + "@" + host
}

// hostLike reports whether a text is a host name with a point in it and letters behind
// the last.
func hostLike(host string) bool {
	dot := strings.LastIndexByte(host, '.')
	if dot <= 0 || len(host)-dot < 3 {
		return false
	}
	for i := range len(host) {
		c := host[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		case c >= '0' && c <= '9', c == '-', c == '.':
			if i > dot || c == '.' && i > 0 && host[i-1] == '.' {
				if i != dot {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

// isHost reports whether run begins with a host name that needs no scheme to be seen.
func isHost(run string) bool {
	host := run
	if cut := strings.IndexAny(run, "/?#:"); cut >= 0 {
		host = run[:cut]
	}
	dot := strings.LastIndexByte(host, '.')
	return hostLike(host) && topLevels[host[dot+1:]] && strings.ContainsAny(host[:dot], "abcdefghijklmnopqrstuvwxyz") && dot > 1
}

// tracking are parameters that say whence a visitor comes.
func tracking(name string) bool {
	return strings.HasPrefix(name, "utm_") || name == "gclid" || name == "fbclid" || name == "msclkid" || name == "mc_cid" || name == "mc_eid"
}

// canonicalURL returns a URL as it is compared: https, host in lower case without
// "www.", no default port, fragment, tracking parameter or closing slash; "" for what
// is none.
func canonicalURL(raw string) string {
	if strings.HasPrefix(raw, "www.") {
		raw = "https://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "ftp" || u.User != nil || !hostLike(u.Hostname()) {
		return ""
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	if p := u.Port(); p != "" && p != "80" && p != "443" {
		host += ":" + p
	}
	query := u.RawQuery
	if query != "" {
		list := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
			name, _, _ := strings.Cut(pair, "=")
			return tracking(name)
		})
		if query = strings.Join(list, "&"); query != "" {
			query = "?" + query
		}
	}
	return "https://" + host + strings.TrimRight(u.EscapedPath(), "/") + query
}
