package formats

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/pipeline/chunk"
	"freshet/pipeline/extract"
)

// A floor is what a family of files-docling has to reach on average; 0 is only
// reported. The metrics are those of the data's README.
type floor struct {
	recall, precision, order float64
	// header is the share of non-empty body cells of the truth's tables whose chunk
	// holds their column header.
	header float64
}

// floors are raised by the owner of a reader when it lands, up to the figures of
// the issue: recall .97, precision .95, order .93, header .95 for docx, pptx, xlsx,
// odt, ods and html; recall .93 for pdf. What stays below says why.
var floors = map[string]floor{
	"csv":  {.97, .95, .93, .95},
	"docx": {recall: 0.97, precision: 0.95, order: 0.93, header: 0.95},
	"pptx": {.97, .95, .93, .95},
	// Recall .969, precision .912 and order .931 are reached. What is missing to .97 and
	// .95 is in two files of four, and right: in xlsx_07 a number format shows 1.01 to
	// 1.14 where the truth has the bare 1 to 14 (recall .956, precision .887); in
	// xlsx_comments the truth has lost one comment of five, says "author" and "time" in
	// each, and names no cell (recall .919, precision .798).
	"xlsx": {.968, .91, .93, .98},
	"odt":  {recall: .97, precision: .95, order: .93, header: .95},
	"ods":  {recall: .97, precision: .95, order: .93, header: .95},
	"html": {.97, .95, .93, .95},
	// The header is asked of what the truth says of tables, below: of all its pipe
	// tables, .640 and more would need contents with dots to be one.
	"pdf": {recall: .97, precision: .94, order: .95, header: .69},
}

// tabulated is the least share of the cells of PDF files that stand in the chunk of
// their header, of tables that are some: see tabularCells.
const tabulated = 0.95

// slowest is the longest that a file may take. The data's README counts files above it.
const slowest = 10 * time.Second

// A sourceFile is one file of files-docling.
type sourceFile struct {
	family string
	name   string // its path below sources
	path   string
	truth  string // Markdown, "" where there is none
}

func TestFilesOfDocling(t *testing.T) {
	dir := connectortest.DataPath(t, "files-docling")
	x := New(withPDF(t))
	families := map[string]*familyFigures{}
	for _, f := range doclingFiles(t, dir) {
		family := families[f.family]
		if family == nil {
			family = &familyFigures{}
			families[f.family] = family
		}
		family.measure(t, x, f)
	}
	names := make([]string, 0, len(families))
	for name := range families {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		families[name].judge(t, name)
	}
}

// TestOpenDocumentAndItsPDF compares what is read of an ODF file with what is read
// of the same document as PDF: over all of them, 0.95 of the words of each are in the
// other. A print has no speaker notes, so they are left out; it has page headers, and
// shows merged cells once, which costs both sides some.
func TestOpenDocumentAndItsPDF(t *testing.T) {
	dir := connectortest.DataPath(t, "files-docling")
	x := New(withPDF(t))
	twins, err := filepath.Glob(filepath.Join(dir, "odf", "sources", "*.pdf"))
	if err != nil || len(twins) == 0 {
		t.Fatalf("no PDF twins in %s: %v", dir, err)
	}
	odfWords, pdfWords, shared := 0, 0, 0
	for _, pdf := range twins {
		odf := strings.TrimSuffix(pdf, ".pdf")
		a, errA := extractFile(t.Context(), x, odf)
		b, errB := extractFile(t.Context(), x, pdf)
		if errA != nil || errB != nil {
			t.Errorf("%s: not compared: %v, %v", filepath.Base(odf), errA, errB)
			continue
		}
		left, right := wordsOf(withoutNotes(a).Plain()), wordsOf(b.Plain())
		both := common(left, right)
		odfWords, pdfWords, shared = odfWords+len(left), pdfWords+len(right), shared+both
		t.Logf("%s: %.3f of the words of the one are in the other, %.3f the other way round",
			filepath.Base(odf), share(both, len(left)), share(both, len(right)))
	}
	ofODF, ofPDF := share(shared, odfWords), share(shared, pdfWords)
	t.Logf("%d files: %.3f of the words of ODF, %.3f of the words of PDF", len(twins), ofODF, ofPDF)
	if ofODF < 0.95 || ofPDF < 0.95 {
		t.Errorf("ODF and PDF agree on %.3f and %.3f of their words; at least 0.95 are wanted", ofODF, ofPDF)
	}
}

