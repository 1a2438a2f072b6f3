package detect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

var timeZero time.Time

// A voice is the members of a finding that say the same.
type voice struct {
	members []int
	value   string
	newest  time.Time
	pages   int
}

// voices groups members by what they say, those of most pages first.
func voices(f *index.Finding) []voice {
	at := make(map[string]int)
	var out []voice
	pages := make(map[string]bool)
	for i := range f.Members {
		m := &f.Members[i]
		n, there := at[m.Normal]
		if !there {
			n = len(out)
			at[m.Normal] = n
			out = append(out, voice{value: m.Value})
		}
		v := &out[n]
		v.members = append(v.members, i)
		if page := m.Normal + "\x00" + m.Document; !pages[page] {
			pages[page] = true
			v.pages++
		}
		if m.Modified.After(v.newest) {
			v.newest = m.Modified
		}
	}
	slices.SortStableFunc(out, func(a, b voice) int { return cmp.Or(cmp.Compare(b.pages, a.pages), b.newest.Compare(a.newest)) })
	return out
}

// newerBy is how much later a page must have been changed to be believed for it.
const newerBy = 30 * 24 * time.Hour

// suggest names the member that is likely right: the newest by far, else one of those
// on most pages. It says nothing where nothing speaks for any.
func suggest(f *index.Finding) {
	f.Suggested, f.Because = -1, nil
	if f.Kind == index.Duplicate {
		survivor(f)
		return
	}
	list := voices(f)
	if len(list) < 2 {
		return
	}
	byDate := slices.Clone(list)
	slices.SortStableFunc(byDate, func(a, b voice) int { return b.newest.Compare(a.newest) })
	switch {
	case !byDate[1].newest.IsZero() && byDate[0].newest.Sub(byDate[1].newest) >= newerBy && dated(f):
		f.Suggested = newestOf(f, &byDate[0])
		f.Because = map[string]string{
			"en": "its page was changed last, on " + englishDate(byDate[0].newest) + "; the others say otherwise since " + englishDate(byDate[1].newest) + " or earlier",
			"fr": "sa page est la dernière modifiée, le " + frenchDate(byDate[0].newest) + " ; les autres disent autre chose depuis le " + frenchDate(byDate[1].newest) + " ou avant",
		}
	case list[0].pages > 2*list[1].pages && len(list) == 2 || list[0].pages > 1 && list[0].pages >= 2+list[1].pages:
		f.Suggested = newestOf(f, &list[0])
		f.Because = map[string]string{
			"en": fmt.Sprintf("%d pages say so, %d otherwise", list[0].pages, list[1].pages),
			"fr": fmt.Sprintf("%d pages le disent, %d autrement", list[0].pages, list[1].pages),
		}
	}
}

// dated reports whether all members have a date.
func dated(f *index.Finding) bool {
	return !slices.ContainsFunc(f.Members, func(m index.Member) bool { return m.Modified.IsZero() })
}

func newestOf(f *index.Finding, v *voice) int {
	best := v.members[0]
	for _, i := range v.members {
		if f.Members[i].Modified.After(f.Members[best].Modified) {
			best = i
		}
	}
	return best
}

