// Package container opens the files that are ZIP archives of XML parts (Office Open
// XML, OpenDocument, EPUB) within named limits, says which of them a file is, and
// reads their parts. It also tells the older compound files of Office apart.
//
// Nothing is unpacked to disk and nothing outside the file is ever asked for: the
// targets of external relationships, external entities and document type definitions
// are left alone.
package container

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

// ratioFrom is the inflated size, in bytes, from which on the ratio is looked at:
// small parts of repeated markup shrink to almost nothing and harm nobody.
const ratioFrom = 1 << 20

// Files are the parts of one container. They are read by one goroutine at a time.
type Files struct {
	limits   extract.Limits
	parts    map[string]*zip.File // by key
	names    []string             // as they stand in the directory, without folders
	form     string
	main     string
	inflated int64
}

// IsZip reports whether b begins like a ZIP archive.
func IsZip(b []byte) bool {
	return bytes.HasPrefix(b, []byte("PK\x03\x04")) || bytes.HasPrefix(b, []byte("PK\x05\x06"))
}

// Open reads the directory of the archive b and decides its form; b is kept. Zero
// fields of l take their defaults. The errors are verdicts: malformed when the
// directory is missing, cut off or made to deceive (two parts of one name, parts that
// share their bytes, names that lead out of the archive); too_large when there are more
// than l.Entries parts; encrypted when a password is needed.
func Open(b []byte, l extract.Limits) (*Files, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, malformed("its list of parts cannot be read; the file is damaged or was cut off while it was copied, get it again (%v)", err)
	}
	f := &Files{limits: l.WithDefaults(), parts: make(map[string]*zip.File, len(z.File))}
	if len(z.File) > f.limits.Entries {
		return nil, tooLarge("it holds %d parts; the limit is %d (limits: entries)", len(z.File), f.limits.Entries)
	}
	for _, part := range z.File {
		if err := f.add(part); err != nil {
			return nil, err
		}
	}
	if err := apart(z.File); err != nil {
		return nil, err
	}
	if err := f.decide(); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *Files) add(part *zip.File) error {
	name, err := cleanName(part.Name)
	if err != nil {
		return err
	}
	if name == "" {
		return nil
	}
	if part.Flags&1 != 0 {
		return encrypted("the archive is protected with a password; add the file without one")
	}
	k := key(name)
	if other, twice := f.parts[k]; twice {
		if other.CRC32 == part.CRC32 && other.UncompressedSize64 == part.UncompressedSize64 {
			return nil
		}
		return malformed("it holds two different parts called %q", name)
	}
	f.parts[k] = part
	f.names = append(f.names, name)
	return nil
}

