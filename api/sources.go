package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"freshet/index/catalog"
)

// DocumentCounts counts a source's documents by state.
type DocumentCounts struct {
	Present    int `json:"present"`
	Hidden     int `json:"hidden"`
	Removed    int `json:"removed"`
	Excluded   int `json:"excluded"`
	Unreadable int `json:"unreadable"`
}

// LastRun is a run as a source shows it.
type LastRun struct {
	Run              int64     `json:"run"`
	Pass             string    `json:"pass"`
	Started          time.Time `json:"started"`
	Ended            time.Time `json:"ended,omitzero"`
	Result           string    `json:"result" enum:"running,done,failed,stopped"`
	New              int       `json:"new"`
	TextChanged      int       `json:"text_changed"`
	Unreadable       int       `json:"unreadable"`
	DeletionsPending int       `json:"deletions_pending"`
	Errors           []string  `json:"errors"`
	// Notices are what the source said of itself as a whole.
	Notices []catalog.Notice `json:"notices,omitempty" doc:"Of the source as a whole, for its owner"`
}

// ReasonCount is how many documents are left out or unreadable for one reason.
type ReasonCount struct {
	State     string `json:"state" enum:"excluded,unreadable"`
	Reason    string `json:"reason" doc:"A stable word"`
	Text      string `json:"text" doc:"The reason and the number in words"`
	Documents int    `json:"documents"`
}

// SourceRow is a source as lists show it.
type SourceRow struct {
	ID        string         `json:"id"`
	Base      string         `json:"knowledge_base"`
	Kind      string         `json:"type"`
	Owner     string         `json:"owner"`
	State     string         `json:"state" enum:"draft,published,paused,needs_you,detached"`
	Reason    string         `json:"reason,omitempty"`
	Origin    string         `json:"origin" enum:"file,command" doc:"file: it stands in freshet.yaml and is edited there"`
	Schedule  string         `json:"schedule" doc:"Cron expression; empty: the default of its type"`
	Documents DocumentCounts `json:"documents"`
	LastRun   *LastRun       `json:"last_run,omitempty" doc:"Absent before the first"`
}

// PendingDeletion is a document whose content would vanish and that waits for a person.
type PendingDeletion struct {
	Key      string    `json:"key"`
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	URL      string    `json:"url"`
	Action   string    `json:"action" enum:"hide,remove,exclude,replace"`
	Evidence string    `json:"evidence" doc:"In words"`
	Since    time.Time `json:"since"`
}

// SourceDetails is a source with all that is known of it.
type SourceDetails struct {
	SourceRow
	DeletionsPending []PendingDeletion `json:"deletions_pending"`
	LeftOut          []ReasonCount     `json:"left_out" doc:"Documents that are excluded or unreadable, by reason; GET /v1/documents with a state lists them"`
	Templates        *Templates        `json:"templates,omitempty" doc:"What stands on most pages and is left out of passages; absent when there is nothing"`
	NextRuns         []time.Time       `json:"next_runs"`
	ReviewEvery      string            `json:"review_every,omitempty"`
	Settings         map[string]any    `json:"settings" doc:"Secrets are shown as stars"`
	Extract          map[string]any    `json:"extract,omitempty"`
	Guard            catalog.Guard     `json:"guard"`
	Retries          int               `json:"retries" doc:"Documents that could not be read and are asked for again"`
	Created          time.Time         `json:"created"`
	Updated          time.Time         `json:"updated"`
}

