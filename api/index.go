package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// IndexStatus is how the index stands to the catalog. The fields at the top are those
// of the active one.
type IndexStatus struct {
	Store  string         `json:"store"`
	Points int            `json:"points"`
	ByBase map[string]int `json:"by_knowledge_base"`
	Bytes  int64          `json:"bytes"`
	Mark   int64          `json:"mark"`
	Head   int64          `json:"head"`
	Behind int64          `json:"behind"`
	Space  string         `json:"space"`

	Standby   *IndexStandby   `json:"standby,omitempty" doc:"Who answers in place of the active index, where it does not"`
	Targets   []IndexTarget   `json:"targets,omitempty" doc:"All that follow the catalog, the active one among them"`
	Wanted    *IndexWanted    `json:"wanted,omitempty" doc:"What the configuration asks for, where that is another index than the active one"`
	Migration *IndexMigration `json:"migration,omitempty" doc:"The last one"`
	Rereads   []IndexReread   `json:"rereads,omitempty" doc:"Sources with documents that an earlier version read or cut"`
}

// IndexStandby says that the active index does not answer, and who does.
type IndexStandby struct {
	Since   time.Time `json:"since"`
	Reason  string    `json:"reason"`
	Answers bool      `json:"answers" doc:"False: questions get 503 until the index is back"`
}

// IndexTarget is an index: a store with the space of its vectors.
type IndexTarget struct {
	ID        int64     `json:"id"`
	State     string    `json:"state" enum:"building,active,soaking,dropping,dropped"`
	Store     string    `json:"store"`
	Lexical   string    `json:"lexical"`
	Model     string    `json:"model,omitempty" doc:"Absent without dense vectors"`
	Dimension int       `json:"dimension,omitempty"`
	Points    int       `json:"points"`
	Bytes     int64     `json:"bytes"`
	Mark      int64     `json:"mark"`
	Behind    int64     `json:"behind"`
	Since     time.Time `json:"since" doc:"In this state"`
	// Pending is 0 while all entries of the change log have their vectors.
	Pending int64  `json:"pending,omitempty" doc:"Changes of which passages wait for their dense vector"`
	Fault   string `json:"fault,omitempty" doc:"Why it cannot be asked, or why texts get no vectors"`
}

// IndexWanted is what the configuration asks for.
type IndexWanted struct {
	Store     string   `json:"store"`
	Model     string   `json:"model,omitempty"`
	Dimension int      `json:"dimension,omitempty"`
	Differs   []string `json:"differs,omitempty"`
	Fault     string   `json:"fault,omitempty" doc:"Why it cannot be told, such as a model's server that does not answer"`
}

// IndexMigration is a move from one index to another.
type IndexMigration struct {
	ID         int64        `json:"id"`
	From       int64        `json:"from"`
	To         int64        `json:"to"`
	Phase      string       `json:"phase" enum:"prepare,follow,backfill,verify,switch,soak,drop"`
	State      string       `json:"state" enum:"running,waiting,done,rolled_back"`
	Reason     string       `json:"reason,omitempty" doc:"Why it waits, was rolled back, or did not go on when it last tried"`
	Passages   int          `json:"passages"`
	Total      int          `json:"total"`
	Embedded   int          `json:"embedded" doc:"Distinct texts that were sent to the embedder"`
	Kept       int          `json:"kept" doc:"Passages whose vector was kept"`
	Refused    int          `json:"refused"`
	Tokens     int64        `json:"tokens"`
	Cost       float64      `json:"cost" doc:"In the currency of the configured price"`
	Rate       float64      `json:"rate" doc:"Passages a second; 0 while it is not known"`
	LeftMS     int64        `json:"left_ms" doc:"0 while it is not known"`
	Faults     int          `json:"faults" doc:"Since the phase began"`
	Started    time.Time    `json:"started"`
	PhaseSince time.Time    `json:"phase_since"`
	SoakUntil  time.Time    `json:"soak_until,omitzero"`
	Ended      time.Time    `json:"ended,omitzero"`
	Checks     []IndexCheck `json:"checks,omitempty"`
}

// IndexCheck is one thing that was compared before a switch.
type IndexCheck struct {
	Name    string `json:"name"`
	Verdict string `json:"verdict" enum:"good,doubtful,wrong"`
	Text    string `json:"text"`
}

// IndexReread counts the documents of a source that are to be made anew.
type IndexReread struct {
	Source    string `json:"source"`
	Documents int    `json:"documents"`
	Left      int    `json:"left"`
}

