package claims

import "slices"

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
