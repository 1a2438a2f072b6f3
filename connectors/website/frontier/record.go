package frontier

import (
	"encoding/binary"
	"errors"
	"fmt"

	"freshet/connectors/website/address"
)

// kind says what a record of the log tells.
type kind byte

const (
	added   kind = iota + 1 // an address came into the frontier
	again                   // an address came in once more
	found                   // an address turned out to be a document
	raised                  // an address was found nearer to the start
	known                   // an address was a document before this pass
	moved                   // an address redirects for good to another
	settled                 // what redirected to an address has been told
	linked                  // an address is linked to by another
)

// record is one entry of the log. Addresses are called by the number of the item
// that added them.
type record struct {
	kind  kind
	url   string // of added
	text  string // of added: of the link that led there
	depth int    // of added and raised
	hops  int    // of added
	n     int    // the item concerned, of all but added
	to    int    // where n moved to, or what links to it; of added, that and 1
}

// item reports whether the record is one of those to visit, which have numbers.
func (r record) item() bool { return r.kind == added || r.kind == again }

// size is a bound of the record's length, written.
func (r record) size() int { return len(r.url) + len(r.text) + 1 + 6*binary.MaxVarintLen32 }

// appendRecord writes r; of an address only what differs from before, the address
// last written.
func appendRecord(out []byte, r record, before string) []byte {
	out = append(out, byte(r.kind))
	if r.kind != added {
		out = binary.AppendUvarint(out, uint64(r.n))
		switch r.kind {
		case raised:
			out = binary.AppendUvarint(out, uint64(r.depth))
		case moved, linked:
			out = binary.AppendUvarint(out, uint64(r.to))
		}
		return out
	}
	same := 0
	for same < len(before) && same < len(r.url) && before[same] == r.url[same] {
		same++
	}
	out = binary.AppendUvarint(out, uint64(same))
	out = binary.AppendUvarint(out, uint64(len(r.url)-same))
	out = append(out, r.url[same:]...)
	out = binary.AppendUvarint(out, uint64(r.depth))
	out = binary.AppendUvarint(out, uint64(r.hops))
	out = binary.AppendUvarint(out, uint64(r.to))
	out = binary.AppendUvarint(out, uint64(len(r.text)))
	return append(out, r.text...)
}

var errDamaged = errors.New("the log of the frontier is damaged")

// parseRecords reads what appendRecord wrote.
func parseRecords(raw []byte) ([]record, error) {
	var out []record
	before := ""
	p := parser{rest: raw}
	for len(p.rest) > 0 {
		r := record{kind: kind(p.rest[0])}
		p.rest = p.rest[1:]
		switch r.kind {
		case added:
			r.url = p.text(before)
			r.depth, r.hops, r.to = p.number(), p.number(), p.number()
			r.text = p.bytes(maxText)
			before = r.url
		case again, found, known, settled:
			r.n = p.number()
		case raised:
			r.n, r.depth = p.number(), p.number()
		case moved, linked:
			r.n, r.to = p.number(), p.number()
		default:
			return nil, fmt.Errorf("%w: a record of kind %d", errDamaged, r.kind)
		}
		if p.bad {
			return nil, errDamaged
		}
		out = append(out, r)
	}
	return out, nil
}

type parser struct {
	rest []byte
	bad  bool
}

// maxNumber bounds the numbers in a log: items, depths, hops.
const maxNumber = 1 << 30

func (p *parser) number() int {
	v, n := binary.Uvarint(p.rest)
	if n <= 0 || v > maxNumber {
		p.bad = true
		return 0
	}
	p.rest = p.rest[n:]
	return int(v)
}

func (p *parser) text(before string) string {
	same, more := p.number(), p.number()
	if p.bad || same > len(before) || more > len(p.rest) || same+more > address.MaxLength {
		p.bad = true
		return ""
	}
	out := before[:same] + string(p.rest[:more])
	p.rest = p.rest[more:]
	return out
}

func (p *parser) bytes(most int) string {
	n := p.number()
	if p.bad || n > len(p.rest) || n > most {
		p.bad = true
		return ""
	}
	out := string(p.rest[:n])
	p.rest = p.rest[n:]
	return out
}
