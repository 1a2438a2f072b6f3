package stale

import (
	"fmt"
	"strings"
	"time"

	"freshet/index"
	"freshet/pipeline/detect/stale/dates"
)

// The rules of DOUBTS.md 1.7.
const (
	graceDays = 1
	// mostEvidence is how many places of one signal are shown.
	mostEvidence = 20
	// partialStrength is that of an end without a year: at most low.
	partialStrength = 0.3
	// inheritedStrength is that of a date whose cue is a heading above it.
	inheritedStrength = 0.8
	// newsStrength halves what a text of its time says of its time.
	newsStrength = 0.5
	// relativeAge is from which on "soon" and "recently" are doubtful.
	relativeAge = 365 * Day
)

// found collects what the passages show.
type found struct {
	expired               []over
	asOf, terms, relative []Evidence
	relativeStrength      float64
}

// over is a date that is over.
type over struct {
	Evidence
	strength  float64
	announced bool // an event, not an end
}

// passages looks at the text for what is over, old, retired and relative.
func (j *judge) passages() {
	var all found
	j.datesOf(&Passage{Text: j.f.Title}, true, &all)
	above := ""
	for i := range j.f.Passages {
		p := &j.f.Passages[i]
		for _, heading := range append(p.Heading[:len(p.Heading):len(p.Heading)], p.Question) {
			if heading != above && heading != j.f.Title {
				j.datesOf(&Passage{Chunk: p.Chunk, Text: heading, Locale: p.Locale}, true, &all)
			}
			above = heading
		}
		if p.Kind == index.Code {
			continue
		}
		j.datesOf(p, false, &all)
		j.wordsOf(p, &all)
	}
	j.expiredText(&all)
	j.oldAsOf(&all)
	if len(all.terms) > 0 {
		j.add(Signal{Name: RetiredTerm, Weight: 0.6, Strength: 1, Severity: Medium, Evidence: all.terms, Code: string(RetiredTerm) + ":" + all.terms[0].Value,
			Words: say("Emploie « %s », terme retiré.", "Uses “%s”, a retired term.", all.terms[0].Value)})
	}
	if len(all.relative) > 0 {
		j.add(Signal{Name: RelativeWords, Weight: 0.3, Strength: all.relativeStrength, Severity: Low, Evidence: all.relative,
			Words: map[string]string{
				"fr": fmt.Sprintf("Dit « %s » dans un texte inchangé depuis %s.", all.relative[0].Value, spanFrench(j.age.for_)),
				"en": fmt.Sprintf("Says “%s” in a text unchanged for %s.", all.relative[0].Value, spanEnglish(j.age.for_)),
			}})
	}
}

// datesOf looks at the dates of a passage, or of a title or heading above one.
func (j *judge) datesOf(p *Passage, above bool, all *found) {
	heading := p.Heading
	if p.Question != "" {
		heading = append(heading[:len(heading):len(heading)], p.Question)
	}
	locale := p.Locale
	if locale == "" {
		locale = j.f.Locale
	}
	list := dates.Read(p.Text, dates.Options{Locale: locale, Heading: heading})
	for i := range list {
		m := &list[i]
		switch m.Cue {
		case dates.End, dates.Upcoming:
			if strength, last := j.isOver(m); strength > 0 {
				if succeeded(list, i) {
					strength = min(strength, partialStrength)
				}
				if len(all.expired) < 10*mostEvidence {
					all.expired = append(all.expired, over{evidence(p, m, above, last.Time()), strength, m.Cue == dates.Upcoming})
				}
			}
		case dates.AsOf:
			if j.isOldState(m) {
				all.asOf = appendEvidence(all.asOf, evidence(p, m, above, m.Last.Time()))
			}
		}
	}
}

// isOver returns how surely a date is past, 0 when it is not, and its last day.
func (j *judge) isOver(m *dates.Mention) (float64, dates.Date) {
	since := j.f.Modified
	if since.IsZero() {
		since = j.f.TextSince
	}
	last, known := m.Resolve(since)
	if !known || j.today <= last+graceDays {
		return 0, last
	}
	if j.age.confirmed && (j.f.Reviewed.IsZero() || dates.At(j.f.Reviewed, j.f.Zone) > last) {
		return 0, last // a person has looked at it since
	}
	strength := 1.0
	switch {
	case !m.HasYear:
		strength = partialStrength
		if m.Precision != dates.Day {
			return 0, last
		}
	case m.Inherited:
		strength = inheritedStrength
	}
	if j.exempt() {
		strength *= newsStrength
	}
	return strength, last
}

