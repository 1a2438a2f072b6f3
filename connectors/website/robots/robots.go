// Package robots reads robots.txt files as RFC 9309 says.
package robots

import (
	"bufio"
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"

	"freshet/connectors/website/address"
)

const (
	// MaxBytes is how much of a robots.txt is read; RFC 9309 asks for 500 KiB.
	MaxBytes = 512 << 10
	// maxLine is how much of one of its lines counts.
	maxLine = 8 << 10
	// MaxCrawlDelay bounds what a robots.txt can ask for.
	MaxCrawlDelay = 30 * time.Second
)

// Rules are the rules of one robots.txt (RFC 9309) for one crawler: groups that
// name it are one group, groups for "*" count when there is none, the longest
// match wins and a tie allows. Lines that mean nothing are passed over. It is our
// own because temoto/robotstxt gives up a whole file for one such line, forbids on
// a tie and answers 4 of Google's 46 conformance cases wrong.
type Rules struct {
	rules []rule
	// CrawlDelay is the pause that the file asks for, at most MaxCrawlDelay; 0 if none.
	CrawlDelay time.Duration
	// Sitemaps are the addresses of its Sitemap lines, as written, in their order.
	Sitemaps []string
}

type rule struct {
	allow   bool
	pattern string // as escapes writes it; * stands for anything, $ at the end for the end
}

// Parse reads the rules for the crawler with this product token.
func Parse(text []byte, product string) Rules {
	var named, others Rules
	var sitemaps []string
	isNamed, forMe, forAll, inRules := false, false, false, false
	for line := range lines(text) {
		key, value, ok := directive(line)
		if !ok {
			continue
		}
		switch key {
		case "user-agent":
			if inRules {
				forMe, forAll, inRules = false, false, false
			}
			agent := ProductToken(value)
			forAll = forAll || value == "*" || strings.HasPrefix(value, "* ")
			if agent != "" && strings.EqualFold(agent, product) {
				forMe, isNamed = true, true
			}
		case "sitemap":
			sitemaps = append(sitemaps, value)
		case "allow", "disallow", "crawl-delay":
			inRules = true
			if forMe {
				named.add(key, value)
			}
			if forAll {
				others.add(key, value)
			}
		}
	}
	out := others
	if isNamed {
		out = named
	}
	out.Sitemaps = sitemaps
	return out
}

func lines(text []byte) func(func(string) bool) {
	if len(text) > MaxBytes {
		// A line that is cut may say more than it did: "Disallow: /" of "Disallow: /old/".
		text = text[:bytes.LastIndexAny(text[:MaxBytes], "\r\n")+1]
	}
	for _, b := range []byte("\xef\xbb\xbf") { // also a damaged byte order mark
		text = bytes.TrimPrefix(text, []byte{b})
	}
	return func(yield func(string) bool) {
		sc := bufio.NewScanner(bytes.NewReader(text))
		sc.Buffer(nil, MaxBytes+1)
		sc.Split(splitAnyLineEnd)
		for sc.Scan() {
			line := sc.Text()
			if !yield(line[:min(len(line), maxLine)]) {
				return
			}
		}
	}
}

// splitAnyLineEnd ends lines at LF, CRLF or CR alone.
func splitAnyLineEnd(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexAny(data, "\r\n"); i >= 0 {
		end := i + 1
		if data[i] == '\r' && end == len(data) && !atEOF {
			return 0, nil, nil // a LF may follow
		}
		if data[i] == '\r' && end < len(data) && data[end] == '\n' {
			end++
		}
		return end, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

func directive(line string) (key, value string, ok bool) {
	line, _, _ = strings.Cut(line, "#")
	key, value, ok = strings.Cut(line, ":")
	if !ok {
		// A missing colon is forgiven where the line is a directive and one value.
		fields := strings.Fields(line)
		if len(fields) != 2 {
			return "", "", false
		}
		key, value = fields[0], fields[1]
	}
	key = strings.ToLower(strings.TrimSpace(key))
	if key == "useragent" || key == "user agent" {
		key = "user-agent"
	}
	return key, strings.TrimSpace(value), true
}

func (r *Rules) add(key, value string) {
	if key == "crawl-delay" {
		if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 {
			r.CrawlDelay = time.Duration(math.Round(min(seconds, MaxCrawlDelay.Seconds()) * float64(time.Second)))
		}
		return
	}
	if value == "" {
		return
	}
	if !strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "*") {
		value = "/" + value
	}
	value, end := strings.CutSuffix(value, "$")
	before, after, wild := strings.Cut(value, "*")
	pattern := escapes(before)
	for wild {
		before, after, wild = strings.Cut(after, "*")
		pattern += "*" + escapes(before)
	}
	if end {
		pattern += "$"
	}
	r.rules = append(r.rules, rule{allow: key == "allow", pattern: pattern})
}

// escapes writes a text so that two that mean the same are the same, and so that
// neither * nor $ is left in it: what is asked for may hold them (RFC 9309, 2.2.3).
func escapes(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(address.Escapes(s), "*", "%2A"), "$", "%24")
}

// Allows reports whether the crawler may fetch the address.
func (r Rules) Allows(url string) bool {
	rule, ok := r.deciding(url)
	return !ok || rule.allow
}

// Line returns the line that decides about an address, as "Disallow: /private/", or ""
// if none does. Its pattern is normalised.
func (r Rules) Line(url string) string {
	rule, ok := r.deciding(url)
	if !ok {
		return ""
	}
	return rule.String()
}

// deciding returns the rule that decides about an address; ok is false if none does.
func (r Rules) deciding(url string) (decides rule, ok bool) {
	target := escapes(PathOf(url))
	if target == "/robots.txt" {
		return rule{}, false
	}
	best, allowed := -1, true
	for _, rule := range r.rules {
		n := len(rule.pattern)
		if n < best || n == best && allowed || !Match(rule.pattern, target) {
			continue
		}
		best, allowed, decides, ok = n, rule.allow, rule, true
	}
	return decides, ok
}

// PathOf returns path, parameters and query of an address, also of one without a
// scheme; at least "/".
func PathOf(url string) string {
	url, _, _ = strings.Cut(url, "#")
	url = strings.TrimPrefix(url, "//")
	from := 0
	if scheme := strings.Index(url, "://"); scheme >= 0 && scheme < indexOr(url, "/?;", len(url)) {
		from = scheme + len("://")
	}
	rest := url[from:]
	at := strings.IndexAny(rest, "/?;")
	switch {
	case at < 0:
		return "/"
	case rest[at] != '/':
		return "/" + rest[at:]
	}
	return rest[at:]
}

func indexOr(s, chars string, otherwise int) int {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return i
	}
	return otherwise
}

// Match reports whether s begins as pattern says; * stands for any
// characters, $ at the end of the pattern for the end of s.
func Match(pattern, s string) bool {
	pattern, toEnd := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(s, parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	for i, part := range parts[1:] {
		if toEnd && i == len(parts)-2 {
			return strings.HasSuffix(s, part)
		}
		at := strings.Index(s, part)
		if at < 0 {
			return false
		}
		s = s[at+len(part):]
	}
	return !toEnd || s == ""
}

// ProductToken returns what robots.txt calls a crawler by: the letters, "-" and
// "_" that its name begins with.
func ProductToken(agent string) string {
	end := strings.IndexFunc(agent, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_')
	})
	if end < 0 {
		return agent
	}
	return agent[:end]
}
