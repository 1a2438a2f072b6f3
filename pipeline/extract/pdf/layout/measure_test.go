package layout_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/big"
	"math/bits"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/connectors/connectortest"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/opendocument"
	"freshet/pipeline/extract/pdf/content"
	"freshet/pipeline/extract/pdf/filter"
	"freshet/pipeline/extract/pdf/layout"
	"freshet/pipeline/extract/pdf/repair"
)

// blocksOf lays out the pages of a file as the reader of glyphs gives them, one
// after the other.
func blocksOf(ctx context.Context, path string) (blocks []extract.Block, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the glyphs of %s: %v", path, r)
		}
	}()
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	clean, err := repair.Rewrite(ctx, b, nil, &filter.Budget{Left: 200 << 20})
	if err != nil {
		return nil, err
	}
	doc, err := content.Open(clean, &filter.Budget{Left: 200 << 20})
	if err != nil {
		return nil, err
	}
	d := layout.Document{Marks: doc.Marks()}
	if _, err = doc.Pages(ctx, 5000, d.Add); err != nil {
		return nil, err
	}
	return d.Blocks(), nil
}

// rulesOfTables and marks of HTML in the truths are no words.
var rulesOfTables = regexp.MustCompile(`<!--[^>]*-->|\|[ :|-]+\|`)

var tokens = regexp.MustCompile(`[\p{L}\p{N}_]+`)

func tokensOf(s string) []string {
	s = strings.ReplaceAll(rulesOfTables.ReplaceAllString(s, " "), `\_`, "_")
	return tokens.FindAllString(strings.ToLower(s), -1)
}

// A score compares a text with a truth, as shared/data/README.md says.
type score struct{ recall, precision, order float64 }

func compare(truth, got []string) score {
	counts := map[string]int{}
	for _, t := range got {
		counts[t]++
	}
	hit := 0
	for _, t := range truth {
		if counts[t] > 0 {
			counts[t]--
			hit++
		}
	}
	n := float64(max(len(truth), 1))
	return score{float64(hit) / n, float64(hit) / float64(max(len(got), 1)), float64(common(truth, got)) / n}
}

// common is the length of the longest common subsequence, by the bits of a number
// as long as a.
func common(a, b []string) int {
	at := map[string]*big.Int{}
	for i, t := range a {
		if at[t] == nil {
			at[t] = new(big.Int)
		}
		at[t].SetBit(at[t], i, 1)
	}
	all := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), uint(len(a))), big.NewInt(1))
	v := new(big.Int).Set(all)
	u, w := new(big.Int), new(big.Int)
	for _, t := range b {
		m := at[t]
		if m == nil {
			continue
		}
		u.And(v, m)
		w.AndNot(v, u)
		v.Add(v, u)
		v.Or(v, w).And(v, all)
	}
	n := len(a)
	for _, x := range v.Bits() {
		n -= bits.OnesCount(uint(x))
	}
	return n
}

func read(t *testing.T, path string) ([]string, error) {
	blocks, err := blocksOf(t.Context(), path)
	if err != nil {
		return nil, err
	}
	text := extract.Text{Blocks: blocks}
	return tokensOf(text.Plain()), nil
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(max(len(values), 1))
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	values = slices.Sorted(slices.Values(values))
	return values[len(values)/2]
}

