package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

// said is what one pull said, by ID: the content, or the reason it was left out.
type said struct {
	docs    map[string]*connectors.Document
	content map[string]string
	skips   map[string]connectors.SkipReason
	bad     map[string]error
	order   []string
	same    int
	done    bool
	err     error
	cursors []string
}

func pull(t testing.TB, s *Source, pos connectors.Position) said {
	t.Helper()
	out := said{docs: map[string]*connectors.Document{}, content: map[string]string{}, skips: map[string]connectors.SkipReason{}, bad: map[string]error{}}
	for c, err := range s.Pull(t.Context(), pos) {
		if out.err = err; err != nil {
			break
		}
		switch c := c.(type) {
		case connectors.Upsert:
			id := c.Document.ID
			out.docs[id], out.order = c.Document, append(out.order, id)
			content, err := readAll(t, c.Document)
			if out.content[id] = content; err != nil {
				out.bad[id] = err
			}
		case connectors.Same:
			out.same++
			out.order = append(out.order, c.ID)
		case connectors.Skip:
			out.skips[c.ID] = c.Reason
			out.order = append(out.order, c.ID)
		case connectors.Unreadable:
			out.bad[c.ID] = c.Err
			out.order = append(out.order, c.ID)
		case connectors.Checkpoint:
			out.cursors = append(out.cursors, c.Cursor)
		case connectors.PassDone:
			out.done = true
		}
	}
	return out
}

func readAll(t testing.TB, d *connectors.Document) (string, error) {
	t.Helper()
	r, err := d.Open(t.Context())
	if err != nil {
		return "", err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	return string(b), err
}

func all(t testing.TB, s *Source) said {
	t.Helper()
	return pull(t, s, connectortest.NewPosition(connectors.Full))
}

func (s said) ids() string { return strings.Join(s.order, " ") }

func TestTheListingIsInByteOrderOfPathsAndResumesAnywhere(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a/b.md", "a.md", "a-b.md", "a/b/c.md", "a/b-c.md", "Z.md", "é.md", "a0.md", "b/x.md"} {
		write(t, dir, name, "text")
	}
	s := source(t, dir, nil)
	out := all(t, s)
	if !out.done || !slices.IsSorted(out.order) || len(out.order) != 9 {
		t.Fatalf("done %v, order %q", out.done, out.order)
	}
	for i, id := range out.order {
		rest := pull(t, s, connectortest.NewPosition(connectors.Full).WithCursor(cursorPrefix+id))
		if diff := cmp.Diff(out.order[i+1:], rest.order, cmpopts.EquateEmpty()); diff != "" || !rest.done {
			t.Errorf("resumed after %s: %s", id, diff)
		}
	}
	if len(out.cursors) != 3 {
		t.Errorf("cursors %q", out.cursors)
	}
}

func TestWhatIsReadAndWhatIsNot(t *testing.T) {
	files := []string{"index.md", "fr/prix.md", "fr/old/prix.md", "drafts/x.md", "notes.txt", "img/logo.png", ".git/config", "a/.hidden.md", "node_modules/x/readme.md"}
	cases := []struct {
		name     string
		settings map[string]any
		want     string
	}{
		{"everything but what is hidden", nil, "drafts/x.md fr/old/prix.md fr/prix.md img/logo.png index.md node_modules/x/readme.md notes.txt"},
		{"a name at any depth", map[string]any{"include": "*.md", "exclude": "node_modules"}, "drafts/x.md fr/old/prix.md fr/prix.md index.md"},
		{"folders", map[string]any{"include": []any{"fr/**"}, "exclude": "**/old/**"}, "fr/prix.md"},
		{"one level", map[string]any{"include": "/*.md"}, "index.md"},
		{"alternatives and sets", map[string]any{"include": []any{"{index,notes}.[mt]*"}}, "index.md notes.txt"},
		{"a folder with a slash", map[string]any{"include": "fr/"}, "fr/old/prix.md fr/prix.md"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, f := range files {
				write(t, dir, f, "text")
			}
			s := source(t, dir, c.settings)
			out := all(t, s)
			if out.ids() != c.want || !out.done {
				t.Errorf("got %q, error %v", out.ids(), out.err)
			}
			for _, f := range files {
				if s.InScope(f) != slices.Contains(out.order, f) {
					t.Errorf("InScope(%q) is %v", f, s.InScope(f))
				}
			}
		})
	}
}

