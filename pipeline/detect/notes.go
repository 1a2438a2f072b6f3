package detect

import (
	"freshet/index"
	"freshet/index/catalog"
)

// notesOf tell answers of a live conflict: each of its sentences, what another says.
func notesOf(f *index.Finding) []catalog.DocumentNote {
	var out []catalog.DocumentNote
	for i := range f.Members {
		m := &f.Members[i]
		o := opposite(f, i)
		if o < 0 || m.Sentence == "" {
			continue
		}
		other := &f.Members[o]
		n := index.Note{Kind: index.NoteConflict, Finding: f.ID, Sentence: m.Sentence, Value: m.Value, OtherValue: other.Value,
			Other: other.ExternalID, OtherTitle: other.Title, OtherURL: other.URL, Rule: f.Rule}
		if other.Document != m.Document {
			n.Needs = other.Document
		}
		if f.Suggested >= 0 {
			n.Suggested = "other"
			if f.Members[f.Suggested].Normal == m.Normal {
				n.Suggested = "this"
			}
		}
		out = append(out, catalog.DocumentNote{Document: m.Document, Note: n})
	}
	return out
}

// opposite is the member that says otherwise than one: the suggested, else the first of
// another document, else any; -1 when there is none.
func opposite(f *index.Finding, i int) int {
	m := &f.Members[i]
	if f.Suggested >= 0 && f.Members[f.Suggested].Normal != m.Normal {
		return f.Suggested
	}
	best := -1
	for j := range f.Members {
		switch o := &f.Members[j]; {
		case o.Normal == m.Normal:
		case o.Document != m.Document:
			return j
		case best < 0:
			best = j
		}
	}
	return best
}
