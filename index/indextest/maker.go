package indextest

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"freshet/index"
)

// A Maker makes random points and questions in which terms are as unevenly
// spread as in language. Equal seeds make equal sequences. A Maker belongs to one
// goroutine.
type Maker struct {
	// Bases are the knowledge bases that points are spread over.
	Bases []string
	// Terms is the size of the vocabulary, PerPoint the number of draws from it
	// for a point.
	Terms, PerPoint int
	// Dimension of dense vectors; 0 for none. One point in ten has none anyway.
	Dimension int

	random *rand.Rand
}

// NewMaker returns a Maker with two bases, 2,000 terms and 40 draws a point.
func NewMaker(seed uint64, space index.Space) *Maker {
	return &Maker{
		Bases: []string{"help", "legal"}, Terms: 2000, PerPoint: 40, Dimension: space.Dimension,
		random: rand.New(rand.NewPCG(seed, 0x5eed)),
	}
}

// Rand is the source that the Maker draws from.
func (m *Maker) Rand() *rand.Rand { return m.random }

// ID returns the n-th ID; IDs are spread like hashes.
func ID(n int) index.ChunkID {
	return index.NewChunkID("document", nil, "", n)
}

// Point makes a point with this ID and sequence number; its stamp follows from
// its content.
func (m *Maker) Point(id index.ChunkID, seq int64) index.Point {
	p := index.Point{ID: id, Base: m.Bases[m.random.IntN(len(m.Bases))], Lexical: m.vector(), Payload: m.Payload()}
	if m.Dimension > 0 && m.random.IntN(10) > 0 {
		p.Dense = m.direction()
	}
	p.Stamp = index.Stamp{Input: inputOf(p), Payload: p.Payload.Hash(), Seq: seq, Dense: p.Dense != nil}
	return p
}

// Points makes n points with the IDs from first on.
func (m *Maker) Points(first, n int, seq int64) []index.Point {
	list := make([]index.Point, n)
	for i := range list {
		list[i] = m.Point(ID(first+i), seq)
	}
	return list
}

func inputOf(p index.Point) index.Hash {
	var b []byte
	for i, id := range p.Lexical.IDs {
		b = binary.LittleEndian.AppendUint32(b, id)
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(p.Lexical.Values[i]))
	}
	for _, x := range p.Dense {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return index.HashTexts("indextest", string(b))
}

// term draws a term: low numbers are frequent.
func (m *Maker) term() uint32 {
	rank := math.Pow(float64(m.Terms), m.random.Float64()) - 1
	return termID(int(rank))
}

// termID spreads terms over the range of IDs as a hash does.
func termID(rank int) uint32 { return uint32(rank) * 2654435761 }

func (m *Maker) vector() index.SparseVector {
	ids := make([]uint32, m.PerPoint)
	for i := range ids {
		ids[i] = m.term()
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	v := index.SparseVector{IDs: ids, Values: make([]float32, len(ids))}
	for i := range v.Values {
		v.Values[i] = float32(40+m.random.IntN(216)) * index.MaxWeight / 255
	}
	return v
}

func (m *Maker) direction() []float32 {
	v := make([]float32, m.Dimension)
	for i := range v {
		v[i] = float32(m.random.NormFloat64())
	}
	normalise(v)
	return v
}

// Payload makes a payload out of a small number of possible ones.
func (m *Maker) Payload() index.Payload {
	source := fmt.Sprintf("source-%d", m.random.IntN(4))
	labels := []string{fmt.Sprintf("label-%d", m.random.IntN(3)), fmt.Sprintf("label-%d", m.random.IntN(6))}
	p := index.Payload{
		Texts: map[string][]string{
			index.KeySource: {source},
			index.KeyLabel:  labels,
			index.KeyPath:   {fmt.Sprintf("/%s/%d", source, m.random.IntN(5))},
		},
		Numbers: map[string]float64{index.KeyModified: float64(m.random.IntN(10))},
	}
	if m.random.IntN(2) == 0 {
		p.Texts[index.KeyOwner] = []string{"Zoé \"Z\""}
	}
	return p
}

// Query makes a question in which frequent terms stand beside rare ones, lexical
// or, when there are dense vectors, sometimes dense; half of them filtered.
func (m *Maker) Query() index.Query {
	q := index.Query{Base: m.Bases[m.random.IntN(len(m.Bases))], Limit: 1 + m.random.IntN(30), Explain: m.random.IntN(4)}
	if m.random.IntN(2) == 0 {
		q.Filter = m.Filter(2)
	}
	if m.Dimension > 0 && m.random.IntN(3) == 0 {
		q.Dense = m.direction()
		return q
	}
	for range 1 + m.random.IntN(20) {
		q.Lexical = append(q.Lexical, index.Term{ID: m.term(), Value: 0.1 + 5*m.random.Float32()})
	}
	return q
}

// Filter makes a filter over the keys of Payload, at most depth levels deep.
func (m *Maker) Filter(depth int) index.Filter {
	kind := m.random.IntN(8)
	if depth == 0 {
		kind = m.random.IntN(5)
	}
	low, high := float64(m.random.IntN(5)), float64(5+m.random.IntN(5))
	switch kind {
	case 0:
		return index.Equal{Key: index.KeyLabel, Value: fmt.Sprintf("label-%d", m.random.IntN(7))}
	case 1:
		return index.In{Key: index.KeySource, Values: []string{"source-0", fmt.Sprintf("source-%d", m.random.IntN(4))}}
	case 2:
		return index.Range{Key: index.KeyModified, Min: &low, Max: &high}
	case 3:
		return index.Prefix{Key: index.KeyPath, Prefix: fmt.Sprintf("/source-%d", m.random.IntN(4))}
	case 4:
		return index.Exists{Key: index.KeyOwner}
	case 5:
		return index.Not{Of: m.Filter(depth - 1)}
	case 6:
		return index.And{m.Filter(depth - 1), m.Filter(depth - 1)}
	default:
		return index.Or{m.Filter(depth - 1), m.Filter(depth - 1)}
	}
}
