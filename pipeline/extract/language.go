package extract

import (
	"strings"
	"unicode"

	"github.com/abadojack/whatlanggo"
	"golang.org/x/text/language"
)

// languageSample is how much text is looked at, in bytes.
const languageSample = 4 << 10

// NormalLanguage returns s as a BCP 47 tag, "" when it is none.
func NormalLanguage(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 35 {
		return ""
	}
	tag, err := language.Parse(strings.ReplaceAll(s, "_", "-"))
	if err != nil || tag == language.Und {
		return ""
	}
	return tag.String()
}

// LanguageOf decides the language: what the source says, what the page says,
// what the words say.
func LanguageOf(t *Text, locale string) string {
	if l := NormalLanguage(locale); l != "" {
		return l
	}
	if t.Language != "" {
		return t.Language
	}
	return DetectLanguage(sample(t))
}

// sample collects the beginning of the running text.
func sample(t *Text) string {
	var b strings.Builder
	add := func(s string) {
		if room := languageSample - b.Len(); len(s) > room {
			s = strings.ToValidUTF8(s[:max(room, 0)], "")
		}
		b.WriteString(s)
		b.WriteByte('\n')
	}
	var items func([]Item)
	items = func(list []Item) {
		for i := range list {
			if b.Len() >= languageSample {
				return
			}
			add(list[i].Text)
			items(list[i].Items)
		}
	}
	for i := range t.Blocks {
		if b.Len() >= languageSample {
			break
		}
		if k := t.Blocks[i].Kind; k == Code {
			continue
		}
		add(t.Blocks[i].Text)
		items(t.Blocks[i].Items)
		for _, row := range t.Blocks[i].Rows {
			if b.Len() < languageSample {
				add(strings.Join(row, " "))
			}
		}
	}
	return b.String()
}

// DetectLanguage returns the language of text as a two-letter code, or "" when
// the text is too short or the answer is not sure. French and English are
// recognised by their small words; others by their letter groups, from 100
// letters on.
func DetectLanguage(text string) string {
	text = text[:min(len(text), languageSample)]
	if l := FrenchOrEnglish(text); l != "" {
		return l
	}
	letters := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	if letters < 100 {
		return ""
	}
	info := whatlanggo.Detect(text)
	if !info.IsReliable() {
		return ""
	}
	return info.Lang.Iso6391()
}

// FrenchOrEnglish answers "fr" or "en" when at least 4 small words, one word in
// eight, belong to one and three times fewer to the other, else "". It is quick.
func FrenchOrEnglish(text string) string {
	words, fr, en := 0, 0, 0
	start := -1
	for i := 0; i <= len(text); i++ {
		if i < len(text) && (text[i]|0x20 >= 'a' && text[i]|0x20 <= 'z' || text[i] >= 0x80) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start < 0 {
			continue
		}
		words++
		switch smallWord(text[start:i]) {
		case 'f':
			fr++
		case 'e':
			en++
		}
		start = -1
	}
	switch {
	case fr >= 4 && fr*8 >= words && fr >= 3*en:
		return "fr"
	case en >= 4 && en*8 >= words && en >= 3*fr:
		return "en"
	}
	return ""
}

// smallWord returns 'f' or 'e' for a word of one of the two languages that the
// other, and its neighbours where possible, do not have.
func smallWord(w string) byte {
	if len(w) > 6 {
		return 0
	}
	switch strings.ToLower(w) {
	case "le", "les", "des", "du", "et", "est", "une", "dans", "pour", "vous", "votre", "vos", "sur", "que", "qui",
		"avec", "pas", "au", "aux", "ou", "nous", "il", "sont", "ce", "cette", "être", "par", "où", "à":
		return 'f'
	case "the", "and", "of", "to", "is", "you", "your", "for", "with", "that", "are", "this", "from", "be", "or",
		"it", "we", "can", "have", "not", "our", "by", "will", "if", "at", "how":
		return 'e'
	}
	return 0
}
