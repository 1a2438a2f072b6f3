package website

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/PuerkitoBio/goquery"

	"freshet/connectors"
)

const (
	// inspectTime is how long Check looks at pages, and inspectPages at how many at most:
	// what an owner waits for who has just typed in an address.
	inspectTime  = 20 * time.Second
	inspectPages = 10
	// fromSitemap is how many of them are of the sitemap, if links lead to others.
	fromSitemap = 6
	// slowAnswer is from when on a site is called slow.
	slowAnswer = 2 * time.Second
	// longCrawl is from when on the time of a crawl is worth a warning: it does not
	// end in a night.
	longCrawl = 10 * time.Hour
	// namedExamples is how many addresses stand for those of a kind.
	namedExamples = 3
)

// inspection is what Check finds out.
type inspection struct {
	site    *Site
	session *session
	checks  []connectors.Check
	delay   time.Duration   // that robots.txt asks for
	links   []string        // of the start pages, within the site
	seen    map[string]bool // start pages

	looked  []string            // addresses of the sample that answered
	found   map[string][]string // what came of them, by reason; "" is a document
	files   int                 // documents that are no HTML
	guessed []string            // pages whose encoding was guessed
	locales map[string]int      // of pages, by language; "" does not say
	feeds   []string            // addresses of feeds that pages name
	cut     string              // why it ended early

	mu      sync.Mutex
	answers []time.Duration
}

func newInspection(s *Site, session *session) *inspection {
	return &inspection{site: s, session: session, seen: map[string]bool{}, found: map[string][]string{}, locales: map[string]int{}}
}

// clocked returns a context whose requests are timed, from the last byte sent to the
// first one of the answer: pauses between requests are not the site's.
func (v *inspection) clocked(ctx context.Context) context.Context {
	var mu sync.Mutex
	var sent time.Time
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) {
			mu.Lock()
			defer mu.Unlock()
			sent = v.site.env.Now()
		},
		GotFirstResponseByte: func() {
			mu.Lock()
			defer mu.Unlock()
			v.mu.Lock()
			defer v.mu.Unlock()
			if !sent.IsZero() {
				v.answers = append(v.answers, v.site.env.Now().Sub(sent))
			}
		},
	})
}

// chosen returns the addresses to look at, spread over the sitemap and the links of
// the start page, without those that robots.txt forbids.
func (v *inspection) chosen(listed []string) []string {
	taken := maps.Clone(v.seen)
	open := func(ids []string) []string {
		var out []string
		for _, id := range ids {
			if _, forbidden := v.forbidden(id); !forbidden && !taken[id] && v.site.InScope(id) {
				out = append(out, id)
			}
		}
		return out
	}
	var out []string
	take := func(ids []string, n int) {
		for _, id := range spread(open(ids), n) {
			if !taken[id] {
				taken[id] = true
				out = append(out, id)
			}
		}
	}
	take(listed, fromSitemap)
	take(v.links, inspectPages-len(out))
	take(listed, inspectPages-len(out))
	return out
}

// spread returns n of a list, evenly.
func spread(ids []string, n int) []string {
	if len(ids) <= n {
		return ids
	}
	out := make([]string, 0, max(n, 0))
	for i := range n {
		out = append(out, ids[i*len(ids)/n])
	}
	return out
}

// walk looks at pages until the time is up.
func (v *inspection) walk(ctx context.Context, ids []string) {
	began := v.site.env.Now()
	within, cancel := context.WithTimeout(ctx, v.site.inspectFor)
	defer cancel()
	for i, id := range ids {
		if i > 0 && v.site.env.Now().Sub(began)+v.pause() > v.site.inspectFor {
			v.cut = "it takes long with the pauses that are kept"
			return
		}
		got, err := v.session.visit(within, target{URL: id, Depth: 1})
		if err != nil {
			v.cut = "the site did not answer in time"
			if within.Err() == nil {
				v.cut = explained(err)
			}
			return
		}
		v.note(id, got)
	}
}

// note counts what a visit brought.
func (v *inspection) note(id string, got visited) {
	v.looked = append(v.looked, id)
	reason := reasonOf(got)
	v.found[reason] = append(v.found[reason], id)
	if up, ok := got.change.(connectors.Upsert); ok && !strings.HasPrefix(up.Document.MediaType, "text/html") {
		v.files++
	}
}

func (v *inspection) look(u *url.URL, p page, c content) {
	id := u.String()
	if c.guessed {
		v.guessed = append(v.guessed, id)
	}
	base, _, _ := strings.Cut(p.locale, "-")
	v.locales[strings.ToLower(base)]++
	p.doc.Find(`link[rel~="alternate" i][href][type="application/rss+xml" i], link[rel~="alternate" i][href][type="application/atom+xml" i], link[rel~="alternate" i][href][type="application/feed+json" i]`).
		EachWithBreak(func(_ int, s *goquery.Selection) bool {
			if u, err := v.site.ids.Resolve(baseOf(p.doc, u), s.AttrOr("href", "")); err == nil && !slices.Contains(v.feeds, u.String()) {
				v.feeds = append(v.feeds, u.String())
			}
			return len(v.feeds) < namedExamples
		})
}

