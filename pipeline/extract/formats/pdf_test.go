package formats

import (
	"os"
	"testing"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/pdf"
)

// TestMain plays the part of the program that reads PDF files.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == pdf.Argument {
		if err := pdf.Work(os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// withPDF is a Config whose Extractor reads PDF files too.
func withPDF(t *testing.T) Config {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := pdf.New(pdf.Options{Command: []string{self, pdf.Argument}})
	t.Cleanup(func() { _ = r.Close() })
	return Config{PDF: r}
}

func TestPDFFilesAreTold(t *testing.T) {
	const rest = "1 0 obj<</Type/Catalog>>endobj"
	for content, want := range map[string]bool{
		"%PDF-1.7\n" + rest:                        true,
		"\r\n %PDF-2.0\n":                          true,
		"junk of a mailer\n%PDF-1.4\n" + rest:      true,
		"A file that begins with %PDF-1.7 is one.": false,
		"%PDFX": false,
	} {
		f, err := formOf([]byte(content), extract.Options{})
		if (f == formPDF) != want || err != nil && connectors.AsVerdict(err) == nil {
			t.Errorf("%q is read as %q, %v", content, f, err)
		}
	}
}
