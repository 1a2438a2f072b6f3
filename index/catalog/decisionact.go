package catalog

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"freshet/index"
)

// Limits of what a decision may say.
const (
	maxSnooze      = 366 * 24 * time.Hour // a doubt that nobody looks at for a year is dismissed
	maxConfirm     = 10 * 366 * 24 * time.Hour
	maxFacets      = 10  // of one side
	maxFacetValues = 20  // of one facet
	maxFacetText   = 200 // bytes of a name or a value
	keptDocuments  = 3   // of a side that many pages agree on, that a suppression hangs on
)

// member returns the member with a number.
func (d *deciding) member(n int) (*index.Member, error) {
	if n < 0 || n >= len(d.f.Members) {
		return nil, refuse(RefusedMember, "This doubt has %d sides; none is meant by what was sent.", len(Sides(d.f.Members)))
	}
	return &d.f.Members[n], nil
}

// A standing is how a document stands as the transaction sees it.
type standing struct {
	state  State
	text   index.Hash
	chunks int
}

func (d *deciding) standing(document string) (standing, error) {
	var s standing
	var text []byte
	err := d.tx.QueryRowContext(d.ctx, `SELECT state, text_hash, chunks FROM documents WHERE doc = ?`, document).Scan(&s.state, &text, &s.chunks)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil
	}
	s.text = toHash(text)
	return s, err
}

// served refuses to keep what is not served.
func (d *deciding) served(m *index.Member) error {
	s, err := d.standing(m.Document)
	if err != nil {
		return err
	}
	if !s.state.Serves() || s.chunks == 0 {
		return refuse(RefusedChanged, "%q is no longer served, so it cannot be the one that is kept. Look again, then decide.", nameOf(m))
	}
	return nil
}

func nameOf(m *index.Member) string {
	if m.Title != "" {
		return m.Title
	}
	return m.ExternalID
}

// keep suppresses what the other sides say, as long as the kept one is served.
func (d *deciding) keep(n int) error {
	kept, err := d.member(n)
	if err != nil {
		return err
	}
	if err := d.served(kept); err != nil {
		return err
	}
	d.data.Decision.Keep = kept.Document
	needs := []string{kept.Document}
	for i := range d.f.Members {
		if m := &d.f.Members[i]; agree(m, kept) && len(needs) < keptDocuments && !slices.Contains(needs, m.Document) {
			needs = append(needs, m.Document)
		}
	}
	var notes []DocumentNote
	for i := range d.f.Members {
		m := &d.f.Members[i]
		if m.Suppressed = !agree(m, kept); m.Suppressed {
			if err := d.apart(m, kept); err != nil {
				return err
			}
			notes = append(notes, d.suppressions(m, needs)...)
		}
	}
	if len(notes) == 0 {
		return refuse(RefusedMember, "All sides of this doubt say the same by now; there is nothing to leave out. Dismiss it.")
	}
	return d.put(notes)
}

// apart refuses to leave out a sentence that stands in one passage with the one that is
// kept: passages are left out whole.
func (d *deciding) apart(m, kept *index.Member) error {
	if m.Document != kept.Document || m.Sentence == "" {
		return nil
	}
	rows, err := d.tx.QueryContext(d.ctx, `SELECT text FROM chunks WHERE doc = ? AND until_seq = ?`, m.Document, index.Open)
	texts, err := collect(rows, err, func(r scanner) (text string, err error) { return text, r.Scan(&text) })
	if err != nil {
		return err
	}
	for _, text := range texts {
		if strings.Contains(text, m.Sentence) && strings.Contains(text, kept.Sentence) {
			return refuse(RefusedKind, "Both sentences stand in one passage of %q: leaving one out would leave out the other. Have the page mended at its source.", nameOf(m))
		}
	}
	return nil
}

// suppressions leave a member's sentence out of answers while one of needs is served.
func (d *deciding) suppressions(m *index.Member, needs []string) []DocumentNote {
	out := make([]DocumentNote, len(needs))
	for i, key := range needs {
		out[i] = d.note(index.NoteSuppress, m)
		out[i].Needs = key
	}
	return out
}

// note is a note on what a member says.
func (d *deciding) note(kind index.NoteKind, m *index.Member) DocumentNote {
	n := DocumentNote{Document: m.Document, Note: index.Note{Kind: kind, Finding: d.f.ID, Sentence: m.Sentence, Rule: d.f.Rule}}
	if m.Sentence == "" {
		n.Text = m.Hash
	}
	return n
}

