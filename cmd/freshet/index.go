package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"freshet/api"
	"freshet/index/catalog"
)

func (m *Main) indexCommand() *cobra.Command {
	c := &cobra.Command{Use: "index", Short: "Look after the index", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(
		m.indexVerb("status", "How the index stands to the catalog, and how far its change is", http.MethodGet, "/v1/index", m.showIndex),
		m.indexRebuild(),
		m.indexSwitch(),
		m.indexRollBack(),
		m.indexVerb("verify", "Compare catalog and index", http.MethodPost, "/v1/index/verify", m.printComparison),
		m.indexVerb("repair", "Compare catalog and index and mend what differs", http.MethodPost, "/v1/index/repair", m.printComparison),
	)
	return c
}

func (m *Main) indexVerb(verb, help, method, path string, print func(*session, context.Context, string, string) error) *cobra.Command {
	return &cobra.Command{Use: verb, Short: help, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return m.with(cmd.Context(), func(ctx context.Context, s *session) error { return print(s, ctx, method, path) })
	}}
}

func (m *Main) indexRebuild() *cobra.Command {
	var o api.RebuildOptions
	var leave bool
	c := &cobra.Command{
		Use: "rebuild", Short: "Change to the index that the configuration asks for, or fill the present one anew", Args: cobra.NoArgs,
		Long: "Where the configuration asks for another store or embedding model than the active index has, rebuild makes a second index, fills it, compares both and\n" +
			"switches to it, while questions are answered from the first. Otherwise it fills the active index anew from the catalog.\n" +
			"Stopped at any moment, it goes on where it was at the next start. `freshet index rollback` goes back for a day.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error {
				return m.changeIndex(ctx, s, "/v1/index/rebuild", o, leave)
			})
		},
	}
	c.Flags().BoolVar(&o.Hold, "hold", false, "wait for `freshet index switch` when the new index is ready")
	c.Flags().BoolVar(&o.Force, "force", false, "switch though it is doubtful whether the new index is better")
	c.Flags().BoolVar(&o.Afresh, "afresh", false, "make another index though the active one is what is configured")
	c.Flags().BoolVar(&o.AcceptCost, "yes", false, "accept what embedding costs")
	c.Flags().BoolVar(&leave, "no-wait", false, "return as soon as it has begun")
	return c
}

func (m *Main) indexSwitch() *cobra.Command {
	var force, leave bool
	c := &cobra.Command{
		Use: "switch", Short: "Take the new index that waits, after comparing it once more", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error {
				return m.changeIndex(ctx, s, "/v1/index/switch", map[string]bool{"force": force}, leave)
			})
		},
	}
	c.Flags().BoolVar(&force, "force", false, "though it is doubtful whether it is better")
	c.Flags().BoolVar(&leave, "no-wait", false, "return at once")
	return c
}

func (m *Main) indexRollBack() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: "rollback", Short: "Go back to the index of before, and drop the new one", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error {
				var v api.IndexStatus
				if err := s.do(ctx, http.MethodPost, "/v1/index/rollback", map[string]string{"reason": reason}, &v); err != nil {
					return err
				}
				return m.printIndex(&v)
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "`WHY`, shown in the status")
	return c
}

// changeIndex asks for a change and, unless told to leave, shows it to its end.
func (m *Main) changeIndex(ctx context.Context, s *session, path string, body any, leave bool) error {
	var v api.IndexStatus
	if err := s.do(ctx, http.MethodPost, path, body, &v); err != nil {
		return err
	}
	if v.Migration != nil && !leave {
		if err := m.followMigration(ctx, s, &v); err != nil {
			return err
		}
	}
	if err := m.printIndex(&v); err != nil {
		return err
	}
	if g := v.Migration; g != nil && !leave && g.State == string(catalog.MigrationWaiting) && slices.ContainsFunc(g.Checks, notGood) {
		return errors.New(g.Reason)
	}
	return nil
}

func notGood(c api.IndexCheck) bool { return c.Verdict != "good" }

