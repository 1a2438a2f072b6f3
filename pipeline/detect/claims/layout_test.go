package claims

import (
	"slices"
	"strings"
	"testing"

	"freshet/index"
)

func scanOf(locale, text string) *Scan {
	return Read(Passage{Text: text, Locale: locale, Kind: index.Prose})
}

func TestSentences(t *testing.T) {
	for _, test := range []struct{ locale, text, want string }{
		{"fr", "Un. Deux ! Trois ? Quatre.", "Un.|Deux !|Trois ?|Quatre."},
		{"fr", "M. Dupont et Mme. Durand paient 5 €. Puis rien.", "M. Dupont et Mme. Durand paient 5 €.|Puis rien."},
		{"fr", "Selon l'art. L. 121-1, env. 5 jours. Fin.", "Selon l'art. L. 121-1, env. 5 jours.|Fin."},
		{"fr", "Le prix est de 12.50 €. Le port est de 3 €.", "Le prix est de 12.50 €.|Le port est de 3 €."},
		{"fr", "Comptez 10 min. Le service répond.", "Comptez 10 min.|Le service répond."},
		{"fr", "Voir www.exemple.fr. Merci.", "Voir www.exemple.fr.|Merci."},
		{"fr", "Des frais, etc. sont dus. Voilà.", "Des frais, etc. sont dus.|Voilà."},
		{"fr", "Il dit : « Venez. » Puis il part.", "Il dit : « Venez. »|Puis il part."},
		{"en", "Mr. Smith pays $5. See No. 12. Done.", "Mr. Smith pays $5.|See No. 12.|Done."},
		{"en", "E.g. this. Acme Inc. is here. Bye.", "E.g. this.|Acme Inc. is here.|Bye."},
		{"en", "From 9 a.m. to 5 p.m. on Mondays. Bye.", "From 9 a.m. to 5 p.m. on Mondays.|Bye."},
		{"en", "A line\nwhich goes on. Next\nNew line.", "A line\nwhich goes on.|Next|New line."},
		{"en", "One paragraph here\n\nAnother paragraph here.", "One paragraph here|Another paragraph here."},
		{"en", "Version 2.3.1 is out. J. R. Smith wrote it.", "Version 2.3.1 is out.|J. R. Smith wrote it."},
	} {
		var got []string
		for _, s := range scanOf(test.locale, test.text).Sentences {
			got = append(got, test.text[s.Start:s.End])
		}
		if strings.Join(got, "|") != test.want {
			t.Errorf("%q is cut into %q", test.text, got)
		}
	}
}

