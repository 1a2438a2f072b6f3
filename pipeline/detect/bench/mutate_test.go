package bench

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func seeded(n uint64) *rand.Rand { return rand.New(rand.NewPCG(n, 1)) }

func TestOneValueIsChanged(t *testing.T) {
	for _, c := range []struct{ text, kind, old string }{
		{"La carte de bibliothèque perdue est refaite pour 12,50 € au guichet.", "money", "12,50 €"},
		{"The annual subscription costs $1,200 for a family of four.", "money", "$1,200"},
		{"Le taux de réussite des candidats est de 74 % cette session.", "percent", "74 %"},
		{"The deposit is returned 30 days after the keys are handed in.", "duration", "30 days"},
		{"La réunion des parents d'élèves aura lieu le 12 mai 2031 au gymnase.", "date", "12 mai 2031"},
		{"The bridge was opened to traffic on June 4, 1931 by the mayor.", "date", "June 4, 1931"},
		{"Le guichet des cartes reçoit le public de 9 h à 17 h chaque mardi.", "hours", "de 9 h à 17 h"},
		{"Pour une urgence dentaire le dimanche, composez le 01 44 55 66 77.", "phone", "01 44 55 66 77"},
		{"The reservoir above the village stretches for 14 km along the road.", "quantity", "14 km"},
		{"La salle des fêtes de la commune peut contenir 250 personnes assises.", "count", "250 personnes"},
	} {
		for seed := range uint64(20) {
			m, ok := Mutate(c.text, seeded(seed))
			if !ok {
				t.Fatalf("%q has nothing to change", c.text)
			}
			if m.Type != c.kind || m.Old != c.old || m.New == m.Old || strings.Replace(c.text, m.Old, m.New, 1) != m.Text || m.Before != c.text || m.After != m.Text {
				t.Errorf("%q: %+v", c.text, m)
			}
		}
	}
}

func TestWhatNoStatementSaysIsLeftAlone(t *testing.T) {
	for _, text := range []string{
		"Les colis peuvent peser jusqu'à 30 kg selon le transporteur choisi.",
		"Tickets cost from £12 depending on the day of the performance.",
		"La loi du 6 janvier 1978 relative à l'informatique protège chacun.",
		"Par exemple, un abonnement de 20 € donne droit à deux entrées.",
		"Previously the membership fee was 40 euros and paid in cash.",
		"Est-il vrai que la carte coûte 15 € dans toutes les gares ?",
		"Le trajet prend 20 minutes, puis encore 20 minutes à pied.",
		"The census counted 1.8 square miles (4.6 km²) of land in the township.",
		"Retrieved 13 June 2009 from the archive of the daily newspaper.",
		"Il fait beau.", "", "Prix : 5 €",
		"The room holds between 20 people and a school class on most days.",
	} {
		if m, ok := Mutate(text, seeded(3)); ok {
			t.Errorf("%q becomes %q", text, m.Text)
		}
	}
}

func TestCopiesAreOfDifferentPages(t *testing.T) {
	set := generated(t, Dev, 1)
	var passages []Passage
	for _, p := range set.Pages {
		for line := range strings.SplitSeq(p.Body, "\n") {
			passages = append(passages, Passage{p.ID, line})
		}
	}
	got := Copies(passages, 60, seeded(1))
	if len(got) != 60 {
		t.Fatalf("%d copies", len(got))
	}
	pages, kinds := map[string]bool{}, map[string]int{}
	for _, c := range got {
		if pages[c.Of.Page] || c.Text == c.Of.Text || !strings.Contains(c.Text, c.New) || !strings.Contains(c.Text, c.After) || !strings.Contains(c.Of.Text, c.Before) {
			t.Errorf("%+v", c)
		}
		pages[c.Of.Page] = true
		kinds[c.Type]++
	}
	if len(kinds) < 6 {
		t.Errorf("only %v are changed", kinds)
	}
	again := Copies(passages, 60, seeded(1))
	for i := range got {
		if got[i] != again[i] {
			t.Fatal("equal seeds make different copies")
		}
	}
}

func FuzzMutate(f *testing.F) {
	for _, text := range []string{"La carte coûte 12 € par an, payables en ligne.", "It opened on 3 May 1999 with 20 rooms.", "Appelez le 01 02 03 04 05 pour réserver.", "99 %", "\xff 12 € \xfe", "De 9 h à 12 h et 1 000 000 000 €"} {
		f.Add(text, uint64(1))
	}
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		m, ok := Mutate(text, seeded(seed))
		if !ok {
			return
		}
		if m.Text == text || strings.Count(text, m.Before) == 0 || !strings.Contains(m.Text, m.After) || m.Old == m.New || strings.Replace(m.Text, m.After, m.Before, 1) != text {
			t.Errorf("%q: %+v", text, m)
		}
	})
}
