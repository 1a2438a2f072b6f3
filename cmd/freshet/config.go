package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"freshet/api"
	"freshet/index/catalog"
)

const (
	defaultConfig = "freshet.yaml"
	largestConfig = 4 << 20 // bytes
	maxNesting    = 100     // brackets inside each other in it
)

// config is freshet.yaml.
type config struct {
	path string
	dir  string // that its relative paths start from

	Bases     []baseConfig   `yaml:"knowledge_bases"`
	Sources   []sourceConfig `yaml:"sources"`
	Index     indexConfig    `yaml:"index"`
	Embedding embedConfig    `yaml:"embedding"`
	Rerank    rerankConfig   `yaml:"rerank"`
	Render    renderConfig   `yaml:"render"`
	HTTP      httpConfig     `yaml:"http"`
	Extract   extractConfig  `yaml:"extract"`
	Doubts    doubtsConfig   `yaml:"doubts"`
}

type baseConfig struct {
	ID        string   `yaml:"id"`
	Languages []string `yaml:"languages"`
}

type sourceConfig struct {
	ID          string         `yaml:"id"`
	Base        string         `yaml:"knowledge_base"`
	Kind        string         `yaml:"type"`
	Owner       string         `yaml:"owner"`
	Schedule    string         `yaml:"schedule"`
	ReviewEvery string         `yaml:"review_every"`
	Publish     *bool          `yaml:"publish"`
	Settings    map[string]any `yaml:"settings"` // as written: references are not expanded
	Extract     map[string]any `yaml:"extract"`
	Guard       guardConfig    `yaml:"guard"`

	line int
}

type guardConfig struct {
	Documents int     `yaml:"documents"`
	Share     float64 `yaml:"share"`
}

// renderConfig names the browser that shows pages which need one.
type renderConfig struct {
	Chrome string `yaml:"chrome"`
}

// spec is the source as the API writes it.
func (s *sourceConfig) spec() api.Spec {
	return api.Spec{ID: s.ID, Base: s.Base, Kind: s.Kind, Owner: s.Owner, Schedule: s.Schedule, ReviewEvery: s.ReviewEvery,
		Publish: s.Publish == nil || *s.Publish, Settings: s.Settings, Extract: s.Extract,
		Guard: catalog.Guard{Documents: s.Guard.Documents, Share: s.Guard.Share}}
}

// findConfig reads the configuration file. Without a path it is freshet.yaml in
// the working directory, and nil when there is none.
func findConfig(path string, getenv func(string) string) (*config, error) {
	optional := path == ""
	if optional {
		path = defaultConfig
	}
	info, err := os.Stat(path)
	if optional && errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the configuration cannot be read: %w; name the file with --config", err)
	}
	if info.Size() > largestConfig {
		return nil, fmt.Errorf("the configuration %s is larger than %d MB; name another file with --config", path, largestConfig>>20)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the configuration cannot be read: %w; name the file with --config", err)
	}
	return readConfig(path, text, getenv)
}

// readConfig reads and checks a configuration. Its errors name file and line.
func readConfig(path string, text []byte, getenv func(string) string) (*config, error) {
	c := &config{path: path, dir: filepath.Dir(path)}
	if dir, err := filepath.Abs(c.dir); err == nil {
		c.dir = dir
	}
	if err := tooNested(text); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, fmt.Errorf("%s is not YAML: %s", path, yamlWords(err))
	}
	if len(file.Docs) > 1 {
		return nil, fmt.Errorf("%s holds %d YAML documents; write one, without lines of ---", path, len(file.Docs))
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return c, nil
	}
	body := file.Docs[0].Body
	w := &walker{path: path}
	w.root(body)
	if len(w.problems) > 0 {
		return nil, w.err()
	}
	if err := yaml.NodeToValue(body, c); err != nil {
		return nil, fmt.Errorf("%s: %s", path, yamlWords(err))
	}
	w.lines(body, c)
	c.check(w, expander{getenv: getenv, dir: c.dir})
	return c, w.err()
}

// check looks at what the form alone does not show, and expands references.
func (c *config) check(w *walker, e expander) {
	seen := map[string]bool{}
	for i := range c.Bases {
		b := &c.Bases[i]
		if !goodID.MatchString(b.ID) {
			w.say(0, "knowledge base %q: the id needs small letters, digits, - and _, at most 63", b.ID)
		}
		if seen[b.ID] {
			w.say(0, "the knowledge base %q is there twice", b.ID)
		}
		seen[b.ID] = true
	}
	ids := map[string]int{}
	for i := range c.Sources {
		s := &c.Sources[i]
		for _, text := range []*string{&s.ID, &s.Base, &s.Kind, &s.Owner, &s.Schedule, &s.ReviewEvery} {
			expanded, err := e.text(*text)
			if err != nil {
				w.say(s.line, "source %s: %v", s.ID, err)
			}
			*text = expanded
		}
		if s.Base == "" && len(c.Bases) == 1 {
			s.Base = c.Bases[0].ID
		}
		if len(c.Bases) > 0 && s.Base != "" && !seen[s.Base] {
			w.say(s.line, "source %s: the knowledge base %q is not among knowledge_bases", s.ID, s.Base)
		}
		if first, twice := ids[s.ID]; twice {
			w.say(s.line, "the source id %q is used twice, first on line %d; ids are unique", s.ID, first)
		}
		ids[s.ID] = s.line
	}
	expanded, err := e.text(c.Render.Chrome)
	if err != nil {
		w.say(0, "render.chrome: %v", err)
	}
	c.Render.Chrome = expanded
	c.HTTP.check(w, e)
	c.Extract.check(w, e)
	c.Index.check(w, e)
	c.Embedding.check(w, e)
	c.Rerank.check(w, e)
	c.Doubts.check(w, e, seen)
}

// tooNested refuses what would cost the YAML parser more than it is worth.
func tooNested(text []byte) error {
	depth := 0
	for _, b := range text {
		switch b {
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(0, depth-1)
		case '\n':
			depth = max(0, depth) // flow collections may span lines
		}
		if depth > maxNesting {
			return fmt.Errorf("more than %d brackets stand inside each other; take some away", maxNesting)
		}
	}
	return nil
}

// lines notes on which line each source begins.
func (w *walker) lines(body ast.Node, c *config) {
	root, ok := mapping(body)
	if !ok {
		return
	}
	for _, v := range root {
		list, ok := v.Value.(*ast.SequenceNode)
		if v.Key.String() != "sources" || !ok {
			continue
		}
		for i, item := range list.Values {
			if i < len(c.Sources) {
				c.Sources[i].line = item.GetToken().Position.Line
			}
		}
	}
}
