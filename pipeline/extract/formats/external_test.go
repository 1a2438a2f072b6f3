package formats

import (
	"flag"
	"os"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/external"
	"freshet/pipeline/extract/markup"
)

// TestActsAsProgram is the external program of the tests below, which call the test
// binary with two words: what to read and what to write.
func TestActsAsProgram(t *testing.T) {
	words := flag.Args()
	if len(words) != 2 {
		t.Skip("it is called by other tests only")
	}
	b, err := os.ReadFile(words[0])
	if err != nil {
		t.Fatal(err)
	}
	made := "<html><body><h1>Scan</h1><p>The text of " + words[0][strings.LastIndexByte(words[0], '.'):] + " is recognised and long enough.</p></body></html>"
	if strings.Contains(string(b), "again") {
		made = `{\rtf1 again}`
	}
	if err := os.WriteFile(words[1], []byte(made), 0o600); err != nil {
		t.Fatal(err)
	}
}

func converting(t *testing.T, forms ...string) *Extractor {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	commands := map[string]external.Command{}
	for _, f := range forms {
		commands[f] = external.Command{Args: []string{self, "-test.run=^TestActsAsProgram$", "{file}", "{out}"}, Produces: "html"}
	}
	return New(Config{External: external.New(external.Config{Commands: commands, Dir: t.TempDir()})})
}

const richText = `{\rtf1\ansi hello}`

func TestAProgramThatIsConfiguredReadsWhatNoReaderDoes(t *testing.T) {
	x := converting(t, "rtf", "image", "doc")
	for name, c := range map[string]struct{ content, suffix string }{
		"rich text": {richText, ".rtf"},
		"a picture": {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", ".png"},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := x.Extract(t.Context(), strings.NewReader(c.content), extract.Options{URI: "a" + c.suffix})
			if err != nil {
				t.Fatal(err)
			}
			if want := "The text of " + c.suffix + " is recognised and long enough."; !strings.Contains(text.Plain(), want) || text.Version != markup.HTMLVersion || !strings.Contains(text.Why, "made html of it") {
				t.Errorf("%q, %s, %s", text.Plain(), text.Version, text.Why)
			}
		})
	}
}

func TestWhatAProgramMakesIsNotGivenToAProgramAgain(t *testing.T) {
	_, err := converting(t, "rtf").Extract(t.Context(), strings.NewReader(`{\rtf1\ansi again}`), extract.Options{})
	if v := connectors.AsVerdict(err); v == nil || v.Reason != connectors.VerdictMediaType {
		t.Errorf("got %v", err)
	}
}

func TestWithoutAProgramTheVerdictSaysWhatToConfigure(t *testing.T) {
	for content, want := range map[string]string{
		richText:                              "configure extract.commands.rtf, for instance with LibreOffice",
		"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR": "configure extract.commands.image, for instance with tesseract",
	} {
		for _, x := range []*Extractor{New(Config{}), converting(t, "doc")} {
			_, err := x.Extract(t.Context(), strings.NewReader(content), extract.Options{})
			if v := connectors.AsVerdict(err); v == nil || v.Reason != connectors.VerdictMediaType || !strings.Contains(v.Detail, want) {
				t.Errorf("got %v, want %q", err, want)
			}
		}
	}
}

// scanned stands for a PDF reader that finds pictures.
func scanned(t *testing.T, x *Extractor) (*extract.Text, error) {
	t.Helper()
	seen := &connectors.Verdict{Reason: connectors.VerdictEmpty, Detail: "2 of 2 pages are pictures without text: it needs OCR"}
	if !needsOCR("pdf", nil, seen) || needsOCR("docx", nil, seen) {
		t.Fatal("what needs OCR is not told from what does not")
	}
	return x.recognised(t.Context(), "pdf", []byte("%PDF-1.7"), extract.Options{Limits: extract.Limits{}.WithDefaults()}, nil, seen)
}

func TestAScanIsGivenToTheProgramThatRecognisesText(t *testing.T) {
	text, err := scanned(t, converting(t, "ocr"))
	if err != nil || !strings.Contains(text.Plain(), "The text of .pdf is recognised") {
		t.Errorf("%v, %v", text, err)
	}
	_, err = scanned(t, converting(t, "doc"))
	if v := connectors.AsVerdict(err); v == nil || !strings.Contains(v.Detail, "it needs OCR by an external program: configure extract.commands.ocr, for instance with ocrmypdf") {
		t.Errorf("without one: %v", err)
	}
	half := &extract.Text{Quality: &extract.Quality{Pages: 4, NeedOCR: 2}}
	most := &extract.Text{Quality: &extract.Quality{Pages: 4, NeedOCR: 3}}
	if needsOCR("pdf", half, nil) || !needsOCR("pdf", most, nil) {
		t.Error("a PDF of which half is text is read as it is, one that is mostly pictures is not")
	}
}