func (s *Server) sourceRoutes(api huma.API) {
	op := func(id, method, path, summary string) route {
		return route{access: admins, op: huma.Operation{OperationID: id, Method: method, Path: path, Tags: []string{"sources"}, Summary: summary}}
	}
	patient := func(r route) route { r.patient = true; return r }
	add(s, api, op("list-kinds", http.MethodGet, "/v1/kinds", "Types of sources with the fields of their settings"), s.listKinds)
	add(s, api, op("list-sources", http.MethodGet, "/v1/sources", "All sources"), s.listSources)
	add(s, api, op("get-source", http.MethodGet, "/v1/sources/{id}", "A source, what waits for approval, and its next runs"), s.getSource)
	add(s, api, patient(op("put-source", http.MethodPut, "/v1/sources/{id}", "Create or change a source")), s.putSource)
	add(s, api, patient(op("remove-source", http.MethodDelete, "/v1/sources/{id}", "Delete a source with all that came from it")), s.removeSource)
	add(s, api, patient(op("test-settings", http.MethodPost, "/v1/sources/test", "Say in words what works of a source that is not saved")), s.testSpec)
	add(s, api, patient(op("preview-settings", http.MethodPost, "/v1/sources/preview", "Show the first documents of a source that is not saved")), s.previewSpec)
	add(s, api, patient(op("test-source", http.MethodPost, "/v1/sources/{id}/test", "Say in words what works of a source")), s.testSource)
	add(s, api, patient(op("preview-source", http.MethodPost, "/v1/sources/{id}/preview", "Show the first documents of a source as they would be indexed")), s.previewSource)
	add(s, api, op("publish-source", http.MethodPost, "/v1/sources/{id}/publish", "Serve a source that is a draft"), s.setState(catalog.Published))
	add(s, api, op("pause-source", http.MethodPost, "/v1/sources/{id}/pause", "Stop syncing a source; it keeps serving"), s.setState(catalog.Paused))
	add(s, api, op("resume-source", http.MethodPost, "/v1/sources/{id}/resume", "Sync a paused source again"), s.setState(catalog.Published))
}

// Kinds lists the types of sources.
type Kinds struct {
	Kinds []Kind `json:"kinds"`
}

func (s *Server) listKinds(context.Context, *struct{}) (*body[Kinds], error) {
	return &body[Kinds]{Body: Kinds{Kinds: orEmpty(s.o.Sources.Kinds())}}, nil
}

// SourceList lists sources.
type SourceList struct {
	Sources []SourceRow `json:"sources"`
}

func (s *Server) listSources(ctx context.Context, in *struct {
	Base string `query:"knowledge_base"`
}) (*body[SourceList], error) {
	c := callerOf(ctx)
	if _, err := c.basesFor(in.Base); err != nil {
		return nil, err
	}
	list, err := s.o.Catalog.Sources(ctx)
	if err != nil {
		return nil, err
	}
	out := &body[SourceList]{Body: SourceList{Sources: []SourceRow{}}}
	for i := range list {
		if !c.mayUse(list[i].Base) || in.Base != "" && list[i].Base != in.Base {
			continue
		}
		row, err := s.sourceRow(ctx, &list[i])
		if err != nil {
			return nil, err
		}
		out.Body.Sources = append(out.Body.Sources, row)
	}
	return out, nil
}

func (s *Server) sourceRow(ctx context.Context, src *catalog.Source) (SourceRow, error) {
	row := SourceRow{ID: src.ID, Base: src.Base, Kind: src.Kind, Owner: src.Owner, State: string(src.State), Reason: src.StateReason, Origin: src.Origin, Schedule: src.Schedule}
	counts, err := s.o.Catalog.CountDocuments(ctx, src.ID)
	if err != nil {
		return row, err
	}
	row.Documents = DocumentCounts{Present: counts[catalog.Present], Hidden: counts[catalog.Hidden], Removed: counts[catalog.Removed],
		Excluded: counts[catalog.Excluded], Unreadable: counts[catalog.Unreadable]}
	runs, err := s.o.Catalog.Runs(ctx, src.ID, 1)
	if err != nil || len(runs) == 0 {
		return row, err
	}
	r := &runs[0]
	row.LastRun = &LastRun{Run: r.Run, Pass: r.Pass, Started: r.Started, Ended: r.Ended, Result: r.Result, New: r.New, TextChanged: r.TextChanged,
		Unreadable: r.Unreadable, DeletionsPending: r.DeletionsPending, Errors: orEmpty(r.Errors), Notices: r.Notices}
	return row, nil
}

// sourceFor returns a source of the caller's knowledge bases.
func (s *Server) sourceFor(ctx context.Context, id string) (catalog.Source, error) {
	src, err := s.o.Catalog.Source(ctx, id)
	if err == nil && !callerOf(ctx).mayUse(src.Base) {
		err = catalog.ErrNotFound
	}
	if errors.Is(err, catalog.ErrNotFound) {
		return src, s.noSource(ctx, id)
	}
	return src, err
}

