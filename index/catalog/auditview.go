package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"freshet/index"
)

// rowsOf yields the rows of a query one by one. What it holds is released when the
// loop ends; an error is the last thing yielded.
func rowsOf[T any](ctx context.Context, v *View, doing string, scan func(scanner) (T, error), query string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := v.tx.QueryContext(ctx, query, args...)
		if err != nil {
			yield(none, fmt.Errorf("%s: %w", doing, err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			x, err := scan(rows)
			if err != nil {
				yield(none, fmt.Errorf("%s: %w", doing, err))
				return
			}
			if !yield(x, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, fmt.Errorf("%s: %w", doing, err))
		}
	}
}

// Base returns a knowledge base, or ErrNotFound.
func (v *View) Base(ctx context.Context, id string) (Base, error) {
	b, err := scanBase(v.tx.QueryRowContext(ctx, `SELECT id, languages, recipe, weights, model, model_seq FROM bases WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return b, fmt.Errorf("read knowledge base %q: %w", id, err)
	}
	return b, nil
}

// Sources yields the sources of a knowledge base by ID.
func (v *View) Sources(ctx context.Context, base string) iter.Seq2[Source, error] {
	return rowsOf(ctx, v, "list sources", scanSource, `SELECT `+sourceColumns+` FROM sources WHERE base = ? ORDER BY id`, base)
}

// Documents yields the documents of a knowledge base, whatever their state, by key.
func (v *View) Documents(ctx context.Context, base string) iter.Seq2[Document, error] {
	return rowsOf(ctx, v, "list documents", scanDocument, `SELECT `+documentColumns+fromDocuments+`WHERE d.base = ? ORDER BY d.doc`, base)
}

// Findings yields the findings of a knowledge base that were found before to and were
// not closed before from, by ID.
func (v *View) Findings(ctx context.Context, base string, from, to time.Time) iter.Seq2[index.Finding, error] {
	return rowsOf(ctx, v, "list findings", scanFinding, `SELECT `+findingColumns+` FROM findings f
		WHERE f.base = ? AND f.found < ? AND (f.closed = 0 OR f.closed >= ?) ORDER BY f.id`, base, millis(to), millis(from))
}

// A FindingAct is a line of the history of findings, with what of the finding tells
// which detector made it.
type FindingAct struct {
	FindingEvent
	Of index.Finding
}

// FindingActs yields what happened to the findings of a knowledge base from one time
// to before another, oldest first.
func (v *View) FindingActs(ctx context.Context, base string, from, to time.Time) iter.Seq2[FindingAct, error] {
	scan := func(r scanner) (FindingAct, error) {
		var a FindingAct
		var at int64
		f, err := scanFinding(scanAfter{r, []any{&a.Finding, &at, &a.By, &a.Kind, &a.Text}})
		a.Of, a.At = f, fromMillis(at)
		return a, err
	}
	return rowsOf(ctx, v, "list what was decided", scan, `SELECT e.finding, e.at, e.by_whom, e.kind, e.text, `+findingColumns+`
		FROM finding_events e JOIN findings f ON f.id = e.finding WHERE f.base = ? AND e.at >= ? AND e.at < ? ORDER BY e.id`, base, millis(from), millis(to))
}

// scanAfter reads some columns of its own before those of another.
type scanAfter struct {
	r     scanner
	first []any
}

func (s scanAfter) Scan(dest ...any) error { return s.r.Scan(append(s.first, dest...)...) }

// Runs yields the runs of all sources that began from one time to before another,
// oldest first.
func (v *View) Runs(ctx context.Context, from, to time.Time) iter.Seq2[Report, error] {
	return rowsOf(ctx, v, "list runs", scanReport, `SELECT report FROM runs WHERE started >= ? AND started < ? ORDER BY id`, millis(from), millis(to))
}

// Queries yields what was asked of a knowledge base from one time to before another,
// oldest first.
func (v *View) Queries(ctx context.Context, base string, from, to time.Time) iter.Seq2[Query, error] {
	return rowsOf(ctx, v, "list queries", scanQuery, `SELECT `+queryColumns+` FROM queries WHERE at >= ? AND at < ? AND base = ? ORDER BY at, id`, millis(from), millis(to), base)
}

// A BrokenLink is an address that a served document leads to and that is gone.
type BrokenLink struct {
	URL         string
	Document    string // key
	Status      int    // of HTTP; 0: nobody answered
	Reason      string
	FirstFailed time.Time
}

// BrokenLinks yields the links of a knowledge base's served documents that are known
// to be broken since before a time, by document.
func (v *View) BrokenLinks(ctx context.Context, base string, before time.Time) iter.Seq2[BrokenLink, error] {
	scan := func(r scanner) (BrokenLink, error) {
		var l BrokenLink
		var at int64
		err := r.Scan(&l.URL, &l.Document, &l.Status, &l.Reason, &at)
		l.FirstFailed = fromMillis(at)
		return l, err
	}
	return rowsOf(ctx, v, "list broken links", scan, `SELECT l.url, p.doc, l.status, l.reason, l.first_failed
		FROM links l JOIN link_pages p ON p.url = l.url JOIN documents d ON d.doc = p.doc
		WHERE l.state = 'broken' AND l.first_failed < ? AND d.base = ? AND d.state IN ('present', 'unreadable') ORDER BY p.doc, l.url`, millis(before), base)
}

// ValueChanges yields what changed in values in a knowledge base from one time to
// before another, oldest first.
func (v *View) ValueChanges(ctx context.Context, base string, from, to time.Time) iter.Seq2[ValueChange, error] {
	return rowsOf(ctx, v, "list changes of values", scanValueChange, `SELECT `+valueChangeColumns+` FROM value_changes v
		WHERE v.base = ? AND v.at >= ? AND v.at < ? ORDER BY v.id`, base, millis(from), millis(to))
}

const valueChangeColumns = `v.base, v.source, v.run, v.seq, v.at, v.type, v.data`

// A MutedRule is a rule that is silent between two sources.
type MutedRule struct {
	Rule               string
	SourceA, SourceB   string
	Confirmed, Refused int
	Since              time.Time
}

// Mutes yields the rules that are silent in a knowledge base since before a time.
func (v *View) Mutes(ctx context.Context, base string, before time.Time) iter.Seq2[MutedRule, error] {
	scan := func(r scanner) (MutedRule, error) {
		var m MutedRule
		var since int64
		err := r.Scan(&m.Rule, &m.SourceA, &m.SourceB, &m.Confirmed, &m.Refused, &since)
		m.Since = fromMillis(since)
		return m, err
	}
	return rowsOf(ctx, v, "list muted rules", scan, `SELECT rule, source_a, source_b, confirmed, refused, since FROM mutes
		WHERE base = ? AND since > 0 AND since < ? ORDER BY rule, source_a, source_b`, base, millis(before))
}

// An EmbeddingState says how many passages of a knowledge base lack a vector of the
// model that answers questions: those of before a change of models, and those that the
// embedder has not taken yet.
type EmbeddingState struct {
	Model    string // empty: questions are answered by words alone
	Passages int
	Missing  int
}

// Embedding compares the passages of a knowledge base with the active model.
func (v *View) Embedding(ctx context.Context, base string) (EmbeddingState, error) {
	var e EmbeddingState
	count := func(into *int, cond string, args ...any) error {
		return v.tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM chunks c JOIN documents d ON d.doc = c.doc
			WHERE d.base = ? AND c.until_seq = ? AND d.state IN ('present', 'unreadable')`+cond, append([]any{base, index.Open}, args...)...).Scan(into)
	}
	if err := count(&e.Passages, ``); err != nil {
		return e, fmt.Errorf("count passages: %w", err)
	}
	t, err := scanTarget(v.tx.QueryRowContext(ctx, `SELECT `+targetColumns+` FROM targets WHERE state = ?`, string(TargetActive)))
	if errors.Is(err, sql.ErrNoRows) || err == nil && t.Space.Dimension == 0 {
		return e, nil
	}
	if err == nil {
		e.Model = t.Space.Model
		err = count(&e.Missing, ` AND NOT EXISTS (SELECT 1 FROM vectors v WHERE v.fingerprint = ? AND v.input_hash = c.input_hash)`, t.Space.DenseFingerprint())
	}
	if err != nil {
		return e, fmt.Errorf("count passages without a vector: %w", err)
	}
	return e, nil
}

// LastDone returns when a source was last read without a failure, before a time; the
// zero time when it never was.
func (v *View) LastDone(ctx context.Context, source string, before time.Time) (time.Time, error) {
	var at int64
	err := v.tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(ended), 0) FROM runs WHERE source = ? AND result = ? AND ended < ?`, source, RunDone, millis(before)).Scan(&at)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the last run of %s: %w", source, err)
	}
	return fromMillis(at), nil
}

// Asked tells who is asked about a document, by the rules as the view shows them and
// whoever is away at a moment.
func (v *View) Asked(ctx context.Context, at time.Time) (func(*Document) Asked, error) {
	r := &asker{now: at, sources: map[string]string{}}
	for o, err := range rowsOf(ctx, v, "list owners", scanOwnership, `SELECT `+ownershipColumns+` FROM ownership ORDER BY kind, subject, base, id`) {
		if err != nil {
			return nil, err
		}
		r.rules = append(r.rules, o)
	}
	for s, err := range rowsOf(ctx, v, "list sources", scanSource, `SELECT `+sourceColumns+` FROM sources ORDER BY id`) {
		if err != nil {
			return nil, err
		}
		r.sources[s.ID] = s.Owner
	}
	return r.of, nil
}
