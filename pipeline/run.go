package pipeline

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/templates"
	"freshet/schedules"
)

// A Result is how a run ended.
type Result struct {
	Report catalog.Report
	// Next, when not zero, is when the source asked to be visited again at the earliest.
	Next time.Time
}

// run is one run of one source.
type run struct {
	*Syncer
	RunOptions
	source  catalog.Source
	src     connectors.Source
	kind    connectors.Kind
	recipes *recipes
	// templates are left out of passages; they change only between passes.
	templates *templates.Set
	now       time.Time
	report    *catalog.Report
	started   time.Time

	// Of the present pass.
	pass     connectors.Pass
	passID   int64
	at       catalog.Position
	pos      *position
	reread   bool
	wholeNow bool // the listing came to its end
	listed   int
	full     bool // a full pass came to its end in this run
	total    int
	budget   budget
	// Documents that were read again because a form is read otherwise, and those of
	// them for which the source was asked one by one.
	rereads, refetched atomic.Int64

	mu       sync.Mutex
	newTexts map[index.Hash]int
	moves    map[string]bool // keys that a new ID has taken over in this run
	doubted  map[string]bool // keys of which nobody could say whether they have moved
	notFound map[string]bool // keys of which the listing said "not found" for the first time
}

// Run pulls a source once and returns what it did. The error is that of the
// catalog or of ctx; what went wrong at the source is in the report, and Result
// is valid with it. When ctx ends the run stops between two transactions, and the
// next one goes on from there.
func (s *Syncer) Run(ctx context.Context, source string, o RunOptions) (Result, error) {
	r, err := s.begin(ctx, source, o)
	if err != nil {
		return Result{}, err
	}
	if !o.DryRun {
		if r.report.Run, err = s.Catalog.BeginRun(ctx, *r.report); err != nil {
			return Result{}, err
		}
	}
	failure := r.all(ctx)
	return r.finish(ctx, failure)
}

func (s *Syncer) begin(ctx context.Context, id string, o RunOptions) (*run, error) {
	source, err := s.Catalog.Source(ctx, id)
	if err != nil {
		return nil, err
	}
	now := s.Now().UTC()
	r := &run{Syncer: s, RunOptions: o, source: source, now: now, started: now, recipes: recipesOf(s.Extractor, &source),
		newTexts: make(map[index.Hash]int), moves: make(map[string]bool), doubted: make(map[string]bool), notFound: make(map[string]bool)}
	r.report = &catalog.Report{Source: id, Pass: connectors.Full.String(), Started: now, Reasons: map[string]int{}, Errors: []string{}}
	r.templates, err = s.templatesOf(ctx, &source)
	return r, err
}

// all opens the source and runs the passes that are due.
func (r *run) all(ctx context.Context) error {
	src, kind, err := r.Open(ctx, r.source)
	if err != nil {
		return err
	}
	r.src, r.kind = src, kind
	r.Reached(PhaseOpened)
	if !r.DryRun {
		if err := r.retryDue(ctx); err != nil {
			return err
		}
		if err := r.rereadDue(ctx); err != nil {
			return err
		}
	}
	if kind.HasFeed {
		err = r.feedAndFull(ctx)
	} else {
		err = r.onePass(ctx, connectors.Full)
	}
	if err != nil || r.DryRun {
		return err
	}
	return r.learn(ctx)
}

// fullEvery is how often a source with a feed is listed whole, as a net under it,
// unless its kind says otherwise.
const fullEvery = 7 * 24 * time.Hour

// maxNotice is the longest notice of a source that is kept, in bytes.
const maxNotice = 1000

// feedAndFull pulls the feed first: its token has to be older than the listing, or
// what changes in between is lost.
func (r *run) feedAndFull(ctx context.Context) error {
	full, err := r.Catalog.PositionOf(ctx, r.source.ID, connectors.Full)
	if err != nil {
		return err
	}
	due := r.Full || full.Open || full.Done.IsZero() || full.Digest != r.source.Digest || r.now.Sub(full.Done) >= cmp.Or(r.kind.FullEvery, fullEvery)
	tells, err := r.feed(ctx)
	if errors.Is(err, connectors.ErrCursor) {
		r.note("feed_restarted")
		if err = r.resetFeed(ctx); err == nil {
			due = true
			tells, err = r.feed(ctx)
		}
	}
	due = due || !tells
	for err == nil && due {
		err = r.onePass(ctx, connectors.Full)
		if !errors.Is(err, errFeedDue) {
			return err
		}
		_, err = r.feed(ctx)
	}
	return err
}

// feed pulls the feed; tells is false if the source has none after all.
func (r *run) feed(ctx context.Context) (tells bool, err error) {
	err = r.onePass(ctx, connectors.Feed)
	if errors.Is(err, connectors.ErrNoFeed) {
		return false, nil
	}
	return true, err
}

func (r *run) resetFeed(ctx context.Context) error {
	b := r.batch()
	b.Position = &catalog.Position{Pass: connectors.Feed, Digest: r.source.Digest}
	return r.apply(ctx, b)
}

// onePass runs a pass and what follows from it.
func (r *run) onePass(ctx context.Context, pass connectors.Pass) error {
	if err := r.enter(ctx, pass); err != nil {
		return err
	}
	err := r.pull(ctx)
	if errors.Is(err, connectors.ErrCursor) && pass == connectors.Full && r.at.Cursor != "" {
		r.note("listing_restarted")
		r.at.Cursor = ""
		r.pos = r.position()
		err = r.pull(ctx)
	}
	if err != nil {
		return err
	}
	if pass == connectors.Full && r.wholeNow {
		r.report.Whole = true
		if err := r.budget.whole(); err != nil {
			return err
		}
		if err := r.sweep(ctx); err != nil {
			return err
		}
		r.full = true
	}
	if pass == connectors.Full && !r.wholeNow || r.DryRun {
		return nil // nothing may be concluded
	}
	return r.decide(ctx)
}

