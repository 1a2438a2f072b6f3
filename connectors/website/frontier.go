package website

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"freshet/connectors"
)

const (
	// maxCursor is the largest cursor that is given out. A frontier that does not
	// fit gives no checkpoint: an interrupted pass then begins anew.
	maxCursor    = 1 << 20
	maxInflated  = 32 << 20
	cursorPrefix = "website1."
	// cursorAnew is given out at the end of a pass that was not whole: the next
	// pull begins from the start instead of at the end.
	cursorAnew = cursorPrefix + "anew"
)

// target is an address to visit.
type target struct {
	URL   string `json:"u"`
	Depth int    `json:"d,omitempty"`
	Hops  int    `json:"h,omitempty"` // redirects that led here
	// Again: the page was visited and calls another one the original; that one has
	// been visited since.
	Again bool `json:"a,omitempty"`
}

// frontier is how far a crawl has got: what is still to be visited, in order, and
// what was ever put there. It can be written into a cursor.
type frontier struct {
	pending    []target
	seen       map[uint64]bool // true if it turned out to be a document
	visited    int
	incomplete string // why the listing is not whole, if it is not
}

func newFrontier() *frontier { return &frontier{seen: map[uint64]bool{}} }

// hashURL identifies an address among those seen. 64 bits of SHA-256: two of a
// million addresses are taken for one with a probability of 3e-8.
func hashURL(url string) uint64 {
	h := sha256.Sum256([]byte(url))
	return binary.BigEndian.Uint64(h[:8])
}

// add puts an address at the end unless it was there before, and reports whether
// it did.
func (f *frontier) add(t target) bool {
	h := hashURL(t.URL)
	if _, ok := f.seen[h]; ok {
		return false
	}
	f.seen[h] = false
	f.pending = append(f.pending, t)
	return true
}

// again puts a visited address at the end a second time.
func (f *frontier) again(t target) {
	t.Again = true
	f.pending = append(f.pending, t)
}

// found notes that an address is a document's; isDocument asks for it.
func (f *frontier) found(id string)           { f.seen[hashURL(id)] = true }
func (f *frontier) isDocument(id string) bool { return f.seen[hashURL(id)] }

func (f *frontier) next() (target, bool) {
	if len(f.pending) == 0 {
		return target{}, false
	}
	t := f.pending[0]
	f.pending = f.pending[1:]
	return t, true
}

// lacking notes that the listing is not whole; the first reason stays.
func (f *frontier) lacking(reason string) {
	if f.incomplete == "" {
		f.incomplete = reason
	}
}

type cursorBody struct {
	Pending    []target `json:"p"`
	Seen       []byte   `json:"s"` // eight bytes each, in order
	Documents  []byte   `json:"o"` // likewise
	Visited    int      `json:"v"`
	Incomplete string   `json:"i,omitempty"`
}

// hashes returns the hashes of the documents, or of the other addresses.
func (f *frontier) hashes(documents bool) []byte {
	var list []uint64
	for h, is := range f.seen {
		if is == documents {
			list = append(list, h)
		}
	}
	slices.Sort(list)
	out := make([]byte, 0, 8*len(list))
	for _, h := range list {
		out = binary.BigEndian.AppendUint64(out, h)
	}
	return out
}

// cursor writes the frontier down; ok is false if it is too large for a cursor.
func (f *frontier) cursor() (cursor string, ok bool, err error) {
	var b bytes.Buffer
	z, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		return "", false, fmt.Errorf("writing a cursor: %w", err)
	}
	body := cursorBody{Pending: f.pending, Seen: f.hashes(false), Documents: f.hashes(true), Visited: f.visited, Incomplete: f.incomplete}
	if err := errors.Join(json.NewEncoder(z).Encode(body), z.Close()); err != nil {
		return "", false, fmt.Errorf("writing a cursor: %w", err)
	}
	cursor = cursorPrefix + base64.RawURLEncoding.EncodeToString(b.Bytes())
	return cursor, len(cursor) <= maxCursor, nil
}

// parseCursor reads a cursor back. The error is ErrCursor for anything that is
// not one. A nil frontier means to begin.
func parseCursor(cursor string) (*frontier, error) {
	if cursor == "" || cursor == cursorAnew {
		return nil, nil
	}
	bad := func(why any) error {
		return fmt.Errorf("reading a website's cursor: %v: %w", why, connectors.ErrCursor)
	}
	coded, ok := strings.CutPrefix(cursor, cursorPrefix)
	if !ok || len(cursor) > maxCursor {
		return nil, bad("it is not one")
	}
	packed, err := base64.RawURLEncoding.DecodeString(coded)
	if err != nil {
		return nil, bad(err)
	}
	var body cursorBody
	if err := json.NewDecoder(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxInflated)).Decode(&body); err != nil {
		return nil, bad(err)
	}
	if len(body.Seen)%8 != 0 || len(body.Documents)%8 != 0 || body.Visited < 0 {
		return nil, bad("it is damaged")
	}
	f := newFrontier()
	for s := body.Seen; len(s) > 0; s = s[8:] {
		f.seen[binary.BigEndian.Uint64(s)] = false
	}
	for s := body.Documents; len(s) > 0; s = s[8:] {
		f.seen[binary.BigEndian.Uint64(s)] = true
	}
	f.pending, f.visited, f.incomplete = body.Pending, body.Visited, body.Incomplete
	return f, nil
}
