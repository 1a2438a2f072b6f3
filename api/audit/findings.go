package audit

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"freshet/index"
	"freshet/index/catalog"
)

func (g *gathering) readFindings() error {
	for f, err := range g.v.Findings(g.ctx, g.base, g.p.from, g.p.asOf) {
		if err != nil {
			return err
		}
		g.finding(&f)
	}
	return nil
}

// asOf is how a finding stood at the moment up to which anything counts: what closed
// it later is not known there.
func (g *gathering) asOf(f *index.Finding) {
	if !f.Closed.IsZero() && !f.Closed.Before(g.p.asOf) {
		f.State, f.Outcome, f.Closed = index.Undecided, "", time.Time{}
	}
	if f.State == index.Snoozed && !f.Until.After(g.p.asOf) {
		f.State = index.Undecided
	}
}

func (g *gathering) finding(f *index.Finding) {
	g.asOf(f)
	if f.Tier == index.Possible {
		if f.State.Live() {
			g.each(f.Owners, func(s *figures) { s.Possible++ })
		}
		return
	}
	g.count(f)
	if !f.State.Live() || f.State == index.Snoozed {
		return
	}
	l := g.line(f)
	g.add(top, l)
	if section := sectionOf(f); section != "" {
		g.add(section, l)
	}
}

func (g *gathering) count(f *index.Finding) {
	g.each(f.Owners, func(s *figures) {
		if f.Found.Before(g.p.from) {
			s.Before++
		} else {
			s.Opened++
		}
		switch {
		case f.State == index.Snoozed:
			s.Snoozed++
		case f.State.Live():
			s.Open++
			s.ByKind[string(f.Kind)]++
		case !f.Closed.IsZero():
			s.Closed++
			if f.Outcome != index.Vanished {
				s.days = append(s.days, f.Closed.Sub(f.Found).Hours()/24)
			}
		}
	})
}

// has reports whether a finding has a code, with or without details.
func has(f *index.Finding, codes ...string) bool {
	return slices.ContainsFunc(f.Codes, func(c string) bool {
		name, _, _ := strings.Cut(c, ":")
		return slices.Contains(codes, name)
	})
}

// sectionOf is where a finding is listed. Pages that are only overdue are listed from
// the documents themselves.
func sectionOf(f *index.Finding) string {
	switch {
	case f.Kind == index.Conflicting:
		return Conflicts
	case f.Kind == index.Duplicate || f.Kind == index.Overlap:
		return Duplicates
	case has(f, "expired_text", "contradicted_by_newer", "dated_title", "old_asof", "retired_term", "negative_use", "relative_words"):
		return Expired
	case has(f, "source_gone", "broken_links"):
		return Gone
	case has(f, "overdue_review", "no_owner", "unused"):
		return ""
	}
	return Expired
}

// line makes the line of a finding.
func (g *gathering) line(f *index.Finding) *Line {
	l := &Line{
		Kind: string(f.Kind), Finding: f.ID, Rule: f.Rule, Type: f.Type, Severity: f.Severity, Owners: g.known(f.Owners), Since: f.Found, Due: f.Due, State: string(f.State),
		Title: f.Title, Reasons: f.Reasons, Codes: f.Codes, Suggested: -1, Because: f.Because, Pages: []Page{},
	}
	seen := map[string]bool{}
	for i := range f.Members {
		m := &f.Members[i]
		if !seen[m.Document] {
			seen[m.Document] = true
			l.Uses += g.uses[m.Document]
		}
		if f.Kind == index.Stale {
			g.judging[m.Document] = f.ID
		}
	}
	l.Priority = priority(l.Severity, l.Uses)
	sides := catalog.Sides(f.Members)
	names := namesOf(f, sides)
	for _, i := range g.shown(f) {
		if i == f.Suggested {
			l.Suggested = len(l.Pages)
		}
		l.Pages = append(l.Pages, pageOf(&f.Members[i], names[i]))
	}
	l.More = len(f.Members) - len(l.Pages)
	if f.Kind == index.Conflicting {
		l.Values = valuesOf(f, sides)
	}
	l.Actions = actionsOf(f, sides, names)
	return l
}

// shown are the numbers of the members that a line lists: the suggested one and one of
// each value first, so that a long list hides none of them.
func (g *gathering) shown(f *index.Finding) []int {
	most := g.o.Limits.Pages
	if len(f.Members) <= most {
		out := make([]int, len(f.Members))
		for i := range out {
			out[i] = i
		}
		return out
	}
	var out []int
	seen := map[string]bool{}
	pick := func(i int) {
		if len(out) < most && !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	if f.Suggested >= 0 && f.Suggested < len(f.Members) {
		pick(f.Suggested)
		seen[f.Members[f.Suggested].Normal] = true
	}
	for i := range f.Members {
		if !seen[f.Members[i].Normal] {
			seen[f.Members[i].Normal] = true
			pick(i)
		}
	}
	for i := range f.Members {
		pick(i)
	}
	slices.Sort(out)
	return out
}

// namesOf are what commands call the members: by the letter of their side, with a
// number where several say the same, as catalog.MemberName does.
func namesOf(f *index.Finding, sides [][]int) []string {
	out := make([]string, len(f.Members))
	for side, list := range sides {
		for i, at := range list {
			out[at] = catalog.Letter(side)
			if len(list) > 1 {
				out[at] += strconv.Itoa(i + 1)
			}
		}
	}
	return out
}

// valuesOf are the sides of a conflict with what they say, those with most pages first.
func valuesOf(f *index.Finding, sides [][]int) []Value {
	out := make([]Value, len(sides))
	for n, list := range sides {
		m := &f.Members[list[0]]
		v := Value{Side: catalog.Letter(n), Text: cmp.Or(m.Value, m.Normal), Normal: m.Normal}
		pages := map[string]bool{}
		for _, i := range list {
			pages[f.Members[i].Document] = true
			if at := f.Members[i].Modified; at.After(v.Newest) {
				v.Newest = at
			}
			v.Suggested = v.Suggested || i == f.Suggested
		}
		v.Pages = len(pages)
		out[n] = v
	}
	slices.SortStableFunc(out, func(a, b Value) int { return cmp.Compare(b.Pages, a.Pages) })
	return out
}

func pageOf(m *index.Member, name string) Page {
	p := Page{Document: m.Document, Source: m.Source, ID: m.ExternalID, Title: m.Title, URL: m.URL, EditURL: m.EditURI, Owner: m.Owner, Modified: m.Modified,
		Value: m.Value, Letter: name}
	p.Excerpt, p.Start, p.End = excerpt(m.Sentence, m.Start, m.End)
	return p
}

// excerptAround is how many bytes of a sentence stand before and behind its value.
const excerptAround = 160

// excerpt cuts a sentence around its value, between characters.
func excerpt(sentence string, start, end int) (string, int, int) {
	if start < 0 || end > len(sentence) || start >= end || !utf8.ValidString(sentence) || !boundary(sentence, start) || !boundary(sentence, end) {
		start, end = 0, 0
		sentence = strings.ToValidUTF8(sentence, "�")
	}
	from, to := max(0, start-excerptAround), min(len(sentence), end+excerptAround)
	for from > 0 && !boundary(sentence, from) {
		from--
	}
	for to < len(sentence) && !boundary(sentence, to) {
		to++
	}
	before, after := "", ""
	if from > 0 {
		before = "…"
	}
	if to < len(sentence) {
		after = "…"
	}
	out := before + sentence[from:to] + after
	if end == 0 {
		return out, 0, 0
	}
	shift := len(before) - from
	return out, start + shift, end + shift
}

func boundary(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }
