package main

import (
	"context"
	"errors"
	"fmt"

	"freshet/api"
	"freshet/index/catalog"
	"freshet/pipeline/migrate"
)

// Status is how the index stands to the catalog, and how far its change is.
func (k *indexKeeper) Status(ctx context.Context) (api.IndexStatus, error) {
	s, err := k.machine.Status(ctx)
	if err != nil {
		return api.IndexStatus{}, err
	}
	a := &s.Active
	out := api.IndexStatus{Store: a.Target.Store, Points: a.Stats.Points, ByBase: a.Stats.ByBase, Bytes: a.Stats.Bytes,
		Mark: a.Mark, Head: s.Head, Behind: s.Head - a.Mark, Space: a.Target.Space.Lexical, Migration: migrationOf(s.Migration)}
	if state := k.standbys.state(); state.Down != nil {
		out.Standby = &api.IndexStandby{Since: state.Since, Reason: state.Down.Error(), Answers: k.standbys.has(ctx, 0)}
	}
	for i := range s.Targets {
		out.Targets = append(out.Targets, targetOf(&s.Targets[i], s.Head))
	}
	if len(s.Differs) > 0 || s.Fault != "" {
		w := s.Wanted
		out.Wanted = &api.IndexWanted{Store: w.Store, Model: modelName(w), Dimension: w.Space.Dimension, Differs: s.Differs, Fault: s.Fault}
	}
	list, err := k.rereads(ctx)
	for _, r := range list {
		out.Rereads = append(out.Rereads, api.IndexReread{Source: r.Source, Documents: r.Documents, Left: r.Left})
	}
	return out, err
}

func modelName(t catalog.Target) string {
	if t.Space.Dimension == 0 {
		return ""
	}
	return t.Space.Model
}

func targetOf(t *migrate.TargetStatus, head int64) api.IndexTarget {
	row := &t.Target
	out := api.IndexTarget{ID: row.ID, State: string(row.State), Store: row.Store, Lexical: row.Space.Lexical, Model: modelName(*row), Dimension: row.Space.Dimension,
		Points: t.Stats.Points, Bytes: t.Stats.Bytes, Mark: t.Mark, Behind: head - t.Mark, Since: row.Changed, Fault: t.Fault}
	if out.Fault == "" {
		out.Fault = t.ModelFault
	}
	if e := t.Embeddings; e != nil {
		out.Pending = max(0, head-e.Mark)
		if out.Fault == "" {
			out.Fault = e.Failed
		}
	}
	return out
}

func migrationOf(s *migrate.MigrationStatus) *api.IndexMigration {
	if s == nil {
		return nil
	}
	p := &s.Progress
	out := &api.IndexMigration{ID: s.ID, From: s.From, To: s.To, Phase: string(s.Phase), State: string(s.State), Reason: s.Reason,
		Passages: p.Chunks, Total: p.Total, Embedded: p.Texts, Kept: p.Kept, Refused: p.Refused, Tokens: p.Tokens, Cost: p.Cost,
		Rate: s.Rate, LeftMS: s.Left.Milliseconds(), Faults: p.Faults, Started: s.Started, PhaseSince: s.PhaseSince, SoakUntil: s.SoakUntil, Ended: s.Ended}
	if s.Verification != nil {
		for _, c := range s.Verification.Checks {
			out.Checks = append(out.Checks, api.IndexCheck{Name: c.Name, Verdict: string(c.Verdict), Text: c.Text})
		}
	}
	return out
}

// Rebuild changes to the configured index, or fills the active one anew.
func (k *indexKeeper) Rebuild(ctx context.Context, o api.RebuildOptions) error {
	s, err := k.machine.Status(ctx)
	if err != nil {
		return err
	}
	if len(s.Differs) == 0 && s.Fault == "" && !o.Afresh {
		return k.machine.Rebuild(ctx)
	}
	if s.Fault == "" && !o.AcceptCost {
		if err := k.askForCost(ctx); err != nil {
			return err
		}
	}
	_, err = k.machine.Begin(ctx, migrate.BeginOptions{Hold: o.Hold, Force: o.Force, Afresh: o.Afresh})
	return refused(err)
}

// askForCost refuses what costs money and was not accepted.
func (k *indexKeeper) askForCost(ctx context.Context) error {
	e, err := k.machine.Estimate(ctx)
	if err != nil || e.Cost == 0 {
		return err
	}
	return conflict("%s have to be embedded, about %s tokens, which costs about %.2f in the currency of embedding.price_per_million; accept it with --yes",
		plural(e.Texts, "text", "texts"), thousands(int(e.Tokens)), e.Cost)
}

// Estimate counts what a migration to what is configured would embed.
func (k *indexKeeper) Estimate(ctx context.Context) (api.IndexEstimate, error) {
	e, err := k.machine.Estimate(ctx)
	return api.IndexEstimate(e), refused(err)
}

// Switch has a migration that waits go on.
func (k *indexKeeper) Switch(ctx context.Context, force bool) error {
	return refused(k.machine.Switch(ctx, force))
}

// RollBack has the index of before answer.
func (k *indexKeeper) RollBack(ctx context.Context, reason string) error {
	return refused(k.machine.RollBack(ctx, reason))
}

// refused tells the API what a person can mend.
func refused(err error) error {
	if errors.Is(err, migrate.ErrRefused) {
		return fmt.Errorf("%w: %w", api.ErrConflict, err)
	}
	return err
}
