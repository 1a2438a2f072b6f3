package migrate

import (
	"context"
	"fmt"
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

// backfill writes what was there before the target followed, in the order of chunk
// IDs. Vectors that are kept are taken; the others are made, each distinct text once.
func (m *Machine) backfill(ctx context.Context, now catalog.Migration) error {
	t, err := m.target(now.To)
	if err != nil {
		return err
	}
	total, err := m.Catalog.CountOpen(ctx, 0)
	if err != nil {
		return err
	}
	for {
		began := time.Now()
		page, err := m.Catalog.OpenChunksAfter(ctx, now.Place, m.Page)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return m.moveOn(ctx, now, catalog.PhaseVerify)
		}
		done, err := m.fill(ctx, t, now.Place, page)
		if err != nil {
			return err
		}
		done.Spent = time.Since(began)
		err = m.update(ctx, now, func(c *catalog.Migration) {
			c.Reason = ""
			add(&c.Progress, done)
			c.Progress.Total, c.Progress.Before, c.Place = max(total, c.Progress.Chunks), now.Place, page[len(page)-1].Chunk.ID
			now = *c
		})
		if err != nil {
			return err
		}
		m.rate.note(len(page), done.Spent)
		if m.Yield != nil {
			if err := m.Yield(ctx); err != nil {
				return err
			}
		}
	}
}

func add(p *catalog.MigrationProgress, more catalog.MigrationProgress) {
	p.Chunks += more.Chunks
	p.Texts += more.Texts
	p.Kept += more.Kept
	p.Refused += more.Refused
	p.Tokens += more.Tokens
	p.Cost += more.Cost
	p.Spent += more.Spent
}

// fill writes the points of a page, those of its chunks that are still open and whose
// stamps the Store does not have yet.
func (m *Machine) fill(ctx context.Context, t *target, after index.ChunkID, page []catalog.OpenChunk) (catalog.MigrationProgress, error) {
	done := catalog.MigrationProgress{Chunks: len(page)}
	dense, err := m.embed(ctx, t, page, &done)
	if err != nil {
		return done, err
	}
	have, err := stamps(ctx, t.store, after, page[len(page)-1].Chunk.ID)
	if err != nil {
		return done, err
	}
	var ids []index.ChunkID
	for i := range page {
		want := page[i].Stamp
		want.Dense = dense[page[i].Chunk.ID]
		if have[page[i].Chunk.ID] != want {
			ids = append(ids, page[i].Chunk.ID)
		}
	}
	if len(ids) == 0 {
		return done, nil
	}
	if err := t.applier.Complete(ctx, ids); err != nil {
		return done, fmt.Errorf("fill target %d: %w", t.row.ID, err)
	}
	return done, nil
}

// embed makes the vectors that are not kept and tells which chunks have one.
func (m *Machine) embed(ctx context.Context, t *target, page []catalog.OpenChunk, done *catalog.MigrationProgress) (map[index.ChunkID]bool, error) {
	dense := make(map[index.ChunkID]bool)
	if t.embedding == nil {
		return dense, nil
	}
	chunks := make([]*index.Chunk, len(page))
	for i := range page {
		chunks[i] = &page[i].Chunk
	}
	tokens, cost := t.embedding.model.spent()
	made, err := t.embedding.embeddings.Make(ctx, chunks)
	if err != nil {
		return nil, err
	}
	spentTokens, spentCost := t.embedding.model.spent()
	done.Texts, done.Kept, done.Refused = made.Asked, made.Kept, made.Refused
	done.Tokens, done.Cost = spentTokens-tokens, spentCost-cost
	for _, id := range made.Have {
		dense[id] = true
	}
	return dense, nil
}

func (m *Model) spent() (tokens int64, cost float64) {
	if m.Spent == nil {
		return 0, 0
	}
	return m.Spent()
}
