package lexical

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var update = flag.Bool("update", false, "write testdata/golden.json anew; Version has to change with it")

// A golden is a text with the vector that Version promises for it.
type golden struct {
	Text   Text
	IDs    []uint32
	Values []float32
	Words  []string
}

var goldenTexts = []Text{
	{Body: "Comment résilier mon abonnement ?", Language: "fr"},
	{Body: "L’hôtel n'est pas remboursé aujourd'hui.", Language: "fr"},
	{Body: "Qu'est-ce qu'un prélèvement SEPA ?", Language: "fr"},
	{Body: "Existe-t-il un délai de rétractation ?", Language: "fr"},
	{Body: "Donnez-moi l'œuvre d'été sans frais.", Language: "fr"},
	{Body: "DÉCLARATION D'IMPÔTS 2026", Language: "fr"},
	{Body: "declaration d'impots 2026", Language: "fr"},
	{Body: "Le Wi-Fi du modèle RX-200 ne marche plus.", Language: "fr"},
	{Body: "Carte bleue : opposition au 01 23 45 67 89", Language: "fr"},
	{Body: "paiement paiements payer payé payée", Language: "fr"},
	{Title: "Livraison", Body: "Sous 48 heures.", Language: "fr"},
	{Title: "Livraison", Headings: []string{"Aide", "Colis", "Livraison"}, Body: "Sous 48 heures.", Language: "fr"},
	{Question: "Où est mon colis ?", Body: "Où est mon colis ? Dans la rubrique suivi.", Language: "fr"},
	{Title: "Fermer un compte", Question: "Où est mon colis ?", Body: "Dans la rubrique suivi.", Language: "fr"},
	{Body: "non remboursable", Language: "fr"},
	{Body: "How do I cancel my subscription?", Language: "en"},
	{Body: "You can't get a refund; it does not apply.", Language: "en"},
	{Body: "The user's e-mail address isn't verified", Language: "en"},
	{Body: "connection connections connected connecting", Language: "en"},
	{Body: "PASSWORD RESET", Language: "en"},
	{Body: "pass\u00adword re\u200bset", Language: "en"},
	{Body: "ﬁnd the café menu", Language: "en"},
	{Title: "Opening hours", Headings: []string{"Shops", "Paris"}, Body: "From nine to five.", Language: "en"},
	{Question: "What does it cost?", Body: "Nothing.", Language: "en"},
	{Body: "model RX200, part 4711-A", Language: "en"},
	{Body: "Straße", Language: ""},
	{Body: "información de envío", Language: "es"},
	{Body: "知识 库", Language: ""},
	{Body: "", Language: "fr"},
	{Body: "— … ¿? !!", Language: "en"},
	{Title: "Que faire ?", Body: "que la", Language: "fr"},
}

func TestVectorsAreThoseOfTheVersion(t *testing.T) {
	const name = "testdata/golden.json"
	e := NewEncoder()
	var got []golden
	for _, text := range goldenTexts {
		x := e.Encode(text)
		got = append(got, golden{text, x.Vector.IDs, x.Vector.Values, x.Words})
	}
	if *update {
		b, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var want []golden
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateApprox(0, 1e-6)); d != "" {
		t.Errorf("vectors of %s changed (-want +got):\n%s", Version, d)
	}
}
