package lexical

import (
	"slices"
	"testing"

	"freshet/index"
)

func surfaces(language, text string) []string {
	c := newCache(language)
	s := scanner{text: text}
	var list []string
	for s.next() {
		for _, w := range c.words(s.key) {
			if !w.asks {
				list = append(list, w.surface)
			}
		}
	}
	return list
}

func TestWords(t *testing.T) {
	for name, c := range map[string]struct {
		language, text string
		want           []string
	}{
		"French elisions are cut":                    {"fr", "L’hôtel qu'il n'a jusqu'ici", []string{"hôtel"}},
		"words that only look elided stay whole":     {"fr", "Aujourd'hui, la presqu'île", []string{"aujourdhui", "presquîle"}},
		"French clitics are cut":                     {"fr", "Existe-t-il ? Donnez-moi, parlez-vous", []string{"existe", "donnez", "parlez"}},
		"hyphen words give parts and joined form":    {"fr", "Wi-Fi", []string{"wi", "fi", "wifi"}},
		"codes give parts and joined form":           {"en", "RX-200", []string{"rx", "200", "rx200"}},
		"negations stay":                             {"fr", "sans frais, ne pas payer", []string{"sans", "frais", "pas", "payer"}},
		"English contractions are cut":               {"en", "can't, I'm, user's", []string{"user"}},
		"not and no stay":                            {"en", "it does not work, no", []string{"not", "work", "no"}},
		"compatibility forms are normalised":         {"", "ﬁne Ｆｕｌｌ", []string{"fine", "full"}},
		"soft hyphens and zero widths vanish":        {"", "re\u00adfund wi\u200bfi", []string{"refund", "wifi"}},
		"a neutral text keeps its stop words":        {"", "the le", []string{"the", "le"}},
		"scripts without spaces give one-rune words": {"", "知识 ok", []string{"知", "识", "ok"}},
		"words longer than any word are dropped":     {"", "a " + longWord(41) + " b", []string{"a", "b"}},
		"broken UTF-8 separates words":               {"", "a\xffb", []string{"a", "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := surfaces(c.language, c.text); !slices.Equal(got, c.want) {
				t.Errorf("%q: got %q, want %q", c.text, got, c.want)
			}
		})
	}
}

func longWord(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'x'
	}
	return string(b)
}

func TestAQueryFindsItsChunkByStemAndSpelling(t *testing.T) {
	terms := NewTerms()
	e := NewEncoder()
	texts := []string{"Les remboursements sont faits sous quatorze jours.", "La livraison est gratuite.", "Les horaires d'été."}
	var encoded []Encoded
	for _, s := range texts {
		encoded = append(encoded, e.Encode(FromChunk(&index.Chunk{Text: s, Locale: "fr-FR"})))
		terms.Add("b", encoded[len(encoded)-1])
	}
	a := NewAnalyser(terms)
	for question, want := range map[string]int{
		"quand serai-je remboursé ?": 0, "livraisson": 1, "LIVRAISON": 1, "horaire d'ete": 2,
	} {
		q := a.Query(question, Options{Base: "b", Languages: []string{"fr"}})
		best, top := -1, float32(0)
		for i, x := range encoded {
			if s := dot(q.Index(), x.Vector); s > top {
				best, top = i, s
			}
		}
		if best != want {
			t.Errorf("%s: chunk %d, want %d", question, best, want)
		}
	}
}

func dot(terms []index.Term, v index.SparseVector) (sum float32) {
	for _, t := range terms {
		if i, ok := slices.BinarySearch(v.IDs, t.ID); ok {
			sum += t.Value * v.Values[i]
		}
	}
	return sum
}
