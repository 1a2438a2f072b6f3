package chart

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
	"freshet/pipeline/extract/container/containertest"
	"freshet/pipeline/extract/numbers"
)

func read(t testing.TB, content string, most int) ([]extract.Block, error) {
	t.Helper()
	files, err := container.Open(containertest.Zip(t, "chart.xml",
		`<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:chart>`+content+`</c:chart></c:chartSpace>`), extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return Read(t.Context(), files, "chart.xml", numbers.New(numbers.Style{}), most)
}

func title(s string) string {
	return `<c:title><c:tx><c:rich><a:p><a:r><a:t>` + s + `</a:t></a:r></a:p></c:rich></c:tx></c:title>`
}

func points(element, code string, values ...string) string {
	s := `<c:` + element + `><c:numRef><c:f>Sheet1!$A$1</c:f><c:numCache><c:formatCode>` + code + `</c:formatCode>`
	for i, v := range values {
		if v != "" {
			s += fmt.Sprintf(`<c:pt idx="%d"><c:v>%s</c:v></c:pt>`, i, v)
		}
	}
	return s + `</c:numCache></c:numRef></c:` + element + `>`
}

func named(s, rest string) string {
	return `<c:ser><c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>` + s + `</c:v></c:pt></c:strCache></c:strRef></c:tx>` + rest + `</c:ser>`
}

func TestChartsAreTheTablesThatTheyDraw(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    []extract.Block
	}{
		"bars of two series": {title("Sales") + `<c:plotArea><c:barChart>` + named("Salt", points("cat", "yyyy", "45000", "45400")+points("val", "0.0", "1", "2.25")) +
			named("Oil", points("cat", "yyyy", "45000", "45400")+points("val", "General", "", "4")) + `</c:barChart><c:catAx>` + title("Year") + `</c:catAx><c:valAx>` + title("tons") + `</c:valAx></c:plotArea>`,
			[]extract.Block{{Kind: extract.Table, HeaderRows: 1, Lead: "Sales (bar chart), tons", Rows: [][]string{{"Year", "Salt", "Oil"}, {"2023", "1.0", ""}, {"2024", "2.3", "4"}}}}},
		"points without categories": {`<c:plotArea><c:lineChart>` + named("Salt", points("val", "General", "7", "8")) + `</c:lineChart></c:plotArea>`,
			[]extract.Block{{Kind: extract.Table, HeaderRows: 1, Lead: "Line chart", Rows: [][]string{{"", "Salt"}, {"1", "7"}, {"2", "8"}}}}},
		"series with categories of their own": {`<c:plotArea><c:scatterChart>` + named("a", points("xVal", "General", "1")+points("yVal", "General", "2")) + named("b", points("xVal", "General", "3")+points("yVal", "General", "4")) +
			`</c:scatterChart><c:valAx><c:axPos val="b"/>` + title("x") + `</c:valAx><c:valAx><c:axPos val="l"/>` + title("y") + `</c:valAx></c:plotArea>`,
			[]extract.Block{{Kind: extract.Table, HeaderRows: 1, Lead: "Scatter chart, y", Rows: [][]string{{"x", "a"}, {"1", "2"}}}, {Kind: extract.Table, HeaderRows: 1, Lead: "Scatter chart, y", Rows: [][]string{{"x", "b"}, {"3", "4"}}}}},
		"categories of two levels": {`<c:plotArea><c:pieChart>` + named("n", `<c:cat><c:multiLvlStrRef><c:multiLvlStrCache><c:lvl><c:pt idx="0"><c:v>May</c:v></c:pt><c:pt idx="1"><c:v>June</c:v></c:pt></c:lvl><c:lvl><c:pt idx="0"><c:v>2026</c:v></c:pt></c:lvl></c:multiLvlStrCache></c:multiLvlStrRef></c:cat>`+points("val", "General", "1", "2")) + `</c:pieChart></c:plotArea>`,
			[]extract.Block{{Kind: extract.Table, HeaderRows: 1, Lead: "Pie chart", Rows: [][]string{{"", "n"}, {"2026, May", "1"}, {"2026, June", "2"}}}}},
		"a title alone": {title("To be drawn"), []extract.Block{{Kind: extract.Paragraph, Text: "To be drawn"}}},
		"nothing":       {`<c:plotArea/>`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := read(t, c.content, 1000)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHostileChartsAreRefused(t *testing.T) {
	for name, content := range map[string]string{
		"a point far away": `<c:plotArea><c:pieChart>` + named("n", `<c:val><c:pt idx="9223372036854775807"><c:v>1</c:v></c:pt></c:val>`) + `</c:pieChart></c:plotArea>`,
		"points far away":  `<c:plotArea><c:pieChart>` + strings.Repeat(named("n", `<c:val><c:pt idx="800"><c:v>1</c:v></c:pt></c:val>`), 9) + `</c:pieChart></c:plotArea>`,
		"too many points":  `<c:plotArea><c:pieChart>` + strings.Repeat(named("n", points("val", "General", "1", "2", "3")), 400) + `</c:pieChart></c:plotArea>`,
	} {
		_, err := read(t, content, 1000)
		if v := connectors.AsVerdict(err); v == nil || v.Reason != connectors.VerdictTooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := read(t, `<c:plotArea>`+strings.Repeat(`<c:ser>`, 3)+`</c:plotArea>`, 1000); connectors.AsVerdict(err) == nil {
		t.Errorf("broken XML: %v", err)
	}
	files, err := container.Open([]byte("PK\x05\x06"+strings.Repeat("\x00", 18)), extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(t.Context(), files, "none.xml", numbers.New(numbers.Style{}), 10); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a chart that is not there: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(title("T") + `<c:plotArea><c:barChart>` + named("n", points("cat", "yyyy", "45000")+points("val", "0%", "1")) + `</c:barChart><c:valAx><c:axPos val="b"/></c:valAx></c:plotArea>`)
	f.Add(`<c:ser><c:val><c:lvl/><c:pt idx="3"/><c:v>1</c:v></c:val></c:ser>`)
	f.Fuzz(func(t *testing.T, content string) {
		blocks, err := read(t, content, 1000)
		if err != nil && connectors.AsVerdict(err) == nil {
			t.Fatal(err)
		}
		for _, b := range blocks {
			for _, row := range b.Rows {
				if len(row) != len(b.Rows[0]) || b.HeaderRows >= len(b.Rows) {
					t.Fatalf("%q", b.Rows)
				}
			}
		}
	})
}

func TestALongSeriesBesideManyShortOnesIsTooLarge(t *testing.T) {
	long := named("long", points("val", "0", slices.Repeat([]string{"1"}, 300)...))
	_, err := read(t, `<c:plotArea><c:barChart>`+long+strings.Repeat(named("short", points("val", "0", "1")), 300)+`</c:barChart></c:plotArea>`, 1000)
	if v := connectors.AsVerdict(err); v == nil || v.Reason != connectors.VerdictTooLarge {
		t.Errorf("got %v", err)
	}
}
