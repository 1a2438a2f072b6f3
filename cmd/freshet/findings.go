package main

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"freshet/api"
)

func (m *Main) findingsCommand() *cobra.Command {
	c := &cobra.Command{Use: "findings", Short: "Show and settle doubts: what is stale, twice there or contradicts itself", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(m.findingsList(), m.findingsShow(), m.findingsResolve(), m.findingsDismiss(), m.findingsSnooze(), m.findingsAcknowledge(),
		m.findingsReopen(), m.findingsComment(), m.findingsDue())
	return c
}

// findingsFlags are what `freshet findings list` takes.
type findingsFlags struct {
	base, kind, state, owner, source, document, kindOfValue, query, lang string
	possible, all                                                        bool
	limit                                                                int
}

func (m *Main) findingsList() *cobra.Command {
	var f findingsFlags
	c := &cobra.Command{
		Use: "list", Short: "List doubts, the most severe first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error { return m.listFindings(ctx, s, &f) })
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.base, "kb", "", "only of this knowledge base, `ID`")
	flags.StringVar(&f.kind, "kind", "", "conflict, duplicate, stale or overlap")
	flags.StringVar(&f.state, "state", "", "open, acknowledged, snoozed, resolved, dismissed, live, closed or all (default open and acknowledged)")
	flags.StringVar(&f.owner, "owner", "", "only what this person is asked about")
	flags.StringVar(&f.source, "source", "", "only of this source, `ID`")
	flags.StringVar(&f.document, "document", "", "only of this `DOCUMENT`, by ID or address")
	flags.StringVar(&f.kindOfValue, "type", "", "only about this type of values, such as money")
	flags.StringVarP(&f.query, "query", "q", "", "part of a title, an address or a sentence")
	flags.BoolVar(&f.possible, "possible", false, "what is only possible, instead")
	flags.BoolVar(&f.all, "all", false, "what is likely and what is only possible, in every state")
	flags.IntVarP(&f.limit, "limit", "n", 50, "at most `N`")
	langFlag(c, &f.lang)
	return c
}

func langFlag(c *cobra.Command, lang *string) {
	c.Flags().StringVar(lang, "lang", "", "fr or en (default: the knowledge base's language)")
}

func (m *Main) listFindings(ctx context.Context, s *session, f *findingsFlags) error {
	if f.limit < 1 {
		return usage("--limit %d: write a number from 1", f.limit)
	}
	q := url.Values{"limit": {strconv.Itoa(f.limit)}}
	for name, value := range map[string]string{"knowledge_base": f.base, "kind": f.kind, "state": f.state, "owner": f.owner, "source": f.source, "type": f.kindOfValue, "q": f.query} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.possible {
		q.Set("tier", "possible")
	}
	if f.all {
		q.Set("tier", "all")
		if f.state == "" {
			q.Set("state", "all")
		}
	}
	if f.document != "" {
		row, err := s.find(ctx, f.document)
		if err != nil {
			return err
		}
		q.Set("document", row.Key)
	}
	var page api.FindingPage
	if err := s.do(ctx, http.MethodGet, "/v1/findings?"+q.Encode(), nil, &page); err != nil {
		return err
	}
	if m.flags.json {
		return m.printJSON(page)
	}
	var base string
	if len(page.Findings) > 0 {
		base = page.Findings[0].Base
	}
	t, err := s.tongue(ctx, f.lang, base)
	if err != nil {
		return err
	}
	var said api.MuteList
	if err := s.do(ctx, http.MethodGet, "/v1/mutes?knowledge_base="+url.QueryEscape(f.base), nil, &said); err != nil {
		return err
	}
	return m.printFindings(&page, said.Mutes, t)
}

// findingPath is the address of a finding, or of something that is done with it.
func findingPath(id, more string) string { return "/v1/findings/" + url.PathEscape(id) + more }

func (m *Main) findingsShow() *cobra.Command {
	var lang string
	c := &cobra.Command{
		Use: "show ID", Short: "Show a doubt with its evidence, and what can be done", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return m.onFinding(cmd.Context(), http.MethodGet, args[0], "", nil, lang, true)
		},
	}
	langFlag(c, &lang)
	return c
}

// onFinding does something with a finding and shows it; whole, or in a line.
func (m *Main) onFinding(ctx context.Context, method, id, verb string, body any, lang string, whole bool) error {
	return m.with(ctx, func(ctx context.Context, s *session) error {
		var f api.FindingDetails
		if err := s.do(ctx, method, findingPath(id, verb), body, &f); err != nil {
			return err
		}
		if m.flags.json {
			return m.printJSON(f)
		}
		t, err := s.tongue(ctx, lang, f.Base)
		if err != nil {
			return err
		}
		if whole {
			return m.printFinding(&f, t)
		}
		return m.say("%s: %s", harmless(t.title(f.Title)), t.stateText(&f.FindingRow))
	})
}

