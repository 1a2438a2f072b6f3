package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"freshet/index"
)

// A DocumentNote is a note with the document that it hangs on.
type DocumentNote struct {
	Document string // key
	index.Note
}

// NotesOf lists the notes of a document in the order in which they were written, those
// that say nothing at present among them.
func (c *Catalog) NotesOf(ctx context.Context, document string) ([]index.Note, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT `+noteColumns+` FROM notes n WHERE n.doc = ? ORDER BY n.id`, document)
	list, err := collect(rows, err, scanNote)
	if err != nil {
		return nil, fmt.Errorf("read notes of %s: %w", document, err)
	}
	out := make([]index.Note, len(list))
	for i := range list {
		out[i] = list[i].Note
	}
	return out, nil
}

const noteColumns = `n.doc, n.kind, n.finding, n.sentence, n.text, n.needs, n.data`

// noteData is what of a note nobody asks the database for.
type noteData struct {
	Value      string              `json:"value,omitempty"`
	OtherValue string              `json:"other_value,omitempty"`
	Other      string              `json:"other,omitempty"`
	OtherTitle string              `json:"other_title,omitempty"`
	OtherURL   string              `json:"other_url,omitempty"`
	Rule       string              `json:"rule,omitempty"`
	Suggested  string              `json:"suggested,omitempty"`
	Facets     map[string][]string `json:"facets,omitempty"`
	Reasons    []string            `json:"reasons,omitempty"`
	Score      float64             `json:"score,omitempty"`
}

func scanNote(r scanner) (DocumentNote, error) {
	var n DocumentNote
	var text []byte
	var data string
	if err := r.Scan(&n.Document, &n.Kind, &n.Finding, &n.Sentence, &text, &n.Needs, &data); err != nil {
		return n, err
	}
	var d noteData
	n.Text = toHash(text)
	err := decode(data, &d)
	n.Value, n.OtherValue, n.Other, n.OtherTitle, n.OtherURL, n.Rule, n.Suggested = d.Value, d.OtherValue, d.Other, d.OtherTitle, d.OtherURL, d.Rule, d.Suggested
	n.Facets, n.Reasons, n.Score = d.Facets, d.Reasons, d.Score
	return n, err
}

// putNotes writes notes within a transaction, which has to touch their documents.
func putNotes(ctx context.Context, tx *sql.Tx, at int64, notes []DocumentNote) error {
	if len(notes) == 0 {
		return nil
	}
	var id int64
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM notes`).Scan(&id); err != nil {
		return err
	}
	for i := range notes {
		n := &notes[i]
		id++
		data := encode(noteData{n.Value, n.OtherValue, n.Other, n.OtherTitle, n.OtherURL, n.Rule, n.Suggested, n.Facets, n.Reasons, n.Score})
		if _, err := tx.ExecContext(ctx, `INSERT INTO notes (id, doc, kind, finding, sentence, text, needs, data, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			id, n.Document, string(n.Kind), n.Finding, n.Sentence, n.Text[:], n.Needs, data, at); err != nil {
			return err
		}
	}
	return nil
}

// dropNotes takes back the notes of a finding, of some kinds or of all, and returns
// the documents that they hung on, which the transaction has to touch.
func dropNotes(ctx context.Context, tx *sql.Tx, finding string, kinds ...index.NoteKind) (documents []string, err error) {
	cond, args := `finding = ?`, []any{finding}
	if len(kinds) > 0 {
		cond += ` AND kind IN (` + placeholders(len(kinds)) + `)`
		for _, k := range kinds {
			args = append(args, string(k))
		}
	}
	rows, err := tx.QueryContext(ctx, `SELECT DISTINCT doc FROM notes WHERE `+cond, args...)
	documents, err = collect(rows, err, func(r scanner) (key string, err error) { return key, r.Scan(&key) })
	if err != nil || len(documents) == 0 {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM notes WHERE `+cond, args...)
	return documents, err
}

// PutNotes replaces the notes of a finding, of the kinds that are named, by others; it
// is for those who decide on one thing only. What it writes acts when it returns.
func (c *Catalog) PutNotes(ctx context.Context, finding string, notes []DocumentNote, kinds ...index.NoteKind) error {
	var keys []string
	return c.txOn(ctx, "write notes of finding "+finding, func() touched { return touched{documents: keys} }, func(tx *sql.Tx) error {
		var err error
		if keys, err = dropNotes(ctx, tx, finding, kinds...); err != nil {
			return err
		}
		for i := range notes {
			keys = append(keys, notes[i].Document)
		}
		return putNotes(ctx, tx, millis(c.now()), notes)
	})
}

// noteNeeding lists the documents whose notes need one that comes or goes.
func (w *writer) noteNeeding(key string) error {
	st, err := w.stmt(`SELECT DISTINCT doc FROM notes WHERE needs = ?`)
	if err != nil {
		return err
	}
	rows, err := st.QueryContext(w.ctx, key)
	list, err := collect(rows, err, func(r scanner) (doc string, err error) { return doc, r.Scan(&doc) })
	w.needing = append(w.needing, list...)
	return err
}

// annotate reads the notes of documents: those that need no other, or one that serves.
func (a *asking) annotate(docs []shownPassage, n int, keys []any) error {
	list, err := query(a, `SELECT `+noteColumns+` FROM notes n WHERE n.doc IN (`+placeholders(n)+`)
		AND (n.needs = '' OR EXISTS (SELECT 1 FROM documents o WHERE o.doc = n.needs AND o.state IN ('present', 'unreadable') AND o.chunks > 0)) ORDER BY n.id`, keys, scanNote)
	if err != nil {
		return err
	}
	for i := range list {
		at := slices.IndexFunc(docs, func(d shownPassage) bool { return d.of.info.Key == list[i].Document })
		if at >= 0 {
			docs[at].of.notes = append(docs[at].of.notes, &list[i].Note)
		}
	}
	return nil
}

// speaksOf reports whether a note holds for the passage.
func (p *shownPassage) speaksOf(n *index.Note) bool {
	if n.Sentence == "" {
		return n.Text == p.of.text
	}
	return strings.Contains(p.row.chunk.Text, n.Sentence)
}

// suppressed reports whether somebody decided that the passage is not to be served.
func (p *shownPassage) suppressed() bool {
	for _, n := range p.of.notes {
		if (n.Kind == index.NoteSuppress || n.Kind == index.NoteHide) && p.speaksOf(n) {
			return true
		}
	}
	return false
}

// tellNotes applies what else the notes say.
func (p *shownPassage) tellNotes(out *index.Passage) {
	for _, n := range p.of.notes {
		if !p.speaksOf(n) {
			continue
		}
		switch n.Kind {
		case index.NoteConflict:
			out.Conflicts = append(out.Conflicts, index.Conflict{Finding: n.Finding, Rule: n.Rule, Value: n.Value, OtherValue: n.OtherValue,
				OtherDocument: n.Other, OtherTitle: n.OtherTitle, OtherURL: n.OtherURL, Suggested: n.Suggested})
		case index.NoteStale:
			out.Doubt = &index.Doubt{Finding: n.Finding, Score: n.Score, Reasons: n.Reasons}
		case index.NoteScope:
			facets := maps.Clone(out.Document.Facets)
			if facets == nil {
				facets = make(map[string][]string, len(n.Facets))
			}
			maps.Copy(facets, n.Facets)
			out.Document.Facets = facets
			out.Scope = &index.Scope{Finding: n.Finding, Facets: n.Facets}
		}
	}
}
