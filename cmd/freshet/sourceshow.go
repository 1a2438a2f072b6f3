package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"freshet/api"
	"freshet/index/catalog"
)

func (m *Main) sourceList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List sources", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error {
				var list api.SourceList
				if err := s.do(ctx, http.MethodGet, "/v1/sources", nil, &list); err != nil {
					return err
				}
				return m.printSources(&list)
			})
		},
	}
}

func (m *Main) printSources(list *api.SourceList) error {
	if m.flags.json {
		return m.printJSON(list)
	}
	if len(list.Sources) == 0 {
		return m.say("no source yet; add one with `freshet source add`")
	}
	t := &table{}
	t.row("SOURCE", "TYPE", "BASE", "STATE", "SERVED", "LAST RUN")
	for i := range list.Sources {
		r := &list.Sources[i]
		t.row(r.ID, r.Kind, r.Base, r.State, thousands(r.Documents.Present+r.Documents.Unreadable), lastRunText(r.LastRun))
	}
	return m.print(t)
}

func lastRunText(r *api.LastRun) string {
	if r == nil {
		return "never"
	}
	text := when(r.Started) + " " + r.Result
	if r.Unreadable > 0 {
		text += fmt.Sprintf(", %d unreadable", r.Unreadable)
	}
	if r.DeletionsPending > 0 {
		text += fmt.Sprintf(", %d wait for approval", r.DeletionsPending)
	}
	return text
}

func (m *Main) sourceShow() *cobra.Command {
	var skipped bool
	c := &cobra.Command{
		Use: "show ID", Short: "Show a source, what is left out and why, what waits for approval, and its next runs", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error {
				var d shownSource
				if err := s.do(ctx, http.MethodGet, sourcePath(args[0]), nil, &d.SourceDetails); err != nil {
					return err
				}
				most := shownSkipped
				if skipped || m.flags.json {
					most = 0
				}
				var err error
				if d.Skipped, err = leftOut(ctx, s, d.ID, most); err != nil {
					return err
				}
				if m.flags.json {
					return m.printJSON(d)
				}
				return m.printSource(&d)
			})
		},
	}
	c.Flags().BoolVar(&skipped, "skipped", false, "list every document that is left out or cannot be read")
	return c
}

// shownSource is what `source show --json` prints.
type shownSource struct {
	api.SourceDetails
	Skipped []skippedDocument `json:"skipped"`
}

// skippedDocument is one that is left out or cannot be read.
type skippedDocument struct {
	ID         string `json:"id"`
	URL        string `json:"url,omitempty"`
	Title      string `json:"title,omitempty"`
	State      string `json:"state"`
	Reason     string `json:"reason"`
	ReasonText string `json:"reason_text"`
}

// shownSkipped is how many such documents are listed for people who did not ask for
// them.
const shownSkipped = 20

// leftOut lists the first documents of a source that are left out, then those that
// cannot be read; most 0: all.
func leftOut(ctx context.Context, s *session, source string, most int) ([]skippedDocument, error) {
	out := []skippedDocument{}
	for _, state := range []catalog.State{catalog.Excluded, catalog.Unreadable} {
		query := url.Values{"source": {source}, "state": {string(state)}, "limit": {"1000"}}
		if most > 0 {
			query.Set("limit", strconv.Itoa(most))
		}
		for {
			var page api.DocumentPage
			if err := s.do(ctx, http.MethodGet, "/v1/documents?"+query.Encode(), nil, &page); err != nil {
				return nil, err
			}
			for i := range page.Documents {
				d := &page.Documents[i]
				if len(out) == most && most > 0 {
					return out, nil
				}
				out = append(out, skippedDocument{ID: d.ID, URL: d.URL, Title: d.Title, State: d.State, Reason: d.Reason, ReasonText: d.ReasonText})
			}
			if page.Next == "" {
				break
			}
			query.Set("cursor", page.Next)
		}
	}
	return out, nil
}

// printSkipped prints how many documents are not indexed and why, then which.
func (m *Main) printSkipped(d *shownSource) error {
	if len(d.LeftOut) == 0 {
		return nil
	}
	if err := m.say("\nnot indexed:"); err != nil {
		return err
	}
	all := 0
	for _, c := range d.LeftOut {
		all += c.Documents
		if err := m.say("  %s", reasonText(c.Reason, c.Documents)); err != nil {
			return err
		}
	}
	if err := m.say(""); err != nil {
		return err
	}
	t := &table{}
	for _, s := range d.Skipped {
		where := s.URL
		if where == "" {
			where = s.ID
		}
		t.row("", where, s.ReasonText)
	}
	if more := all - len(d.Skipped); more > 0 {
		t.row("", fmt.Sprintf("and %s more; --skipped or --json lists them all", thousands(more)))
	}
	return m.print(t)
}

// shownBlocks is how many blocks of a template are shown to people.
const shownBlocks = 5

// templatesText says in a line what stands on most pages, "" when nothing does.
func templatesText(t *api.Templates) string {
	if t == nil {
		return ""
	}
	kept := t.KeptOn[0]
	if more := len(t.KeptOn) - 1; more > 0 {
		kept += " and " + plural(more, "other page", "other pages")
	}
	verb := "are"
	if len(t.Blocks) == 1 {
		verb = "is"
	}
	return fmt.Sprintf("%s on most pages %s left out of passages (kept on %s)", plural(len(t.Blocks), "block", "blocks"), verb, kept)
}

