package dates

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestInheritedCues(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		heading          []string
	}{
		{"a heading announces", "- 12 mars 2025 : atelier\n- 14 avril 2025 : salon", "2025-03-12 upcoming; 2025-04-14 upcoming", []string{"Événements à venir"}},
		{"only the innermost heading speaks", "- 12 mars 2025 : atelier", "2025-03-12 none", []string{"Événements à venir", "Comptes rendus"}},
		{"a heading of deadlines", "Paris: 12 March 2025", "2025-03-12 end", []string{"Deadlines"}},
		{"a heading with a date speaks of that", "12 mars 2025", "2025-03-12 none", []string{"À venir en 2025"}},
		{"the line that leads a list", "Nos prochaines dates :\n- 12 mars 2025\n- 14 avril 2025\nCréée le 3 mai 2019.", "2025-03-12 upcoming; 2025-04-14 upcoming; 2019-05-03 none", nil},
		{"an item with a cue of its own", "Dates limites :\n- depuis le 12 mars 2025", "2025-03-12 history", nil},
		{"rows of a table", "Offre | Valable jusqu'au\nÉté | jusqu'au 31 août 2025", "2025-08-31 end", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(Read(c.text, Options{Heading: c.heading})); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestReadingsByLocale(t *testing.T) {
	for _, c := range []struct{ locale, text, want string }{
		{"fr", "Jusqu'au 01/02/2025", "2025-02-01 end"},
		{"en-GB", "until 01/02/2025", "2025-02-01 end"},
		{"en-US", "until 01/02/2025", "2025-01-02 end"},
		{"en_US", "until 12/31/2025", "2025-12-31 end"},
		{"en", "until 01/02/2025", "2025-02-01|2025-01-02 end"},
		{"en", "until 02/02/2025", "2025-02-02 end"},
		{"en", "until 31/12/2025", "2025-12-31 end"},
		{"en", "until 12/31/2025", "2025-12-31 end"},
		{"", "until 31/02/2025", ""},
	} {
		if got := told(Read(c.text, Options{Locale: c.locale})); got != c.want {
			t.Errorf("%s %q: got %s, want %s", c.locale, c.text, got, c.want)
		}
	}
}

func TestResolve(t *testing.T) {
	march := func(year int) time.Time { return time.Date(year, 3, 15, 12, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		text  string
		since time.Time
		want  string
	}{
		{"jusqu'au 31 mars 2025", time.Time{}, "2025-03-31"},
		{"jusqu'au 31 mars", march(2025), "2025-03-31"},
		{"jusqu'au 1er mars", march(2025), "2026-03-01"},
		{"until 29 February", march(2025), "2028-02-29"},
		{"jusqu'au 31 mars", time.Time{}, "unknown"},
		{"jusqu'à fin février", time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC), ""},
	} {
		list := Read(c.text, Options{})
		if c.want == "" {
			if len(list) != 0 {
				t.Errorf("%q: %s, but it has no digits and is not read", c.text, told(list))
			}
			continue
		}
		if len(list) != 1 {
			t.Errorf("%q: %s", c.text, told(list))
			continue
		}
		got := "unknown"
		if last, ok := list[0].Resolve(c.since); ok {
			got = last.Time().Format(time.DateOnly)
		}
		if got != c.want {
			t.Errorf("%q since %s: got %s, want %s", c.text, c.since.Format(time.DateOnly), got, c.want)
		}
	}
}

func TestAtIsTheDayInTheZone(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Skip("this machine has no time zones:", err)
	}
	late := time.Date(2025, 3, 31, 23, 30, 0, 0, time.UTC)
	if got := At(late, paris); got != On(2025, 4, 1) {
		t.Errorf("in Paris it is %s", got.Time())
	}
	if got := At(late, nil); got != On(2025, 3, 31) {
		t.Errorf("in UTC it is %s", got.Time())
	}
}

func TestPlaces(t *testing.T) {
	text := "Bonjour. L’offre est valable jusqu’au vendredi 31 janvier 2025 inclus ! Merci."
	list := Read(text, Options{})
	if len(list) != 1 {
		t.Fatal(told(list))
	}
	m := list[0]
	if got := text[m.Start:m.End]; got != "31 janvier 2025" {
		t.Errorf("the date is %q", got)
	}
	if got := strings.TrimSpace(text[m.From:m.To]); got != "L’offre est valable jusqu’au vendredi 31 janvier 2025 inclus !" {
		t.Errorf("the sentence is %q", got)
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"Jusqu’au 31 mars 2025, les nouveaux clients", "du 1er au 31/12/2025", "March 3-5, 2025", "T1 2025-2026", "l'hiver 2024-2025", "3–5 to 5 to 6 March 2025",
		"\xff\xfe 31\xff mars 2025", "31 mars 2025 31 mars 2025 au 30 mars 2024", "1er trimestre de l année 2025", "0/0/0000", "29 février 2025", "entre le 3 et", "2025", "avant fin",
		"until the end of", "9999999999999999999 mars", "é́é 1er é mai 2025", ":\n- 3\n- 12 mai 2025",
	} {
		f.Add(text, "en", "À venir")
	}
	f.Fuzz(func(t *testing.T, text, locale, heading string) {
		at := 0
		for _, m := range Read(text, Options{Locale: locale, Heading: []string{heading}}) {
			if m.Start < at || m.End <= m.Start || m.End > len(text) || m.From > m.Start || m.To < m.End {
				t.Fatalf("%q: the date is at %d to %d in the sentence at %d to %d, behind %d", text, m.Start, m.End, m.From, m.To, at)
			}
			if utf8.ValidString(text) && !utf8.ValidString(text[m.Start:m.End]) {
				t.Fatalf("%q: %q is cut within a letter", text, text[m.Start:m.End])
			}
			if m.HasYear && (m.First > m.Last || m.First < On(firstYear-1, 1, 1) || m.Last > On(lastYear+1, 12, 31)) {
				t.Fatalf("%q: from %s to %s", text, m.First.Time(), m.Last.Time())
			}
			if _, known := m.Resolve(time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC)); !known {
				t.Fatalf("%q: %q means no day", text, text[m.Start:m.End])
			}
			_ = m.Cue.String()
			at = m.End
		}
	})
}

func BenchmarkRead(b *testing.B) {
	prose := strings.Repeat("Le service client répond du lundi au samedi, de 8 h à 20 h, et par courriel en 2 jours ouvrés. La livraison coûte 4,90 €. ", 10)
	for name, text := range map[string]string{"figures": prose, "dates": prose + "Offre valable jusqu'au 31 mars 2025, puis 9,99 €.", "words": strings.Repeat("Rien ne presse ici. ", 100)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				Read(text, Options{Locale: "fr"})
			}
		})
	}
}

func TestLongSentencesTakeLinearTime(t *testing.T) {
	text := strings.Repeat("jusqu'au 3 mai 2025 ou ", 20_000)
	began := time.Now()
	if n := len(Read(text, Options{})); n < 19_000 {
		t.Errorf("%d dates of 20,000 were read", n)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
}
