package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"freshet/api"
)

type auditFlags struct {
	month, base, owner, format, language, out string
	list                                      bool
}

func (m *Main) auditCommand() *cobra.Command {
	var f auditFlags
	c := &cobra.Command{
		Use: "audit", Short: "The monthly refresh audit: what to look at, and what became of it", Args: cobra.NoArgs,
		Long: `Shows the refresh audit of a month, of a whole knowledge base or of what one owner
is asked about.

The audit of a month that has ended is made once, by serve on the first day after it or
when it is asked for, and kept: it is the same from then on. Without --month it is that
of the current month so far, made anew.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(m.flags.json); err != nil {
				return err
			}
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error {
				if f.list {
					return m.listAudits(ctx, s, &f)
				}
				return m.audit(ctx, s, &f)
			})
		},
	}
	c.Flags().StringVar(&f.month, "month", "", "`YYYY-MM`, or last for the last that has ended (default: the current one)")
	c.Flags().StringVar(&f.base, "kb", "", "knowledge base `ID` (needed where there are several)")
	c.Flags().StringVar(&f.owner, "owner", "", "the report of this `OWNER` alone")
	c.Flags().StringVar(&f.format, "format", "", "html, markdown, csv or json (default: by the ending of --out, else markdown)")
	c.Flags().StringVar(&f.language, "language", "", "fr or en (default: the owner's, by freshet.yaml)")
	c.Flags().StringVar(&f.out, "out", "", "write to `FILE`")
	c.Flags().BoolVar(&f.list, "list", false, "list the audits that are kept")
	return c
}

// check completes the flags.
func (f *auditFlags) check(inJSON bool) error {
	if f.month == "" {
		f.month = "current"
	}
	if _, err := time.Parse("2006-01", f.month); err != nil && f.month != "current" && f.month != "last" {
		return usage("--month %q: write a month such as 2026-10", f.month)
	}
	switch ending := strings.TrimPrefix(filepath.Ext(f.out), "."); {
	case inJSON:
		f.format = "json"
	case f.format != "":
	case ending == "htm":
		f.format = "html"
	case ending == "html", ending == "csv", ending == "json":
		f.format = ending
	default:
		f.format = "markdown"
	}
	if formats := []string{"html", "markdown", "csv", "json"}; !slices.Contains(formats, f.format) {
		return usage("--format %q: there are %s", f.format, strings.Join(formats, ", "))
	}
	if f.language != "" && f.language != "fr" && f.language != "en" {
		return usage("--language %q: write fr or en", f.language)
	}
	return nil
}

func (m *Main) audit(ctx context.Context, s *session, f *auditFlags) error {
	q := url.Values{"format": {f.format}}
	for key, value := range map[string]string{"knowledge_base": f.base, "owner": f.owner, "language": f.language} {
		if value != "" {
			q.Set(key, value)
		}
	}
	var text json.RawMessage // whatever the format is: it is not decoded
	if err := s.do(ctx, http.MethodGet, "/v1/audits/"+f.month+"?"+q.Encode(), nil, &text); err != nil {
		return err
	}
	if f.out == "" {
		_, err := m.Stdout.Write(text)
		return err
	}
	if err := os.WriteFile(f.out, text, 0o644); err != nil {
		return fmt.Errorf("write the audit: %w; choose another file with --out", err)
	}
	m.complain("the audit is in " + f.out)
	return nil
}

func (m *Main) listAudits(ctx context.Context, s *session, f *auditFlags) error {
	path := "/v1/audits"
	if f.base != "" {
		path += "?knowledge_base=" + url.QueryEscape(f.base)
	}
	var list api.AuditList
	if err := s.do(ctx, http.MethodGet, path, nil, &list); err != nil {
		return err
	}
	if m.flags.json {
		return m.printJSON(list)
	}
	if len(list.Audits) == 0 {
		return m.say("no audit is kept yet; serve makes one on the first of each month, `freshet audit --month last` makes that of the last month now")
	}
	t := &table{}
	t.row("MONTH", "KNOWLEDGE BASE", "STATE", "MADE")
	for _, a := range list.Audits {
		t.row(a.Month, a.Base, a.State, when(a.Made))
	}
	return m.print(t)
}
