// Package word reads Word documents (DOCX and its templates, with macros or without)
// into the structure of extract: what a person sees with all changes accepted, in
// reading order.
//
// Headers and footers, comments, deletions, hidden text, tables of contents and the
// descriptions of pictures are left out. Embedded files and external references are
// never opened.
package word

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
)

// Version names the rules of Read; see extract.Text.Version.
const Version = "docx/1"

// Read reads the bytes of a DOCX file. It is a pure function of them and of o: the
// address in o makes links absolute, and o.Limits bounds what is read (zero fields take
// their defaults). Errors are verdicts, or the cause of ctx.
func Read(ctx context.Context, content []byte, o extract.Options) (*extract.Text, error) {
	o.Limits = o.Limits.WithDefaults()
	files, err := container.Open(content, o.Limits)
	if err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, files: files, options: o, main: files.Main()}
	if err := r.prepare(); err != nil {
		return nil, err
	}
	blocks, err := r.document()
	if err != nil {
		return nil, err
	}
	return r.finish(blocks)
}

// A reader reads one document.
type reader struct {
	ctx     context.Context
	files   *container.Files
	options extract.Options
	main    string // name of the part in which the document begins

	styles    *styles
	numbering *numbering
	part      *part
	notes     notes
	links     linkSet

	blocks    int             // of text so far, against Limits.Nodes
	cells     int             // of tables so far, against Limits.Cells
	places    int             // that the cells take, likewise: merged ones take several
	drawn     map[string]bool // charts and diagrams that have been told
	title     string          // the first paragraph in the style Title
	heading   string          // the first of level 1 without a number
	languages map[string]int  // bytes of text by language
	language  string          // of text that does not say
	left      leftOut
}

// A part is one XML part that is being read.
type part struct {
	d      *container.Decoder
	rels   map[string]container.Relationship
	fields []field
}

// leftOut counts what a document holds and a person does not see.
type leftOut struct {
	deletions, hidden, contents int
}

func (l leftOut) String() string {
	var parts []string
	add := func(n int, one, many string) {
		switch {
		case n == 1:
			parts = append(parts, "1 "+one)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", n, many))
		}
	}
	add(l.deletions, "tracked deletion", "tracked deletions")
	add(l.hidden, "piece of hidden text", "pieces of hidden text")
	add(l.contents, "entry of a table of contents", "entries of tables of contents")
	if len(parts) == 0 {
		return ""
	}
	return "left out: " + strings.Join(parts, ", ")
}

// prepare reads the parts that the document refers to.
func (r *reader) prepare() error {
	if r.main == "" || !r.files.Has(r.main) {
		return &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: "the part with the text is missing; the file is damaged, get it again"}
	}
	rels, err := r.files.Relationships(r.ctx, r.main)
	if err != nil {
		return err
	}
	r.part = &part{rels: byID(rels)}
	r.links.prepare(r.options)
	folder := r.main[:strings.LastIndexByte(r.main, '/')+1]
	if r.styles, err = readStyles(r.ctx, r.files, target(rels, "styles", folder+"styles.xml")); err != nil {
		return err
	}
	if r.numbering, err = readNumbering(r.ctx, r.files, target(rels, "numbering", folder+"numbering.xml"), r.styles); err != nil {
		return err
	}
	r.language = r.styles.language
	r.languages = map[string]int{}
	r.notes.foot.part = target(rels, "footnotes", folder+"footnotes.xml")
	r.notes.end.part = target(rels, "endnotes", folder+"endnotes.xml")
	return nil
}

func target(rels []container.Relationship, kind, standard string) string {
	for _, r := range rels {
		if r.Type == kind && !r.External {
			return r.Target
		}
	}
	return standard
}

func byID(rels []container.Relationship) map[string]container.Relationship {
	m := make(map[string]container.Relationship, len(rels))
	for _, r := range rels {
		m[r.ID] = r
	}
	return m
}

// hyperlink is the address outside the file that a relationship leads to, "" if it
// leads to none.
func (p *part) hyperlink(id string) string {
	if rel := p.rels[id]; rel.External && rel.Type == "hyperlink" {
		return rel.Target
	}
	return ""
}

// inner is the part within the file that a relationship leads to, "" if it leads to
// none.
func (p *part) inner(id string) string {
	if rel := p.rels[id]; !rel.External {
		return rel.Target
	}
	return ""
}

// optional turns the absence of a part into no decoder.
func optional(d *container.Decoder, err error) (*container.Decoder, error) {
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return d, err
}

// document reads the body of the main part.
func (r *reader) document() ([]extract.Block, error) {
	d, err := r.files.XML(r.ctx, r.main)
	if err != nil {
		return nil, err
	}
	r.part.d = d
	out := &flow{r: r}
	err = eachElement(d, func(name element) error {
		if name.is("w", "body") {
			return r.body(out)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out.finish()
}

// finish makes the Text of the blocks.
func (r *reader) finish(blocks []extract.Block) (*extract.Text, error) {
	properties, err := r.files.Properties(r.ctx)
	if err != nil && r.ctx.Err() != nil {
		return nil, err
	}
	t := &extract.Text{Way: "docx", Why: r.left.String(), Properties: properties, Links: r.links.all, Blocks: blocks, Title: r.title}
	if t.Title == "" {
		t.Title = properties["title"]
	}
	if t.Title == "" {
		t.Title = r.heading
	}
	if len(blocks) > 0 && t.Title == "" && blocks[0].Kind == extract.Heading {
		t.Title = blocks[0].Text
	}
	t.Language = r.languageOf(t)
	return t, nil
}

// languageOf is the language of most of the text, unless the words themselves plainly
// belong to another: programs mark what they correct, not what is written.
func (r *reader) languageOf(t *extract.Text) string {
	most, said := 0, ""
	for l, n := range r.languages {
		if n > most || n == most && l < said {
			most, said = n, l
		}
	}
	said = extract.NormalLanguage(said)
	seen := extract.LanguageOf(t, "")
	if base, _, _ := strings.Cut(said, "-"); seen != "" && seen != base {
		return seen
	}
	return said
}
