package claims

import (
	"slices"
	"strings"
)

// maxSlots is how many stretches of a day or parts of a week one claim of opening
// hours has at most.
const maxSlots = 40

const (
	workdays = 0b0011111
	weekend  = 0b1100000
	everyDay = 0b1111111
)

// opensHours reports whether opening hours may begin with a folded word that is no
// weekday.
func opensHours(fold string) bool {
	switch fold {
	case "du", "de", "from", "le", "les", "tous", "toute", "toutes", "every", "en", "week", "open", "ouvert", "ouverte", "ouverts", "ouvertes", "ferme", "fermee", "fermes", "fermees",
		"closed", "jours", "jour", "day", "seven", "sept", "entre", "between", "round", "around", "h24", "on", "a", "midi", "noon", "working", "business", "non", "d", "both", "weekdays", "at":
		return true
	}
	return false
}

// A schedule is what is being read of opening hours.
type schedule struct {
	days  uint8
	week  [][2]int
	bare  [][2]int // times before any day
	times bool
	slots int
}

// hours reads opening hours that begin with token i: days with times in either order,
// several times over, "24/7", "fermé le dimanche".
func (s *Scanner) hours(i, from, to int) int {
	if t := &s.tokens[i]; t.kind == numberToken && !s.free(i, from) {
		return i
	}
	if next := s.always(i, to); next > i {
		return s.addHours(schedule{days: everyDay, week: [][2]int{{0, 7 * dayMinutes}}, times: true}, i, next)
	}
	var sc schedule
	j, end := i, i
	for sc.slots < maxSlots {
		next := s.segment(&sc, j, to)
		if next == j {
			break
		}
		end = next
		j = s.joint(next, to)
		if j >= to {
			break
		}
	}
	if end == i || !sc.times && !sc.closes() {
		return i
	}
	if len(sc.bare) > 0 && sc.days == 0 {
		for _, t := range sc.bare {
			sc.week = append(sc.week, overnight(t, 0)...)
		}
	}
	if sc.days == 0 && len(sc.bare) == 0 {
		return i
	}
	// The first words of a phrase such as "de" alone are no part of the value.
	return s.addHours(sc, i, end)
}

// closes reports whether days were said to be closed, and nothing else.
func (sc *schedule) closes() bool {
	return sc.slots > 0 && sc.days != 0 && len(sc.week) == 0 && sc.slots >= closedMark
}

// closedMark is added to the slots of a schedule that says "closed".
const closedMark = 100

func (s *Scanner) addHours(sc schedule, from, to int) int {
	slices.SortFunc(sc.week, func(a, b [2]int) int { return a[0] - b[0] })
	var week [][2]int
	for _, w := range sc.week {
		if n := len(week); n > 0 && w[0] <= week[n-1][1] {
			week[n-1][1] = max(week[n-1][1], w[1])
			continue
		}
		week = append(week, w)
	}
	return s.add(Claim{Type: Hours, Week: week, Days: sc.days}, from, to)
}

// joint returns the token behind what may stand between two parts of opening hours.
func (s *Scanner) joint(j, to int) int {
	for n := 0; j < to && n < 3; n++ {
		t := &s.tokens[j]
		switch {
		case t.gap == broken && n > 0:
			return j
		case t.mark == ',' || t.mark == ';' || t.mark == '(' || t.mark == '/' || t.mark == ':' || t.mark == '&' || t.mark == ')' && n == 0 || t.mark == '-' && t.gap != glued || t.mark == '–':
		case t.word.fold == "et" || t.word.fold == "and" || t.word.fold == "puis" || t.word.fold == "ou" || t.word.fold == "ainsi" || t.word.fold == "que":
		default:
			return j
		}
		j++
	}
	return j
}

