package claims

// vulgar reads durations that have no number: "une demi-heure", "half an hour", "un
// quart d'heure", and behind words that tell of lasting "a week", "an hour and ten
// minutes".
func (s *Scanner) vulgar(i, from, to int) int {
	for _, v := range [...]struct {
		words   []string
		minutes int64
	}{
		{[]string{"une", "demi", "heure"}, 30}, {[]string{"demi", "heure"}, 30}, {[]string{"half", "an", "hour"}, 30}, {[]string{"half", "hour"}, 30},
		{[]string{"un", "quart", "d", "heure"}, 15}, {[]string{"a", "quarter", "of", "an", "hour"}, 15},
		{[]string{"trois", "quarts", "d", "heure"}, 45}, {[]string{"three", "quarters", "of", "an", "hour"}, 45},
	} {
		if end := s.follow(i, to, v.words); end > 0 {
			c := Claim{Type: Duration, Unit: "minute", Lo: v.minutes * Scale, Hi: v.minutes * Scale}
			return s.add(c, i, s.every(&c, end, to))
		}
	}
	if f := s.tokens[i].word.fold; (f != "a" && f != "an") || s.language != english || i+1 >= to {
		return i
	}
	q, ok := s.said(lasting|deadline|opAbout|opMax|opMin, max(from, i-4), i)
	cued := ok && q.to == i && s.tokens[q.from].word.fold != "in"
	n := number{value: Scale, from: i, to: i + 1, words: true}
	u := s.timeUnit(i+1, n)
	if u == 0 {
		return i
	}
	base := timeBase[u]
	c := Claim{Type: Duration, Unit: base.unit, Lo: Scale * base.mul / base.div}
	j := i + 2
	if end := s.follow(j, to, []string{"and", "a", "half"}); end > 0 {
		c.Lo, j = c.Lo+c.Lo/2, end
	} else if rest, end := s.smaller(j, to, u, c.Unit); end > j {
		c.Lo, j = c.Lo+rest, end
	}
	if !cued && j == i+2 {
		return i // "once a week", "a year ago"
	}
	c.Hi = c.Lo
	return s.add(c, i, j)
}
