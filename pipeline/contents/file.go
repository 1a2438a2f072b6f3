package contents

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"freshet/index"
)

// A file begins with a head: what it is, how it is packed, the hash and the length
// of the content.
const (
	magic    = "fkc1"
	headSize = len(magic) + 1 + len(index.Hash{}) + 8

	plain    = 0
	deflated = 1
)

// writers are kept: what deflating needs takes over a megabyte.
var writers = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is valid
	}
	return w
}}

// pack makes a file of a content. What does not shrink by a tenth, as files that are
// compressed already, is kept as it is: it is quicker to read.
func pack(hash index.Hash, content []byte) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(headSize + len(content)/2)
	head(&b, deflated, hash, len(content))
	w := writers.Get().(*flate.Writer)
	defer writers.Put(w)
	w.Reset(&b)
	_, err := w.Write(content)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, err
	}
	if b.Len() > headSize+len(content)-len(content)/10 {
		b.Reset()
		head(&b, plain, hash, len(content))
		b.Write(content)
	}
	return b.Bytes(), nil
}

func head(b *bytes.Buffer, how byte, hash index.Hash, length int) {
	b.WriteString(magic)
	b.WriteByte(how)
	b.Write(hash[:])
	b.Write(binary.BigEndian.AppendUint64(nil, uint64(length)))
}

// hashOf is the hash that a head names; the zero Hash when it is no head.
func hashOf(head []byte) (h index.Hash) {
	if len(head) >= headSize && string(head[:len(magic)]) == magic {
		copy(h[:], head[len(magic)+1:])
	}
	return h
}

// unpack returns the content with this hash, of at most limit bytes. Everything else
// that may stand in a file is fs.ErrNotExist: its content is not kept.
func unpack(packed []byte, hash index.Hash, limit int64) ([]byte, error) {
	if len(packed) < headSize || hashOf(packed) != hash {
		return nil, fmt.Errorf("another content is kept: %w", fs.ErrNotExist)
	}
	length := binary.BigEndian.Uint64(packed[headSize-8:])
	if length > uint64(max(limit, 0)) {
		return nil, fmt.Errorf("it is longer than %d bytes: %w", limit, fs.ErrNotExist)
	}
	content := packed[headSize:]
	if packed[len(magic)] == deflated {
		inflated := bytes.NewBuffer(make([]byte, 0, length+bytes.MinRead))
		if _, err := io.Copy(inflated, io.LimitReader(flate.NewReader(bytes.NewReader(content)), int64(length)+1)); err != nil {
			return nil, fmt.Errorf("the file is broken (%v): %w", err, fs.ErrNotExist)
		}
		content = inflated.Bytes()
	}
	if Hash(content) != hash {
		return nil, fmt.Errorf("the file is broken: %w", fs.ErrNotExist)
	}
	return content, nil
}

// Hash is that of a content, as the catalog keeps it.
func Hash(content []byte) (h index.Hash) {
	sum := sha256.Sum256(content)
	copy(h[:], sum[:])
	return h
}
