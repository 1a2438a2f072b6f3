package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// blocks returns the code blocks of a language.
func blocks(markdown, language string) []string {
	var out []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(markdown, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestTheTwoCommandsOfTheReadmeAreWhatCIRuns(t *testing.T) {
	sh := blocks(read(t, "README.md"), "sh")
	if len(sh) < 2 {
		t.Fatal("the README shows no commands")
	}
	runs, tests := strings.TrimSpace(sh[0]), strings.TrimSpace(sh[1])
	if runs != "go run ./cmd/freshet demo" || tests != "go test ./..." {
		t.Errorf("the README begins with %q and %q", runs, tests)
	}
	var ci []string
	for line := range strings.Lines(read(t, ".ci/run")) {
		ci = append(ci, strings.TrimSpace(line))
	}
	for _, want := range []string{runs + " --once", "CGO_ENABLED=1 " + strings.Replace(tests, "test", "test -race -timeout 60m", 1)} {
		if !slices.Contains(ci, want) {
			t.Errorf(".ci/run has no line %q", want)
		}
	}
	info, err := os.Stat(filepath.Join(root(t), ".ci/run"))
	if err != nil || info.Mode().Perm()&0o111 == 0 {
		t.Errorf(".ci/run cannot be executed: %v, %v", info.Mode(), err)
	}
}

func TestTheConfigurationOfTheReadmeIsInOrder(t *testing.T) {
	yaml := blocks(read(t, "README.md"), "yaml")
	if len(yaml) < 3 {
		t.Fatalf("the README shows %d configurations, and not one with others that may stand above it", len(yaml))
	}
	w := newWorld(t)
	w.env["FRESHET_HOOK_SECRET"] = hookSecret
	for i, above := range yaml {
		if i == 0 {
			above = ""
		}
		w.write(defaultConfig, above+yaml[0])
		w.says(exitDone, "is in order: 1 knowledge base, 2 sources", "config", "check")
	}
}

func TestTheCommandsOfTheReadmeExist(t *testing.T) {
	known := (&Main{Getenv: func(string) string { return "" }}).root()
	named := 0
	for _, m := range regexp.MustCompile(`freshet ([a-z]+)( [a-z]+)?`).FindAllStringSubmatch(strings.Join(blocks(read(t, "README.md"), "sh"), "\n"), -1) {
		command, _, err := known.Find([]string{m[1]})
		if err != nil || command == known {
			t.Errorf("the README names %q, which is not a command", m[0])
			continue
		}
		named++
		if sub := strings.TrimSpace(m[2]); command.HasSubCommands() && sub != "" {
			if found, _, err := command.Find([]string{sub}); err != nil || found == command {
				t.Errorf("the README names %q, which is not a command", m[0])
			}
		}
	}
	if named < 5 {
		t.Errorf("only %d commands were found in the README", named)
	}
}
