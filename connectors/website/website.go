// Package website is the kind of source that crawls a site: from its start
// address and its sitemaps along its links, as robots.txt allows.
//
// A document's ID is its normalised address. The cursor of a full pass holds the
// frontier, so that an interrupted pass goes on where it stopped; that of the feed
// holds what the site's sitemaps and feeds listed. Pages are asked for
// conditionally, and what "not modified" leaves out, the page's links, is kept in
// the position's Memory.
package website

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"freshet/connectors"
	"freshet/connectors/website/address"
	"freshet/connectors/website/judge"
	"freshet/connectors/website/robots"
)

// The defaults and bounds of the settings.
const (
	defaultMaxPages = 2000
	defaultMaxDepth = 10
	defaultMaxMB    = 5
	largestMaxPages = 100_000
	product         = "Freshet" // in robots.txt, unless user_agent says otherwise
)

// Kind returns the kind "website".
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:  "website",
		Title: "Website",
		Help:  "Reads the pages of a public site, or of an intranet that an operator allows.",
		Fields: []connectors.Field{
			{Key: "start", Type: connectors.Strings, Required: true, Label: "Start address", Example: "https://www.example.org/help/",
				Help: "Where the crawl begins. Pages below its directory on the same host are read.", Validate: checkAddresses},
			{Key: "sitemap", Type: connectors.Strings, Label: "Sitemaps", Example: "https://www.example.org/sitemap.xml",
				Help: "Sitemaps beside those that robots.txt names and /sitemap.xml.", Validate: checkAddresses},
			{Key: "feed", Type: connectors.Strings, Label: "Feeds", Example: "https://www.example.org/news.xml",
				Help: "RSS, Atom or JSON feeds of what is new, beside those that the start page names.", Validate: checkAddresses},
			{Key: "include", Type: connectors.Strings, Label: "Include", Example: "/help/*",
				Help: "Paths to read instead of the start address's directory; * stands for anything, $ for the end."},
			{Key: "exclude", Type: connectors.Strings, Label: "Exclude", Example: "/help/archive/",
				Help: "Paths to leave out; * stands for anything, $ for the end."},
			{Key: "file_hosts", Type: connectors.Strings, Label: "Hosts of files", Example: "files.example.org",
				Help: "Hosts beside the site's own from which linked files (PDF, Office) are read, but no pages.", Validate: checkHosts},
			{Key: "drop_parameters", Type: connectors.Strings, Label: "Parameters to ignore", Example: "sort",
				Help: "Names of query parameters that do not change the page. Those that track visitors are ignored anyway."},
			{Key: "max_pages", Type: connectors.Int, Default: defaultMaxPages, Label: "Most pages",
				Help: "No more pages are added to those that are held when there are so many; all that are held are still confirmed.", Validate: between(1, largestMaxPages)},
			{Key: "max_depth", Type: connectors.Int, Default: defaultMaxDepth, Label: "Most clicks",
				Help: "How many links away from the start address or a sitemap a page may be.", Validate: between(0, 1000)},
			{Key: "max_page_mb", Type: connectors.Int, Default: defaultMaxMB, Label: "Largest page (MB)",
				Help: "Larger pages are reported as too large.", Validate: between(1, 200)},
			{Key: "delay", Type: connectors.Duration, Default: time.Second, Label: "Pause",
				Help: "Between two requests; a longer Crawl-delay in robots.txt is kept."},
			{Key: "connections", Type: connectors.Int, Default: 1, Label: "Connections",
				Help: "How many pages are asked for at the same time: 1 or 2. The pause holds between them.", Validate: between(1, 2)},
			{Key: "hours", Type: connectors.String, Label: "Hours", Example: "Europe/Paris 22:00-06:00",
				Help: "When the site may be crawled, in the machine's time unless a time zone is named. A crawl that is not done goes on the next day; single pages that are looked at again are not bound to it.", Validate: checkHours},
			{Key: "run_minutes", Type: connectors.Int, Default: 0, Label: "Longest run (minutes)",
				Help: "A crawl that takes longer goes on in the next run; 0 for no limit.", Validate: between(0, 100_000)},
			{Key: "run_mb", Type: connectors.Int, Default: 0, Label: "Largest run (MB)",
				Help: "A crawl that reads more goes on in the next run; 0 for no limit.", Validate: between(0, 1_000_000)},
			{Key: "timeout", Type: connectors.Duration, Default: 30 * time.Second, Label: "Time limit of a page",
				Help: "How long one page may take."},
			{Key: "render", Type: connectors.String, Default: renderNever, Label: "Use a browser",
				Help: "when_needed has a browser show pages that hold no text without one; an operator names the browser in the configuration.", Validate: checkRender},
			{Key: "render_pages", Type: connectors.Int, Default: defaultRenderPages, Label: "Most pages in a browser",
				Help: "A crawl that needs the browser for more pages goes on in the next run.", Validate: between(1, largestMaxPages)},
			{Key: "user_agent", Type: connectors.String, Label: "User agent", Example: "ExampleBot/1.0 (+https://www.example.org/bot)",
				Help: "How the crawler introduces itself; robots.txt rules for the name before the slash apply."},
			{Key: "respect_robots", Type: connectors.Bool, Default: true, Label: "Respect robots.txt",
				Help: "Switch off only for a site of your own."},
			{Key: "allow_private", Type: connectors.Strings, Label: "Networks inside", Example: "10.20.0.0/16",
				Help: "Networks that are not public and may be reached nonetheless.", Validate: checkNetworks},
			{Key: "allow_ports", Type: connectors.Strings, Label: "Further ports", Example: "8080",
				Help: "Ports beside 80 and 443.", Validate: checkPorts},
		},
		New:             newSource,
		RevisionTrust:   connectors.RevisionExact,
		HasFeed:         true,
		FullEvery:       20 * time.Hour, // so that a nightly schedule lists everything each night
		ListsEverything: true,
		PublicByDefault: true,
		Templated:       true,
		Schedule:        "0 3 * * *",
		Freshness:       "As of the last crawl, nightly by default; with a shorter schedule, as of when the site's sitemaps or feeds told of it.",
	}
}

