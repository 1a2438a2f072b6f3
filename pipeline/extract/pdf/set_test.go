package pdf

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/pipeline/extract"
)

// indexed is a line of index.jsonl.
type indexed struct {
	File      string   `json:"file"`
	Types     []string `json:"types"`
	Password  *string  `json:"password"`
	Encrypted bool     `json:"encrypted"`
}

func index(tb testing.TB) (dir string, files []indexed) {
	tb.Helper()
	dir = connectortest.DataPath(tb, "pdf-pdfjs")
	b, err := os.ReadFile(filepath.Join(dir, "index.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	s := bufio.NewScanner(bytes.NewReader(b))
	for s.Scan() {
		var f indexed
		if err := json.Unmarshal(s.Bytes(), &f); err != nil {
			tb.Fatal(err)
		}
		files = append(files, f)
	}
	return dir, files
}

func load(tb testing.TB, dir, name string) []byte {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "pdf", name))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// longest is how long a file may take.
const longest = slowdown * 10 * time.Second

// outcome is what came of a file.
type outcome struct {
	file   indexed
	text   *extract.Text
	err    error
	took   time.Duration
	theirs string // what pdftotext says
}

// readAll reads the whole set, two files at once, with pdftotext too where command
// is set.
func readAll(t *testing.T, r *Reader, dir string, files []indexed, command string) []outcome {
	t.Helper()
	out := make([]outcome, len(files))
	var all sync.WaitGroup
	for lane := range 2 {
		all.Go(func() {
			for i := lane; i < len(files); i += 2 {
				b, err := os.ReadFile(filepath.Join(dir, "pdf", files[i].File))
				if err != nil {
					t.Error(err)
					continue
				}
				start := time.Now()
				text, err := r.Read(t.Context(), b, extract.Options{Limits: extract.Limits{Time: longest}})
				out[i] = outcome{files[i], text, err, time.Since(start), ""}
				if command != "" {
					ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
					said, _ := exec.CommandContext(ctx, command, "-q", filepath.Join(dir, "pdf", files[i].File), "-").Output() // what it got before it failed counts
					cancel()
					out[i].theirs = string(said)
				}
			}
		})
	}
	all.Wait()
	return out
}

func TestEveryFileOfPDFJSEndsWithTextOrAReason(t *testing.T) {
	dir, files := index(t)
	reasons, withText, meantText := map[string]int{}, 0, 0
	for _, o := range readAll(t, newReader(t, Options{Parallel: 2}), dir, files, "") {
		v := connectors.AsVerdict(o.err)
		switch {
		case o.took > longest:
			t.Errorf("%s took %s", o.file.File, o.took)
		case o.err == nil && !o.text.HasWords():
			t.Errorf("%s: neither text nor a reason", o.file.File)
		case o.err == nil:
			reasons["text"]++
		case v == nil:
			t.Errorf("%s: %v; want a verdict", o.file.File, o.err)
		case v.Reason == "" || v.Detail == "" || strings.Contains(v.Detail, "runtime error"):
			t.Errorf("%s: the verdict is %v; want a reason in words", o.file.File, v)
		default:
			reasons[v.Reason]++
		}
		if slices.Contains(o.file.Types, "text") {
			meantText++
			if o.err == nil {
				withText++
			} else {
				t.Logf("%s should have text: %v", o.file.File, o.err)
			}
		}
	}
	t.Logf("%d files: %v; of %d that are meant to have text %d have some", len(files), reasons, meantText, withText)
	if withText*10 < meantText*9 {
		t.Errorf("%d of the %d files that are meant to have text have some; want nine in ten", withText, meantText)
	}
}

func TestLockedFilesNeedTheirPassword(t *testing.T) {
	t.Parallel()
	dir, files := index(t)
	locked := 0
	for _, f := range files {
		if !f.Encrypted || f.Password == nil {
			continue
		}
		locked++
		b := load(t, dir, f.File)
		_, err := newReader(t, Options{}).Read(t.Context(), b, extract.Options{})
		if reasonOf(err) != connectors.VerdictEncrypted || !strings.Contains(err.Error(), "extract.pdf.passwords") {
			t.Errorf("%s without its password: %v; want encrypted, and where to give it", f.File, err)
		}
		_, err = newReader(t, Options{Passwords: []string{"wrong"}}).Read(t.Context(), b, extract.Options{})
		if reasonOf(err) != connectors.VerdictEncrypted {
			t.Errorf("%s with a wrong password: %v; want encrypted", f.File, err)
		}
		text, err := newReader(t, Options{Passwords: []string{"wrong", *f.Password}}).Read(t.Context(), b, extract.Options{})
		if reasonOf(err) == connectors.VerdictEncrypted {
			t.Errorf("%s with its password: %v", f.File, err)
		}
		if err == nil {
			t.Logf("%s says %q", f.File, text.Plain())
		} else {
			t.Logf("%s with its password: %v", f.File, err)
		}
	}
	if locked < 4 {
		t.Errorf("%d locked files; want 4", locked)
	}
}

// wordsOf returns the words of text, in lower case and NFC.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(extract.Compose(text)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '_'
	})
}