func TestLinksStayInsideAndOddThingsAreNotOpened(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "docs")
	write(t, base, "outside.md", "secret")
	write(t, base, "outside/secret.md", "secret")
	write(t, dir, "real/page.md", "text")
	write(t, dir, "empty.md", "")
	write(t, dir, "large.md", strings.Repeat("x", 2000))
	for link, to := range map[string]string{
		"in.md": "real/page.md", "out.md": "../outside.md", "absolute.md": filepath.Join(dir, "real/page.md"), "broken.md": "nothing.md", "self.md": "self.md",
		"linked": "real", "outfolder": "../outside", "real/up": "..", "sneaky.md": "real/../../outside.md",
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.md"), 0o644); err != nil {
		t.Fatal(err)
	}
	out := all(t, source(t, dir, map[string]any{"max_file_size": "1KB"}))
	if !out.done || out.content["in.md"] != "text" || out.content["linked/page.md"] != "text" || out.content["real/page.md"] != "text" {
		t.Errorf("done %v, error %v, read %v", out.done, out.err, out.content)
	}
	for id, content := range out.content {
		if strings.Contains(content, "secret") {
			t.Errorf("%s leads out of the folder", id)
		}
	}
	want := map[string]connectors.SkipReason{"out.md": SkipLinkOutside, "absolute.md": SkipLinkOutside, "sneaky.md": SkipLinkOutside, "outfolder": SkipLinkOutside,
		"broken.md": SkipLinkBroken, "self.md": SkipLinkLoop, "real/up": SkipLinkLoop, "linked/up": SkipLinkLoop, "pipe.md": SkipNotAFile, "empty.md": connectors.SkipEmpty}
	if diff := cmp.Diff(want, out.skips); diff != "" {
		t.Error(diff)
	}
	if v := connectors.AsVerdict(out.bad["large.md"]); v == nil || v.Reason != connectors.VerdictTooLarge {
		t.Errorf("the large file: %v", out.bad["large.md"])
	}
}

func TestAFolderThatCannotBeReadIsNeverAnEmptyListing(t *testing.T) {
	t.Run("it is not there", func(t *testing.T) {
		out := all(t, source(t, filepath.Join(t.TempDir(), "none"), nil))
		if !errors.Is(out.err, connectors.ErrNotFound) || out.done {
			t.Errorf("done %v, error %v", out.done, out.err)
		}
	})
	t.Run("it is empty where documents are known", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, "a.md", "text")
		s, pos := source(t, dir, nil), connectortest.NewPosition(connectors.Full)
		if out := pull(t, s, known{pos, "a.md"}); !out.done {
			t.Fatal(out.err)
		}
		os.Remove(filepath.Join(dir, "a.md"))
		if out := pull(t, s, known{pos, "a.md"}); out.done || !errors.Is(out.err, connectors.ErrTruncated) {
			t.Errorf("done %v, error %v", out.done, out.err)
		}
		write(t, dir, ".keep", "")
		if out := pull(t, s, known{pos, "a.md"}); !out.done {
			t.Errorf("with .keep: %v", out.err)
		}
	})
	t.Run("a folder in it vanishes meanwhile", func(t *testing.T) {
		dir := t.TempDir()
		for i := range 5 {
			write(t, dir, fmt.Sprintf("f%d/a.md", i), "text")
		}
		var last error
		marks := 0
		for c, err := range source(t, dir, nil).Pull(t.Context(), connectortest.NewPosition(connectors.Full)) {
			last = err
			switch c.(type) {
			case connectors.Upsert:
				os.RemoveAll(filepath.Join(dir, "f2"))
			case connectors.PassDone:
				t.Error("PassDone")
			case connectors.Checkpoint:
				marks++
			}
		}
		if !errors.Is(last, connectors.ErrTruncated) || marks != 0 {
			t.Errorf("%d checkpoints, error %v", marks, last)
		}
	})
	t.Run("a folder in it may not be read", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("root may read everything")
		}
		dir := t.TempDir()
		write(t, dir, "a/x.md", "text")
		write(t, dir, "b/x.md", "text")
		os.Chmod(filepath.Join(dir, "a"), 0)
		t.Cleanup(func() { os.Chmod(filepath.Join(dir, "a"), 0o755) })
		if out := all(t, source(t, dir, nil)); out.done || !errors.Is(out.err, connectors.ErrTruncated) || out.ids() != "b/x.md" {
			t.Errorf("done %v, error %v, %q", out.done, out.err, out.ids())
		}
	})
	t.Run("it holds more than is allowed", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, "a/x.md", "text")
		write(t, dir, "a/y.md", "text")
		if out := all(t, source(t, dir, map[string]any{"max_files": 2})); out.done || !errors.Is(out.err, connectors.ErrTruncated) {
			t.Errorf("done %v, error %v", out.done, out.err)
		}
	})
}

