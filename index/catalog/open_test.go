package catalog_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
)

// refused opens a path that is no good and returns the sentence.
func refused(t *testing.T, path string) string {
	t.Helper()
	c, err := catalog.Open(t.Context(), catalog.Options{Path: path})
	if err == nil {
		_ = c.Close()
		t.Fatal("it was opened")
	}
	if !strings.Contains(err.Error(), path) {
		t.Errorf("%q does not name the file", err)
	}
	return err.Error()
}

func says(t *testing.T, sentence string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(sentence, w) {
			t.Errorf("%q does not say %q", sentence, w)
		}
	}
}

// raw opens the file as SQLite has it.
func raw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func execute(t *testing.T, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

func TestANewerCatalogIsRefusedAndLeftAsItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	closed(t, path)
	db := raw(t, path)
	execute(t, db, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, 1)`)
	says(t, refused(t, path), "newer version of freshet", "9000", "another data directory")
	_, err := catalog.Open(t.Context(), catalog.Options{Path: path})
	if !errors.Is(err, catalog.ErrNewer) {
		t.Errorf("%v is not ErrNewer", err)
	}
	execute(t, db, `DELETE FROM goose_db_version WHERE version_id = 9000`)
	closed(t, path)
}

func TestACatalogWithoutPagesGetsThem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	closed(t, path)
	db := raw(t, path)
	for _, table := range createdBy(t, "00006_doubts.sql") {
		if table != "findings" && table != "decisions" { // which were there before
			execute(t, db, `DROP TABLE `+table)
		}
	}
	for _, undo := range []string{
		`DROP TABLE migrations`, `DROP TABLE targets`, `DROP TABLE templates`, `ALTER TABLE documents DROP COLUMN left_out`, `ALTER TABLE documents DROP COLUMN left_out_mark`,
		`ALTER TABLE chunks DROP COLUMN page`, `ALTER TABLE vectors DROP COLUMN refused`, `DELETE FROM goose_db_version WHERE version_id >= 2`,
	} {
		execute(t, db, undo)
	}
	execute(t, db, `INSERT INTO chunks VALUES (X'00112233445566778899aabbccddeeff', 1, ?, 'd', 0, 'prose', 't', '', '', 'text', 'en', 1, 0, 4, X'00')`, index.Open)
	c, err := catalog.Open(t.Context(), catalog.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.ChunksOf(t.Context(), "d")
	if err != nil || len(got) != 1 || got[0].Text != "text" || got[0].Page != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if learned, err := c.TemplatesOf(t.Context(), "s"); err != nil || !learned.Learned.IsZero() {
		t.Errorf("templates %+v, %v", learned, err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

// createdBy lists the tables that a migration makes.
func createdBy(t *testing.T, migration string) (tables []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("migrations", migration))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`).FindAllSubmatch(text, -1) {
		tables = append(tables, string(m[1]))
	}
	if len(tables) == 0 {
		t.Fatalf("%s makes no table", migration)
	}
	return tables
}

// closed opens a catalog and closes it, and returns its epoch.
func closed(t *testing.T, path string) string {
	t.Helper()
	c, err := catalog.Open(t.Context(), catalog.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return c.Epoch()
}

func TestAFileThatIsNoCatalogIsRefusedAndLeftAsItIs(t *testing.T) {
	for name, content := range map[string]string{
		"text": strings.Repeat("Dear diary, this is no database at all.\n", 100), "short": "x", "cut": "SQLite format 3\x00" + strings.Repeat("\x00", 84),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "catalog.db")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			says(t, refused(t, path), "no catalog of freshet", "another data directory")
			after, err := os.ReadFile(path)
			if err != nil || string(after) != content {
				t.Errorf("the file was changed (%v)", err)
			}
		})
	}
}

func TestADatabaseOfAnotherProgramIsRefusedAndLeftAsItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	db := raw(t, path)
	execute(t, db, `CREATE TABLE documents (note TEXT)`)
	says(t, refused(t, path), "another program", "another data directory")
	var n int
	if err := db.QueryRow(`SELECT COUNT(*) FROM sqlite_master`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d tables afterwards (%v), want 1", n, err)
	}
}

func TestADirectoryIsRefused(t *testing.T) {
	says(t, refused(t, t.TempDir()), "is a directory", "path of a file")
}

func TestAMissingDirectoryIsRefused(t *testing.T) {
	says(t, refused(t, filepath.Join(t.TempDir(), "no", "where", "catalog.db")), "does not exist", "create it")
}

