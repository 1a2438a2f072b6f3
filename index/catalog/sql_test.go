package catalog_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// notPortable are words that PostgreSQL, or SQLite, does not know or reads otherwise.
var notPortable = []struct {
	why   string
	words *regexp.Regexp
}{
	{"AUTOINCREMENT is SQLite's", regexp.MustCompile(`(?i)\bautoincrement\b`)},
	{"WITHOUT ROWID is SQLite's", regexp.MustCompile(`(?i)\bwithout\s+rowid\b`)},
	{"rowid is SQLite's", regexp.MustCompile(`(?i)\b_?rowid_?\b`)},
	{"INSERT OR is SQLite's: ON CONFLICT is portable", regexp.MustCompile(`(?i)\b(insert|update)\s+or\s+(replace|ignore|abort|fail|rollback)\b`)},
	{"REPLACE INTO is SQLite's", regexp.MustCompile(`(?i)\breplace\s+into\b`)},
	{"IFNULL is SQLite's: COALESCE is portable", regexp.MustCompile(`(?i)\bifnull\s*\(`)},
	{"IIF is SQLite's: CASE is portable", regexp.MustCompile(`(?i)\biif\s*\(`)},
	{"functions of time differ: times are bound as milliseconds", regexp.MustCompile(`(?i)\b(datetime|strftime|julianday|unixepoch|date|time|now)\s*\(`)},
	{"CURRENT_TIMESTAMP is another clock than the catalog's", regexp.MustCompile(`(?i)\bcurrent_(timestamp|date|time)\b`)},
	{"PRAGMA is SQLite's", regexp.MustCompile(`(?i)\bpragma\b`)},
	{"GLOB, MATCH and REGEXP are SQLite's", regexp.MustCompile(`(?i)\s(glob|match|regexp)\s+('|\?)`)},
	{"ILIKE and :: are PostgreSQL's", regexp.MustCompile(`(?i)\bilike\b|\w::\w`)},
	{"GROUP_CONCAT is SQLite's", regexp.MustCompile(`(?i)\bgroup_concat\s*\(`)},
	{"functions of JSON differ", regexp.MustCompile(`(?i)\bjson\w*\s*\(|->>`)},
	{"COLLATE NOCASE is SQLite's", regexp.MustCompile(`(?i)\bcollate\s+nocase\b`)},
	{"LIMIT x, y is SQLite's", regexp.MustCompile(`(?i)\blimit\s+(\?|\d+)\s*,`)},
	{"an empty IN list is SQLite's", regexp.MustCompile(`(?i)\bin\s*\(\s*\)`)},
	{"names in backquotes or brackets are not portable", regexp.MustCompile("`|\\[\\w+\\]")},
	{"double quotes make names, not texts", regexp.MustCompile(`(?i)(=|\bin\s*\(|,)\s*"`)},
	{"MIN and MAX of several values are SQLite's", regexp.MustCompile(`(?i)\b(min|max)\s*\([^()]*(\([^()]*\)[^()]*)*,`)},
}

// owned are the files that speak to SQLite alone.
var owned = map[string]string{"file.go": "asks whose database a file is"}

func faultsOf(query string) []string {
	var out []string
	for _, p := range notPortable {
		if m := p.words.FindString(query); m != "" {
			out = append(out, fmt.Sprintf("%s: %q", p.why, m))
		}
	}
	return out
}

var looksLikeSQL = regexp.MustCompile(`(?is)^\s*(select|insert|update|delete|create|drop|alter|with|pragma|replace|from|where|on conflict)\b|\s(where|and|or|from|join|order by|limit)\s|[a-z_.]+ (=|<|>|<=|>=|<>|in|like) ?(\?|\()`)

func TestTheSQLOfThePackageIsPortable(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	queries := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || owned[file] != "" {
			continue
		}
		for at, text := range rawStrings(t, file) {
			if !looksLikeSQL.MatchString(text) {
				continue
			}
			queries++
			for _, fault := range faultsOf(text) {
				t.Errorf("%s: %s", at, fault)
			}
		}
	}
	if queries < 80 {
		t.Errorf("only %d pieces of SQL were found: this test looks in the wrong place", queries)
	}
}

// rawStrings are the string literals of a file by their place.
func rawStrings(t *testing.T, file string) map[string]string {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string)
	ast.Inspect(parsed, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		out[set.Position(lit.Pos()).String()] = text
		return true
	})
	return out
}

func TestMigrationsArePortable(t *testing.T) {
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations (%v)", err)
	}
	comment := regexp.MustCompile(`(?m)--.*$`)
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range strings.Split(comment.ReplaceAllString(string(b), ""), ";") {
			for _, fault := range faultsOf(statement) {
				t.Errorf("%s: %s", file, fault)
			}
		}
	}
}

func TestWhatIsNotPortableIsFound(t *testing.T) {
	for _, bad := range []string{
		`CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)`, `CREATE TABLE t (id TEXT) WITHOUT ROWID`, `INSERT OR IGNORE INTO t VALUES (?)`,
		`insert or replace into t values (?)`, `REPLACE INTO t VALUES (?)`, `SELECT IFNULL(a, 0) FROM t`, `SELECT datetime('now')`,
		`UPDATE t SET a = MIN(a, ?)`, `SELECT MAX(COALESCE(a, 0), b) FROM t`, `PRAGMA user_version`, `SELECT a FROM t WHERE b GLOB ?`,
		`SELECT a FROM t WHERE b = "text"`, `SELECT group_concat(a) FROM t`, `SELECT rowid FROM t`, `SELECT a FROM t LIMIT 1, 2`,
		"SELECT `a` FROM t", `SELECT iif(a, 1, 2) FROM t`, `SELECT json_extract(a, '$.b') FROM t`, `SELECT strftime('%s', a) FROM t`,
		`SELECT a FROM t WHERE b IN ()`, `SELECT a::text FROM t`,
	} {
		if len(faultsOf(bad)) == 0 {
			t.Errorf("%s: nothing found", bad)
		}
	}
	for _, good := range []string{
		`SELECT MAX(seq), MIN(mark) FROM log`, `SELECT COALESCE((SELECT MAX(seq) FROM log WHERE at < ?), 0), COALESCE((SELECT MIN(mark) FROM consumers), 0)`,
		`INSERT INTO t (a) VALUES (?) ON CONFLICT (a) DO UPDATE SET a = excluded.a`, `UPDATE t SET updated = ?, dates = ?`,
	} {
		if faults := faultsOf(good); len(faults) > 0 {
			t.Errorf("%s: %q", good, faults)
		}
	}
}
