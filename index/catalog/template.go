package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A TemplateBlock is a piece of text that stands on most pages of a source, or of a
// part of it. One document keeps it in its passages.
type TemplateBlock struct {
	Hash uint64 `json:"hash"` // of the form and the text
	Part string `json:"part"` // the pages that it is counted among
	// Everywhere: it is left out wherever in a page it stands, not only at the
	// page's ends.
	Everywhere bool   `json:"everywhere,omitempty"`
	Times      int    `json:"times"` // that a page usually holds it
	Pages      int    `json:"pages"` // that hold it ...
	Of         int    `json:"of"`    // ... of so many of the part
	Keeper     string `json:"keeper"`
	Address    string `json:"address"` // of the keeper
	Text       string `json:"text"`    // how it begins
}

// Templates are what was learned of the pages of a source.
type Templates struct {
	// Digest of Blocks and of the rules by which they are left out.
	Digest  string
	Learned time.Time // zero: never
	Pages   int       // learned from
	// Applied: the passages of all documents were made with these Blocks.
	Applied bool
	// Changed counts the texts that came, changed or went since.
	Changed int
	Blocks  []TemplateBlock
}

// TemplatesOf returns what was learned of a source; zero Templates when nothing was.
func (c *Catalog) TemplatesOf(ctx context.Context, source string) (Templates, error) {
	var t Templates
	var blocks string
	var learned int64
	err := c.read.QueryRowContext(ctx, `SELECT digest, changed, learned, applied, pages, blocks FROM templates WHERE source = ?`, source).
		Scan(&t.Digest, &t.Changed, &learned, &t.Applied, &t.Pages, &blocks)
	if errors.Is(err, sql.ErrNoRows) {
		return t, nil
	}
	if err == nil {
		t.Learned = fromMillis(learned)
		err = decode(blocks, &t.Blocks)
	}
	if err != nil {
		return t, fmt.Errorf("read the templates of %s: %w", source, err)
	}
	return t, nil
}

// templates writes what was learned and counts what that did not see: Changed of the
// batch are the texts that the learning had counted.
func (w *writer) templates() error {
	if t := w.b.Templates; t != nil {
		err := w.exec(`INSERT INTO templates (source, digest, changed, learned, applied, pages, blocks) VALUES (?, ?, 0, ?, ?, ?, ?)
			ON CONFLICT (source) DO UPDATE SET digest = excluded.digest, changed = templates.changed - ?, learned = excluded.learned,
			applied = excluded.applied, pages = excluded.pages, blocks = excluded.blocks`,
			w.b.Source, t.Digest, millis(t.Learned), flag(t.Applied), t.Pages, encode(t.Blocks), t.Changed)
		if err != nil {
			return err
		}
	}
	if w.texts == 0 {
		return nil
	}
	return w.exec(`INSERT INTO templates (source, digest, changed, learned, applied, pages, blocks) VALUES (?, '', ?, 0, 0, 0, '')
		ON CONFLICT (source) DO UPDATE SET changed = templates.changed + ?`, w.b.Source, w.texts, w.texts)
}