func (s *Server) noSource(ctx context.Context, id string) error {
	list, err := s.o.Catalog.Sources(ctx)
	if err != nil {
		return err
	}
	var ids []string
	for i := range list {
		if callerOf(ctx).mayUse(list[i].Base) {
			ids = append(ids, list[i].ID)
		}
	}
	hint := "GET /v1/sources lists them."
	if n := nearest(id, ids); n != "" {
		hint = "Did you mean " + quoted(n) + "?"
	}
	return problem(http.StatusNotFound, "not_found", "There is no source %s. %s", quoted(id), hint)
}

func (s *Server) getSource(ctx context.Context, in *IDInput) (*body[SourceDetails], error) {
	src, err := s.sourceFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.showSource(ctx, &src)
}

// nextRuns is how many future runs a source shows.
const nextRuns = 5

func (s *Server) showSource(ctx context.Context, src *catalog.Source) (*body[SourceDetails], error) {
	row, err := s.sourceRow(ctx, src)
	if err != nil {
		return nil, err
	}
	v := SourceDetails{SourceRow: row, Settings: s.withoutSecrets(src), Extract: src.Extract, Guard: src.Guard, ReviewEvery: days(src.ReviewEvery), Created: src.Created, Updated: src.Updated}
	if v.DeletionsPending, err = s.pending(ctx, src.ID); err != nil {
		return nil, err
	}
	if v.LeftOut, err = s.leftOut(ctx, src.ID); err != nil {
		return nil, err
	}
	next, err := s.o.Sources.NextRuns(ctx, src.ID, nextRuns)
	if err != nil {
		return nil, err
	}
	v.NextRuns = orEmpty(next)
	if v.Templates, err = s.templates(ctx, src.ID); err != nil {
		return nil, err
	}
	retries, err := s.o.Catalog.Retries(ctx, src.ID, false)
	if err != nil {
		return nil, err
	}
	v.Retries = len(retries)
	return &body[SourceDetails]{Body: v}, nil
}

func (s *Server) leftOut(ctx context.Context, source string) ([]ReasonCount, error) {
	counts, err := s.o.Catalog.CountReasons(ctx, source)
	if err != nil {
		return nil, err
	}
	out := make([]ReasonCount, len(counts))
	for i, c := range counts {
		out[i] = ReasonCount{State: string(c.State), Reason: c.Reason, Documents: c.Documents, Text: CountedReason(c.Reason, fmt.Sprint(c.Documents), c.Documents)}
	}
	return out, nil
}

func (s *Server) pending(ctx context.Context, source string) ([]PendingDeletion, error) {
	holds, err := s.o.Catalog.Holds(ctx, source, catalog.HoldPending)
	if err != nil {
		return nil, err
	}
	out := make([]PendingDeletion, 0, len(holds))
	for _, h := range holds {
		d, err := s.o.Catalog.DocumentByKey(ctx, h.Document)
		if errors.Is(err, catalog.ErrNotFound) {
			continue // removed since
		}
		if err != nil {
			return nil, err
		}
		out = append(out, PendingDeletion{Key: d.Key, ID: d.ExternalID, Title: d.Details.Title, URL: d.Details.URI, Action: string(h.Action), Evidence: inWords(&h), Since: h.At})
	}
	return out, nil
}

// withoutSecrets returns a source's settings with secrets starred out; what only
// refers to one is shown.
func (s *Server) withoutSecrets(src *catalog.Source) map[string]any {
	secret := make(map[string]bool)
	for _, k := range s.o.Sources.Kinds() {
		for _, f := range k.Fields {
			if k.Name == src.Kind && f.Secret {
				secret[f.Key] = true
			}
		}
	}
	out := make(map[string]any, len(src.Settings))
	for key, value := range src.Settings {
		if text, ok := value.(string); secret[key] && !(ok && strings.HasPrefix(text, "${")) {
			value = stars
		}
		out[key] = value
	}
	return out
}

// stars stand for a secret that is kept.
const stars = "********"
