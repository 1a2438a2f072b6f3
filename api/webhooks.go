package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// WebhookEventRow is something that a webhook was, or is to be, told.
type WebhookEventRow struct {
	ID       string     `json:"id" doc:"As the receiver knows it, in webhook-id"`
	Event    string     `json:"event" example:"audit.ready"`
	Subject  string     `json:"subject"`
	At       time.Time  `json:"at"`
	State    string     `json:"state" enum:"waiting,sent,given_up"`
	Attempts int        `json:"attempts"`
	Next     *time.Time `json:"next,omitempty"`
	Sent     *time.Time `json:"sent,omitempty"`
	Reason   string     `json:"reason,omitempty" doc:"Why the last attempt failed"`
}

// WebhookEventList lists events.
type WebhookEventList struct {
	Events []WebhookEventRow `json:"events"`
}

func (s *Server) webhookRoutes(api huma.API) {
	add(s, api, route{access: owners, op: huma.Operation{OperationID: "list-webhook-events", Method: http.MethodGet, Path: "/v1/webhooks/events", Tags: []string{"webhooks"},
		Summary: "What webhooks were told, newest first, and what became of it"}}, s.listWebhookEvents)
}

func (s *Server) listWebhookEvents(ctx context.Context, in *struct {
	Limit int `query:"limit" minimum:"1" default:"100"`
}) (*body[WebhookEventList], error) {
	list, err := s.o.Catalog.WebhookEvents(ctx, min(in.Limit, s.o.Limits.Page))
	if err != nil {
		return nil, err
	}
	out := &body[WebhookEventList]{Body: WebhookEventList{Events: make([]WebhookEventRow, len(list))}}
	for i := range list {
		e := &list[i]
		row := WebhookEventRow{ID: s.o.Catalog.MessageID(e), Event: e.Event, Subject: e.Subject, At: e.At, State: "given_up", Attempts: e.Attempts, Reason: e.Reason}
		switch {
		case !e.Sent.IsZero():
			row.State, row.Sent = "sent", &e.Sent
		case !e.Next.IsZero():
			row.State, row.Next = "waiting", &e.Next
		}
		out.Body.Events[i] = row
	}
	return out, nil
}
