package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// SourceState is the publication state of a source.
type SourceState string

const (
	// Draft answers only to previews and test keys.
	Draft SourceState = "draft"
	// Published syncs and serves.
	Published SourceState = "published"
	// Paused serves but does not sync.
	Paused SourceState = "paused"
	// NeedsYou serves; its credentials were refused and its owner has to act.
	NeedsYou SourceState = "needs_you"
	// Detached serves; its block vanished from the configuration, so it does not sync.
	Detached SourceState = "detached"
)

// Origins of a source.
const (
	OriginFile    = "file"    // freshet.yaml: shown but not edited elsewhere
	OriginCommand = "command" // made through the command line or the API
)

// A Guard overrides the thresholds of the deletion guard for one source. Zero
// fields keep the defaults.
type Guard struct {
	Documents int     `json:"documents,omitempty"` // held above so many ...
	Share     float64 `json:"share,omitempty"`     // ... and above this share of the source
}

// A Source is a configured place.
type Source struct {
	ID          string
	Base        string
	Kind        string
	Owner       string
	Schedule    string // "": the kind's
	ReviewEvery time.Duration
	Settings    map[string]any
	Digest      string // of the checked settings
	Extract     map[string]any
	Guard       Guard
	Origin      string
	State       SourceState
	StateReason string
	Refusals    int       // of credentials, in a row
	RefusedAt   time.Time // the first of them
	Created     time.Time
	Updated     time.Time
}

func touchesSources() touched { return touched{sources: true} }

const sourceColumns = `id, base, kind, owner, schedule, review_every, settings, digest, extract, guard, origin, state, state_reason, refusals, refused_at, created, updated`

func scanSource(r scanner) (Source, error) {
	var s Source
	var settings, extract, guard string
	var review, refused, created, updated int64
	err := r.Scan(&s.ID, &s.Base, &s.Kind, &s.Owner, &s.Schedule, &review, &settings, &s.Digest, &extract, &guard,
		&s.Origin, &s.State, &s.StateReason, &s.Refusals, &refused, &created, &updated)
	if err != nil {
		return s, err
	}
	s.ReviewEvery = time.Duration(review) * time.Millisecond
	s.RefusedAt, s.Created, s.Updated = fromMillis(refused), fromMillis(created), fromMillis(updated)
	return s, errors.Join(decode(settings, &s.Settings), decode(extract, &s.Extract), decode(guard, &s.Guard))
}