// Site is one site as a source.
type Site struct {
	env     connectors.Env
	starts  []*url.URL
	maps    []string
	feeds   []string
	scope   scope
	ids     address.Resolver
	options connectors.HTTPOptions
	product string // what robots.txt calls us

	maxPages, maxDepth int
	respectRobots      bool
	hours              hours
	runFor             time.Duration
	runBytes           int64
	checkpointEvery    int   // visits
	bufferBytes        int64 // of pages read for their links and not yet opened
	feedBytes          int   // of the feed's cursor
	sampler            judge.Sampler
	rendering          bool          // pages that need a browser are shown in one
	renderPages        int           // in one run
	inspectFor         time.Duration // how long Check looks at pages

	mu     sync.Mutex
	recent recentRules
}

var (
	_ connectors.Source  = (*Site)(nil)
	_ connectors.Fetcher = (*Site)(nil)
	_ connectors.Scoper  = (*Site)(nil)
)

func newSource(env connectors.Env, settings connectors.Settings) (connectors.Source, error) {
	return open(env, settings)
}

func open(env connectors.Env, settings connectors.Settings) (*Site, error) {
	s := &Site{
		env: env, maps: settings.Strings("sitemap"), feeds: settings.Strings("feed"), maxPages: settings.Int("max_pages"), maxDepth: settings.Int("max_depth"),
		respectRobots: settings.Bool("respect_robots"), checkpointEvery: 10, bufferBytes: 32 << 20, feedBytes: maxFeedCursor, product: product, sampler: judge.NewSampler(), inspectFor: inspectTime,
	}
	if s.env.Log == nil {
		s.env.Log = slog.New(slog.DiscardHandler)
	}
	if s.env.Now == nil {
		s.env.Now = time.Now
	}
	s.runFor = time.Duration(settings.Int("run_minutes")) * time.Minute
	s.runBytes = int64(settings.Int("run_mb")) << 20
	var err error
	if s.hours, err = parseHours(settings.String("hours")); err != nil {
		return nil, err
	}
	s.ids.Drop = map[string]bool{}
	for _, name := range settings.Strings("drop_parameters") {
		s.ids.Drop[strings.ToLower(name)] = true
	}
	for _, text := range settings.Strings("start") {
		u, err := s.ids.Resolve(nil, text)
		if err != nil {
			return nil, fmt.Errorf("the start address %q cannot be used: %w", text, err)
		}
		s.starts = append(s.starts, u)
	}
	if len(s.starts) == 0 {
		return nil, errors.New("a website needs a start address; set start to the address of its first page")
	}
	s.scope = newScope(s.starts, settings.Strings("include"), settings.Strings("exclude"))
	if s.scope.files, err = hostsOfFiles(settings.Strings("file_hosts")); err != nil {
		return nil, err
	}
	if agent := settings.String("user_agent"); agent != "" {
		s.product = robots.ProductToken(agent)
	}
	if s.options, err = httpOptions(settings); err != nil {
		return nil, err
	}
	s.renderPages = settings.Int("render_pages")
	if s.rendering, err = mayRender(env, settings.String("render")); err != nil {
		return nil, err
	}
	return s, nil
}

