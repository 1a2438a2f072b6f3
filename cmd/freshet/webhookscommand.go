package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"freshet/api"
)

func (m *Main) webhookCommand() *cobra.Command {
	c := &cobra.Command{Use: "webhook", Short: "Try webhooks, and see what they were told", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(m.webhookTest(), m.webhookList())
	return c
}

// A triedWebhook is how sending a test event to a hook went.
type triedWebhook struct {
	Host   string `json:"host"`
	Owner  string `json:"owner,omitempty"`
	Status string `json:"status"` // ok, failure
	Text   string `json:"text"`
}

func (m *Main) webhookTest() *cobra.Command {
	return &cobra.Command{
		Use: "test", Short: "Send a signed event webhook.test to every webhook of the configuration", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := findConfig(m.flags.config, m.Getenv)
			if err != nil {
				return err
			}
			if cfg == nil || len(cfg.Doubts.Webhooks) == 0 {
				return errors.New("no webhook is configured; write one below doubts: webhooks: in " + defaultConfig)
			}
			return m.tryWebhooks(cmd.Context(), cfg.Doubts.Webhooks)
		},
	}
}

func (m *Main) tryWebhooks(ctx context.Context, hooks []webhookConfig) error {
	w := &webhooks{client: webhookClient(), now: m.Now, log: m.log}
	out := make([]triedWebhook, len(hooks))
	failed := 0
	for i := range hooks {
		h := &hooks[i]
		var id [8]byte
		_, _ = rand.Read(id[:]) // it never fails
		body, err := json.Marshal(webhookBody{"webhook.test", m.Now().UTC(), map[string]string{"text": "Freshet can reach this webhook."}})
		if err != nil {
			return err
		}
		out[i] = triedWebhook{h.host(), h.Owner, "ok", "the event was taken"}
		if _, err := w.post(ctx, h, "evt_test_"+hex.EncodeToString(id[:]), body); err != nil {
			failed++
			out[i].Status, out[i].Text = "failure", err.Error()
		}
	}
	if m.flags.json {
		if err := m.printJSON(map[string]any{"webhooks": out}); err != nil {
			return err
		}
	} else {
		t := &table{}
		for _, o := range out {
			t.row(o.Status, o.Host, o.Text)
		}
		if err := m.print(t); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%s of %d did not take the event; look at its address and what it logs", plural(failed, "webhook", "webhooks"), len(hooks))
	}
	return nil
}

func (m *Main) webhookList() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List the newest events with what became of them", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return m.with(cmd.Context(), func(ctx context.Context, s *session) error {
			var list api.WebhookEventList
			if err := s.do(ctx, http.MethodGet, "/v1/webhooks/events", nil, &list); err != nil {
				return err
			}
			if m.flags.json {
				return m.printJSON(list)
			}
			if len(list.Events) == 0 {
				return m.say("no webhook was told anything yet; `freshet webhook test` tries those that are configured")
			}
			t := &table{}
			t.row("EVENT", "ABOUT", "AT", "STATE", "ATTEMPTS", "")
			for _, e := range list.Events {
				more := e.Reason
				if e.Next != nil {
					more += " (next attempt " + when(*e.Next) + ")"
				}
				t.row(e.Event, e.Subject, when(e.At), e.State, fmt.Sprint(e.Attempts), more)
			}
			return m.print(t)
		})
	}}
}
