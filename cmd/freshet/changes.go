package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"freshet/api"
	"freshet/connectors"
)

func (m *Main) changesCommand() *cobra.Command {
	var base, source, since string
	c := &cobra.Command{
		Use: "changes", Short: "What changed in values: prices, delays, dates, numbers", Args: cobra.NoArgs,
		Long: `Lists values that took the place of others: what was and what is, on which pages, and
where the old value still stands.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q := url.Values{}
			if base != "" {
				q.Set("knowledge_base", base)
			}
			if source != "" {
				q.Set("source", source)
			}
			if since != "" {
				from, err := m.sinceWhen(since)
				if err != nil {
					return err
				}
				q.Set("since", from.Format(time.RFC3339))
			}
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error { return m.changes(ctx, s, q) })
		},
	}
	c.Flags().StringVar(&base, "kb", "", "of this knowledge base `ID` alone")
	c.Flags().StringVar(&source, "source", "", "of this source `ID` alone")
	c.Flags().StringVar(&since, "since", "", "a `DAY` such as 2026-11-01, or how long ago, such as 7d (default 30d)")
	return c
}

// sinceWhen reads a day, or a time that has passed.
func (m *Main) sinceWhen(text string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day, nil
	}
	ago, err := connectors.ParseDuration(text)
	if err != nil || ago <= 0 {
		return time.Time{}, fmt.Errorf("--since: %q is neither a day such as 2026-11-01 nor a time such as 7d", text)
	}
	return m.Now().Add(-ago).UTC(), nil
}

func (m *Main) changes(ctx context.Context, s *session, q url.Values) error {
	var list api.ChangeList
	if err := s.do(ctx, http.MethodGet, "/v1/changes?"+q.Encode(), nil, &list); err != nil {
		return err
	}
	if m.flags.json {
		return m.printJSON(list)
	}
	if len(list.Changes) == 0 {
		return m.say("No value has changed.")
	}
	for i := range list.Changes {
		if err := m.say("%s", changeText(&list.Changes[i])); err != nil {
			return err
		}
	}
	if list.More {
		return m.say("\nThere are more; --json and the API give them in pages.")
	}
	return nil
}

// shownPages is how many pages of a change are named.
const shownPages = 3

func changeText(c *api.ChangeRow) string {
	text := fmt.Sprintf("%s  %s -> %s on %s", c.At.Local().Format(time.DateOnly), c.Old, c.New, plural(len(c.Documents), "page", "pages"))
	if c.Label != "" {
		text += " (" + c.Label + ")"
	}
	for i := range c.Documents[:min(len(c.Documents), shownPages)] {
		text += "\n            " + pageText(&c.Documents[i])
	}
	for i := range c.Still[:min(len(c.Still), shownPages)] {
		text += "\n            still " + c.Still[i].Value + " in " + pageText(&c.Still[i])
	}
	return text
}

func pageText(p *api.ChangedPage) string {
	switch {
	case p.Title == "":
		return p.ID
	case p.URL == "":
		return p.Title
	}
	return p.Title + "  " + p.URL
}
