package duplicate

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const delivery = `Nous livrons partout en France métropolitaine sous 48 heures ouvrées après la confirmation de votre commande. ` +
	`Un message vous prévient du passage du livreur, que vous pouvez suivre sur votre compte. En cas d'absence, le colis est ` +
	`déposé dans un point de retrait proche de chez vous, où il vous attend pendant 14 jours avant de nous revenir.`

func page(title string, texts ...string) Page {
	p := Page{Title: title, Locale: "fr"}
	for _, s := range texts {
		p.Passages = append(p.Passages, Passage{Text: s})
	}
	return p
}

func with(p Page, change func(*Page)) Page {
	change(&p)
	return p
}

func TestPages(t *testing.T) {
	swap := func(from, to string) string {
		if !strings.Contains(delivery, from) {
			t.Fatalf("%q is not in the text", from)
		}
		return strings.ReplaceAll(delivery, from, to)
	}
	basic := "L'offre Basic donne accès à la messagerie, au calendrier et au partage de fichiers. Avec l'offre Basic, chaque membre de " +
		"l'équipe peut inviter des clients à consulter un dossier, sans qu'ils aient besoin d'un compte. Les dossiers partagés " +
		"restent lisibles un an après la fin du contrat, et chacun peut en emporter une copie à tout moment depuis la page des réglages."
	for _, c := range []struct {
		name string
		a, b Page
		want Relation
		why  Reason
	}{
		{"the same", page("Livraison", delivery), page("Livraison", delivery), Equal, ""},
		{"other title", page("Livraison", delivery), page("Comment suis-je livré ?", delivery), Equal, ""},
		{"other borders", page("Livraison", delivery), page("Livraison", strings.SplitAfter(delivery, ". ")...), Equal, ""},
		{"a word", page("Livraison", delivery), page("Livraison", swap("proche", "voisin")), Nearly, ""},
		{"a number", page("Livraison", delivery), page("Livraison", swap("14 jours", "30 jours")), Alike, Values},
		{"a number in words", page("Livraison", delivery), page("Livraison", swap("14 jours", "trente jours")), Alike, Values},
		{"a denial", page("Livraison", delivery), page("Livraison", swap("que vous pouvez suivre", "que vous ne pouvez pas suivre")), Alike, Values},
		{"another unit", page("Livraison", delivery), page("Livraison", swap("14 jours", "14 semaines")), Alike, Values},
		{"a date of printing", page("Livraison", delivery+" Mis à jour le 3 mars 2024."), page("Livraison", delivery+" Mis à jour le 5 mai 2025."), Nearly, ""},
		{"another product", page("Offre Basic", basic), page("Offre Pro", strings.ReplaceAll(basic, "Basic", "Pro")), Different, Sibling},
		{"another product in the title alone", page("Accès avec Basic", delivery), page("Accès avec Pro", delivery), Different, Sibling},
		{"another country", page("Livraison", delivery), page("Livraison", swap("France", "Belgique")), Different, Sibling},
		{"languages", page("Livraison", delivery), with(page("Livraison", delivery), func(p *Page) { p.Locale = "en" }), Different, Translated},
		{"canonical", with(page("Livraison", delivery), func(p *Page) { p.Address = "https://a/1" }),
			with(page("Livraison", delivery), func(p *Page) { p.Canonical = "https://a/1" }), Different, Referred},
		{"facets", with(page("Livraison", delivery), func(p *Page) { p.Facets = map[string][]string{"plan": {"basic"}} }),
			with(page("Livraison", delivery), func(p *Page) { p.Facets = map[string][]string{"plan": {"pro"}} }), Different, Scoped},
		{"contained", page("Livraison", delivery), page("Aide", "Bienvenue dans notre aide en ligne. "+basic, delivery, strings.Repeat("Tout autre chose. ", 20)), Contained, ""},
		{"contained but for a number", page("Livraison", swap("14 jours", "30 jours")), page("Aide", "Bienvenue dans notre aide en ligne. "+basic, delivery), Alike, Values},
		{"a paragraph beside another value", page("Livraison", delivery+"\n\nLe retour d'un colis coûte 5 € par envoi.", strings.Repeat("Des mots à soi. ", 30)),
			page("Aide", basic, delivery+"\n\nLe retour d'un colis coûte 9 € par envoi."), Shared, ""},
		{"a value at the end of a paragraph", page("Livraison", swap("14 jours", "30 jours"), strings.Repeat("Des mots à soi. ", 30)), page("Aide", basic, delivery), Alike, Values},
		{"a shared paragraph of a template", page("Salle de Lyon", delivery, strings.Repeat("Des mots à soi. ", 30)), page("Salle de Metz", delivery, basic), Different, Sibling},
		{"others", page("Livraison", delivery), page("Offre", basic), Different, ""},
		{"short, other questions", page("Puis-je payer par chèque ?", "Non, ce n'est pas possible actuellement."),
			page("Livrez-vous au Canada ?", "Non, ce n'est pas possible actuellement."), Different, TooShort},
		{"nothing", page("Livraison"), page("Livraison"), Different, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := ReadPage(c.a, nil), ReadPage(c.b, nil)
			v, w := Pages(a, b, Rules{}), Pages(b, a, Rules{})
			if v.Relation != c.want || v.Why != c.why {
				t.Errorf("%s %q, want %s %q (%+v)", v.Relation, v.Why, c.want, c.why, v)
			}
			if w.Relation != v.Relation || w.Why != v.Why {
				t.Errorf("the other way round it is %s %q", w.Relation, w.Why)
			}
		})
	}
}

