package records

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestParseDate(t *testing.T) {
	day := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	noon := time.Date(2026, 3, 4, 12, 30, 0, 0, time.UTC)
	cases := map[string]time.Time{
		"2026-03-04": day, "2026/03/04": day, "20260304": day, "04/03/2026": day, "4.3.2026": day, "4 mars 2026": day, "March 4, 2026": day, "4 Mar 2026": day,
		"2026-03-04T12:30:00Z": noon, "2026-03-04T14:30:00+02:00": noon, "2026-03-04T14:30:00.000+0200": noon, "2026-03-04 12:30:00": noon, "2026-03-04 12:30": noon,
		"Wed, 04 Mar 2026 12:30:00 GMT": noon, "Wed, 4 Mar 2026 12:30:00 +0000": noon, "1772627400": noon, "1772627400000": noon, "1772627400000000": noon,
		"1772627400.0": noon, "/Date(1772627400000)/": noon, "4 mars 2026 12:30": noon, "04/03/2026 12:30": noon,
		"1er mars 2026": day.AddDate(0, 0, -3), "31/03/2026": day.AddDate(0, 0, 27), "03/31/2026": day.AddDate(0, 0, 27),
	}
	for in, want := range cases {
		if got, ok := parseDate(in, false); !ok || !got.Equal(want) {
			t.Errorf("%q gave %v, %v, not %v", in, got, ok, want)
		}
	}
	if got, ok := parseDate("03/04/2026", true); !ok || !got.Equal(day) {
		t.Errorf("month first gave %v, %v", got, ok)
	}
	for _, in := range []string{"", "soon", "2026", "12", "0", "NaN", "1e300", "-1", "0001-01-01T00:00:00Z", "99999999999999999999", strings.Repeat("1", 100)} {
		if got, ok := parseDate(in, false); ok {
			t.Errorf("%q gave %v", in, got)
		}
	}
}

func TestTemplates(t *testing.T) {
	var record map[string]any
	if err := json.Unmarshal([]byte(`{"a":"x","b":{"c":["y","z"]},"e":"","d.e":"dot","l":[{"n":"1"},{"n":"2"}],"o":{}}`), &record); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		template, want string
		plain          bool
	}{
		{"a", "x", true}, {"b.c", "y, z", true}, {"b.c[1]", "z", true}, {"b.c.0", "y", true}, {"d.e", "dot", true}, {"l[].n", "1, 2", true}, {"l.n", "1, 2", true},
		{"=a", "a", true}, {"{{a}}-{{b.c.0}}", "x-y", true}, {"{{ e | a }}!", "x!", true}, {"see {{e}}", "", true}, {"none", "", true}, {"o", "", false}, {"{{a}}{{o}}", "x", false},
		{"b.c.9", "", true}, {"b.c.-1", "", true}, {"", "", true},
	}
	for _, c := range cases {
		tmpl, err := newTemplate(c.template)
		if err != nil {
			t.Errorf("%q: %v", c.template, err)
			continue
		}
		if got, plain := tmpl.text(record, ", "); got != c.want || plain != c.plain {
			t.Errorf("%q gave %q, %v", c.template, got, plain)
		}
	}
	for _, bad := range []string{"{{a", "a}}", "{{}}", "{{a|}}", "{{a{{b}}", strings.Repeat("x", 5000)} {
		if _, err := newTemplate(bad); err == nil {
			t.Errorf("%.20q is taken for a template", bad)
		}
	}
}

func TestNextLink(t *testing.T) {
	cases := map[string]string{
		`<https://a/?p=2>; rel="next"`:                                          "https://a/?p=2",
		`<https://a/?p=1>; rel="prev", <https://a/?p=3>; rel="next"`:            "https://a/?p=3",
		`<https://a/?p=1,2>; title="x, <y>; rel=next"; rel=last, </b>;rel=next`: "/b",
		`<a>; rel="first NEXT"`:                                                 "a",
		`<a>; rel=prev; rel=next`:                                               "",
		`<a>; rel`:                                                              "",
		`nonsense`:                                                              "",
		`<a`:                                                                    "",
		``:                                                                      "",
	}
	for in, want := range cases {
		if got := nextLink([]string{in}); got != want {
			t.Errorf("%s gave %q", in, got)
		}
	}
}

