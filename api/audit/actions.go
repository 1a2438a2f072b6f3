package audit

import (
	"regexp"
	"strings"
	"time"

	"freshet/index"
)

// actionsOf are what can be done about a finding, the usual one first.
func actionsOf(f *index.Finding) []Action {
	id := shell(f.ID)
	resolve := func(name, flags string) Action { return Action{name, "freshet findings resolve " + id + " " + flags} }
	dismiss := Action{"dismiss", "freshet findings dismiss " + id}
	snooze := Action{"snooze", "freshet findings snooze " + id + " --until DATE"}
	show := Action{"show", "freshet findings show " + id}
	switch f.Kind {
	case index.Conflicting:
		return append(keeps(f, resolve), resolve("both", "--keep both --scope k=v"), resolve("fix", "--fix"), dismiss, snooze)
	case index.Duplicate:
		keep := max(0, f.Suggested)
		return []Action{resolve("merge", "--duplicate "+letter(keep)), dismiss, snooze, show}
	case index.Overlap:
		return []Action{show, dismiss, snooze}
	}
	return []Action{resolve("verify", "--verified --until DATE"), resolve("fix", "--fix"), dismiss, snooze}
}

// keeps are the first sides that can be kept: the suggested one, then one of each
// other value.
func keeps(f *index.Finding, resolve func(name, flags string) Action) []Action {
	const most = 3
	var out []Action
	seen := map[string]bool{}
	add := func(i int) {
		if key := f.Members[i].Normal; len(out) < most && !seen[key] {
			seen[key] = true
			out = append(out, resolve("keep_"+letter(i), "--keep "+letter(i)))
		}
	}
	if f.Suggested >= 0 && f.Suggested < len(f.Members) {
		add(f.Suggested)
	}
	for i := range f.Members {
		add(i)
	}
	return out
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
