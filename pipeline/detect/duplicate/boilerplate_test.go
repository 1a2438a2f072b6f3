package duplicate

import (
	"fmt"
	"testing"
)

const footer = "Notre équipe vous répond du lundi au samedi par téléphone ou par courriel."

func TestBoilerplateIsLearnedAndLeftOut(t *testing.T) {
	count := NewCount()
	for i := range 6 {
		p := page("Titre", fmt.Sprintf("Une phrase à elle seule, la page %c en a une. %s", 'a'+i, footer))
		count.Add(p.Sentences())
		want := 0
		if i == 5 { // more than five documents
			want = 1
		}
		if got := count.Learned().Len(); got != want {
			t.Fatalf("of %d documents %d sentences are boilerplate, want %d", count.Documents(), got, want)
		}
	}
	learned := count.Learned()
	with, without := ReadPage(page("Livraison", delivery+" "+footer), learned), ReadPage(page("Livraison", delivery), learned)
	if v := Pages(with, without, Rules{}); v.Relation != Equal {
		t.Errorf("but for boilerplate the pages are equal: %+v", v)
	}
	if s := ReadPage(page("Contact", delivery, footer), learned).Passages[1]; s.Words != 0 || s.Keys() != nil {
		t.Errorf("a passage of boilerplate has %d words", s.Words)
	}
	packed, err := learned.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var again Boilerplate
	if err := again.UnmarshalBinary(packed); err != nil || again.Len() != 1 {
		t.Errorf("read again: %d sentences, %v", again.Len(), err)
	}
	if err := again.UnmarshalBinary(packed[1:]); err == nil {
		t.Error("seven bytes are read as boilerplate")
	}
	p := page("Titre", footer)
	count.Remove(p.Sentences())
	if count.Learned().Len() != 0 {
		t.Error("a document that is taken away still counts")
	}
}

// Six copies of one page are six times the same sentences: that does not hide them.
func TestCopiesAreNoBoilerplate(t *testing.T) {
	count := NewCount()
	p := page("Livraison", delivery)
	for range 8 {
		count.Add(p.Sentences())
	}
	learned := count.Learned()
	if learned.Len() == 0 {
		t.Fatal("nothing was learned")
	}
	a, b := ReadPage(p, learned), ReadPage(page("Nos livraisons", delivery), learned)
	if v := Pages(a, b, Rules{}); v.Relation != Equal {
		t.Errorf("%+v", v)
	}
	if !common(a.Passages[0].Keys(), b.Passages[0].Keys()) {
		t.Error("they share no key")
	}
}

func TestCountIsBounded(t *testing.T) {
	count := NewCount()
	count.most = 1000
	for i := range 5000 {
		count.Add([]uint64{1, 2, uint64(i + 10), uint64(i + 1_000_000)})
		if len(count.counts) > count.most {
			t.Fatalf("%d sentences are counted at once", len(count.counts))
		}
	}
	if learned := count.Learned(); learned.Len() != 2 || !count.Limited {
		t.Errorf("%d sentences are boilerplate", learned.Len())
	}
}
