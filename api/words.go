package api

import (
	"strings"

	"freshet/index/catalog"
)

// actions says what would become of a document that waits for a person.
var actions = map[catalog.Action]string{
	catalog.ActHide:    "It would no longer be served: ",
	catalog.ActRemove:  "It would be removed: ",
	catalog.ActExclude: "It would be excluded: ",
	catalog.ActReplace: "Its text would be replaced: ",
}

func inWords(h *catalog.Hold) string {
	code, _, _ := strings.Cut(h.Evidence, " ")
	why := ReasonText(code)
	if why == code {
		why = h.Evidence
	}
	return actions[h.Action] + why + "."
}

// ReasonText says in words why one document is in its state. A reason that has no
// words is returned as it is.
func ReasonText(reason string) string {
	if w, ok := reasons[reason]; ok {
		return w.one
	}
	return reason
}

// CountedReason says in words for how many documents a reason holds: "37 pages ask not
// to be indexed". count is n as it is to be written. A reason that has no words, or
// that is not about documents, is counted by its name.
func CountedReason(reason, count string, n int) string {
	w, ok := reasons[reason]
	switch {
	case !ok:
		return reason + ": " + count
	case w.many == "":
		return w.one
	case n == 1:
		return "1 " + strings.TrimPrefix(w.one, "the ")
	}
	return count + " " + w.many
}
