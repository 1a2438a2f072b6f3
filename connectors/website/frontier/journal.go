package frontier

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"sort"
	"strconv"

	"freshet/connectors"
)

const (
	// maxBlock is how long a block may be, of the 4 KB that a note may have.
	maxBlock = 4000
	// maxRaw bounds a block before it is packed; addresses that pack better than
	// one to forty are not worth more.
	maxRaw = 160 << 10
	// firstRaw is the length at which the first block is tried.
	firstRaw = 8 << 10
)

func blockKey(n int) string { return "front:" + strconv.Itoa(n) }

// journal is a log in blocks, each a note. All blocks but the last are sealed: they
// are written once. The last one is written again at checkpoints, as far as it has
// got. It holds in memory the last block and two that were read lately.
type journal struct {
	memory connectors.Memory
	firsts []int    // per sealed block: how many items come before it
	sealed uint64   // hash of the sealed blocks' text
	tail   []record // the last block
	first  int      // items before the last block
	items  int
	size   int    // of tail, at most
	limit  int    // size at which a block is packed
	text   string // the tail, packed; "" if it was not since the last record
	cached [2]block
	pack   packer
}

// block is a sealed block that was read.
type block struct {
	n     int // its number and 1
	items []record
}

func newJournal(m connectors.Memory) journal {
	return journal{memory: m, limit: firstRaw, sealed: fnvBasis}
}

// append writes a record at the end.
func (j *journal) append(r record) error {
	j.tail = append(j.tail, r)
	j.size += r.size()
	j.text = ""
	if r.item() {
		j.items++
	}
	if j.size < j.limit {
		return nil
	}
	text, err := j.pack.pack(j.tail)
	if err != nil {
		return err
	}
	if len(text) < maxBlock*3/4 && j.limit < maxRaw {
		j.limit = min(maxRaw, max(j.limit*9/8, j.size*maxBlock*9/10/max(len(text), 1)))
		return nil
	}
	if len(text) > maxBlock {
		return j.split()
	}
	j.seal(j.tail, text)
	j.tail, j.size = nil, 0
	return nil
}

// split seals the first part of a tail that is too long for one block.
func (j *journal) split() error {
	for n := len(j.tail) * 3 / 4; ; n = n * 3 / 4 {
		n = max(n, 1)
		text, err := j.pack.pack(j.tail[:n])
		if err != nil {
			return err
		}
		if len(text) > maxBlock {
			if n == 1 {
				return fmt.Errorf("%w: one record takes %d bytes", errDamaged, len(text))
			}
			continue
		}
		j.seal(j.tail[:n], text)
		j.tail = append([]record(nil), j.tail[n:]...)
		j.size = 0
		for _, r := range j.tail {
			j.size += r.size()
		}
		j.limit = max(firstRaw/2, j.limit*3/4)
		return nil
	}
}

func (j *journal) seal(records []record, text string) {
	j.memory.Set(blockKey(len(j.firsts)), text)
	j.sealed = fnvAdd(j.sealed, text)
	j.firsts = append(j.firsts, j.first)
	for _, r := range records {
		if r.item() {
			j.first++
		}
	}
}

// flush writes the last block and returns how many there are and the hash of all.
func (j *journal) flush() (blocks int, sum uint64, err error) {
	for j.text == "" && len(j.tail) > 0 {
		text, err := j.pack.pack(j.tail)
		if err != nil {
			return 0, 0, err
		}
		if len(text) <= maxBlock {
			j.text = text
			j.memory.Set(blockKey(len(j.firsts)), text)
			break
		}
		if err := j.split(); err != nil {
			return 0, 0, err
		}
	}
	if len(j.tail) == 0 {
		return len(j.firsts), j.sealed, nil
	}
	return len(j.firsts) + 1, fnvAdd(j.sealed, j.text), nil
}