func httpOptions(settings connectors.Settings) (connectors.HTTPOptions, error) {
	o := connectors.HTTPOptions{
		MaxBytes: int64(settings.Int("max_page_mb")) << 20, Timeout: settings.Duration("timeout"),
		Delay: settings.Duration("delay"), Connections: settings.Int("connections"), UserAgent: settings.String("user_agent"),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if o.Delay == 0 {
		o.Delay = -1 // none was asked for
	}
	var err error
	if o.AllowPrivate, err = networks(settings.Strings("allow_private")); err != nil {
		return o, err
	}
	o.AllowPorts, err = ports(settings.Strings("allow_ports"))
	return o, err
}

// InScope reports whether an ID is an address of the site under its filters.
func (s *Site) InScope(id string) bool {
	u, err := s.ids.Resolve(nil, id)
	return err == nil && u.String() == id && (s.scope.outside(u) == "" || s.scope.file(u))
}

// Fetch says how one page stands now.
func (s *Site) Fetch(ctx context.Context, id string) (connectors.Change, error) {
	if !s.InScope(id) {
		return connectors.Skip{ID: id, URI: id, Reason: connectors.SkipExcluded, Detail: "it is not an address of the site"}, nil
	}
	session := s.newSession(nil)
	defer session.close()
	session.found = func(original string) bool {
		session.found = nil // the original's own original is of no interest
		v, err := session.visit(ctx, target{URL: original, Depth: 1})
		_, isDocument := v.change.(connectors.Upsert)
		return err == nil && isDocument
	}
	return session.fetch(ctx, id)
}

func between(low, high int) func(any) error {
	return func(v any) error {
		if n, ok := v.(int); !ok || n < low || n > high {
			return fmt.Errorf("must be between %d and %d", low, high)
		}
		return nil
	}
}

func checkAddresses(v any) error {
	list, _ := v.([]string)
	for _, text := range list {
		if _, err := (address.Resolver{}).Resolve(nil, text); err != nil {
			return fmt.Errorf("%q cannot be used: %w; write it as https://www.example.org/", text, err)
		}
	}
	return nil
}

func checkNetworks(v any) error {
	list, _ := v.([]string)
	_, err := networks(list)
	return err
}

func networks(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range list {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("%q is not a network; write it as 10.20.0.0/16", text)
		}
		out = append(out, p)
	}
	return out, nil
}

func checkPorts(v any) error {
	list, _ := v.([]string)
	_, err := ports(list)
	return err
}

func ports(list []string) ([]int, error) {
	var out []int
	for _, text := range list {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 65535 {
			return nil, fmt.Errorf("%q is not a port; write a number between 1 and 65535", text)
		}
		out = append(out, n)
	}
	return out, nil
}
