package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"freshet/index"
)

// ContentKey identifies what a decision on content was taken of: two sentences, in
// either order, and the kind of value that they differ in. Of a stale document both
// are the hash of its text, and the type is the rule.
func ContentKey(kind string, a, b index.Hash) index.Hash {
	if slices.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	return index.HashTexts("decision/content", kind, a.String(), b.String())
}

// PagesKey identifies two documents, in either order, as what a decision was taken of.
func PagesKey(a, b string) index.Hash {
	if a > b {
		a, b = b, a
	}
	return index.HashTexts("decision/pages", a, b)
}

// PageRuleKey identifies a rule on a document as what a decision was taken of.
func PageRuleKey(document, rule string) index.Hash {
	return index.HashTexts("decision/page_rule", document, rule)
}

// findingData is what of a finding nobody asks the database for.
type findingData struct {
	Members   []index.Member      `json:"members"`
	Title     map[string]string   `json:"title,omitempty"`
	Reasons   map[string][]string `json:"reasons,omitempty"`
	Codes     []string            `json:"codes,omitempty"`
	Suggested int                 `json:"suggested"`
	Because   map[string]string   `json:"because,omitempty"`
	Earlier   []index.Decision    `json:"earlier,omitempty"`
}

const findingColumns = `f.id, f.base, f.kind, f.rule, f.type, f.tier, f.p, f.severity, f.state, f.outcome, f.owners, f.data, f.found, f.updated, f.closed, f.until, f.due`

// shares are kept as millionths.
const million = 1_000_000

func scanFinding(r scanner) (index.Finding, error) {
	var f index.Finding
	var p, severity, found, updated, closed, until, due int64
	var owners, data string
	err := r.Scan(&f.ID, &f.Base, &f.Kind, &f.Rule, &f.Type, &f.Tier, &p, &severity, &f.State, &f.Outcome, &owners, &data, &found, &updated, &closed, &until, &due)
	if err != nil {
		return f, err
	}
	var d findingData
	if err := errors.Join(decode(data, &d), decode(owners, &f.Owners)); err != nil {
		return f, err
	}
	f.P, f.Severity = float64(p)/million, float64(severity)/million
	f.Members, f.Title, f.Reasons, f.Codes, f.Suggested, f.Because, f.Earlier = d.Members, d.Title, d.Reasons, d.Codes, d.Suggested, d.Because, d.Earlier
	f.Found, f.Updated, f.Closed, f.Until, f.Due = fromMillis(found), fromMillis(updated), fromMillis(closed), fromMillis(until), fromMillis(due)
	return f, nil
}

// putFinding writes a finding within a transaction, instead of the one with its ID.
func putFinding(ctx context.Context, tx *sql.Tx, f *index.Finding) error {
	owners := f.Owners
	if owners == nil {
		owners = []string{}
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO findings (id, base, kind, rule, type, tier, p, severity, state, outcome, owners, data, found, updated, closed, until, due)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET base = excluded.base, kind = excluded.kind, rule = excluded.rule, type = excluded.type, tier = excluded.tier, p = excluded.p,
		severity = excluded.severity, state = excluded.state, outcome = excluded.outcome, owners = excluded.owners, data = excluded.data, found = excluded.found,
		updated = excluded.updated, closed = excluded.closed, until = excluded.until, due = excluded.due`,
		f.ID, f.Base, string(f.Kind), f.Rule, f.Type, string(f.Tier), share(f.P), share(f.Severity), string(f.State), string(f.Outcome), encode(owners),
		encode(findingData{f.Members, f.Title, f.Reasons, f.Codes, f.Suggested, f.Because, f.Earlier}),
		millis(f.Found), millis(f.Updated), millis(f.Closed), millis(f.Until), millis(f.Due))
	return err
}

func share(x float64) int64 { return int64(math.Round(x * million)) }

// Finding returns one finding; ErrNotFound when there is none with this ID.
func (c *Catalog) Finding(ctx context.Context, id string) (index.Finding, error) {
	f, err := scanFinding(c.read.QueryRowContext(ctx, `SELECT `+findingColumns+` FROM findings f WHERE f.id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return f, fmt.Errorf("read finding %s: %w", id, err)
	}
	return f, nil
}

