package numbers

import (
	"strings"
	"testing"
	"time"
)

func TestNumbersAreWrittenAsTheyAreSeen(t *testing.T) {
	for _, c := range []struct {
		raw             string
		format          Format
		english, french string
	}{
		{"12", Format{}, "12", "12"},
		{"19.0", Format{}, "19", "19"},
		{"2.5", Format{}, "2.5", "2,5"},
		{"0.30000000000000004", Format{}, "0.3", "0,3"},
		{"3760123456789", Format{}, "3760123456789", "3760123456789"},
		{"1.5E-7", Format{}, "1.5E-07", "1,5E-07"},
		{"1E3", Format{}, "1000", "1000"},
		{"0.196", Format{ID: 9}, "20%", "20%"},
		{"0.196", Format{ID: 10}, "19.60%", "19,60%"},
		{"1234.5", Format{ID: 4}, "1,234.50", "1 234,50"},
		{"1234567.891", Format{Code: `#,##0.00\ "€"`}, "1,234,567.89 €", "1 234 567,89 €"},
		{"-12.5", Format{Code: `#,##0.00\ [$€-40C];[Red]\-#,##0.00\ [$€-40C]`}, "-12.50 €", "-12,50 €"},
		{"45657", Format{ID: 14}, "2024-12-31", "31/12/2024"},
		{"45657.5", Format{ID: 22}, "2024-12-31 12:00", "31/12/2024 12:00"},
		{"45657", Format{Code: "dd/mm/yyyy"}, "31/12/2024", "31/12/2024"},
		{"45657", Format{Code: "[$-40C]d mmmm yyyy;@"}, "31 décembre 2024", "31 décembre 2024"},
		{"45657", Format{Code: "[$-409]mmmm d, yyyy;@"}, "December 31, 2024", "December 31, 2024"},
		{"0.5", Format{ID: 20}, "12:00", "12:00"},
		{"1.25", Format{Code: "[h]:mm"}, "30:00", "30:00"},
		{"1.5", Format{ID: 12}, "1 1/2", "1 1/2"},
		{"7", Format{Code: "000"}, "007", "007"},
		{"5", Format{Code: ";;;"}, "", ""},
		{"-5", Format{Code: `0;"moins" 0`}, "moins 5", "moins 5"},
		{"abc", Format{ID: 14}, "abc", "abc"},
		{"", Format{ID: 14}, "", ""},
		{"-1", Format{ID: 14}, "-1", "-1"},
	} {
		if got := New(Style{}).Number(c.raw, c.format); got != c.english {
			t.Errorf("%s as %+v is %q, want %q", c.raw, c.format, got, c.english)
		}
		if got := New(Style{French: true}).Number(c.raw, c.format); got != c.french {
			t.Errorf("%s as %+v is %q in French, want %q", c.raw, c.format, got, c.french)
		}
	}
	if got := New(Style{Since1904: true}).Number("0", Format{ID: 14}); got != "1904-01-01" {
		t.Errorf("day 0 since 1904 is %q", got)
	}
	if f := New(Style{French: true}); f.Bool(true) != "VRAI" || f.Bool(false) != "FAUX" {
		t.Error("truth values are not French")
	}
}

func TestDatesAreToldFromNumbers(t *testing.T) {
	for code, want := range map[string]bool{
		"yyyy": true, "[h]:mm": true, `0.00"days"`: false, "#,##0 [$€-40C]": false, `\d0`: false, "[Red]0": false, "[ss]": true, "@": false, "0_m": false,
	} {
		if IsDate(Format{Code: code}) != want {
			t.Errorf("%q", code)
		}
	}
}

func TestALongFormatIsNotLookedAt(t *testing.T) {
	began := time.Now()
	code := "0d mmm y" + strings.Repeat("\xa4", 1<<20) + "yy"
	if got := New(Style{}).Number("12.5", Format{Code: code}); got != "12.5" {
		t.Errorf("shown as %.40q", got)
	}
	if spent := time.Since(began); spent > 2*time.Second {
		t.Errorf("it took %s", spent)
	}
}

func FuzzNumber(f *testing.F) {
	f.Add("45657.25", `[$-40C]d mmmm yyyy;@`, 0)
	f.Add("-12.5", `#,##0.00_);[Red](#,##0.00)`, 0)
	f.Add("1e300", `# ?/?`, 0)
	f.Add("0.5", "", 46)
	f.Add("0", "0C]d mmmo y"+strings.Repeat("\xa4", 500)+"yy", 0)
	n := New(Style{})
	f.Fuzz(func(t *testing.T, raw, code string, id int) {
		_ = n.Number(raw, Format{ID: id, Code: code})
	})
}

func BenchmarkNumber(b *testing.B) {
	f := New(Style{})
	b.ReportAllocs()
	raws := []string{"12.5", "1234.56", "99.999", "7", "45657"}
	for i := 0; b.Loop(); i++ {
		f.known = map[valued]string{}
		f.Number(raws[i%len(raws)], Format{ID: 4})
	}
}
