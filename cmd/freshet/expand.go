package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// largestSecretFile is the most that ${file:/path} reads, in bytes.
const largestSecretFile = 64 << 10

// An expander puts values from outside in the place of references in texts:
// ${NAME}, ${NAME:-default} and ${file:/path}. $${ stands for ${ itself.
type expander struct {
	getenv func(string) string
	dir    string // that relative paths in ${file:} start from
}

// value expands every text within a value of the configuration.
func (e expander) value(v any) (any, error) {
	switch v := v.(type) {
	case string:
		return e.text(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			var err error
			if out[i], err = e.value(v[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, x := range v {
			var err error
			if out[key], err = e.value(x); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return v, nil
}

func (e expander) text(s string) (string, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(s, "${")
		if !found {
			out.WriteString(s)
			return out.String(), nil
		}
		if literal, ok := strings.CutSuffix(before, "$"); ok {
			out.WriteString(literal + "${")
			s = rest
			continue
		}
		reference, after, closed := strings.Cut(rest, "}")
		if !closed {
			return "", fmt.Errorf("a reference is not closed: %q; write ${NAME}, or $${ for the characters themselves", "${"+rest)
		}
		got, err := e.reference(reference)
		if err != nil {
			return "", err
		}
		out.WriteString(before + got)
		s = after
	}
}

func (e expander) reference(r string) (string, error) {
	if path, ok := strings.CutPrefix(r, "file:"); ok {
		return e.file(path)
	}
	name, fallback, hasFallback := strings.Cut(r, ":-")
	if name == "" || strings.ContainsAny(name, " \t\n${:") {
		return "", fmt.Errorf("${%s} is not a reference; write ${NAME}, ${NAME:-default} or ${file:/path}", r)
	}
	if value := e.getenv(name); value != "" {
		return value, nil
	}
	if !hasFallback {
		return "", fmt.Errorf("the environment variable %s is not set; set it, or write ${%s:-default}", name, name)
	}
	return fallback, nil
}

func (e expander) file(path string) (string, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(e.dir, path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("${file:%s} cannot be read: %w", path, err)
	}
	if info.Size() > largestSecretFile {
		return "", fmt.Errorf("${file:%s} is larger than %d KB", path, largestSecretFile>>10)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("${file:%s} cannot be read: %w", path, err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}
