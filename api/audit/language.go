package audit

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A language writes phrases, numbers and dates.
type language struct {
	name   string
	at     int // of its phrases
	said   map[string][2]string
	zone   *time.Location
	months [12]string
}

// Languages are those that a report can be written in.
func Languages() []string { return []string{"fr", "en"} }

func newLanguage(name, zone string) (*language, error) {
	at := slices.Index(Languages(), name)
	if at < 0 {
		return nil, fmt.Errorf("an audit is written in fr or en, not in %.20q", name)
	}
	z, err := time.LoadLocation(zone)
	if err != nil {
		z = time.UTC // of a report from a machine that knows more zones
	}
	l := &language{name: name, at: at, said: phrases(), zone: z}
	l.months = [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	if name == "fr" {
		l.months = [12]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
	}
	return l, nil
}

// say is a phrase with what stands in it.
func (l *language) say(key string, with ...any) string {
	text := l.said[key][l.at]
	if len(with) > 0 {
		return fmt.Sprintf(text, with...)
	}
	return text
}

// known is a phrase, or other where there is none.
func (l *language) known(key, other string) string {
	if p, ok := l.said[key]; ok {
		return p[l.at]
	}
	return other
}

// Name is fr or en.
func (l *language) Name() string { return l.name }

// One reports whether a number takes the singular: in French 0 does too.
func (l *language) One(n int) bool { return n == 1 || n == 0 && l.name == "fr" }

// some is a number with its noun.
func (l *language) some(n int, one, many string) string {
	if l.One(n) {
		return l.number(n) + " " + l.said[one][l.at]
	}
	return l.number(n) + " " + l.said[many][l.at]
}

// number groups thousands as the language does.
func (l *language) number(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	gap := ","
	if l.name == "fr" {
		gap = "\u202f"
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + gap + s[i:]
	}
	return sign + s
}

// signed is a number with its sign, for what rose or fell.
func (l *language) signed(n int) string {
	if n > 0 {
		return "+" + l.number(n)
	}
	return l.number(n)
}

// decimal has one decimal where it says something.
func (l *language) decimal(x float64) string {
	if x == math.Trunc(x) {
		return l.number(int(x))
	}
	s := strconv.FormatFloat(x, 'f', 1, 64)
	if l.name == "fr" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// percent never says that all is well, or nothing, when it is not quite so.
func (l *language) percent(share float64) string {
	n := int(math.Round(100 * share))
	if n == 100 && share < 1 {
		n = 99
	}
	if n == 0 && share > 0 {
		n = 1
	}
	if l.name == "fr" {
		return strconv.Itoa(n) + "\u202f%"
	}
	return strconv.Itoa(n) + "%"
}

// date is a day in the report's zone, empty for none.
func (l *language) date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(l.zone)
	day := strconv.Itoa(t.Day())
	if l.name == "fr" && t.Day() == 1 {
		day = "1er"
	}
	return day + " " + l.months[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// lastDay is the day that ends at a moment.
func (l *language) lastDay(t time.Time) string { return l.date(t.Add(-time.Nanosecond)) }

// month is one written as 2026-11.
func (l *language) month(m string) string {
	t, err := time.Parse(monthForm, m)
	if err != nil {
		return m
	}
	return l.months[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// shortMonth fits below a bar.
func (l *language) shortMonth(m string) string {
	t, err := time.Parse(monthForm, m)
	if err != nil {
		return m
	}
	return t.Format("01/06")
}

// text is the language's of a text in several, or any other that there is.
func (l *language) text(list map[string]string) string {
	if s := list[l.name]; s != "" {
		return s
	}
	for _, other := range Languages() {
		if s := list[other]; s != "" {
			return s
		}
	}
	return ""
}

func (l *language) texts(list map[string][]string) []string {
	if s := list[l.name]; len(s) > 0 {
		return s
	}
	for _, other := range Languages() {
		if s := list[other]; len(s) > 0 {
			return s
		}
	}
	return nil
}

// quote puts words of a page into the language's quotation marks.
func (l *language) quote(s string) string { return l.say("quote_open") + s + l.say("quote_close") }
