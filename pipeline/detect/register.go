package detect

import (
	"context"
	"slices"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/detect/duplicate"
)

// A look is one transaction's worth of looking at documents: what it registers, and
// the pairs that come and go by it.
type look struct {
	*Engine
	batch catalog.Detection
	next  int64 // ID of the next row

	rows    map[int64]*catalog.DetectRow // registered here
	dropped map[int64]bool
	shared  map[uint64][]int64 // rows registered here, by key

	made map[index.Hash]catalog.Pair // produced here
	gone map[index.Hash]catalog.Pair // no longer produced
	kept map[index.Hash]catalog.Pair // as they were before, of those in made or gone

	related map[int64]bool      // rows that were found to be of template families
	widows  []catalog.DetectRow // rows of families that were dropped, and whose families were not looked at since
}

func (e *Engine) newLook(ctx context.Context) (*look, error) {
	next, err := e.Catalog.NextDetectRow(ctx)
	return &look{Engine: e, next: next, rows: make(map[int64]*catalog.DetectRow), dropped: make(map[int64]bool), shared: make(map[uint64][]int64),
		made: make(map[index.Hash]catalog.Pair), gone: make(map[index.Hash]catalog.Pair), kept: make(map[index.Hash]catalog.Pair), related: make(map[int64]bool)}, err
}

// matter is what of a document matters besides its texts.
func matter(d *document) index.Hash {
	x := &d.Details
	list := []string{x.Title, x.Locale, x.TranslationGroup, x.Class, x.Canonical, x.URI, x.Form, d.Source}
	list = append(list, x.Path...)
	for _, name := range sorted(x.Facets) {
		list = append(list, "facet", name)
		list = append(list, x.Facets[name]...)
	}
	return index.HashTexts("detect/document", list...)
}

// mostDocumentKeys bounds the keys under which a document is looked up.
const mostDocumentKeys = 4096

// keysOfDocument are those by which its duplicates are found.
func keysOfDocument(r *duplicate.Reading) []uint64 {
	keys := r.Keys()
	for _, s := range r.Passages {
		for _, k := range s.Keys() {
			if kind := duplicate.KindOf(k); kind == duplicate.Same || kind == duplicate.Phrase {
				keys = append(keys, k)
			}
		}
		if len(keys) > mostDocumentKeys {
			break
		}
	}
	return keys[:min(len(keys), mostDocumentKeys)]
}

