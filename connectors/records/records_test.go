package records

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

// pulled is what one pull said.
type pulled struct {
	docs    []*connectors.Document
	bodies  []string
	changes []connectors.Change
	done    bool
	err     error
}

func pull(t testing.TB, s *Source, pos connectors.Position) pulled {
	t.Helper()
	var out pulled
	for c, err := range s.Pull(t.Context(), pos) {
		if out.err = err; err != nil {
			break
		}
		out.changes = append(out.changes, c)
		switch c := c.(type) {
		case connectors.Upsert:
			r, err := c.Document.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			r.Close()
			out.docs, out.bodies = append(out.docs, c.Document), append(out.bodies, string(body))
		case connectors.PassDone:
			out.done = true
		}
	}
	return out
}

func all(t testing.TB, s *Source) pulled {
	t.Helper()
	return pull(t, s, connectortest.NewPosition(connectors.Full))
}

// of pulls an export with this content.
func of(t testing.TB, name, content string, settings map[string]any) pulled {
	t.Helper()
	return all(t, sourceOf(t, name, content, settings))
}

func sourceOf(t testing.TB, name, content string, settings map[string]any) *Source {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	raw := map[string]any{"location": name, "id": "id", "body": "body"}
	for k, v := range settings {
		raw[k] = v
	}
	return open(t, connectors.Env{Dir: dir}, raw)
}

func (p pulled) skips() map[string]connectors.SkipReason {
	out := map[string]connectors.SkipReason{}
	for _, c := range p.changes {
		if s, ok := c.(connectors.Skip); ok {
			out[s.ID] = s.Reason
		}
	}
	return out
}

func (p pulled) unreadable() (out []connectors.Unreadable) {
	for _, c := range p.changes {
		if u, ok := c.(connectors.Unreadable); ok {
			out = append(out, u)
		}
	}
	return out
}

func TestTheMappingFillsEveryPartOfADocument(t *testing.T) {
	record := `{"id": 12345678901234567890, "lang": "fr_CA", "t": "Prix &amp; délais", "q": "Combien ?", "a": "<p>12 €</p>", "slug": "prix été",
		"tags": [{"name": "Tarifs"}, {"name": "Mobile"}, {"name": "Tarifs"}], "theme": "Abonnement", "product": {"name": "Mobile"}, "group": 7,
		"made": 1700000000, "changed": "31 mars 2026", "who": "ann@example.org", "readers": ["group:staff", "bob@example.org", "nonsense"], "in": 3, "views": 9}`
	out := of(t, "x.jsonl", strings.ReplaceAll(record, "\n", " ")+"\n", map[string]any{
		"id": "{{lang}}-{{id}}", "title": "t", "body": []any{"{{q}}\n\n{{a}}", "absent"}, "body_format": "html",
		"url": "https://example.org/{{slug}}", "edit_url": "javascript:alert({{id}})", "labels": []any{"theme", "tags[].name"},
		"facets": map[string]any{"product": "product.name", "none": "absent"}, "metadata": map[string]any{"views": "views"},
		"locale": "lang", "translation_group": "group", "created": "made", "modified": "changed", "owner": "who", "class": "=FAQ",
		"access": "readers", "parent": "in", "path": "theme",
	})
	if out.err != nil || !out.done || len(out.docs) != 1 {
		t.Fatalf("got %+v", out)
	}
	want := &connectors.Document{
		ID: "fr_CA-12345678901234567890", URI: "https://example.org/prix%20%C3%A9t%C3%A9", Title: "Prix & délais", MediaType: "text/html",
		Locale: "fr-CA", TranslationGroup: "7", Created: time.Unix(1700000000, 0).UTC(), Modified: time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC),
		Owner: "ann@example.org", Class: "FAQ", Labels: []string{"Abonnement", "Tarifs", "Mobile"}, Path: []string{"Abonnement"}, PartOf: "3",
		Facets: map[string][]string{"product": {"Mobile"}}, Metadata: map[string]string{"views": "9"},
		Access: connectors.Access{Known: true, AnyOf: [][]connectors.Principal{{"group:staff", "user:bob@example.org"}}},
	}
	if diff := cmp.Diff(want, out.docs[0], cmpopts.IgnoreFields(connectors.Document{}, "Open", "Revision")); diff != "" {
		t.Error(diff)
	}
	if out.bodies[0] != "Combien ?\n\n<p>12 €</p>" {
		t.Errorf("the body is %q", out.bodies[0])
	}
}

