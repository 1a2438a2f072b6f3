package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"freshet/index/catalog"
)

// BaseRow is a knowledge base.
type BaseRow struct {
	ID        string   `json:"id"`
	Languages []string `json:"languages"`
}

// BaseList lists knowledge bases.
type BaseList struct {
	Bases []BaseRow `json:"knowledge_bases"`
}

// SynonymList is the synonyms of a knowledge base.
type SynonymList struct {
	Synonyms []catalog.Synonym `json:"synonyms" nullable:"false"`
}

func (s *Server) baseRoutes(api huma.API) {
	op := func(id, method, path, summary string, a access) route {
		return route{access: a, op: huma.Operation{OperationID: id, Method: method, Path: path, Tags: []string{"knowledge bases"}, Summary: summary}}
	}
	add(s, api, op("list-knowledge-bases", http.MethodGet, "/v1/knowledge-bases", "Knowledge bases that the key opens", anyKey), s.listBases)
	add(s, api, op("get-synonyms", http.MethodGet, "/v1/knowledge-bases/{id}/synonyms", "The owner's words for other words", admins), s.getSynonyms)
	add(s, api, op("put-synonyms", http.MethodPut, "/v1/knowledge-bases/{id}/synonyms", "Replace all synonyms of a knowledge base", admins), s.putSynonyms)
}

func (s *Server) listBases(ctx context.Context, _ *struct{}) (*body[BaseList], error) {
	list, err := s.o.Catalog.Bases(ctx)
	if err != nil {
		return nil, err
	}
	out := &body[BaseList]{Body: BaseList{Bases: []BaseRow{}}}
	for _, b := range list {
		if callerOf(ctx).mayUse(b.ID) {
			out.Body.Bases = append(out.Body.Bases, BaseRow{ID: b.ID, Languages: orEmpty(b.Languages)})
		}
	}
	return out, nil
}

// baseFor makes sure that the caller may use a knowledge base and that it exists.
func (s *Server) baseFor(ctx context.Context, id string) error {
	if !callerOf(ctx).mayUse(id) {
		return forbidden(id)
	}
	_, err := s.o.Catalog.Base(ctx, id)
	if errors.Is(err, catalog.ErrNotFound) {
		return problem(http.StatusNotFound, "unknown_knowledge_base", "There is no knowledge base %s; GET /v1/knowledge-bases lists them.", quoted(id))
	}
	return err
}

func (s *Server) getSynonyms(ctx context.Context, in *IDInput) (*body[SynonymList], error) {
	if err := s.baseFor(ctx, in.ID); err != nil {
		return nil, err
	}
	list, err := s.o.Catalog.Synonyms(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[SynonymList]{Body: SynonymList{Synonyms: orEmpty(list)}}, nil
}

func (s *Server) putSynonyms(ctx context.Context, in *struct {
	IDInput
	Body SynonymList
}) (*body[SynonymList], error) {
	if err := s.baseFor(ctx, in.ID); err != nil {
		return nil, err
	}
	list := in.Body.Synonyms
	if len(list) > s.o.Limits.Synonyms {
		return nil, problem(http.StatusUnprocessableEntity, "invalid_request", "There are %d synonyms, at most %d are kept.", len(list), s.o.Limits.Synonyms)
	}
	for i := range list {
		v := &list[i]
		v.Term, v.Means = strings.TrimSpace(v.Term), strings.TrimSpace(v.Means)
		if v.Term == "" || v.Means == "" || len(v.Term) > maxSynonym || len(v.Means) > maxSynonym {
			return nil, problem(http.StatusUnprocessableEntity, "invalid_request", "Synonym %d needs a term and what it means, each of at most %d bytes.", i+1, maxSynonym)
		}
	}
	if err := s.o.Catalog.SetSynonyms(ctx, in.ID, list); err != nil {
		return nil, err
	}
	if s.o.SynonymsChanged != nil {
		s.o.SynonymsChanged(in.ID)
	}
	return s.getSynonyms(ctx, &in.IDInput)
}

// maxSynonym is the bytes of a side of a synonym.
const maxSynonym = 200
