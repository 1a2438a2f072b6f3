// Package api answers /v1: search and the answer ledger for the chat runtime,
// sources, documents, runs and keys for owners and operators. The command line
// talks to it too, over a local socket or within one process.
//
// What needs connectors or the pipeline comes through the seams of this file; cmd
// gives them. Their errors are answered by what they wrap: ErrBusy, ErrInvalid,
// ErrConflict, ErrSource, ErrNotReady and catalog.ErrNotFound with their own sentence,
// all others with the request's ID alone.
package api

import (
	"context"
	"time"

	"freshet/index/catalog"
)

// Sources knows the kinds of sources and their settings.
type Sources interface {
	// Kinds describes every kind for forms.
	Kinds() []Kind
	// Test says in words what works of a source that need not be saved.
	Test(ctx context.Context, s Spec) ([]Check, error)
	// Preview reads the first n documents as they would be indexed, and writes nothing.
	Preview(ctx context.Context, s Spec, n int) ([]Preview, error)
	// Put checks and saves a source. Without accept, nothing is saved when
	// documents would be hidden by it: Saved.Hides says how many, and which first.
	Put(ctx context.Context, s Spec, accept bool, by string) (Saved, error)
	// SetState publishes, pauses, resumes or drafts a source and its schedule.
	SetState(ctx context.Context, id string, state catalog.SourceState, reason string) error
	// Remove deletes a source with all that came from it.
	Remove(ctx context.Context, id string) error
	// NextRuns returns the next n times at which a source is due; none when it is
	// paused, detached or has no schedule.
	NextRuns(ctx context.Context, id string, n int) ([]time.Time, error)
}

// Syncs runs sources and settles what waits for approval.
type Syncs interface {
	// Sync runs a source now, or waits for the run that is under way and runs it
	// again. It returns when the run has ended and, unless it was a rehearsal, what
	// it wrote can be found.
	Sync(ctx context.Context, id string, o SyncOptions) (catalog.Report, error)
	// Progress says how far the run of a source is that is under way.
	Progress(id string) (Progress, bool)
	Approve(ctx context.Context, id string, documents []string, by string) (Settled, error)
	Reject(ctx context.Context, id string, documents []string, by string) (Settled, error)
}

// Index looks after the index and its change to another one.
type Index interface {
	Status(ctx context.Context) (IndexStatus, error)
	// Verify compares catalog and index; with repair it mends what differs.
	Verify(ctx context.Context, repair bool) (IndexComparison, error)
	// Rebuild begins a migration where the configuration asks for another index than
	// the active one, or where o.Afresh does; else it fills the active one anew and
	// returns when that is done. ErrConflict with a sentence when that cannot be.
	Rebuild(ctx context.Context, o RebuildOptions) error
	// Estimate counts what a migration to what is configured would embed.
	Estimate(ctx context.Context) (IndexEstimate, error)
	// Switch has a migration that waits go on; with force though its gain is doubtful.
	Switch(ctx context.Context, force bool) error
	// RollBack ends the migration that is under way: the index of before answers.
	RollBack(ctx context.Context, reason string) error
	// Ready reports why searches cannot be answered yet, or nil.
	Ready(ctx context.Context) error
}

// A Spec is a source as it is written in the configuration.
type Spec struct {
	ID          string         `json:"id"`
	Base        string         `json:"knowledge_base"`
	Kind        string         `json:"type"`
	Owner       string         `json:"owner,omitempty"`
	Schedule    string         `json:"schedule,omitempty"`
	ReviewEvery string         `json:"review_every,omitempty"`
	Publish     bool           `json:"publish,omitempty"`
	Settings    map[string]any `json:"settings"`
	Extract     map[string]any `json:"extract,omitempty"`
	Guard       catalog.Guard  `json:"guard,omitzero"`
}

// A Kind as forms show it.
type Kind struct {
	Name     string  `json:"name"`
	Title    string  `json:"title"`
	Help     string  `json:"help"`
	Schedule string  `json:"default_schedule"`
	Fields   []Field `json:"fields"`
}

// A Field of a kind's settings.
type Field struct {
	Key      string   `json:"key"`
	Type     string   `json:"type"`
	Label    string   `json:"label,omitempty"`
	Help     string   `json:"help,omitempty"`
	Example  string   `json:"example,omitempty"`
	Default  any      `json:"default,omitempty"`
	Required bool     `json:"required,omitempty"`
	Secret   bool     `json:"secret,omitempty"`
	OneOf    []string `json:"one_of,omitempty"`
}

// A Check is one thing that was looked at when a source was tested.
type Check struct {
	Name   string `json:"name"`
	Status string `json:"status"` // ok, warning, failure
	Text   string `json:"text"`
}

// A Preview is a document as it would be indexed.
type Preview struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	URL      string   `json:"url,omitempty"`
	Locale   string   `json:"locale,omitempty"`
	Outcome  string   `json:"outcome"` // read, skipped, unreadable
	Reason   string   `json:"reason,omitempty"`
	Words    int      `json:"words"`
	Passages int      `json:"passages"`
	Text     string   `json:"text,omitempty"` // Markdown, cut
	Labels   []string `json:"labels,omitempty"`
}

// Saved says what saving a source did, or would do.
type Saved struct {
	Saved bool     `json:"saved"`
	Hides int      `json:"hides"`           // documents that the settings no longer list
	First []string `json:"first,omitempty"` // of them
	State string   `json:"state"`
}

// SyncOptions say what kind of run is wanted.
type SyncOptions struct {
	Full   bool `json:"full,omitempty"`
	DryRun bool `json:"dry_run,omitempty"`
}

// Progress of a run under way.
type Progress struct {
	Seen    int `json:"seen"`
	Total   int `json:"total,omitempty"`
	Chunks  int `json:"chunks"`
	Pending int `json:"pending,omitempty" doc:"Passages whose dense vector is awaited, after the documents"`
	// Compared is 0 until doubts are looked for.
	Compared int       `json:"compared,omitempty" doc:"Passages that were compared with the rest of the base, after the documents"`
	Started  time.Time `json:"started"`
}

// Settled says what became of a decision.
type Settled struct {
	Done  int `json:"done"`
	Kept  int `json:"kept"`
	Still int `json:"still"`
}

// IndexComparison is what a comparison of catalog and Store found.
type IndexComparison struct {
	Chunks   int   `json:"chunks"`
	Points   int   `json:"points"`
	Missing  int   `json:"missing"`
	Foreign  int   `json:"foreign"`
	Differ   int   `json:"differ"`
	Repaired int   `json:"repaired"`
	Mark     int64 `json:"mark"`
	Head     int64 `json:"head"`
}