// IndexEstimate is what a migration to what is configured would take.
type IndexEstimate struct {
	Passages int     `json:"passages"`
	Texts    int     `json:"texts" doc:"Distinct ones that have to be embedded"`
	Kept     int     `json:"kept" doc:"Passages whose vector is kept"`
	Bytes    int64   `json:"bytes"`
	Tokens   int64   `json:"tokens"`
	Cost     float64 `json:"cost" doc:"In the currency of the configured price"`
}

// RebuildOptions say how the index is changed.
type RebuildOptions struct {
	Hold       bool `json:"hold,omitempty" doc:"Wait for /v1/index/switch when it is ready"`
	Force      bool `json:"force,omitempty" doc:"Switch though the gain is doubtful"`
	Afresh     bool `json:"afresh,omitempty" doc:"Make another index though the active one is what is configured"`
	AcceptCost bool `json:"accept_cost,omitempty" doc:"Embedding may cost what /v1/index/estimate says"`
}

func (s *Server) indexRoutes(api huma.API) {
	op := func(id, method, path, summary string) route {
		return route{access: owners, patient: true, op: huma.Operation{OperationID: id, Method: method, Path: path, Tags: []string{"index"}, Summary: summary}}
	}
	add(s, api, op("get-index", http.MethodGet, "/v1/index", "How the index stands to the catalog"), s.getIndex)
	add(s, api, op("verify-index", http.MethodPost, "/v1/index/verify", "Compare catalog and index"), s.compare(false))
	add(s, api, op("repair-index", http.MethodPost, "/v1/index/repair", "Compare catalog and index and mend what differs"), s.compare(true))
	add(s, api, op("rebuild-index", http.MethodPost, "/v1/index/rebuild", "Change to the configured index, or fill the active one anew"), s.rebuild)
	add(s, api, op("estimate-index", http.MethodGet, "/v1/index/estimate", "What changing to the configured index would embed and cost"), s.estimate)
	add(s, api, op("switch-index", http.MethodPost, "/v1/index/switch", "Take the new index that waits"), s.switchIndex)
	add(s, api, op("roll-back-index", http.MethodPost, "/v1/index/rollback", "Go back to the index of before, and drop the new one"), s.rollBack)
}

func (s *Server) getIndex(ctx context.Context, _ *struct{}) (*body[IndexStatus], error) {
	status, err := s.o.Index.Status(ctx)
	if err != nil {
		return nil, err
	}
	if status.ByBase == nil {
		status.ByBase = map[string]int{}
	}
	return &body[IndexStatus]{Body: status}, nil
}

func (s *Server) compare(repair bool) func(context.Context, *struct{}) (*body[IndexComparison], error) {
	return func(ctx context.Context, _ *struct{}) (*body[IndexComparison], error) {
		found, err := s.o.Index.Verify(ctx, repair)
		if err != nil {
			return nil, err
		}
		return &body[IndexComparison]{Body: found}, nil
	}
}

type rebuildInput struct{ Body *RebuildOptions }

func (s *Server) rebuild(ctx context.Context, in *rebuildInput) (*body[IndexStatus], error) {
	var o RebuildOptions
	if in.Body != nil {
		o = *in.Body
	}
	if err := s.o.Index.Rebuild(ctx, o); err != nil {
		return nil, err
	}
	return s.getIndex(ctx, nil)
}

func (s *Server) estimate(ctx context.Context, _ *struct{}) (*body[IndexEstimate], error) {
	e, err := s.o.Index.Estimate(ctx)
	if err != nil {
		return nil, err
	}
	return &body[IndexEstimate]{Body: e}, nil
}

type switchInput struct {
	Body *struct {
		Force bool `json:"force,omitempty" doc:"Though the gain is doubtful"`
	}
}

func (s *Server) switchIndex(ctx context.Context, in *switchInput) (*body[IndexStatus], error) {
	if err := s.o.Index.Switch(ctx, in.Body != nil && in.Body.Force); err != nil {
		return nil, err
	}
	return s.getIndex(ctx, nil)
}

type rollBackInput struct {
	Body *struct {
		Reason string `json:"reason,omitempty" maxLength:"500" doc:"Shown in the status"`
	}
}

func (s *Server) rollBack(ctx context.Context, in *rollBackInput) (*body[IndexStatus], error) {
	reason := ""
	if in.Body != nil {
		reason = in.Body.Reason
	}
	if err := s.o.Index.RollBack(ctx, reason); err != nil {
		return nil, err
	}
	return s.getIndex(ctx, nil)
}
