package pipeline

import (
	"context"
	"fmt"

	"freshet/index"
)

// Complete writes the points of chunks again, with the dense vectors that have come
// to be kept since they were written. Chunks that are closed are left out: under the
// Applier's lock none is closed between being read and being written, so that no
// point that was deleted comes back.
func (a *Applier) Complete(ctx context.Context, ids []index.ChunkID) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.begin(ctx); err != nil {
		return err
	}
	open, err := a.Catalog.OpenChunksOf(ctx, ids)
	if err != nil {
		return err
	}
	jobs := make([]job, len(open))
	for i := range open {
		jobs[i] = jobOf(&open[i])
	}
	if err := a.encode(ctx, jobs); err != nil {
		return err
	}
	if err := a.Store.Upsert(ctx, pointsOf(jobs)); err != nil {
		return fmt.Errorf("write points: %w", err)
	}
	return nil
}
