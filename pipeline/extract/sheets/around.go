package sheets

import (
	"encoding/xml"
	"io"
	"slices"
	"strconv"
	"strings"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/chart"
	"freshet/pipeline/extract/container"
)

// sheet reads one sheet with what lies on it.
func (w *workbook) sheet(part string) ([]extract.Block, error) {
	s, err := w.parse(part)
	if err != nil {
		return nil, err
	}
	rels, err := w.files.Relationships(w.ctx, part)
	if err != nil {
		return nil, err
	}
	for _, r := range rels {
		if r.Type == "table" && !r.External && slices.Contains(s.tables, r.ID) {
			if err := w.readTable(s, r.Target); err != nil && !damaged(err) {
				return nil, err
			}
		}
	}
	g, v, err := w.grid(s)
	if err != nil {
		return nil, err
	}
	w.links(s, rels)
	all, err := g.blocks(&w.cells)
	if err != nil {
		return nil, err
	}
	if all, err = w.drawings(all, s, v, rels); err != nil {
		return nil, err
	}
	blocks := make([]extract.Block, 0, len(all))
	for i := range all {
		blocks = append(blocks, all[i].block)
	}
	if !w.comments {
		return blocks, nil
	}
	remarks, err := w.remarks(rels, v)
	return append(blocks, remarks...), err
}

// firstElement returns the element that a part consists of.
func firstElement(d *container.Decoder) (xml.StartElement, error) {
	for {
		token, err := d.Token()
		if err != nil {
			return xml.StartElement{}, err
		}
		if e, ok := token.(xml.StartElement); ok {
			return e, nil
		}
	}
}

// links collects the addresses that cells lead to.
func (w *workbook) links(s *sheetPart, rels []container.Relationship) {
	if len(s.links) == 0 {
		return
	}
	targets := map[string]string{}
	for _, r := range rels {
		if r.Type == "hyperlink" && r.External {
			targets[r.ID] = r.Target
		}
	}
	texts := make(map[[2]int]string, len(s.links))
	for _, l := range s.links {
		texts[[2]int{l.top, l.left}] = ""
	}
	for i := range s.cells {
		at := [2]int{s.cells[i].row, s.cells[i].col}
		if _, wanted := texts[at]; wanted {
			texts[at] = s.cells[i].text
		}
	}
	for _, l := range s.links {
		uri := l.uri
		if uri == "" {
			uri = targets[l.id]
		}
		if uri == "" || len(w.text.Links) >= w.limits.Links {
			continue
		}
		if label := texts[[2]int{l.top, l.left}]; label != "" {
			w.text.Links = append(w.text.Links, extract.Link{Text: label, URI: uri})
		}
	}
}

// A drawn object lies on a sheet at a cell.
type drawn struct {
	row, col int
	chart    string // ID of the relationship
	text     string
}

// drawings puts charts and text boxes between the blocks, before the first that
// begins below them.
func (w *workbook) drawings(all []placed, s *sheetPart, v *visible, rels []container.Relationship) ([]placed, error) {
	part := target(rels, s.drawing)
	if part == "" {
		return all, nil
	}
	objects, err := w.drawn(part)
	if err != nil || len(objects) == 0 {
		return all, forgive(err)
	}
	parts, err := w.files.Relationships(w.ctx, part)
	if err != nil {
		return all, forgive(err)
	}
	slices.SortStableFunc(objects, func(a, b drawn) int {
		return byPlace(cell{row: a.row, col: a.col}, cell{row: b.row, col: b.col})
	})
	for _, o := range objects {
		blocks, err := w.object(o, parts)
		if err != nil {
			return nil, err
		}
		row, col := v.row(o.row), v.col(o.col)
		i := slices.IndexFunc(all, func(p placed) bool { return p.top > row })
		if i < 0 {
			i = len(all)
		}
		for j, b := range blocks {
			all = slices.Insert(all, i+j, placed{area: area{row, col, row, col}, block: b})
		}
	}
	return all, nil
}

// object reads what one drawn object shows.
func (w *workbook) object(o drawn, parts []container.Relationship) ([]extract.Block, error) {
	if o.chart == "" {
		return []extract.Block{{Kind: extract.Paragraph, Text: o.text}}, nil
	}
	part := target(parts, o.chart)
	if part == "" {
		return nil, nil
	}
	blocks, err := chart.Read(w.ctx, w.files, part, w.format, w.limits.Cells)
	if err != nil {
		if damaged(err) {
			w.left.charts++
		}
		return nil, forgive(err)
	}
	for i := range blocks {
		if len(blocks[i].Rows) > 0 {
			if err := w.cells.take(len(blocks[i].Rows) * len(blocks[i].Rows[0])); err != nil {
				return nil, err
			}
		}
	}
	return blocks, nil
}

// target is the part that a relationship leads to, "" for none.
func target(rels []container.Relationship, id string) string {
	for _, r := range rels {
		if r.ID == id && id != "" && !r.External {
			return r.Target
		}
	}
	return ""
}

// forgive passes over damage to a part that the sheet can be read without.
func forgive(err error) error {
	if err == nil || damaged(err) {
		return nil
	}
	return err
}

// drawn lists the charts and text boxes of a drawing.
func (w *workbook) drawn(part string) ([]drawn, error) {
	d, err := w.files.XML(w.ctx, part)
	if err != nil {
		return nil, err
	}
	var out []drawn
	row, col := 0, 0
	from := false
	for {
		token, err := d.Token()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		switch e := token.(type) {
		case xml.EndElement:
			from = from && e.Name.Local != "from"
		case xml.StartElement:
			switch e.Name.Local {
			case "from":
				from = true
			case "row", "col":
				if !from {
					continue
				}
				s, err := d.Text()
				if err != nil {
					return out, err
				}
				n, err := strconv.Atoi(strings.TrimSpace(s))
				if err != nil || n < 0 || n > rowsMost {
					n = 0
				}
				if e.Name.Local == "row" {
					row = n
				} else {
					col = n
				}
			case "chart":
				out = append(out, drawn{row: row, col: col, chart: container.Attr(e, "r", "id")})
			case "txBody":
				s, err := paragraphs(d)
				if err != nil {
					return out, err
				}
				if s != "" {
					out = append(out, drawn{row: row, col: col, text: s})
				}
			}
			if len(out) > w.limits.Entries {
				return nil, tooLarge("a sheet has more than %d drawings (limits: entries)", w.limits.Entries)
			}
		}
	}
}

// paragraphs reads the text body that was begun last, a line for each paragraph.
func paragraphs(d *container.Decoder) (string, error) {
	var lines []string
	var b strings.Builder
	for end := d.Depth() - 1; d.Depth() > end; {
		token, err := d.Token()
		if err != nil {
			return "", err
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "t":
				s, err := d.Text()
				if err != nil {
					return "", err
				}
				b.WriteString(s)
			case "br":
				b.WriteByte(' ')
			}
		case xml.EndElement:
			if e.Name.Local == "p" {
				if s := extract.Fold(b.String()); s != "" {
					lines = append(lines, s)
				}
				b.Reset()
			}
		}
	}
	return strings.Join(lines, "\n"), nil
}
