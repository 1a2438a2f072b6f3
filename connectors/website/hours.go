package website

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // for machines without zone files
)

// hours is the part of the day in which a site may be crawled. The zero value is the
// whole day.
type hours struct {
	text        string
	from, until int // minutes since midnight
	zone        *time.Location
}

var hoursForm = regexp.MustCompile(`^(?:(\S+) +)?([01]?\d|2[0-3]):([0-5]\d) *[-–] *([01]?\d|2[0-4]):([0-5]\d)$`)

// parseHours reads "22:00-06:00", in the machine's time, or "Europe/Paris
// 22:00-06:00".
func parseHours(text string) (hours, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return hours{}, nil
	}
	m := hoursForm.FindStringSubmatch(text)
	if m == nil {
		return hours{}, fmt.Errorf("%q is no part of a day; write it as 22:00-06:00 or Europe/Paris 22:00-06:00", text)
	}
	h := hours{text: text, from: minutes(m[2], m[3]), until: minutes(m[4], m[5]), zone: time.Local}
	if h.until > 24*60 || h.from == h.until {
		return hours{}, fmt.Errorf("%q is no part of a day; it must begin and end at different times up to 24:00", text)
	}
	if m[1] != "" {
		zone, err := time.LoadLocation(m[1])
		if err != nil {
			return hours{}, fmt.Errorf("%q is not the name of a time zone; write it as Europe/Paris or UTC", m[1])
		}
		h.zone = zone
	}
	return h, nil
}

func minutes(hour, minute string) int {
	var h, m int
	// The pattern has seen to it that they are numbers.
	_, _ = fmt.Sscan(strings.TrimPrefix(hour, "0"), &h)
	_, _ = fmt.Sscan(strings.TrimPrefix(minute, "0"), &m)
	return h*60 + m
}

func checkHours(v any) error {
	text, ok := v.(string)
	if !ok {
		return errors.New("must be a text such as 22:00-06:00")
	}
	_, err := parseHours(text)
	return err
}

// closed returns how long it takes until the hours begin; 0 within them.
func (h hours) closed(now time.Time) time.Duration {
	if h.text == "" {
		return 0
	}
	now = now.In(h.zone)
	at := now.Hour()*60 + now.Minute()
	open := at >= h.from && at < h.until
	if h.from > h.until {
		open = at >= h.from || at < h.until
	}
	if open {
		return 0
	}
	year, month, day := now.Date()
	next := time.Date(year, month, day, h.from/60, h.from%60, 0, 0, h.zone)
	if !next.After(now) {
		next = time.Date(year, month, day+1, h.from/60, h.from%60, 0, 0, h.zone)
	}
	return max(next.Sub(now), time.Second)
}