func TestFilesWithATruth(t *testing.T) {
	dir := connectortest.DataPath(t, "files-docling")
	truths, err := filepath.Glob(filepath.Join(dir, "pdf", "groundtruth", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	var recall, precision, order []float64
	for _, path := range truths {
		name := strings.TrimSuffix(filepath.Base(path), ".md")
		got, err := read(t, filepath.Join(dir, "pdf", "sources", name+".pdf"))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		s := compare(tokensOf(string(b)), got)
		recall, precision, order = append(recall, s.recall), append(precision, s.precision), append(order, s.order)
		t.Logf("%s: recall %.3f precision %.3f order %.3f", name, s.recall, s.precision, s.order)
	}
	t.Logf("%d files: recall %.3f precision %.3f order %.3f", len(recall), mean(recall), mean(precision), mean(order))
	if mean(recall) < 0.93 || mean(order) < 0.93 {
		t.Errorf("recall %.3f and order %.3f; want 0.93", mean(recall), mean(order))
	}
}

// TestTwinsOfOpenDocument compares files with their export to PDF.
func TestTwinsOfOpenDocument(t *testing.T) {
	dir := connectortest.DataPath(t, "files-docling/odf/sources")
	twins, err := filepath.Glob(filepath.Join(dir, "*.pdf"))
	if err != nil || len(twins) == 0 {
		t.Fatal("no twins: ", err)
	}
	var shares []float64
	for _, path := range twins {
		got, err := read(t, path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		b, err := os.ReadFile(strings.TrimSuffix(path, ".pdf"))
		if err != nil {
			t.Fatal(err)
		}
		text, err := opendocument.Read(t.Context(), b, extract.Options{})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		text.Blocks = shown(text.Blocks)
		s := compare(tokensOf(text.Plain()), got)
		shares = append(shares, s.recall)
		t.Logf("%s: of the words of the original %.3f, of ours %.3f, order %.3f", filepath.Base(path), s.recall, s.precision, s.order)
	}
	t.Logf("%d twins: %.3f of the words", len(shares), mean(shares))
	if mean(shares) < 0.95 {
		t.Errorf("%.3f of the words; want 0.95", mean(shares))
	}
}

// shown leaves out what an export to PDF does not show: speaker notes, and the names
// that the reader gives to slides without a title.
func shown(blocks []extract.Block) []extract.Block {
	var out []extract.Block
	notes := false
	for _, b := range blocks {
		if b.Kind == extract.Heading {
			notes = b.Level == 3 && b.Text == "Notes"
		}
		if !notes && !(b.Kind == extract.Heading && strings.HasPrefix(b.Text, "Slide ")) {
			out = append(out, b)
		}
	}
	return out
}

// half sorts the files into two sets, so that a figure that holds for one of them
// only is seen.
func half(name string) int {
	h := fnv.New32a()
	h.Write([]byte(name))
	return int(h.Sum32() >> 7 & 1)
}

// garbled are the files of which pdftotext makes what nobody can read.
func garbled(name string) bool {
	return slices.Contains([]string{"issue19802.pdf", "bug946506.pdf", "issue5801.pdf", "issue5874.pdf"}, name)
}

// TestWordsOfPdftotext compares with pdftotext on all files of both sets from which
// that gets 20 words.
func TestWordsOfPdftotext(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 300 files")
	}
	command, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("pdftotext is not installed, and CI is to have it: ", err)
		}
		t.Skip("pdftotext is not installed; install it with: apt-get install poppler-utils")
	}
	var files []string
	for _, pattern := range []string{filepath.Join(connectortest.DataPath(t, "pdf-pdfjs/pdf"), "*.pdf"), filepath.Join(connectortest.DataPath(t, "files-docling/pdf/sources"), "*.pdf")} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	var shares, orders [2][]float64
	for _, path := range files {
		name := filepath.Base(path)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		said, _ := exec.CommandContext(ctx, command, "-q", path, "-").Output() // what it got before it failed counts
		cancel()
		truth := tokensOf(string(said))
		if len(truth) < 20 || garbled(name) {
			continue
		}
		got, err := read(t, path)
		if err != nil {
			t.Logf("%s: %v", name, err)
		}
		s, h := compare(truth, got), half(name)
		shares[h], orders[h] = append(shares[h], s.recall), append(orders[h], s.order)
		if s.recall < 0.9 || s.order < 0.7 {
			t.Logf("%s: recall %.3f order %.3f", name, s.recall, s.order)
		}
	}
	for h := range shares {
		t.Logf("half %d, %d files: median share %.3f, mean %.3f; median order %.3f, mean %.3f", h, len(shares[h]),
			median(shares[h]), mean(shares[h]), median(orders[h]), mean(orders[h]))
		if median(shares[h]) < 0.95 {
			t.Errorf("half %d: the median share of pdftotext's words is %.3f; want 0.95", h, median(shares[h]))
		}
	}
}