// known is a position that holds one document.
type known struct {
	*connectortest.Position
	id string
}

func (k known) Known(context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) { yield(k.id, nil) }
}

func TestARevisionChangesWithTheContentEvenIfTimesAreSetBack(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.md", "one")
	file := filepath.Join(dir, "a.md")
	old := time.Now().Add(-time.Hour)
	os.Chtimes(file, old, old)
	s := source(t, dir, nil)
	s.now = func() time.Time { return time.Now().Add(time.Hour) } // the change is long settled
	first := all(t, s).docs["a.md"].Revision
	time.Sleep(20 * time.Millisecond)
	write(t, dir, "a.md", "two")
	os.Chtimes(file, old, old)
	if again := all(t, s).docs["a.md"].Revision; again == first {
		t.Errorf("other content of equal size and time has the same revision %s", first)
	}
}

func TestAFreshFileIsToldByItsContent(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.md", "one")
	s, pos := source(t, dir, nil), connectortest.NewPosition(connectors.Full)
	// Every file has just changed as long as the clock stands at its change time.
	s.now = func() time.Time { return time.Unix(0, 0) }
	first := all(t, s).docs["a.md"].Revision
	s.now = time.Now
	time.Sleep(150 * time.Millisecond)
	if out := pull(t, s, revised{pos, first}); out.same != 1 {
		t.Errorf("unchanged, it came as %q, not as Same", out.docs["a.md"].Revision)
	}
}

// revised is a position that knows one revision.
type revised struct {
	*connectortest.Position
	revision string
}

func (r revised) Revision(context.Context, string) (string, error) { return r.revision, nil }

func TestAFileThatGrowsWhileItIsReadIsAFault(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "log.txt", strings.Repeat("x", 100_000))
	d := all(t, source(t, dir, nil)).docs["log.txt"]
	r, err := d.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	io.CopyN(io.Discard, r, 1000)
	f, err := os.OpenFile(filepath.Join(dir, "log.txt"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "more")
	f.Close()
	if _, err := io.Copy(io.Discard, r); err == nil || connectors.AsVerdict(err) != nil {
		t.Errorf("reading ended with %v", err)
	}
}

