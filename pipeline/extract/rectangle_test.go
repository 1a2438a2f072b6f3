package extract

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestRectangle(t *testing.T) {
	tests := map[string]struct {
		rows, want string // lines, cells apart by |
		hidden     []int
		kept       []int
	}{
		"of one length":       {rows: "a|b\nc|d", want: "a|b\nc|d", kept: []int{0, 1}},
		"of many lengths":     {rows: "a\nb|c|d\ne|f", want: "a||\nb|c|d\ne|f|", kept: []int{0, 1, 2}},
		"an empty row":        {rows: "a|b\n|\nc|d", want: "a|b\nc|d", kept: []int{0, 2}},
		"an empty column":     {rows: "a||b\nc||d|", want: "a|b\nc|d", kept: []int{0, 1}},
		"a hidden column":     {rows: "a|x|b\n|y|", want: "a|b", hidden: []int{1}, kept: []int{0}},
		"nothing":             {rows: "|\n", want: ""},
		"no rows":             {rows: "", want: ""},
		"all of it is hidden": {rows: "a", want: "", hidden: []int{0}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var hidden func(int) bool
			if tt.hidden != nil {
				hidden = func(col int) bool { return slices.Contains(tt.hidden, col) }
			}
			shown, kept := Rectangle(ragged(tt.rows), hidden)
			var lines []string
			for _, row := range shown {
				lines = append(lines, strings.Join(row, "|"))
			}
			if got := strings.Join(lines, "\n"); got != tt.want || !slices.Equal(kept, tt.kept) {
				t.Errorf("got %q of rows %v, want %q of %v", got, kept, tt.want, tt.kept)
			}
		})
	}
}

func ragged(s string) (rows [][]string) {
	for line := range strings.SplitSeq(s, "\n") {
		rows = append(rows, strings.Split(line, "|"))
	}
	return rows
}

// Whatever the rows are: no cell with a text is lost, those of a row stay in order, and
// there is no row or column that shows nothing.
func TestARectangleHoldsEveryCellOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 2_000 {
		rows := make([][]string, r.IntN(6))
		for i := range rows {
			rows[i] = make([]string, r.IntN(6))
			for j := range rows[i] {
				rows[i][j] = [...]string{"", "", "x", "y z"}[r.IntN(4)]
			}
		}
		shown, kept := Rectangle(rows, nil)
		if len(shown) != len(kept) || !slices.IsSorted(kept) {
			t.Fatalf("%q: %d rows, kept %v", rows, len(shown), kept)
		}
		full := []bool(nil)
		for i, row := range shown {
			if i == 0 {
				full = make([]bool, len(row))
			}
			if len(row) != len(full) || !slices.Equal(texts(row), texts(rows[kept[i]])) || len(texts(row)) == 0 {
				t.Fatalf("%q: row %d is %q", rows, i, row)
			}
			for col, cell := range row {
				full[col] = full[col] || cell != ""
			}
		}
		if slices.Contains(full, false) {
			t.Fatalf("%q: a column of %q shows nothing", rows, shown)
		}
		for y, row := range rows {
			if len(texts(row)) > 0 && !slices.Contains(kept, y) {
				t.Fatalf("row %d of %q is lost", y, rows)
			}
		}
	}
}

func texts(row []string) []string {
	var out []string
	for _, cell := range row {
		if cell != "" {
			out = append(out, cell)
		}
	}
	return out
}