// PutSource creates or replaces a source's configuration. State and history of a
// source that exists are kept, except that State is set when it is not "".
func (c *Catalog) PutSource(ctx context.Context, s Source) error {
	now := millis(c.now())
	return c.txOn(ctx, "save source "+s.ID, touchesSources, func(tx *sql.Tx) error {
		state := s.State
		if state == "" {
			state = Draft
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sources (`+sourceColumns+`) VALUES (`+placeholders(17)+`)
			ON CONFLICT (id) DO UPDATE SET base = excluded.base, kind = excluded.kind, owner = excluded.owner,
			schedule = excluded.schedule, review_every = excluded.review_every, settings = excluded.settings, digest = excluded.digest,
			extract = excluded.extract, guard = excluded.guard, origin = excluded.origin, updated = excluded.updated`,
			s.ID, s.Base, s.Kind, s.Owner, s.Schedule, s.ReviewEvery.Milliseconds(), encode(s.Settings), s.Digest, encode(s.Extract),
			encode(s.Guard), s.Origin, string(state), s.StateReason, 0, 0, now, now)
		if err != nil {
			return err
		}
		if s.State == "" {
			return nil
		}
		_, err = tx.ExecContext(ctx, `UPDATE sources SET state = ?, state_reason = ? WHERE id = ?`, string(s.State), s.StateReason, s.ID)
		return err
	})
}

// SetSourceState changes the publication state. ErrNotFound when there is no such source.
func (c *Catalog) SetSourceState(ctx context.Context, id string, state SourceState, reason string) error {
	return c.txOn(ctx, "change state of source "+id, touchesSources, func(tx *sql.Tx) error {
		return mustChange(tx.ExecContext(ctx, `UPDATE sources SET state = ?, state_reason = ?, refusals = 0, refused_at = 0, updated = ? WHERE id = ?`,
			string(state), reason, millis(c.now()), id))
	})
}

// CountRefusal records that the source refused its credentials once more; with
// ok, that it accepted them. It returns the source as it is afterwards.
func (c *Catalog) CountRefusal(ctx context.Context, id string, ok bool) (Source, error) {
	now := millis(c.now())
	err := c.txOn(ctx, "count refusals of source "+id, touchesSources, func(tx *sql.Tx) error {
		if ok {
			_, err := tx.ExecContext(ctx, `UPDATE sources SET refusals = 0, refused_at = 0 WHERE id = ? AND refusals > 0`, id)
			return err
		}
		return mustChange(tx.ExecContext(ctx, `UPDATE sources SET refused_at = CASE WHEN refusals = 0 THEN ? ELSE refused_at END, refusals = refusals + 1 WHERE id = ?`, now, id))
	})
	if err != nil {
		return Source{}, err
	}
	return c.Source(ctx, id)
}

func mustChange(r sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// Source returns a source, or ErrNotFound.
func (c *Catalog) Source(ctx context.Context, id string) (Source, error) {
	s, err := scanSource(c.read.QueryRowContext(ctx, `SELECT `+sourceColumns+` FROM sources WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return s, fmt.Errorf("source %q: %w", id, ErrNotFound)
	}
	if err != nil {
		return s, fmt.Errorf("read source %q: %w", id, err)
	}
	return s, nil
}

// Sources lists all sources by ID.
func (c *Catalog) Sources(ctx context.Context) ([]Source, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT `+sourceColumns+` FROM sources ORDER BY id`)
	out, err := collect(rows, err, scanSource)
	if err != nil {
		return nil, fmt.Errorf("list sources: %w", err)
	}
	return out, nil
}

// RemoveSource deletes a source with its documents, history, positions and runs,
// in steps that each commit; it can be repeated until it succeeds. Served chunks
// are taken first, through the change log.
func (c *Catalog) RemoveSource(ctx context.Context, id string) error {
	if _, err := c.Source(ctx, id); err != nil {
		return err
	}
	if err := c.beginRemoval(ctx, id); err != nil {
		return err
	}
	for {
		n, err := c.takeSome(ctx, id)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	return c.tx(ctx, "remove source "+id, func(tx *sql.Tx) error {
		for _, q := range []string{
			`DELETE FROM versions WHERE doc IN (SELECT doc FROM documents WHERE source = ?)`,
			`DELETE FROM seen WHERE doc IN (SELECT doc FROM documents WHERE source = ?)`,
			`DELETE FROM notes WHERE doc IN (SELECT doc FROM documents WHERE source = ?)`,
			`DELETE FROM link_pages WHERE doc IN (SELECT doc FROM documents WHERE source = ?)`,
			`DELETE FROM documents WHERE source = ?`, `DELETE FROM holds WHERE source = ?`, `DELETE FROM retries WHERE source = ?`,
			`DELETE FROM positions WHERE source = ?`, `DELETE FROM memory WHERE source = ?`, `DELETE FROM templates WHERE source = ?`, `DELETE FROM runs WHERE source = ?`,
			`DELETE FROM jobs WHERE subject = ?`, `DELETE FROM sources WHERE id = ?`,
		} {
			if _, err := tx.ExecContext(ctx, q, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// beginRemoval hides the source and takes the lease of a run that is under way:
// what it would still write would be left behind.
func (c *Catalog) beginRemoval(ctx context.Context, id string) error {
	return c.txOn(ctx, "begin removal of source "+id, touchesSources, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM jobs WHERE subject = ?`, id); err != nil {
			return err
		}
		return mustChange(tx.ExecContext(ctx, `UPDATE sources SET state = ?, state_reason = ?, refusals = 0, refused_at = 0, updated = ? WHERE id = ?`,
			string(Draft), "being removed", millis(c.now()), id))
	})
}
