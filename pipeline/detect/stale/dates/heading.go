package dates

import "strings"

// announced returns what the headings above a passage say of its dates.
func announced(path []string) Cue {
	if len(path) == 0 {
		return None
	}
	last := path[len(path)-1]
	return announcedIn(words(last, 0, len(last)))
}

// announcedIn returns what a heading, or a line that leads a list, says of the dates
// below it. A heading with a date of its own speaks of that.
func announcedIn(list []word) Cue {
	all := make([]string, 0, len(list))
	for _, w := range list {
		if w.number >= 0 {
			return None
		}
		all = append(all, w.s)
	}
	text := " " + strings.Join(all, " ") + " "
	for _, p := range [...]string{"a venir", "prochains", "prochaines", "prochain", "prochaine", "upcoming", "next events", "coming up", "coming soon", "bientot"} {
		if strings.Contains(text, " "+p+" ") {
			return Upcoming
		}
	}
	for _, p := range [...]string{"dates limites", "date limite", "deadlines", "deadline", "echeances", "closing dates", "closing date"} {
		if strings.Contains(text, " "+p+" ") {
			return End
		}
	}
	return None
}