// followMigration waits until a migration has switched, waits for a person or has
// ended, and shows how far it is on a terminal.
func (m *Main) followMigration(ctx context.Context, s *session, v *api.IndexStatus) error {
	drawn := false
	defer func() {
		if drawn {
			fmt.Fprint(m.Stderr, "\r\x1b[K")
		}
	}()
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		g := v.Migration
		if g == nil || g.State != string(catalog.MigrationRunning) || g.Phase == string(catalog.PhaseSoak) || g.Phase == string(catalog.PhaseDrop) {
			return nil
		}
		if m.Terminal {
			fmt.Fprintf(m.Stderr, "\r\x1b[K%s", short(g.Phase+": "+phaseText(g), 150))
			drawn = true
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%w; the change goes on whenever freshet runs, and `freshet index rollback` ends it", ctx.Err())
		}
		*v = api.IndexStatus{}
		if err := s.do(ctx, http.MethodGet, "/v1/index", nil, v); err != nil {
			return err
		}
	}
}

func (m *Main) showIndex(s *session, ctx context.Context, method, path string) error {
	var v api.IndexStatus
	if err := s.do(ctx, method, path, nil, &v); err != nil {
		return err
	}
	return m.printIndex(&v)
}

func (m *Main) printIndex(v *api.IndexStatus) error {
	if m.flags.json {
		return m.printJSON(v)
	}
	t := &table{}
	t.row("store", v.Store+" ("+v.Space+")")
	t.row("passages", thousands(v.Points))
	for _, base := range slices.Sorted(mapKeys(v.ByBase)) {
		t.row("", base+": "+thousands(v.ByBase[base]))
	}
	t.row("size", fmt.Sprintf("%.1f MB", float64(v.Bytes)/(1<<20)))
	t.row("state", behindText(v.Behind)+fmt.Sprintf(" (%d of %d)", v.Mark, v.Head))
	if b := v.Standby; b != nil {
		who := "nobody answers"
		if b.Answers {
			who = "the standby answers"
		}
		t.row("", who+" since "+when(b.Since)+": "+short(b.Reason, 200))
	}
	for i := range v.Targets {
		x := &v.Targets[i]
		if len(v.Targets) > 1 || x.Model != "" || x.Fault != "" {
			t.row("index "+fmt.Sprint(x.ID), targetText(x))
		}
	}
	if w := v.Wanted; w != nil {
		t.row("wanted", wantedText(w))
	}
	for _, r := range v.Rereads {
		t.row("reading anew", fmt.Sprintf("%s: %s of %s are as an earlier version or other settings read them; each run makes more of them anew",
			r.Source, thousands(r.Left), plural(r.Documents, "document", "documents")))
	}
	if err := m.print(t); err != nil {
		return err
	}
	if v.Migration == nil {
		return nil
	}
	return m.say("%s", strings.TrimRight(migrationText(v.Migration), "\n"))
}

func behindText(n int64) string {
	if n <= 0 {
		return "up to date"
	}
	return plural(int(n), "change", "changes") + " behind the catalog"
}

func targetText(x *api.IndexTarget) string {
	what := x.Store
	if x.Model != "" {
		what += fmt.Sprintf(", %s, %d dimensions", x.Model, x.Dimension)
	}
	text := fmt.Sprintf("%s (%s): %s, %s", x.State, what, plural(x.Points, "passage", "passages"), behindText(x.Behind))
	if x.Pending > 0 {
		text += "; passages of " + plural(int(x.Pending), "change", "changes") + " wait for their vectors"
	}
	if x.Fault != "" {
		text += "; " + short(x.Fault, 200)
	}
	return text
}

func wantedText(w *api.IndexWanted) string {
	if w.Fault != "" {
		return "it cannot be told what the configuration asks for: " + w.Fault + "; the active index goes on answering"
	}
	return strings.Join(w.Differs, "; ") + "; the active index goes on answering, `freshet index rebuild` changes to this one"
}

// barWidth is how many characters the bar of a phase has.
const barWidth = 24

