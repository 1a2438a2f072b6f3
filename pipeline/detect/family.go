package detect

import (
	"context"
	"slices"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/detect/conflict"
)

// Template families are learned of what is compared: a passage with its candidates.
// So a third page of a template makes the first two no contradiction any more, and a
// page that goes may make two others one. Rows of families are marked, and what
// depends on a family is looked at again when one of its rows comes or goes: what is
// found does not depend on the order in which pages came.

// related is the Mark of rows that were found to be of a family.
var related = index.HashTexts("detect/related")

// mostRelated bounds the candidates of one row that are compared with each other: a
// family is known by fewer.
const mostRelated = 16

// relate marks a row and its candidates as a family, where they are one, and compares
// the candidates with each other again: what they are to each other depends on whether
// they are a family.
func (l *look) relate(ctx context.Context, b *base, c *conflict.Comparer, r *catalog.DetectRow, near []*catalog.DetectRow, sides []*conflict.Side, family bool, made map[index.Hash]catalog.Pair) error {
	if family {
		l.mark(r)
		for _, x := range near {
			l.mark(x)
		}
	}
	sides = sides[:min(len(sides), mostRelated)]
	produced := make(map[index.Hash]bool)
	among := make(map[index.ChunkID]bool, len(sides))
	for i, s := range sides {
		among[s.Chunk.ID] = true
		for _, o := range sides[:i] {
			for _, x := range c.Compare(s, o) {
				p := l.conflictPair(b, &x, s, o)
				produced[p.ID] = true
				keep(made, p)
			}
		}
	}
	seen := make(map[string]bool)
	for _, s := range sides {
		if seen[s.Document.Key] {
			continue
		}
		seen[s.Document.Key] = true
		pairs, err := l.before(ctx, s.Document.Key)
		if err != nil {
			return err
		}
		for _, p := range pairs {
			if p.Kind == index.Conflicting && among[p.A.Chunk] && among[p.B.Chunk] && !produced[p.ID] {
				delete(l.made, p.ID)
				l.gone[p.ID] = p
			}
		}
	}
	for id, p := range made {
		if among[p.A.Chunk] && among[p.B.Chunk] && !produced[id] && p.Kind == index.Conflicting {
			delete(made, id)
		}
	}
	return nil
}

func (l *look) isRelated(r *catalog.DetectRow) bool { return r.Mark == related || l.related[r.ID] }

func (l *look) mark(r *catalog.DetectRow) {
	if l.isRelated(r) {
		return
	}
	l.related[r.ID] = true
	if own := l.rows[r.ID]; own != nil {
		own.Mark = related
		for i := range l.batch.Add {
			if l.batch.Add[i].ID == r.ID {
				l.batch.Add[i].Mark = related
			}
		}
		return
	}
	l.batch.Remark = append(l.batch.Remark, catalog.DetectMark{ID: r.ID, Mark: related})
}

// widow looks again at the rows that were compared with rows of families which went
// with a document.
func (l *look) widow(ctx context.Context, b *base) error {
	again := make(map[int64]bool)
	for i := range l.widows {
		for _, k := range l.widows[i].Keys {
			ids, err := l.Catalog.DetectSharing(ctx, k, catalog.MaxDetectRows, mostSharing+1, nil)
			if err != nil {
				return err
			}
			ids = append(ids, l.shared[k]...)
			if len(ids) > mostSharing {
				continue
			}
			for _, id := range ids {
				again[id] = !l.dropped[id]
			}
		}
	}
	l.widows = nil
	rows, err := l.rowsByID(ctx, again)
	if err != nil {
		return err
	}
	for len(rows) > 0 {
		key := rows[0].Document
		var own, rest []*catalog.DetectRow
		for _, r := range rows {
			if r.Document == key {
				own = append(own, r)
			} else {
				rest = append(rest, r)
			}
		}
		rows = rest
		before, err := l.before(ctx, key)
		if err != nil {
			return err
		}
		if err := l.judgeAll(ctx, b, key, own, before); err != nil {
			return err
		}
	}
	return nil
}

// rowsByID are rows, registered here or before, by ID.
func (l *look) rowsByID(ctx context.Context, wanted map[int64]bool) ([]*catalog.DetectRow, error) {
	var out []*catalog.DetectRow
	var stored []int64
	for id, wants := range wanted {
		switch own := l.rows[id]; {
		case !wants:
		case own != nil:
			out = append(out, own)
		default:
			stored = append(stored, id)
		}
	}
	rows, err := l.Catalog.DetectRowsByID(ctx, stored)
	for i := range rows {
		out = append(out, &rows[i])
	}
	slices.SortFunc(out, func(a, b *catalog.DetectRow) int { return int(a.ID - b.ID) })
	return out, err
}
