// Package retrieve turns a question into passages that may be shown, with their
// freshness, their doubts and how sure the answer is.
//
// A Store finds passages, the Catalog vouches for each one as it is now, and what
// it refuses is replaced from further down: a search returns fewer passages than
// asked for only when there are no more.
package retrieve

import (
	"context"
	"log/slog"
	"time"

	"freshet/index"
	"freshet/index/lexical"
)

// A Catalog vouches for passages. Both methods return passages in any order and
// leave out what may not be shown; that is no error.
type Catalog interface {
	Vouch(ctx context.Context, r index.VouchRequest) ([]index.Passage, error)
	// Around returns passages next to others, for merging neighbours.
	Around(ctx context.Context, r index.AroundRequest) ([]index.Passage, error)
}

// Embed returns the normalised dense vector of a question.
type Embed func(ctx context.Context, question string) ([]float32, error)

// A Searcher answers all queries in one round trip, one Result each, in order: all
// that retrieving needs of a Store. index.ErrUnavailable when it cannot.
type Searcher interface {
	Search(ctx context.Context, queries []index.Query) ([]index.Result, error)
}

// An Active is what questions are asked of: a Store with the Embed of its Space, so
// that vectors of two Spaces never meet.
type Active struct {
	Store Searcher
	Embed Embed // nil: no dense vectors
	// Fingerprint of the Space whose dense vectors both have; "" without any.
	// What was learnt of another Space's scores is not used.
	Fingerprint string
}

// Rerank scores passages for a question, higher is better, one score each.
type Rerank func(ctx context.Context, question string, passages []index.Passage) ([]float32, error)

// A Base is what a Retriever has to know of a knowledge base.
type Base struct {
	Languages []string
	Synonyms  *lexical.Synonyms
	// Weights of the namespaces; the zero value: those that fit the titles.
	Weights lexical.Weights
	// Model of the answer state by words alone; nil: DefaultModel.
	Model *Model
	// Fusion of words and meaning; nil: DefaultFusion.
	Fusion *Fusion
}

// Options are what a Retriever works with. Active, Catalog, Terms and Base are
// required.
type Options struct {
	// Active is asked once for each question, which ends on what it began on.
	Active  func() Active
	Catalog Catalog
	Terms   *lexical.Terms
	// Base returns a knowledge base's settings, false when there is none.
	Base   func(id string) (Base, bool)
	Rerank Rerank // nil: none
	Now    func() time.Time
	Logger *slog.Logger
	Limits Limits // zero fields take their default
}

// Limits bound what a question may cost.
type Limits struct {
	Question int // bytes of a question; default 2,048
	Limit    int // passages asked for at most; default 50
	Default  int // passages when the request does not say; default 5
	Context  int // keys of a context; default 16
	Values   int // values of a context key or of a filter; default 64
	Depth    int // hits looked at for one question at most; default 2,000
	// Embedding is how long the embedder may take before the answer is lexical
	// alone, and half of what is left of the request's time where that is less;
	// default 800 ms.
	Embedding time.Duration
	// Reranking is how long the re-ranker may take before its scores are left
	// out, bounded likewise; default 800 ms.
	Reranking time.Duration
}

func (l Limits) withDefaults() Limits {
	number := func(p *int, n int) {
		if *p <= 0 {
			*p = n
		}
	}
	number(&l.Question, 2048)
	number(&l.Limit, 50)
	number(&l.Default, 5)
	number(&l.Context, 16)
	number(&l.Values, 64)
	number(&l.Depth, 2000)
	if l.Embedding <= 0 {
		l.Embedding = 800 * time.Millisecond
	}
	if l.Reranking <= 0 {
		l.Reranking = 800 * time.Millisecond
	}
	return l
}

// A Retriever answers questions. It may be shared between goroutines.
type Retriever struct {
	o        Options
	analyser *lexical.Analyser

	embedder, reranker outage
}

// New returns a Retriever.
func New(o Options) *Retriever {
	o.Limits = o.Limits.withDefaults()
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Retriever{o: o, analyser: lexical.NewAnalyser(o.Terms)}
}