// decidedFlags are what every decision takes.
type decidedFlags struct{ by, comment, lang string }

func (f *decidedFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.by, "by", "", "who decides (default: whoever runs this)")
	c.Flags().StringVar(&f.comment, "comment", "", "why")
	langFlag(c, &f.lang)
}

// decision is a request with what the flags say.
func (m *Main) decision(f *decidedFlags, more map[string]any) map[string]any {
	out := map[string]any{"by": m.whoever(f.by)}
	if f.comment != "" {
		out["comment"] = f.comment
	}
	for key, value := range more {
		if value != "" && value != nil {
			out[key] = value
		}
	}
	return out
}

// whoever is the person who was named, or who runs this.
func (m *Main) whoever(by string) string {
	for _, who := range []string{by, m.Getenv("USER"), m.Getenv("USERNAME")} {
		if who = strings.TrimSpace(who); who != "" {
			return short(who, 100)
		}
	}
	return "local"
}

// resolveFlags are what `freshet findings resolve` takes.
type resolveFlags struct {
	decidedFlags
	keep, survivor, exclude, until, due string
	scope                               []string
	force                               bool
}

func (m *Main) findingsResolve() *cobra.Command {
	var f resolveFlags
	c := &cobra.Command{
		Use: "resolve ID --keep SIDE", Short: "Decide on a doubt; answers change at once", Args: cobra.ExactArgs(1),
		Long: `Decides on a doubt; answers change at once. Sides are named a, b, c ..., as show does;
a1, a2 ... are the pages of a side that several pages agree on.

  --keep a                                     a is right: the others are left out of answers
  --keep both --scope a.plan=pro --scope b.plan=free
                                               all are right, each for its own; a scope without
                                               a side is that of the first side, then the next
  --keep duplicate [--survivor a]              the same twice: one page stays, the others are hidden
  --keep verified [--until DATE]               looked at, and right (for pages that are out of date)
  --keep fix [--due DATE]                      the source is being mended
  --exclude b                                  take the page of b out of the base

Until a judged sentence changes; freshet findings reopen takes it back.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return m.resolveFinding(cmd.Context(), args[0], &f)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.keep, "keep", "", "a `SIDE`, both, duplicate, verified or fix")
	flags.StringVar(&f.survivor, "survivor", "", "the `SIDE` that stays of a duplicate (default: the suggested one)")
	flags.StringVar(&f.exclude, "exclude", "", "the `SIDE` whose page is taken out")
	flags.StringArrayVar(&f.scope, "scope", nil, "for whom a side is meant, `SIDE.FACET=VALUE`; repeatable")
	flags.BoolVar(&f.force, "force", false, "with --keep both: without any scope")
	flags.StringVar(&f.until, "until", "", "with --keep verified: confirmed until this `DATE` (default: the next review)")
	flags.StringVar(&f.due, "due", "", "with --keep fix: mended by this `DATE`")
	f.register(c)
	return c
}

func (m *Main) resolveFinding(ctx context.Context, id string, f *resolveFlags) error {
	if (f.keep == "") == (f.exclude == "") {
		return usage("say what is to be kept, with --keep, or taken out, with --exclude; `freshet findings show %s` names the sides", id)
	}
	for flag, misplaced := range map[string]bool{
		"--scope": len(f.scope) > 0 && f.keep != "both", "--force": f.force && f.keep != "both", "--survivor": f.survivor != "" && f.keep != "duplicate",
		"--until": f.until != "" && f.keep != "verified", "--due": f.due != "" && f.keep != "fix",
	} {
		if misplaced {
			return usage("%s does not go with this decision; `freshet findings resolve --help` shows what does", flag)
		}
	}
	if f.keep == "fix" {
		return m.onFinding(ctx, http.MethodPost, id, "/acknowledge", m.decision(&f.decidedFlags, map[string]any{"due": f.due}), f.lang, false)
	}
	more := map[string]any{}
	switch f.keep {
	case "":
		more["verdict"], more["side"] = "excluded", f.exclude
	case "both":
		scope, err := scopesOf(f.scope)
		if err != nil {
			return err
		}
		more["verdict"] = "both"
		if len(scope) > 0 {
			more["scope"] = scope
		}
		if f.force {
			more["force"] = true
		}
	case "duplicate":
		more["verdict"], more["side"] = "duplicate", f.survivor
	case "verified":
		more["verdict"], more["until"] = "verified", f.until
	default:
		more["verdict"], more["side"] = "keep", f.keep
	}
	return m.onFinding(ctx, http.MethodPost, id, "/resolve", m.decision(&f.decidedFlags, more), f.lang, false)
}

// scopesOf reads SIDE.FACET=VALUE; what names no side is of the first that has none,
// one side after the other.
func scopesOf(list []string) (map[string]map[string][]string, error) {
	out := map[string]map[string][]string{}
	next := 'a'
	for _, pair := range list {
		key, value, ok := strings.Cut(pair, "=")
		side, facet, sided := strings.Cut(key, ".")
		if !sided {
			side, facet = string(next), key
			next++
		}
		side = strings.ToLower(side)
		if !ok || side == "" || facet == "" || value == "" || next > 'z' {
			return nil, usage("--scope %q: write SIDE.FACET=VALUE, such as a.plan=pro", pair)
		}
		if out[side] == nil {
			out[side] = map[string][]string{}
		}
		out[side][facet] = append(out[side][facet], strings.Split(value, ",")...)
	}
	return out, nil
}

func (m *Main) findingsDismiss() *cobra.Command {
	var f decidedFlags
	var about, side string
	words := map[string]string{"sentences": "content", "content": "content", "pages": "pages", "rule": "page_rule", "page_rule": "page_rule"}
	c := &cobra.Command{
		Use: "dismiss ID", Short: "Say that it is no doubt", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			scope, ok := words[about]
			if !ok {
				return usage("--for %q: write sentences, pages or rule", about)
			}
			return m.onFinding(cmd.Context(), http.MethodPost, args[0], "/dismiss", m.decision(&f, map[string]any{"scope": scope, "side": side}), f.lang, false)
		},
	}
	c.Flags().StringVar(&about, "for", "sentences", "these sentences, these two pages, or this rule on a page: sentences, pages or rule")
	c.Flags().StringVar(&side, "side", "", "with --for rule: the `SIDE` whose page it is")
	f.register(c)
	return c
}

func (m *Main) findingsSnooze() *cobra.Command {
	var f decidedFlags
	var until string
	c := &cobra.Command{
		Use: "snooze ID --until DATE", Short: "Put a doubt off until a day", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if until == "" {
				return usage("--until is missing: a date such as 2027-01-31")
			}
			return m.onFinding(cmd.Context(), http.MethodPost, args[0], "/snooze", m.decision(&f, map[string]any{"until": until}), f.lang, false)
		},
	}
	c.Flags().StringVar(&until, "until", "", "`DATE`, such as 2027-01-31")
	f.register(c)
	return c
}

func (m *Main) findingsAcknowledge() *cobra.Command {
	var f decidedFlags
	var due string
	c := &cobra.Command{
		Use: "acknowledge ID", Short: "Say that the source is being mended", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return m.onFinding(cmd.Context(), http.MethodPost, args[0], "/acknowledge", m.decision(&f, map[string]any{"due": due}), f.lang, false)
		},
	}
	c.Flags().StringVar(&due, "due", "", "by this `DATE` (default: as the configuration says, or in 14 days)")
	f.register(c)
	return c
}

func (m *Main) findingsReopen() *cobra.Command {
	var f decidedFlags
	c := &cobra.Command{
		Use: "reopen ID", Short: "Take back what was decided; answers are as before at once", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return m.onFinding(cmd.Context(), http.MethodPost, args[0], "/reopen", m.decision(&f, nil), f.lang, false)
		},
	}
	f.register(c)
	return c
}

func (m *Main) findingsComment() *cobra.Command {
	var by, lang string
	c := &cobra.Command{
		Use: "comment ID TEXT", Short: "Add to what was said of a doubt", Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			body := map[string]string{"text": strings.Join(args[1:], " "), "by": m.whoever(by)}
			return m.onFinding(cmd.Context(), http.MethodPost, args[0], "/comment", body, lang, false)
		},
	}
	c.Flags().StringVar(&by, "by", "", "who says it (default: whoever runs this)")
	langFlag(c, &lang)
	return c
}

func (m *Main) findingsDue() *cobra.Command {
	var f decidedFlags
	c := &cobra.Command{
		Use: "due ID DATE|none", Short: "Set by when a doubt is to be settled", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			body := m.decision(&f, nil)
			if body["due"] = args[1]; args[1] == "none" {
				body["due"] = ""
			}
			return m.onFinding(cmd.Context(), http.MethodPost, args[0], "/due", body, f.lang, false)
		},
	}
	f.register(c)
	return c
}

// harmless takes out of a text what a terminal would obey: content comes from outside.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == '\u202e' || r == '\u2066' || r == '\u2067' {
			return ' '
		}
		return r
	}, text)
}

// tongue is the language in which owners are spoken to: the one asked for, or that of
// the knowledge base.
func (s *session) tongue(ctx context.Context, asked, base string) (*tongue, error) {
	if asked != "" {
		if t := tongues[asked]; t != nil {
			return t, nil
		}
		return nil, usage("--lang %q: write fr or en", asked)
	}
	var list api.BaseList
	if err := s.do(ctx, http.MethodGet, "/v1/knowledge-bases", nil, &list); err != nil {
		return nil, err
	}
	for _, b := range list.Bases {
		if b.ID == base && len(b.Languages) > 0 && strings.HasPrefix(strings.ToLower(b.Languages[0]), "fr") {
			return tongues["fr"], nil
		}
	}
	return tongues["en"], nil
}
