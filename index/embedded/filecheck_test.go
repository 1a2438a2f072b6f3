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
		"no chunks":                    func(s *segment) { *s = segment{starts: []uint32{0}, payloads: payloads{starts: []uint32{0}}} },
		"a payload that is missing":    func(s *segment) { s.refs[3] = uint32(s.payloads.len()) },
		"payloads out of order":        func(s *segment) { s.payloads.starts[1] = s.payloads.starts[2] + 1 },
		"payloads beyond the arena":    func(s *segment) { s.payloads.starts[s.payloads.len()]++ },
		"an order that names no chunk": func(s *segment) { s.order[0] = uint16(s.len()) },
		"a chunk twice in the order":   func(s *segment) { s.order[0] = s.order[1] },
		"terms out of order":           func(s *segment) { s.terms[0], s.terms[1] = s.terms[1], s.terms[0] },
		"postings beyond the end":      func(s *segment) { s.starts[1] = uint32(len(s.locals) + 1) },
		"a list without postings":      func(s *segment) { s.starts[1] = s.starts[0] },
		"postings before the first":    func(s *segment) { s.starts[0] = 1 },
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
