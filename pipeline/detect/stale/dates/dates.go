// Package dates reads the dates that French and English prose speaks of, each with
// what it is there for: the end of a validity, an event that is announced, a
// beginning, the state of something on a day, or history. It tells what a text says
// of itself in time; it knows no date of today.
//
// The package is pure and safe for concurrent use.
package dates

import (
	"strings"
	"time"
)

// A Cue is what a date is there for.
type Cue uint8

// The Cues.
const (
	None      Cue = iota
	End           // until it, something holds or can be done
	Upcoming      // on it, something announced takes place
	Start         // from it on, something holds
	AsOf          // the text describes the state of that day
	History       // it tells of the past, or names a law, an author's day or a copyright
	Recurring     // it returns every year
)

// String names the Cue.
func (c Cue) String() string {
	return [...]string{"none", "end", "upcoming", "start", "as of", "history", "recurring"}[c]
}

// A Precision is how exactly a date is written.
type Precision uint8

// The Precisions.
const (
	Day Precision = iota
	Month
	Quarter // also a half of a year, and a season
	Year
)

// A Date is a day of the calendar, in days since 1970-01-01.
type Date int32

// On returns the Date of a day.
func On(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// At returns the Date of a moment in a time zone; nil is UTC.
func At(t time.Time, zone *time.Location) Date {
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := t.In(zone).Date()
	return On(y, m, d)
}

// Time is the Date's first moment in UTC.
func (d Date) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// A Mention is a date, or a range of dates, in a text. Offsets are bytes of the text.
type Mention struct {
	Start, End int
	// First and Last are the days that it covers. Those of a Mention without a Year are
	// unset: see Resolve.
	First, Last Date
	// Other is the last day in a second reading (01/02/2025); 0 when there is none.
	Other     Date
	Precision Precision
	HasYear   bool
	month     time.Month // of the last day, when it has no year
	day       int        // 0: the whole month
	Range     bool
	Cue       Cue
	// Inherited says that the Cue stands in a heading or in the line that leads the
	// list, not beside the date.
	Inherited bool
	// From and To are the sentence, item or row that it stands in.
	From, To int
}

// Resolve returns the last day of the Mention. One without a year means the first such
// day on or after since; without since, nothing is known of it.
func (m *Mention) Resolve(since time.Time) (last Date, known bool) {
	if m.HasYear {
		return max(m.Last, m.Other), true
	}
	if since.IsZero() || m.month == 0 {
		return 0, false
	}
	for year := since.Year(); year <= since.Year()+8; year++ { // 29 February comes within eight years
		day := m.day
		if day == 0 {
			day = daysIn(year, m.month)
		}
		if day > daysIn(year, m.month) {
			continue
		}
		if d := On(year, m.month, day); d >= At(since, nil) {
			return d, true
		}
	}
	return 0, false
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// Options tell of a text what it does not say itself.
type Options struct {
	// Locale is BCP 47. "en-US" reads 01/02/2025 as 2 January, bare "en" keeps both
	// readings, everything else reads it as 1 February.
	Locale string
	// Heading is the path of headings, outermost first: "Upcoming events" speaks for the
	// dates below it.
	Heading []string
}

// LongestText is how many bytes of a text are read.
const LongestText = 1 << 20

// Read returns the dates of a text in order. Time is linear in the length of the text.
func Read(text string, o Options) []Mention {
	text = text[:min(len(text), LongestText)]
	if !strings.ContainsAny(text, "0123456789") {
		return nil
	}
	r := reader{text: text, american: isAmerican(o.Locale), both: strings.EqualFold(o.Locale, "en")}
	r.above = announced(o.Heading)
	for s := range sentences(text) {
		r.sentence(s)
	}
	return r.out
}

func isAmerican(locale string) bool {
	l := strings.ToLower(strings.ReplaceAll(locale, "_", "-"))
	return l == "en-us" || l == "en-ph"
}

// A reader goes through the sentences of a text.
type reader struct {
	text           string
	american, both bool
	above          Cue // that the headings give to dates without one
	lead           Cue // that the line which leads a list gives to its items
	out            []Mention
}

func (r *reader) sentence(s span) {
	inherited := r.above
	if s.item {
		if r.lead != None {
			inherited = r.lead
		}
	} else {
		r.lead = None
	}
	if !s.leads && !(s.digits && mayBeDated(r.text[s.from:s.to])) {
		return
	}
	c := clauses{text: r.text, from: s.from, to: s.to, words: words(r.text, s.from, s.to)}
	if s.leads {
		r.lead = announcedIn(c.words)
	}
	if !s.digits {
		return
	}
	first := len(r.out)
	for i := 0; i < len(c.words); {
		m, next, ok := r.date(&c, i)
		if !ok {
			i++
			continue
		}
		c.found = append(c.found, m)
		i = next
	}
	c.join(r)
	for i := range c.found {
		m := c.found[i].Mention
		m.From, m.To = s.from, s.to
		m.Cue = c.cueOf(i)
		if m.Cue == None && inherited != None && m.Precision <= Month {
			m.Cue, m.Inherited = inherited, true
		}
		r.out = append(r.out, m)
	}
	settle(r.out[first:])
}

// settle lets a later end take over from an earlier one in the same sentence:
// "initially until 31 March, extended to 30 June".
func settle(list []Mention) {
	for i := range list {
		for j := range list {
			if i != j && list[i].Cue == End && list[j].Cue == End && list[i].HasYear && list[j].HasYear && list[j].Last > list[i].Last && j > i {
				list[i].Cue = History
			}
		}
	}
}
