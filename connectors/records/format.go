package records

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"freshet/connectors"
)

const sniffed = 64 << 10 // bytes looked at to find out format and character set

// opened is a reader over one file or response.
type opened struct {
	reader
	list *listReader // nil if the format has nothing beside the records
}

// read opens the page with the format that the settings, its name, its media type
// or its content say.
func (s *Source) read(ctx context.Context, p *page) (*opened, error) {
	in := bufio.NewReaderSize(&watched{ctx: ctx, in: p.file}, sniffed)
	if head, _ := in.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("%w: %s is not the gzip file that it begins as: %w", connectors.ErrTruncated, p.name, err)
		}
		in = bufio.NewReaderSize(z, sniffed)
	}
	in = bufio.NewReaderSize(&ceiling{in: in, left: s.maxSize, max: s.maxSize}, sniffed)
	head, _ := in.Peek(sniffed)
	format := s.format
	if format == "" {
		format = s.guessFormat(p, head)
	}
	decoded, err := s.decode(in, head, format)
	if err != nil {
		return nil, err
	}
	switch format {
	case "html":
		return nil, fmt.Errorf("%w: %s is a web page and not an export; see whether it asks to log in", connectors.ErrTruncated, p.name)
	case "json":
		list := newListReader(decoded, s.items, s.maxRecord)
		return &opened{list, list}, nil
	case "csv", "tsv":
		delimiter := s.delimiter
		if delimiter == 0 && format == "tsv" {
			delimiter = '\t'
		}
		rows, err := newRowReader(decoded, delimiter, s.maxRecord)
		return &opened{reader: rows}, err
	}
	return &opened{reader: newLineReader(decoded, s.maxRecord)}, nil
}

// guessFormat goes by the name for CSV and TSV and looks at the content for the
// two forms of JSON, whose names are often mixed up.
func (s *Source) guessFormat(p *page, head []byte) string {
	name := strings.TrimSuffix(strings.ToLower(p.name), ".gz")
	start := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	switch ext := path.Ext(name); {
	case ext == ".csv" || ext == ".tsv":
		return ext[1:]
	case ext == ".jsonl" || ext == ".ndjson":
		return "jsonl"
	case bytes.HasPrefix(start, []byte("[")):
		return "json"
	case bytes.HasPrefix(start, []byte("{")):
		line, rest, _ := bytes.Cut(start, []byte("\n"))
		second := bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte("{"))
		if s.items == "" && s.paging == "" && second && json.Valid(bytes.TrimSpace(line)) {
			return "jsonl"
		}
		return "json"
	case bytes.HasPrefix(start, []byte("<")):
		return "html"
	case ext == ".json" || strings.Contains(p.mediaType, "json"):
		return "json"
	case strings.Contains(p.mediaType, "tab-separated"):
		return "tsv"
	}
	return "csv"
}

// decode turns the text into UTF-8. A byte order mark rules; then the setting;
// CSV that is not UTF-8 is taken for windows-1252, as spreadsheets write it.
func (s *Source) decode(in io.Reader, head []byte, format string) (io.Reader, error) {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, err := io.CopyN(io.Discard, in, 3)
		return in, err
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(in), nil
	case s.charset != "":
		enc, err := htmlindex.Get(s.charset)
		if err != nil {
			return nil, fmt.Errorf("the charset %q is not known: %w", s.charset, err)
		}
		if name, _ := htmlindex.Name(enc); name == "utf-8" {
			return in, nil
		}
		return enc.NewDecoder().Reader(in), nil
	case (format == "csv" || format == "tsv") && !utf8.Valid(wholeRunes(head)):
		return charmap.Windows1252.NewDecoder().Reader(in), nil
	}
	return in, nil
}

// wholeRunes leaves out a character that the end of the sample cuts.
func wholeRunes(b []byte) []byte {
	for i := 1; i <= utf8.UTFMax && i <= len(b); i++ {
		if c := b[len(b)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

func validCharset(v any) error {
	if name := v.(string); name != "" {
		if _, err := htmlindex.Get(name); err != nil {
			return fmt.Errorf("%q is not a character set that is known; write utf-8, windows-1252 or iso-8859-1", name)
		}
	}
	return nil
}

// watched stops reading when the pull is cancelled.
type watched struct {
	ctx context.Context
	in  io.Reader
}

// Read implements io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.in.Read(p)
}

// ceiling ends a listing that is larger than the settings allow.
type ceiling struct {
	in        io.Reader
	left, max int64
}

// Read implements io.Reader.
func (c *ceiling) Read(p []byte) (int, error) {
	if c.left < 0 {
		return 0, fmt.Errorf("%w: the export has more than %d MB; raise max_size_mb to read it", connectors.ErrTruncated, c.max>>20)
	}
	n, err := c.in.Read(p)
	c.left -= int64(n)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("%w: the compressed export ends in the middle; export it again", connectors.ErrTruncated)
	}
	return n, err
}
