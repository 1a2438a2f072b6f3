package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// A DocumentUsage is how often a document was served, and what people thought of it.
type DocumentUsage struct {
	Retrievals int // answers whose passages it was among
	Answers    int // of those, the ones with an answer that it stood high enough to make
	Rated      int // answers with feedback about it
	Bad        int // of those, the ones that somebody found not helpful, wrong or outdated
}

// Usage is how often the documents of a base were served from a time on.
type Usage struct {
	Documents map[string]DocumentUsage // by key; those that never were are left out
	// Oldest is the first question in the ledger of the base; zero without any. Nothing
	// is known of what was asked before it.
	Oldest time.Time
}

// answeringHits is how many of the first passages an answer is made from.
const answeringHits = 3

// usagePage is how many rows of the ledger are read at a time.
const usagePage = 2_000

// A servedAnswer is what of a row's Served says which documents there were.
type servedAnswer struct {
	Hits []struct {
		Chunk  string   `json:"chunk_id"`
		Joined []string `json:"joined"`
		Key    string   `json:"key"`
	} `json:"hits"`
}

// Usage goes once through the ledger of a base from a time on. Feedback on a passage is
// about its document, feedback on an answer about the document of its first passage. It
// holds no transaction between two pages, and in memory no more than the documents that
// were served.
func (c *Catalog) Usage(ctx context.Context, base string, since time.Time) (Usage, error) {
	u := Usage{Documents: make(map[string]DocumentUsage)}
	var oldest sql.NullInt64
	if err := c.read.QueryRowContext(ctx, `SELECT MIN(at) FROM queries WHERE base = ?`, base).Scan(&oldest); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return u, fmt.Errorf("read the ledger of %s: %w", base, err)
	}
	u.Oldest = fromMillis(oldest.Int64)
	at, id := millis(since)-1, ""
	for {
		rows, err := c.ledgerPage(ctx, base, at, id)
		if err != nil {
			return u, fmt.Errorf("read the ledger of %s: %w", base, err)
		}
		for i := range rows {
			u.count(&rows[i])
		}
		if len(rows) < usagePage {
			return u, nil
		}
		at, id = rows[len(rows)-1].at, rows[len(rows)-1].id
	}
}

// A ledgerRow is a question with the feedback on it.
type ledgerRow struct {
	at        int64
	id, state string
	served    []byte
	feedback  []Feedback
}

// ledgerPage reads the rows behind one, the oldest first.
func (c *Catalog) ledgerPage(ctx context.Context, base string, at int64, id string) ([]ledgerRow, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT at, id, state, served FROM queries WHERE at >= ? AND base = ? AND (at > ? OR id > ?) ORDER BY at, id LIMIT ?`, at, base, at, id, usagePage)
	out, err := collect(rows, err, func(r scanner) (ledgerRow, error) {
		var row ledgerRow
		return row, r.Scan(&row.at, &row.id, &row.state, &row.served)
	})
	if err != nil || len(out) == 0 {
		return nil, err
	}
	places := make(map[string]int, len(out))
	for i := range out {
		places[out[i].id] = i
	}
	rows, err = c.read.QueryContext(ctx, `SELECT f.query_id, f.chunk, f.verdict FROM feedback f JOIN queries q ON q.id = f.query_id
		WHERE q.at >= ? AND q.at <= ? AND q.base = ? ORDER BY f.id`, out[0].at, out[len(out)-1].at, base)
	list, err := collect(rows, err, func(r scanner) (Feedback, error) {
		var f Feedback
		return f, r.Scan(&f.QueryID, &f.Chunk, &f.Verdict)
	})
	for _, f := range list {
		if i, ok := places[f.QueryID]; ok {
			out[i].feedback = append(out[i].feedback, f)
		}
	}
	return out, err
}

// count counts one question. A row whose Served is of another form counts for nothing.
func (u *Usage) count(row *ledgerRow) {
	var answer servedAnswer
	if err := json.Unmarshal(row.served, &answer); err != nil || len(answer.Hits) == 0 {
		return
	}
	answered := row.state != "none"
	seen := make(map[string]bool, len(answer.Hits))
	for i := range answer.Hits {
		key := answer.Hits[i].Key
		if key == "" || seen[key] {
			continue
		}
		seen[key] = true
		d := u.Documents[key]
		d.Retrievals++
		if answered && i < answeringHits {
			d.Answers++
		}
		u.Documents[key] = d
	}
	rated := make(map[string]bool)
	for _, f := range row.feedback {
		key := answer.documentOf(f.Chunk)
		if key == "" {
			continue
		}
		rated[key] = rated[key] || isBad(f.Verdict)
	}
	for key, bad := range rated {
		d := u.Documents[key]
		d.Rated++
		if bad {
			d.Bad++
		}
		u.Documents[key] = d
	}
}

func (a *servedAnswer) documentOf(chunk string) string {
	if chunk == "" {
		return a.Hits[0].Key
	}
	for i := range a.Hits {
		if a.Hits[i].Chunk == chunk {
			return a.Hits[i].Key
		}
		for _, j := range a.Hits[i].Joined {
			if j == chunk {
				return a.Hits[i].Key
			}
		}
	}
	return ""
}

func isBad(verdict string) bool {
	return verdict == "not_helpful" || verdict == "wrong" || verdict == "outdated"
}
