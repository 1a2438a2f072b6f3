package lexical

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRemovingWhatWasAddedLeavesNothing(t *testing.T) {
	terms, e := NewTerms(), NewEncoder()
	var list []Encoded
	for _, text := range goldenTexts {
		x := e.Encode(text)
		list = append(list, x)
		terms.Add("b", x)
	}
	kept := list[0]
	for _, x := range list[1:] {
		terms.Remove("b", x)
	}
	if n := terms.Chunks("b"); n != 1 {
		t.Errorf("%d chunks", n)
	}
	for i, n := range terms.Frequencies("b", kept.Vector.IDs) {
		if n != 1 {
			t.Errorf("token %d: %d", kept.Vector.IDs[i], n)
		}
	}
	for _, x := range list[1:] {
		for i, n := range terms.Frequencies("b", x.Vector.IDs) {
			if _, ok := slices.BinarySearch(kept.Vector.IDs, x.Vector.IDs[i]); n > 0 && !ok {
				t.Fatalf("token %d of a removed chunk: %d", x.Vector.IDs[i], n)
			}
		}
	}
	if s := terms.Titles("b"); s != (TitleStats{Chunks: 1}) {
		t.Errorf("titles %+v", s)
	}
}

func TestBasesDoNotShareStatistics(t *testing.T) {
	terms, e := NewTerms(), NewEncoder()
	x := e.Encode(Text{Body: "refund"})
	terms.Add("a", x)
	if n := terms.Frequencies("b", x.Vector.IDs); slices.Max(n) != 0 || terms.Chunks("b") != 0 {
		t.Errorf("base b has %v", n)
	}
	terms.Drop("a")
	if terms.Chunks("a") != 0 {
		t.Error("base a was dropped")
	}
}

func TestCountsAreThoseOfAMap(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	var c counts
	want := make(map[uint32]int)
	for range 200_000 {
		// IDs in runs, so that slots collide, and 0, which stands for empty.
		id := uint32(r.IntN(64)) | uint32(r.IntN(64))<<26
		by := 1
		if r.IntN(3) == 0 {
			by = -1
		}
		c.add(id, by)
		want[slotID(id)] = max(want[slotID(id)]+by, 0)
	}
	for id, n := range want {
		if got := c.get(id); got != n {
			t.Fatalf("%d: %d, want %d", id, got, n)
		}
	}
}

func TestASnapshotHoldsEverything(t *testing.T) {
	terms, e := NewTerms(), NewEncoder()
	for i, text := range goldenTexts {
		text.Body += " Le fichier des incidents bancaires (FIB) existe."
		terms.Add(fmt.Sprintf("base %d", i%2), e.Encode(text))
	}
	b, err := terms.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	other := NewTerms()
	if err := other.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	for _, base := range []string{"base 0", "base 1"} {
		if d := cmp.Diff(terms.Titles(base), other.Titles(base)); d != "" {
			t.Error(d)
		}
		for _, question := range []string{"comment resilier mon abonement", "FIB", "fichier des incidents bancaires", "refnud"} {
			o := Options{Base: base}
			if d := cmp.Diff(NewAnalyser(terms).Query(question, o), NewAnalyser(other).Query(question, o)); d != "" {
				t.Errorf("%s: %s", question, d)
			}
		}
	}
}

func TestADamagedSnapshotIsRefusedAndChangesNothing(t *testing.T) {
	terms, e := NewTerms(), NewEncoder()
	terms.Add("b", e.Encode(Text{Body: "refund"}))
	b, err := terms.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for i := range b {
		bad := slices.Clone(b)
		bad[i] ^= 0x10
		if err := terms.UnmarshalBinary(bad); !errors.Is(err, ErrSnapshot) {
			t.Fatalf("byte %d: %v", i, err)
		}
	}
	if err := terms.UnmarshalBinary(b[:len(b)-1]); !errors.Is(err, ErrSnapshot) {
		t.Fatal(err)
	}
	if terms.Chunks("b") != 1 {
		t.Error("the statistics changed")
	}
}

