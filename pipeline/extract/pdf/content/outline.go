package content

import (
	"github.com/ledongthuc/pdf"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/pdf/layout"
)

// maxMarks is how many bookmarks are read.
const maxMarks = 2_000

// Marks returns the bookmarks, without their pages.
func (d *Document) Marks() []layout.Mark {
	var out []layout.Mark
	looked := 0
	var walk func(v pdf.Value, level int)
	walk = func(v pdf.Value, level int) {
		for ; v.Kind() == pdf.Dict && looked < maxMarks; v = v.Key("Next") {
			looked++
			if title := extract.Fold(Text(v.Key("Title").RawString())); title != "" {
				out = append(out, layout.Mark{Title: title, Level: level})
			}
			if level < 6 {
				walk(v.Key("First"), level+1)
			}
		}
	}
	d.safely(func() { walk(d.catalog.Key("Outlines").Key("First"), 1) })
	return out
}
