package address

import (
	"fmt"
	"hash/fnv"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Trap says why an address belongs to one of the places on a site that have no end.
type Trap string

// The traps.
const (
	TrapRepeat   Trap = "repeating_path"  // /a/b/a/b/a/b/, made up by broken relative links
	TrapDeep     Trap = "endless_path"    // more segments than any site has
	TrapCalendar Trap = "calendar"        // a page for every day there will ever be
	TrapFacets   Trap = "faceted_search"  // every combination of filters has an address
	TrapPaging   Trap = "endless_paging"  // ?page=1, 2, 3 ... without a last one
	TrapVariants Trap = "endless_queries" // one page under any number of parameters (a session)
)

// The limits from which on addresses are taken for a trap. They are far above what
// sites made for readers have: an archive by month over ten years has 120 addresses, a
// shop's category 30 pages.
const (
	maxRepeats   = 3   // of one path segment
	maxPeriods   = 2   // of a sequence of segments, /a/b/a/b/
	maxSegments  = 20  // of a path
	maxDates     = 150 // addresses that end in a date, below one path
	farAhead     = 400 * 24 * time.Hour
	maxFacets    = 60     // combinations of two or more parameters of one path
	facetGrowth  = 2      // combinations for each value of a parameter
	maxPaging    = 500    // values of a paging parameter of one path
	maxCopies    = 10     // pages of one path that read the same under different parameters
	copyShare    = 0.8    // of the pages of that path that were read
	maxRemembers = 2000   // values of one parameter that are told apart
	maxLeft      = 50_000 // addresses left out that are counted once each
)

// MaxWatched is how many paths with parameters one crawl watches.
const MaxWatched = 20_000

// Traps watches the addresses of one crawl for traps. Check is to be asked once for
// each address that it lets through. It is not for use by several goroutines.
type Traps struct {
	now    time.Time
	left   map[uint64]Trap     // addresses left out, by hash, to count each once
	paths  map[string]*watched // by host and path
	dates  map[string]int      // by host and path before the date
	caught map[string]*Caught
}

// watched is what is known of the queries of one path.
type watched struct {
	combinations int
	read, copies int
	values       map[string]map[string]bool
}

// Caught is one trap that addresses ran into.
type Caught struct {
	Trap  Trap
	Place string // host and path that it lies under
	Left  int    // addresses that were left out
}

// NewTraps returns a watch for a crawl that begins now.
func NewTraps(now time.Time) *Traps {
	return &Traps{now: now, left: map[uint64]Trap{}, paths: map[string]*watched{}, dates: map[string]int{}, caught: map[string]*Caught{}}
}

// Check returns the trap that an address, as Resolver gives it, belongs to, or "". It
// counts the address.
func (t *Traps) Check(u *url.URL) Trap {
	h := fnv.New64a()
	_, _ = h.Write([]byte(u.String()))
	if trap := t.left[h.Sum64()]; trap != "" {
		return trap
	}
	trap := t.check(u)
	if trap != "" && len(t.left) < maxLeft {
		t.left[h.Sum64()] = trap
	}
	return trap
}

func (t *Traps) check(u *url.URL) Trap {
	place := u.Host + u.EscapedPath()
	segments := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	switch {
	case repeats(segments):
		return t.catch(TrapRepeat, u.Host+"/"+strings.Join(segments[:min(3, len(segments))], "/"))
	case len(segments) > maxSegments:
		return t.catch(TrapDeep, u.Host+"/"+strings.Join(segments[:3], "/"))
	}
	if before, at, ok := endingDate(u); ok {
		if at.Sub(t.now) > farAhead {
			return t.catch(TrapCalendar, before)
		}
		if t.dates[before]++; t.dates[before] > maxDates {
			return t.catch(TrapCalendar, before)
		}
		return ""
	}
	if u.RawQuery == "" {
		return ""
	}
	if trap := t.query(place, u.RawQuery); trap != "" {
		return t.catch(trap, place)
	}
	return ""
}

// Caught lists the traps that were met, the greatest first.
func (t *Traps) Caught() []Caught {
	var out []Caught
	for _, key := range slices.Sorted(maps.Keys(t.caught)) {
		out = append(out, *t.caught[key])
	}
	slices.SortStableFunc(out, func(a, b Caught) int { return b.Left - a.Left })
	return out
}

// String says it to the site's owner.
func (c Caught) String() string {
	what := map[Trap]string{
		TrapRepeat:   "repeats parts of its path without end (a broken relative link makes such addresses)",
		TrapDeep:     "goes deeper and deeper without end",
		TrapCalendar: "is a calendar without end",
		TrapFacets:   "has an address for every combination of filters",
		TrapPaging:   "is a list whose pages have no end",
		TrapVariants: "stands under any number of parameters",
	}[c.Trap]
	return fmt.Sprintf("%s %s: %d of its addresses were left out. If their pages matter, list them in a sitemap; else exclude them, or name the parameters in drop_parameters.", c.Place, what, c.Left)
}

func (t *Traps) catch(trap Trap, place string) Trap {
	key := string(trap) + " " + place
	c := t.caught[key]
	if c == nil {
		c = &Caught{Trap: trap, Place: place}
		t.caught[key] = c
	}
	c.Left++
	return trap
}

// query judges the parameters of one more address of a path.
func (t *Traps) query(place, raw string) Trap {
	w := t.watch(place)
	if w == nil {
		return ""
	}
	parameters := strings.Split(raw, "&")
	sum, freshValue := 0, false
	for _, p := range parameters {
		name, value, _ := strings.Cut(p, "=")
		seen := w.values[name]
		if seen == nil {
			seen = map[string]bool{}
			w.values[name] = seen
		}
		switch {
		case len(seen) >= maxRemembers: // no filter has so many values: it is a number of something
			freshValue = true
		case !seen[value]:
			seen[value], freshValue = true, true
		}
		sum += len(seen)
		if len(parameters) == 1 && pagingName.MatchString(name) && len(seen) > maxPaging {
			return TrapPaging
		}
	}
	if len(parameters) > 1 {
		w.combinations++
	}
	switch {
	// An address that brings a value of its own (an article's number) is one more
	// thing; one that only combines values already met is a filter.
	case len(parameters) > 1 && !freshValue && w.combinations > maxFacets && w.combinations > facetGrowth*sum:
		return TrapFacets
	case w.copies > maxCopies && float64(w.copies) >= copyShare*float64(w.read):
		return TrapVariants
	}
	return ""
}

// Read tells what was read at an address with parameters: whether it was a copy of
// another page of this crawl.
func (t *Traps) Read(u *url.URL, isCopy bool) {
	if u.RawQuery == "" {
		return
	}
	if w := t.watch(u.Host + u.EscapedPath()); w != nil {
		w.read++
		if isCopy {
			w.copies++
		}
	}
}

// watch returns what is known of a path; nil when too many are watched.
func (t *Traps) watch(place string) *watched {
	w := t.paths[place]
	if w == nil && len(t.paths) < MaxWatched {
		w = &watched{values: map[string]map[string]bool{}}
		t.paths[place] = w
	}
	return w
}

var pagingName = regexp.MustCompile(`(?i)^(p|pg|page|paged|pageno|page_?num(ber)?|offset|start|from|cursor|seite|pagina)$`)

// repeats reports whether a path goes in circles.
func repeats(segments []string) bool {
	count := map[string]int{}
	for _, s := range segments {
		if s == "" {
			continue
		}
		if count[s]++; count[s] > maxRepeats {
			return true
		}
	}
	for period := 2; period*(maxPeriods+1) <= len(segments); period++ {
		for from := 0; from+period*(maxPeriods+1) <= len(segments); from++ {
			if periodic(segments[from:from+period*(maxPeriods+1)], period) {
				return true
			}
		}
	}
	return false
}

func periodic(s []string, period int) bool {
	for i := period; i < len(s); i++ {
		if s[i] != s[i-period] {
			return false
		}
	}
	return true
}

var (
	// A path that ends in a year and a month, and perhaps a day: what follows a date,
	// as in /2026/11/title, is an article.
	datePath  = regexp.MustCompile(`^(.*?)/((?:19|20|21|22)\d\d)[-/](\d{1,2})(?:[-/](\d{1,2}))?/?$`)
	dateValue = regexp.MustCompile(`^((?:19|20|21|22)\d\d)-?(\d{2})(?:-?(\d{2}))?$`)
	yearName  = regexp.MustCompile(`(?i)^(y|year|annee|jahr|cal_?year)$`)
	monthName = regexp.MustCompile(`(?i)^(m|month|mois|monat|cal_?month)$`)
)

// endingDate returns the date that an address stands for, and the place without it.
func endingDate(u *url.URL) (before string, at time.Time, ok bool) {
	if m := datePath.FindStringSubmatch(u.EscapedPath()); m != nil {
		at, ok = dateOf(m[2], m[3], m[4])
		return u.Host + m[1] + "/", at, ok
	}
	year, month := "", "1"
	for p := range strings.SplitSeq(u.RawQuery, "&") {
		name, value, _ := strings.Cut(p, "=")
		if m := dateValue.FindStringSubmatch(value); m != nil {
			at, ok = dateOf(m[1], m[2], m[3])
			if ok {
				return u.Host + u.EscapedPath(), at, true
			}
		}
		switch {
		case yearName.MatchString(name):
			year = value
		case monthName.MatchString(name):
			month = value
		}
	}
	at, ok = dateOf(year, month, "")
	return u.Host + u.EscapedPath(), at, ok
}

func dateOf(year, month, day string) (time.Time, bool) {
	if day == "" {
		day = "1"
	}
	y, err1 := strconv.Atoi(year)
	m, err2 := strconv.Atoi(month)
	d, err3 := strconv.Atoi(day)
	if err1 != nil || err2 != nil || err3 != nil || y < 1900 || y > 2300 || m < 1 || m > 12 || d < 1 || d > 31 {
		return time.Time{}, false
	}
	return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC), true
}
