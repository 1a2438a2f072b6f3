package qdrant

import (
	"encoding/hex"
	"fmt"

	pb "github.com/qdrant/go-client/qdrant"

	"freshet/index"
)

// scale is the step to which lexical values are rounded, as the embedded Store
// does, so that both rank alike.
const scale = float32(index.MaxWeight) / 255

// quantise rounds a lexical value. Only 0 becomes 0.
func quantise(v float32) float32 {
	switch steps := v/scale + 0.5; {
	case v == 0:
		return 0
	case steps < 1:
		return scale
	case steps >= 255:
		return 255 * scale
	default:
		return float32(uint8(steps)) * scale
	}
}

// encode makes the point that is sent.
func encode(p *index.Point) *pb.PointStruct {
	values := make([]float32, len(p.Lexical.Values))
	for i, v := range p.Lexical.Values {
		values[i] = quantise(v)
	}
	vectors := make(map[string]*pb.Vector, 2)
	if len(values) > 0 {
		vectors[lexicalVector] = &pb.Vector{Vector: &pb.Vector_Sparse{Sparse: &pb.SparseVector{Indices: p.Lexical.IDs, Values: values}}}
	}
	if p.Dense != nil {
		vectors[denseVector] = &pb.Vector{Vector: &pb.Vector_Dense{Dense: &pb.DenseVector{Data: p.Dense}}}
	}
	payload := make(map[string]*pb.Value, 8)
	payload[keyBase] = text(escape(p.Base))
	payload[keyInput] = text(p.Stamp.Input.String())
	payload[keyDense] = pb.NewValueBool(p.Dense != nil)
	describe(payload, p.Payload, p.Stamp.Payload, p.Stamp.Seq)
	return &pb.PointStruct{Id: pointID(p.ID), Payload: payload, Vectors: pb.NewVectorsMap(vectors)}
}

// describe sets what a patch replaces.
func describe(to map[string]*pb.Value, p index.Payload, hash index.Hash, seq int64) {
	keywords := keywordsOf(p)
	values := make([]*pb.Value, len(keywords))
	for i, k := range keywords {
		values[i] = text(k)
	}
	to[keyFilter] = pb.NewValueFromList(values...)
	to[keyDetails] = text(hash.String())
	to[keySeq] = pb.NewValueInt(seq)
	to[keyModified] = pb.NewValueNull()
	if v, ok := ranged(p); ok {
		to[keyModified] = pb.NewValueDouble(v)
	}
}

// sizeOf estimates the bytes of a point in a request.
func sizeOf(p *pb.PointStruct) int {
	const rest = 256 // ID, hashes, keys
	n := rest
	for _, v := range p.GetVectors().GetVectors().GetVectors() {
		// A term is a varint of mostly five bytes and a float.
		n += 9*len(v.GetSparse().GetIndices()) + 4*len(v.GetDense().GetData())
	}
	for _, k := range p.GetPayload()[keyFilter].GetListValue().GetValues() {
		n += len(k.GetStringValue()) + 6
	}
	return n
}

func text(s string) *pb.Value { return pb.NewValueString(s) }

func pointID(id index.ChunkID) *pb.PointId {
	return &pb.PointId{PointIdOptions: &pb.PointId_Uuid{Uuid: id.String()}}
}

func pointIDs(ids []index.ChunkID) []*pb.PointId {
	list := make([]*pb.PointId, len(ids))
	for i, id := range ids {
		list[i] = pointID(id)
	}
	return list
}

func chunkID(id *pb.PointId) (index.ChunkID, error) {
	return index.ParseChunkID(id.GetUuid())
}

// stampFrom reads a point's payload.
func stampFrom(id index.ChunkID, payload map[string]*pb.Value) (index.StampedID, error) {
	base, err := unescape(payload[keyBase].GetStringValue())
	s := index.StampedID{ID: id, Base: base}
	s.Stamp.Seq, s.Stamp.Dense = payload[keySeq].GetIntegerValue(), payload[keyDense].GetBoolValue()
	for key, to := range map[string]*index.Hash{keyInput: &s.Stamp.Input, keyDetails: &s.Stamp.Payload} {
		hash := payload[key].GetStringValue()
		if err == nil && len(hash) != hex.EncodedLen(len(to)) {
			err = fmt.Errorf("its %s is %q", key, hash)
		}
		if err == nil {
			_, err = hex.Decode(to[:], []byte(hash))
		}
	}
	if err != nil {
		return s, fmt.Errorf("point %s was not written by Freshet: %w", id, err)
	}
	return s, nil
}