// The reasons of an inspection beside those of changes.
const (
	seenMoved   = "moved"   // to another page of the site
	seenOutside = "outside" // off the site
	seenMissing = "missing"
)

// reasonOf returns why a visited address is no document; "" if it is one.
func reasonOf(v visited) string {
	if v.outside != "" {
		return seenOutside
	}
	switch c := v.change.(type) {
	case connectors.Skip:
		return string(c.Reason)
	case connectors.Delete:
		return seenMissing
	case connectors.Unreadable:
		var named interface{ FaultReason() string }
		if verdict := connectors.AsVerdict(c.Err); verdict != nil {
			return verdict.Reason
		} else if errors.As(c.Err, &named) {
			return named.FaultReason()
		}
		return "fault"
	}
	if v.redirect != nil {
		return seenMoved
	}
	return ""
}

// pause is the time between two requests.
func (v *inspection) pause() time.Duration { return max(v.site.options.Delay, v.delay, 0) }

// median is how fast the site answers.
func (v *inspection) median() (time.Duration, int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.answers) == 0 {
		return 0, 0
	}
	sorted := slices.Sorted(slices.Values(v.answers))
	return sorted[len(sorted)/2], len(sorted)
}

// report says what was found.
func (v *inspection) report(ctx context.Context, listed int) {
	v.reportPages()
	for _, f := range findings {
		v.reportFinding(f)
	}
	if n := len(v.guessed); n > 0 {
		v.say("encoding", connectors.CheckWarning, "%s not say truthfully in what encoding its text is, so it was guessed: %s. If accents look wrong in a preview, have the site send the charset.",
			share(n, len(v.looked), "does", "do"), examples(v.guessed))
		v.checks[len(v.checks)-1].Example = v.guessed[0]
	}
	v.reportLanguages()
	if len(v.feeds) > 0 {
		v.say("feeds", connectors.CheckOK, "Feeds that the site offers: %s.", strings.Join(v.feeds, ", "))
	}
	v.reportAbsence(ctx)
	v.reportPace(listed)
}

func (v *inspection) reportPages() {
	good := len(v.found[""])
	text := fmt.Sprintf("%d of %s looked at can be indexed", good, pages(len(v.looked)))
	status := connectors.CheckOK
	switch {
	case good == len(v.looked) && good == 1:
		text = "The 1 page looked at can be indexed"
	case good == len(v.looked):
		text = fmt.Sprintf("All %s looked at can be indexed", pages(good))
	case good == 0:
		status = connectors.CheckWarning
	}
	if v.files > 0 {
		text += fmt.Sprintf(", %d of them files and no web pages", v.files)
	}
	if v.cut != "" {
		text += "; no more were looked at, because " + v.cut
	}
	v.say("pages", status, "%s.", text)
	if good > 0 {
		v.checks[len(v.checks)-1].Example = v.found[""][0]
	}
}

// finding is a kind of pages that an owner should know of.
type finding struct {
	name              string
	reasons           []string
	one, many, advice string
}

// findings are in the order in which they are said.
var findings = []finding{
	{"noindex", []string{"noindex"}, "asks not to be indexed (noindex)", "ask not to be indexed (noindex)", "If they should be answered from, have noindex taken off."},
	{"empty", []string{"empty"}, "looks empty", "look empty", "See in a browser whether there is a text; if so, it may come from a program in the page."},
	{"needs_browser", []string{"needs_browser"}, "needs a browser: a program in it makes its text", "need a browser: a program in them makes their text", "Without one they cannot be read; ask whoever runs the site to deliver the text with the page."},
	{"login", []string{"login_page"}, "asks for a login", "ask for a login", "What stands behind a login is not read; leave such pages out with exclude."},
	{"consent", []string{"consent_page"}, "asks for consent to cookies first", "ask for consent to cookies first", "Ask whoever runs the site to let crawlers pass."},
	{"maintenance", []string{"maintenance_page"}, "is under maintenance", "are under maintenance", "Try again later."},
	{"refused", []string{verdictRefused, string(accessRefused)}, "is refused by the site (an answer such as 403)", "are refused by the site (answers such as 403)", "Ask whoever runs the site to let this crawler in."},
	{"missing", []string{seenMissing}, "is not there", "are not there", "The site links to pages that are gone, or lists them in its sitemap."},
	{"redirects", []string{seenOutside}, "leads off the site", "lead off the site", "If that other place should be read, add it as a source of its own."},
	{"copies", []string{"canonical_elsewhere"}, "says that it is a copy of another page", "say that they are copies of other pages", "The originals are read instead."},
	{"unreadable", []string{"fault", "malformed", "too_large", verdictHops, verdictAway}, "could not be read", "could not be read", "Try again later; if it stays so, ask whoever runs the site."},
}

