package embedded

import (
	"bytes"
	"errors"
	"fmt"
)

// check reports whether the arrays hold together, so that no use of them can
// index outside.
func (s *segment) check() error {
	if s.len() == 0 {
		return errors.New("it has no chunks")
	}
	if err := s.payloads.check(); err != nil {
		return err
	}
	for _, ref := range s.refs {
		if int(ref) >= s.payloads.len() {
			return fmt.Errorf("a chunk refers to payload %d of %d", ref, s.payloads.len())
		}
	}
	if !ascending(s.denseLocals, s.len()) {
		return errors.New("its dense vectors are out of order")
	}
	if err := s.checkOrder(); err != nil {
		return err
	}
	return s.checkPostings()
}

func (s *segment) checkOrder() error {
	for i, local := range s.order {
		if int(local) >= s.len() {
			return fmt.Errorf("the order names chunk %d of %d", local, s.len())
		}
		if i > 0 && bytes.Compare(s.ids[s.order[i-1]][:], s.ids[local][:]) >= 0 {
			return errors.New("its IDs are out of order")
		}
	}
	return nil
}

func (s *segment) checkPostings() error {
	if s.dict[0].Start != 0 || int(s.dict[s.terms()].Start) != len(s.locals) {
		return errors.New("its posting lists do not fill their place")
	}
	heavy := 0
	for i, e := range s.dict[:s.terms()] {
		from, to := e.Start, s.dict[i+1].Start
		switch {
		case i > 0 && e.Term <= s.dict[i-1].Term:
			return errors.New("its terms are out of order")
		case from >= to || int(to) > len(s.locals):
			return fmt.Errorf("the posting list of term %d has no place", e.Term)
		case !ascending(s.locals[from:to], s.len()):
			return fmt.Errorf("the posting list of term %d is out of order", e.Term)
		}
		if e.heavy() == 0 {
			continue
		}
		if heavy++; e.heavy() != heavy || heavy*stride(s.len()) > len(s.rack.words) {
			return fmt.Errorf("term %d has the number %d among the heavy ones", e.Term, e.heavy())
		}
		if part := s.rack.of(heavy, stride(s.len())); part.check(s.locals[from:to]) != nil {
			return fmt.Errorf("term %d: %w", e.Term, part.check(s.locals[from:to]))
		}
	}
	return nil
}

// ascending reports whether the numbers ascend and are below n.
func ascending(list []uint16, n int) bool {
	if len(list) == 0 {
		return true
	}
	// A step that is not upwards wraps round and leaves the top bit. Looking once
	// at the end is faster than at every step, of which there are many millions.
	before, wrapped := uint32(list[0]), uint32(0)
	for _, local := range list[1:] {
		wrapped |= uint32(local) - before - 1
		before = uint32(local)
	}
	return wrapped>>31 == 0 && int(before) < n
}
