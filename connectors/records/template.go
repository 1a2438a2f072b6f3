package records

import (
	"fmt"
	"net/url"
	"strings"
)

// template makes a text of a record: a field's path, =text for a constant, or
// text with {{path}} in it. {{a|b}} takes the first of them that is not empty.
type template struct {
	source string
	parts  []part
	bare   bool // nothing but one field
}

// part is literal text, or fields of which the first that is not empty counts.
type part struct {
	literal string
	fields  []fieldPath
}

func newTemplate(s string) (template, error) {
	t := template{source: s}
	if len(s) > maxTemplateBytes {
		return t, fmt.Errorf("a template of %d bytes is too long; at most %d", len(s), maxTemplateBytes)
	}
	if constant, ok := strings.CutPrefix(s, "="); ok {
		t.parts = []part{{literal: constant}}
		return t, nil
	}
	if !strings.Contains(s, "{{") {
		if strings.Contains(s, "}}") {
			return t, fmt.Errorf("%q closes }} what was not opened by {{", s)
		}
		if s = strings.TrimSpace(s); s != "" {
			t.parts, t.bare = []part{{fields: []fieldPath{newPath(s)}}}, true
		}
		return t, nil
	}
	for rest := s; rest != ""; {
		before, after, ok := strings.Cut(rest, "{{")
		if before != "" {
			t.parts = append(t.parts, part{literal: before})
		}
		if !ok {
			break
		}
		inside, tail, closed := strings.Cut(after, "}}")
		if !closed {
			return t, fmt.Errorf("%q opens {{ and does not close it by }}", s)
		}
		var p part
		for name := range strings.SplitSeq(inside, "|") {
			if strings.TrimSpace(name) == "" || strings.Contains(name, "{") {
				return t, fmt.Errorf("%q needs a field's name inside {{ and }}", s)
			}
			p.fields = append(p.fields, newPath(name))
		}
		t.parts = append(t.parts, p)
		rest = tail
	}
	t.bare = len(t.parts) == 1 && len(t.parts[0].fields) > 0
	return t, nil
}

func (t template) empty() bool { return len(t.parts) == 0 }

// value returns the field itself if the template is nothing else, so that lists
// stay lists; otherwise the text.
func (t template) value(record map[string]any) any {
	if t.bare {
		return t.parts[0].pick(record)
	}
	s, _ := t.text(record, ", ")
	return s
}

func (p part) pick(record map[string]any) any {
	for _, f := range p.fields {
		if v := f.in(record); v != nil && v != "" {
			return v
		}
	}
	return nil
}

// text fills the template in. It is "" if every field in it is empty, so that no
// literal stands alone; plain is false if a field holds an object.
func (t template) text(record map[string]any, sep string) (s string, plain bool) {
	return t.fill(record, sep, func(s string) string { return s })
}

// link fills in an address: values that are only a part of it are escaped.
func (t template) link(record map[string]any) string {
	escape := url.PathEscape
	if len(t.parts) > 0 && t.parts[0].literal == "" {
		escape = func(s string) string { return s }
	}
	s, _ := t.fill(record, ",", escape)
	return strings.TrimSpace(s)
}

func (t template) fill(record map[string]any, sep string, escape func(string) string) (string, bool) {
	if t.bare {
		return text(t.parts[0].pick(record), sep)
	}
	var b strings.Builder
	plain, fields, filled := true, 0, 0
	for _, p := range t.parts {
		if len(p.fields) == 0 {
			b.WriteString(p.literal)
			continue
		}
		fields++
		s, ok := text(p.pick(record), sep)
		plain = plain && ok
		if s != "" {
			filled++
		}
		b.WriteString(escape(s))
	}
	if fields > 0 && filled == 0 {
		return "", plain
	}
	return b.String(), plain
}

func newTemplates(list []string) ([]template, error) {
	var out []template
	for _, s := range list {
		t, err := newTemplate(s)
		if err != nil {
			return nil, err
		}
		if !t.empty() {
			out = append(out, t)
		}
	}
	return out, nil
}

func validTemplate(v any) error { _, err := newTemplate(v.(string)); return err }

func validTemplates(v any) error { _, err := newTemplates(v.([]string)); return err }

func validTemplateMap(v any) error {
	for key, s := range v.(map[string]string) {
		if _, err := newTemplate(s); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}
