package sitemap

import (
	"testing"
	"time"
)

func TestDatesAreReadInAllTheirFormsAndNothingElseIs(t *testing.T) {
	for text, want := range map[string]string{
		"2026":                             "2026-01-01T00:00:00Z 1",
		"2026-03":                          "2026-03-01T00:00:00Z 2",
		"2026-03-09":                       "2026-03-09T00:00:00Z 3",
		"2026-03-09T10:20Z":                "2026-03-09T10:20:00Z 4",
		"2026-03-09T10:20:30Z":             "2026-03-09T10:20:30Z 5",
		"2026-03-09T10:20:30.45+02:00":     "2026-03-09T08:20:30Z 5",
		"2026-03-09t10:20:30z":             "2026-03-09T10:20:30Z 5",
		" 2026-03-09 10:20:30 ":            "2026-03-09T10:20:30Z 5",
		"2026-03-09T10:20:30":              "2026-03-09T10:20:30Z 5",
		"2026-03-09T10:20:30+0200":         "2026-03-09T08:20:30Z 5",
		"2026-03-09 10:20:30 UTC":          "2026-03-09T10:20:30Z 5",
		"2026-03-09 10:20:30 -0500":        "2026-03-09T15:20:30Z 5",
		"2026-3-9":                         "2026-03-09T00:00:00Z 3",
		"2026/03/09":                       "2026-03-09T00:00:00Z 3",
		"20260309":                         "2026-03-09T00:00:00Z 3",
		"20260309T102030Z":                 "2026-03-09T10:20:30Z 5",
		"2026-03-09T24:00:00Z":             "2026-03-10T00:00:00Z 5",
		"2024-02-29":                       "2024-02-29T00:00:00Z 3",
		"Mon, 09 Mar 2026 10:20:30 GMT":    "2026-03-09T10:20:30Z 5",
		"Mon, 9 Mar 2026 10:20:30 +0100":   "2026-03-09T09:20:30Z 5",
		"Mon Mar  9 10:20:30 2026":         "2026-03-09T10:20:30Z 5",
		"2026-03-09T10:20:60Z":             "2026-03-09T10:20:59Z 5",
		"":                                 "",
		"2026-02-29":                       "",
		"2026-13-01":                       "",
		"2026-00-00":                       "",
		"0000-00-00":                       "",
		"0001-01-01T00:00:00Z":             "",
		"1970-01-01T00:00:00Z":             "",
		"yesterday":                        "",
		"2026-03-09T25:00:00Z":             "",
		"2026-03-09T10:20:30+99:00":        "",
		"09.03.2026":                       "",
		"2026-03-09-2026-03-09-2026-03-09": "",
	} {
		m, ok := ParseModified(text)
		got := ""
		if ok {
			got = m.Time.Format(time.RFC3339) + " " + string(rune('0'+int(m.Precision)))
		}
		if got != want || ok == m.IsZero() {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestAPeriodEndsWhereTheNextBegins(t *testing.T) {
	for text, want := range map[string]string{
		"2026": "2027-01-01T00:00:00Z", "2026-12": "2027-01-01T00:00:00Z", "2026-02-28": "2026-03-01T00:00:00Z",
		"2026-02-28T23:59Z": "2026-03-01T00:00:00Z", "2026-02-28T23:59:01Z": "2026-02-28T23:59:01Z",
	} {
		if m, _ := ParseModified(text); m.End().Format(time.RFC3339) != want {
			t.Errorf("%s ends %s, want %s", text, m.End(), want)
		}
	}
}

func TestDatesAreTrustedOnlyWhereTheyVary(t *testing.T) {
	read := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	times := func(n int, at func(i int) time.Time) []Modified {
		out := make([]Modified, n)
		for i := range out {
			out[i] = Modified{at(i), Second}
		}
		return out
	}
	for name, c := range map[string]struct {
		dates []Modified
		want  Distrust
	}{
		"none":              {nil, NoDates},
		"none said":         {make([]Modified, 5), NoDates},
		"one":               {times(1, func(int) time.Time { return read.AddDate(0, -1, 0) }), NoDates},
		"the same":          {times(50, func(int) time.Time { return read.AddDate(0, -1, 0) }), AllEqual},
		"now":               {times(50, func(i int) time.Time { return read.Add(-time.Duration(i) * time.Second) }), AllNow},
		"one build":         {times(50, func(i int) time.Time { return read.AddDate(0, -1, 0).Add(time.Duration(i) * time.Second) }), AllAtOnce},
		"the future":        {times(50, func(i int) time.Time { return read.AddDate(0, i, 0) }), InFuture},
		"days":              {times(50, func(i int) time.Time { return read.AddDate(0, 0, -i) }), ""},
		"two":               {times(2, func(i int) time.Time { return read.AddDate(0, 0, -1-i) }), ""},
		"some without":      {append(make([]Modified, 30), times(3, func(i int) time.Time { return read.AddDate(0, 0, -i) })...), ""},
		"one in the future": {append(times(1, func(int) time.Time { return read.AddDate(1, 0, 0) }), times(30, func(i int) time.Time { return read.AddDate(0, 0, -i) })...), ""},
		"a zone ahead":      {times(50, func(i int) time.Time { return read.Add(14*time.Hour - time.Duration(i)*24*time.Hour) }), ""},
	} {
		if trusted, why := Trusted(c.dates, read); why != c.want || trusted != (c.want == "") {
			t.Errorf("%s: %v, %q; want %q", name, trusted, why, c.want)
		}
	}
}
