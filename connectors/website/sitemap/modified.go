package sitemap

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Precision is how exactly a moment is said.
type Precision int

const (
	// Unsaid: there is no moment.
	Unsaid Precision = iota
	// Year, Month, Day, Minute and Second: the smallest part that is said.
	Year
	Month
	Day
	Minute
	Second
)

// Modified is when a page was changed, as a file says it. Time is the beginning of
// the period that it says: "2026-03" is the first moment of March.
type Modified struct {
	Time      time.Time
	Precision Precision
}

// IsZero reports whether nothing was said.
func (m Modified) IsZero() bool { return m.Precision == Unsaid }

// End is the first moment after the period.
func (m Modified) End() time.Time {
	switch m.Precision {
	case Year:
		return m.Time.AddDate(1, 0, 0)
	case Month:
		return m.Time.AddDate(0, 1, 0)
	case Day:
		return m.Time.AddDate(0, 0, 1)
	case Minute:
		return m.Time.Add(time.Minute)
	}
	return m.Time
}

// w3c is a W3C datetime with what is commonly written in its place: one digit for
// two, a space for the T, a zone without a colon or none at all, slashes for dashes.
var w3c = regexp.MustCompile(`^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[Tt ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?)?)?$`)

// compact is a date, or date and time, of ISO 8601's basic form.
var compact = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(?:(\d{2}))?(Z|[+-]\d{2}:?\d{2})?)?$`)

// firstYear is the earliest year that is taken for one: there were no websites
// before, and programs write 1970 and 0001 when they do not know.
const firstYear = 1990

// ParseModified reads a W3C datetime in any of its precisions, its common
// misspellings, and the dates of HTTP and mail. A time without a zone is taken for
// UTC. Fractions of a second are left out.
func ParseModified(text string) (Modified, bool) {
	text = strings.TrimSpace(text)
	if len(text) < 4 || len(text) > 64 {
		return Modified{}, false
	}
	for _, form := range []*regexp.Regexp{w3c, compact} {
		if part := form.FindStringSubmatch(text); part != nil {
			return fromParts(part)
		}
	}
	if at, err := http.ParseTime(text); err == nil {
		return exact(at)
	}
	for _, form := range []string{time.RFC1123Z, "Mon, 2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 -0700", time.UnixDate} {
		if at, err := time.Parse(form, text); err == nil {
			return exact(at)
		}
	}
	return Modified{}, false
}

func exact(at time.Time) (Modified, bool) {
	if at.Year() < firstYear || at.Year() > 9999 {
		return Modified{}, false
	}
	return Modified{Time: at.UTC().Truncate(time.Second), Precision: Second}, true
}

// fromParts makes a moment of year, month, day, hour, minute, second and zone.
func fromParts(part []string) (Modified, bool) {
	n := [6]int{0, 1, 1}
	precision := Unsaid
	for i := range n {
		if part[i+1] != "" {
			n[i], _ = strconv.Atoi(part[i+1]) // the form lets digits only pass
			precision = Precision(min(i+1, int(Day)))
			if i >= 4 {
				precision = Precision(i)
			}
		}
	}
	year, month, day, hour, minute, second := n[0], n[1], n[2], n[3], n[4], n[5]
	if second == 60 {
		second = 59 // a leap second, which Go does not count
	}
	midnight := hour == 24 && minute == 0 && second == 0
	if year < firstYear || month < 1 || month > 12 || day < 1 || hour > 23 && !midnight || minute > 59 || second > 59 {
		return Modified{}, false
	}
	if time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() != day {
		return Modified{}, false
	}
	ahead, ok := zone(part[7])
	if !ok {
		return Modified{}, false
	}
	at := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC).Add(-ahead)
	return Modified{Time: at, Precision: precision}, true
}

// zone returns how far a zone's clocks are ahead of UTC.
func zone(text string) (time.Duration, bool) {
	if text == "" || text[0] != '+' && text[0] != '-' {
		return 0, true
	}
	digits := strings.ReplaceAll(text[1:], ":", "")
	if len(digits) == 2 {
		digits += "00"
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n/100 > 15 || n%100 > 59 {
		return 0, false
	}
	ahead := time.Duration(n/100)*time.Hour + time.Duration(n%100)*time.Minute
	if text[0] == '-' {
		ahead = -ahead
	}
	return ahead, true
}

// Distrust is why the dates of a file are not believed.
type Distrust string

const (
	// NoDates: the file gives no dates, or one date in all.
	NoDates Distrust = "no_dates"
	// AllEqual: all dates are the same.
	AllEqual Distrust = "all_equal"
	// AllAtOnce: all dates lie within an hour: the site was built then.
	AllAtOnce Distrust = "all_at_once"
	// AllNow: the dates are those of the reading.
	AllNow Distrust = "all_now"
	// InFuture: many dates lie in the future.
	InFuture Distrust = "in_future"
)

const (
	// futureSlack is how far ahead a date may lie: zones are 14 hours apart, and a
	// date without a time is a day long.
	futureSlack = 26 * time.Hour
	// nowSlack is how near to the reading a date made up for it lies.
	nowSlack = 5 * time.Minute
	// builtWithin is how long a site's generator takes to write all pages.
	builtWithin = time.Hour
	// builtAtLeast is from how many dates on their nearness says anything.
	builtAtLeast = 10
)

// Trusted reports whether the dates of one file, read at a given moment, say when
// its pages were changed, and if not, why. They do if they vary: sites that do not
// know write the same date, that of the last build or that of the reading for
// every page. Believed are dates of which
//
//   - there are two that differ,
//   - not nine in ten lie within five minutes of the reading,
//   - not all of ten or more lie within an hour of one another,
//   - not more than one in ten lies over a day ahead.
//
// Zero values stand for pages without a date. That dates are as many as those of
// the reading before and all moved since is for the caller to see.
func Trusted(dates []Modified, read time.Time) (trusted bool, why Distrust) {
	var n, now, future int
	var earliest, latest time.Time
	for _, d := range dates {
		if d.IsZero() {
			continue
		}
		if n++; n == 1 || d.Time.Before(earliest) {
			earliest = d.Time
		}
		if d.Time.After(latest) {
			latest = d.Time
		}
		if d.Precision >= Minute && read.Sub(d.Time).Abs() <= nowSlack {
			now++
		}
		if d.Time.Sub(read) > futureSlack {
			future++
		}
	}
	switch spread := latest.Sub(earliest); {
	case n < 2:
		return false, NoDates
	case 10*now >= 9*n:
		return false, AllNow
	case spread == 0:
		return false, AllEqual
	case 10*future > n:
		return false, InFuture
	case n >= builtAtLeast && spread < builtWithin:
		return false, AllAtOnce
	}
	return true, ""
}
