package records

import (
	"math"
	"strconv"
	"strings"
	"time"
)

var dateLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04", "2006-01-02 15:04:05.999999999",
	"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999 -0700", "2006-01-02 15:04:05.999999999 -0700 MST", "2006-01-02 15:04:05 MST",
	"2006-01-02 15:04", "2006-01-02", "2006/01/02 15:04:05", "2006/01/02", "2006-01", "2006.01.02",
	time.RFC1123Z, time.RFC1123, "Mon, 2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05 -0700",
	time.ANSIC, time.UnixDate, time.RFC850, "2 January 2006 15:04", "2 January 2006", "2 Jan 2006", "January 2, 2006", "Jan 2, 2006",
	"January 2, 2006 15:04", "Jan 2, 2006, 3:04 PM", "January 2006",
}

var dayFirst = []string{"2/1/2006 15:04:05", "2/1/2006 15:04", "2/1/2006", "2.1.2006 15:04", "2.1.2006", "2-1-2006 15:04:05", "2-1-2006", "2/1/06"}

var monthFirst = []string{"1/2/2006 15:04:05", "1/2/2006 3:04:05 PM", "1/2/2006 3:04 PM", "1/2/2006 15:04", "1/2/2006", "1-2-2006", "1/2/06"}

var frenchMonths = map[string]string{
	"janvier": "January", "février": "February", "fevrier": "February", "mars": "March", "avril": "April", "mai": "May", "juin": "June",
	"juillet": "July", "août": "August", "aout": "August", "septembre": "September", "octobre": "October", "novembre": "November",
	"décembre": "December", "decembre": "December", "janv.": "January", "févr.": "February", "avr.": "April", "juil.": "July", "sept.": "September",
	"oct.": "October", "nov.": "November", "déc.": "December",
}

const maxDateBytes = 64

// parseDate reads the forms of dates that exports hold: ISO 8601, those of mail
// and of programs, day and month in figures or in English or French words, and
// the time since 1970 in seconds, milli-, micro- or nanoseconds. A time without a
// zone is UTC. monthFirst decides 03/04/2026.
func parseDate(s string, american bool) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > maxDateBytes {
		return time.Time{}, false
	}
	if t, ok := unixDate(s); ok {
		return t, ok
	}
	first, second := dayFirst, monthFirst
	if american {
		first, second = monthFirst, dayFirst
	}
	s = englishMonth(s)
	for _, layouts := range [][]string{dateLayouts, first, second} {
		for _, layout := range layouts {
			if t, err := time.Parse(layout, s); err == nil {
				return plausible(t)
			}
		}
	}
	return time.Time{}, false
}

// unixDate reads numbers: 20260331, or a time since 1970 whose unit its size
// tells; also /Date(1700000000000)/ of older services.
func unixDate(s string) (time.Time, bool) {
	if inner, ok := strings.CutPrefix(s, "/Date("); ok {
		s, _, _ = strings.Cut(inner, ")")
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return time.Time{}, false
	}
	if len(s) == 8 && !strings.ContainsAny(s, ".eE+-") {
		if t, err := time.Parse("20060102", s); err == nil {
			return plausible(t)
		}
	}
	switch size := math.Abs(n); {
	case size < 1e6:
		return time.Time{}, false // a year or a count, not a time
	case size < 1e11:
		return plausible(time.Unix(0, 0).Add(time.Duration(math.Min(n, 9e9) * 1e9)))
	case size < 1e14:
		return plausible(time.UnixMilli(int64(n)))
	case size < 1e17:
		return plausible(time.UnixMicro(int64(n)))
	case size < 9e18:
		return plausible(time.Unix(0, int64(n)))
	}
	return time.Time{}, false
}

// plausible refuses what no document has, such as the year 1 or 20260.
func plausible(t time.Time) (time.Time, bool) {
	if y := t.Year(); y < 1900 || y > 2200 {
		return time.Time{}, false
	}
	return t.UTC(), true
}

func englishMonth(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		if m, ok := frenchMonths[strings.ToLower(w)]; ok {
			words[i] = m
		} else if w == "1er" {
			words[i] = "1"
		}
	}
	return strings.Join(words, " ")
}
