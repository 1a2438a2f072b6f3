// Package chart reads the charts of Office Open XML files as the tables that they draw.
package chart

import (
	"context"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
	"freshet/pipeline/extract/numbers"
)

// kinds are the elements of a plot area that draw, in words.
var kinds = map[string]string{
	"barChart": "bar chart", "bar3DChart": "bar chart", "lineChart": "line chart", "line3DChart": "line chart",
	"pieChart": "pie chart", "pie3DChart": "pie chart", "ofPieChart": "pie chart", "doughnutChart": "doughnut chart",
	"areaChart": "area chart", "area3DChart": "area chart", "scatterChart": "scatter chart", "bubbleChart": "bubble chart",
	"radarChart": "radar chart", "stockChart": "stock chart", "surfaceChart": "surface chart", "surface3DChart": "surface chart",
}

// Read reads the chart in a part: tables whose first column holds the categories and
// whose others hold one series each, under the chart's title and kind. The values are
// those that the chart was last drawn with; workbooks that it links to are not opened.
// A chart that draws nothing gives no blocks. Errors are verdicts (too_large above most
// cells), fs.ErrNotExist if there is no such part, or the cause of ctx.
func Read(ctx context.Context, files *container.Files, part string, format *numbers.Formatter, most int) ([]extract.Block, error) {
	d, err := files.XML(ctx, part)
	if err != nil {
		return nil, err
	}
	r := reader{d: d, format: format, most: most}
	if err := r.read(); err != nil {
		return nil, err
	}
	return r.blocks(), nil
}

// A series is one line, one colour of bars.
type series struct {
	name         string
	names, marks []string // categories and values, by index
}

type reader struct {
	d      *container.Decoder
	format *numbers.Formatter
	most   int // cells
	points int
	// longest is the number of points of the longest series.
	longest int

	kind, title         string
	categories, amounts string // titles of the axes
	series              []series
}

// read walks the part. Elements that hold what is looked for are read whole.
func (r *reader) read() error {
	return r.d.Elements(func(e xml.StartElement) (err error) {
		switch e.Name.Local {
		case "title":
			r.title, err = r.words()
		case "catAx", "dateAx", "valAx":
			err = r.axis(e.Name.Local == "valAx")
		case "ser":
			if err = r.one(); err == nil {
				err = r.bounded()
			}
		case "style", "txPr", "spPr", "extLst", "legend", "externalData", "pivotFmts":
			err = r.d.Skip()
		default:
			if k := kinds[e.Name.Local]; k != "" && r.kind == "" {
				r.kind = k
			}
		}
		return err
	})
}

// bounded sees to it that the table of all series, each as long as the longest, stays
// within the limit.
func (r *reader) bounded() error {
	if len(r.series) == 0 {
		return nil
	}
	last := &r.series[len(r.series)-1]
	r.longest = max(r.longest, len(last.marks), len(last.names))
	if r.longest*len(r.series) > r.most {
		return &connectors.Verdict{Reason: connectors.VerdictTooLarge,
			Detail: fmt.Sprintf("a chart has more than %d points (limits: cells)", r.most)}
	}
	return nil
}

// words are the texts of a title: typed, or kept from a cell.
func (r *reader) words() (string, error) {
	var b strings.Builder
	err := r.d.Inside(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "p":
			b.WriteByte(' ')
		case "t", "v":
			s, err := r.d.Text()
			b.WriteString(s)
			return err
		case "txPr", "spPr", "extLst":
			return r.d.Skip()
		}
		return nil
	})
	return extract.Fold(b.String()), err
}

// axis keeps the title of an axis. Of two axes with values, the level one has the
// categories.
func (r *reader) axis(values bool) error {
	title := ""
	err := r.d.Inside(func(e xml.StartElement) error {
		var err error
		switch e.Name.Local {
		case "title":
			title, err = r.words()
		case "axPos":
			level := container.Attr(e, "", "val") == "b" || container.Attr(e, "", "val") == "t"
			values = values && !(level && (r.kind == kinds["scatterChart"] || r.kind == kinds["bubbleChart"]))
		}
		return err
	})
	switch {
	case title == "":
	case values:
		r.amounts = title
	default:
		r.categories = title
	}
	return err
}

