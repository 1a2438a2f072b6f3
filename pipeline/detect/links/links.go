// Package links looks whether the addresses that documents lead to still lead
// somewhere. It asks politely: what robots.txt forbids is not asked for, a HEAD comes
// before a GET of one byte, hosts are asked one request after another, and a run has a
// limit of links, of links of one host and of time. It is slow to call a link broken,
// because sites have bad days.
package links

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"net/http"
	"time"

	"freshet/index/catalog"
)

// Consumer is the name under which the Checker follows the change log.
const Consumer = "links"

// When a link is broken, and when it is asked for again.
const (
	// GoneAfter is how long apart two answers "not found" or "gone" are at least.
	GoneAfter = 24 * time.Hour
	// SilentAfter is how long it has to give no answer, or errors of the server.
	SilentAfter = 72 * time.Hour
	// leastSilent is how many times in a row meanwhile.
	leastSilent = 3

	okAgain      = 28 * 24 * time.Hour // give or take a quarter, so that they do not come all on a day
	knownAgain   = 7 * 24 * time.Hour
	failingAgain = 24 * time.Hour
	brokenAgain  = 7 * 24 * time.Hour
	skippedAgain = 30 * 24 * time.Hour
	leastWait    = time.Hour
	longestWait  = 7 * 24 * time.Hour
)

// The defaults of Limits.
const (
	DefaultRun     = 2_000
	DefaultHost    = 200
	DefaultPage    = 500
	DefaultTime    = 10 * time.Minute
	DefaultWorkers = 8
)

// Limits of a run. Zero fields take the defaults.
type Limits struct {
	Run     int           // links that are asked for
	Host    int           // of those, links of one host
	Page    int           // links that are kept of a document; more are left out
	Time    time.Duration // from the begin of the run to that of its last request
	Workers int           // hosts that are asked at the same time
}

func (l Limits) withDefaults() Limits {
	set := func(field *int, value int) {
		if *field <= 0 {
			*field = value
		}
	}
	set(&l.Run, DefaultRun)
	set(&l.Host, DefaultHost)
	set(&l.Page, DefaultPage)
	set(&l.Workers, DefaultWorkers)
	if l.Time <= 0 {
		l.Time = DefaultTime
	}
	return l
}

// Options make a Checker. Catalog, Client and Allowed are required.
type Options struct {
	Catalog *catalog.Catalog
	// Client asks: the guarded one, which refuses addresses inside the network on every
	// hop and paces requests to one host.
	Client *http.Client
	// Allowed reports whether an address may be asked for by its site's robots.txt. An
	// error means that nobody can tell at present.
	Allowed func(ctx context.Context, address string) (bool, error)
	Limits  Limits
	// Progress is told how many links of how many were looked at; nil: nobody is. It is
	// called from one goroutine.
	Progress func(done, of int)
	// Yield is that of pipeline.Options; nil: nobody has to wait.
	Yield func(ctx context.Context) error
	Now   func() time.Time // nil is time.Now
	Log   *slog.Logger     // nil discards
}

// A Checker checks links. One run at a time.
type Checker struct {
	o      Options
	client *http.Client
}

// New returns a Checker.
func New(o Options) *Checker {
	o.Limits = o.Limits.withDefaults()
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Progress == nil {
		o.Progress = func(int, int) {}
	}
	c := &Checker{o: o}
	client := *o.Client
	inner := client.CheckRedirect
	client.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if inner != nil {
			if err := inner(req, via); err != nil {
				return err
			}
		} else if len(via) >= 10 {
			return errors.New("it was redirected too often")
		}
		return c.mayAsk(req.Context(), req.URL.String())
	}
	c.client = &client
	return c
}

// errRobots: the address, or one that it redirects to, is not to be asked for.
var errRobots = errors.New("its site's robots.txt does not want it to be asked for")

// errUnclear: whether the address may be asked for is not known at present.
var errUnclear = errors.New("its site's robots.txt cannot be read")

func (c *Checker) mayAsk(ctx context.Context, address string) error {
	allowed, err := c.o.Allowed(ctx, address)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("%w: %w", errUnclear, err)
	case !allowed:
		return errRobots
	}
	return nil
}

// A Report says what a run did.
type Report struct {
	Documents int // whose links were read anew
	Checked   int // links that were looked at
	Asked     int // of those, the ones that somebody was asked for
	Broken    int // links that this run found to be broken
	Mended    int // broken ones that answer again
	Failing   int // that do not answer at present
	Skipped   int // that are not to be asked for
	Left      int // that were due and are left to the next run, as far as it looked
}

// Run reads the links of documents that changed, and looks at those that are due. When
// ctx ends, what was learnt until then is kept.
func (c *Checker) Run(ctx context.Context) (Report, error) {
	var r Report
	if err := c.collect(ctx, &r); err != nil {
		return r, err
	}
	if err := c.o.Catalog.ForgetLinks(ctx); err != nil {
		return r, err
	}
	return r, c.check(ctx, &r)
}

// spread is a time give or take a quarter, always the same for an address.
func spread(d time.Duration, address string) time.Duration {
	h := fnv.New64a()
	_, _ = h.Write([]byte(address)) // it never fails
	return d*3/4 + time.Duration(h.Sum64()%uint64(d/2))
}