func TestARecordThatDoesNotSayWhoMayReadIsShownToNobody(t *testing.T) {
	out := of(t, "x.jsonl", `{"id":"a","body":"b"}`, map[string]any{"access": "readers"})
	if a := out.docs[0].Access; !a.Known || a.Allows([]connectors.Principal{"user:ann", "group:staff"}) {
		t.Errorf("access is %+v", a)
	}
}

func TestEveryPartOfADocumentChangesItsRevision(t *testing.T) {
	base := `{"id":"a","body":"b","t":"c","l":["d"],"f":"e","d":"2026-01-01"}`
	settings := map[string]any{"title": "t", "labels": "l", "facets": map[string]any{"x": "f"}, "modified": "d"}
	revision := func(line string) string { return of(t, "x.jsonl", line, settings).docs[0].Revision }
	first := revision(base)
	if again := revision(base); again != first {
		t.Errorf("equal records have the revisions %s and %s", first, again)
	}
	for _, change := range []string{`"b"`, `"c"`, `"d"]`, `"e"`, `"2026-01-01"`} {
		if revision(strings.Replace(base, change, strings.Replace(change, `"`, `"1`, 1), 1)) == first && change != `"2026-01-01"` {
			t.Errorf("changing %s leaves the revision", change)
		}
	}
	if revision(strings.Replace(base, "2026-01-01", "2026-01-02", 1)) == first {
		t.Error("changing the date leaves the revision")
	}
}

func TestDamagedListingsAreNeverWhole(t *testing.T) {
	good := `{"id":"a","body":"x"}` + "\n"
	list := func(inner string) string { return `[{"id":"a","body":"x"},` + inner }
	cases := []struct {
		name, file, content string
		settings            map[string]any
		docs                int
		reason              string // of the Unreadable, "" for none
		says                string
	}{
		{"a damaged line", "x.jsonl", good + "{oops\n" + strings.Replace(good, `"a"`, `"b"`, 1), nil, 2, "malformed", "line 2"},
		{"a line that is no object", "x.jsonl", good + "[1]\n", nil, 1, "malformed", "line 2"},
		{"two values on one line", "x.jsonl", good + `{"id":"b","body":"x"} {"id":"c"}` + "\n", nil, 1, "malformed", "line 2"},
		{"a line of nothing but brackets", "x.jsonl", good + strings.Repeat("[", 5000) + "\n", nil, 1, "malformed", "brackets"},
		{"a line that is not UTF-8", "x.jsonl", good + "{\"id\":\"b\",\"body\":\"\xe9\"}\n", nil, 1, "malformed", "charset"},
		{"a line above the limit", "x.jsonl", good + `{"id":"b","body":"` + strings.Repeat("x", 3000) + "\"}\n" + strings.Replace(good, `"a"`, `"c"`, 1), map[string]any{"max_record_kb": 1}, 2, "too_large", "max_record_kb"},
		{"a file cut in its last line", "x.jsonl", good + `{"id":"b","bo`, nil, 1, "", "line 2"},
		{"a record without identifier", "x.jsonl", good + `{"Id":"b","body":"x"}` + "\n", nil, 1, "missing_id", `did you mean "Id"`},
		{"a JSON list that is cut", "x.json", list(`{"id":"b","body":"x"}`), nil, 2, "", "ends in the middle"},
		{"a JSON list cut within a record", "x.json", list(`{"id":"b","bo`), nil, 1, "", "ends in the middle"},
		{"a JSON list with damage", "x.json", list(`{"id":"b" "body"}]`), nil, 1, "", "damaged at byte"},
		{"a list with an item that is no object", "x.json", list(`7]`), nil, 1, "malformed", "record 2"},
		{"a list with an endless record", "x.json", list(`{"id":"b","body":"` + strings.Repeat("x", 200_000)), map[string]any{"max_record_kb": 1}, 1, "", "max_record_kb"},
		{"text behind a JSON object", "x.json", `{"data":[{"id":"a","body":"x"}]} {`, map[string]any{"items": "data"}, 1, "", "ends in the middle"},
		{"no list where items says", "x.json", `{"error":"maintenance","rows":[]}`, map[string]any{"items": "data"}, 0, "", "rows"},
		{"an object without items", "x.json", "{\n\"rows\":[]}", nil, 0, "", "lists at rows"},
		{"an object without items on one line", "x.json", `{"rows":[{"id":"a","body":"x"}]}`, nil, 0, "", "lists at rows"},
		{"a CSV cut in a row", "x.csv", "id,body\na,x\nb", nil, 1, "", "last row"},
		{"a CSV row with a column too few", "x.csv", "id,body\na,x\nb\nc,x\n", nil, 2, "malformed", "line 3"},
		{"a CSV with a quote that is never closed", "x.csv", "id,body\na,x\nb,\"" + strings.Repeat("x\n", 200_000), map[string]any{"max_record_kb": 1}, 1, "", "max_record_kb"},
		{"a CSV with a quote inside", "x.csv", "id,body\na,x\nb,\"x\"y\nc,x\n", nil, 2, "malformed", "line 3"},
		{"a web page", "x.json", "<!DOCTYPE html><title>Log in</title>", nil, 0, "", "web page"},
		{"more than allowed", "x.jsonl", strings.Repeat(good, 20) + strings.Replace(good, `"a"`, `"b"`, 1), map[string]any{"max_records": 5}, 1, "", "max_records"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out := of(t, c.file, c.content, c.settings)
			if out.done || !errors.Is(out.err, connectors.ErrTruncated) || !strings.Contains(out.err.Error(), c.says) && c.reason == "" {
				t.Errorf("done %v, error %v", out.done, out.err)
			}
			if len(out.docs) != c.docs {
				t.Errorf("%d documents, not %d", len(out.docs), c.docs)
			}
			bad := out.unreadable()
			if c.reason == "" {
				if len(bad) > 0 {
					t.Errorf("unreadable: %+v", bad)
				}
				return
			}
			if len(bad) != 1 || connectors.AsVerdict(bad[0].Err) == nil || connectors.AsVerdict(bad[0].Err).Reason != c.reason || !strings.Contains(bad[0].Err.Error(), c.says) {
				t.Fatalf("unreadable: %+v", bad)
			}
			for i, change := range out.changes {
				if _, mark := change.(connectors.Checkpoint); mark && i > indexOf(out.changes, bad[0]) {
					t.Error("a checkpoint behind a record that could not be read")
				}
			}
		})
	}
}

