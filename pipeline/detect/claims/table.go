package claims

// A cell is tokens [from, to) of a row.
type cell struct{ from, to int }

// table reads rows. The first is the header when others follow and it does not look
// like them; where it has one cell less than they have, the empty corner was dropped.
func (s *Scanner) table(rows []line, group int) {
	var header []cell
	columns := 0
	for i := range rows {
		columns = max(columns, rows[i].cells)
	}
	for i := range rows {
		cells := s.cells(&rows[i])
		if i == 0 && len(rows) > 1 && s.isHeader(cells, s.cells(&rows[1])) {
			header = cells
			if len(header) == columns-1 {
				header = append([]cell{{}}, header...)
			}
			for _, c := range cells {
				s.statement(c.from, c.to, Sentence{Footing: true, Group: group})
			}
			continue
		}
		place := i + 1
		if header != nil {
			place = i
		}
		s.row(cells, header, place, group)
	}
}

// cells cuts a row at its bars.
func (s *Scanner) cells(row *line) []cell {
	out := make([]cell, 0, row.cells)
	from, to := row.from, row.to
	if to-from > 2 && s.tokens[from].mark == '|' && s.tokens[to-1].mark == '|' {
		from, to = from+1, to-1
	}
	for i := from; i < to; i++ {
		if s.tokens[i].mark == '|' && (i == row.from || s.tokens[i].gap != glued) && (i+1 == to || s.tokens[i+1].gap != glued) {
			out = append(out, cell{from, i})
			from = i + 1
		}
	}
	return append(out, cell{from, to})
}

// isHeader reports whether a row is the header of the next one: none of its cells is a
// value as a whole, but for years and versions and what the cell below does not
// repeat in kind.
func (s *Scanner) isHeader(cells, next []cell) bool {
	shift := len(next) - len(cells)
	for k, c := range cells {
		if c.to-c.from > maxHeading {
			return false
		}
		of := s.wholly(c)
		switch of {
		case "", Date, Version:
			continue
		case Money, Percent, Phone, Email, URL, Hours:
			return false
		}
		if below := k + shift; k > 0 && (len(cells) == 2 || below >= 0 && below < len(next) && s.wholly(next[below]) == of) {
			return false
		}
	}
	return true
}

// wholly returns the Type of the value that most of a cell is, or "".
func (s *Scanner) wholly(c cell) Type {
	if c.from >= c.to {
		return ""
	}
	s.findCues(c.from, c.to)
	s.found = s.found[:0]
	s.values(c.from, c.to)
	for i := range s.found {
		if f := &s.found[i]; 2*(f.to-f.from) > c.to-c.from {
			return f.Type
		}
	}
	return ""
}

// row reads the cells of a row under a header, which may be nil.
func (s *Scanner) row(cells, header []cell, place, group int) {
	name := ""
	if len(cells) > 1 {
		name = s.words(cells[0])
	}
	for k, c := range cells {
		as := Sentence{Place: place, Group: group}
		if k < len(header) {
			as.Column = s.words(header[k])
		}
		if k > 0 {
			as.Row = name
		}
		s.label = label{row: cells[0], rowed: k > 0}
		if k < len(header) {
			s.label.column = header[k]
		}
		s.sentences(c.from, c.to, as)
	}
	s.label = label{}
}

// words returns the text of a cell.
func (s *Scanner) words(c cell) string {
	if c.from >= c.to {
		return ""
	}
	return s.text[s.tokens[c.from].start:s.tokens[c.to-1].end]
}

// A label is what a table says of the cell that is read.
type label struct {
	row, column cell
	rowed       bool
}