func FuzzSnapshotBody(f *testing.F) {
	terms, e := NewTerms(), NewEncoder()
	terms.Add("b", e.Encode(Text{Title: "Refund?", Body: "An automated teller machine (ATM)."}))
	b, err := terms.MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b[len(snapshotForm) : len(b)-4])
	f.Fuzz(func(t *testing.T, body []byte) {
		r := snapshotReader{b: body}
		for range r.items(1) {
			r.text()
			r.base()
		}
	})
}

func TestReadersSeeSoundNumbersBesideAWriter(t *testing.T) {
	terms, e := NewTerms(), NewEncoder()
	list := coined(2000)
	fixed := e.Encode(Text{Body: "remboursement"})
	terms.Add("b", fixed)
	a := NewAnalyser(terms)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if n := terms.Frequencies("b", fixed.Vector.IDs[:1])[0]; n < 1 {
					t.Error("a chunk that stays is not counted")
					return
				}
				if q := a.Query("rembourssement", Options{Base: "b"}); len(q.Words) != 1 || q.Words[0].Corrected == "" {
					t.Errorf("the speller lost a word: %+v", q.Words)
					return
				}
			}
		})
	}
	for i, w := range list {
		x := e.Encode(Text{Title: w, Body: w + " " + list[len(list)-1-i]})
		terms.Add("b", x)
		if i%2 == 0 {
			terms.Remove("b", x)
		}
	}
	close(done)
	readers.Wait()
}

// What is replaced counts as if the one had been added and the other removed.
func TestReplacingIsAddingAndRemoving(t *testing.T) {
	one, two, e := NewTerms(), NewTerms(), NewEncoder()
	texts := append(slices.Clone(goldenTexts), Text{Title: "Refunds", Body: "The quick brown fox. A value added tax (VAT) applies."},
		Text{Title: "Refunds", Body: "The quick brown dog. A value added tax (VAT) applies, and more."})
	for _, text := range texts {
		one.Add("b", e.Encode(text))
		two.Add("b", e.Encode(text))
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		i := r.IntN(len(texts))
		next := texts[r.IntN(len(texts))]
		if r.IntN(2) == 0 {
			next.Body += fmt.Sprintf(" Appendix %d of the résumé", r.IntN(9))
		}
		old, by := e.Encode(texts[i]), e.Encode(next)
		one.Add("b", by)
		one.Remove("b", old)
		two.Replace("b", old, by)
		texts[i] = next
	}
	for _, text := range texts {
		x := e.Encode(text)
		if diff := cmp.Diff(one.Frequencies("b", x.Vector.IDs), two.Frequencies("b", x.Vector.IDs)); diff != "" {
			t.Fatal(diff)
		}
	}
	if one.Chunks("b") != two.Chunks("b") || one.Titles("b") != two.Titles("b") {
		t.Errorf("%d chunks %+v, want %d %+v", two.Chunks("b"), two.Titles("b"), one.Chunks("b"), one.Titles("b"))
	}
	want, got := one.base("b"), two.base("b")
	for i := range want.languages {
		if w, g := want.languages[i].Load(), got.languages[i].Load(); w != g {
			t.Errorf("%d chunks of analysis %d, want %d", g, i, w)
		}
	}
	if diff := cmp.Diff(counted(want.vocabulary.Load()), counted(got.vocabulary.Load())); diff != "" {
		t.Errorf("words (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.acronyms.counts, got.acronyms.counts); diff != "" {
		t.Errorf("abbreviations (-want +got):\n%s", diff)
	}
}

func counted(v *vocabulary) map[string]uint32 {
	out := map[string]uint32{}
	for w, i := range v.ids {
		if v.count[i] > 0 {
			out[w] = v.count[i]
		}
	}
	return out
}
