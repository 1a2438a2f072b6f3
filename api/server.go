package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"freshet/api/audit"
	"freshet/index/catalog"
	"freshet/index/retrieve"
)

// Options make a Server. Catalog, Retriever, Sources, Syncs and Index are required.
type Options struct {
	Catalog   *catalog.Catalog
	Retriever *retrieve.Retriever
	Sources   Sources
	Syncs     Syncs
	Index     Index
	// Audits makes the monthly audits; nil: as nothing is configured.
	Audits *audit.Maker
	// Mask takes personal data out of questions and comments before they are
	// kept. Without it their text is not kept at all.
	Mask func(string) string
	// SynonymsChanged, when set, is told of a knowledge base whose synonyms were
	// saved, so that searches use them.
	SynonymsChanged func(base string)
	// ReviewEvery is how often a document is to be looked at; nil: as the document or its
	// source says, else every 180 days.
	ReviewEvery func(*catalog.Document, *catalog.Source) time.Duration
	FixWithin   time.Duration    // how long owners have for a fix that was asked for; default 14 days
	Version     string           // of Freshet, for the OpenAPI document; default "dev"
	Now         func() time.Time // nil: time.Now
	Log         *slog.Logger     // nil discards
	Limits      Limits           // zero fields take their default
}

// Limits bound what a caller may cost.
type Limits struct {
	Body       int64         // bytes of a request's body; default 64 KB
	BodyTime   time.Duration // for a body to arrive; default 10 s
	Time       time.Duration // for an answer, except of work that a caller waits for; default 10 s
	TakeTime   time.Duration // for the caller to take the answer; default 30 s
	Page       int           // rows of a list; default 500
	Synonyms   int           // of a knowledge base; default 2,000
	Comment    int           // bytes of a feedback's comment; default 2,000
	Preview    int           // documents of a preview; default 20
	QueueRows  int           // of the query log that wait to be written; default 10,000
	BatchEvery time.Duration // how often they are written; default 100 ms
	// QueryLog is how long the query log is kept; default 90 days.
	QueryLog time.Duration
}

func (l Limits) withDefaults() Limits {
	number(&l.Body, 64<<10)
	number(&l.BodyTime, 10*time.Second)
	number(&l.Time, 10*time.Second)
	number(&l.TakeTime, 30*time.Second)
	number(&l.Page, 500)
	number(&l.Synonyms, 2000)
	number(&l.Comment, 2000)
	number(&l.Preview, 20)
	number(&l.QueueRows, 10_000)
	number(&l.BatchEvery, 100*time.Millisecond)
	number(&l.QueryLog, 90*24*time.Hour)
	return l
}

func number[T int | int64 | time.Duration](p *T, value T) {
	if *p <= 0 {
		*p = value
	}
}

// A Server answers /v1. Its handlers may be used from several goroutines.
type Server struct {
	o      Options
	search func(context.Context, retrieve.Request) (retrieve.Response, error)
	ledger *ledger
	mux    *mux
	jobs   jobs
	doc    document
}

// New returns a Server that answers at once; Run keeps its query log.
func New(o Options) (*Server, error) {
	if o.Catalog == nil || o.Retriever == nil || o.Sources == nil || o.Syncs == nil || o.Index == nil {
		return nil, errors.New("an API server needs a Catalog, a Retriever, Sources, Syncs and an Index")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Audits == nil {
		o.Audits = audit.New(audit.Options{Catalog: o.Catalog, Now: o.Now, Log: o.Log})
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	if o.ReviewEvery == nil {
		o.ReviewEvery = ownReview
	}
	number(&o.FixWithin, 14*24*time.Hour)
	o.Limits = o.Limits.withDefaults()
	s := &Server{o: o, search: o.Retriever.Search, mux: &mux{ServeMux: http.NewServeMux()}}
	s.ledger = newLedger(o.Catalog, o.Mask, o.Now, o.Log, o.Limits)
	s.jobs.stop = make(chan struct{})
	if err := s.routes(); err != nil {
		return nil, err
	}
	return s, nil
}

// Handler answers callers who show an API key as a Bearer token.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, s.byKey) })
}

// Local answers whoever reaches it as an administrator without a key: for the
// local socket, whose file only the owner may open, and for the command line
// within the process.
func (s *Server) Local() http.Handler {
	local := &caller{name: "local", admin: true}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.serve(w, r, func(*http.Request) (*caller, error) { return local, nil })
	})
}

// HTTP returns a server for h with the timeouts that fit this API. There is none on
// writing here: each route has its own, because a sync is waited for.
func (s *Server) HTTP(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
	}
}

// Run writes the query log in batches, records the use of keys and forgets old
// rows once a day, until ctx is cancelled. Close writes what is left.
func (s *Server) Run(ctx context.Context) { s.ledger.run(ctx) }

// Close stops syncs that nobody waits for, waits for them, and writes what is left
// of the query log.
func (s *Server) Close(ctx context.Context) error {
	s.jobs.close()
	return errors.Join(s.ledger.flush(ctx), s.ledger.flushKeys(ctx))
}

// Dropped counts the rows of the query log that were dropped because the queue
// was full.
func (s *Server) Dropped() int64 { return s.ledger.dropped.Load() }
