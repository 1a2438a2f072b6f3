package sheets

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
	"freshet/pipeline/extract/numbers"
)

// ReadXLSX reads a workbook (XLSX, with or without macros, and templates): what its
// visible sheets show, sheet by sheet. Formulas give the value they had when the file
// was saved; what they refer to outside is never looked up. The errors are verdicts or
// the cause of ctx.
func ReadXLSX(ctx context.Context, content []byte, o extract.Options) (t *extract.Text, err error) {
	defer func() {
		if p := recover(); p != nil {
			t, err = nil, malformed("the workbook could not be understood (%v)", p)
		}
	}()
	files, err := container.Open(content, o.Limits)
	if err != nil {
		return nil, err
	}
	w := workbook{ctx: ctx, files: files, limits: o.Limits.WithDefaults(), comments: !o.WithoutComments}
	if err := w.open(o.Locale); err != nil {
		return nil, err
	}
	return w.read()
}

// A workbook is what all sheets share.
type workbook struct {
	ctx      context.Context
	files    *container.Files
	limits   extract.Limits
	comments bool

	properties map[string]string
	sheets     []sheetEntry
	since1904  bool
	strings    []string
	styles     []style
	people     map[string]string // who wrote comments, by ID
	french     bool
	format     *numbers.Formatter
	cells      budget
	taken      int // cells that were read, shown or not
	text       extract.Text
	left       leftOut
}

// A sheetEntry is one line of the list of sheets.
type sheetEntry struct {
	name, id string
	hidden   bool
	part     string
}

// leftOut counts what is in the file and not in the text.
type leftOut struct{ sheets, rows, columns, charts int }

func (l leftOut) String() string {
	var parts []string
	add := func(n int, one string) {
		switch {
		case n == 1:
			parts = append(parts, "1 "+one)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", n, one))
		}
	}
	add(l.sheets, "hidden sheet")
	add(l.rows, "hidden row")
	add(l.columns, "hidden column")
	add(l.charts, "damaged chart")
	return strings.Join(parts, ", ")
}

func (w *workbook) open(locale string) error {
	main := w.files.Main()
	if err := w.list(main); err != nil {
		return err
	}
	rels, err := w.files.Relationships(w.ctx, main)
	if err != nil {
		return err
	}
	for _, r := range rels {
		if r.External {
			continue
		}
		switch r.Type {
		case "sharedStrings":
			err = optional(w.readStrings(r.Target))
		case "styles":
			err = optional(w.readStyles(r.Target))
		case "person":
			err = optional(w.readPeople(r.Target))
		default:
			for i := range w.sheets {
				if w.sheets[i].id == r.ID {
					w.sheets[i].part = r.Target
				}
			}
		}
		if err != nil {
			return err
		}
	}
	if w.properties, err = w.files.Properties(w.ctx); err != nil {
		return err
	}
	w.french = w.isFrench(locale)
	w.format = numbers.New(numbers.Style{French: w.french, Since1904: w.since1904})
	w.cells = budget{left: w.limits.Cells, limit: w.limits.Cells}
	return nil
}

// optional forgives that a part is missing which other programs do without.
func optional(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// list reads the workbook's own part.
func (w *workbook) list(part string) error {
	err := w.elements(part, func(d *container.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			w.since1904 = isTrue(container.Attr(e, "", "date1904"))
		case "sheet":
			if len(w.sheets) >= w.limits.Entries {
				return tooLarge("it has more than %d sheets (limits: entries)", w.limits.Entries)
			}
			w.sheets = append(w.sheets, sheetEntry{
				name:   extract.Fold(container.Attr(e, "", "name")),
				id:     container.Attr(e, "r", "id"),
				hidden: strings.HasSuffix(strings.ToLower(container.Attr(e, "", "state")), "hidden"),
			})
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return malformed("the list of its sheets is missing; the file is damaged, save it again")
	}
	return err
}

// elements calls see with each element of a part, which may read on.
func (w *workbook) elements(part string, see func(*container.Decoder, xml.StartElement) error) error {
	return w.files.Elements(w.ctx, part, see)
}

// stringsPerCell bounds the shared strings by the limit on cells: hidden sheets need
// theirs too.
const stringsPerCell = 10

func (w *workbook) readStrings(part string) error {
	return w.elements(part, func(d *container.Decoder, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		s, err := richText(d)
		if err != nil {
			return err
		}
		if len(w.strings) >= stringsPerCell*w.limits.Cells {
			return tooManyCells(w.limits.Cells)
		}
		w.strings = append(w.strings, extract.Fold(s))
		return nil
	})
}

// richText joins the runs of the element that was begun last; readings above East
// Asian characters are left out.
func richText(d *container.Decoder) (string, error) {
	var b strings.Builder
	err := d.Inside(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "t":
			s, err := d.Text()
			b.WriteString(s)
			return err
		case "rPh":
			return d.Skip()
		}
		return nil
	})
	return b.String(), err
}

