package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// How many keys, and how many rows, are asked for with one query: a query costs as much
// as some of them.
const (
	keysAtOnce = 24
	rowsAtOnce = 20
)

// DetectSharingEach is DetectSharing for each of some keys in turn; it calls each with
// the place of the key and with IDs that are valid during the call, also where there are
// none. It takes a fraction of the time of single look-ups.
func (c *Catalog) DetectSharingEach(ctx context.Context, keys []uint64, below int64, limit int, each func(i int, ids []int64)) error {
	const one = `SELECT entry FROM (SELECT entry FROM detect_keys WHERE entry >= ? AND entry < ? ORDER BY entry LIMIT ?) AS shared`
	st, err := c.statements.get(ctx, strings.Repeat(one+` UNION ALL `, keysAtOnce-1)+one)
	if err != nil {
		return fmt.Errorf("look up keys of detection: %w", err)
	}
	args := make([]any, 0, 3*keysAtOnce)
	var ids []int64
	for start := 0; start < len(keys); start += keysAtOnce {
		part := keys[start:min(start+keysAtOnce, len(keys))]
		args = args[:0]
		for _, k := range part {
			args = append(args, detectEntry(k, 0), detectEntry(k, below), limit)
		}
		for len(args) < cap(args) {
			args = append(args, 0, 0, 0)
		}
		rows, err := st.QueryContext(context.WithoutCancel(ctx), args...)
		entries, err := collect(rows, err, func(r scanner) (entry int64, err error) { return entry, r.Scan(&entry) })
		if err != nil {
			return fmt.Errorf("look up keys of detection: %w", err)
		}
		slices.Sort(entries)
		entries = slices.Compact(entries) // of keys that count for one
		for i, k := range part {
			ids = ids[:0]
			at, _ := slices.BinarySearch(entries, detectEntry(k, 0))
			for ; at < len(entries) && entries[at] < detectEntry(k, below); at++ {
				ids = append(ids, entries[at]&MaxDetectRows)
			}
			each(start+i, ids)
		}
	}
	return nil
}

// DetectPlaces returns those of the rows that there are, by ID, without their keys.
func (c *Catalog) DetectPlaces(ctx context.Context, ids []int64) ([]DetectRow, error) {
	st, err := c.statements.get(ctx, `SELECT r.id, r.doc, r.chunk, r.base, r.mark FROM detect_rows r WHERE r.id IN (`+strings.Repeat("?, ", rowsAtOnce-1)+`?)`)
	if err != nil {
		return nil, fmt.Errorf("read rows of detection: %w", err)
	}
	out := make([]DetectRow, 0, len(ids))
	args := make([]any, rowsAtOnce)
	for part := range slices.Chunk(ids, rowsAtOnce) {
		for i := range args {
			args[i] = part[min(i, len(part)-1)]
		}
		rows, err := st.QueryContext(context.WithoutCancel(ctx), args...)
		list, err := collect(rows, err, func(r scanner) (DetectRow, error) {
			var row DetectRow
			var chunk, mark []byte
			err := r.Scan(&row.ID, &row.Document, &chunk, &row.Base, &mark)
			row.Chunk, row.Mark = toChunkID(chunk), toHash(mark)
			return row, err
		})
		if err != nil {
			return nil, fmt.Errorf("read rows of detection: %w", err)
		}
		out = append(out, list...)
	}
	slices.SortFunc(out, func(a, b DetectRow) int { return int(a.ID - b.ID) })
	return out, nil
}
