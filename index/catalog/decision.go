package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"freshet/index"
)

// What a decision is kept on, as index.Decision has it in Scope.
const (
	ScopeContent  = "content"   // these sentences: ContentKey
	ScopePages    = "pages"     // this pair of pages: PagesKey
	ScopePageRule = "page_rule" // this rule on this page: PageRuleKey
	ScopeFinding  = "finding"   // the finding as people see it, with all that taking it back needs
	// scopeBetween remembers which pages a decision was about, for those who find the
	// next doubt between them. It covers nothing.
	scopeBetween = "between"
)

// findingKey is what the decision on a finding itself is kept on.
func findingKey(id string) index.Hash { return index.HashTexts("decision/finding", id) }

// A decisionData is what of a decision nobody asks the database for. All but the first
// is of scope finding, and serves to take the decision back.
type decisionData struct {
	Decision index.Decision     `json:"decision"`
	Notes    []DocumentNote     `json:"notes,omitempty"`    // that it took down
	Confirms []confirmation     `json:"confirms,omitempty"` // as they were before
	Counts   []muteCount        `json:"counts,omitempty"`
	Excludes string             `json:"excludes,omitempty"` // document
	Until    int64              `json:"until,omitempty"`    // of the finding's snooze before, in milliseconds
	Due      int64              `json:"due,omitempty"`
	State    index.FindingState `json:"state,omitempty"` // before
	// Subject is the key of scope pages or page_rule that it was taken on, and that may
	// cover other findings too.
	Subject *decidedSubject `json:"subject,omitempty"`
}

// A confirmation is a document's, as it was.
type confirmation struct {
	Document string `json:"document"`
	Was      int64  `json:"was"`
	WasBy    string `json:"was_by,omitempty"`
	Is       int64  `json:"is"`
}

// A decisionRow is a row of decisions.
type decisionRow struct {
	id        int64
	subject   index.Hash
	scope     string
	finding   string
	data      decisionData
	withdrawn int64
}

const decisionColumns = `id, subject, scope, finding, data, withdrawn`

func scanDecision(r scanner) (decisionRow, error) {
	var d decisionRow
	var subject []byte
	var data string
	if err := r.Scan(&d.id, &subject, &d.scope, &d.finding, &data, &d.withdrawn); err != nil {
		return d, err
	}
	d.subject = toHash(subject)
	err := decode(data, &d.data)
	d.data.Decision.Withdrew = fromMillis(d.withdrawn)
	return d, err
}

// A decided subject is what one row of decisions is kept on.
type decidedSubject struct {
	Key   index.Hash `json:"key"`
	Scope string     `json:"scope"`
}

// subjectsOf are what a decision on a finding is kept on.
func subjectsOf(finding string, pairs []Pair, scope string, key index.Hash) []decidedSubject {
	out := []decidedSubject{{findingKey(finding), ScopeFinding}}
	seen := make(map[decidedSubject]bool)
	add := func(s decidedSubject) {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	if scope == ScopePages || scope == ScopePageRule {
		add(decidedSubject{key, scope})
	}
	for i := range pairs {
		p := &pairs[i]
		if scope == ScopeContent {
			add(decidedSubject{p.Content, ScopeContent})
		}
		if scope == ScopePages {
			add(decidedSubject{PagesKey(p.A.Document, p.B.Document), ScopePages})
		}
		add(decidedSubject{PagesKey(p.A.Document, p.B.Document), scopeBetween})
	}
	return out
}

// putDecision writes the rows of a decision within a transaction.
func putDecision(ctx context.Context, tx *sql.Tx, subjects []decidedSubject, d *decisionData) error {
	var id int64
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM decisions`).Scan(&id); err != nil {
		return err
	}
	said := d.Decision
	brief := encode(decisionData{Decision: said})
	for _, s := range subjects {
		id++
		data := brief
		if s.Scope == ScopeFinding {
			data = encode(d)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO decisions (id, subject, scope, finding, verdict, data, by_whom, at, withdrawn) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)`,
			id, s.Key[:], s.Scope, said.Finding, string(said.Verdict), data, said.By, millis(said.At)); err != nil {
			return err
		}
	}
	return nil
}

