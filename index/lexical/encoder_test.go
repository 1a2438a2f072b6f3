package lexical

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"freshet/index"
)

// checkVector holds what every Store relies on.
func checkVector(t *testing.T, v index.SparseVector) {
	t.Helper()
	if len(v.IDs) != len(v.Values) {
		t.Fatalf("%d IDs, %d values", len(v.IDs), len(v.Values))
	}
	for i, x := range v.Values {
		if x <= 0 || x > index.MaxWeight {
			t.Fatalf("value %v", x)
		}
		if i > 0 && v.IDs[i] <= v.IDs[i-1] {
			t.Fatalf("IDs are not ascending: %d, %d", v.IDs[i-1], v.IDs[i])
		}
	}
}

func TestEncodingDoesNotDependOnWhatWasEncodedBefore(t *testing.T) {
	worn := NewEncoder()
	for i, w := range coined(3 * cacheSize) {
		worn.Encode(Text{Body: w + " l'" + w, Language: []string{"fr", "en", ""}[i%3]})
	}
	for _, text := range goldenTexts {
		if d := cmp.Diff(NewEncoder().Encode(text), worn.Encode(text)); d != "" {
			t.Fatalf("%+v: %s", text, d)
		}
	}
}

func TestRepeatedTokensWeighMoreButNeverBeyondTheBound(t *testing.T) {
	e := NewEncoder()
	once, often := e.Encode(Text{Body: "refund"}), e.Encode(Text{Body: strings.Repeat("refund ", 100_000)})
	checkVector(t, once.Vector)
	checkVector(t, often.Vector)
	if len(once.Vector.IDs) != len(often.Vector.IDs) {
		t.Fatal("the same tokens")
	}
}

func TestTheTitleCountsInItsOwnNamespacesAndInTheBody(t *testing.T) {
	e := NewEncoder()
	v := e.Encode(Text{Title: "Refund", Body: "Within fourteen days.", Language: "en"}).Vector
	for _, n := range []Namespace{Words, TitleWords} {
		if _, ok := slices.BinarySearch(v.IDs, tokenID(n, hash("refund"))); !ok {
			t.Errorf("no %s token of the title", n)
		}
	}
	if _, ok := slices.BinarySearch(v.IDs, tokenID(TitleWords, hash("fourteen"))); ok {
		t.Error("a word of the body is in the title's namespace")
	}
}

func TestQuestionWordsCountInTitlesAlone(t *testing.T) {
	e := NewEncoder()
	v := e.Encode(Text{Title: "How to pay", Body: "This is how it works.", Language: "en"}).Vector
	if _, ok := slices.BinarySearch(v.IDs, tokenID(TitleWords, hash("how"))); !ok {
		t.Error("no question word in the title's namespace")
	}
	if _, ok := slices.BinarySearch(v.IDs, tokenID(Words, hash("how"))); ok {
		t.Error("a question word in the body's namespace")
	}
	terms := NewTerms()
	terms.Add("b", e.Encode(Text{Title: "How to pay", Language: "en"}))
	q := NewAnalyser(terms).Query("how to pay", Options{Base: "b"})
	if len(q.Words) != 1 || q.Words[0].Text != "pay" {
		t.Errorf("content words %+v", q.Words)
	}
	if !slices.ContainsFunc(q.Terms, func(x QueryTerm) bool { return x.Word == NoWord && x.Namespace == TitleWords }) {
		t.Error("the title's question word is not looked for")
	}
}

func TestOnlyTheLastTwoHeadingsCount(t *testing.T) {
	e := NewEncoder()
	v := e.Encode(Text{Headings: []string{"alpha", "beta", "gamma"}, Body: "delta"}).Vector
	for word, want := range map[string]bool{"alpha": false, "beta": true, "gamma": true, "delta": true} {
		if _, ok := slices.BinarySearch(v.IDs, tokenID(Words, hash(word))); ok != want {
			t.Errorf("%s: %v", word, ok)
		}
	}
}

func TestEncodingAllocatesForItsResultAlone(t *testing.T) {
	e := NewEncoder()
	text := Text{Title: "Remboursement", Body: strings.Repeat("Les frais de l'abonnement sont remboursés sous quatorze jours. ", 10), Language: "fr"}
	e.Encode(text)
	if n := testing.AllocsPerRun(100, func() { e.Encode(text) }); n > 4 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzEncode(f *testing.F) {
	for _, text := range goldenTexts {
		f.Add(text.Title, text.Question, text.Body, text.Language)
	}
	f.Add("a'-'b--c", "(ABC) (d e f", "l'l'l'-t-il-t-il "+strings.Repeat("x", 300), "fr")
	f.Add("\xff\xfe", "ﷺ½①", strings.Repeat("é-", 200), "en")
	e := NewEncoder()
	f.Fuzz(func(t *testing.T, title, question, body, language string) {
		text := Text{Title: title, Headings: []string{question, title}, Question: question, Body: body, Language: language}
		got := e.Encode(text)
		checkVector(t, got.Vector)
		if d := cmp.Diff(got, NewEncoder().Encode(text)); d != "" {
			t.Fatalf("a fresh encoder differs: %s", d)
		}
		for _, w := range got.Words {
			if !utf8.ValidString(w) || utf8.RuneCountInString(w) > maxWord || w == "" {
				t.Fatalf("word %q", w)
			}
		}
		if !slices.IsSorted(got.Vector.IDs) {
			t.Fatal("not sorted")
		}
	})
}

func FuzzQuery(f *testing.F) {
	terms := NewTerms()
	e := NewEncoder()
	for _, text := range goldenTexts {
		terms.Add("b", e.Encode(text))
	}
	a := NewAnalyser(terms)
	for _, text := range goldenTexts {
		f.Add(text.Body)
	}
	f.Fuzz(func(t *testing.T, question string) {
		q := a.Query(question, Options{Base: "b"})
		seen := make(map[uint32]bool)
		for _, x := range q.Terms {
			if seen[x.ID] || x.Value <= 0 || x.Word < NoWord || x.Word >= len(q.Words) {
				t.Fatalf("term %+v of %q", x, question)
			}
			seen[x.ID] = true
		}
	})
}
