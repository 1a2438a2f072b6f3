package qdrant

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"slices"

	pb "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"freshet/index"
)

// The vectors of twenty hits are 15,000 terms, of which a question wants some
// hundred. So they are read where they lie in the reply instead of being turned
// into slices first, which takes longer than all the rest of a search.

// A packedSparse is a sparse vector as it is sent.
type packedSparse struct {
	ids    []byte // varints
	values []byte // little-endian floats
}

// get reads points with their lexical vectors and the reserved point's mark. Visit
// gets each vector; it must not keep it.
func (s *Store) get(ctx context.Context, request *pb.GetPoints, visit func(index.ChunkID, packedSparse) error) (mark *index.Mark, err error) {
	reply, err := call(ctx, s.server, reading("read the vectors of hits"), func(ctx context.Context, q *pb.GetPoints, _ ...grpc.CallOption) (*packedReply, error) {
		r := &packedReply{visit: visit}
		return r, s.server.client.GetConnection().Invoke(ctx, pb.Points_Get_FullMethodName, q, r, grpc.ForceCodecV2(packedCodec{encoding.GetCodecV2("proto")}))
	}, request)
	if err != nil {
		return nil, err
	}
	return reply.mark, nil
}

// A packedReply is a pb.GetResponse that is read in place.
type packedReply struct {
	mark  *index.Mark
	visit func(index.ChunkID, packedSparse) error
}

// packedCodec sends messages as ever and reads packedReplies.
type packedCodec struct{ encoding.CodecV2 }

func (c packedCodec) Unmarshal(data mem.BufferSlice, v any) error {
	b := data.MaterializeToBuffer(mem.DefaultBufferPool())
	defer b.Free()
	return v.(*packedReply).read(b.ReadOnlyData())
}

var errPacked = errors.New("the reply is not what a Get gives")

// Numbers of fields.
const (
	getResult       = 1
	pointPayload    = 2
	pointVectors    = 4
	namedVectors    = 2
	entryKey        = 1
	entryValue      = 2
	outputData      = 1
	outputIndices   = 2
	outputSparse    = 102
	sparseValues    = 1
	sparseIndices   = 2
	indicesData     = 1
	pointIDField    = 1
	pointIDUUID     = 2
	namedVectorsMap = 1
)

// fields calls do with each field of a message that has a length.
func fields(b []byte, do func(n protowire.Number, v []byte) error) error {
	for len(b) > 0 {
		n, kind, size := protowire.ConsumeTag(b)
		if size < 0 {
			return errPacked
		}
		b = b[size:]
		if kind != protowire.BytesType {
			if size = protowire.ConsumeFieldValue(n, kind, b); size < 0 {
				return errPacked
			}
			b = b[size:]
			continue
		}
		v, size := protowire.ConsumeBytes(b)
		if size < 0 {
			return errPacked
		}
		if err := do(n, v); err != nil {
			return err
		}
		b = b[size:]
	}
	return nil
}

func (r *packedReply) read(b []byte) error {
	return fields(b, func(n protowire.Number, v []byte) error {
		if n != getResult {
			return nil
		}
		return r.point(v)
	})
}

