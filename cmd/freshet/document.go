package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/spf13/cobra"

	"freshet/api"
)

func (m *Main) documentCommand() *cobra.Command {
	c := &cobra.Command{Use: "document", Short: "Show, confirm, exclude and include documents", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(m.documentShow(), m.documentConfirm(),
		m.documentDecide("exclude", "Stop serving a document, until it is included again"), m.documentDecide("include", "Serve a document again that a person excluded"))
	return c
}

// find returns the document that a key, an ID in its source or an address names.
func (s *session) find(ctx context.Context, reference string) (api.DocumentRow, error) {
	var page api.DocumentPage
	if err := s.do(ctx, http.MethodGet, "/v1/documents?id="+url.QueryEscape(reference), nil, &page); err != nil {
		return api.DocumentRow{}, err
	}
	switch len(page.Documents) {
	case 0:
		return api.DocumentRow{}, fmt.Errorf("there is no document %q; name it by its ID in the source or by its address, as `freshet search` shows it", reference)
	case 1:
		return page.Documents[0], nil
	}
	text := ""
	for _, d := range page.Documents {
		text += fmt.Sprintf("\n  %s  in source %s", d.Key, d.Source)
	}
	return api.DocumentRow{}, fmt.Errorf("several documents are called %q; name one by its key:%s", reference, text)
}

func documentPath(key string, more string) string {
	return "/v1/documents/" + url.PathEscape(key) + more
}

func (m *Main) documentShow() *cobra.Command {
	var text bool
	c := &cobra.Command{
		Use: "show DOCUMENT", Short: "Show a document by its ID, address or key", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error {
				row, err := s.find(ctx, args[0])
				if err != nil {
					return err
				}
				var d api.DocumentDetails
				if err := s.do(ctx, http.MethodGet, documentPath(row.Key, ""), nil, &d); err != nil {
					return err
				}
				if m.flags.json {
					return m.printJSON(d)
				}
				return m.printDocument(&d, text)
			})
		},
	}
	c.Flags().BoolVar(&text, "text", false, "show the passages too")
	return c
}

func (m *Main) printDocument(d *api.DocumentDetails, text bool) error {
	t := &table{}
	t.row("title", orNone(d.Title))
	t.row("source", d.Source+" (knowledge base "+d.Base+")")
	t.row("id", d.ID)
	t.row("address", orNone(d.URL))
	if d.PartOf != "" {
		t.row("part of", partOfText(d))
	}
	state := d.State
	if d.Reason != "" {
		state += " (" + d.Reason + ")"
	}
	t.row("state", state)
	t.row("text", fmt.Sprintf("%s in %s, language %s", plural(d.Words, "word", "words"), plural(d.Passages, "passage", "passages"), orNone(d.Locale)))
	if d.LeftOut > 0 {
		t.row("left out", plural(d.LeftOut, "block that stands", "blocks that stand")+" on most pages of the source")
	}
	if d.Form != "" {
		t.row("read as", d.Form)
	}
	for _, name := range slices.Sorted(maps.Keys(d.Metadata)) {
		t.row(name, short(d.Metadata[name], textWidth))
	}
	if d.Created != nil {
		t.row("created", when(*d.Created))
	}
	if d.Modified != nil {
		t.row("modified", when(*d.Modified))
	}
	if d.Checked != nil {
		t.row("checked", when(*d.Checked))
	}
	if d.ConfirmedUntil != nil {
		t.row("confirmed until", lastDay(*d.ConfirmedUntil)+" by "+d.ConfirmedBy)
	}
	if d.Owner != "" {
		t.row("owner", harmless(d.Owner))
	}
	if d.Asked != "" && d.Asked != d.Owner {
		t.row("asked about doubts", harmless(d.Asked))
	}
	for i := range d.Doubts {
		f := &d.Doubts[i]
		t.row("doubt", fmt.Sprintf("%s  %s (%s)", f.ID, short(harmless(tongues["en"].title(f.Title)), 60), tongues["en"].stateText(f)))
	}
	t.row("key", d.Key)
	if err := m.print(t); err != nil || !text {
		return err
	}
	for _, c := range d.Chunks {
		if c.Page > 0 {
			if err := m.say("\n  p. %d", c.Page); err != nil {
				return err
			}
		} else if err := m.say(""); err != nil {
			return err
		}
		if err := m.say("%s", wrap(c.Text, "  | ", textWidth)); err != nil {
			return err
		}
	}
	return nil
}

// partOfText names the document that d is attached to.
func partOfText(d *api.DocumentDetails) string {
	if d.Parent == nil {
		return d.PartOf
	}
	return short(d.Parent.Title, 60) + " (" + d.PartOf + ")"
}

func (m *Main) documentConfirm() *cobra.Command {
	var until, by string
	var withdraw bool
	c := &cobra.Command{
		Use: "confirm DOCUMENT", Short: "Vouch that a document is current until a date", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if withdraw && until != "" {
				return usage("--withdraw takes a confirmation back; it goes without --until")
			}
			body := map[string]string{"by": m.whoever(by)}
			if until != "" || withdraw {
				body["until"] = until
			}
			return m.decide(cmd.Context(), args[0], "/confirm", body)
		},
	}
	c.Flags().StringVar(&until, "until", "", "`DATE`, such as 2027-01-31 (default: the next review)")
	c.Flags().StringVar(&by, "by", "", "who vouches (default: whoever runs this)")
	c.Flags().BoolVar(&withdraw, "withdraw", false, "take the confirmation back")
	return c
}

func (m *Main) documentDecide(verb, help string) *cobra.Command {
	return &cobra.Command{
		Use: verb + " DOCUMENT", Short: help, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return m.decide(cmd.Context(), args[0], "/"+verb, nil) },
	}
}

func (m *Main) decide(ctx context.Context, reference, verb string, body any) error {
	return m.with(ctx, func(ctx context.Context, s *session) error {
		row, err := s.find(ctx, reference)
		if err != nil {
			return err
		}
		if err := s.do(ctx, http.MethodPost, documentPath(row.Key, verb), body, &row); err != nil {
			return err
		}
		if m.flags.json {
			return m.printJSON(row)
		}
		if row.ConfirmedUntil != nil && verb == "/confirm" {
			return m.say("%s is confirmed until %s by %s", short(harmless(row.Title), 60), lastDay(*row.ConfirmedUntil), harmless(row.ConfirmedBy))
		}
		if verb == "/confirm" {
			return m.say("%s is not confirmed", short(harmless(row.Title), 60))
		}
		return m.say("%s is now %s", short(row.Title, 60), row.State)
	})
}
