package embed

import (
	"slices"
	"sync"

	"freshet/index"
)

// CanaryText is sent from time to time among other texts: its vector has to be
// what it was. It must never be altered: vectors of it are kept.
const CanaryText = "Freshet asks for this sentence from time to time, to notice when another model answers."

// sameModel is the least cosine of the canary's vector to the one that is kept
// (RETRIEVAL 2.7): batching, half precision and another graphics card stay above
// it, another model does not.
const sameModel = 0.995

// mostHeld bounds the vectors that wait for a canary between calls: 64 MB at 2,048
// numbers.
const mostHeld = 8192

// ledger keeps vectors of passages back until a canary vouches for them. Its ticks
// order events: a canary that was sent at tick t and came back good vouches for
// what was received before t.
type ledger struct {
	every int
	local bool // nothing to vouch for

	mu    sync.Mutex
	tick  int64
	since map[Kind]int             // requests since the last one with a canary
	known map[index.Hash][]float32 // the canary's vectors, by canaryKey
	held  map[string]held
	calls int   // under way
	good  int64 // tick at which the last request succeeded
	bad   int64 // tick at which a canary was last found to be wrong
	wrong bool  // the last canary was
}

type held struct {
	vector  []float32
	tick    int64
	vouched bool
}

func newLedger(every int, local bool) *ledger {
	return &ledger{every: every, local: local, since: map[Kind]int{Query: every, Passage: every},
		known: map[index.Hash][]float32{}, held: map[string]held{}}
}

func (l *ledger) now() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tick++
	return l.tick
}

// turn reports whether the next request of this kind is to carry the canary.
func (l *ledger) turn(kind Kind) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.local {
		return false
	}
	l.since[kind]++
	return l.since[kind] >= l.every
}

// distrust makes the next request of each kind carry the canary.
func (l *ledger) distrust() {
	l.since[Query], l.since[Passage] = l.every, l.every
}

// hold keeps the vectors of texts that were asked for at a tick, but those that
// are nil. What a bad canary overtook is not kept.
func (l *ledger) hold(texts []string, vectors [][]float32, vouched bool, sent int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tick++
	l.good = l.tick
	if !vouched && sent < l.bad {
		return
	}
	for i, v := range vectors {
		if v == nil {
			continue
		}
		l.held[texts[i]] = held{v, l.tick, vouched || l.local}
	}
}

// begin and end bracket a call. After the last of those that overlap, vectors that
// nobody collected are forgotten above a limit: they are asked for again.
func (l *ledger) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls++
}

func (l *ledger) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls--
	for text := range l.held {
		if l.calls > 0 || len(l.held) <= mostHeld {
			return
		}
		delete(l.held, text)
	}
}

// succeeded reports whether a request succeeded after this tick.
func (l *ledger) succeeded(after int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.good > after
}

// holds reports whether a text's vector is here.
func (l *ledger) holds(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok := l.held[text]
	return ok
}

// take hands over a text's vector if a canary vouched for it.
func (l *ledger) take(text string) []float32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	h, ok := l.held[text]
	if !ok || !h.vouched {
		return nil
	}
	delete(l.held, text)
	return h.vector
}

// unvouched reports whether one of these texts waits for a canary.
func (l *ledger) unvouched(texts []string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(texts, func(t string) bool {
		h, ok := l.held[t]
		return ok && !h.vouched
	})
}

// reference is the canary's vector that is known by a key, or nil.
func (l *ledger) reference(key index.Hash) []float32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.known[key]
}

// refer makes a vector the one that canaries are compared with, unless there is
// one, and returns the one that holds. After a wrong canary none is made: nil.
func (l *ledger) refer(key index.Hash, vector []float32, kept bool) []float32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known[key] == nil && (kept || !l.wrong) {
		l.known[key] = vector
	}
	return l.known[key]
}

// doubted reports whether the last canary was wrong and there is none by this key
// to find out whether the former model is back.
func (l *ledger) doubted(key index.Hash) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wrong && l.known[key] == nil
}

// forget makes the next canary the one that is compared with.
func (l *ledger) forget(key index.Hash) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.known, key)
}

// vouch notes a good canary that was sent at this tick.
func (l *ledger) vouch(kind Kind, sent int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tick++
	l.good = l.tick
	l.since[kind], l.wrong = 0, false
	for text, h := range l.held {
		if !h.vouched && h.tick < sent {
			h.vouched = true
			l.held[text] = h
		}
	}
}

// drop forgets what came since the last good canary, and returns how much it was.
func (l *ledger) drop() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.distrust()
	l.tick++
	l.bad, l.wrong = l.tick, true
	n := len(l.held)
	for text, h := range l.held {
		if !h.vouched {
			delete(l.held, text)
		}
	}
	return n - len(l.held)
}