func TestAFileThatCannotBeWrittenIsRefused(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write every file: run this as another user")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "catalog.db")
	closed(t, path)
	for name, of := range map[string]string{"the file": path, "its directory": dir} {
		t.Run(name, func(t *testing.T) {
			if err := os.Chmod(of, 0o500); err != nil {
				t.Fatal(err)
			}
			says(t, refused(t, path), "cannot be written", "right to write")
			mended, err := filepath.Glob(path + "*")
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range append(mended, dir) {
				if err := os.Chmod(file, 0o700); err != nil {
					t.Fatal(err)
				}
			}
			closed(t, path)
		})
	}
}

func TestADamagedFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	closed(t, path)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 100; i < len(b); i++ {
		b[i] = 0xa5
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	says(t, refused(t, path), "damaged", "backup")
}

func TestTheEpochStaysOverReopeningAndIsAnotherInAnotherCatalog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	first := closed(t, path)
	if again := closed(t, path); again != first || len(first) != 32 {
		t.Errorf("epochs %q and %q", first, again)
	}
	if other := closed(t, filepath.Join(t.TempDir(), "catalog.db")); other == first {
		t.Error("two catalogs have one epoch")
	}
}

func TestPathsWithOddCharactersAreFiles(t *testing.T) {
	for _, name := range []string{"a b", "50%25", "q?x=1", "h#1", "é日", "a&b;c", ":memory:"} {
		path := filepath.Join(t.TempDir(), name)
		first := closed(t, path)
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
		if closed(t, path) != first {
			t.Errorf("%q is another catalog when it is opened again", name)
		}
	}
}

func TestOnlyTheHashOfASecretIsOnDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	c := open(t, catalog.Options{Path: path})
	_, secret, err := c.CreateKey(t.Context(), catalog.Key{Name: "bot", Role: catalog.RoleSearch})
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256([]byte(secret))
	found := false
	for _, file := range []string{path, path + "-wal"} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(strings.TrimPrefix(secret, catalog.KeyPrefix))) {
			t.Errorf("the secret is in %s", filepath.Base(file))
		}
		found = found || bytes.Contains(b, hash[:])
	}
	if !found {
		t.Error("the hash is nowhere: this test looks in the wrong place")
	}
}

func TestRemovalKilledInItsLastStepCanBeRepeated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	c := open(t, catalog.Options{Path: path})
	writeNumbered(t, c, 1)
	db := raw(t, path)
	for _, table := range []string{"versions", "documents", "sources"} {
		execute(t, db, `CREATE TRIGGER broken BEFORE DELETE ON `+table+` BEGIN SELECT RAISE(ABORT, 'killed'); END`)
		if err := c.RemoveSource(t.Context(), "s"); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("%s: %v", table, err)
		}
		if _, err := c.LastText(t.Context(), catalog.NewDocumentKey("s", "doc 1", 0)); err != nil {
			t.Errorf("%s: %v", table, err)
		}
		execute(t, db, `DROP TRIGGER broken`)
	}
	if err := c.RemoveSource(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"documents", "versions", "seen", "sources"} {
		var n int
		if err := db.QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d rows in %s (%v)", n, table, err)
		}
	}
}

func TestABatchThatFailsAtAnyTableLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	c := open(t, catalog.Options{Path: path})
	writeNumbered(t, c, 1)
	db := raw(t, path)
	before := dump(t, db)
	b := numbered(2)
	b.Retries = []catalog.Retry{{ExternalID: "x"}}
	b.Holds = []catalog.Hold{{Document: "x"}}
	b.Memory = map[string]string{"k": "v"}
	for _, on := range []string{
		"INSERT ON chunks", "INSERT ON versions", "INSERT ON log", "INSERT ON documents", "UPDATE ON sequence", "INSERT ON seen", "INSERT ON holds",
		"INSERT ON retries", "INSERT ON memory", "UPDATE ON positions",
	} {
		execute(t, db, `CREATE TRIGGER broken BEFORE `+on+` BEGIN SELECT RAISE(ABORT, 'killed'); END`)
		if _, err := c.Apply(t.Context(), b); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("%s: %v", on, err)
		}
		execute(t, db, `DROP TRIGGER broken`)
		if after := dump(t, db); after != before {
			t.Fatalf("%s left something:\n%s\nbefore:\n%s", on, after, before)
		}
	}
	if _, err := c.Apply(t.Context(), numbered(2)); err != nil {
		t.Error(err)
	}
}