func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"a", "{{a}}-{{b.c[0]}}", "{{a|b}}", "=x", "{{", "l[].n", "}}{{"} {
		f.Add(s)
	}
	record := map[string]any{"a": "x", "b": map[string]any{"c": []any{"y", json.Number("1"), nil}}, "l": []any{map[string]any{"n": "1"}}}
	f.Fuzz(func(t *testing.T, s string) {
		tmpl, err := newTemplate(s)
		if err != nil {
			return
		}
		got, _ := tmpl.text(record, ", ")
		if strings.Contains(got, "{{a}}") {
			t.Errorf("%q is left unfilled: %q", s, got)
		}
		tmpl.link(record)
		tmpl.value(record)
	})
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"2026-03-04", "1772627400", "4 mars 2026", "/Date(17)/", "1e9", "03/04/26"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, american := range []bool{false, true} {
			if got, ok := parseDate(s, american); ok && (got.Year() < 1900 || got.Year() > 2201 || got.Location() != time.UTC) {
				t.Errorf("%q gave %v", s, got)
			}
		}
	})
}

func FuzzLinkHeader(f *testing.F) {
	f.Add(`<https://a/?p=1,2>; title="x, <y>"; rel=last, </b>;rel=next`)
	f.Add(`<a>; rel="next`)
	f.Fuzz(func(t *testing.T, s string) {
		if got := nextLink([]string{s}); !strings.Contains(s, got) {
			t.Errorf("%q gave %q", s, got)
		}
	})
}

// drain reads to the end and reports whether the listing was whole.
func drain(t *testing.T, r reader, limit int) (n int, whole bool) {
	whole = true
	for range limit {
		record, err := r.next()
		var broken *badRecord
		switch {
		case err == io.EOF:
			return n, whole
		case errors.As(err, &broken):
			whole = false
			if !utf8.ValidString(broken.id()) || len(broken.id()) > 64 {
				t.Errorf("a broken record is called %q", broken.id())
			}
		case err != nil:
			return n, false
		case record == nil:
			t.Fatal("neither a record nor an error")
		default:
			n++
		}
	}
	t.Fatalf("no end after %d records", limit)
	return 0, false
}

func FuzzJSONLines(f *testing.F) {
	f.Add([]byte("{\"id\":1}\n\n{\"id\":2"))
	f.Add([]byte("{\"a\":\"\\ud800\"}\r\n[]\nnull\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, whole := drain(t, newLineReader(bytes.NewReader(data), 4096), len(data)+2)
		good := 0
		for line := range bytes.Lines(data) {
			var o map[string]any
			if json.Unmarshal(line, &o) == nil && o != nil {
				good++
			}
		}
		if whole && n != good {
			t.Errorf("%d records of a whole listing of %d", n, good)
		}
	})
}

func FuzzJSONList(f *testing.F) {
	f.Add([]byte(`{"n":1,"l":[[1,{"data":[3]}]],"data":[{"id":"a"},7],"m":{"k":[]}}`), "data")
	f.Add([]byte(`[{"id":1},{}]`), "")
	f.Add([]byte(`{"a":{"b":[{"c":[]}]}} `), "a.b")
	f.Fuzz(func(t *testing.T, data []byte, items string) {
		r := newListReader(bytes.NewReader(data), items, 4096)
		if _, whole := drain(t, r, len(data)+2); whole && !json.Valid(data) {
			t.Errorf("%q is no JSON, and was read as a whole listing", data)
		}
	})
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("id,body\na,\"x\ny\"\nb\n"))
	f.Add([]byte("id;body\n\"a\"b;c\n\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := newRowReader(bytes.NewReader(data), 0, 4096)
		if err != nil {
			return
		}
		drain(t, r, len(data)+3)
	})
}

func FuzzCursor(f *testing.F) {
	f.Add(`records1:{"r":{"n":3},"d":1,"i":"x"}`)
	f.Fuzz(func(t *testing.T, text string) {
		s := &Source{}
		c, err := s.parseCursor(text)
		if err != nil {
			return
		}
		again, err := s.parseCursor(c.String())
		if err != nil || again != c {
			t.Errorf("%q became %+v and then %+v, %v", text, c, again, err)
		}
	})
}
