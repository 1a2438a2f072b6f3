package main

import (
	"fmt"
	"strings"
	"time"

	"freshet/api"
)

// A tongue is a language in which doubts are shown.
type tongue struct {
	lang                                                                    string
	none, more, found, put, nobody, due, overdue, likelyRight, modified     string
	muted                                                                   string // rule, sources, refused, of so many, since
	owner, edit, why, earlier, history, comments, actions, possible, hidden string
	kinds, states, verdicts                                                 map[string]string
}

var tongues = map[string]*tongue{
	"en": {
		lang: "en", muted: "The rule %s finds nothing new in %s: %d of %d of its doubts were dismissed (since %s). Reopen one that was right, or settle more, to hear it again.",
		none: "no doubts; what is only possible is shown with --possible", more: "there are more: --limit", found: "found", put: "put to", nobody: "nobody; name an owner in freshet.yaml",
		due: "due", overdue: "overdue since", likelyRight: "likely right", modified: "changed", owner: "owner", edit: "edit", why: "Why", earlier: "Decided before a sentence changed",
		history: "History", comments: "Comments", actions: "What you can do", possible: "only possible", hidden: "left out of answers",
		kinds:  map[string]string{"conflict": "contradiction", "duplicate": "duplicate", "stale": "out of date", "overlap": "overlap"},
		states: map[string]string{"open": "open", "acknowledged": "being mended", "snoozed": "put off", "resolved": "settled", "dismissed": "no doubt"},
		verdicts: map[string]string{"found": "found", "keep": "kept", "both": "both are right", "duplicate": "one page kept", "verified": "verified until", "fix_requested": "fix asked for", "snoozed": "put off until",
			"dismissed": "no doubt", "excluded": "taken out", "edited": "solved by an edit of the source", "settled": "settled by an authority", "vanished": "gone with its page", "reopened": "reopened", "comment": "comment", "due": "due"},
	},
	"fr": {
		lang: "fr", muted: "La règle %s ne signale plus rien de nouveau dans %s : %d de ses %d doutes ont été écartés (depuis le %s). Rouvrez un doute fondé, ou réglez-en d'autres, pour l'entendre à nouveau.",
		none: "aucun doute ; ce qui n'est que possible se montre avec --possible", more: "il y en a d'autres : --limit", found: "trouvé le", put: "confié à", nobody: "personne ; nommez un responsable dans freshet.yaml",
		due: "échéance", overdue: "en retard depuis", likelyRight: "probablement juste", modified: "modifié le", owner: "responsable", edit: "corriger", why: "Pourquoi", earlier: "Décidé avant qu'une phrase change",
		history: "Historique", comments: "Commentaires", actions: "Ce que vous pouvez faire", possible: "seulement possible", hidden: "écarté des réponses",
		kinds:  map[string]string{"conflict": "contradiction", "duplicate": "doublon", "stale": "à revoir", "overlap": "recoupement"},
		states: map[string]string{"open": "ouvert", "acknowledged": "en correction", "snoozed": "remis à plus tard", "resolved": "réglé", "dismissed": "pas un doute"},
		verdicts: map[string]string{"found": "trouvé", "keep": "gardé", "both": "tous ont raison", "duplicate": "une page gardée", "verified": "vérifié, valable jusqu'au", "fix_requested": "correction demandée", "snoozed": "remis au",
			"dismissed": "pas un doute", "excluded": "retirée", "edited": "réglé par une correction à la source", "settled": "réglé par une source qui fait foi", "vanished": "disparu avec sa page", "reopened": "rouvert", "comment": "commentaire", "due": "échéance"},
	},
}

func (t *tongue) title(titles map[string]string) string { return titles[t.lang] }

// word is a name of the API in words, or the name itself.
func word(words map[string]string, name string) string {
	if w := words[name]; w != "" {
		return w
	}
	return name
}

func (t *tongue) stateText(f *api.FindingRow) string {
	text := word(t.states, f.State)
	if f.Outcome != "" && f.Outcome != f.State {
		text += " (" + word(t.verdicts, f.Outcome) + ")"
	}
	if f.Until != nil {
		text += " → " + lastDay(*f.Until)
	}
	if f.Due != nil {
		name := t.due
		if f.Overdue {
			name = t.overdue
		}
		text += ", " + name + " " + lastDay(*f.Due)
	}
	return text
}

// shortID is the beginning of an ID that no other of the list has.
func shortID(id string, all []api.FindingRow) string {
	const shortest = 8
	for n := shortest; n < len(id); n++ {
		alone := true
		for i := range all {
			alone = alone && (all[i].ID == id || !strings.HasPrefix(all[i].ID, id[:n]))
		}
		if alone {
			return id[:n]
		}
	}
	return id
}

func (m *Main) printFindings(page *api.FindingPage, said []api.MuteRow, t *tongue) error {
	if len(page.Findings) == 0 {
		if err := m.say("%s", t.none); err != nil {
			return err
		}
	}
	for i := range page.Findings {
		f := &page.Findings[i]
		kind := word(t.kinds, f.Kind)
		if f.Tier == "possible" {
			kind += ", " + t.possible
		}
		if err := m.say("%s  %s\n%s%s · %s · %s", shortID(f.ID, page.Findings), short(harmless(t.title(f.Title)), textWidth), "          ", kind, t.stateText(f), t.asked(f.Owners)); err != nil {
			return err
		}
	}
	if page.Next != "" {
		if err := m.say("\n%s", t.more); err != nil {
			return err
		}
	}
	for _, x := range said {
		if !x.Muted {
			continue
		}
		if err := m.say("\n"+t.muted, x.Rule, strings.Join(x.Sources, " / "), x.Refused, x.Refused+x.Confirmed, day(x.Since)); err != nil {
			return err
		}
	}
	return nil
}