// enter sets the run up for a pass: it resumes the one that is open, if the
// settings are still those that its cursor belongs to, or begins another.
func (r *run) enter(ctx context.Context, pass connectors.Pass) error {
	at, err := r.Catalog.PositionOf(ctx, r.source.ID, pass)
	if err != nil {
		return err
	}
	if at.Digest != r.source.Digest {
		at.Cursor, at.Open, at.Digest = "", false, r.source.Digest
	}
	if pass == connectors.Full && !at.Open {
		at.Cursor, at.Open, at.Started = "", true, r.now
		at.PassID++
	}
	r.pass, r.at, r.passID = pass, at, 0
	if pass == connectors.Full {
		r.passID = at.PassID
	}
	r.reread = pass == connectors.Full && r.kind.RevisionTrust == connectors.RevisionHint && r.Full
	r.wholeNow, r.listed, r.budget = false, 0, budget{}
	r.report.Pass = pass.String()
	r.pos = r.position()
	return nil
}

func (r *run) position() *position {
	return &position{catalog: r.Catalog, source: r.source.ID, pass: r.pass, cursor: r.at.Cursor, proves: r.proves}
}

// finish writes how the run ended. It does so even when ctx is over.
func (r *run) finish(ctx context.Context, failure error) (Result, error) {
	res := Result{}
	var wait *connectors.RetryAfter
	switch {
	case failure == nil:
		r.report.Result = catalog.RunDone
	case ctx.Err() != nil:
		r.report.Result = catalog.RunStopped
		r.note("stopped")
	default:
		r.report.Result = catalog.RunFailed
		r.note(failureReason(failure))
		r.complain(failure)
		if errors.As(failure, &wait) {
			res.Next = r.Now().Add(wait.Wait)
		}
	}
	r.report.Ended = r.Now().UTC()
	res.Report = *r.report
	if errors.Is(failure, schedules.ErrLeaseLost) {
		return res, failure
	}
	if !r.DryRun {
		calm, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
		defer cancel()
		if err := r.credentials(calm, failure); err != nil {
			return res, err
		}
		if err := r.Catalog.EndRun(calm, *r.report); err != nil {
			return res, err
		}
	}
	r.log(failure)
	return res, ctx.Err()
}

// Three refusals over an hour make a source wait for its owner.
const (
	refusalsNeeded = 3
	refusalsOver   = time.Hour
)

// credentials keeps count of refusals.
func (r *run) credentials(ctx context.Context, failure error) error {
	refused := errors.Is(failure, connectors.ErrAuth)
	if failure != nil && !refused {
		return nil
	}
	s, err := r.Catalog.CountRefusal(ctx, r.source.ID, !refused)
	if err != nil {
		return err
	}
	if refused && s.State == catalog.Published && s.Refusals >= refusalsNeeded && r.now.Sub(s.RefusedAt) >= refusalsOver {
		return r.Catalog.SetSourceState(ctx, s.ID, catalog.NeedsYou, "credentials_refused")
	}
	if !refused && s.State == catalog.NeedsYou {
		return r.Catalog.SetSourceState(ctx, s.ID, catalog.Published, "")
	}
	return nil
}

func failureReason(err error) string {
	var wait *connectors.RetryAfter
	var over *errBudget
	switch {
	case errors.As(err, &wait):
		return "throttled"
	case errors.As(err, &over):
		return "error_budget"
	case errors.Is(err, connectors.ErrAuth):
		return "credentials_refused"
	case errors.Is(err, connectors.ErrTruncated):
		return "listing_truncated"
	case errors.Is(err, connectors.ErrNotFound):
		return "place_not_found"
	}
	return faultReason(err)
}

func (r *run) note(reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Because(reason)
}

// notice keeps what the source says of itself, each thing once.
func (r *run) notice(n connectors.Notice) {
	said := catalog.Notice{Code: clean(n.Code, maxNotice), Text: clean(n.Text, maxNotice)}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.report.Notices) < r.Limits.Errors && !slices.Contains(r.report.Notices, said) {
		r.report.Notices = append(r.report.Notices, said)
	}
}

func (r *run) complain(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.report.Errors) < r.Limits.Errors {
		r.report.Errors = append(r.report.Errors, err.Error())
	}
}

func (r *run) claimMove(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.moves[key] {
		return false
	}
	r.moves[key] = true
	return true
}

func (r *run) doubtMove(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.doubted[key] = true
}

func (r *run) missedNow(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notFound[key] = true
}

func (r *run) wasMissedNow(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.notFound[key]
}

func (r *run) unclaimMove(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.moves, key)
}

func (r *run) log(failure error) {
	attrs := []any{"source", r.source.ID, "run", r.report.Run, "result", r.report.Result, "new", r.report.New, "changed", r.report.TextChanged,
		"unchanged", r.report.Unchanged, "hidden", r.report.Hidden, "deleted", r.report.Deleted, "unreadable", r.report.Unreadable,
		"pending", r.report.DeletionsPending, "took", r.report.Ended.Sub(r.started)}
	if failure != nil && r.report.Result == catalog.RunFailed {
		r.Log.Warn("run failed", append(attrs, "error", failure)...)
		return
	}
	r.Log.Info("run ended", attrs...)
}