func indexOf(changes []connectors.Change, u connectors.Unreadable) int {
	for i, c := range changes {
		if x, ok := c.(connectors.Unreadable); ok && x.ID == u.ID {
			return i
		}
	}
	return -1
}

func TestWholeListings(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	io.WriteString(z, `{"id":"a","body":"été"}`)
	z.Close()
	cases := []struct {
		name, file, content string
		settings            map[string]any
		ids, bodies         string
	}{
		{"an empty file", "x.jsonl", "", nil, "", ""},
		{"an empty CSV with a header", "x.csv", "id,body\n", nil, "", ""},
		{"an empty list", "x.json", " [ ] ", nil, "", ""},
		{"null for a list", "x.json", `{"data":null}`, map[string]any{"items": "data"}, "", ""},
		{"blank lines and CRLF", "x.jsonl", "\r\n{\"id\":\"a\",\"body\":\"x\"}\r\n\r\n", nil, "a", "x"},
		{"JSON lines called .json", "x.json", "{\"id\":\"a\",\"body\":\"x\"}\n{\"id\":\"b\",\"body\":\"y\"}\n", nil, "a b", "x y"},
		{"a list inside", "x.json", `{"n":1,"l":[[1,{"rows":[3]}]],"data":{"rows":[{"id":"a","body":"x"}],"z":{}},"m":{"k":[]}}`, map[string]any{"items": "data.rows"}, "a", "x"},
		{"a byte order mark", "x.csv", "\ufeffid,body\na,été\n", nil, "a", "été"},
		{"semicolons", "x.csv", "id;body\na;\"x, y\"\n", nil, "a", "x, y"},
		{"tabs by name", "x.tsv", "id\tbody\na\tx\n", nil, "a", "x"},
		{"latin1 as spreadsheets write it", "x.csv", "id,body\na,\xe9t\xe9 \x80\n", nil, "a", "été €"},
		{"latin1 by setting", "x.jsonl", "{\"id\":\"a\",\"body\":\"\xe9t\xe9\"}\n", map[string]any{"charset": "iso-8859-1"}, "a", "été"},
		{"UTF-16", "x.csv", "\xff\xfei\x00d\x00,\x00b\x00o\x00d\x00y\x00\n\x00a\x00,\x00\xe9\x00\n\x00", nil, "a", "é"},
		{"gzip", "x.jsonl.gz", zipped.String(), nil, "a", "été"},
		{"equal repeats are folded", "x.jsonl", strings.Repeat(`{"id":"a","body":"x"}`+"\n", 3), nil, "a", "x"},
		{"a quoted line end", "x.csv", "id,body\na,\"x\ny\"\n", nil, "a", "x\ny"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out := of(t, c.file, c.content, c.settings)
			if out.err != nil || !out.done {
				t.Fatalf("done %v, error %v", out.done, out.err)
			}
			var ids []string
			for _, d := range out.docs {
				ids = append(ids, d.ID)
			}
			if got := strings.Join(ids, " "); got != c.ids || strings.Join(out.bodies, " ") != c.bodies {
				t.Errorf("got %q, %q", ids, out.bodies)
			}
		})
	}
}

