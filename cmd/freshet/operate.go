package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"freshet/api"
	"freshet/index/catalog"
)

func (m *Main) keyCommand() *cobra.Command {
	c := &cobra.Command{Use: "key", Short: "Make, list and revoke API keys", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(m.keyCreate(), m.keyList(), m.keyRevoke())
	return c
}

func (m *Main) keyCreate() *cobra.Command {
	var name, role string
	var bases []string
	var drafts bool
	c := &cobra.Command{
		Use: "create --name NAME", Short: "Make a key; its secret is shown once", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if name == "" {
				return usage("--name is missing: who uses the key")
			}
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error {
				var k api.NewKey
				body := map[string]any{"name": name, "role": role, "knowledge_bases": bases, "drafts": drafts}
				if len(bases) == 0 {
					delete(body, "knowledge_bases")
				}
				if err := s.do(ctx, http.MethodPost, "/v1/keys", body, &k); err != nil {
					return err
				}
				if m.flags.json {
					return m.printJSON(k)
				}
				if err := m.say("%s", k.Secret); err != nil {
					return err
				}
				m.complain(fmt.Sprintf("this is the secret of key %s; it is not shown again. Send it as \"Authorization: Bearer ...\"", k.ID))
				return nil
			})
		},
	}
	c.Flags().StringVar(&name, "name", "", "who uses it")
	c.Flags().StringVar(&role, "role", "search", "search, or admin for everything")
	c.Flags().StringArrayVar(&bases, "kb", nil, "only this knowledge base, `ID`; repeatable")
	c.Flags().BoolVar(&drafts, "drafts", false, "a test key: it sees sources that are not published")
	return c
}

func (m *Main) keyList() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List keys, revoked ones too", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return m.with(cmd.Context(), func(ctx context.Context, s *session) error {
			var list api.KeyList
			if err := s.do(ctx, http.MethodGet, "/v1/keys", nil, &list); err != nil {
				return err
			}
			if m.flags.json {
				return m.printJSON(list)
			}
			if len(list.Keys) == 0 {
				return m.say("no key yet; make one with `freshet key create --name chatbot`")
			}
			t := &table{}
			t.row("KEY", "NAME", "ROLE", "BASES", "CREATED", "LAST USED", "")
			for _, k := range list.Keys {
				bases, used, revoked := strings.Join(k.Bases, ", "), "never", ""
				if bases == "" {
					bases = "all"
				}
				if k.Used != nil {
					used = when(*k.Used)
				}
				if k.Revoked != nil {
					revoked = "revoked " + when(*k.Revoked)
				}
				t.row(k.ID, k.Name, k.Role, bases, when(k.Created), used, revoked)
			}
			return m.print(t)
		})
	}}
}

func (m *Main) keyRevoke() *cobra.Command {
	return &cobra.Command{Use: "revoke KEY", Short: "Make a key useless at once", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		return m.with(cmd.Context(), func(ctx context.Context, s *session) error {
			if err := s.do(ctx, http.MethodDelete, "/v1/keys/"+url.PathEscape(args[0]), nil, nil); err != nil {
				return err
			}
			if m.flags.json {
				return m.printJSON(map[string]string{"revoked": args[0]})
			}
			return m.say("revoked %s", args[0])
		})
	}}
}

func (m *Main) configCommand() *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "Look at the configuration", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(&cobra.Command{Use: "check", Short: "Check " + defaultConfig + " without starting anything", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		cfg, err := findConfig(m.flags.config, m.Getenv)
		if err != nil {
			return err
		}
		if cfg == nil {
			return errors.New("there is no " + defaultConfig + " here; name the file with --config")
		}
		if err := m.checkSources(cfg); err != nil {
			return err
		}
		if m.flags.json {
			return m.printJSON(map[string]any{"config": cfg.path, "knowledge_bases": len(cfg.Bases), "sources": len(cfg.Sources)})
		}
		return m.say("%s is in order: %s, %s", cfg.path, plural(len(cfg.Bases), "knowledge base", "knowledge bases"), plural(len(cfg.Sources), "source", "sources"))
	}})
	return c
}

// checkSources makes every source as a start would, without asking its place.
func (m *Main) checkSources(cfg *config) error {
	s := &sources{&service{serviceOptions: serviceOptions{getenv: m.Getenv, now: m.Now, log: m.log, config: cfg}}}
	s.opener = newOpener(s.serviceOptions)
	w := &walker{path: cfg.path}
	for i := range cfg.Sources {
		if _, _, err := s.row(cfg.Sources[i].spec(), catalog.OriginFile); err != nil {
			w.say(cfg.Sources[i].line, "%v", err)
		}
	}
	if cfg.Embedding.Provider == providerStatic {
		if _, err := newProvider(&cfg.Embedding); err != nil {
			w.say(0, "%v", err)
		}
	}
	if err := s.opener.checkBrowser(); err != nil {
		w.say(0, "%v", err)
	}
	return w.err()
}
