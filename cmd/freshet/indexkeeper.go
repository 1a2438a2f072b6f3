package main

import (
	"context"
	"fmt"

	"freshet/api"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/embedded"
	"freshet/pipeline"
)

// indexKeeper looks after the Store. It is the API's Index.
type indexKeeper struct {
	catalog *catalog.Catalog
	store   *embedded.Store
	applier *pipeline.Applier
	space   index.Space
	needed  int64 // what has to be found before searches are answered
}

var _ api.Index = (*indexKeeper)(nil)

// Status is how the Store stands to the catalog.
func (k *indexKeeper) Status(ctx context.Context) (api.IndexStatus, error) {
	stats, err := k.store.Stats(ctx)
	if err != nil {
		return api.IndexStatus{}, err
	}
	mark, err := k.store.Mark(ctx)
	if err != nil {
		return api.IndexStatus{}, err
	}
	head, err := k.catalog.Head(ctx)
	if err != nil {
		return api.IndexStatus{}, err
	}
	return api.IndexStatus{Store: "embedded", Points: stats.Points, ByBase: stats.ByBase, Bytes: stats.Bytes,
		Mark: mark.Seq, Head: head, Behind: head - mark.Seq, Space: k.space.Lexical}, nil
}

// Verify compares catalog and Store, and with repair mends what differs.
func (k *indexKeeper) Verify(ctx context.Context, repair bool) (api.IndexComparison, error) {
	c, err := k.applier.Reconcile(ctx, repair)
	return api.IndexComparison(c), err
}

// Rebuild fills the Store anew from the catalog.
func (k *indexKeeper) Rebuild(ctx context.Context) error { return k.applier.Rebuild(ctx) }

// Ready reports why searches cannot be answered yet.
func (k *indexKeeper) Ready(ctx context.Context) error {
	mark, err := k.store.Mark(ctx)
	if err != nil {
		return err
	}
	if mark.Epoch != k.catalog.Epoch() && k.needed > 0 || mark.Seq < k.needed {
		return fmt.Errorf("the index is being filled: %d of %d changes are in it", mark.Seq, k.needed)
	}
	return nil
}
