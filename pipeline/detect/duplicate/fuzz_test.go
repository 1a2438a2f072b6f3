package duplicate

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "Oui.", delivery, "a\u0300\u0301\u0302", "1 234,50 € – 20 %", "日本語です。", "x-\ny", "\xff\xfe", "½ ﬁn m²",
		"- 5\n- -5 °C", "| a | b |\n|---|---|", strings.Repeat("\u0301", 100), "1.000.000,00", "0.0.0", "000", "e-", "(-3)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tokens := words(s, nil)
		end := int32(0)
		for _, x := range tokens {
			if x.from < 0 || x.to < x.from || int(x.to) > len(s) || x.from < end && x.from != end && !strings.ContainsFunc(s, func(c rune) bool { return c > 0x7f }) {
				t.Fatalf("token %+v of %q", x, s)
			}
			end = x.from
		}
		sig := Read(s)
		if again := Read(s); !slices.Equal(sig.Keys(), again.Keys()) || sig.Exact != again.Exact {
			t.Fatal("it is read in two ways")
		}
		if keys := sig.Keys(); len(keys) > MaxKeys || !slices.IsSorted(keys) {
			t.Fatalf("%d keys", len(keys))
		}
		if utf8.ValidString(s) && Normalise(Normalise(s)) != Normalise(s) {
			t.Fatalf("%q is normalised to %q, and that to %q", s, Normalise(s), Normalise(Normalise(s)))
		}
		if l := Compare(sig, sig); sig.Words > 0 && (!l.Exact || l.Jaccard != 1) {
			t.Fatalf("not like itself: %+v", l)
		}
	})
}

func FuzzPages(f *testing.F) {
	f.Add("Livraison", delivery, "Délais", strings.Replace(delivery, "14", "30", 1))
	f.Add("", "", "", "")
	f.Add("Offre A", strings.Repeat("mot ", 50), "Offre B", strings.Repeat("mot ", 50))
	f.Add("x", delivery+"\n\n"+delivery, "y", delivery)
	f.Fuzz(func(t *testing.T, title, text, otherTitle, otherText string) {
		a := ReadPage(Page{Title: title, Passages: []Passage{{Text: text}, {Heading: []string{otherTitle}, Text: title}}}, nil)
		b := ReadPage(Page{Title: otherTitle, Passages: []Passage{{Question: title, Text: otherText}}}, nil)
		v, w := Pages(a, b, Rules{}), Pages(b, a, Rules{})
		if v.Likeness.Jaccard != w.Likeness.Jaccard || v.CoverA != w.CoverB || v.Likeness.Jaccard < 0 || v.Likeness.Jaccard > 1 {
			t.Fatalf("%+v one way, %+v the other", v, w)
		}
		for _, s := range v.Stretches {
			if !strings.Contains(a.Page.Passages[s.InA].Text, s.A) || !strings.Contains(b.Page.Passages[s.InB].Text, s.B) {
				t.Fatalf("%+v is not in the passages", s)
			}
		}
		if same := Pages(a, a, Rules{}); a.Words() >= MinWords && same.Relation != Equal {
			t.Fatalf("a document and itself: %+v", same)
		}
	})
}
