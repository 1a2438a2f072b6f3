package opendocument

import (
	"testing"
	"unicode/utf8"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

func FuzzRead(f *testing.F) {
	list := items(`text:style-name="N"`, "a", "<text:p>b</text:p>"+items("", "c"), items("", "d"))
	merged := tableOf(row("A", spanning("2", "2", "B"), "_"), row("C", "_", "_"))
	for _, d := range []document{
		{form: "text", styles: numbered, body: `<text:h text:outline-level="2">H</text:h><text:p>x<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>n</text:p></text:note-body></text:note></text:p>` + list + merged},
		{form: "spreadsheet", body: named("S", "", `<table:table-column table:number-columns-repeated="3" table:visibility="collapse"/>`, row("A", number5("5")), emptyRows, merged)},
		{form: "presentation", body: `<draw:page><draw:frame presentation:class="title"><draw:text-box>` + list + `</draw:text-box></draw:frame><presentation:notes/></draw:page>`},
	} {
		f.Add(d.flat())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		text, err := Read(t.Context(), b, extract.Options{Limits: extract.Limits{Cells: 10_000}})
		if err != nil {
			if connectors.AsVerdict(err) == nil {
				t.Fatalf("neither a text nor a verdict: %v", err)
			}
			return
		}
		if !utf8.ValidString(text.Plain()) {
			t.Fatal("the text is not UTF-8")
		}
		for i := range text.Blocks {
			b := &text.Blocks[i]
			for _, r := range b.Rows {
				if len(r) != len(b.Rows[0]) {
					t.Fatal("the rows of a table differ in length")
				}
			}
			if b.HeaderRows > len(b.Rows) || b.Kind == extract.Heading && (b.Level < 1 || b.Text == "") {
				t.Fatalf("a block %+v", b)
			}
		}
	})
}
