package conflict

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"freshet/pipeline/detect/claims"
)

// Normal is the value of a claim in the form of ClaimRef.Normal.
func Normal(c *claims.Claim) string { return normal(c) }

// normal writes a claim's value in one form: "14 day", ">= 12.5 EUR/month",
// "2025-01-01", "Mo 09:00-18:00".
func normal(c *claims.Claim) string {
	switch c.Type {
	case claims.Bool:
		if c.No {
			return "no"
		}
		return "yes"
	case claims.Phone, claims.Email, claims.URL, claims.Role, claims.Version:
		return c.Text
	case claims.Date:
		from, until := day(c.Lo), day(c.Hi)
		if c.Hi <= c.Lo {
			return from
		}
		return from + ".." + until
	case claims.Hours:
		return week(c.Week)
	}
	unit := c.Unit
	if c.Type == claims.Percent && unit == "" {
		unit = "%"
	}
	if c.Tax != "" {
		unit += " " + c.Tax
	}
	number := number
	if unit == "minute_of_day" { // not scaled
		unit = ""
		number = func(n int64) string { return fmt.Sprintf("%02d:%02d", n/60%24, n%60) }
	}
	text := number(c.Lo)
	switch c.Op {
	case claims.AtLeast:
		text = ">= " + text
	case claims.AtMost:
		text = "<= " + number(c.Hi)
	case claims.About:
		text = "~ " + text
	case claims.Between:
		text += ".." + number(c.Hi)
	}
	return strings.TrimSpace(text + " " + unit)
}

// number writes a fixed-point number without needless zeros.
func number(v int64) string {
	sign := ""
	u := uint64(v)
	if v < 0 {
		sign, u = "-", -u
	}
	text := sign + strconv.FormatUint(u/claims.Scale, 10)
	if rest := u % claims.Scale; rest != 0 {
		text += "." + strings.TrimRight(fmt.Sprintf("%04d", rest), "0")
	}
	return text
}

func day(n int64) string {
	return time.Unix(0, 0).UTC().AddDate(0, 0, int(n)).Format(time.DateOnly)
}

var dayNames = [...]string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"}

func week(list [][2]int) string {
	var b strings.Builder
	for i, span := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		d := span[0] / minutesPerDay
		if d < 0 || d > 6 {
			d = 6
		}
		fmt.Fprintf(&b, "%s %02d:%02d-%02d:%02d", dayNames[d], span[0]%minutesPerDay/60, span[0]%60, (span[1]-d*minutesPerDay)/60, span[1]%60)
	}
	if b.Len() == 0 {
		return "closed"
	}
	return b.String()
}
