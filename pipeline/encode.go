package pipeline

import (
	"context"
	"fmt"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

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
	instead int  // number of the job, plus 1, whose chunk stood in its place and is counted no longer; 0: none
	encoded lexical.Encoded
	dense   []float32
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
		opened := len(jobs)
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
		pair(jobs, opened)
	}
	return jobs
}

// pair joins chunks of one document, whose jobs begin at from, that stand in one
// another's place: they are counted together, because they are mostly alike.
func pair(jobs []job, from int) {
	gone := make(map[int]int)
	for i := from; i < len(jobs); i++ {
		if jobs[i].remove {
			gone[jobs[i].chunk.Ord] = i + 1
		}
	}
	if len(gone) == 0 {
		return
	}
	for i := from; i < len(jobs); i++ {
		if j := &jobs[i]; j.add {
			j.instead = gone[j.chunk.Ord]
			delete(gone, j.chunk.Ord)
		}
	}
}

// encode gives the jobs their vectors: lexical ones made here, dense ones where they
// are kept.
func (a *Applier) encode(ctx context.Context, jobs []job) error {
	if err := a.densify(ctx, jobs); err != nil {
		return err
	}
	return a.encodeWords(ctx, jobs)
}

// encodeWords encodes the jobs, side by side, each worker with its own word cache.
// Its error is that of ctx.
func (a *Applier) encodeWords(ctx context.Context, jobs []job) error {
	const block = 16
	var next atomic.Int64
	part := func(e *lexical.Encoder) error {
		stint := work(a.Yield)
		for {
			from := int(next.Add(block)) - block
			if from >= len(jobs) {
				return nil
			}
			for i := from; i < min(from+block, len(jobs)); i++ {
				if err := stint.pause(ctx); err != nil {
					return err
				}
				jobs[i].encoded = e.Encode(lexical.FromChunk(jobs[i].chunk))
			}
		}
	}
	if len(jobs) <= block {
		return part(a.encoders[0])
	}
	var group errgroup.Group
	for _, e := range a.encoders {
		group.Go(func() error { return part(e) })
	}
	return group.Wait()
}

// densify gives the jobs that are upserted the dense vectors that are kept of them.
func (a *Applier) densify(ctx context.Context, jobs []job) error {
	if a.Dense == nil {
		return nil
	}
	hashes := make([]index.Hash, len(jobs))
	wanted := make([]index.Hash, 0, len(jobs))
	for i := range jobs {
		if jobs[i].point {
			hashes[i] = jobs[i].chunk.EmbedHash()
			wanted = append(wanted, hashes[i])
		}
	}
	vectors, err := a.Dense(ctx, wanted)
	if err != nil {
		return fmt.Errorf("read dense vectors: %w", err)
	}
	for i := range jobs {
		if jobs[i].point {
			jobs[i].dense = vectors[hashes[i]]
		}
	}
	return nil
}

func pointsOf(jobs []job) []index.Point {
	points := make([]index.Point, 0, len(jobs))
	for i := range jobs {
		if j := &jobs[i]; j.point {
			stamp := j.stamp
			stamp.Dense = j.dense != nil
			points = append(points, index.Point{ID: j.chunk.ID, Base: j.base, Stamp: stamp, Lexical: j.encoded.Vector, Dense: j.dense, Payload: j.payload})
		}
	}
	return points
}
