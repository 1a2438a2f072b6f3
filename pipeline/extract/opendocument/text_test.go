package opendocument

import (
	"slices"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

func TestRunningText(t *testing.T) {
	p := func(s string) string { return `<text:p>` + s + `</text:p>` }
	for name, c := range map[string]struct {
		styles, body string
		want         []string
	}{
		"a title puts headings below it": {"", `<text:p text:style-name="Title">Guide</text:p><text:h text:outline-level="1">One</text:h><text:h text:outline-level="2">Two</text:h>` + p("Text"),
			[]string{"heading#: Guide", "heading##: One", "heading###: Two", "paragraph: Text"}},
		"a style based on the title's is a title": {`<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>`, `<text:p text:style-name="P1">Guide</text:p>`, []string{"heading#: Guide"}},
		"styles based on each other in a circle": {`<style:style style:name="A" style:family="paragraph" style:parent-style-name="B"/><style:style style:name="B" style:family="paragraph" style:parent-style-name="A"/>`,
			`<text:p text:style-name="A">x</text:p>`, []string{"paragraph: x"}},
		"spaces, tabs and breaks":               {"", p("a<text:s text:c=\"3\"/>b<text:tab/>c\n d<text:line-break/>e<text:soft-page-break/>f"), []string{"paragraph: a b c d / ef"}},
		"a footnote follows its paragraph":      {"", p(`Text<text:note><text:note-citation>1</text:note-citation><text:note-body>`+p("See <text:span>here</text:span>.")+`</text:note-body></text:note> more.`) + p("Next"), []string{"paragraph: Text[1] more.", "paragraph: [1] See here.", "paragraph: Next"}},
		"a footnote in a list follows the list": {numbered, `<text:list text:style-name="N"><text:list-item>` + p(`a<text:note><text:note-citation>i</text:note-citation><text:note-body>`+p("note")+`</text:note-body></text:note>`) + `</text:list-item></text:list>`, []string{"list: 1. a[i]", "paragraph: [i] note"}},
		"what was deleted, commented and hidden is not there": {`<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style><style:style style:name="HP" style:family="paragraph"><style:text-properties text:display="none"/></style:style>`,
			`<text:tracked-changes><text:changed-region><text:deletion>` + p("gone") + `</text:deletion></text:changed-region></text:tracked-changes>` +
				p(`a<office:annotation><dc:creator>x</dc:creator>`+p("remark")+`</office:annotation>b<text:span text:style-name="H">secret</text:span><text:hidden-text text:is-hidden="true">hidden</text:hidden-text>`) +
				`<text:p text:style-name="HP">hidden</text:p><text:section text:display="none">` + p("hidden") + `</text:section><text:section>` + p("shown") + `</text:section>`,
			[]string{"paragraph: ab", "paragraph: shown"}},
		"a table of contents repeats headings and is left out": {"", `<text:table-of-content><text:index-body>` + p("One 1") + `</text:index-body></text:table-of-content>` + p("x"), []string{"paragraph: x"}},
		"fields show what they hold":                           {"", p(`On <text:date>5 May</text:date> by <text:author-name>Ann</text:author-name>`), []string{"paragraph: On 5 May by Ann"}},
		"frames stand behind their paragraph":                  {"", p(`a<draw:frame><draw:text-box>`+p("box")+`</draw:text-box></draw:frame>b`) + `<draw:custom-shape>` + p("shape") + `</draw:custom-shape>`, []string{"paragraph: ab", "paragraph: box", "paragraph: shape"}},
		"quotes and code":                                      {"", `<text:p text:style-name="Quotations">q</text:p><text:p text:style-name="Preformatted_20_Text">if x<text:s text:c="2"/></text:p><text:p text:style-name="Preformatted_20_Text">end</text:p>`, []string{"quote: q", "code: if x / end"}},
		"a sentence that announces a list is its lead":         {numbered, p("You need:") + `<text:list text:style-name="B"><text:list-item>` + p("a") + `</text:list-item></text:list>`, []string{"list: You need: / - a"}},
		"ruby keeps its base":                                  {"", p(`<text:ruby><text:ruby-base>東</text:ruby-base><text:ruby-text>ひがし</text:ruby-text></text:ruby>`), []string{"paragraph: 東"}},
	} {
		t.Run(name, func(t *testing.T) {
			want(t, read(t, document{form: "text", styles: c.styles, body: c.body}), c.want...)
		})
	}
}

// items writes a list of paragraphs.
func items(attributes string, texts ...string) string {
	out := `<text:list ` + attributes + `>`
	for _, s := range texts {
		if !strings.HasPrefix(s, "<") {
			s = "<text:p>" + s + "</text:p>"
		}
		out += `<text:list-item>` + s + `</text:list-item>`
	}
	return out + `</text:list>`
}

func TestLists(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"nesting": {items(`text:style-name="N"`, "a", "<text:p>b</text:p>"+items("", "c", "d"), "e"), []string{"list: 1. a / 2. b /   - c /   - d / 3. e"}},
		"numbers that go on": {items(`text:style-name="N"`, "a", "b") + `<text:p>x</text:p>` + items(`text:style-name="N" text:continue-numbering="true"`, "c"),
			[]string{"list: 1. a / 2. b", "paragraph: x", "list: 3. c"}},
		"numbers that go on after another list": {items(`xml:id="l1" text:style-name="N"`, "a", "b") + items(`text:style-name="B"`, "x") + items(`text:continue-list="l1" text:style-name="N"`, "c"),
			[]string{"list: 1. a / 2. b", "list: - x", "list: 3. c"}},
		"a number that is set":                                {`<text:list text:style-name="N"><text:list-item text:start-value="5"><text:p>a</text:p></text:list-item><text:list-item><text:p>b</text:p></text:list-item></text:list>`, []string{"list: 5. a / 6. b"}},
		"an inner list of its own belongs to the item before": {items(`text:style-name="N"`, "a") + items(`text:style-name="B"`, items("", "b"), "<text:p>c</text:p>"), []string{"list: 1. a /   1. b / 2. c"}},
		"several paragraphs in an item":                       {items(`text:style-name="B"`, "<text:p>a</text:p><text:p>b</text:p>"), []string{"list: - a / b"}},
		"numbered headings are headings":                      {items(`text:style-name="N"`, `<text:h text:outline-level="1">One</text:h>`, `<text:h text:outline-level="2">Two</text:h>`), []string{"heading#: One", "heading##: Two"}},
		"items without any mark are paragraphs":               {items(`text:style-name="None"`, "a", "b"), []string{"paragraph: a", "paragraph: b"}},
		"empty items are no items":                            {items(`text:style-name="B"`, "a", "<text:p/>", "b"), []string{"list: - a / - b"}},
	} {
		t.Run(name, func(t *testing.T) {
			want(t, read(t, document{form: "text", styles: numbered, body: c.body}), c.want...)
		})
	}
}

