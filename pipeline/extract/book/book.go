// Package book reads electronic books (EPUB 2 and 3): the chapters in the order of the
// spine, each as the page that it is.
package book

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"

	"golang.org/x/net/html/charset"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
	"freshet/pipeline/extract/markup"
)

// Version names the rules of Read; see extract.Text.Version. Chapters are read as
// pages, so it changes with the rules of those.
const Version = "epub/1+" + markup.HTMLVersion

// Read reads the bytes of an EPUB file. It is a pure function of them and of o.Limits:
// there may be Pages chapters, and Nodes blocks in all. Chapters that are missing or
// that have no text are passed over. Errors are verdicts or the cause of ctx.
func Read(ctx context.Context, content []byte, o extract.Options) (*extract.Text, error) {
	o.Limits = o.Limits.WithDefaults()
	files, err := container.Open(content, o.Limits)
	if err != nil {
		return nil, err
	}
	pack, err := readPackage(ctx, files)
	if err != nil {
		return nil, err
	}
	if len(pack.chapters) > o.Limits.Pages {
		return nil, tooLarge("it has more than %d chapters (limits: pages)", o.Limits.Pages)
	}
	locked, err := lockedParts(ctx, files)
	if err != nil {
		return nil, err
	}
	t := &extract.Text{Way: "epub", Title: pack.properties["title"], Language: extract.NormalLanguage(pack.language), Properties: pack.properties}
	r := reader{ctx: ctx, files: files, text: t, limits: o.Limits}
	for _, part := range pack.chapters {
		if locked[strings.ToLower(part)] {
			return nil, &connectors.Verdict{Reason: connectors.VerdictEncrypted, Detail: "the book is locked by its seller (DRM); add an edition without a lock"}
		}
		if err := r.chapter(part); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// A reader puts chapters behind each other.
type reader struct {
	ctx    context.Context
	files  *container.Files
	text   *extract.Text
	limits extract.Limits
}

func (r *reader) chapter(part string) error {
	b, err := r.files.Read(part)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	page, err := decode(b)
	if err != nil {
		return nil
	}
	t, err := markup.ReadHTML(r.ctx, openTags(page), extract.Options{Select: "body", Limits: r.limits})
	if v := connectors.AsVerdict(err); v != nil && v.Reason == connectors.VerdictEmpty {
		return nil
	}
	if err != nil {
		return err
	}
	if len(r.text.Blocks)+len(t.Blocks) > r.limits.Nodes {
		return tooLarge("it has more than %d paragraphs (limits: nodes)", r.limits.Nodes)
	}
	r.text.Blocks = append(r.text.Blocks, t.Blocks...)
	for _, l := range t.Links {
		// Other links lead to places in the book.
		if strings.Contains(l.URI, ":") && len(r.text.Links) < r.limits.Links {
			r.text.Links = append(r.text.Links, l)
		}
	}
	return nil
}

// decode returns a page as UTF-8, which it is unless a mark says UTF-16.
func decode(b []byte) (string, error) {
	in, err := charset.NewReader(bytes.NewReader(b), "text/html; charset=utf-8")
	if err != nil {
		return "", err
	}
	b, err = io.ReadAll(in)
	return strings.ToValidUTF8(string(b), ""), err
}
