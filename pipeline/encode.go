package pipeline

import (
	"sync"
	"sync/atomic"

	"freshet/index"
	"freshet/index/lexical"
)

// A job is one chunk to be encoded, with what its vector is for.
type job struct {
	chunk   *index.Chunk
	base    string
	payload index.Payload
	stamp   index.Stamp
	point   bool // upsert it
	add     bool // count it
	remove  bool // count it no longer
	encoded lexical.Encoded
}

// jobsOf lists what a page wants encoded. A chunk that the same page opens and
// closes is neither written nor counted. Statistics have seen all entries up to
// counted.
func jobsOf(page []index.Entry, counted int64) []job {
	last := page[len(page)-1].Seq
	var jobs []job
	for i := range page {
		e := &page[i]
		hash := e.Payload.Hash()
		for k := range e.Opened {
			c := &e.Opened[k]
			brief := c.UntilSeq <= last
			j := job{chunk: c, base: e.Base, payload: e.Payload, stamp: index.Stamp{Input: c.Input, Payload: hash, Seq: c.FromSeq},
				point: !brief, add: e.Seq > counted && !brief}
			if j.point || j.add {
				jobs = append(jobs, j)
			}
		}
		for k := range e.Closed {
			c := &e.Closed[k]
			if e.Seq > counted && c.FromSeq <= max(counted, page[0].Seq-1) {
				jobs = append(jobs, job{chunk: c, base: e.Base, remove: true})
			}
		}
	}
	return jobs
}

// encode encodes the jobs, side by side, each worker with its own word cache.
func (a *Applier) encode(jobs []job) {
	const block = 16
	var next atomic.Int64
	work := func(e *lexical.Encoder) {
		for {
			from := int(next.Add(block)) - block
			if from >= len(jobs) {
				return
			}
			for i := from; i < min(from+block, len(jobs)); i++ {
				jobs[i].encoded = e.Encode(lexical.FromChunk(jobs[i].chunk))
			}
		}
	}
	if len(jobs) <= block {
		work(a.encoders[0])
		return
	}
	var wg sync.WaitGroup
	for _, e := range a.encoders {
		wg.Go(func() { work(e) })
	}
	wg.Wait()
}

func pointsOf(jobs []job) []index.Point {
	points := make([]index.Point, 0, len(jobs))
	for i := range jobs {
		if j := &jobs[i]; j.point {
			points = append(points, index.Point{ID: j.chunk.ID, Base: j.base, Stamp: j.stamp, Lexical: j.encoded.Vector, Payload: j.payload})
		}
	}
	return points
}
