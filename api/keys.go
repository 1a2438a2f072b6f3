package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"freshet/index/catalog"
)

// KeyRow is an API key without its secret.
type KeyRow struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Role    string     `json:"role" enum:"search,admin"`
	Bases   []string   `json:"knowledge_bases" doc:"Empty: all"`
	Drafts  bool       `json:"drafts" doc:"A test key: it sees sources that are not published"`
	Created time.Time  `json:"created"`
	Used    *time.Time `json:"used"`
	Revoked *time.Time `json:"revoked"`
}

// NewKey is a key with its secret, which is shown once.
type NewKey struct {
	KeyRow
	Secret string `json:"secret" doc:"Shown once; only its hash is kept"`
}

// KeyList lists keys.
type KeyList struct {
	Keys []KeyRow `json:"keys"`
}

func keyRow(k *catalog.Key) KeyRow {
	return KeyRow{ID: k.ID, Name: k.Name, Role: string(k.Role), Bases: orEmpty(k.Bases), Drafts: k.Drafts, Created: k.Created, Used: known(k.Used), Revoked: known(k.Revoked)}
}

func (s *Server) keyRoutes(api huma.API) {
	op := func(id, method, path, summary string, status int) route {
		return route{access: owners, op: huma.Operation{OperationID: id, Method: method, Path: path, Tags: []string{"keys"}, Summary: summary, DefaultStatus: status}}
	}
	add(s, api, op("list-keys", http.MethodGet, "/v1/keys", "All keys, revoked ones too", http.StatusOK), s.listKeys)
	add(s, api, op("create-key", http.MethodPost, "/v1/keys", "Make a key; its secret is shown once", http.StatusCreated), s.createKey)
	add(s, api, op("revoke-key", http.MethodDelete, "/v1/keys/{id}", "Make a key useless at once", http.StatusNoContent), s.revokeKey)
}

func (s *Server) listKeys(ctx context.Context, _ *struct{}) (*body[KeyList], error) {
	if err := s.ledger.flushKeys(ctx); err != nil {
		return nil, err
	}
	list, err := s.o.Catalog.Keys(ctx)
	if err != nil {
		return nil, err
	}
	out := &body[KeyList]{Body: KeyList{Keys: make([]KeyRow, len(list))}}
	for i := range list {
		out.Body.Keys[i] = keyRow(&list[i])
	}
	return out, nil
}

func (s *Server) createKey(ctx context.Context, in *struct {
	Body struct {
		Name   string   `json:"name" minLength:"1" maxLength:"100" doc:"Who uses it"`
		Role   string   `json:"role,omitempty" enum:"search,admin" default:"search"`
		Bases  []string `json:"knowledge_bases,omitempty" maxItems:"100" doc:"Empty: all"`
		Drafts bool     `json:"drafts,omitempty" doc:"Sees sources that are not published"`
	}
}) (*body[NewKey], error) {
	for _, base := range in.Body.Bases {
		if err := s.baseFor(ctx, base); err != nil {
			return nil, err
		}
	}
	k, secret, err := s.o.Catalog.CreateKey(ctx, catalog.Key{Name: in.Body.Name, Role: catalog.Role(in.Body.Role), Bases: in.Body.Bases, Drafts: in.Body.Drafts})
	if err != nil {
		return nil, err
	}
	return &body[NewKey]{Body: NewKey{KeyRow: keyRow(&k), Secret: secret}}, nil
}

func (s *Server) revokeKey(ctx context.Context, in *IDInput) (*struct{}, error) {
	err := s.o.Catalog.RevokeKey(ctx, in.ID)
	if err != nil && problemOf(err).Status == http.StatusNotFound {
		err = problem(http.StatusNotFound, "not_found", "There is no key %s that could be revoked; GET /v1/keys lists them.", quoted(in.ID))
	}
	return nil, err
}
