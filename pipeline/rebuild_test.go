package pipeline

import (
	"testing"

	"freshet/index"
	"freshet/index/embedded"
	"freshet/index/indextest"
	"freshet/index/lexical"
)

// A catalog that was restored from a backup is behind what its Store was told later.
func TestAStoreFromTheFutureOfARestoredCatalogIsMadeWhatTheCatalogSays(t *testing.T) {
	memory, err := embedded.Open(embedded.Options{Space: index.Space{Lexical: lexical.Version, Provider: "none"}})
	must(t, err)
	t.Cleanup(func() { must(t, memory.Close()) })
	for name, store := range map[string]index.Store{"oracle": indextest.NewOracle(), "embedded": memory} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.join(store)
			w.fill(8)
			w.sync()
			var points []index.Point
			for s, err := range store.Stamps(t.Context(), index.ChunkID{}, lastID) {
				must(t, err)
				p := index.Point{ID: s.ID, Base: s.Base, Payload: index.Payload{Texts: map[string][]string{index.KeyLabel: {"later"}}}}
				p.Stamp = index.Stamp{Input: s.Stamp.Input, Payload: p.Payload.Hash(), Seq: s.Stamp.Seq + 1000}
				points = append(points, p)
			}
			must(t, store.Upsert(t.Context(), append(points[:4:4], index.Point{ID: indextest.ID(1), Base: "help", Stamp: index.Stamp{Seq: 2000}})))
			must(t, store.SetMark(t.Context(), index.Mark{Epoch: "before the restore", Seq: 2000}))

			w.join(store)
			must(t, w.applier.CatchUp(t.Context()))
			w.wantConsistent()
			w.wantServed("topic03", "p03")
		})
	}
}