// shownPending is how many documents that wait are listed for people.
const shownPending = 20

func (m *Main) printSource(d *shownSource) error {
	t := &table{}
	state := d.State
	if d.Reason != "" {
		state += " (" + d.Reason + ")"
	}
	t.row("source", d.ID+" ("+d.Kind+", knowledge base "+d.Base+")")
	t.row("state", state)
	t.row("owner", orNone(d.Owner))
	c := d.Documents
	t.row("documents", fmt.Sprintf("%s present, %d hidden, %d removed, %d excluded, %d unreadable", thousands(c.Present), c.Hidden, c.Removed, c.Excluded, c.Unreadable))
	t.row("last run", lastRunText(d.LastRun))
	for _, key := range slices.Sorted(mapKeys(d.Settings)) {
		t.row("", fmt.Sprintf("%s: %v", key, d.Settings[key]))
	}
	var next []string
	for _, at := range d.NextRuns {
		next = append(next, when(at))
	}
	t.row("next runs", orNone(strings.Join(next, ", ")))
	if line := templatesText(d.Templates); line != "" {
		t.row("templates", line)
		for _, b := range d.Templates.Blocks[:min(shownBlocks, len(d.Templates.Blocks))] {
			t.row("", fmt.Sprintf("on %d of %d pages: %s", b.Pages, b.Of, short(b.Text, 80)))
		}
	}
	if err := m.print(t); err != nil {
		return err
	}
	if d.LastRun != nil {
		for _, e := range d.LastRun.Errors {
			if err := m.say("  ! %s", short(e, 200)); err != nil {
				return err
			}
		}
		if err := m.printNotices(d.LastRun.Notices); err != nil {
			return err
		}
	}
	if err := m.printSkipped(d); err != nil {
		return err
	}
	return m.printPending(&d.SourceDetails)
}

func (m *Main) printPending(d *api.SourceDetails) error {
	if len(d.DeletionsPending) == 0 {
		return nil
	}
	if err := m.say("\n%s would vanish; they serve until you decide:", plural(len(d.DeletionsPending), "document", "documents")); err != nil {
		return err
	}
	t := &table{}
	for _, p := range d.DeletionsPending[:min(shownPending, len(d.DeletionsPending))] {
		t.row("", p.Action, short(p.Title, 40), p.ID, p.Evidence)
	}
	if more := len(d.DeletionsPending) - shownPending; more > 0 {
		t.row("", "", fmt.Sprintf("and %d more; --json lists them all", more))
	}
	if err := m.print(t); err != nil {
		return err
	}
	return m.say("next: freshet source approve %s --all | freshet source reject %s --all, or name documents", d.ID, d.ID)
}

func (m *Main) sourceState(verb, help string) *cobra.Command {
	return &cobra.Command{
		Use: verb + " ID", Short: help, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error {
				var d api.SourceDetails
				if err := s.do(ctx, http.MethodPost, sourcePath(args[0], "/"+verb), nil, &d); err != nil {
					return err
				}
				if m.flags.json {
					return m.printJSON(d)
				}
				return m.say("%s is now %s", d.ID, d.State)
			})
		},
	}
}

func (m *Main) sourceSettle(verb string) *cobra.Command {
	var all bool
	help := map[string]string{"approve": "Let documents vanish that wait for approval", "reject": "Keep documents that wait for approval"}[verb]
	c := &cobra.Command{
		Use: verb + " ID [--all | DOCUMENT...]", Short: help, Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if all == (len(args) > 1) {
				return usage("name the documents, or give --all; `freshet source show %s` lists what waits", args[0])
			}
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error {
				var done api.Settled
				if err := s.do(ctx, http.MethodPost, sourcePath(args[0], "/"+verb), map[string]any{"all": all, "documents": args[1:]}, &done); err != nil {
					return err
				}
				if m.flags.json {
					return m.printJSON(done)
				}
				if verb == "reject" {
					return m.say("%s kept; %d still wait", plural(done.Done, "document", "documents"), done.Still)
				}
				return m.say("%s no longer served, %d turned out to be there and stay; %d still wait", plural(done.Done, "document is", "documents are"), done.Kept, done.Still)
			})
		},
	}
	c.Flags().BoolVar(&all, "all", false, "all that wait")
	return c
}

func (m *Main) sourceRemove() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use: "remove ID --yes", Short: "Delete a source with all that came from it", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error {
				var d api.SourceDetails
				if err := s.do(ctx, http.MethodGet, sourcePath(args[0]), nil, &d); err != nil {
					return err
				}
				if c := d.Documents; !yes {
					return fmt.Errorf("removing %s deletes %s with their history; give --yes if that is meant, or pause it",
						d.ID, plural(c.Present+c.Hidden+c.Removed+c.Excluded+c.Unreadable, "document", "documents"))
				}
				if err := s.do(ctx, http.MethodDelete, sourcePath(args[0]), nil, nil); err != nil {
					return err
				}
				if m.flags.json {
					return m.printJSON(map[string]string{"removed": d.ID})
				}
				return m.say("removed %s", d.ID)
			})
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "delete it")
	return c
}
