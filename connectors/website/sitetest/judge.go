package sitetest

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// A Verdict is what the server finds of a crawler's manners.
type Verdict struct {
	Violations []string // sentences; none is what a good crawler gets
	Requests   int
	Bodies     int   // of pages that had validators and had not changed since they were given
	Bytes      int64 // of all answers
	MostOpen   int   // connections at once
	Trapped    map[string]int
}

// mostOfAKind is how many violations of one kind are spelled out.
const mostOfAKind = 5

// findings collects violations by kind.
type findings struct {
	kinds map[string][]string
}

func (f *findings) add(kind, format string, args ...any) {
	f.kinds[kind] = append(f.kinds[kind], fmt.Sprintf(format, args...))
}

func (f *findings) sentences() []string {
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(f.kinds)) {
		list := f.kinds[kind]
		for _, text := range list[:min(len(list), mostOfAKind)] {
			out = append(out, kind+": "+text)
		}
		if more := len(list) - mostOfAKind; more > 0 {
			out = append(out, fmt.Sprintf("%s: %d more", kind, more))
		}
	}
	return out
}

// Judge looks at all requests since NewPass as one pass of one crawler.
func (s *Site) Judge() Verdict {
	list := s.Requests()
	s.mu.Lock()
	defer s.mu.Unlock()
	f := &findings{kinds: map[string][]string{}}
	v := Verdict{Requests: len(list), MostOpen: s.journal.mostOpen, Trapped: map[string]int{}}
	for _, r := range list {
		v.Bytes += r.Bytes
		s.judgeForm(f, r)
		s.judgeAddress(f, r)
	}
	s.judgePace(f, list)
	s.judgeRepeats(f, list)
	v.Bodies = s.judgeConditions(f, list)
	s.judgeTraps(f, list, v.Trapped)
	for _, host := range s.unrelated {
		f.add("foreign", "the name %s was looked up", host)
	}
	hosts := map[string]bool{}
	for _, r := range list {
		hosts[r.Host] = true
	}
	// One more may be on its way to be closed.
	if allowed := s.options.Connections * len(hosts); v.MostOpen > allowed+1 {
		f.add("connections", "%d were open at once to %d hosts, %d are allowed", v.MostOpen, len(hosts), allowed)
	}
	v.Violations = f.sentences()
	return v
}

var contact = regexp.MustCompile(`^[A-Za-z]+/[0-9.]+ \(.*(https?://|mailto:).+\)`)

func (s *Site) judgeForm(f *findings, r Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		f.add("method", "%s %s", r.Method, r.URI)
	}
	if !contact.MatchString(r.Agent) {
		f.add("user agent", "%q names nobody to write to", r.Agent)
	}
	if r.Beside >= s.options.Connections {
		f.add("connections", "%s was asked for beside %d other requests", r.URI, r.Beside)
	}
}

func (s *Site) judgeAddress(f *findings, r Request) {
	if r.URI == "/robots.txt" || r.Host != Host {
		return
	}
	if s.blocked(r.URI) {
		f.add("robots", "%s was asked for", r.URI)
	}
	if why := s.never[r.URI]; why != "" {
		f.add("never", "%s was asked for, and %s", r.URI, why)
	}
}

// judgePace compares the distance of requests with what is allowed: the crawler's
// own pause until robots.txt was read, the Crawl-delay from there.
func (s *Site) judgePace(f *findings, list []Request) {
	last := map[string]Request{}
	told := map[string]bool{}
	for _, r := range list {
		before, ok := last[r.Host]
		allowed := s.options.Delay
		if told[r.Host] && before.URI != "/robots.txt" {
			allowed = max(allowed, s.options.CrawlDelay)
		}
		if wait := r.At.Sub(before.At); ok && wait < allowed {
			f.add("pace", "%s was asked for %s after %s; %s is allowed", r.URI, wait, before.URI, allowed)
		}
		last[r.Host] = r
		told[r.Host] = told[r.Host] || r.URI == "/robots.txt" && r.Status == http.StatusOK
	}
}

// final reports whether an answer is one that need not be asked for again.
func final(status int) bool {
	return status < 400 || status == http.StatusNotFound || status == http.StatusGone
}

func (s *Site) judgeRepeats(f *findings, list []Request) {
	answered := map[string]bool{}
	for _, r := range list {
		at := r.Host + r.URI
		if s.isFile(r.URI) {
			continue
		}
		if answered[at] {
			f.add("repeats", "%s was asked for again after a good answer", r.URI)
		}
		answered[at] = answered[at] || final(r.Status)
	}
}

// judgeConditions wants validators to be sent back, and counts the bodies of pages
// that had not changed.
func (s *Site) judgeConditions(f *findings, list []Request) (bodies int) {
	for _, r := range list {
		if p := s.pages[r.URI]; !r.Given || r.Host != Host || s.isFile(r.URI) || p != nil && p.family == "needs a browser" {
			continue // validators of an empty frame say nothing of what a browser puts into it
		}
		if !r.Conditional {
			f.add("conditions", "%s was asked for without the validators that had been given", r.URI)
			if r.Status == http.StatusOK {
				bodies++
			}
		}
	}
	return bodies
}

// isFile reports whether an address is a sitemap or feed.
func (s *Site) isFile(uri string) bool {
	return uri == "/robots.txt" || uri == "/feed.xml" || strings.HasPrefix(uri, "/sitemap")
}

func (s *Site) judgeTraps(f *findings, list []Request, trapped map[string]int) {
	seen := map[string]bool{}
	for _, r := range list {
		if r.Host != Host || seen[r.URI] {
			continue
		}
		seen[r.URI] = true
		for _, t := range s.traps {
			if t.holds(r.URI) {
				trapped[t.name]++
			}
		}
	}
	for name, n := range trapped {
		if n > TrapBound {
			f.add("traps", "%d addresses of the trap %q were asked for; %d are borne", n, name, TrapBound)
		}
	}
}
