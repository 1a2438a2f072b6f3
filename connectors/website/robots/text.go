package robots

import (
	"strconv"
	"strings"
)

// String returns the rules as a robots.txt for every crawler: Parse reads the same
// rules from it, whatever the product token, if no line of it is longer than 8 KiB.
func (r Rules) String() string {
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	if r.CrawlDelay > 0 {
		b.WriteString("Crawl-delay: " + strconv.FormatFloat(r.CrawlDelay.Seconds(), 'f', -1, 64) + "\n")
	}
	for _, rule := range r.rules {
		b.WriteString(rule.String() + "\n")
	}
	for _, at := range r.Sitemaps {
		b.WriteString("Sitemap: " + at + "\n")
	}
	return b.String()
}

func (r rule) String() string {
	if r.allow {
		return "Allow: " + r.pattern
	}
	return "Disallow: " + r.pattern
}
