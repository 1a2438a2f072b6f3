package schedules

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// A Schedule says when a job is due. The zero Schedule is never due by itself.
type Schedule struct {
	spec *cron.SpecSchedule
}

// shorthands are the names that stand for five fields.
var shorthands = map[string]string{
	"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *",
	"@weekly": "0 0 * * 0", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}

// maxExpression is the longest expression that is read, in bytes.
const maxExpression = 256

// Parse reads a cron expression: five fields (minute, hour, day of month, month, day
// of week) or one of @hourly, @daily, @midnight, @weekly, @monthly, @yearly and
// @annually, with an optional "CRON_TZ=Area/City " before it. Without that the
// fields are hours of zone; a nil zone is UTC. "" is the zero Schedule.
//
// When both days are given, either of them is enough, as in every cron. Expressions
// with seconds and dates that never come are errors that say how to mend them.
func Parse(expression string, zone *time.Location) (Schedule, error) {
	fail := func(format string, args ...any) (Schedule, error) {
		return Schedule{}, fmt.Errorf("schedule %q: %s", shorten(expression), fmt.Sprintf(format, args...))
	}
	rest := strings.TrimSpace(expression)
	if rest == "" {
		return Schedule{}, nil
	}
	if len(rest) > maxExpression {
		return fail("longer than %d characters", maxExpression)
	}
	zone, rest, err := cutZone(rest, zone)
	if err != nil {
		return fail("%v", err)
	}
	if strings.HasPrefix(rest, "@") {
		fields, ok := shorthands[strings.ToLower(rest)]
		if !ok {
			return fail("%s is not known here; write five fields, such as \"0 3 * * *\", or @hourly, @daily, @weekly, @monthly or @yearly", rest)
		}
		rest = fields
	}
	switch n := len(strings.Fields(rest)); {
	case n == 6:
		return fail("six fields; seconds are not supported: leave the first field out, as in \"0 3 * * *\"")
	case n != 5:
		return fail("%d fields; write five: minute, hour, day of month, month, day of week, as in \"0 3 * * *\"", n)
	}
	parsed, err := cron.ParseStandard(rest)
	if err != nil {
		return fail("%v (minute 0-59, hour 0-23, day 1-31, month 1-12, day of week 0-6 with 0 for Sunday)", err)
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return fail("not a calendar of five fields")
	}
	spec.Location = zone
	s := Schedule{spec: spec}
	// From a fixed day, so that the same expression is not valid today and wrong in 2096.
	if s.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return fail("this date never comes; look at the day of month and the month")
	}
	return s, nil
}

// cutZone takes a zone off the front of an expression.
func cutZone(expression string, zone *time.Location) (*time.Location, string, error) {
	if zone == nil {
		zone = time.UTC
	}
	name, found := strings.CutPrefix(expression, "CRON_TZ=")
	if !found {
		if name, found = strings.CutPrefix(expression, "TZ="); !found {
			return zone, expression, nil
		}
	}
	name, rest, _ := strings.Cut(name, " ")
	if name == "" || name == "Local" {
		return nil, "", fmt.Errorf("CRON_TZ= needs a time zone, such as CRON_TZ=Europe/Paris")
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, "", fmt.Errorf("the time zone %q is not known; write one such as Europe/Paris", name)
	}
	return zone, strings.TrimSpace(rest), nil
}

func shorten(s string) string {
	if len(s) <= maxExpression {
		return s
	}
	return strings.ToValidUTF8(s[:maxExpression], "") + "…"
}

// Never reports whether the schedule has no times of its own.
func (s Schedule) Never() bool { return s.spec == nil }

// Next returns the first time after after, in the schedule's zone, or the zero time
// if there is none. A local time that the change to summer time leaves out is
// skipped that day; one that comes twice in autumn is due twice.
func (s Schedule) Next(after time.Time) time.Time {
	if s.spec == nil {
		return time.Time{}
	}
	return s.spec.Next(after.In(s.spec.Location))
}

// NextN returns the next n times after after, fewer if there are fewer.
func (s Schedule) NextN(after time.Time, n int) []time.Time {
	var times []time.Time
	for len(times) < n {
		if after = s.Next(after); after.IsZero() {
			break
		}
		times = append(times, after)
	}
	return times
}

// Warning returns a sentence for a person when the schedule stands between 01:00 and
// 03:00 in a zone that changes its clocks in the year after from, otherwise "".
// Schedules of every hour are not worth a warning.
func (s Schedule) Warning(from time.Time) string {
	const everyHour = 1<<24 - 1
	if s.spec == nil || s.spec.Hour&everyHour == everyHour || s.spec.Hour&(1<<1|1<<2) == 0 {
		return ""
	}
	_, offset := from.In(s.spec.Location).Zone()
	for month := 1; month <= 12; month++ {
		if _, o := from.AddDate(0, month, 0).In(s.spec.Location).Zone(); o != offset {
			return fmt.Sprintf("a time between 01:00 and 03:00 in %s is left out or comes twice on the nights when clocks change; 00:30 or 03:30 is safe", s.spec.Location)
		}
	}
	return ""
}

// Jitter returns a delay from 0 up to width, always the same for a subject: it
// spreads jobs of one schedule and keeps each at its own time. A width of 0 is 0.
func Jitter(subject string, width time.Duration) time.Duration {
	if width <= 0 {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(subject)) // a hash never fails
	return time.Duration(h.Sum64() % uint64(width))
}
