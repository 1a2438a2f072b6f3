package audit

import (
	"fmt"
	"time"
)

// monthForm is how months are written.
const monthForm = "2006-01"

// A period is a month in a zone with the moment up to which anything counts.
type period struct {
	month          string
	zone           *time.Location
	from, to, asOf time.Time
	soFar          bool
}

// periodOf finds a month around now. Times are in the zone, so that days are too.
func periodOf(month string, zone *time.Location, now time.Time) (period, error) {
	from, err := time.ParseInLocation(monthForm, month, zone)
	if err != nil || from.Year() < 1970 {
		return period{}, fmt.Errorf("the month %.20q is not one such as 2026-11", month)
	}
	now = now.In(zone)
	p := period{month: month, zone: zone, from: from, to: time.Date(from.Year(), from.Month()+1, 1, 0, 0, 0, 0, zone)}
	switch {
	case now.Before(from):
		return period{}, fmt.Errorf("the month %s has not begun", month)
	case now.Before(p.to):
		p.soFar = true
		p.asOf = time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, zone)
	default:
		p.asOf = p.to
	}
	return p, nil
}

// LastMonth is the last month that has ended at a moment, in a zone.
func LastMonth(now time.Time, zone *time.Location) string {
	now = now.In(zone)
	return time.Date(now.Year(), now.Month()-1, 1, 0, 0, 0, 0, zone).Format(monthForm)
}

// ThisMonth is the month of a moment, in a zone.
func ThisMonth(now time.Time, zone *time.Location) string { return now.In(zone).Format(monthForm) }

// lateAfter is how long after the end of its month a report is made on time.
const lateAfter = 72 * time.Hour
