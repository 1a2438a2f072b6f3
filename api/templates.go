package api

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// Templates are what was learned to stand on most pages of a source.
type Templates struct {
	Learned time.Time       `json:"learned"`
	Pages   int             `json:"pages" doc:"Learned from"`
	KeptOn  []string        `json:"kept_on" doc:"Addresses of the documents whose passages keep the blocks, those that keep the most first"`
	Blocks  []TemplateBlock `json:"blocks" doc:"Those on the most pages first"`
}

// TemplateBlock is one piece of text that is left out of passages.
type TemplateBlock struct {
	Text   string `json:"text" doc:"How it begins"`
	Pages  int    `json:"pages" doc:"That hold it"`
	Of     int    `json:"of" doc:"Pages among which it is counted: all of its form and language, or those of a section"`
	KeptOn string `json:"kept_on"`
}

// templates is what was learned of a source, or nil when nothing was.
func (s *Server) templates(ctx context.Context, source string) (*Templates, error) {
	known, err := s.o.Catalog.TemplatesOf(ctx, source)
	if err != nil || len(known.Blocks) == 0 {
		return nil, err
	}
	out := &Templates{Learned: known.Learned, Pages: known.Pages, Blocks: make([]TemplateBlock, len(known.Blocks))}
	keeps := make(map[string]int)
	for i, b := range known.Blocks {
		out.Blocks[i] = TemplateBlock{Text: b.Text, Pages: b.Pages, Of: b.Of, KeptOn: b.Address}
		keeps[b.Address]++
	}
	slices.SortStableFunc(out.Blocks, func(a, b TemplateBlock) int { return cmp.Or(b.Pages-a.Pages, strings.Compare(a.Text, b.Text)) })
	for address := range keeps {
		out.KeptOn = append(out.KeptOn, address)
	}
	slices.SortFunc(out.KeptOn, func(a, b string) int { return cmp.Or(keeps[b]-keeps[a], strings.Compare(a, b)) })
	return out, nil
}
