package links

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/extract"
)

const (
	// collected is how many entries of the change log are read at a time.
	collected = 200
	// longestAddress is how many bytes of an address are kept; browsers take no more.
	longestAddress = 2_000
)

// collect keeps the links of documents whose text changed since the last run.
func (c *Checker) collect(ctx context.Context, r *Report) error {
	mark, err := c.o.Catalog.ConsumerMark(ctx, Consumer)
	if err != nil {
		return err
	}
	head, err := c.o.Catalog.Head(ctx)
	if err != nil {
		return err
	}
	if mark > head { // the catalog was restored from before
		mark = 0
	}
	for {
		changed, err := c.o.Catalog.TextsSince(ctx, mark, collected)
		if err != nil {
			return err
		}
		if len(changed) == 0 {
			return nil
		}
		pages := make(map[string][]string, len(changed))
		for i := range changed {
			if c.o.Yield != nil {
				if err := c.o.Yield(ctx); err != nil {
					return err
				}
			}
			mark = changed[i].Seq
			if _, have := pages[changed[i].Document]; have {
				continue
			}
			if pages[changed[i].Document], err = c.linksIn(ctx, changed[i].Document); err != nil {
				return err
			}
		}
		if err := c.o.Catalog.PutLinks(ctx, pages, Consumer, mark); err != nil {
			return err
		}
		r.Documents += len(pages)
	}
}

// linksIn reads the links of a document's present text. One that was taken away since
// has none.
func (c *Checker) linksIn(ctx context.Context, document string) ([]string, error) {
	packed, err := c.o.Catalog.Text(ctx, document, index.Open)
	if errors.Is(err, catalog.ErrNotFound) {
		return []string{}, nil
	}
	if err != nil {
		return nil, err
	}
	var text extract.Text
	if err := json.Unmarshal(packed, &text); err != nil {
		c.o.Log.Warn("the links of a document cannot be read; they are not checked", "document", document, "error", err)
		return []string{}, nil
	}
	out := make([]string, 0, len(text.Links))
	seen := make(map[string]bool, len(text.Links))
	for _, l := range text.Links {
		address, ok := checkable(l.URI)
		if !ok || seen[address] {
			continue
		}
		seen[address] = true
		if out = append(out, address); len(out) == c.o.Limits.Page {
			c.o.Log.Info("a document has more links than are checked", "document", document, "links", len(text.Links), "checked", len(out))
			break
		}
	}
	return out, nil
}

// checkable returns an address as it is asked for, without the place within its page:
// an absolute one of the web, without a user's name.
func checkable(uri string) (string, bool) {
	if len(uri) > longestAddress {
		return "", false
	}
	u, err := url.Parse(strings.TrimSpace(uri))
	if err != nil || u.Host == "" || u.User != nil || !strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https") {
		return "", false
	}
	u.Fragment, u.RawFragment = "", ""
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String(), true
}
