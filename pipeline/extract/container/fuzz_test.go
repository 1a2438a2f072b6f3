package container

import (
	"io"
	"testing"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

func FuzzOpen(f *testing.F) {
	f.Add(archive(f, contentTypes("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml")...))
	f.Add(archive(f, part{"mimetype", "application/vnd.oasis.opendocument.text"}, part{"content.xml", "<a/>"}))
	f.Add(overlapping(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		files, err := Open(b, extract.Limits{Inflated: 1 << 20})
		if err != nil {
			if connectors.AsVerdict(err) == nil {
				t.Fatalf("no verdict: %v", err)
			}
			return
		}
		for _, name := range files.Names() {
			if _, err := files.Read(name); err != nil && connectors.AsVerdict(err) == nil {
				t.Fatalf("%q: no verdict: %v", name, err)
			}
			d, err := files.XML(t.Context(), name)
			if err != nil {
				continue
			}
			for err == nil {
				_, err = d.Token()
			}
			if err != io.EOF && connectors.AsVerdict(err) == nil {
				t.Fatalf("%q: no verdict: %v", name, err)
			}
		}
	})
}
