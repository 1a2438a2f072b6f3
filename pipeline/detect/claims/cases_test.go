package claims

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"freshet/index"
)

// brief writes a claim as testdata/cases.txt has it.
func brief(c *Claim) string {
	var b strings.Builder
	b.WriteString(string(c.Type))
	word := func(s string) {
		if s != "" {
			b.WriteString(" " + s)
		}
	}
	switch c.Type {
	case Date:
		word(days(c.Unit, c.Lo, c.Hi))
		if c.Other != nil {
			word("or " + days(c.Unit, c.Other[0], c.Other[1]))
		}
		word(string(c.Cue))
	case Hours:
		word(weekText(c))
	case Phone, Email, URL:
		word(c.Text)
	case Role:
		word(c.Attribute + " = " + c.Text)
	case Bool:
		word(c.Attribute)
		word(map[bool]string{true: "no", false: "yes"}[c.No])
	case Version:
		word(c.Attribute)
		word(map[Op]string{Equal: "=", AtLeast: ">=", AtMost: "<="}[c.Op] + c.Text)
	default:
		scale := int64(Scale)
		if c.Type == Clock {
			scale = 1
		}
		n := func(v int64) string { return strconv.FormatFloat(float64(v)/float64(scale), 'f', -1, 64) }
		switch c.Op {
		case Equal:
			word("=" + n(c.Lo))
		case AtLeast:
			word(">=" + n(c.Lo))
		case AtMost:
			word("<=" + n(c.Hi))
		case About:
			word("~" + n(c.Lo))
		case Between:
			word(n(c.Lo) + ".." + n(c.Hi))
		}
		word(c.Unit)
		word(c.Tax)
	}
	if c.Past {
		word("past")
	}
	return b.String()
}

func days(unit string, lo, hi int64) string {
	one := func(d int64) string {
		if unit == PartialDate {
			return fmt.Sprintf("--%02d-%02d", d/100, d%100)
		}
		return time.Unix(d*86400, 0).UTC().Format("2006-01-02")
	}
	if lo == hi {
		return one(lo)
	}
	return one(lo) + ".." + one(hi)
}

// weekText joins days with the same hours: "Mo-Fr 09:00-18:00".
func weekText(c *Claim) string {
	names := [...]string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"}
	if c.Days == 0 {
		return "any " + dayText(dayOf(c.Week, 0))
	}
	var parts []string
	for d := 0; d < 7; d++ {
		if c.Days&(1<<d) == 0 {
			continue
		}
		text := dayText(dayOf(c.Week, d))
		last := d
		for last < 6 && c.Days&(1<<(last+1)) != 0 && dayText(dayOf(c.Week, last+1)) == text {
			last++
		}
		name := names[d]
		if last > d {
			name += "-" + names[last]
		}
		parts = append(parts, name+" "+text)
		d = last
	}
	return strings.Join(parts, ", ")
}

func dayText(list [][2]int) string {
	if len(list) == 0 {
		return "closed"
	}
	var parts []string
	for _, w := range list {
		parts = append(parts, fmt.Sprintf("%02d:%02d-%02d:%02d", w[0]/60, w[0]%60, w[1]/60, w[1]%60))
	}
	return strings.Join(parts, "+")
}

// TestCases reads testdata/cases.txt: a line "fr: text => claim; claim" each; the text
// may have "\n".
func TestCases(t *testing.T) {
	data, err := os.ReadFile("testdata/cases.txt")
	if err != nil {
		t.Fatal(err)
	}
	s := NewScanner()
	cases := 0
	var out strings.Builder
	for i, line := range strings.Split(string(data), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			fmt.Fprintln(&out, line)
			continue
		}
		locale, rest, _ := strings.Cut(line, ": ")
		text, want, _ := strings.Cut(rest, " => ")
		text = strings.TrimSuffix(text, " =>")
		p := Passage{Text: strings.ReplaceAll(text, `\n`, "\n"), Locale: locale, Kind: index.Prose}
		var got []string
		for _, c := range s.Scan(p).Claims {
			got = append(got, brief(&c))
		}
		cases++
		if strings.Join(got, "; ") != want {
			t.Errorf("line %d: %s\n got %s\nwant %s", i+1, text, strings.Join(got, "; "), want)
		}
		fmt.Fprintf(&out, "%s: %s => %s\n", locale, text, strings.Join(got, "; "))
	}
	if cases < 300 {
		t.Errorf("%d cases, fewer than 300", cases)
	}
	if name := os.Getenv("CASES_OUT"); name != "" {
		os.WriteFile(name, []byte(out.String()), 0o644)
	}
}
