package claims

import (
	"testing"

	"freshet/index"
)

// one returns the only claim of a type in a text.
func one(t *testing.T, locale, text string, of Type) *Claim {
	t.Helper()
	scan := Read(Passage{Text: text, Locale: locale, Kind: index.Prose})
	var c *Claim
	for i := range scan.Claims {
		if scan.Claims[i].Type == of {
			if c != nil {
				t.Fatalf("%q has several claims of type %s", text, of)
			}
			c = &scan.Claims[i]
		}
	}
	if c == nil {
		t.Fatalf("%q has no claim of type %s", text, of)
	}
	return c
}

func TestCompare(t *testing.T) {
	for _, test := range []struct {
		of         Type
		la, a      string
		lb, b      string
		want       Relation
		comparable bool
	}{
		{Duration, "fr", "24 mois", "fr", "2 ans", Same, true},
		{Duration, "fr", "24 mois", "en", "two years", Same, true},
		{Duration, "fr", "48 h", "fr", "deux jours", Same, true},
		{Duration, "fr", "deux semaines", "en", "14 days", Same, true},
		{Duration, "fr", "quinze jours", "fr", "deux semaines", Overlapping, true},
		{Duration, "fr", "huit jours", "fr", "une semaine", Overlapping, true},
		{Duration, "fr", "quinze jours", "fr", "30 jours", Disjoint, true},
		{Duration, "fr", "30 jours", "fr", "un mois", Same, true},
		{Duration, "fr", "365 jours", "fr", "un an", Same, true},
		{Duration, "fr", "14 jours", "fr", "30 jours", Disjoint, true},
		{Duration, "fr", "14 jours", "fr", "14 jours ouvrés", Unclear, false},
		{Duration, "en", "up to 30 days", "en", "14 days", Overlapping, true},
		{Duration, "en", "up to 30 days", "en", "up to 14 days", Disjoint, true},
		{Duration, "en", "within 14 days", "en", "30 days", Disjoint, true},
		{Duration, "en", "at least 12 months", "en", "24 months", Overlapping, true},
		{Duration, "en", "at least 12 months", "en", "6 months", Disjoint, true},
		{Duration, "fr", "1 h 30", "en", "90 minutes", Same, true},
		{Duration, "fr", "3 à 5 jours ouvrés", "en", "3-5 business days", Same, true},
		{Duration, "fr", "2 mois", "fr", "30 jours", Disjoint, true},
		{Quantity, "fr", "0,2 kg", "en", "200 g", Same, true},
		{Quantity, "fr", "1 Go", "en", "1,000 MB", Same, true},
		{Quantity, "fr", "500 Mb/s", "en", "500 Mbps", Same, true},
		{Quantity, "fr", "5 Go", "fr", "6 Go", Disjoint, true},
		{Quantity, "fr", "5 Go", "fr", "6 Go par mois", Unclear, true},
		{Quantity, "fr", "5 kg", "fr", "5 m", Unclear, false},
		{Money, "fr", "12,50 €", "en", "EUR 12.5", Same, true},
		{Money, "fr", "12 € par mois", "fr", "144 € par an", Same, true},
		{Money, "fr", "12 € par mois", "fr", "150 € par an", Disjoint, true},
		{Money, "fr", "12 € par mois", "fr", "12 €", Same, true},
		{Money, "fr", "12 € par mois", "fr", "15 €", Unclear, true},
		{Money, "fr", "100 € HT", "fr", "120 € TTC", Same, true},
		{Money, "fr", "100 € HT", "fr", "130 € TTC", Disjoint, true},
		{Money, "fr", "100 € HT", "fr", "120 €", Unclear, true},
		{Money, "fr", "10 € HT", "fr", "10,55 € TTC", Same, true},
		{Money, "fr", "100 € TTC", "fr", "120 € HT", Disjoint, true},
		{Money, "fr", "7,50 €", "fr", "10 €", Disjoint, true},
		{Money, "fr", "49 €", "fr", "gratuit", Disjoint, true},
		{Money, "fr", "12 €", "en", "$12", Unclear, false},
		{Money, "fr", "à partir de 10 €", "fr", "12 €", Overlapping, true},
		{Money, "en", "from €10", "en", "€8", Disjoint, true},
		{Money, "en", "about $100", "en", "$105", Overlapping, true},
		{Money, "en", "about $100", "en", "$120", Disjoint, true},
		{Percent, "fr", "20 %", "en", "twenty percent", Same, true},
		{Percent, "fr", "20 %", "en", "25%", Disjoint, true},
		{Count, "fr", "5 appareils", "en", "five devices", Same, true},
		{Count, "fr", "5 appareils", "fr", "jusqu'à 3 appareils", Disjoint, true},
		{Count, "fr", "5 appareils", "fr", "5 comptes", Unclear, false},
		{Date, "fr", "le 3 mars 2025", "en", "on March 3, 2025", Same, true},
		{Date, "fr", "le 3 mars 2025", "fr", "en mars 2025", Overlapping, true},
		{Date, "fr", "le 3 mars 2025", "fr", "le 4 mars 2025", Disjoint, true},
		{Date, "en", "on 01/02/2025", "fr", "le 1er février 2025", Same, true},
		{Date, "en", "on 01/02/2025", "en", "on 2 January 2025", Same, true},
		{Date, "en", "on 01/02/2025", "en", "on 3 January 2025", Disjoint, true},
		{Date, "fr", "le 3 mars", "fr", "le 3 mars 2025", Unclear, false},
		{Hours, "fr", "du lundi au samedi de 8h à 20h", "en", "Monday to Saturday, 8 am to 8 pm", Same, true},
		{Hours, "fr", "du lundi au samedi de 8h à 20h", "fr", "du lundi au vendredi de 9h à 19h", Disjoint, true},
		{Hours, "fr", "du lundi au samedi de 8h à 20h", "fr", "du lundi au vendredi de 8h à 20h", Overlapping, true},
		{Hours, "fr", "du lundi au vendredi de 9h à 18h", "fr", "du lundi au vendredi de 9h05 à 18h", Same, true},
		{Hours, "fr", "24h/24 et 7j/7", "en", "24/7", Same, true},
		{Hours, "fr", "24h/24 et 7j/7", "fr", "du lundi au vendredi de 9h à 18h", Disjoint, true},
		{Hours, "fr", "fermé le dimanche", "fr", "le dimanche de 10h à 12h", Disjoint, true},
		{Hours, "fr", "de 9h à 18h", "fr", "du lundi au vendredi de 9h à 18h", Overlapping, true},
		{Hours, "fr", "de 9h à 18h", "fr", "du lundi au vendredi de 9h à 17h", Unclear, true},
		{Clock, "fr", "avant 14 h", "en", "before 2 pm", Same, true},
		{Clock, "fr", "avant 14 h", "en", "before 4 pm", Disjoint, true},
		{Phone, "fr", "Appelez le 01 99 00 40 10", "fr", "+33 1 99 00 40 10", Same, true},
		{Phone, "fr", "Appelez le 01 99 00 40 10", "fr", "Appelez le 01 99 00 40 11", Disjoint, true},
		{Email, "fr", "Aide@Exemple.fr", "en", "aide@exemple.fr", Same, true},
		{URL, "fr", "http://www.exemple.fr/a/", "en", "https://exemple.fr/a", Same, true},
		{Version, "en", "iOS 16", "en", "iOS 16.2", Overlapping, true},
		{Version, "en", "iOS 16", "en", "iOS 17", Disjoint, true},
		{Version, "en", "iOS 16 or later", "en", "iOS 17", Overlapping, true},
		{Version, "en", "iOS 16", "en", "Android 16", Unclear, false},
		{Bool, "fr", "L'article est remboursable", "fr", "L'article n'est pas remboursable", Disjoint, true},
		{Bool, "fr", "L'article est remboursable", "en", "It is non-refundable", Disjoint, true},
		{Bool, "fr", "L'inscription est facultative", "en", "Registration is not required", Same, true},
		{Bool, "fr", "L'inscription est facultative", "en", "It is available", Unclear, false},
		{Role, "fr", "Directeur financier : Paul Martin", "fr", "Anne Petit, directrice financière", Disjoint, true},
	} {
		a, b := one(t, test.la, test.a, test.of), one(t, test.lb, test.b, test.of)
		if got := Comparable(a, b); got != test.comparable || Comparable(b, a) != got {
			t.Errorf("Comparable(%q, %q) = %v", test.a, test.b, got)
		}
		v, w := Compare(a, b), Compare(b, a)
		if v.Relation != test.want || w != v {
			t.Errorf("Compare(%q, %q) = %v and the other way %v, want %s", test.a, test.b, v, w, test.want)
		}
		if self := Compare(a, a); self.Relation != Same {
			t.Errorf("%q is not the same as itself: %v", test.a, self)
		}
	}
}
