package records

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"freshet/connectors"
)

// reader yields the records of one file or response in their order. next returns
// io.EOF after the last of a whole listing, a *badRecord for one that cannot be
// read while those after it may, and any other error when nothing more can be
// read.
type reader interface {
	next() (map[string]any, error)
}

// badRecord is a record that cannot be read. Its identifier is not known, so that
// a listing that holds one is not whole.
type badRecord struct {
	where   string // "line 12", "record 3"
	hash    string // of its bytes: it keeps its name when lines move
	verdict *connectors.Verdict
}

func (b *badRecord) Error() string { return b.where + ": " + b.verdict.Error() }

func (b *badRecord) Unwrap() error { return b.verdict }

// id stands for the identifier that is not known.
func (b *badRecord) id() string { return "unreadable-" + b.hash }

func malformed(where string, raw []byte, detail string) *badRecord {
	return bad(where, raw, connectors.VerdictMalformed, detail)
}

func bad(where string, raw []byte, reason, detail string) *badRecord {
	sum := sha256.Sum256(raw)
	return &badRecord{where: where, hash: hex.EncodeToString(sum[:8]),
		verdict: &connectors.Verdict{Reason: reason, Detail: where + ": " + detail}}
}

// decodeObject reads one JSON object. Numbers keep their digits.
func decodeObject(raw []byte) (map[string]any, error) {
	if !utf8.Valid(raw) {
		return nil, errors.New("it is not UTF-8; set charset to what the export is written in")
	}
	if deep(raw) {
		return nil, fmt.Errorf("more than %d brackets inside each other", maxNesting)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("it ends in the middle")
		}
		return nil, fmt.Errorf("it is not JSON: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("there is more behind the JSON value")
	}
	record, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("it is not a JSON object")
	}
	return record, nil
}

// deep reports whether brackets are nested deeper than is read.
func deep(raw []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted:
			if c == '\\' {
				i++
			} else if c == '"' {
				quoted = false
			}
		case c == '"':
			quoted = true
		case c == '{' || c == '[':
			if depth++; depth > maxNesting {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
