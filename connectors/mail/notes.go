package mail

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"freshet/connectors"
)

const (
	// maxParts is how many attachments of one mail become documents, and maxNote how
	// many bytes their note may have: Memory holds 4 KB.
	maxParts = 200
	maxNote  = 4000
	notesKey = "attachments:"
	// byTypeKey is set once a source had a mail whose ID does not end in .eml.
	byTypeKey = "attachments"
)

// A note says which parts a mail had when it was last opened.
type note struct {
	parts []notedPart
	known bool // there is a note, if only of no parts
	doubt bool // the mail changed and could not be opened
}

// A notedPart is one attachment; must says that it is of a form that is read.
type notedPart struct {
	path string
	must bool
}

func (n note) has(path string) bool {
	return slices.ContainsFunc(n.parts, func(p notedPart) bool { return p.path == path })
}

// noteOf notes the parts of m that become documents.
func noteOf(id string, m *Message) note {
	n := note{known: true}
	size := 0
	for _, a := range m.Attachments {
		if size += len(a.Path) + 2; len(n.parts) == maxParts || size > maxNote || len(partID(id, a.Path)) > maxID {
			break
		}
		n.parts = append(n.parts, notedPart{path: a.Path, must: readable(a)})
	}
	return n
}

// String is what is kept: "2! 3" are a part that must be read and one that need not.
func (n note) String() string {
	words := make([]string, 0, len(n.parts)+1)
	if n.doubt {
		words = append(words, "?")
	}
	for _, p := range n.parts {
		if p.must {
			p.path += "!"
		}
		words = append(words, p.path)
	}
	if len(words) == 0 {
		return "-"
	}
	return strings.Join(words, " ")
}

func parseNote(s string) note {
	n := note{known: s != ""}
	for word := range strings.FieldsSeq(s) {
		switch word {
		case "-":
		case "?":
			n.doubt = true
		default:
			p := notedPart{path: strings.TrimSuffix(word, "!")}
			p.must = p.path != word
			n.parts = append(n.parts, p)
		}
	}
	return n
}

// notes are those of one pull.
type notes struct {
	memory connectors.Memory
	byType bool
}

func openNotes(ctx context.Context, pos connectors.Position) (*notes, error) {
	n := &notes{memory: pos.Memory()}
	said, err := n.memory.Get(ctx, byTypeKey)
	if err != nil {
		return nil, fmt.Errorf("read what is remembered of mails: %w", err)
	}
	n.byType = said != ""
	return n, nil
}

// concerns reports whether there may be a note of id; for what is no mail the
// answer costs nothing.
func (n *notes) concerns(id string) bool { return n.byType || namesMail(id) }

func (n *notes) of(ctx context.Context, id string) (note, error) {
	s, err := n.memory.Get(ctx, notesKey+id)
	if err != nil {
		return note{}, fmt.Errorf("read which attachments %q had: %w", id, err)
	}
	return parseNote(s), nil
}

func (n *notes) keep(d connectors.Document, now note) {
	if !namesMail(d.ID) && !n.byType {
		n.byType = true
		n.memory.Set(byTypeKey, "by media type")
	}
	n.memory.Set(notesKey+d.ID, now.String())
}

func (n *notes) forget(id string) { n.memory.Set(notesKey+id, "") }

// position is what the source sees of its past: a mail whose parts are not known,
// or one of which must be read again, has no revision, and parts are not among what
// it knows.
type position struct {
	connectors.Position
	notes *notes
}

// Revision is that of the mail's own position, or "".
func (p position) Revision(ctx context.Context, id string) (string, error) {
	revision, err := p.Position.Revision(ctx, id)
	if err != nil || revision == "" || !p.notes.concerns(id) {
		return revision, err
	}
	n, err := p.notes.of(ctx, id)
	if err != nil {
		return "", err
	}
	if n.doubt || !n.known && namesMail(id) {
		return "", nil
	}
	for _, part := range n.parts {
		if !part.must {
			continue
		}
		held, err := p.Position.Revision(ctx, partID(id, part.path))
		if err != nil || held == "" {
			return "", err
		}
	}
	return revision, nil
}

// Known leaves parts out.
func (p position) Known(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for id, err := range p.Position.Known(ctx) {
			if _, _, part := partOf(id); part && err == nil {
				continue
			}
			if !yield(id, err) {
				return
			}
		}
	}
}
