// Package pipeline runs sources into the catalog (Syncer) and the catalog into a
// Store (Applier). It is the only writer of chunks.
package pipeline

import (
	"context"
	"log/slog"
	"time"

	"freshet/connectors"
	"freshet/index/catalog"
	"freshet/pipeline/contents"
	"freshet/pipeline/extract/formats"
)

// Limits of a run. Zero fields take the defaults.
type Limits struct {
	BatchDocuments int           // documents to read in one transaction; 128
	BatchChunks    int           // passages written in one transaction, unless one document has more; 4,000
	BatchStamps    int           // unchanged documents in one transaction; 1,000
	BatchWait      time.Duration // a batch is written after this time even if small; 1 s
	Workers        int           // documents read at once; 2
	DocumentBytes  int64         // of one document; 20 MB
	Confirm        int           // absences confirmed one by one after a pass; 500
	Errors         int           // error texts kept of a run; 20
	RetryAttempts  int           // before a fault waits for the next full pass; 8
	Rereads        int           // documents of one run that are read again because a form is read otherwise; 5,000
}

func (l Limits) withDefaults() Limits {
	set := func(p *int, v int) {
		if *p <= 0 {
			*p = v
		}
	}
	set(&l.BatchDocuments, 128)
	set(&l.BatchChunks, 4000)
	set(&l.BatchStamps, 1000)
	set(&l.Workers, 2)
	set(&l.Confirm, 500)
	set(&l.Errors, 20)
	set(&l.RetryAttempts, 8)
	set(&l.Rereads, 5000)
	if l.BatchWait <= 0 {
		l.BatchWait = time.Second
	}
	if l.DocumentBytes <= 0 {
		l.DocumentBytes = 20 << 20
	}
	return l
}

// Options make a Syncer. Catalog, Open and Extractor are required.
type Options struct {
	Catalog   *catalog.Catalog
	Extractor *formats.Extractor
	// Contents keeps the bytes of documents, so that they can be read otherwise
	// without asking their source; nil keeps none. A source whose texts are masked
	// must be run without it: what is masked never reaches the disk.
	Contents *contents.Store
	// Open opens a configured source. Its error says how to mend the configuration.
	Open   func(ctx context.Context, s catalog.Source) (connectors.Source, connectors.Kind, error)
	Now    func() time.Time
	Log    *slog.Logger
	Limits Limits
	// Yield, when set, is called by each goroutine that works for a run, about every
	// millisecond of its work. It waits as long as questions should go first; its
	// error ends the run. Within a write transaction it is called between two
	// documents until the waits come to 200 ms.
	Yield func(ctx context.Context) error
	// Reached, when set, is told each phase of a run as it is entered. Tests stop
	// the process there.
	Reached func(Phase)
}

// A Syncer runs sources. It is safe for concurrent use on different sources; the
// caller's lease keeps two runs of one source apart, the Fence proves it.
type Syncer struct {
	Options
}

// NewSyncer returns a Syncer.
func NewSyncer(o Options) *Syncer {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Reached == nil {
		o.Reached = func(Phase) {}
	}
	o.Limits = o.Limits.withDefaults()
	return &Syncer{o}
}

// Phase numbers the steps of a run, as ARCHITECTURE does.
type Phase int

// The phases of a run.
const (
	PhaseOpened    Phase = iota + 1 // the source is open, nothing was read
	PhaseListed                     // a batch was collected
	PhasePrepared                   // its documents were read and cut
	PhaseCommitted                  // its transaction is on disk
	PhaseSwept                      // absences were judged
	PhaseLearned                    // what stands on most pages was learned
	PhaseUpserted                   // points were written to the Store
	PhaseMarked                     // the Store's mark has moved
	PhaseDeleted                    // points of closed chunks were deleted
)

// RunOptions say what kind of run is wanted.
type RunOptions struct {
	Full   bool // a full pass even if a feed would do
	DryRun bool // read and compare, write nothing
	Fence  *catalog.Fence
	// Progress is told how far the run is; it must return quickly.
	Progress func(Progress)
}

// Progress of a run.
type Progress struct {
	Source  string
	Seen    int // documents so far
	Total   int // 0: not known
	Chunks  int // written so far
	Pending int // passages whose dense vector is awaited; the documents are done
	// Compared counts the passages that were compared with the rest of the base, after
	// the documents.
	Compared int
	Started  time.Time
}