// withoutNotes leaves out what speakers note below a slide.
func withoutNotes(t *extract.Text) *extract.Text {
	out := &extract.Text{}
	notes := false
	for _, b := range t.Blocks {
		if b.Kind == extract.Heading {
			notes = b.Page > 0 && b.Level == 3 && b.Text == "Notes"
		}
		if !notes {
			out.Blocks = append(out.Blocks, b)
		}
	}
	return out
}

// doclingFiles lists the sources with their truths. The family of an ODF file is
// its suffix; the PDF twins among them are a matter of their own.
func doclingFiles(t *testing.T, dir string) []sourceFile {
	t.Helper()
	var out []sourceFile
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		family, rest, _ := strings.Cut(filepath.ToSlash(rel), "/")
		name, isSource := strings.CutPrefix(rest, "sources/")
		if !isSource {
			return nil
		}
		if family == "odf" {
			family = strings.TrimPrefix(filepath.Ext(name), ".")
			if family == "pdf" {
				return nil
			}
		}
		truth := filepath.Join(dir, strings.SplitN(filepath.ToSlash(rel), "/", 2)[0], "groundtruth", strings.ReplaceAll(name, "/", "_")+".md")
		if strings.HasSuffix(name, ".pdf") {
			truth = strings.TrimSuffix(truth, ".pdf.md") + ".md"
		}
		b, err := os.ReadFile(truth)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		out = append(out, sourceFile{family: family, name: name, path: path, truth: string(b)})
		return nil
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("list %s: %v", dir, err)
	}
	return out
}

func extractFile(ctx context.Context, x *Extractor, path string) (*extract.Text, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return x.Extract(ctx, f, extract.Options{URI: "file:///" + filepath.Base(path)})
}

// familyFigures collect the figures of one family.
type familyFigures struct {
	files, measured, refused int
	recall, precision, order float64 // sums over the measured
	cells, headed            int
	tabular, tabularHeaded   int // of tables that are some
	longest                  time.Duration
}

func (f *familyFigures) measure(t *testing.T, x *Extractor, s sourceFile) {
	t.Helper()
	began := time.Now()
	text, err := extractFile(t.Context(), x, s.path)
	spent := time.Since(began)
	f.files++
	f.longest = max(f.longest, spent)
	if spent > slowest {
		t.Errorf("%s/%s took %s", s.family, s.name, spent)
	}
	plain := ""
	if err != nil {
		f.refused++
		if connectors.AsVerdict(err) == nil {
			t.Errorf("%s/%s: neither a text nor a verdict: %v", s.family, s.name, err)
		}
		t.Logf("%s/%s: %v", s.family, s.name, err)
	} else {
		plain = text.Plain()
	}
	if s.truth == "" {
		return
	}
	got, want := wordsOf(plain), wordsOf(s.truth)
	both := common(got, want)
	recall, precision := share(both, len(want)), share(both, len(got))
	order := share(lcs(got, want), len(want))
	if len(got) == 0 && len(want) > 0 {
		precision = 0
	}
	f.measured++
	f.recall += recall
	f.precision += precision
	f.order += order
	cells, headed, lost := headedCells(t, text, s.truth)
	f.cells += cells
	f.headed += headed
	tabular, tabularHeaded := tabularCells(t, text, s.truth)
	f.tabular += tabular
	f.tabularHeaded += tabularHeaded
	t.Logf("%s/%s: R %.3f P %.3f order %.3f, header %d of %d cells, %d words, %.1f ms",
		s.family, s.name, recall, precision, order, headed, cells, len(want), spent.Seconds()*1000)
	if err == nil && (recall < 0.97 || precision < 0.95) {
		t.Logf("  lost %q\n  extra %q", surplus(want, got), surplus(got, want))
	}
	if len(lost) > 0 && err == nil {
		t.Logf("  cells without their header: %q", lost[:min(len(lost), 10)])
	}
}