// segment reads one part: days and then times, times and then days, times for the
// days before, or closed days.
func (s *Scanner) segment(sc *schedule, i, to int) int {
	sc.slots++
	if next, days := s.closed(i, to); next > i {
		sc.set(days, nil)
		sc.slots += closedMark
		return next
	}
	days, j := s.days(i, to)
	if j > i {
		k := j
		for k < to && (s.tokens[k].mark == ',' || s.tokens[k].mark == ':' || s.tokens[k].mark == '(' || s.tokens[k].mark == '-' || s.tokens[k].mark == '|') {
			k++
		}
		if next := s.closedBehind(k, to); next > k {
			sc.set(days, nil)
			sc.slots += closedMark
			return next
		}
		times, next := s.times(k, to)
		if next == k && len(sc.bare) > 0 && sc.days == 0 {
			sc.set(days, sc.bare)
			sc.bare, sc.times = nil, true
			return j
		}
		if next == k {
			if next = s.dayLong(k, to); next > k {
				sc.set(days, [][2]int{{0, dayMinutes}})
				sc.times = true
				return next
			}
			return i
		}
		sc.set(days, times)
		sc.times = true
		return next
	}
	if sc.days != 0 {
		return i
	}
	times, next := s.times(i, to)
	if next == i || !s.plainlyTimes(i, next, to) {
		return i
	}
	sc.bare = append(sc.bare, times...)
	sc.times = true
	return next
}

// plainlyTimes reports whether times without days before them are times of day: "2 et
// 4 heures" is a duration unless days follow.
func (s *Scanner) plainlyTimes(i, end, to int) bool {
	for j := i; j < end; j++ {
		if s.tokens[j].kind == numberToken {
			if c, _ := s.clock(j, to); c.marked {
				return true
			}
			break
		}
		if s.tokens[j].word.fold == "midi" || s.tokens[j].word.fold == "noon" {
			return true
		}
	}
	last := &s.tokens[end-1]
	if last.word.fold == "am" || last.word.fold == "pm" || last.word.fold == "m" || last.mark == '.' {
		return true
	}
	_, next := s.days(s.behind(end, to, ","), to)
	return end < to && next > s.behind(end, to, ",")
}

// set adds times to days.
func (sc *schedule) set(days uint8, times [][2]int) {
	sc.days |= days
	for d := range 7 {
		if days&(1<<d) == 0 {
			continue
		}
		for _, t := range times {
			if len(sc.week) < 7*maxSlots {
				sc.week = append(sc.week, overnight(t, d)...)
			}
		}
	}
}

// overnight places a stretch on a day; one that ends before it begins ends on the next.
func overnight(t [2]int, day int) [][2]int {
	lo, hi := day*dayMinutes+t[0], day*dayMinutes+t[1]
	if t[1] > t[0] {
		return [][2]int{{lo, hi}}
	}
	hi += dayMinutes
	if hi <= 7*dayMinutes {
		return [][2]int{{lo, hi}}
	}
	return [][2]int{{lo, 7 * dayMinutes}, {0, hi - 7*dayMinutes}}
}

// always reads "24/7", "24h/24 et 7j/7", "7j/7 24h/24".
func (s *Scanner) always(i, to int) int {
	hours, days := false, false
	end := i
	for j := i; j < to; {
		switch next := s.outOf(j, to, 24, "h"); {
		case next > j:
			if hours {
				return end
			}
			hours, j = true, next
		default:
			if next = s.outOf(j, to, 7, "j"); next == j || days {
				if hours && days {
					return end
				}
				return i
			}
			days, j = true, next
		}
		end = j
		if hours && days {
			return end
		}
		for j < to && (s.tokens[j].mark == ',' || s.tokens[j].mark == '/' || s.tokens[j].mark == '-' || s.tokens[j].word.fold == "et" || s.tokens[j].word.fold == "and") {
			j++
		}
		// "24/7" and "24h/7j"
		if hours && j < to && s.tokens[j].kind == numberToken && s.piece(j) == "7" && s.tokens[j-1].mark == '/' && (j+1 == to || s.tokens[j+1].mark != '/' && (s.tokens[j+1].gap != glued || s.tokens[j+1].kind == markToken || s.tokens[j+1].word.fold == "j")) {
			if j+1 < to && s.tokens[j+1].word.fold == "j" && s.tokens[j+1].gap == glued {
				j++
			}
			return j + 1
		}
	}
	return i
}