// A FindingFilter selects findings; what is empty admits all.
type FindingFilter struct {
	Base     string
	IDPrefix string
	Kinds    []index.FindingKind
	Rules    []string
	Types    []string
	States   []index.FindingState
	Tiers    []index.Tier
	Owner    string // one of the owners
	Document string // key of a member
	// FoundFrom and so on bound times: from is inclusive, to exclusive.
	FoundFrom, FoundTo   time.Time
	ClosedFrom, ClosedTo time.Time
	// After is where the page before ended: the severity and ID of its last finding.
	AfterSeverity float64
	AfterID       string
	Limit         int // at most; 0: 100
}

// Findings lists findings by severity, the highest first, then by ID.
func (c *Catalog) Findings(ctx context.Context, q FindingFilter) ([]index.Finding, error) {
	cond, args := q.where()
	if q.Limit <= 0 {
		q.Limit = 100
	}
	rows, err := c.read.QueryContext(ctx, `SELECT `+findingColumns+` FROM findings f WHERE `+cond+` ORDER BY f.severity DESC, f.id LIMIT ?`, append(args, q.Limit)...)
	list, err := collect(rows, err, scanFinding)
	if err != nil {
		return nil, fmt.Errorf("list findings: %w", err)
	}
	return list, nil
}

// CountFindings counts what Findings would list, whatever After and Limit are.
func (c *Catalog) CountFindings(ctx context.Context, q FindingFilter) (int, error) {
	q.AfterID = ""
	cond, args := q.where()
	var n int
	if err := c.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM findings f WHERE `+cond, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count findings: %w", err)
	}
	return n, nil
}

func (q *FindingFilter) where() (string, []any) {
	conds, args := []string{`f.id <> ''`}, []any(nil)
	add := func(cond string, values ...any) {
		conds, args = append(conds, cond), append(args, values...)
	}
	if q.Base != "" {
		add(`f.base = ?`, q.Base)
	}
	if q.IDPrefix != "" {
		add(`f.id >= ? AND f.id < ?`, q.IDPrefix, q.IDPrefix+"\U0010FFFF")
	}
	oneOf(add, `f.kind`, q.Kinds)
	oneOf(add, `f.rule`, q.Rules)
	oneOf(add, `f.type`, q.Types)
	oneOf(add, `f.state`, q.States)
	oneOf(add, `f.tier`, q.Tiers)
	if q.Owner != "" {
		add(`f.owners LIKE ? ESCAPE '\'`, "%"+likeEscaper.Replace(encode(q.Owner))+"%")
	}
	if q.Document != "" {
		add(`f.id IN (SELECT finding FROM pairs WHERE a_doc = ? UNION SELECT finding FROM pairs WHERE b_doc = ?)`, q.Document, q.Document)
	}
	for _, bound := range []struct {
		cond string
		at   time.Time
	}{{`f.found >= ?`, q.FoundFrom}, {`f.found < ?`, q.FoundTo}, {`f.closed >= ?`, q.ClosedFrom}, {`f.closed < ?`, q.ClosedTo}} {
		if !bound.at.IsZero() {
			add(bound.cond, millis(bound.at))
		}
	}
	if !q.ClosedTo.IsZero() {
		add(`f.closed > 0`)
	}
	if q.AfterID != "" {
		add(`(f.severity < ? OR f.severity = ? AND f.id > ?)`, share(q.AfterSeverity), share(q.AfterSeverity), q.AfterID)
	}
	return strings.Join(conds, ` AND `), args
}

func oneOf[T ~string](add func(string, ...any), column string, values []T) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = string(v)
	}
	add(column+` IN (`+placeholders(len(values))+`)`, args...)
}
