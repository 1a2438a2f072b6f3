package detect

import (
	"cmp"
	"context"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/detect/duplicate"
)

// judgeDocument compares a document with those below it that share its words.
func (l *look) judgeDocument(ctx context.Context, b *base, r *catalog.DetectRow, d *document, made map[index.Hash]catalog.Pair) error {
	near, err := l.candidates(ctx, b, r)
	if err != nil || len(near) == 0 {
		return err
	}
	for _, x := range near {
		other, err := l.read.document(ctx, x.Document)
		if err != nil {
			return err
		}
		if other == nil {
			continue
		}
		l.note(func(s *Status) { s.Compared++ })
		first, second := d, other // in one order, whoever asks: judging is not symmetric where parts changed places
		if first.Key > second.Key {
			first, second = second, first
		}
		if err := l.judgeDocuments(ctx, b, first, second, made); err != nil {
			return err
		}
	}
	return nil
}

func (l *look) judgeDocuments(ctx context.Context, b *base, x, y *document, made map[index.Hash]catalog.Pair) error {
	mine, err := l.read.reading(ctx, b, x)
	if err != nil {
		return err
	}
	theirs, err := l.read.reading(ctx, b, y)
	if err != nil {
		return err
	}
	rules := duplicate.Rules{
		DifferingValues: func() bool { return err == nil && l.differ(ctx, b, x, y, &err) },
		Holders: func(key uint64) int {
			n := 0
			if err == nil {
				n, err = l.holders(ctx, within(b.Base, []uint64{key}, documentSalt)[0])
			}
			return n
		},
	}
	v := duplicate.Pages(mine, theirs, rules)
	if err != nil {
		return err
	}
	return l.duplicates(ctx, b, &v, x, y, made)
}

// holders is how many documents have a key, at most mostSharing and one.
func (l *look) holders(ctx context.Context, key uint64) (int, error) {
	ids, err := l.Catalog.DetectSharing(ctx, key, l.next, mostSharing+1, nil)
	n := 0
	for _, id := range append(ids, l.shared[key]...) {
		if !l.dropped[id] {
			n++
		}
	}
	return n, err
}

// mostPassages bounds the passages of two documents that are compared for values.
const mostPassages = 400

// differ reports whether two documents say any value of the same thing otherwise.
func (l *look) differ(ctx context.Context, b *base, x, y *document, failed *error) bool {
	list, err := l.Catalog.ChunksOf(ctx, x.Key)
	others, err2 := l.Catalog.ChunksOf(ctx, y.Key)
	if err != nil || err2 != nil {
		*failed = cmp.Or(err, err2)
		return false
	}
	n := 0
	for i := range list {
		for j := range others {
			if n++; n > mostPassages {
				return false
			}
			p, err := l.read.side(ctx, b.comparer, x.Key, list[i].ID)
			q, err2 := l.read.side(ctx, b.comparer, y.Key, others[j].ID)
			if err != nil || err2 != nil {
				*failed = cmp.Or(err, err2)
				return false
			}
			if p != nil && q != nil && len(b.comparer.Compare(p, q)) > 0 {
				return true
			}
		}
	}
	return false
}

// duplicates are the pairs that a verdict on two documents comes to.
func (l *look) duplicates(ctx context.Context, b *base, v *duplicate.Verdict, x, y *document, made map[index.Hash]catalog.Pair) error {
	switch {
	case !v.Duplicate():
		return nil
	case v.Relation != duplicate.Shared:
		keep(made, l.pagesPair(b, v, x, y))
		return nil
	}
	list, err := l.Catalog.ChunksOf(ctx, x.Key)
	if err != nil {
		return err
	}
	others, err := l.Catalog.ChunksOf(ctx, y.Key)
	if err != nil {
		return err
	}
	for _, s := range v.Stretches {
		if s.InA < len(list) && s.InB < len(others) {
			keep(made, l.stretchPair(b, stretchOf(x, &list[s.InA], s.A), stretchOf(y, &others[s.InB], s.B)))
		}
	}
	return nil
}

func (l *look) pagesPair(b *base, v *duplicate.Verdict, a, o *document) catalog.Pair {
	x, y := index.Member{Document: a.Key, Source: a.Source, Hash: a.TextHash}, index.Member{Document: o.Key, Source: o.Source, Hash: o.TextHash}
	if v.Relation == duplicate.Contained {
		inner := &x
		if v.Likeness.Smaller == duplicate.B {
			inner = &y
		}
		inner.Normal = string(duplicate.Contained)
	}
	if x.Document > y.Document {
		x, y = y, x
	}
	return catalog.Pair{
		ID:   index.HashTexts("pair", b.Base, string(index.Duplicate), x.Document, y.Document),
		Base: b.Base, Kind: index.Duplicate, Rule: string(v.Relation), Tier: index.Likely, P: sureness(v),
		Content: catalog.ContentKey(string(index.Duplicate), x.Hash, y.Hash), A: x, B: y, Found: l.Now().UnixMilli(),
	}
}

// sureness is the probability that two documents that were compared word by word are
// duplicates: they are, as far as words go.
func sureness(v *duplicate.Verdict) float64 {
	if v.Relation == duplicate.Equal {
		return 1
	}
	return max(v.Likeness.Jaccard, v.Likeness.Contained)
}

func stretchOf(d *document, ch *index.Chunk, text string) index.Member {
	return index.Member{Document: d.Key, Source: d.Source, Chunk: ch.ID, Heading: ch.Heading, Sentence: text,
		Hash: index.HashTexts("detect/stretch", duplicate.Normalise(text))}
}

func (l *look) stretchPair(b *base, x, y index.Member) catalog.Pair {
	if x.Document > y.Document {
		x, y = y, x
	}
	return catalog.Pair{
		ID:   index.HashTexts("pair", b.Base, string(duplicate.Shared), x.Document, x.Hash.String(), y.Document, y.Hash.String()),
		Base: b.Base, Kind: index.Duplicate, Rule: string(duplicate.Shared), Tier: index.Likely, P: stretchSureness,
		Content: catalog.ContentKey(string(duplicate.Shared), x.Hash, y.Hash), A: x, B: y, Found: l.Now().UnixMilli(),
	}
}

// stretchSureness is the probability that somebody minds that a passage stands on two
// pages: less than that two pages are one.
const stretchSureness = 0.9