func TestFiltersEmptyOnesAndRepeatsAreSkippedWithReasons(t *testing.T) {
	out := of(t, "x.jsonl", `{"id":"draft","body":"x","s":"draft"}
{"id":"empty","body":" \n","s":"live"}
{"id":"twice","body":"x","s":"live"}
{"id":"twice","body":"y","s":"live"}
{"id":"secret","body":"y","s":"live","tags":["b","hidden"]}
`, map[string]any{"where": map[string]any{"s": "live", "tags": "!hidden"}})
	want := map[string]connectors.SkipReason{"draft": connectors.SkipExcluded, "empty": connectors.SkipEmpty, "twice": connectors.SkipDuplicate, "secret": connectors.SkipExcluded}
	if diff := cmp.Diff(want, out.skips()); diff != "" || len(out.docs) != 1 || !out.done {
		t.Errorf("%s, %d documents, error %v", diff, len(out.docs), out.err)
	}
}

func TestAFileThatIsAnotherByNowIsReadFromItsStart(t *testing.T) {
	line := func(i int) string { return fmt.Sprintf(`{"id":"%d","body":"x"}`+"\n", i) }
	var content string
	for i := range 10 {
		content += line(i)
	}
	s := sourceOf(t, "x.jsonl", content, nil)
	pos := connectortest.NewPosition(connectors.Full)
	cursor := ""
	for _, c := range pull(t, s, pos).changes {
		if mark, ok := c.(connectors.Checkpoint); ok {
			cursor = mark.Cursor
		}
	}
	resumed := pull(t, s, connectortest.NewPosition(connectors.Full).WithCursor(cursor))
	if len(resumed.docs) != 1 || resumed.docs[0].ID != "9" || !resumed.done {
		t.Errorf("resumed at %s: %d documents, error %v", cursor, len(resumed.docs), resumed.err)
	}
	if err := os.WriteFile(s.file, []byte(line(77)+content), 0o644); err != nil {
		t.Fatal(err)
	}
	if again := pull(t, s, connectortest.NewPosition(connectors.Full).WithCursor(cursor)); len(again.docs) != 11 || !again.done {
		t.Errorf("%d documents of the new file, error %v", len(again.docs), again.err)
	}
}

