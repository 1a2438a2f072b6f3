package extract

// Rectangle returns the rows of a table, which may be of different length, as rows of
// one length, without the rows and columns that show nothing. Columns that hidden
// reports, if it is not nil, are left out too. kept are the numbers of the rows that
// are left, in order. The rows given are not changed; the work and the memory are in
// proportion to the number of rows times the longest, which callers bound.
func Rectangle(rows [][]string, hidden func(col int) bool) (shown [][]string, kept []int) {
	columns := filled(rows)
	if hidden != nil {
		for col := range columns {
			columns[col] = columns[col] && !hidden(col)
		}
	}
	width := 0
	for _, f := range columns {
		if f {
			width++
		}
	}
	for y, row := range rows {
		line := make([]string, 0, width)
		empty := true
		for col, f := range columns {
			if !f {
				continue
			}
			cell := ""
			if col < len(row) {
				cell = row[col]
			}
			empty = empty && cell == ""
			line = append(line, cell)
		}
		if !empty {
			shown, kept = append(shown, line), append(kept, y)
		}
	}
	return shown, kept
}

// filled reports of each column, up to the end of the longest row, whether a row has a
// text in it.
func filled(rows [][]string) []bool {
	var columns []bool
	for _, row := range rows {
		for len(columns) < len(row) {
			columns = append(columns, false)
		}
		for col, cell := range row {
			columns[col] = columns[col] || cell != ""
		}
	}
	return columns
}