// outOf reads "24h/24", "24 h sur 24", "24 hours a day", "7j/7", "7 days a week", or
// the 24 of "24/7".
func (s *Scanner) outOf(i, to, n int, letter string) int {
	t := &s.tokens[i]
	want := "24"
	if n == 7 {
		want = "7"
	}
	number := t.kind == numberToken && s.piece(i) == want || n == 7 && (t.word.fold == "sept" || t.word.fold == "seven")
	if !number {
		return i
	}
	j := i + 1
	if j < to && (s.tokens[j].word.time == hour && letter == "h" || s.tokens[j].word.time == day && letter == "j") {
		j++
	}
	if j+1 >= to {
		return i
	}
	if s.tokens[j].mark == '/' || s.tokens[j].word.fold == "sur" {
		if s.piece(j+1) == want || s.tokens[j+1].word.fold == t.word.fold && t.word.fold != "" {
			return j + 2
		}
		if n == 24 && s.tokens[j].mark == '/' && s.piece(j+1) == "7" {
			return j
		}
	}
	if s.tokens[j].word.fold == "a" && (s.tokens[j+1].word.time == day || s.tokens[j+1].word.time == week) && j > i+1 {
		return j + 2
	}
	return i
}

// dayLong reads "24h/24", "jour et nuit", "around the clock", "toute la journée".
func (s *Scanner) dayLong(i, to int) int {
	if i >= to {
		return i
	}
	if next := s.outOf(i, to, 24, "h"); next > i {
		return next
	}
	for _, words := range [...][]string{{"jour", "et", "nuit"}, {"day", "and", "night"}, {"around", "the", "clock"}, {"round", "the", "clock"}} {
		if next := s.follow(i, to, words); next > i {
			return next
		}
	}
	return i
}

// closed reads "fermé le dimanche", "closed on Sundays".
func (s *Scanner) closed(i, to int) (next int, days uint8) {
	switch s.tokens[i].word.fold {
	case "ferme", "fermee", "fermes", "fermees", "closed":
	default:
		return i, 0
	}
	j := i + 1
	if j >= to {
		return i, 0
	}
	days, k := s.days(j, to)
	if k == j {
		return i, 0
	}
	if _, after := s.times(s.behind(k, to, ","), to); after > s.behind(k, to, ",") {
		return i, 0
	}
	return k, days
}

// closedBehind reads "fermé" behind days.
func (s *Scanner) closedBehind(i, to int) int {
	j := i
	for j < to && j < i+2 {
		switch s.tokens[j].word.fold {
		case "ferme", "fermee", "fermes", "closed":
			return j + 1
		case "est", "is", "are", "sont":
			j++
			continue
		}
		break
	}
	return i
}