// explain says a finding in words.
func explain(f *index.Finding) {
	if f.Kind == index.Duplicate {
		explainDuplicate(f)
		return
	}
	list := voices(f)
	var en, fr []string
	for i := range list {
		v := &list[i]
		e, x := fmt.Sprintf("“%s” on %s", v.value, count2(v.pages, "page", "pages")), fmt.Sprintf("« %s » sur %s", v.value, count2(v.pages, "page", "pages"))
		m := &f.Members[newestOf(f, v)]
		switch {
		case v.pages == 1 && !v.newest.IsZero():
			e += fmt.Sprintf(" (%s, changed %s)", nameOf(m), englishDate(v.newest))
			x += fmt.Sprintf(" (%s, modifiée le %s)", nameOf(m), frenchDate(v.newest))
		case v.pages == 1:
			e += " (" + nameOf(m) + ")"
			x += " (" + nameOf(m) + ")"
		case !v.newest.IsZero():
			e += " (newest " + englishDate(v.newest) + ")"
			x += " (la plus récente du " + frenchDate(v.newest) + ")"
		}
		en, fr = append(en, e), append(fr, x)
	}
	short := func(or string) string {
		var values []string
		for i := range list {
			values = append(values, list[i].value)
			if i == 2 {
				break
			}
		}
		return strings.Join(values, or)
	}
	f.Title = map[string]string{
		"en": fmt.Sprintf("%s? %s", short(" or "), nameOf(&f.Members[0])),
		"fr": fmt.Sprintf("%s ? %s", short(" ou "), nameOf(&f.Members[0])),
	}
	f.Reasons = map[string][]string{"en": {strings.Join(en, ", ")}, "fr": {strings.Join(fr, ", ")}}
	if r, there := ruleWords[f.Rule]; there {
		f.Reasons["en"], f.Reasons["fr"] = append(f.Reasons["en"], r[0]), append(f.Reasons["fr"], r[1])
	}
	for _, code := range f.Codes {
		if w, there := codeWords[code]; there {
			f.Reasons["en"], f.Reasons["fr"] = append(f.Reasons["en"], w[0]), append(f.Reasons["fr"], w[1])
		}
	}
}

// ruleWords say how a finding was found, in English and French.
var ruleWords = map[string][2]string{
	"value":    {"the sentences speak of the same thing", "les phrases parlent de la même chose"},
	"copy":     {"the sentences are alike but for the value", "les phrases sont les mêmes, à la valeur près"},
	"label":    {"the values stand under the same label", "les valeurs portent le même libellé"},
	"polarity": {"one says yes, the other no", "l'une dit oui, l'autre non"},
	"drift":    {"one page is the translation of the other", "une page est la traduction de l'autre"},
	"outdated": {"one page says that this no longer holds", "une page dit que cela n'est plus valable"},
}

// overlapWords say that two sources hold each other's pages.
func overlapWords(o *catalog.SourceOverlap) (title map[string]string, reasons map[string][]string) {
	return map[string]string{
			"en": fmt.Sprintf("The sources %s and %s overlap", o.A, o.B),
			"fr": fmt.Sprintf("Les sources %s et %s se recouvrent", o.A, o.B),
		}, map[string][]string{
			"en": {fmt.Sprintf("%d of the %d pages of the smaller one stand in the other too, in %d pairs; serving one of the two sources may be enough", o.Documents, o.Smaller, o.Pairs)},
			"fr": {fmt.Sprintf("%d des %d pages de la plus petite se trouvent aussi dans l'autre, en %d paires ; servir l'une des deux sources suffit peut-être", o.Documents, o.Smaller, o.Pairs)},
		}
}

// codeWords say what speaks against a finding, in English and French.
var codeWords = map[string][2]string{
	"facet":         {"only one of the pages says for whom it is meant", "une seule des pages dit à qui elle s'adresse"},
	"subject":       {"one of them names something that the other does not", "l'une nomme quelque chose que l'autre ne nomme pas"},
	"condition":     {"one of them holds under a condition", "l'une vaut sous condition"},
	"bound":         {"one is a bound, the other a value within it", "l'une est une limite, l'autre une valeur en deçà"},
	"overlap":       {"the ranges overlap", "les intervalles se recoupent"},
	"repeated":      {"the other page has this value elsewhere", "l'autre page donne aussi cette valeur ailleurs"},
	judgedCode:      {"the judge takes it for a contradiction too", "le modèle juge y voit aussi une contradiction"},
	judgedApartCode: {"the judge thinks that they speak of different things", "le modèle juge pense qu'elles parlent de choses différentes"},
	overlapCode:     {"the two sources overlap as a whole", "les deux sources se recouvrent dans leur ensemble"},
	baselineCode:    {"it was there before the first check", "elle existait avant le premier contrôle"},
}

// baselineCode marks pairs that were found in what was there at first.
const baselineCode = "baseline"

func count2(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func nameOf(m *index.Member) string {
	if m.Title != "" {
		return m.Title
	}
	return m.ExternalID
}

func englishDate(t time.Time) string { return t.Format("2 January 2006") }

var months = [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}

func frenchDate(t time.Time) string {
	day := t.Format("2")
	if day == "1" {
		day = "1er"
	}
	return day + " " + months[t.Month()-1] + " " + t.Format("2006")
}
