package api

import (
	"fmt"
	"strings"

	"freshet/index"
	"freshet/index/catalog"
)

// FindingAction is something that can be done about a finding.
type FindingAction struct {
	Verdict string            `json:"verdict" enum:"keep,both,duplicate,verified,excluded,fix_requested,snoozed,dismissed,reopen"`
	Side    string            `json:"side,omitempty" doc:"Which one it would be done with"`
	Needs   []string          `json:"needs" doc:"Fields that have to be sent with it"`
	Text    map[string]string `json:"text" doc:"What it would do, by language"`
}

// kindWords name the kinds of findings where the detector said nothing better.
var kindWords = map[string]map[index.FindingKind]string{
	"fr": {index.Stale: "Page à revoir", index.Duplicate: "Doublon", index.Conflicting: "Contradiction", index.Overlap: "Sources qui se recoupent"},
	"en": {index.Stale: "Page to be reviewed", index.Duplicate: "Duplicate", index.Conflicting: "Contradiction", index.Overlap: "Overlapping sources"},
}

// An actionWord says what a verdict would do; %[1]s is the side, %[2]s the others.
type actionWord struct {
	verdict index.Verdict
	sided   bool // once for each side, or page
	needs   []string
	fr, en  string
}

var actionWords = []actionWord{
	{index.KeepOne, true, []string{"side"},
		"Garder %[1]s : les passages qui disent %[2]s sont écartés des réponses, en entier (avec ce qui s'y trouve d'autre), tant que la page gardée est servie.",
		"Keep %[1]s: passages that say %[2]s are left out of answers, whole (with what else stands in them), while the page that is kept is served."},
	{index.KeepBoth, false, []string{"scope"},
		"Tous ont raison, chacun pour son public : dites pour qui, et le robot demande quand cela dépend.",
		"All are right, each for its own: say for whom, and the bot asks where it depends."},
	{index.SameTwice, true, []string{"side"},
		"Doublon : garder la page %[1]s et cacher des réponses, en entier et tant que leur texte ne change pas : %[2]s. Cela vaut tant que la page gardée est servie.",
		"Duplicate: keep the page %[1]s and hide from answers, whole and while their text stays as it is: %[2]s. It holds while the page that is kept is served."},
	{index.Verified, false, nil,
		"Vérifié aujourd'hui : la page est confirmée jusqu'à la prochaine revue.",
		"Verified today: the page is confirmed until its next review."},
	{index.ExcludedPage, true, []string{"side"},
		"Retirer la page %[1]s de la base, jusqu'à ce que quelqu'un la remette.",
		"Take the page %[1]s out of the base, until somebody puts it back."},
	{index.FixRequested, false, nil,
		"Correction demandée à la source : le doute reste signalé dans les réponses jusque-là.",
		"Have the source mended: answers go on being marked until then."},
	{index.Snooze, false, []string{"until"},
		"Remettre à plus tard : le doute reste signalé dans les réponses.",
		"Put it off: answers go on being marked."},
	{index.NoDoubt, false, nil,
		"Ce n'est pas un doute : ne plus en parler tant que ces phrases ne changent pas.",
		"It is no doubt: do not speak of it again while these sentences stay as they are."},
}

// actionsOn lists what can be done about a finding as it stands.
func actionsOn(f *index.Finding) []FindingAction {
	out := []FindingAction{}
	possible := make(map[index.Verdict]bool)
	for _, v := range catalog.Verdicts(f) {
		possible[v] = true
	}
	for i := range actionWords {
		w := &actionWords[i]
		switch {
		case !possible[w.verdict]:
		case w.sided:
			out = append(out, w.forSides(f)...)
		default:
			out = append(out, FindingAction{Verdict: string(w.verdict), Needs: orEmpty(w.needs), Text: map[string]string{"fr": w.fr, "en": w.en}})
		}
	}
	if catalog.CanReopen(f) {
		out = append(out, FindingAction{Verdict: "reopen", Needs: []string{}, Text: map[string]string{
			"fr": "Revenir sur la décision : les réponses sont comme avant, et le doute est rouvert.",
			"en": "Take the decision back: answers are as before, and the doubt is open again."}})
	}
	return out
}

// forSides makes an action for each side; for each page where pages are meant.
func (w *actionWord) forSides(f *index.Finding) []FindingAction {
	var out []FindingAction
	said := sidesInWords(f)
	for n, list := range catalog.Sides(f.Members) {
		for i, at := range list {
			m := &f.Members[at]
			name, others := catalog.MemberName(f.Members, at), said[n]
			if w.verdict != index.ExcludedPage {
				if i > 0 { // one for the side is enough
					continue
				}
				name, others = catalog.Letter(n), listed(without(said, n))
			}
			inFrench, inEnglish := others, others
			if w.verdict == index.SameTwice {
				inFrench, inEnglish = listed(otherPages(f, m.Document, "« %s »")), listed(otherPages(f, m.Document, `"%s"`))
			}
			what := said[n]
			if w.verdict != index.KeepOne || what == "" {
				what = pageName(m)
			}
			out = append(out, FindingAction{Verdict: string(w.verdict), Side: name, Needs: orEmpty(w.needs), Text: map[string]string{
				"fr": fillIn(w.fr, fmt.Sprintf("%s (« %s »)", name, what), inFrench), "en": fillIn(w.en, fmt.Sprintf(`%s ("%s")`, name, what), inEnglish)}})
		}
	}
	return out
}

// otherPages names the pages of a finding but one, each once, in a language's quotes.
func otherPages(f *index.Finding, document, quotes string) []string {
	var out []string
	seen := map[string]bool{document: true}
	for i := range f.Members {
		if m := &f.Members[i]; !seen[m.Document] {
			seen[m.Document] = true
			out = append(out, fmt.Sprintf(quotes, pageName(m)))
		}
	}
	return out
}

// fillIn puts texts into a sentence that may not need both.
func fillIn(format, side, others string) string {
	return strings.NewReplacer("%[1]s", side, "%[2]s", others).Replace(format)
}

func without(list []string, n int) []string {
	var out []string
	for i := range list {
		if i != n {
			out = append(out, list[i])
		}
	}
	return out
}

// listed names a few, and counts the others.
func listed(list []string) string {
	const shown = 3
	text := strings.Join(list[:min(shown, len(list))], ", ")
	if more := len(list) - shown; more > 0 {
		text += fmt.Sprintf(" (+%d)", more)
	}
	return text
}
