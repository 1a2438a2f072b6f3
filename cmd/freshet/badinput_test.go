package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"freshet/api"
)

// says runs the program and looks for a sentence where a person reads it.
func (w *world) says(status int, want string, args ...string) {
	w.t.Helper()
	r := w.run(args...)
	if r.status != status || !strings.Contains(r.out+r.errors, want) {
		w.t.Errorf("freshet %s: status %d, wanted %d and %q in\n%s%s", strings.Join(args, " "), r.status, status, want, r.out, r.errors)
	}
}

func TestWrongUsageIsStatus2AndNamesWhatWasMeant(t *testing.T) {
	w := newWorld(t)
	tests := map[string]struct {
		want string
		args []string
	}{
		"a command that is not there":  {`"serch" is not a command; did you mean "search"?`, []string{"serch"}},
		"a subcommand that is not":     {"unknown command", []string{"source", "frob"}},
		"a flag that is not there":     {"unknown flag", []string{"sync", "--fulll"}},
		"a type that is not there":     {`did you mean "website"?`, []string{"source", "add", "x", "--type", "websit"}},
		"no type":                      {"--type is missing", []string{"source", "add", "x"}},
		"a setting without a value":    {"write KEY=VALUE", []string{"source", "add", "x", "--type", "files", "--set", "location"}},
		"a filter without a value":     {"write KEY=VALUE", []string{"search", "x", "--kb", "help", "--filter", "locale"}},
		"no question":                  {"requires at least 1 arg", []string{"search"}},
		"a log level that is not":      {"write debug, info, warn or error", []string{"sync", "--log-level", "loud"}},
		"approve without documents":    {"name the documents, or give --all", []string{"source", "approve", "x"}},
		"approve with both":            {"name the documents, or give --all", []string{"source", "approve", "x", "y", "--all"}},
		"a confirmation both ways":     {"--withdraw takes a confirmation back", []string{"document", "confirm", "x", "--withdraw", "--until", "2030-01-01"}},
		"a doubt kept and taken out":   {"with --keep, or taken out, with --exclude", []string{"findings", "resolve", "x", "--keep", "a", "--exclude", "b"}},
		"a decision without a word":    {"with --keep, or taken out, with --exclude", []string{"findings", "resolve", "x"}},
		"a scope without both":         {"--scope does not go with this decision", []string{"findings", "resolve", "x", "--keep", "a", "--scope", "a.plan=pro"}},
		"a scope without a value":      {"write SIDE.FACET=VALUE", []string{"findings", "resolve", "x", "--keep", "both", "--scope", "plan"}},
		"a dismissal for what":         {"write sentences, pages or rule", []string{"findings", "dismiss", "x", "--for", "all"}},
		"a snooze without a day":       {"--until is missing", []string{"findings", "snooze", "x"}},
		"a comment without words":      {"requires at least 2 arg", []string{"findings", "comment", "x"}},
		"a format that is not":         {"write markdown, text or json", []string{"extract", "x", "--format", "pdf"}},
		"extract without anything":     {"name one file or address", []string{"extract"}},
		"an evaluation without a file": {"--questions is missing", []string{"eval", "retrieval"}},
		"a key without a name":         {"--name is missing", []string{"key", "create"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := &world{t: t, data: w.data, dir: w.dir}
			w.says(exitUsage, tt.want, tt.args...)
		})
	}
}

func TestWhatIsMissingIsSaidWithHowToMendIt(t *testing.T) {
	w := newWorld(t)
	w.says(exitFailed, "add one with `freshet source add`", "sync")
	w.says(exitFailed, "there is no knowledge base yet", "search", "x")
	w.says(exitFailed, "There is no source", "source", "show", "nope")
	w.says(exitFailed, "name the file with --config", "sync", "--config", filepath.Join(w.dir, "nope.yaml"))
	w.says(exitFailed, "there is no freshet.yaml here", "config", "check")
	w.says(exitFailed, "look at its name", "extract", filepath.Join(w.dir, "nope.html"))
	w.says(exitFailed, "look at --questions", "eval", "retrieval", "--kb", "help", "--questions", filepath.Join(w.dir, "nope.jsonl"))
	w.docs()
	w.says(exitFailed, `did you mean "docs"?`, "sync", "doc")
	w.says(exitFailed, "give --yes if that is meant", "source", "remove", "docs")
	w.says(exitFailed, "there is no document", "document", "show", "nope")
	w.says(exitFailed, `did you mean "location"?`, "source", "add", "other", "--type", "files", "--set", "locatoin=x", "--kb", "help")
	w.says(exitFailed, "is of type files", "source", "add", "docs", "--type", "records", "--set", "location=x", "--set", "id=id", "--set", "body=b", "--kb", "help")
	w.says(exitFailed, "use small letters", "source", "add", "My Docs", "--type", "files", "--set", "location=x", "--kb", "help")
}

// records adds an export as a source.
func (w *world) records(id, path string) {
	w.t.Helper()
	w.ok("source", "add", id, "--type", "records", "--kb", "help", "--publish", "--set", "location="+path, "--set", "id=id", "--set", "title=title", "--set", "body=body")
}

func (w *world) served(id string) int {
	w.t.Helper()
	var d api.SourceDetails
	w.ask(&d, "source", "show", id)
	return d.Documents.Present + d.Documents.Unreadable
}

func export(n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, `{"id": %d, "title": "Article %d", "body": "The article with the number %d has words of its own: a%d b%d c%d."}`+"\n", i, i, i, i, i, i)
	}
	return out.String()
}

