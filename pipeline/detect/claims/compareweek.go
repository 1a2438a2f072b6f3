package claims

// ofWeeks compares opening hours on the days that both speak of. Hours without days
// hold on the days of the other.
func ofWeeks(a, b *Claim) Verdict {
	da, db := a.Days, b.Days
	if da == 0 && db == 0 {
		if differing(dayOf(a.Week, 0), dayOf(b.Week, 0)) < minuteShift {
			return Verdict{Relation: Same}
		}
		return Verdict{Disjoint, "neither says on which days"}
	}
	if da == 0 || db == 0 {
		return ofAnyDay(a, b)
	}
	both := da & db
	for d := range 7 {
		if both&(1<<d) != 0 && differing(dayOf(a.Week, d), dayOf(b.Week, d)) >= minuteShift {
			return Verdict{Relation: Disjoint}
		}
	}
	switch {
	case da == db:
		return Verdict{Relation: Same}
	case both == 0:
		return Verdict{Overlapping, "no day is spoken of by both"}
	}
	return Verdict{Overlapping, "one speaks of days that the other leaves out"}
}

// ofAnyDay compares hours without days, which are those of Monday in Week, with hours
// that have them.
func ofAnyDay(a, b *Claim) Verdict {
	if b.Days == 0 {
		a, b = b, a
	}
	for d := range 7 {
		if b.Days&(1<<d) != 0 && differing(dayOf(a.Week, 0), dayOf(b.Week, d)) < minuteShift {
			return Verdict{Overlapping, "only one says on which days"}
		}
	}
	return Verdict{Unclear, "only one says on which days"}
}

const dayMinutes = 24 * 60

// dayOf returns the part of a week that lies on a day, as minutes of that day.
func dayOf(week [][2]int, day int) [][2]int {
	var out [][2]int
	for _, w := range week {
		lo, hi := max(w[0]-day*dayMinutes, 0), min(w[1]-day*dayMinutes, dayMinutes)
		if lo < hi {
			out = append(out, [2]int{lo, hi})
		}
	}
	return out
}

// differing returns for how many minutes of a day one is open and the other is not.
func differing(a, b [][2]int) int {
	return length(a) + length(b) - 2*common(a, b)
}

func length(list [][2]int) int {
	n := 0
	for _, w := range list {
		n += w[1] - w[0]
	}
	return n
}

func common(a, b [][2]int) int {
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		n += max(0, min(a[i][1], b[j][1])-max(a[i][0], b[j][0]))
		if a[i][1] < b[j][1] {
			i++
		} else {
			j++
		}
	}
	return n
}
