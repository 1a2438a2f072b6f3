package schedules

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNextTimes(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		expression string
		zone       *time.Location
		after      string
		want       []string
	}{
		"five fields are UTC without a zone":       {"0 3 * * *", nil, "2026-11-20T22:00:00Z", []string{"2026-11-21T03:00:00Z", "2026-11-22T03:00:00Z"}},
		"the given zone is used":                   {"0 3 * * *", paris, "2026-11-20T22:00:00Z", []string{"2026-11-21T02:00:00Z"}},
		"CRON_TZ beats the given zone":             {"CRON_TZ=America/New_York 0 3 * * *", paris, "2026-11-20T22:00:00Z", []string{"2026-11-21T08:00:00Z"}},
		"TZ is understood too":                     {"TZ=Asia/Tokyo 0 3 * * *", nil, "2026-11-20T22:00:00Z", []string{"2026-11-21T18:00:00Z"}},
		"@daily is midnight":                       {"CRON_TZ=Europe/Paris @daily", nil, "2026-11-20T22:00:00Z", []string{"2026-11-20T23:00:00Z"}},
		"@weekly is Sunday":                        {"@weekly", nil, "2026-11-20T22:00:00Z", []string{"2026-11-22T00:00:00Z"}},
		"29 February waits for its year":           {"0 0 29 2 *", nil, "2026-11-20T22:00:00Z", []string{"2028-02-29T00:00:00Z"}},
		"the time itself is not after itself":      {"*/15 * * * *", nil, "2026-11-20T22:15:00Z", []string{"2026-11-20T22:30:00Z"}},
		"names of days are read":                   {"30 9 * * MON-FRI", nil, "2026-11-20T22:00:00Z", []string{"2026-11-23T09:30:00Z"}},
		"a night without 02:30 is skipped":         {"CRON_TZ=Europe/Paris 30 2 * * *", nil, "2026-03-28T12:00:00Z", []string{"2026-03-30T00:30:00Z"}},
		"02:30 comes twice in autumn":              {"CRON_TZ=Europe/Paris 30 2 * * *", nil, "2026-10-24T12:00:00Z", []string{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"}},
		"nothing is due when nothing is asked for": {"", nil, "2026-03-28T12:00:00Z", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := Parse(tt.expression, tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			got := s.NextN(at(t, tt.after), max(1, len(tt.want)))
			if len(got) != len(tt.want) {
				t.Fatalf("got %v", got)
			}
			for i := range got {
				if !got[i].Equal(at(t, tt.want[i])) {
					t.Errorf("run %d: got %s, want %s", i, got[i].UTC(), tt.want[i])
				}
			}
		})
	}
}

func TestExpressionsThatAreRefusedSayHowToMendThem(t *testing.T) {
	tests := map[string]struct{ expression, says string }{
		"a date that never comes":      {"0 0 31 2 *", "never comes"},
		"31 April":                     {"0 0 31 4 *", "never comes"},
		"seconds":                      {"0 0 3 * * *", "leave the first field out"},
		"four fields":                  {"0 3 * *", "write five"},
		"a word":                       {"tonight", "write five"},
		"hour 24":                      {"0 24 * * *", "hour 0-23"},
		"day 7":                        {"0 3 * * 7", "0 for Sunday"},
		"@every":                       {"@every 5m", "write five fields"},
		"@reboot":                      {"@reboot", "write five fields"},
		"an unknown zone":              {"CRON_TZ=Europe/Pari 0 3 * * *", "Europe/Paris"},
		"a zone and nothing else":      {"CRON_TZ=Europe/Paris", "0 fields"},
		"an empty zone":                {"CRON_TZ= 0 3 * * *", "needs a time zone"},
		"the zone of whatever machine": {"CRON_TZ=Local 0 3 * * *", "needs a time zone"},
		"a zone outside its folder":    {"CRON_TZ=../../etc/passwd 0 3 * * *", "not known"},
		"a long text":                  {strings.Repeat("*", 5000), "longer than"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(tt.expression, nil)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want a sentence with %q", err, tt.says)
			}
			if err != nil && len(err.Error()) > 1000 {
				t.Errorf("the sentence has %d bytes", len(err.Error()))
			}
		})
	}
}

func TestWarningOfNightsWhenClocksChange(t *testing.T) {
	tests := map[string]struct {
		expression string
		warns      bool
	}{
		"02:30 in Paris":             {"CRON_TZ=Europe/Paris 30 2 * * *", true},
		"01:30 in New York":          {"CRON_TZ=America/New_York 30 1 * * *", true},
		"every second hour":          {"CRON_TZ=Europe/Paris 0 */2 * * *", true},
		"03:00 in Paris":             {"CRON_TZ=Europe/Paris 0 3 * * *", false},
		"every hour in Paris":        {"CRON_TZ=Europe/Paris 5 * * * *", false},
		"02:30 in UTC":               {"30 2 * * *", false},
		"02:30 in Tokyo":             {"CRON_TZ=Asia/Tokyo 30 2 * * *", false},
		"no schedule":                {"", false},
		"02:30 south of the equator": {"CRON_TZ=Australia/Sydney 30 2 * * *", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := Parse(tt.expression, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Warning(at(t, "2026-11-20T22:00:00Z")); (got != "") != tt.warns {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestJitterIsStableAndWithinItsWidth(t *testing.T) {
	if Jitter("cnil", 0) != 0 {
		t.Error("a jitter that nobody asked for")
	}
	seen := map[time.Duration]bool{}
	for _, subject := range []string{"a", "b", "c", "d", "e"} {
		j := Jitter(subject, time.Hour)
		if j < 0 || j >= time.Hour || j != Jitter(subject, time.Hour) {
			t.Errorf("%s: %v", subject, j)
		}
		seen[j] = true
	}
	if len(seen) != 5 {
		t.Errorf("five subjects share %d times", len(seen))
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"0 3 * * *", "CRON_TZ=Europe/Paris @daily", "TZ=UTC", "*/0 * * * *", "0-5-9/2 ? L * MON#2", "@every 1s", "59/9223372036854775807 * * * *"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		s, err := Parse(expression, nil)
		if err != nil {
			return
		}
		from := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
		for _, next := range s.NextN(from, 3) {
			if !next.After(from) {
				t.Fatalf("%q: %s is not after %s", expression, next, from)
			}
			from = next
		}
		s.Warning(from)
	})
}
