package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// heapHeadroom is what the service's heap may grow by, in bytes, before garbage is
// collected, where the heap in use is smaller: the runtime's own rule, its size once
// more, makes a service with a small heap and many questions collect several times
// a second, and every collection takes a processor from questions for a while.
const heapHeadroom = 64 << 20

// A collector keeps the garbage collector to that rule.
type collector struct {
	mu      sync.Mutex
	before  int // the percentage to go back to
	percent int
	ended   bool
}

// paceCollections keeps the process to the rule until the returned function is
// called. Whoever set GOGC or GOMEMLIMIT has decided otherwise.
func paceCollections(getenv func(string) string) (end func()) {
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	c := &collector{percent: percentFor(liveHeap())}
	c.before = debug.SetGCPercent(c.percent)
	c.arm()
	return c.end
}

// arm has adjust run after the next collection.
func (c *collector) arm() {
	type mark struct{ _ *int } // a pointer, so that nothing else shares its memory
	runtime.AddCleanup(&mark{}, func(c *collector) { c.adjust() }, c)
}

func (c *collector) adjust() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	if p := percentFor(liveHeap()); p != c.percent {
		c.percent = p
		debug.SetGCPercent(p)
	}
	c.arm()
}

func (c *collector) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	debug.SetGCPercent(c.before)
}

// percentFor is the percentage by which a heap of so many bytes may grow. It goes
// in steps of a tenth, because every change stops the world.
func percentFor(live uint64) int {
	const least = 4 << 20 // as the runtime's own least heap
	p := 100 * float64(heapHeadroom) / float64(max(live, least))
	step := math.Pow10(int(math.Log10(max(p, 1))) - 1)
	return max(100, int(math.Round(p/step)*step))
}

// liveHeap is what the last collection found in use, in bytes.
func liveHeap() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	if s[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return s[0].Value.Uint64()
}
