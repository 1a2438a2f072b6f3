package markup

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

// maxFrontMatter is how long the head of a Markdown file may be.
const maxFrontMatter = 64 << 10

// markdownDepth is how deep quotes and lists may be nested in Markdown.
const markdownDepth = 32

// MarkdownVersion names the rules by which Markdown is read.
const MarkdownVersion = "markdown/1"

// ReadMarkdown reads CommonMark with tables, strikethrough, task lists and
// definition lists. HTML in it is read as HTML.
func ReadMarkdown(ctx context.Context, s string, o extract.Options) (*extract.Text, error) {
	head, body := frontMatter(s)
	md := goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList, extension.Linkify, extension.DefinitionList),
		goldmark.WithRendererOptions(html.WithUnsafe()),
	)
	page, err := render(md, tamed(body, min(o.Limits.Depth, markdownDepth)))
	if err != nil {
		return nil, err
	}
	doc, err := parse(ctx, page, o.Limits)
	if err != nil {
		return nil, err
	}
	sv := surveyOf(doc, o.URI)
	b := newBuilder(ctx, sv, o.Limits)
	if b.drop, err = matching(doc, "drop", o.Drop...); err != nil {
		return nil, err
	}
	b.children(bodyOf(doc))
	b.flush()
	if b.err != nil {
		return nil, b.err
	}
	t := &extract.Text{Way: extract.WayMarkdown, Title: firstOf(head["title"], sv.title), Blocks: tidy(b.blocks), Links: b.links}
	t.Language = extract.NormalLanguage(firstOf(head["lang"], head["language"], head["locale"]))
	if len(head) > 0 {
		t.Properties = head
	}
	return t, nil
}

// render turns Markdown into HTML. A panic of the parser on odd input is a
// verdict on the document.
func render(md goldmark.Markdown, s string) (page string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: fmt.Sprintf("the Markdown cannot be read: %v", r)}
		}
	}()
	var b bytes.Buffer
	if err := md.Convert([]byte(s), &b); err != nil {
		return "", &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: err.Error()}
	}
	return b.String(), nil
}

// frontMatter splits the head between two lines of "---" (or "+++") off a
// Markdown file and reads its plain "key: value" lines. Nested values are left
// out: connectors read them.
func frontMatter(s string) (map[string]string, string) {
	s = strings.TrimPrefix(s, "\ufeff")
	first, rest, ok := strings.Cut(s, "\n")
	fence := strings.TrimRight(first, " \t\r")
	if !ok || fence != "---" && fence != "+++" {
		return nil, s
	}
	separator := ":"
	if fence == "+++" {
		separator = "="
	}
	head := map[string]string{}
	for read := 0; read < maxFrontMatter; {
		line, tail, more := strings.Cut(rest, "\n")
		read += len(line) + 1
		line = strings.TrimRight(line, " \t\r")
		if line == fence || fence == "---" && line == "..." {
			return head, tail
		}
		if !more {
			break
		}
		rest = tail
		key, value, found := strings.Cut(line, separator)
		value = extract.Fold(strings.Trim(strings.TrimSpace(value), `"'`))
		if key = extract.Fold(key); found && key != "" && value != "" && line[0] != ' ' && line[0] != '\t' && line[0] != '#' && line[0] != '-' {
			head[key] = value
		}
	}
	return nil, s
}
