package chunk

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"freshet/index"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/formats"
)

// hold checks what is true of the pieces of any text.
func hold(t *testing.T, text *extract.Text, o Options) []Piece {
	t.Helper()
	pieces, err := Split(text, o)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := Split(text, o)
	if !reflect.DeepEqual(pieces, again) {
		t.Fatal("another run gives other pieces")
	}
	o = o.withDefaults()
	plain := text.Plain()
	at := 0
	for i, p := range pieces {
		if p.Start < at || p.End <= p.Start || p.End > len(plain) {
			t.Fatalf("piece %d has span %d to %d after %d, of %d", i, p.Start, p.End, at, len(plain))
		}
		at = p.End
		if !utf8.ValidString(p.Text) || !strings.HasSuffix(p.Text, plain[p.Start:p.End]) {
			t.Fatalf("piece %d does not end with its span: %q", i, p.Text)
		}
		if most := o.Max; p.Words > most && (p.Kind != index.Code || p.Words > o.Code) && o.Max >= 20 {
			t.Fatalf("piece %d has %d words, more than %d: %.300q", i, p.Words, most, p.Text)
		}
		if (p.Kind == index.FAQ) != (p.Question != "") {
			t.Fatalf("piece %d is %s with question %q", i, p.Kind, p.Question)
		}
	}
	nothingLost(t, text, plain, pieces)
	return pieces
}

// nothingLost checks that what lies outside all spans is white space or headings
// that a piece carries.
func nothingLost(t *testing.T, text *extract.Text, plain string, pieces []Piece) {
	t.Helper()
	carried := map[string]bool{text.Title: true}
	covered := make([]bool, len(plain))
	for _, p := range pieces {
		for _, h := range append(p.Heading, p.Question) {
			carried[h] = true
		}
		for i := p.Start; i < p.End; i++ {
			covered[i] = true
		}
	}
	_, lines := text.Layout()
	for _, l := range lines {
		whole := plain[l.Start:l.End]
		if l.Role == extract.RoleHeading && (carried[strings.ReplaceAll(whole, "\n", " ")] || strings.EqualFold(whole, text.Title)) {
			continue
		}
		for i := l.Start; i < l.End; i++ {
			if !covered[i] && plain[i] > ' ' {
				t.Fatalf("%q of line %q is in no piece", plain[i:l.End], whole)
			}
		}
	}
}

func sentence(r *rand.Rand, words int) string {
	var b strings.Builder
	for i := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString([]string{"la", "carte", "délai", "order", "9,90", "résiliation", "the", "of", "日本語", "x"}[r.IntN(10)])
	}
	return b.String() + "."
}

func randomText(r *rand.Rand) *extract.Text {
	t := &extract.Text{Title: "Titre", Language: "fr"}
	for range 1 + r.IntN(30) {
		switch r.IntN(9) {
		case 0, 1:
			end := []string{"", " ?", " !"}[r.IntN(3)]
			t.Blocks = append(t.Blocks, extract.Block{Kind: extract.Heading, Level: 1 + r.IntN(5), Text: fmt.Sprintf("Heading %d%s", r.IntN(1000), end), Close: r.IntN(2) * r.IntN(4)})
		case 2:
			b := extract.Block{Kind: extract.List, Ordered: r.IntN(2) == 0, Lead: []string{"", "Voici :", sentence(r, 400)}[r.IntN(3)]}
			for range 1 + r.IntN(40) {
				item := extract.Item{Text: sentence(r, 1+r.IntN(30))}
				if r.IntN(4) == 0 {
					item.Items = []extract.Item{{Text: sentence(r, r.IntN(500))}, {Items: []extract.Item{{Text: "deep"}}}}
				}
				b.Items = append(b.Items, item)
			}
			t.Blocks = append(t.Blocks, b)
		case 3:
			b := extract.Block{Kind: extract.Table, HeaderRows: r.IntN(3)}
			for range 1 + b.HeaderRows + r.IntN(60) {
				b.Rows = append(b.Rows, []string{sentence(r, r.IntN(20)), sentence(r, 1+r.IntN(5)), ""})
			}
			t.Blocks = append(t.Blocks, b)
		case 4:
			t.Blocks = append(t.Blocks, extract.Block{Kind: extract.Code, Text: strings.TrimSpace(strings.Repeat("if x { y }\n", 1+r.IntN(200)))})
		case 5:
			t.Blocks = append(t.Blocks, extract.Block{Kind: extract.Paragraph, Text: strings.Repeat("語", 1+r.IntN(3000)), Language: "ja"})
		default:
			var parts []string
			for range 1 + r.IntN(12) {
				parts = append(parts, sentence(r, 1+r.IntN(60)))
			}
			t.Blocks = append(t.Blocks, extract.Block{Kind: extract.Paragraph, Close: r.IntN(2) * r.IntN(4), Text: strings.Join(parts, []string{" ", "\n"}[r.IntN(2)])})
		}
	}
	return t
}

func TestPiecesOfRandomTextsCoverThemInOrder(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		text := randomText(r)
		hold(t, text, Options{})
		hold(t, text, Options{Max: 40})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add(help, uint16(300))
	f.Add("<ul><li>a<ul><li>b?</ul></ul><table><tr><td>1<td>2<tr><td>3<td>4</table>", uint16(3))
	f.Add("<h1>a</h1><h3>b ?</h3><h2>c</h2><p lang=en>d<p>e", uint16(1))
	x := formats.New(formats.Config{Limits: extract.Limits{Bytes: 1 << 20}})
	f.Fuzz(func(t *testing.T, page string, most uint16) {
		text, err := x.Extract(t.Context(), strings.NewReader(page), extract.Options{MediaType: "text/html"})
		if err != nil {
			return
		}
		hold(t, text, Options{Max: 1 + int(most)%400})
	})
}

func TestTimeGrowsWithLength(t *testing.T) {
	took := func(n int) time.Duration {
		text := &extract.Text{Blocks: []extract.Block{
			{Kind: extract.Paragraph, Text: strings.Repeat("mot ", n)},
			{Kind: extract.Paragraph, Text: strings.Repeat("x", n)},
			{Kind: extract.List, Lead: strings.Repeat("lead ", n), Items: make([]extract.Item, n/10)},
		}}
		for i := range text.Blocks[2].Items {
			text.Blocks[2].Items[i].Text = "item"
		}
		best := time.Hour
		for range 3 {
			began := time.Now()
			if _, err := Split(text, Options{Pieces: 1 << 30}); err != nil {
				t.Fatal(err)
			}
			best = min(best, time.Since(began))
		}
		return best
	}
	small, large := took(20_000), took(200_000)
	if large > 40*small+50*time.Millisecond {
		t.Errorf("ten times the text takes %s instead of %s", large, small)
	}
}