// both lets every side stand, each for those whom it is meant for.
func (d *deciding) both(r *Ruling) error {
	scoped := 0
	var notes []DocumentNote
	for n, facets := range r.Facets {
		m, err := d.member(n)
		if err != nil {
			return err
		}
		if err := checkFacets(facets); err != nil {
			return err
		}
		if len(facets) == 0 {
			continue
		}
		scoped++
		if d.data.Decision.Facets == nil {
			d.data.Decision.Facets = make(map[string]map[string][]string)
		}
		for i := range d.f.Members {
			if same := &d.f.Members[i]; same == m || agree(same, m) && r.Facets[i] == nil {
				note := d.note(index.NoteScope, same)
				note.Facets = facets
				notes = append(notes, note)
				d.data.Decision.Facets[same.Document] = facets
			}
		}
	}
	if scoped == 0 && !r.Force {
		return refuse(RefusedScope, "If both are right, for whom is each one? Name a scope such as plan=pro for one side at least; without one both go on being served side by side, which has to be forced.")
	}
	return d.put(notes)
}

func checkFacets(facets map[string][]string) error {
	if len(facets) > maxFacets {
		return refuse(RefusedValue, "A side has at most %d facets in its scope.", maxFacets)
	}
	for name, values := range facets {
		if name == "" || len(name) > maxFacetText || len(values) == 0 || len(values) > maxFacetValues {
			return refuse(RefusedValue, "A scope is a facet with 1 to %d values, such as plan=pro; %.60q is none.", maxFacetValues, name)
		}
		for _, v := range values {
			if v == "" || len(v) > maxFacetText {
				return refuse(RefusedValue, "The values of a scope have 1 to %d characters; one of %.60q has not.", maxFacetText, name)
			}
		}
	}
	return nil
}

// duplicate hides the other pages as they are, as long as the survivor is served.
func (d *deciding) duplicate(n int) error {
	survivor, err := d.member(n)
	if err != nil {
		return err
	}
	if err := d.served(survivor); err != nil {
		return err
	}
	d.data.Decision.Keep = survivor.Document
	var notes []DocumentNote
	hidden := map[string]bool{survivor.Document: true}
	for i := range d.f.Members {
		m := &d.f.Members[i]
		if m.Suppressed = m.Document != survivor.Document; !m.Suppressed || hidden[m.Document] && m.Sentence == "" {
			continue
		}
		hidden[m.Document] = true
		note, err := d.hiding(m)
		if err != nil {
			return err
		}
		note.Needs = survivor.Document
		notes = append(notes, note)
	}
	if len(notes) == 0 {
		return refuse(RefusedMember, "All sides of this doubt are of one page; there is no other page to hide.")
	}
	return d.put(notes)
}

// hiding leaves out the passage of a duplicate that is a passage, and else the page.
func (d *deciding) hiding(m *index.Member) (DocumentNote, error) {
	if d.f.Kind == index.Duplicate && m.Sentence != "" {
		return d.note(index.NoteSuppress, m), nil
	}
	s, err := d.standing(m.Document)
	if err != nil {
		return DocumentNote{}, err
	}
	if m.Sentence == "" && s.text != m.Hash {
		return DocumentNote{}, refuse(RefusedChanged, "The page %q has changed since it was compared. Wait until it is looked at again, then decide.", nameOf(m))
	}
	return DocumentNote{Document: m.Document, Note: index.Note{Kind: index.NoteHide, Finding: d.f.ID, Text: s.text, Rule: d.f.Rule}}, nil
}

// verified confirms the pages until a day.
func (d *deciding) verified(r *Ruling) error {
	if !r.Until.After(d.now) || r.Until.Sub(d.now) > maxConfirm {
		return refuse(RefusedValue, "A page is confirmed until a day to come, within ten years.")
	}
	d.data.Decision.Until = r.Until
	for _, key := range documentsOf(d.f.Members) {
		was := confirmation{Document: key, Is: millis(r.Until)}
		err := d.tx.QueryRowContext(d.ctx, `SELECT confirmed_until, confirmed_by FROM documents WHERE doc = ?`, key).Scan(&was.Was, &was.WasBy)
		if errors.Is(err, sql.ErrNoRows) {
			return refuse(RefusedChanged, "The page is no longer there. Look again, then decide.")
		}
		if err != nil {
			return err
		}
		if err := d.confirm(key, was.Is, r.By); err != nil {
			return err
		}
		d.data.Confirms = append(d.data.Confirms, was)
	}
	return nil
}

