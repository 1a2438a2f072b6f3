package extract

import (
	"strings"
	"testing"
)

const (
	inFrench  = "Pour obtenir votre carte, vous devez vous présenter à la mairie avec les pièces qui sont dans la liste, et une photo."
	inEnglish = "To get your card you have to come to the town hall with the papers that are on the list, and a photo of you."
	inGerman  = "Für den neuen Ausweis kommen Sie bitte mit den Unterlagen, welche auf der Liste stehen, und einem Lichtbild persönlich in das Rathaus."
)

func TestDetectLanguage(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"French":                  {inFrench, "fr"},
		"English":                 {inEnglish, "en"},
		"German":                  {inGerman, "de"},
		"in capitals":             {strings.ToUpper(inEnglish), "en"},
		"half and half":           {inFrench + " " + inEnglish, ""},
		"too short":               {"Bonjour", ""},
		"nothing":                 {"", ""},
		"numbers":                 {strings.Repeat("12.50 | 13 | ", 100), ""},
		"bytes that are no UTF-8": {strings.Repeat("\xff\xfe\xc3", 2_000), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := DetectLanguage(tt.text)
			if name == "half and half" {
				if quick := FrenchOrEnglish(tt.text); quick != "" {
					t.Errorf("the small words of two languages say %q", quick)
				}
				return
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLanguageOfTrustsTheSourceThenThePageThenTheWords(t *testing.T) {
	words := []Block{{Kind: Code, Text: inEnglish}, {Kind: List, Items: []Item{{Text: inFrench}}}}
	tests := map[string]struct {
		text   Text
		locale string
		want   string
	}{
		"the source":                {Text{Language: "de", Blocks: words}, "en_US", "en-US"},
		"the page":                  {Text{Language: "de", Blocks: words}, "", "de"},
		"a locale that is none":     {Text{Language: "de", Blocks: words}, "!!", "de"},
		"the words, not the code":   {Text{Blocks: words}, "", "fr"},
		"the words of a table":      {Text{Blocks: []Block{{Kind: Table, Rows: [][]string{{inEnglish, ""}}}}}, "", "en"},
		"words behind much nothing": {Text{Blocks: []Block{{Kind: Paragraph, Text: strings.Repeat("é", 3*languageSample)}, {Kind: Paragraph, Text: inFrench}}}, "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := LanguageOf(&tt.text, tt.locale); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNormalLanguage(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "fr": "fr", " FR-fr ": "fr-FR", "en_GB": "en-GB", "zh-hant-tw": "zh-Hant-TW", "und": "", "x": "", "french please": "", "fr;q=0.8": "",
		strings.Repeat("a-", 40): "",
	} {
		if got := NormalLanguage(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}