func (t *tongue) asked(owners []string) string {
	if len(owners) == 0 {
		return t.put + " " + t.nobody
	}
	return t.put + " " + harmless(strings.Join(owners, ", "))
}

func (m *Main) printFinding(f *api.FindingDetails, t *tongue) error {
	var out strings.Builder
	kind := word(t.kinds, f.Kind)
	if f.Tier == "possible" {
		kind += ", " + t.possible
	}
	fmt.Fprintf(&out, "%s\n%s · %s · %s %s · %s\n", harmless(t.title(f.Title)), kind, t.stateText(&f.FindingRow), t.found, day(f.Found), t.asked(f.Owners))
	for i := range f.Members {
		out.WriteString(t.memberText(f, &f.Members[i]))
	}
	section(&out, t.why, f.Reasons[t.lang])
	section(&out, t.earlier, t.decisionTexts(f.Earlier))
	section(&out, t.history, t.eventTexts(f.History))
	section(&out, t.comments, t.eventTexts(f.Comments))
	if len(f.Actions) > 0 {
		fmt.Fprintf(&out, "\n%s:\n", t.actions)
	}
	for i := range f.Actions {
		a := &f.Actions[i]
		fmt.Fprintf(&out, "  freshet findings %s\n%s", commandFor(f.ID, a), wrap(harmless(a.Text[t.lang]), "      ", textWidth))
	}
	return m.say("%s", strings.TrimRight(out.String(), "\n"))
}

func section(out *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s:\n", title)
	for _, line := range lines {
		out.WriteString(wrap(harmless(line), "  ", textWidth))
	}
}

func (t *tongue) memberText(f *api.FindingDetails, x *api.FindingMember) string {
	var out strings.Builder
	title := x.Title
	if title == "" {
		title = x.ID
	}
	if len(x.Heading) > 0 {
		title += " › " + strings.Join(x.Heading, " › ")
	}
	fmt.Fprintf(&out, "\n%s  %s", x.Name, short(harmless(title), textWidth))
	if x.Name == f.Suggested {
		fmt.Fprintf(&out, "  <- %s", t.likelyRight)
		if why := f.Because[t.lang]; why != "" {
			fmt.Fprintf(&out, ": %s", harmless(why))
		}
	}
	if x.Suppressed {
		fmt.Fprintf(&out, "  (%s)", t.hidden)
	}
	out.WriteString("\n" + wrap(harmless(marked(x)), "   | ", textWidth))
	where := x.URL
	if where == "" {
		where = x.ID
	}
	parts := []string{where}
	if x.Modified != nil {
		parts = append(parts, t.modified+" "+day(x.Modified))
	}
	if x.Owner != "" {
		who := x.Owner
		if x.Asked != x.Owner && x.Asked != "" {
			who += " → " + x.Asked
		}
		parts = append(parts, t.owner+" "+who)
	}
	fmt.Fprintf(&out, "   %s\n", harmless(strings.Join(parts, " · ")))
	if x.EditURL != "" {
		fmt.Fprintf(&out, "   %s: %s\n", t.edit, harmless(x.EditURL))
	}
	return out.String()
}

// marked is the excerpt with the value between brackets.
func marked(x *api.FindingMember) string {
	text := []rune(x.Excerpt)
	if x.Start < 0 || x.End <= x.Start || x.End > len(text) {
		return x.Excerpt
	}
	return string(text[:x.Start]) + "[" + string(text[x.Start:x.End]) + "]" + string(text[x.End:])
}

func day(at *time.Time) string {
	if at == nil {
		return "-"
	}
	return at.UTC().Format(time.DateOnly)
}

func (t *tongue) decisionTexts(list []api.FindingDecision) []string {
	out := make([]string, len(list))
	for i, d := range list {
		out[i] = strings.TrimSpace(fmt.Sprintf("%s  %s  %s %s", day(d.At), d.By, word(t.verdicts, d.Verdict), d.Comment))
	}
	return out
}

func (t *tongue) eventTexts(list []api.FindingEvent) []string {
	out := make([]string, len(list))
	for i, e := range list {
		by, what := e.By, word(t.verdicts, e.Kind)
		if by == "" {
			by = "Freshet"
		}
		if e.Kind == "comment" {
			what = ""
		}
		out[i] = strings.Join(strings.Fields(fmt.Sprintf("%s  %s  %s %s", day(e.At), by, what, e.Text)), " ")
	}
	return out
}

// commandFor is what to type for an action.
func commandFor(id string, a *api.FindingAction) string {
	switch a.Verdict {
	case "keep":
		return "resolve " + id + " --keep " + a.Side
	case "both":
		return "resolve " + id + " --keep both --scope a.FACET=VALUE"
	case "duplicate":
		return "resolve " + id + " --keep duplicate --survivor " + a.Side
	case "verified":
		return "resolve " + id + " --keep verified"
	case "excluded":
		return "resolve " + id + " --exclude " + a.Side
	case "fix_requested":
		return "acknowledge " + id
	case "snoozed":
		return "snooze " + id + " --until DATE"
	case "dismissed":
		return "dismiss " + id
	}
	return "reopen " + id
}
