// Package detect finds the entries of a knowledge base that an owner should look at:
// duplicates, contradictions, and what is out of date. The Engine is a consumer of the
// change log: it looks at what changed and at the few passages that may have to do
// with it, and writes findings into the catalog, with the notes by which answers tell
// of them.
package detect

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline"
	"freshet/pipeline/detect/claims"
	"freshet/pipeline/detect/stale"
	"freshet/pipeline/detect/stale/facts"
)

// Consumer is the name under which the Engine follows the change log.
const Consumer = "detect"

// Options make an Engine. Catalog is required.
type Options struct {
	Catalog *catalog.Catalog
	// Judge is asked about findings of tier possible; nil: nobody is.
	Judge Judge
	// First is how many findings of what was there at the first sync of a base stay likely;
	// 0: all.
	First int
	// Usage is how often answers of a base used a document of late; nil: as the ledger
	// says.
	Usage func(ctx context.Context, base, document string) (int, error)
	// Stale are the rules by which documents grow old; the zero value has the defaults.
	Stale stale.Rules
	// Fingerprint is that of facts.Options.
	Fingerprint func(ctx context.Context) (string, error)
	// Progress is told how many documents of how many a pass has looked at; nil: nobody is.
	Progress func(done, of int)
	// Yield is that of pipeline.Options.
	Yield func(ctx context.Context) error
	Now   func() time.Time // nil is time.Now
	Log   *slog.Logger     // nil discards
	// CacheBytes bounds the passages that are kept read; 0 is DefaultCacheBytes.
	CacheBytes int
}

// An Engine detects. Methods may be called from several goroutines.
type Engine struct {
	Options

	running sync.Mutex // held while it works
	scanner *claims.Scanner
	read    *library
	facts   *facts.Reader
	bases   map[string]*base

	beforeWrite func() // tests decide there

	state struct {
		sync.Mutex
		status Status
		moved  chan struct{}
	}
}

// Status is how far an Engine is.
type Status struct {
	Mark     int64  // entry of the change log up to which everything was looked at
	Passages int    // that were looked at since the start
	Compared int    // pairs of them that were compared
	Skipped  int    // keys that too many passages share to tell anything
	Failed   string // why it waits; empty while it does not
}

// New returns an Engine that has done nothing yet.
func New(o Options) *Engine {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.CacheBytes <= 0 {
		o.CacheBytes = DefaultCacheBytes
	}
	e := &Engine{Options: o, scanner: claims.NewScanner(), bases: make(map[string]*base)}
	e.read = newLibrary(o.Catalog, e.scanner, o.CacheBytes)
	e.facts = facts.New(facts.Options{Catalog: o.Catalog, Fingerprint: o.Fingerprint, Yield: o.Yield, Now: o.Now, Log: o.Log})
	if e.Usage == nil {
		e.Usage = e.facts.Used
	}
	e.state.moved = make(chan struct{})
	return e
}

// settle is how long Run waits for more entries before it looks at the last ones: a
// sync that is under way brings its pages in batches, which are better looked at
// together.
const settle = 2 * time.Second

// Run follows the change log until ctx ends. What fails is tried again, with growing
// distance.
func (e *Engine) Run(ctx context.Context) error {
	pipeline.FollowLog(ctx, e.Catalog, func(ctx context.Context) error {
		select {
		case <-time.After(settle):
		case <-ctx.Done():
			return ctx.Err()
		}
		return e.CatchUp(ctx)
	}, func(err error, again time.Duration) {
		e.Log.Warn("detection cannot follow the catalog; findings come later", "again_in", again, "error", err)
	})
	return nil
}

// CatchUp looks at all that the change log holds when it is called.
func (e *Engine) CatchUp(ctx context.Context) error {
	e.running.Lock()
	defer e.running.Unlock()
	err := e.catchUp(ctx)
	e.note(func(s *Status) {
		s.Failed = ""
		if err != nil && ctx.Err() == nil {
			s.Failed = err.Error()
		}
	})
	return err
}

func (e *Engine) catchUp(ctx context.Context) error {
	mark, err := e.Catalog.ConsumerMark(ctx, Consumer)
	if err != nil {
		return err
	}
	head, err := e.Catalog.Head(ctx)
	if err != nil || head == 0 {
		return err
	}
	if mark > head { // the catalog was restored from before
		mark = 0
	}
	changed := mark < head
	if changed {
		if err := e.follow(ctx, mark); err != nil {
			return err
		}
	}
	if err := e.passes(ctx, changed); err != nil {
		return err
	}
	if changed {
		if err := e.conclude(ctx); err != nil {
			return err
		}
	}
	e.moved(head)
	return nil
}

func (e *Engine) moved(mark int64) { e.note(func(s *Status) { s.Mark = mark }) }

// Status tells how far it is.
func (e *Engine) Status() Status {
	e.state.Lock()
	defer e.state.Unlock()
	return e.state.status
}

func (e *Engine) note(change func(*Status)) {
	e.state.Lock()
	defer e.state.Unlock()
	change(&e.state.status)
	close(e.state.moved)
	e.state.moved = make(chan struct{})
}

// Wait returns when everything up to an entry of the log was looked at, or with the
// error that keeps the Engine from it.
func (e *Engine) Wait(ctx context.Context, seq int64) error {
	for {
		e.state.Lock()
		status, moved := e.state.status, e.state.moved
		e.state.Unlock()
		switch {
		case status.Mark >= seq:
			return nil
		case status.Failed != "":
			return errors.New(status.Failed)
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// pause lets questions go first.
func (e *Engine) pause(ctx context.Context) error {
	if e.Yield != nil {
		if err := e.Yield(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// A Judge says whether two passages contradict each other. It is asked about findings
// of tier possible alone, and can make none worse: see Verdict.
type Judge func(ctx context.Context, q Question) (Verdict, error)

// A Question is what a Judge is told: nothing but this.
type Question struct {
	Type string // claims.Type
	A, B Quoted
}

// Quoted is one side of a Question.
type Quoted struct {
	Sentence string
	Value    string
	Title    string
	Heading  []string
	Modified time.Time
	Facets   map[string][]string
}

// A Verdict is what a Judge answers.
type Verdict struct {
	// Conflict: both cannot hold. It raises a finding to likely, if the quotes stand in
	// the sentences word for word.
	Conflict bool
	// Apart: they speak of different things, or for different people. The finding stays
	// possible.
	Apart          bool
	QuoteA, QuoteB string
	Confidence     float64
	Reason         map[string]string // by language
}

// zero is the chunk of a row that stands for a whole document.
var zero index.ChunkID
