package conflict

import "freshet/pipeline/detect/claims"

const (
	minutesPerDay = 24 * 60
	// hoursApart is by how many minutes opening hours of one day differ at least.
	hoursApart = 15
)

// relateHours compares opening hours on the days that both speak of. Hours without
// days hold on those of the other, or on any.
func relateHours(a, b *claims.Claim) relation {
	if a.Days == 0 {
		a, b = b, a
	}
	if a.Days == 0 {
		return hoursDiffer(dayOf(a.Week, 0), dayOf(b.Week, 0))
	}
	for d := range 7 {
		if a.Days&(1<<d) == 0 || b.Days != 0 && b.Days&(1<<d) == 0 {
			continue
		}
		other := dayOf(b.Week, 0)
		if b.Days != 0 {
			other = dayOf(b.Week, d)
		}
		how := hoursDiffer(dayOf(a.Week, d), other)
		switch {
		case b.Days != 0 && how == contradict:
			return contradict
		case b.Days == 0 && how == same:
			return same // they are of this day
		}
	}
	if b.Days == 0 {
		return contradict
	}
	return same
}

// hoursDiffer compares the hours of one day.
func hoursDiffer(a, b [][2]int) relation {
	if length(a)+length(b)-2*sharedMinutes(a, b) >= hoursApart {
		return contradict
	}
	return same
}

// dayOf returns the hours that begin on a day, in minutes of it; those over midnight
// end behind it.
func dayOf(week [][2]int, day int) [][2]int {
	var list [][2]int
	for _, w := range week {
		if w[1] <= w[0] {
			w[1] += minutesPerDay
		}
		if w[0]/minutesPerDay == day || w[0] < day*minutesPerDay && w[1] > day*minutesPerDay {
			lo, hi := max(w[0]-day*minutesPerDay, 0), w[1]-day*minutesPerDay
			list = append(list, [2]int{lo, min(hi, 2*minutesPerDay)})
		}
	}
	return list
}

func length(list [][2]int) int {
	n := 0
	for _, w := range list {
		n += w[1] - w[0]
	}
	return n
}

// sharedMinutes returns the minutes that two lists of intervals share.
func sharedMinutes(a, b [][2]int) int {
	n := 0
	for _, x := range a {
		for _, y := range b {
			n += max(0, min(x[1], y[1])-max(x[0], y[0]))
		}
	}
	return n
}
