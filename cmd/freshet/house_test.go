package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is who may import whom, by folders below the module's root. A folder
// speaks for those below it, unless they have a line of their own. "std" stands for
// packages that use nothing but the standard library besides.
var mayImport = map[string][]string{
	"connectors":                  {"std"},
	"connectors/connectortest":    {"connectors"},
	"connectors/fetch":            {"connectors"},
	"connectors/files":            {"connectors", "connectors/fetch"},
	"connectors/mail":             {"connectors"},
	"connectors/records":          {"connectors", "connectors/fetch"},
	"connectors/render":           {"connectors", "connectors/fetch"},
	"connectors/website":          {"connectors", "connectors/fetch", "connectors/website"},
	"connectors/website/sitetest": {},
	"index":                       {"std"},
	"index/indextest":             {"index", "connectors/connectortest"},
	"index/catalog":               {"index", "connectors", "schedules"},
	"index/catalog/faultsql":      {},
	"index/catalog/catalogtest":   {"index", "connectors", "schedules", "index/catalog", "schedules/schedulestest"},
	"index/lexical":               {"index"},
	"index/embedded":              {"index"},
	"index/qdrant":                {"index"},
	"index/qdrant/qdranttest":     {},
	"index/retrieve":              {"index", "index/lexical"},
	"index/evaluate":              {"index", "index/retrieve"},
	"index/rerank":                {"index", "index/retrieve"},
	"index/standby":               {"index"},
	"pipeline":                    {"connectors", "connectors/mail", "index", "index/catalog", "index/lexical", "schedules", "pipeline"},
	"schedules":                   {"github.com/robfig/cron/v3"},
	"schedules/schedulestest":     {"schedules"},
	"api":                         {"index", "index/catalog", "index/retrieve", "index/evaluate", "api"},
	"cmd":                         {"*"},
}

// root is the module's directory.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// imports lists, by folder, what its Go files other than tests import.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	files := token.NewFileSet()
	err := fs.WalkDir(os.DirFS(root(t)), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() != "." && strings.HasPrefix(d.Name(), ".") {
			return errorOr(err, fs.SkipDir)
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(files, filepath.Join(root(t), name), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		folder := path.Dir(name)
		for _, i := range f.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			out[folder] = append(out[folder], p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func errorOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// ruleFor finds the line of the table that speaks for a folder.
func ruleFor(folder string) (string, []string) {
	for f := folder; f != "."; f = path.Dir(f) {
		if allowed, ok := mayImport[f]; ok {
			return f, allowed
		}
	}
	return "", nil
}

func TestImportsKeepToTheTable(t *testing.T) {
	found := imports(t)
	if len(found) < 15 {
		t.Fatalf("only %d packages were found", len(found))
	}
	used := map[string]bool{}
	for folder, list := range found {
		rule, allowed := ruleFor(folder)
		if rule == "" {
			t.Errorf("%s has no line in the import table", folder)
			continue
		}
		used[rule] = true
		for _, p := range list {
			if !permitted(rule, allowed, p) {
				t.Errorf("%s imports %s; the line of %s allows %v", folder, p, rule, allowed)
			}
		}
	}
	for rule := range mayImport {
		if !used[rule] {
			t.Errorf("the import table has a line for %s, where there is no package", rule)
		}
	}
}

// permitted reports whether a package under this rule may import p. Packages of
// others are free, except where the rule names what it uses of them.
func permitted(rule string, allowed []string, p string) bool {
	if slices.Contains(allowed, "*") {
		return true
	}
	own, ours := strings.CutPrefix(p, "freshet/")
	if !ours {
		external := strings.Contains(strings.Split(p, "/")[0], ".")
		only := slices.Contains(allowed, "std") || rule == "schedules"
		return !external || !only || slices.Contains(allowed, p)
	}
	for _, a := range allowed {
		if own == a || a == rule && strings.HasPrefix(own, a+"/") && (rule == "pipeline" || rule == "api" || rule == "connectors/website") {
			return true
		}
	}
	return false
}

func TestTheImportTableCanRefuse(t *testing.T) {
	tests := map[string]struct {
		folder, imports string
		want            bool
	}{
		"a contract with a library":           {"connectors", "golang.org/x/net/html", false},
		"a contract with the standard one":    {"index", "log/slog", true},
		"a kind with another":                 {"connectors/website", "freshet/connectors/files", false},
		"a kind with the pipeline":            {"connectors/files", "freshet/pipeline", false},
		"a kind with the client":              {"connectors/records", "freshet/connectors/fetch", true},
		"a store with the catalog":            {"index/embedded", "freshet/index/catalog", false},
		"retrieval with the encoder":          {"index/retrieve", "freshet/index/lexical", true},
		"the pipeline with its parts":         {"pipeline", "freshet/pipeline/chunk", true},
		"the pipeline with a kind":            {"pipeline/extract", "freshet/connectors/website", false},
		"the pipeline with the embedded one":  {"pipeline", "freshet/index/embedded", false},
		"schedules with a library":            {"schedules", "github.com/google/uuid", false},
		"schedules with cron":                 {"schedules", "github.com/robfig/cron/v3", true},
		"schedules with us":                   {"schedules", "freshet/index", false},
		"the API with the pipeline":           {"api", "freshet/pipeline", false},
		"the catalog with the plain contract": {"index/catalog", "freshet/connectors", true},
		"the command with anything":           {"cmd/freshet", "freshet/pipeline/extract", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			rule, allowed := ruleFor(tt.folder)
			if got := permitted(rule, allowed, tt.imports); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestTheTopLevelHoldsWhatItMay(t *testing.T) {
	may := []string{
		"cmd", "connectors", "pipeline", "index", "api", "schedules", "go.mod", "go.sum", "README.md",
		"LICENSE", ".gitignore", ".ci", ".git", "Dockerfile", "compose.yaml", "staticcheck.conf",
	}
	entries, err := os.ReadDir(root(t))
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, e := range entries {
		have = append(have, e.Name())
		if !slices.Contains(may, e.Name()) && !ignored(t, e.Name()) {
			t.Errorf("%s stands at the top level", e.Name())
		}
	}
	for _, must := range may[:12] {
		if !slices.Contains(have, must) {
			t.Errorf("%s is missing at the top level", must)
		}
	}
}

// ignored reports whether .gitignore names a file of the top level.
func ignored(t *testing.T, name string) bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		pattern := strings.Trim(strings.TrimSpace(line), "/")
		if ok, err := path.Match(pattern, name); err == nil && ok {
			return true
		}
	}
	return false
}

func TestNoPackageIsForEverything(t *testing.T) {
	for folder := range imports(t) {
		for _, name := range []string{"util", "utils", "common", "models", "types", "pkg", "helpers", "misc"} {
			if path.Base(folder) == name {
				t.Errorf("%s says nothing of what it is for", folder)
			}
		}
	}
}
