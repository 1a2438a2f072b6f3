package qdranttest

import (
	"iter"
	"slices"

	pb "github.com/qdrant/go-client/qdrant"
)

// passes reports whether a point passes a filter.
func passes(f *pb.Filter, p *point) bool {
	for _, c := range f.GetMust() {
		if !holds(c, p) {
			return false
		}
	}
	for _, c := range f.GetMustNot() {
		if holds(c, p) {
			return false
		}
	}
	some := len(f.GetShould()) == 0
	for _, c := range f.GetShould() {
		some = some || holds(c, p)
	}
	return some
}

func holds(c *pb.Condition, p *point) bool {
	switch c := c.GetConditionOneOf().(type) {
	case *pb.Condition_Filter:
		return passes(c.Filter, p)
	case *pb.Condition_HasId:
		return slices.ContainsFunc(c.HasId.GetHasId(), func(id *pb.PointId) bool { return id.GetNum() == p.id.GetNum() && id.GetUuid() == p.id.GetUuid() })
	case *pb.Condition_Field:
		value := p.payload[c.Field.GetKey()]
		if list := value.GetListValue(); list != nil {
			return slices.ContainsFunc(list.GetValues(), func(v *pb.Value) bool { return fits(c.Field, v) })
		}
		return fits(c.Field, value)
	}
	return false
}

func fits(f *pb.FieldCondition, v *pb.Value) bool {
	if r := f.GetRange(); r != nil {
		var n float64
		switch k := v.GetKind().(type) {
		case *pb.Value_DoubleValue:
			n = k.DoubleValue
		case *pb.Value_IntegerValue:
			n = float64(k.IntegerValue)
		default:
			return false
		}
		return (r.Gte == nil || n >= *r.Gte) && (r.Lte == nil || n <= *r.Lte)
	}
	s, ok := v.GetKind().(*pb.Value_StringValue)
	if !ok {
		return false
	}
	switch m := f.GetMatch().GetMatchValue().(type) {
	case *pb.Match_Keyword:
		return s.StringValue == m.Keyword
	case *pb.Match_Keywords:
		return slices.Contains(m.Keywords.GetStrings(), s.StringValue)
	}
	return false
}

// candidates yields the points that a filter has to be tried on: those that it
// names, or all.
func (c *collection) candidates(f *pb.Filter) iter.Seq[*point] {
	return func(yield func(*point) bool) {
		for _, condition := range f.GetMust() {
			named := condition.GetHasId()
			if named == nil {
				continue
			}
			for _, id := range named.GetHasId() {
				key, err := keyOf(id)
				if p := c.points[key]; err == nil && p != nil && !yield(p) {
					return
				}
			}
			return
		}
		for _, p := range c.points {
			if !yield(p) {
				return
			}
		}
	}
}

// A use of a filter says what strict mode asks of it.
type use int

const (
	toRead use = iota
	toWrite
	toUpdate // of an upsert: nothing is asked
)

// admit refuses a filter that strict mode does not take.
func (c *collection) admit(f *pb.Filter, u use) error {
	strict := c.strict()
	if size := widest(f); u != toUpdate && strict.ConditionMaxSize != nil && size > *strict.ConditionMaxSize {
		return refused("Condition size limit reached (%d > %d)", size, *strict.ConditionMaxSize)
	}
	allowed := strict.UnindexedFilteringRetrieve
	if u == toWrite {
		allowed = strict.UnindexedFilteringUpdate
	}
	if u == toUpdate || allowed == nil || *allowed {
		return nil
	}
	for _, field := range fieldsOf(f) {
		if !c.indexed(field) {
			return refused("Index required but not found for %q", field.GetKey())
		}
	}
	return nil
}

func (c *collection) indexed(f *pb.FieldCondition) bool {
	switch t := c.indexes[f.GetKey()].GetDataType(); {
	case f.GetRange() != nil:
		return t == pb.PayloadSchemaType_Float || t == pb.PayloadSchemaType_Integer
	default:
		return t == pb.PayloadSchemaType_Keyword
	}
}

func conditionsOf(f *pb.Filter) []*pb.Condition {
	return slices.Concat(f.GetMust(), f.GetShould(), f.GetMustNot())
}

func fieldsOf(f *pb.Filter) (list []*pb.FieldCondition) {
	for _, c := range conditionsOf(f) {
		if field := c.GetField(); field != nil {
			list = append(list, field)
		}
		list = append(list, fieldsOf(c.GetFilter())...)
	}
	return list
}

// widest is the most values of one condition.
func widest(f *pb.Filter) (n uint64) {
	for _, c := range conditionsOf(f) {
		n = max(n, uint64(len(c.GetHasId().GetHasId())), uint64(len(c.GetField().GetMatch().GetKeywords().GetStrings())), widest(c.GetFilter()))
	}
	return n
}

func refused(format string, args ...any) error { return invalid("Bad request: "+format, args...) }

// atMost refuses a number above a limit that strict mode sets.
func atMost[L uint32 | uint64](n uint64, limit *L, name string) error {
	if limit != nil && n > uint64(*limit) {
		return refused("Limit exceeded %d > %d for %q", n, *limit, name)
	}
	return nil
}
