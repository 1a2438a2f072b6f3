package lexical

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// baseOf counts texts as one base.
func baseOf(t *testing.T, language string, texts ...string) *Analyser {
	t.Helper()
	terms, e := NewTerms(), NewEncoder()
	for _, s := range texts {
		terms.Add("b", e.Encode(Text{Body: s, Language: language}))
	}
	return NewAnalyser(terms)
}

// finds reports whether a question looks for the stem of a word.
func finds(q Query, stemmed string) bool {
	return slices.ContainsFunc(q.Terms, func(x QueryTerm) bool {
		return x.ID == tokenID(Words, hash(stemmed))
	})
}

func TestValuesAreIdfTimesWeights(t *testing.T) {
	a := baseOf(t, "en", "refund", "refund policy", "other")
	q := a.Query("refund", Options{Base: "b", Weights: Weights{Words: 2}})
	want := math.Log(1+(3-2+0.5)/(2+0.5)) * 2
	if len(q.Terms) != 1 || math.Abs(float64(q.Terms[0].Value)-want) > 1e-6 {
		t.Errorf("terms %+v, want one of %v", q.Terms, want)
	}
}

func TestQueryWords(t *testing.T) {
	fr := baseOf(t, "fr", "La déclaration de l'employée", "Le remboursement des frais", "La carte vitale", "Les loisirs et les loyers")
	for name, c := range map[string]struct {
		question string
		want     []QueryWord // without IDF
	}{
		"a known word":                         {"remboursements", []QueryWord{{Text: "remboursements", Known: true}}},
		"typed without accents":                {"employee", []QueryWord{{Text: "employee", Known: true}}},
		"misspelt":                             {"rembousement", []QueryWord{{Text: "rembousement", Corrected: "remboursement"}}},
		"unknown":                              {"quokka", []QueryWord{{Text: "quokka"}}},
		"codes are never corrected":            {"vitale2", []QueryWord{{Text: "vitale2"}}},
		"words under four letters are neither": {"fra", []QueryWord{{Text: "fra"}}},
		"stop words are no content":            {"est-ce que la", nil},
		"a repeat stands once":                 {"carte Carte CARTE", []QueryWord{{Text: "carte", Known: true}}},
	} {
		t.Run(name, func(t *testing.T) {
			q := fr.Query(c.question, Options{Base: "b", Languages: []string{"fr"}})
			for i := range q.Words {
				q.Words[i].IDF = 0
			}
			if !slices.Equal(q.Words, c.want) {
				t.Errorf("got %+v, want %+v", q.Words, c.want)
			}
		})
	}
	if q := fr.Query("rembousement", Options{Base: "b", Languages: []string{"fr"}, NoSpeller: true}); q.Words[0].Corrected != "" || finds(q, "rembours") {
		t.Errorf("corrected although the speller is off: %+v", q.Words)
	}
}

func TestOwnersSynonyms(t *testing.T) {
	a := baseOf(t, "fr", "Créer une machine virtuelle", "Annuler sa commande", "Le serveur")
	rules := NewSynonyms([]Synonym{
		{From: "VM", To: "machine virtuelle"}, {From: "résilier", To: "annuler", OneWay: true}, {From: "de la", To: "serveur"},
	})
	for _, c := range []struct {
		question, stem string
		want           bool
	}{
		{"une vm", "machin", true}, {"une vm", "virtuel", true}, {"résiliation", "annul", true}, {"annulation", "resili", false}, {"de la", "serveur", false},
	} {
		q := a.Query(c.question, Options{Base: "b", Languages: []string{"fr"}, Synonyms: rules, NoVariants: true})
		if finds(q, c.stem) != c.want {
			t.Errorf("%s: finds %s: %v, want %v", c.question, c.stem, !c.want, c.want)
		}
		for _, x := range q.Terms {
			if x.Added && x.Source == "" {
				t.Errorf("%s: an added term without the user's word", c.question)
			}
		}
	}
}