// within makes a key one of a base.
func within(base string, keys []uint64, salt uint64) []uint64 {
	h := short(index.HashTexts("detect/base", base)) ^ salt
	out := make([]uint64, len(keys))
	for i, k := range keys {
		k = (k ^ h) * 0x9e3779b97f4a7c15
		k ^= k >> 29
		out[i] = k * 0xbf58476d1ce4e5b9
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Salts keep the keys of documents and those of passages apart.
const (
	documentSalt = 0x6a09e667f3bcc908
	passageSalt  = 0xbb67ae8584caa73b
)

func (l *look) drop(r *catalog.DetectRow) {
	l.dropped[r.ID] = true
	if r.Mark == related || l.related[r.ID] {
		l.widows = append(l.widows, *r)
	}
	if own := l.rows[r.ID]; own != nil {
		// It was registered by the same transaction: as if it never was.
		delete(l.rows, r.ID)
		for _, k := range own.Keys {
			l.shared[k] = slices.DeleteFunc(l.shared[k], func(id int64) bool { return id == r.ID })
		}
		l.batch.Add = slices.DeleteFunc(l.batch.Add, func(a catalog.DetectRow) bool { return a.ID == r.ID })
		return
	}
	l.batch.Drop = append(l.batch.Drop, *r)
}

func (l *look) add(r catalog.DetectRow) *catalog.DetectRow {
	r.ID = l.next
	l.next++
	l.batch.Add = append(l.batch.Add, r)
	l.rows[r.ID] = &r
	for _, k := range r.Keys {
		l.shared[k] = append(l.shared[k], r.ID)
	}
	return &r
}

// register brings the rows of a document to how it stands, and looks at what came.
func (l *look) register(ctx context.Context, b *base, key string) error {
	l.read.forget(key)
	old, err := l.Catalog.DetectRowsOf(ctx, key)
	if err != nil {
		return err
	}
	old = slices.DeleteFunc(old, func(r catalog.DetectRow) bool { return l.dropped[r.ID] })
	for _, r := range l.rows {
		if r.Document == key {
			old = append(old, *r)
		}
	}
	d, err := l.read.document(ctx, key)
	if err != nil {
		return err
	}
	var chunks []index.Chunk
	if d != nil {
		if chunks, err = l.Catalog.ChunksOf(ctx, key); err != nil {
			return err
		}
	}
	fresh := l.stale(d, old, chunks)
	before, err := l.before(ctx, key)
	if err != nil {
		return err
	}
	for i := range old {
		if fresh.drops[old[i].ID] {
			l.drop(&old[i])
		}
	}
	if err := l.widow(ctx, b); err != nil {
		return err
	}
	var added []*catalog.DetectRow
	if fresh.document {
		l.read.readPage(b, d, chunks)
		added = append(added, l.add(catalog.DetectRow{Document: key, Base: b.Base, Mark: matter(d), Keys: within(b.Base, keysOfDocument(d.reading), documentSalt)}))
	}
	for _, ch := range fresh.chunks {
		side := l.read.read(b.comparer, d, ch)
		added = append(added, l.add(catalog.DetectRow{Document: key, Chunk: ch.ID, Base: b.Base, Keys: within(b.Base, b.comparer.Keys(side), passageSalt)}))
	}
	return l.judgeAll(ctx, b, key, added, before)
}

// A difference is what of a document's rows has to change.
type difference struct {
	document bool
	chunks   []*index.Chunk
	drops    map[int64]bool
}

func (l *look) stale(d *document, old []catalog.DetectRow, chunks []index.Chunk) difference {
	out := difference{drops: make(map[int64]bool)}
	have := make(map[index.ChunkID]int64, len(old))
	same := false
	for i := range old {
		have[old[i].Chunk] = old[i].ID
		if old[i].Chunk == zero && d != nil {
			same = old[i].Mark == matter(d)
		}
	}
	if d == nil || !same {
		for i := range old {
			out.drops[old[i].ID] = true
		}
		if d == nil {
			return out
		}
		have = nil
	}
	wanted := make(map[index.ChunkID]bool, len(chunks))
	for i := range chunks {
		wanted[chunks[i].ID] = true
		if _, known := have[chunks[i].ID]; !known {
			out.chunks = append(out.chunks, &chunks[i])
		}
	}
	gone := false
	for id, row := range have {
		if id != zero && !wanted[id] {
			out.drops[row], gone = true, true
		}
	}
	out.document = len(out.chunks) > 0 || gone || !same
	if row, known := have[zero]; known && out.document {
		out.drops[row] = true
	}
	return out
}

// before are the pairs of a document as they stand, those of this look among them.
func (l *look) before(ctx context.Context, key string) ([]catalog.Pair, error) {
	list, err := l.Catalog.PairsWith(ctx, key)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if _, known := l.kept[p.ID]; !known {
			l.kept[p.ID] = p
		}
	}
	list = slices.DeleteFunc(list, func(p catalog.Pair) bool {
		_, gone := l.gone[p.ID]
		_, made := l.made[p.ID]
		return gone || made
	})
	for _, p := range l.made {
		if p.A.Document == key || p.B.Document == key {
			list = append(list, p)
		}
	}
	return list, nil
}

// owner is the row that answers for a pair: 0 when one of its sides has none.
func (l *look) owner(ctx context.Context, p *catalog.Pair) (int64, error) {
	var owner int64
	for _, m := range []*index.Member{&p.A, &p.B} {
		chunk := m.Chunk
		if p.Kind == index.Duplicate {
			chunk = zero
		}
		id, err := l.rowID(ctx, m.Document, chunk)
		if err != nil || id == 0 {
			return 0, err
		}
		owner = max(owner, id)
	}
	return owner, nil
}

func (l *look) rowID(ctx context.Context, document string, chunk index.ChunkID) (int64, error) {
	for id, r := range l.rows {
		if r.Document == document && r.Chunk == chunk {
			return id, nil
		}
	}
	id, err := l.Catalog.DetectRowID(ctx, document, chunk)
	if l.dropped[id] {
		return 0, err
	}
	return id, err
}

// judgeAll has rows of one document answer for their pairs. before are the pairs that
// the document had.
func (l *look) judgeAll(ctx context.Context, b *base, key string, rows []*catalog.DetectRow, before []catalog.Pair) error {
	made := make(map[index.Hash]catalog.Pair)
	answers := make(map[int64]bool, len(rows))
	for _, r := range rows {
		if err := l.pause(ctx); err != nil {
			return err
		}
		answers[r.ID] = true
		if err := l.judge(ctx, b, r, made); err != nil {
			return err
		}
	}
	for _, p := range before {
		if _, again := made[p.ID]; again || p.Kind != index.Duplicate && p.Kind != index.Conflicting {
			continue
		}
		owner, err := l.owner(ctx, &p)
		if err != nil {
			return err
		}
		if owner == 0 || answers[owner] {
			delete(l.made, p.ID)
			l.gone[p.ID] = p
		}
	}
	for _, id := range sortedHashes(made) {
		p := made[id]
		if err := l.judgeDoubt(ctx, &p); err != nil {
			return err
		}
		delete(l.gone, id)
		l.made[id] = p
	}
	return nil
}
