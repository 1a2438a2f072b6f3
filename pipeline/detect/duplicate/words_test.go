package duplicate

import (
	"slices"
	"strings"
	"testing"
)

// read lists the words of a text as they are compared, those of one hash by one name.
func read(s string) []string {
	var out []string
	for _, t := range words(s, nil) {
		out = append(out, strings.ToLower(s[t.from:t.to]))
	}
	return out
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"L'article 5 (RGPD)", "l|article|5|rgpd"},
		{"L’article", "l|article"},
		{"48h, 48 h", "48|h|48|h"},
		{"12,50 € et 20%", "12,50|€|et|20|%"},
		{"1 234 567 octets", "1 234 567|octets"},
		{"en 2020 300 personnes", "en|2020|300|personnes"},
		{"de 3 à -5 °C", "de|3|à|-|5|°|c"},
		{"- 5 personnes\n-5 chats", "5|personnes|5|chats"},
		{"日本語です。", "日|本|語|で|す"},
		{"a\u00adb\u200bc", "a\u00adb\u200bc"},
		{"h264 iPhone12", "h|264|iphone|12"},
	} {
		if got := strings.Join(read(c.text), "|"); got != c.want {
			t.Errorf("%q is read as %s, want %s", c.text, got, c.want)
		}
	}
}

func TestWordsThatAreTheSame(t *testing.T) {
	for _, c := range [][2]string{
		{"e-mail", "email"}, {"dupli-\ncation", "duplication"}, {"co\u2011pilote", "co-pilote"},
		{"l’été", "L'ÉTÉ"}, {"e\u0301te\u0301", "été"}, {"ﬁn", "fin"}, {"1 234", "1\u00a0234"}, {"1 234", "1\u202f234"},
		{"12,50", "12.5"}, {"1,234", "1234"}, {"007", "7"}, {"48h", "48 H"}, {"5€", "5 €"}, {"0,50", "0.5"},
		{"« Oui »", "\"oui\""}, {"20\u2009%", "20%"},
	} {
		if a, b := hashesOf(c[0]), hashesOf(c[1]); !slices.Equal(a, b) {
			t.Errorf("%q and %q are not the same words", c[0], c[1])
		}
	}
	for _, c := range [][2]string{{"20 %", "20 €"}, {"-5 °C", " -5 °C"}, {"12.5", "125"}, {"été", "ete"}, {"lundi - mardi", "lundimardi"}} {
		if a, b := hashesOf(c[0]), hashesOf(c[1]); slices.Equal(a, b) {
			t.Errorf("%q and %q are the same words", c[0], c[1])
		}
	}
}

func hashesOf(s string) []uint64 {
	tokens := words(s, nil)
	out := make([]uint64, len(tokens))
	for i, t := range tokens {
		out[i] = t.hash
	}
	return out
}

func TestClasses(t *testing.T) {
	text := "Nous livrons à Paris. Lyon est fermé. NOUS FERMONS TOUS LES BUREAUX. ne pas 14"
	tokens := words(text, nil)
	var capitals, initials []string
	for _, x := range tokens {
		if x.class&capital != 0 {
			capitals = append(capitals, text[x.from:x.to])
		}
		if x.class&initial != 0 {
			initials = append(initials, text[x.from:x.to])
		}
	}
	if !slices.Equal(capitals, []string{"Paris"}) || !slices.Equal(initials, []string{"Nous", "Lyon", "NOUS"}) {
		t.Errorf("names are %q, beginnings %q", capitals, initials)
	}
	n := len(tokens)
	if tokens[n-1].class&number == 0 || tokens[n-2].class&polar == 0 || tokens[n-3].class&polar == 0 {
		t.Error("a number or a denial is not known as such")
	}
}

func TestNormalise(t *testing.T) {
	for in, want := range map[string]string{
		"  Élan :\u00a0«\u202fOui\u202f» \n• un\n- deux  ": "élan : \" oui \" un deux",
		"a\u200bb – c": "ab - c",
		"":             "",
		"- ":           "",
	} {
		if got := Normalise(in); got != want {
			t.Errorf("%q is normalised to %q, want %q", in, got, want)
		}
	}
}
