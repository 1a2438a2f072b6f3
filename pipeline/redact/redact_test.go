package redact

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestMask(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"an address in French":              {"Écrivez à jean.dupont+test@mail.example.fr, merci", "Écrivez à [email], merci"},
		"an address at the end of a clause": {"mine is bob@example.com.", "mine is [email]."},
		"an address in brackets":            {"<Ann@Example.ORG>", "<[email]>"},
		"an address of digits":              {"0612345678@example.org", "[email]"},
		"an address with accents":           {"hélène@exämple.fr", "[email]"},
		"two addresses":                     {"a@b.fr;c@d.fr", "[email];[email]"},
		"no address: a handle":              {"suivez @alba ou a@b", "suivez @alba ou a@b"},

		"a French number in pairs":         {"appelez le 06 12 34 56 78 demain", "appelez le [phone] demain"},
		"a French number with points":      {"tél. : 01.23.45.67.89.", "tél. : [phone]."},
		"a French number in one":           {"mon 0612345678 svp", "mon [phone] svp"},
		"a French number with nbsp":        {"06\u00a012\u00a034\u00a056\u00a078", "[phone]"},
		"a French number from abroad":      {"+33 6 12 34 56 78", "[phone]"},
		"a French number with (0)":         {"+33 (0)6 12 34 56 78", "[phone]"},
		"a French number with 00":          {"0033612345678", "[phone]"},
		"a French number after a number":   {"le 12 06 12 34 56 78", "le 12 [phone]"},
		"a number for free":                {"0800 123 456", "[phone]"},
		"a number for free with points":    {"au 0.805.805.817 ou 0 800 123 456", "au [phone] ou [phone]"},
		"a British number":                 {"call 020 7946 0958 or +44 20 7946 0958", "call [phone] or [phone]"},
		"an American number":               {"(212) 555-1234, 212-555-1234 and +1 212 555 1234", "[phone], [phone] and [phone]"},
		"a card in groups":                 {"carte 4970 1012 3456 7890? 4111 1111 1111 1111", "carte 4970 1012 3456 7890? [card]"},
		"a card in one":                    {"5555555555554444", "[card]"},
		"a card of American Express":       {"3782 822463 10005", "[card]"},
		"a French IBAN":                    {"IBAN FR14 2004 1010 0505 0001 3M02 606 merci", "IBAN [iban] merci"},
		"a German IBAN in one":             {"DE89370400440532013000", "[iban]"},
		"an IBAN with a wrong key":         {"FR15 2004 1010 0505 0001 3M02 606", "FR15 2004 1010 0505 0001 3M02 606"},
		"a social security number":         {"mon n° 2 55 08 14 168 025 38 ici", "mon n° [nir] ici"},
		"a social security number in one":  {"255081416802538", "[nir]"},
		"a social security number Corsica": {"1 84 12 2A 451 025 " + corsicaKey(), "[nir]"},
		"a wrong key":                      {"255081416802539", "255081416802539"},
		"an address of a machine":          {"depuis 192.168.1.12, ou http://10.0.0.1:8080/", "depuis [ip], ou http://[ip]:8080/"},

		"a price":                  {"10 000,00 € ou 1.234.567,89 €, 12 500 000 €", "10 000,00 € ou 1.234.567,89 €, 12 500 000 €"},
		"a rise":                   {"+12 345 678 en un an, +3,5 %", "+12 345 678 en un an, +3,5 %"},
		"dates":                    {"le 01/02/2024, 2024-02-01, 01.02.2024 à 10:30:00", "le 01/02/2024, 2024-02-01, 01.02.2024 à 10:30:00"},
		"times":                    {"2024-02-01T10:30:00Z 09:12:34", "2024-02-01T10:30:00Z 09:12:34"},
		"an order":                 {"commande n° 1234567890, CMD-0612345678, #0612345678, REF/0612345678", "commande n° 1234567890, CMD-0612345678, #0612345678, REF/0612345678"},
		"a version":                {"version 10.0.19.1 et v1.2.3.4, 1.2.3, 1.2.3.4.5", "version 10.0.19.1 et v1.2.3.4, 1.2.3, 1.2.3.4.5"},
		"a SIRET":                  {"SIRET 732 829 320 00074, 73282932000074", "SIRET 732 829 320 00074, 73282932000074"},
		"a bar code":               {"EAN 3017620422003", "EAN 3017620422003"},
		"a law":                    {"règlement 2016/679, article L. 121-16, loi 78-17", "règlement 2016/679, article L. 121-16, loi 78-17"},
		"a post code and a year":   {"75001 Paris, 2024", "75001 Paris, 2024"},
		"a tracking number":        {"6A12345678901 and 1Z999AA10123456784", "6A12345678901 and 1Z999AA10123456784"},
		"short service numbers":    {"le 3939 ou le 15", "le 3939 ou le 15"},
		"a word of letters":        {"résiliation", "résiliation"},
		"nothing":                  {"", ""},
		"a range of years":         {"2020-2021-2022", "2020-2021-2022"},
		"a number with ten digits": {"2 147 483 647 and 2147483647", "2 147 483 647 and 2147483647"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Mask(c.text); got != c.want {
				t.Errorf("%q became %q, want %q", c.text, got, c.want)
			}
		})
	}
}

// corsicaKey is the key of 1 84 12 2A 451 025, by the rule that 2A counts as 19.
func corsicaKey() string {
	key := 97 - 1841219451025%97
	return string([]byte{byte('0' + key/10), byte('0' + key%10)})
}

func TestTimeIsLinear(t *testing.T) {
	took := func(s string, size int) time.Duration {
		text := strings.Repeat(s, size/len(s))
		best := time.Hour
		for range 3 {
			began := time.Now()
			Mask(text)
			best = min(best, time.Since(began))
		}
		return best
	}
	for name, s := range map[string]string{"ats": "a@", "digits": "1", "groups": "12 ", "letters": "fr12", "domains": "a.b@a.b."} {
		if small, large := took(s, 20_000), took(s, 200_000); large > 40*small+100*time.Millisecond {
			t.Errorf("%s: ten times the text takes %s instead of %s", name, large, small)
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add("06 12 34 56 78 a@b.fr FR14 2004 1010 0505 0001 3M02 606 192.168.0.1 +33 (0)1")
	f.Add("4111 1111 1111 1111 2 55 08 14 168 025 38 (212) 555-1234 00 33 6")
	f.Fuzz(func(t *testing.T, s string) {
		got := Mask(s)
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Fatalf("%q became %q", s, got)
		}
		rest := s
		for _, part := range placeholders.Split(got, -1) {
			at := strings.Index(rest, part)
			if at < 0 {
				t.Fatalf("%q became %q: %q is out of place", s, got, part)
			}
			rest = rest[at+len(part):]
		}
		if with := Mask(s + " ann@example.org +33612345678"); !strings.HasSuffix(with, " [email] [phone]") {
			t.Fatalf("not masked behind %q: %q", s, with)
		}
	})
}

var placeholders = regexp.MustCompile(`\[(email|phone|card|iban|nir|ip)\]`)

func BenchmarkMaskQuestion(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Mask("Comment résilier mon contrat n° 12345 avant le 01/02/2025 sans payer 12,50 € ?")
	}
}
