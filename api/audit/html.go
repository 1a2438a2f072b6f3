package audit

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"strings"
	"time"
)

//go:embed report.html
var reportPage string

// RenderOptions say how a report is written.
type RenderOptions struct {
	Language string // fr or en
	// BaseURL is where people decide, such as https://freshet.example.org: links lead
	// to /findings/ID below it. Empty: there are none.
	BaseURL string
	// Lines bounds the lists of HTML and Markdown; 0 is 100. CSV has all lines.
	Lines int
}

const defaultLines = 100

// A page is what the template is filled with.
type htmlPage struct {
	*Report
	L *language
	O RenderOptions
}

// HTML writes a report as one file that needs no other: charts are drawn in it,
// nothing is fetched, no script runs.
func HTML(w io.Writer, r *Report, o RenderOptions) error {
	p, err := newPage(r, o)
	if err != nil {
		return err
	}
	t, err := template.New("report").Funcs(p.funcs()).Parse(reportPage)
	if err != nil {
		return fmt.Errorf("read the report's template: %w", err)
	}
	if err := t.Execute(w, p); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

func newPage(r *Report, o RenderOptions) (*htmlPage, error) {
	l, err := newLanguage(o.Language, r.Zone)
	if err != nil {
		return nil, err
	}
	if o.Lines <= 0 {
		o.Lines = defaultLines
	}
	return &htmlPage{Report: r.shortened(o.Lines), L: l, O: o}, nil
}

// shortened is the report with lists of at most so many lines.
func (r *Report) shortened(lines int) *Report {
	out := *r
	out.cut(lines)
	return &out
}

// A pageOn and a lineOn are a page and a line with the report that they stand in, for
// the parts of the template.
type (
	pageOn struct {
		P    *htmlPage
		Page Page
	}
	lineOn struct {
		P    *htmlPage
		Line Line
	}
)

// On gives a part of the template a page, or what points to one.
func (p *htmlPage) On(page any) pageOn {
	switch g := page.(type) {
	case Page:
		return pageOn{p, g}
	case *Page:
		return pageOn{p, *g}
	}
	return pageOn{P: p}
}

// With gives a part of the template a line.
func (p *htmlPage) With(l Line) lineOn { return lineOn{p, l} }

// Within is the share of pages that were reviewed in time, empty without any.
func (p *htmlPage) Within() string {
	if share, ok := p.Summary.Share(); ok {
		return p.L.percent(share)
	}
	return ""
}

// Median is how long findings were open, empty when none was closed.
func (p *htmlPage) Median() string {
	if p.Summary.MedianDays == nil {
		return ""
	}
	return p.L.decimal(*p.Summary.MedianDays)
}

// MedianWord is what the median counts.
func (p *htmlPage) MedianWord() string {
	if d := *p.Summary.MedianDays; d == 1 || d < 2 && p.L.name == "fr" {
		return p.L.say("k_median_1")
	}
	return p.L.say("k_median")
}

// PossibleWords tell of the findings that are not shown.
func (p *htmlPage) PossibleWords() string {
	return p.L.some(p.Summary.Possible, "possible_1", "possible_n")
}

// MutedWords tell of a rule that is silent.
func (p *htmlPage) MutedWords(m Muted) string {
	rule, kind, _ := strings.Cut(m.Rule, ":")
	name := p.L.known("rule_"+rule, rule)
	if kind != "" {
		name += " (" + p.L.known("type_"+kind, kind) + ")"
	}
	return p.L.say("muted_line", name, m.Sources[0], m.Sources[1], p.L.some(m.Right, "right_1", "right_n"), p.L.number(m.Wrong))
}

func (p *htmlPage) funcs() template.FuncMap {
	return template.FuncMap{
		"say": p.L.say, "known": p.L.known, "some": p.L.some, "number": p.L.number, "percent": p.L.percent, "date": p.L.date, "lastDay": p.L.lastDay,
		"month": p.L.month, "text": p.L.text, "texts": p.L.texts, "decimal": p.L.decimal,
		"safe": safeURL, "domID": domID, "cut": cutExcerpt, "level": level,
	}
}

// safeURL is an address that a reader may be led to, else empty.
func safeURL(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == '\u007f' }) {
		return ""
	}
	return address
}

