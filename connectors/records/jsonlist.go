package records

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"freshet/connectors"
)

// listReader streams the items of a list inside a JSON document and keeps the
// plain values that stand outside of it (totals, tokens, links).
type listReader struct {
	in      *budget
	d       *json.Decoder
	items   string
	max     int
	count   int
	inList  bool
	found   bool
	stack   []frame
	outside map[string]string
	lists   []string // paths of the lists that are not the items
}

type frame struct {
	path string
	list bool
	key  string
	keys bool // the next token is a key
}

const (
	maxOutside      = 2000 // plain values kept
	maxOutsideBytes = 8192 // of one
)

func newListReader(in io.Reader, items string, maxRecord int) *listReader {
	b := &budget{in: in}
	d := json.NewDecoder(b)
	d.UseNumber()
	r := &listReader{in: b, d: d, items: strings.Trim(strings.TrimSpace(items), "."), max: maxRecord, outside: map[string]string{}}
	b.left = r.budget()
	return r
}

// budget is what may be read for one record: it and what the decoder reads ahead.
func (r *listReader) budget() int { return 2*r.max + 64<<10 }

func (r *listReader) next() (map[string]any, error) {
	for {
		if r.inList {
			if r.d.More() {
				return r.item()
			}
			r.inList = false
		}
		if err := r.step(); err != nil {
			return nil, r.explain(err)
		}
	}
}

func (r *listReader) item() (map[string]any, error) {
	r.in.left = r.budget()
	r.count++
	where := fmt.Sprintf("record %d", r.count)
	var raw json.RawMessage
	if err := r.d.Decode(&raw); err != nil {
		return nil, r.explain(fmt.Errorf("%s: %w", where, err))
	}
	r.in.left = r.budget()
	if len(raw) > r.max {
		return nil, bad(where, raw, connectors.VerdictTooLarge, fmt.Sprintf("the record has more than %d bytes; raise max_record_kb to read it", r.max))
	}
	record, err := decodeObject(raw)
	if err != nil {
		return nil, malformed(where, raw, err.Error())
	}
	return record, nil
}

// step takes one token outside of the list. It returns io.EOF at the end of a
// document that held the list.
func (r *listReader) step() error {
	tok, err := r.d.Token()
	if err == io.EOF {
		return r.end()
	}
	if err != nil {
		return err
	}
	r.in.left = r.budget()
	if len(r.stack) > maxNesting {
		return fmt.Errorf("more than %d brackets inside each other", maxNesting)
	}
	switch tok {
	case json.Delim(']'), json.Delim('}'):
		r.stack = r.stack[:len(r.stack)-1]
		return nil
	}
	top := len(r.stack) - 1
	if top >= 0 && r.stack[top].keys {
		r.stack[top].key, _ = tok.(string)
		r.stack[top].keys = false
		return nil
	}
	path, counted := "", true
	if top >= 0 {
		f := &r.stack[top]
		f.keys = !f.list
		path, counted = f.path+"."+f.key, !f.list && f.path != listed
		if f.path == "" {
			path = f.key
		}
		if !counted {
			path = listed
		}
	}
	return r.value(tok, path)
}

// listed is the path of what stands inside a list other than the items.
const listed = "\x00"

func (r *listReader) value(tok json.Token, path string) error {
	isItems := path == r.items && !r.found
	switch tok {
	case json.Delim('['):
		r.stack = append(r.stack, frame{path: listed, list: true})
		if r.inList = isItems; isItems {
			r.found = true
		} else if path != listed {
			r.lists = append(r.lists[:min(len(r.lists), 20)], path)
		}
		return nil
	case json.Delim('{'):
		r.stack = append(r.stack, frame{path: path, keys: true})
		return nil
	case nil:
		r.found = r.found || isItems && path != ""
		return nil
	}
	if s, ok := text(tok, ""); ok && path != listed && len(r.outside) < maxOutside && len(s) <= maxOutsideBytes {
		r.outside[path] = s
	}
	return nil
}

func (r *listReader) end() error {
	switch {
	case len(r.stack) > 0:
		return io.ErrUnexpectedEOF
	case r.found:
		return io.EOF
	}
	hint := "it holds no list at all"
	if len(r.lists) > 0 {
		hint = "it has lists at " + strings.Join(r.lists, ", ")
	}
	if r.items == "" {
		return fmt.Errorf("%w: the JSON is not a list; say with items where the list is (%s)", connectors.ErrTruncated, hint)
	}
	return fmt.Errorf("%w: there is no list at %q; correct items (%s)", connectors.ErrTruncated, r.items, hint)
}

// explain says what an error of the decoder means for the listing.
func (r *listReader) explain(err error) error {
	var syntax *json.SyntaxError
	switch {
	case err == io.EOF || errors.Is(err, connectors.ErrTruncated):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return fmt.Errorf("%w: the JSON ends in the middle, after %d records; export it again", connectors.ErrTruncated, r.count)
	case errors.As(err, &syntax):
		return fmt.Errorf("%w: the JSON is damaged at byte %d, after %d records: %w", connectors.ErrTruncated, syntax.Offset, r.count, err)
	}
	return fmt.Errorf("%w: after %d records: %w", connectors.ErrTruncated, r.count, err)
}

// budget refuses to read more than is due for one record, so that one that never
// ends does not fill the memory.
type budget struct {
	in   io.Reader
	left int
}

var errRecordSize = errors.New("a record is larger than max_record_kb allows, and what follows cannot be found")

// Read implements io.Reader.
func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errRecordSize
	}
	n, err := b.in.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