// headOf returns the decision on a finding that holds, nil when there is none.
func headOf(ctx context.Context, tx *sql.Tx, finding string) (*decisionRow, error) {
	key := findingKey(finding)
	rows, err := tx.QueryContext(ctx, `SELECT `+decisionColumns+` FROM decisions WHERE subject = ? AND scope = ? AND withdrawn = 0 ORDER BY id DESC LIMIT 1`, key[:], ScopeFinding)
	list, err := collect(rows, err, scanDecision)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// withdraw ends all decisions on a finding within a transaction.
func withdraw(ctx context.Context, tx *sql.Tx, finding string, at int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE decisions SET withdrawn = ? WHERE finding = ? AND withdrawn = 0`, at, finding)
	return err
}

// DecisionsOn returns the decision that holds on each of these keys (ContentKey,
// PagesKey, PageRuleKey), the newest where there are several. Keys on which nobody
// has decided are not in the map.
func (c *Catalog) DecisionsOn(ctx context.Context, keys []index.Hash) (map[index.Hash]index.Decision, error) {
	out := make(map[index.Hash]index.Decision)
	list, err := c.decisionsBy(ctx, keys, `scope IN ('content', 'pages', 'page_rule') AND withdrawn = 0`)
	if err != nil {
		return nil, fmt.Errorf("read decisions: %w", err)
	}
	for i := range list {
		out[list[i].subject] = list[i].data.Decision
	}
	return out, nil
}

// DecisionsBetween returns what was ever decided on doubts between two documents, or
// on one when both are the same, oldest first; Withdrew tells which no longer hold.
func (c *Catalog) DecisionsBetween(ctx context.Context, a, b string) ([]index.Decision, error) {
	list, err := c.decisionsBy(ctx, []index.Hash{PagesKey(a, b)}, `scope = 'between'`)
	if err != nil {
		return nil, fmt.Errorf("read decisions between %s and %s: %w", a, b, err)
	}
	return decisionsIn(list), nil
}

// DecisionsOf returns what was ever decided on a finding, oldest first.
func (c *Catalog) DecisionsOf(ctx context.Context, finding string) ([]index.Decision, error) {
	list, err := c.decisionsBy(ctx, []index.Hash{findingKey(finding)}, `scope = 'finding'`)
	if err != nil {
		return nil, fmt.Errorf("read decisions on finding %s: %w", finding, err)
	}
	return decisionsIn(list), nil
}

func decisionsIn(list []decisionRow) []index.Decision {
	out := make([]index.Decision, len(list))
	for i := range list {
		out[i] = list[i].data.Decision
	}
	return out
}

// decisionsBy reads the rows on keys that meet a condition, oldest first.
func (c *Catalog) decisionsBy(ctx context.Context, keys []index.Hash, cond string) ([]decisionRow, error) {
	var out []decisionRow
	const page = 128
	for len(keys) > 0 {
		part := keys[:min(page, len(keys))]
		keys = keys[len(part):]
		n := padded(len(part))
		args := make([]any, n)
		for i := range n {
			args[i] = part[min(i, len(part)-1)][:]
		}
		rows, err := c.read.QueryContext(ctx, `SELECT `+decisionColumns+` FROM decisions WHERE subject IN (`+placeholders(n)+`) AND `+cond+` ORDER BY id`, args...)
		list, err := collect(rows, err, scanDecision)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// lapse ends the decisions on a finding because what they were taken of has changed:
// their notes are taken down, within a transaction that has to touch the documents that
// it returns. held are the decisions that no longer hold; what was counted of them for
// mutes stays, for it was right when it was said.
func lapse(ctx context.Context, tx *sql.Tx, finding string, at time.Time) (held []index.Decision, documents []string, err error) {
	head, err := headOf(ctx, tx, finding)
	if err != nil || head == nil {
		return nil, nil, err
	}
	if documents, err = dropNotes(ctx, tx, finding, index.NoteSuppress, index.NoteHide, index.NoteScope); err != nil {
		return nil, nil, err
	}
	said := head.data.Decision
	said.Withdrew = at
	return []index.Decision{said}, documents, withdraw(ctx, tx, finding, millis(at))
}
