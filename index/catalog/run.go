package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Results of a run.
const (
	RunRunning = "running"
	RunDone    = "done"    // everything was read; with documents pending or unreadable it still is
	RunFailed  = "failed"  // stopped by an error; what was committed stays
	RunStopped = "stopped" // stopped by a person or a shutdown; the next run resumes
)

// A Report says what a run did. It is the JSON of `freshet sync`.
type Report struct {
	Run     int64     `json:"run"`
	Source  string    `json:"source"`
	Pass    string    `json:"pass"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended,omitzero"`
	Result  string    `json:"result"`

	New            int `json:"new"`
	TextChanged    int `json:"text_changed"`
	DetailsChanged int `json:"details_changed"`
	Reprocessed    int `json:"reprocessed"`
	Unchanged      int `json:"unchanged"`
	Restored       int `json:"restored"`
	Moved          int `json:"moved"`
	Hidden         int `json:"hidden"`
	Removed        int `json:"removed"`
	Deleted        int `json:"deleted"`
	Excluded       int `json:"excluded"`
	Skipped        int `json:"skipped"`
	Unreadable     int `json:"unreadable"`

	DeletionsPending int            `json:"deletions_pending"`
	ChunksWritten    int            `json:"chunks_written"`
	ChunksKept       int            `json:"chunks_kept"`
	Embedded         int            `json:"embedded"`
	Reasons          map[string]int `json:"reasons"`
	Errors           []string       `json:"errors"`
	Notices          []Notice       `json:"notices,omitempty"`
	LagMS            LagMS          `json:"lag_ms"`
	// Whole: the pass listed everything, so absences could be judged.
	Whole bool `json:"whole"`
}

// Notice is something of the source as a whole that its owner should know.
type Notice struct {
	Code string `json:"code"` // stable, snake_case
	Text string `json:"text"`
}

// LagMS are times between a change and its effect, in milliseconds.
type LagMS struct {
	// Searchable is from the last commit of the run to its being found.
	Searchable int64 `json:"searchable"`
}

// Count adds one document with this outcome.
func (r *Report) Count(o Outcome) {
	switch o {
	case New:
		r.New++
	case TextChanged, Replaced:
		r.TextChanged++
	case DetailsChanged:
		r.DetailsChanged++
	case Reprocessed:
		r.Reprocessed++
	case Unchanged:
		r.Unchanged++
	case Restored:
		r.Restored++
	case Moved:
		r.Moved++
	case WasHidden:
		r.Hidden++
	case WasRemoved:
		r.Removed++
	case Deleted:
		r.Deleted++
	case WasExcluded:
		r.Excluded++
	case Skipped:
		r.Skipped++
	case NotReadable:
		r.Unreadable++
	}
}

// Because counts a named reason.
func (r *Report) Because(reason string) {
	if r.Reasons == nil {
		r.Reasons = make(map[string]int)
	}
	r.Reasons[reason]++
}

// BeginRun records that a run of a source starts and returns its number.
func (c *Catalog) BeginRun(ctx context.Context, r Report) (int64, error) {
	var id int64
	err := c.txApart(ctx, "begin run of "+r.Source, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM runs`).Scan(&id); err != nil {
			return err
		}
		r.Run, r.Result = id, RunRunning
		_, err := tx.ExecContext(ctx, `INSERT INTO runs (id, source, pass, started, ended, result, report) VALUES (?, ?, ?, ?, 0, ?, ?)`,
			id, r.Source, r.Pass, millis(r.Started), r.Result, encode(r))
		return err
	})
	return id, err
}

// EndRun records how a run ended.
func (c *Catalog) EndRun(ctx context.Context, r Report) error {
	return c.txApart(ctx, "end run of "+r.Source, func(tx *sql.Tx) error {
		return mustChange(tx.ExecContext(ctx, `UPDATE runs SET ended = ?, result = ?, report = ? WHERE id = ?`, millis(r.Ended), r.Result, encode(r), r.Run))
	})
}

func scanReport(r scanner) (Report, error) {
	var text string
	var v Report
	if err := r.Scan(&text); err != nil {
		return v, err
	}
	return v, decode(text, &v)
}

// Runs lists the newest runs first, of one source or ("") of all.
func (c *Catalog) Runs(ctx context.Context, source string, limit int) ([]Report, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT report FROM runs WHERE source = ? OR ? = '' ORDER BY id DESC LIMIT ?`, source, source, limit)
	out, err := collect(rows, err, scanReport)
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	return out, nil
}

// Run returns one run, or ErrNotFound.
func (c *Catalog) Run(ctx context.Context, id int64) (Report, error) {
	r, err := scanReport(c.read.QueryRowContext(ctx, `SELECT report FROM runs WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return r, fmt.Errorf("run %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return r, fmt.Errorf("read run %d: %w", id, err)
	}
	return r, nil
}
