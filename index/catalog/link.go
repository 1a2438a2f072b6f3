package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// LinkState is what became of an address that documents lead to.
type LinkState string

// The states of links.
const (
	LinkNew     LinkState = "new"     // never asked for
	LinkOK      LinkState = "ok"      // it answers
	LinkFailing LinkState = "failing" // it does not at present, which may pass
	LinkBroken  LinkState = "broken"  // it leads nowhere, as often and for as long as the rules ask
	LinkSkipped LinkState = "skipped" // it is not asked for, see Reason
)

// A Link is an address that documents lead to.
type Link struct {
	URL         string
	State       LinkState
	Status      int    // of the last answer; 0: there was none
	Reason      string // in a word: not_found, gone, dns, timeout, robots, ...
	Failures    int    // in a row
	FirstFailed time.Time
	LastChecked time.Time
	NextCheck   time.Time
}

const linkColumns = `l.url, l.state, l.status, l.reason, l.failures, l.first_failed, l.last_checked, l.next_check`

func scanLink(r scanner, more ...any) (Link, error) {
	var l Link
	var first, last, next int64
	err := r.Scan(append([]any{&l.URL, &l.State, &l.Status, &l.Reason, &l.Failures, &first, &last, &next}, more...)...)
	l.FirstFailed, l.LastChecked, l.NextCheck = fromMillis(first), fromMillis(last), fromMillis(next)
	return l, err
}

// A ChangedText is a document with an entry of the change log that gave it a text.
type ChangedText struct {
	Document string
	Seq      int64
}

// TextsSince lists documents that got another text after a mark of the change log, in
// the order of their entries.
func (c *Catalog) TextsSince(ctx context.Context, mark int64, limit int) ([]ChangedText, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT doc, seq FROM log WHERE seq > ? AND kind = 'content' ORDER BY seq LIMIT ?`, mark, limit)
	out, err := collect(rows, err, func(r scanner) (ChangedText, error) {
		var t ChangedText
		return t, r.Scan(&t.Document, &t.Seq)
	})
	if err != nil {
		return nil, fmt.Errorf("list texts that changed: %w", err)
	}
	return out, nil
}

// PutLinks replaces the addresses that documents lead to, by document, and moves the
// mark of the consumer that read them, in one transaction. An address that is new is
// due at once.
func (c *Catalog) PutLinks(ctx context.Context, pages map[string][]string, consumer string, mark int64) error {
	now := millis(c.now())
	return c.txApart(ctx, "keep links of documents", func(tx *sql.Tx) error {
		page, err := tx.PrepareContext(ctx, `INSERT INTO link_pages (doc, url) VALUES (?, ?) ON CONFLICT (doc, url) DO NOTHING`)
		if err != nil {
			return err
		}
		defer page.Close()
		link, err := tx.PrepareContext(ctx, `INSERT INTO links (url, state, status, reason, failures, first_failed, last_checked, next_check) VALUES (?, ?, 0, '', 0, 0, 0, ?) ON CONFLICT (url) DO NOTHING`)
		if err != nil {
			return err
		}
		defer link.Close()
		for doc, addresses := range pages {
			if _, err := tx.ExecContext(ctx, `DELETE FROM link_pages WHERE doc = ?`, doc); err != nil {
				return err
			}
			for _, address := range addresses {
				if _, err := page.ExecContext(ctx, doc, address); err != nil {
					return err
				}
				if _, err := link.ExecContext(ctx, address, string(LinkNew), now); err != nil {
					return err
				}
			}
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO consumers (name, mark) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET mark = excluded.mark`, consumer, mark)
		return err
	})
}

// DueLinks lists addresses of documents that are served, longest due first.
func (c *Catalog) DueLinks(ctx context.Context, now time.Time, limit int) ([]Link, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT `+linkColumns+` FROM links l WHERE l.next_check <= ? AND EXISTS (SELECT 1 FROM link_pages p
		JOIN documents d ON d.doc = p.doc WHERE p.url = l.url AND d.state IN ('present', 'unreadable')) ORDER BY l.next_check, l.url LIMIT ?`, millis(now), limit)
	out, err := collect(rows, err, func(r scanner) (Link, error) { return scanLink(r) })
	if err != nil {
		return nil, fmt.Errorf("list links that are due: %w", err)
	}
	return out, nil
}

// SaveLinks keeps what was learnt of links. Those that no document leads to any more
// are left out.
func (c *Catalog) SaveLinks(ctx context.Context, links []Link) error {
	return c.txApart(ctx, "keep what links led to", func(tx *sql.Tx) error {
		for i := range links {
			l := &links[i]
			if _, err := tx.ExecContext(ctx, `UPDATE links SET state = ?, status = ?, reason = ?, failures = ?, first_failed = ?, last_checked = ?, next_check = ? WHERE url = ?`,
				string(l.State), l.Status, l.Reason, l.Failures, millis(l.FirstFailed), millis(l.LastChecked), millis(l.NextCheck), l.URL); err != nil {
				return err
			}
		}
		return nil
	})
}

// ForgetLinks deletes addresses that no document leads to any more.
func (c *Catalog) ForgetLinks(ctx context.Context) error {
	return c.txApart(ctx, "forget links", func(tx *sql.Tx) error {
		for _, q := range []string{
			`DELETE FROM link_pages WHERE NOT EXISTS (SELECT 1 FROM documents d WHERE d.doc = link_pages.doc)`,
			`DELETE FROM links WHERE NOT EXISTS (SELECT 1 FROM link_pages p WHERE p.url = links.url)`,
		} {
			if _, err := tx.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
}

// DocumentLinks are the addresses that a document leads to, as far as they were asked
// for.
type DocumentLinks struct {
	Checked int // that answered, or are known not to; skipped ones do not count
	Broken  []Link
}

// LinksOf returns the links of documents by key. Documents without links that were
// asked for are left out.
func (c *Catalog) LinksOf(ctx context.Context, documents []string) (map[string]DocumentLinks, error) {
	out := make(map[string]DocumentLinks)
	err := inParts(documents, func(part []any) error {
		rows, err := c.read.QueryContext(ctx, `SELECT `+linkColumns+`, p.doc FROM link_pages p JOIN links l ON l.url = p.url
			WHERE p.doc IN (`+placeholders(len(part))+`) AND l.state IN ('ok', 'failing', 'broken') ORDER BY p.doc, l.url`, part...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var doc string
			l, err := scanLink(rows, &doc)
			if err != nil {
				return err
			}
			of := out[doc]
			of.Checked++
			if l.State == LinkBroken {
				of.Broken = append(of.Broken, l)
			}
			out[doc] = of
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read links of documents: %w", err)
	}
	return out, nil
}

// ServedAddresses returns those of the addresses at which a document is that is served
// and that its source confirmed.
func (c *Catalog) ServedAddresses(ctx context.Context, addresses []string) (map[string]bool, error) {
	out := make(map[string]bool)
	err := inParts(addresses, func(part []any) error {
		rows, err := c.read.QueryContext(ctx, `SELECT uri, 1 FROM documents WHERE state = 'present' AND uri IN (`+placeholders(len(part))+`)`, part...)
		return each(rows, err, func(uri string, _ int64) { out[uri] = true })
	})
	if err != nil {
		return nil, fmt.Errorf("look for the documents that links lead to: %w", err)
	}
	return out, nil
}