func (r *packedReply) point(b []byte) error {
	var uuid string
	var lexical packedSparse
	payload := map[string]*pb.Value{}
	err := fields(b, func(n protowire.Number, v []byte) error {
		switch n {
		case pointIDField:
			return fields(v, func(n protowire.Number, v []byte) error {
				if n == pointIDUUID {
					uuid = string(v)
				}
				return nil
			})
		case pointPayload:
			return entry(v, func(key string, v []byte) error {
				payload[key] = &pb.Value{}
				return proto.Unmarshal(v, payload[key])
			})
		case pointVectors:
			return lexical.find(v)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if uuid == "" {
		mark := markFrom(payload)
		r.mark = &mark
		return nil
	}
	id, err := index.ParseChunkID(uuid)
	if err != nil {
		return err
	}
	return r.visit(id, lexical)
}

func entry(b []byte, do func(key string, v []byte) error) error {
	var key string
	var value []byte
	err := fields(b, func(n protowire.Number, v []byte) error {
		switch n {
		case entryKey:
			key = string(v)
		case entryValue:
			value = v
		}
		return nil
	})
	if err != nil {
		return err
	}
	return do(key, value)
}

// find takes the lexical vector out of a VectorsOutput.
func (p *packedSparse) find(b []byte) error {
	return fields(b, func(n protowire.Number, v []byte) error {
		if n != namedVectors {
			return nil
		}
		return fields(v, func(n protowire.Number, v []byte) error {
			if n != namedVectorsMap {
				return nil
			}
			return entry(v, func(key string, v []byte) error {
				if key != lexicalVector {
					return nil
				}
				return p.read(v)
			})
		})
	})
}

// read reads a VectorOutput: the sparse vector of servers since 1.16, or the data
// and indices of older ones.
func (p *packedSparse) read(b []byte) error {
	return fields(b, func(n protowire.Number, v []byte) error {
		switch n {
		case outputSparse:
			return fields(v, func(n protowire.Number, v []byte) error {
				switch n {
				case sparseValues:
					p.values = v
				case sparseIndices:
					p.ids = v
				}
				return nil
			})
		case outputData:
			if p.values == nil {
				p.values = v
			}
		case outputIndices:
			return fields(v, func(n protowire.Number, v []byte) error {
				if n == indicesData && p.ids == nil {
					p.ids = v
				}
				return nil
			})
		}
		return nil
	})
}

// A wanted is the terms of a query by ascending ID, with their places in it.
type wanted struct {
	terms  []index.Term
	places []int
}

func wantedOf(terms []index.Term) wanted {
	w := wanted{places: make([]int, len(terms)), terms: make([]index.Term, len(terms))}
	for i := range w.places {
		w.places[i] = i
	}
	slices.SortStableFunc(w.places, func(a, b int) int { return compareTerms(terms[a], terms[b]) })
	for i, place := range w.places {
		w.terms[i] = terms[place]
	}
	return w
}

// contributions walks along the vector and the wanted terms. The server keeps a
// vector sorted; one that is not is sorted first.
func (p packedSparse) contributions(w wanted) ([]float32, error) {
	list := make([]float32, len(w.terms))
	next, last, ids := 0, int64(-1), p.ids
	for n := 0; len(ids) > 0; n++ {
		id, size := termID(ids)
		if size <= 0 || 4*n+4 > len(p.values) {
			return nil, errPacked
		}
		ids = ids[size:]
		if int64(id) <= last {
			return p.sorted(w)
		}
		last = int64(id)
		for next < len(w.terms) && w.terms[next].ID < id {
			next++
		}
		for ; next < len(w.terms) && w.terms[next].ID == id; next++ {
			value := math.Float32frombits(binary.LittleEndian.Uint32(p.values[4*n:]))
			list[w.places[next]] = float32(w.terms[next].Value * value)
		}
	}
	return list, nil
}

// termID reads a varint of at most five bytes, all at once where there is room to,
// because that is where reading a vector spends its time. The size is 0 when it is
// none.
func termID(b []byte) (id uint32, size int) {
	if len(b) < 8 {
		v, size := binary.Uvarint(b)
		if v > math.MaxUint32 || size > 5 {
			return 0, 0
		}
		return uint32(v), size
	}
	x := binary.LittleEndian.Uint64(b)
	last := bits.TrailingZeros64(^x&0x80_80_80_80_80) / 8
	if last > 4 {
		return 0, 0
	}
	x &= 1<<(8*last+8) - 1
	v := x&0x7f | x>>1&(0x7f<<7) | x>>2&(0x7f<<14) | x>>3&(0x7f<<21) | x>>4&(0x7f<<28)
	if v > math.MaxUint32 {
		return 0, 0
	}
	return uint32(v), last + 1
}

// sorted is contributions of a vector in any order.
func (p packedSparse) sorted(w wanted) ([]float32, error) {
	values := make(map[uint32]float32, len(p.values)/4)
	ids := p.ids
	for n := 0; len(ids) > 0; n++ {
		id, size := termID(ids)
		if size <= 0 || 4*n+4 > len(p.values) {
			return nil, errPacked
		}
		ids = ids[size:]
		values[id] = math.Float32frombits(binary.LittleEndian.Uint32(p.values[4*n:]))
	}
	list := make([]float32, len(w.terms))
	for i, t := range w.terms {
		list[w.places[i]] = float32(t.Value * values[t.ID])
	}
	return list, nil
}