// row writes a table row; "" is an empty cell and "_" a covered one.
func row(cells ...string) string {
	out := `<table:table-row>`
	for _, c := range cells {
		switch {
		case c == "_":
			out += `<table:covered-table-cell/>`
		case strings.HasPrefix(c, "<"):
			out += c
		default:
			out += `<table:table-cell><text:p>` + c + `</text:p></table:table-cell>`
		}
	}
	return out + `</table:table-row>`
}

func tableOf(rows ...string) string {
	return `<table:table table:name="T">` + strings.Join(rows, "") + `</table:table>`
}

func spanning(columns, rows, text string) string {
	return `<table:table-cell table:number-columns-spanned="` + columns + `" table:number-rows-spanned="` + rows + `"><text:p>` + text + `</text:p></table:table-cell>`
}

func TestTables(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"the first row names the columns":    {tableOf(row("Plan", "Price"), row("Basic", "5 €")), []string{"table^: Plan | Price / Basic | 5 €"}},
		"a first row with numbers does not":  {tableOf(row("Basic", "5 €"), row("Pro", "9 €")), []string{"table: Basic | 5 € / Pro | 9 €"}},
		"merged cells are repeated":          {tableOf(row("A", spanning("2", "1", "B"), "_"), row(spanning("1", "2", "C"), "1", "2"), row("_", "3", "4")), []string{"table^: A | B | B / C | 1 | 2 / C | 3 | 4"}},
		"two header rows below merged names": {tableOf(row("", spanning("2", "1", "Class 1"), "_"), row("", "A", "B"), row("R", "1", "2")), []string{"table^^:  | Class 1 | Class 1 /  | A | B / R | 1 | 2"}},
		"header rows that the file names":    {`<table:table><table:table-header-rows>` + row("2024", "2025") + `</table:table-header-rows>` + row("1", "2") + `</table:table>`, []string{"table^: 2024 | 2025 / 1 | 2"}},
		"a list and a table in cells": {tableOf(row("A", "B"), row(`<table:table-cell>`+items(`text:style-name="N"`, "x", "y")+`</table:table-cell>`, `<table:table-cell>`+tableOf(row("i", "j"), row("k", "l"))+`</table:table-cell>`)),
			[]string{"table^: A | B / 1. x; 2. y | i j k l"}},
		"hidden columns and rows are not there": {`<table:table><table:table-column/><table:table-column table:visibility="collapse"/>` + row("A", "hidden") + `<table:table-row table:visibility="collapse"><table:table-cell><text:p>no</text:p></table:table-cell></table:table-row>` + row("a", "hidden") + `</table:table>`,
			[]string{"table: A / a"}},
		"a picture in a cell stands for its word": {tableOf(row("Plan", "Roaming"), row("Basic", `<table:table-cell><text:p><draw:frame><draw:image/><svg:desc>Yes</svg:desc></draw:frame></text:p></table:table-cell>`)) + `<text:p>x<draw:frame><draw:image/><svg:desc>A picture</svg:desc></draw:frame></text:p>`,
			[]string{"table^: Plan | Roaming / Basic | Yes", "paragraph: x"}},
		"one cell is a paragraph": {tableOf(row("Remark")), []string{"paragraph: Remark"}},
		"nothing is nothing":      {tableOf(row("", "")), []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			want(t, read(t, document{form: "text", styles: numbered, body: c.body}), c.want...)
		})
	}
}