// garbled are the files of which pdftotext makes what nobody can read, seen by eye:
// letters moved by one, lines fallen apart into letters, a font without its meaning.
var garbled = []string{"issue19802.pdf", "bug946506.pdf", "issue5801.pdf", "issue5874.pdf"}

func TestWhatPdftotextFindsIsFound(t *testing.T) {
	command, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("pdftotext is not installed, and CI is to have it: ", err)
		}
		t.Skip("pdftotext is not installed; install it with: apt-get install poppler-utils")
	}
	dir, files := index(t)
	var shares []float64
	theirs, ours, whole, doubted := 0, 0, 0, 0
	for _, o := range readAll(t, newReader(t, Options{Parallel: 2}), dir, files, command) {
		truth := wordsOf(o.theirs)
		if len(truth) < 20 || slices.Contains(garbled, o.file.File) {
			continue
		}
		theirs++
		if words, _ := countStrange(o.theirs); words >= 40 && latin(o.theirs) {
			whole++
			if garble(t, o.file.File, o.theirs) {
				doubted++
			}
		}
		if o.err != nil {
			t.Logf("%s: pdftotext reads %d words, we: %v", o.file.File, len(truth), o.err)
			shares = append(shares, 0)
			continue
		}
		ours++
		share := contained(truth, wordsOf(o.text.Plain()))
		shares = append(shares, share)
		if share < 0.95 {
			t.Logf("%s: %.3f of %d words", o.file.File, share, len(truth))
		}
	}
	slices.Sort(shares)
	mean := 0.0
	for _, s := range shares {
		mean += s / float64(len(shares))
	}
	median := shares[len(shares)/2]
	t.Logf("pdftotext reads 20 words or more in %d files, we read %d of them; the median share of its words is %.3f, the mean %.3f", theirs, ours, median, mean)
	if ours < theirs {
		t.Errorf("we read %d of %d files", ours, theirs)
	}
	t.Logf("%d of %d readable texts in Latin letters are doubted", doubted, whole)
	if doubted*20 > whole {
		t.Errorf("%d of %d readable texts are doubted; want one in twenty at most", doubted, whole)
	}
	if median < 0.95 {
		t.Errorf("the median share is %.3f; want 0.95", median)
	}
}

// contained is the share of truth that is in words, as multisets.
func contained(truth, words []string) float64 {
	have := map[string]int{}
	for _, w := range words {
		have[w]++
	}
	n := 0
	for _, w := range truth {
		if have[w] > 0 {
			have[w]--
			n++
		}
	}
	return float64(n) / float64(len(truth))
}

// garble says whether the words of out, in Latin letters, pass for readable, and those
// of the same text with each letter moved, as a font without its encoding shows it.
func garble(t *testing.T, name, out string) (doubted bool) {
	words, strange := countStrange(out)
	moved := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return 'a' + (r-'a'+3)%26
		}
		return r
	}, strings.ToLower(out))
	if n, s := countStrange(moved); float64(s) < unreadableStrange*float64(n) {
		t.Errorf("%s with its letters moved passes for text: %d of %d words are strange", name, s, n)
	}
	if share := float64(strange) / float64(words); share > doubtfulStrange {
		t.Logf("%s is doubted: %.2f of %d words are strange", name, share, words)
		return true
	}
	return false
}

func latin(s string) bool {
	n, all := 0, 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			all++
			if r < 0x250 {
				n++
			}
		}
	}
	return n*10 > all*9
}
