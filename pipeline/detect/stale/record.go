package stale

import (
	"fmt"
	"strconv"
	"time"
)

// The rules of DOUBTS.md 1.6 for what is not in the text.
const (
	newerBy         = 30 * Day // that a contradicting document has to be newer
	lateBy          = 3        // schedules without a sight of the document
	unusedAge       = 180 * Day
	brokenShare     = 0.3
	leastAnswers    = 5
	badShare        = 0.4
	leastBad        = 2
	ratedForCertain = 5 // answers with feedback from which on their share is taken at its word
)

func (j *judge) sourceGone() {
	g := j.f.Gone
	if g == nil {
		return
	}
	words := say("La source n'a plus cette page%s.", "The source no longer has this page%s.", sinceWords(g.Since)...)
	if g.Held {
		words = say("La source n'a plus cette page%s ; elle est encore servie, car sa suppression attend une approbation.",
			"The source no longer has this page%s; it is still served, because its removal waits for approval.", sinceWords(g.Since)...)
	}
	code := string(SourceGone)
	if g.Reason != "" {
		code += ":" + g.Reason
	}
	j.add(Signal{Name: SourceGone, Weight: 1, Strength: 1, Severity: High, Code: code, Evidence: []Evidence{{Date: g.Since, URL: j.f.URL}}, Words: words})
}

func (j *judge) contradicted() {
	var list []Evidence
	var first *Conflict
	for i := range j.f.Conflicts {
		c := &j.f.Conflicts[i]
		mine := j.f.Modified
		if mine.IsZero() {
			mine = j.f.TextSince
		}
		newer := !mine.IsZero() && !c.Modified.IsZero() && c.Modified.Sub(mine) >= newerBy
		if !c.Likely || !newer && !c.Authority {
			continue
		}
		if first == nil {
			first = c
		}
		list = appendEvidence(list, Evidence{Chunk: c.Chunk, Sentence: c.Sentence, Value: c.Value, Date: c.Modified, Document: c.Document, Finding: c.Finding})
	}
	if first == nil {
		return
	}
	title := first.Title
	if title == "" {
		title = first.Document
	}
	words := say("Contredit par « %s », plus récent : « %s » ici, « %s » là-bas.", "Contradicted by “%s”, which is newer: “%s” here, “%s” there.", title, first.Value, first.OtherValue)
	if first.Authority {
		words = say("Contredit par « %s », qui fait foi : « %s » ici, « %s » là-bas.", "Contradicted by “%s”, which is the source of truth: “%s” here, “%s” there.", title, first.Value, first.OtherValue)
	}
	j.add(Signal{Name: ContradictedByNewer, Weight: 0.8, Strength: 1, Severity: High, Code: string(ContradictedByNewer) + ":" + first.Finding, Evidence: list, Words: words})
}

func (j *judge) overdue() {
	if j.every <= 0 || j.age.since.IsZero() || j.age.for_ <= j.every || j.age.confirmed {
		return
	}
	strength := min(1, float64(j.age.for_)/float64(j.every)-1+0.3)
	french, english := "inchangée", "unchanged"
	switch {
	case j.age.reviewed:
		french, english = "vérifiée pour la dernière fois il y a", "last reviewed"
	case j.age.modified:
		french, english = "modifiée il y a", "modified"
	default:
		french, english = "inchangée depuis", "unchanged for"
	}
	ago := " ago"
	if english == "unchanged for" {
		ago = ""
	}
	j.add(Signal{Name: OverdueReview, Weight: 0.6, Strength: strength, Severity: Medium, Evidence: []Evidence{{Date: j.age.since}},
		Code: string(OverdueReview) + ":" + strconv.Itoa(int((j.age.for_-j.every)/Day)) + "d",
		Words: map[string]string{
			"fr": fmt.Sprintf("À revoir : page %s %s, pour un intervalle de %s (%s).", french, spanFrench(j.age.for_), spanFrench(j.every), originFrench[j.origin]),
			"en": fmt.Sprintf("Due for review: %s %s%s, with an interval of %s (%s).", english, spanEnglish(j.age.for_), ago, spanEnglish(j.every), originEnglish[j.origin]),
		}})
}