func (w *workbook) readPeople(part string) error {
	w.people = map[string]string{}
	return w.elements(part, func(_ *container.Decoder, e xml.StartElement) error {
		if e.Name.Local == "person" && len(w.people) < w.limits.Entries {
			w.people[container.Attr(e, "", "id")] = extract.Fold(container.Attr(e, "", "displayName"))
		}
		return nil
	})
}

// isFrench decides in what country's way numbers are written: what the source says,
// what the file says, what its formats are for, what its words are.
func (w *workbook) isFrench(locale string) bool {
	for _, l := range []string{locale, w.properties["language"]} {
		if l = extract.NormalLanguage(l); l != "" {
			return l == "fr" || strings.HasPrefix(l, "fr-")
		}
	}
	for _, s := range w.styles {
		if frenchCode.MatchString(s.format.Code) {
			return true
		}
	}
	var b strings.Builder
	for _, s := range w.strings {
		if b.WriteString(s); b.Len() > 4<<10 {
			break
		}
		b.WriteByte('\n')
	}
	return extract.DetectLanguage(b.String()) == "fr"
}

// frenchCode finds the numbers of the French locales (France, Belgium, Canada,
// Switzerland, Luxembourg, Monaco) in a number format.
var frenchCode = regexp.MustCompile(`(?i)-0*(40|80|c0|100|140|180)c\]`)

func (w *workbook) read() (*extract.Text, error) {
	visible := 0
	for i := range w.sheets {
		if w.sheets[i].hidden {
			w.left.sheets++
			continue
		}
		visible++
	}
	for i := range w.sheets {
		entry := &w.sheets[i]
		if entry.hidden || entry.part == "" {
			continue
		}
		if w.ctx.Err() != nil {
			return nil, context.Cause(w.ctx)
		}
		blocks, err := w.sheet(entry.part)
		if err != nil {
			return nil, err
		}
		if len(blocks) > 0 && entry.name != "" && (visible > 1 || !defaultName.MatchString(entry.name)) {
			w.text.Blocks = append(w.text.Blocks, extract.Block{Kind: extract.Heading, Level: 2, Text: entry.name})
		}
		w.text.Blocks = append(w.text.Blocks, blocks...)
	}
	t := &w.text
	t.Way, t.Properties, t.Title = WayXLSX, w.properties, w.properties["title"]
	t.Language = extract.NormalLanguage(w.properties["language"])
	t.Why = fmt.Sprintf("%d of %d sheets", visible, len(w.sheets))
	if left := w.left.String(); left != "" {
		t.Why += "; left out: " + left
	}
	return t, nil
}

// defaultName matches the names that programs give to sheets nobody named.
var defaultName = regexp.MustCompile(`(?i)^(sheet|feuil|feuille|tabelle|hoja|foglio|blad|planilha|folha|ark|лист|工作表|シート)[ _]?\d*$`)

// isTrue reads a truth value of Office.
func isTrue(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "1", "true", "on":
		return true
	}
	return false
}

// damaged reports whether an error concerns only the part that gave it.
func damaged(err error) bool {
	v := connectors.AsVerdict(err)
	return errors.Is(err, fs.ErrNotExist) || v != nil && v.Reason == connectors.VerdictMalformed
}