// succeeded reports whether the passage itself says what holds from the end on: "until
// 31 March: 19.99; from 1 April: 24.99" is out of date in its first half only.
func succeeded(list []dates.Mention, i int) bool {
	const near = 7 // days
	for k := range list {
		if s := &list[k]; k != i && s.Cue == dates.Start && s.HasYear && list[i].HasYear && s.First > list[i].Last-near && s.First <= list[i].Last+near {
			return true
		}
	}
	return false
}

// isOldState reports whether "as of" a day is longer ago than the review interval.
func (j *judge) isOldState(m *dates.Mention) bool {
	if !m.HasYear || j.exempt() || j.every <= 0 || j.age.confirmed {
		return false
	}
	return time.Duration(j.today-m.Last)*dayLong > j.every
}

// expiredText tells of the dates that are over; of doubtful ones only where there are no
// others.
func (j *judge) expiredText(all *found) {
	strength := 0.0
	for i := range all.expired {
		strength = max(strength, all.expired[i].strength)
	}
	if strength == 0 {
		return
	}
	var list []Evidence
	announced := false
	for i := range all.expired {
		if o := &all.expired[i]; o.strength > partialStrength || strength <= partialStrength {
			if len(list) == 0 {
				announced = o.announced
			}
			list = appendEvidence(list, o.Evidence)
		}
	}
	severity := High
	if strength <= partialStrength {
		severity = Low
	}
	first := &list[0]
	words := map[string]string{
		"fr": fmt.Sprintf("Une date est passée : « %s » (%s).", excerpt(first.Sentence), dayFrench(first.Date)),
		"en": fmt.Sprintf("A date has passed: “%s” (%s).", excerpt(first.Sentence), dayEnglish(first.Date)),
	}
	if announced {
		words = map[string]string{
			"fr": fmt.Sprintf("Annonce comme à venir ce qui est passé : « %s » (%s).", excerpt(first.Sentence), dayFrench(first.Date)),
			"en": fmt.Sprintf("Announces as coming what is past: “%s” (%s).", excerpt(first.Sentence), dayEnglish(first.Date)),
		}
	}
	j.add(Signal{Name: ExpiredText, Weight: 0.9, Strength: strength, Severity: severity, Evidence: list,
		Code: string(ExpiredText) + ":" + first.Date.Format(time.DateOnly), Words: words})
}

func (j *judge) oldAsOf(all *found) {
	if len(all.asOf) == 0 {
		return
	}
	first := &all.asOf[0]
	for i := range all.asOf {
		if all.asOf[i].Date.After(first.Date) {
			first = &all.asOf[i]
		}
	}
	j.add(Signal{Name: OldAsOf, Weight: 0.5, Strength: 1, Severity: Medium, Evidence: all.asOf, Code: string(OldAsOf) + ":" + first.Date.Format(time.DateOnly),
		Words: map[string]string{
			"fr": fmt.Sprintf("Décrit l'état au %s, au-delà de l'intervalle de révision de %s.", dayFrench(first.Date), spanFrench(j.every)),
			"en": fmt.Sprintf("Describes the state as of %s, beyond the review interval of %s.", dayEnglish(first.Date), spanEnglish(j.every)),
		}})
}

func evidence(p *Passage, m *dates.Mention, above bool, at time.Time) Evidence {
	from, to := trimmed(p.Text, m.From, m.To)
	return Evidence{Chunk: p.Chunk, Start: m.Start, End: m.End, From: from, To: to, Sentence: p.Text[from:to], Value: p.Text[m.Start:m.End], Date: at, Above: above}
}

func trimmed(text string, from, to int) (int, int) {
	s := text[from:to]
	from += len(s) - len(strings.TrimLeft(s, " \t\r\n"))
	return from, from + len(strings.TrimSpace(s))
}

func appendEvidence(list []Evidence, e Evidence) []Evidence {
	if len(list) >= mostEvidence {
		return list
	}
	return append(list, e)
}
