package catalogtest

import (
	"time"

	"freshet/index/catalog"
)

var sourceTests = []test{
	{"a source comes back with every field", (*world).sourceComesBack},
	{"a new source is a draft", (*world).newSourceIsDraft},
	{"saving a source keeps its state and its history", (*world).putKeepsState},
	{"saving a source with a state sets it", (*world).putSetsState},
	{"refusals count from the first and are forgotten when one is accepted", (*world).refusals},
	{"a change of state forgets refusals", (*world).stateForgetsRefusals},
	{"sources are listed by ID", (*world).sourcesListed},
}

func (w *world) source(id string) catalog.Source {
	w.Helper()
	s, err := w.c.Source(w.ctx, id)
	w.ok(err)
	return s
}

func (w *world) sourceComesBack() {
	s := catalog.Source{
		ID: "full", Base: base, Kind: "website", Owner: "ann", Schedule: "CRON_TZ=Europe/Paris 0 6 * * *", ReviewEvery: 90 * 24 * time.Hour,
		Settings: map[string]any{"url": "https://example.org/?a=1&b=<2>", "include": []any{"*.html"}, "depth": 3.0, "deep": map[string]any{"x": true}},
		Digest:   "d1", Extract: map[string]any{"body": "main"}, Guard: catalog.Guard{Documents: 7, Share: 0.5}, Origin: catalog.OriginFile,
		State: catalog.Paused, StateReason: "holiday",
	}
	w.ok(w.c.PutSource(w.ctx, s))
	s.Created, s.Updated = start, start
	w.equal("source", w.source("full"), s)
	_, err := w.c.Source(w.ctx, "none")
	w.is(err, catalog.ErrNotFound)
}

func (w *world) newSourceIsDraft() {
	w.ok(w.c.PutSource(w.ctx, catalog.Source{ID: "new", Base: base, Kind: "files"}))
	w.equal("state", w.source("new").State, catalog.Draft)
}

func (w *world) putKeepsState() {
	w.ok(w.c.SetSourceState(w.ctx, source, catalog.NeedsYou, "refused"))
	_, err := w.c.CountRefusal(w.ctx, source, false)
	w.ok(err)
	w.pass(time.Hour)
	w.ok(w.c.PutSource(w.ctx, catalog.Source{ID: source, Base: base, Kind: "records", Owner: "bob", Digest: "d2"}))
	got := w.source(source)
	w.equal("kept", []any{got.State, got.StateReason, got.Refusals, got.RefusedAt, got.Created}, []any{catalog.NeedsYou, "refused", 1, start, start})
	w.equal("changed", []any{got.Kind, got.Owner, got.Digest, got.Updated}, []any{"records", "bob", "d2", start.Add(time.Hour)})
}

func (w *world) putSetsState() {
	w.ok(w.c.PutSource(w.ctx, catalog.Source{ID: source, Base: base, State: catalog.Detached, StateReason: "gone from freshet.yaml"}))
	got := w.source(source)
	w.equal("state", []any{got.State, got.StateReason}, []any{catalog.Detached, "gone from freshet.yaml"})
}

func (w *world) refusals() {
	for n := 1; n <= 3; n++ {
		got, err := w.c.CountRefusal(w.ctx, source, false)
		w.ok(err)
		w.equal("refusals", []any{got.Refusals, got.RefusedAt}, []any{n, start})
		w.pass(time.Hour)
	}
	got, err := w.c.CountRefusal(w.ctx, source, true)
	w.ok(err)
	w.equal("accepted", []any{got.Refusals, got.RefusedAt}, []any{0, time.Time{}})
	got, err = w.c.CountRefusal(w.ctx, source, false)
	w.ok(err)
	w.equal("refused again", []any{got.Refusals, got.RefusedAt}, []any{1, start.Add(3 * time.Hour)})
	for _, ok := range []bool{true, false} {
		_, err = w.c.CountRefusal(w.ctx, "none", ok)
		w.is(err, catalog.ErrNotFound)
	}
}

func (w *world) stateForgetsRefusals() {
	_, err := w.c.CountRefusal(w.ctx, source, false)
	w.ok(err)
	w.ok(w.c.SetSourceState(w.ctx, source, catalog.Published, ""))
	w.equal("refusals", w.source(source).Refusals, 0)
	w.is(w.c.SetSourceState(w.ctx, "none", catalog.Published, ""), catalog.ErrNotFound)
}

func (w *world) sourcesListed() {
	w.ok(w.c.PutSource(w.ctx, catalog.Source{ID: "b", Base: base}))
	list, err := w.c.Sources(w.ctx)
	w.ok(err)
	var ids []string
	for _, s := range list {
		ids = append(ids, s.ID)
	}
	w.equal("IDs", ids, []string{"b", source, other})
}
