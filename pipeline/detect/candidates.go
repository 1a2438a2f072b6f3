package detect

import (
	"cmp"
	"context"
	"slices"

	"freshet/index/catalog"
)

// What is looked at for one row.
const (
	mostCandidates   = 40  // rows that it is compared with
	mostDocuments    = 12  // documents that a document is compared with: of many copies any few will do
	mostInSmall      = 200 // rows that a passage is compared with, where the base is small
	mostSharing      = 50  // a key that more rows share tells nothing
	sharingInSmall   = 200 // the same, where the base is small
	smallBase        = 500 // passages up to which a base is small
	mostTranslations = 8   // documents of its translation group
)

// candidates are the rows below one that share its rarest keys, those that share most
// of the rarest ones first. Those that were registered before come without their keys.
func (l *look) candidates(ctx context.Context, b *base, r *catalog.DetectRow) ([]*catalog.DetectRow, error) {
	most, sharing := mostCandidates, mostSharing
	switch {
	case r.Chunk == zero:
		most = mostDocuments
	case b.learned.passages <= smallBase:
		most, sharing = mostInSmall, sharingInSmall
	}
	weights := make(map[int64]float64)
	skipped := 0
	var all []int64
	err := l.Catalog.DetectSharingEach(ctx, r.Keys, r.ID, sharing+1, func(i int, ids []int64) {
		all = append(all[:0], ids...)
		for _, id := range l.shared[r.Keys[i]] {
			if id < r.ID {
				all = append(all, id)
			}
		}
		if len(all) > sharing {
			skipped++
			return
		}
		for _, id := range all {
			if !l.dropped[id] {
				weights[id] += 1 / float64(len(all))
			}
		}
	})
	if err != nil {
		return nil, err
	}
	if skipped > 0 {
		l.note(func(s *Status) { s.Skipped += skipped })
	}
	return l.best(ctx, weights, most)
}

func (l *look) best(ctx context.Context, weights map[int64]float64, most int) ([]*catalog.DetectRow, error) {
	list := make([]int64, 0, len(weights))
	for id := range weights {
		list = append(list, id)
	}
	slices.SortFunc(list, func(a, b int64) int { return cmp.Or(cmp.Compare(weights[b], weights[a]), cmp.Compare(a, b)) })
	list = list[:min(len(list), most)]
	var out []*catalog.DetectRow
	var stored []int64
	for _, id := range list {
		if own := l.rows[id]; own != nil {
			out = append(out, own)
		} else {
			stored = append(stored, id)
		}
	}
	rows, err := l.Catalog.DetectPlaces(ctx, stored)
	for i := range rows {
		out = append(out, &rows[i])
	}
	slices.SortFunc(out, func(a, b *catalog.DetectRow) int { return cmp.Compare(a.ID, b.ID) })
	return out, err
}

// translations are the passages below a row in the documents that translate its own.
func (l *look) translations(ctx context.Context, r *catalog.DetectRow, group string) ([]*catalog.DetectRow, error) {
	keys, err := l.Catalog.Translations(ctx, r.Base, group, r.Document)
	if err != nil {
		return nil, err
	}
	var out []*catalog.DetectRow
	for _, key := range keys[:min(len(keys), mostTranslations)] {
		rows, err := l.Catalog.DetectRowsOf(ctx, key)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			if x := &rows[i]; x.Chunk != zero && x.ID < r.ID && !l.dropped[x.ID] && len(x.Keys) > 0 {
				out = append(out, x)
			}
		}
		for _, x := range l.rows {
			if x.Document == key && x.Chunk != zero && x.ID < r.ID && len(x.Keys) > 0 {
				out = append(out, x)
			}
		}
	}
	slices.SortFunc(out, func(a, b *catalog.DetectRow) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}
