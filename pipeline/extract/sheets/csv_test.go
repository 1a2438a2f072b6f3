package sheets

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

func readCSV(t *testing.T, s string) *extract.Text {
	t.Helper()
	text, err := ReadCSV(t.Context(), s, extract.Options{})
	if err != nil {
		t.Fatalf("read %.60q: %v", s, err)
	}
	return text
}

func tableOf(header int, rows ...string) extract.Block {
	b := extract.Block{Kind: extract.Table, HeaderRows: header}
	for _, r := range rows {
		b.Rows = append(b.Rows, strings.Split(r, "|"))
	}
	return b
}

func TestSeparatedValuesAreTables(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    []extract.Block
	}{
		"commas":                  {"Name,Price\nSalt,1.50\nOil,9\n", []extract.Block{tableOf(1, "Name|Price", "Salt|1.50", "Oil|9")}},
		"semicolons and decimals": {"Nom;Prix\nSel;1,50\nHuile;9,00\n", []extract.Block{tableOf(1, "Nom|Prix", "Sel|1,50", "Huile|9,00")}},
		"tabs":                    {"a\tb\tc\r\n1\t2\t3\r\n", []extract.Block{tableOf(1, "a|b|c", "1|2|3")}},
		"bars":                    {"a|b\n1|2\n3|4", []extract.Block{tableOf(1, "a|b", "1|2", "3|4")}},
		"a declared separator":    {"\ufeffsep=;\na;b\n1;2,3\n", []extract.Block{tableOf(1, "a|b", "1|2,3")}},
		"quotes":                  {"a,b\n\"x, \"\"y\"\"\",\"two\nlines\" \n1,2\n", []extract.Block{tableOf(1, "a|b", `x, "y"|two lines`, "1|2")}},
		"an open quote":           {"a,b\n\"x,1\ny,2\n", []extract.Block{tableOf(1, "a|b", `"x|1`, "y|2")}},
		"ragged rows":             {"a,b,c\n1,2\n3,4,5\n6,7,8\n9,10,11\n", []extract.Block{tableOf(1, "a|b|c", "1|2|", "3|4|5", "6|7|8", "9|10|11")}},
		"no header":               {"1,2\n3,4\n", []extract.Block{tableOf(0, "1|2", "3|4")}},
		"years as header":         {"Product,2024,2025\nSalt,10,12\nOil,20,21\n", []extract.Block{tableOf(1, "Product|2024|2025", "Salt|10|12", "Oil|20|21")}},
		"an empty line":           {"Name,Price\nSalt,1\n\nOil,9\n", []extract.Block{tableOf(1, "Name|Price", "Salt|1", "Oil|9")}},
		"a column without values": {"a,b,c\n1,,2\n3,,4\n", []extract.Block{tableOf(1, "a|b|c", "1||2", "3||4")}},
		"a title above": {"Prices of May\n\nName,Price\nSalt,1\nOil,2\nTea,3\nRum,4\nGin,5\n", []extract.Block{
			{Kind: extract.Table, Lead: "Prices of May", HeaderRows: 1, Rows: [][]string{{"Name", "Price"}, {"Salt", "1"}, {"Oil", "2"}, {"Tea", "3"}, {"Rum", "4"}, {"Gin", "5"}}}}},
		"one column": {"Code\n12\n13\n", []extract.Block{{Kind: extract.List, Lead: "Code", Items: []extract.Item{{Text: "12"}, {Text: "13"}}}}},
		"prose": {"Salt, oil, and tea are sold here.\nNothing else, we regret to say, is.\nCome back, friend.\n", []extract.Block{{Kind: extract.List, Items: []extract.Item{
			{Text: "Salt, oil, and tea are sold here."}, {Text: "Nothing else, we regret to say, is."}, {Text: "Come back, friend."}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, readCSV(t, c.content).Blocks); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestProseIsNotSeparatedValues(t *testing.T) {
	for head, want := range map[string]bool{
		"a;b;c\n1;2;3\n4;5;6\n7;8;":         true,
		"a,b,c\n1,2,3\n4,5,6\n":             true,
		"sep=|\na|b\n":                      true,
		"| a | b |\n| - | - |\n| 1 | 2 |\n": false,
		"One, two, three.\nFour, five, six.\nSeven, eight, nine.\n":                       false,
		"Dear all,\nplease read this.\n":                                                  false,
		"Bonjour ; voici la liste ; merci\nAu revoir ; à bientôt\nEncore ; et ; encore\n": false,
	} {
		if got := LooksLikeCSV(head); got != want {
			t.Errorf("%q: %v", head, got)
		}
	}
}

func TestTooManyValuesAreNamed(t *testing.T) {
	_, err := ReadCSV(t.Context(), strings.Repeat("a,b,c\n", 100), extract.Options{Limits: extract.Limits{Cells: 200}})
	if v := connectors.AsVerdict(err); v == nil || v.Reason != connectors.VerdictTooLarge || !strings.Contains(v.Detail, "200 cells") {
		t.Fatalf("got %v", err)
	}
	// One line with many separators does not widen the whole table.
	text, err := ReadCSV(t.Context(), "a,b\n"+strings.Repeat("1,2\n", 90)+strings.Repeat("x,", 18)+"y\n", extract.Options{Limits: extract.Limits{Cells: 250}})
	if err != nil || len(text.Blocks[0].Rows[0]) != 2 || !strings.HasSuffix(text.Plain(), "x,x,y") {
		t.Fatalf("got %v, %v", text, err)
	}
}

func TestHostileValuesEndSoon(t *testing.T) {
	const n = 1 << 20
	for name, s := range map[string]string{
		"open quotes":      strings.Repeat("\"a\n", n/3),
		"quotes":           strings.Repeat("\"", n),
		"quoted openings":  strings.Repeat("\",", n/2),
		"one line":         strings.Repeat("a", n),
		"only separators":  strings.Repeat(";", n),
		"only line feeds":  strings.Repeat("\n", n),
		"spaces at quotes": strings.Repeat("\"    ", n/5),
	} {
		began := time.Now()
		_, err := ReadCSV(context.Background(), s, extract.Options{})
		if err != nil && connectors.AsVerdict(err) == nil {
			t.Errorf("%s: %v", name, err)
		}
		if spent := time.Since(began); spent > 5*time.Second {
			t.Errorf("%s took %s", name, spent)
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add("a,b\n\"x\"\"y\",1\n\nc;d\n")
	f.Add("sep=\t\na\tb\n1\t2")
	f.Add("Title\n\nName;Price\nSalt;1,5\n\"open;2\n")
	f.Fuzz(func(t *testing.T, s string) {
		text, err := ReadCSV(t.Context(), strings.ToValidUTF8(s, ""), extract.Options{Limits: extract.Limits{Cells: 2000}})
		if err != nil {
			if connectors.AsVerdict(err) == nil {
				t.Fatal(err)
			}
			return
		}
		sound(t, text)
	})
}

// sound checks what is true of every Text.
func sound(t *testing.T, text *extract.Text) {
	t.Helper()
	for _, b := range text.Blocks {
		for _, r := range b.Rows {
			if len(r) != len(b.Rows[0]) {
				t.Fatalf("rows of different length: %q", b.Rows)
			}
		}
		if b.Kind == extract.Table && (len(b.Rows) == 0 || b.HeaderRows >= len(b.Rows)) {
			t.Fatalf("%d header rows of %d", b.HeaderRows, len(b.Rows))
		}
	}
	text.Layout()
}

func BenchmarkReadCSV(b *testing.B) {
	s := "Name;City;Price;Date\n" + strings.Repeat("A product;Lyon;1 234,50;2026-11-21\n", 20_000)
	b.ReportAllocs()
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		if _, err := ReadCSV(context.Background(), s, extract.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