func TestAChartIsReadAsItsTable(t *testing.T) {
	chart := `<office:document-content` + spaces + `><office:body><office:chart><chart:chart><chart:title><text:p>Sales</text:p></chart:title>` +
		`<chart:plot-area><chart:axis><chart:title><text:p>axis</text:p></chart:title></chart:axis></chart:plot-area>` +
		tableOf(row("", "2024"), row("North", "5")) + `</chart:chart></office:chart></office:body></office:document-content>`
	text := read(t, document{form: "text", body: `<text:p>x<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame></text:p>`, more: map[string]string{"Object 1/content.xml": chart}})
	want(t, text, "paragraph: x", "table^: Sales /  | 2024 / North | 5")
}

func TestWhatADocumentSaysOfItself(t *testing.T) {
	text := read(t, document{form: "text", styles: ``, body: `<text:p>Le contrat est dans les pièces que nous vous avons données pour votre dossier.</text:p><text:p><text:a xlink:href="https://x.example/a">ici</text:a><text:a xlink:href="#b">là</text:a><text:a xlink:href="file:///etc/passwd">x</text:a></text:p>`,
		meta: `<dc:title>Contrat</dc:title><dc:creator>Bob</dc:creator><meta:initial-creator>Ann</meta:initial-creator><meta:creation-date>2024-09-26T09:15:16</meta:creation-date><dc:date>2025-01-02T10:00:00Z</dc:date><meta:keyword>a</meta:keyword><meta:keyword>b</meta:keyword><dc:language>en-US</dc:language>`})
	if text.Title != "Contrat" || text.Language != "fr" || len(text.Links) != 1 || text.Links[0] != (extract.Link{Text: "ici", URI: "https://x.example/a"}) {
		t.Errorf("%q %q %v", text.Title, text.Language, text.Links)
	}
	for key, want := range map[string]string{"title": "Contrat", "author": "Ann", "created": "2024-09-26T09:15:16Z", "modified": "2025-01-02T10:00:00Z", "keywords": "a, b"} {
		if text.Properties[key] != want {
			t.Errorf("%s is %q, not %q", key, text.Properties[key], want)
		}
	}
}

func TestHostileFilesMeetALimit(t *testing.T) {
	wide := `<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="1000000"><text:p>x</text:p></table:table-cell></table:table-row>`
	many := strings.Repeat(row("a", "b", "c"), 40)
	for name, c := range map[string]struct {
		f              document
		limits         extract.Limits
		reason, detail string
	}{
		"a long row above many short ones":          {document{form: "text", body: tableOf(append([]string{strings.Replace(row("x"), "<table:table-cell", `<table:table-cell table:number-columns-repeated="1000"`, 1)}, slices.Repeat([]string{row("x")}, 300)...)...)}, extract.Limits{}, connectors.VerdictTooLarge, "cells"},
		"a row and a cell repeated a million times": {document{form: "text", body: tableOf(wide, wide, wide)}, extract.Limits{}, connectors.VerdictTooLarge, "cells"},
		"the same in a sheet":                       {document{form: "spreadsheet", body: tableOf(wide, wide, wide)}, extract.Limits{}, connectors.VerdictTooLarge, "cells"},
		"many cells":                                {document{form: "text", body: tableOf(many)}, extract.Limits{Cells: 100}, connectors.VerdictTooLarge, "cells"},
		"many slides":                               {document{form: "presentation", body: strings.Repeat("<draw:page/>", 20)}, extract.Limits{Pages: 10}, connectors.VerdictTooLarge, "slides"},
		"sections in sections":                      {document{form: "text", body: strings.Repeat("<text:section>", 2000) + strings.Repeat("</text:section>", 2000)}, extract.Limits{}, connectors.VerdictTooLarge, "deep"},
		"XML that ends too early":                   {document{form: "text", body: "<text:p>a</text:span>"}, extract.Limits{}, connectors.VerdictMalformed, ""},
		"a drawing":                                 {document{form: "drawing"}, extract.Limits{}, connectors.VerdictMediaType, "drawing"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(t.Context(), c.f.zip(t), extract.Options{Limits: c.limits})
			wantVerdict(t, err, c.reason, c.detail)
		})
	}
	deep := strings.Repeat(`<text:list><text:list-item><text:p>a</text:p>`, 300) + strings.Repeat(`</text:list-item></text:list>`, 300)
	text := read(t, document{form: "text", body: deep})
	if n := strings.Count(text.Plain(), "a"); n != 300 {
		t.Errorf("%d of 300 nested items came", n)
	}
}
