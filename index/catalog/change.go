package catalog

import (
	"fmt"

	"freshet/index"
)

// chunkRow is what of an open chunk row decides whether it stays.
type chunkRow struct {
	from       int64
	input      index.Hash
	ord        int
	start, end int
	page       int
	kept       bool
}

func (w *writer) change(ch *Change) error {
	d := &ch.Document
	if err := w.forget(ch.Forget); err != nil {
		return fmt.Errorf("forget the placeholder of %s: %w", d.ExternalID, err)
	}
	if excluded, err := w.excludedMeanwhile(ch); err != nil || excluded {
		return err
	}
	known := d.VersionSeq > 0
	payload := d.IndexPayload().Hash()
	payloadChanged := payload != d.Payload || d.VersionSeq == 0
	seq := w.seq + 1
	opened, closed, err := w.chunks(ch, seq)
	if err != nil {
		return fmt.Errorf("chunks of %s: %w", d.ExternalID, err)
	}
	if err := w.version(ch, seq); err != nil {
		return fmt.Errorf("version of %s: %w", d.ExternalID, err)
	}
	if d.State.Serves() && ch.Text != nil || !d.State.Serves() && closed > 0 {
		w.texts++
	}
	kind := entryKind(ch, opened+closed, payloadChanged)
	if kind != "" {
		w.seq = seq
		if payloadChanged {
			d.PayloadSeq = seq
		}
		if kind == index.EntryContent {
			d.VersionSeq = seq
		}
		d.Changed = w.now
		err := w.exec(`INSERT INTO log (seq, kind, outcome, base, source, doc, run, at, approved) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			seq, string(kind), string(ch.Outcome), d.Base, d.Source, d.Key, w.b.Run, millis(w.now), flag(ch.Approved))
		if err != nil {
			return err
		}
	}
	if kind == index.EntryTaken || kind == index.EntryContent && opened == len(ch.Chunks) { // it goes, or comes as a whole
		if err := w.noteNeeding(d.Key); err != nil {
			return err
		}
	}
	d.Payload = payload
	return w.document(d, known)
}

// excludedMeanwhile reports whether a person excluded the document after a run had
// prepared its change: the person's word stands, the change is left out.
func (w *writer) excludedMeanwhile(ch *Change) (bool, error) {
	if w.b.Run == 0 || ch.Document.VersionSeq == 0 {
		return false, nil
	}
	st, err := w.stmt(`SELECT COUNT(*) FROM documents WHERE doc = ? AND state = 'excluded' AND state_reason = '` + ExcludedByPerson + `'`)
	if err != nil {
		return false, err
	}
	var n int
	err = st.QueryRowContext(w.ctx, ch.Document.Key).Scan(&n)
	return n > 0, err
}

func (w *writer) forget(key string) error {
	if key == "" {
		return nil
	}
	if err := w.exec(`DELETE FROM seen WHERE doc = ? AND EXISTS (SELECT 1 FROM documents d WHERE d.doc = seen.doc AND d.version_seq = 0)`, key); err != nil {
		return err
	}
	return w.exec(`DELETE FROM documents WHERE doc = ? AND version_seq = 0`, key)
}

func entryKind(ch *Change, rows int, payloadChanged bool) index.EntryKind {
	switch {
	case !ch.Document.State.Serves() && (rows > 0 || ch.Document.VersionSeq > 0):
		return index.EntryTaken
	case ch.Content && (rows > 0 || ch.Text != nil):
		return index.EntryContent
	case payloadChanged && ch.Document.Chunks > 0:
		return index.EntryDetails
	}
	return ""
}

// chunks opens and closes rows so that the document's open rows are what ch wants.
func (w *writer) chunks(ch *Change, seq int64) (opened, closed int, err error) {
	d := &ch.Document
	take := !d.State.Serves()
	if !ch.Content && !take {
		return 0, 0, nil
	}
	have, err := w.openRows(d)
	if err != nil {
		return 0, 0, err
	}
	if !take {
		for i := range ch.Chunks {
			fresh, err := w.chunk(&ch.Chunks[i], have, seq)
			if err != nil {
				return 0, 0, err
			}
			if fresh {
				opened++
			} else {
				w.done.Kept++
			}
		}
		d.Chunks = len(ch.Chunks)
	} else {
		d.Chunks = 0
	}
	for id, row := range have {
		if row.kept {
			continue
		}
		closed++
		if err := w.exec(`UPDATE chunks SET until_seq = ? WHERE chunk = ? AND from_seq = ?`, seq, id[:], row.from); err != nil {
			return 0, 0, err
		}
	}
	w.done.Written += opened
	return opened, closed, nil
}

func (w *writer) openRows(d *Document) (map[index.ChunkID]*chunkRow, error) {
	have := make(map[index.ChunkID]*chunkRow)
	if d.VersionSeq == 0 {
		return have, nil
	}
	st, err := w.stmt(`SELECT chunk, from_seq, input_hash, ord, start_at, end_at, page FROM chunks WHERE doc = ? AND until_seq = ?`)
	if err != nil {
		return nil, err
	}
	rows, err := st.QueryContext(w.ctx, d.Key, index.Open)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, input []byte
		r := &chunkRow{}
		if err := rows.Scan(&id, &r.from, &input, &r.ord, &r.start, &r.end, &r.page); err != nil {
			return nil, err
		}
		r.input = toHash(input)
		have[toChunkID(id)] = r
	}
	return have, rows.Err()
}

// chunk keeps the row of an equal chunk, or opens a new one. A place that moved
// within the document, and its page, are updated in the row: they change nothing that is encoded.
func (w *writer) chunk(c *index.Chunk, have map[index.ChunkID]*chunkRow, seq int64) (fresh bool, err error) {
	if row := have[c.ID]; row != nil && row.input == c.Input {
		if row.kept {
			return false, fmt.Errorf("chunk %s is there twice", c.ID)
		}
		row.kept = true
		if row.ord == c.Ord && row.start == c.Start && row.end == c.End && row.page == c.Page {
			return false, nil
		}
		return false, w.exec(`UPDATE chunks SET ord = ?, start_at = ?, end_at = ?, page = ? WHERE chunk = ? AND from_seq = ?`,
			c.Ord, c.Start, c.End, c.Page, c.ID[:], row.from)
	}
	heading := ""
	if len(c.Heading) > 0 {
		heading = encode(c.Heading)
	}
	return true, w.exec(`INSERT INTO chunks (chunk, from_seq, until_seq, doc, ord, kind, title, heading, question, text, locale, words, start_at, end_at, page, input_hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.ID[:], seq, index.Open, c.Document, c.Ord, string(c.Kind), c.Title, heading, c.Question, c.Text, c.Locale, c.Words, c.Start, c.End, c.Page, c.Input[:])
}

func (w *writer) version(ch *Change, seq int64) error {
	d := &ch.Document
	take := !d.State.Serves()
	if !take && ch.Text == nil {
		return nil
	}
	if d.VersionSeq > 0 {
		// Of a document only its newest version can be open; to look at the others'
		// rows would cost more the longer the history is.
		if err := w.exec(`UPDATE versions SET until_seq = ? WHERE doc = ? AND until_seq = ?
			AND from_seq = (SELECT MAX(v.from_seq) FROM versions v WHERE v.doc = ?)`, seq, d.Key, index.Open, d.Key); err != nil {
			return err
		}
	}
	if take {
		return nil
	}
	return w.exec(`INSERT INTO versions (doc, from_seq, until_seq, at, title, text_hash, text) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		d.Key, seq, index.Open, millis(w.now), d.Details.Title, d.TextHash[:], w.packer.pack(ch.Text))
}

// What a sync changes of a document's row, and what it hardly ever does: an index
// over a column that a statement sets is written even when the value stays.
const (
	movingColumns = `state, state_reason, state_at, revision, content_hash, text_hash, recipe, listed_hash, details_hash, details, title, uri, edit_uri,
		canonical, locale, owner, class, part_of, access, facets, created, modified, payload_hash, payload_seq, version_seq, words, chunks, left_out,
		left_out_mark, changed, confirmed_until, confirmed_by`
	setMoving = `state = ?, state_reason = ?, state_at = ?, revision = ?, content_hash = ?, text_hash = ?, recipe = ?, listed_hash = ?, details_hash = ?,
		details = ?, title = ?, uri = ?, edit_uri = ?, canonical = ?, locale = ?, owner = ?, class = ?, part_of = ?, access = ?, facets = ?,
		created = ?, modified = ?, payload_hash = ?, payload_seq = ?, version_seq = ?, words = ?, chunks = ?, left_out = ?,
		left_out_mark = ?, changed = ?, confirmed_until = ?, confirmed_by = ?`
	takeMoving = `state = excluded.state, state_reason = excluded.state_reason, state_at = excluded.state_at, revision = excluded.revision,
		content_hash = excluded.content_hash, text_hash = excluded.text_hash, recipe = excluded.recipe, listed_hash = excluded.listed_hash,
		details_hash = excluded.details_hash, details = excluded.details, title = excluded.title, uri = excluded.uri, edit_uri = excluded.edit_uri,
		canonical = excluded.canonical, locale = excluded.locale, owner = excluded.owner, class = excluded.class, part_of = excluded.part_of,
		access = excluded.access, facets = excluded.facets, created = excluded.created, modified = excluded.modified,
		payload_hash = excluded.payload_hash, payload_seq = excluded.payload_seq, version_seq = excluded.version_seq, words = excluded.words,
		chunks = excluded.chunks, left_out = excluded.left_out, left_out_mark = excluded.left_out_mark, changed = excluded.changed,
		confirmed_until = excluded.confirmed_until, confirmed_by = excluded.confirmed_by`
	movingMarks = `?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?`
)

// document writes the row; known says that it was there with a text.
func (w *writer) document(d *Document, known bool) error {
	if d.FirstSeen.IsZero() {
		d.FirstSeen = w.now
	}
	if d.StateAt.IsZero() {
		d.StateAt = w.now
	}
	details := d.Details.Hash()
	moving := []any{string(d.State), d.StateReason, millis(d.StateAt), d.Revision, d.Content[:], d.TextHash[:], d.Recipe,
		d.Listed[:], details[:], encode(&d.Details), d.Details.Title, d.Details.URI, d.Details.EditURI, d.Details.Canonical, d.Details.Locale,
		d.Details.Owner, d.Details.Class, d.Details.PartOf, encode(d.Details.Access), encode(d.Details.Facets),
		millis(d.Details.Created), millis(d.Details.Modified),
		d.Payload[:], d.PayloadSeq, d.VersionSeq, d.Words, d.Chunks, d.LeftOut, d.LeftOutMark, millis(d.Changed), millis(d.ConfirmedUntil), d.ConfirmedBy}
	if known {
		n, err := w.update(`UPDATE documents SET `+setMoving+` WHERE doc = ? AND ext_id = ? AND translation_group = ?`,
			append(moving, d.Key, d.ExternalID, d.Details.TranslationGroup)...)
		if err != nil || n > 0 {
			return err
		}
	}
	return w.exec(`INSERT INTO documents (`+movingColumns+`, doc, source, ext_id, base, translation_group, first_seen)
		VALUES (`+movingMarks+`, ?, ?, ?, ?, ?, ?) ON CONFLICT (doc) DO UPDATE SET ext_id = excluded.ext_id, translation_group = excluded.translation_group, `+takeMoving,
		append(moving, d.Key, d.Source, d.ExternalID, d.Base, d.Details.TranslationGroup, millis(d.FirstSeen))...)
}
