package detect

import (
	"context"
	"slices"
	"strings"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/detect/conflict"
)

// judge compares a row with those below it that may have to do with it.
func (l *look) judge(ctx context.Context, b *base, r *catalog.DetectRow, made map[index.Hash]catalog.Pair) error {
	d, err := l.read.document(ctx, r.Document)
	if err != nil || d == nil {
		return err
	}
	if r.Chunk == zero {
		return l.judgeDocument(ctx, b, r, d, made)
	}
	return l.judgePassage(ctx, b, r, d, made)
}

func (l *look) judgePassage(ctx context.Context, b *base, r *catalog.DetectRow, d *document, made map[index.Hash]catalog.Pair) error {
	l.note(func(s *Status) { s.Passages++ })
	if len(r.Keys) == 0 {
		return nil
	}
	near, err := l.candidates(ctx, b, r)
	if err != nil {
		return err
	}
	if group := d.Details.TranslationGroup; group != "" {
		others, err := l.translations(ctx, r, group)
		if err != nil {
			return err
		}
		near = append(near, others...)
		slices.SortFunc(near, func(a, b *catalog.DetectRow) int { return int(a.ID - b.ID) })
		near = slices.CompactFunc(near, func(a, b *catalog.DetectRow) bool { return a.ID == b.ID })
	}
	if len(near) == 0 {
		return nil
	}
	own, err := l.read.side(ctx, b.comparer, r.Document, r.Chunk)
	if err != nil || own == nil {
		return err
	}
	sides := []*conflict.Side{own}
	for _, x := range near {
		s, err := l.read.side(ctx, b.comparer, x.Document, x.Chunk)
		if err != nil {
			return err
		}
		if s != nil {
			sides = append(sides, s)
		}
	}
	families := b.comparer.Learn(sides)
	comparer := b.comparer.With(families)
	if family := families.Len() > 0; family || slices.ContainsFunc(near, l.isRelated) {
		if err := l.relate(ctx, b, comparer, r, near, sides[1:], family, made); err != nil {
			return err
		}
	}
	for _, s := range sides[1:] {
		l.note(func(s *Status) { s.Compared++ })
		for _, p := range comparer.Compare(own, s) {
			keep(made, l.conflictPair(b, &p, own, s))
		}
	}
	return nil
}

// keep keeps the surer of two pairs with one ID.
func keep(made map[index.Hash]catalog.Pair, p catalog.Pair) {
	if other, there := made[p.ID]; !there || other.P < p.P {
		made[p.ID] = p
	}
}

func (l *look) conflictPair(b *base, p *conflict.Pair, sa, sb *conflict.Side) catalog.Pair {
	x, y := memberOf(sa, &p.A), memberOf(sb, &p.B)
	if x.Document > y.Document || x.Document == y.Document && slices.Compare(x.Hash[:], y.Hash[:]) > 0 {
		x, y = y, x
	}
	return catalog.Pair{
		ID:   index.HashTexts("pair", b.Base, string(index.Conflicting), string(p.Type), x.Document, x.Hash.String(), y.Document, y.Hash.String()),
		Base: b.Base, Kind: index.Conflicting, Rule: string(p.Rule), Type: string(p.Type), Tier: index.Tier(p.Tier), P: p.P,
		Content: catalog.ContentKey(string(p.Type), x.Hash, y.Hash), A: x, B: y, Codes: p.Lowered, Found: l.Now().UnixMilli(),
	}
}

// memberOf is one side of a pair; what concerns its document comes later.
func memberOf(s *conflict.Side, ref *conflict.ClaimRef) index.Member {
	text := s.Chunk.Text
	start, end := 0, len(text)
	if ref.Sentence >= 0 && ref.Sentence < len(s.Scan.Sentences) {
		in := &s.Scan.Sentences[ref.Sentence]
		start, end = max(in.Start, 0), min(in.End, len(text))
		if in.Row != "" || in.Column != "" { // a cell alone says nothing, and stands in other rows
			start, end = lineOf(text, start, end)
		}
	}
	start, end = min(start, ref.Start), max(end, ref.End)
	return index.Member{Document: s.Document.Key, Source: s.Document.Source, Chunk: s.Chunk.ID, Heading: s.Chunk.Heading,
		Sentence: text[start:end], Start: ref.Start - start, End: ref.End - start, Value: ref.Value, Normal: ref.Normal, Hash: ref.Hash}
}

// lineOf widens a stretch to whole lines.
func lineOf(text string, start, end int) (int, int) {
	start = strings.LastIndexByte(text[:start], '\n') + 1
	if n := strings.IndexByte(text[end:], '\n'); n >= 0 {
		return start, end + n
	}
	return start, len(text)
}