// days reads "du lundi au vendredi", "Mon-Fri", "lundi, mardi et jeudi", "tous les
// jours", "weekdays", "7j/7".
func (s *Scanner) days(i, to int) (uint8, int) {
	j := i
	for j < to && j < i+3 {
		switch s.tokens[j].word.fold {
		case "du", "le", "les", "from", "on", "the", "each", "every", "chaque", "tous", "de", "both", "uniquement", "only", "open", "ouvert", "ouverte", "ouverts", "a":
			j++
			continue
		}
		break
	}
	if j >= to {
		return 0, i
	}
	if days, next := s.namedDays(j, to); next > j {
		return s.exceptDays(days, next, to)
	}
	first, next := s.weekday(j, to)
	if next == j {
		return 0, i
	}
	days := first
	for next < to {
		at := next
		t := &s.tokens[at]
		through := t.mark == '-' || t.mark == '–' || t.mark == '—' || t.word.fold == "au" || t.word.fold == "to" || t.word.fold == "through" || t.word.fold == "thru" || t.word.fold == "a" || t.word.fold == "until"
		listed := t.mark == ',' || t.mark == '/' || t.mark == '&' || t.word.fold == "et" || t.word.fold == "and" || t.word.fold == "ou" || t.word.fold == "or"
		if !through && !listed {
			break
		}
		at++
		if at < to && (s.tokens[at].word.fold == "et" || s.tokens[at].word.fold == "and") {
			at++
		}
		for at < to && (s.tokens[at].word.fold == "le" || s.tokens[at].word.fold == "les" || s.tokens[at].word.fold == "on") {
			at++
		}
		if at >= to {
			break
		}
		d, after := s.weekday(at, to)
		if after == at {
			break
		}
		if through {
			days |= spanOfDays(first, d)
		} else {
			// "le lundi et du mardi au jeudi" begins another part; a comma may too.
			if after < to && listed && (s.tokens[after].word.fold == "au" || s.tokens[after].word.fold == "to") && t.kind == wordToken {
				break
			}
			days |= d
		}
		first, next = d, after
	}
	for next < to && (s.tokens[next].word.fold == "inclus" || s.tokens[next].word.fold == "inclusive" || s.tokens[next].word.fold == "matin" || s.tokens[next].word.fold == "mornings") {
		next++
	}
	return s.exceptDays(days, next, to)
}

// exceptDays takes away the days behind "sauf" or "except".
func (s *Scanner) exceptDays(days uint8, i, to int) (uint8, int) {
	j := s.behind(i, to, ",", "(")
	if j+1 >= to {
		return days, i
	}
	switch s.tokens[j].word.fold {
	case "sauf", "except", "hors", "excluding", "excepte":
	default:
		return days, i
	}
	for j++; j < to; {
		switch s.tokens[j].word.fold {
		case "le", "les", "on", "et", "and":
			j++
			continue
		}
		d, next := s.weekday(j, to)
		if next == j {
			break
		}
		days, i, j = days&^d, next, next
	}
	return days, i
}

// namedDays reads names of several days at once.
func (s *Scanner) namedDays(j, to int) (uint8, int) {
	if next := s.outOf(j, to, 7, "j"); next > j {
		return everyDay, next
	}
	t := &s.tokens[j]
	next := func(k int) string {
		if k < to {
			return s.tokens[k].word.fold
		}
		return ""
	}
	switch f := t.word.fold; {
	case f == "daily":
		return everyDay, j + 1
	case f == "jours" && j > 0 && s.tokens[j-1].word.fold == "les" && next(j+1) != "ouvres" && next(j+1) != "ouvrables" && next(j+1) != "feries" && j > 1 && s.tokens[j-2].word.fold == "tous":
		return everyDay, j + 1
	case f == "day" && j > 0 && s.tokens[j-1].word.fold == "every", f == "days" && j > 0 && s.tokens[j-1].word.fold == "all":
		return everyDay, j + 1
	case f == "jours" && (next(j+1) == "ouvres" || next(j+1) == "ouvrables") || (f == "working" || f == "business") && (next(j+1) == "days"):
		return workdays, j + 2
	case f == "weekdays", f == "weekday":
		return workdays, j + 1
	case f == "semaine" && j > 0 && s.tokens[j-1].word.fold == "en":
		return workdays, j + 1
	case f == "weekend", f == "weekends":
		return weekend, j + 1
	case f == "week":
		if next(j+1) == "end" || next(j+1) == "ends" {
			return weekend, j + 2
		}
		if j+2 < to && s.tokens[j+1].mark == '-' && (next(j+2) == "end" || next(j+2) == "ends") {
			return weekend, j + 3
		}
	case f == "en" && next(j+1) == "semaine":
		return workdays, j + 2
	}
	return 0, j
}

