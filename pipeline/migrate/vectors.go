package migrate

import (
	"context"

	"freshet/pipeline"
)

// Vectors tells how far the dense vectors of the active index are; false where its
// Space has none, or nobody makes them.
func (m *Machine) Vectors() (pipeline.EmbeddingsStatus, bool) {
	t, err := m.applier()
	if err != nil || t.embedding == nil {
		return pipeline.EmbeddingsStatus{}, false
	}
	return t.embedding.embeddings.Status(), true
}

// WaitVectors returns when all passages of the active index up to an entry of the
// change log have their vectors, or with the error that keeps the embedder from it.
// At once where there are none.
func (m *Machine) WaitVectors(ctx context.Context, seq int64) error {
	t, err := m.applier()
	if err != nil || t.embedding == nil {
		return err
	}
	return t.embedding.embeddings.Wait(ctx, seq)
}
