package main

import (
	"os"
	"strings"
	"testing"

	"freshet/pipeline/extract/pdf"
)

// TestMain plays the part of the program when a test reads a PDF file.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == pdf.Argument {
		os.Exit(readPDF())
	}
	os.Exit(m.Run())
}

// notice is a small PDF file.
const notice = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 400 400]>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n" +
	"4 0 obj<</Length 61>>stream\nBT /F 12 Tf 20 300 Td (The office is closed on Friday.) Tj ET\nendstream endobj\n" +
	"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

func TestAPDFFileIsRead(t *testing.T) {
	w := newWorld(t)
	out := w.ok("extract", w.write("notice.pdf", notice))
	if !strings.Contains(out, "The office is closed on Friday.") {
		t.Errorf("got %q", out)
	}
	w.says(exitFailed, "malformed", "extract", w.write("broken.pdf", notice[:30]))
}
