package formats

import (
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container/containertest"
)

// zipped makes an archive of names and contents.
func TestFormsThatAreNotReadSayWhatTheyAre(t *testing.T) {
	archive := string(containertest.Zip(t, "a.txt", "text", "b/c.txt", "text"))
	for name, c := range map[string]struct{ content, mediaType, uri, reason, word string }{
		"an archive":                     {archive, "application/zip", "", connectors.VerdictMediaType, "add its files one by one"},
		"an archive by the name of text": {archive, "text/plain", "a.txt", connectors.VerdictMediaType, "ZIP archive"},
		"an archive by the name of Word": {archive, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a.docx", connectors.VerdictMediaType, "ZIP archive"},
		"half an archive":                {archive[:len(archive)/2], "", "a.docx", connectors.VerdictMalformed, "cut off"},
		"a compressed file":              {"\x1f\x8b\x08\x00\x00\x00\x00\x00", "", "a.gz", connectors.VerdictMediaType, "archive"},
		"a compound file":                {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), "", "a.doc", connectors.VerdictMediaType, "compound file"},
		"rich text":                      {`{\rtf1\ansi hello}`, "", "a.rtf", connectors.VerdictMediaType, "save it as .docx"},
		"a binary workbook":              {string(containertest.Zip(t, "[Content_Types].xml", "<Types/>", "xl/workbook.bin", "x")), "", "", connectors.VerdictMediaType, "save it as .xlsx"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(Config{}).Extract(t.Context(), strings.NewReader(c.content), extract.Options{MediaType: c.mediaType, URI: c.uri})
			if v := connectors.AsVerdict(err); v == nil || v.Reason != c.reason || !strings.Contains(v.Detail, c.word) {
				t.Errorf("got %v; want %s with %q", err, c.reason, c.word)
			}
		})
	}
}
