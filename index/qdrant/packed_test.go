package qdrant

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	pb "github.com/qdrant/go-client/qdrant"
	"google.golang.org/protobuf/proto"

	"freshet/index"
	"freshet/index/indextest"
)

// replyOf is a Get's reply with two points and the reserved one.
func replyOf(ids []uint32, values []float32, old bool) []byte {
	output := &pb.VectorOutput{Vector: &pb.VectorOutput_Sparse{Sparse: &pb.SparseVector{Indices: ids, Values: values}}}
	if old {
		//lint:ignore SA1019 what servers before 1.16 send
		output = &pb.VectorOutput{Data: values, Indices: &pb.SparseIndices{Data: ids}}
	}
	vectors := func(v map[string]*pb.VectorOutput) *pb.VectorsOutput {
		return &pb.VectorsOutput{VectorsOptions: &pb.VectorsOutput_Vectors{Vectors: &pb.NamedVectorsOutput{Vectors: v}}}
	}
	b, err := proto.Marshal(&pb.GetResponse{Time: 3, Result: []*pb.RetrievedPoint{
		{Id: reserved(), Payload: map[string]*pb.Value{keyMark: markValue(index.Mark{Epoch: "e", Seq: 9})}, Vectors: vectors(nil)},
		{Id: pointID(indextest.ID(1)), Vectors: vectors(map[string]*pb.VectorOutput{lexicalVector: output, "other": {}})},
		{Id: pointID(indextest.ID(2))},
	}})
	if err != nil {
		panic(err)
	}
	return b
}

func TestVectorsAreReadInPlace(t *testing.T) {
	terms := []index.Term{{ID: 7, Value: 2}, {ID: 1, Value: 3}, {ID: 7, Value: 1}, {ID: math.MaxUint32, Value: 1}, {ID: 8, Value: 5}}
	want := []float32{1, 1.5, 0.5, 4, 0}
	for name, b := range map[string][]byte{
		"as it is sent":     replyOf([]uint32{1, 5, 7, math.MaxUint32}, []float32{0.5, 9, 0.5, 4}, false),
		"by older servers":  replyOf([]uint32{1, 5, 7, math.MaxUint32}, []float32{0.5, 9, 0.5, 4}, true),
		"in no order":       replyOf([]uint32{7, math.MaxUint32, 1, 5}, []float32{0.5, 4, 0.5, 9}, false),
		"with others after": replyOf([]uint32{1, 7, 100, math.MaxUint32}, []float32{0.5, 0.5, 9, 4}, false),
	} {
		got := map[index.ChunkID][]float32{}
		r := &packedReply{visit: func(id index.ChunkID, v packedSparse) (err error) {
			got[id], err = v.contributions(wantedOf(terms))
			return err
		}}
		if err := r.read(b); err != nil || r.mark == nil || *r.mark != (index.Mark{Epoch: "e", Seq: 9}) {
			t.Errorf("%s: %v, mark %v", name, err, r.mark)
		}
		if d := cmp.Diff(map[index.ChunkID][]float32{indextest.ID(1): want, indextest.ID(2): make([]float32, len(terms))}, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestTermIDs(t *testing.T) {
	for _, id := range []uint32{0, 1, 127, 128, 16383, 16384, 1<<21 - 1, 1 << 21, 1<<28 - 1, 1 << 28, 1 << 31, math.MaxUint32} {
		for _, rest := range [][]byte{nil, {0xff}, bytes.Repeat([]byte{0xff}, 9), bytes.Repeat([]byte{1}, 9)} {
			b := binary.AppendUvarint(nil, uint64(id))
			if got, size := termID(append(b, rest...)); got != id || size != len(b) {
				t.Errorf("%d before %x is read as %d of %d bytes", id, rest, got, size)
			}
		}
	}
	for _, b := range [][]byte{nil, {0x80}, {0xff, 0xff, 0xff, 0xff, 0x1f}, {0xff, 0xff, 0xff, 0xff, 0x1f, 0, 0, 0, 0}, bytes.Repeat([]byte{0x80}, 9), {0x80, 0x80, 0x80, 0x80, 0x80, 0}} {
		if id, size := termID(b); size > 0 {
			t.Errorf("%x is read as %d", b, id)
		}
	}
}

// What is read in place is what the generated code reads; a reply that breaks off is
// refused or gives as many points as it has.
func FuzzPackedReply(f *testing.F) {
	f.Add([]byte{1, 0, 0, 0, 5, 0, 0, 0, 7, 0, 0, 0}, uint16(3), false, uint16(0))
	f.Add([]byte{7, 0, 0, 0, 255, 255, 255, 255, 1, 0, 0, 0}, uint16(3), true, uint16(0))
	f.Add([]byte{7, 0, 0, 0, 1, 0, 0, 0}, uint16(1), false, uint16(90))
	f.Fuzz(func(t *testing.T, packed []byte, count uint16, old bool, cut uint16) {
		var ids []uint32
		want := map[uint32]float32{}
		values := make([]float32, count%512)
		for i := range values {
			values[i] = float32(i) + 0.5
		}
		for ; len(packed) >= 4; packed = packed[4:] {
			ids = append(ids, binary.LittleEndian.Uint32(packed))
		}
		for i, id := range ids {
			if _, twice := want[id]; twice || i >= len(values) {
				return // no server sends that; TestVectorsAreReadInPlace has what it does
			}
			want[id] = values[i]
		}
		terms := []index.Term{{ID: 7, Value: 2}, {ID: 1, Value: 3}, {ID: 5, Value: 1}, {ID: math.MaxUint32, Value: 1}}
		b := replyOf(ids, values, old)
		points := 0
		r := &packedReply{visit: func(id index.ChunkID, v packedSparse) error {
			got, err := v.contributions(wantedOf(terms))
			if points++; err != nil || id != indextest.ID(1) || cut > 0 {
				return err
			}
			for i, term := range terms {
				if got[i] != term.Value*want[term.ID] {
					t.Errorf("term %d contributes %v, want %v", term.ID, got[i], term.Value*want[term.ID])
				}
			}
			return nil
		}}
		err := r.read(b[:len(b)-int(cut)%len(b)])
		if int(cut)%len(b) == 0 && (err != nil || points != 2) || points > 2 {
			t.Errorf("%d points, %v", points, err)
		}
	})
}