// cleanName turns the name of a part into slashes without one in front, as a few
// programs write backslashes and absolute names; "" stands for a folder.
func cleanName(name string) (string, error) {
	name = strings.TrimLeft(strings.ReplaceAll(name, `\`, "/"), "/")
	if strings.ContainsRune(name, 0) {
		return "", malformed("the name of a part holds a zero byte")
	}
	for step := range strings.SplitSeq(name, "/") {
		if step == ".." {
			return "", malformed("the part %q has a name that leads out of the archive", name)
		}
	}
	if name == "" || strings.HasSuffix(name, "/") {
		return "", nil
	}
	return strings.TrimPrefix(path.Clean("/"+name), "/"), nil
}

// key is what names are compared by: Office compares them without regard to case.
func key(name string) string { return strings.ToLower(name) }

// apart reports parts whose bytes overlap, with which a small archive inflates to
// many times what its size allows.
func apart(parts []*zip.File) error {
	type span struct{ from, to int64 }
	spans := make([]span, 0, len(parts))
	for _, p := range parts {
		if p.CompressedSize64 == 0 {
			continue
		}
		from, err := p.DataOffset()
		if err != nil {
			return malformed("the part %q does not stand where the list of parts says; the file is damaged (%v)", p.Name, err)
		}
		spans = append(spans, span{from, from + int64(p.CompressedSize64)})
	}
	slices.SortFunc(spans, func(a, b span) int {
		if a.from != b.from {
			return int(a.from - b.from)
		}
		return int(a.to - b.to)
	})
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return malformed("several of its parts share the same bytes, which is how archives that explode are made")
		}
	}
	return nil
}

// Form names what the container is by its content: "docx", "pptx", "xlsx", "xlsb",
// "odt", "ods", "odp", "odg", "epub"; templates and files with macros are called as
// what they make. It is "" for any other archive.
func (f *Files) Form() string { return f.form }

// Main is the name of the part in which the document of an Office Open XML file
// begins, such as "word/document.xml"; "" in other forms.
func (f *Files) Main() string { return f.main }

// Names are the names of all parts in the order of the archive's directory.
func (f *Files) Names() []string { return slices.Clone(f.names) }

// Has reports whether there is a part of that name. Case does not matter.
func (f *Files) Has(name string) bool {
	_, ok := f.find(name)
	return ok
}

func (f *Files) find(name string) (*zip.File, bool) {
	p, ok := f.parts[key(strings.TrimPrefix(path.Clean("/"+name), "/"))]
	return p, ok
}

// Read inflates one part. fs.ErrNotExist says that there is none of that name; the
// other errors are verdicts: too_large when the part, or all that was read of the
// container together, passes a limit, malformed when it is damaged.
func (f *Files) Read(name string) ([]byte, error) {
	r, size, err := f.open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var b bytes.Buffer
	b.Grow(int(min(size, ratioFrom)) + bytes.MinRead)
	if _, err := b.ReadFrom(r); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// XML returns the tokens of one part; the errors are those of Read. The part is
// inflated while it is read.
func (f *Files) XML(ctx context.Context, name string) (*Decoder, error) {
	r, _, err := f.open(name)
	if err != nil {
		return nil, err
	}
	return NewDecoder(ctx, r, name, f.limits), nil
}

// Elements calls see with each element of a part: XML and Decoder.Elements in one.
func (f *Files) Elements(ctx context.Context, name string, see func(*Decoder, xml.StartElement) error) error {
	d, err := f.XML(ctx, name)
	if err != nil {
		return err
	}
	return d.Elements(func(e xml.StartElement) error { return see(d, e) })
}

// CheckWhole returns the verdict too_large if all parts together would pass the
// limits on inflated size or ratio. Read and XML see to that by themselves, for what
// they read; it is asked before the file is given to a library that inflates it whole.
func (f *Files) CheckWhole() error {
	var all uint64
	for _, p := range f.parts {
		if err := f.checkSize(p); err != nil {
			return err
		}
		if all += p.UncompressedSize64; all > uint64(f.limits.Inflated) {
			return f.overInflated()
		}
	}
	return nil
}

// checkSize judges by the declared size, which archive/zip holds the data to.
func (f *Files) checkSize(p *zip.File) error {
	if p.UncompressedSize64 > uint64(f.limits.Inflated) {
		return f.overInflated()
	}
	if p.UncompressedSize64 >= ratioFrom && p.UncompressedSize64/max(p.CompressedSize64, 1) > uint64(f.limits.Ratio) {
		return tooLarge("the part %q inflates to more than %d times its size (limits: ratio)", p.Name, f.limits.Ratio)
	}
	return nil
}

func (f *Files) overInflated() error {
	return tooLarge("its parts inflate to more than %d bytes (limits: inflated)", f.limits.Inflated)
}

func (f *Files) open(name string) (io.ReadCloser, int64, error) {
	p, ok := f.find(name)
	if !ok {
		return nil, 0, fmt.Errorf("part %q: %w", name, fs.ErrNotExist)
	}
	if err := f.checkSize(p); err != nil {
		return nil, 0, err
	}
	r, err := p.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, 0, malformed("the part %q is packed by method %d, which Office files do not use", name, p.Method)
	}
	if err != nil {
		return nil, 0, malformed("the part %q cannot be read (%v)", name, err)
	}
	return &partReader{files: f, name: name, r: r}, int64(p.UncompressedSize64), nil
}

// A partReader counts what is inflated and turns the errors of a damaged part into
// verdicts.
type partReader struct {
	files *Files
	name  string
	r     io.ReadCloser
}

func (r *partReader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.files.inflated += int64(n)
	if r.files.inflated > r.files.limits.Inflated {
		return 0, r.files.overInflated()
	}
	if err != nil && err != io.EOF {
		return n, malformed("the part %q is damaged; get the file again (%v)", r.name, err)
	}
	return n, err
}

func (r *partReader) Close() error { return r.r.Close() }

func malformed(format string, args ...any) error {
	return &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: fmt.Sprintf(format, args...)}
}

func tooLarge(format string, args ...any) error {
	return &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf(format, args...)}
}

func encrypted(detail string) error {
	return &connectors.Verdict{Reason: connectors.VerdictEncrypted, Detail: detail}
}