// weekday reads one day of the week.
func (s *Scanner) weekday(j, to int) (uint8, int) {
	t := &s.tokens[j]
	d := t.word.weekday
	if t.kind != wordToken || d < 1 || d > 7 || len(t.word.fold) == 3 && !t.upper && !s.dayShort(j, to) {
		return 0, j
	}
	if j+1 < to && s.tokens[j+1].mark == '.' && s.tokens[j+1].gap == glued && len(t.word.fold) <= 4 {
		return 1 << (d - 1), j + 2
	}
	return 1 << (d - 1), j + 1
}

// dayShort reports whether a three letter word in small letters is a day: another one
// or a time stands beside it.
func (s *Scanner) dayShort(j, to int) bool {
	for _, k := range [...]int{j - 2, j - 1, j + 1, j + 2} {
		if k >= 0 && k < to && k < len(s.tokens) && k != j && (s.tokens[k].word.weekday > 0 || s.tokens[k].kind == numberToken) {
			return true
		}
	}
	return false
}

func spanOfDays(first, last uint8) uint8 {
	var days uint8
	for d := first; ; {
		days |= d
		if d == last {
			return days
		}
		if d <<= 1; d > 1<<6 {
			d = 1
		}
	}
}

// times reads "de 9h à 18h30", "9am-6pm", "9h-12h et 14h-18h".
func (s *Scanner) times(i, to int) ([][2]int, int) {
	var list [][2]int
	j, end := i, i
	for j < to && len(list) < maxSlots {
		span, next := s.stretchOfDay(j, to)
		if next == j {
			break
		}
		list = append(list, span)
		end = next
		j = next
		for n := 0; j < to && n < 2; n++ {
			t := &s.tokens[j]
			if t.gap != broken && (t.mark == ',' || t.mark == '/' || t.mark == '&' || t.word.fold == "et" || t.word.fold == "and" || t.word.fold == "puis" || t.word.fold == "ou") {
				j++
				continue
			}
			break
		}
	}
	return list, end
}

// stretchOfDay reads "de 9 h à 18 h 30" or "9-12h" or "9 am to 6 pm".
func (s *Scanner) stretchOfDay(i, to int) ([2]int, int) {
	j := i
	for j < to && j < i+2 {
		switch s.tokens[j].word.fold {
		case "de", "from", "entre", "between", "ouvert", "open", "d", "des":
			j++
			continue
		}
		break
	}
	if j >= to {
		return [2]int{}, i
	}
	a, next := s.clock(j, to)
	if next == j || next+1 > to-1 {
		return [2]int{}, i
	}
	t := &s.tokens[next]
	switch f := t.word.fold; {
	case t.mark == '-' || t.mark == '–' || t.mark == '—' || t.mark == '>' || t.mark == '→':
	case f == "a" || f == "to" || f == "until" || f == "till" || f == "jusqu" || f == "through" || f == "au":
	case (f == "et" || f == "and") && j > 0 && (s.tokens[j-1].word.fold == "entre" || s.tokens[j-1].word.fold == "between"):
	default:
		return [2]int{}, i
	}
	at := next + 1
	if s.tokens[next].word.fold == "jusqu" && at < to && s.tokens[at].word.fold == "a" {
		at++
	}
	if at >= to {
		return [2]int{}, i
	}
	b, end := s.clock(at, to)
	if end == at || a.ambiguous() && b.ambiguous() {
		return [2]int{}, i
	}
	if !a.marked && !b.marked && !s.bareHours(a, b, i, end, to) {
		return [2]int{}, i
	}
	// "9 to 6 pm": the first takes what makes sense.
	if !a.half && b.half && a.minute < 12*60 && b.pm && a.minute+12*60 < b.minute && (a.minute < 7*60 && !a.hour24) {
		a.minute += 12 * 60
	}
	if a.half && !a.pm && !b.half && !b.hour24 && b.minute <= a.minute {
		b.minute += 12 * 60
	}
	if a.minute %= dayMinutes; a.minute == b.minute {
		return [2]int{}, i
	}
	return [2]int{a.minute, endOfDay(b.minute)}, end
}

