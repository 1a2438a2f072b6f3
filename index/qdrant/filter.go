package qdrant

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	pb "github.com/qdrant/go-client/qdrant"

	"freshet/index"
)

// A plan of a filter is what the server can check of it. It lets through all that
// the filter does, and, unless it is exact, some points more, which are then
// checked here by their keywords.
type plan struct {
	condition *pb.Condition // nil: everything, or nothing
	nothing   bool
	exact     bool
}

var (
	everything = plan{exact: true}
	nothing    = plan{nothing: true, exact: true}
	unknown    = plan{} // only to be checked here
)

// compile plans f, or, negated, what f does not let through.
func compile(f index.Filter, negated bool) plan {
	switch f := f.(type) {
	case index.And:
		return join(f, negated, negated)
	case index.Or:
		return join(f, negated, !negated)
	case index.Not:
		return compile(f.Of, !negated)
	case index.Equal:
		return keyword(escapeKey(f.Key) + "=" + escape(f.Value)).negate(negated)
	case index.In:
		return in(f).negate(negated)
	case index.Exists:
		name := escapeKey(f.Key)
		return keyword(name, "#"+name).negate(negated)
	case index.Range:
		return between(f).negate(negated)
	case index.Prefix:
		return prefix(f).negate(negated)
	}
	return unknown
}

// join compiles the parts of an And or an Or. One of them has to pass when some,
// all of them otherwise; under a negation they have changed places.
func join(parts []index.Filter, negated, some bool) plan {
	out := plan{exact: true}
	var conditions []*pb.Condition
	for _, f := range parts {
		p := compile(f, negated)
		switch {
		case p.nothing && some, p.condition == nil && !p.nothing && !some:
			// It decides nothing, beyond that it may have to be checked here.
			out.exact = out.exact && p.exact
		case p.nothing:
			return nothing
		case p.condition == nil:
			return p
		default:
			out.exact = out.exact && p.exact
			conditions = append(conditions, p.condition)
		}
	}
	switch {
	case len(conditions) == 0 && some:
		return nothing
	case len(conditions) == 0:
		return plan{exact: out.exact}
	case some:
		out.condition = pb.NewFilterAsCondition(&pb.Filter{Should: conditions})
	default:
		out.condition = pb.NewFilterAsCondition(&pb.Filter{Must: conditions})
	}
	return out
}

// negate turns a plan of one condition round, if asked. What lets through too much
// would then let through too little, so nothing is left of it.
func (p plan) negate(yes bool) plan {
	switch {
	case !yes:
		return p
	case !p.exact:
		return unknown
	case p.nothing:
		return everything
	case p.condition == nil:
		return nothing
	}
	return plan{condition: pb.NewFilterAsCondition(&pb.Filter{MustNot: []*pb.Condition{p.condition}}), exact: true}
}

func keyword(any ...string) plan {
	if len(any) == 1 {
		return plan{condition: pb.NewMatch(keyFilter, any[0]), exact: true}
	}
	return plan{condition: pb.NewMatchKeywords(keyFilter, any...), exact: true}
}

func in(f index.In) plan {
	if len(f.Values) == 0 {
		return nothing
	}
	name := escapeKey(f.Key)
	any := make([]string, 0, len(f.Values))
	for _, v := range f.Values {
		if k := name + "=" + escape(v); !slices.Contains(any, k) {
			any = append(any, k)
		}
	}
	return keyword(any...)
}

func between(f index.Range) plan {
	number := keyword("#" + escapeKey(f.Key))
	if f.Min == nil && f.Max == nil {
		return number
	}
	if f.Min != nil && math.IsNaN(*f.Min) || f.Max != nil && math.IsNaN(*f.Max) {
		return nothing
	}
	if f.Key != index.KeyModified {
		number.exact = false
		return number
	}
	r := &pb.Range{}
	exact := true
	bound := func(b *float64) *float64 {
		if b == nil {
			return nil
		}
		v := finite(*b)
		// Infinite values are kept as the greatest finite ones.
		exact = exact && math.Abs(v) < math.MaxFloat64
		return &v
	}
	r.Gte, r.Lte = bound(f.Min), bound(f.Max)
	return plan{condition: pb.NewRange(keyModified, r), exact: exact}
}

func prefix(f index.Prefix) plan {
	name := escapeKey(f.Key)
	there := keyword(name)
	if f.Prefix == "" {
		return there
	}
	there.exact = false
	if !keepsAncestors(f.Key) {
		return there
	}
	ancestor := f.Prefix[:strings.LastIndexByte(f.Prefix, '/')+1]
	for n := strings.Count(ancestor, "/"); n > deepest; n-- {
		ancestor = ancestor[:strings.LastIndexByte(ancestor[:len(ancestor)-1], '/')+1]
	}
	if ancestor == "" || !utf8.ValidString(ancestor) {
		return there
	}
	p := keyword(name + "^" + escape(ancestor))
	p.exact = ancestor == f.Prefix
	return p
}
