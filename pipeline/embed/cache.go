package embed

import (
	"container/list"
	"sync"
)

// cache remembers the vectors of the questions that were asked last.
type cache struct {
	mu    sync.Mutex
	most  int
	order *list.List // of entry, the last used first
	byKey map[string]*list.Element
	age   int // how often it was cleared
}

type entry struct {
	key    string
	vector []float32
}

// mostKey bounds the questions that are remembered, in bytes.
const mostKey = 4 << 10

func newCache(most int) *cache {
	return &cache{most: most, order: list.New(), byKey: map[string]*list.Element{}}
}

// get returns the vector, or nil, and the age at which one has to be put.
func (c *cache) get(key string) ([]float32, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.byKey[key]
	if !ok {
		return nil, c.age
	}
	c.order.MoveToFront(at)
	return at.Value.(entry).vector, c.age
}

// put remembers a vector that was asked for at an age; one of another age may be
// another model's.
func (c *cache) put(key string, vector []float32, age int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(key) > mostKey || c.most <= 0 || age != c.age {
		return
	}
	if at, ok := c.byKey[key]; ok {
		at.Value = entry{key, vector}
		c.order.MoveToFront(at)
		return
	}
	c.byKey[key] = c.order.PushFront(entry{key, vector})
	if c.order.Len() > c.most {
		last := c.order.Back()
		c.order.Remove(last)
		delete(c.byKey, last.Value.(entry).key)
	}
}

func (c *cache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.age++
	c.order.Init()
	clear(c.byKey)
}
