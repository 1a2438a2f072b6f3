package lexical

import "sync/atomic"

// counts maps token IDs to numbers for one writer and any number of readers, none
// of whom waits. A slot packs an ID and its number; 0 is empty. IDs are hashes,
// so their low bits are an even spread.
type counts struct {
	table atomic.Pointer[countTable]
	used  int // slots taken, the writer's
}

type countTable struct {
	mask  uint32
	slots []uint64
}

const smallestTable = 1 << 10

func newCountTable(size int) *countTable {
	n := smallestTable
	for n*5 < size*8 {
		n *= 2
	}
	return &countTable{mask: uint32(n - 1), slots: make([]uint64, n)}
}

// slotID is the ID under which a slot is kept: 0 cannot be told from empty.
func slotID(id uint32) uint32 { return max(id, 1) }

// get returns the number of an ID.
func (c *counts) get(id uint32) int {
	t := c.table.Load()
	if t == nil {
		return 0
	}
	id = slotID(id)
	for i := id & t.mask; ; i = (i + 1) & t.mask {
		s := atomic.LoadUint64(&t.slots[i])
		if s == 0 {
			return 0
		}
		if uint32(s>>32) == id {
			return int(uint32(s))
		}
	}
}

// add changes the number of an ID, never below 0, and returns the new one.
func (c *counts) add(id uint32, delta int) int {
	t := c.table.Load()
	if t == nil || c.used*8 > len(t.slots)*5 {
		t = c.grow(t)
	}
	id = slotID(id)
	i := id & t.mask
	for ; ; i = (i + 1) & t.mask {
		s := t.slots[i]
		if s == 0 {
			c.used++
			break
		}
		if uint32(s>>32) == id {
			delta += int(uint32(s))
			break
		}
	}
	n := max(delta, 0)
	atomic.StoreUint64(&t.slots[i], uint64(id)<<32|uint64(n))
	return n
}

// grow builds a larger table without the IDs that have gone, and shows it to the
// readers whole.
func (c *counts) grow(old *countTable) *countTable {
	live := 0
	c.each(func(uint32, uint32) { live++ })
	t := newCountTable(2 * live)
	c.used = live
	if old != nil {
		for _, s := range old.slots {
			if uint32(s) == 0 {
				continue
			}
			i := uint32(s>>32) & t.mask
			for t.slots[i] != 0 {
				i = (i + 1) & t.mask
			}
			t.slots[i] = s
		}
	}
	c.table.Store(t)
	return t
}

// each calls f for every ID whose number is not 0; the writer's.
func (c *counts) each(f func(id, n uint32)) {
	t := c.table.Load()
	if t == nil {
		return
	}
	for _, s := range t.slots {
		if uint32(s) != 0 {
			f(uint32(s>>32), uint32(s))
		}
	}
}