func TestAMissingFileLosesNothing(t *testing.T) {
	w := newWorld(t)
	path := w.write("kb.jsonl", export(10))
	w.records("kb", path)
	w.ok("sync", "kb")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	w.says(exitFailed, "there is no file "+path, "sync", "kb")
	w.says(exitFailed, "✘  location", "source", "test", "kb")
	if n := w.served("kb"); n != 10 {
		t.Errorf("%d of 10 documents are served", n)
	}
}

func TestAnEmptyExportIsHeldAndAPersonDecides(t *testing.T) {
	w := newWorld(t)
	path := w.write("kb.jsonl", "")
	w.records("kb", path)
	w.says(exitDone, "the source lists no document", "sync", "kb")
	w.write("kb.jsonl", export(10))
	w.ok("sync", "kb")
	w.write("kb.jsonl", "")
	w.run("sync", "kb")
	w.says(exitPartial, "10 documents would vanish and still serve", "sync", "kb")
	if n := w.served("kb"); n != 10 {
		t.Errorf("%d of 10 documents are served", n)
	}
	w.says(exitDone, "10 documents would vanish; they serve until you decide", "source", "show", "kb")
	w.says(exitDone, "1 document is no longer served", "source", "approve", "kb", "3")
	w.says(exitDone, "9 documents kept; 0 still wait", "source", "reject", "kb", "--all")
	if n := w.served("kb"); n != 9 {
		t.Errorf("%d documents are served after the decision", n)
	}
}

func TestAnUnreachableSiteLosesNothing(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte("<html><head><title>Hours</title></head><body><main><p>The shop is open from nine to seven on weekdays.</p></main></body></html>"))
	}))
	w := newWorld(t)
	w.ok(w.site("shop", s)...)
	w.ok("sync", "shop")
	s.Close()
	w.says(exitFailed, "cannot be read", "sync", "shop")
	w.says(exitFailed, "try again later", "source", "test", "shop")
	if n := w.served("shop"); n != 1 {
		t.Errorf("%d documents are served", n)
	}
}

func TestAMalformedSitemapHidesNothing(t *testing.T) {
	page := "<html><head><title>Hours</title></head><body><main><p>The shop is open from nine to seven on weekdays.</p></main></body></html>"
	pages := map[string]string{"/": page, "/a": strings.ReplaceAll(page, "shop", "library"), "/sitemap.xml": ""}
	s := server(t, pages)
	pages["/sitemap.xml"] = `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>` + s.URL + `/a</loc></url></urlset>`
	w := newWorld(t)
	w.ok(w.site("shop", s)...)
	w.ok("sync", "shop")
	if n := w.served("shop"); n != 2 {
		t.Fatalf("%d documents are served", n)
	}
	pages["/sitemap.xml"] = `<?xml version="1.0"?><urlset><url><loc>` + s.URL
	for range 2 {
		w.says(exitFailed, "the sitemap "+s.URL+"/sitemap.xml cannot be read", "sync", "shop")
	}
	if n := w.served("shop"); n != 2 {
		t.Errorf("%d of 2 documents are served", n)
	}
}

func TestAnEndlessResponseIsBrokenOffAndSaid(t *testing.T) {
	block := []byte(strings.Repeat("many words without an end ", 1<<12))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			_, _ = w.Write([]byte(`<html><head><title>All</title></head><body><main><p>The start of this site has a link.</p><a href="/big">big</a></main></body></html>`))
		case "/big":
			w.Header().Set("Content-Type", "text/html")
			for range 2 << 30 / len(block) {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	w := newWorld(t)
	w.ok(append(w.site("big", s), "--set", "max_page_mb=1")...)
	w.says(exitPartial, "1 document is too large (too_large)", "sync", "big")
	if n := w.served("big"); n != 2 {
		t.Errorf("%d documents are kept: the start page, and the other as unreadable", n)
	}
}

func TestACatalogOfANewerVersionIsRefused(t *testing.T) {
	w := newWorld(t)
	w.docs()
	db, err := sql.Open("sqlite", filepath.Join(w.data, catalogFile))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	w.says(exitFailed, "written by a newer version of freshet", "search", "x")
	w.says(exitFailed, "use that version, or another data directory", "serve", "--addr", "127.0.0.1:0")
	if fileExists(filepath.Join(w.data, ownerFile)) {
		t.Error("the data directory is still taken")
	}
}

func TestADataDirectoryThatCannotBeUsedIsSaid(t *testing.T) {
	w := newWorld(t)
	w.data = w.write("a-file", "not a directory")
	w.says(exitFailed, "give another one with --data", "search", "x")
	w.says(exitFailed, "✘  data directory", "doctor")
}

func TestFewerPagesBySettingsNeedAYes(t *testing.T) {
	w := newWorld(t)
	for i := range 8 {
		w.write(fmt.Sprintf("docs/sub%d/page.md", i%2), "# Page\n\nText of the page.\n")
		w.write(fmt.Sprintf("docs/sub%d/page%d.md", i%2, i), fmt.Sprintf("# Page %d\n\nThe text of page number %d is its own.\n", i, i))
	}
	args := []string{"source", "add", "docs", "--type", "files", "--set", "location=" + filepath.Join(w.dir, "docs"), "--kb", "help", "--publish"}
	w.ok(args...)
	w.ok("sync")
	narrowed := append(args, "--set", "include=sub0/**")
	w.says(exitFailed, "5 documents will be hidden by these settings", narrowed...)
	if n := w.served("docs"); n != 10 {
		t.Errorf("%d of 10 are served after the refusal", n)
	}
	w.says(exitDone, "5 documents are hidden", append(narrowed, "--yes")...)
	if n := w.served("docs"); n != 5 {
		t.Errorf("%d of 5 are served after the yes", n)
	}
}
