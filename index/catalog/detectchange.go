package catalog

import (
	"context"
	"fmt"
	"time"

	"freshet/index"
)

// A ValueChange is a value of a document that another took the place of.
type ValueChange struct {
	Base     string
	Source   string
	Run      int64 // of the source that brought it
	Seq      int64 // entry of the change log
	At       time.Time
	Type     string // claims.Type
	Document string // key
	// Fact is equal for changes of the same value to the same other in sentences that say
	// the same: on whichever pages.
	Fact index.Hash
	Old  ChangedValue
	New  ChangedValue
	// Label is what names the value, in words; empty without one.
	Label string
	// Still are the documents in which the old value still stands, as was known when it
	// changed; at most MaxStill.
	Still []StillValue
}

// MaxStill bounds ValueChange.Still.
const MaxStill = 20

// A ChangedValue is one side of a ValueChange.
type ChangedValue struct {
	Value    string `json:"value"`  // as written
	Normal   string `json:"normal"` // in its normal form
	Sentence string `json:"sentence"`
}

// A StillValue is a place where an old value stands.
type StillValue struct {
	Document string `json:"document"` // key
	Value    string `json:"value"`
	Sentence string `json:"sentence"`
}

type changeData struct {
	Document string       `json:"document"`
	Fact     string       `json:"fact"`
	Old      ChangedValue `json:"old"`
	New      ChangedValue `json:"new"`
	Label    string       `json:"label,omitempty"`
	Still    []StillValue `json:"still,omitempty"`
}

// changes writes value changes, instead of those of the same entries: an entry that
// is looked at twice tells once.
func (w *detectWriter) changes(d *Detection) error {
	if len(d.Changes) == 0 {
		return nil
	}
	var id int64
	if err := w.tx.QueryRowContext(w.ctx, `SELECT COALESCE(MAX(id), 0) FROM value_changes`).Scan(&id); err != nil {
		return err
	}
	if err := w.each(`DELETE FROM value_changes WHERE base = ? AND seq = ?`, len(d.Changes), func(i int) []any { return []any{d.Changes[i].Base, d.Changes[i].Seq} }); err != nil {
		return err
	}
	return w.each(`INSERT INTO value_changes (id, base, source, run, seq, at, type, data) SELECT ?, ?, ?, run, ?, at, ?, ? FROM log WHERE seq = ?`, len(d.Changes), func(i int) []any {
		x := &d.Changes[i]
		data := encode(changeData{x.Document, x.Fact.String(), x.Old, x.New, x.Label, x.Still})
		return []any{id + int64(i) + 1, x.Base, x.Source, x.Seq, x.Type, data, x.Seq}
	})
}

// A ChangeFilter selects value changes; what is empty admits all.
type ChangeFilter struct {
	Base     string
	Source   string
	Types    []string
	From, To time.Time // From is inclusive, To exclusive
	Limit    int       // at most; 0: 1,000
}

// ValueChanges lists what changed in values, the newest first.
func (c *Catalog) ValueChanges(ctx context.Context, q ChangeFilter) ([]ValueChange, error) {
	cond, args := `v.id > 0`, []any(nil)
	add := func(more string, values ...any) { cond, args = cond+` AND `+more, append(args, values...) }
	if q.Base != "" {
		add(`v.base = ?`, q.Base)
	}
	if q.Source != "" {
		add(`v.source = ?`, q.Source)
	}
	oneOf(add, `v.type`, q.Types)
	if !q.From.IsZero() {
		add(`v.at >= ?`, millis(q.From))
	}
	if !q.To.IsZero() {
		add(`v.at < ?`, millis(q.To))
	}
	if q.Limit <= 0 {
		q.Limit = 1000
	}
	rows, err := c.read.QueryContext(ctx, `SELECT v.base, v.source, v.run, v.seq, v.at, v.type, v.data FROM value_changes v WHERE `+cond+` ORDER BY v.at DESC, v.id LIMIT ?`, append(args, q.Limit)...)
	out, err := collect(rows, err, scanValueChange)
	if err != nil {
		return nil, fmt.Errorf("list changes in values: %w", err)
	}
	return out, nil
}

func scanValueChange(r scanner) (ValueChange, error) {
	var v ValueChange
	var at int64
	var data string
	if err := r.Scan(&v.Base, &v.Source, &v.Run, &v.Seq, &at, &v.Type, &data); err != nil {
		return v, err
	}
	var d changeData
	if err := decode(data, &d); err != nil {
		return v, err
	}
	v.At, v.Document, v.Old, v.New, v.Label, v.Still = fromMillis(at), d.Document, d.Old, d.New, d.Label, d.Still
	fact, err := parseHash(d.Fact)
	v.Fact = fact
	return v, err
}
