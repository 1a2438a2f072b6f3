package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"freshet/api"
	"freshet/connectors"
	"freshet/index/catalog"
)

func (m *Main) syncCommand() *cobra.Command {
	var o api.SyncOptions
	c := &cobra.Command{
		Use: "sync [SOURCE...]", Short: "Run sources now and wait", Args: cobra.ArbitraryArgs,
		Long: `Runs the named sources now, or every published one, and waits. Ctrl-C stops between
two documents; the next run goes on from there. Exit status 3: done, with documents that
could not be read or deletions that wait for approval.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error { return m.sync(ctx, s, args, o) })
		},
	}
	c.Flags().BoolVar(&o.Full, "full", false, "list everything anew, even where a feed would do")
	c.Flags().BoolVar(&o.DryRun, "dry-run", false, "read and compare, write nothing")
	return c
}

// with runs f with a way to the API.
func (m *Main) with(ctx context.Context, f func(context.Context, *session) error) (err error) {
	s, err := m.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	return f(ctx, s)
}

func (m *Main) sync(ctx context.Context, s *session, ids []string, o api.SyncOptions) error {
	var list api.SourceList
	if err := s.do(ctx, http.MethodGet, "/v1/sources", nil, &list); err != nil {
		return err
	}
	ids, err := chosen(list.Sources, ids)
	if err != nil {
		return err
	}
	runs := struct {
		Runs []catalog.Report `json:"runs"`
	}{Runs: []catalog.Report{}}
	for _, id := range ids {
		report, err := m.syncOne(ctx, s.client, id, o)
		if err != nil {
			return fmt.Errorf("sync %s: %w", id, err)
		}
		runs.Runs = append(runs.Runs, report)
		if !m.flags.json {
			if err := m.printReport(&report, o.DryRun); err != nil {
				return err
			}
		}
	}
	if m.flags.json {
		if err := m.printJSON(runs); err != nil {
			return err
		}
	}
	return outcomeOf(runs.Runs)
}

// chosen are the sources to run: those named, or all that sync.
func chosen(rows []api.SourceRow, ids []string) ([]string, error) {
	var all, due []string
	for i := range rows {
		all = append(all, rows[i].ID)
		if rows[i].State == string(catalog.Published) || rows[i].State == string(catalog.NeedsYou) {
			due = append(due, rows[i].ID)
		}
	}
	for _, id := range ids {
		if slices.Contains(all, id) {
			continue
		}
		if near := connectors.Nearest(id, all); near != "" {
			return nil, fmt.Errorf("there is no source %q; did you mean %q?", id, near)
		}
		return nil, fmt.Errorf("there is no source %q; `freshet source list` shows them", id)
	}
	switch {
	case len(ids) > 0:
		return ids, nil
	case len(all) == 0:
		return nil, errors.New("there is no source yet; add one with `freshet source add`, or write it into " + defaultConfig)
	case len(due) == 0:
		return nil, errors.New("no source is published; name the ones to run, or publish one with `freshet source publish`")
	}
	return due, nil
}

// outcomeOf is how the command ends after these runs.
func outcomeOf(runs []catalog.Report) error {
	partial := false
	for i := range runs {
		r := &runs[i]
		switch r.Result {
		case catalog.RunStopped:
			return context.Canceled
		case catalog.RunFailed:
			return fmt.Errorf("%s could not be synced: %s", r.Source, whyFailed(r))
		}
		partial = partial || r.Unreadable > 0 || r.DeletionsPending > 0
	}
	if partial {
		return errPartial
	}
	return nil
}

// whyFailed is what ended a run.
func whyFailed(r *catalog.Report) string {
	if len(r.Errors) == 0 {
		return "look into the log"
	}
	return r.Errors[len(r.Errors)-1]
}

func (m *Main) printReport(r *catalog.Report, rehearsal bool) error {
	head := fmt.Sprintf("%s: %s in %s", r.Source, r.Result, took(r.Ended.Sub(r.Started)))
	if rehearsal {
		head += " (dry run: nothing was written)"
	}
	if err := m.say("%s", head); err != nil {
		return err
	}
	t := &table{}
	for _, part := range []struct {
		n    int
		what string
	}{
		{r.New, "new"}, {r.TextChanged, "with changed text"}, {r.DetailsChanged, "with changed details"}, {r.Reprocessed, "processed anew"},
		{r.Unchanged, "unchanged"}, {r.Restored, "restored"}, {r.Moved, "moved"}, {r.Hidden, "hidden"}, {r.Removed, "removed"}, {r.Deleted, "deleted"},
		{r.Excluded, "excluded"}, {r.Skipped, "skipped"}, {r.Unreadable, "could not be read"},
	} {
		if part.n > 0 {
			t.row("", thousands(part.n), part.what)
		}
	}
	switch {
	case len(t.rows) > 0 || r.Result != catalog.RunDone:
	case r.Pass == connectors.Feed.String():
		t.row("", "the source tells of no change; `freshet sync --full "+r.Source+"` looks at all of it")
	default:
		t.row("", "the source lists no document; see what it would read with `freshet source test "+r.Source+"`")
	}
	if r.ChunksWritten > 0 {
		t.row("", thousands(r.ChunksWritten), "passages written")
	}
	if r.Embedded > 0 {
		t.row("", thousands(r.Embedded), "texts embedded")
	}
	if err := m.print(t); err != nil {
		return err
	}
	if err := m.printReasons(r); err != nil {
		return err
	}
	if err := m.printNotices(r.Notices); err != nil {
		return err
	}
	told := r.Errors
	if r.Result == catalog.RunFailed && len(told) > 0 {
		told = told[:len(told)-1] // the last one is how the command ends
	}
	for _, e := range told {
		if err := m.say("  ! %s", short(e, 200)); err != nil {
			return err
		}
	}
	if r.DeletionsPending > 0 {
		return m.say("  %s would vanish and still serve: look with `freshet source show %s`,\n  then `freshet source approve %s --all` or `freshet source reject %s --all`",
			plural(r.DeletionsPending, "document", "documents"), r.Source, r.Source, r.Source)
	}
	return nil
}

func (m *Main) printReasons(r *catalog.Report) error {
	for _, reason := range slices.Sorted(mapKeys(r.Reasons)) {
		n := r.Reasons[reason]
		if r.Result == catalog.RunFailed && r.Unreadable == 0 && reason == "fault" {
			continue // of the run itself: the last error says more
		}
		if err := m.say("    %s", reasonText(reason, n)); err != nil {
			return err
		}
	}
	return nil
}

// reasonText says for how many documents a reason holds, with its name for programs.
func reasonText(reason string, n int) string {
	text := api.CountedReason(reason, thousands(n), n)
	if strings.HasPrefix(text, reason+":") {
		return text
	}
	return text + " (" + reason + ")"
}

// printNotices prints what a source says of itself as a whole.
func (m *Main) printNotices(list []catalog.Notice) error {
	for _, n := range list {
		if err := m.say("%s", strings.TrimRight(hang("  note: ", n.Text), "\n")); err != nil {
			return err
		}
	}
	return nil
}

// hang wraps a text behind a first word, its further lines below its beginning.
func hang(first, text string) string {
	indent := strings.Repeat(" ", utf8.RuneCountInString(first))
	return first + strings.TrimPrefix(wrap(text, indent, textWidth), indent)
}
