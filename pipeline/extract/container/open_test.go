package container

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

// A part of an archive that a test makes.
type part struct{ name, content string }

func archive(t testing.TB, parts ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		to, err := w.Create(p.name)
		if err == nil {
			_, err = io.WriteString(to, p.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func wantVerdict(t *testing.T, err error, reason, word string) {
	t.Helper()
	v := connectors.AsVerdict(err)
	if v == nil || v.Reason != reason || !strings.Contains(v.Detail, word) {
		t.Errorf("got %v; want %s with %q", err, reason, word)
	}
}

func contentTypes(main, contentType string) []part {
	return []part{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/` + main + `" ContentType="` + contentType + `"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="x"><Relationship Id="rId1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/` + main + `"/></Relationships>`},
		{main, "<a/>"},
	}
}

func TestTheFormIsDecidedByContent(t *testing.T) {
	odf := "application/vnd.oasis.opendocument."
	for _, c := range []struct {
		want  string
		parts []part
	}{
		{"docx", contentTypes("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml")},
		{"docx", contentTypes("d/x.xml", "application/vnd.ms-word.document.macroEnabled.main+xml")},
		{"docx", contentTypes("word/document2.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml")},
		{"pptx", contentTypes("ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml")},
		{"pptx", contentTypes("ppt/p.xml", "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml")},
		{"xlsx", contentTypes("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml")},
		{"xlsx", contentTypes("xl/w.xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml")},
		{"xlsb", contentTypes("xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroEnabled.main")},
		{"docx", []part{{"[Content_Types].xml", "<broken"}, {`Word\Document.xml`, "<a/>"}}},
		{"odt", []part{{"mimetype", odf + "text"}, {"content.xml", "<a/>"}}},
		{"odt", []part{{"mimetype", odf + "text-template\n"}}},
		{"ods", []part{{"mimetype", odf + "spreadsheet"}}},
		{"odp", []part{{"mimetype", odf + "presentation"}}},
		{"odg", []part{{"mimetype", odf + "graphics"}}},
		{"epub", []part{{"mimetype", "application/epub+zip"}}},
		{"", []part{{"readme.txt", "x"}}},
		{"", []part{{"mimetype", "image/openraster"}}},
		{"", nil},
	} {
		f, err := Open(archive(t, c.parts...), extract.Limits{})
		if err != nil {
			t.Errorf("%q: %v", c.parts, err)
		} else if f.Form() != c.want {
			t.Errorf("%q is %q, not %q", c.parts, f.Form(), c.want)
		}
	}
}

func TestPartsAreFoundAsOfficeFindsThem(t *testing.T) {
	f, err := Open(archive(t, part{`word\Document.xml`, "x"}, part{"/a/b.xml", "y"}, part{"folder/", ""}, part{"Folder/", ""}, part{"c//./d.xml", "z"}), extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"word/document.xml": "x", "/word/Document.xml": "x", "a/b.xml": "y", "a/../a/./b.xml": "y", "c/d.xml": "z"} {
		if b, err := f.Read(name); string(b) != want || err != nil {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
	if _, err := f.Read("c"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := f.XML(t.Context(), "c"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if n := len(f.Names()); n != 3 {
		t.Errorf("%d names", n)
	}
}

func TestArchivesMadeToDeceiveAreRefused(t *testing.T) {
	for _, c := range []struct {
		why, word string
		b         []byte
	}{
		{"two parts of one name", "two different parts", archive(t, part{"a.xml", "1"}, part{"a.xml", "2"})},
		{"two parts that differ in case", "two different parts", archive(t, part{"a.xml", "1"}, part{"A.xml", "2"})},
		{"two parts that differ in slashes", "two different parts", archive(t, part{"a/b", "1"}, part{`a\b`, "2"})},
		{"a name that leads out", "leads out", archive(t, part{"a/../../b", "1"})},
		{"a name that leads out by backslashes", "leads out", archive(t, part{`..\b`, "1"})},
		{"a zero in a name", "zero byte", archive(t, part{"a\x00.xml", "1"})},
		{"an archive cut in half", "cut off", cutInHalf(archive(t, part{"a.xml", strings.Repeat("abc", 1000)}))},
		{"overlapping parts", "same bytes", overlapping(t)},
		{"an offset beyond the end", "damaged", patchDirectory(archive(t, part{"a", "b"}), 42, 0x7fffff00)},
	} {
		_, err := Open(c.b, extract.Limits{})
		if v := connectors.AsVerdict(err); v == nil || v.Reason != connectors.VerdictMalformed || !strings.Contains(v.Detail, c.word) {
			t.Errorf("%s: %v", c.why, err)
		}
	}
	if _, err := Open(archive(t, part{"a.xml", "1"}, part{"A.xml", "1"}), extract.Limits{}); err != nil {
		t.Errorf("the same part twice does no harm: %v", err)
	}
}

func cutInHalf(b []byte) []byte { return b[:len(b)/2] }

const (
	directoryEntry = "PK\x01\x02"
	localHeader    = "PK\x03\x04"
)

// patchDirectory writes 4 bytes at an offset into the first entry of the directory.
func patchDirectory(b []byte, offset int, value uint32) []byte {
	at := bytes.Index(b, []byte(directoryEntry))
	binary.LittleEndian.PutUint32(b[at+offset:], value)
	return b
}

// overlapping makes two entries of the directory point to one part.
func overlapping(t testing.TB) []byte {
	b := archive(t, part{"a", strings.Repeat("a", 100)}, part{"b", strings.Repeat("b", 100)})
	second := bytes.LastIndex(b, []byte(directoryEntry))
	binary.LittleEndian.PutUint32(b[second+42:], 0)
	return b
}

func TestPasswordsAreAskedForInWords(t *testing.T) {
	locked := archive(t, part{"a", "b"})
	at := bytes.Index(locked, []byte(directoryEntry))
	locked[at+8] |= 1
	_, err := Open(locked, extract.Limits{})
	wantVerdict(t, err, connectors.VerdictEncrypted, "password")

	_, err = Open(archive(t, part{"mimetype", "application/vnd.oasis.opendocument.text"}, part{"META-INF/manifest.xml",
		`<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>`}), extract.Limits{})
	wantVerdict(t, err, connectors.VerdictEncrypted, "password")
}

func TestBombsAreRefusedBeforeTheyInflate(t *testing.T) {
	zeros := archive(t, part{"bomb", strings.Repeat("\x00", 8<<20)}, part{"small", strings.Repeat("y", 1000)})
	f, err := Open(zeros, extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Read("bomb")
	wantVerdict(t, err, connectors.VerdictTooLarge, "limits: ratio")
	wantVerdict(t, f.CheckWhole(), connectors.VerdictTooLarge, "limits: ratio")
	if _, err := f.Read("small"); err != nil {
		t.Errorf("the other parts are read: %v", err)
	}

	many := extract.Limits{Inflated: 2500}
	f, err = Open(archive(t, part{"a", strings.Repeat("y", 1000)}, part{"b", strings.Repeat("y", 1000)}, part{"c", strings.Repeat("y", 1000)}), many)
	if err != nil {
		t.Fatal(err)
	}
	wantVerdict(t, f.CheckWhole(), connectors.VerdictTooLarge, "limits: inflated")
	for _, name := range []string{"a", "b"} {
		if _, err := f.Read(name); err != nil {
			t.Fatal(err)
		}
	}
	_, err = f.Read("c")
	wantVerdict(t, err, connectors.VerdictTooLarge, "limits: inflated")

	_, err = Open(archive(t, make([]part, 11)...), extract.Limits{Entries: 10})
	wantVerdict(t, err, connectors.VerdictTooLarge, "limits: entries")
}

// TestALyingSizeDoesNotHelp: the directory declares 10 bytes, the part has 8 MB.
func TestALyingSizeDoesNotHelp(t *testing.T) {
	b := patchDirectory(archive(t, part{"bomb", strings.Repeat("\x00", 8<<20)}), 24, 10)
	f, err := Open(b, extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.Read("bomb")
	if len(got) > 1<<20 || err == nil {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	wantVerdict(t, err, connectors.VerdictMalformed, "damaged")
}

func TestADamagedPartIsMalformed(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	to, _ := w.CreateRaw(&zip.FileHeader{Name: "odd", Method: 9, CompressedSize64: 3, UncompressedSize64: 3})
	io.WriteString(to, "abc")
	to, _ = w.CreateRaw(&zip.FileHeader{Name: "bad", Method: zip.Deflate, CompressedSize64: 3, UncompressedSize64: 3})
	io.WriteString(to, "\xff\xff\xff")
	w.Close()
	f, err := Open(b.Bytes(), extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Read("odd")
	wantVerdict(t, err, connectors.VerdictMalformed, "method 9")
	_, err = f.Read("bad")
	wantVerdict(t, err, connectors.VerdictMalformed, "damaged")
}

func TestZip64IsRead(t *testing.T) {
	// A size of 2^32-1 in a header sends the reader to the 64-bit field behind it.
	b := archive(t, part{"a", "content"})
	at := bytes.Index(b, []byte(directoryEntry))
	entry := b[at:]
	size := binary.LittleEndian.Uint32(entry[24:])
	binary.LittleEndian.PutUint32(entry[24:], 0xffffffff)
	binary.LittleEndian.PutUint16(entry[30:], 12)
	extra := binary.LittleEndian.AppendUint16(nil, 1)
	extra = binary.LittleEndian.AppendUint16(extra, 8)
	extra = binary.LittleEndian.AppendUint64(extra, uint64(size))
	whole := append(bytes.Clone(b[:at+46+1]), extra...)
	whole = append(whole, b[at+46+1:]...)
	end := bytes.LastIndex(whole, []byte("PK\x05\x06"))
	binary.LittleEndian.PutUint32(whole[end+12:], uint32(end-at))
	f, err := Open(whole, extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := f.Read("a"); string(got) != "content" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