func TestAFileThatBecomesAPipeIsNotWaitedFor(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.txt", "text")
	d := all(t, source(t, dir, nil)).docs["a.txt"]
	os.Remove(filepath.Join(dir, "a.txt"))
	if err := syscall.Mkfifo(filepath.Join(dir, "a.txt"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := readAll(t, d); connectors.AsVerdict(err) == nil {
		t.Errorf("reading it gave %v", err)
	}
}

func TestOneFileIsASourceToo(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.md", "text")
	write(t, dir, "b.md", "other")
	s := source(t, filepath.Join(dir, "a.md"), nil)
	out := all(t, s)
	if out.ids() != "a.md" || !out.done || out.content["a.md"] != "text" {
		t.Errorf("%q, error %v", out.ids(), out.err)
	}
	os.Remove(filepath.Join(dir, "a.md"))
	if out := all(t, s); !errors.Is(out.err, connectors.ErrNotFound) {
		t.Errorf("gone, it gives %v", out.err)
	}
}

func TestFetchKnowsHowSureAnAbsenceIs(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a/x.md", "text")
	write(t, dir, "cafe\u0301.md", "text")
	os.MkdirAll(filepath.Join(dir, "share"), 0o755)
	s := source(t, dir, map[string]any{"exclude": "*.tmp"})
	cases := []struct {
		name, id string
		want     connectors.Change
	}{
		{"gone from a folder that holds others", "a/gone.md", connectors.Delete{ID: "a/gone.md", Evidence: connectors.EvidenceGone}},
		{"gone from a folder that is empty, as a share's mount point", "share/gone.md", connectors.Delete{ID: "share/gone.md", Evidence: connectors.EvidenceNotFound}},
		{"below what is a file now", "a/x.md/y.md", connectors.Delete{ID: "a/x.md/y.md", Evidence: connectors.EvidenceGone}},
		{"left out by the filters", "a/x.tmp", connectors.Skip{ID: "a/x.tmp", Reason: connectors.SkipExcluded, Detail: `the pattern "*.tmp" of exclude matches`}},
		{"a path that leads out", "../x.md", connectors.Skip{ID: "../x.md", Reason: connectors.SkipExcluded, Detail: "its name begins with a dot"}},
	}
	for _, c := range cases {
		got, err := s.Fetch(t.Context(), c.id)
		if _, skipped := got.(connectors.Skip); skipped && c.id == "../x.md" {
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %s %v", c.name, diff, err)
		}
	}
	if up, ok := mustFetch(t, s, "caf\u00e9.md").(connectors.Upsert); !ok || up.Document.ID != "caf\u00e9.md" {
		t.Error("an accent written in another way is not found")
	}
	empty := source(t, filepath.Join(dir, "share"), nil)
	if c, err := empty.Fetch(t.Context(), "x.md"); err == nil {
		t.Errorf("of an empty location Fetch says %#v", c)
	}
}

func mustFetch(t *testing.T, s *Source, id string) connectors.Change {
	t.Helper()
	c, err := s.Fetch(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCheckCounts(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.md", "text")
	write(t, dir, "b.md", strings.Repeat("x", 5000))
	write(t, dir, "c.md", "")
	checks := source(t, dir, map[string]any{"max_file_size": "1KB"}).Check(t.Context())
	if last := checks[len(checks)-1]; last.Status != connectors.CheckWarning || last.Text != "1 files would be read, 1 are too large, 1 are empty. Raise max_file_size to read the large ones." {
		t.Errorf("%+v", last)
	}
	checks = source(t, dir, map[string]any{"include": "*.pdf"}).Check(t.Context())
	if last := checks[len(checks)-1]; last.Status != connectors.CheckWarning || !strings.Contains(last.Text, "No file would be read") {
		t.Errorf("%+v", last)
	}
}

func TestTwoNamesThatDifferOnlyInAccentsAreOneDocument(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "caf\u00e9.md", "composed")
	write(t, dir, "cafe\u0301.md", "decomposed")
	if names, _ := os.ReadDir(dir); len(names) < 2 {
		t.Skip("this file system keeps both names as one")
	}
	out := all(t, source(t, dir, nil))
	if !out.done || len(out.docs) != 1 || out.skips["caf\u00e9.md"] != connectors.SkipDuplicate {
		t.Errorf("%d documents, skipped %v, error %v", len(out.docs), out.skips, out.err)
	}
}

// remembered is a position that knows what a pull said.
type remembered struct {
	*connectortest.Position
	revisions map[string]string
}

func (r remembered) Revision(_ context.Context, id string) (string, error) {
	return r.revisions[id], nil
}

func positionOf(t testing.TB, s *Source) remembered {
	t.Helper()
	r := remembered{connectortest.NewPosition(connectors.Full), map[string]string{}}
	for id, d := range all(t, s).docs {
		r.revisions[id] = d.Revision
	}
	return r
}