// level names a severity.
func level(severity float64) string {
	switch {
	case severity >= 0.66:
		return "high"
	case severity >= 0.33:
		return "medium"
	}
	return "low"
}

// domID makes an anchor of any text.
func domID(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, text)
}

// An excerpt in three parts: before the value, the value, behind it.
type excerptParts struct{ Before, Value, After string }

func cutExcerpt(p Page) excerptParts {
	if p.Start < 0 || p.End > len(p.Excerpt) || p.Start >= p.End {
		return excerptParts{Before: p.Excerpt}
	}
	return excerptParts{p.Excerpt[:p.Start], p.Excerpt[p.Start:p.End], p.Excerpt[p.End:]}
}

// TitleOf is what a line is about, in words.
func (p *htmlPage) TitleOf(l Line) string {
	if t := p.L.text(l.Title); t != "" {
		return t
	}
	if len(l.Values) > 1 {
		said := make([]string, len(l.Values))
		for i, v := range l.Values {
			said[i] = p.L.quote(v.Text)
		}
		return p.L.known("kind_"+l.Kind, l.Kind) + p.L.say("colon") + strings.Join(said, " / ")
	}
	if len(l.Pages) > 0 {
		return p.PageTitle(l.Pages[0])
	}
	return p.L.known("kind_"+l.Kind, l.Kind)
}