func TestAbbreviationsThatTheBaseExplains(t *testing.T) {
	a := baseOf(t, "fr", "Le fichier des incidents de paiement (FIP) est tenu par la banque.", "Le FIP contient des noms.", "TVA (taxe sur la valeur ajoutée)")
	for _, c := range []struct{ question, stem string }{
		{"FIP", "incident"}, {"fichier des incidents de paiement", "fip"}, {"tva", "tax"},
	} {
		if q := a.Query(c.question, Options{Base: "b", Languages: []string{"fr"}}); !finds(q, c.stem) {
			t.Errorf("%s does not look for %s", c.question, c.stem)
		}
	}
}

func TestAcronyms(t *testing.T) {
	for text, want := range map[string][]Acronym{
		"the automated teller machine (ATM) is":               {{"atm", "automated teller machine"}},
		"Taxe sur la Valeur Ajoutée (TVA)":                    {{"tva", "taxe sur la valeur ajoutée"}},
		"a PIN (personal identification number) is":           {{"pin", "personal identification number"}},
		"he left (ATM) early":                                 nil,
		"it ended. Teller machine (ATM)":                      nil,
		"no closing (ATM":                                     nil,
		"empty () and nested ((ATM))":                         nil,
		"lower case short forms are words (atm)":              nil,
		"l’assurance maladie (AM)":                            {{"am", "assurance maladie"}},
		"the very long acronym is not one (ABCDEFGHIJKLMNOP)": nil,
	} {
		if got := acronyms(text); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestEverydayVariantsAreAddedWithoutBeingConfigured(t *testing.T) {
	a := baseOf(t, "fr", "Changer de courriel", "Autre chose")
	if q := a.Query("changer d'email", Options{Base: "b"}); !finds(q, "courriel") {
		t.Error("email does not look for courriel")
	}
	if q := a.Query("changer d'email", Options{Base: "b", NoVariants: true}); finds(q, "courriel") {
		t.Error("variants are off")
	}
}

func TestDefinitionQuestions(t *testing.T) {
	a := NewAnalyser(NewTerms())
	for question, want := range map[string][]string{
		"Qu'est-ce qu’un cookie ?": {"cookie"}, "Le RGPD, c'est quoi ?": {"rgpd"}, "c'est quoi une adresse IP": {"adresse", "ip"},
		"What is a chargeback?": {"chargeback"}, "What does SEPA mean?": {"sepa", "mean"}, "Définition d'un cookie": nil,
		"Comment supprimer un cookie ?": nil, "What is the delivery time for orders abroad in winter?": nil, "what is": nil,
	} {
		q := a.Query(question, Options{})
		switch {
		case question == "What does SEPA mean?" || question == "Définition d'un cookie":
			if q.Definition == nil {
				t.Errorf("%s is no definition question", question)
			}
		case !slices.Equal(q.Definition, want):
			t.Errorf("%s: %q, want %q", question, q.Definition, want)
		}
	}
}

func TestTheLanguageOfAQuestionIsThatOfItsStopWords(t *testing.T) {
	a := NewAnalyser(NewTerms())
	for question, want := range map[string]string{
		"comment puis-je annuler ma commande": "fr", "how can I cancel my order": "en", "Netflix": "", "menu du jour": "fr",
	} {
		if got := a.Query(question, Options{Languages: []string{"fr", "en"}}).Language; got != want {
			t.Errorf("%s: %q, want %q", question, got, want)
		}
	}
}

func TestTitlesCountMoreTheMoreOfThemAsk(t *testing.T) {
	stats := func(chunks, distinct, questions int) TitleStats {
		return TitleStats{Chunks: chunks, Titled: chunks, Distinct: distinct, Questions: questions}
	}
	for name, c := range map[string]struct {
		stats TitleStats
		want  float32
	}{
		"no statistics":                      {TitleStats{}, 1},
		"titles are labels":                  {stats(100, 100, 0), 1},
		"titles are questions":               {stats(100, 100, 90), 2},
		"half of them":                       {stats(100, 100, 40), 1.5},
		"one question over all chunks":       {stats(100, 1, 100), 1},
		"questions over several chunks each": {stats(600, 125, 500), 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := c.stats.Weights()
			if math.Abs(float64(w.TitleWords-c.want)) > 1e-6 || math.Abs(float64(w.TitleGrams-c.want/5)) > 1e-6 || w.Words != 1 {
				t.Errorf("weights %+v, want %v for titles", w, c.want)
			}
		})
	}
}

// What a whole base is about may stand in one title alone; it is no rarer for that.
func TestWordsOfTitlesAreAsRareAsInTheWholeText(t *testing.T) {
	terms, e := NewTerms(), NewEncoder()
	for i := range 20 {
		text := Text{Title: fmt.Sprintf("Chapter %d", i), Body: "all about the vaccine", Language: "en"}
		if i == 0 {
			text.Title, text.Body = "The vaccine", "all about the needle"
		}
		terms.Add("b", e.Encode(text))
	}
	q := NewAnalyser(terms).Query("vaccine needle", Options{Base: "b", Languages: []string{"en"}})
	rarity := make(map[Namespace]float32)
	for _, term := range q.Terms {
		if term.Source == "vaccine" {
			rarity[term.Namespace] = max(rarity[term.Namespace], term.IDF)
		}
	}
	if rarity[TitleWords] != rarity[Words] || rarity[TitleGrams] != rarity[Grams] || rarity[Words] == 0 {
		t.Errorf("rarity by namespace: %v, want the titles' as the text's", rarity)
	}
}

// A word of every French chunk says nothing to a question in French, however many
// chunks there are in English.
func TestRarityIsReckonedInTheQuestionsLanguage(t *testing.T) {
	terms, e := NewTerms(), NewEncoder()
	var added []Encoded
	add := func(n int, language, body string) {
		for i := range n {
			x := e.Encode(Text{Title: fmt.Sprint(i), Body: body, Language: language})
			added = append(added, x)
			terms.Add("b", x)
		}
	}
	add(20, "fr", "le forfait et la box")
	add(60, "en", "the order and the parcel")
	a := NewAnalyser(terms)
	total := func(question string) int {
		return a.Query(question, Options{Base: "b", Languages: []string{"fr", "en"}}).Total
	}
	if fr, en, open := total("quel est le forfait"), total("where is the parcel"), total("forfait"); fr != 20 || en != 60 || open != 80 {
		t.Errorf("chunks in French %d, English %d, either %d, want 20, 60, 80", fr, en, open)
	}
	add(5, "", "Ondavelle")
	if got := total("quel est le forfait"); got != 25 {
		t.Errorf("%d chunks with those of no language, want 25", got)
	}
	for _, x := range added[:20] {
		terms.Remove("b", x)
	}
	if got := total("quel est le forfait"); got != 5 {
		t.Errorf("%d chunks without the French ones, want 5", got)
	}
	for _, x := range added[80:] {
		terms.Remove("b", x)
	}
	if got := total("quel est le forfait"); got != 60 {
		t.Errorf("%d chunks for a French question to an English base, want all 60", got)
	}
}

func TestAsks(t *testing.T) {
	for title, want := range map[string]bool{
		"Comment résilier ?": true, "Comment résilier": true, "Arnaques : quelles précautions prendre ?": true, "How to cancel": true,
		"Résiliation": false, "": false, "How": false, "Où": false, "Est-ce gratuit": true,
	} {
		if got := asks(title); got != want {
			t.Errorf("%q: %v", title, got)
		}
	}
}

func TestLanguageOfATag(t *testing.T) {
	for tag, want := range map[string]string{"fr": "fr", "fr-CA": "fr", "FR_fr": "fr", "fra": "fr", "en-GB": "en", "de": "", "": "", "french": ""} {
		if got := Language(tag); got != want {
			t.Errorf("%q: %q, want %q", tag, got, want)
		}
	}
}

func TestLongQuestionsAreCut(t *testing.T) {
	a := baseOf(t, "", "x")
	var question string
	for i := range 10 * MaxQuestionWords {
		question += fmt.Sprintf("word%d ", i)
	}
	if n := len(a.Query(question, Options{Base: "b"}).Words); n > MaxQuestionWords+2 {
		t.Errorf("%d words", n)
	}
}