func (j *judge) links() {
	l := &j.f.Links
	if len(l.Broken) == 0 {
		return
	}
	weight := 0.3
	if l.Checked > 0 && float64(len(l.Broken)) > brokenShare*float64(l.Checked) {
		weight = 0.6
	}
	var list []Evidence
	for i := range l.Broken {
		b := &l.Broken[i]
		value := b.Reason
		if b.Status > 0 {
			value = strconv.Itoa(b.Status)
		}
		list = appendEvidence(list, Evidence{URL: b.URL, Date: b.Since, Value: value})
	}
	n := len(l.Broken)
	words := say("%d liens sur %d ne mènent plus nulle part, dont %s.", "%d of %d links lead nowhere, among them %s.", n, max(l.Checked, n), l.Broken[0].URL)
	if n == 1 {
		words = say("Un lien ne mène plus nulle part : %s.", "A link leads nowhere: %s.", l.Broken[0].URL)
	}
	j.add(Signal{Name: BrokenLinks, Weight: weight, Strength: 1, Severity: Medium, Evidence: list, Code: string(BrokenLinks) + ":" + strconv.Itoa(n), Words: words})
}

func (j *judge) notSynced() {
	s := &j.f.Sync
	if s.Every <= 0 || s.Paused || s.Checked.IsZero() || j.now.Sub(s.Checked) <= lateBy*s.Every {
		return
	}
	late := j.now.Sub(s.Checked)
	j.add(Signal{Name: NotSynced, Severity: Operational, Strength: 1, Evidence: []Evidence{{Date: s.Checked}}, Code: string(NotSynced) + ":" + j.f.Source,
		Words: map[string]string{
			"fr": fmt.Sprintf("La source n'a pas confirmé cette page depuis %s.", spanFrench(late)),
			"en": fmt.Sprintf("The source has not confirmed this page for %s.", spanEnglish(late)),
		}})
}

func (j *judge) oldEmbedding() {
	if n := j.f.Embedding.Missing; n > 0 {
		j.add(Signal{Name: OldEmbedding, Severity: Operational, Strength: 1, Code: string(OldEmbedding) + ":" + strconv.Itoa(n),
			Words: say("%d passages n'ont pas de vecteur du modèle actif.", "%d passages have no vector of the active model.", n)})
	}
}

func (j *judge) unused() {
	u := &j.f.Usage
	if !u.Known || u.Retrievals > 0 || j.age.for_ <= unusedAge || j.age.since.IsZero() || j.age.confirmed {
		return
	}
	words := say("Dans aucune réponse depuis %d jours.", "In no answer for %d days.", int(UsageWindow/Day))
	for i := range j.signals {
		if j.signals[i].Name == OverdueReview {
			words = say("Dans aucune réponse depuis %d jours, et à revoir : à archiver ?", "In no answer for %d days, and due for review: archive it?", int(UsageWindow/Day))
		}
	}
	j.add(Signal{Name: Unused, Weight: 0.2, Strength: 1, Severity: Low, Words: words})
}

func (j *judge) negativeUse() {
	u := &j.f.Usage
	if u.Answers < leastAnswers || u.Bad < leastBad || u.Rated == 0 || float64(u.Bad) < badShare*float64(u.Rated) {
		return
	}
	j.add(Signal{Name: NegativeUse, Weight: 0.5, Strength: min(1, float64(u.Rated)/ratedForCertain), Severity: Medium, Code: fmt.Sprintf("%s:%d/%d", NegativeUse, u.Bad, u.Rated),
		Words: say("%d des %d avis sur ses réponses sont mauvais.", "%d of the %d ratings of its answers are bad.", u.Bad, u.Rated)})
}

func (j *judge) noOwner() {
	switch {
	case j.f.Owner == "":
		j.add(Signal{Name: NoOwner, Severity: Governance, Strength: 1, Words: say("Personne n'en est responsable.", "Nobody is responsible for it.")})
	case j.f.OwnerDisabled:
		j.add(Signal{Name: NoOwner, Severity: Governance, Strength: 1, Code: string(NoOwner) + ":disabled",
			Words: say("Le compte de %s, qui en est responsable, est fermé.", "The account of %s, who is responsible for it, is closed.", j.f.Owner)})
	}
}

func sinceWords(t time.Time) []any {
	if t.IsZero() {
		return []any{bilingual{}}
	}
	return []any{bilingual{" depuis le " + dayFrench(t), " since " + dayEnglish(t)}}
}