// PageTitle is a page's title, or what else tells it apart.
func (p *htmlPage) PageTitle(g Page) string {
	for _, t := range []string{g.Title, g.URL, g.ID} {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return p.L.say("untitled")
}

// Meta are the small facts below a line's title.
func (p *htmlPage) Meta(l Line) []string {
	var out []string
	add := func(key string, with ...any) { out = append(out, p.L.say(key, with...)) }
	if l.Uses > 0 {
		add("used", p.L.some(l.Uses, "answer", "answers"))
	}
	switch {
	case l.Kind == "overdue":
		add("review_was_due", p.L.date(l.Due))
		if !l.Since.IsZero() {
			add("modified", p.L.date(l.Since))
		}
	case !l.Since.IsZero():
		add("since", p.L.date(l.Since))
	}
	if l.Kind != "overdue" && !l.Due.IsZero() {
		add("due_on", p.L.date(l.Due))
	}
	if len(l.Owners) > 0 && p.Owner == "" {
		key := "owner"
		if len(l.Owners) > 1 {
			key = "owners"
		}
		out = append(out, p.L.say(key)+p.L.say("colon")+strings.Join(l.Owners, ", "))
	}
	return out
}

// Do says in words what an action does.
func (p *htmlPage) Do(l Line, a Action) string {
	name, side, _ := strings.Cut(a.Name, "_")
	switch name {
	case "keep":
		return p.L.say("a_keep", p.side(l, side))
	case "merge":
		return p.L.say("a_merge", p.side(l, side))
	}
	return p.L.known("a_"+name, a.Name)
}

// side names a side by its value, or a page by its title.
func (p *htmlPage) side(l Line, name string) string {
	for _, v := range l.Values {
		if v.Side == name && v.Text != "" {
			return p.L.quote(v.Text)
		}
	}
	for _, g := range l.Pages {
		if g.Letter == name {
			return p.L.quote(p.PageTitle(g))
		}
	}
	return strings.ToUpper(name)
}

// Suggestion is which side is likely right, or which page should stay, and why.
func (p *htmlPage) Suggestion(l Line) string {
	because := p.L.text(l.Because)
	if because == "" {
		return ""
	}
	out := p.L.say("suggestion") + p.L.say("colon")
	if l.Suggested >= 0 && l.Suggested < len(l.Pages) {
		g := l.Pages[l.Suggested]
		what := g.Value
		if what == "" {
			what = p.PageTitle(g)
		}
		out += p.L.quote(what) + " – "
	}
	return out + because
}

// Link is where somebody decides about a finding, or empty.
func (p *htmlPage) Link(finding string) string {
	base := safeURL(p.O.BaseURL)
	if base == "" || finding == "" {
		return ""
	}
	return strings.TrimRight(base, "/") + "/findings/" + url.PathEscape(finding)
}

// Change is how the open findings changed since the month began.
func (p *htmlPage) Change() string {
	s := &p.Summary
	switch {
	case s.First:
		return p.L.say("k_first")
	case s.Open == s.Before:
		return p.L.say("k_change_none")
	}
	return p.L.say("k_change", p.L.signed(s.Open-s.Before))
}

// CameAndWent tells what was opened and closed in the month.
func (p *htmlPage) CameAndWent() string {
	s := &p.Summary
	out := p.L.some(s.Opened, "opened_1", "opened_n") + ", " + p.L.some(s.Closed, "closed_1", "closed_n")
	if s.Snoozed > 0 {
		out += ", " + p.L.say("k_snoozed", p.L.number(s.Snoozed))
	}
	return out
}

// HowAsked tells how often a question had no answer, or no sure one.
func (p *htmlPage) HowAsked(q Question) string {
	var out []string
	if q.None > 0 {
		out = append(out, p.L.number(q.None)+" "+p.L.say("none_of"))
	}
	if q.Uncertain > 0 {
		out = append(out, p.L.some(q.Uncertain, "unsure_1", "unsure_n"))
	}
	return strings.Join(out, ", ")
}

// Anchor is where a line is told in full, empty for lines that are only there.
func (p *htmlPage) Anchor(l Line) string {
	if l.Finding == "" {
		return ""
	}
	return "finding-" + domID(l.Finding)
}

// Waits reports whether anything is to be done.
func (p *htmlPage) Waits() bool {
	r := p.Report
	return r.Conflicts.Total+r.Expired.Total+r.Overdue.Total+r.Gone.Total+r.Duplicates.Total+r.NoOwner.Total+r.Unanswered.Total > 0
}

// Detector names a rule.
func (p *htmlPage) Detector(kind, rule, kindOfValue string) string {
	out := p.L.known("rule_"+rule, rule)
	if kindOfValue != "" {
		out += " (" + p.L.known("type_"+kindOfValue, kindOfValue) + ")"
	}
	return p.L.known("kind_"+kind, kind) + p.L.say("colon") + out
}

// Judged is a share of right findings with what it is made of.
func (p *htmlPage) Judged(j Judged) string {
	if share, ok := j.Share(); ok {
		return p.L.percent(share)
	}
	return "–"
}

// Code says why a link is dead.
func (p *htmlPage) Code(l Link) string {
	if l.Status == 0 {
		return p.L.say("no_answer")
	}
	return p.L.say("code", fmt.Sprint(l.Status))
}

// A reportSection is one that lists lines.
type reportSection struct {
	Name string
	Section
}

// LineSections are the sections that list lines, in the order in which they are shown.
func (p *htmlPage) LineSections() []reportSection {
	out := []reportSection{{Conflicts, p.Conflicts}, {Expired, p.Expired}, {Overdue, p.Overdue}, {Gone, p.Gone}, {Duplicates, p.Duplicates}}
	if p.Owner == "" {
		out = append(out, reportSection{NoOwner, p.NoOwner})
	}
	return out
}

// Left is how many lines of a list are not shown.
func (p *htmlPage) Left(total, shown int) int { return max(0, total-shown) }

// Day is the last day that counts.
func (p *htmlPage) Day() string { return p.L.lastDay(p.AsOf) }

// Machine writes a time for programs.
func (p *htmlPage) Machine(t time.Time) string { return t.In(p.L.zone).Format(time.DateOnly) }

// Wrong are the sources that somebody should look at.
func (p *htmlPage) Wrong() []Source { return only(p.Sources.List, (*Source).Wrong) }

// SourceState is what is the matter with a source, in words.
func (p *htmlPage) SourceState(s Source) string {
	if s.NotSynced && s.State == "published" {
		return p.L.say("not_synced")
	}
	return p.L.known("st_"+s.State, s.State)
}

// A count is a number with a name.
type count struct {
	Name  string
	Count int
}

// VerdictCounts are the decisions by what was decided, in a fixed order.
func (p *htmlPage) VerdictCounts() []count {
	var out []count
	for _, v := range []string{"keep", "both", "duplicate", "verified", "fix_requested", "edited", "excluded", "settled", "snoozed", "dismissed", "vanished"} {
		if n := p.Settled.Verdicts[v]; n > 0 {
			out = append(out, count{p.L.say("v_" + v), n})
		}
	}
	return out
}

// By is who decided.
func (p *htmlPage) By(name string) string {
	if name == "" {
		return p.L.say("freshet")
	}
	return name
}
