package stale

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

var originFrench = map[Origin]string{OfDocument: "fixé par la page", OfPath: "fixé pour ce chemin", OfSource: "fixé pour la source", OfClass: "par défaut pour ce type de page"}

var originEnglish = map[Origin]string{OfDocument: "set by the page", OfPath: "set for this path", OfSource: "set for the source", OfClass: "the default for this kind of page"}

// bilingual is an argument of say that has words of its own in each language.
type bilingual struct{ fr, en string }

// say makes one sentence in two languages of the same arguments.
func say(french, english string, args ...any) map[string]string {
	fr, en := make([]any, len(args)), make([]any, len(args))
	for i, a := range args {
		fr[i], en[i] = a, a
		if b, ok := a.(bilingual); ok {
			fr[i], en[i] = b.fr, b.en
		}
	}
	return map[string]string{"fr": fmt.Sprintf(french, fr...), "en": fmt.Sprintf(english, en...)}
}

var frenchMonths = [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}

func dayFrench(t time.Time) string {
	y, m, d := t.Date()
	day := strconv.Itoa(d)
	if d == 1 {
		day = "1er"
	}
	return fmt.Sprintf("%s %s %d", day, frenchMonths[m-1], y)
}

func dayEnglish(t time.Time) string { return t.Format("2 January 2006") }

// inUnits is a time as people say it: days up to two months, months up to two years.
func inUnits(d time.Duration) (int, string) {
	days := int(d / Day)
	switch {
	case days < 61:
		return days, "day"
	case days < 730:
		return (days + 15) / 30, "month"
	}
	return (days + 182) / 365, "year"
}

func spanFrench(d time.Duration) string {
	n, unit := inUnits(d)
	switch unit {
	case "month":
		return fmt.Sprintf("%d mois", n)
	case "year":
		return fmt.Sprintf("%d ans", n)
	}
	if n < 2 {
		return fmt.Sprintf("%d jour", n)
	}
	return fmt.Sprintf("%d jours", n)
}

func spanEnglish(d time.Duration) string {
	n, unit := inUnits(d)
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}

// excerpt is the beginning of a sentence, on one line.
func excerpt(s string) string {
	const most = 160 // bytes
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	if at := strings.LastIndexByte(s[:cut], ' '); at > most/2 {
		cut = at
	}
	return s[:cut] + "…"
}
