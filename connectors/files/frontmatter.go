package files

import (
	"bytes"
	"fmt"
	"regexp"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"freshet/connectors"
)

var (
	byteOrderMark = []byte("\ufeff")
	keyLine       = regexp.MustCompile(`^[A-Za-z_][\w-]*\s*:(\s|$)`)
)

// splitFrontMatter finds the block between a first line --- and a line --- or ...
// in the start of a file. rest is where the document itself begins.
func splitFrontMatter(head []byte) (block []byte, rest int, ok bool) {
	at := 0
	if bytes.HasPrefix(head, byteOrderMark) {
		at = len(byteOrderMark)
	}
	line, next := lineAt(head, at)
	if string(line) != "---" {
		return nil, 0, false
	}
	begin := next
	for next < len(head) {
		from := next
		if line, next = lineAt(head, from); string(line) == "---" || string(line) == "..." {
			return head[begin:from], next, true
		}
	}
	return nil, 0, false
}

// lineAt returns the line that begins at from, without what ends it or trailing
// blanks, and where the next one begins.
func lineAt(b []byte, from int) (line []byte, next int) {
	end := bytes.IndexByte(b[from:], '\n')
	if end < 0 {
		return bytes.TrimRight(b[from:], " \t\r"), len(b)
	}
	return bytes.TrimRight(b[from:from+end], " \t\r"), from + end + 1
}

// parseFrontMatter reads the front matter of a file from its start. A file
// without one has an empty meta. The error is a Verdict: a block that cannot be
// understood may hold the rule who may read the document, so it is not passed
// over.
func parseFrontMatter(head []byte) (meta, error) {
	block, _, ok := splitFrontMatter(head)
	if !ok {
		return meta{}, unclosed(head)
	}
	values, err := decodeYAML(block)
	if err != nil {
		return meta{}, &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: "the front matter: " + err.Error()}
	}
	return newMeta(values), nil
}

// unclosed tells a front matter that does not end from a mere rule (---).
func unclosed(head []byte) error {
	head = bytes.TrimPrefix(head, byteOrderMark)
	line, next := lineAt(head, 0)
	if string(line) != "---" {
		return nil
	}
	if second, _ := lineAt(head, next); !keyLine.Match(second) {
		return nil
	}
	return &connectors.Verdict{Reason: connectors.VerdictMalformed,
		Detail: fmt.Sprintf("the front matter is not closed by a line --- within %d bytes", maxFrontMatter)}
}

// decodeYAML returns the mapping in block; nil if block is prose between two
// rules and not a mapping.
func decodeYAML(block []byte) (values map[string]any, err error) {
	// The YAML library is given what strangers write; a panic in it must cost
	// one document and not the process.
	defer func() {
		if p := recover(); p != nil {
			values, err = nil, fmt.Errorf("it is not YAML that can be read (%v)", p)
		}
	}()
	if len(block) > maxFrontMatter {
		return nil, fmt.Errorf("it has more than %d bytes", maxFrontMatter)
	}
	if err := shallow(block); err != nil {
		return nil, err
	}
	file, err := parser.ParseBytes(block, 0)
	if err != nil {
		return nil, fmt.Errorf("it is not YAML: %s", firstLine(err))
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, nil
	}
	body := file.Docs[0].Body
	switch body.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
	default:
		return nil, nil
	}
	var refs references
	ast.Walk(&refs, body)
	if refs.found {
		return nil, fmt.Errorf("anchors (&) and aliases (*) are not allowed; quote the text that begins with them")
	}
	if err := yaml.NodeToValue(body, &values); err != nil {
		return nil, fmt.Errorf("it is not a mapping of keys to values: %s", firstLine(err))
	}
	return values, nil
}

// references finds anchors and aliases, with which a few bytes stand for many.
type references struct{ found bool }

// Visit implements ast.Visitor.
func (r *references) Visit(n ast.Node) ast.Visitor {
	switch n.(type) {
	case *ast.AliasNode, *ast.AnchorNode:
		r.found = true
		return nil
	}
	return r
}

// shallow refuses nesting that the parser would follow by recursion.
func shallow(block []byte) error {
	depth, indents := 0, 0
	for line := range bytes.Lines(block) {
		text := bytes.TrimLeft(line, " -?")
		indents = len(line) - len(text)
		for _, c := range text {
			switch c {
			case '[', '{':
				depth++
			case ']', '}':
				depth--
			}
			if depth > maxFrontMatterDepth {
				return fmt.Errorf("more than %d brackets inside each other", maxFrontMatterDepth)
			}
		}
		if indents > 8*maxFrontMatterDepth {
			return fmt.Errorf("a line is indented by more than %d", 8*maxFrontMatterDepth)
		}
	}
	return nil
}

func firstLine(err error) string {
	line, _ := lineAt([]byte(err.Error()), 0)
	return string(line)
}
