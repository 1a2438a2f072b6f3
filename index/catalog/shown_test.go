package catalog

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"freshet/index"
)

// seenPassage is one row of a document, as read.
func seenPassage(doc string, n byte, text string) shownPassage {
	r := &shownRow{chunk: index.Chunk{ID: index.ChunkID{n}, Document: doc, Text: text, FromSeq: 1, UntilSeq: index.Open}}
	d := &shownDocument{serves: true, info: index.DocumentInfo{Key: doc, Source: "s"}}
	r.belongs(d)
	return shownPassage{row: r, of: d, source: shownSource{state: "published"}}
}

func (s *shown) knows(n byte) bool {
	found, _ := s.find([]index.ChunkID{{n}}, 5, nil, nil)
	return len(found) == 1
}

func none() error { return nil }

func TestWhatWasReadBeforeACommitIsNotRememberedAfterIt(t *testing.T) {
	for name, touch := range map[string]touched{
		"everything": {everything: true}, "its document": {documents: []string{"a"}}, "another document": {documents: []string{"b"}},
		"sources": {sources: true}, "its stamp": {stamped: []string{"a"}, at: time.UnixMilli(9)},
	} {
		s := shown{limit: 1 << 20}
		before := s.now()
		_ = s.commit(touch, func() error {
			s.keep(before, []shownPassage{seenPassage("a", 1, "old")})
			s.keep(s.now(), []shownPassage{seenPassage("a", 1, "who knows")})
			return nil
		})
		s.keep(before, []shownPassage{seenPassage("a", 1, "old")})
		if s.knows(1) {
			t.Errorf("%s: what was read before or during the commit is remembered", name)
		}
		s.keep(s.now(), []shownPassage{seenPassage("a", 1, "new")})
		if !s.knows(1) {
			t.Errorf("%s: what was read after the commit is not remembered", name)
		}
	}
}

func TestACommitForgetsWhatItTouchesAndNothingElse(t *testing.T) {
	for _, c := range []struct {
		name        string
		touch       touched
		err         error
		first, then string // documents that are known during the commit and after it
	}{
		{"nothing", touched{}, nil, "ab", "ab"},
		{"everything", touched{everything: true}, nil, "", ""},
		{"sources", touched{sources: true}, nil, "", ""},
		{"a document", touched{documents: []string{"a", "unknown"}}, nil, "b", "b"},
		{"a stamp", touched{stamped: []string{"a", "unknown"}}, nil, "ab", "ab"},
		{"a stamp, in doubt", touched{stamped: []string{"a"}}, errors.New("disk"), "ab", "b"},
		{"a document, in doubt", touched{documents: []string{"a"}}, errors.New("disk"), "b", "b"},
	} {
		s := shown{limit: 1 << 20}
		s.keep(s.now(), []shownPassage{seenPassage("a", 1, "x"), seenPassage("b", 2, "x")})
		known := func() string {
			out := ""
			for n, name := range []string{"a", "b"} {
				if s.knows(byte(n + 1)) {
					out += name
				}
			}
			return out
		}
		var first string
		err := s.commit(c.touch, func() error { first = known(); return c.err })
		if !errors.Is(err, c.err) || first != c.first || known() != c.then {
			t.Errorf("%s: error %v, known %q and then %q, want %q and %q", c.name, err, first, known(), c.first, c.then)
		}
	}
}

func TestAStampIsToldOfWhatIsRemembered(t *testing.T) {
	s := shown{limit: 1 << 20}
	s.keep(s.now(), []shownPassage{seenPassage("a", 1, "x")})
	_ = s.commit(touched{stamped: []string{"a"}, at: time.UnixMilli(77)}, none)
	found, _ := s.find([]index.ChunkID{{1}}, 5, nil, nil)
	if len(found) != 1 || found[0].checked != 77 {
		t.Errorf("found %+v, want checked at 77", found)
	}
}

