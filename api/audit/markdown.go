package audit

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Markdown writes a report as CommonMark with tables.
func Markdown(w io.Writer, r *Report, o RenderOptions) error {
	p, err := newPage(r, o)
	if err != nil {
		return err
	}
	b := bufio.NewWriter(w) // whose first error is that of Flush
	m := &markdown{htmlPage: p, w: b}
	m.all()
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

type markdown struct {
	*htmlPage
	w *bufio.Writer
}

func (m *markdown) line(format string, args ...any) { _, _ = fmt.Fprintf(m.w, format+"\n", args...) }

func (m *markdown) heading(key string, total int) {
	if total >= 0 {
		m.line("\n## %s (%s)\n", m.L.say(key), m.L.number(total))
		return
	}
	m.line("\n## %s\n", m.L.say(key))
}

func (m *markdown) all() {
	m.line("# %s%s%s\n", m.L.say("title"), m.L.say("colon"), m.L.month(m.Month))
	who := m.L.say("for_all")
	if m.Owner != "" {
		who = m.L.say("for_owner") + " **" + plain(m.Owner) + "**"
	}
	m.line("%s **%s** · %s  \n%s %s", m.L.say("of_base"), plain(m.Base), who, m.L.say("as_of"), m.Day())
	if m.SoFar {
		m.line("\n> %s", m.L.say("so_far"))
	}
	if m.Late {
		m.line("\n> %s", m.L.say("late", m.L.date(m.Made)))
	}
	m.summary()
	m.top()
	for _, s := range m.LineSections() {
		m.heading("s_"+s.Name, s.Total)
		m.lines(s.Lines, s.Total-len(s.Lines))
	}
	m.owners()
	m.sources()
	m.questions()
	m.changes()
	m.settled()
	m.precision()
	m.line("\n---\n\n%s", m.L.say("made_by"))
}

func (m *markdown) summary() {
	s := &m.Summary
	m.heading("s_summary", -1)
	if !m.Waits() {
		m.line("%s\n", m.L.say("all_clear"))
	}
	noun := func(n int, key string) string {
		if m.L.One(n) {
			key += "_1"
		}
		return "**" + m.L.number(n) + "** " + m.L.say(key)
	}
	m.line("- %s (%s, %s)", noun(s.Open, "k_open"), m.Change(), m.CameAndWent())
	m.line("- **%s** %s", m.L.number(s.Pages), map[bool]string{true: m.L.say("k_page"), false: m.L.say("k_pages")}[m.L.One(s.Pages)])
	if share := m.Within(); share != "" {
		m.line("- **%s** %s", share, m.L.say("k_within"))
	}
	if days := m.Median(); days != "" {
		m.line("- **%s** %s", days, m.MedianWord())
	}
	if s.Asked > 0 {
		m.line("- %s (%s)", noun(s.Declined, "k_declined"), m.L.say("k_of_asked", m.L.number(s.Asked)))
	}
	if s.Possible > 0 {
		m.line("- %s", m.PossibleWords())
	}
	m.line("\n### %s\n", m.L.say("s_trend"))
	if len(m.Trend) < 2 {
		m.line("%s", m.L.say("trend_none"))
		return
	}
	m.table([]string{"t_month", "t_open", "t_opened", "t_closed", "t_within", "t_pages"}, func(row func(...string)) {
		for _, t := range m.Trend {
			within := "–"
			if t.Within != nil {
				within = m.L.percent(*t.Within)
			}
			row(m.L.month(t.Month), m.L.number(t.Open), m.L.number(t.Opened), m.L.number(t.Closed), within, m.L.number(t.Pages))
		}
	})
}

// table writes a table; cells are Markdown already.
func (m *markdown) table(head []string, rows func(row func(...string))) {
	row := func(cells ...string) { m.line("| %s |", strings.Join(cells, " | ")) }
	names := make([]string, len(head))
	rule := make([]string, len(head))
	for i, key := range head {
		names[i], rule[i] = m.L.say(key), "---"
	}
	row(names...)
	row(rule...)
	rows(row)
}

func (m *markdown) lines(list []Line, left int) {
	if len(list) == 0 {
		m.line("%s", m.L.say("nothing"))
	}
	for _, l := range list {
		m.one(l)
	}
	if left > 0 {
		m.line("\n%s", m.L.say("more", m.L.number(left)))
	}
}

// top lists what its own section tells in full.
func (m *markdown) top() {
	m.heading("s_top", -1)
	if len(m.Top) == 0 {
		m.line("%s", m.L.say("nothing"))
	}
	for i, l := range m.Top {
		where := ""
		if len(l.Pages) > 0 {
			where = " – " + m.page(l.Pages[0])
		}
		m.line("%d. **%s** – %s%s", i+1, plain(m.TitleOf(l)), plain(m.L.known("kind_"+l.Kind, l.Kind)), where)
	}
}

func (m *markdown) one(l Line) {
	m.line("\n### %s\n", plain(m.TitleOf(l)))
	meta := append([]string{m.L.known("kind_"+l.Kind, l.Kind), m.L.say("severity") + m.L.say("colon") + m.L.say(level(l.Severity))}, m.Meta(l)...)
	for i := range meta {
		meta[i] = plain(meta[i])
	}
	m.line("%s\n", strings.Join(meta, " · "))
	for _, v := range l.Values {
		text := "- **" + plain(v.Text) + "**" + m.L.say("colon") + m.L.some(v.Pages, "pages", "pages_n")
		if !v.Newest.IsZero() {
			text += ", " + m.L.say("newest", m.L.date(v.Newest))
		}
		if v.Suggested {
			text += " ✓ " + m.L.say("suggested")
		}
		m.line("%s", text)
	}
	for _, r := range m.L.texts(l.Reasons) {
		m.line("- %s", plain(r))
	}
	if b := m.Suggestion(l); b != "" {
		m.line("\n%s\n", plain(b))
	}
	for i, g := range l.Pages {
		text := "- " + m.page(g)
		if i == l.Suggested && l.Kind != string("conflict") {
			text += " ✓ " + m.L.say("survivor")
		}
		if u := safeURL(g.EditURL); u != "" {
			text += " · " + link(m.L.say("edit_page"), u)
		}
		m.line("%s", text)
		if g.Excerpt != "" {
			m.line("  > %s", markedPlain(cutExcerpt(g)))
		}
	}
	if l.More > 0 {
		m.line("- %s", m.L.say("more_pages", m.L.some(l.More, "pages", "pages_n")))
	}
	for _, k := range l.Links {
		m.line("- %s (%s)", code(k.URL), m.Code(k))
	}
	m.actions(l)
}

func (m *markdown) actions(l Line) {
	if len(l.Actions) == 0 {
		return
	}
	m.line("\n%s%s\n", m.L.say("how"), strings.TrimRight(m.L.say("colon"), " "))
	if u := m.Link(l.Finding); u != "" {
		m.line("- %s", link(m.L.say("decide"), u))
	}
	for _, a := range l.Actions {
		m.line("- %s%s%s", plain(m.Do(l, a)), m.L.say("colon"), code(a.Command))
	}
}

func (m *markdown) page(g Page) string {
	title := m.PageTitle(g)
	if u := safeURL(g.URL); u != "" {
		return link(title, u)
	}
	return plain(title)
}

func (m *markdown) owners() {
	if m.Owner != "" || len(m.Owners) == 0 {
		return
	}
	m.heading("s_owners", -1)
	m.table([]string{"t_owner", "t_pages", "t_open", "t_overdue", "t_closed"}, func(row func(...string)) {
		for _, o := range m.Owners {
			row(plain(o.Owner), m.L.number(o.Summary.Pages), m.L.number(o.Summary.Open), m.L.number(o.Totals[Overdue]), m.L.number(o.Summary.Closed))
		}
	})
}

func (m *markdown) sources() {
	m.heading("s_sources", -1)
	wrong := m.Wrong()
	if len(wrong) == 0 {
		m.line("%s", m.L.say("all_synced"))
	} else {
		m.table([]string{"t_source", "t_state", "t_last", "t_runs", "t_failed"}, func(row func(...string)) {
			for _, s := range wrong {
				state, last := plain(m.SourceState(s)), m.L.date(s.LastDone)
				if s.Error != "" {
					state += "; " + plain(m.L.say("last_error")+m.L.say("colon")+s.Error)
				}
				if last == "" {
					last = m.L.say("never")
				}
				row(plain(s.ID), state, last, m.L.number(s.Runs), m.L.number(s.Failed))
			}
		})
	}
	if n := m.Sources.OtherModel; n > 0 {
		m.line("\n%s", plain(m.L.say("other_model", m.L.some(n, "passage", "passages"), m.Sources.Model)))
	}
}

func (m *markdown) questions() {
	m.heading("s_unanswered", m.Unanswered.Total)
	if len(m.Unanswered.Groups) == 0 {
		m.line("%s", m.L.say("nothing"))
		return
	}
	m.table([]string{"t_question", "t_count", "t_last_asked", "t_nearest"}, func(row func(...string)) {
		for _, q := range m.Unanswered.Groups {
			nearest := ""
			if q.Nearest != nil {
				nearest = m.page(*q.Nearest)
			}
			row(plain(q.Text), m.L.number(q.Count)+" ("+m.HowAsked(q)+")", m.L.date(q.Last), nearest)
		}
	})
}

func (m *markdown) changes() {
	m.heading("s_changes", m.Changes.Total)
	if len(m.Changes.Lines) == 0 {
		m.line("%s", m.L.say("nothing"))
		return
	}
	m.table([]string{"t_on", "t_before", "t_after", "t_where", "t_elsewhere"}, func(row func(...string)) {
		for _, c := range m.Changes.Lines {
			before, after, where := plain(c.Old), plain(c.New), m.page(c.Page)
			if c.Old == "" {
				before = m.L.say("new_value")
			}
			if c.New == "" {
				after = m.L.say("gone_value")
			}
			if c.Label != "" {
				before = plain(c.Label) + m.L.say("colon") + before
			}
			if c.Pages > 1 {
				where += " " + m.L.say("more_pages", m.L.some(c.Pages-1, "pages", "pages_n"))
			}
			var still []string
			for _, g := range c.Elsewhere {
				still = append(still, m.page(g))
			}
			row(m.L.date(c.At), before, after, where, strings.Join(still, ", "))
		}
	})
}

func (m *markdown) settled() {
	m.heading("s_settled", m.Settled.Total)
	for _, c := range m.VerdictCounts() {
		m.line("- %s%s**%s**", c.Name, m.L.say("colon"), m.L.number(c.Count))
	}
	if len(m.Settled.Lines) == 0 {
		m.line("%s", m.L.say("nothing"))
		return
	}
	m.line("")
	m.table([]string{"t_what", "t_decision", "t_by", "t_on"}, func(row func(...string)) {
		for _, d := range m.Settled.Lines {
			what := m.page(d.Page)
			if t := m.L.text(d.Title); t != "" {
				what = plain(t) + " – " + what
			}
			said := m.L.known("v_"+d.Verdict, plain(d.Verdict))
			if d.Comment != "" {
				said += m.L.say("colon") + plain(d.Comment)
			}
			row(what, said, plain(m.By(d.By)), m.L.date(d.At))
		}
	})
}

func (m *markdown) precision() {
	m.heading("s_precision", -1)
	if len(m.Precision.Detectors) == 0 {
		m.line("%s", m.L.say("nothing"))
	} else {
		m.table([]string{"t_detector", "t_this_month", "t_right", "t_both", "t_wrong", "t_ever"}, func(row func(...string)) {
			for _, d := range m.Precision.Detectors {
				row(plain(m.Detector(d.Kind, d.Rule, d.Type)), m.Judged(d.Month), m.L.number(d.Ever.Right), m.L.number(d.Ever.Scoped), m.L.number(d.Ever.Wrong), m.Judged(d.Ever))
			}
		})
	}
	if len(m.Precision.Muted) > 0 {
		m.line("\n%s\n", m.L.say("muted"))
		for _, x := range m.Precision.Muted {
			m.line("- %s", plain(m.MutedWords(x)))
		}
	}
}

// plain writes words of others so that Markdown shows them as they are, on one line.
func plain(text string) string { return noAutolink.Replace(escaped(text)) }

// escaped is plain for the words of a link, in which there are no others.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(strings.ToValidUTF8(text, "�")), " ") {
		switch {
		case r == '<':
			b.WriteString("&lt;")
			continue
		case r == '>':
			b.WriteString("&gt;")
			continue
		case r == '&':
			b.WriteString("&amp;")
			continue
		case strings.ContainsRune("\\`*_[]|~", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	out := b.String()
	if out != "" && strings.ContainsRune("-+#=:", rune(out[0])) {
		out = "\\" + out
	}
	return out
}

// noAutolink keeps addresses in words of others from becoming links, where renderers
// look for them.
var noAutolink = strings.NewReplacer("://", ":&#47;&#47;", "www.", "www&#46;")

func markedPlain(e excerptParts) string {
	before, value, after := plain(e.Before), plain(e.Value), plain(e.After)
	if value == "" {
		return before
	}
	if strings.HasSuffix(e.Before, " ") {
		before += " "
	}
	if strings.HasPrefix(e.After, " ") {
		after = " " + after
	}
	return before + "**" + value + "**" + after
}

// link leads to an address that is safe.
func link(text, address string) string {
	return "[" + escaped(text) + "](<" + strings.NewReplacer("<", "%3C", ">", "%3E", "|", "%7C", "\\", "%5C").Replace(address) + ">)"
}

// code shows text as it is typed, whatever backquotes are in it.
func code(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if fence != "`" {
		text = " " + text + " "
	}
	return fence + strings.ReplaceAll(text, "|", "\\|") + fence
}
