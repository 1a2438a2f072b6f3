package files

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

// source opens a source on dir with further settings.
func source(t testing.TB, dir string, more map[string]any) *Source {
	t.Helper()
	raw := map[string]any{"location": dir}
	for k, v := range more {
		raw[k] = v
	}
	settings, err := Kind().Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(connectors.Env{Now: time.Now}, settings)
	if err != nil {
		t.Fatal(err)
	}
	s.every = 3
	return s
}

func write(t testing.TB, dir, name, content string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestFilesPassTheSuite(t *testing.T) {
	connectortest.Run(t, connectortest.Options{New: newWorld})
}

func newWorld(t *testing.T) *connectortest.World {
	base := t.TempDir()
	dir, away := filepath.Join(base, "docs"), filepath.Join(base, "away")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(dir, 0o755))
	must(os.WriteFile(filepath.Join(dir, ".keep"), nil, 0o644))
	fileOf := func(name string) string { return filepath.Join(dir, filepath.FromSlash("sub"), name+".txt") }
	put := func(name, content string) string {
		if strings.ContainsAny(name, "/\x00") || strings.HasPrefix(name, ".") || len(name) > 250 {
			return ""
		}
		must(os.MkdirAll(filepath.Join(dir, "sub"), 0o755))
		twins, err := os.ReadDir(filepath.Join(dir, "sub"))
		must(err)
		for _, twin := range twins {
			if segment(twin.Name()) == segment(name+".txt") {
				must(os.Remove(filepath.Join(dir, "sub", twin.Name())))
			}
		}
		must(os.WriteFile(fileOf(name), []byte(content), 0o644))
		return "sub/" + segment(name+".txt")
	}
	move := func(on bool) {
		if on {
			must(os.Rename(dir, away))
		} else {
			must(os.RemoveAll(dir))
			must(os.Rename(away, dir))
		}
	}
	w := &connectortest.World{
		Source: func() connectors.Source { return source(t, dir, map[string]any{"exclude": "*.tmp"}) },
		Put:    put,
		Remove: func(name string) { must(os.Remove(fileOf(name))) },
		Spoil:  func(name string) { put(name, "---\ntitle: [never closed\n---\ntext") },
		Hide:   func(name string) { put(name, "---\ndraft: true\n---\ntext") },
		Truncate: func(on bool) {
			if move(on); on {
				must(os.Mkdir(dir, 0o755))
			}
		},
		Vanish:  move,
		Foreign: "sub/notes.tmp",
	}
	if os.Geteuid() != 0 {
		w.Break = func(name string, broken bool) {
			mode := os.FileMode(0o644)
			if broken {
				mode = 0
			}
			must(os.Chmod(fileOf(name), mode))
		}
	}
	return w
}
