package catalogtest

import (
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

var migrationTests = []test{
	{"there is no target and no migration at first", (*world).noTargets},
	{"a target is started, and another in its place", (*world).targetsStart},
	{"there is one migration at a time", (*world).oneMigration},
	{"a migration comes back as it was saved", (*world).migrationKept},
	{"a switch changes both targets at once", (*world).migrationSwitches},
	{"going back is possible until the former target is dropped", (*world).migrationRollsBack},
	{"a target that is dropped holds no history back", (*world).droppedTargetsFollowNoMore},
}

var (
	words = index.Space{Lexical: "lex/1", Provider: "none"}
	dense = index.Space{Lexical: "lex/1", Provider: "ollama", Model: "m", Dimension: 4, QueryTo: "query: ", PassageTo: "é\"", Normalised: true}
)

func (w *world) targetStates() map[int64]catalog.TargetState {
	w.Helper()
	list, err := w.c.Targets(w.ctx)
	w.ok(err)
	out := map[int64]catalog.TargetState{}
	for _, t := range list {
		out[t.ID] = t.State
	}
	return out
}

func (w *world) started() catalog.Target {
	w.Helper()
	t, err := w.c.StartTarget(w.ctx, catalog.Target{Store: "embedded", Space: words, Consumer: "embedded"})
	w.ok(err)
	return t
}

func (w *world) begun() catalog.Migration {
	w.Helper()
	m, err := w.c.BeginMigration(w.ctx, catalog.Target{Store: "qdrant", Settings: "{}", Space: dense}, catalog.Migration{Hold: true})
	w.ok(err)
	return m
}

func (w *world) noTargets() {
	_, err := w.c.ActiveTarget(w.ctx)
	w.is(err, catalog.ErrNotFound)
	_, err = w.c.LastMigration(w.ctx)
	w.is(err, catalog.ErrNotFound)
	_, err = w.c.BeginMigration(w.ctx, catalog.Target{Store: "embedded"}, catalog.Migration{})
	w.is(err, catalog.ErrNotFound)
	w.equal("targets", len(w.targetStates()), 0)
}

func (w *world) targetsStart() {
	first := w.started()
	w.equal("first", first, catalog.Target{ID: 1, Store: "embedded", Space: words, Consumer: "embedded", State: catalog.TargetActive, Created: start, Changed: start})
	got, err := w.c.ActiveTarget(w.ctx)
	w.ok(err)
	w.equal("active", got, first)
	w.ok(w.c.SetConsumerMark(w.ctx, "embedded", 3))
	second, err := w.c.StartTarget(w.ctx, catalog.Target{Store: "qdrant", Settings: `{"a":1}`, Space: dense})
	w.ok(err)
	w.equal("second's consumer", second.Consumer, "store:2")
	got, err = w.c.ActiveTarget(w.ctx)
	w.ok(err)
	w.equal("active", got, second)
	w.equal("states", w.targetStates(), map[int64]catalog.TargetState{1: catalog.TargetDropping, 2: catalog.TargetActive})
	w.ok(w.c.TargetRemoved(w.ctx, 1))
	w.is(w.c.TargetRemoved(w.ctx, 1), catalog.ErrNotFound)
	w.is(w.c.TargetRemoved(w.ctx, 2), catalog.ErrNotFound)
	w.equal("states", w.targetStates(), map[int64]catalog.TargetState{1: catalog.TargetDropped, 2: catalog.TargetActive})
	w.ok(w.c.SetSpace(w.ctx, 2, words, "{}"))
	got, err = w.c.ActiveTarget(w.ctx)
	w.ok(err)
	w.equal("corrected", []any{got.Space, got.Settings}, []any{words, "{}"})
}

func (w *world) oneMigration() {
	w.started()
	m := w.begun()
	_, err := w.c.BeginMigration(w.ctx, catalog.Target{Store: "embedded", Space: words}, catalog.Migration{})
	w.is(err, catalog.ErrMigrating)
	_, err = w.c.StartTarget(w.ctx, catalog.Target{Store: "embedded", Space: words})
	w.is(err, catalog.ErrMigrating)
	w.equal("states", w.targetStates(), map[int64]catalog.TargetState{1: catalog.TargetActive, 2: catalog.TargetBuilding})
	w.ok(w.c.RollBackMigration(w.ctx, m, "changed my mind"))
	w.equal("states", w.targetStates(), map[int64]catalog.TargetState{1: catalog.TargetActive, 2: catalog.TargetDropping})
	w.equal("another", w.begun().To, int64(3))
}

func (w *world) migrationKept() {
	w.started()
	m := w.begun()
	w.equal("begun", m, catalog.Migration{ID: 1, From: 1, To: 2, Phase: catalog.PhasePrepare, State: catalog.MigrationRunning, Hold: true, Started: start, PhaseSince: start})
	got, err := w.c.LastMigration(w.ctx)
	w.ok(err)
	w.equal("read", got, m)
	w.pass(time.Minute)
	m.Phase, m.Place, m.Reason, m.Force, m.Report = catalog.PhaseBackfill, index.ChunkID{1, 2, 0xff}, "because é", true, `{"a":[1]}`
	m.Progress = catalog.MigrationProgress{Chunks: 3, Total: 9, Texts: 2, Kept: 1, Refused: 1, Tokens: 1 << 40, Cost: 0.25, Spent: time.Second, Faults: 4, Restarts: 5}
	w.ok(w.c.SaveMigration(w.ctx, m))
	m.PhaseSince = start.Add(time.Minute)
	got, err = w.c.LastMigration(w.ctx)
	w.ok(err)
	w.equal("saved", got, m)
	w.pass(time.Minute)
	m.Progress.Chunks = 4
	w.ok(w.c.SaveMigration(w.ctx, m))
	got, err = w.c.LastMigration(w.ctx)
	w.ok(err)
	w.equal("the phase's beginning stays", got, m)
}

func (w *world) migrationSwitches() {
	w.started()
	m := w.begun()
	m.Phase = catalog.PhaseSwitch
	w.ok(w.c.SaveMigration(w.ctx, m))
	until := start.Add(24 * time.Hour)
	w.ok(w.c.SwitchMigration(w.ctx, m, until))
	w.equal("states", w.targetStates(), map[int64]catalog.TargetState{1: catalog.TargetSoaking, 2: catalog.TargetActive})
	got, err := w.c.LastMigration(w.ctx)
	w.ok(err)
	w.equal("soaks", []any{got.Phase, got.State, got.SoakUntil}, []any{catalog.PhaseSoak, catalog.MigrationRunning, until})
	w.is(w.c.SwitchMigration(w.ctx, m, until), catalog.ErrNotFound)
	w.ok(w.c.FinishMigration(w.ctx, got))
	w.equal("states", w.targetStates(), map[int64]catalog.TargetState{1: catalog.TargetDropping, 2: catalog.TargetActive})
	got, err = w.c.LastMigration(w.ctx)
	w.ok(err)
	w.equal("ended", []any{got.Phase, got.State, got.Ended}, []any{catalog.PhaseDrop, catalog.MigrationDone, start})
	w.is(w.c.SaveMigration(w.ctx, got), catalog.ErrNotFound)
}

func (w *world) migrationRollsBack() {
	w.started()
	m := w.begun()
	w.ok(w.c.SwitchMigration(w.ctx, m, start.Add(time.Hour)))
	w.ok(w.c.RollBackMigration(w.ctx, m, "worse"))
	w.equal("states", w.targetStates(), map[int64]catalog.TargetState{1: catalog.TargetActive, 2: catalog.TargetDropping})
	got, err := w.c.LastMigration(w.ctx)
	w.ok(err)
	w.equal("ended", []any{got.State, got.Reason}, []any{catalog.MigrationRolledBack, "worse"})
	m = w.begun()
	w.ok(w.c.SwitchMigration(w.ctx, m, start))
	w.ok(w.c.FinishMigration(w.ctx, m))
	w.is(w.c.RollBackMigration(w.ctx, m, "too late"), catalog.ErrNotFound)
	w.equal("states", w.targetStates(), map[int64]catalog.TargetState{1: catalog.TargetDropping, 2: catalog.TargetDropping, 3: catalog.TargetActive})
}

func (w *world) droppedTargetsFollowNoMore() {
	w.started()
	m := w.begun()
	w.ok(w.c.SetConsumerMark(w.ctx, "store:2", 7))
	w.ok(w.c.RollBackMigration(w.ctx, m, ""))
	mark, err := w.c.ConsumerMark(w.ctx, "store:2")
	w.ok(err)
	w.equal("mark", mark, int64(0))
}
