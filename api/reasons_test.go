package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// reasonTypes are the types whose constants are reasons.
var reasonTypes = []string{"SkipReason", "connectors.SkipReason", "Kind", "judge.Kind"}

// given returns the reasons that a file of a connector gives: constants of the types
// of reasons, constants named as verdicts, texts in a Reason of a Skip or Verdict, and
// what FaultReason returns.
func given(f *ast.File) []string {
	var out []string
	text := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil {
				out = append(out, s)
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for i, name := range n.Names {
				verdict := strings.HasPrefix(strings.ToLower(name.Name), "verdict")
				if i < len(n.Values) && (verdict || slices.Contains(reasonTypes, nameOf(n.Type))) {
					text(n.Values[i])
				}
			}
		case *ast.CompositeLit:
			if name := nameOf(n.Type); strings.HasSuffix(name, "Verdict") || strings.HasSuffix(name, "Skip") {
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok && nameOf(kv.Key) == "Reason" {
						text(kv.Value)
					}
				}
			}
		case *ast.FuncDecl:
			if n.Name.Name == "FaultReason" {
				ast.Inspect(n, func(n ast.Node) bool {
					if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) == 1 {
						text(r.Results[0])
					}
					return true
				})
			}
		}
		return true
	})
	return out
}

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return nameOf(e.X) + "." + e.Sel.Name
	}
	return ""
}

func TestEveryReasonHasWords(t *testing.T) {
	found := map[string]bool{}
	err := filepath.WalkDir("../connectors", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "connectortest" || d.Name() == "sitetest" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, reason := range given(f) {
			if reason == "" || reason == "?" {
				continue // content, and what is not decided yet
			}
			found[reason] = true
			if _, ok := reasons[reason]; !ok {
				t.Errorf("%s gives the reason %q, which has no words in api/reasons.go", path, reason)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"noindex", "login_page", "access_refused", "redirect_loop", "too_large", "link_broken", "unsupported_body", "address_refused"} {
		if !found[want] {
			t.Errorf("the reason %q was not found in the connectors, so the test does not see all", want)
		}
	}
}

func TestReasonsReadAsSentences(t *testing.T) {
	for name, w := range reasons {
		if !strings.HasPrefix(w.one, "the ") && w.many != "" || strings.HasSuffix(w.one, ".") {
			t.Errorf("%s: %q cannot be counted or continued", name, w.one)
		}
	}
	for _, c := range []struct {
		reason, count string
		n             int
		want          string
	}{
		{"noindex", "1,037", 1037, "1,037 pages ask not to be indexed"},
		{"noindex", "1", 1, "1 page asks not to be indexed"},
		{"throttled", "2", 2, "the source asked to be left alone for a while"},
		{"made_up", "3", 3, "made_up: 3"},
	} {
		if got := CountedReason(c.reason, c.count, c.n); got != c.want {
			t.Errorf("%s: %q, want %q", c.reason, got, c.want)
		}
	}
	if got := ReasonText("made_up"); got != "made_up" {
		t.Errorf("a reason without words became %q", got)
	}
}