// replay reads the blocks back and hands each record to take.
func (j *journal) replay(ctx context.Context, blocks int, sum uint64, take func(record) error) error {
	for n := range blocks {
		text, err := j.memory.Get(ctx, blockKey(n))
		if err != nil {
			return fmt.Errorf("reading block %d of the frontier: %w", n, err)
		}
		records, err := j.pack.unpack(text)
		if err != nil {
			return err
		}
		if n == blocks-1 {
			if fnvAdd(j.sealed, text) != sum {
				return fmt.Errorf("%w: it is not the one of this cursor", errDamaged)
			}
			j.tail, j.text, j.first = records, text, j.items
		} else {
			j.firsts = append(j.firsts, j.items)
			j.sealed = fnvAdd(j.sealed, text)
		}
		for _, r := range records {
			if n == blocks-1 {
				j.size += r.size()
			}
			if err := take(r); err != nil {
				return err
			}
			if r.item() {
				j.items++
			}
		}
	}
	j.limit = max(j.limit, j.size+1)
	return nil
}

// item returns the record of an item.
func (j *journal) item(ctx context.Context, n int) (record, error) {
	if n >= j.first {
		return nth(j.tail, n-j.first)
	}
	b := sort.SearchInts(j.firsts, n+1) - 1
	for _, c := range j.cached {
		if c.n == b+1 {
			return nth(c.items, n-j.firsts[b])
		}
	}
	text, err := j.memory.Get(ctx, blockKey(b))
	if err != nil {
		return record{}, fmt.Errorf("reading block %d of the frontier: %w", b, err)
	}
	records, err := j.pack.unpack(text)
	if err != nil {
		return record{}, err
	}
	items := records[:0]
	for _, r := range records {
		if r.item() {
			items = append(items, r)
		}
	}
	j.cached[1], j.cached[0] = j.cached[0], block{n: b + 1, items: items}
	return nth(items, n-j.firsts[b])
}

// nth returns the record of the nth item among records.
func nth(records []record, n int) (record, error) {
	for _, r := range records {
		if !r.item() {
			continue
		}
		if n == 0 {
			return r, nil
		}
		n--
	}
	return record{}, fmt.Errorf("%w: an item is missing", errDamaged)
}

// packer packs records into the text of a block. It keeps its working memory.
type packer struct {
	raw   []byte
	out   bytes.Buffer
	write *flate.Writer
}

func (p *packer) pack(records []record) (string, error) {
	p.raw = p.raw[:0]
	before := ""
	for _, r := range records {
		p.raw = appendRecord(p.raw, r, before)
		if r.kind == added {
			before = r.url
		}
	}
	p.out.Reset()
	if p.write == nil {
		var err error
		if p.write, err = flate.NewWriter(&p.out, flate.DefaultCompression); err != nil {
			return "", fmt.Errorf("packing the frontier: %w", err)
		}
	}
	p.write.Reset(&p.out)
	_, err := p.write.Write(p.raw)
	if err := errors.Join(err, p.write.Close()); err != nil {
		return "", fmt.Errorf("packing the frontier: %w", err)
	}
	return base64.RawStdEncoding.EncodeToString(p.out.Bytes()), nil
}

func (p *packer) unpack(text string) ([]record, error) {
	packed, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || text == "" {
		return nil, fmt.Errorf("%w: a block cannot be read", errDamaged)
	}
	raw, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), 2*maxRaw+1))
	if err != nil || len(raw) > 2*maxRaw {
		return nil, fmt.Errorf("%w: a block cannot be unpacked", errDamaged)
	}
	return parseRecords(raw)
}

// fnvBasis is the hash of a log without blocks.
const fnvBasis = 14695981039346656037

// fnvAdd continues the hash of a log by one block.
func fnvAdd(sum uint64, text string) uint64 {
	h := fnv.New64a()
	var b [8]byte
	for i := range b {
		b[i] = byte(sum >> (8 * i))
	}
	h.Write(b[:])
	io.WriteString(h, text)
	return h.Sum64()
}
