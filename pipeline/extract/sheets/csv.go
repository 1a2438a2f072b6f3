package sheets

import (
	"context"
	"strings"

	"freshet/pipeline/extract"
)

// ReadCSV reads separated values, decoded to UTF-8, as one table or, where empty lines
// separate them, several. The separator is found out; a text in which none is used
// evenly has one column. Errors are verdicts (too_large above the limit on cells) or
// the cause of ctx.
func ReadCSV(ctx context.Context, content string, o extract.Options) (*extract.Text, error) {
	limit := o.Limits.WithDefaults().Cells
	content = strings.TrimPrefix(content, "\ufeff")
	separator, rest := declaredSeparator(content)
	why := "the file names its separator"
	if separator == 0 {
		if separator = separatorOf(rest); separator == 0 {
			why = "no separator is used evenly: each line is one value"
		} else {
			why = "the separator is " + separatorName(separator)
		}
	}
	rows, err := records(ctx, rest, separator, limit)
	if err != nil {
		return nil, err
	}
	g := grid{undivided: true, cells: csvCells(rows, separator, limit)}
	placed, err := g.blocks(&budget{left: limit, limit: limit})
	if err != nil {
		return nil, err
	}
	t := &extract.Text{Way: WayCSV, Why: why}
	for i := range placed {
		t.Blocks = append(t.Blocks, placed[i].block)
	}
	return t, nil
}

// LooksLikeCSV reports whether a text of unknown kind is separated values: at least
// three lines that all have the same number of fields, three or more of them, and no
// prose, in which a comma is followed by a space, and no table of Markdown.
func LooksLikeCSV(head string) bool {
	head = strings.TrimPrefix(head, "\ufeff")
	if s, _ := declaredSeparator(head); s != 0 {
		return true
	}
	separator := separatorOf(head)
	if separator == 0 || separator == ',' && strings.Count(head, ", ")*4 > strings.Count(head, ",") {
		return false
	}
	if separator == '|' && strings.HasPrefix(strings.TrimSpace(head), "|") {
		return false // a table of Markdown
	}
	whole := head
	if cut := strings.LastIndexByte(head, '\n'); cut > 0 {
		whole = head[:cut]
	}
	lines, fields := 0, 0
	for at := 0; at < len(whole); lines++ {
		var row []string
		if row, at = record(whole, at, separator); lines > 0 && len(row) != fields {
			return false
		}
		fields = len(row)
	}
	return lines >= 3 && fields >= 3
}

// csvCells places the fields. Fields beyond the width of the table are joined to its
// last column: they come from a separator that was not quoted.
func csvCells(rows [][]string, separator byte, limit int) []cell {
	width := widthOf(rows, limit)
	var out []cell
	for i, row := range rows {
		if len(row) > width {
			row[width-1] = strings.Join(row[width-1:], string(separator))
			row = row[:width]
		}
		for j, field := range row {
			if s := extract.Fold(field); s != "" {
				out = append(out, cell{row: i, col: j, text: s, kind: kindOf(s)})
			}
		}
	}
	return out
}

// widthOf is the number of fields of the longest row, or the most frequent number
// where a few long rows would make the table larger than the limit.
func widthOf(rows [][]string, limit int) int {
	widest, most := 1, 1
	often := map[int]int{}
	for _, row := range rows {
		n := len(row)
		widest = max(widest, n)
		if often[n]++; often[n] > often[most] || often[n] == often[most] && n > most {
			most = n
		}
	}
	if widest*len(rows) > limit {
		return most
	}
	return widest
}

// records cuts the text into rows of fields; empty lines are empty rows.
func records(ctx context.Context, s string, separator byte, limit int) ([][]string, error) {
	var out [][]string
	fields := 0
	for at := 0; at < len(s); {
		var row []string
		row, at = record(s, at, separator)
		if len(out)%1000 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		// An empty line is a row without fields.
		if len(row) == 1 && strings.TrimSpace(row[0]) == "" {
			row = nil
		}
		if fields += len(row); fields > limit || len(out) > 10*limit {
			return nil, tooManyCells(limit)
		}
		out = append(out, row)
	}
	return out, nil
}

// longestQuoted is how many lines a quoted field may hold; more come from a quotation
// mark that was never closed.
const longestQuoted = 50

// record reads one row from s[at:] and returns where the next begins.
func record(s string, at int, separator byte) ([]string, int) {
	var row []string
	for {
		field, next, ok := quoted(s, at, separator)
		if !ok {
			next = at
			for next < len(s) && s[next] != separator && s[next] != '\n' && s[next] != '\r' {
				next++
			}
			field = s[at:next]
		}
		row = append(row, field)
		switch {
		case next < len(s) && s[next] == separator && separator != 0:
			at = next + 1
		case strings.HasPrefix(s[next:], "\r\n"):
			return row, next + 2
		default:
			return row, min(next+1, len(s))
		}
	}
}

// quoted reads a field in quotation marks and returns where it ends: at a separator,
// a line end or the end of s.
func quoted(s string, at int, separator byte) (field string, next int, ok bool) {
	if at >= len(s) || s[at] != '"' {
		return "", 0, false
	}
	var b strings.Builder
	lines := 0
	for i := at + 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' && i+1 < len(s) && s[i+1] == '"':
			b.WriteByte('"')
			i++
		case c == '"' && ends(s, i+1, separator):
			return b.String(), skipSpaces(s, i+1, separator), true
		case c == '\n':
			if lines++; lines > longestQuoted {
				return "", 0, false
			}
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return "", 0, false
}

// ends reports whether a field may end at i, spaces aside.
func ends(s string, i int, separator byte) bool {
	i = skipSpaces(s, i, separator)
	return i == len(s) || s[i] == separator || s[i] == '\n' || s[i] == '\r'
}

func skipSpaces(s string, i int, separator byte) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') && s[i] != separator {
		i++
	}
	return i
}
