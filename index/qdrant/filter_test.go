package qdrant

import (
	"math"
	"slices"
	"strings"
	"testing"

	pb "github.com/qdrant/go-client/qdrant"

	"freshet/index"
	"freshet/index/indextest"
)

// lets reports whether the server would let a payload through a condition.
func lets(c *pb.Condition, keywords []string, number *float64) bool {
	if f := c.GetFilter(); f != nil {
		some := len(f.GetShould()) == 0
		for _, x := range f.GetShould() {
			some = some || lets(x, keywords, number)
		}
		for _, x := range f.GetMust() {
			some = some && lets(x, keywords, number)
		}
		for _, x := range f.GetMustNot() {
			some = some && !lets(x, keywords, number)
		}
		return some
	}
	if r := c.GetField().GetRange(); r != nil {
		return number != nil && (r.Gte == nil || *number >= *r.Gte) && (r.Lte == nil || *number <= *r.Lte)
	}
	m := c.GetField().GetMatch()
	if any := m.GetKeywords(); any != nil {
		return slices.ContainsFunc(any.GetStrings(), func(s string) bool { return slices.Contains(keywords, s) })
	}
	return slices.Contains(keywords, m.GetKeyword())
}

// holdPlan fails unless the plan of a filter lets through what the filter does,
// and no more when it says so.
func holdPlan(t *testing.T, f index.Filter, p index.Payload) {
	t.Helper()
	keywords := keywordsOf(p)
	var number *float64
	if v, ok := ranged(p); ok {
		number = &v
	}
	plan := compile(f, false)
	passes := !plan.nothing && (plan.condition == nil || lets(plan.condition, keywords, number))
	want := f.Match(p)
	if want && !passes || plan.exact && passes != want {
		t.Errorf("filter %s lets payload %+v through: %v, its plan (exact %v): %v", f, p, want, plan.exact, passes)
	}
	back, err := payloadFrom(keywords)
	if err != nil {
		t.Errorf("payload %+v does not come back: %v", p, err)
	} else if f.Match(back) != want {
		t.Errorf("filter %s: %v for %+v, but not for what came back, %+v", f, want, p, back)
	}
}

func TestPlansLetThroughWhatTheirFiltersDo(t *testing.T) {
	maker := indextest.NewMaker(11, index.Space{})
	for range 20_000 {
		holdPlan(t, maker.Filter(3), maker.Payload())
	}
}

func TestServerChecksWhatRetrievalAsks(t *testing.T) {
	low := 3.0
	for _, f := range []index.Filter{
		index.In{Key: index.KeySource, Values: []string{"a", "b"}}, index.Equal{Key: index.KeyFacet + `a "b.c`, Value: "x"},
		index.In{Key: index.KeyFacet + "plan", Values: []string{"pro"}}, index.Exists{Key: index.KeyOwner},
		index.Range{Key: index.KeyModified, Min: &low}, index.Prefix{Key: index.KeyPath, Prefix: "Help/Billing/"},
		index.Not{Of: index.And{index.Equal{Key: index.KeyLabel, Value: "x"}, index.Range{Key: index.KeyModified, Max: &low}}},
	} {
		if p := compile(f, false); !p.exact || p.condition == nil {
			t.Errorf("%s is not checked by the server: %+v", f, p)
		}
	}
	partly := compile(index.Prefix{Key: index.KeyPath, Prefix: "Help/Bil"}, false)
	if partly.exact || partly.condition.GetField().GetMatch().GetKeyword() != "path^Help/" {
		t.Errorf("a prefix within a segment is planned as %v", partly.condition)
	}
}

func FuzzPlans(f *testing.F) {
	f.Add("label", "FAQ", "Help/Billing/x", "Help/B", 3.0, 2.0, uint8(0))
	f.Add("facet.a=b", "c%", "a//b", "a/", math.Inf(1), 2.0, uint8(7))
	f.Add("a", "b=c", "é/è", "\xc3", math.NaN(), math.Inf(-1), uint8(99))
	f.Add("#modified", "^", strings.Repeat("x/", 30), strings.Repeat("x/", 20), -math.MaxFloat64, -math.MaxFloat64, uint8(31))
	f.Fuzz(func(t *testing.T, key, value, path, prefix string, number, bound float64, shape uint8) {
		p := index.Payload{
			Texts:   map[string][]string{key: {value, path}, index.KeyPath: {path, value}, "empty": nil},
			Numbers: map[string]float64{index.KeyModified: number, key: bound},
		}
		leaves := []index.Filter{
			index.Equal{Key: key, Value: prefix}, index.Equal{Key: key, Value: value}, index.In{Key: index.KeyPath, Values: []string{prefix, path, prefix}},
			index.Prefix{Key: index.KeyPath, Prefix: prefix}, index.Prefix{Key: key, Prefix: prefix}, index.Exists{Key: key}, index.Exists{Key: prefix},
			index.Range{Key: index.KeyModified, Min: &bound}, index.Range{Key: index.KeyModified, Max: &bound}, index.Range{Key: index.KeyModified},
			index.Range{Key: index.KeyModified, Min: &bound, Max: &bound}, index.Range{Key: key, Max: &number}, index.Exists{Key: "empty"},
		}
		a, b := leaves[int(shape)%len(leaves)], leaves[int(shape/13)%len(leaves)]
		for _, filter := range append(leaves, index.And{a, b}, index.Or{a, b}, index.Or{}, index.And{}, index.And{a, index.Or{b, index.Not{Of: a}}}) {
			holdPlan(t, filter, p)
			holdPlan(t, index.Not{Of: filter}, p)
		}
	})
}
