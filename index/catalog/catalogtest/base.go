package catalogtest

import (
	"freshet/index"
	"freshet/index/catalog"
)

var baseTests = []test{
	{"a base keeps recipe and weights when its languages change", (*world).baseKept},
	{"synonyms are replaced as a whole", (*world).synonyms},
	{"term statistics come back with their mark", (*world).termStatistics},
	{"vectors are kept by space and input", (*world).vectors},
}

func (w *world) baseKept() {
	b := catalog.Base{ID: "b", Languages: []string{"fr"}, Recipe: "r1", Weights: map[string]float64{"title": 0.25}}
	w.ok(w.c.PutBase(w.ctx, b))
	w.ok(w.c.PutBase(w.ctx, catalog.Base{ID: "b", Languages: []string{"de", "en"}, Recipe: "r9"}))
	b.Languages = []string{"de", "en"}
	got, err := w.c.Base(w.ctx, "b")
	w.ok(err)
	w.equal("base", got, b)
	w.ok(w.c.SetRecipe(w.ctx, "b", "r2"))
	list, err := w.c.Bases(w.ctx)
	w.ok(err)
	w.equal("recipes", []string{list[0].ID, list[0].Recipe, list[1].ID, list[1].Recipe}, []string{"b", "r2", base, "r1"})
	w.is(w.c.SetRecipe(w.ctx, "none", "r2"), catalog.ErrNotFound)
	_, err = w.c.Base(w.ctx, "none")
	w.is(err, catalog.ErrNotFound)
}

func (w *world) synonyms() {
	w.ok(w.c.SetSynonyms(w.ctx, base, []catalog.Synonym{{Term: "mail", Means: "email"}, {Term: "app", Means: "application", TwoWay: true}, {Term: "mail", Means: "email", TwoWay: true}}))
	w.ok(w.c.SetSynonyms(w.ctx, "other", []catalog.Synonym{{Term: "x", Means: "y"}}))
	read := func(base string) []catalog.Synonym {
		w.Helper()
		list, err := w.c.Synonyms(w.ctx, base)
		w.ok(err)
		return list
	}
	w.equal("synonyms", read(base), []catalog.Synonym{{Term: "app", Means: "application", TwoWay: true}, {Term: "mail", Means: "email", TwoWay: true}})
	w.ok(w.c.SetSynonyms(w.ctx, base, nil))
	w.equal("replaced by none", len(read(base)), 0)
	w.equal("of another base", len(read("other")), 1)
}

func (w *world) termStatistics() {
	_, _, err := w.c.TermStatistics(w.ctx, "terms")
	w.is(err, catalog.ErrNotFound)
	for mark := range int64(3) {
		data := []byte{byte(mark), 0, 255}
		w.ok(w.c.SaveTermStatistics(w.ctx, "terms", mark, data))
		got, back, err := w.c.TermStatistics(w.ctx, "terms")
		w.ok(err)
		w.equal("statistics", []any{got, back}, []any{mark, data})
	}
}

func (w *world) vectors() {
	a, b, c := index.HashTexts("v", "a"), index.HashTexts("v", "b"), index.HashTexts("v", "c")
	w.ok(w.c.PutVectors(w.ctx, "space", map[index.Hash][]byte{a: {1}, b: {2}}))
	w.ok(w.c.PutVectors(w.ctx, "other space", map[index.Hash][]byte{a: {9}}))
	w.ok(w.c.PutVectors(w.ctx, "space", map[index.Hash][]byte{b: {3, 3}}))
	got, err := w.c.Vectors(w.ctx, "space", []index.Hash{c, b, a, a})
	w.ok(err)
	w.equal("vectors", got, map[index.Hash][]byte{a: {1}, b: {3, 3}})
	got, err = w.c.Vectors(w.ctx, "space", nil)
	w.ok(err)
	w.equal("none", len(got), 0)
}