// one reads a series.
func (r *reader) one() error {
	var s series
	err := r.d.Inside(func(e xml.StartElement) error {
		var err error
		switch e.Name.Local {
		case "tx":
			s.name, err = r.words()
		case "cat", "xVal":
			s.names, err = r.values()
		case "val", "yVal":
			s.marks, err = r.values()
		case "dLbls", "dPt", "spPr", "txPr", "extLst", "errBars", "trendline", "bubbleSize":
			err = r.d.Skip()
		}
		return err
	})
	if len(s.marks) > 0 {
		r.series = append(r.series, s)
	}
	return err
}

// values reads the points that are kept of a range of cells. Categories of several
// levels are joined, the outer one, which goes on until the next, first.
func (r *reader) values() ([]string, error) {
	levels := [][]string{nil}
	var code string
	at := -1
	err := r.d.Inside(func(e xml.StartElement) error {
		var err error
		switch e.Name.Local {
		case "lvl":
			if last := len(levels) - 1; levels[last] != nil {
				levels = append(levels, nil)
			}
		case "formatCode":
			code, err = r.d.Text()
			return err
		case "pt":
			at, err = strconv.Atoi(container.Attr(e, "", "idx"))
			if err != nil || at < 0 {
				at = -1
				return nil
			}
		case "v":
			raw, err := r.d.Text()
			if err != nil || at < 0 {
				return err
			}
			last := &levels[len(levels)-1]
			// Points that are left out take their place, too.
			if r.points += max(at-len(*last), 0) + 1; r.points > r.most || at >= r.most {
				return &connectors.Verdict{Reason: connectors.VerdictTooLarge,
					Detail: fmt.Sprintf("a chart has more than %d points (limits: cells)", r.most)}
			}
			for len(*last) <= at {
				*last = append(*last, "")
			}
			(*last)[at] = extract.Fold(r.format.Number(strings.TrimSpace(raw), numbers.Format{Code: code}))
		}
		return nil
	})
	out := levels[0]
	for _, outer := range levels[1:] {
		under := ""
		for i := range out {
			if i < len(outer) && outer[i] != "" {
				under = outer[i]
			}
			if under != "" && out[i] != "" {
				out[i] = under + ", " + out[i]
			}
		}
	}
	return out, err
}

// blocks makes a table of each run of series that share their categories.
func (r *reader) blocks() []extract.Block {
	var out []extract.Block
	for from := 0; from < len(r.series); {
		to := from + 1
		for to < len(r.series) && slices.Equal(r.series[to].names, r.series[from].names) {
			to++
		}
		out = append(out, extract.Block{Kind: extract.Table, Lead: r.lead(), Rows: r.rows(r.series[from:to]), HeaderRows: 1})
		from = to
	}
	if len(out) == 0 && r.title != "" {
		out = append(out, extract.Block{Kind: extract.Paragraph, Text: r.title})
	}
	return out
}

func (r *reader) lead() string {
	lead := r.title
	switch {
	case r.kind == "":
	case lead == "":
		lead = strings.ToUpper(r.kind[:1]) + r.kind[1:]
	default:
		lead += " (" + r.kind + ")"
	}
	if r.amounts != "" && !slices.ContainsFunc(r.series, func(s series) bool { return s.name == r.amounts }) {
		lead += ", " + r.amounts
	}
	return strings.TrimPrefix(lead, ", ")
}

func (r *reader) rows(group []series) [][]string {
	height := len(group[0].names)
	header := []string{r.categories}
	for i := range group {
		height = max(height, len(group[i].marks))
		header = append(header, group[i].name)
	}
	rows := [][]string{header}
	for i := range height {
		row := make([]string, 1, len(header))
		if row[0] = at(group[0].names, i); row[0] == "" && len(group[0].names) == 0 {
			row[0] = strconv.Itoa(i + 1)
		}
		for j := range group {
			row = append(row, at(group[j].marks, i))
		}
		if strings.Join(row[1:], "") != "" {
			rows = append(rows, row)
		}
	}
	if len(rows) == 1 {
		rows = append(rows, make([]string, len(header)))
	}
	return rows
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}
