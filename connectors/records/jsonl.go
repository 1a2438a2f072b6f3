package records

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"freshet/connectors"
)

// lineReader reads JSON lines. A line that is not a JSON object is a *badRecord,
// but for a last line without an end: there the export is cut off.
type lineReader struct {
	in   *bufio.Reader
	max  int
	line int
	buf  []byte
}

func newLineReader(in io.Reader, maxRecord int) *lineReader {
	return &lineReader{in: bufio.NewReaderSize(in, 64<<10), max: maxRecord}
}

func (r *lineReader) next() (map[string]any, error) {
	for {
		raw, ended, err := r.read()
		if err != nil {
			return nil, err
		}
		where := fmt.Sprintf("line %d", r.line)
		if len(raw) > r.max {
			return nil, bad(where, raw, connectors.VerdictTooLarge, fmt.Sprintf("the record has more than %d bytes; raise max_record_kb to read it", r.max))
		}
		if raw = bytes.TrimSpace(raw); len(raw) == 0 {
			if ended {
				return nil, io.EOF
			}
			continue
		}
		record, err := decodeObject(raw)
		if err != nil && ended {
			return nil, fmt.Errorf("%w: the export ends in the middle of line %d; export it again (%w)", connectors.ErrTruncated, r.line, err)
		}
		if err != nil {
			return nil, malformed(where, raw, err.Error())
		}
		return record, nil
	}
}

// read returns the next line, at most max+1 bytes of it, and whether it is the
// last. What it returns holds until the next call.
func (r *lineReader) read() (raw []byte, last bool, err error) {
	r.line++
	r.buf = r.buf[:0]
	for {
		piece, err := r.in.ReadSlice('\n')
		if room := r.max + 1 - len(r.buf); len(piece) <= room {
			r.buf = append(r.buf, piece...)
		} else {
			r.buf = append(r.buf, piece[:room]...)
		}
		switch {
		case err == nil:
			return r.buf, false, nil
		case errors.Is(err, io.EOF):
			return r.buf, true, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, false, fmt.Errorf("line %d: %w", r.line, err)
		}
	}
}
