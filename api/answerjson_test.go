package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"freshet/index"
	"freshet/index/retrieve"
)

// sameJSON checks that an answer is written as encoding/json writes it.
func sameJSON(t *testing.T, r *retrieve.Response) {
	t.Helper()
	var want, got bytes.Buffer
	wantErr, gotErr := marshal(&want, r), marshalAnswer(&got, r)
	if (wantErr != nil) != (gotErr != nil) {
		t.Fatalf("the error is %v, encoding/json's %v", gotErr, wantErr)
	}
	if wantErr == nil && got.String() != want.String() {
		g, w := got.String(), want.String()
		at := 0
		for at < min(len(g), len(w)) && g[at] == w[at] {
			at++
		}
		from := max(0, at-40)
		t.Fatalf("got  %q\nwant %q", g[from:min(len(g), at+40)], w[from:min(len(w), at+40)])
	}
}

// fill sets every field that can be reached, so that one which is added later and
// not written makes the test fail.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
	case reflect.Float64:
		v.SetFloat(float64(*n) + 0.25)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint8:
		v.SetUint(uint64(*n % 256))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		if at, ok := v.Interface().(*time.Time); ok {
			*at = time.Unix(int64(*n), int64(*n)).UTC()
			return
		}
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 3 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(key, n)
			fill(value, n)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic("no value for " + v.Type().String())
	}
}

func TestAnswersAreWrittenAsEncodingJSONDoes(t *testing.T) {
	var full retrieve.Response
	n := 0
	fill(reflect.ValueOf(&full).Elem(), &n)
	sample := sampleResponse()
	east := start.In(time.FixedZone("", 5400))
	far := time.Date(12345, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, r := range map[string]retrieve.Response{
		"everything": full, "nothing": {}, "a sample": sample,
		"empty lists":      {Hits: []retrieve.Hit{{Document: retrieve.Document{Heading: []string{}, Facets: map[string][]string{}}, Conflicts: []retrieve.Conflict{}, Joined: []index.ChunkID{}}}, Degraded: []string{}},
		"another zone":     {Hits: []retrieve.Hit{{Freshness: retrieve.Freshness{Modified: &east}}}},
		"a year too far":   {Hits: []retrieve.Hit{{Freshness: retrieve.Freshness{Checked: &far}}}},
		"a null in facets": {Hits: []retrieve.Hit{{Document: retrieve.Document{Facets: map[string][]string{"b": nil, "a": {"<&>"}}}}}},
	} {
		t.Run(name, func(t *testing.T) { sameJSON(t, &r) })
	}
	for _, f := range []float64{0, math.Copysign(0, -1), 1, -1.5, 0.1, 1e-6, 9.99e-7, 1e-7, 1e20, 1e21, 1.5e300, 5e-324, math.MaxFloat64, math.NaN(), math.Inf(1)} {
		sameJSON(t, &retrieve.Response{TookMS: f, Answer: retrieve.Answer{Confidence: -f}})
	}
	var all strings.Builder
	for r := rune(0); r < 0x3000; r++ {
		all.WriteRune(r)
	}
	sameJSON(t, &retrieve.Response{QueryID: all.String()})
}

func FuzzAnswerJSON(f *testing.F) {
	for _, s := range []string{"", "plain", "\"\\\b\f\n\r\t\x00\x1f\x7f", "<&>", "é“œ”\u2028\u2029\ufffd\U0001f600", "\xff\xc3", "a\xe2\x80", "\xed\xa0\x80"} {
		f.Add(s, 1.5, int64(1_700_000_000_000_000_000))
	}
	f.Add("x", 1e-9, int64(-1))
	f.Fuzz(func(t *testing.T, s string, x float64, nanoseconds int64) {
		at := time.Unix(0, nanoseconds).UTC()
		r := sampleResponse()
		r.QueryID, r.Answer.Confidence, r.Answer.Ask = s, x, &retrieve.Ask{Facet: s, Values: []string{s, ""}}
		h := &r.Hits[0]
		h.Text, h.Score, h.Freshness.Modified, h.Document.Facets = s, -x, &at, map[string][]string{s: {s}, s + "a": nil}
		sameJSON(t, &r)
	})
}

func BenchmarkAnswerJSON(b *testing.B) {
	r := sampleResponse()
	for name, write := range map[string]func(*bytes.Buffer) error{
		"written":       func(out *bytes.Buffer) error { return marshalAnswer(out, &r) },
		"encoding-json": func(out *bytes.Buffer) error { return json.NewEncoder(out).Encode(&r) },
	} {
		b.Run(name, func(b *testing.B) {
			var out bytes.Buffer
			b.ReportAllocs()
			for b.Loop() {
				out.Reset()
				must(b, write(&out))
			}
		})
	}
}
