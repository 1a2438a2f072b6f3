package catalog

import (
	"net/url"
	"strings"
)

// MatchPath reports whether a document lies where a pattern says: * stands for part of
// a name, ** for any number of names, and a pattern that ends in /** means the place
// itself too. It is compared with the path of the document's address, without its query
// and a slash at its end, and with its ID in the source; a pattern that begins with
// http:// or https:// with the whole address.
func MatchPath(pattern, address, externalID string) bool {
	pattern = strings.TrimSuffix(pattern, "/")
	u, err := url.Parse(address)
	if err != nil {
		u = &url.URL{}
	}
	if strings.Contains(pattern, "://") {
		return under(pattern, u.Scheme+"://"+u.Host+strings.TrimSuffix(u.Path, "/"))
	}
	if !strings.HasPrefix(pattern, "/") {
		pattern = "/" + pattern
	}
	return u.Path != "" && under(pattern, strings.TrimSuffix(u.Path, "/")) || under(pattern, "/"+strings.Trim(externalID, "/"))
}

func under(pattern, path string) bool {
	if place, ok := strings.CutSuffix(pattern, "/**"); ok && wild(place, path) {
		return true
	}
	return wild(pattern, path)
}

// wild matches byte by byte; states[i] says that the first i bytes of the pattern can
// have been used up, so that no pattern takes longer than its length times the path's.
func wild(pattern, path string) bool {
	states := make([]bool, len(pattern)+1)
	states[0] = true
	pass := func(s []bool) { // over stars that stand for nothing
		for i := range len(pattern) {
			if s[i] && pattern[i] == '*' {
				s[i+1] = true
			}
		}
	}
	pass(states)
	next := make([]bool, len(pattern)+1)
	for at := range len(path) {
		clear(next)
		for i := range len(pattern) {
			if !states[i] {
				continue
			}
			switch {
			case pattern[i] != '*':
				next[i+1] = next[i+1] || pattern[i] == path[at]
			case path[at] != '/' || deep(pattern, i):
				next[i] = true
			}
		}
		pass(next)
		states, next = next, states
	}
	return states[len(pattern)]
}

// deep reports whether the star at i is one of two, which also stand for slashes.
func deep(pattern string, i int) bool {
	return i > 0 && pattern[i-1] == '*' || i+1 < len(pattern) && pattern[i+1] == '*'
}
