package audit

import "slices"

// For is the report of one owner out of the one for everybody, or, of "", r itself, with
// lists of at most so many lines; 0 is all. An owner whom the report does not know has one in which nothing waits. What
// it returns shares its lines with r.
func (r *Report) For(owner string, lines int) *Report {
	out := *r
	out.Owner = owner
	if owner == everybody || owner == r.Owner {
		out.Owner = r.Owner
		out.cut(lines)
		return &out
	}
	out.Owners = nil
	p := Person{Summary: Summary{ByKind: map[string]int{}, First: r.Summary.First}}
	p.Trend = []Point{p.Summary.point(r.Month)}
	if i := slices.IndexFunc(r.Owners, func(p Person) bool { return p.Owner == owner }); i >= 0 {
		p = r.Owners[i]
	}
	out.Summary, out.Trend = p.Summary, p.Trend
	mine := func(owners []string) bool { return slices.Contains(owners, owner) }
	for name, s := range out.sections() {
		s.Total, s.Lines = p.Totals[name], only(s.Lines, func(l *Line) bool { return mine(l.Owners) })
	}
	out.Top = out.mostImportant()
	out.Sources = Sources{List: only(r.Sources.List, func(s *Source) bool { return s.Owner == owner })}
	out.Unanswered = Questions{Groups: only(r.Unanswered.Groups, func(q *Question) bool { return mine(q.Owners) })}
	for _, q := range out.Unanswered.Groups {
		out.Unanswered.Total += q.Count
	}
	out.Settled = Settled{Total: p.Totals[Resolved], Verdicts: p.Verdicts, Lines: only(r.Settled.Lines, func(d *Decided) bool { return mine(d.Owners) })}
	out.Changes = Changes{Total: p.Totals[Changed], Lines: only(r.Changes.Lines, func(c *Change) bool { return mine(c.Owners) })}
	out.cut(lines)
	return &out
}

// sections are the lists of lines, by name.
func (r *Report) sections() map[string]*Section {
	return map[string]*Section{Conflicts: &r.Conflicts, Expired: &r.Expired, Overdue: &r.Overdue, Gone: &r.Gone, Duplicates: &r.Duplicates, NoOwner: &r.NoOwner}
}

func only[T any](list []T, f func(*T) bool) []T {
	out := []T{}
	for i := range list {
		if f(&list[i]) {
			out = append(out, list[i])
		}
	}
	return out
}

// mostImportant are the first findings of the sections.
func (r *Report) mostImportant() []Line {
	var out []Line
	for _, s := range []Section{r.Conflicts, r.Expired, r.Gone, r.Duplicates} {
		for _, l := range s.Lines {
			if l.Finding != "" {
				out = append(out, l)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Line) int {
		switch {
		case a.Priority > b.Priority:
			return -1
		case a.Priority < b.Priority:
			return 1
		}
		return 0
	})
	return out[:min(len(out), topLines)]
}

// cut leaves the first lines of every list; 0 leaves all.
func (r *Report) cut(lines int) {
	if lines <= 0 {
		return
	}
	for _, s := range r.sections() {
		s.Lines = first(s.Lines, lines)
	}
	r.Top = first(r.Top, topLines)
	r.Unanswered.Groups = first(r.Unanswered.Groups, lines)
	r.Settled.Lines = first(r.Settled.Lines, lines)
	r.Changes.Lines = first(r.Changes.Lines, lines)
}

func first[T any](list []T, n int) []T { return list[:min(n, len(list))] }
