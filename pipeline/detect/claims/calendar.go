package claims

import "time"

// dayNumber returns the days from 1970-01-01 to a date.
func dayNumber(year, month, day int) int64 {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// daysIn returns how many days a month has; of February 29 in year 0.
func daysIn(year, month int) int {
	if year == 0 {
		year = 2000
	}
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// A moment is a day, month, quarter or year as it is written; 0 for what is not.
type moment struct {
	year, month, day int
	months           int // how many months from month on: 3 of a quarter
	third            int // 1 early, 2 mid, 3 late; 0 the whole
}

// sound reports whether it is a date of the calendar.
func (m moment) sound() bool {
	switch {
	case m.year != 0 && (m.year < 1800 || m.year > 2199), m.month < 0, m.month > 12, m.year == 0 && m.month == 0:
		return false
	case m.day != 0:
		return m.month > 0 && m.day > 0 && m.day <= daysIn(m.year, m.month)
	}
	return true
}

// span returns the first and last day, as a FullDate or PartialDate has them.
func (m moment) span() (lo, hi int64) {
	first, last := m, m
	if m.month == 0 {
		first.month, last.month = 1, 12
	} else if m.months > 1 {
		last.month = m.month + m.months - 1
	}
	if m.day == 0 {
		first.day, last.day = 1, daysIn(m.year, last.month)
	}
	if m.third > 0 && m.day == 0 {
		first, last = thirds(first, last, m.third)
	}
	if m.year == 0 {
		return int64(first.month*100 + first.day), int64(last.month*100 + last.day)
	}
	return dayNumber(m.year, first.month, first.day), dayNumber(m.year, last.month, last.day)
}

// thirds narrows a stretch to its beginning, middle or end.
func thirds(first, last moment, third int) (from, until moment) {
	if first.month == last.month {
		switch third {
		case 1:
			last.day = 10
		case 2:
			first.day, last.day = 11, 20
		default:
			first.day = 21
		}
		return first, last
	}
	n := (last.month - first.month + 1) / 3
	switch third {
	case 1:
		last.month = first.month + n - 1
	case 2:
		first.month += n
		last.month -= n
	default:
		first.month = last.month - n + 1
	}
	last.day = daysIn(last.year, last.month)
	return first, last
}
