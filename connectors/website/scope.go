package website

import (
	"fmt"
	"net/url"
	"strings"

	"freshet/connectors/website/address"
	"freshet/connectors/website/robots"
)

// scope says which addresses are of the site: those on the hosts of the start
// addresses, under their directories or matching an include pattern, and matching
// no exclude pattern.
type scope struct {
	hosts    map[string]bool
	files    map[string]bool // hosts of which only files are read
	prefixes []string        // host and directory of each start address
	include  []string
	exclude  []string
}

func newScope(starts []*url.URL, include, exclude []string) scope {
	s := scope{hosts: map[string]bool{}, include: patterns(include), exclude: patterns(exclude)}
	for _, u := range starts {
		path := u.EscapedPath()
		s.hosts[u.Host] = true
		s.prefixes = append(s.prefixes, u.Host+path[:strings.LastIndexByte(path, '/')+1])
	}
	return s
}

// patterns normalises patterns of paths: as in robots.txt, * stands for anything,
// $ at the end for the end, and the beginning of a path is enough.
func patterns(list []string) []string {
	out := make([]string, len(list))
	for i, p := range list {
		if !strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "*") {
			p = "/" + p
		}
		out[i] = address.Escapes(p)
	}
	return out
}

// site reports whether an address is on a host of the site at all.
func (s scope) site(u *url.URL) bool { return s.hosts[u.Host] }

// file reports whether an address is on a host of which files are read that pages of
// the site link to.
func (s scope) file(u *url.URL) bool {
	return s.files[u.Host] && matching(s.exclude, robots.PathOf(u.String())) == ""
}

// outside returns why an address is not of the site, or "".
func (s scope) outside(u *url.URL) string {
	if !s.site(u) {
		return "it is on another host, " + u.Host
	}
	path := robots.PathOf(u.String())
	if len(s.include) > 0 {
		if matching(s.include, path) == "" {
			return "no include pattern matches it"
		}
	} else if !s.under(u) {
		return "it is not below the start address"
	}
	if p := matching(s.exclude, path); p != "" {
		return fmt.Sprintf("the exclude pattern %q matches it", p)
	}
	return ""
}

func (s scope) under(u *url.URL) bool {
	for _, p := range s.prefixes {
		if strings.HasPrefix(u.Host+u.EscapedPath(), p) {
			return true
		}
	}
	return false
}

func matching(patterns []string, path string) string {
	for _, p := range patterns {
		if robots.Match(p, path) {
			return p
		}
	}
	return ""
}