// migrationText shows all phases, the present one with how far it is.
func migrationText(g *api.IndexMigration) string {
	var out strings.Builder
	fmt.Fprintf(&out, "migration %d, from index %d to index %d, %s since %s\n", g.ID, g.From, g.To, strings.ReplaceAll(g.State, "_", " "), when(sinceOf(g)))
	past := true
	for _, p := range catalog.MigrationPhases() {
		here := string(p) == g.Phase
		past = past && !here
		mark, text := " ", ""
		switch {
		case past, here && g.State == string(catalog.MigrationDone):
			mark = "✔"
		case here && g.State == string(catalog.MigrationRolledBack):
			mark = "✘"
		case here && g.State == string(catalog.MigrationWaiting):
			mark = "?"
		case here:
			mark, text = "▶", phaseText(g)
		}
		fmt.Fprintf(&out, "  %s %s", mark, p)
		if text != "" {
			fmt.Fprintf(&out, "%s%s", strings.Repeat(" ", 10-len(p)), text)
		}
		out.WriteByte('\n')
	}
	for _, c := range g.Checks {
		fmt.Fprintf(&out, "  %s %s\n", map[string]string{"good": "✔", "doubtful": "?", "wrong": "✘"}[c.Verdict], c.Text)
	}
	if spent := spentText(g); spent != "" {
		fmt.Fprintf(&out, "  %s\n", spent)
	}
	if g.Reason != "" {
		out.WriteString(wrap(g.Reason, "  ", 110))
	}
	return out.String()
}

// sinceOf is when the migration came into its state.
func sinceOf(g *api.IndexMigration) time.Time {
	if !g.Ended.IsZero() {
		return g.Ended
	}
	return g.Started
}

// phaseText says how far the present phase is.
func phaseText(g *api.IndexMigration) string {
	switch catalog.MigrationPhase(g.Phase) {
	case catalog.PhaseBackfill:
		text := fmt.Sprintf("[%s] %s  %s of %s passages", bar(g.Passages, g.Total), percent(g.Passages, g.Total), thousands(g.Passages), thousands(g.Total))
		if g.Rate > 0 {
			text += fmt.Sprintf(", %.0f/s", g.Rate)
		}
		if g.LeftMS > 0 {
			text += ", about " + took(time.Duration(g.LeftMS)*time.Millisecond) + " left"
		}
		return text
	case catalog.PhaseSoak:
		return "questions are answered from the new index; until " + when(g.SoakUntil) + " `freshet index rollback` goes back"
	case catalog.PhaseVerify:
		return "comparing it with the catalog and with the active index"
	}
	return ""
}

func bar(done, total int) string {
	full := 0
	if total > 0 {
		full = min(barWidth, barWidth*done/total)
	}
	return strings.Repeat("█", full) + strings.Repeat("░", barWidth-full)
}

// spentText says what was embedded and what it cost.
func spentText(g *api.IndexMigration) string {
	if g.Embedded+g.Kept+g.Refused == 0 {
		return ""
	}
	text := fmt.Sprintf("%s embedded, the vectors of %s were kept", plural(g.Embedded, "text", "texts"), plural(g.Kept, "passage", "passages"))
	if g.Refused > 0 {
		text += fmt.Sprintf(", %s refused", plural(g.Refused, "text", "texts"))
	}
	if g.Tokens > 0 {
		text += fmt.Sprintf("; %s tokens", thousands(int(g.Tokens)))
	}
	if g.Cost > 0 {
		text += fmt.Sprintf(", about %.2f", g.Cost)
	}
	return text
}

func (m *Main) printComparison(s *session, ctx context.Context, method, path string) error {
	var v api.IndexComparison
	if err := s.do(ctx, method, path, nil, &v); err != nil {
		return err
	}
	wrong := v.Missing + v.Foreign + v.Differ
	if m.flags.json {
		if err := m.printJSON(v); err != nil {
			return err
		}
	} else {
		text := "the index holds just what the catalog says"
		if wrong > 0 {
			text = fmt.Sprintf("%d missing, %d foreign, %d different; %d repaired", v.Missing, v.Foreign, v.Differ, v.Repaired)
		}
		if err := m.say("%s passages in the catalog, %s in the index: %s", thousands(v.Chunks), thousands(v.Points), text); err != nil {
			return err
		}
	}
	if wrong > v.Repaired {
		return errors.New("catalog and index differ; mend it with `freshet index repair`")
	}
	return nil
}
