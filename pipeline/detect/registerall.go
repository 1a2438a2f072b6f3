package detect

import (
	"context"

	"freshet/index"
	"freshet/index/catalog"
)

// bulkEntries is how many keys are put in order before they are written: written in
// order they take a tenth of the time.
const bulkEntries = 1 << 21

// registerAll makes the rows of a base anew, document by document.
func (e *Engine) registerAll(ctx context.Context, b *base) error {
	if err := e.Catalog.DropDetectRows(ctx, b.Base); err != nil {
		return err
	}
	next, err := e.Catalog.NextDetectRow(ctx)
	if err != nil {
		return err
	}
	bulk := e.Catalog.DetectBulk(bulkEntries)
	var rows []catalog.DetectRow
	for d, err := range e.Catalog.AllDocuments(ctx, catalog.DocumentFilter{Base: b.Base, States: []catalog.State{catalog.Present, catalog.Unreadable}}) {
		if err != nil {
			return err
		}
		if d.Chunks == 0 {
			continue
		}
		if err := e.pause(ctx); err != nil {
			return err
		}
		doc := &document{Document: d, compared: compared(&d)}
		chunks, err := e.Catalog.ChunksOf(ctx, d.Key)
		if err != nil {
			return err
		}
		rows = append(rows, e.rowsOf(b, doc, chunks)...)
		if len(rows) >= pagePassages {
			if next, err = bulk.Add(ctx, rows, next); err != nil {
				return err
			}
			rows = rows[:0]
		}
	}
	if _, err := bulk.Add(ctx, rows, next); err != nil {
		return err
	}
	if err := bulk.Flush(ctx); err != nil {
		return err
	}
	info := b.DetectBase
	info.Phase, info.Cursor = phasePairs, 0
	if err := e.Catalog.Detect(ctx, &catalog.Detection{Bases: []catalog.DetectBase{info}}); err != nil {
		return err
	}
	b.DetectBase = info
	return nil
}

// rowsOf are the rows of a document as it stands, without IDs.
func (e *Engine) rowsOf(b *base, d *document, chunks []index.Chunk) []catalog.DetectRow {
	if len(chunks) == 0 {
		return nil
	}
	e.read.readPage(b, d, chunks)
	out := []catalog.DetectRow{{Document: d.Key, Base: b.Base, Mark: matter(d), Keys: within(b.Base, keysOfDocument(d.reading), documentSalt)}}
	for i := range chunks {
		side := e.read.read(b.comparer, d, &chunks[i])
		out = append(out, catalog.DetectRow{Document: d.Key, Chunk: chunks[i].ID, Base: b.Base, Keys: within(b.Base, b.comparer.Keys(side), passageSalt)})
	}
	return out
}