// dump counts the rows of every table and shows the moving ones.
func dump(t *testing.T, db *sql.DB) string {
	t.Helper()
	var b strings.Builder
	for _, table := range []string{"chunks", "versions", "log", "documents", "seen", "holds", "retries", "memory", "positions"} {
		var n int
		if err := db.QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %d\n", table, n)
	}
	var last int64
	var cursor string
	if err := db.QueryRow(`SELECT last, (SELECT cursor FROM positions) FROM sequence`).Scan(&last, &cursor); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "head %d, cursor %s", last, cursor)
	return b.String()
}

// numbered is a batch of one new document whose number is its cursor too.
func numbered(n int) *catalog.Batch {
	id := fmt.Sprint("doc ", n)
	d := catalog.Document{
		Key: catalog.NewDocumentKey("s", id, 0), Source: "s", ExternalID: id, Base: "b", State: catalog.Present,
		Details: catalog.Details{Title: id, Access: connectors.Public()},
	}
	ch := index.Chunk{ID: index.NewChunkID(d.Key, nil, id, 0), Document: d.Key, Kind: index.Prose, Text: id}
	return &catalog.Batch{
		Source: "s", Position: &catalog.Position{Pass: connectors.Full, Cursor: fmt.Sprint(n)},
		Changes: []catalog.Change{{Document: d, Outcome: catalog.New, Content: true, Chunks: []index.Chunk{ch}, Text: []byte(id)}},
	}
}

func writeNumbered(t *testing.T, c *catalog.Catalog, n int) {
	t.Helper()
	if err := c.PutSource(t.Context(), catalog.Source{ID: "s", Base: "b", State: catalog.Published}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Apply(t.Context(), numbered(n)); err != nil {
		t.Fatal(err)
	}
}

// killedWriter names the file that a child of the test writes to until it is killed.
const killedWriter = "FRESHET_CATALOG_KILLED_WRITER"

func TestAcknowledgedBatchesSurviveAKill(t *testing.T) {
	if path := os.Getenv(killedWriter); path != "" {
		writeUntilKilled(path)
		return
	}
	path := filepath.Join(t.TempDir(), "catalog.db")
	done := 0
	for round := range 3 {
		done = killAfter(t, path, done+5+20*round)
		c, err := catalog.Open(t.Context(), catalog.Options{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		done = checkNumbered(t, c, done)
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killAfter starts a writer, kills it once it has acknowledged batch n, and returns
// the last one that it acknowledged.
func killAfter(t *testing.T, path string, n int) int {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestAcknowledgedBatchesSurviveAKill$")
	cmd.Env = append(os.Environ(), killedWriter+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last := 0
	for {
		var got int
		if _, err := fmt.Fscanln(out, &got); err != nil {
			break
		}
		if last = got; last == n {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // it was killed
	if last < n {
		t.Fatalf("the writer ended at %d, before it was killed", last)
	}
	return last
}

func writeUntilKilled(path string) {
	ctx := context.Background()
	c, err := catalog.Open(ctx, catalog.Options{Path: path})
	if err == nil {
		err = c.PutSource(ctx, catalog.Source{ID: "s", Base: "b", State: catalog.Published})
	}
	for err == nil {
		var head int64
		if head, err = c.Head(ctx); err != nil {
			break
		}
		if _, err = c.Apply(ctx, numbered(int(head)+1)); err == nil {
			fmt.Println(head + 1)
		}
	}
	fmt.Println(err)
	os.Exit(1)
}

// checkNumbered expects every batch up to done, perhaps later ones, and a cursor that
// fits; it returns the number of the last.
func checkNumbered(t *testing.T, c *catalog.Catalog, done int) int {
	t.Helper()
	head, err := c.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if int(head) < done {
		t.Errorf("batch %d was acknowledged, the catalog ends at %d", done, head)
	}
	p, err := c.PositionOf(t.Context(), "s", connectors.Full)
	if err != nil || p.Cursor != fmt.Sprint(head) {
		t.Errorf("the cursor is %q (%v), the log ends at %d", p.Cursor, err, head)
	}
	n := 0
	for e, err := range c.Since(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; e.Seq != int64(n) || len(e.Opened) != 1 || e.Opened[0].Text != fmt.Sprint("doc ", n) {
			t.Errorf("entry %d: seq %d with %d chunks", n, e.Seq, len(e.Opened))
		}
	}
	if n != int(head) {
		t.Errorf("%d entries up to %d", n, head)
	}
	return int(head)
}