func TestTables(t *testing.T) {
	text := "Nos tarifs\nForfait | Internet | Prix par mois TTC\nBrise | 5 Go | 5,99 €\nAlizé | 60 Go | 11,99 €"
	scan := Read(Passage{Text: text, Locale: "fr", Kind: index.Table})
	var got []string
	for _, c := range scan.Claims {
		s := scan.Sentences[c.Sentence]
		got = append(got, s.Row+"×"+s.Column+"#"+string(rune('0'+s.Place))+": "+brief(&c)+" "+strings.Join(c.Label, " "))
	}
	want := []string{
		"Brise×Internet#1: quantity =5000000000 byte bris internet",
		"Brise×Prix par mois TTC#1: money =5.99 EUR/month incl bris prix mois ttc",
		"Alizé×Internet#2: quantity =60000000000 byte aliz internet",
		"Alizé×Prix par mois TTC#2: money =11.99 EUR/month incl aliz prix mois ttc",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	group := scan.Sentences[len(scan.Sentences)-1].Group
	if group == 0 || scan.Sentences[0].Group != 0 {
		t.Errorf("the cells share group %d, the caption has %d", group, scan.Sentences[0].Group)
	}
}

func TestTableForms(t *testing.T) {
	for name, test := range map[string]struct {
		text        string
		row, column string
		claims      int
	}{
		"empty corner kept":    {" | Pro | Max\nEngagement | 24 mois | 12 mois", "Engagement", "Max", 2},
		"empty corner dropped": {"Pro | Max\nEngagement | 24 mois | 12 mois", "Engagement", "Max", 2},
		"no header":            {"Prix | 12 €\nDélai | 14 jours", "Délai", "", 2},
		"unit in the header":   {"Pays | Appel, la minute | Internet, les 100 Mo\nSuisse | 0,80 € | 2 €", "Suisse", "Internet, les 100 Mo", 2},
		"year in the header":   {"Forfait | 2024 | 2025\nBrise | 5 € | 6 €", "Brise", "2025", 2},
		"bars around":          {"| Forfait | Prix |\n| Brise | 6 € |", "Brise", "Prix", 1},
	} {
		scan := Read(Passage{Text: test.text, Locale: "fr", Kind: index.Table})
		if len(scan.Claims) != test.claims {
			t.Errorf("%s: %d claims, want %d", name, len(scan.Claims), test.claims)
			continue
		}
		s := scan.Sentences[scan.Claims[test.claims-1].Sentence]
		if s.Row != test.row || s.Column != test.column {
			t.Errorf("%s: row %q column %q, want %q and %q", name, s.Row, s.Column, test.row, test.column)
		}
	}
}

func TestHoursOfRows(t *testing.T) {
	scan := Read(Passage{Text: "Jour | Horaires\nDu lundi au jeudi | 9h-18h\nVendredi | 9h-17h", Locale: "fr", Kind: index.Table})
	var got []string
	for _, c := range scan.Claims {
		got = append(got, brief(&c))
	}
	if want := "hours Mo-Th 09:00-18:00; hours Fr 09:00-17:00"; strings.Join(got, "; ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "; "), want)
	}
}

func TestLists(t *testing.T) {
	text := "Voici les frais. À la commande, nous facturons :\n- la carte SIM : 10 € ;\n- la livraison : 5 €.\n  - en Corse : 8 €\n\nAutre chose.\n\n1. Payez 3 €.\n2. Attendez."
	scan := scanOf("fr", text)
	var got []string
	for _, s := range scan.Sentences {
		got = append(got, text[s.Start:s.End]+"<"+s.Lead+">"+string(rune('0'+s.Place))+string(rune('0'+s.Group)))
	}
	want := []string{
		"Voici les frais.<>00",
		"À la commande, nous facturons :<>00",
		"la carte SIM : 10 € ;<À la commande, nous facturons :>11",
		"la livraison : 5 €.<À la commande, nous facturons :>21",
		"en Corse : 8 €<À la commande, nous facturons :>31",
		"Autre chose.<>00",
		"Payez 3 €.<>12",
		"Attendez.<>22",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if l := scan.Claims[0].Label; !slices.Equal(l, []string{"cart", "sim"}) {
		t.Errorf("the label of 10 € is %q", l)
	}
}

func TestSaidBesideValues(t *testing.T) {
	scan := Read(Passage{
		Title: "Les forfaits", Heading: []string{"Tarifs", "Frais de résiliation"}, Locale: "fr", Kind: index.Prose,
		Text: "Délais\n\nAvec le forfait Brise, le délai est de 14 jours, sauf pour les abonnés Mistral. Auparavant, le prix était de 5 €. Par exemple, Paul paie 3 €. L'appareil « Zéphyr » et la box X200 coûtent 10 €.",
	})
	if len(scan.Sentences) != 5 {
		t.Fatalf("%d sentences", len(scan.Sentences))
	}
	if !slices.Equal(scan.Subject, []string{"forfait", "frais", "resili"}) {
		t.Errorf("the subject is %q", scan.Subject)
	}
	s := scan.Sentences
	if !s[0].Footing || s[0].Heading != "" || s[1].Heading != "Délais" {
		t.Errorf("the heading is %+v, what follows stands under %q", s[0], s[1].Heading)
	}
	if !slices.Equal(s[1].Condition, []string{"abon", "mistral"}) {
		t.Errorf("the condition is %q", s[1].Condition)
	}
	if !slices.Contains(s[1].Entities, "brise") || !slices.Contains(s[1].Entities, "mistral") || slices.Contains(s[1].Entities, "avec") {
		t.Errorf("the entities are %q", s[1].Entities)
	}
	if slices.Contains(s[1].Stems, "jour") || !slices.Contains(s[1].Stems, "del") {
		t.Errorf("the stems are %q", s[1].Stems)
	}
	if !s[2].Past || s[1].Past || !scan.Claims[1].Past || scan.Claims[0].Past {
		t.Error("the past is not told from the present")
	}
	if !s[3].Example || s[2].Example {
		t.Error("the example is not told")
	}
	if !slices.Contains(s[4].Entities, "zephyr") || !slices.Contains(s[4].Entities, "x200") {
		t.Errorf("the entities are %q", s[4].Entities)
	}
	if near := scan.Claims[0].Near; !slices.Contains(near, "del") || !slices.Contains(near, "abon") {
		t.Errorf("near 14 jours: %q", near)
	}
}

func TestValidity(t *testing.T) {
	scan := scanOf("fr", "À compter du 1er juin 2025, le prix est de 12 €. Jusqu'au 31 mars 2025, il est de 10 €. Du 1er au 15 mai 2025, il est de 9 €.")
	var got []string
	for _, c := range scan.Claims {
		if c.Type == Money {
			got = append(got, days(FullDate, c.From, c.From)+" "+days(FullDate, c.Until, c.Until))
		}
	}
	want := []string{"2025-06-01 1970-01-01", "1970-01-01 2025-03-31", "2025-05-01 2025-05-15"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCueEvidence(t *testing.T) {
	text := "L’offre est valable jusqu’au 31 mars 2025."
	c := scanOf("fr", text).Claims[1]
	if c.Cue != CueEnd || text[c.CueStart:c.CueEnd] != "jusqu’au" {
		t.Errorf("cue %q is %q", c.Cue, text[c.CueStart:c.CueEnd])
	}
}

func TestAnswers(t *testing.T) {
	scan := Read(Passage{Text: "Non, la box est nécessaire.", Question: "Puis-je utiliser ma propre box ?", Locale: "fr", Kind: index.FAQ})
	if c := scan.Claims[0]; c.Type != Bool || c.Attribute != "yes" || !c.No || !slices.Contains(c.Label, "box") {
		t.Errorf("the answer is %+v", c)
	}
}

func TestNoClaimsInCode(t *testing.T) {
	if scan := Read(Passage{Text: "timeout = 30 seconds\nprice = 12 €", Kind: index.Code, Locale: "en"}); len(scan.Claims) != 0 {
		t.Errorf("code has %d claims", len(scan.Claims))
	}
}

func TestHashKnowsWhatMatters(t *testing.T) {
	hash := func(text string) index.Hash { return scanOf("fr", text).Sentences[0].Hash }
	if hash("Le délai est de 14 jours.") != hash("Le  DÉLAI est de 14 jours.") {
		t.Error("case or spaces change the hash")
	}
	if hash("Le délai est de 14 jours.") == hash("Le délai est de 15 jours.") {
		t.Error("the value does not change the hash")
	}
	a := Read(Passage{Text: "Forfait | Prix\nBrise | 5 €", Locale: "fr", Kind: index.Table})
	b := Read(Passage{Text: "Forfait | Prix\nAlizé | 5 €", Locale: "fr", Kind: index.Table})
	if a.Sentences[len(a.Sentences)-1].Hash == b.Sentences[len(b.Sentences)-1].Hash {
		t.Error("the row does not change the hash of a cell")
	}
}

func TestLanguageIsGuessed(t *testing.T) {
	for text, want := range map[string]string{
		"Le délai est de 14 jours pour les retours.": "fr", "The return period is 14 days for all of you.": "en", "42": "",
	} {
		if got := Read(Passage{Text: text, Kind: index.Prose}).Language; got != want {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}

func TestLimitsAreTold(t *testing.T) {
	long := Read(Passage{Text: strings.Repeat("Le prix est de 12 €. ", 20_000), Locale: "fr", Kind: index.Prose})
	if len(long.Claims) > MaxClaims || long.Cut == "" {
		t.Errorf("%d claims, cut %q", len(long.Claims), long.Cut)
	}
	if scan := scanOf("fr", "Le prix est de 12 €."); scan.Cut != "" {
		t.Errorf("a short passage is cut: %s", scan.Cut)
	}
}

func TestCellsThatSayYesOrNo(t *testing.T) {
	scan := Read(Passage{Text: "Sujet | Réponse\nShort de bain | autorisé au grand bain\nAnimaux | non, jamais\nWi-Fi | Oui\nParking | aucun", Locale: "fr", Kind: index.Table})
	var got []string
	for _, c := range scan.Claims {
		got = append(got, scan.Sentences[c.Sentence].Row+": "+brief(&c))
	}
	if want := "Short de bain: bool allowed yes; Animaux: bool yes no; Wi-Fi: bool yes yes; Parking: bool yes no"; strings.Join(got, "; ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "; "), want)
	}
}

func TestPeriodsOfHeaders(t *testing.T) {
	scan := Read(Passage{Text: "Service | Appel émis, la minute\nSuisse | 0,80 €\n\nLimite | Valeur\nAppels par minute | 100 appels", Locale: "fr", Kind: index.Table})
	var got []string
	for _, c := range scan.Claims {
		got = append(got, brief(&c))
	}
	if want := "money =0.8 EUR/minute; count =100 appel/minute"; strings.Join(got, "; ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "; "), want)
	}
}
