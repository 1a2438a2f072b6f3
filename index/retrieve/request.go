package retrieve

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"freshet/index"
)

// ErrRequest: the request cannot be answered as it is; the message says why and
// what would do.
var ErrRequest = errors.New("bad search request")

// ErrBase: there is no such knowledge base.
var ErrBase = errors.New("no such knowledge base")

// Mode says which vectors are searched.
type Mode string

const (
	// Hybrid searches words and, where there is an embedder, meaning. The default.
	Hybrid Mode = "hybrid"
	// Lexical searches words alone.
	Lexical Mode = "lexical"
	// Semantic searches dense vectors alone.
	Semantic Mode = "semantic"
)

// Doubts says what happens to passages that are disputed or stale. What an owner
// decided to leave out of answers is left out whatever it says.
type Doubts string

const (
	// MarkDoubts serves them with their conflicts, stale ones behind others. The default.
	MarkDoubts Doubts = "mark"
	// ExcludeDoubts leaves them out.
	ExcludeDoubts Doubts = "exclude"
	// IgnoreDoubts serves them as if there were no conflicts, in the order in which they
	// fit the question.
	IgnoreDoubts Doubts = "ignore"
)

// A Request is one question.
type Request struct {
	Base  string
	Query string
	Limit int // passages; 0: the default
	// Filter restricts what is searched; nil: everything. See Filter.
	Filter index.Filter
	// Context is what is known of the asker, by facet: passages for others are
	// left out, passages for exactly this come first.
	Context map[string][]string
	// Principals are who asks; empty: what everybody may read.
	Principals []string
	// Drafts admits sources that are not published.
	Drafts bool
	Doubts Doubts
	Mode   Mode
	// NoSpeller takes unknown words as they are.
	NoSpeller bool
	// Fusion is used instead of the base's; nil: the base's, or the default one.
	Fusion *Fusion
	// Without leaves out passages as if the base did not hold them.
	Without func(*index.DocumentInfo) bool
}

// check fills in defaults and refuses what cannot be answered.
func (r *Request) check(l Limits, embedder bool) error {
	r.Query = strings.TrimSpace(r.Query)
	switch {
	case r.Query == "":
		return fmt.Errorf("%w: the query is empty", ErrRequest)
	case len(r.Query) > l.Question:
		return fmt.Errorf("%w: the query has %d bytes, at most %d are read: send the question alone, without the conversation",
			ErrRequest, len(r.Query), l.Question)
	case !utf8.ValidString(r.Query):
		return fmt.Errorf("%w: the query is not valid UTF-8", ErrRequest)
	case r.Limit < 0 || r.Limit > l.Limit:
		return fmt.Errorf("%w: limit is %d, it can be 1 to %d", ErrRequest, r.Limit, l.Limit)
	case len(r.Context) > l.Context:
		return fmt.Errorf("%w: the context has %d keys, at most %d are read", ErrRequest, len(r.Context), l.Context)
	}
	for key, values := range r.Context {
		if len(values) > l.Values {
			return fmt.Errorf("%w: context %q has %d values, at most %d are read", ErrRequest, key, len(values), l.Values)
		}
	}
	if r.Limit == 0 {
		r.Limit = l.Default
	}
	return r.checkModes(embedder)
}

func (r *Request) checkModes(embedder bool) error {
	if r.Doubts == "" {
		r.Doubts = MarkDoubts
	}
	if !slices.Contains([]Doubts{MarkDoubts, ExcludeDoubts, IgnoreDoubts}, r.Doubts) {
		return fmt.Errorf("%w: doubts is %q, it can be mark, exclude or ignore", ErrRequest, r.Doubts)
	}
	switch r.Mode {
	case "":
		r.Mode = Hybrid
	case Hybrid, Lexical:
	case Semantic:
		if !embedder {
			return fmt.Errorf("%w: mode semantic needs an embedder and none is configured: set embedding.provider, or ask with mode lexical", ErrRequest)
		}
	default:
		return fmt.Errorf("%w: mode is %q, it can be hybrid, lexical or semantic", ErrRequest, r.Mode)
	}
	return nil
}

// filterKeys are the keys of a filter, beside facet.NAME, with the payload's.
var filterKeys = map[string]string{
	"source": index.KeySource, "locale": index.KeyLocale, "label": index.KeyLabel, "class": index.KeyClass, "owner": index.KeyOwner,
}

// Filter builds a filter from keys and values as callers write them: source,
// locale, label, class, owner, facet.NAME (any of the values), path (a prefix),
// modified_after and modified_before (dates as 2006-01-02, or RFC 3339). All keys
// must match. An empty map gives nil.
func Filter(keys map[string][]string) (index.Filter, error) {
	var all index.And
	for key, values := range keys {
		f, err := filterFor(key, values)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	if len(all) == 0 {
		return nil, nil
	}
	slices.SortFunc(all, func(a, b index.Filter) int { return strings.Compare(a.String(), b.String()) })
	return all, nil
}

func filterFor(key string, values []string) (index.Filter, error) {
	if len(values) == 0 {
		return nil, fmt.Errorf("%w: filter %q has no value", ErrRequest, key)
	}
	payload, known := filterKeys[key]
	switch {
	case known:
		return index.In{Key: payload, Values: values}, nil
	case strings.HasPrefix(key, index.KeyFacet) && len(key) > len(index.KeyFacet):
		return index.In{Key: key, Values: values}, nil
	case key == "path":
		var any index.Or
		for _, v := range values {
			any = append(any, index.Prefix{Key: index.KeyPath, Prefix: v})
		}
		return any, nil
	case key == "modified_after" || key == "modified_before":
		at, err := day(values[0])
		if err != nil || len(values) > 1 {
			return nil, fmt.Errorf("%w: filter %s needs one date such as 2026-01-31, not %s", ErrRequest, key, quoteAll(values))
		}
		seconds := float64(at.Unix())
		if key == "modified_after" {
			return index.Range{Key: index.KeyModified, Min: &seconds}, nil
		}
		return index.Range{Key: index.KeyModified, Max: &seconds}, nil
	}
	return nil, fmt.Errorf("%w: there is no filter %q: use source, locale, label, class, owner, path, modified_after, modified_before or facet.NAME", ErrRequest, key)
}

func day(s string) (time.Time, error) {
	if at, err := time.Parse(time.DateOnly, s); err == nil {
		return at, nil
	}
	return time.Parse(time.RFC3339, s)
}

func quoteAll(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = strconv.Quote(v)
	}
	return strings.Join(quoted, ", ")
}
