package audit

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// CSV writes every line of a report as a row: a line about several pages has one for
// each. It begins with a byte order mark, without which spreadsheets garble accents,
// and no cell is taken for a formula.
func CSV(w io.Writer, r *Report, o RenderOptions) error {
	l, err := newLanguage(o.Language, r.Zone)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	c := &rows{htmlPage: &htmlPage{Report: r, L: l, O: o}, w: csv.NewWriter(w)}
	c.all()
	c.w.Flush()
	if err := c.w.Error(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

type rows struct {
	*htmlPage
	w *csv.Writer
}

// A csvRow is a row; its fields are the columns in their order.
type csvRow struct {
	section, kind, title, severity, uses, owner  string
	page, url, edit, excerpt, value, suggestion  string
	reasons, since, due, count, by, finding, cmd string
}

func (c *rows) head() {
	var cells []string
	for _, key := range []string{"section", "kind", "title", "severity", "uses", "owner", "page", "url", "edit", "excerpt", "value", "suggested", "reasons", "since", "due", "count", "by",
		"finding", "command", "link"} {
		cells = append(cells, c.L.say("c_"+key))
	}
	_ = c.w.Write(cells) // Flush tells
}

func (c *rows) row(r *csvRow, findingID string) {
	cells := []string{r.section, r.kind, r.title, r.severity, r.uses, r.owner, r.page, r.url, r.edit, r.excerpt, r.value, r.suggestion, r.reasons, r.since, r.due, r.count, r.by,
		r.finding, r.cmd, c.Link(findingID)}
	for i := range cells {
		cells[i] = cell(cells[i])
	}
	_ = c.w.Write(cells) // Flush tells
}

// cell is a text that spreadsheets take for nothing but text.
func cell(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
	if trimmed := strings.TrimLeft(text, " \u00a0\ufeff"); trimmed != "" && strings.ContainsRune("=+-@＝＋－＠|%", []rune(trimmed)[0]) {
		return "'" + text
	}
	return text
}

func (c *rows) all() {
	c.head()
	r := c.Report
	for _, s := range []struct {
		name string
		list []Line
	}{{Conflicts, r.Conflicts.Lines}, {Expired, r.Expired.Lines}, {Overdue, r.Overdue.Lines}, {Gone, r.Gone.Lines}, {Duplicates, r.Duplicates.Lines}, {NoOwner, r.NoOwner.Lines}} {
		for i := range s.list {
			c.line(s.name, &s.list[i])
		}
	}
	c.sources()
	c.questions()
	for _, x := range r.Changes.Lines {
		row := c.pageRow(Changed, &x.Page)
		row.kind, row.owner, row.since, row.count = c.L.known("type_"+x.Type, x.Type), strings.Join(x.Owners, ", "), c.day(x.At), strconv.Itoa(x.Pages)
		row.value, row.title = x.Old+" → "+x.New, x.Label
		c.row(row, "")
	}
	for _, d := range r.Settled.Lines {
		row := c.pageRow(Resolved, &d.Page)
		row.kind, row.title, row.owner = c.L.known("v_"+d.Verdict, d.Verdict), c.L.text(d.Title), strings.Join(d.Owners, ", ")
		row.since, row.by, row.reasons, row.finding = c.day(d.At), c.By(d.By), d.Comment, d.Finding
		c.row(row, d.Finding)
	}
	for _, d := range r.Precision.Detectors {
		c.row(&csvRow{section: c.L.say("s_precision"), kind: c.Detector(d.Kind, d.Rule, d.Type), value: c.Judged(d.Ever), count: strconv.Itoa(d.Ever.Right + d.Ever.Wrong)}, "")
	}
}

func (c *rows) pageRow(section string, g *Page) *csvRow {
	return &csvRow{section: c.L.say("s_" + section), page: c.PageTitle(*g), url: safeURL(g.URL), edit: safeURL(g.EditURL), excerpt: g.Excerpt, value: g.Value}
}

func (c *rows) line(section string, l *Line) {
	for i := range l.Pages {
		row := c.pageRow(section, &l.Pages[i])
		row.kind, row.title = c.L.known("kind_"+l.Kind, l.Kind), c.TitleOf(*l)
		row.severity, row.uses = strconv.FormatFloat(l.Severity, 'f', 2, 64), strconv.Itoa(l.Uses)
		row.owner, row.finding = strings.Join(l.Owners, ", "), l.Finding
		row.since, row.due = c.day(l.Since), c.day(l.Due)
		reasons := append([]string(nil), c.L.texts(l.Reasons)...)
		for _, k := range l.Links {
			reasons = append(reasons, k.URL+" ("+c.Code(k)+")")
		}
		row.reasons = strings.Join(reasons, "; ")
		if i == l.Suggested {
			row.suggestion = c.L.say(map[bool]string{true: "suggested", false: "survivor"}[l.Kind == "conflict"])
		}
		if i == 0 && len(l.Actions) > 0 {
			row.cmd = l.Actions[0].Command
		}
		c.row(row, l.Finding)
	}
}

func (c *rows) sources() {
	for _, s := range c.Wrong() {
		c.row(&csvRow{section: c.L.say("s_sources"), title: s.ID, kind: c.SourceState(s), owner: s.Owner, reasons: s.Error, since: c.day(s.LastDone), count: strconv.Itoa(s.Failed)}, "")
	}
}

func (c *rows) questions() {
	for _, q := range c.Unanswered.Groups {
		row := &csvRow{}
		if q.Nearest != nil {
			row = c.pageRow(Unanswered, q.Nearest)
		}
		row.section, row.title, row.owner, row.count, row.since = c.L.say("s_unanswered"), q.Text, strings.Join(q.Owners, ", "), strconv.Itoa(q.Count), c.day(q.Last)
		row.reasons = strings.Join(q.Others, "; ")
		c.row(row, "")
	}
}

// day is a date as spreadsheets read it.
func (c *rows) day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return c.Machine(t)
}