func TestHeadingsOfOneAreTextOfTheOther(t *testing.T) {
	parts := strings.SplitAfter(delivery, ". ")
	html := Page{Title: "Livraison", Form: "html", Passages: []Passage{
		{Heading: []string{"Délais"}, Text: parts[0]}, {Heading: []string{"Suivi"}, Text: parts[1]}, {Heading: []string{"Absence"}, Text: parts[2]}}}
	pdf := Page{Form: "pdf", Passages: []Passage{{Text: "Délais\n" + parts[0] + "\nSuivi\n" + parts[1] + "\nAbsence\n" + parts[2]}}}
	if v := Pages(ReadPage(html, nil), ReadPage(pdf, nil), Rules{}); v.Relation != Equal || v.CoverA != 1 || v.CoverB != 1 {
		t.Errorf("%+v", v)
	}
	x, y := ReadPage(html, nil).Keys(), ReadPage(pdf, nil).Keys()
	if !common(x, y) {
		t.Error("they share no key")
	}
}

func TestRulesDecide(t *testing.T) {
	a, b := ReadPage(page("Livraison", delivery), nil), ReadPage(page("Livraison", strings.Replace(delivery, "proche", "voisin", 1)), nil)
	if v := Pages(a, b, Rules{DifferingValues: func() bool { return true }}); v.Relation != Alike || v.Why != Values {
		t.Errorf("differing values: %+v", v)
	}
	if v := Pages(a, b, Rules{Contrast: func(x, y string) bool { return x == "proche" && y == "voisin" }}); v.Relation != Different || v.Why != Sibling {
		t.Errorf("siblings: %+v", v)
	}
	// Of what is contained a paragraph says the same, whatever the others say.
	c := ReadPage(page("Aide", "Bienvenue dans notre aide en ligne, où chacun trouve réponse à ses questions, de la création du compte à la facture, et où l'équipe écoute.", delivery, "Prévenez-nous deux semaines avant."), nil)
	d := ReadPage(page("Livraison", delivery, "Prévenez-nous deux semaines avant."), nil)
	if v := Pages(c, d, Rules{DifferingValues: func() bool { return true }}); v.Relation != Shared || v.Why != "" || len(v.Stretches) == 0 {
		t.Errorf("differing values beside a shared paragraph: %+v", v)
	}
	v := Pages(a, b, Rules{DifferingValues: func() bool { return false }})
	if v.Relation != Nearly || len(v.Edits) != 1 || v.Edits[0].A != "proche" || v.Edits[0].B != "voisin" {
		t.Errorf("%+v", v)
	}
}

// Long texts of which nothing, or everything over and over, is the same take no longer
// than others.
func TestLongTextsAreJudgedInTime(t *testing.T) {
	words := func(prefix string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%s%c%c%c ", prefix, 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26)
		}
		return b.String()
	}
	shared := words("mot", 100)
	for name, texts := range map[string][2]string{
		"others between": {shared + words("un", 100_000) + shared, shared + words("deux", 100_000) + shared},
		"one word":       {strings.Repeat("mot ", 200_000), strings.Repeat("mot ", 200_000) + "autre"},
		"one phrase":     {strings.Repeat("un mot puis un autre ", 40_000), strings.Repeat("un mot puis un autre ", 40_000) + "encore"},
		"no spaces":      {strings.Repeat("a", 1_000_000), strings.Repeat("a", 1_000_001)},
		"marks":          {strings.Repeat("a\u0301\u0316", 200_000), strings.Repeat("-5 ", 300_000)},
	} {
		began := time.Now()
		a, b := ReadPage(page(texts[0][:1000], texts[0]), nil), ReadPage(page(texts[1][:1000], texts[1]), nil)
		Pages(a, b, Rules{})
		a.Keys()
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s: %v", name, took)
		} else {
			t.Logf("%s: %v", name, took)
		}
	}
}
