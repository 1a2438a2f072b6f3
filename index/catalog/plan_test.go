package catalog

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"freshet/index"
)

// TestReadersNeverWalkThroughTables asks SQLite how it would answer what is asked
// often: an index that fits has to be its way, at every number of IDs.
func TestReadersNeverWalkThroughTables(t *testing.T) {
	c, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "catalog.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	for n := 1; n <= 512; n *= 2 {
		if err := ask(t, c, n); err != nil {
			t.Fatal(err)
		}
	}
	const all = 8 + 8 + 6
	if n := len(c.statements.done); n < all {
		t.Errorf("%d statements are prepared, want %d at least: vouching, around and looking up by size", n, all)
	}
	for query := range c.statements.done {
		first := plan(t, c, query, strings.Count(query, "?"))
		if bad := walks(first); bad != "" {
			t.Errorf("%.60s ... with %d values walks: %s", query, strings.Count(query, "?"), bad)
		}
	}
	for name, query := range map[string]string{
		"documents of passages": `SELECT ` + shownColumns + fromShown + placeholders(64) + `)`,
		"opened chunks":         chunksWhere(openedWithin), "closed chunks": chunksWhere(closedWithin), "forgetting": `DELETE FROM chunks WHERE ` + closedUpTo,
	} {
		if bad := walks(plan(t, c, query, strings.Count(query, "?"))); bad != "" {
			t.Errorf("%s: %s", name, bad)
		}
	}
	page := DocumentFilter{Source: "s", After: "k"}
	where, args := page.where()
	for _, line := range plan(t, c, `SELECT `+documentColumns+fromDocuments+where+page.order()+` LIMIT 5`, len(args)) {
		if strings.Contains(line, "TEMP B-TREE") {
			t.Errorf("every page of a source sorts the whole source: %s", line)
		}
	}
	text := DocumentFilter{Source: "s", TextHash: index.Hash{1}, States: []State{Present, Unreadable, Hidden}}
	where, args = text.where()
	lines := strings.Join(plan(t, c, `SELECT `+documentColumns+fromDocuments+where+text.order()+` LIMIT 3`, len(args)), "\n")
	if !strings.Contains(lines, "documents_text") {
		t.Errorf("a document of this text is looked for among all of its source:\n%s", lines)
	}
}

func ask(t *testing.T, c *Catalog, n int) error {
	ids := make([]index.ChunkID, n)
	for i := range ids {
		ids[i] = index.ChunkID{byte(i), byte(i >> 8)}
	}
	if _, err := c.Vouch(t.Context(), index.VouchRequest{IDs: ids}); err != nil {
		return err
	}
	if _, err := c.Around(t.Context(), index.AroundRequest{Spans: make([]index.OrdSpan, n)}); err != nil {
		return err
	}
	_, err := c.Lookup(t.Context(), "s", make([]string, n))
	return err
}

func plan(t *testing.T, c *Catalog, query string, values int) []string {
	t.Helper()
	rows, err := c.read.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+query, make([]any, values)...)
	out, err := collect(rows, err, func(r scanner) (string, error) {
		var id, parent, unused int
		var line string
		return line, r.Scan(&id, &parent, &unused, &line)
	})
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", query, err))
	}
	return out
}

// walks returns the line of a plan that reads a whole table.
func walks(plan []string) string {
	for _, line := range plan {
		if strings.HasPrefix(line, "SCAN") {
			return line
		}
	}
	return ""
}
