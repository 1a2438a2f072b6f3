package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"freshet/api"
	"freshet/index/catalog"
	"freshet/index/retrieve"
)

// searchFlags are what `freshet search` takes.
type searchFlags struct {
	base            string
	limit           int
	filter, context []string
	explain         bool
}

func (m *Main) searchCommand() *cobra.Command {
	var f searchFlags
	c := &cobra.Command{
		Use: "search QUERY", Short: "Ask a knowledge base", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error { return m.search(ctx, s, strings.Join(args, " "), f) })
		},
	}
	c.Flags().StringVar(&f.base, "kb", "", "knowledge base `ID`; needed when there are several")
	c.Flags().IntVarP(&f.limit, "limit", "k", 0, "passages, `N` (default 5)")
	c.Flags().StringArrayVar(&f.filter, "filter", nil, "only passages with `KEY=VALUE`; repeatable")
	c.Flags().StringArrayVar(&f.context, "context", nil, "what is known of the asker, `FACET=VALUE`; repeatable")
	c.Flags().BoolVar(&f.explain, "explain", false, "show what each part of the question contributed")
	return c
}

func (m *Main) search(ctx context.Context, s *session, query string, f searchFlags) error {
	base, err := s.base(ctx, f.base)
	if err != nil {
		return err
	}
	body := map[string]any{"knowledge_base": base, "query": query}
	if f.limit != 0 {
		body["limit"] = f.limit
	}
	for name, list := range map[string][]string{"filter": f.filter, "context": f.context} {
		pairs, err := pairsOf("--"+name, list)
		if err != nil {
			return err
		}
		if len(pairs) > 0 {
			body[name] = pairs
		}
	}
	var raw json.RawMessage
	if err := s.do(ctx, http.MethodPost, "/v1/search", body, &raw); err != nil {
		return err
	}
	if m.flags.json {
		_, err := fmt.Fprintln(m.Stdout, strings.TrimSpace(string(raw)))
		return err
	}
	var r retrieve.Response
	if err := json.Unmarshal(raw, &r); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if err := m.printAnswer(&r, f.explain); err != nil || len(r.Hits) > 0 {
		return err
	}
	return m.tellDrafts(ctx, s, base)
}

// tellDrafts says which sources of a base answer nobody because they are drafts.
func (m *Main) tellDrafts(ctx context.Context, s *session, base string) error {
	var list api.SourceList
	if err := s.do(ctx, http.MethodGet, "/v1/sources", nil, &list); err != nil {
		return err
	}
	for i := range list.Sources {
		if r := &list.Sources[i]; r.Base == base && r.State == string(catalog.Draft) {
			if err := m.say("\n%s is a draft and answers nobody yet: `freshet source publish %s`", r.ID, r.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *Main) printAnswer(r *retrieve.Response, explain bool) error {
	if err := m.say("%s", strings.TrimRight(answerText(r, len(r.Hits)+1, ""), "\n")); err != nil {
		return err
	}
	if r.Answer.State == retrieve.None && len(r.Hits) > 0 {
		t := &table{}
		for i := range r.Hits {
			t.row("", r.Hits[i].Document.Title, r.Hits[i].Document.URL)
		}
		if err := m.say("\nThe nearest, none of which seems to answer:\n%s", strings.TrimRight(t.String(), "\n")); err != nil {
			return err
		}
	}
	if !explain {
		return nil
	}
	t := &table{}
	t.row("", "score", "words", "grams", "title", "dense", "page")
	for i := range r.Hits {
		h := &r.Hits[i]
		t.row("", num(h.Score), num(h.Scores.Words), num(h.Scores.Grams), num(h.Scores.Title), num(h.Scores.Dense), short(h.Document.Title, 50))
	}
	return m.say("\nreasons: %s\nin %.1f ms, query %s\n%s", orNone(strings.Join(r.Answer.Reasons, ", ")), r.TookMS, r.QueryID, strings.TrimRight(t.String(), "\n"))
}

func num(f float64) string { return fmt.Sprintf("%.2f", f) }

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// pairsOf reads KEY=VALUE; a key that comes twice has both values.
func pairsOf(flag string, list []string) (map[string][]string, error) {
	out := map[string][]string{}
	for _, pair := range list {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" {
			return nil, usage("%s %q: write KEY=VALUE", flag, pair)
		}
		out[key] = append(out[key], value)
	}
	return out, nil
}

// base returns the knowledge base that is meant: the one that was named, or the
// only one.
func (s *session) base(ctx context.Context, named string) (string, error) {
	if named != "" {
		return named, nil
	}
	var list api.BaseList
	if err := s.do(ctx, http.MethodGet, "/v1/knowledge-bases", nil, &list); err != nil {
		return "", err
	}
	switch len(list.Bases) {
	case 0:
		return "", errors.New("there is no knowledge base yet; add a source with `freshet source add`, or write one into " + defaultConfig)
	case 1:
		return list.Bases[0].ID, nil
	}
	ids := make([]string, len(list.Bases))
	for i, b := range list.Bases {
		ids[i] = b.ID
	}
	return "", usage("there are several knowledge bases; choose one with --kb: %s", strings.Join(ids, ", "))
}
