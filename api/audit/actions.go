package audit

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

// actionsOf are what can be done about a finding, the usual one first. What stands in
// capitals is for the person to fill in.
func actionsOf(f *index.Finding, sides [][]int, names []string) []Action {
	id := shell(f.ID)
	resolve := func(name, flags string) Action {
		return Action{name, "freshet findings resolve " + id + " --keep " + flags}
	}
	dismiss := Action{"dismiss", "freshet findings dismiss " + id}
	snooze := Action{"snooze", "freshet findings snooze " + id + " --until DATE"}
	show := Action{"show", "freshet findings show " + id}
	switch f.Kind {
	case index.Conflicting:
		return append(keeps(f, sides, resolve), resolve("both", "both --scope a.FACET=VALUE --scope b.FACET=VALUE"), resolve("fix", "fix"), dismiss, snooze)
	case index.Duplicate:
		keep := "a"
		if f.Suggested >= 0 && f.Suggested < len(names) {
			keep = names[f.Suggested]
		}
		return []Action{resolve("merge_"+keep, "duplicate --survivor "+keep), dismiss, snooze, show}
	case index.Overlap:
		return []Action{show, dismiss, snooze}
	}
	return []Action{resolve("verify", "verified"), resolve("fix", "fix"), dismiss, snooze}
}

// keepsShown is how many sides of a conflict have a command of their own.
const keepsShown = 4

// keeps are the sides that can be kept, the suggested one first.
func keeps(f *index.Finding, sides [][]int, resolve func(name, flags string) Action) []Action {
	var out []Action
	for n, list := range sides {
		side := catalog.Letter(n)
		a := resolve("keep_"+side, side)
		if slices.Contains(list, f.Suggested) {
			out = slices.Insert(out, 0, a)
			continue
		}
		out = append(out, a)
	}
	return out[:min(len(out), keepsShown)]
}

// reviewed is how somebody says that a page is right until a day.
func reviewed(p *Page, until time.Time) Action {
	return Action{"review", "freshet document confirm " + documentName(p) + " --until " + until.Format(time.DateOnly)}
}

// documentName is what a command knows a document by: its ID in the source, or its key
// where the ID could be taken for something else.
func documentName(p *Page) string {
	if plainWord.MatchString(p.ID) {
		return p.ID
	}
	return shell(p.Document)
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:][A-Za-z0-9_./:-]{0,199}$`)

// shell writes a word so that every POSIX shell reads it back, whatever is in it.
func shell(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
