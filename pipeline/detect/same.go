package detect

import (
	"fmt"

	"freshet/index"
	"freshet/pipeline/detect/duplicate"
)

// survivor proposes which of duplicates to keep.
func survivor(f *index.Finding) {
	best := 0
	var why duplicate.SurvivorReason
	for i := 1; i < len(f.Members); i++ {
		a, b := &f.Members[best], &f.Members[i]
		side, reason := duplicate.Survivor(standing(f, a), standing(f, b))
		if side == duplicate.B {
			best = i
		}
		why = reason
	}
	if why == "" || why == duplicate.Undecided {
		return
	}
	fr, en := why.Words()
	f.Suggested, f.Because = best, map[string]string{"fr": fr, "en": en}
}

func standing(f *index.Finding, m *index.Member) duplicate.Standing {
	inner := m.Normal == string(duplicate.Contained)
	return duplicate.Standing{Owner: m.Owner, Modified: m.Modified, Address: m.URL, Contains: f.Rule == string(duplicate.Contained) && !inner}
}

func explainDuplicate(f *index.Finding) {
	a, b := nameOf(&f.Members[0]), ""
	if len(f.Members) > 1 {
		b = nameOf(&f.Members[1])
	}
	n := len(f.Members)
	switch {
	case f.Rule == string(duplicate.Shared) && n <= 2:
		f.Title = map[string]string{"en": fmt.Sprintf("A passage stands in %s and in %s", a, b), "fr": fmt.Sprintf("Un passage se trouve dans %s et dans %s", a, b)}
	case f.Rule == string(duplicate.Shared):
		f.Title = map[string]string{"en": fmt.Sprintf("A passage stands in %d pages: %s", n, a), "fr": fmt.Sprintf("Un passage se trouve dans %d pages : %s", n, a)}
	case n > 2:
		f.Title = map[string]string{"en": fmt.Sprintf("%d pages say the same: %s", n, a), "fr": fmt.Sprintf("%d pages disent la même chose : %s", n, a)}
	case f.Rule == string(duplicate.Contained):
		if f.Members[0].Normal != string(duplicate.Contained) {
			a, b = b, a
		}
		f.Title = map[string]string{"en": fmt.Sprintf("%s stands within %s", a, b), "fr": fmt.Sprintf("%s se trouve dans %s", a, b)}
	case a == b:
		f.Title = map[string]string{"en": "Twice the same: " + a, "fr": "Deux fois la même page : " + a}
	default:
		f.Title = map[string]string{"en": fmt.Sprintf("%s and %s say the same", a, b), "fr": fmt.Sprintf("%s et %s disent la même chose", a, b)}
	}
	f.Reasons = map[string][]string{}
	for lang, words := range sameWords[f.Rule] {
		f.Reasons[lang] = []string{words}
	}
}

var sameWords = map[string]map[string]string{
	string(duplicate.Equal):     {"en": "their words are the same", "fr": "leurs mots sont les mêmes"},
	string(duplicate.Nearly):    {"en": "their words are nearly the same, and no value differs", "fr": "leurs mots sont presque les mêmes, et aucune valeur ne diffère"},
	string(duplicate.Shared):    {"en": "the same words stand in both, though the pages differ", "fr": "les mêmes mots se trouvent dans les deux, bien que les pages diffèrent"},
	string(duplicate.Contained): {"en": "the text of one stands within the other", "fr": "le texte de l'une se trouve dans l'autre"},
}
