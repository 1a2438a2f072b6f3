package records

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"freshet/connectors"
)

// rowReader reads CSV whose first row names the columns. A row with another
// number of columns is a *badRecord.
type rowReader struct {
	in      *budget
	csv     *csv.Reader
	columns []string
	max     int
	ahead   func() (map[string]any, error) // what was read already
}

func newRowReader(in io.Reader, delimiter rune, maxRecord int) (*rowReader, error) {
	buffered := bufio.NewReaderSize(in, 64<<10)
	if delimiter == 0 {
		head, _ := buffered.Peek(16 << 10)
		delimiter = sniffDelimiter(head)
	}
	b := &budget{in: buffered, left: maxRecord + 64<<10}
	r := &rowReader{in: b, csv: csv.NewReader(b), max: maxRecord}
	r.csv.Comma = delimiter
	r.csv.FieldsPerRecord = -1
	header, err := r.csv.Read()
	if err == io.EOF {
		return r, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: the header of the CSV: %w", connectors.ErrTruncated, err)
	}
	return r, r.name(header)
}

func (r *rowReader) name(header []string) error {
	if len(header) > maxColumns {
		return fmt.Errorf("the CSV has %d columns; at most %d are read", len(header), maxColumns)
	}
	seen := make(map[string]bool, len(header))
	for i, h := range header {
		h = strings.TrimSpace(h)
		if h == "" {
			h = fmt.Sprintf("column %d", i+1)
		}
		if seen[h] {
			return fmt.Errorf("the CSV has two columns called %q; rename one", h)
		}
		seen[h] = true
		r.columns = append(r.columns, h)
	}
	return nil
}

// next returns the next row. If the last row of all is damaged, the export was
// cut off in it.
func (r *rowReader) next() (map[string]any, error) {
	if r.columns == nil {
		return nil, io.EOF
	}
	if ahead := r.ahead; ahead != nil {
		r.ahead = nil
		return ahead()
	}
	record, err := r.row()
	var broken *badRecord
	if !errors.As(err, &broken) || broken.verdict.Reason != connectors.VerdictMalformed {
		return record, err
	}
	after, afterErr := r.row()
	if afterErr == io.EOF {
		return nil, fmt.Errorf("%w: the export ends in the middle of its last row; export it again (%w)", connectors.ErrTruncated, broken.verdict)
	}
	r.ahead = func() (map[string]any, error) { return after, afterErr }
	return nil, err
}

func (r *rowReader) row() (map[string]any, error) {
	r.in.left = r.max + 64<<10
	row, err := r.csv.Read()
	if err == io.EOF {
		return nil, err
	}
	var wrong *csv.ParseError
	if errors.As(err, &wrong) && wrong.Err != errRecordSize {
		return nil, malformed(fmt.Sprintf("line %d", wrong.StartLine), []byte(strings.Join(row, "\x1f")+wrong.Error()), wrong.Err.Error())
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", connectors.ErrTruncated, err)
	}
	line, _ := r.csv.FieldPos(0)
	where := fmt.Sprintf("line %d", line)
	raw := strings.Join(row, "\x1f")
	switch {
	case len(row) != len(r.columns):
		return nil, malformed(where, []byte(raw), fmt.Sprintf("it has %d columns and the header %d; see whether a quote or a delimiter is missing", len(row), len(r.columns)))
	case len(raw) > r.max:
		return nil, bad(where, []byte(raw), connectors.VerdictTooLarge, fmt.Sprintf("the record has more than %d bytes; raise max_record_kb to read it", r.max))
	case !utf8.ValidString(raw):
		return nil, malformed(where, []byte(raw), "it is not UTF-8; set charset to what the export is written in")
	}
	record := make(map[string]any, len(row))
	for i, v := range row {
		record[r.columns[i]] = v
	}
	return record, nil
}

// sniffDelimiter takes the delimiter that the first line holds most often outside
// of quotes.
func sniffDelimiter(head []byte) rune {
	best, most := ',', 0
	for _, d := range []rune{',', ';', '\t', '|'} {
		n, quoted := 0, false
		for _, c := range head {
			if c == '"' {
				quoted = !quoted
			}
			if c == '\n' && !quoted {
				break
			}
			if rune(c) == d && !quoted {
				n++
			}
		}
		if n > most {
			best, most = d, n
		}
	}
	return best
}

func delimiterOf(s string) (rune, error) {
	switch s {
	case "":
		return 0, nil
	case `\t`, "tab":
		return '\t', nil
	}
	r, n := utf8.DecodeRuneInString(s)
	if n != len(s) || r == utf8.RuneError || bytes.ContainsRune([]byte("\"\r\n"), r) {
		return 0, fmt.Errorf("%q is not a delimiter; write one character such as ; or the word tab", s)
	}
	return r, nil
}

func validDelimiter(v any) error { _, err := delimiterOf(v.(string)); return err }
