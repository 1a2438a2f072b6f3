package chunk

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"freshet/index"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/formats"
)

func TestAPieceIsOnThePageOnWhichItBegins(t *testing.T) {
	long := func(word string) string { return strings.Repeat(word+" ", 139) + word + "." }
	text := &extract.Text{Title: "Manual", Blocks: []extract.Block{
		{Kind: extract.Heading, Level: 1, Text: "Manual", Page: 1},
		{Kind: extract.Heading, Level: 2, Text: "Care", Page: 2}, {Kind: extract.Paragraph, Text: long("two"), Page: 2},
		{Kind: extract.Paragraph, Text: long("three"), Page: 3}, {Kind: extract.List, Items: []extract.Item{{Text: long("four")}, {Text: long("five")}}, Page: 4},
		{Kind: extract.Heading, Level: 2, Text: "Is it safe?", Page: 7}, {Kind: extract.Paragraph, Text: "It is.", Page: 8},
	}}
	pieces, err := Split(text, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range pieces {
		got = append(got, fmt.Sprint(p.Page, " ", strings.Fields(strings.TrimPrefix(p.Text, "- "))[0]))
	}
	if want := []string{"2 two", "4 four", "8 It"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for i := range text.Blocks {
		text.Blocks[i].Page = 0
	}
	pieces, err = Split(text, Options{})
	if err != nil || slices.ContainsFunc(pieces, func(p Piece) bool { return p.Page != 0 }) {
		t.Errorf("pages of a text without any: %+v, %v", pieces, err)
	}
}

const help = `<!doctype html><html lang="fr"><head><title>Résilier | Aide</title></head><body><nav>Accueil Contact</nav><main>
<h1>Résilier</h1><p>Cette page explique comment résilier votre contrat.</p>
<h2>Comment résilier ?</h2><p>Voici les pièces à fournir :</p><ul><li>une pièce d'identité<ul><li>passeport</li></ul></li><li>le formulaire</li></ul>
<details><summary>Combien cela coûte-t-il ?</summary><p>La résiliation est gratuite après un an.</p></details>
<table><tr><th>Offre</th><th>Prix</th></tr><tr><td>Essentiel</td><td>9 €</td></tr></table>
</main><footer>Mentions</footer></body></html>`

func TestAHelpPageBecomesItsQuestions(t *testing.T) {
	text, err := formats.New(formats.Config{}).Extract(t.Context(), strings.NewReader(help), extract.Options{MediaType: "text/html"})
	if err != nil {
		t.Fatal(err)
	}
	pieces, err := Split(text, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var faq []string
	for _, p := range pieces {
		if p.Kind == index.FAQ {
			faq = append(faq, p.Question+" "+p.Text)
		}
		if p.Locale != "fr" {
			t.Errorf("locale %q of %q", p.Locale, p.Text)
		}
	}
	if len(faq) != 2 || !strings.Contains(faq[0], "pièces à fournir :\n- une pièce") && !strings.Contains(faq[1], "gratuite") {
		t.Fatalf("%q\n%+v", text.Plain(), pieces)
	}
}