func TestRowsAreRememberedWithinTheirBounds(t *testing.T) {
	s := shown{limit: 1 << 20}
	p := seenPassage("a", 1, "x")
	p.row.chunk.FromSeq, p.row.chunk.UntilSeq = 3, 6
	s.keep(s.now(), []shownPassage{p})
	for mark, want := range []bool{false, false, false, true, true, true, false} {
		found, missing := s.find([]index.ChunkID{{1}}, int64(mark), nil, nil)
		if (len(found) == 1) != want || (len(missing) == 0) != want {
			t.Errorf("at %d: %d found, %d missing", mark, len(found), len(missing))
		}
	}
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	s := shown{limit: 40 << 10}
	r := rand.New(rand.NewPCG(1, 1))
	for range 5000 {
		switch r.IntN(20) {
		case 0:
			_ = s.commit(touched{documents: []string{fmt.Sprint(r.IntN(50))}}, none)
		default:
			n := r.IntN(250)
			s.find([]index.ChunkID{{byte(r.IntN(250))}}, 5, nil, nil)
			s.keep(s.now(), []shownPassage{seenPassage(fmt.Sprint(n/5), byte(n), strings.Repeat("x", r.IntN(3000)))})
		}
		checkShown(t, &s)
		if t.Failed() {
			return
		}
	}
	_ = s.commit(touched{everything: true}, none)
	checkShown(t, &s)
	if s.bytes != 0 || len(s.clock) != 0 {
		t.Errorf("%d bytes of %d documents are left", s.bytes, len(s.clock))
	}
}

// checkShown compares what shown keeps count of with what it holds.
func checkShown(t *testing.T, s *shown) {
	t.Helper()
	var total int64
	rows := 0
	for key, d := range s.documents {
		if d.info.Key != key || d.place >= len(s.clock) || s.clock[d.place] != d {
			t.Fatalf("document %s is lost in the clock", key)
		}
		bytes := d.size()
		for _, r := range d.rows {
			if s.rows[r.chunk.ID] != r || r.of != d {
				t.Fatalf("a row of %s is lost", key)
			}
			bytes += r.size()
			rows++
		}
		if bytes != d.bytes {
			t.Fatalf("document %s takes %d bytes, %d are counted", key, bytes, d.bytes)
		}
		total += bytes
	}
	if total != s.bytes || rows != len(s.rows) || len(s.clock) != len(s.documents) {
		t.Fatalf("%d bytes in %d rows of %d documents, counted %d, %d, %d", total, rows, len(s.documents), s.bytes, len(s.rows), len(s.clock))
	}
	if s.bytes > s.limit {
		t.Fatalf("%d bytes are kept, at most %d may", s.bytes, s.limit)
	}
}

// A transaction that says that it touches nothing of what Vouch shows is trusted:
// this test reads what such functions write.
func TestWhatIsWrittenApartIsNotShown(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	writes := regexp.MustCompile(`(?i)\b(insert\s+into|update|delete\s+from)\s+(\w+)`)
	looked := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || !mentions(f, "txApart") || f.Name.Name == "txApart" {
				continue
			}
			found := false
			ast.Inspect(f, func(n ast.Node) bool {
				lit, ok := n.(*ast.BasicLit)
				if !ok {
					return true
				}
				for _, m := range writes.FindAllStringSubmatch(lit.Value, -1) {
					found = true
					switch m[2] {
					case "documents", "chunks", "seen", "sources":
						t.Errorf("%s: %s writes %s apart: readers would go on being shown what it takes away", file, f.Name.Name, m[2])
					}
				}
				return true
			})
			if !found {
				t.Errorf("%s: %s writes apart, and this test does not see what", file, f.Name.Name)
			}
			looked++
		}
	}
	if looked < 12 {
		t.Errorf("only %d functions were read: this test looks in the wrong place", looked)
	}
}

func mentions(f *ast.FuncDecl, name string) bool {
	found := false
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == name {
			found = true
		}
		return true
	})
	return found
}