func (f *familyFigures) judge(t *testing.T, name string) {
	t.Helper()
	n := float64(max(f.measured, 1))
	header := 1.0
	if f.cells > 0 {
		header = float64(f.headed) / float64(f.cells)
	}
	t.Logf("%-9s R %.3f P %.3f order %.3f header %.3f (%d cells), %d files, %d with a truth, %d refused, longest %.0f ms",
		name, f.recall/n, f.precision/n, f.order/n, header, f.cells, f.files, f.measured, f.refused, f.longest.Seconds()*1000)
	if ofTables := share(f.tabularHeaded, f.tabular); name == "pdf" {
		t.Logf("%-9s header %.3f of %d cells of tables that are some", name, ofTables, f.tabular)
		if ofTables < tabulated {
			t.Errorf("%s: %.3f of the cells of tables have their header, less than %.3f", name, ofTables, tabulated)
		}
	}
	least := floors[name]
	for _, m := range []struct {
		what       string
		got, least float64
	}{
		{"recall", f.recall / n, least.recall},
		{"precision", f.precision / n, least.precision},
		{"order", f.order / n, least.order},
		{"share of cells with their header", header, least.header},
	} {
		if m.got < m.least {
			t.Errorf("%s: %s %.3f is below %.3f", name, m.what, m.got, m.least)
		}
	}
}

// headedCells counts the non-empty body cells of the truth's tables that have a
// column header, and those of them whose chunk holds it. The chunk of a cell is the
// one that holds most cells of its row, itself among them.
func headedCells(t *testing.T, text *extract.Text, truth string) (cells, headed int, lost []string) {
	t.Helper()
	passages := passagesOf(t, text)
	for _, table := range pipeTables(truth) {
		header := table[0]
		for _, row := range table[1:] {
			held := cellsHeld(passages, row)
			for i, cell := range row {
				if spaced(cell) == " " || i >= len(header) || spaced(header[i]) == " " {
					continue
				}
				cells++
				if besideHeader(passages, held, spaced(cell), spaced(header[i])) {
					headed++
				} else {
					lost = append(lost, header[i]+": "+cell)
				}
			}
		}
	}
	return cells, headed, lost
}

// passagesOf are the chunks of a text, as its words.
func passagesOf(t *testing.T, text *extract.Text) []string {
	t.Helper()
	if text == nil {
		return nil
	}
	pieces, err := chunk.Split(text, chunk.Options{})
	if err != nil {
		t.Log(err)
	}
	var out []string
	for _, p := range pieces {
		out = append(out, spaced(strings.Join(p.Heading, "\n")+"\n"+p.Question+"\n"+p.Text))
	}
	return out
}

// tabularCells counts as headedCells does, but leaves out the truth's tables that are
// lists of contents, whose cells end with rows of dots, and takes a cell for held where
// all its words are in a chunk with its header: the truth, a model's guess, puts lines
// that stand below each other into one cell.
func tabularCells(t *testing.T, text *extract.Text, truth string) (cells, headed int) {
	t.Helper()
	passages := passagesOf(t, text)
	for _, table := range pipeTables(truth) {
		if dotted := strings.Count(strings.Join(table[0], " "), " ."); dotted > 4 {
			continue
		}
		header := table[0]
		for _, row := range table[1:] {
			for i, cell := range row {
				if spaced(cell) == " " || i >= len(header) || spaced(header[i]) == " " {
					continue
				}
				cells++
				headed += count(slices.ContainsFunc(passages, func(p string) bool {
					return strings.Contains(p, spaced(header[i])) && holdsWords(p, wordsOf(strings.Join(row, " "))) && holdsWords(p, wordsOf(cell))
				}))
			}
		}
	}
	return cells, headed
}

// holdsWords reports whether nearly all words are in a passage: nine of ten, for the
// truth has names of glyphs among them.
func holdsWords(passage string, words []string) bool {
	held := 0
	for _, w := range words {
		held += count(strings.Contains(passage, " "+w+" "))
	}
	return 10*held >= 9*len(words)
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// cellsHeld counts, for each passage, the cells of the row in it.
func cellsHeld(passages []string, row []string) []int {
	held := make([]int, len(passages))
	for i, p := range passages {
		for _, cell := range row {
			if c := spaced(cell); c != " " && strings.Contains(p, c) {
				held[i]++
			}
		}
	}
	return held
}

func besideHeader(passages []string, held []int, cell, header string) bool {
	most := 0
	for i, p := range passages {
		if strings.Contains(p, cell) {
			most = max(most, held[i])
		}
	}
	for i, p := range passages {
		if most > 0 && held[i] == most && strings.Contains(p, cell) && strings.Contains(p, header) {
			return true
		}
	}
	return false
}