func (d *deciding) confirm(key string, until int64, by string) error {
	d.keys = append(d.keys, key)
	_, err := d.tx.ExecContext(d.ctx, `UPDATE documents SET confirmed_until = ?, confirmed_by = ? WHERE doc = ?`, until, by, key)
	return err
}

// documentsOf are the documents of members, each once.
func documentsOf(members []index.Member) []string {
	var out []string
	for i := range members {
		if key := members[i].Document; !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	return out
}

// exclude takes a page out of the base. A group whose other sides still differ stays
// open.
func (d *deciding) exclude(n int) error {
	m, err := d.member(n)
	if err != nil {
		return err
	}
	doc, err := scanDocument(d.tx.QueryRowContext(d.ctx, `SELECT `+documentColumns+fromDocuments+`WHERE d.doc = ?`, m.Document))
	if errors.Is(err, sql.ErrNoRows) || err == nil && !doc.State.Serves() {
		return refuse(RefusedChanged, "The page %q is no longer served; there is nothing to exclude.", nameOf(m))
	}
	if err != nil {
		return err
	}
	needing, err := decideWithin(d.ctx, d.tx, exclusion(doc, d.now), d.now)
	if err != nil {
		return err
	}
	d.announce = true
	d.keys = append(append(d.keys, doc.Key), needing...)
	d.data.Excludes = doc.Key
	if d.f.Kind != index.Stale && d.differsWithout(doc.Key) {
		d.f.State = index.Undecided
	}
	return nil
}

// differsWithout reports whether members of other pages still do not go together.
func (d *deciding) differsWithout(document string) bool {
	for i := range d.pairs {
		if p := &d.pairs[i]; p.A.Document != document && p.B.Document != document {
			return true
		}
	}
	return false
}

// fix notes that the source is to be mended, and by when.
func (d *deciding) fix(r *Ruling) error {
	if !r.Due.IsZero() && !r.Due.After(d.now) {
		return refuse(RefusedValue, "The day by which the source is mended has to be one to come.")
	}
	if !r.Due.IsZero() {
		d.f.Due = r.Due
	}
	return nil
}

// snooze leaves the finding in peace until a day.
func (d *deciding) snooze(r *Ruling) error {
	if !r.Until.After(d.now) || r.Until.Sub(d.now) > maxSnooze {
		return refuse(RefusedValue, "A doubt can be put off until a day to come, within a year; what is no doubt is dismissed.")
	}
	d.f.Until, d.data.Decision.Until = r.Until, r.Until
	return nil
}

// dismiss returns what the dismissal is kept on, for the scopes that name pages.
func (d *deciding) dismiss(r *Ruling) (index.Hash, error) {
	pages := documentsOf(d.f.Members)
	if len(pages) == 0 {
		return index.Hash{}, refuse(RefusedMember, "This doubt names no page.")
	}
	switch r.Scope {
	case "", ScopeContent:
		return index.Hash{}, nil
	case ScopePages:
		d.data.Decision.Scope = ScopePages
		if len(pages) != 2 {
			return index.Hash{}, refuse(RefusedValue, "A dismissal for a pair of pages needs two pages; this doubt has %d. Dismiss it for its sentences, or this rule on one page.", len(pages))
		}
		return PagesKey(pages[0], pages[1]), nil
	case ScopePageRule:
		d.data.Decision.Scope = ScopePageRule
		page := pages[0]
		if r.Member >= 0 || len(pages) > 1 {
			m, err := d.member(r.Member)
			if err != nil {
				return index.Hash{}, err
			}
			page = m.Document
		}
		d.data.Decision.Keep = page
		return PageRuleKey(page, d.f.Rule), nil
	}
	return index.Hash{}, refuse(RefusedValue, "%.60q is not what a doubt can be dismissed for: write %s, %s or %s.", r.Scope, ScopeContent, ScopePages, ScopePageRule)
}

// sentenceOf tells a decision in a line of history.
func sentenceOf(f *index.Finding, r *Ruling) string {
	said := ""
	side := func() string {
		return fmt.Sprintf("%s (%s)", MemberName(f.Members, r.Member), nameOf(&f.Members[r.Member]))
	}
	switch r.Verdict {
	case index.KeepOne, index.SameTwice, index.ExcludedPage:
		said = side()
	case index.Verified, index.Snooze:
		said = r.Until.UTC().Format(time.DateOnly)
	case index.FixRequested:
		if !r.Due.IsZero() {
			said = r.Due.UTC().Format(time.DateOnly)
		}
	case index.NoDoubt:
		said = r.Scope
	}
	if r.Comment != "" && said != "" {
		said += ": "
	}
	return said + r.Comment
}
