package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/pdf/content"
	"freshet/pipeline/extract/pdf/filter"
	"freshet/pipeline/extract/pdf/layout"
	"freshet/pipeline/extract/pdf/repair"
)

// headerWithin is how far from its beginning a file may call itself a PDF.
const headerWithin = 1024

// open interprets the pages of b. The library is given only what repair writes: of
// files as they are found, a few make it ask for all memory there is, follow rings of
// cross-references for ever, or inflate an object stream for each object in it anew.
// Errors are verdicts or the cause of ctx.
func open(ctx context.Context, b []byte, passwords []string, l extract.Limits) (*content.Document, error) {
	at := bytes.Index(b[:min(len(b), headerWithin)], []byte("%PDF-"))
	clean, err := repair.Rewrite(ctx, b[max(at, 0):], passwords, &filter.Budget{Left: l.Inflated})
	if err != nil {
		return nil, verdict(ctx, err, l)
	}
	doc, err := content.Open(clean, &filter.Budget{Left: l.Inflated})
	if err != nil {
		return nil, verdict(ctx, err, l)
	}
	return doc, nil
}

// pages hands the pages of doc to visit. Errors are as those of open.
func pages(ctx context.Context, doc *content.Document, l extract.Limits, visit func(*layout.Page)) error {
	n := 0
	all, err := doc.Pages(ctx, l.Pages, func(p *layout.Page) {
		n++
		visit(p)
	})
	switch {
	case err != nil:
		return verdict(ctx, err, l)
	case !all:
		return tooLarge("it has more than %d pages", l.Pages)
	case n == 0:
		return verdict(ctx, repair.ErrNothing, l)
	}
	return nil
}

// verdict puts what came in the way into words.
func verdict(ctx context.Context, err error, l extract.Limits) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case connectors.AsVerdict(err) != nil:
		return err
	case errors.Is(err, filter.ErrBudget):
		return tooLarge("its compressed parts hold more than %d bytes", l.Inflated)
	case errors.Is(err, repair.ErrPassword):
		return &connectors.Verdict{Reason: connectors.VerdictEncrypted, Detail: "it needs a password; give it under extract.pdf.passwords in the configuration"}
	case errors.Is(err, repair.ErrScheme):
		return &connectors.Verdict{Reason: connectors.VerdictEncrypted, Detail: err.Error()}
	}
	return &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: fmt.Sprintf("it cannot be opened as a PDF file: %v", err)}
}

func tooLarge(format string, args ...any) error {
	return &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf(format, args...)}
}
