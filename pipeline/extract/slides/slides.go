// Package slides reads presentations (PPTX): slide by slide in the order in which they
// are shown, on each slide in the order in which a person looks at it.
package slides

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
	"freshet/pipeline/extract/numbers"
)

// Version names the rules by which presentations are read.
const Version = "pptx/1"

// Way is the way in which a Text was found.
const Way = "pptx"

// Read reads a presentation (PPTX, with or without macros, shows and templates). Each
// slide begins with a heading of the second level; what stands only on its layout or
// master, its number, date and footer are left out, and so are slides that are not
// shown. Speaker notes and comments stand behind the slide. Block.Page is the number of
// the slide. The errors are verdicts or the cause of ctx.
func Read(ctx context.Context, content []byte, o extract.Options) (t *extract.Text, err error) {
	defer func() {
		if p := recover(); p != nil {
			t, err = nil, malformed("the presentation could not be understood (%v)", p)
		}
	}()
	files, err := container.Open(content, o.Limits)
	if err != nil {
		return nil, err
	}
	d := deck{ctx: ctx, files: files, limits: o.Limits.WithDefaults(), comments: !o.WithoutComments, looks: map[string]*look{}}
	d.nodes, d.cells = d.limits.Nodes, d.limits.Cells
	return d.read(o.Locale)
}

// A deck is what all slides share.
type deck struct {
	ctx      context.Context
	files    *container.Files
	limits   extract.Limits
	comments bool
	// nodes and cells are what is left of the limits.
	nodes, cells int
	looks        map[string]*look // of layouts and masters, by part
	authors      map[string]string
	languages    map[string]int // bytes of text in each language, as the file says
	words        words
	text         extract.Text
	hidden       int
	damaged      int // charts and diagrams
}

// words are the headings that the reader itself writes.
type words struct{ slide, notes, comments string }

func (d *deck) read(locale string) (*extract.Text, error) {
	properties, err := d.files.Properties(d.ctx)
	if err != nil {
		return nil, err
	}
	main := d.files.Main()
	rels, err := d.files.Relationships(d.ctx, main)
	if err != nil {
		return nil, err
	}
	ids, err := d.order(main)
	if err != nil {
		return nil, err
	}
	if d.comments {
		if err := d.readAuthors(rels); err != nil {
			return nil, err
		}
	}
	targets := map[string]string{}
	for _, r := range rels {
		if r.Type == "slide" && !r.External {
			targets[r.ID] = r.Target
		}
	}
	slides := make([]*slide, 0, len(ids))
	d.languages = map[string]int{}
	for i, id := range ids {
		if d.ctx.Err() != nil {
			return nil, context.Cause(d.ctx)
		}
		s, err := d.slide(targets[id], i+1)
		if err != nil {
			return nil, err
		}
		if s != nil {
			slides = append(slides, s)
		}
	}
	d.text.Way, d.text.Properties = Way, properties
	d.text.Language = d.language(slides, locale)
	d.words = wordsIn(d.text.Language)
	format := numbers.New(numbers.Style{French: french(d.text.Language)})
	for _, s := range slides {
		if err := d.write(s, format); err != nil {
			return nil, err
		}
	}
	d.text.Title = title(properties["title"], slides)
	d.text.Why = d.why(len(ids))
	d.text.Blocks = extract.AttachLeads(d.text.Blocks)
	return &d.text, nil
}

func (d *deck) why(slides int) string {
	why := fmt.Sprintf("%d of %d slides", slides-d.hidden, slides)
	if d.hidden > 0 {
		why += fmt.Sprintf("; left out: %d hidden", d.hidden)
	}
	if d.damaged > 0 {
		why += fmt.Sprintf("; %d charts or diagrams are damaged", d.damaged)
	}
	return why
}

// order lists the slides as they are shown, by the IDs of their relationships.
func (d *deck) order(main string) ([]string, error) {
	var ids []string
	err := d.elements(main, func(_ *container.Decoder, e xml.StartElement) error {
		if e.Name.Local != "sldId" {
			return nil
		}
		if len(ids) >= d.limits.Pages {
			return tooLarge("it has more than %d slides (limits: pages)", d.limits.Pages)
		}
		ids = append(ids, container.Attr(e, "r", "id"))
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, malformed("the list of its slides is missing; the file is damaged, save it again")
	}
	return ids, err
}

// elements calls see with each element of a part, which may read on.
func (d *deck) elements(part string, see func(*container.Decoder, xml.StartElement) error) error {
	return d.files.Elements(d.ctx, part, see)
}

// node counts one shape or paragraph.
func (d *deck) node() error {
	if d.nodes--; d.nodes < 0 {
		return tooLarge("its slides have more than %d shapes and paragraphs (limits: nodes)", d.limits.Nodes)
	}
	return nil
}

// cell counts one cell of a table or chart.
func (d *deck) cell(n int) error {
	if d.cells -= n; d.cells < 0 {
		return tooLarge("its tables have more than %d cells (limits: cells)", d.limits.Cells)
	}
	return nil
}

// language decides what the slides are written in. What a file says of its runs is
// often only what the template was made in, so the words are asked first.
func (d *deck) language(slides []*slide, locale string) string {
	if l := extract.NormalLanguage(locale); l != "" {
		return l
	}
	said, most := "", 0
	for l, n := range d.languages {
		if n > most || n == most && l < said {
			said, most = l, n
		}
	}
	said = extract.NormalLanguage(said)
	var b strings.Builder
	for _, s := range slides {
		if s.sample(&b); b.Len() > 4<<10 {
			break
		}
	}
	told := extract.DetectLanguage(b.String())
	if told == "" || said == told || strings.HasPrefix(said, told+"-") {
		return said
	}
	return told
}

func french(language string) bool { return language == "fr" || strings.HasPrefix(language, "fr-") }

func wordsIn(language string) words {
	if french(language) {
		return words{slide: "Diapositive", notes: "Notes", comments: "Commentaires"}
	}
	return words{slide: "Slide", notes: "Notes", comments: "Comments"}
}

// title is the title of the presentation: its own, unless it is what PowerPoint calls
// every presentation, or that of its first slide.
func title(said string, slides []*slide) string {
	switch strings.ToLower(said) {
	case "", "powerpoint presentation", "présentation powerpoint", "slide 1", "diapositive 1", "presentation", "présentation":
		if len(slides) > 0 {
			return slides[0].title
		}
		return ""
	}
	return said
}

func malformed(format string, args ...any) error {
	return &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: fmt.Sprintf(format, args...)}
}

func tooLarge(format string, args ...any) error {
	return &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf(format, args...)}
}

// forgiveMissing lets a slide that the file lists and does not have be empty.
func forgiveMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// forgive passes over damage to a part that the slide can be read without.
func forgive(err error) error {
	if v := connectors.AsVerdict(err); errors.Is(err, fs.ErrNotExist) || v != nil && v.Reason == connectors.VerdictMalformed {
		return nil
	}
	return err
}