// bareHours reports whether two plain numbers are hours: behind a day of the week, and
// from a morning to an afternoon.
func (s *Scanner) bareHours(a, b clockTime, i, end, to int) bool {
	if a.minute < 5*60 || a.minute >= b.minute || b.minute < 12*60 || end < to && (s.tokens[end].kind == wordToken && s.tokens[end].word.time != 0 || s.tokens[end].mark == '%' || s.tokens[end].mark == '€') {
		return false
	}
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		if s.tokens[j].word.weekday > 0 {
			return true
		}
	}
	return false
}

func endOfDay(minute int) int {
	if minute == 0 {
		return dayMinutes
	}
	return minute
}

// A clockTime is a time of day.
type clockTime struct {
	minute int
	marked bool // says that it is one: 9h, 9:00, 9 am, noon
	half   bool // am or pm
	pm     bool
	hour24 bool // written with h or two digits
	point  bool // 9.30
}

func (c clockTime) ambiguous() bool { return c.point && !c.half }

// clock reads one time of day.
func (s *Scanner) clock(i, to int) (clockTime, int) {
	t := &s.tokens[i]
	switch t.word.fold {
	case "midi", "noon", "midday":
		return clockTime{minute: 12 * 60, marked: true, hour24: true}, i + 1
	case "minuit", "midnight":
		return clockTime{marked: true, hour24: true}, i + 1
	}
	if t.kind != numberToken || t.end-t.start > 2 {
		return clockTime{}, i
	}
	c := clockTime{minute: smallNumber(s.piece(i)) * 60}
	if c.minute > 24*60 {
		return clockTime{}, i
	}
	j := i + 1
	minutes := func(k int) bool {
		return k < to && s.tokens[k].kind == numberToken && s.tokens[k].end-s.tokens[k].start == 2 && s.tokens[k].gap <= spaced && smallNumber(s.piece(k)) < 60
	}
	switch {
	case j < to && s.tokens[j].word.time == hour && s.tokens[j].gap <= spaced:
		c.marked, c.hour24 = true, true
		if j++; minutes(j) && (s.tokens[j].gap == glued || j+1 >= to || s.tokens[j+1].word.time == 0 && s.tokens[j+1].mark != '%' && s.tokens[j+1].mark != '€') {
			c.minute += smallNumber(s.piece(j))
			if j++; j < to && (s.tokens[j].word.fold == "min" || s.tokens[j].word.fold == "mn") {
				j++
			}
		}
	case j+1 < to && s.tokens[j].gap == glued && s.tokens[j].mark == ':' && minutes(j+1) && s.tokens[j+1].gap == glued:
		c.minute += smallNumber(s.piece(j + 1))
		c.marked = true
		if j += 2; j < to && s.tokens[j].mark == ':' && s.tokens[j].gap == glued && minutes(j+1) {
			j += 2
		}
	case j+1 < to && s.tokens[j].gap == glued && s.tokens[j].mark == '.' && minutes(j+1) && s.tokens[j+1].gap == glued:
		c.minute += smallNumber(s.piece(j + 1))
		c.marked, c.point = true, true
		j += 2
	}
	return s.meridiem(c, j, to)
}

// meridiem reads "am", "p.m." behind a time.
func (s *Scanner) meridiem(c clockTime, j, to int) (clockTime, int) {
	if j >= to || s.tokens[j].gap > spaced {
		return c, j
	}
	f := s.tokens[j].word.fold
	end := j + 1
	if (f == "a" || f == "p") && j+2 < to && s.tokens[j+1].mark == '.' && s.tokens[j+2].word.fold == "m" {
		f += "m"
		if end = j + 3; end < to && s.tokens[end].mark == '.' && s.tokens[end].gap == glued {
			end++
		}
	}
	switch {
	case f != "am" && f != "pm" || c.minute > 12*60+59 || c.minute < 60 && c.hour24:
		return c, j
	case f == "pm" && c.minute < 12*60:
		c.minute += 12 * 60
	case f == "am" && c.minute >= 12*60:
		c.minute -= 12 * 60
	}
	c.half, c.pm, c.marked, c.point = true, f == "pm", true, false
	return c, end
}

