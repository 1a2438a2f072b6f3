package main

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"freshet/connectors"
	"freshet/pipeline/extract/external"
)

// A walker looks for keys that nobody knows, so that a misspelt one is not
// silently without effect.
type walker struct {
	path     string
	problems []string
}

func (w *walker) say(line int, format string, args ...any) {
	where := w.path
	if line > 0 {
		where = fmt.Sprintf("%s:%d", w.path, line)
	}
	w.problems = append(w.problems, where+": "+fmt.Sprintf(format, args...))
}

// shownProblems is how many problems of a configuration are told at once.
const shownProblems = 10

func (w *walker) err() error {
	if len(w.problems) == 0 {
		return nil
	}
	shown := w.problems
	if len(shown) > shownProblems {
		shown = append(slices.Clone(shown[:shownProblems]), fmt.Sprintf("and %d more", len(w.problems)-shownProblems))
	}
	return errors.New(strings.Join(shown, "\n"))
}

// root checks the whole file.
func (w *walker) root(body ast.Node) {
	values, ok := mapping(body)
	if !ok {
		w.say(line(body), "the file must hold keys such as sources:, not %s", body.Type().YAMLName())
		return
	}
	w.keys(values, "the configuration", keysOf(config{}))
	for _, v := range values {
		switch v.Key.String() {
		case "knowledge_bases":
			w.each(v.Value, "knowledge_bases", func(item []*ast.MappingValueNode) { w.keys(item, "a knowledge base", keysOf(baseConfig{})) })
		case "sources":
			w.each(v.Value, "sources", w.source)
		case "index":
			w.nested(v.Value, "index", indexConfig{}, map[string]any{"qdrant": qdrantConfig{}})
		case "embedding":
			w.nested(v.Value, "embedding", embedConfig{}, map[string]any{"batch": batchConfig{}})
		case "rerank":
			w.block(v.Value, "rerank", keysOf(rerankConfig{}))
		case "render":
			w.block(v.Value, "render", keysOf(renderConfig{}))
		case "http":
			w.block(v.Value, "http", keysOf(httpConfig{}))
		case "extract":
			w.extract(v.Value)
		case "doubts":
			w.doubts(v.Value)
		}
	}
}

func (w *walker) source(values []*ast.MappingValueNode) {
	w.keys(values, "a source", keysOf(sourceConfig{}))
	kind := ""
	for _, v := range values {
		switch v.Key.String() {
		case "type":
			kind = scalar(v.Value)
			if _, err := kindOf(kind); err != nil && !strings.Contains(kind, "${") {
				w.say(line(v.Value), "%v", err)
			}
		case "guard":
			w.block(v.Value, "guard", keysOf(guardConfig{}))
		case "extract":
			w.block(v.Value, "extract", []string{"drop", "select", "templates", "comments"})
		}
	}
	k, known := kinds()[kind]
	if !known {
		return
	}
	for _, v := range values {
		if v.Key.String() == "settings" {
			names := make([]string, len(k.Fields))
			for i, f := range k.Fields {
				names[i] = f.Key
			}
			w.block(v.Value, "settings of type "+kind, names)
		}
	}
}

// extract checks what holds for documents of all sources.
func (w *walker) extract(n ast.Node) {
	w.block(n, "extract", keysOf(extractConfig{}))
	values, _ := mapping(n)
	for _, v := range values {
		switch v.Key.String() {
		case "limits":
			w.block(v.Value, "extract.limits", keysOf(limitsConfig{}))
		case "commands":
			w.block(v.Value, "extract.commands", external.Forms())
			forms, _ := mapping(v.Value)
			for _, f := range forms {
				w.block(f.Value, "extract.commands."+f.Key.String(), keysOf(commandConfig{}))
			}
		case "pdf":
			w.block(v.Value, "extract.pdf", keysOf(pdfConfig{}))
		}
		if v.Key.String() == "keep" {
			w.block(v.Value, "extract.keep", keysOf(keepConfig{}))
		}
	}
}

// each goes through a list of mappings.
func (w *walker) each(n ast.Node, name string, f func([]*ast.MappingValueNode)) {
	if n.Type() == ast.NullType {
		return
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		w.say(line(n), "%s must be a list: begin each entry with \"- id:\"", name)
		return
	}
	for _, item := range list.Values {
		values, ok := mapping(item)
		if !ok {
			w.say(line(item), "an entry of %s must hold keys such as id:", name)
			continue
		}
		f(values)
	}
}

func (w *walker) block(n ast.Node, name string, known []string) {
	if n.Type() == ast.NullType {
		return
	}
	values, ok := mapping(n)
	if !ok {
		w.say(line(n), "%s must hold keys", name)
		return
	}
	w.keys(values, name, known)
}

// nested checks a block and the blocks in it.
func (w *walker) nested(n ast.Node, name string, block any, inner map[string]any) {
	w.block(n, name, keysOf(block))
	values, _ := mapping(n)
	for _, v := range values {
		if b, ok := inner[v.Key.String()]; ok {
			w.block(v.Value, name+"."+v.Key.String(), keysOf(b))
		}
	}
}

func (w *walker) keys(values []*ast.MappingValueNode, where string, known []string) {
	for _, v := range values {
		key := v.Key.String()
		if slices.Contains(known, key) || key == "<<" {
			continue
		}
		if near := connectors.Nearest(key, known); near != "" {
			w.say(line(v.Key), "%q is not a key of %s; did you mean %q?", key, where, near)
			continue
		}
		w.say(line(v.Key), "%q is not a key of %s; there are %s", key, where, strings.Join(known, ", "))
	}
}

// keysOf lists the keys of a block by its struct.
func keysOf(block any) []string {
	t := reflect.TypeOf(block)
	var out []string
	for i := range t.NumField() {
		if key := t.Field(i).Tag.Get("yaml"); key != "" {
			out = append(out, key)
		}
	}
	return out
}

// mapping returns the keys and values of a node; one pair alone has a node of its own.
func mapping(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	case *ast.AnchorNode:
		return mapping(n.Value)
	}
	return nil, false
}

func scalar(n ast.Node) string {
	if s, ok := n.(*ast.StringNode); ok {
		return s.Value
	}
	return n.String()
}

func line(n ast.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

// yamlWords is a YAML error on one line.
func yamlWords(err error) string {
	var e yaml.Error
	if errors.As(err, &e) {
		text := e.GetMessage()
		if t := e.GetToken(); t != nil && t.Position != nil {
			return fmt.Sprintf("line %d, column %d: %s", t.Position.Line, t.Position.Column, text)
		}
		return text
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}
