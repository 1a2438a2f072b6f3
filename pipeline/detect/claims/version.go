package claims

const (
	versionPart  = 100_000 // of major, minor and patch in Lo and Hi
	maxVersion   = 99_999
	versionParts = 3
)

// version reads "version 2.3", "v2.3.1", "iOS 16", "Android 12+" from token i.
func (s *Scanner) version(i, from, to int) int {
	t := &s.tokens[i]
	if i+1 >= to || t.kind != wordToken {
		return i
	}
	fold := t.word.fold
	j := i + 1
	named := false
	switch {
	case fold == "v" || fold == "version":
		if fold == "v" && s.tokens[j].gap != glued {
			return i
		}
		if fold == "version" && s.tokens[j].word.fold == "n" && j+2 < to && s.tokens[j+1].mark == '°' {
			j += 2
		}
	case t.word.flags&product != 0 && (t.upper || fold == "ios" || fold == "tvos" || fold == "macos" || fold == "iphone"):
		named = true
		if s.tokens[j].word.fold == "version" && j+1 < to {
			j++
		}
	default:
		return i
	}
	if j >= to || s.tokens[j].kind != numberToken || s.tokens[j].gap > spaced {
		return i
	}
	parts, size, next := s.tuple(j, to)
	if next == j || (fold == "go" || fold == "http" || fold == "edge" || fold == "release") && size < 2 {
		return i
	}
	if next < to && s.tokens[next].gap == glued && s.tokens[next].kind == wordToken && s.tokens[next].word.fold != "x" {
		return i
	}
	c := Claim{Type: Version, Op: Equal, Text: dotted(parts[:size])}
	start := i
	if named {
		c.Attribute = fold
	} else if i > from && s.tokens[i-1].upper && s.tokens[i-1].kind == wordToken && !s.tokens[i-1].word.stop[s.language] && i-1 > from {
		c.Attribute = s.tokens[i-1].word.fold
	}
	c.Lo, c.Hi = pack(parts, size)
	return s.add(s.versionOp(c, start, &next, to), start, next)
}

// tuple reads up to three numbers parted by points.
func (s *Scanner) tuple(j, to int) (parts [versionParts]int64, size, next int) {
	for size < versionParts {
		if s.tokens[j].end-s.tokens[j].start > 5 {
			return parts, 0, j
		}
		parts[size] = integer(s.piece(j))
		size++
		j++
		if j+1 >= to || s.tokens[j].mark != '.' || s.tokens[j].gap != glued || s.tokens[j+1].kind != numberToken || s.tokens[j+1].gap != glued {
			break
		}
		j++
	}
	return parts, size, j
}

// pack returns the first and last version that a tuple contains: 16 contains 16.2.
func pack(parts [versionParts]int64, size int) (lo, hi int64) {
	for k, p := range parts {
		lo, hi = lo*versionPart+p, hi*versionPart+p
		if k >= size {
			hi += maxVersion
		}
	}
	return lo, hi
}

func dotted(parts []int64) string {
	var b []byte
	for k, p := range parts {
		if k > 0 {
			b = append(b, '.')
		}
		b = appendInt(b, p)
	}
	return string(b)
}

func appendInt(b []byte, n int64) []byte {
	if n >= 10 {
		b = appendInt(b, n/10)
	}
	return append(b, byte('0'+n%10))
}

// versionOp reads what bounds a version: "12+", "ou supérieur", "à partir de".
func (s *Scanner) versionOp(c Claim, start int, next *int, to int) Claim {
	op := Equal
	if *next < to && s.tokens[*next].mark == '+' && s.tokens[*next].gap == glued {
		op = AtLeast
		*next++
	}
	for _, q := range s.cues {
		switch {
		case q.from == *next && q.sense&opMinAfter != 0, q.to == start && q.sense&opMin != 0:
			op = AtLeast
		case q.from == *next && q.sense&opMaxAfter != 0, q.to == start && q.sense&opMax != 0:
			op = AtMost
		}
	}
	c.Op = op
	switch op {
	case AtLeast:
		c.Hi = 0
	case AtMost:
		c.Lo = 0
	}
	return c
}