func TestAFileWrittenToMeanwhileIsNotWhole(t *testing.T) {
	s := sourceOf(t, "x.jsonl", `{"id":"a","body":"x"}`+"\n"+`{"id":"b","body":"x"}`+"\n", nil)
	var last error
	for c, err := range s.Pull(context.Background(), connectortest.NewPosition(connectors.Full)) {
		last = err
		if _, ok := c.(connectors.Upsert); ok {
			if err := os.WriteFile(s.file, []byte(`{"id":"c","body":"yy"}`+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if _, done := c.(connectors.PassDone); done {
			t.Error("PassDone")
		}
	}
	if !errors.Is(last, connectors.ErrTruncated) {
		t.Errorf("the pull ended with %v", last)
	}
}

func TestSettingsThatCannotWorkAreRefusedInWords(t *testing.T) {
	cases := map[string]struct {
		raw  map[string]any
		says string
	}{
		"no id":              {map[string]any{"location": "x", "body": "b"}, `"id" is missing`},
		"no body":            {map[string]any{"location": "x", "id": "b"}, `"body" is missing`},
		"an open template":   {map[string]any{"location": "x", "id": "{{a", "body": "b"}, "}}"},
		"another scheme":     {map[string]any{"location": "ftp://x/y", "id": "a", "body": "b"}, "https://"},
		"paging of a file":   {map[string]any{"location": "x", "id": "a", "body": "b", "paging": "page"}, "needs an address"},
		"a cursor nowhere":   {map[string]any{"location": "https://x/", "id": "a", "body": "b", "paging": "cursor"}, `setting "cursor"`},
		"a long delimiter":   {map[string]any{"location": "x", "id": "a", "body": "b", "delimiter": ";;"}, "delimiter"},
		"an unknown charset": {map[string]any{"location": "x", "id": "a", "body": "b", "charset": "utf-9"}, "character set"},
		"both ways":          {map[string]any{"location": "x", "id": "a", "body": "b", "public": true, "access": "c"}, "exclude each other"},
	}
	for name, c := range cases {
		settings, err := Kind().Parse(c.raw)
		if err == nil {
			_, err = Kind().New(loopback(), settings)
		}
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	cases := []struct {
		name, content string
		settings      map[string]any
		status        connectors.CheckStatus
		says          string
	}{
		{"a good export", `{"id":"a","body":"x"}` + "\n" + `{"id":"a","body":"x"}`, nil, connectors.CheckOK, "1 documents would come of 2 records, 1 repeat"},
		{"an empty export", "", nil, connectors.CheckWarning, "no record"},
		{"a typing error in id", `{"ident":"a","body":"x"}`, nil, connectors.CheckFailure, "body, ident"},
		{"a typing error in title", `{"id":"a","body":"x","titles":"t"}`, map[string]any{"title": "title"}, connectors.CheckWarning, "Did you mean titles?"},
		{"a damaged line", `{"id":"a","body":"x"}` + "\n{\n" + `{"id":"b","body":"x"}`, nil, connectors.CheckWarning, "line 2"},
		{"dates that are none", `{"id":"a","body":"x","d":"soon"}`, map[string]any{"modified": "d"}, connectors.CheckWarning, "not a date"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			checks := sourceOf(t, "x.jsonl", c.content, c.settings).Check(t.Context())
			for _, check := range checks {
				if check.Status == c.status && strings.Contains(check.Text, c.says) {
					return
				}
			}
			t.Errorf("checks: %+v", checks)
		})
	}
}

func TestRealExportsAreReadWhole(t *testing.T) {
	cases := []struct {
		file     string
		settings map[string]any
		docs     int
	}{
		{"faq-fr-cnil/kb_html.jsonl", map[string]any{"id": "id", "title": "title", "body": "html", "body_format": "html", "url": "url", "labels": []any{"theme"}}, 503},
		{"faq-fr-servicepublic/kb.jsonl", map[string]any{"id": "id", "body": "text", "url": "url"}, 530},
		{"faq-en-stackexchange/kb.jsonl", map[string]any{"id": "id", "title": "title", "body": "text", "parent": "thread"}, 719},
		{"faq-en-covid/kb.jsonl", map[string]any{"id": "id", "title": "faq_questions", "body": "text"}, 67},
	}
	for _, c := range cases {
		t.Run(c.file, func(t *testing.T) {
			file := connectortest.DataPath(t, c.file)
			c.settings["location"] = file
			out := all(t, open(t, connectors.Env{}, c.settings))
			if out.err != nil || !out.done {
				t.Fatalf("done %v, error %v", out.done, out.err)
			}
			if len(out.docs) != c.docs || len(out.skips()) > 0 || len(out.unreadable()) > 0 {
				t.Errorf("%d documents, %v skipped, %d unreadable, of %d lines", len(out.docs), out.skips(), len(out.unreadable()), lines(t, file))
			}
			for i, d := range out.docs {
				if _, titled := c.settings["title"]; titled && d.Title == "" || out.bodies[i] == "" {
					t.Errorf("the document %s has the title %q and %d bytes", d.ID, d.Title, len(out.bodies[i]))
				}
			}
		})
	}
}

func lines(t *testing.T, file string) (n int) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		n++
	}
	return n
}
