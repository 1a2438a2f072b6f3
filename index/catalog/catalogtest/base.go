package catalogtest

import (
	"time"

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
	a, b, c, d := index.HashTexts("v", "a"), index.HashTexts("v", "b"), index.HashTexts("v", "c"), index.HashTexts("v", "d")
	type set = map[index.Hash]catalog.Vector
	one, two := catalog.Vector{Values: []float32{1, -0.5}}, catalog.Vector{Values: []float32{3, 0.25}}
	w.ok(w.c.PutVectors(w.ctx, "space", set{a: one, b: one, d: {Refused: "too long"}}))
	w.ok(w.c.PutVectors(w.ctx, "other space", set{a: two}))
	w.ok(w.c.PutVectors(w.ctx, "space", set{b: two}))
	got, err := w.c.Vectors(w.ctx, "space", []index.Hash{c, b, a, a, d})
	w.ok(err)
	w.equal("vectors", got, set{a: one, b: two, d: {Refused: "too long"}})
	counts, err := w.c.CountVectors(w.ctx, "space")
	w.ok(err)
	w.equal("counts", counts, catalog.VectorCounts{Kept: 2, Refused: 1})
	w.ok(w.c.DropVectors(w.ctx, "space", []index.Hash{a, c}))
	got, err = w.c.Vectors(w.ctx, "space", []index.Hash{a, b})
	w.ok(err)
	w.equal("without the dropped one", got, set{b: two})
	got, err = w.c.Vectors(w.ctx, "other space", []index.Hash{a})
	w.ok(err)
	w.equal("of the other space", got, set{a: two})

	w.write(w.text("doc", "one"))
	chunk := w.chunksOf("doc")[0]
	needed := chunk.EmbedHash()
	w.ok(w.c.PutVectors(w.ctx, "space", set{needed: one, c: one}))
	n, err := w.c.ForgetVectors(w.ctx, w.now(), "other space")
	w.ok(err)
	w.equal("nothing is forgotten at once", n, 0)
	w.pass(time.Hour)
	n, err = w.c.ForgetVectors(w.ctx, w.now(), "other space")
	w.ok(err)
	w.equal("forgotten", n, 3)
	got, err = w.c.Vectors(w.ctx, "space", []index.Hash{needed, b, c, d})
	w.ok(err)
	w.equal("those of chunks stay", got, set{needed: one})
	got, err = w.c.Vectors(w.ctx, "other space", []index.Hash{a})
	w.ok(err)
	w.equal("and those that are to be kept", got, set{a: two})
}
