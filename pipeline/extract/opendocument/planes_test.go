package opendocument

import "testing"

func cell(attributes, text string) string {
	if text != "" {
		text = "<text:p>" + text + "</text:p>"
	}
	return `<table:table-cell ` + attributes + `>` + text + `</table:table-cell>`
}

func number5(text string) string { return cell(`office:value-type="float" office:value="5"`, text) }

func named(name, attributes string, rows ...string) string {
	out := `<table:table table:name="` + name + `" ` + attributes + `>`
	for _, r := range rows {
		out += r
	}
	return out + `</table:table>`
}

const emptyRows = `<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>`

func TestSheets(t *testing.T) {
	for name, c := range map[string]struct {
		styles, body string
		want         []string
	}{
		"one sheet with a name of the program's": {"", named("Feuille1", "", row("Plan", "Price"), row("Basic", number5("5 €")), emptyRows), []string{"table^: Plan | Price / Basic | 5 €"}},
		"several sheets, an empty and a hidden one": {`<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>`,
			named("Sheet1", "", row("A", "B"), row("a", number5("1"))) + named("Empty", "", emptyRows) + named("Secret", `table:style-name="h"`, row("x")) + named("Prices", "", row("C", "D"), row("c", number5("2"))),
			[]string{"heading##: Sheet1", "table^: A | B / a | 1", "heading##: Prices", "table^: C | D / c | 2"}},
		"a caption and two tables": {"", named("Sheet1", "", row("Ducks per year"), emptyRowsOf(1), row("Year", "Ducks"), row(number5("2019"), number5("120")), emptyRowsOf(5), row("Place", "Eggs"), row("Lake", number5("3"))),
			[]string{"table^: Ducks per year / Year | Ducks / 2019 | 120", "table^: Place | Eggs / Lake | 3"}},
		"merged cells are repeated": {"", named("Sheet1", "", row("Name", "Kind"), row(spanning("1", "2", "Duck"), number5("1")), row("_", number5("2"))), []string{"table^: Name | Kind / Duck | 1 / Duck | 2"}},
		"hidden rows and columns": {"", named("Sheet1", "", `<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>`, row("A", "no", "C"),
			`<table:table-row table:visibility="filter"><table:table-cell><text:p>no</text:p></table:table-cell></table:table-row>`, row("a", "no", number5("1"))), []string{"table^: A | C / a | 1"}},
		"a value without its text": {"", named("Sheet1", "", row("A", "B"), row(number5(""), cell(`office:value-type="boolean" office:boolean-value="true"`, ""))), []string{"table^: A | B / 5 | TRUE"}},
		"remarks are left out, text boxes follow": {"", named("Sheet1", "", `<table:shapes><draw:frame><draw:text-box><text:p>box</text:p></draw:text-box></draw:frame></table:shapes>`, row("A", `<table:table-cell><office:annotation><text:p>no</text:p></office:annotation><text:p>B</text:p></table:table-cell>`), row("a", number5("1"))),
			[]string{"table^: A | B / a | 1", "paragraph: box"}},
		"a cell repeated over columns": {"", named("Sheet1", "", row("A", "B", "C"), row("x", cell(`table:number-columns-repeated="2"`, "same"))), []string{"table^: A | B | C / x | same | same"}},
	} {
		t.Run(name, func(t *testing.T) {
			want(t, read(t, document{form: "spreadsheet", styles: c.styles, body: c.body}), c.want...)
		})
	}
}

func emptyRowsOf(n int) string {
	out := ""
	for range n {
		out += row("")
	}
	return out
}

func TestSlides(t *testing.T) {
	frame := func(attributes, text string) string {
		return `<draw:frame ` + attributes + `><draw:text-box><text:p>` + text + `</text:p></draw:text-box></draw:frame>`
	}
	text := read(t, document{form: "presentation",
		styles: `<style:style style:name="off" style:family="drawing-page"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>`,
		body: `<draw:page>` + frame(`presentation:class="title"`, "Welcome") + frame(`presentation:class="subtitle"`, "To the team") + frame(`presentation:class="footer"`, "Page 1") +
			`<presentation:notes>` + frame(`presentation:class="notes"`, "Say hello.") + frame(`presentation:class="page-number"`, "1") + `</presentation:notes></draw:page>` +
			`<draw:page draw:style-name="off">` + frame("", "hidden") + `</draw:page>` +
			`<draw:page><draw:g>` + frame("", "Text in a group") + `</draw:g>` + frame(`presentation:class="outline" presentation:placeholder="true"`, "Click to add") + `</draw:page>`})
	want(t, text, "heading##: Welcome", "paragraph: To the team", "heading###: Notes", "paragraph: Say hello.", "heading##: Slide 3", "paragraph: Text in a group")
	if first, last := text.Blocks[0].Page, text.Blocks[5].Page; first != 1 || last != 3 || text.Title != "Welcome" {
		t.Errorf("pages %d and %d, title %q", first, last, text.Title)
	}
}
