package main

import (
	"fmt"
	"strings"

	"freshet/index/retrieve"
)

// stateWords say what an answer state means to whoever reads it.
var stateWords = map[retrieve.State]string{
	retrieve.Found:     "found: this answers it, most likely",
	retrieve.Uncertain: "uncertain: near, but not sure; show the sources and say so",
	retrieve.Clarify:   "clarify: the answer depends on something that was not said",
	retrieve.None:      "none: the knowledge base does not hold this",
}

const textWidth = 96

// answerText writes an answer for people: its state, then up to n passages.
func answerText(r *retrieve.Response, n int, indent string) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s%s (confidence %.2f)\n", indent, stateWords[r.Answer.State], r.Answer.Confidence)
	if ask := r.Answer.Ask; ask != nil {
		fmt.Fprintf(&out, "%sask for %s: %s\n", indent, ask.Facet, strings.Join(ask.Values, ", "))
	}
	if len(r.Degraded) > 0 {
		fmt.Fprintf(&out, "%snot at hand: %s\n", indent, strings.Join(r.Degraded, ", "))
	}
	if r.Answer.State == retrieve.None {
		return out.String()
	}
	for i := range r.Hits[:min(n, len(r.Hits))] {
		out.WriteString(hitText(&r.Hits[i], i, n, indent))
	}
	return out.String()
}

func hitText(h *retrieve.Hit, i, n int, indent string) string {
	var out strings.Builder
	number := ""
	if n > 1 {
		number = fmt.Sprintf("%d. ", i+1)
	}
	title := h.Document.Title
	if len(h.Document.Heading) > 0 {
		title += " › " + strings.Join(h.Document.Heading, " › ")
	}
	fmt.Fprintf(&out, "\n%s%s%s\n", indent, number, short(title, textWidth))
	inner := indent + strings.Repeat(" ", len(number))
	where := h.Document.URL
	if where == "" {
		where = h.Document.ID
	}
	if h.Document.Page > 0 {
		where += fmt.Sprintf(" (p. %d)", h.Document.Page)
	}
	fmt.Fprintf(&out, "%s%s\n%s%s\n", inner, where, inner, freshnessText(h))
	for _, c := range h.Conflicts {
		fmt.Fprintf(&out, "%sdisputed: here %s, elsewhere %s (%s)\n", inner, c.Value, c.OtherValue, c.OtherDocument)
	}
	out.WriteString(wrap(cut(h.Text, 700), inner+"| ", textWidth))
	return out.String()
}

func freshnessText(h *retrieve.Hit) string {
	var parts []string
	if d := h.Freshness.Modified; d != nil {
		parts = append(parts, "written "+d.Format("2 January 2006"))
	}
	if d := h.Freshness.Checked; d != nil {
		parts = append(parts, "checked "+when(*d))
	}
	if d := h.Freshness.ConfirmedUntil; d != nil {
		parts = append(parts, "confirmed until "+lastDay(*d))
	}
	switch h.Freshness.State {
	case retrieve.Stale:
		parts = append(parts, "stale ("+strings.Join(h.Freshness.Reasons, ", ")+")")
	case retrieve.ReviewSoon:
		parts = append(parts, "to be reviewed soon")
	}
	return strings.Join(parts, " · ")
}