func (v *inspection) reportFinding(f finding) {
	var ids []string
	for _, r := range f.reasons {
		ids = append(ids, v.found[r]...)
	}
	if len(ids) == 0 {
		return
	}
	v.say(f.name, connectors.CheckWarning, "%s: %s. %s", share(len(ids), len(v.looked), f.one, f.many), examples(ids), f.advice)
	v.checks[len(v.checks)-1].Example = ids[0]
}

// share says "2 of 10 pages ask ...".
func share(n, of int, one, many string) string {
	if n == 1 {
		return fmt.Sprintf("1 of %s looked at %s", pages(of), one)
	}
	return fmt.Sprintf("%d of %s looked at %s", n, pages(of), many)
}

func examples(ids []string) string {
	text := strings.Join(ids[:min(len(ids), namedExamples)], ", ")
	if len(ids) > namedExamples {
		text += ", ..."
	}
	return text
}

func (v *inspection) reportLanguages() {
	silent := v.locales[""]
	var parts []string
	for _, base := range slices.SortedFunc(maps.Keys(v.locales), func(a, b string) int {
		return cmp.Or(cmp.Compare(v.locales[b], v.locales[a]), strings.Compare(a, b))
	}) {
		if base != "" {
			parts = append(parts, fmt.Sprintf("%s (%d)", languageName(base), v.locales[base]))
		}
	}
	switch {
	case len(parts) == 0 && silent == 0:
	case len(parts) == 0:
		v.say("languages", connectors.CheckOK, "The pages do not say in what language they are; it is recognised by their text.")
	case silent > 0:
		v.say("languages", connectors.CheckOK, "The pages say that they are in %s; of %s without a word on it the language is recognised by the text.", strings.Join(parts, ", "), pages(silent))
	default:
		v.say("languages", connectors.CheckOK, "The pages say that they are in %s.", strings.Join(parts, ", "))
	}
}

// reportAbsence says how the site answers for what is not there.
func (v *inspection) reportAbsence(ctx context.Context) {
	absence, err := v.session.absence(ctx, v.site.starts[0])
	switch {
	case err != nil || !absence.Pretends():
	case !absence.Recognised():
		v.say("not_found", connectors.CheckWarning, "The site answers 200 for pages that do not exist, with a page that differs each time and so cannot be recognised. Ask whoever runs it to answer 404, or removed pages may stay.")
	case len(absence.Redirects) > 0:
		v.say("not_found", connectors.CheckOK, "The site redirects to one page for all that does not exist; that is recognised, so removed pages are noticed.")
	default:
		v.say("not_found", connectors.CheckOK, "The site answers 200 for pages that do not exist; its page for that is recognised, so removed pages are noticed.")
	}
}

// reportPace says how fast the site answers, and how long a crawl takes.
func (v *inspection) reportPace(listed int) {
	median, n := v.median()
	switch {
	case n == 0:
	case median >= slowAnswer:
		v.say("speed", connectors.CheckWarning, "The site answers slowly: half of %d answers took longer than %.1f s. A crawl takes long; let it run at night with the setting hours.", n, median.Seconds())
	default:
		v.say("speed", connectors.CheckOK, "The site answers within %.1f s (median of %d answers).", max(median.Seconds(), 0.1), n)
	}
	each := max(v.pause(), median/time.Duration(max(1, v.site.options.Connections)))
	count, what := listed, "A crawl of "+pages(listed)
	if count == 0 {
		count, what = 1000, "A crawl of each 1,000 pages"
	}
	took := each * time.Duration(min(count, v.site.maxPages))
	if count > v.site.maxPages {
		what = fmt.Sprintf("A crawl of %s (max_pages)", pages(v.site.maxPages))
	}
	status, why := connectors.CheckOK, fmt.Sprintf("a pause of %s between two requests", v.pause())
	if v.delay > v.site.options.Delay {
		why = fmt.Sprintf("the pause of %s between two requests that robots.txt asks for (Crawl-delay)", v.delay)
	}
	advice := ""
	if took > longCrawl {
		status = connectors.CheckWarning
		advice = " It goes on in the next run where it stopped; to make it shorter, narrow it with include and exclude."
		if v.delay > v.site.options.Delay {
			advice += " If the site is yours, lower its Crawl-delay."
		}
	}
	v.say("pace", status, "%s takes %s, with %s.%s", what, roughly(took), why, advice)
}

// roughly says a duration as people estimate it.
func roughly(d time.Duration) string {
	switch {
	case d < 90*time.Second:
		return "about a minute or less"
	case d < 100*time.Minute:
		return fmt.Sprintf("about %.0f min", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("about %.0f h", d.Hours())
	}
	return fmt.Sprintf("about %.0f days", d.Hours()/24)
}
