package duplicate_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"freshet/connectors/connectortest"
	"freshet/pipeline/chunk"
	"freshet/pipeline/detect/duplicate"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/formats"
	"freshet/pipeline/extract/pdf"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == pdf.Argument {
		if err := pdf.Work(os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// readFile extracts and cuts a file as a sync does.
func readFile(t *testing.T, x *formats.Extractor, path string) *duplicate.Reading {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := x.Extract(context.Background(), f, extract.Options{URI: path})
	if err != nil {
		t.Fatal(err)
	}
	pieces, err := chunk.Split(text, chunk.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := duplicate.Page{Title: text.Title, Locale: text.Language, Form: strings.TrimPrefix(filepath.Ext(path), ".")}
	for _, c := range pieces {
		p.Passages = append(p.Passages, duplicate.Passage{Heading: c.Heading, Question: c.Question, Text: c.Text})
	}
	return duplicate.ReadPage(p, nil)
}

// Office files and the PDF files that were printed from them.
func TestTwinsOfDocling(t *testing.T) {
	dir := filepath.Join(connectortest.DataPath(t, "files-docling"), "odf", "sources")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	reader := pdf.New(pdf.Options{Command: []string{self, pdf.Argument}})
	t.Cleanup(func() { _ = reader.Close() })
	x := formats.New(formats.Config{PDF: reader})
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var readings []*duplicate.Reading
	for _, f := range files {
		readings = append(readings, readFile(t, x, f))
	}
	pairs, holders := candidates(readings)
	for i := range files {
		for j := range i {
			v := duplicate.Pages(readings[j], readings[i], duplicate.Rules{Holders: holders})
			a, b := filepath.Base(files[j]), filepath.Base(files[i])
			twins := a+".pdf" == b
			if v.Relation != duplicate.Different {
				t.Logf("%s %s: %s, J=%.3f, covered %.3f and %.3f, %d and %d words", a, b, v.Relation, v.Likeness.Jaccard, v.CoverA, v.CoverB,
					readings[j].Words(), readings[i].Words())
			}
			if same := v.Relation == duplicate.Equal || v.Relation == duplicate.Nearly; same != twins || twins && !pairs[[2]int{j, i}] {
				t.Errorf("%s and %s are %s %q, share a key: %v; twins: %v", a, b, v.Relation, v.Why, pairs[[2]int{j, i}], twins)
			}
		}
	}
}
