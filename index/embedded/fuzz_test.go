package embedded

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math"
	"testing"

	"freshet/index"
	"freshet/index/indextest"
)

func fuzzSegment(t testing.TB, dimension int) *segment {
	t.Helper()
	maker := indextest.NewMaker(1, index.Space{Dimension: dimension})
	maker.Bases, maker.PerPoint = []string{"help"}, 5
	points := maker.Points(0, 9, 1)
	return build(distinct(points), dimension, maxChunks, 4)[0]
}

// aligned copies b to where lists may be cut out of it.
func aligned(b []byte) []byte {
	c := asBytes(make([]uint64, (len(b)+7)/8))[:len(b)]
	copy(c, b)
	return c
}

// The fuzzer cannot guess checksums, so the target mends them: what is tried is
// the structural checks behind.
func FuzzReadSegment(f *testing.F) {
	for _, dimension := range []int{0, 3} {
		var b bytes.Buffer
		if _, _, err := fuzzSegment(f, dimension).writeTo(&b, dimension); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes(), dimension > 0)
	}
	var b bytes.Buffer
	if _, _, err := build(distinct(crowded(1, 90)), 0, maxChunks, 4)[0].writeTo(&b, 0); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes(), false)
	f.Fuzz(func(t *testing.T, b []byte, dense bool) {
		dimension := 0
		if dense {
			dimension = 3
		}
		b = aligned(b)
		if n := len(b) - 8; n >= headerSize && n%8 == 0 {
			binary.NativeEndian.PutUint64(b[n:], uint64(crc32.Checksum(b[:n], castagnoli)))
		}
		seg, err := readSegment(b, dimension, 4)
		if err != nil {
			return
		}
		useAll(t, seg, dimension)
	})
}

// useAll does everything to a segment that a Store does.
func useAll(t *testing.T, seg *segment, dimension int) {
	w := new(workspace)
	list := []*view{{seg: seg}}
	terms := []index.Term{{ID: 0, Value: 1}, {ID: math.MaxUint32, Value: -1}}
	for _, e := range seg.dict[:min(seg.terms(), 50)] {
		terms = append(terms, index.Term{ID: e.Term, Value: 1})
	}
	queries := []index.Query{
		{Lexical: terms, Limit: 3, Explain: 3},
		{Lexical: terms[2:], Limit: 3, Filter: index.Not{Of: index.Exists{Key: index.KeyLabel}}},
	}
	if dimension > 0 {
		queries = append(queries, index.Query{Dense: make([]float32, dimension), Limit: 2})
	}
	for i := range queries {
		if _, err := w.answer(t.Context(), list, &queries[i]); err != nil {
			t.Fatal(err)
		}
	}
	for i := range w.sums {
		if w.sums[i] != 0 {
			t.Fatalf("the sum of chunk %d is left over", i)
		}
	}
	for local, id := range seg.ids {
		if found, ok := seg.find(id); !ok || int(found) != local {
			t.Fatalf("chunk %d is found as %d, %v", local, found, ok)
		}
		list[0].stamp(local)
	}
	if m := merge([]*view{list[0]}, dimension, 4, func() {}); m.out.len() != seg.len() {
		t.Fatalf("%d chunks after a merge, %d before", m.out.len(), seg.len())
	}
}

func FuzzDecodeManifest(f *testing.F) {
	m := &manifest{space: "space", mark: index.Mark{Epoch: "e", Seq: -3}, views: []savedView{{
		file: segmentFile{number: 7, size: 4096, sum: 99}, chunks: 9, dead: bitmap{5},
		extra:   []payload{{hash: index.Hash{1}, raw: []byte{0, 0}}},
		patches: []savedPatch{{local: 3, patch: patch{set: true, ref: 2, seq: 8}}},
	}}}
	f.Add(m.encode())
	f.Add((&manifest{}).encode())
	seg := fuzzSegment(f, 0)
	f.Fuzz(func(t *testing.T, b []byte) {
		b = bytes.Clone(b)
		if n := len(b) - 4; n >= 0 {
			binary.LittleEndian.PutUint32(b[n:], crc32.Checksum(b[:n], castagnoli))
		}
		m, err := decodeManifest(b)
		if err != nil {
			return
		}
		again, err := decodeManifest(m.encode())
		if err != nil || !bytes.Equal(again.encode(), m.encode()) {
			t.Fatalf("round trip of %+v: %+v, %v", m, again, err)
		}
		for i := range m.views {
			v, err := m.views[i].restore(seg)
			if err != nil {
				continue
			}
			for local := range seg.len() {
				v.payload(v.ref(local))
				v.stamp(local)
			}
		}
	})
}

func FuzzMatch(f *testing.F) {
	maker := indextest.NewMaker(2, index.Space{})
	for seed := range uint64(8) {
		f.Add(maker.Payload().Append(nil), seed)
	}
	f.Add([]byte{1, 1, 'a', 255, 255, 255, 255, 15}, uint64(3))
	f.Fuzz(func(t *testing.T, raw []byte, seed uint64) {
		filter := indextest.NewMaker(seed, index.Space{}).Filter(3)
		got := match(filter, raw)
		p, err := index.DecodePayload(raw)
		// Only what Append wrote is promised to match alike: a repeated key, say,
		// is not.
		if err != nil || !bytes.Equal(p.Append(nil), raw) {
			return
		}
		if want := filter.Match(p); got != want {
			t.Fatalf("%s on %+v: %v, want %v", filter, p, got, want)
		}
	})
}