// timeOfDay reports whether a number with hours is a time of day rather than a
// duration: behind "à", "avant", "from" without a word that tells of lasting.
func (s *Scanner) timeOfDay(n number, u timeUnit, j int) bool {
	if u != hour || n.value > 24*Scale || n.words || n.decimals > 0 {
		return false
	}
	if !strings.HasPrefix(s.tokens[j].word.fold, "h") || s.tokens[j].word.fold == "hours" || s.tokens[j].word.fold == "hour" || s.tokens[j].word.fold == "hrs" {
		return false
	}
	for k := len(s.cues) - 1; k >= 0; k-- {
		c := s.cues[k]
		if c.to == n.from && c.sense&lasting != 0 && s.tokens[c.from].word.fold != "jusqu" {
			return false
		}
		if c.to == n.from && c.sense&clock != 0 && s.tokens[c.from].word.fold != "de" {
			return true
		}
	}
	return false
}

// clockValue reads a time of day by itself: "avant 14 h", "at 9:30 am", "18h30".
func (s *Scanner) clockValue(i, from, to int) int {
	if i == from || s.tokens[i].kind != numberToken || !s.free(i, from) {
		return i
	}
	c, next := s.clock(i, to)
	if next == i || !c.marked || c.point || c.minute >= dayMinutes || s.relative(next, to) {
		return i
	}
	spelt := len(s.tokens[next-1].word.fold) > 2 && s.tokens[next-1].word.time == hour
	before := s.tokens[i-1].word.fold
	op := Equal
	switch before {
	case "a", "at", "vers", "around":
		if before == "a" && s.language == english {
			return i
		}
	case "avant", "before", "by", "until", "till":
		op = AtMost
	case "apres", "after", "des", "from":
		op = AtLeast
	case "jusqu":
		op = AtMost
	default:
		return i
	}
	if c, ok := s.said(opMax|opMin, max(from, i-4), i); ok && c.to == i {
		if spelt && s.tokens[c.from].word.fold == "jusqu" {
			return i
		}
		if op = AtMost; c.sense&opMin != 0 {
			op = AtLeast
		}
		if s.tokens[c.from].word.fold == "moins" || s.tokens[c.from].word.fold == "plus" || s.tokens[c.from].word.fold == "au" && before != "a" {
			return i
		}
	}
	if !c.half && c.hour24 && s.tokens[next-1].word.time == hour && (before == "around" || before == "from") {
		return i
	}
	claim := Claim{Type: Clock, Unit: "minute_of_day", Op: op, Lo: int64(c.minute), Hi: int64(c.minute)}
	if op == AtMost {
		claim.Lo = 0
	}
	if op == AtLeast {
		claim.Hi = 0
	}
	return s.add(claim, i, next)
}

// daysOfCells takes the days of opening hours from the header cells of their row or
// column.
func (s *Scanner) daysOfCells(f *found) {
	for _, c := range [...]cell{s.label.row, s.label.column} {
		if c.from >= c.to || c == s.label.row && !s.label.rowed {
			continue
		}
		days, next := s.days(c.from, c.to)
		if next == c.from {
			continue
		}
		sc := schedule{}
		sc.set(days, f.Week)
		f.Week, f.Days = sc.week, sc.days
		return
	}
}

// relative reports whether what stands behind a time makes it a distance: "24 heures
// avant", "2 hours before".
func (s *Scanner) relative(i, to int) bool {
	if i >= to {
		return false
	}
	switch s.tokens[i].word.fold {
	case "avant", "apres", "before", "after", "plus", "later", "earlier", "ago", "ouvrees", "ouvres", "par", "per":
		return true
	}
	return false
}
