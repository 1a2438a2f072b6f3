package embedded

import "testing"

func TestAscending(t *testing.T) {
	for _, c := range []struct {
		list []uint16
		n    int
		want bool
	}{
		{nil, 0, true}, {[]uint16{0}, 1, true}, {[]uint16{0}, 0, false}, {[]uint16{0, 1, 65534}, 65535, true},
		{[]uint16{3, 3}, 9, false}, {[]uint16{3, 2}, 9, false}, {[]uint16{65535, 0}, 65535, false}, {[]uint16{0, 65535, 1}, 9, false},
		{[]uint16{0, 9}, 9, false}, {[]uint16{1, 2, 2, 8}, 9, false},
	} {
		if got := ascending(c.list, c.n); got != c.want {
			t.Errorf("%v below %d: %v", c.list, c.n, got)
		}
	}
}

// Each array is spoiled in a way that the checksum, being made afterwards, does
// not tell.
func TestImpossibleSegmentsAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(s *segment){
		"no chunks":                    func(s *segment) { *s = segment{dict: make([]entry, 1), payloads: payloads{starts: []uint32{0}}} },
		"a payload that is missing":    func(s *segment) { s.refs[3] = uint32(s.payloads.len()) },
		"payloads out of order":        func(s *segment) { s.payloads.starts[1] = s.payloads.starts[2] + 1 },
		"payloads beyond the arena":    func(s *segment) { s.payloads.starts[s.payloads.len()]++ },
		"an order that names no chunk": func(s *segment) { s.order[0] = uint16(s.len()) },
		"a chunk twice in the order":   func(s *segment) { s.order[0] = s.order[1] },
		"terms out of order":           func(s *segment) { s.dict[0].Term, s.dict[1].Term = s.dict[1].Term, s.dict[0].Term },
		"postings beyond the end":      func(s *segment) { s.dict[1].Start = uint32(len(s.locals) + 1) },
		"a list without postings":      func(s *segment) { s.dict[1].Start = s.dict[0].Start },
		"postings before the first":    func(s *segment) { s.dict[0].Start = 1 },
		"a posting of no chunk":        func(s *segment) { s.locals[len(s.locals)-1] = uint16(s.len()) },
		"a direction of no chunk":      func(s *segment) { s.denseLocals[len(s.denseLocals)-1] = uint16(s.len()) },
	} {
		s := fuzzSegment(t, 3)
		if err := s.check(); err != nil {
			t.Fatal(err)
		}
		if spoil(s); s.check() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestImpossibleHeavyTermsAreRefused(t *testing.T) {
	heavy := func(s *segment) *entry {
		for i := range s.dict {
			if s.dict[i].heavy() > 0 {
				return &s.dict[i]
			}
		}
		t.Fatal("no term is heavy")
		return nil
	}
	for name, spoil := range map[string]func(s *segment){
		"a number that is left out": func(s *segment) { heavy(s).Extra += 1 << 8 },
		"a number too many":         func(s *segment) { s.rack.words = s.rack.words[:len(s.rack.words)-stride(s.len())] },
		"a bit too few":             func(s *segment) { s.rack.words[0] &= s.rack.words[0] - 1 },
		"a rank that is too high":   func(s *segment) { s.rack.ranks[1]++ },
		"a block that begins elsewhere": func(s *segment) {
			// One posting of the first block moves to the second.
			last := blockChunks/64 - 1
			s.rack.words[last] &= s.rack.words[last] - 1
			for s.rack.words[last+1]&1 != 0 {
				s.rack.words[last+1] >>= 1
			}
			s.rack.words[last+1] |= 1
			s.rack.ranks[last+1]--
		},
	} {
		s := build(distinct(crowded(1, blockChunks+90)), 0, maxChunks, 4)[0]
		if err := s.check(); err != nil {
			t.Fatal(err)
		}
		if spoil(s); s.check() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
