package stale

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"freshet/pipeline/detect/stale/dates"
)

// oldestTitle is how many years back a year in a title dates the page: an older one is
// its subject.
const oldestTitle = 15

// headingStrength is that of a dated heading: it dates its section, not the page.
const headingStrength = 0.6

// ofItsTime are words beside which a year in a title is its subject: reports, laws,
// versions of products.
var ofItsTime = wordSet("rapport bilan compte rendu archive archives historique histoire retour communique proces verbal palmares resultats edition decret arrete directive " +
	"loi reglement ordonnance deliberation report review minutes history retrospective annual proceedings results act regulation law standard norme iso rfc " +
	"windows office server excel word exchange sql visual studio autocad since depuis fondee fonde millesime vintage guerre")

// datedTitle looks for a year gone by in the title, and in headings.
func (j *judge) datedTitle() {
	if j.exempt() || j.age.confirmed {
		return
	}
	if year, value, ok := j.yearOf(j.f.Title); ok {
		j.addTitle(year, 1, Evidence{Sentence: j.f.Title, Value: value, Above: true, Date: dates.On(year, time.December, 31).Time()})
		return
	}
	seen := ""
	for i := range j.f.Passages {
		p := &j.f.Passages[i]
		for _, heading := range p.Heading {
			if heading == seen {
				continue
			}
			if year, value, ok := j.yearOf(heading); ok {
				j.addTitle(year, headingStrength, Evidence{Chunk: p.Chunk, Sentence: heading, Value: value, Above: true, Date: dates.On(year, time.December, 31).Time()})
				return
			}
			seen = heading
		}
	}
}

func (j *judge) addTitle(year int, strength float64, e Evidence) {
	j.add(Signal{Name: DatedTitle, Weight: 0.5, Strength: strength, Severity: Medium, Evidence: []Evidence{e}, Code: string(DatedTitle) + ":" + strconv.Itoa(year),
		Words: map[string]string{
			"fr": fmt.Sprintf("Le titre « %s » porte l'année %d.", excerpt(e.Sentence), year),
			"en": fmt.Sprintf("The title “%s” is of the year %d.", excerpt(e.Sentence), year),
		}})
}

// yearOf returns the last year that a title names, when it is over.
func (j *judge) yearOf(title string) (year int, value string, ok bool) {
	if !strings.Contains(title, "20") && !strings.Contains(title, "19") {
		return 0, "", false
	}
	for _, t := range tokens(title) {
		if ofItsTime[t.s] {
			return 0, "", false
		}
	}
	now := j.today.Time().Year()
	for _, m := range dates.Read(title, dates.Options{Locale: j.f.Locale}) {
		last := m.Last.Time().Year()
		if !m.HasYear || m.Cue == dates.History || m.Cue == dates.Start {
			continue
		}
		if last >= now {
			return 0, "", false // it names this year, or one to come
		}
		if last >= now-oldestTitle && last >= year {
			year, value, ok = last, title[m.Start:m.End], true
		}
	}
	return year, value, ok
}
