package website

import "sync"

// buffer keeps the newest pages that were read for their links, up to a number of
// bytes, so that they are not read a second time when they are opened. It may be
// used from several goroutines.
type buffer struct {
	mu    sync.Mutex
	limit int64
	size  int64
	order []string
	pages map[string][]byte
}

func newBuffer(limit int64) *buffer { return &buffer{limit: limit, pages: map[string][]byte{}} }

func (b *buffer) put(id string, text []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.pages[id]; ok || int64(len(text)) > b.limit {
		return
	}
	b.pages[id] = text
	b.order = append(b.order, id)
	b.size += int64(len(text))
	for b.size > b.limit {
		oldest := b.order[0]
		b.order = b.order[1:]
		b.size -= int64(len(b.pages[oldest]))
		delete(b.pages, oldest)
	}
}

func (b *buffer) get(id string) ([]byte, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	text, ok := b.pages[id]
	return text, ok
}
